import Model
import OrderedCollections
import Testing

@testable import Loyalty

/// What events earn, by examples.
struct EarningPlanTests {
    private static func event(_ lines: [EarningLine]?, at: String = "2026-11-04T12:00:00+08:00") -> EarningEvent {
        var event = EarningEvent(.event("Order Completed"), source: "o1", at: Instant(rfc3339: at) ?? .epoch)
        event.currency = .cny
        event.lines = lines
        return event
    }

    private static func rule(_ id: String, _ points: Int64, by measure: EarningAmount.Measure) -> EarningRule {
        EarningRule(id: id, name: id, trigger: .event("Order Completed"), base: EarningAmount(points, by: measure))
    }

    private static func program(_ rules: [EarningRule]) -> EarningProgram {
        var program = EarningProgram(id: "club", name: "Club", currency: .cny)
        program.rules = rules
        return program
    }

    private static func plan(
        _ program: EarningProgram, _ event: EarningEvent, tiers: Set<String> = [], limits: EarningLimits = EarningLimits()
    ) throws -> EarningPlan {
        try program.plan(
            for: event, of: EarningMember(id: "m", tiers: tiers), limits: limits, in: EarningWorld.frame)
    }

    private static let yuan = EarningAmount.Measure.money(100, EarningMoney())
    private static let tea = EarningLine(product: "tea", categories: ["tea"], units: 2, listAmount: 10_050)
    private static let cup = EarningLine(product: "cup", categories: ["cup"], units: 1, listAmount: 1_980)

    @Test("Buy this and get 120: money counts to the cent and is rounded down once")
    func money() throws {
        let plan = try Self.plan(Self.program([Self.rule("spend", 1, by: Self.yuan)]), Self.event([Self.tea, Self.cup]))
        #expect(plan.points == 120 && plan.awards.first?.lines.map(\.points) == [20, 100])
        let newPoints = plan.newPoints
        #expect(newPoints.map(\.source.line) == ["cup", "tea"] && newPoints.map(\.units) == [1, 2])
        #expect(newPoints.map(\.amount).reduce(0, +) == 120)
    }

    @Test(
        "What counts of the price is the rule's choice",
        arguments: [
            (EarningMoney.Tax.included, EarningMoney.Discounts.before, EarningMoney.PointsPaid.counted, true, 100),
            (.included, .after, .counted, true, 80), (.included, .after, .subtracted, true, 50),
            (.excluded, .after, .subtracted, true, 40), (.excluded, .before, .subtracted, true, 60),
            (.included, .after, .subtracted, false, 60), (.excluded, .after, .subtracted, false, 50),
        ])
    func bases(
        tax: EarningMoney.Tax, discounts: EarningMoney.Discounts, pointsPaid: EarningMoney.PointsPaid, includesTax: Bool,
        points: Int64
    ) throws {
        var money = EarningMoney()
        (money.tax, money.discounts, money.pointsPaid) = (tax, discounts, pointsPaid)
        var program = Self.program([Self.rule("spend", 1, by: .money(100, money))])
        program.pricesIncludeTax = includesTax
        let line = EarningLine(product: "p", units: 1, listAmount: 10_000, discount: 2_000, tax: 1_000, pointsPaid: 3_000)
        #expect(try Self.plan(program, Self.event([line])).points == points)
    }

    @Test("Bonuses add up, then one multiplier counts: the greatest, or the product when the program says so")
    func multipliers() throws {
        var rule = Self.rule("spend", 1, by: Self.yuan)
        var gold = EarningGuard()
        gold.tiers = ["gold"]
        rule.bonuses = [EarningBonus("welcome", EarningAmount(30, by: .event)), EarningBonus("unit", EarningAmount(5, by: .unit))]
        rule.factors = [EarningFactor("gold", thousandths: 1_500, when: gold), EarningFactor("weekday", thousandths: 1_200)]
        var program = Self.program([rule])
        program.factors = [EarningFactor("spring", thousandths: 2_000)]
        // 120.30 + 30 + 3 × 5 = 165.30
        #expect(try Self.plan(program, Self.event([Self.tea, Self.cup]), tiers: ["gold"]).points == 330)
        program.factorMode = .product
        #expect(try Self.plan(program, Self.event([Self.tea, Self.cup]), tiers: ["gold"]).points == 595)
        let plan = try Self.plan(program, Self.event([Self.tea, Self.cup]))
        #expect(plan.points == 396 && plan.awards.first?.applied == ["welcome", "unit", "weekday", "spring"])
        #expect(plan.awards.first?.declined.map(\.name) == ["gold"])
        program.rules[0].takesProgramFactors = false
        #expect(try Self.plan(program, Self.event([Self.tea, Self.cup])).points == 198)
    }

    @Test("Caps trim in their order, and say by how much")
    func caps() throws {
        var rule = Self.rule("spend", 1, by: Self.yuan)
        rule.caps.event = 110
        rule.caps.member = [.init(100, per: .day)]
        rule.caps.budget = 90
        var program = Self.program([rule, Self.rule("unit", 10, by: .unit)])
        program.caps.budget = 85
        let plan = try Self.plan(program, Self.event([Self.tea, Self.cup]))
        #expect(plan.awards.map(\.points) == [85, 0] && plan.awards.map(\.uncapped) == [120, 30])
        #expect(
            plan.awards[0].trims == [
                .init(cap: "earn/club/rule/spend/event", points: 10), .init(cap: "earn/club/rule/spend/member/day", points: 10),
                .init(cap: "earn/club/rule/spend/budget", points: 10), .init(cap: "earn/club/budget", points: 5),
            ])
        #expect(plan.awards[1].trims == [.init(cap: "earn/club/budget", points: 30)])
        var limits = EarningLimits()
        try limits.take(plan)
        #expect(try Self.plan(program, Self.event([Self.tea]), limits: limits).points == 0)
        limits.giveBack(40, to: plan.awards[0].limits.map(\.key))
        #expect(try Self.plan(program, Self.event([Self.tea]), limits: limits).points == 40)
        let next = Self.event([Self.tea], at: "2026-11-05T00:00:00+08:00")
        program.caps.budget = 1_000
        program.rules[0].caps.budget = nil
        #expect(try Self.plan(program, next, limits: limits).awards.map(\.points) == [100, 20], "a new day has a cap of its own")
    }

    @Test("A line goes to the best of the rules that claim it, and to shared ones all the same")
    func exclusive() throws {
        var (tea, all) = (Self.rule("tea", 3, by: Self.yuan), Self.rule("all", 1, by: Self.yuan))
        (tea.claim, all.claim, tea.base.lines.categories) = (.exclusive, .exclusive, ["tea"])
        let shared = Self.rule("unit", 1, by: .unit)
        let event = Self.event([Self.tea, Self.cup])
        #expect(try Self.plan(Self.program([all, tea, shared]), event).awards.map(\.points) == [19, 301, 3])
        all.priority = 1
        let plan = try Self.plan(Self.program([all, tea]), event)
        #expect(plan.awards.map(\.points) == [120] && plan.declined.map(\.name) == ["tea"])
        #expect(plan.declined.first?.reasons == [.init("LINES_CLAIMED", ["by": "all"])])
    }

    @Test("Rules that do not count say all reasons; other events' rules say nothing")
    func reasons() throws {
        var rule = Self.rule("spend", 1, by: Self.yuan)
        (rule.condition.tiers, rule.condition.channels) = (["gold"], ["app"])
        (rule.condition.from, rule.condition.to) = (Moment(text: "2026-11-05"), Moment(text: "2026-11-04"))
        rule.condition.weekdays = [6]
        rule.condition.conditions = [.property("gift", EventTest(op: .exists, operand: .null, isCaseInsensitive: false))]
        rule.terms.expiry = .lastDay(LocalDate(year: 2026, month: 11, day: 3) ?? LocalDate(daysSinceEpoch: 0))
        var event = Self.event([Self.tea])
        event.currency = .usd
        var other = Self.rule("review", 1, by: .event)
        other.trigger = .api("review")
        let plan = try Self.plan(Self.program([rule, other]), event)
        #expect(plan.awards.isEmpty && plan.declined.map(\.name) == ["spend"])
        #expect(plan.declined.first?.reasons.allSatisfy { RefusalWording.all[$0.code] != nil } == true)
        #expect(
            plan.declined.first?.reasons.map(\.code) == [
                "TIER", "CHANNEL", "NOT_STARTED", "EXPIRED", "WEEKDAY", "CONDITION_PROPERTY", "CURRENCY_MISMATCH",
                "EXPIRES_BEFORE_USE",
            ])
    }

    @Test("N5: lines that nobody pays for earn nothing, not even by unit or by event", arguments: [0, 1, 2])
    func unpaid(kind: Int) throws {
        let measure: EarningAmount.Measure = [Self.yuan, .unit, .event][kind]
        let lines = [
            EarningLine(product: "void", units: 0, listAmount: 1_000), EarningLine(product: "free", units: 1, listAmount: 0),
            EarningLine(product: "gift", units: 1, listAmount: 500, discount: 600),
            EarningLine(product: "points", units: 1, listAmount: 500, pointsPaid: 500),
        ]
        let plan = try Self.plan(Self.program([Self.rule("r", 7, by: measure)]), Self.event(lines))
        #expect(plan.points == 0 && plan.declined.first?.reasons.map(\.code) == ["NO_LINES"])
        #expect(try Self.plan(Self.program([Self.rule("r", 7, by: measure)]), Self.event([])).points == 0)
        let paid = try Self.plan(Self.program([Self.rule("r", 7, by: measure)]), Self.event(lines + [Self.cup]))
        #expect(paid.points > 0 && paid.newPoints.map(\.source.line) == ["cup"])
    }

    @Test("What is no order earns by event")
    func reviews() throws {
        let program = Self.program([Self.rule("r", 7, by: .event), Self.rule("m", 7, by: Self.yuan)])
        let plan = try Self.plan(program, Self.event(nil))
        #expect(plan.newPoints.map(\.amount) == [7] && plan.newPoints.first?.source == PointSource(id: "o1", rule: "r"))
    }

    @Test(
        "Points expire at the end of a day, or of its month, in the program's zone",
        arguments: [
            (EarningTerms.Expiry.rolling(months: 24, isRoundedToMonthEnd: true), "2026-11-04T12:00:00+08:00", "2028-12-01"),
            (.rolling(months: 24, isRoundedToMonthEnd: true), "2026-11-30T16:00:00Z", "2029-01-01"),
            (.rolling(months: 3, isRoundedToMonthEnd: false), "2026-11-30T12:00:00+08:00", "2027-03-01"),
            (.lastDay(LocalDate(text: "2026-12-31") ?? .init(daysSinceEpoch: 0)), "2026-11-30T12:00:00+08:00", "2027-01-01"),
            (.never, "2026-11-30T12:00:00+08:00", nil),
        ] as [(EarningTerms.Expiry, String, String?)])
    func expiry(expiry: EarningTerms.Expiry, at: String, end: String?) throws {
        var rule = Self.rule("r", 1, by: .event)
        rule.terms.expiry = expiry
        let plan = try Self.plan(Self.program([rule]), Self.event(nil, at: at))
        #expect(plan.awards.first?.expiresAt == end.flatMap { Instant(rfc3339: $0 + "T00:00:00+08:00") })
    }

    @Test("Amounts beyond what can be counted are refused")
    func overflow() throws {
        var rule = Self.rule("r", 1_000_000_000, by: .money(1, EarningMoney()))
        let line = EarningLine(product: "p", units: 1, listAmount: .max)
        let refusal = #expect(throws: Refusal.self) { try Self.plan(Self.program([rule]), Self.event([line])) }
        #expect(refusal?.reasons.map(\.code) == ["OVERFLOW"])
        rule.base.points = 1
        let two = [line, EarningLine(product: "q", units: 1, listAmount: .max)]
        #expect(throws: Refusal.self) { try Self.plan(Self.program([rule]), Self.event(two)) }
        #expect(try Self.plan(Self.program([rule]), Self.event([line])).points == .max)
    }

    @Test("Every reason has a sentence with what it needs")
    func words() {
        #expect(RefusalWording.earning.keys.allSatisfy { RefusalWording.all[$0] != nil })
        let reason = Refusal.Reason("TIER", ["need": ["gold", "silver"], "have": []])
        #expect(reason.wording.description == "It is for gold, silver alone.")
        let condition = Refusal.Reason("CONDITION_PROPERTY", ["property": "total", "op": ">=", "need": 100, "have": 20])
        #expect(condition.wording.description == "\"total\" should be >= 100, and is 20.")
    }
}
