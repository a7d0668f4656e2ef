internal import Columns
internal import Model

/// When a call happened (specs: collect, §2).
struct CallClock {
    /// The instant of receipt.
    let now: Instant
    let isHistorical: Bool

    struct Stamp: Hashable {
        var timestamp: Instant
        var receivedAt: Instant
        var originalTimestamp: Instant?
        var sentAt: Instant?
        var isClamped: Bool
    }

    /// 1971-01-01T00:00:00Z: what is earlier comes from clocks that were never set.
    private static let earliest = Instant(microseconds: 31_536_000_000_000)

    /// - Parameter batchSentAt: Holds for calls without a `sentAt` of their own.
    func stamp(_ fields: CallFields, batchSentAt: Instant?) throws(Refusal) -> Stamp {
        let given = try CallClock.instant(fields.timestamp, "timestamp")
        let original = try CallClock.instant(fields.originalTimestamp, "originalTimestamp")
        // A wrong sentAt only spoils the correction, so that it is left out instead of losing the call.
        let sentAt = fields.sentAt.flatMap { CallClock.instant($0) } ?? batchSentAt
        var stamp = Stamp(
            timestamp: now, receivedAt: now, originalTimestamp: original ?? given, sentAt: sentAt, isClamped: false)
        if isHistorical {
            try readReceipt(fields, into: &stamp)
            stamp.timestamp = given ?? original ?? stamp.receivedAt
        } else if let raw = original ?? given {
            stamp.timestamp = given ?? raw
            if let sentAt {
                let skew = stamp.receivedAt.microseconds.subtractingReportingOverflow(sentAt.microseconds)
                if !skew.overflow, abs(skew.partialValue) > .microsecondsPerSecond {
                    stamp.timestamp = raw.advanced(byMicroseconds: skew.partialValue)
                }
            }
        }
        clamp(&stamp)
        return stamp
    }

    private func readReceipt(_ fields: CallFields, into stamp: inout Stamp) throws(Refusal) {
        guard let receivedAt = try CallClock.instant(fields.receivedAt, "receivedAt") else { return }
        // Nothing was received later than now: a watermark in the future would let answers as of an instant change afterwards.
        if receivedAt <= now {
            stamp.receivedAt = receivedAt
        } else {
            stamp.isClamped = true
        }
    }

    private func clamp(_ stamp: inout Stamp) {
        let latest = stamp.receivedAt.advanced(byMicroseconds: .microsecondsPerDay)
        if stamp.timestamp > latest || (!isHistorical && stamp.timestamp < CallClock.earliest) {
            stamp.timestamp = stamp.receivedAt
            stamp.isClamped = true
        }
    }

    // MARK: - Reading

    private static func instant(_ node: JSONNode?, _ field: String) throws(Refusal) -> Instant? {
        guard let node else { return nil }
        if node.kind == .string, node.string.isEmpty { return nil }
        guard let instant = instant(node) else { throw .invalidTimestamp(field) }
        return instant
    }

    /// RFC 3339, with UTC where the zone is missing and midnight where the time is; or a number since 1970.
    static func instant(_ node: JSONNode) -> Instant? {
        switch node.kind {
        case .string: instant(node.string)
        case .int: instant(number: Double(node.int), exact: node.int)
        case .double: instant(number: node.double, exact: nil)
        default: nil
        }
    }

    private static func instant(_ text: UnsafeRawBufferPointer) -> Instant? {
        let bytes = text.bindMemory(to: UInt8.self)
        if let instant = Instant(rfc3339UTF8: bytes, zonelessOffsetSeconds: 0) { return instant }
        if bytes.count == 10, bytes[4] == UInt8(ascii: "-") {
            return Instant(rfc3339: String(decoding: bytes, as: UTF8.self) + "T00:00:00Z")
        }
        guard bytes.count <= 20, bytes.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 || $0 == UInt8(ascii: ".") }) else { return nil }
        let digits = String(decoding: bytes, as: UTF8.self)
        return Double(digits).flatMap { instant(number: $0, exact: Int64(digits)) }
    }

    /// Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size: each is read within 1973 to 5138.
    private static func instant(number: Double, exact: Int64?) -> Instant? {
        guard number.isFinite, abs(number) < 1e19 else { return nil }
        let (multiplier, divisor): (Int64, Int64) =
            switch abs(number) {
            case ..<1e11: (1_000_000, 1)
            case ..<1e14: (1_000, 1)
            case ..<1e17: (1, 1)
            default: (1, 1_000)
            }
        if let exact { return Instant(microseconds: exact / divisor * multiplier) }
        let microseconds = (number * Double(multiplier) / Double(divisor)).rounded()
        return abs(microseconds) < 9e18 ? Instant(microseconds: Int64(microseconds)) : nil
    }
}
