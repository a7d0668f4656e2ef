import Model
import OrderedCollections
import Questions

/// The time range of a board: one for all its cards, or of each its own.
enum SharedRange: Hashable, Sendable {
    case asSaved
    /// As questions have it: `30d`, `12w`, `6mo`.
    case last(String)
    /// Whole days, both ends included; an open end is nil.
    case days(from: LocalDate?, until: LocalDate?)

    /// Those that a board proposes.
    static let presets: [(value: String, label: any KeyPath<Catalogue, Text> & Sendable)] = [
        ("7d", \.choices.last7), ("30d", \.choices.last30), ("90d", \.choices.last90), ("12w", \.choices.last12w),
        ("6mo", \.boards.last6mo),
    ]

    /// Reads `last`, or `since` and `until`, which go before it; nil for what is no range.
    init?(_ query: [String: String]) {
        let (since, until) = (query["since"] ?? "", query["until"] ?? "")
        let last = query["last"] ?? ""
        if since.isEmpty, until.isEmpty {
            self = last.isEmpty ? .asSaved : .last(last)
            guard let json else { return }
            let probe: JSONValue = ["kind": "lifecycle", "selector": ["any": true], "interval": "day", "range": json]
            guard (try? Question(json: probe)) != nil else { return nil }
            return
        }
        let (first, end) = (LocalDate(text: since), LocalDate(text: until))
        guard since.isEmpty || first != nil, until.isEmpty || end != nil else { return nil }
        if let first, let end, end < first { return nil }
        self = .days(from: first, until: end)
    }

    /// The range of a question; nil leaves each as it is.
    var json: JSONValue? {
        switch self {
        case .asSaved: return nil
        case .last(let text): return ["last": .string(text)]
        case .days(let from, let until):
            var out: OrderedDictionary<String, JSONValue> = [:]
            if let from { out["from"] = .string(from.text) }
            if let until { out["to"] = .string(until.advanced(byDays: 1).text) }
            return .object(out)
        }
    }

    /// What an address carries, so that ``init(_:)`` reads the same again.
    var query: [(String, String?)] {
        switch self {
        case .asSaved: []
        case .last(let text): [("last", text)]
        case .days(let from, let until): [("since", from?.text), ("until", until?.text)]
        }
    }

    /// The question with this range instead of its own.
    func applied(to question: JSONValue) -> JSONValue {
        guard let json, case .object(var members) = question else { return question }
        members["range"] = json
        return JSONValue.object(members).canonical
    }
}

extension SiteURL {
    static let boards = "/boards"

    /// A board; `done` names what is said to have been done, `at` the card to go to.
    static func board(_ id: BoardID, _ range: SharedRange = .asSaved, done: String? = nil, at card: CardID? = nil) -> String {
        path("/boards/\(id)", range.query + [("done", done)]) + (card.map { "#\($0)" } ?? "")
    }

    /// A board whose answers are all waited for.
    static func wholeBoard(_ id: BoardID, _ range: SharedRange) -> String {
        path("/boards/\(id)", range.query + [("wait", "all")])
    }

    /// A card's fragment, or with `action` what a form does to it.
    static func card(_ id: CardID, on board: BoardID, _ range: SharedRange, action: String? = nil) -> String {
        path("/boards/\(board)/cards/\(id)" + (action.map { "/\($0)" } ?? ""), range.query)
    }

    static func boardDeletion(_ id: BoardID) -> String { "/boards/\(id)/delete" }
}
