/// A length of time in microseconds, never negative: days are 24 h and weeks 168 h exactly.
public struct TimeSpan: Hashable, Comparable, Sendable {
    public var microseconds: Int64

    public init(microseconds: Int64) { self.microseconds = microseconds }

    init(days: Int) { self.init(microseconds: Int64(days) * 86_400_000_000) }

    public static func < (left: TimeSpan, right: TimeSpan) -> Bool { left.microseconds < right.microseconds }

    /// Reads ISO 8601 (`P7D`, `PT30M`, `P1DT12H`) or short text (`7d`, `12h`, `30m`, `45s`, `2w`, `1d12h`).
    ///
    /// Months and years are no durations, and only seconds may have a fraction; nil for anything else.
    public init?(text: String) {
        guard text.utf8.count <= 40 else { return nil }
        let parsed = text.utf8.first == UInt8(ascii: "P") ? TimeSpan.iso(text) : TimeSpan.short(text)
        guard let parsed else { return nil }
        self.init(microseconds: parsed)
    }

    /// The shortest exact text with one unit: `14d`, `36h`, `90s`, `0.5s`; weeks are written as days.
    public var text: String {
        let units: [(Int64, String)] = [(86_400_000_000, "d"), (3_600_000_000, "h"), (60_000_000, "m"), (1_000_000, "s")]
        if microseconds == 0 { return "0s" }
        for (size, letter) in units where microseconds % size == 0 { return "\(microseconds / size)\(letter)" }
        var fraction = String(microseconds % 1_000_000)
        fraction = String(repeating: "0", count: 6 - fraction.utf8.count) + fraction
        while fraction.last == "0" { fraction.removeLast() }
        return "\(microseconds / 1_000_000).\(fraction)s"
    }

    private static func iso(_ text: String) -> Int64? {
        let halves = text.dropFirst().split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        guard let dates = halves.first, !(dates.isEmpty && halves.count == 1) else { return nil }
        guard let first = sum(dates, units: [("W", 604_800), ("D", 86_400)]) else { return nil }
        guard halves.count == 2 else { return first }
        guard !halves[1].isEmpty, let second = sum(halves[1], units: [("H", 3_600), ("M", 60), ("S", 1)]) else { return nil }
        return first.addingReportingOverflow(second).overflow ? nil : first + second
    }

    private static func short(_ text: String) -> Int64? {
        guard !text.isEmpty else { return nil }
        return sum(Substring(text), units: [("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)])
    }

    /// Numbers each followed by one of `units` (letter, seconds), in that order, none twice; 0 for empty text.
    private static func sum(_ text: Substring, units: [(Character, Int64)]) -> Int64? {
        var rest = text
        var units = units[...]
        var total: Int64 = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            guard let letter = rest.first, let index = units.firstIndex(where: { $0.0 == letter }) else { return nil }
            rest = rest.dropFirst()
            guard let part = microseconds(digits, secondsPerUnit: units[index].1) else { return nil }
            let (next, overflow) = total.addingReportingOverflow(part)
            if overflow { return nil }
            total = next
            units = units[(index + 1)...]
        }
        return total
    }

    private static func microseconds(_ digits: Substring, secondsPerUnit: Int64) -> Int64? {
        let halves = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = halves.first.flatMap({ Int64($0) }), halves.count <= 2 else { return nil }
        let (product, overflow) = whole.multipliedReportingOverflow(by: secondsPerUnit * 1_000_000)
        guard !overflow else { return nil }
        guard halves.count == 2 else { return product }
        guard secondsPerUnit == 1, !halves[1].isEmpty, halves[1].utf8.count <= 6, let fraction = Int64(halves[1]) else {
            return nil
        }
        var scaled = fraction
        for _ in halves[1].utf8.count ..< 6 { scaled *= 10 }
        return product + scaled
    }
}
