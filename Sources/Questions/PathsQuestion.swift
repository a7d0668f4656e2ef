import Model

/// Which event follows which within a session, over all pairs or by their place from a start or to an end.
public struct PathsQuestion: QuestionBody, Hashable, Sendable {
    /// Sessions count from their first such event on.
    public var from: Selector?
    /// Sessions count up to their first such event.
    public var to: Selector?
    /// Number of nodes that are kept of a session; nil counts all pairs without their place.
    public var depth: Int?
    /// The first that matches renames an event.
    public var renames: [NamedSelector] = []
    /// Number of pairs in the answer.
    public var limit = 50

    static let name = "paths"
    static let keys = ["from", "to", "depth", "group", "limit"]

    init(_ reader: QuestionReader) throws(Problem) {
        from = try reader.optional("from").map { inner throws(Problem) in try Selector(inner) }
        to = try reader.optional("to").map { inner throws(Problem) in try Selector(inner) }
        depth = try reader.optional("depth").map { inner throws(Problem) in
            try inner.integer(2 ... 100, "A number of nodes from 2 to 100")
        }
        if depth == nil, from != nil || to != nil { depth = 5 }
        if let inner = reader.optional("limit") { limit = try inner.integer(1 ... 10_000, "A number from 1 to 10000") }
        if let place = reader.optional("group") {
            renames = try NamedSelector.list(place, of: "a rename", "A rename such as \(NamedSelector.example)")
        }
    }

    func addSelectors(to list: inout SelectorList) {
        list.add(Selector(names: nil))
        if let from { list.add(from) }
        if let to { list.add(to) }
        for rename in renames { list.add(rename.selector) }
    }

    func write(to out: inout ObjectWriter) {
        out.put("from", from?.json)
        out.put("to", to?.json)
        out.put("depth", depth.map { .int(Int64($0)) })
        if !renames.isEmpty { out.put("group", NamedSelector.json(renames)) }
        out.put("limit", .int(Int64(limit)))
    }
}
