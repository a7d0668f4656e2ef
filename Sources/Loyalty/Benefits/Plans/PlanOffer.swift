public import Model
import OrderedCollections

/// A plan that can be bought: what it costs for how long, and which benefits it gives.
///
/// Each change is a version. Who has bought one keeps the version that was shown at the purchase.
public struct PlanOffer: Hashable, Sendable {
    /// One benefit of it.
    public struct Part: Hashable, Sendable {
        /// The key of the benefit.
        public let benefit: String
        /// nil for the amount of the benefit.
        public var amount: Int64?
        /// What one use would have cost, in minor units; nil for what the benefit says.
        public var listPrice: Int64?

        public init(_ benefit: String, amount: Int64? = nil, listPrice: Int64? = nil) {
            self.benefit = benefit
            self.amount = amount
            self.listPrice = listPrice
        }
    }

    /// For programs, such as `gold`.
    public let key: String
    public let name: Benefit.Name
    /// Its list prices follow from the parts.
    public var terms: PaidPlanTerms
    public var parts: [Part]

    public init(key: String, name: Benefit.Name, terms: PaidPlanTerms, parts: [Part]) {
        self.key = key
        self.name = name
        self.terms = terms
        self.parts = parts
    }
}

extension PlanOffer {
    private static let members = [
        "key", "name", "fee", "interval", "zone", "trial_days", "grace_days", "notice_days", "promises_savings", "benefits",
    ]
    private static let partsMax = 20

    /// Reads `{"key", "name": {"en", "zh"}, "fee", "interval", "trial_days", "grace_days", "notice_days", "promises_savings",
    /// "benefits": [{"benefit", "amount", "list_price"}]}`; what has a standard can be left out.
    ///
    /// - Parameter zone: In which its days begin, unless the object says it.
    /// - Throws: ``Problem`` with code `bad_benefit`, its place the JSON pointer of what was refused.
    public init(json: JSONValue, zone: TimeZoneTable) throws(Problem) {
        let reader = BenefitReader(json)
        try reader.allow(PlanOffer.members)
        let name = try reader.required("name")
        try name.allow(["en", "zh"])
        let own = try reader.optional("zone").map { reader throws(Problem) in
            try TimeZoneTable(identifier: try reader.text())
        }
        var terms = PaidPlanTerms(fee: try reader.required("fee").whole(from: 0), zone: own ?? zone)
        if let interval = reader.optional("interval") { terms.interval = try interval.choice() }
        if let days = reader.optional("trial_days") { terms.trialDays = Int(try days.whole(from: 0)) }
        if let days = reader.optional("grace_days") { terms.graceDays = Int(try days.whole(from: 0)) }
        if let days = reader.optional("notice_days") { terms.noticeDays = Int(try days.whole(from: 0)) }
        if let promise = reader.optional("promises_savings") { terms.promisesSavings = try promise.flag() }
        let list = try reader.required("benefits")
        var parts: [Part] = []
        for element in try list.list() {
            try element.allow(["benefit", "amount", "list_price"])
            let benefit = try element.required("benefit")
            let part = Part(
                try benefit.key(), amount: try element.optional("amount")?.whole(from: 1),
                listPrice: try element.optional("list_price")?.whole(from: 0))
            guard !parts.contains(where: { $0.benefit == part.benefit }) else {
                throw BenefitReader.refused("A plan gives each benefit once.", benefit.pointer)
            }
            parts.append(part)
        }
        guard (1 ... PlanOffer.partsMax).contains(parts.count) else {
            throw BenefitReader.refused("A plan gives 1 to \(PlanOffer.partsMax) benefits.", list.pointer)
        }
        terms.listPrices = PlanOffer.prices(parts)
        self.init(
            key: try reader.required("key").key(),
            name: Benefit.Name(english: try name.required("en").text(), chinese: try name.required("zh").text()), terms: terms,
            parts: parts)
    }

    static func prices(_ parts: [Part]) -> [String: Int64] {
        parts.reduce(into: [:]) { prices, part in prices[part.benefit] = part.listPrice }
    }

    /// As ``init(json:zone:)`` reads it, every member written.
    public var json: JSONValue {
        var members = JSONMembers()
        members.put("key", key)
        members.put("name", ["en": .string(name.english), "zh": .string(name.chinese)])
        members.put("fee", .int(terms.fee))
        members.put("interval", terms.interval.rawValue)
        members.put("zone", terms.zone.identifier)
        members.put("trial_days", terms.trialDays)
        members.put("grace_days", terms.graceDays)
        members.put("notice_days", terms.noticeDays)
        members.put("promises_savings", terms.promisesSavings)
        members.put(
            "benefits",
            .array(
                parts.map {
                    [
                        "benefit": .string($0.benefit), "amount": .optional($0.amount), "list_price": .optional($0.listPrice),
                    ]
                }))
        return members.json
    }
}

extension BenefitReader {
    fileprivate func flag() throws(Problem) -> Bool {
        guard let flag = value.boolValue else { throw expected("true or false") }
        return flag
    }
}
