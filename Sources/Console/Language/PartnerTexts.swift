/// Points that partners have bought, and what became of them in a month.
final class PartnerTexts: Sendable {
    let title = Text("Partners", "合作方")
    let open = Text("Partners and their blocks", "合作方积分包")
    let intro = Text(
        "Points with a partner’s name come from what it has bought; nothing is issued beyond it.", "以合作方名义发放的积分来自其购买的积分包，用完即不再发放。")
    let noneTitle = Text("No partner has bought points yet", "还没有合作方购买积分")
    let noneText = Text(
        "Sell one a block below; earning rules then name it as who pays.", "请在下方登记积分包，之后积分规则可指定其为承担方。")
    let noneReader = Text("An owner enters what partners buy.", "由所有者登记合作方购买的积分。")
    let statement = Text("Statement", "对账单")
    let buy = Text("Enter a block that was bought", "登记购买的积分包")
    let buyNote = Text(
        "It adds to what the partner has, and cannot be taken away: enter it when it is agreed.", "会增加合作方的可用积分，且不能撤回，请在确认后登记。")
    let name = Text("Partner", "合作方")
    let nameHint = Text("As points name it, such as roaster; a new name is a new partner", "与积分记录中的名称一致，例如 roaster；新名称即新合作方")
    let amount = Text("How many points", "积分数量")
    let price = Text("What it pays for them", "支付金额")
    let priceHint = Text("In {currency}, for the whole block", "以 {currency} 计，整个积分包")
    let reference = Text("Reference", "参考编号")
    let referenceHint = Text("Such as the number of an invoice", "例如发票号")
    let badName = Text("Write a name of 1 to 100 bytes.", "请填写 1 到 100 字节的名称。")
    let longReference = Text("A reference has at most 500 bytes.", "参考编号最多 500 字节。")
    let done = Text("Entered: {points} points more for {partner}.", "已登记：{partner} 增加 {points} 积分。")

    let ofMonth = Text("{partner} in {month}", "{partner} {month}对账单")
    let statementIntro = Text(
        "Opening, what was bought, issued and taken back gives the closing.", "期初加购买、减发放、加收回等于期末。")
    let takenBack = Text("Taken back", "收回")
    let purchases = Text("Bought in the month", "本月购买")
    let noPurchases = Text("Nothing was bought in this month.", "本月没有购买。")
    let purchase = Text("{amount} points for {price}", "{amount} 积分，{price}")
    let by = Text("entered by {who}, {when}", "由 {who} 于 {when} 登记")
    let became = Text("What became of all its points until then", "截至月末全部积分的去向")
    let outstanding = Text("Members have still", "会员持有")
    let fulfilled = Text("Spent", "已使用")
    let lapsed = Text("Ended unspent", "未使用失效")
}

/// What stands open of points: offers to others, and points of members who do nothing.
final class OpenPointTexts: Sendable {
    let title = Text("Open offers and dormant points", "待处理转赠与休眠积分")
    let open = Text("Offers and dormant points", "转赠与休眠积分")
    let intro = Text("What waits for somebody else. Nothing is changed here.", "等待他人处理的事项，此处仅供查看。")
    let offers = Text("Offers that nobody has answered", "尚未答复的转赠")
    let offersNote = Text(
        "The points are pinned with the giver until then, and back when nobody takes them.", "积分在赠出方冻结至截止时间，无人接受则退回。")
    let noOffers = Text("No offer waits.", "没有待答复的转赠。")
    let giver = Text("From", "赠出方")
    let receiver = Text("To", "受赠方")
    let invited = Text("{who}, invited", "{who}（受邀入会）")
    let amount = Text("Points", "积分")
    let made = Text("Made", "发起时间")
    let until = Text("Until", "截止")

    let dormant = Text("Members whose points are dormant", "积分休眠的会员")
    let dormantNote = Text(
        "Nothing ends by time alone: only when a notice was delivered in time, and the end was moved once.",
        "积分不会仅因时间失效：须有及时送达的通知，且已延期一次。")
    let noDormant = Text("No points are dormant.", "没有休眠积分。")
    let noRules = Text("Points of this currency do not end for want of activity.", "该种积分不会因不活跃而失效。")
    let member = Text("Member", "会员")
    let active = Text("Last active", "最近活跃")
    let ends = Text("Ends at the earliest", "最早失效")
    let extended = Text("extended", "已延期")
    let notices = Text("Notices", "通知")
    let noticeDue = Text("{count} days before: not due yet", one: "{count} day before: not due yet", "提前 {count} 天：未到时间")
    let noticeAsked = Text(
        "{count} days before: asked for {when}, nobody has said how it went",
        one: "{count} day before: asked for {when}, nobody has said how it went",
        "提前 {count} 天：{when} 要求发送，尚无结果")
    let delivered = Text(
        "{count} days before: delivered by {channel}, {when}", one: "{count} day before: delivered by {channel}, {when}",
        "提前 {count} 天：{when} 经 {channel} 送达")
    let failed = Text(
        "{count} days before: not delivered by {channel}, {when}", one: "{count} day before: not delivered by {channel}, {when}",
        "提前 {count} 天：{when} 经 {channel} 未送达")
    let ended = Text("Ended lately", "最近结束")
    let endedNote = Text("The last {count}.", "最近 {count} 条。")
    let noEnded = Text("None has ended yet.", "还没有结束的记录。")
    let endActive = Text("active again", "恢复活跃")
    let endEmpty = Text("nothing left", "已无积分")
    let endClosed = Text("left the program", "已退出计划")
    let endExpired = Text("expired", "已失效")
}
