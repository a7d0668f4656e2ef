import Model
import Records

/// Limits from which something was taken, as the tables name them: a list of `[name, subject, period]`.
extension [Limit.Key] {
    var text: String {
        JSONValue.array(map { .array([.string($0.name), .string($0.subject), .string($0.period)]) }).text
    }
}

extension RowReader {
    /// The limits from which something was taken; what is no such key is left out.
    mutating func limitKeys() throws(Problem) -> [Limit.Key] {
        (try json().arrayValue ?? []).compactMap { key in
            guard let parts = key.arrayValue?.compactMap(\.stringValue), parts.count == 3 else { return nil }
            return Limit.Key(name: parts[0], subject: parts[1], period: parts[2])
        }
    }
}
