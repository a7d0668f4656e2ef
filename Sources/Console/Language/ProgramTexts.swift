/// The settings of the loyalty program, and what all its pages share.
final class ProgramTexts: Sendable {
    let title = Text("Program", "会员计划")
    let intro = Text(
        "What members collect, and how long it stays. A change counts from now on; what members have stays as it is.",
        "会员积累什么、保留多久。更改从现在起生效，会员已有的积分不变。")
    let tabs = Text("Pages of the program", "会员计划的页面")
    let tabSettings = Text("Settings", "设置")
    let tabPoints = Text("Points", "积分")
    let tabBooks = Text("Books", "账目")
    let tabApprovals = Text("Approvals", "审批")
    let setUpTitle = Text("Give your customers a reason to come back", "给顾客一个再来的理由")
    let setUpText = Text(
        "A program gives points for what people do and lets them spend them. Name it and say what a point is; all else has sensible defaults and can be changed later.",
        "会员计划为人们的行为发放积分，供他们使用。先命名，再说明积分规则；其余都有合理的默认值，以后可以更改。")
    let setUp = Text("Start the program", "启动会员计划")
    let save = Text("Save the program", "保存会员计划")
    let noneTitle = Text("There is no program yet", "还没有会员计划")
    let noneText = Text("Start one first: it takes a name and a currency.", "请先启动一个：只需名称和一种积分。")
    let noneReader = Text("Only an owner can start one. Ask one of them.", "只有所有者可以启动，请联系他们。")
    let toProgram = Text("To the program", "前往会员计划")
    let onlyOwner = Text("Only an owner of the workspace can change this.", "只有工作区所有者可以更改。")
    let version = Text("Version", "版本")
    let versionNote = Text("{when}, by {who}", "{when}，由 {who} 更改")
    let members = Text("Members", "会员数")
    let currencies = Text("Currencies", "积分种类")
    let outdated = Text(
        "Somebody else has changed the program in the meantime. Look at what it is now, and make your change again.",
        "其他人在此期间更改了会员计划。请查看当前设置后重新修改。")
    let doneAlready = Text("This was done already. Open the page again.", "此操作已经完成，请重新打开页面。")
    let saved = Text("Saved. It counts from now on.", "已保存，从现在起生效。")
    let started = Text("The program has started. Members join by earning, or on the page Points.", "会员计划已启动。人们通过获得积分或在“积分”页面加入。")

    let name = Text("Name of the program", "计划名称")
    let nameHint = Text("Members read it at the head of their card", "显示在会员卡的顶部")
    let defaultName = Text("{workspace} Club", "{workspace}会员")
    let defaultCurrency = Text("Points", "积分")
    let enrols = Text("Who earns without being a member", "尚未入会者获得积分时")
    let enrolsYes = Text("becomes a member", "自动成为会员")
    let enrolsNo = Text("is refused", "拒绝发放")
    let addCurrency = Text("Add another currency", "添加一种积分")
    let newCurrency = Text("New currency", "新的积分种类")
    let key = Text("Key", "键")
    let keyHint = Text(
        "What programs call it: lower-case letters, digits and underscores. It never changes.",
        "供程序使用：小写字母、数字和下划线，设定后不能更改。")
    let currencyName = Text("Name", "名称")
    let scale = Text("Decimals", "小数位数")
    let scaleHint = Text("0 for whole points; it never changes", "0 表示整数积分；设定后不能更改")
    let fixed = Text("Key {key}, {scale} decimals: these never change.", "键 {key}，{scale} 位小数：不能更改。")
    let expiry = Text("Points end after so many months", "积分有效月数")
    let expiryHint = Text(
        "At the end of the month that is so many months after they were earned; 0 for never", "从获得当月起满若干个月后的月末过期；0 表示永不过期")
    let valuePoints = Text("So many points", "积分数")
    let valueMoney = Text("are worth so much, in {currency}", "折合金额（{currency}）")
    let valueHint = Text("For the books, kept with each lot when it is earned", "用于账目，随每批积分在获得时记下")
    let approval = Text("Adjustments above it wait for a second person", "超过此数的调整须由第二人审批")
    let more = Text("Holds, returns and transfers", "预留、退回和转赠")
    let shortfall = Text("Points taken back that were spent already", "收回的积分已被使用时")
    let shortfallDebt = Text("become a debt of the member", "记为会员的欠额")
    let shortfallWriteOff = Text("are written off", "核销")
    let restoreGrace = Text("Days that given back points live on when their time was over", "退回的积分若已过期，可再用的天数")
    let releaseGrace = Text("Days that points live on when a hold lets them go after their time", "预留解除时积分已过期，可再用的天数")
    let holdDays = Text("Longest hold, in days", "最长预留天数")
    let hops = Text("How often points can pass from member to member", "积分最多可转赠的次数")
    let transferMin = Text("Least of one transfer", "单次转赠的下限")
    let transferMonth = Text("Most that a member gives in a month", "每位会员每月转赠上限")
    let transferMonthHint = Text("Empty for any amount", "留空表示不限")
    let transferTimes = Text("Transfers of a member in a month", "每位会员每月转赠次数")
    let coolDown = Text("Hours without transfers after a new device", "出现新设备后禁止转赠的小时数")
    let coolDownHint = Text("0 for none; devices are told by the events of apps", "0 表示不限；设备来自应用上报的事件")
    let badNumber = Text("Write a whole number from {from} to {to}.", "请输入 {from} 到 {to} 的整数。")
    let badAmount = Text("Write a number such as 1,000, with at most {digits} decimals.", "请输入数字，例如 1,000，最多 {digits} 位小数。")
    let badMoney = Text("Write an amount such as 1.00.", "请输入金额，例如 1.00。")
}

/// What the rules of the program and of points refuse, and why.
enum LoyaltyRefusalTexts {
    static let all = [
        Text("A name has 1 to 100 characters.", "名称须为 1 到 100 个字符。"),
        Text("There is another currency with the key \"{1}\".", "已有另一种积分使用键 \"{1}\"。"),
        Text("A key has 1 to 40 lower-case letters, digits and underscores.", "键由 1 到 40 个小写字母、数字和下划线组成。"),
        Text("A program has 1 to {1} currencies.", "会员计划有 1 到 {1} 种积分。"),
        Text("The workspace has no program yet. Set one up first.", "工作区还没有会员计划，请先启动。"),
        Text(
            "This Idempotency-Key came before with another command. Choose a new key for a new command.",
            "这个表单已用于另一条命令。请在新打开的页面上重试。"),
        Text(
            "This Idempotency-Key came before with another \"{1}\". Choose a new key for a new command.",
            "这个表单已用于另一条命令，其中 \"{1}\" 不同。请在新打开的页面上重试。"),
        Text("There is no member \"{1}\". Enrol them first.", "没有会员 \"{1}\"，请先办理入会。"),
        Text(
            "This Idempotency-Key came before, for somebody who was erased. Choose a new key for a new command.",
            "这个 Idempotency-Key 曾用于一位已被抹除的人。请为新的操作选用新的键。"),
        Text("The membership of {1} is closed. Open it again first.", "{1} 的会员资格已关闭，请先重新开启。"),
        Text("The member {1} was erased. Whoever comes back is enrolled anew.", "会员 {1} 已被抹除；再次加入者请重新办理入会。"),
        Text("There is no field \"{1}\" here. Known are {2}.", "此处没有字段 \"{1}\"。已有：{2}。"),
        Text("\"{1}\" is a whole number, not {2}.", "\"{1}\" 应为整数，而不是{2}。"),
        Text("\"{1}\" is a whole number of at least {2}, not {3}.", "\"{1}\" 应为不小于 {2} 的整数，而不是{3}。"),
        Text("\"{1}\" is a whole number from {2} to {3}, not {4}.", "\"{1}\" 应为 {2} 到 {3} 的整数，而不是{4}。"),
        Text(
            "\"{1}\" is a whole number of minor units, such as 6000 for CNY 60.00, and at least 0, not {2}.",
            "\"{1}\" 应为不小于 0 的整数，以最小货币单位计，例如 6000 表示 CNY 60.00，而不是{2}。"),
        Text("\"{1}\" is missing. It is one of {2}.", "缺少 \"{1}\"，可为以下之一：{2}。"),
        Text("There is no currency \"{1}\". Known are {2}.", "没有积分种类 \"{1}\"。已有：{2}。"),
        Text(
            "The currencies {1} cannot be left out: members may have points in them.", "不能去掉积分种类 {1}：会员可能持有这种积分。"),
        Text(
            "Whether {1} can be spent cannot change: members may have points in them. Add another currency.",
            "{1} 能否使用不能更改：会员可能持有这种积分。请另设一种积分。"),
        Text(
            "Points of \"{1}\" are counted, and never spent or given away. Name another currency.",
            "积分 \"{1}\" 只用于累计，不能使用或转赠。请改用另一种积分。"),
        Text(
            "Points that are never spent are never dormant. Leave \"dormancy\" out.", "不能使用的积分不会休眠，请去掉 \"dormancy\"。"),
        Text("The scale of {1} cannot change: points would change with it.", "{1} 的小数位数不能更改，否则积分也会变化。"),
        Text("There are no points to spend. Try again when some were earned.", "没有可用积分，请在获得积分后再试。"),
        Text(
            "There are no points to spend: {1} are held. Release what is held, or try again when more were earned.",
            "没有可用积分：{1} 已被预留。请解除预留，或在获得积分后再试。"),
        Text("There are {1} points to spend and {2} held. Ask for less.", "可用积分 {1}，另有 {2} 被预留。请减少数量。"),
        Text(
            "There are {1} points to spend and {2} held; more become active at {3}.", "可用积分 {1}，另有 {2} 被预留；更多积分将于 {3} 生效。"),
        Text("\"{1}\" is a name of 1 to {2} bytes in one line, without control characters.", "\"{1}\" 须是 1 至 {2} 字节的单行名称，且不含控制字符。"),
        Text("{1} of the points are frozen. Ask who froze them.", "其中 {1} 积分已被冻结，请询问冻结者。"),
        Text("{1} of the points can only be spent elsewhere.", "其中 {1} 积分只能在别处使用。"),
        Text(
            "There is no such lot, hold, spending, source, coupon, template, batch or order.",
            "没有这样的积分批次、预留、使用记录、来源、优惠券、模板、批次或订单。"),
        Text("There is no version {1} of the coupon template \"{2}\".", "优惠券模板 \"{2}\" 没有第 {1} 版。"),
        Text("The order \"{1}\" does not have the coupon \"{2}\", or has not used it.", "订单 \"{1}\" 没有优惠券 \"{2}\"，或尚未使用它。"),
        Text("No coupon is kept or used for the order \"{1}\".", "订单 \"{1}\" 没有预留或使用任何优惠券。"),
        Text("There is no batch of codes \"{1}\".", "没有券码批次 \"{1}\"。"), Text("There is no coupon \"{1}\".", "没有优惠券 \"{1}\"。"),
        Text(
            "Nothing was earned for the source \"{1}\". Name its line and rule, too, where it has them.",
            "来源 \"{1}\" 没有发放过积分；若有行和规则，请一并注明。"),
        Text(
            "Nothing was earned for the source \"{1}\" with the line \"{2}\" and the rule \"{3}\".",
            "来源 \"{1}\"（行 \"{2}\"、规则 \"{3}\"）没有发放过积分。"),
        Text("The member has no hold {1}.", "该会员没有编号为 {1} 的预留。"),
        Text("The member has no spending {1}.", "该会员没有编号为 {1} 的使用记录。"),
        Text("The member has no lot {1} with which that can be done.", "该会员没有可以这样处理的积分批次 {1}。"),
        Text(
            "The number {1} is one of each of the members {2}, who became one. Name the member by one of these.",
            "编号 {1} 在已合并的会员 {2} 中各有一个，请使用其中一个会员编号。"),
        Text("The hold has ended, at the latest at {1}. Make a new one.", "预留最迟已于 {1} 结束，请重新预留。"),
        Text("The hold was captured already.", "这笔预留已被使用。"), Text("Only {1} of it are left.", "只剩 {1}。"),
        Text("Nothing of it is left.", "已经没有剩余。"),
        Text(
            "A new device has come to the member: nothing is given until {1}. Wait until then.",
            "该会员出现了新设备，{1} 之前不能转赠，请届时再试。"),
        Text(
            "There is no donation with the receipt \"{1}\". Look for it in the member's statement.",
            "没有收据号为 \"{1}\" 的捐赠，请在会员明细中查找。"),
        Text("The donation was taken back already, at {1}.", "该捐赠已于 {1} 撤销。"),
        Text(
            "What is owed to {1} for {2} is settled: the month is closed. Adjust the member's points, and name the month that this corrects.",
            "{2} 已结账，应付 {1} 的款项已结清。请调整该会员的积分，并注明所更正的月份。"),
        Text("Points were earned for {1} already.", "{1} 已经发放过积分。"),
        Text("Points were earned for {1} already, by {2}.", "{1} 已经为 {2} 发放过积分。"),
        Text("An amount is at least 1, not {1}.", "数量至少为 1，不能是 {1}。"),
        Text("There would be more points, or they would be worth more, than can be counted.", "积分数量或其价值超出可计算的范围。"),
        Text("There would be more than {1} points. No more can come than that.", "积分将超过 {1}，这是所能收到的上限。"),
        Text(
            "An adjustment gives or takes at most {1} points, not {2}. Ask for less.", "一次调整最多增减 {1} 积分，而不是 {2}。请减少数量。"),
        Text("The time is over, or too far away.", "时间已过，或过于遥远。"),
        Text("Only {1} of the points can be given away.", "只有 {1} 积分可以转赠。"),
        Text("None of the points can be given away.", "这些积分都不能转赠。"),
        Text("Members give at least {1} at once.", "每次至少转赠 {1}。"),
        Text("Only {1} more can be given in this month. Give less, or wait for the next.", "本月最多还可转赠 {1}，请减少数量或等到下月。"),
        Text("Nothing more can be given in this month. Wait for the next.", "本月不能再转赠，请等到下月。"),
        Text("Members give at most {1} times in a month. Wait for the next.", "会员每月最多转赠 {1} 次，请等到下月。"),
        Text("Nobody gives points to themselves.", "积分不能转赠给自己。"),
        Text("Something is held until {1}. Capture or release it first.", "有积分预留至 {1}，请先使用或解除。"),
        Text("The books are closed until {1}. Book in the open month.", "{1} 之前的账目已关闭，请记入未关闭的月份。"),
        Text("The month {1} is not over yet.", "{1} 月份尚未结束。"),
        Text("The month {1} was closed already, at {2}: its report stays. The next is {3}.", "{1} 月份已于 {2} 关闭，其报告保持不变。下一个是 {3}。"),
        Text(
            "The month {1} is not closed, nor is any other. Leave \"corrects\" out.", "{1} 月份没有关闭，也没有其他已关闭的月份。请去掉 \"corrects\"。"),
        Text(
            "The month {1} is not closed; {2} to {3} are. Name one of these, or leave \"corrects\" out.",
            "{1} 月份没有关闭；已关闭的是 {2} 到 {3}。请填写其中一个，或去掉 \"corrects\"。"),
        Text("Months are closed one after another. The next is {1}.", "月份须依次关闭，下一个是 {1}。"),
        Text(
            "What was due by the end of the month is not booked yet. Try again in a moment.", "截至月末到期的积分尚未全部入账，请稍后再试。"),
        Text(
            "The block of {1} has {2} points left, and {3} are asked for. The partner buys more first.",
            "{1} 的积分包只剩 {2}，而需要 {3}。请合作方先购买。"),
        Text(
            "A partner has a name of 1 to 100 bytes in one line other than \"brand\", a price of at least 0 and a reference of at most 500 bytes.",
            "合作方名称为 1 到 100 字节的单行文字且不能是 \"brand\"，价格不低于 0，备注最多 500 字节。"),
        Text(
            "A share is one of 1 to {1} ten-thousandths: 9700 expects that 97 of 100 points are spent.",
            "比例以万分之一计，取 1 到 {1}：9700 表示预计 100 积分中有 97 分会被使用。"),
        Text("An estimate says how it was found, in at most 2000 bytes.", "估计须注明依据，最多 2000 字节。"),
        Text("There is no adjustment \"{1}\".", "没有调整 \"{1}\"。"),
        Text("The adjustment was decided already, by {1}.", "这笔调整已由 {1} 处理。"),
        Text("Somebody other than who asked for the adjustment has to decide.", "须由申请人以外的人审批。"),
        Text(
            "Who asked for the adjustment and who decides are one person, who made the key of one or of both. Somebody else has to decide.",
            "申请与审批出自同一人：其中一方或双方的密钥由此人创建。须由他人审批。"),
        Text("Both are the member {1}.", "两者是同一会员 {1}。"), Text("The rules do not allow it ({1}).", "规则不允许（{1}）。"),
    ]
}
