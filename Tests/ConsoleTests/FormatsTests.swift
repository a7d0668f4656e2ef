import Model
import Testing

@testable import Console

struct FormatsTests {
    private let english = Formats(.english)
    private let chinese = Formats(.chinese)

    @Test("Numbers are grouped and shortened as each language does")
    func numbers() {
        #expect(english.number(1_234_567) == "1,234,567")
        #expect(english.number(-1_000) == "−1,000")
        #expect(english.compact(1_234_567) == "1.2M")
        #expect(chinese.compact(1_234_567) == "123万")
        #expect(chinese.compact(120_000_000) == "1.2亿")
        #expect(english.compact(999) == "999")
        #expect(english.compact(0) == "0")
        #expect(english.decimal(3.14159, digits: 2) == "3.14")
        #expect(english.decimal(-0.04, digits: 1) == "0")
        #expect(english.decimal(.nan) == "–")
    }

    @Test("Shares never round to nothing or to all")
    func percent() {
        #expect(english.percent(1, of: 8) == "12.5%")
        #expect(english.percent(1, of: 1_000_000) == "<0.1%")
        #expect(english.percent(999_999, of: 1_000_000) == ">99.9%")
        #expect(english.percent(0, of: 0) == "–")
        #expect(english.percent(5, of: 5) == "100%")
    }

    @Test("Money shows its currency where it could be mistaken")
    func money() throws {
        let yuan = Money(minorUnits: 123_450, currency: .cny)
        #expect(chinese.money(yuan) == "¥1,234.50")
        #expect(english.money(yuan) == "CN¥1,234.50")
        #expect(english.money(Money(minorUnits: -50_000, currency: .usd)) == "−$500")
        let yen = try #require(Currency(code: "JPY"))
        #expect(english.money(Money(minorUnits: 1_000, currency: yen)) == "¥1,000")
        #expect(chinese.money(Money(minorUnits: 1_000, currency: yen)) == "JP¥1,000")
    }

    @Test("Dates and lengths of time read naturally")
    func dates() throws {
        let date = try #require(LocalDate(text: "2026-11-22"))
        #expect(english.date(date) == "22 Nov 2026")
        #expect(chinese.date(date) == "2026年11月22日")
        #expect(english.weekday(date) == "Sun")
        #expect(chinese.weekday(date) == "周日")
        #expect(english.duration(seconds: 2 * 86_400 + 5 * 3_600 + 60) == "2\u{A0}d 5\u{A0}h")
        #expect(chinese.duration(seconds: 61) == "1\u{A0}分 1\u{A0}秒")
        #expect(english.duration(seconds: 0) == "0 s")
    }

    @Test("How long ago turns into a date after a month")
    func ago() {
        let calendar = ZoneCalendar(zone: .utc)
        let now = Instant(microseconds: 1_800_000_000_000_000)
        func ago(_ seconds: Int64) -> String { english.ago(now.advanced(byMicroseconds: -seconds * 1_000_000), now: now, calendar) }
        #expect(ago(3) == "just now")
        #expect(ago(60) == "1 minute ago")
        #expect(ago(7_300) == "2 hours ago")
        #expect(ago(40 * 86_400) == english.date(calendar.date(at: now.advanced(byMicroseconds: -40 * .microsecondsPerDay))))
    }
}
