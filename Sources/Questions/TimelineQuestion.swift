public import Model

/// One person's events, page by page.
public struct TimelineQuestion: QuestionBody, Hashable, Sendable {
    public enum Order: String, Sendable, CaseIterable {
        case newest, oldest
    }

    public var person: PersonID
    /// Only these events; nil means all.
    public var selector: Selector?
    public var order: Order
    public var limit: Int
    /// Where the page before ended.
    public var cursor: EventCursor?

    static let name = "timeline"
    static let keys = ["person", "selector", "order", "limit", "cursor"]

    init(_ reader: QuestionReader) throws(Problem) {
        let place = try reader.required("person", "A person's id such as \(#""p_1a""#)")
        guard case .string(let text) = place.value, let id = PersonID(text: text) else {
            throw place.expected("A person's id such as \(#""p_1a""#)")
        }
        person = id
        selector = try reader.optional("selector").map { inner throws(Problem) in try Selector(inner) }
        order = try reader.optional("order").map { inner throws(Problem) in try inner.choice(Order.self) } ?? .newest
        limit =
            try reader.optional("limit").map { inner throws(Problem) in try inner.integer(1 ... 1_000, "A number from 1 to 1000") }
            ?? 50
        if let inner = reader.optional("cursor") {
            guard case .string(let text) = inner.value, let cursor = EventCursor(text: text) else {
                throw inner.expected("The \"next\" of the page before")
            }
            self.cursor = cursor
        }
    }

    func addSelectors(to list: inout SelectorList) {
        if let selector { list.add(selector) }
    }

    func write(to out: inout ObjectWriter) {
        out.put("person", .string(person.text))
        out.put("selector", selector?.json)
        out.put("order", .string(order.rawValue))
        out.put("limit", .int(Int64(limit)))
        out.put("cursor", cursor.map { .string($0.text) })
    }
}

/// A place in a person's order of events: that of one event.
public struct EventCursor: Hashable, Sendable {
    public var timestamp: Int64
    public var arrival: UInt64

    public init(timestamp: Int64, arrival: UInt64) {
        self.timestamp = timestamp
        self.arrival = arrival
    }

    public init?(text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let timestamp = Int64(parts[0], radix: 36), let arrival = UInt64(parts[1], radix: 36) else {
            return nil
        }
        self.init(timestamp: timestamp, arrival: arrival)
    }

    public var text: String { String(timestamp, radix: 36) + "." + String(arrival, radix: 36) }
}

/// How many people satisfy the question's `who`, and on request which.
public struct CountQuestion: QuestionBody, Hashable, Sendable {
    /// Whether the people are listed.
    public var isList: Bool
    public var limit: Int
    /// The last person of the page before.
    public var cursor: PersonID?

    static let name = "count"
    static let units: [Question.Unit] = [.account, .payer, .beneficiary]
    static let keys = ["list", "limit", "cursor"]

    init(_ reader: QuestionReader) throws(Problem) {
        isList = try reader.optional("list").map { inner throws(Problem) in try inner.flag() } ?? false
        limit =
            try reader.optional("limit").map { inner throws(Problem) in try inner.integer(1 ... 10_000, "A number from 1 to 10000")
            } ?? 100
        if let inner = reader.optional("cursor") {
            guard case .string(let text) = inner.value, let id = PersonID(text: text) else {
                throw inner.expected("The \"next\" of the page before")
            }
            cursor = id
        }
    }

    func addSelectors(to list: inout SelectorList) {}

    func write(to out: inout ObjectWriter) {
        guard isList else { return }
        out.put("list", true)
        out.put("limit", .int(Int64(limit)))
        out.put("cursor", cursor.map { .string($0.text) })
    }
}
