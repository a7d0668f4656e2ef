/// What is wrong with JSON and with what pages ask for: sentences of `Columns`, `Model`, `People`, `Records`, `Workspaces` and the console.
enum DataRefusalTexts {
    static let all = json + kinds + people + settings

    private static let json = [
        Text("The JSON is nested deeper than {1} levels. Send flatter data.", "JSON 嵌套超过 {1} 层。请减少嵌套。"),
        Text("The JSON is not UTF-8; it looks like UTF-16 or UTF-32. Send UTF-8.", "JSON 不是 UTF-8，看来是 UTF-16 或 UTF-32。请使用 UTF-8。"),
        Text("The JSON is malformed. Check it with any JSON validator.", "JSON 格式有误。请用 JSON 校验工具检查。"),
        Text("The JSON is malformed at {1}: {2}.", "JSON 在{1}处格式有误：{2}。"), Text("line {1}, column {2}", "第 {1} 行第 {2} 列"),
        Text("the text ends", "文本已结束"), Text("there is '{1}'", "这里是 '{1}'"), Text("there is byte 0x{1}", "这里是字节 0x{1}"),
        Text("there is no JSON value", "没有 JSON 值"), Text("expected ',' or '{1}', but {2}", "应为 ',' 或 '{1}'，但{2}"),
        Text("expected the end, but {1}", "应当结束，但{1}"), Text("expected a key in double quotes, but {1}", "应为双引号中的键，但{1}"),
        Text("expected ':' after the key, but {1}", "键之后应为 ':'，但{1}"), Text("expected a value, but {1}", "应为值，但{1}"),
        Text("a number must not begin with 0", "数字不能以 0 开头"), Text("expected a digit, but {1}", "应为数字，但{1}"),
        Text("a control character in text must be written as an escape, but {1}", "文本中的控制字符必须写成转义，但{1}"),
        Text("the text that begins here has no closing quote", "从这里开始的文本没有结束的引号"),
        Text(#"expected four hexadecimal digits after \u, but {1}"#, #"\u 之后应为四位十六进制数字，但{1}"#),
        Text(#"expected an escape after \, but {1}"#, #"\ 之后应为转义字符，但{1}"#), Text("this text is not valid UTF-8", "这段文本不是有效的 UTF-8"),
    ]

    private static let kinds = [
        Text("null", "空值 null"), Text("true or false", "true 或 false"), Text("a number", "数字"), Text("text", "文本"),
        Text("a list", "列表"),
        Text("an object", "对象"),
    ]

    private static let people = [
        Text(
            #"Nobody is known as "{1}". Give a person's id such as p_1a, or an identity such as user_id:abc."#,
            #"没有人以 "{1}" 为标识。请给出人物 ID（例如 p_1a），或身份标识（例如 user_id:abc）。"#),
        Text(#"Nobody is known by the identity "{1}:{2}"."#, #"没有人拥有身份标识 "{1}:{2}"。"#),
        Text("Both identities belong to one person already.", "这两个标识已经属于同一个人。"),
        Text("An identity cannot be taken apart from itself.", "一个标识不能与自身拆分。"),
        Text(
            "The reason is kept, so it must not name the person. Leave the identity out.", "原因会被保留，因此不得写出此人。请去掉身份标识。"),
        Text("At most {1} rules can be kept, not {2}.", "最多可以有 {1} 条规则，而不是 {2} 条。"),
        Text("A rule names an event of 1 to 200 bytes, or \"*\" for all others.", "规则要写明 1 到 200 字节的事件名，或用 \"*\" 表示其他所有事件。"),
        Text("A purpose has at most 100 bytes.", "用途最多 100 字节。"),
        Text("Events are kept for 1 to {1} days.", "事件可以保留 1 到 {1} 天。"),
        Text("There is a rule for this event and purpose already.", "此事件与用途已有规则。"),
        Text("A reason has at most {1} bytes.", "原因最多 {1} 字节。"),
        Text("There is no such person any more.", "此人已不存在。"),
        Text("Calls of this identity are not turned away.", "此身份标识的调用本来就在接收。"),
        Text("These identities belong to different people already.", "这两个标识已经属于不同的人。"),
        Text(
            "Other identities of these two people were taken apart before. Join those first.",
            "这两个人的其他标识此前已被拆分。请先合并那些标识。"),
        Text("Together they would be more merges or identities than one person may be.", "合并后的合并次数或标识数将超过一个人的上限。"),
        Text(#"There is no role "{1}". Use user, former_user or customer."#, #"没有 "{1}" 这种身份。请使用 user、former_user 或 customer。"#),
        Text("The cursor is not one that this list gave. Leave it out to begin with the first page.", "翻页位置不是此列表给出的。去掉它可从第一页开始。"),
        Text(
            "A limit is a count from 1 to {1} within one of: ever, year, month, week; or it is off.",
            "限额应为 1 到 {1} 的数量，并指定 ever、year、month 或 week 之一；或写 off 表示不限。"),
        Text("This is a number from 1 to {1}, or it is off.", "应为 1 到 {1} 的数字，或写 off 表示不限。"),
        Text("A text here has 1 to {1} bytes.", "此处的文本应为 1 到 {1} 字节。"),
        Text("A person never has two user ids. Nothing can be set for them.", "一个人不会有两个用户 ID，因此不能为其设置。"),
        Text("At most {1} can be set here, not {2}.", "此处最多设置 {1} 项，实际有 {2} 项。"),
        Text("The condition is no object.", "条件不是对象。"), Text("The form is too large or broke off.", "表单过大，或传输中断。"),
        Text("The form does not say what is to be done. Open the page again.", "表单没有说明要做什么，请重新打开页面。"),
    ]

    private static let settings = [
        Text("A workspace has at most {1} sources. Use one of them.", "一个工作区最多有 {1} 个数据源。请使用已有的数据源。"),
        Text(#"There is a source named "{1}" already. Choose another name."#, #"已有名为“{1}”的数据源，请换一个名称。"#),
        Text("There are {1} keys already. Revoke one that is not used any more.", "已有 {1} 个密钥。请吊销一个不再使用的密钥。"),
        Text("There is one of that name already.", "已有同名的项目。"),
        Text("There is a form of that name already. Choose another name.", "已有同名的表单，请换一个名称。"),
        Text("A workspace has at most {1} forms. Delete one that nobody fills.", "一个工作区最多有 {1} 个表单。请删除一个无人填写的表单。"),
        Text("A form has 1 to {1} steps, not {2}.", "表单应有 1 到 {1} 个步骤，实际有 {2} 个。"),
        Text(
            #"The step "{1}" asks for {2} traits. A step asks for 1 to {3}."#, "步骤“{1}”询问了 {2} 项特征。每步应询问 1 到 {3} 项。"),
        Text("The key of a trait has 1 to 200 bytes and no control characters.", "特征的键有 1 到 200 字节，不含控制字符。"),
        Text(#"The trait "{1}" is asked for twice. Ask for each once."#, "特征“{1}”被询问了两次。每项只询问一次。"),
        Text("A name has 1 to 100 characters and no control characters.", "名称有 1 到 100 个字符，不含控制字符。"),
        Text("This member belongs to the workspace already.", "此成员已属于这个工作区。"),
        Text(#"There is no language "{1}". Use en or zh-Hans."#, #"没有 "{1}" 这种语言。请使用 en 或 zh-Hans。"#),
    ]
}
