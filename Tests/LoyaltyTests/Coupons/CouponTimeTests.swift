import Model
import OrderedCollections
import Testing

@testable import Loyalty

/// From which instant to which a coupon can be used.
@Suite("Days and hours of coupons") struct CouponTimeTests {
    private func instant(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }
    private func day(_ text: String) throws -> LocalDate { try #require(LocalDate(text: text)) }

    /// Granted at an instant, whether it can be used at another.
    private func codes(_ template: CouponTemplate, granted: Instant, at now: Instant) throws -> [String] {
        let terms = try CouponTerms(template)
        var coupon = Coupon(id: "c", of: template)
        try coupon.grant(to: "m", seen: CouponTextSeen(template, in: .chinese), terms, now: granted)
        var cart = CouponCart.of([1_000])
        cart.member = "m"
        cart.instant = now
        return coupon.candidate(for: cart, terms, order: "o", LimitBook()).check(cart).reasons.map(\.code)
    }

    @Test("G14: the last day 5 December in Shanghai ends at 16:00 UTC, exclusive")
    func golden() throws {
        var template = CouponTemplate.simple(.amount(100, on: .order), zone: "Asia/Shanghai")
        template.validity.lastDay = try day("2026-12-05")
        let end = try instant("2026-12-05T16:00:00Z")
        let terms = try CouponTerms(template)
        #expect(template.validity.interval(grantedAt: .epoch, terms.calendar).until == end)
        #expect(try codes(template, granted: .epoch, at: end.advanced(byMicroseconds: -1)) == [])
        #expect(try codes(template, granted: .epoch, at: end) == ["EXPIRED"])
    }

    @Test("A coupon that would end before its first day is not given, until its days reach that far")
    func endsBeforeItStarts() throws {
        var template = CouponTemplate.simple(.amount(100, on: .order), zone: "Asia/Shanghai")
        template.validity = CouponValidity(firstDay: try day("2026-12-01"), days: 7)
        let terms = try CouponTerms(template)
        func grant(_ text: String) throws -> Coupon {
            var coupon = Coupon(id: "c", of: template)
            try coupon.grant(to: "m", seen: CouponTextSeen(template, in: .english), terms, now: instant(text))
            return coupon
        }
        for text in ["2026-11-01T12:00:00+08:00", "2026-11-23T23:59:59+08:00"] {
            #expect {
                try grant(text)
            } throws: {
                let reasons = ($0 as? Refusal)?.reasons
                return reasons?.map(\.code) == ["ENDS_BEFORE_START"] && reasons?.first?.isRetryable == true
            }
        }
        let interval = try #require(try grant("2026-11-24T00:00:00+08:00").grant?.interval)
        #expect(try interval.from == instant("2026-11-30T16:00:00Z") && interval.until == instant("2026-12-01T16:00:00Z"))
    }

    /// Days of 23, 24 and 25 hours, and one that begins at 1 o'clock.
    static let days: [(zone: String, day: String, hours: Int64)] = [
        ("UTC", "2026-03-29", 24), ("Asia/Shanghai", "2026-03-29", 24), ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25), ("America/New_York", "2026-03-08", 23), ("America/New_York", "2026-11-01", 25),
        ("Australia/Lord_Howe", "2026-04-05", 24), ("America/Santiago", "2026-09-06", 23), ("Asia/Kolkata", "2026-01-01", 24),
        ("Pacific/Kiritimati", "2026-06-30", 24), ("Africa/Cairo", "2026-04-24", 23),
    ]

    @Test("C12: valid up to the last microsecond of its last day, in every zone, on long and short days", arguments: days)
    func ends(zone: String, text: String, hours: Int64) throws {
        var template = CouponTemplate.simple(.amount(100, on: .order), zone: zone)
        let day = try day(text)
        template.validity.firstDay = day
        template.validity.lastDay = day
        let calendar = try CouponTerms(template).calendar
        let interval = template.validity.interval(grantedAt: .epoch, calendar)
        let until = try #require(interval.until)
        let length = until.microseconds(since: interval.from)
        #expect(length == hours * .microsecondsPerHour || zone == "Australia/Lord_Howe", "\(length / .microsecondsPerMinute)")
        #expect(calendar.date(at: interval.from) == day && calendar.date(at: until.advanced(byMicroseconds: -1)) == day)
        #expect(calendar.date(at: until) == day.advanced(byDays: 1))
        #expect(try codes(template, granted: .epoch, at: interval.from.advanced(byMicroseconds: -1)) == ["NOT_STARTED"])
        #expect(try codes(template, granted: .epoch, at: interval.from) == [])
        #expect(try codes(template, granted: .epoch, at: until.advanced(byMicroseconds: -1)) == [])
        #expect(try codes(template, granted: .epoch, at: until) == ["EXPIRED"])
    }

    @Test("C12: the end of any day of the year, and days counted from the grant", arguments: days.map(\.zone))
    func everyDay(zone: String) throws {
        let calendar = ZoneCalendar(zone: try TimeZoneTable(identifier: zone))
        let first = try day("2026-01-01")
        for offset in 0 ..< 365 {
            let day = first.advanced(byDays: offset)
            let noon = calendar.start(of: day).advanced(byMicroseconds: 12 * .microsecondsPerHour)
            for days in [0, 1, 7] {
                let until = try #require(CouponValidity(days: days).interval(grantedAt: noon, calendar).until)
                #expect(calendar.date(at: until.advanced(byMicroseconds: -1)) == day.advanced(byDays: days))
                #expect(calendar.date(at: until) == day.advanced(byDays: days + 1))
            }
            let both = CouponValidity(lastDay: day.advanced(byDays: 3), days: 7).interval(grantedAt: noon, calendar)
            #expect(both.until == CouponValidity(lastDay: day.advanced(byDays: 3)).interval(grantedAt: noon, calendar).until)
        }
    }

    @Test("Weekdays and hours are those of the zone; the end of an hour is not in it")
    func hours() throws {
        var template = CouponTemplate.simple(.amount(100, on: .order), zone: "Asia/Shanghai")
        template.conditions.weekdays = [7]
        template.conditions.hours = [.init(from: 9 * 60, until: 11 * 60), .init(from: 22 * 60, until: 24 * 60)]
        for (text, isOpen) in [
            ("2026-11-29T08:59:59.999999+08:00", false), ("2026-11-29T09:00:00+08:00", true),
            ("2026-11-29T10:59:59.999999+08:00", true),
            ("2026-11-29T11:00:00+08:00", false), ("2026-11-29T23:59:59+08:00", true), ("2026-11-30T00:00:00+08:00", false),
            ("2026-11-28T22:30:00+08:00", false),
        ] {
            #expect(try codes(template, granted: .epoch, at: instant(text)) == (isOpen ? [] : ["OUTSIDE_HOURS"]), "\(text)")
        }
    }

    @Test("All reasons at once, and what is missing where only that stands in the way")
    func reasons() throws {
        var template = CouponTemplate.simple(.amount(100, on: .order))
        template.conditions.spendMin = 5_000
        template.conditions.unitsMin = 3
        var cart = CouponCart.of([3_800])
        let near = template.candidate.check(cart)
        #expect(near.reasons.map(\.code) == ["CONDITION_SPEND_MIN", "CONDITION_UNITS_MIN"])
        #expect(near.reasons[0].params == ["need": 5_000, "have": 3_800])
        // Add 12.00 and two more.
        #expect(near.nearMiss == CouponCheck.NearMiss(spend: 1_200, units: 2))

        template.conditions.tiers = ["gold"]
        template.conditions.tags = ["parent", "student"]
        template.conditions.channels = ["app"]
        template.conditions.stores = ["s1"]
        template.conditions.isFirstOrderOnly = true
        template.conditions.products.only = ["cup"]
        template.conditions.weekdays = [1]
        cart.tags = ["parent"]
        cart.currency = .usd
        let all = template.candidate.check(cart)
        #expect(
            all.reasons.map(\.code) == [
                "CURRENCY_MISMATCH", "OUTSIDE_HOURS", "CONDITION_SPEND_MIN", "CONDITION_UNITS_MIN", "CONDITION_PRODUCTS",
                "CONDITION_TIER", "CONDITION_CHANNEL", "CONDITION_STORE", "CONDITION_TAGS", "CONDITION_FIRST_ORDER",
            ])
        #expect(all.reasons.first { $0.code == "CONDITION_TAGS" }?.params == ["need": ["student"]])
        #expect(all.nearMiss == nil && all.discount.total == 0)
    }
}
