public import Model

extension CouponTemplate {
    private static let members = [
        "name", "version", "currency", "zone", "effect", "conditions", "validity", "cost_bearer", "refund", "transferable", "uses",
        "stacking", "limits",
    ]
    private static let limitsMax = 20

    /// Reads a template and refuses what it cannot keep; the shape is that of ``json``.
    ///
    /// - Throws: ``Problem`` with code `bad_coupon_template`; its place is the JSON pointer of what was refused.
    public init(json: JSONValue) throws(Problem) {
        try self.init(kept: json)
        try checkContradictions()
    }

    /// Reads a template that was checked when it was made: what is refused since then still stands.
    init(kept json: JSONValue) throws(Problem) {
        let reader = try CouponReader(json).object(CouponTemplate.members)
        let code = try reader.required("currency")
        guard let currency = Currency(code: try code.text()) else {
            throw code.refused("A currency has three letters, such as CNY.")
        }
        self.init(
            key: CouponTemplateKey(
                name: try reader.required("name").name(),
                version: Int(try reader.optional("version")?.integer(1 ... 1_000_000) ?? 1)),
            currency: currency, zone: try reader.required("zone").name(),
            effect: try CouponEffect(reader.required("effect"), currency))
        if let conditions = reader.optional("conditions") { self.conditions = try CouponConditions(conditions, currency) }
        if let validity = reader.optional("validity") { self.validity = try CouponValidity(validity) }
        if let bearer = reader.optional("cost_bearer") { costBearer = try CouponCostBearer(bearer) }
        if let refund = reader.optional("refund") { refundPolicy = try refund.choice(CouponRefundPolicy.self) }
        if let transferable = reader.optional("transferable") { isTransferable = try transferable.flag() }
        if let uses = reader.optional("uses") { useCount = Int(try uses.integer(1 ... 1_000)) }
        if let stacking = reader.optional("stacking") { self.stacking = try CouponStacking(stacking) }
        for (index, limit) in (try reader.optional("limits")?.list() ?? []).enumerated() {
            guard index < CouponTemplate.limitsMax else {
                throw limit.refused("At most \(CouponTemplate.limitsMax) limits can be set.")
            }
            limits.append(try CouponLimit(limit, currency))
        }
    }
}

extension CouponEffect {
    private enum Kind: String, CaseIterable {
        case amount, percent, gift, priority, status
        case fixedPrice = "fixed_price"
        case freeShipping = "free_shipping"

        var keys: [String] {
            switch self {
            case .amount: ["amount", "on", "units_max"]
            case .percent: ["percent", "on", "units_max", "cap"]
            case .fixedPrice: ["price", "units_max"]
            case .gift: ["sku", "units"]
            case .freeShipping: ["cap"]
            case .priority: ["weight", "benefit", "days"]
            case .status: ["status", "days"]
            }
        }
    }

    fileprivate init(_ reader: CouponReader, _ currency: Currency) throws(Problem) {
        let kind = try reader.required("kind").choice(Kind.self)
        let reader = try reader.object(["kind"] + kind.keys)
        switch kind {
        case .amount: self = .amount(try reader.required("amount").money(currency), on: try Target(reader))
        case .percent:
            self = .percent(
                CouponPercent(hundredths: try reader.required("percent").decimal(2, 1 ... 10_000)), on: try Target(reader),
                cap: try reader.optional("cap")?.money(currency))
        case .fixedPrice:
            self = .fixedPrice(try reader.required("price").money(currency, min: 0), unitsMax: try reader.unitsMax())
        case .gift:
            self = .gift(
                sku: try reader.required("sku").name(),
                units: try reader.optional("units")?.integer(1 ... CouponReader.countMax) ?? 1)
        case .freeShipping: self = .freeShipping(cap: try reader.optional("cap")?.money(currency))
        case .priority:
            let weight = try reader.required("weight").integer(1 ... 1_000_000)
            guard reader.optional("benefit") != nil || reader.optional("days") != nil else {
                self = .priority(weight: weight)
                return
            }
            self = .priority(
                weight: weight, of: try reader.required("benefit").name(),
                days: try reader.required("days").integer(1 ... 36_500))
        case .status:
            self = .status(try reader.required("status").name(), days: try reader.required("days").integer(1 ... 36_500))
        }
    }
}

extension CouponEffect.Target {
    private enum Kind: String, CaseIterable { case units, order }

    fileprivate init(_ reader: CouponReader) throws(Problem) {
        switch try reader.optional("on")?.choice(Kind.self) ?? .order {
        case .units: self = .units(max: try reader.unitsMax())
        case .order:
            if let max = reader.optional("units_max") { throw max.refused("A number of units needs \"on\": \"units\".") }
            self = .order
        }
    }
}

extension CouponReader {
    fileprivate func unitsMax() throws(Problem) -> Int64? { try optional("units_max")?.integer(1 ... CouponReader.countMax) }
}

extension CouponConditions {
    private static let members = [
        "spend", "units", "products", "categories", "undiscounted_only", "weekdays", "hours", "first_order_only", "tiers", "tags",
        "channels", "stores",
    ]
    private static let hoursMax = 24

    fileprivate init(_ reader: CouponReader, _ currency: Currency) throws(Problem) {
        let reader = try reader.object(CouponConditions.members)
        if let spend = try reader.optional("spend")?.object(["min", "max"]) {
            spendMin = try spend.optional("min")?.money(currency)
            spendMax = try spend.optional("max")?.money(currency)
        }
        if let units = try reader.optional("units")?.object(["min", "max"]) {
            unitsMin = try units.optional("min")?.integer(1 ... CouponReader.countMax)
            unitsMax = try units.optional("max")?.integer(1 ... CouponReader.countMax)
        }
        if let products = reader.optional("products") { self.products = try Choice(products) }
        if let categories = reader.optional("categories") { self.categories = try Choice(categories) }
        leavesOutDiscounted = try reader.optional("undiscounted_only")?.flag() ?? false
        for day in try reader.optional("weekdays")?.list() ?? [] {
            guard weekdays.insert(Int(try day.integer(1 ... 7))).inserted else { throw day.refused("This day stands here twice.") }
        }
        if weekdays.count == 7 { weekdays = [] }
        for (index, hours) in (try reader.optional("hours")?.list() ?? []).enumerated() {
            guard index < CouponConditions.hoursMax else { throw hours.refused("At most \(CouponConditions.hoursMax) can be set.") }
            let hours = try hours.object(["from", "until"])
            self.hours.append(Hours(from: try hours.required("from").minute(), until: try hours.required("until").minute()))
        }
        hours.sort()
        isFirstOrderOnly = try reader.optional("first_order_only")?.flag() ?? false
        tiers = try reader.names("tiers")
        tags = try reader.names("tags")
        channels = try reader.names("channels")
        stores = try reader.names("stores")
    }
}

extension CouponConditions.Choice {
    fileprivate init(_ reader: CouponReader) throws(Problem) {
        let reader = try reader.object(["only", "except"])
        self.init(only: try reader.names("only"), except: try reader.names("except"))
    }
}

extension CouponValidity {
    fileprivate init(_ reader: CouponReader) throws(Problem) {
        let reader = try reader.object(["first_day", "last_day", "days"])
        self.init(
            firstDay: try reader.optional("first_day")?.date(), lastDay: try reader.optional("last_day")?.date(),
            days: (try reader.optional("days")?.integer(0 ... 36_500)).map { Int($0) })
    }
}

extension CouponCostBearer {
    private enum Kind: String, CaseIterable { case brand, partner, store }

    fileprivate init(_ reader: CouponReader) throws(Problem) {
        switch try reader.required("kind").choice(Kind.self) {
        case .brand:
            _ = try reader.object(["kind"])
            self = .brand
        case .partner: self = .partner(try reader.object(["kind", "name"]).required("name").name())
        case .store: self = .store(try reader.object(["kind", "name"]).required("name").name())
        }
    }
}

extension CouponStacking {
    fileprivate init(_ reader: CouponReader) throws(Problem) {
        let reader = try reader.object(["group", "with", "exclusive", "priority", "class_max"])
        group = try reader.optional("group")?.name() ?? ""
        consents = try reader.optional("with")?.names()
        isExclusive = try reader.optional("exclusive")?.flag() ?? false
        priority = Int(try reader.optional("priority")?.integer(-1_000_000 ... 1_000_000) ?? 0)
        if let maxima = try reader.optional("class_max")?.object(CouponClass.allCases.map(\.rawValue)) {
            for kind in CouponClass.allCases {
                guard let max = maxima.optional(kind.rawValue) else { continue }
                classMaxima[kind] = Int(try max.integer(0 ... 100))
            }
        }
    }
}

extension CouponLimit {
    fileprivate init(_ reader: CouponReader, _ currency: Currency) throws(Problem) {
        let reader = try reader.object(["name", "measure", "per", "period", "max"])
        let measure = try reader.required("measure").choice(Measure.self)
        let max = try reader.required("max")
        self.init(
            try reader.required("name").name(), measure, per: try reader.optional("per")?.choice(Subject.self) ?? .everybody,
            period: try reader.optional("period")?.choice(Period.self) ?? .ever,
            max: measure == .money ? try max.money(currency) : try max.integer(1 ... CouponReader.countMax))
    }
}
