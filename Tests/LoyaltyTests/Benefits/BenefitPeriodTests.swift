import Model
import Testing

@testable import Loyalty

/// E7: a period starts anew at the local boundary, once, also on days of 23 and 25 hours.
struct BenefitPeriodTests {
    private static let zones = [
        "Asia/Shanghai", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Africa/Cairo",
        "Asia/Kathmandu", "UTC",
    ]

    @Test("periods follow one another without a gap, each from a local date's first instant", arguments: zones)
    func tiles(name: String) throws {
        let zone = try TimeZoneTable(identifier: name)
        let calendar = ZoneCalendar(zone: zone)
        for interval in CalendarInterval.allCases where interval != .hour {
            let period = try #require(BenefitPeriod(interval, in: zone))
            let first = period.span(at: Instant(microseconds: 1_508_000_000_000_000))
            var span = first
            for number in 0 ..< (interval == .day ? 1_200 : 60) {
                #expect(period.count(from: first.from, to: span.from) == Int64(number), "\(name) \(interval)")
                let date = calendar.date(at: span.from)
                #expect(calendar.firstDate(of: interval, holding: date) == date && calendar.start(of: date) == span.from)
                #expect(period.span(at: span.until.advanced(byMicroseconds: -1)) == span)
                let next = period.span(at: span.until)
                #expect(next.from == span.until && next.until > next.from)
                span = next
            }
        }
        #expect(BenefitPeriod(.hour, in: zone) == nil)
    }

    /// Days of the change of clocks in Berlin, 2026: 23 and 25 hours.
    @Test(
        "a daily quota starts anew once a local day, whatever its length",
        arguments: [("Europe/Berlin", 3, 27, 23), ("Europe/Berlin", 10, 23, 25), ("Asia/Shanghai", 3, 27, 24)])
    func daily(name: String, month: Int32, day: Int32, hours: Int64) throws {
        let zone = try TimeZoneTable(identifier: name)
        let calendar = ZoneCalendar(zone: zone)
        let first = try #require(LocalDate(year: 2026, month: month, day: day))
        var benefit = Sample.benefit(.sum)
        benefit.period = BenefitPeriod(.day, in: zone)
        var book = BenefitBook(of: benefit, for: Sample.member)
        try book.give(1, .tier, "gold")
        let (start, end) = (calendar.start(of: first), calendar.start(of: first.advanced(byDays: 5)))
        #expect(end.microseconds(since: start) == (4 * 24 + hours) * .microsecondsPerHour)
        var taken: [Instant] = []
        var instant = start
        while instant < end {
            let answer = book.check(at: instant)
            #expect(answer.resetsAt == calendar.start(of: calendar.date(at: instant).advanced(byDays: 1)))
            if (try? book.consume(id: .init("u\(instant.microseconds)"), now: instant)) != nil {
                taken.append(instant)
                #expect(answer.isAllowed)
            }
            instant = instant.advanced(byMicroseconds: 15 * .microsecondsPerMinute)
        }
        #expect(taken == (0 ..< 5).map { calendar.start(of: first.advanced(byDays: $0)) })
    }

    @Test("the last microsecond of a month is in it, the next is not, in the zone of the benefit")
    func boundary() throws {
        let zone = try TimeZoneTable(identifier: "Asia/Shanghai")
        var benefit = Sample.benefit(.sum)
        benefit.period = BenefitPeriod(.month, in: zone)
        var book = BenefitBook(of: benefit, for: Sample.member)
        try book.give(1, .tier, "gold")
        let end = try #require(Instant(rfc3339: "2026-01-31T16:00:00Z"))
        try book.consume(id: .init("a"), now: end.advanced(byMicroseconds: -2))
        let answer = book.check(at: end.advanced(byMicroseconds: -1))
        #expect(!answer.isAllowed && answer.resetsAt == end && answer.changesAt == end)
        #expect(book.check(at: end).isAllowed)
        // Given back later, it counts where it was used.
        try book.consume(id: .init("b"), now: end)
        try book.refund(.init("a"), now: end)
        #expect(!book.check(at: end).isAllowed)
    }
}
