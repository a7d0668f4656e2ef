internal import Columns
public import Model

extension Part {
    /// The messageId of a row.
    ///
    /// Unpacks a block of 128.
    public func messageID(at row: Int) -> String {
        MessageHash.shown(Array(messageIDs.text(at: Int(arrivalList.value(at: row)))))
    }

    /// What was noted of a row's call.
    public func flags(at row: Int) -> CallFlags {
        CallFlags(rawValue: UInt16(truncatingIfNeeded: column(.flags).flatMap { $0.int(at: row) } ?? 0))
    }

    /// The whole call of a row, with the members of its objects sorted by the bytes of their keys.
    public func call(at row: Int) -> Call {
        let timestamp = timestamp(at: row)
        let receivedAt = receivedAt(at: row)
        let kind = kinds[Int(kindList.value(at: row))]
        var call = Call(
            type: CallType(rawValue: kind.type) ?? .track, messageID: messageID(at: row),
            timestamp: Instant(microseconds: timestamp),
            receivedAt: Instant(microseconds: receivedAt), event: kind.event.map { String(decoding: $0, as: UTF8.self) },
            source: SourceID(text: ""))
        let original = column(.originalTimestamp).flatMap { $0.int(at: row) }.map { $0 &+ timestamp }
        call.originalTimestamp = original.map(Instant.init(microseconds:))
        if let distance = column(.sentAt).flatMap({ $0.int(at: row) }) {
            let expected = SentAt.expected(timestamp: timestamp, receivedAt: receivedAt, original: original)
            call.sentAt = Instant(microseconds: expected &+ distance)
        }
        call.flags = flags(at: row)
        var draft = CallDraft(call: call)
        for field in CallField.allCases {
            if let text = self.field(field)?.string(at: row) { draft.set(field, text) }
        }
        for number in directory.columns.indices {
            let key = directory.columns[number].key
            guard let section = Section(rawValue: key.section), let value = column(number: number).jsonValue(at: row) else {
                continue
            }
            draft.set(section, key.path, value)
        }
        return draft.finished
    }
}

extension PropertyColumn {
    fileprivate func int(at row: Int) -> Int64? {
        if case .int(let value) = value(at: row) { value } else { nil }
    }
}
