internal import Model

/// How a file writes its times.
public enum ImportTimeFormat: String, Sendable, CaseIterable {
    /// Year first, by `-`, `/`, `.` or 年月日, with or without a time of day and an offset.
    case yearFirst
    /// `20260131` or `20260131123000`.
    case compact
    /// Seconds since 1970.
    case seconds
    /// Milliseconds since 1970.
    case milliseconds
    /// `12/31/2026 23:59`.
    case monthFirst
    /// `31/12/2026 23:59` or `31.12.2026`.
    case dayFirst
}

/// Reads the times of a file; those without an offset are local times of one zone.
struct ImportClock: Sendable {
    let format: ImportTimeFormat
    let calendar: ZoneCalendar

    /// nil when the text is no time in this format.
    func instant(_ text: some Collection<UInt8>) -> Instant? {
        switch format {
        case .seconds: return ImportClock.number(text).map { Instant(microseconds: $0 * 1_000_000) }
        case .milliseconds: return ImportClock.number(text).map { Instant(microseconds: $0 * 1_000) }
        default: break
        }
        guard let parts = ImportClock.parts(text, format: format) else { return nil }
        guard let date = LocalDate(year: parts.year, month: parts.month, day: parts.day) else { return nil }
        let local = Int64(date.daysSinceEpoch) * .microsecondsPerDay + parts.microseconds
        if let offset = parts.offsetSeconds { return Instant(microseconds: local - offset * 1_000_000) }
        // The offset before a change of clock is tried first, then the one that holds at that guess.
        let guess = Instant(microseconds: local - calendar.zone.offsetSeconds(at: Instant(microseconds: local)) * 1_000_000)
        return Instant(microseconds: local - calendar.zone.offsetSeconds(at: guess) * 1_000_000)
    }

    /// Whether the text has a date and no time of day.
    static func isDateOnly(_ text: some Collection<UInt8>, format: ImportTimeFormat) -> Bool {
        switch format {
        case .seconds, .milliseconds: false
        default: parts(text, format: format).map { !$0.hasTime } ?? false
        }
    }

    // MARK: - Parts

    struct Parts {
        var year: Int32 = 0, month: Int32 = 0, day: Int32 = 0
        var microseconds: Int64 = 0
        var hasTime = false
        var offsetSeconds: Int64?
    }

    private static func number(_ text: some Collection<UInt8>) -> Int64? {
        // A fraction of a second or millisecond is cut.
        let whole = text.prefix { $0 != UInt8(ascii: ".") }
        guard (1 ... 15).contains(whole.count), text.dropFirst(whole.count + 1).allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            return nil
        }
        return Int64(String(decoding: whole, as: UTF8.self))
    }

    static func parts(_ text: some Collection<UInt8>, format: ImportTimeFormat) -> Parts? {
        var scanner = TimeScanner(text)
        var parts = Parts()
        switch format {
        case .compact:
            guard let year = scanner.digits(4), let month = scanner.digits(2), let day = scanner.digits(2) else { return nil }
            (parts.year, parts.month, parts.day) = (year, month, day)
            if scanner.isAtEnd { return parts }
            if scanner.peek == UInt8(ascii: " ") || scanner.peek == UInt8(ascii: "T") { scanner.skip() }
            guard let hour = scanner.digits(2), let minute = scanner.digits(2) else { return nil }
            let second = scanner.isAtEnd ? 0 : scanner.digits(2)
            guard let second, scanner.isAtEnd, hour < 24, minute < 60, second < 61 else { return nil }
            parts.hasTime = true
            parts.microseconds = (Int64(hour) * 3_600 + Int64(minute) * 60 + Int64(second)) * 1_000_000
            return parts
        case .yearFirst:
            guard let year = scanner.digits(4), scanner.dateMark(), let month = scanner.number(), scanner.dateMark(),
                let day = scanner.number()
            else { return nil }
            scanner.skipDayWord()
            (parts.year, parts.month, parts.day) = (year, month, day)
        case .monthFirst, .dayFirst:
            guard let first = scanner.number(), scanner.dateMark(), let second = scanner.number(), scanner.dateMark(),
                let year = scanner.digits(4)
            else { return nil }
            (parts.year, parts.month, parts.day) = format == .monthFirst ? (year, first, second) : (year, second, first)
        case .seconds, .milliseconds: return nil
        }
        return scanner.time(&parts) ? parts : nil
    }
}

/// Walks over the text of a time.
private struct TimeScanner {
    private let bytes: [UInt8]
    private var index = 0

    init(_ text: some Collection<UInt8>) { bytes = text.count <= 64 ? Array(text) : [] }

    var isAtEnd: Bool { index == bytes.count }
    var peek: UInt8? { index < bytes.count ? bytes[index] : nil }
    mutating func skip() { index += 1 }

    mutating func digits(_ count: Int) -> Int32? {
        guard index + count <= bytes.count else { return nil }
        var value: Int32 = 0
        for byte in bytes[index ..< index + count] {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int32(byte - 0x30)
        }
        index += count
        return value
    }

    /// One or two digits.
    mutating func number() -> Int32? { digits(2) ?? digits(1) }

    /// `-`, `/`, `.`, 年 or 月.
    mutating func dateMark() -> Bool {
        guard let byte = peek else { return false }
        if [UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ".")].contains(byte) {
            index += 1
            return true
        }
        let rest = bytes[index...]
        guard rest.starts(with: "年".utf8) || rest.starts(with: "月".utf8) else { return false }
        index += 3
        return true
    }

    mutating func skipDayWord() {
        if bytes[index...].starts(with: "日".utf8) { index += 3 }
    }

    /// The rest: nothing, or a time of day with an optional fraction, AM or PM, and offset.
    mutating func time(_ parts: inout ImportClock.Parts) -> Bool {
        while peek == UInt8(ascii: " ") || peek == UInt8(ascii: "T") || peek == UInt8(ascii: "t") || peek == UInt8(ascii: ",") {
            index += 1
        }
        if isAtEnd { return true }
        guard var hour = number(), take(UInt8(ascii: ":")), let minute = digits(2), minute < 60 else { return false }
        var second: Int32 = 0
        var fraction: Int64 = 0
        if take(UInt8(ascii: ":")) {
            guard let value = digits(2), value < 61 else { return false }
            second = value
            if take(UInt8(ascii: ".")) || take(UInt8(ascii: ",")) {
                var scale: Int64 = 100_000
                while let digit = digits(1) {
                    fraction += Int64(digit) * scale
                    scale /= 10
                }
            }
        }
        if peek == UInt8(ascii: " ") { index += 1 }
        if let half = peek.map({ $0 | 0x20 }), half == UInt8(ascii: "a") || half == UInt8(ascii: "p") {
            guard (1 ... 12).contains(hour), index + 2 <= bytes.count, bytes[index + 1] | 0x20 == UInt8(ascii: "m") else {
                return false
            }
            hour = hour % 12 + (half == UInt8(ascii: "p") ? 12 : 0)
            index += 2
        }
        guard hour < 24, offset(&parts) else { return false }
        parts.hasTime = true
        parts.microseconds = (Int64(hour) * 3_600 + Int64(minute) * 60 + Int64(second)) * 1_000_000 + fraction
        return true
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        index += 1
        return true
    }

    /// Nothing, `Z`, `UTC`, `+08:00`, `+0800` or `+08`; then the end.
    private mutating func offset(_ parts: inout ImportClock.Parts) -> Bool {
        if isAtEnd { return true }
        let rest = bytes[index...]
        if rest.elementsEqual("Z".utf8) || rest.elementsEqual("z".utf8) || rest.elementsEqual("UTC".utf8) {
            parts.offsetSeconds = 0
            return true
        }
        guard let sign = peek, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return false }
        index += 1
        guard let hours = digits(2), hours < 19 else { return false }
        _ = take(UInt8(ascii: ":"))
        let minutes = isAtEnd ? 0 : digits(2)
        guard let minutes, isAtEnd else { return false }
        parts.offsetSeconds = Int64(hours * 3_600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
        return true
    }
}
