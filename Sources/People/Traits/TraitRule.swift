import Model

/// Which of two values of one trait counts: the newer one, but of `created_at` the earlier one (specs: people, section 1, step 6).
enum TraitRule {
    /// When and in what order a value came; the greatest stamp's value counts.
    struct Stamp: Comparable, Hashable, Sendable {
        var timestamp: Int64
        var arrival: UInt64
        /// Whether the value counts only while nothing else was said; of several such the first does.
        var isOnce = false

        static func < (left: Stamp, right: Stamp) -> Bool {
            if left.isOnce != right.isOnce { return left.isOnce }
            let (earlier, later) = left.isOnce ? (right, left) : (left, right)
            return (earlier.timestamp, earlier.arrival) < (later.timestamp, later.arrival)
        }
    }

    static func isCreation(_ key: String) -> Bool { key == "created_at" || key == "createdAt" }

    /// Whether a newer value of a creation time takes the place of the one held: an earlier time does, and so do null and a value after null.
    static func replaces(_ value: JSONValue, _ held: JSONValue) -> Bool {
        value.isNull || held.isNull || isEarlier(value, than: held)
    }

    /// The earlier wins; what cannot be compared yields to what can.
    private static func isEarlier(_ value: JSONValue, than held: JSONValue) -> Bool {
        guard let left = time(of: value) else { return false }
        guard let right = time(of: held) else { return true }
        return left < right
    }

    /// Microseconds of an instant or date as text, or of a number of seconds or, from 10¹¹ on, milliseconds.
    static func time(of value: JSONValue) -> Double? {
        switch value {
        case .string(let text):
            if let instant = Instant(rfc3339: text, zoneless: 0) { return Double(instant.microseconds) }
            return LocalDate(text: text).map { Double($0.daysSinceEpoch) * 86_400e6 }
        case .int, .double:
            guard let number = value.doubleValue else { return nil }
            return abs(number) >= 1e11 ? number * 1e3 : number * 1e6
        default: return nil
        }
    }
}
