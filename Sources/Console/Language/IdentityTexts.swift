/// Who is who: decisions about identities, and what can be done about them.
final class IdentityTexts: Sendable {
    let title = Text("Identity", "身份识别")
    let intro = Text(
        "Who was joined with whom, and why. What is wrong can be taken back: every figure is then what it would have been without it.",
        "谁与谁被合并，以及原因。判断有误可以撤回：撤回后，所有数字都如同从未合并过。")
    let link = Text("Who was joined with whom", "查看身份合并记录")
    let settings = Text("Limits, and values that identify nobody", "限制与不代表任何人的值")
    let filter = Text("Filter decisions", "筛选记录")
    let kindAll = Text("All", "全部")
    let kindMerged = Text("People joined", "合并的人")
    let kindAttached = Text("Identities added", "新增的标识")
    let kindRefused = Text("Not joined", "未合并")
    let kindCommand = Text("By hand", "人工操作")
    let ofPerson = Text("Decisions about {name}", "关于 {name} 的记录")
    let showAll = Text("Show everybody’s", "查看所有人的记录")
    let identity = Text("Identity", "身份标识")
    let what = Text("What happened, and why", "结果与原因")
    let visits = Text("Visits", "来访")
    let orders = Text("Orders", "订单")
    let joinedWith = Text("joined with {other}: {reason}", "与 {other} 合并：{reason}")
    let addedTo = Text("added to the person of {other}: {reason}", "归入 {other} 所属的人：{reason}")
    let notJoined = Text("not joined with {other}: {reason}", "未与 {other} 合并：{reason}")
    let takenApart = Text("taken apart from {other} by hand", "已与 {other} 人工拆分")
    let ignored = Text("a value that came with it was ignored: it identifies nobody", "随之而来的某个值被忽略：它不代表任何人")
    let becauseSameCall = Text("one call carried both", "同一次调用同时带有两者")
    let becauseIdentify = Text("identify named both", "identify 同时指明两者")
    let becauseAlias = Text("alias named both", "alias 同时指明两者")
    let becauseCommand = Text("somebody said so", "人工指定")
    let takeApart = Text("Take apart", "拆分")
    let join = Text("Join", "合并")
    let joinTitle = Text("Join two people", "合并两个人")
    let joinIntro = Text(
        "When you know that two people are one. You see what it changes before anything happens.",
        "当您确知两个人其实是同一人时使用。操作前会先展示将要发生的变化。")
    let first = Text("One of them", "第一个人")
    let second = Text("The other", "第二个人")
    let hint = Text("A user id, e-mail, phone number or person’s id", "用户 ID、邮箱、手机号或人物 ID")
    let look = Text("See what would change", "预览变化")
    let noneTitle = Text("No decision yet", "还没有记录")
    let noneText = Text(
        "Decisions are made when a call names two identities, such as a user id and a browser.",
        "当一次调用带有两个身份标识（例如用户 ID 和浏览器）时，就会产生记录。")
    let noneOfKind = Text("There is no decision of this kind.", "没有这一类记录。")
    let mergeTitle = Text("Join these people?", "要合并这些人吗？")
    let mergeText = Text(
        "{left} and {right} become one person. It can be taken back.", "{left} 与 {right} 将成为同一个人。之后可以撤回。")
    let unmergeTitle = Text("Take these apart?", "要拆分它们吗？")
    let unmergeText = Text(
        "{left} and {right} belong to different people from now on, and in all that is past.",
        "{left} 与 {right} 从此属于不同的人，过去的记录也照此重新计算。")
    let before = Text("Now", "现在")
    let after = Text("Then", "之后")
    let personHead = Text("Person", "人物")
    let identities = Text("Identities", "身份标识")
    let confirmMerge = Text("Join them", "确认合并")
    let confirmUnmerge = Text("Take apart", "确认拆分")
    let keep = Text("Leave as it is", "保持不变")
    let onlyOwner = Text("Only an owner of the workspace can do this.", "只有工作区所有者可以执行此操作。")
    let doneMerge = Text("Joined. All figures follow it from now on.", "已合并。所有数字将据此更新。")
    let doneUnmerge = Text("Taken apart. All figures are as if they had never been joined.", "已拆分。所有数字都如同从未合并过。")
}
