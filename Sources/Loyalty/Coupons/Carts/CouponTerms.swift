public import Model
import OrderedCollections

/// A template with the days and hours of its zone: what is needed to say whether it counts for a cart.
public struct CouponTerms: Sendable {
    public let template: CouponTemplate
    public let calendar: ZoneCalendar
    /// Why the right that it promises cannot be given here; none when it can, or when it promises none.
    var rightReasons: [Refusal.Reason] = []

    public init(_ template: CouponTemplate, _ calendar: ZoneCalendar) {
        self.template = template
        self.calendar = calendar
    }

    /// - Throws: ``Problem`` when the template's zone is not known here.
    public init(_ template: CouponTemplate) throws(Problem) {
        self.init(template, ZoneCalendar(zone: try TimeZoneTable(identifier: template.zone)))
    }

    /// Whether units of a line count for the coupon.
    public func isEligible(_ line: CouponCart.Line) -> Bool {
        let conditions = template.conditions
        return conditions.products.contains(line.sku)
            && (conditions.categories.only.isEmpty || !conditions.categories.only.isDisjoint(with: line.categories))
            && conditions.categories.except.isDisjoint(with: line.categories)
            && !(conditions.leavesOutDiscounted && line.isDiscounted)
    }

    /// All reasons for which the conditions are not met, measured before any coupon; none when they are.
    ///
    /// - Precondition: the cart has passed ``CouponCart/check()``.
    public func reasons(against cart: CouponCart) -> [Refusal.Reason] {
        var reasons: [Refusal.Reason] = []
        if cart.currency != template.currency {
            reasons.append(
                Refusal.Reason(
                    "CURRENCY_MISMATCH", ["need": .string(template.currency.code), "have": .string(cart.currency.code)]))
        }
        if let reason = hoursReason(at: cart.instant) { reasons.append(reason) }
        return reasons + amountReasons(cart) + memberReasons(cart) + rightReasons
    }

    private func hoursReason(at instant: Instant) -> Refusal.Reason? {
        let conditions = template.conditions
        let seconds = instant.microseconds.flooredQuotient(by: .microsecondsPerSecond) + calendar.zone.offsetSeconds(at: instant)
        let minute = Int((seconds - seconds.flooredQuotient(by: 86_400) * 86_400) / 60)
        let weekday = calendar.date(at: instant).isoWeekday
        let isOpen =
            (conditions.weekdays.isEmpty || conditions.weekdays.contains(weekday))
            && (conditions.hours.isEmpty || conditions.hours.contains { $0.from <= minute && minute < $0.until })
        if isOpen { return nil }
        let have = "\(weekday) \(minute.clockText)"
        return Refusal.Reason("OUTSIDE_HOURS", ["have": .string(have), "zone": .string(template.zone)], isRetryable: true)
    }

    private func amountReasons(_ cart: CouponCart) -> [Refusal.Reason] {
        let conditions = template.conditions
        let eligible = cart.lines.filter(isEligible)
        // The cart has been checked: these sums are within Int64.
        let spend = eligible.reduce(0) { $0 + $1.amount }
        let units = eligible.reduce(0) { $0 + $1.units }
        var reasons: [Refusal.Reason] = []
        func compare(_ code: String, _ need: Int64?, _ have: Int64, _ isMet: (Int64, Int64) -> Bool) {
            guard let need, !isMet(have, need) else { return }
            reasons.append(Refusal.Reason("CONDITION_" + code, ["need": .int(need), "have": .int(have)]))
        }
        compare("SPEND_MIN", conditions.spendMin, spend, >=)
        compare("SPEND_MAX", conditions.spendMax, spend, <=)
        compare("UNITS_MIN", conditions.unitsMin, units, >=)
        compare("UNITS_MAX", conditions.unitsMax, units, <=)
        let choosesGoods =
            !conditions.products.isEverything || !conditions.categories.isEverything || conditions.leavesOutDiscounted
        if units == 0, choosesGoods { reasons.append(Refusal.Reason("CONDITION_PRODUCTS", ["have": 0])) }
        return reasons
    }

    private func memberReasons(_ cart: CouponCart) -> [Refusal.Reason] {
        let conditions = template.conditions
        var reasons: [Refusal.Reason] = []
        func names(_ code: String, _ need: Set<String>, _ have: String?) {
            guard !need.isEmpty, !(have.map(need.contains) ?? false) else { return }
            reasons.append(
                Refusal.Reason("CONDITION_" + code, ["need": .names(need), "have": have.map { .string($0) } ?? .null]))
        }
        names("TIER", conditions.tiers, cart.tier)
        names("CHANNEL", conditions.channels, cart.channel)
        names("STORE", conditions.stores, cart.store)
        let missing = conditions.tags.subtracting(cart.tags)
        if !missing.isEmpty { reasons.append(Refusal.Reason("CONDITION_TAGS", ["need": .names(missing)])) }
        if conditions.isFirstOrderOnly, !cart.isFirstOrder { reasons.append(Refusal.Reason("CONDITION_FIRST_ORDER")) }
        return reasons
    }
}

extension JSONValue {
    static func names(_ names: Set<String>) -> JSONValue { .array(names.sorted().map { .string($0) }) }
}
