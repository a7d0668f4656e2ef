/// Why a question is refused, by kinds of question: the sentences of `Questions` in both languages.
///
/// They are found by their English, which is the pattern of a wording; `{1}` is its first value.
enum QuestionRefusalTexts {
    static let all = whole + funnels + trends + others + progress + traits

    private static let whole = [
        Text("{1} was expected, not {2}.", "应为：{1}；实际为：{2}。"),
        Text(#"{1} was expected, but "{2}" is missing."#, #"缺少 "{2}"，应为：{1}。"#),
        Text("{1} is not built yet in this version.", "此版本尚不支持：{1}。"),
        Text(#""{1}" is not a key of {2}. Known keys: {3}."#, #"没有 "{1}" 这个键（{2}）。可用的键：{3}。"#),
        Text("The question is nested more than {1} levels deep. Make it flatter.", "问题嵌套超过 {1} 层。请减少嵌套。"),
        Text(#"the text "{1}""#, #"文本 "{1}""#), Text("the number {1}", "数字 {1}"), Text("One of {1}", "以下之一：{1}"),
        Text("A name", "名称"),
        Text("A question such as {1}", "问题，例如 {1}"), Text("The kind of question", "问题类型"),
        Text("The kind of question as text", "文本形式的问题类型"), Text(#"a question of kind "{1}""#, #""{1}" 类型的问题"#),
        Text(#"Nobody is known by "{1}"."#, #"没有人使用 "{1}"。"#),
        Text(#"There is no question kind "{1}". Kinds: {2}."#, #"没有 "{1}" 这种问题类型。可用的类型：{2}。"#),
        Text("A number from 1 to 1000", "1 到 1000 的数字"), Text("A number from 1 to 10000", "1 到 10000 的数字"),
        Text(#"Accounts are counted, not listed. Leave out "list" or "by"."#, #"账户只能计数，不能列出。请去掉 "list" 或 "by"。"#),
        Text("A question may name at most {1} different selectors, not {2}.", "一个问题最多使用 {1} 个不同的事件选择器，实际有 {2} 个。"),
        Text(
            #""person", "account", "payer", "beneficiary" or "session""#,
            #""person"、"account"、"payer"、"beneficiary" 或 "session""#),
        Text(#"A question of kind "{1}" is not asked by {2}. Leave "by" out."#, #""{1}" 类型的问题不能按 {2} 提问。请去掉 "by"。"#),
        Text("A list of 1 to 3 breakdowns such as {1}", "1 到 3 项细分的列表，例如 {1}"), Text("A breakdown such as {1}", "细分，例如 {1}"),
        Text("At most 3 breakdowns can be combined, not {1}.", "最多组合 3 项细分，实际有 {1} 项。"), Text("a breakdown", "细分"),
        Text("A breakdown by {1}", "按 {1} 细分"),
        Text("A breakdown has one of property, trait, role, stage.", "每项细分只能有 property、trait、role 或 stage 之一。"),
        Text(
            #""{1}" counts people, not events. Break it down by trait, role or stage."#,
            #""{1}" 统计的是人而不是事件。请按 trait、role 或 stage 细分。"#),
    ]

    private static let traits = [
        Text("A rule such as {1}", "规则，例如 {1}"), Text("the rule of a trait", "特征的规则"),
        Text("A count has no property. Leave it out.", "count 没有属性。请去掉 property。"),
        Text(
            "A window is longer than nothing and at most {1} days. Leave it out for all time.", "window 须大于零且不超过 {1} 天。不限时间请去掉。"),
        Text(
            "The key of a computed trait has 1 to {1} bytes, no control characters and no dots, which reach into objects.",
            "计算特征的键有 1 到 {1} 字节，不含控制字符，也不含用于取对象成员的点。"),
        Text("A measure", "度量"),
    ]

    private static let funnels = [
        Text("A list of 2 to 20 steps", "2 到 20 个步骤的列表"),
        Text("A funnel has 2 to 20 steps, not {1}.", "漏斗应有 2 到 20 个步骤，实际有 {1} 个。"),
        Text("A list of property names", "属性名的列表"),
        Text("At most 5 properties can be held constant.", "最多可要求 5 个属性保持相同。"),
        Text("A person's id such as {1}", "人的编号，例如 {1}"),
        Text(
            #""explain" tells the way of a person. Leave out "by" or "explain"."#, #""explain" 说明的是一个人的经过。请去掉 "by" 或 "explain"。"#),
        Text("A list of exclusions", "排除项的列表"), Text("A funnel has at most {1} exclusions.", "漏斗最多有 {1} 个排除项。"),
        Text("An exclusion such as {1}", "排除项，例如 {1}"), Text("an exclusion", "排除项"),
        Text("The numbers of two steps such as {1}", "两个步骤的编号，例如 {1}"), Text("The number of a step", "步骤的编号"),
        Text("The earlier step comes first.", "较早的步骤应写在前面。"), Text("A list of step numbers", "步骤编号的列表"),
        Text("The number of a step after the first", "第一步之后的步骤编号"),
        Text(
            #""firstTouch", "lastTouch", "step:N" with N from 1 to {1}, or "allSteps""#,
            #""firstTouch"、"lastTouch"、"step:N"（N 为 1 到 {1}）或 "allSteps""#),
        Text(#""optional" does not go with "unordered"."#, #""optional" 不能与 "unordered" 同用。"#),
        Text(#""sameTime": "strict" does not go with "unordered"."#, #""sameTime": "strict" 不能与 "unordered" 同用。"#),
        Text(
            #"With "unordered" an exclusion lies between the first and the last step: [1, {1}]."#,
            #"使用 "unordered" 时，排除项只能在第一步与最后一步之间：[1, {1}]。"#),
        Text("A number of bins from 1 to 1000", "1 到 1000 的柱数"),
    ]

    private static let trends = [
        Text("A list of 1 to 26 series", "1 到 26 条线的列表"), Text("A trend has 1 to 26 series, not {1}.", "趋势应有 1 到 26 条线，实际有 {1} 条。"),
        Text("A series such as {1}", "线，例如 {1}"), Text("a series", "线"), Text("A measure such as {1}", "指标，例如 {1}"),
        Text("a measure", "指标"), Text("A measure has exactly one of {1}.", "每个指标只能有以下之一：{1}。"),
        Text(
            #""total", "persons", "sessions", "dau", "wau", "mau", {"sum": property} or another statistic"#,
            #""total"、"persons"、"sessions"、"dau"、"wau"、"mau"、{"sum": 属性} 或其他统计"#),
        Text(
            #""total", "sessions" or a statistic such as {"sum": property}"#, #""total"、"sessions" 或一项统计，例如 {"sum": 属性}"#),
        Text(#""cumulative" goes with total, sum and persons only."#, #""cumulative" 只能与 total、sum 和 persons 同用。"#),
        Text("A formula such as {1}", "公式，例如 {1}"), Text("The formula is longer than 1,000 bytes.", "公式超过 1,000 字节。"),
        Text(
            "The formula is not valid: {1}. It is made of A, B, …, numbers, + - * / and parentheses.",
            "公式无效：{1}。公式由 A、B、……、数字、+ - * / 与括号组成。"), Text(#""{1}" at character {2} is not understood"#, #"无法识别第 {2} 个字符 "{1}""#),
        Text("it ends too soon", "公式不完整"), Text("The formula is nested more than 100 levels deep.", "公式嵌套超过 100 层。"),
        Text("The formula names series {1}, but there are only {2}.", "公式用到了线 {1}，但总共只有 {2} 条线。"),
        Text(
            "The range holds more than {1} buckets. Ask for a shorter range or a longer interval.",
            "时间范围内超过 {1} 个间隔。请选择更短的时间范围或更长的间隔。"),
    ]

    private static let others = [
        Text("A selector of the events that people start with", "起始事件的选择器"),
        Text("A selector of the events that people return with", "回访事件的选择器"),
        Text("A number of periods from 1 to {1}", "1 到 {1} 的间隔数"),
        Text(
            #""rolling24h" goes with the intervals hour, day and week, not with "{1}"."#,
            #""rolling24h" 只能与间隔 hour、day 和 week 同用，不能与 "{1}" 同用。"#),
        Text("A number of nodes from 2 to 100", "2 到 100 的步数"), Text("a rename", "改名"), Text("A rename such as {1}", "改名，例如 {1}"),
        Text("A list such as {1}", "列表，例如 {1}"),
        Text("At most {1} names are possible, not {2}. Leave some out.", "最多 {1} 个名称，实际有 {2} 个。请去掉一些。"),
        Text("The name of a numeric property", "数值属性的名称"),
        Text(#""thresholds" goes with "method": "thresholds"."#, #""thresholds" 只能与 "method": "thresholds" 同用。"#),
        Text(#"The number of bins follows from "thresholds": leave it out."#, #"组数由 "thresholds" 决定，请去掉。"#),
        Text("Thresholds such as {1}", "阈值，例如 {1}"), Text("thresholds", "阈值"), Text("A list of thresholds", "阈值的列表"),
        Text("A number of bins from 1 to {1}", "1 到 {1} 的组数"), Text("A number of events from 1", "不小于 1 的事件数"),
        Text("At most {1} thresholds are possible.", "最多 {1} 个阈值。"),
        Text("Thresholds have to rise from each to the next.", "阈值必须依次增大。"),
        Text("A selector of the conversions", "转化事件的选择器"), Text("A model such as {1}", "模型，例如 {1}"),
        Text(#""halfLife" goes with the model "timeDecay"."#, #""halfLife" 只能与模型 "timeDecay" 同用。"#),
        Text("A duration longer than nothing", "大于零的时长"), Text("A touch such as {1}", "触点，例如 {1}"), Text("a touch", "触点"),
        Text("A touch is told by a property or by channels, not by both. Leave one out.", "触点由属性或渠道之一说明，不能同时使用。请去掉其中一个。"),
        Text("a channel", "渠道"), Text("A channel such as {1}", "渠道，例如 {1}"),
        Text("No channel is named. Name at least one.", "没有列出任何渠道。请至少列出一个。"),
        Text("Costs by touch such as {1}", "各触点的成本，例如 {1}"), Text("At most {1} costs are possible.", "最多 {1} 项成本。"),
        Text("An amount from 0", "不小于 0 的金额"),
        Text("A list of 1 to 20 facts such as {1}", "1 到 20 项事实的列表，例如 {1}"),
        Text("A distribution is of 1 to 20 facts, not {1}.", "分布应有 1 到 20 项事实，实际有 {1} 项。"), Text("A fact such as {1}", "事实，例如 {1}"),
        Text("A distribution of {1}", "{1} 的分布"), Text("a fact", "事实"),
        Text(
            "A fact has one of trait, property, role, stage. Make several facts of several.",
            "一项事实只能有 trait、property、role 或 stage 之一。多项请分开写。"),
        Text("A selector of the target", "目标事件的选择器"), Text("A number of people from 1", "不小于 1 的人数"),
        Text("A list of up to {1} properties", "最多 {1} 个属性的列表"), Text("At most {1} properties are possible.", "最多 {1} 个属性。"),
        Text("The property is named twice. Name it once.", "同一个属性出现了两次。请只写一次。"),
        Text(#""values" goes with "properties"."#, #""values" 只能与 "properties" 同用。"#),
        Text("A number of values from 1 to 100", "1 到 100 的取值数"), Text(#"The "next" of the page before"#, #"上一页答案中的 "next""#),
    ]

    /// What happens while a question is answered.
    private static let progress = [
        Text("The question was given up before its answer was there.", "在得到答案之前，问题已被放弃。"),
        Text(
            "The question takes longer than {1} s, which is the limit. Ask about a shorter range or fewer people, or leave out a breakdown.",
            "回答这个问题超过了 {1} 秒的上限。请选择更短的时间范围或更少的人，或去掉细分。"),
        Text(
            "The question needs more than {1} MiB of memory, which is the limit. Ask about a shorter range or fewer people, or leave out a breakdown.",
            "回答这个问题需要超过 {1} MiB 的内存，超出了上限。请选择更短的时间范围或更少的人，或去掉细分。"),
        Text("Other questions hold the memory that this one needs. Ask again in a moment.", "所需的内存正被其他问题占用。请稍后再问。"),
        Text("The answer would hold more than a million numbers. Ask for less at once.", "答案会超过一百万个数字。请缩小问题的范围。"),
        Text("There is no person {1}.", "没有编号为 {1} 的人。"),
        Text(#"The role "{1}" is not built yet in this version."#, #"此版本尚不支持身份 "{1}"。"#),
    ]
}
