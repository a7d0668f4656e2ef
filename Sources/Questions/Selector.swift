public import Model
import OrderedCollections

/// Which events are meant: those of some names, or any, that satisfy a condition.
public struct Selector: Hashable, Sendable {
    /// The names of the events, never empty; nil means any event but ``ToldEvents``, which nobody did.
    public var names: [String]?
    public var condition: Condition?
    /// What to call it in answers.
    public var label: String?

    public init(names: [String]?, condition: Condition? = nil, label: String? = nil) {
        self.names = names
        self.condition = condition
        self.label = label
    }

    static let namesMax = 1_000

    init(_ reader: QuestionReader) throws(Problem) {
        let members = try reader.object("A selector such as \(#"{"event": "Order Completed"}"#)")
        try reader.allow(["event", "events", "any", "where", "as"], of: "a selector")
        let forms = ["event", "events", "any"].filter { members[$0] != nil }
        guard let form = forms.first else { throw reader.refused("A selector needs \"event\", \"events\" or \"any\": true.") }
        guard forms.count == 1 else { throw reader.refused("A selector has one of \(forms.joined(separator: ", ")), not several.") }
        let value = try reader.required(form, "An event")
        switch form {
        case "event": names = [try value.name("The name of an event")]
        case "events":
            let elements = try value.list("A list of event names")
            // Counted before they are compared with each other.
            guard (1 ... Selector.namesMax).contains(elements.count) else {
                throw value.refused("A selector takes 1 to \(Selector.namesMax) event names, not \(elements.count).")
            }
            var names: [String] = []
            for element in elements {
                let name = try element.name("The name of an event")
                if !names.contains(name) { names.append(name) }
            }
            self.names = names
        default:
            guard value.value == .bool(true) else { throw value.expected("\(true)") }
            names = nil
        }
        condition = try reader.optional("where").map { inner throws(Problem) in try Condition(inner) }
        label = try reader.optional("as").map { inner throws(Problem) in try inner.text("A label") }
    }

    /// The label, or the names joined, or "any event".
    public var title: String { label ?? names?.joined(separator: " / ") ?? "any event" }

    /// This selector without its label: what decides which events it matches.
    var unlabelled: Selector { Selector(names: names, condition: condition) }

    public var json: JSONValue {
        var out = ObjectWriter()
        switch names {
        case .none: out.put("any", true)
        case .some(let names) where names.count == 1: out.put("event", .string(names[0]))
        case .some(let names): out.put("events", .array(names.map { .string($0) }))
        }
        out.put("where", condition?.json)
        out.put("as", label.map { .string($0) })
        return out.json
    }
}
