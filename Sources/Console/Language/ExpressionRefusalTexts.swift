/// Why a part of a question is refused: selectors, conditions, expressions about people, times and patterns.
enum ExpressionRefusalTexts {
    static let all = selectors + conditions + expressions + stages + times + patterns

    private static let selectors = [
        Text("A selector such as {1}", "事件选择器，例如 {1}"), Text("a selector", "事件选择器"), Text("A selector", "事件选择器"),
        Text(#"A selector needs "event", "events" or "any": true."#, #"事件选择器需要 "event"、"events" 或 "any": true。"#),
        Text("A selector has one of {1}, not several.", "事件选择器只能有 {1} 之一，不能同时有几个。"), Text("An event", "事件"),
        Text("The name of an event", "事件名称"), Text("A list of event names", "事件名称的列表"),
        Text("A selector takes 1 to {1} event names, not {2}.", "事件选择器可有 1 到 {1} 个事件名称，实际有 {2} 个。"), Text("A label", "显示名称"),
    ]

    private static let conditions = [
        Text("A condition such as {1}", "条件，例如 {1}"), Text("A condition", "条件"), Text("this condition", "此条件"),
        Text("A list of conditions", "条件的列表"), Text("A condition with property, all, any or not", "含有 property、all、any 或 not 的条件"),
        Text(
            #""{1}" is not a key of a condition. Use property, all, any or not."#,
            #""{1}" 不是条件的键。请使用 property、all、any 或 not。"#),
        Text("A condition has one of {1}, not several.", "条件只能有 {1} 之一，不能同时有几个。"), Text("The name of a property", "属性名称"),
        Text("The name of a trait", "特征名称"), Text("An operator", "比较方式"), Text("A value to compare with", "用来比较的值"),
        Text(
            #""caseInsensitive" goes with contains, notContains, startsWith, endsWith and matches, not with "{1}"."#,
            #""caseInsensitive" 只能与 contains、notContains、startsWith、endsWith 和 matches 同用，不能与 "{1}" 同用。"#),
        Text(#""{1}" takes no value. Leave it out."#, #""{1}" 不带值。请去掉。"#),
        Text("A list of the least and the greatest value", "最小值与最大值的列表"),
        Text("A list of two values, the least and the greatest,", "最小值与最大值这两个值的列表"),
        Text(#"Both ends of "between" must be numbers, or both text."#, #""between" 的两端必须都是数字，或都是文本。"#),
        Text("A list of values", "值的列表"), Text("Text", "文本"), Text("A regular expression as text", "文本形式的正则表达式"),
        Text(
            #"null is a missing value. Use the operator "missing" or "exists"."#, #"null 表示值不存在。请使用 "missing" 或 "exists" 来比较。"#),
        Text("Text, a number, or true or false", "文本、数字、true 或 false"), Text("A number or text", "数字或文本"),
    ]

    private static let expressions = [
        Text("An expression such as {1}", "表达式，例如 {1}"), Text("An expression", "表达式"), Text("A list of expressions", "表达式的列表"),
        Text(#"The expression "{1}""#, #"表达式 "{1}""#), Text(#"the expression "{1}""#, #"表达式 "{1}""#),
        Text(#"the expression "did""#, #"表达式 "did""#), Text(#"the expression "sequence""#, #"表达式 "sequence""#),
        Text(#"the expression "sample""#, #"表达式 "sample""#), Text(#""sample""#, #""sample" 的内容"#),
        Text(#""times""#, #""times" 的内容"#), Text(#""account""#, #""account" 的内容"#), Text(#""within""#, #""within" 的内容"#),
        Text("An expression with one of {1}", "含有以下之一的表达式：{1}"),
        Text(#""{1}" is not a form of expression. Known forms: {2}."#, #"没有 "{1}" 这种表达式。可用的形式：{2}。"#),
        Text(
            #"An expression has one of {1}, not several. Join them by "all" or "any"."#,
            #"表达式只能有 {1} 之一，不能同时有几个。请用 "all" 或 "any" 连接。"#), Text("The name of a role", "身份名称"),
        Text("A condition on that event", "对该事件的条件"), Text(#"An object with "match" and "of""#, #"含有 "match" 与 "of" 的对象"#),
        Text(#"An object with "as" and "to""#, #"含有 "as" 与 "to" 的对象"#), Text(#""related""#, #""related" 的内容"#),
        Text("A relationship", "关系"), Text("The name of a purpose", "用途名称"),
        Text(#"There is no purpose "{1}". Known ones, the nearest first: {2}."#, #"没有 "{1}" 这个用途。已有的用途（最接近的在前）：{2}。"#),
        Text(#"There is no purpose "{1}", because none has been named yet."#, #"没有 "{1}" 这个用途，因为还没有定义任何用途。"#),
        Text(#""any", "all" or "none""#, #""any"、"all" 或 "none""#), Text("A comparison such as {1}", "比较，例如 {1}"),
        Text("A comparison", "比较方式"), Text("A number", "数字"),
        Text("A measure has exactly one of sum, avg, min, max, distinct.", "每个指标只能有 sum、avg、min、max、distinct 之一。"),
        Text(#"An object with "percent" and "salt""#, #"含有 "percent" 与 "salt" 的对象"#), Text("A number from 0 to 100", "0 到 100 的数字"),
    ]

    private static let stages = [
        Text("The name of a stage", "阶段名称"), Text("a stage", "阶段"), Text("A list of stages such as {1}", "阶段的列表，例如 {1}"),
        Text(#"There is no stage "{1}". Stages: {2}."#, #"没有 "{1}" 这个阶段。可用的阶段：{2}。"#),
        Text("There can be 1 to {1} stages, not {2}.", "可有 1 到 {1} 个阶段，实际有 {2} 个。"),
        Text(#"There are two stages "{1}". Name one anew."#, #"有两个名为 "{1}" 的阶段。请改一个名称。"#),
        Text("The rules may name at most {1} different selectors, not {2}.", "规则中最多可有 {1} 个不同的事件选择器，实际有 {2} 个。"),
        Text(#"A stage with "name" and "rule""#, #"含有 "name" 与 "rule" 的阶段"#),
        Text(
            #"A stage has a name of lower-case letters, digits and "_", such as "trial_2"."#,
            #"阶段名称由小写字母、数字和 "_" 组成，例如 "trial_2"。"#),
        Text("A rule cannot ask for stages: they rest on it.", "规则不能再引用阶段：阶段由规则而来。"),
    ]

    private static let times = [
        Text("A duration such as {1}", "时长，例如 {1}"),
        Text(#"A duration such as "14d", "30m" or "PT30M""#, #"时长，例如 "14d"、"30m" 或 "PT30M""#),
        Text(#"A duration such as "30d" (months are no duration)"#, #"时长，例如 "30d"（月不是固定的时长）"#),
        Text("A list of two durations such as {1}", "两个时长的列表，例如 {1}"), Text("A stretch of time such as {1}", "一段时间，例如 {1}"),
        Text(
            #""within" has "last", "between", or "from" and "to", not several."#,
            #""within" 只能有 "last"、"between"、或 "from" 与 "to" 之一，不能同时有几种。"#),
        Text(
            #"The nearer end comes first: ["30d", "90d"] is 30 to 90 days ago."#, #"较近的一端应写在前面：["30d", "90d"] 表示 30 到 90 天前。"#),
        Text(
            #""within" needs "last", "between", "from" or "to"."#, #""within" 需要 "last"、"between"、"from" 或 "to"。"#),
        Text(
            #"An instant with an offset such as "2026-01-31T12:00:00Z", or a date such as "2026-01-31","#,
            #"带时差的时刻，例如 "2026-01-31T12:00:00Z"，或日期，例如 "2026-01-31""#),
        Text("A range such as {1} or {2}", "时间范围，例如 {1} 或 {2}"), Text("a range", "时间范围"),
        Text(
            #"A range has either "last", or "from" and "to", not both."#, #"时间范围只能有 "last"，或者 "from" 与 "to"，不能同时使用。"#),
        Text(#"A range needs "from", "to" or "last"."#, #"时间范围需要 "from"、"to" 或 "last"。"#),
        Text(
            #"A number of days, weeks or months such as "30d", "4w" or "6mo""#, #"天数、周数或月数，例如 "30d"、"4w" 或 "6mo""#),
        Text(
            #"The range ends before it begins: "to" must not be earlier than "from"."#, #"时间范围的结束早于开始："to" 不能早于 "from"。"#),
    ]

    private static let patterns = [
        Text("The pattern has {1} at character {2}.", "正则表达式在第 {2} 个字符处有问题：{1}。"),
        Text("The pattern is too large: it needs more than {1} states. Repeat less.", "正则表达式过大：需要超过 {1} 个状态。请减少重复。"),
        Text(#"a ")" without its "(""#, #"")" 没有对应的 "(""#), Text(#"a "(" without its ")""#, #""(" 没有对应的 ")""#),
        Text(#"a "[" without its "]""#, #""[" 没有对应的 "]""#), Text("groups nested more than 100 deep", "分组嵌套超过 100 层"),
        Text("a repetition of more than 1000 times", "重复超过 1000 次"),
        Text("a repetition whose least is more than its most", "重复的下限大于上限"),
        Text(#"a "{1}" with nothing before it to repeat"#, #""{1}" 之前没有可重复的内容"#),
        Text(
            #"a "(?" that is not "(?:"; look-around and flags are not supported,"#, #""(?" 之后不是 ":"；不支持环视与标志"#),
        Text(#"a "\" with nothing after it"#, #""\" 之后没有内容"#),
        Text(#"the escape "\{1}", which is not supported,"#, #"不支持转义 "\{1}""#),
        Text("an escape without its {1} hexadecimal digits", "转义缺少 {1} 位十六进制数字"),
        Text(#"an escape "\u{…}" that is no character"#, #"转义 "\u{…}" 不是字符"#),
        Text("a range in brackets that runs backwards", "方括号中的范围前后颠倒"),
    ]
}
