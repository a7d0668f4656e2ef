/// Boards of pinned questions.
final class BoardTexts: Sendable {
    let title = Text("Boards", "看板")
    let intro = Text("Questions that you look at often, together on one page.", "把常看的问题放在同一页上。")
    let none = Text("No boards yet", "还没有看板")
    let noneHow = Text(
        "Make one below. Then open a question and choose “Pin to a board” beside its answer.",
        "在下方新建一个，然后打开一个问题，在答案旁选择“固定到看板”。")
    let noneWaiting = Text(
        "As soon as events have arrived, a starter board made from them is here.", "收到事件后，这里会出现一个根据这些事件生成的入门看板。")
    let newBoard = Text("New board", "新建看板")
    let create = Text("Make the board", "创建看板")
    let name = Text("Name of the board", "看板名称")
    let cards = Text("{count} questions", one: "{count} question", "{count} 个问题")
    let made = Text("made {date}", "创建于 {date}")
    let range = Text("Time range of all cards", "所有卡片的时间范围")
    let asSaved = Text("As saved", "各自保存的范围")
    let last6mo = Text("6 months", "近 6 个月")
    let ownDates = Text("Own dates", "自选日期")
    let badRange = Text(
        "This time range cannot be read, so each card shows its own. Choose one above, or dates whose last day is not before the first.",
        "无法识别这个时间范围，因此各卡片显示自己的范围。请在上方选择，或填写末日不早于首日的日期。")
    let empty = Text("Nothing is pinned here yet", "这里还没有固定任何问题")
    let emptyHow = Text(
        "Open a question and choose “Pin to a board” beside its answer.", "打开一个问题，在答案旁选择“固定到看板”。")
    let toQuestions = Text("To the questions", "前往问题")
    let loading = Text("Still counting", "仍在统计")
    let loadingHow = Text("The answer appears here as soon as it is ready.", "答案就绪后会出现在这里。")
    let waitForAll = Text("Wait for all answers", "等待全部答案")
    let tookTooLong = Text("This question takes too long:", "这个问题用时过长：")
    let tookTooMuch = Text("This question needs too much memory:", "这个问题占用内存过多：")
    let unreadable = Text("What was pinned here cannot be read as a question.", "此处固定的内容无法识别为问题。")
    let openQuestion = Text("Open the question", "打开问题")
    let lastIsOpen = Text("The last interval is not over yet.", "最后一个间隔尚未结束。")
    let cut = Text("The card shows a part of this answer.", "卡片仅显示答案的一部分。")
    let whole = Text("See the whole answer", "查看完整答案")
    let change = Text("Change", "更改")
    let changeCard = Text("Change “{title}”", "更改“{title}”")
    let moveUp = Text("Move up", "上移")
    let moveDown = Text("Move down", "下移")
    let cardTitle = Text("Title", "标题")
    let remove = Text("Remove from the board", "从看板移除")
    let settings = Text("Rename or delete this board", "重命名或删除此看板")
    let rename = Text("Rename", "重命名")
    let delete = Text("Delete this board …", "删除此看板…")
    let deleteTitle = Text("Delete “{name}”?", "删除“{name}”？")
    let deleteText = Text(
        "It is gone for everyone, with its {count} pinned questions. Events and answers stay.",
        one: "It is gone for everyone, with its {count} pinned question. Events and answers stay.",
        "它会对所有人消失，其中固定的 {count} 个问题也一并移除。事件与答案不受影响。")
    let deleteButton = Text("Delete the board", "删除看板")
    let keep = Text("Keep it", "保留")
    let deleted = Text("The board is deleted.", "看板已删除。")
    let pinned = Text("Pinned to this board.", "已固定到此看板。")
    let removed = Text("Removed from this board. The question itself can be asked as before.", "已从此看板移除。问题本身仍可照常提问。")
    // The form on the pages of questions.
    let pin = Text("Pin to a board", "固定到看板")
    let pinBoard = Text("Board", "看板")
    let pinNew = Text("A new board", "新建看板")
    let pinNewName = Text("Name of a new board", "新看板的名称")
    let pinNewHint = Text("Only when a new board is chosen.", "仅在选择新建看板时填写。")
    let pinButton = Text("Pin", "固定")
    let backToQuestion = Text("Back to the question", "返回问题")
    // What the starter board holds.
    let starter = Text("Starter board", "入门看板")
    let starterEvents = Text("Events by day", "每日事件数")
    let starterPeopleByDay = Text("Active people by day", "每日活跃人数")
    let starterPeopleByWeek = Text("Active people by week", "每周活跃人数")
    let starterRetention = Text("Who comes back, by week", "每周留存")
    let starterLifecycle = Text("New, staying and gone, by week", "每周新增、持续与离开")
    let starterRevenue = Text("Revenue by week", "每周收入")
    // Why a form was not taken.
    let badTitle = Text("Please give a title of 1 to 100 characters.", "请输入 1 到 100 个字符的标题。")
    let nameTaken = Text("There is a board of that name already. Choose another name.", "已有同名的看板，请换一个名称。")
    let full = Text(
        "This board holds {count} questions already, the most there may be. Remove one, or choose another board.",
        "此看板已有 {count} 个问题，达到上限。请移除一个，或选择其他看板。")
    let tooMany = Text(
        "There are {count} boards already, the most there may be. Delete one first.", "已有 {count} 个看板，达到上限。请先删除一个。")
    let boardGone = Text("This board is not there any more. Choose another one.", "此看板已不存在，请选择其他看板。")
    let questionTooLong = Text("This question is too long to be pinned. Make it shorter.", "这个问题过长，无法固定。请缩短后再试。")
}
