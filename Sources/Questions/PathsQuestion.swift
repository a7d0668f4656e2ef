import Model

/// Which event follows which within a session, over all pairs or by their place from a start or to an end.
public struct PathsQuestion: QuestionBody, Hashable, Sendable {
    /// A name for events of several names, or for some of one.
    public struct Rename: Hashable, Sendable {
        public var name: String
        public var selector: Selector
    }

    /// Sessions count from their first such event on.
    public var from: Selector?
    /// Sessions count up to their first such event.
    public var to: Selector?
    /// Number of nodes that are kept of a session; nil counts all pairs without their place.
    public var depth: Int?
    /// The first that matches renames an event.
    public var renames: [Rename] = []
    /// Number of pairs in the answer.
    public var limit = 50

    static let name = "paths"
    static let keys = ["from", "to", "depth", "group", "limit"]
    static let renamesMax = 50

    init(_ reader: QuestionReader) throws(Problem) {
        from = try reader.optional("from").map { inner throws(Problem) in try Selector(inner) }
        to = try reader.optional("to").map { inner throws(Problem) in try Selector(inner) }
        depth = try reader.optional("depth").map { inner throws(Problem) in
            try inner.integer(2 ... 100, "A number of nodes from 2 to 100")
        }
        if depth == nil, from != nil || to != nil { depth = 5 }
        if let inner = reader.optional("limit") { limit = try inner.integer(1 ... 10_000, "A number from 1 to 10000") }
        guard let place = reader.optional("group") else { return }
        let elements = try place.list("A list of renames such as [{\"as\": \"help\", \"selector\": {\"event\": \"FAQ\"}}]")
        guard elements.count <= PathsQuestion.renamesMax else {
            throw place.refused("At most \(PathsQuestion.renamesMax) renames are possible.")
        }
        for element in elements {
            _ = try element.object("A rename such as {\"as\": \"help\", \"selector\": {\"event\": \"FAQ\"}}")
            try element.allow(["as", "selector"], of: "a rename")
            let name = try element.required("as", "A name").name("A name")
            renames.append(Rename(name: name, selector: try Selector(element.required("selector", "A selector"))))
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
        if !renames.isEmpty {
            out.put("group", .array(renames.map { ["as": .string($0.name), "selector": $0.selector.json] }))
        }
        out.put("limit", .int(Int64(limit)))
    }
}
