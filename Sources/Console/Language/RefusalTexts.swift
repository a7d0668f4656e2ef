/// Why a call or body was refused, in a few words for each code; ``CallRefusalTexts`` has whole sentences.
final class RefusalTexts: Sendable {
    let notAnObject = Text("Not a JSON object", "不是 JSON 对象")
    let eventTooLarge = Text("Call too large", "调用过大")
    let bodyTooLarge = Text("Request too large", "请求体过大")
    let batchTooLarge = Text("Too many calls in one batch", "一批中的调用过多")
    let emptyBatch = Text("Empty batch", "空批次")
    let tooDeep = Text("Nested too deeply", "嵌套过深")
    let tooManyKeys = Text("Too many keys", "键过多")
    let nameTooLong = Text("Name too long", "名称过长")
    let idTooLong = Text("Identity too long", "身份标识过长")
    let messageIDTooLong = Text("messageId too long", "messageId 过长")
    let invalidType = Text("Wrong type of value", "值的类型不对")
    let unknownType = Text("Not a kind of call", "不是已知的调用类型")
    let missingIdentity = Text("Says of nobody", "没有说明是谁")
    let missingEvent = Text("Event without a name", "事件没有名称")
    let missingGroupID = Text("Group without groupId", "group 缺少 groupId")
    let missingUserID = Text("Alias without userId", "alias 缺少 userId")
    let missingPreviousID = Text("Alias without previousId", "alias 缺少 previousId")
    let invalidTimestamp = Text("Not an instant", "时间无法识别")
    let traitsInvalid = Text("Traits not taken", "特征不被接受")
    let otherKey = Text("Another key in one body", "同一请求体中有另一个密钥")
    let suppressedIdentity = Text("Calls of this person are not kept", "不保存此人的调用")
    let conflict = Text("messageId used for another call", "messageId 已用于另一个调用")
    let malformedJSON = Text("Not JSON", "不是有效的 JSON")
    let badEncoding = Text("Compression not readable", "压缩内容无法读取")
    let unsupportedMediaType = Text("Not a kind of body that is read", "不支持的内容类型")
    let suppressed = Text("The source is closed", "数据源已关闭")
    let historyClosed = Text("The source may not send the past", "该数据源不可补发历史数据")
    let tooManyRequests = Text("Too many requests a second", "每秒请求过多")
    let other = Text("Refused", "被拒收")

    /// The words for a code of the answer.
    static func words(for code: String) -> any KeyPath<Catalogue, Text> & Sendable { byCode[code] ?? \.refusals.other }

    private static let byCode: [String: any KeyPath<Catalogue, Text> & Sendable] = [
        "not_an_object": \.refusals.notAnObject, "event_too_large": \.refusals.eventTooLarge,
        "body_too_large": \.refusals.bodyTooLarge,
        "too_many_events": \.refusals.batchTooLarge, "empty_batch": \.refusals.emptyBatch, "too_deep": \.refusals.tooDeep,
        "too_many_keys": \.refusals.tooManyKeys, "name_too_long": \.refusals.nameTooLong, "id_too_long": \.refusals.idTooLong,
        "message_id_too_long": \.refusals.messageIDTooLong, "invalid_type": \.refusals.invalidType,
        "unknown_type": \.refusals.unknownType, "missing_identity": \.refusals.missingIdentity,
        "missing_event": \.refusals.missingEvent, "missing_group_id": \.refusals.missingGroupID,
        "missing_user_id": \.refusals.missingUserID, "missing_previous_id": \.refusals.missingPreviousID,
        "invalid_timestamp": \.refusals.invalidTimestamp, "traits_invalid": \.refusals.traitsInvalid,
        "other_key": \.refusals.otherKey, "message_id_conflict": \.refusals.conflict,
        "suppressed_identity": \.refusals.suppressedIdentity, "malformed_json": \.refusals.malformedJSON,
        "bad_encoding": \.refusals.badEncoding, "unsupported_encoding": \.refusals.badEncoding,
        "unsupported_media_type": \.refusals.unsupportedMediaType,
        "forbidden": \.refusals.suppressed, "history_closed": \.refusals.historyClosed,
        "rate_limited": \.refusals.tooManyRequests,
    ]
}
