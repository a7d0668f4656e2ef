import Model
import Testing

@Suite("Calendars of zones")
struct CalendarTests {
    private func calendar(_ zone: String) throws -> ZoneCalendar { ZoneCalendar(zone: try TimeZoneTable(identifier: zone)) }

    private func instant(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

    private static let days: [(String, String, Int64)] = [
        ("America/New_York", "2026-03-08", 23), ("America/New_York", "2026-11-01", 25), ("America/New_York", "2026-03-09", 24),
        ("Europe/Berlin", "2026-03-29", 23), ("Europe/Berlin", "2026-10-25", 25), ("Asia/Shanghai", "2026-03-08", 24),
    ]

    @Test("Days have the hours their zone gives them", arguments: days)
    func dayLengths(zone: String, day: String, hours: Int64) throws {
        let calendar = try calendar(zone)
        let date = try #require(LocalDate(text: day))
        let length = calendar.start(of: date.advanced(byDays: 1)).microseconds(since: calendar.start(of: date))
        #expect(length == hours * .microsecondsPerHour)
    }

    @Test("A half-hour change cuts an hour: Lord Howe has 23.5 and 24.5 hour days")
    func halfHourChange() throws {
        let calendar = try calendar("Australia/Lord_Howe")
        func length(_ day: String) throws -> Int64 {
            let date = try #require(LocalDate(text: day))
            return calendar.start(of: date.advanced(byDays: 1)).microseconds(since: calendar.start(of: date))
        }
        #expect(try length("2026-04-05") == 24 * .microsecondsPerHour + 30 * .microsecondsPerMinute)
        #expect(try length("2026-10-04") == 23 * .microsecondsPerHour + 30 * .microsecondsPerMinute)
    }

    @Test("A date whose midnight is skipped begins when the clock goes on")
    func skippedMidnight() throws {
        let calendar = try calendar("Africa/Cairo")
        let start = calendar.start(of: try #require(LocalDate(text: "2024-04-26")))
        #expect(calendar.rfc3339(start) == "2024-04-26T01:00:00+03:00")
        #expect(calendar.date(at: start).text == "2024-04-26")
        #expect(calendar.date(at: start.advanced(byMicroseconds: -1)).text == "2024-04-25")
    }

    @Test("Samoa went from the 29th to the 31st of December 2011")
    func skippedDate() throws {
        let calendar = try calendar("Pacific/Apia")
        let last = calendar.start(of: try #require(LocalDate(text: "2011-12-31")))
        #expect(calendar.date(at: last).text == "2011-12-31")
        #expect(calendar.date(at: last.advanced(byMicroseconds: -1)).text == "2011-12-29")
        #expect(calendar.start(of: try #require(LocalDate(text: "2011-12-30"))) == last)
    }

    @Test("A repeated hour is two buckets")
    func repeatedHour() throws {
        let calendar = try calendar("America/New_York")
        let first = calendar.bucketStart(of: .hour, at: try instant("2026-11-01T05:30:00Z"))
        let second = calendar.bucketStart(of: .hour, at: try instant("2026-11-01T06:30:00Z"))
        #expect(calendar.rfc3339(first) == "2026-11-01T01:00:00-04:00")
        #expect(calendar.rfc3339(second) == "2026-11-01T01:00:00-05:00")
        #expect(calendar.nextBucketStart(of: .hour, after: first) == second)
    }

    @Test(
        "Buckets partition time: each instant lies in the bucket that says it does",
        arguments: [
            "UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Cairo", "Europe/Berlin",
        ],
        CalendarInterval.allCases)
    func bucketsPartition(zone: String, interval: CalendarInterval) throws {
        let calendar = try calendar(zone)
        var random = SplitMix64(seed: 1)
        for _ in 0 ..< 300 {
            let instant = Instant(microseconds: Int64.random(in: 1_600_000_000_000_000 ... 1_900_000_000_000_000, using: &random))
            let start = calendar.bucketStart(of: interval, at: instant)
            let next = calendar.nextBucketStart(of: interval, after: start)
            #expect(start <= instant && instant < next)
            #expect(calendar.bucketStart(of: interval, at: start) == start)
            #expect(calendar.bucketStart(of: interval, at: next.advanced(byMicroseconds: -1)) == start)
        }
    }

    @Test(
        "Zones that do not exist, or reach out of the folder, are refused",
        arguments: ["Mars/Base", "../etc/passwd", "", "/etc/localtime", "Europe"])
    func unknownZones(name: String) {
        #expect(throws: Problem.self) { try TimeZoneTable(identifier: name) }
    }
}
