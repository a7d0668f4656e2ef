import Model
import Testing

@testable import Questions

@Suite struct ActiveGapsTests {
    /// Clocks that are set at night, at midnight, and by a whole day.
    private static let changes = [
        ("UTC", "2025-11-01T00:00:00Z"), ("Asia/Shanghai", "2025-11-01T00:00:00Z"), ("America/New_York", "2025-11-01T00:00:00Z"),
        ("America/Sao_Paulo", "2018-11-03T00:00:00Z"), ("America/Sao_Paulo", "2018-02-16T00:00:00Z"),
        ("Pacific/Apia", "2011-12-29T00:00:00Z"),
    ]

    @Test("People are counted on the dates that a set of their dates says", arguments: UInt64(0) ..< 60)
    func agreesWithSets(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let (zone, change) = ActiveGapsTests.changes[Int(seed % 6)]
        let calendar = ZoneCalendar(zone: try TimeZoneTable(identifier: zone))
        // The range begins within a day, and events lie before and after it.
        let start = try #require(Instant(rfc3339: change)).microseconds + Int64.random(in: -100 ... 100, using: &random) * hour
        let range = start ..< start + Int64.random(in: 1 ... 240, using: &random) * hour
        let first = date(range.lowerBound, calendar)
        let step = Int([1, 1, 5][Int(seed % 3)])
        let lastDates = Array(stride(from: first, through: date(range.upperBound - 1, calendar), by: step))
        var gaps = try #require(ActiveGaps(2, in: range, daysMax: 7, lastDates: lastDates, calendar))
        var (one, other) = (gaps, gaps)
        var people: [[Int64]] = []
        for person in 0 ..< 40 {
            let count = Int.random(in: 1 ... 30, using: &random)
            let times = (0 ..< count)
                .map { _ in range.lowerBound + Int64.random(in: -300 ... 300, using: &random) * hour }.sorted()
            var history = History()
            for (row, time) in times.enumerated() {
                history.append(timestamp: time, arrival: 0, marks: row % 5 == 3 ? 1 : 3, code: 0, part: 0, row: Int32(row))
            }
            if person % 2 == 0 { one.add(history) } else { other.add(history) }
            people.append(times.indices.filter { $0 % 5 != 3 }.map { times[$0] })
        }
        gaps.merge(one)
        gaps.merge(other)
        for days in [1, 2, 7] {
            var found = [Int](repeating: 0, count: lastDates.count)
            gaps.forEach(days: days) { dates, people in
                for (place, date) in lastDates.enumerated() where dates.contains(date) { found[place] += people }
            }
            let wanted = lastDates.map { last in
                people.filter { times in
                    times.contains { time in
                        let isSeen = time < range.upperBound && (days > 1 || time >= range.lowerBound)
                        return isSeen && (last - Int32(days) + 1 ... last).contains(date(time, calendar))
                    }
                }.count
            }
            #expect(found == wanted, "seed \(seed), \(zone), \(days) days")
        }
    }

    @Test("No table is made for a range of very many days")
    func longRange() throws {
        let calendar = ZoneCalendar(zone: try TimeZoneTable(identifier: "UTC"))
        let range = Int64(0) ..< 400 * 365 * 24 * hour
        #expect(ActiveGaps(1, in: range, daysMax: 30, lastDates: [0, 400 * 365], calendar) == nil)
    }

    private let hour = Int64.microsecondsPerHour

    private func date(_ time: Int64, _ calendar: ZoneCalendar) -> Int32 {
        calendar.date(at: Instant(microseconds: time)).daysSinceEpoch
    }
}
