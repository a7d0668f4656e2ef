public import Model
import OrderedCollections

/// One analytical question as data; the same JSON in the API, the command line and a page's address.
///
/// What each kind means, to the last digit, is in the specification "Questions and expressions".
public struct Question: Hashable, Sendable {
    /// The kinds that this version answers.
    public enum Kind: Hashable, Sendable {
        case count(CountQuestion)
        case trend(TrendQuestion)
        case funnel(FunnelQuestion)
        case retention(RetentionQuestion)
        case lifecycle(LifecycleQuestion)
        case stages(StagesQuestion)
        case stickiness(StickinessQuestion)
        case timeToConvert(TimeToConvertQuestion)
        case paths(PathsQuestion)
        case rfm(RFMQuestion)
        case attribution(AttributionQuestion)
        case distribution(DistributionQuestion)
        case drivers(DriversQuestion)
        case timeline(TimelineQuestion)
    }

    /// What is counted beside people.
    public enum Unit: String, Sendable, CaseIterable {
        case account, payer, beneficiary, session
    }

    public var kind: Kind
    public var range: TimeRange
    public var who: Expression?
    /// What the answer is for: only people who have granted it count, in whatever place of the question; nil means everyone.
    public var purpose: String?
    public var breakdown: [Breakdown]
    /// Number of breakdown values kept; the rest are together.
    public var limit: Int
    public var asOfMoment: Moment?
    /// What is counted; nil means people.
    public var unit: Unit?

    /// What a breakdown takes a value from.
    public enum Breakdown: Hashable, Sendable {
        case property(String)
        case trait(String)
        /// The cell of users and customers.
        case role
        /// The stage of the life cycle.
        case stage

        var json: JSONValue {
            switch self {
            case .property(let path): ["property": .string(path)]
            case .trait(let key): ["trait": .string(key)]
            case .role: ["role": true]
            case .stage: ["stage": true]
            }
        }
    }

    /// Reads a question.
    ///
    /// - Throws: ``Problem`` with code `bad_question` or `not_built`; its place is the JSON pointer of what was refused.
    public init(json: JSONValue) throws(Problem) {
        let reader = QuestionReader(json)
        _ = try reader.object("A question such as \(#"{"kind": "count", "who": {"everyone": true}}"#)")
        let kind = try reader.required("kind", "The kind of question")
        let name = try kind.text("The kind of question as text")
        let type = try Kind.form(named: name, kind)
        try reader.allow(type.allKeys, of: "a question of kind \"\(name)\"")
        self.kind = try Kind(name, reader)
        range = try reader.optional("range").map { inner throws(Problem) in try TimeRange(inner) } ?? .everything
        who = try reader.optional("who").map { inner throws(Problem) in try Expression(inner) }
        purpose = try reader.optional("purpose").map { inner throws(Problem) in try inner.name("The name of a purpose") }
        asOfMoment = try reader.optional("asOf").map { inner throws(Problem) in try Moment(inner) }
        breakdown = type.takesBreakdown ? try Question.breakdown(reader, type) : []
        limit = 20
        if type.takesBreakdown, let inner = reader.optional("limit") {
            limit = try inner.integer(1 ... 1_000, "A number from 1 to 1000")
        }
        unit = try reader.optional("by").flatMap { inner throws(Problem) in try Question.unit(inner, type) }
        if unit == .account, case .count(let count) = self.kind, count.isList, let place = reader.optional("list") {
            throw place.refused("Accounts are counted, not listed. Leave out \"list\" or \"by\".")
        }
        if selectors.count > Question.selectorsMax {
            throw reader.refused(
                "A question may name at most \(Question.selectorsMax) different selectors, not \(selectors.count).")
        }
    }

    /// Different selectors of one question; one bit each in the executor.
    static let selectorsMax = 64

    private static func unit(_ by: QuestionReader, _ type: any QuestionBody.Type) throws(Problem) -> Unit? {
        if by.value == "person" { return nil }
        guard let word = by.value.stringValue, let unit = Unit(rawValue: word) else {
            throw by.expected("\"person\", \"account\", \"payer\", \"beneficiary\" or \"session\"")
        }
        guard type.units.contains(unit) else {
            throw by.refused("A question of kind \"\(type.name)\" is not asked by \(word). Leave \"by\" out.")
        }
        return unit
    }

    private static func breakdown(_ reader: QuestionReader, _ type: any QuestionBody.Type) throws(Problem) -> [Breakdown] {
        guard let place = reader.optional("breakdown") else { return [] }
        let elements = try place.list("A list of 1 to 3 breakdowns such as \(#"[{"property": "channel"}]"#)")
        guard elements.count <= 3 else { throw place.refused("At most 3 breakdowns can be combined, not \(elements.count).") }
        var parts: [Breakdown] = []
        for element in elements {
            let members = try element.object("A breakdown such as \(#"{"property": "channel"}"#)")
            for later in ["tag", "tier", "audience"] where members[later] != nil {
                throw element.child(later, .null).notBuilt("A breakdown by \(later)")
            }
            try element.allow(["property", "trait", "role", "stage"], of: "a breakdown")
            guard members.count == 1, let member = members.elements.first else {
                throw element.refused("A breakdown has one of property, trait, role, stage.")
            }
            let inner = element.child(member.key, member.value)
            switch member.key {
            case "property":
                guard type.takesProperties else {
                    throw inner.refused("\"\(type.name)\" counts people, not events. Break it down by trait, role or stage.")
                }
                parts.append(.property(try inner.name("A name")))
            case "trait": parts.append(.trait(try inner.name("A name")))
            default:
                guard inner.value == .bool(true) else { throw inner.expected("\(true)") }
                parts.append(member.key == "role" ? .role : .stage)
            }
        }
        return parts
    }

    /// The instant of receipt before which everything asked about had arrived; nil means now.
    public func asOf(in calendar: ZoneCalendar) -> Instant? { asOfMoment?.resolved(in: calendar) }

    /// The question with its defaults written out; reading it again gives an equal question.
    public var normalised: JSONValue {
        var out = ObjectWriter()
        out.put("kind", .string(kind.name))
        kind.body.write(to: &out)
        out.put("range", range.json)
        out.put("who", who?.json)
        out.put("purpose", purpose.map { .string($0) })
        if !breakdown.isEmpty {
            out.put("breakdown", .array(breakdown.map(\.json)))
            out.put("limit", .int(Int64(limit)))
            if case .funnel(let funnel) = kind { out.put("attribution", .string(funnel.attribution.text)) }
        }
        out.put("by", unit.map { .string($0.rawValue) })
        out.put("asOf", asOfMoment.map { .string($0.text) })
        return out.json
    }
}
