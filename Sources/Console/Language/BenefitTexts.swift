/// Benefits: what there is, who holds it and who uses it.
final class BenefitTexts: Sendable {
    let title = Text("Benefits", "权益")
    let intro = Text("What members have beside points, and what is left of it.", "会员在积分之外享有的权益及其余量。")
    let onlyOwner = Text("Only an owner of the workspace defines, grants and takes back.", "只有工作区所有者可以定义、授予和收回权益。")
    let catalogue = Text("Catalogue", "权益目录")
    let noneTitle = Text("No benefits yet", "还没有权益")
    let noneText = Text(
        "Define what your members can have: visits of a lounge, free delivery, a gift.", "请定义会员可享有的权益，例如茶室次数、免运费或礼品。")
    let benefit = Text("Benefit", "权益")
    let kind = Text("Kind", "类型")
    let quota = Text("How much", "额度")
    let holders = Text("Holders", "持有人数")

    let kindSwitch = Text("Has it or not", "有或无")
    let kindMetered = Text("So many times", "按次数")
    let kindOnce = Text("One time ever", "仅一次")
    let kindCoupon = Text("A coupon for each use", "每次使用发一张优惠券")
    let kindGift = Text("A thing that is sent", "实物礼品")
    let kindStatus = Text("A status", "身份称号")
    let kindPriority = Text("A place in a queue", "优先排队")
    let periodNone = Text("over all time", "不分周期")
    let periodDay = Text("each day", "每天")
    let periodWeek = Text("each week", "每周")
    let periodMonth = Text("each month", "每月")
    let periodQuarter = Text("each quarter", "每季度")
    let periodYear = Text("each year", "每年")
    let unlimited = Text("as much as one likes", "不限次数")
    let uncounted = Text("nothing is counted", "不计次")
    let detailTemplate = Text("Template of coupons", "优惠券模板")
    let detailStock = Text("Stock", "库存")
    let detailWeight = Text("Weight", "权重")
    let places = Text("Places", "地点")
    let carryOver = Text("Carried over at most", "最多结转")
    let combine = Text("Several sources together", "多个来源合并")
    let combineOwn = Text("As suits the kind", "按类型默认")
    let combineAny = Text("One is enough", "有一个即可")
    let combineMax = Text("The one that gives most", "取最多的一个")
    let combineSum = Text("What each gives, added", "各来源相加")
    let downgrade = Text("When a source ends within a period", "来源在周期内结束时")
    let downgradeCut = Text("Nothing is left", "立即失效")
    let downgradeKeep = Text("Keeps until the period ends", "保留至周期结束")
    let downgradeProrate = Text("The share of the time", "按时间比例保留")
    let zone = Text("Time zone", "时区")
    let version = Text("Version {number}", "第 {number} 版")

    let define = Text("Define a benefit", "定义权益")
    let newVersion = Text("Change it", "修改权益")
    let defineIntro = Text(
        "A change counts from now on; what was granted keeps its amount. A benefit stays of its kind.",
        "修改自现在起生效；已授予的保持原额度。权益类型不可更改。")
    let key = Text("Key", "键")
    let keyHint = Text("For programs, such as lounge; it never changes", "供程序使用，例如 lounge；不可更改")
    let keyTaken = Text("There is a benefit with this key. Open it to change it.", "已有使用此键的权益，请打开它进行修改。")
    let nameEnglish = Text("Name in English", "英文名称")
    let nameChinese = Text("Name in Chinese", "中文名称")
    let detail = Text("Template, stock or weight", "模板、库存或权重")
    let detailHint = Text("For coupons, things that are sent, and queues alone", "仅用于优惠券、实物礼品和优先排队")
    let detailUnwanted = Text("Only coupons, things that are sent and queues have this.", "只有优惠券、实物礼品和优先排队需要填写。")
    let period = Text("Starts anew", "重新计算")
    let quotaHint = Text("In each period; empty for as much as one likes, and where nothing is counted", "每个周期的额度；留空表示不限，或不计次")
    let placesHint = Text("With commas between them; empty for anywhere", "用逗号分隔；留空表示不限地点")
    let listPrice = Text("What one use would cost", "单次使用的价格")
    let listPriceHint = Text("In {currency}; empty when it is not for sale", "以 {currency} 计；不出售则留空")
    let more = Text("More", "更多设置")
    let save = Text("Save", "保存")
    let doneDefined = Text("Saved.", "已保存。")

    let who = Text("Who holds it", "持有者")
    let noHolders = Text("Nobody holds it yet.", "还没有人持有。")
    let member = Text("Member", "会员")
    let left = Text("Left", "剩余")
    let allowed = Text("can use it", "可使用")
    let notAllowed = Text("cannot use it now", "暂不可用")
    let has = Text("yes", "有")
    let resets = Text("anew {when}", "{when} 重新计算")
    let grants = Text("Grants", "授予记录")
    let uses = Text("Used in this period", "本周期使用")
    let noUses = Text("Nothing yet", "尚未使用")
    let paidBy = Text("paid by {who}", "由 {who} 付费")
    let program = Text("the program", "会员计划")
    let fromUntil = Text("{from} to {until}", "{from} 至 {until}")
    let from = Text("from {from}", "{from} 起")
    let endedAt = Text("ended {when}", "{when} 已结束")
    let usedBy = Text("by {who}", "使用者 {who}")
    let over = Text("{amount} beyond the quota", "超出额度 {amount}")
    let stateReserved = Text("Pinned", "已预留")
    let stateConsumed = Text("Used", "已使用")
    let stateCancelled = Text("Cancelled", "已取消")
    let refunded = Text("{amount} given back", "已退回 {amount}")
    let moreHolders = Text("More holders", "更多持有者")

    let grant = Text("Grant it", "授予权益")
    let grantIntro = Text("Who has it and who pays for it are two: neither follows from the other.", "享有者与付费者分别填写，互不推定。")
    let beneficiary = Text("Who has it", "享有者")
    let beneficiaryHint = Text("A member’s number, or an identity such as user_id:abc", "会员号，或 user_id:abc 这样的身份标识")
    let payer = Text("Who pays for it", "付费者")
    let payerHint = Text("The word program for ourselves, or a member", "填写 program 表示由商家承担，或填写一位会员")
    let sourceKind = Text("Why", "来源")
    let sourceID = Text("Of which one", "来源编号")
    let sourceHint = Text("The order, plan, code or campaign; it gives the same benefit once", "订单、方案、码或活动的编号；同一来源只授予一次")
    let missing = Text("This is needed.", "此项必填。")
    let amount = Text("How much", "额度")
    let amountHint = Text("Empty for what the benefit says", "留空则按权益设置")
    let badAmount = Text("Write a whole number, such as 3.", "请填写整数，例如 3。")
    let until = Text("Last day", "最后一天")
    let untilHint = Text("Empty for without an end", "留空表示不限期")
    let badDate = Text("Choose a day, such as 2026-12-31.", "请选择日期，例如 2026-12-31。")
    let doneGranted = Text("Granted.", "已授予。")
    let revoke = Text("Take it back", "收回")
    let reason = Text("Reason", "原因")
    let reasonHint = Text("The member is told it", "会员会看到此原因")
    let badReason = Text("Say why, in at most 500 bytes.", "请说明原因，最多 500 字节。")
    let doneRevoked = Text("Taken back.", "已收回。")

    let sourceTier = Text("Tier", "等级")
    let sourcePlan = Text("Plan", "付费方案")
    let sourceOrderLine = Text("Order line", "订单行")
    let sourceProductCode = Text("Product code", "产品码")
    let sourceGift = Text("Gift", "赠送")
    let sourceCompensation = Text("Compensation", "补偿")
    let sourceCampaign = Text("Campaign", "活动")
}

/// What the rules of benefits refuse, and why.
enum BenefitRefusalTexts {
    static let all = commands + pools + plans + definitions

    private static let commands = [
        Text("There is no right to it. Grant it first.", "没有此项权益，请先授予。"),
        Text("The right to it begins at {1}. Try again then.", "权益自 {1} 起生效，请届时再试。"),
        Text("It ended at {1}. It has to be given anew first.", "权益已于 {1} 结束，须先重新给予。"),
        Text("The right to it was taken back at {1}: {2}. Ask who took it back.", "权益已于 {1} 被收回：{2}。请询问收回者。"),
        Text("It can only be used at {1}. Use it there.", "仅可在 {1} 使用，请在那里使用。"),
        Text(
            "There is nothing to use of it: somebody has it or not. Check it instead.", "此权益只有“有”或“无”，没有可使用的次数，请改为查询。"),
        Text("Nothing is counted of it. Leave the amount out.", "此权益不计次，请不要填写额度。"),
        Text("Nothing is left of it. Grant more first.", "已无剩余，请先增加授予。"),
        Text("Nothing is left of it until {1}. Try again then.", "{1} 之前已无剩余，请届时再试。"),
        Text("Nothing is left of the {1} that {2} allows. Ask them to allow more.", "{2} 允许的 {1} 已用完，请对方放宽上限。"),
        Text("Only {1} are left of it until {2}. Ask for less, or try again then.", "{2} 之前只剩 {1}，请减少数量，或届时再试。"),
        Text(
            "Only {1} are left of the {2} that {3} allows. Ask for less, or ask them to allow more.",
            "{3} 允许的 {2} 中只剩 {1}，请减少数量，或请对方放宽上限。"),
        Text("The amount {1} is too large.", "数量 {1} 过大。"),
        Text(
            "The source {1} has given it already. Name another source to give it once more.",
            "来源 {1} 已授予过此权益，如需再次授予，请填写另一个来源。"),
        Text("That was done already: {1}.", "已经处理过：{1}。"),
        Text("In the state \"{1}\" that cannot be done: {2}.", "当前状态“{1}”下不能执行：{2}。"),
        Text("In the state \"{1}\" that cannot be done: {2}. Possible is: {3}.", "当前状态“{1}”下不能执行：{2}。可执行：{3}。"),
        Text(
            "In the state \"{1}\" that cannot be done: {2}. Begin with a new one instead.", "当前状态“{1}”下不能执行：{2}，请改为新建一项。"),
        Text("The benefit contradicts itself.", "权益设置自相矛盾。"),
        Text("A benefit stays of its kind, {1}. Define another one.", "权益类型保持为 {1}，请另行定义一个。"),
        Text("There is no benefit \"{1}\". Define it first.", "没有权益 \"{1}\"，请先定义。"),
        Text(
            "There is no grant \"{1}\". Name one by the id that it was answered with.", "没有授予记录 \"{1}\"，请填写授予时返回的编号。"),
        Text("The source \"{1}\" has given nothing.", "来源 \"{1}\" 没有授予任何权益。"),
        Text("More than {1} grants are meant. Name one member at a time.", "涉及的授予超过 {1} 项，请逐个指定会员。"),
        Text("Only whoever is {1} may do that. Ask one of them.", "只有具有 {1} 角色的人可以这样做，请联系其中一位。"),
    ]

    private static let pools = [
        Text("Only {1} are left of it. Ask for less.", "只剩 {1}，请减少数量。"),
        Text("There is no use \"{1}\". Name one by the id that it was answered with.", "没有使用记录 \"{1}\"，请填写使用时返回的编号。"),
        Text("There is no stock \"{1}\" here.", "没有库存 \"{1}\"。"), Text("There is no gift \"{1}\".", "没有礼品 \"{1}\"。"),
        Text("There is no pool of \"{1}\".", "没有 \"{1}\" 的共享额度。"),
        Text("Both have a pool of \"{1}\". End one of the two first.", "双方都有 \"{1}\" 的共享额度，请先结束其中一个。"),
        Text("There is no purchase \"{1}\".", "没有申购 \"{1}\"。"),
        Text("None are free of {1}. Put more into the stock first.", "{1} 已无可用库存，请先补充库存。"),
        Text("Its coupons were used: nothing can be given back.", "其优惠券已被使用，不能退回。"),
        Text(
            "Only {1} are free of {2}. Ask for less, or put more into the stock first.", "{2} 只剩 {1} 件可用，请减少数量，或先补充库存。"),
        Text("There is no coupon template \"{1}\". Make it first.", "没有优惠券模板 \"{1}\"，请先建立模板。"),
        Text("Each use makes a coupon, at most {1} at once. Ask for less.", "每次使用生成一张优惠券，一次最多 {1} 张，请减少数量。"),
        Text("Coupons of it were used: only {1} can be given back. Ask for less.", "其中的优惠券已被使用，只能退回 {1} 次，请减少数量。"),
        Text("The benefit \"{1}\" is of the kind {2}. Name one of the kind {3}.", "权益 \"{1}\" 的类型为 {2}，请填写类型为 {3} 的权益。"),
        Text(
            "The coupon does not say of which queue its priority is. Make a version of its template with \"benefit\" and \"days\".",
            "优惠券未说明在哪个队列中优先，请为其模板建立带有 \"benefit\" 和 \"days\" 的新版本。"),
        Text("The member has not allowed to use the address for it. Ask them first.", "会员尚未同意为此使用地址，请先征得同意。"),
        Text("It is a gift. Take its next step instead.", "这是一份实物礼品，请改为推进它的下一步。"),
        Text("There is always an admin. Name another one first.", "必须始终有一名管理员，请先指定另一名。"),
        Text("Somebody other than who asked for it has to approve.", "须由申请人以外的人批准。"),
    ]

    private static let plans = [
        Text("No plan \"{1}\" is for sale.", "没有在售的方案 \"{1}\"。"),
        Text("Nobody has bought the plan \"{1}\".", "没有人购买过方案 \"{1}\"。"),
        Text("Nobody has given the plan \"{1}\".", "没有人赠送过方案 \"{1}\"。"),
        Text(
            "The terms have changed: version {1} is for sale now. Show it before you buy.", "条款已变更：现售第 {1} 版，请先展示给付费者再购买。"),
        Text("Nobody has registered the code {1}.", "没有人登记过码 {1}。"),
        Text("The code {1} is blocked. Ask who blocked it.", "码 {1} 已被停用，请询问停用者。"),
        Text("There is no batch of codes for \"{1}\".", "产品 \"{1}\" 没有任何一批产品码。"),
        Text("Nobody makes a gift to themselves.", "不能赠送给自己。"), Text("It is meant for somebody else.", "这是赠送给另一位会员的。"),
        Text("The fee is {1}, not {2}.", "费用为 {1}，而不是 {2}。"),
        Text("The next period is paid already. Pay again when it has begun.", "下一周期已经付费，请在其开始后再付费。"),
        Text("The payer was not told of the renewal in time. Ask them to pay by themselves.", "未按时向付费者发送续费通知，请付费者自行付费。"),
        Text(
            "The payer has to be told at least {1} days before. Ask them to pay by themselves.", "必须至少提前 {1} 天通知付费者，请付费者自行付费。"),
        Text("The period {1} is not over, nor is any other. Wait until it is.", "第 {1} 周期尚未结束，也没有其他已结束的周期，请等到结束后。"),
        Text("The period {1} is not one that is over. Name one of 1 to {2}.", "第 {1} 周期不是已结束的周期，请填写 1 到 {2}。"),
        Text("The law asks for at least {1} days of notice.", "法律要求至少提前 {1} 天通知。"),
        Text("A plan gives each benefit once.", "同一方案中每项权益只能出现一次。"),
        Text("A plan gives 1 to {1} benefits.", "一个方案包含 1 到 {1} 项权益。"),
    ]

    private static let definitions = [
        Text("An object", "一个对象"),
        Text("Only a benefit of kind \"{1}\" has \"{2}\".", "只有类型为 \"{1}\" 的权益才有 \"{2}\"。"),
        Text("A zone without a period counts nothing.", "没有周期时，时区不起作用。"),
        Text("A period is a day, a week, a month, a quarter or a year.", "周期为天、周、月、季度或年。"),
        Text("What is counted is combined by \"max\" or \"sum\", not by \"any\".", "计次的权益应取最多或相加，不能“有一个即可”。"),
        Text("What somebody has or has not is combined by \"any\".", "只有“有”或“无”的权益应为“有一个即可”。"),
        Text("Weights are combined by \"max\" or \"sum\".", "权重应取最多或相加。"),
        Text("Nothing is counted of this kind: it has no quota.", "此类型不计次，没有额度。"),
        Text("What is given once has no period.", "仅一次的权益没有周期。"), Text("What is given once has a quota of 1.", "仅一次的权益额度为 1。"),
        Text("Only a quota of a period can be carried over.", "只有按周期计算的额度才能结转。"),
        Text("Without a period a grant that ends is cut.", "没有周期时，结束即失效。"),
        Text("A text of 1 to {1} bytes", "1 到 {1} 字节的文本"),
        Text("A key is made of letters, digits, dots, hyphens and underscores.", "键由字母、数字、点、连字符和下划线组成。"),
    ]
}
