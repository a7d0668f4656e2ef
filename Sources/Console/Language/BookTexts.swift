/// The books of points: what is owed, months, approvals.
final class BookTexts: Sendable {
    let title = Text("Books", "账目")
    let intro = Text(
        "What the points that members have not spent yet are worth, and how they went from month to month.", "会员尚未使用的积分价值多少，逐月如何变动。"
    )
    let liability = Text("Points owed, by the month in which they were earned", "未使用积分（按获得月份）")
    let liabilitySummary = Text(
        "Bars of the points owed from {count} months of earning.", one: "A bar of the points owed from one month of earning.",
        "{count} 个获得月份的未使用积分柱状图。")
    let vintage = Text("Earned in", "获得月份")
    let points = Text("Points", "积分")
    let worth = Text("Worth", "折合金额")
    let noneTitle = Text("Nothing has been booked yet", "还没有入账")
    let noneText = Text("As soon as members earn points, the books stand here.", "会员获得积分后，账目会显示在这里。")

    let revenue = Text("Deferred revenue at the end of {month}", "{month} 末递延收入")
    let revenueSummary = Text(
        "{month}: {opening} were deferred at the beginning, {allocated} came with new points, {recognized} became revenue ({catchUp} of it by another estimate), {deferred} are deferred.",
        "{month}：期初递延 {opening}，新发积分带来 {allocated}，确认收入 {recognized}（其中估计变更 {catchUp}），期末递延 {deferred}。")
    let deferred = Text("Deferred revenue", "递延收入")
    let allocation = Text("Money for points", "积分分摊金额")
    let share = Text("Expected to be spent", "预计使用率")
    let expected = Text("Points spent in the end", "预计使用积分")
    let spent = Text("Spent so far", "已使用")
    let recognized = Text("Revenue of the month", "本月确认收入")
    let catchUp = Text("By another estimate", "估计变更")
    let estimates = Text("What members are expected to spend", "预计使用率的版本")
    let estimateLine = Text("Version {version}: {share} from {month} on", "第 {version} 版：自 {month} 起 {share}")
    let signedBy = Text("signed by {who}, {when}", "{who} 签署，{when}")
    let signEstimate = Text("Sign another estimate", "签署新的估计")
    let estimateText = Text(
        "Money that was taken for points is deferred, and becomes revenue as they are spent. Points that are expected to lapse make the others count more. Closed months keep the estimate that they had.",
        "积分对应的金额先递延，随积分使用确认为收入。预计会过期的积分使其余积分分摊更多。已关闭的月份保持原估计。")
    let shareField = Text("Percentage of points expected to be spent", "预计会被使用的积分百分比")
    let shareHint = Text("From 0.01 to 100, such as 97.5.", "0.01 到 100，例如 97.5。")
    let fromField = Text("From the month", "起始月份")
    let noteField = Text("How it was found", "依据")
    let noteHint = Text("An auditor reads it.", "供审计人员查阅。")
    let sign = Text("Sign", "签署")
    let doneSigned = Text("The estimate is signed.", "估计已签署。")

    let partners = Text("Points that partners have bought", "合作方购买的积分")
    let partnersText = Text(
        "Points that a partner pays for come from what it has bought; what is taken back goes back. Nothing is issued beyond it.",
        "合作方承担的积分从其购买的积分包中发放，收回的积分退回其中，用完即不再发放。")
    let partner = Text("Partner", "合作方")
    let bought = Text("Bought", "已购买")
    let drawn = Text("Issued", "已发放")
    let left = Text("Left", "剩余")
    let empty = Text("empty", "已用完")

    let roll = Text("How {month} went", "{month} 的变动")
    let rollNote = Text(
        "Opening, and all that came and went, gives the closing: every line of the books is in one of these.",
        "期初加减全部变动等于期末：账目中的每一笔都在其中。")
    let month = Text("Month", "月份")
    let show = Text("Show", "查看")
    let opening = Text("Opening", "期初")
    let imported = Text("Taken over", "迁入")
    let issued = Text("Issued", "发放")
    let reinstated = Text("Reinstated", "过期补发")
    let returned = Text("Given back", "退回")
    let redeemed = Text("Redeemed", "使用")
    let expired = Text("Expired", "过期")
    let revoked = Text("Taken back", "收回")
    let donated = Text("Donated", "捐赠")
    let received = Text("Received", "收到转赠")
    let moved = Text("Given away", "转出")
    let closing = Text("Closing", "期末")
    let closes = Text("The books close: both sides are {amount}.", "账目平衡：两边均为 {amount}。")
    let doesNotClose = Text("The books do not close. Check them below.", "账目不平衡，请在下方核对。")
    let byVintage = Text("By month of earning and payer", "按获得月份和承担方")
    let payer = Text("Payer", "承担方")
    let brand = Text("Brand", "品牌")
    let debts = Text("Debts", "欠额")
    let total = Text("Total", "合计")

    let months = Text("Months", "月份")
    let monthsNote = Text(
        "A closed month stands as it was: nothing can be booked into it any more, and its report never changes.",
        "关闭的月份不再变化：不能再记入，报表也不会改变。")
    let closeMonth = Text("Close {month}", "关闭 {month}")
    let closesLater = Text("{month} can be closed from {date} on.", "{month} 可在 {date} 起关闭。")
    let closedAt = Text("Closed", "关闭时间")
    let by = Text("By", "操作者")
    let digest = Text("Digest", "摘要")
    let closedMonth = Text("Closed on {date}, and the entries still say the same.", "已于 {date} 关闭，分录与当时一致。")
    let closedChanged = Text(
        "Closed on {date}, but the entries say something else now. Compare with a backup.", "已于 {date} 关闭，但现在的分录与当时不符。请与备份核对。")
    let openMonth = Text("Not closed yet.", "尚未关闭。")
    let noneClosed = Text("No month is closed yet.", "还没有关闭的月份。")
    let confirmTitle = Text("Close {month}?", "关闭 {month}？")
    let confirmText = Text(
        "Nothing can be booked into it afterwards, and this cannot be undone. Corrections go into the open month.",
        "关闭后不能再记入，也不能撤销。更正须记入未关闭的月份。")
    let confirm = Text("Close the month", "关闭月份")
    let keepOpen = Text("Keep it open", "保持未关闭")
    let doneClosed = Text("The month is closed.", "月份已关闭。")

    let check = Text("Check the books", "核对账目")
    let checkText = Text(
        "Follows the chain of every book, and compares balances with entries. It reads everything.", "逐一检查每本账的链条，并比较余额与分录。会读取全部数据。")
    let whole = Text(
        "{count} entries: every chain is whole, every balance is what its entries say, and all accounts together hold 0.",
        one: "{count} entry: its chain is whole, its balance is what it says, and all accounts together hold 0.",
        "{count} 条分录：链条完整，余额与分录一致，全部账户合计为 0。")
    let broken = Text(
        "Entry {number} of {member} is not what was written: it was changed or taken out. Compare with a backup.",
        "{member} 的第 {number} 条分录与写入时不符：被更改或删除。请与备份核对。")
    let unequal = Text(
        "{count} books have a balance that their entries do not give.",
        one: "{count} book has a balance that its entries do not give.",
        "{count} 本账的余额与分录不符。")
    let unequalSums = Text(
        "What was summed up until {date} is not what the entries say: one of them was changed.",
        "截至 {date} 的汇总与分录不符：其中之一被更改。")
    let unbalanced = Text("All accounts together hold {sum}, not 0.", "全部账户合计为 {sum}，而不是 0。")
    let export = Text("Download all entries", "下载全部分录")
    let exportText = Text("One line for each entry, with the hashes of the chains.", "每条分录一行，含链条哈希值。")

    let approvals = Text("Approvals", "审批")
    let approvalsIntro = Text(
        "Adjustments above the limit wait here until somebody other than who asked for them decides.", "超过限额的调整在此等待，由申请人以外的人审批。")
    let waiting = Text("Waiting", "待审批")
    let noneWaitingTitle = Text("Nothing waits", "没有待审批的调整")
    let noneWaitingText = Text("Adjustments above a currency’s limit come here.", "超过限额的调整会出现在这里。")
    let askedBy = Text("asked by {who}, {when}", "{who} 申请，{when}")
    let approve = Text("Approve", "批准")
    let refuse = Text("Refuse", "拒绝")
    let ownRequest = Text("You asked for it: somebody else decides.", "由您申请：须由他人审批。")
    let ownKeyRequest = Text("A key that you made asked for it: somebody else decides.", "由您创建的密钥申请：须由他人审批。")
    let decided = Text("Last decisions", "最近的审批")
    let approved = Text("Approved", "已批准")
    let refused = Text("Refused", "已拒绝")
    let decidedBy = Text("by {who}, {when}", "由 {who} 处理，{when}")
    let bookedTag = Text("Booked", "已入账")
    let booked = Text("booked at once by {who}, {when}", "{who} 直接入账，{when}")
    let noneDecided = Text("Nothing has been decided yet.", "还没有审批记录。")
    let doneApproved = Text("Approved and booked.", "已批准并入账。")
    let doneRefused = Text("Refused; nothing was booked.", "已拒绝，未入账。")
}
