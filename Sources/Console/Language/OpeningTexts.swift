/// Taking over points from another system.
final class OpeningTexts: Sendable {
    let title = Text("Take over points", "迁入积分")
    let open = Text("Take over points from another system", "从其他系统迁入积分")
    let intro = Text(
        "What members had in another system comes here lot by lot, each row once, however often its file is sent.",
        "会员在其他系统中的积分按批次迁入，每行只迁入一次，重复发送文件也不会重复。")
    let rows = Text("Rows taken over", "已迁入行数")
    let points = Text("Points taken over", "已迁入积分")
    let members = Text("Members who had them", "涉及会员")
    let noneTitle = Text("Nothing has been taken over yet", "尚未迁入任何积分")
    let noneText = Text(
        "Choose the other system’s file below. It is tried first: you see what would come and what would not before anything changes.",
        "请在下方选择其他系统导出的文件。系统会先试算，在任何改动之前列出将迁入和不能迁入的行。")
    let noneReader = Text(
        "An owner takes points over, here or through POST /api/v1/points/import.", "由所有者在此处迁入，或通过 POST /api/v1/points/import 迁入。")
    let closed = Text(
        "Taking over was ended {when} by {who}. Nothing more comes; adjust what is missing.",
        "迁入已于 {when} 由 {who} 结束，不再接受新的行；缺少的部分请用调整补入。")

    let tryTitle = Text("Try a file", "试算文件")
    let tryText = Text(
        "CSV with a head. It has the columns row, member, amount and earned_at, and may have original, units, expires_at (a date is the last day), activates_at, funded_by, colours and transferable. At most 5,000 rows at once.",
        "带表头的 CSV。必须有 row、member、amount、earned_at 列，可以有 original、units、expires_at（日期表示最后一天）、activates_at、funded_by、colours、transferable 列。每次最多 5,000 行。"
    )
    let file = Text("File", "文件")
    let text = Text("Or its text", "或粘贴文本")
    let total = Text("What all amounts add up to", "全部数量之和")
    let totalHint = Text(
        "As the other system says, in whole numbers as in the file: another sum refuses all of it",
        "以其他系统给出的为准，与文件中一样填写整数；合计不符则全部拒绝")
    let effectiveAt = Text("When they came, as the books see it", "记账时间")
    let effectiveHint = Text(
        "A date, or an instant such as 2026-03-01T12:00:00Z, in no closed month; empty for now",
        "日期，或 2026-03-01T12:00:00Z 这样的时间，不能在已关闭的月份；留空表示现在")
    let attempt = Text("Try it", "试算")
    let noFile = Text("Choose a file, or paste its text.", "请选择文件或粘贴文本。")
    let both = Text("Choose a file or paste text, not both.", "请只选择文件或只粘贴文本。")
    let notText = Text("The file is not UTF-8. Save it as CSV in UTF-8.", "文件不是 UTF-8 编码，请另存为 UTF-8 编码的 CSV。")
    let tooLarge = Text("The file is larger than 2 MB. Send it in parts.", "文件超过 2 MB，请分批发送。")
    let badTotal = Text("Write a whole number, such as 12000.", "请填写整数，例如 12000。")
    let badInstant = Text(
        "Write a date such as 2026-03-01, or an instant such as 2026-03-01T12:00:00Z.",
        "请填写 2026-03-01 这样的日期，或 2026-03-01T12:00:00Z 这样的时间。")
    let atLine = Text("Line {line}: {problem}", "第 {line} 行：{problem}")

    let trialTitle = Text("What would come", "试算结果")
    let trialText = Text("Nothing has changed yet. The button below carries out these same rows.", "尚未改动任何数据。点击下方按钮将迁入同样的这些行。")
    let nothingComes = Text("No row of it would come: there is nothing to carry out.", "没有可迁入的行，无需执行。")
    let takenTitle = Text("What came", "迁入结果")
    let come = Text("Rows that come", "可迁入")
    let came = Text("Rows that came", "本次迁入")
    let before = Text("Came before", "此前已迁入")
    let refusedCount = Text("Cannot come", "不能迁入")
    let ofMembers = Text("Members", "会员")
    let enrolled = Text("{count} of them new", one: "{count} of them new", "其中新入会 {count} 人")
    let amountNote = Text("{points} points", "{points} 积分")
    let ends = Text("By the month in which they end", "按到期月份")
    let month = Text("Last month", "到期月份")
    let never = Text("never", "永不过期")
    let refused = Text("Rows that cannot come", "不能迁入的行")
    let row = Text("Row", "行")
    let amount = Text("Points", "积分")
    let why = Text("Why", "原因")
    let noKey = Text("(without a key)", "（没有键）")
    let carryOut = Text("Take over {count} rows", one: "Take over one row", "迁入 {count} 行")
    let done = Text("Taken over.", "已迁入。")

    let close = Text("End the taking over", "结束迁入")
    let closeIntro = Text(
        "When all has come, nothing more may: end it with the other system’s sum.", "全部迁入后，请用其他系统的合计结束迁入，此后不再接受新的行。")
    let closeTitle = Text("End the taking over of {currency}?", "结束 {currency} 的迁入？")
    let closeText = Text(
        "Nothing comes from the other system afterwards, and this cannot be undone. The sum of all that came must be what the other system says.",
        "此后不再从其他系统迁入，且不能撤销。已迁入的合计必须与其他系统一致。")
    let closeTotal = Text("What all rows of the other system add up to", "其他系统全部行的合计")
    let closeTotalHint = Text("From its own report, in whole numbers as in its files", "取自其他系统的报表，与文件中一样填写整数")
    let confirm = Text("End it for good", "永久结束迁入")
    let keepOpen = Text("Leave it open", "暂不结束")
    let doneClosed = Text("The taking over has ended.", "迁入已结束。")
}
