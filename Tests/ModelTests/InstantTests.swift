import Model
import Testing

@Suite("Instants")
struct InstantTests {
    private static let instants: [(String, Int64)] = [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00.000001Z", 1), ("1970-01-01T08:00:00+08:00", 0),
        ("1969-12-31T23:59:59.5Z", -500_000),
        ("2026-03-01T12:00:00.123456789Z", 1_772_366_400_123_456), ("2026-03-01 12:00:00Z", 1_772_366_400_000_000),
        ("2026-03-01t12:00z", 1_772_366_400_000_000), ("2026-03-01T17:30:00+05:30", 1_772_366_400_000_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000_000), ("0000-01-01T00:00:00Z", -62_167_219_200_000_000),
        ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
    ]

    @Test("RFC 3339 is read to the microsecond", arguments: instants)
    func reads(text: String, microseconds: Int64) {
        #expect(Instant(rfc3339: text)?.microseconds == microseconds)
    }

    @Test(
        "What is no instant is refused",
        arguments: [
            "", "2026-03-01", "2026-03-01T12:00:00", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-03-01T24:00:00Z",
            "2026-03-01T12:60:00Z",
            "2026-03-01T12:00:61Z", "2026-03-01T12:00:00.Z", "2026-03-01T12:00:00Zx", "2026-03-01T12:00:00+24:00",
            "２０２６-03-01T12:00:00Z",
        ])
    func refuses(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test("A zoneless text is read only when told how")
    func zoneless() {
        #expect(Instant(rfc3339: "1970-01-01T00:00:00", zoneless: 0)?.microseconds == 0)
        #expect(Instant(rfc3339: "1970-01-01T08:00:00", zoneless: 28_800)?.microseconds == 0)
    }

    @Test("An instant's text is read back", arguments: 0 ..< 200 as Range<UInt64>)
    func roundTrip(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let instant = Instant(microseconds: Int64.random(in: -62_167_219_200_000_000 ... 253_402_300_799_999_999, using: &random))
        #expect(Instant(rfc3339: instant.rfc3339) == instant)
        let offset = Int64.random(in: -14 * 60 ... 14 * 60, using: &random) * 60
        let inner = Instant(microseconds: instant.microseconds / 2)
        #expect(Instant(rfc3339: inner.rfc3339(offsetSeconds: offset)) == inner)
    }

    @Test("Moving beyond the ends stops at them")
    func clamped() {
        #expect(Instant.distantFuture.advanced(byMicroseconds: 1) == .distantFuture)
        #expect(Instant.distantPast.advanced(byMicroseconds: -1) == .distantPast)
    }
}

@Suite("Local dates")
struct LocalDateTests {
    @Test("Every day of four hundred years and more goes there and back")
    func everyDay() {
        var expected = LocalDate(year: 1800, month: 1, day: 1)
        var mismatches = 0
        for year in Int32(1800) ... 2210 {
            for month in Int32(1) ... 12 {
                for day in 1 ... LocalDate.dayCount(year: year, month: month) {
                    let date = LocalDate(year: year, month: month, day: day)
                    if date != expected || date?.components ?? (0, 0, 0) != (year, month, day) { mismatches += 1 }
                    expected = date?.advanced(byDays: 1)
                }
            }
        }
        #expect(mismatches == 0)
    }

    private static let weeks: [(String, String)] = [
        ("2026-01-01", "2025-12-29"), ("2025-12-29", "2025-12-29"), ("1969-12-31", "1969-12-29"), ("2026-03-01", "2026-02-23"),
    ]

    @Test("Weeks start on Monday", arguments: weeks)
    func mondays(text: String, monday: String) {
        #expect(LocalDate(text: text)?.monday.text == monday)
    }

    private static let moves: [(String, Int, String)] = [
        ("2024-01-31", 1, "2024-02-29"), ("2024-02-29", -12, "2023-02-28"), ("2026-03-15", -15, "2024-12-15"),
    ]

    @Test("Months move to the last day where the target lacks the day", arguments: moves)
    func months(text: String, count: Int, expected: String) {
        #expect(LocalDate(text: text)?.advanced(byMonths: count).text == expected)
    }

    @Test(
        "What is no date is refused",
        arguments: ["2026-2-01", "2026-02-29", "2026/02/01", "20260201", "2026-00-10", "-026-01-01", "2026-01-01 "])
    func refusals(text: String) {
        #expect(LocalDate(text: text) == nil)
    }
}
