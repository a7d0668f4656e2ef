import Model

@testable import Loyalty

/// Random programs, events and members.
struct EarningWorld {
    var random: SplitMix64
    static let calendar = ZoneCalendar(zone: TimeZoneTable(identifier: "Asia/Shanghai", transitions: [], offsets: [28_800]))
    static let frame = EarningFrame(points: PointCurrency(key: "points"), calendar: calendar)
    static let start = Instant(rfc3339: "2026-11-01T00:00:00+08:00") ?? .epoch

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func chance(_ of: Int) -> Bool { random.below(of) == 0 }

    mutating func number(_ range: ClosedRange<Int64>) -> Int64 {
        range.lowerBound + Int64(random.below(Int(range.upperBound - range.lowerBound + 1)))
    }

    // MARK: - Programs

    /// - Parameter isPlain: Only amounts of money and units, without conditions, caps or claims.
    mutating func program(isPlain: Bool = false) -> EarningProgram {
        var program = EarningProgram(id: "club", name: "Club", currency: .cny)
        program.pricesIncludeTax = chance(2)
        program.factorMode = chance(2) ? .max : .product
        if !isPlain {
            program.factors = (0 ..< random.below(3)).map { factor("p\($0)") }
            program.caps = caps()
        }
        program.rules = (0 ..< 1 + random.below(4)).map { rule("r\($0)", isPlain: isPlain) }
        return program
    }

    private mutating func rule(_ id: String, isPlain: Bool) -> EarningRule {
        let isExclusive = !isPlain && chance(3)
        var rule = EarningRule(
            id: id, name: id, trigger: .event("Order Completed"), base: amount(isPlain: isPlain || isExclusive))
        rule.claim = isExclusive ? .exclusive : .shared
        if isPlain { return rule }
        if chance(3) { rule.condition = condition() }
        rule.bonuses = (0 ..< random.below(3)).map { EarningBonus("b\($0)", amount(isPlain: false), when: condition()) }
        rule.factors = (0 ..< random.below(3)).map { factor("f\($0)") }
        rule.priority = chance(3) ? number(-1 ... 1) : 0
        rule.caps = caps()
        if chance(4) { rule.terms.pending = .days(14) }
        return rule
    }

    private mutating func amount(isPlain: Bool) -> EarningAmount {
        let measures: [EarningAmount.Measure] = [.money([100, 300, 700, 1_000][random.below(4)], money()), .unit, .event]
        var amount = EarningAmount(number(1 ... 20), by: measures[random.below(isPlain ? 2 : 3)])
        if chance(3) { amount.lines.categories = ["tea"] }
        if chance(5) { amount.lines.barredProducts = ["p1"] }
        return amount
    }

    private mutating func money() -> EarningMoney {
        var money = EarningMoney()
        money.tax = chance(2) ? .included : .excluded
        money.discounts = chance(2) ? .before : .after
        money.pointsPaid = chance(2) ? .counted : .subtracted
        return money
    }

    private mutating func factor(_ name: String) -> EarningFactor {
        EarningFactor(name, thousandths: [500, 1_000, 1_250, 2_000, 3_333][random.below(5)], when: condition())
    }

    private mutating func condition() -> EarningGuard {
        var condition = EarningGuard()
        if chance(3) { condition.tiers = ["gold"] }
        if chance(5) { condition.channels = ["app"] }
        if chance(4) {
            let test = EventTest(op: .greaterOrEqual, operand: 100, isCaseInsensitive: false)
            condition.conditions = [.property("total", test)]
        }
        return condition
    }

    private mutating func caps() -> EarningCaps {
        var caps = EarningCaps()
        if chance(4) { caps.event = number(0 ... 300) }
        if chance(3) { caps.member.append(.init(number(0 ... 500), per: .day)) }
        if chance(4) { caps.member.append(.init(number(0 ... 900), per: .month)) }
        if chance(4) { caps.budget = number(0 ... 2_000) }
        return caps
    }

    // MARK: - Events

    mutating func member() -> EarningMember {
        EarningMember(id: "m\(random.below(4))", tiers: chance(2) ? ["gold"] : ["silver"], tags: chance(2) ? ["vip"] : [])
    }

    mutating func event(_ number: Int = 0) -> EarningEvent {
        let at = EarningWorld.start.advanced(byMicroseconds: self.number(0 ... 60) * .microsecondsPerHour)
        var event = EarningEvent(
            .event("Order Completed"), source: "o\(number)", at: at, properties: ["total": .int(self.number(0 ... 300))])
        event.channel = chance(2) ? "app" : "shop"
        event.currency = chance(12) ? .usd : .cny
        event.lines = (0 ..< random.below(5)).map { line("p\($0)") }
        return event
    }

    private mutating func line(_ product: String) -> EarningLine {
        let units = chance(8) ? 0 : number(1 ... 4)
        let amount = units * number(0 ... 9_999)
        return EarningLine(
            product: product, categories: chance(2) ? ["tea"] : ["cup"], units: units, listAmount: amount,
            discount: chance(3) ? number(0 ... 12_000) : 0, tax: amount / 10, pointsPaid: chance(4) ? number(0 ... 12_000) : 0)
    }
}
