import Model
import Testing

@testable import Console
@testable import Loyalty

@Suite("The course of a budget on the page") struct CouponBurnTests {
    private static func burn(
        _ used: [(day: Int, used: Int64)], _ measure: CouponLimit.Measure, lastDay: LocalDate? = nil, in language: Language
    ) -> BudgetBurn {
        let writer = CouponWriter(
            words: Words(language), formats: Formats(language), calendar: Fixtures.calendar, now: Fixtures.now, actor: { $0 },
            page: "page")
        let days = used.map { (day: Fixtures.today.advanced(byDays: $0.day), used: $0.used) }
        let count = Limit(key: .init(name: "spring/all"), max: 10_000, used: used.reduce(0) { $0 + $1.used })
        let budget = CouponBudget(
            CouponLimit("spring/all", measure, max: 10_000), count, first: days.first?.day, used: days, today: Fixtures.today,
            lastDay: lastDay)
        return writer.burn(budget, at: 3, .cny)
    }

    @Test("A chart with its table and when it is used up, as the language writes money and dates")
    func course() throws {
        let english = Self.burn([(-1, 1_000), (0, 1_050)], .money, in: .english)
        let figure = try #require(english.figure)
        #expect(figure.id == "burn-3" && figure.title == "Left of spring/all")
        #expect(figure.table.rows.map { $0.cells.map(\.shown) } == [["21 Nov 2026", "CN¥90"], ["22 Nov 2026", "CN¥79.50"]])
        #expect(figure.table.rows.last?.cells.map(\.raw) == ["2026-11-22", "79.50"])
        #expect(figure.svg.contains("<path class=\"line c-customer\"") && figure.svg.contains("Left: CN¥79.50"))
        let summary =
            "What was left of spring/all when each day ended: CN¥90 on 21 Nov 2026, CN¥79.50 on 22 Nov 2026, of CN¥100 in all."
        #expect(figure.summary == summary)
        #expect(english.forecast == "At the rate of the last 7 days it is used up on 30 Nov 2026.")
        let chinese = Self.burn([(-1, 1_000), (0, 1_050)], .money, in: .chinese)
        #expect(chinese.figure?.table.rows.last?.cells.map(\.shown) == ["2026年11月22日", "¥79.50"])
        #expect(chinese.forecast == "按最近 7 天的速度，将于 2026年11月30日 用完。")
    }

    @Test("Uses are counted, and every forecast has its sentence")
    func forecasts() {
        let uses = Self.burn([(0, 9_000)], .uses, lastDay: Fixtures.today, in: .english)
        #expect(uses.figure?.table.rows.map { $0.cells.map(\.shown) } == [["22 Nov 2026", "1,000"]])
        #expect(uses.forecast.hasSuffix("it lasts beyond the last day of the coupons, 22 Nov 2026."))
        let none = Self.burn([], .uses, in: .english)
        #expect(none.figure == nil && none.forecast.hasPrefix("Nothing was used yet"))
        #expect(Self.burn([(0, 10_000)], .uses, in: .english).forecast == "Nothing is left.")
        #expect(Self.burn([(-9, 10)], .uses, in: .english).forecast.hasSuffix("it is not used up."))
        #expect(Self.burn([(0, 1)], .uses, in: .english).forecast.hasSuffix("for more than ten years."))
    }
}
