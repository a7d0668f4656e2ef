// RFC 3339 with an offset, to the microsecond. Read and written by hand because collect parses three of these an event.

extension Instant {
    /// Reads RFC 3339 text with an offset: `2026-03-01T12:00:00.123456Z`, `2026-03-01 20:00:00+08:00`.
    ///
    /// Fraction digits after the sixth are cut; a leap second `:60` is read as the following second.
    /// - Parameter zoneless: what a text without an offset means: nil refuses it, 0 reads it as UTC (seconds east of UTC).
    /// - Returns: nil when the text is no such instant or its date does not exist.
    public init?(rfc3339 text: some StringProtocol, zoneless: Int64? = nil) {
        var text = String(text)
        let instant = text.withUTF8 { Instant(rfc3339UTF8: $0, zonelessOffsetSeconds: zoneless) }
        guard let instant else { return nil }
        self = instant
    }

    /// As ``init(rfc3339:zoneless:)`` over bytes, without copying.
    public init?(rfc3339UTF8 bytes: UnsafeBufferPointer<UInt8>, zonelessOffsetSeconds: Int64? = nil) {
        var reader = DigitReader(bytes: bytes)
        guard let year = reader.number(digits: 4), reader.take(UInt8(ascii: "-")),
            let month = reader.number(digits: 2), reader.take(UInt8(ascii: "-")),
            let day = reader.number(digits: 2),
            let date = LocalDate(year: Int32(year), month: Int32(month), day: Int32(day))
        else { return nil }
        guard reader.takeAny(UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: " ")),
            let hour = reader.number(digits: 2), hour <= 23, reader.take(UInt8(ascii: ":")),
            let minute = reader.number(digits: 2), minute <= 59
        else { return nil }
        var second: Int64 = 0
        var fraction: Int64 = 0
        if reader.take(UInt8(ascii: ":")) {
            guard let value = reader.number(digits: 2), value <= 60 else { return nil }
            second = value
            if reader.takeAny(UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: ".")) {
                guard let value = reader.fractionMicroseconds() else { return nil }
                fraction = value
            }
        }
        guard let offset = reader.offsetSeconds(zoneless: zonelessOffsetSeconds), reader.isAtEnd else { return nil }
        let seconds = Int64(date.daysSinceEpoch) * 86_400 + hour * 3_600 + minute * 60 + second - offset
        self.init(microseconds: seconds * 1_000_000 + fraction)
    }

    /// RFC 3339 in UTC with as many fraction digits as needed: none, three or six.
    ///
    /// `2026-03-01T12:00:00.123Z`.
    ///
    /// Instants outside years 0000 to 9999 are held at the nearest of these.
    public var rfc3339: String { rfc3339(offsetSeconds: 0) }

    /// RFC 3339 with the given offset east of UTC in seconds; offsets are written in whole minutes.
    public func rfc3339(offsetSeconds: Int64) -> String {
        let lowest: Int64 = -62_167_219_200_000_000
        let highest: Int64 = 253_402_300_799_999_999
        let shifted = min(max(microseconds, lowest), highest) + offsetSeconds * 1_000_000
        let local = min(max(shifted, lowest), highest)
        let day = local.flooredQuotient(by: .microsecondsPerDay)
        let inDay = local - day * .microsecondsPerDay
        let date = LocalDate(daysSinceEpoch: Int32(day))
        var out: [UInt8] = []
        out.reserveCapacity(32)
        out.append(contentsOf: date.text.utf8)
        out.append(UInt8(ascii: "T"))
        out.appendDigits(inDay / 3_600_000_000, width: 2)
        out.append(UInt8(ascii: ":"))
        out.appendDigits(inDay / 60_000_000 % 60, width: 2)
        out.append(UInt8(ascii: ":"))
        out.appendDigits(inDay / 1_000_000 % 60, width: 2)
        let fraction = inDay % 1_000_000
        if fraction != 0 {
            out.append(UInt8(ascii: "."))
            if fraction % 1_000 == 0 { out.appendDigits(fraction / 1_000, width: 3) } else { out.appendDigits(fraction, width: 6) }
        }
        if offsetSeconds == 0 {
            out.append(UInt8(ascii: "Z"))
        } else {
            out.append(offsetSeconds < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
            let minutes = abs(offsetSeconds) / 60
            out.appendDigits(minutes / 60, width: 2)
            out.append(UInt8(ascii: ":"))
            out.appendDigits(minutes % 60, width: 2)
        }
        return String(decoding: out, as: UTF8.self)
    }
}

extension Array where Element == UInt8 {
    /// Appends `value` in decimal, zero-padded to `width` digits.
    package mutating func appendDigits(_ value: Int64, width: Int) {
        var divisor: Int64 = 1
        for _ in 1 ..< width { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }
}

/// A cursor over ASCII digits and the marks between them.
private struct DigitReader {
    let bytes: UnsafeBufferPointer<UInt8>
    var index = 0

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }

    mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    mutating func takeAny(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Bool {
        take(first) || take(second) || take(third)
    }

    mutating func number(digits: Int) -> Int64? {
        guard index + digits <= bytes.count else { return nil }
        var value: Int64 = 0
        for position in index ..< index + digits {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            value = value * 10 + Int64(digit)
        }
        index += digits
        return value
    }

    mutating func fractionMicroseconds() -> Int64? {
        var value: Int64 = 0
        var digits = 0
        while index < bytes.count, case let digit = bytes[index] &- UInt8(ascii: "0"), digit <= 9 {
            if digits < 6 { value = value * 10 + Int64(digit) }
            digits += 1
            index += 1
        }
        guard digits > 0 else { return nil }
        for _ in min(digits, 6) ..< 6 { value *= 10 }
        return value
    }

    mutating func offsetSeconds(zoneless: Int64?) -> Int64? {
        if isAtEnd { return zoneless }
        if take(UInt8(ascii: "Z")) || take(UInt8(ascii: "z")) { return 0 }
        let sign: Int64
        if take(UInt8(ascii: "+")) { sign = 1 } else if take(UInt8(ascii: "-")) { sign = -1 } else { return nil }
        guard let hours = number(digits: 2), hours <= 23 else { return nil }
        _ = take(UInt8(ascii: ":"))
        if isAtEnd { return sign * hours * 3_600 }
        guard let minutes = number(digits: 2), minutes <= 59 else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }
}
