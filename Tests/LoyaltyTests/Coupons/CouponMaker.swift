import Model

@testable import Loyalty

/// Random templates and carts, small enough that they often fit each other.
struct CouponMaker {
    var random: SplitMix64
    let currency = Currency.cny

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func number(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &random) }
    mutating func chance(_ part: Int) -> Bool { Int.random(in: 0 ..< part, using: &random) == 0 }
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[Int.random(in: 0 ..< elements.count, using: &random)] }
    mutating func some(_ names: [String]) -> Set<String> { Set(names.filter { _ in chance(2) }) }

    private static let skus = ["tea", "cup", "pot", "cake"]

    mutating func cart(lines: Int = 5, at instant: Instant = .epoch) -> CouponCart {
        let lines = (0 ..< number(1 ... Int64(lines))).map { index in
            CouponCart.Line(
                id: "l\(index)", sku: pick(CouponMaker.skus), categories: some(["drink", "ware"]), units: number(1 ... 4),
                unitPrice: pick([0, 1, 99, 105, 205, 305, 405, 999, 5_000, number(0 ... 20_000)]), isDiscounted: chance(3))
        }
        var cart = CouponCart(currency: currency, lines: lines, at: instant)
        for index in cart.lines.indices where chance(4) {
            cart.lines[index].dearerUnits = number(0 ... cart.lines[index].units - 1)
        }
        cart.shipping = number(0 ... 3) * 500
        cart.member = "m"
        cart.tier = pick(["gold", "silver"])
        cart.isFirstOrder = chance(2)
        return cart
    }

    mutating func effect() -> CouponEffect {
        let target = chance(2) ? CouponEffect.Target.order : .units(max: chance(2) ? nil : number(1 ... 4))
        switch number(0 ... 9) {
        case 0, 1, 2: return .amount(number(1 ... 3_000), on: target)
        case 3, 4, 5:
            return .percent(CouponPercent(hundredths: number(1 ... 10_000)), on: target, cap: chance(2) ? nil : number(1 ... 2_000))
        case 6: return .fixedPrice(number(1 ... 2_000), unitsMax: chance(2) ? nil : number(1 ... 3))
        case 7: return .gift(sku: "mug", units: number(1 ... 2))
        case 8: return .freeShipping(cap: chance(2) ? nil : number(1 ... 1_000))
        default:
            if chance(3) { return .priority(weight: number(1 ... 5)) }
            return chance(2)
                ? .priority(weight: number(1 ... 5), of: "queue", days: number(1 ... 30)) : .status("vip", days: number(1 ... 30))
        }
    }

    mutating func template(_ name: String = "t", zone: String = "Asia/Shanghai") -> CouponTemplate {
        var template = CouponTemplate(key: .init(name: name, version: 1), currency: currency, zone: zone, effect: effect())
        if chance(3) { template.conditions.spendMin = number(1 ... 10_000) }
        if chance(5) { template.conditions.spendMax = number(10_000 ... 30_000) }
        if chance(5) { template.conditions.unitsMin = number(1 ... 4) }
        if chance(8) { template.conditions.unitsMax = number(4 ... 9) }
        if chance(4) { template.conditions.products.only = some(CouponMaker.skus) }
        if chance(4) { template.conditions.categories.except = some(["ware"]) }
        if chance(5) { template.conditions.leavesOutDiscounted = true }
        if chance(5) { template.conditions.tiers = ["gold"] }
        if chance(5) { template.conditions.isFirstOrderOnly = true }
        if chance(4) { template.stacking.group = pick(["a", "b"]) }
        if chance(3) { template.stacking.consents = some(["a", "b"]) }
        if chance(8) { template.stacking.classMaxima = [pick(CouponClass.allCases): 1] }
        if chance(10) { template.stacking = CouponStacking(isExclusive: true) }
        template.stacking.priority = Int(number(0 ... 2))
        return template
    }

    mutating func candidates(_ count: Int) -> [CouponCandidate] {
        (0 ..< count).map { CouponCandidate(id: "c\($0)", terms: CouponTerms(template("t\($0)"), .utc)) }
    }
}

extension CouponStacking {
    init(isExclusive: Bool) {
        self.init()
        self.isExclusive = isExclusive
    }
}

extension ZoneCalendar {
    static let utc = ZoneCalendar(zone: .utc)
}

extension CouponTemplate {
    static func simple(_ effect: CouponEffect, _ currency: Currency = .cny, zone: String = "UTC") -> CouponTemplate {
        CouponTemplate(key: .init(name: "simple", version: 1), currency: currency, zone: zone, effect: effect)
    }

    var candidate: CouponCandidate { CouponCandidate(id: key.name, terms: CouponTerms(self, .utc)) }
}

extension CouponCart {
    /// Lines a, b, c … of one unit each.
    static func of(_ prices: [Int64], _ currency: Currency = .cny) -> CouponCart {
        let lines = prices.enumerated().map {
            Line(id: String(UnicodeScalar(UInt8(97 + $0.offset))), sku: "tea", unitPrice: $0.element)
        }
        return CouponCart(currency: currency, lines: lines, at: .epoch)
    }
}
