/// The versions of the rules by which members earn.
final class EarningTexts: Sendable {
    let title = Text("How points are earned", "如何获得积分")
    let tab = Text("Earning", "获得规则")
    let intro = Text(
        "A version of the rules decides about all that happens from its beginning on, until the next one begins. What was earned stays as it is.",
        "每个版本的规则从生效时起决定此后发生的一切，直到下一版本生效；已获得的积分不变。")
    let onlyOwner = Text("Only an owner of the workspace changes how points are earned.", "只有工作区所有者可以更改获得规则。")
    let programs = Text("Earning programs", "规则组")
    let noneTitle = Text("Nothing earns points yet", "还没有任何获得规则")
    let noneText = Text(
        "Orders and events give points by rules. Draft a first version, try it on what has happened, and let it begin.",
        "订单和事件按规则发放积分。请先起草一个版本，用已发生的数据试算，再让它生效。")

    let versions = Text("Versions", "版本")
    let version = Text("Version {number}", "第 {number} 版")
    let drafted = Text("drafted by {who}", "由 {who} 起草")
    let looked = Text("looked at by {who}", "由 {who} 审核")
    let begins = Text("from {when}", "自 {when} 起")
    let stateDraft = Text("draft", "草稿")
    let stateReviewed = Text("looked at", "已审核")
    let stateScheduled = Text("begins later", "待生效")
    let stateLive = Text("counts now", "生效中")
    let stateSuperseded = Text("over", "已结束")
    let review = Text("I have looked at it", "已审核")
    let reviewNote = Text("Only a version that was looked at can begin.", "只有审核过的版本才能生效。")
    let schedule = Text("Let it begin", "让它生效")
    let from = Text("First day", "首日")
    let fromHint = Text("Such as 2026-12-01, from its first minute; empty for now", "例如 2026-12-01，从当日零点起；留空表示立即生效")
    let badDay = Text("Write a day such as 2026-12-01.", "请输入日期，例如 2026-12-01。")
    let unschedule = Text("Take it back before it begins", "在生效前撤回")
    let doneSaved = Text("The version is drafted. Try it, then let it begin.", "版本已起草，请试算后让它生效。")
    let doneMoved = Text("Done.", "已完成。")

    // MARK: - What a version says

    let rules = Text("What version {number} gives", "第 {number} 版发放什么")
    let shared = Text("For all rules", "适用于所有规则")
    let noRules = Text("It has no rules, so that nothing earns.", "此版本没有规则，不发放任何积分。")
    let forOrders = Text("For orders: {amount}", "订单：{amount}")
    let forEvent = Text("For each event “{name}”: {amount}", "每个事件“{name}”：{amount}")
    let forCall = Text("For each call “{name}” of the API: {amount}", "每次 API 调用“{name}”：{amount}")
    let eachTime = Text("{points} points", one: "{points} point", "{points} 积分")
    let eachUnit = Text("{points} points for each unit", one: "{points} point for each unit", "每件 {points} 积分")
    let eachMoney = Text("{points} points for each {amount}", one: "{points} point for each {amount}", "每 {amount} 得 {points} 积分")
    let beforeTax = Text("Taxes do not count.", "不计税费。")
    let beforeDiscounts = Text("Prices count before discounts.", "按折扣前的价格计算。")
    let paidInPoints = Text("What is paid in points counts as well.", "用积分支付的部分也计算在内。")
    let onlyProducts = Text("Only the products {names}.", "仅限商品：{names}。")
    let barredProducts = Text("Not the products {names}.", "不含商品：{names}。")
    let onlyCategories = Text("Only the categories {names}.", "仅限类别：{names}。")
    let barredCategories = Text("Not the categories {names}.", "不含类别：{names}。")
    let onlyTiers = Text("Only for the tiers {names}.", "仅限等级：{names}。")
    let onlyTags = Text("Only for members with one of the tags {names}.", "仅限带有以下任一标签的会员：{names}。")
    let barredTags = Text("Not for members with one of the tags {names}.", "不含带有以下任一标签的会员：{names}。")
    let onlyChannels = Text("Only through {names}.", "仅限渠道：{names}。")
    let onlyDays = Text("Only on {names}.", "仅限{names}。")
    let fromWhen = Text("From {when} on.", "自 {when} 起。")
    let untilWhen = Text("Until {when}, which does not count any more.", "到 {when} 为止（不含）。")
    let onlyIf = Text("Only if {condition}.", "仅当 {condition}。")
    let bonus = Text("“{name}”: {amount} more.", "“{name}”：另加 {amount}。")
    let factor = Text("“{name}”: times {factor}.", "“{name}”：乘以 {factor}。")
    let factorsMax = Text("Of several that count the greatest multiplies.", "若有多个倍数适用，取最大者。")
    let factorsProduct = Text("Several that count multiply each other.", "若有多个倍数适用，则相乘。")
    let noFactors = Text("The multipliers of all rules do not count here.", "通用倍数在此不适用。")
    let exclusive = Text("Of rules like this the best one for a line gets it.", "同类规则中，每行只适用最有利的一条。")
    let capEvent = Text("At most {points} at once.", "单次最多 {points}。")
    let capDay = Text("At most {points} for each member in a day.", "每位会员每天最多 {points}。")
    let capWeek = Text("At most {points} for each member in a week.", "每位会员每周最多 {points}。")
    let capMonth = Text("At most {points} for each member in a month.", "每位会员每月最多 {points}。")
    let capQuarter = Text("At most {points} for each member in a quarter.", "每位会员每季度最多 {points}。")
    let capYear = Text("At most {points} for each member in a year.", "每位会员每年最多 {points}。")
    let capEver = Text("At most {points} for each member.", "每位会员最多 {points}。")
    let capBudget = Text("At most {points} for all members together.", "全体会员合计最多 {points}。")
    let afterDays = Text("They can be spent {count} days later.", one: "They can be spent a day later.", "{count} 天后可用。")
    let awaited = Text(
        "They wait for a command, and are given up after {count} days.",
        one: "They wait for a command, and are given up after a day.", "等待确认，{count} 天未确认则取消。")
    let never = Text("They never end.", "永不过期。")
    let lastDay = Text("Their last day is {day}.", "最后一天是 {day}。")
    let afterMonths = Text("They end after {count} months.", one: "They end after a month.", "{count} 个月后过期。")
    let afterMonthsEnd = Text(
        "They end with the month that is {count} months after.", one: "They end with the month after.", "在之后第 {count} 个月的月末过期。")
    let paidBy = Text("{partner} pays for them.", "由 {partner} 承担。")
    let onlyPlaces = Text("They can be spent at {names} alone.", "仅可在以下地方使用：{names}。")
    let taxIncluded = Text("Prices include the tax.", "价格含税。")
    let taxExcluded = Text("Prices do not include the tax.", "价格不含税。")
    let budgets = Text("Budgets", "预算")
    let budgetAll = Text("All rules", "所有规则")
    let budgetUsed = Text("{used} of {max} given", "已发放 {used}，共 {max}")
    let asData = Text("The version as the API has it", "API 中的此版本")

    // MARK: - Trying

    let tryOrder = Text("Try an order", "试算订单")
    let tryAmount = Text("Goods for, in {currency}", "商品金额（{currency}）")
    let tryProduct = Text("Product", "商品")
    let tryTags = Text("Tags of the member", "会员标签")
    let tryHint = Text("Separated by commas; empty for none", "用逗号分隔；可留空")
    let tryButton = Text("What does it earn?", "能获得多少？")
    let tryEarns = Text("Such an order earns {points} points.", one: "Such an order earns {points} point.", "这样的订单可获得 {points} 积分。")
    let tryNothing = Text("Such an order earns nothing.", "这样的订单不获得积分。")
    let ruleGives = Text("{rule} gives {points}.", "{rule} 发放 {points}。")
    let ruleTrimmed = Text(
        "{rule} gives {points}, of {uncapped} without the caps.", "{rule} 发放 {points}（不计上限为 {uncapped}）。")
    let ruleNothing = Text("{rule} gives nothing: {reason}", "{rule} 不发放：{reason}")
    let badMoney = Text("Write an amount such as 100.00.", "请输入金额，例如 100.00。")

    let rehearse = Text("Try it on what has happened", "用已发生的数据试算")
    let tryIt = Text("Try it", "试算")
    let rehearseIntro = Text(
        "Every order and event of the time is judged by this version, and nothing is booked.", "用此版本评判该时段内的每个订单和事件，不入账。")
    let days = Text("Time", "时段")
    let lastDays = Text("the last {count} days", one: "the last day", "最近 {count} 天")
    let rehearsed = Text(
        "Orders and events: {events}. Members: {members}. Points that they would have earned: {points}.",
        "订单和事件：{events}；会员：{members}；将获得的积分：{points}。")
    let spread = Text(
        "Half of these members get at most {half} points, nine of ten at most {ninety}, and nobody more than {all}.",
        "其中一半会员最多得 {half} 积分，九成最多得 {ninety}，最多者得 {all}。")
    let against = Text("The version that counts now gives {points} for the same.", "当前生效的版本对同样的数据发放 {points}。")
    let rehearsedNothing = Text("Nothing happened in that time that a rule of this version is about.", "该时段内没有此版本规则涉及的事件。")
    let rehearsedRefused = Text(
        "{count} were too large to be counted.", one: "One was too large to be counted.", "{count} 个过大，无法计算。")
    let rule = Text("Rule", "规则")
    let times = Text("Times", "次数")
    let points = Text("Points", "积分")
    let trimmed = Text("Taken off by caps", "因上限扣减")
    let declined = Text("Did not count", "未适用")
    let exhausted = Text("The budget {budget} would have been used up on {when}.", "预算“{budget}”将在 {when} 用完。")
    let budgetLeft = Text("Of the budget {budget} {used} of {max} would have been used.", "预算“{budget}”将使用 {used}，共 {max}。")

    // MARK: - The form

    let draft = Text("Draft a version", "起草版本")
    let draftFrom = Text("Draft the next version from {number}", "以第 {number} 版为基础起草")
    let edit = Text("Change version {number}", "修改第 {number} 版")
    let draftIntro = Text(
        "Nothing counts before it has begun. A rule without a name and points is left out, and so is a multiplier without a name and a number.",
        "生效之前不起作用。名称和积分都为空的规则、名称和数值都为空的倍数会被忽略。")
    let notInForm = Text(
        "This version says more than the form shows. Make the next one over the API, from what stands here.",
        "此版本的内容多于表单所能显示的，请以此处的数据为基础，通过 API 建立下一版本。")
    let key = Text("Key", "键")
    let keyHint = Text("What programs call these rules; it never changes", "供程序使用，设定后不能更改")
    let name = Text("Name", "名称")
    let currency = Text("Points earned", "获得的积分种类")
    let tax = Text("Prices of orders", "订单价格")
    let taxYes = Text("include the tax", "含税")
    let taxNo = Text("do not include the tax", "不含税")
    let budgetOfAll = Text("At most so many points in all", "积分总预算")
    let budgetHint = Text("Counted over all versions; empty for without an end", "跨版本累计；留空表示不限")
    let standardRule = Text("Points for what is bought", "消费得积分")
    let formRules = Text("Rules", "规则")
    let partRule = Text("Rule {number}", "规则 {number}")
    let partFactor = Text("Multiplier {number}", "倍数 {number}")
    let partMore = Text("For whom, and limits", "适用对象与上限")
    let ruleTrigger = Text("For", "对象")
    let triggerOrder = Text("orders", "订单")
    let triggerEvent = Text("an event", "事件")
    let triggerCall = Text("a call of the API", "API 调用")
    let ruleEvent = Text("Name of the event or call", "事件或调用的名称")
    let ruleEventHint = Text("Such as Review Written", "例如 Review Written")
    let rulePer = Text("Counted by", "计算方式")
    let perMoney = Text("each amount of money", "每满一定金额")
    let perUnit = Text("each unit", "每件商品")
    let perEvent = Text("each time", "每次")
    let ruleAmount = Text("Amount of money", "金额")
    let ruleAmountHint = Text("In {currency}", "单位 {currency}")
    let onlyWithTags = Text("Only with one of the tags", "仅限带有以下任一标签")
    let ruleDay = Text("At most a day and member", "每人每天上限")
    let ruleBudget = Text("At most for all members", "全体会员总预算")
    let optional = Text("Empty for without a limit", "留空表示不限")
    let formFactors = Text("Multipliers of all rules", "通用倍数")
    let factorGives = Text("All rules: times {factor}", "所有规则乘以 {factor}")
    let factorBy = Text("Times", "乘以")
    let factorByHint = Text("Such as 2 or 1.5", "例如 2 或 1.5")
    let factorFirstHint = Text("Such as 2026-12-01; empty for at once", "例如 2026-12-01；留空表示立即适用")
    let factorLast = Text("Last day", "末日")
    let factorLastHint = Text("It still counts on it; empty for without an end", "当日仍有效；留空表示不限")
    let save = Text("Save as a draft", "保存为草稿")
    let badName = Text("Write a name of 1 to 100 characters.", "请输入 1 到 100 个字符的名称。")
    let badKey = Text("A key has 1 to 40 lower-case letters, digits, hyphens and underscores.", "键由 1 到 40 个小写字母、数字、连字符和下划线组成。")
    let keyTaken = Text("There are rules with this key. Draft their next version on their page.", "此键已有规则，请在其页面起草下一版本。")
    let badEvent = Text("Write the name of the event or the call.", "请输入事件或调用的名称。")
    let badPoints = Text("Write a number of at least {least}.", "请输入不小于 {least} 的数字。")
    let badAmount = Text("Write an amount of money of at least {least}.", "请输入不小于 {least} 的金额。")
    let badFactor = Text("Write a number from 0.001 to 100.", "请输入 0.001 到 100 的数字。")
}

/// Why a rule gave nothing, or a version did not go its way.
enum EarningRefusalTexts {
    static let all = rules + versions

    private static let rules = [
        Text("It is for {1} alone.", "仅限等级 {1}。"),
        Text("It is for members with one of the tags {1}.", "仅限带有标签 {1} 的会员。"),
        Text("It is not for members with the tag {1}.", "不适用于带有标签 {1} 的会员。"),
        Text("It counts for {1} alone.", "仅限渠道 {1}。"),
        Text("It begins at {1}.", "自 {1} 起适用。"), Text("It ended at {1}.", "已于 {1} 结束。"),
        Text("It counts on days {1} of the week, not on day {2}.", "仅限每周第 {1} 天，今天是第 {2} 天。"),
        Text("\"{1}\" should be {2} {3}, and is {4}.", "\"{1}\" 应 {2} {3}，实际为 {4}。"),
        Text("\"{1}\" should not be {2} {3}, and is {4}.", "\"{1}\" 不应 {2} {3}，实际为 {4}。"),
        Text("A condition without parts never holds.", "没有内容的条件永远不成立。"),
        Text("Amounts are counted in {1}, not in {2}.", "金额以 {1} 计，而不是 {2}。"),
        Text("The points would end at {1}, before they can be spent.", "积分将在 {1} 过期，早于可用时间。"),
        Text("No line of the order that was paid for counts.", "订单中没有适用的已付款商品。"),
        Text("The rule {1} gives more for the same lines.", "规则 {1} 对同样的商品发放更多。"),
        Text("It comes to less than one point.", "不足一个积分。"),
        Text("Nothing is left of the limit {1}. Send it again.", "上限 {1} 已用完，请重新发送。"),
        Text("Only {1} are left of the limit {2}. Send it again.", "上限 {2} 只剩 {1}，请重新发送。"),
    ]

    private static let versions = [
        Text("There is no earning program \"{1}\". Draft one first.", "没有规则组 \"{1}\"，请先起草。"),
        Text("There is no version {1}.", "没有第 {1} 版。"),
        Text("The version is a draft. Review it first.", "此版本为草稿，请先审阅。"),
        Text("That goes with a version that is {1}; this one is {2}.", "只适用于状态为 {1} 的版本，此版本为 {2}。"),
        Text("A version cannot decide about what has happened: {1} is over.", "版本不能决定已发生的事：{1} 已过。"),
        Text("Version {1} begins at the same instant. Choose another one.", "第 {1} 版也在同一时刻生效，请另选时间。"),
        Text("These are the settings of \"{1}\", not of \"{2}\".", "这是 \"{1}\" 的设置，不是 \"{2}\" 的。"),
        Text("All versions earn \"{1}\", not \"{2}\".", "所有版本都发放 \"{1}\"，不能改为 \"{2}\"。"),
        Text("{1} is a person. Name a member that is an account.", "{1} 是个人会员，请填写企业会员。"),
        Text(
            "The share of an account is 0 to {1} ten-thousandths: 2500 gives it a quarter.",
            "企业的份额为 0 到 {1}（万分之一）：2500 表示四分之一。"),
        Text(
            "A share does not change what was earned: {1} is over. Name a later instant, or none.",
            "份额不改变已发放的积分：{1} 已过。请填写更晚的时间或不填。"),
        Text("A rehearsal takes at most {1} events. Choose a shorter time.", "试算最多 {1} 个事件，请选择较短的时段。"),
    ]
}
