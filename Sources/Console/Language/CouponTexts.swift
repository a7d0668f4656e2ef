/// Coupons: their templates with budgets, codes, and what one of them does for a cart.
final class CouponTexts: Sendable {
    let title = Text("Coupons", "优惠券")
    let intro = Text(
        "What is promised stands in templates; people read its text before they claim. Budgets never give more than they have.",
        "模板写明优惠内容，人们在领取前会看到同样的条款。预算绝不会超支。")
    let onlyOwner = Text(
        "Only an owner of the workspace makes templates and codes, gives coupons and takes them away.",
        "只有工作区所有者可以新建模板和券码、发放或收回优惠券。")

    let lookTitle = Text("Look up a code or a member", "查询券码或会员")
    let look = Text("Look up", "查询")
    let lookHint = Text(
        "A code as it is printed, the id of a coupon, a member’s number, or an identity such as user_id:abc",
        "印刷的券码、优惠券编号、会员编号，或身份标识，例如 user_id:abc")
    let unknown = Text("There is no such code, coupon or member. Look at it again.", "没有这个券码、优惠券或会员，请核对后重新输入。")
    let wait = Text("Too many wrong codes. Wait {seconds} s and try again.", "错误的券码过多，请等待 {seconds} 秒后重试。")
    let unclaimed = Text("Nobody has claimed this code yet.", "尚未有人领取此券码。")
    let noneOfMember = Text("This member has no coupons.", "该会员没有优惠券。")
    let member = Text("Member", "会员")
    let state = Text("State", "状态")
    let usable = Text("Can be used", "可用时间")
    let from = Text("from {from}", "自 {from} 起")
    let fromUntil = Text("from {from} until {until}", "{from} 至 {until}")
    let usesLeft = Text("{count} uses left", one: "{count} use left", "剩余 {count} 次")
    let takeAway = Text("Take away", "收回")
    let revoke = Text("Take away", "收回")
    let void = Text("Make void", "作废")
    let reason = Text("Why", "理由")
    let reasonHint = Text("Its holder may read it; not needed for making it void", "持有人可以看到；作废时无需填写")
    let reasonMissing = Text("Say why it is taken away.", "请说明收回的理由。")
    let doneRevoked = Text("The coupon was taken away.", "优惠券已收回。")
    let doneVoided = Text("The coupon is void.", "优惠券已作废。")

    let stateMinted = Text("unclaimed", "未领取")
    let stateGranted = Text("to be used", "可使用")
    let stateReserved = Text("kept for an order", "已为订单预留")
    let stateRedeemed = Text("used", "已使用")
    let stateExpired = Text("ended", "已过期")
    let stateVoided = Text("void", "已作废")
    let stateRevoked = Text("taken away", "已收回")

    let templates = Text("Templates", "模板")
    let newTemplate = Text("New template", "新建模板")
    let noneTitle = Text("No coupons yet", "还没有优惠券")
    let noneText = Text(
        "A template says what a coupon takes off, when, for whom, and how much it may cost in all.",
        "模板规定优惠内容、时间、对象，以及总共可以花费多少。")
    let version = Text("Version {number}", "第 {number} 版")
    let coupons = Text("{count} coupons with members", one: "{count} coupon with a member", "会员持有 {count} 张")
    let noLimits = Text("No limits: it may be used by everybody as often as they have coupons.", "没有上限：有券即可使用。")
    let limitUsed = Text("{used} of {max} used", "已用 {used}，共 {max}")
    let limitHeld = Text("{used} of {max} used, {held} kept for orders", "已用 {used}，另有 {held} 已为订单预留，共 {max}")
    let limitEachMember = Text("{max} for each member", "每位会员 {max}")
    let limitEachCard = Text("{max} for each card or account", "每张卡或每个账户 {max}")
    let limitDay = Text("today", "今日")
    let times = Text("{count} times", one: "once", "{count} 次")
    let limits = Text("Limits", "上限")

    let burnTitle = Text("How budgets burn down", "预算消耗")
    let burnNote = Text(
        "What was left when each day ended, up to 90 days back. Today, what is kept for orders counts as taken.",
        "每日结束时的剩余额度，最多 90 天。今日已为订单预留的部分计为已用。")
    let burnOf = Text("Left of {limit}", "{limit} 剩余额度")
    let left = Text("Left", "剩余")
    let burnSummary = Text(
        "What was left of {limit} when each day ended: {first} on {from}, {last} on {until}, of {max} in all.",
        "{limit} 每日结束时的剩余额度：{from} 为 {first}，{until} 为 {last}，总额 {max}。")
    let burnNone = Text("Nothing was used yet; its course stands here from the first use on.", "尚未使用；首次使用后这里会显示消耗走势。")
    let burnUsedUp = Text("Nothing is left.", "已无剩余。")
    let burnIdle = Text("At the rate of the last 7 days it is not used up.", "按最近 7 天的速度不会用完。")
    let burnEnds = Text("At the rate of the last 7 days it is used up on {date}.", "按最近 7 天的速度，将于 {date} 用完。")
    let burnOutlasts = Text(
        "At the rate of the last 7 days it lasts beyond the last day of the coupons, {date}.",
        "按最近 7 天的速度，到优惠券最后一天（{date}）仍有剩余。")
    let burnFarOff = Text("At the rate of the last 7 days it lasts for more than ten years.", "按最近 7 天的速度，可用十年以上。")

    let conditions = Text("What people read", "人们看到的条款")
    let conditionsNote = Text(
        "Made from what is enforced and nothing else; each claim keeps which text was read.", "条款完全由实际执行的规则生成；每次领取都会记下所阅读的文本。")
    let made = Text("made {when} by {who}", "{when} 由 {who} 建立")
    let newVersion = Text("New version", "新版本")
    let notInForm = Text(
        "This template has conditions that the form does not show. Make its next version over the API.",
        "此模板含有表单未显示的条件，请通过 API 建立新版本。")
    let doneTemplate = Text("The template is made. Coupons can be given and codes made.", "模板已建好，可以发放优惠券或制作券码。")

    let batches = Text("Codes", "券码")
    let batch = Text("Batch", "批次")
    let batchesNote = Text(
        "Whoever types a code claims its coupon, once. It is noted who takes codes out, and how many.",
        "输入券码即可领取一张优惠券，每码一次。谁在何时取出了多少券码会被记录。")
    let count = Text("How many codes", "券码数量")
    let makeCodes = Text("Make codes", "制作券码")
    let download = Text("Download", "下载")
    let exported = Text("Taken out", "已取出")
    let exportedNever = Text("not yet", "尚未")
    let exportedTimes = Text("{count} times, last by {who}", one: "once, by {who}", "{count} 次，最近由 {who}")
    let close = Text("End", "结束")
    let batchReady = Text("ready", "就绪")
    let batchExported = Text("taken out", "已取出")
    let batchClosed = Text("ended", "已结束")
    let batchVoided = Text("void", "已作废")
    let noBatches = Text("No codes of this template yet.", "此模板还没有券码。")
    let doneBatch = Text("The codes are made. Download them here.", "券码已制作，可在此下载。")
    let doneClosed = Text("The batch has ended: no more of its codes can be claimed.", "批次已结束，其券码不能再领取。")

    let give = Text("Give a coupon", "发放优惠券")
    let giveHint = Text("A member’s number, or an identity such as user_id:abc", "会员编号，或身份标识，例如 user_id:abc")
    let doneGiven = Text("The coupon was given.", "优惠券已发放。")

    let formIntro = Text(
        "Look at the text in both languages and try it on a cart before you make it. A template never changes: a change is a new version.",
        "建立前请查看两种语言的条款，并用购物车试算。模板不会改变：任何修改都是新版本。")
    let nameTaken = Text(
        "There is a template of this name. Open it and make its next version, or choose another name.",
        "已有同名模板。请打开它建立新版本，或改用其他名称。")
    let preview = Text("Preview", "预览")
    let draftHint = Text(
        "It stands here in both languages once the form says what the coupon does.", "表单写明优惠内容后，这里会以两种语言显示条款。")
    let mistake = Text("{field}: {problem}", "“{field}”一栏：{problem}")
    let make = Text("Make the template", "建立模板")
    let effect = Text("What it does", "优惠内容")
    let when = Text("When it counts", "适用条件")
    let whom = Text("For whom and where", "适用对象与地点")
    let budget = Text("What it may cost", "预算与次数")
    let rest = Text("Together with others, returns", "叠加与退货")
    let tryTitle = Text("Try it on a cart", "用购物车试算")

    let name = Text("Name", "名称")
    let nameHint = Text("Never changes; the next version has the same", "不能更改；新版本沿用同一名称")
    let kind = Text("Kind", "类型")
    let kindAmount = Text("An amount off", "减免金额")
    let kindPercent = Text("A share off", "按比例折扣")
    let kindPrice = Text("A fixed price", "固定价格")
    let kindGift = Text("A gift", "赠品")
    let kindShipping = Text("Free delivery", "免运费")
    let kindPriority = Text("Priority in the queue", "优先排队")
    let kindStatus = Text("A status for some days", "限时身份")
    let value = Text("How much", "数值")
    let valueHint = Text(
        "20 for 20 off; 12.5 for 12.5% off; the price; the weight in the queue", "减 20 填 20；减 12.5% 填 12.5；固定价格；或排队权重")
    let what = Text("Gift, status or queue", "赠品、身份或队列")
    let whatHint = Text(
        "The SKU of a gift, or the key of the benefit that is the status or the queue", "赠品的 SKU，或作为身份、队列的权益的键")
    let many = Text("How many, or how long", "数量或天数")
    let manyHint = Text("Units of a gift, or days of a status or a priority", "赠品数量，或身份、优先的天数")
    let on = Text("Off what", "减免范围")
    let onOrder = Text("the order, once", "整单一次")
    let onUnits = Text("each unit that counts", "每件适用商品")
    let unitsMax = Text("At most so many units", "最多件数")
    let cap = Text("At most so much off", "最高减免")
    let spendMin = Text("Spend at least", "最低消费")
    let spendMax = Text("Spend at most", "最高消费")
    let unitsMin = Text("At least so many units", "最少件数")
    let products = Text("Only these products", "仅限商品")
    let productsExcept = Text("Not these products", "不含商品")
    let categories = Text("Only these categories", "仅限类别")
    let categoriesExcept = Text("Not these categories", "不含类别")
    let namesHint = Text("Separated by commas; empty for all", "用逗号分隔；留空表示不限")
    let undiscounted = Text("Goods that are cheaper already", "已打折商品")
    let undiscountedCount = Text("count", "适用")
    let undiscountedNot = Text("do not count", "不适用")
    let weekdays = Text("Days of the week", "星期")
    let weekdaysHint = Text("1 for Monday to 7 for Sunday, separated by commas; empty for all", "1 为星期一，7 为星期日，用逗号分隔；留空表示每天")
    let hoursFrom = Text("From this time of the day", "每天开始时间")
    let hoursUntil = Text("Until this time of the day", "每天结束时间")
    let hoursHint = Text("Such as 14:00", "例如 14:00")
    let firstDay = Text("First day", "首日")
    let lastDay = Text("Last day", "末日")
    let dayHint = Text("Such as 2026-12-05", "例如 2026-12-05")
    let days = Text("Days after it was given", "发放后有效天数")
    let daysHint = Text("It ends with this day; empty for no such end", "到该日结束时过期；留空表示不限")
    let tiers = Text("Tiers", "等级")
    let tags = Text("Tags, all of them", "标签（须全部具备）")
    let channels = Text("Channels", "渠道")
    let stores = Text("Stores", "门店")
    let firstOrder = Text("First orders", "首单")
    let firstOrderAll = Text("all orders", "所有订单")
    let firstOrderOnly = Text("first orders only", "仅限首单")
    let moneyMax = Text("Budget in all", "总预算")
    let usesMax = Text("Uses in all", "总次数")
    let usesDay = Text("Uses a day", "每日次数")
    let usesMember = Text("Uses of each member", "每位会员次数")
    let emptyHint = Text("Empty for any number", "留空表示不限")
    let uses = Text("Orders that one coupon pays for", "每张券可用于的订单数")
    let exclusive = Text("Other coupons with it", "与其他优惠券")
    let exclusiveNo = Text("allowed", "可叠加")
    let exclusiveYes = Text("none", "不可叠加")
    let group = Text("Group", "分组")
    let with = Text("Only with these groups", "仅可与这些分组叠加")
    let refund = Text("When goods come back", "退货时")
    let refundReturn = Text("it returns when all of the order does", "整单退回后返还")
    let refundNever = Text("it stays used", "不返还")
    let refundPart = Text("what it took off the goods can be used again", "按退货金额返还")
    let transferable = Text("Passing it on", "转赠")
    let transferableNo = Text("not allowed", "不允许")
    let transferableYes = Text("allowed", "允许")
    let bearer = Text("Who pays for it", "费用承担方")
    let bearerBrand = Text("we", "我们")
    let bearerPartner = Text("a partner", "合作伙伴")
    let bearerStore = Text("a store", "门店")
    let bearerName = Text("Name of the partner or store", "合作伙伴或门店名称")

    let cartLines = Text("Goods, one a line", "商品，每行一件")
    let cartLinesHint = Text(
        "SKU, units, price of one, category: such as tin-50g, 2, 68.00, tea; empty for no trial",
        "SKU，数量，单价，类别：例如 tin-50g, 2, 68.00, tea；留空表示不试算")
    let cartShipping = Text("Delivery", "运费")
    let cartFirst = Text("Their first order", "是否首单")
    let yes = Text("yes", "是")
    let no = Text("no", "否")
    let cartTier = Text("Tier", "等级")
    let cartChannel = Text("Channel", "渠道")
    let cartStore = Text("Store", "门店")
    let badLine = Text("Line {line} is not understood. Write SKU, units, price.", "无法识别第 {line} 行，请按“SKU, 数量, 单价”填写。")
    let badPrice = Text("Write an amount such as 1.00.", "请输入金额，例如 1.00。")

    let result = Text("On this cart", "试算结果")
    let takesOff = Text("It takes {amount} off: {paid} are left to pay.", "减免 {amount}，应付 {paid}。")
    let counts = Text("It counts, and takes no money off.", "可以使用，不减免金额。")
    let countsNot = Text("It does not count for this cart:", "不适用于此购物车：")
    let nearSpend = Text("{amount} more and it counts.", "再消费 {amount} 即可使用。")
    let nearUnits = Text("{count} more units and it counts.", one: "{count} more unit and it counts.", "再加 {count} 件即可使用。")
    let line = Text("Goods", "商品")
    let units = Text("Units", "数量")
    let price = Text("Price of one", "单价")
    let off = Text("Off", "减免")
    let paid = Text("To pay", "应付")
    let delivery = Text("Delivery", "运费")
}

/// What the rules of coupons refuse, and why.
enum CouponRefusalTexts {
    static let all = rules + templates

    private static let rules = [
        Text(
            "The coupon belongs to somebody else, or nobody has claimed it yet. Use one of the member's own, or claim it first.",
            "优惠券属于他人，或尚未有人领取。请使用会员自己的券，或先领取。"),
        Text("The coupon can be used from {1} on.", "优惠券自 {1} 起可用。"), Text("The coupon could be used until {1}.", "优惠券已于 {1} 过期。"),
        Text(
            "The coupon cannot be used on this day or at this hour ({1}). Look at its conditions.",
            "优惠券在此日或此时段不可用（{1}），请查看使用条件。"),
        Text(
            "All {1} uses of this offer are taken. Try again when a reservation lapses.", "此优惠的 {1} 次已用完；若有预留失效，可再试。"),
        Text("Today's {1} uses of this offer are taken. Come back tomorrow.", "今日的 {1} 次已用完，请明日再来。"),
        Text("A member can use this offer {1} times.", "每位会员可使用此优惠 {1} 次。"),
        Text("A card or account can pay with this offer {1} times.", "每张卡或每个账户可使用此优惠 {1} 次。"),
        Text(
            "Given now, the coupon would end at {1}, before it can be used from {2} on. Give it later.",
            "现在发放的优惠券会在 {1} 到期，早于可用时间 {2}，请稍后再发放。"),
        Text("The money for this offer is spent.", "此优惠的预算已用完。"),
        Text("Goods that count have to cost at least {1}, not {2} minor units.", "适用商品金额至少为 {1}，目前为 {2}（最小货币单位）。"),
        Text("Goods that count may cost at most {1}, not {2} minor units.", "适用商品金额最多为 {1}，目前为 {2}（最小货币单位）。"),
        Text("At least {1} units that count are needed, not {2}.", "适用商品至少 {1} 件，目前为 {2} 件。"),
        Text("At most {1} units that count are allowed, not {2}.", "适用商品最多 {1} 件，目前为 {2} 件。"),
        Text("Nothing in the cart counts for this coupon.", "购物车中没有适用此券的商品。"),
        Text("The coupon is for the tiers {1}.", "优惠券仅限等级 {1}。"),
        Text("The coupon is for people with the tags {1}.", "优惠券仅限具有标签 {1} 的人。"),
        Text("The coupon can be used in the channels {1}.", "优惠券仅限渠道 {1}。"),
        Text("The coupon can be used in the stores {1}.", "优惠券仅限门店 {1}。"), Text("The coupon is for a first order.", "优惠券仅限首单。"),
        Text("The coupon counts by card or account: say which one pays.", "优惠券按卡或账户计次，请说明用哪一个付款。"),
        Text("The coupon is for orders in {1}, not {2}.", "优惠券仅限 {1} 订单，不适用于 {2}。"),
        Text("The order has as many coupons of the class {1} as it may.", "订单中 {1} 类优惠券已达上限。"),
        Text("The coupon does not go together with {1}.", "优惠券不能与 {1} 同时使用。"),
        Text(
            "Coupons of another member are kept or used for the order {1}. Let them go first.", "订单 {1} 已预留或使用其他会员的优惠券，请先取消。"),
        Text("The coupon is kept for another order until {1}.", "优惠券已为另一订单预留至 {1}。"),
        Text("The coupon is not reserved for this order any more. Reserve it again.", "优惠券不再为此订单预留，请重新预留。"),
        Text("Only {1} are reserved, not {2} minor units.", "仅预留了 {1}，不是 {2}（最小货币单位）。"),
        Text("The coupon would take nothing off. It stays unused.", "优惠券不会减免任何金额，因此不使用。"),
        Text("The coupon was taken away: {1}. Use another one.", "优惠券已被收回：{1}，请使用另一张。"), Text("The coupon is used up.", "优惠券已用完。"),
        Text("Somebody else has claimed this code already. Claim another one.", "此券码已被他人领取，请领取另一个。"),
        Text(
            "The coupon is used for the order {1}, and no longer reserved. Roll its use back instead.",
            "优惠券已用于订单 {1}，不再是预留状态。请改为撤销使用。"),
        Text(
            "The coupon is used for the order {1} already, with {2} minor units. Roll its use back first.",
            "优惠券已用于订单 {1}，金额为 {2}（最小货币单位）。请先撤销使用。"),
        Text("The use for the order {1} was undone already.", "订单 {1} 的使用已经撤销过。"),
        Text("Who brought somebody in cannot use the coupon meant for them.", "推荐人不能使用给被推荐人的优惠券。"),
        Text("The conditions read are not those of this coupon. Show them again.", "所阅读的条款与此券不符，请重新展示。"),
        Text("The coupon cannot be passed on.", "优惠券不可转赠。"),
        Text("The batch is {1}. Use a code of another one.", "批次状态为 {1}，请使用其他批次的券码。"),
        Text("No more codes of {1} symbols can be made. Choose longer ones.", "{1} 位券码不能再制作，请选择更长的券码。"),
        Text("Only {1} more codes of {2} symbols can be made. Choose longer ones.", "{2} 位券码最多还能制作 {1} 个，请选择更长的券码。"),
        Text("Only {1} codes of an order are looked at.", "每张订单最多查看 {1} 个券码。"),
        Text("A code has from {1} to {2} symbols and a check.", "券码有 {1} 到 {2} 位，另加一位校验。"),
        Text(
            "The limit \"{1}\" of the template \"{2}\" counts {3}. Choose another name for this one.",
            "模板 \"{2}\" 的上限 \"{1}\" 按 {3} 计数，请为此上限另取名称。"),
        Text(
            "There is no time zone \"{1}\". Use an IANA name such as Asia/Shanghai.", "没有时区 \"{1}\"，请使用 IANA 名称，例如 Asia/Shanghai。"),
        Text("The line or coupon \"{1}\" stands there twice.", "行或优惠券 \"{1}\" 重复。"),
        Text("The numbers of \"{1}\" cannot be: units are at least 1, and no price is negative.", "\"{1}\" 的数字无效：数量至少为 1，价格不能为负。"),
        Text("The batch {1} is closed: its codes cannot be claimed any more.", "批次 {1} 已结束，其券码不能再领取。"),
    ]

    private static let templates = [
        Text("A price of nothing is a gift. Say so, or set a price.", "价格为零即为赠品，请选择赠品或填写价格。"),
        Text("A first order is one order. Set one use, or leave the first order out.", "首单只有一笔，请将使用次数设为 1，或取消首单限制。"),
        Text("Only an amount off the order that is used once can come back in parts.", "只有用于一次的整单减免才能按部分返还。"),
        Text("The least to spend is above the most. No order can have both.", "最低消费高于最高消费，没有订单能同时满足。"),
        Text("The least number of units is above the most. No order can have both.", "最少件数多于最多件数，没有订单能同时满足。"),
        Text("Everything that counts is left out again. Nothing is eligible.", "所有适用项都被排除，没有任何商品适用。"),
        Text("These hours are empty: they end before they begin.", "此时段为空：结束早于开始。"),
        Text("Two of the hours overlap. Make them one.", "有两个时段重叠，请合并。"), Text("The last day is before the first one.", "末日早于首日。"),
        Text("None of the weekdays is among the days on which it can be used.", "有效期内没有所选的星期。"),
        Text("A coupon that stands alone cannot name others that go with it.", "不可叠加的优惠券不能指定可叠加的分组。"),
        Text("The coupon itself is of this class. At least 1 is needed.", "此券本身属于该类，至少为 1。"),
        Text("Two limits have this name.", "有两个上限同名。"),
        Text("This coupon takes no money off, so that no money can be counted.", "此券不减免金额，因此不能设金额上限。"),
        Text("A number that is not negative, with at most {1} decimals, was expected.", "请输入不为负、最多 {1} 位小数的数字。"),
        Text("\"{1}\" is missing.", "缺少 \"{1}\"。"), Text("A number from {1} to {2} was expected.", "请输入 {1} 到 {2} 的数字。"),
        Text("This name stands here twice.", "名称重复。"),
        Text("This day stands here twice.", "日期重复。"), Text("A date such as 2026-12-05 was expected.", "请输入日期，例如 2026-12-05。"),
        Text("A time of the day from 00:00 to 24:00 was expected.", "请输入 00:00 到 24:00 之间的时间。"),
        Text("A whole number from {1} to {2} was expected.", "请输入 {1} 到 {2} 的整数。"),
        Text("A name has 1 to {1} bytes in one line.", "名称为单行，1 到 {1} 字节。"),
        Text("A number of units needs \"on\": \"units\".", "限定件数时，减免范围须为每件适用商品（\"on\": \"units\"）。"),
        Text("A number was expected, not {1}.", "请输入数字，而不是 {1}。"),
        Text("At most {1} can stand here, not {2}.", "此处最多 {1} 项，不能有 {2} 项。"),
    ]
}
