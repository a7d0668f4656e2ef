import Model
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

        public var name: String {
            switch self {
            case .trait(let name), .property(let name): name
            }
        }

        /// The key in front of the name.
        public var word: String {
            switch self {
            case .trait: "trait"
            case .property: "property"
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
            for later in ["tag", "role", "tier"] where members[later] != nil {
                throw element.child(later, .null).notBuilt("A distribution of \(later)")
            }
            try element.allow(["trait", "property"], of: "a fact")
            if let property = element.optional("property") {
                if members["trait"] != nil {
                    throw property.refused("A fact is a trait or a property, not both. Make two facts of them.")
                }
                facts.append(.property(try property.name("The name of a property")))
            } else {
                facts.append(.trait(try element.required("trait", "The name of a trait").name("The name of a trait")))
            }
        }
        against = try reader.optional("against").map { inner throws(Problem) in try Expression(inner) }
        if let inner = reader.optional("limit") { limit = try inner.integer(1 ... 10_000, "A number from 1 to 10000") }
    }

    var hasProperties: Bool { facts.contains { $0.word == "property" } }

    func addSelectors(to list: inout SelectorList) {
        if let against { list.add(against) }
        if hasProperties { list.add(Selector(names: nil)) }
    }

    func write(to out: inout ObjectWriter) {
        out.put("of", .array(facts.map { [$0.word: .string($0.name)] }))
        out.put("against", against?.json)
        out.put("limit", .int(Int64(limit)))
    }
}
