import Model
import OrderedCollections

/// The portrait of an audience: how its people spread over values, against everyone or another audience.
///
/// The audience is the question's `who`.
public struct DistributionQuestion: QuestionBody, Hashable, Sendable {
    /// The traits whose values are shown.
    public var traits: [String]
    /// The people compared with; nil means everyone.
    public var against: Expression?
    /// Number of values shown of each trait, greatest first.
    public var limit = 1_000

    static let name = "distribution"
    static let keys = ["of", "against", "limit"]

    init(_ reader: QuestionReader) throws(Problem) {
        let place = try reader.required("of", "A list of 1 to 20 facts such as [{\"trait\": \"plan\"}]")
        let elements = try place.list("A list of 1 to 20 facts such as [{\"trait\": \"plan\"}]")
        guard (1 ... 20).contains(elements.count) else {
            throw place.refused("A distribution is of 1 to 20 facts, not \(elements.count).")
        }
        traits = []
        for element in elements {
            let members = try element.object("A fact such as {\"trait\": \"plan\"}")
            for later in ["property", "tag", "role", "tier"] where members[later] != nil {
                throw element.child(later, .null).notBuilt("A distribution of \(later)")
            }
            try element.allow(["trait"], of: "a fact")
            traits.append(try element.required("trait", "The name of a trait").name("The name of a trait"))
        }
        against = try reader.optional("against").map { inner throws(Problem) in try Expression(inner) }
        if let inner = reader.optional("limit") { limit = try inner.integer(1 ... 10_000, "A number from 1 to 10000") }
    }

    func addSelectors(to list: inout SelectorList) {
        if let against { list.add(against) }
    }

    func write(to out: inout ObjectWriter) {
        out.put("of", .array(traits.map { ["trait": .string($0)] }))
        out.put("against", against?.json)
        out.put("limit", .int(Int64(limit)))
    }
}
