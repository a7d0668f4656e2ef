public import Model
import OrderedCollections

extension Problem.Code {
    /// A benefit that cannot be; the place points at the part.
    public static let badBenefit = Problem.Code("bad_benefit")
}

extension Benefit {
    /// Reads `{"key", "name": {"en", "zh"}, "kind", "template" | "stock" | "weight", "period", "zone", "quota", "carry_over_max",
    /// "combine", "on_upgrade", "on_downgrade", "places": [place], "list_price"}`; the last nine can be left out.
    ///
    /// - Parameters:
    ///   - home: The zone of a period that names none; nil when it has to name one.
    ///   - zone: Knows a time zone by its name.
    /// - Throws: ``Problem`` with code `bad_benefit`, its place the JSON pointer of what was refused, or what `zone` says.
    public init(
        json: JSONValue, home: TimeZoneTable? = nil, zone: (String) throws(Problem) -> TimeZoneTable
    ) throws(Problem) {
        let reader = BenefitReader(json)
        try reader.allow([
            "key", "name", "kind", "template", "stock", "weight", "period", "zone", "quota", "carry_over_max", "combine",
            "on_upgrade",
            "on_downgrade", "places", "list_price",
        ])
        let name = try reader.required("name")
        try name.allow(["en", "zh"])
        self.init(
            key: try reader.required("key").key(),
            name: Name(english: try name.required("en").text(), chinese: try name.required("zh").text()),
            kind: try reader.kind())
        period = try reader.period(in: home, zone)
        quota = try reader.optional("quota")?.whole(from: 1)
        if let max = reader.optional("carry_over_max") { carryOverMax = try max.whole(from: 0) }
        if let combine = reader.optional("combine") { combination = try combine.choice() }
        if let upgrade = reader.optional("on_upgrade") { onUpgrade = try Benefit.upgrade(upgrade) }
        if let downgrade = reader.optional("on_downgrade") { onDowngrade = try Benefit.downgrade(downgrade) }
        if let list = reader.optional("places") {
            for place in try list.list() { places.insert(try place.key()) }
        }
        listPrice = try reader.optional("list_price")?.whole(from: 0)
        if case .once = kind { quota = quota ?? 1 }
        if let contradiction = contradiction { throw BenefitReader.refused(contradiction.wording, contradiction.place) }
    }

    /// As ``init(json:home:zone:)`` reads it; what is not set is left out.
    public var json: JSONValue {
        var members: OrderedDictionary<String, JSONValue> = [
            "key": .string(key), "name": ["en": .string(name.english), "zh": .string(name.chinese)], "kind": .string(kind.word),
        ]
        switch kind {
        case .issueCoupon(let template): members["template"] = .string(template)
        case .physicalGift(let stock): members["stock"] = .string(stock)
        case .priority(let weight): members["weight"] = .int(weight)
        case .onOff, .metered, .once, .status: break
        }
        if let period {
            members["period"] = .string(period.interval.rawValue)
            members["zone"] = .string(period.zone.identifier)
        }
        members["quota"] = quota.map { .int($0) }
        members["carry_over_max"] = carryOverMax == 0 ? nil : .int(carryOverMax)
        members["combine"] = .string(combination.rawValue)
        members["on_upgrade"] = "top_up_difference"
        members["on_downgrade"] = .string(Benefit.downgradeWords.first { $0.downgrade == onDowngrade }?.word ?? "cut")
        members["places"] = places.isEmpty ? nil : .array(places.sorted().map { .string($0) })
        members["list_price"] = listPrice.map { .int($0) }
        return .object(members)
    }

    /// What cannot be true together, and where it is written; nil when all of it can.
    public var contradiction: (wording: Wording, place: String)? {
        if kind.isCounted, combination == .any {
            return ("What is counted is combined by \"max\" or \"sum\", not by \"any\".", "/combine")
        }
        if kind == .onOff || kind == .status, combination != .any {
            return ("What somebody has or has not is combined by \"any\".", "/combine")
        }
        if kind.weight != nil, combination == .any { return ("Weights are combined by \"max\" or \"sum\".", "/combine") }
        if !kind.isCounted, quota != nil { return ("Nothing is counted of this kind: it has no quota.", "/quota") }
        if kind == .once, period != nil { return ("What is given once has no period.", "/period") }
        if kind == .once, quota != 1 { return ("What is given once has a quota of 1.", "/quota") }
        if carryOverMax > 0, period == nil || quota == nil {
            return ("Only a quota of a period can be carried over.", "/carry_over_max")
        }
        if onDowngrade != .cut, period == nil {
            return ("Without a period a grant that ends is cut.", "/on_downgrade")
        }
        return nil
    }

    private static let downgradeWords: [(word: String, downgrade: Downgrade)] = [
        ("keep_to_period_end", .keepToPeriodEnd), ("prorate", .prorate), ("cut", .cut),
    ]

    private static func upgrade(_ reader: BenefitReader) throws(Problem) -> Upgrade {
        guard reader.value.stringValue == "top_up_difference" else { throw reader.expected("\"top_up_difference\"") }
        return .topUpDifference
    }

    private static func downgrade(_ reader: BenefitReader) throws(Problem) -> Downgrade {
        guard let known = downgradeWords.first(where: { $0.word == reader.value.stringValue }) else {
            throw reader.expected("One of \"keep_to_period_end\", \"prorate\", \"cut\"")
        }
        return known.downgrade
    }
}
