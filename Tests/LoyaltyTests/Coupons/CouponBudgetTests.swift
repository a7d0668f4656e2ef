import Model
import Records
import TestSupport
import Testing

@testable import Loyalty

@Suite("How budgets of coupons burn down") struct CouponBudgetTests {
    private typealias Shop = CouponDeskTests.Shop

    private static let today = LocalDate(year: 2026, month: 3, day: 31) ?? LocalDate(daysSinceEpoch: 0)

    /// A budget of which so much was used so many days after today.
    private static func budget(
        _ used: [(day: Int, used: Int64)], max: Int64 = 100, reserved: Int64 = 0, lastDay: Int? = nil
    ) -> CouponBudget {
        let days = used.map { (day: today.advanced(byDays: $0.day), used: $0.used) }
        let count = Limit(key: .init(name: "all"), max: max, reserved: reserved, used: used.reduce(0) { $0 + $1.used })
        return CouponBudget(
            CouponLimit("all", .uses, max: max), count, first: days.first?.day,
            used: days.filter { $0.day >= CouponBudget.windowStart(today) }, today: today,
            lastDay: lastDay.map { today.advanced(byDays: $0) })
    }

    @Test("Days go back to the first use, 90 at most; today what is kept for orders is gone, and nothing is below 0")
    func days() {
        #expect(Self.budget([]).days.isEmpty)
        let young = Self.budget([(-2, 30), (0, -10)], reserved: 5)
        #expect(young.days.map(\.left) == [70, 70, 75])
        #expect(young.days.map(\.date) == (-2 ... 0).map { Self.today.advanced(byDays: $0) })
        let old = Self.budget([(-200, 1), (-90, 2), (-89, 3), (-1, 4), (0, 5)], max: 14)
        #expect(old.days.count == 90 && old.days.first?.date == Self.today.advanced(byDays: -89))
        #expect(old.days.first?.left == 8 && old.days.suffix(3).map(\.left) == [8, 4, 0], "the limit was 15 once")
        #expect(Self.budget([(1, 10)]).days.map(\.left) == [90], "the clock has jumped back")
    }

    @Test("What is left, at the rate of the last seven days, or of all where there are fewer")
    func forecast() {
        func ends(_ days: Int) -> CouponBudget.Forecast { .endsOn(Self.today.advanced(byDays: days)) }
        #expect(Self.budget([]).forecast == .idle)
        #expect(Self.budget([(0, 10)]).forecast == ends(9))
        #expect(Self.budget([(0, 10)], reserved: 1).forecast == ends(9), "89 at 10 a day")
        #expect(Self.budget([(-1, 10)]).forecast == ends(18))
        #expect(Self.budget([(-10, 3), (-6, 7)]).forecast == ends(90) && Self.budget([(-10, 3), (-6, 7)]).usedLately == 7)
        #expect(Self.budget([(-7, 50)]).forecast == .idle, "seven days are over")
        #expect(Self.budget([(-1, 5), (0, -5)]).forecast == .idle)
        #expect(Self.budget([(-9, 50), (0, -5)]).usedLately == -5)
        #expect(Self.budget([(-50, 100)]).forecast == .usedUp)
        #expect(Self.budget([(0, 90)], reserved: 10).forecast == .usedUp)
        #expect(Self.budget([(0, 10)], lastDay: 9).forecast == ends(9))
        #expect(Self.budget([(0, 10)], lastDay: 8).forecast == .outlasts(Self.today.advanced(byDays: 8)))
        #expect(Self.budget([(0, 1)], max: .max).forecast == .farOff)
        #expect(Self.budget([(0, 1)], max: .max, lastDay: 5).forecast == .outlasts(Self.today.advanced(byDays: 5)))
    }

    @Test(
        "Uses, and what is rolled back, count on the day of it; limits of a day or a member have no course",
        arguments: RecordsEngine.here)
    func course(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine) {
            $0.limits = [
                CouponLimit("money", .money, max: 10_000), CouponLimit("day", .uses, period: .day, max: 9),
                CouponLimit("all", .uses, max: 5), CouponLimit("member", .uses, per: .member, max: 9),
            ]
        }
        let clock = shop.program.clock
        func budgets() async throws -> [CouponBudget] {
            let template = try #require(try await shop.reader.couponTemplate("spring"))
            return try await shop.reader.couponBudgets(of: template, at: clock.now)
        }
        let before = try await budgets()
        #expect(before.map(\.limit.name) == ["money", "all"] && before.allSatisfy { $0.days.isEmpty && $0.forecast == .idle })
        var coupons: [String] = []
        for number in 1 ... 4 { coupons.append(try await shop.grant("g\(number)")) }
        for number in 1 ... 2 {
            #expect(try await !shop.reserve("r\(number)", [coupons[number - 1]], for: "o\(number)", commits: true).isRefused)
        }
        clock.advance(2 * .microsecondsPerDay)
        #expect(try await !shop.reserve("r3", [coupons[2]], for: "o3", commits: true).isRefused)
        clock.advance(.microsecondsPerDay)
        #expect(try await !shop.change("b1", .rollBack, of: "o1").isRefused)
        #expect(try await !shop.reserve("r4", [coupons[3]], for: "o4").isRefused)
        let after = try await budgets()
        let march = (1 ... 4).compactMap { LocalDate(year: 2026, month: 3, day: $0) }
        #expect(after.allSatisfy { $0.days.map(\.date) == march })
        #expect(after.map { $0.days.map(\.left) } == [[8_000, 8_000, 7_000, 7_000], [3, 3, 2, 2]])
        #expect(after.map(\.usedLately) == [2_000, 2])
        #expect(after.map(\.forecast) == [.endsOn(march[3].advanced(byDays: 14)), .endsOn(march[3].advanced(byDays: 4))])
    }

    /// What the limits said after each step, day by day.
    private struct Course {
        var used: [LocalDate: Int64] = [:]
        var first: LocalDate?

        mutating func note(_ amount: Int64, on day: LocalDate) {
            used[day] = amount
            if first == nil, amount > 0 { first = day }
        }

        func used(until day: LocalDate) -> Int64 { used.filter { $0.key <= day }.max { $0.key < $1.key }?.value ?? 0 }
    }

    @Test(
        "After any commands the course ends with what the limit has left, and says of each day what it had",
        arguments: RecordsEngine.here, 0 ..< 6 as Range<UInt64>)
    func history(engine: RecordsEngine, seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let policy = CouponRefundPolicy.allCases[Int(seed % 3)]
        let shop = try await Shop(engine) {
            $0.limits = [CouponLimit("all", .uses, max: 40), CouponLimit("money", .money, max: 30_000)]
            ($0.refundPolicy, $0.useCount, $0.validity.days) = (policy, policy == .valuePart ? 1 : 20, 90)
        }
        // Its days are not those of UTC, and one of them has 23 hours.
        _ = try await shop.program.records.engine.write { connection throws(Problem) in
            try connection.execute("UPDATE workspaces SET timezone = 'America/New_York'", [])
        }
        let calendar = try await shop.reader.program().calendar
        #expect(calendar.zone.identifier == "America/New_York")
        let clock = shop.program.clock
        let template = try #require(try await shop.reader.couponTemplate("spring"))
        var coupons: [String] = []
        for number in 0 ..< 8 { coupons.append(try await shop.grant("g\(number)", number < 4 ? "ann" : "bob")) }
        var courses: [String: Course] = ["all": Course(), "money": Course()]
        for number in 0 ..< 60 {
            let minutes = [random.below(20), random.below(1_800), 0][random.below(3)]
            clock.advance(Int64(minutes) * .microsecondsPerMinute)
            let order = "o\(random.below(10))"
            switch random.below(7) {
            case 0, 1, 2:
                let place = random.below(8)
                _ = try await shop.reserve(
                    "x\(number)", [coupons[place]], for: order, by: place < 4 ? "ann" : "bob", commits: random.below(3) > 0)
            case 3: _ = try await shop.change("x\(number)", .commit(finals: [:]), of: order)
            case 4: _ = try await shop.change("x\(number)", .cancel, of: order)
            case 5: _ = try await shop.change("x\(number)", .rollBack, of: order)
            default: _ = try await shop.change("x\(number)", .refund(units: [["a", "b", "c"][random.below(3)]: 1]), of: order)
            }
            let today = calendar.date(at: clock.now)
            let stands = try await shop.reader.couponLimits(of: template, at: clock.now).compactMap(\.count)
            for stand in stands { courses[stand.key.name]?.note(stand.used, on: today) }
            let budgets = try await shop.reader.couponBudgets(of: template, at: clock.now)
            #expect(budgets.map(\.count) == stands, "seed \(seed), step \(number)")
            for budget in budgets {
                let course = try #require(courses[budget.limit.name])
                Self.check(budget, course, today, "seed \(seed), step \(number)")
            }
        }
    }

    private static func check(_ budget: CouponBudget, _ course: Course, _ today: LocalDate, _ place: String) {
        guard let first = course.first else {
            #expect(budget.days.isEmpty, "\(place)")
            return
        }
        #expect(budget.days.last == .init(date: today, left: budget.count.left), "\(place)")
        let start = max(first, CouponBudget.windowStart(today))
        #expect(budget.days.first?.date == start, "\(place)")
        #expect(budget.days.count == Int(today.daysSinceEpoch - start.daysSinceEpoch) + 1, "\(place)")
        for day in budget.days.dropLast() {
            #expect(day.left == budget.count.max - course.used(until: day.date), "\(place), \(day.date.text)")
        }
        #expect(budget.usedLately == budget.count.used - course.used(until: today.advanced(byDays: -7)), "\(place)")
    }
}
