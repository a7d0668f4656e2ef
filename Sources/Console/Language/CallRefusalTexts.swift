/// What the sender of a refused call or body was told, of which the English is kept.
enum CallRefusalTexts {
    static let all = calls + bodies

    private static let calls = [
        Text("A call must be a JSON object, but this is {1}.", "调用必须是 JSON 对象，实际为：{1}。"),
        Text(
            "The call has {1} bytes; at most {2} are taken. Send less with it, or send several.",
            "调用有 {1} 字节，最多接受 {2} 字节。请减少内容，或分成几个。"),
        Text("The call is nested deeper than {1} levels. Send flatter data.", "调用嵌套超过 {1} 层。请减少嵌套。"),
        Text(
            "There are more than {1} keys in this call. Leave keys out, or put what is alike into a list of objects with equal keys.",
            "此调用中的键超过 {1} 个。请去掉一些，或把相似的内容放进键相同的对象列表。"),
        Text(
            "The {1} has {2} bytes; at most {3} are taken. Names are for grouping: put details into properties.",
            "名称过长（{1}）：有 {2} 字节，最多接受 {3} 字节。名称用于分组，细节请放入属性。"), Text(#"key "{1}…""#, #"键 "{1}…""#),
        Text("{1} has {2} bytes; at most {3} are taken. Send the identifier itself.", "{1} 有 {2} 字节，最多接受 {3} 字节。请只发送标识本身。"),
        Text("messageId has {1} characters; at most {2} are taken. A UUID has 36.", "messageId 有 {1} 个字符，最多接受 {2} 个。UUID 有 36 个。"),
        Text("{1} must be {2}, but this is {3}.", "{1} 应为：{2}；实际为：{3}。"), Text("text or a number", "文本或数字"),
        Text(
            "type is missing. It says what the call is: track, page, screen, identify, group or alias.",
            "缺少 type。它说明调用的类型：track、page、screen、identify、group 或 alias。"),
        Text(
            #"There is no call "{1}". type is track, page, screen, identify, group or alias."#,
            #"没有 "{1}" 这种调用。type 为 track、page、screen、identify、group 或 alias。"#),
        Text(
            "This source is not trusted, so it cannot state anything about people. Mark it as trusted, or use the API.",
            "此来源不受信任，不能对人作出声明。请将其标记为受信任，或使用 API。"),
        Text(
            #"A write key cannot send "{1}". People are joined and taken apart in the console or by the API."#,
            #"写入密钥不能发送 "{1}"。请在控制台或通过 API 合并和拆分。"#),
        Text(
            #""{1}" needs exactly 2 identities in context.externalIds, not {2}."#,
            #""{1}" 需要在 context.externalIds 中恰好有 2 个身份标识，而不是 {2} 个。"#),
        Text(
            "The call says of nobody: it has neither userId nor anonymousId. Send at least one of them.",
            "调用没有说明是谁：既没有 userId，也没有 anonymousId。请至少发送其中一个。"),
        Text(
            "A declare call needs event, what is stated: relationship or consent.",
            "declare 调用需要 event，即声明的内容：relationship 或 consent。"),
        Text(
            #"Nothing is stated by "{1}". event is relationship or consent."#,
            #"没有 "{1}" 这种声明。event 为 relationship 或 consent。"#),
        Text(
            "A consent needs purpose, the name of what it is for: text of at most {1} bytes.",
            "同意声明需要 purpose，即用途名称：不超过 {1} 字节的文本。"),
        Text(#"There is no consent "{1}". status is granted or withdrawn."#, #"没有 "{1}" 这种同意状态。status 为 granted 或 withdrawn。"#),
        Text("version is the number of a version of the purpose's text, such as 2.", "version 是该用途文本的版本号，例如 2。"),
        Text("evidence is text of at most {1} bytes.", "evidence 是不超过 {1} 字节的文本。"),
        Text("Nobody has a relationship to themselves. Name somebody else in to.", "任何人与自己都没有关系。请在 to 中给出另一个人。"),
        Text(#"There is no relationship "{1}". as is one of {2}."#, #"没有 "{1}" 这种关系。as 为以下之一：{2}。"#),
        Text(
            "A relationship needs to: an identity of the other person, as type and id, or an account.",
            "关系需要 to：对方的一个身份标识（type 与 id），或一个账户（account）。"),
        Text("to is a person or an account, not both. Send two relationships.", "to 只能是人或账户，不能同时是两者。请分成两个关系发送。"),
        Text(
            "{1} is no instant. Send RFC 3339 text such as 2026-03-01T12:00:00Z, or a date.",
            "{1} 不是时刻。请发送 RFC 3339 文本，例如 2026-03-01T12:00:00Z，或一个日期。"),
        Text("The relationship ends before it starts. until is later than from.", "关系的结束早于开始。until 应晚于 from。"),
        Text(
            "deleted is true where the relationship is taken away, else false or left out.",
            "取消关系时 deleted 为 true，否则为 false 或省略。"),
        Text("A track call needs event, the name of what happened.", "track 调用需要 event，即所发生事件的名称。"),
        Text("A group call needs groupId, the account that the person belongs to.", "group 调用需要 groupId，即此人所属的账户。"),
        Text("An alias call needs userId, the identity that previousId is joined to.", "alias 调用需要 userId，即 previousId 要并入的身份标识。"),
        Text("An alias call needs previousId, the identity that userId is joined to.", "alias 调用需要 previousId，即 userId 要并入的身份标识。"),
        Text(
            "{1} is no instant. Send RFC 3339 text such as 2026-03-01T12:00:00.000Z, or milliseconds since 1970.",
            "{1} 不是时刻。请发送 RFC 3339 文本，例如 2026-03-01T12:00:00.000Z，或自 1970 年起的毫秒数。"),
        Text(
            #"The trait "{1}" has more than {2} bytes. Traits describe a person; keep long texts elsewhere."#,
            #"特征 "{1}" 超过 {2} 字节。特征用来描述人，长文本请存放在别处。"#),
        Text(
            "Another call with this messageId and a different payload was taken before; the first stays. Give each call a messageId of its own.",
            "此前已接收另一个 messageId 相同而内容不同的调用，保留先到的。请给每个调用各自的 messageId。"),
        Text(
            "Calls of this person are not kept, because they or the law want it so. Send no more of them.",
            "按本人或法律的要求，不再保存此人的调用。请不要再发送。"),
        Text(
            "The event has another key than the body's first. Send the events of each key in bodies of their own.",
            "此事件的密钥与请求体中第一个不同。请把各密钥的事件分开发送。"),
        Text("The event has no name. Send it as event.", "事件没有名称。请放在 event 中发送。"),
        Text("The message says of nobody: {1} is missing. Send it.", "消息没有说明是谁：缺少 {1}。请补上。"),
        Text(
            "The message for {1} changes nothing. Send $set, $set_once, $unset or another operation with members.",
            "发往 {1} 的消息没有改变任何内容。请发送带有成员的 $set、$set_once、$unset 或其他操作。"),
        Text("Two ids are to be joined, but {1} does not say which. Send both.", "要合并两个标识，但 {1} 没有说明是哪两个。请都发送。"),
        Text("{1} is missing, which says what account is meant. Send it.", "缺少 {1}，即所指的账户。请补上。"),
        Text(
            "{1} is not taken: items are not kept here. Send what an event is about among its properties.",
            "不接收 {1}：这里不保存物品。请把事件所涉及的内容放进其属性。"),
        Text(
            #"There is no message "{1}". type is track, track_signup, track_id_bind, track_id_unbind or profile_…."#,
            #"没有 "{1}" 这种消息。type 为 track、track_signup、track_id_bind、track_id_unbind 或 profile_…。"#),
        Text("a list of names", "名称的列表"),
        Text("More calls were refused with this code than are kept one by one.", "因同一原因被拒收的调用过多，不再逐一保留。"),
    ]

    private static let bodies = [
        Text("The body is empty. Send a JSON object.", "请求体为空。请发送一个 JSON 对象。"),
        Text("The body is empty. Send the file as {1}.", "请求体为空。请以 {1} 发送文件。"),
        Text("batch holds no calls. Send at least one.", "batch 中没有调用。请至少发送一个。"),
        Text("The body must be a JSON object, but this is {1}.", "请求体必须是 JSON 对象，实际为：{1}。"),
        Text("The body is nested deeper than 1,024 levels. Send flatter data.", "请求体嵌套超过 1,024 层。请减少嵌套。"),
        Text("The JSON is nested deeper than two million levels. Send flatter data.", "JSON 嵌套超过两百万层。请减少嵌套。"),
        Text(
            "The body must have batch, a list of calls, but it is {1}. One call goes to /v1/track and the like.",
            "请求体必须含有 batch，即调用的列表，实际为：{1}。单个调用请发送到 /v1/track 等地址。"),
        Text(
            "The body must have batch, a list of calls, but there is none. One call goes to /v1/track and the like.",
            "请求体必须含有 batch，即调用的列表，但没有找到。单个调用请发送到 /v1/track 等地址。"),
        Text("The batch holds {1} calls; at most {2} are taken. Send several batches.", "一批中有 {1} 个调用，最多接受 {2} 个。请分成几批。"),
        Text("The body has more than {1} bytes, the most that are taken. Send smaller batches.", "请求体超过 {1} 字节的上限。请减小每批的大小。"),
        Text(
            "The body inflates to more than {1} bytes, the most that are taken. Send smaller batches.",
            "请求体解压后超过 {1} 字节的上限。请减小每批的大小。"),
        Text(
            "The body is not valid {1} data, as Content-Encoding says it is, or it is cut short.",
            "请求体不是 Content-Encoding 所说的有效 {1} 数据，或者不完整。"),
        Text(
            #"Content-Encoding "{1}" is not understood. Send gzip, deflate, zstd, or the body as it is."#,
            #"无法识别 Content-Encoding "{1}"。请使用 gzip、deflate、zstd，或不压缩。"#),
        Text(#"Content-Type "{1}" is not understood. Send application/json."#, #"无法识别 Content-Type "{1}"。请发送 application/json。"#),
        Text(#"Content-Type "{1}" is not understood. Send {2}."#, #"无法识别 Content-Type "{1}"。请发送 {2}。"#),
        Text(#"The charset "{1}" is not understood. Send UTF-8."#, #"无法识别字符集 "{1}"。请使用 UTF-8。"#),
        Text("The body took longer than {1} seconds to come in. Send it again.", "请求体的传输超过 {1} 秒。请重新发送。"),
        Text("The connection broke off before the body was whole. Send it again.", "请求体尚未传完，连接已断开。请重新发送。"),
        Text(
            "This source is suppressed: nothing is taken from it. Its owner can open it in the settings.",
            "此数据源已关闭，不再接收任何内容。主人可以在设置中打开它。"),
        Text(
            "This source may not send history. Its owner can allow it in the settings, or leave historical=1 out.",
            "此数据源不可补发历史数据。主人可以在设置中允许，或去掉 historical=1。"),
        Text(
            "This source sends more requests than it may. Wait for the seconds that Retry-After says.",
            "此数据源的请求超过了允许的频率。请等待 Retry-After 所说的秒数。"),
        Text(
            "Nothing was taken, because strict=1 and {1} of the calls would be refused. The first: {2}",
            "由于 strict=1，并且有 {1} 个调用会被拒收，因此全部未接收。第一个的原因：{2}"),
        Text(
            "This write key is unknown or was revoked. Take a key of the source from the settings.", "此写入密钥不存在或已吊销。请从设置中取得数据源的密钥。"),
        Text(
            #"The request has no write key. Send it as Authorization: Basic base64("KEY:"), or as writeKey in the body."#,
            #"请求没有写入密钥。请以 Authorization: Basic base64("KEY:") 发送，或放在请求体的 writeKey 中。"#),
        Text(
            "The request has no write key. Give the SDK a write key of the source as its API key or token.",
            "请求没有写入密钥。请把数据源的写入密钥作为 SDK 的 API 密钥或 token。"),
        Text(
            "The body is neither JSON nor a form with data or data_list. Send one of them.",
            "请求体既不是 JSON，也不是带有 data 或 data_list 的表单。请发送其中一种。"),
        Text(
            "What stands in data is neither JSON nor base64 of it. Send one of them.", "data 中既不是 JSON，也不是 JSON 的 base64。请发送其中一种。"),
        Text(
            #"The Authorization header is not readable. Send Basic base64("KEY:") or Bearer KEY."#,
            #"无法识别 Authorization 请求头。请发送 Basic base64("KEY:") 或 Bearer KEY。"#),
    ]
}
