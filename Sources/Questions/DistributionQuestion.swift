public import Model
import OrderedCollections

/// The portrait of an audience: how its people spread over values, against everyone or another audience.
///
/// The audience is the question's `who`.
public struct DistributionQuestion: QuestionBody, Hashable, Sendable {
    /// What people differ in.
    public enum Fact: Hashable, Sendable {
        /// The current value of a trait: one for each person.
        case trait(String)
        /// The values of a property on the person's events in the range: any number of them.
        case property(String)
        /// The cell of users and customers.
        case role
        /// The stage of the life cycle.
        case stage

        /// The member that names it, in the question and in rows.
        public var member: (key: String, value: JSONValue) {
            switch self {
            case .trait(let name): ("trait", .string(name))
            case .property(let name): ("property", .string(name))
            case .role: ("role", true)
            case .stage: ("stage", true)
            }
        }
    }

    public var facts: [Fact]
    /// The people compared with; nil means everyone.
    public var against: Expression?
    /// Number of values shown of each fact, greatest first.
    public var limit = 1_000

    static let name = "distribution"
    static let keys = ["of", "against", "limit"]

    init(_ reader: QuestionReader) throws(Problem) {
        let place = try reader.required("of", "A list of 1 to 20 facts such as \(#"[{"trait": "plan"}]"#)")
        let elements = try place.list("A list of 1 to 20 facts such as \(#"[{"trait": "plan"}]"#)")
        guard (1 ... 20).contains(elements.count) else {
            throw place.refused("A distribution is of 1 to 20 facts, not \(elements.count).")
        }
        facts = []
        for element in elements {
            let members = try element.object("A fact such as \(#"{"trait": "plan"}"#)")
            for later in ["tag", "tier"] where members[later] != nil {
                throw element.child(later, .null).notBuilt("A distribution of \(later)")
            }
            try element.allow(["trait", "property", "role", "stage"], of: "a fact")
            guard members.count == 1, let member = members.elements.first else {
                throw element.refused("A fact has one of trait, property, role, stage. Make several facts of several.")
            }
            let inner = element.child(member.key, member.value)
            switch member.key {
            case "property": facts.append(.property(try inner.name("The name of a property")))
            case "trait": facts.append(.trait(try inner.name("The name of a trait")))
            default:
                guard inner.value == .bool(true) else { throw inner.expected("\(true)") }
                facts.append(member.key == "role" ? .role : .stage)
            }
        }
        against = try reader.optional("against").map { inner throws(Problem) in try Expression(inner) }
        if let inner = reader.optional("limit") { limit = try inner.integer(1 ... 10_000, "A number from 1 to 10000") }
    }

    var hasProperties: Bool { facts.contains { if case .property = $0 { true } else { false } } }

    func addSelectors(to list: inout SelectorList) {
        if let against { list.add(against) }
        if hasProperties { list.add(Selector(names: nil)) }
    }

    func write(to out: inout ObjectWriter) {
        out.put("of", .array(facts.map { [$0.member.key: $0.member.value] }))
        out.put("against", against?.json)
        out.put("limit", .int(Int64(limit)))
    }
}
