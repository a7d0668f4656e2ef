/// What happened to one order, source or coupon: words for whoever answers a complaint.
final class DisputeTexts: Sendable {
    let title = Text("Disputes", "争议查询")
    let intro = Text(
        "Everything that was asked and booked about one order, in the order of time: what was refused, too.",
        "与一笔订单有关的全部操作和入账，按时间排列，包括被拒绝的操作。")
    let look = Text("Look up", "查询")
    let lookTitle = Text("What is it about?", "查询对象")
    let lookHint = Text(
        "The id of an order, a source, a coupon, a use, a grant or a command, just as it was sent",
        "订单、来源、优惠券、使用、授予或命令的编号，须与发送时完全一致")
    let noneTitle = Text("Nothing is known of “{text}”", "没有与“{text}”有关的记录")
    let noneText = Text("Write it just as your systems send it; capitals matter.", "请按您的系统发送的原样填写，区分大小写。")
    let story = Text("What happened", "经过")
    let cut = Text("Only the newest {count} commands that may be about it were looked at.", "只查看了最新的 {count} 条可能有关的命令。")
    let when = Text("Date", "日期")
    let members = Text("Members", "会员")
    let outcome = Text("Outcome", "结果")
    let done = Text("Carried out", "已执行")
    let refused = Text("Refused", "已拒绝")
    let booked = Text("Booked", "已入账")
    let counts = Text("counts from {when}", "{when} 起计")

    let earn = Text("Earn points", "获得积分")
    let spend = Text("Spend or hold points", "使用或预留积分")
    let takeBack = Text("Take points back", "收回积分")
    let transfer = Text("Give points to another member", "转赠积分")
    let adjust = Text("Adjust points", "调整积分")
    let award = Text("Award for an event", "按事件奖励")
    let order = Text("Take in an order", "处理订单")
    let reserveCoupons = Text("Keep coupons for an order", "为订单预留优惠券")
    let couponOrder = Text("Use or undo coupons of an order", "使用或撤销订单的优惠券")
    let grantCoupon = Text("Give a coupon", "发放优惠券")
    let changeCoupon = Text("Change a coupon", "变更优惠券")
    let grantBenefit = Text("Grant a benefit", "授予权益")
    let endBenefit = Text("End a benefit", "结束权益")
    let useBenefit = Text("Use a benefit", "使用权益")
    let settleBenefit = Text("Decide about a use of a benefit", "处理权益使用")
    let gift = Text("Move a gift", "处理礼品")
    let pool = Text("Change a pool", "变更共享池")
    let merge = Text("Make two members one", "合并会员")
    let other = Text("Other command", "其他命令")
}
