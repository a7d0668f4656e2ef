public import Model

extension CouponTemplate {
    /// As ``init(json:)`` reads it; what is not set is left out, sets are sorted.
    public var json: JSONValue {
        var out = JSONMembers()
        out.put("name", key.name)
        out.put("version", key.version)
        out.put("currency", currency.code)
        out.put("zone", zone)
        out.put("effect", effect.json(currency))
        out.put("conditions", conditions.json(currency))
        out.put("validity", validity.json)
        out.put("cost_bearer", costBearer.json)
        out.put("refund", refundPolicy.rawValue)
        out.put("transferable", isTransferable)
        out.put("uses", useCount)
        out.put("stacking", stacking.json)
        out.put("limits", .array(limits.map { $0.json(currency) }))
        return out.json
    }
}

extension CouponEffect {
    fileprivate func json(_ currency: Currency) -> JSONValue {
        var out = JSONMembers()
        switch self {
        case .amount(let amount, let target):
            out.put("kind", "amount")
            out.put("amount", amount.json(currency))
            target.write(to: &out)
        case .percent(let percent, let target, let cap):
            out.put("kind", "percent")
            out.put("percent", percent.text)
            target.write(to: &out)
            out.putPresent("cap", cap?.json(currency))
        case .fixedPrice(let price, let max):
            out.put("kind", "fixed_price")
            out.put("price", price.json(currency))
            out.putPresent("units_max", max.map { .int($0) })
        case .gift(let sku, let units):
            out.put("kind", "gift")
            out.put("sku", sku)
            out.put("units", .int(units))
        case .freeShipping(let cap):
            out.put("kind", "free_shipping")
            out.putPresent("cap", cap?.json(currency))
        case .priority(let weight, let benefit, let days):
            out.put("kind", "priority")
            out.put("weight", .int(weight))
            out.putPresent("benefit", benefit.map { .string($0) })
            out.putPresent("days", days.map { .int($0) })
        case .status(let status, let days):
            out.put("kind", "status")
            out.put("status", status)
            out.put("days", .int(days))
        }
        return out.json
    }
}

extension CouponEffect.Target {
    fileprivate func write(to out: inout JSONMembers) {
        switch self {
        case .order: out.put("on", "order")
        case .units(let max):
            out.put("on", "units")
            out.putPresent("units_max", max.map { .int($0) })
        }
    }
}

extension CouponConditions {
    fileprivate func json(_ currency: Currency) -> JSONValue {
        var out = JSONMembers()
        out.putFilled("spend", range(spendMin?.json(currency), spendMax?.json(currency)))
        out.putFilled("units", range(unitsMin.map { .int($0) }, unitsMax.map { .int($0) }))
        out.putFilled("products", products.json)
        out.putFilled("categories", categories.json)
        if leavesOutDiscounted { out.put("undiscounted_only", true) }
        out.putFilled("weekdays", .array(weekdays.sorted().map { .int(Int64($0)) }))
        out.putFilled("hours", .array(hours.map(\.json)))
        if isFirstOrderOnly { out.put("first_order_only", true) }
        out.putFilled("tiers", .sorted(tiers))
        out.putFilled("tags", .sorted(tags))
        out.putFilled("channels", .sorted(channels))
        out.putFilled("stores", .sorted(stores))
        return out.json
    }

    private func range(_ min: JSONValue?, _ max: JSONValue?) -> JSONValue {
        var out = JSONMembers()
        out.putPresent("min", min)
        out.putPresent("max", max)
        return out.json
    }
}

extension CouponConditions.Choice {
    fileprivate var json: JSONValue {
        var out = JSONMembers()
        out.putFilled("only", .sorted(only))
        out.putFilled("except", .sorted(except))
        return out.json
    }
}

extension CouponConditions.Hours {
    fileprivate var json: JSONValue { ["from": .string(from.clockText), "until": .string(until.clockText)] }
}

extension CouponValidity {
    fileprivate var json: JSONValue {
        var out = JSONMembers()
        out.putPresent("first_day", firstDay.map { .string($0.text) })
        out.putPresent("last_day", lastDay.map { .string($0.text) })
        out.putPresent("days", days.map { .int(Int64($0)) })
        return out.json
    }
}

extension CouponCostBearer {
    fileprivate var json: JSONValue {
        switch self {
        case .brand: ["kind": "brand"]
        case .partner(let name): ["kind": "partner", "name": .string(name)]
        case .store(let name): ["kind": "store", "name": .string(name)]
        }
    }
}

extension CouponStacking {
    fileprivate var json: JSONValue {
        var out = JSONMembers()
        if !group.isEmpty { out.put("group", group) }
        out.putPresent("with", consents.map { .sorted($0) })
        out.put("exclusive", isExclusive)
        out.put("priority", priority)
        var maxima = JSONMembers()
        for kind in CouponClass.allCases { maxima.putPresent(kind.rawValue, classMaxima[kind].map { .int(Int64($0)) }) }
        out.putFilled("class_max", maxima.json)
        return out.json
    }
}

extension CouponLimit {
    fileprivate func json(_ currency: Currency) -> JSONValue {
        [
            "name": .string(name), "measure": .string(measure.rawValue), "per": .string(subject.rawValue),
            "period": .string(period.rawValue), "max": measure == .money ? max.json(currency) : .int(max),
        ]
    }
}

extension Int64 {
    fileprivate func json(_ currency: Currency) -> JSONValue { .string(Money(minorUnits: self, currency: currency).decimalText) }
}

extension Int {
    /// A minute of the day as `09:00`.
    var clockText: String { "\(self < 600 ? "0" : "")\(self / 60):\(self % 60 < 10 ? "0" : "")\(self % 60)" }
}

extension JSONValue {
    fileprivate static func sorted(_ names: Set<String>) -> JSONValue { .array(names.sorted().map { .string($0) }) }
}

extension JSONMembers {
    fileprivate mutating func putPresent(_ key: String, _ value: JSONValue?) {
        if let value { put(key, value) }
    }

    /// Leaves out what is empty.
    fileprivate mutating func putFilled(_ key: String, _ value: JSONValue) {
        if value != [:], value != [] { put(key, value) }
    }
}
