public import Model

/// One way to earn points: what sets it off, for whom it counts, how many it gives, and up to which caps.
public struct EarningRule: Hashable, Sendable {
    /// Whether other rules may give points for a line as well.
    public enum Claim: String, Sendable, CaseIterable {
        /// It gives points beside all others.
        case shared
        /// Of all rules that claim exclusively, the best one for a line gets it.
        case exclusive
    }

    public var id: String
    public var version: Int64
    public var name: String
    public var trigger: EarningEvent.Trigger
    public var condition = EarningGuard()
    public var base: EarningAmount
    public var bonuses: [EarningBonus] = []
    public var factors: [EarningFactor] = []
    /// Whether the program's own multipliers count as well.
    public var takesProgramFactors = true
    public var claim = Claim.shared
    /// Greater ones claim lines and draw on shared caps first; then the id decides.
    public var priority: Int64 = 0
    public var caps = EarningCaps()
    public var terms = EarningTerms()

    public init(id: String, version: Int64 = 1, name: String, trigger: EarningEvent.Trigger, base: EarningAmount) {
        self.id = id
        self.version = version
        self.name = name
        self.trigger = trigger
        self.base = base
    }

    /// The order in which rules are judged, whatever their places in the list.
    static func isBefore(_ left: EarningRule, _ right: EarningRule) -> Bool {
        left.priority != right.priority ? left.priority > right.priority : left.id < right.id
    }
}

// MARK: - JSON

extension EarningRule {
    private static let keys =
        [
            "id", "version", "name", "trigger", "when", "base", "bonuses", "multipliers", "program_multipliers", "lines",
            "priority",
            "caps",
        ] + EarningTerms.keys
    private static let partsMax = 20

    init(_ reader: EarningReader, currency: Currency) throws(Problem) {
        try reader.allow(EarningRule.keys, of: "a rule")
        id = try reader.required("id", "An id").name("An id")
        version = try reader.read("version", default: 1) { place throws(Problem) in
            try place.integer(1 ... 1_000_000, "A version")
        }
        name = try reader.required("name", "A name").name()
        trigger = try EarningEvent.Trigger(reader.required("trigger", "What sets the rule off"))
        condition = try reader.read("when", default: condition) { place throws(Problem) in try EarningGuard(place) }
        let base = try reader.required("base", "An amount of points")
        try base.allow(EarningAmount.keys, of: "\"base\"")
        self.base = try EarningAmount(base, currency: currency)
        bonuses = try reader.list("bonuses") { place throws(Problem) in try EarningBonus(place, currency: currency) }
        factors = try reader.list("multipliers") { place throws(Problem) in try EarningFactor(place) }
        guard bonuses.count <= EarningRule.partsMax, factors.count <= EarningRule.partsMax else {
            throw reader.refused("A rule has at most \(EarningRule.partsMax) bonuses and as many multipliers.")
        }
        takesProgramFactors = try reader.read("program_multipliers", default: true) { place throws(Problem) in try place.flag() }
        claim = try reader.read("lines", default: claim) { place throws(Problem) in try place.choice(Claim.self) }
        if claim == .exclusive, self.base.measure == .event {
            throw reader.child("lines", "exclusive").refused("Points per event belong to no line. They cannot claim lines.")
        }
        priority = try reader.read("priority", default: 0) { place throws(Problem) in
            try place.integer(-1_000_000 ... 1_000_000, "A priority")
        }
        caps = try reader.read("caps", default: caps) { place throws(Problem) in try EarningCaps(place) }
        terms = try EarningTerms(reader)
    }

    func json(_ currency: Currency) -> JSONValue {
        var out = EarningWriter()
        out.put("id", .string(id))
        out.put("version", .int(version))
        out.put("name", .string(name))
        out.put("trigger", trigger.json)
        if condition != EarningGuard() { out.put("when", condition.json) }
        var amount = EarningWriter()
        base.write(to: &amount, currency: currency)
        out.put("base", amount.json)
        out.put("bonuses", bonuses.map { $0.json(currency) })
        out.put("multipliers", factors.map(\.json))
        if !takesProgramFactors { out.put("program_multipliers", false) }
        out.put("lines", .string(claim.rawValue))
        out.put("priority", .int(priority))
        if caps != EarningCaps() { out.put("caps", caps.json) }
        terms.write(to: &out)
        return out.json
    }
}

extension EarningEvent.Trigger {
    init(_ reader: EarningReader) throws(Problem) {
        try reader.allow(["event", "api"], of: "\"trigger\"")
        switch (reader.optional("event"), reader.optional("api")) {
        case (let event?, nil): self = .event(try event.name("The name of an event"))
        case (nil, let api?): self = .api(try api.name("A name"))
        default: throw reader.refused("\"trigger\" has either the name of an \"event\" or one for calls of the \"api\".")
        }
    }

    /// As a rule has it.
    public var json: JSONValue {
        switch self {
        case .event(let name): ["event": .string(name)]
        case .api(let name): ["api": .string(name)]
        }
    }
}
