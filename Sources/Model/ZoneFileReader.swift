/// Reads a compiled time-zone file (TZif, RFC 8536, version 2 or later).
///
///     header 44 bytes: "TZif" version reserved(15) isutcnt isstdcnt leapcnt timecnt typecnt charcnt (UInt32, big-endian)
///     version-1 block (skipped), a second header, then
///     timecnt × Int64 transition | timecnt × UInt8 type | typecnt × (Int32 offset, UInt8 isDST, UInt8 name) | …
///     footer: "\n" POSIX TZ rule "\n"
struct ZoneFileReader {
    let bytes: [UInt8]

    mutating func read() -> (transitions: [Int64], offsets: [Int64])? {
        guard let first = header(at: 0), bytes[4] >= UInt8(ascii: "2") else { return nil }
        let second = 44 + first.bodyBytes(timeBytes: 4)
        guard let header = header(at: second) else { return nil }
        let timesAt = second + 44
        let typesAt = timesAt + header.timeCount * 8
        let offsetsAt = typesAt + header.timeCount
        guard header.typeCount > 0, second + 44 + header.bodyBytes(timeBytes: 8) <= bytes.count else { return nil }
        let typeOffsets = (0 ..< header.typeCount).map {
            Int64(Int32(bitPattern: UInt32(bigEndian(at: offsetsAt + $0 * 6, count: 4))))
        }
        var transitions: [Int64] = []
        var offsets = [typeOffsets[0]]
        for index in 0 ..< header.timeCount {
            let type = Int(bytes[typesAt + index])
            guard type < typeOffsets.count else { return nil }
            let instant = Int64(bitPattern: bigEndian(at: timesAt + index * 8, count: 8))
            if typeOffsets[type] == offsets[offsets.count - 1] { continue }
            transitions.append(instant)
            offsets.append(typeOffsets[type])
        }
        let footer = String(decoding: bytes[(second + 44 + header.bodyBytes(timeBytes: 8))...], as: UTF8.self)
            .split(separator: "\n").first
        if let footer, let rule = DaylightRule(posix: String(footer)) {
            rule.extend(&transitions, &offsets)
        }
        return (transitions, offsets)
    }

    private struct Header {
        var utcCount, standardCount, leapCount, timeCount, typeCount, nameBytes: Int

        func bodyBytes(timeBytes: Int) -> Int {
            timeCount * (timeBytes + 1) + typeCount * 6 + nameBytes + leapCount * (timeBytes + 4) + standardCount + utcCount
        }
    }

    private func header(at start: Int) -> Header? {
        guard start + 44 <= bytes.count, Array(bytes[start ..< start + 4]) == Array("TZif".utf8) else { return nil }
        let counts = (0 ..< 6).map { Int(bigEndian(at: start + 20 + $0 * 4, count: 4)) }
        guard counts.allSatisfy({ $0 < 100_000 }) else { return nil }
        return Header(
            utcCount: counts[0], standardCount: counts[1], leapCount: counts[2], timeCount: counts[3], typeCount: counts[4],
            nameBytes: counts[5])
    }

    private func bigEndian(at start: Int, count: Int) -> UInt64 {
        bytes[start ..< start + count].reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// The daylight-saving rule of a POSIX TZ text such as `CET-1CEST,M3.5.0,M10.5.0/3`; only the `Mm.w.d` form, which all zones use.
struct DaylightRule {
    private struct Day {
        var month: Int32, week: Int32, weekday: Int32, seconds: Int64

        /// Local seconds since the epoch of this rule's day and time in `year`.
        func localSeconds(year: Int32) -> Int64? {
            guard let first = LocalDate(year: year, month: month, day: 1) else { return nil }
            let firstWeekday = (Int64(first.daysSinceEpoch) + 4) % 7
            var day = Int32((Int64(weekday) - firstWeekday + 7) % 7) + (week - 1) * 7
            while day >= LocalDate.dayCount(year: year, month: month) { day -= 7 }
            return Int64(first.daysSinceEpoch + day) * 86_400 + seconds
        }
    }

    private let standardOffset: Int64
    private let daylightOffset: Int64
    private let start: Day
    private let end: Day

    init?(posix: String) {
        let parts = posix.split(separator: ",")
        guard parts.count == 3, let start = DaylightRule.day(parts[1]), let end = DaylightRule.day(parts[2]) else { return nil }
        var rest = parts[0]
        DaylightRule.dropName(&rest)
        guard let standard = DaylightRule.clock(&rest) else { return nil }
        DaylightRule.dropName(&rest)
        let daylight = rest.isEmpty ? standard - 3_600 : DaylightRule.clock(&rest)
        guard let daylight, rest.isEmpty else { return nil }
        standardOffset = -standard
        daylightOffset = -daylight
        self.start = start
        self.end = end
    }

    /// Appends the transitions from the last one up to the year 2100.
    func extend(_ transitions: inout [Int64], _ offsets: inout [Int64]) {
        let last = transitions.last ?? 0
        let firstYear = LocalDate(daysSinceEpoch: Int32(clamping: last / 86_400)).components.year
        guard firstYear <= 2100 else { return }
        for year in firstYear ... 2100 {
            guard let startLocal = start.localSeconds(year: year), let endLocal = end.localSeconds(year: year) else { continue }
            let changes = [(startLocal - standardOffset, daylightOffset), (endLocal - daylightOffset, standardOffset)]
            for (instant, offset) in changes.sorted(by: { $0.0 < $1.0 }) where instant > transitions.last ?? Int64.min {
                if offset == offsets[offsets.count - 1] { continue }
                transitions.append(instant)
                offsets.append(offset)
            }
        }
    }

    private static func dropName(_ text: inout Substring) {
        if text.first == "<" {
            text = text.drop { $0 != ">" }.dropFirst()
        } else {
            text = text.drop { $0.isLetter }
        }
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    private static func clock(_ text: inout Substring) -> Int64? {
        var sign: Int64 = 1
        if text.first == "-" { sign = -1 }
        if text.first == "-" || text.first == "+" { text = text.dropFirst() }
        let digits = text.prefix { $0.isNumber || $0 == ":" }
        let parts = digits.split(separator: ":").map { Int64($0) }
        guard !parts.isEmpty, parts.count <= 3, !parts.contains(nil) else { return nil }
        text = text.dropFirst(digits.count)
        let scales: [Int64] = [3_600, 60, 1]
        return sign * zip(parts, scales).reduce(0) { $0 + ($1.0 ?? 0) * $1.1 }
    }

    private static func day(_ text: Substring) -> Day? {
        let halves = text.split(separator: "/")
        guard let rule = halves.first, rule.first == "M" else { return nil }
        let numbers = rule.dropFirst().split(separator: ".").compactMap { Int32($0) }
        guard numbers.count == 3 else { return nil }
        var seconds: Int64 = 7_200
        if halves.count == 2 {
            var clockText = halves[1]
            guard let value = clock(&clockText) else { return nil }
            seconds = value
        }
        return Day(month: numbers[0], week: numbers[1], weekday: numbers[2], seconds: seconds)
    }
}
