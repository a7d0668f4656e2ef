/// The page of users and customers.
final class RoleTexts: Sendable {
    let title = Text("Users & customers", "用户与客户")
    let intro = Text(
        "Who uses the product, who pays for it, and how people move from one to the other.", "谁在使用，谁在付费，人们又如何从一种变为另一种。")
    let now = Text("Now", "此刻")
    let then = Text("At the end of {date}", "{date} 结束时")
    let lists = Text("People worth a word", "值得联系的人")
    let stopped = Text("Customers who stopped using", "停止使用的客户")
    let stoppedRule = Text(
        "Customers who were users once: the last week in which they came twice is more than four weeks ago.",
        "曾是用户的客户：最近一次在一周内来访两次，距此已超过四周。")
    let nearly = Text("Users about to pay", "即将付费的用户")
    let nearlyRule = Text(
        "Users who are not customers and did “{event}” within the 30 days before.", "是用户而还不是客户，且在此前 30 天内有过 “{event}”。")
    let seeThem = Text("See these people", "查看这些人")
    let overTime = Text("People of each group at the end of each interval", "每个间隔结束时各组的人数")
    let over = Text("Over time", "随时间的变化")
    let moves = Text("Moves between the groups", "各组之间的变化")
    let movesWhole = Text("In the whole range, from row to column", "整段时间：从行到列")
    let movesByInterval = Text("In each interval", "逐个间隔")
    let movesSummary = Text(
        "Heat table: how many people went from one group to another in each interval.", "热力表：每个间隔中从一组变到另一组的人数。")
    let movesLast = Text("Shown are the last {count} intervals; the table has all.", "图中为最后 {count} 个间隔；表格包含全部。")
    let noMoves = Text("Nobody moved in this range.", "所选时间内没有人变动。")
    let from = Text("From", "从")
    let to = Text("To", "到")
    let interval = Text("Interval from", "间隔起始")
    let brings = Text("What each group brings", "各组带来什么")
    let bringsRule = Text(
        "In the range, by the group in which people stand at its end. Revenue is before returns.",
        "所选时间内，按人们在结束时所属的组统计。收入未扣除退货。")
    let group = Text("Group", "组别")
    let active = Text("Active people", "活跃人数")
    let events = Text("Events", "事件")
    let orders = Text("Orders", "订单")
    let revenue = Text("Revenue, {currency}", "收入（{currency}）")
    let unknownPayers = Text("Payers whom nobody knows", "未知的付款人")
}
