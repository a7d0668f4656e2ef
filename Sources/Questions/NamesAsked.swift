import Model
import OrderedCollections

/// The names of events, properties and traits in a question, each once with its first place.
struct NamesAsked {
    struct Name: Hashable {
        var subject: NameHint.Subject
        var text: String
    }

    private(set) var names: [(name: Name, place: String)] = []
    private var seen: Set<Name> = []

    /// - Parameter question: as ``Question/normalised`` gives it, so that every key is one of the language.
    init(_ question: JSONValue) {
        if question["kind"] == "rfm" || question["kind"] == "attribution", let value = question["value"] {
            add(value, .property, at: "/value")
        }
        walk(question, at: "")
    }

    private mutating func walk(_ value: JSONValue, at place: String) {
        switch value {
        case .object(let members):
            for (key, inner) in members {
                let place = "\(place)/\(key)"
                switch key {
                case "event": add(inner, .event, at: place)
                case "events": addEach(inner, .event, at: place)
                case "trait": add(inner, .trait, at: place)
                case "property": add(inner, .property, at: place)
                case "holdConstant", "properties": addEach(inner, .property, at: place)
                case "measure": addMeasured(inner, at: place)
                // Operands and the names of what was paid for are data, not language.
                case "value", "costs": continue
                default: walk(inner, at: place)
                }
            }
        case .array(let elements):
            for (index, element) in elements.enumerated() { walk(element, at: "\(place)/\(index)") }
        default: break
        }
    }

    /// The property under a statistic, which `perPerson` may stand around.
    private mutating func addMeasured(_ measure: JSONValue, at place: String) {
        guard case .object(let members) = measure, let member = members.elements.first else { return }
        let inner = "\(place)/\(member.key)"
        if member.key == "perPerson" { addMeasured(member.value, at: inner) } else { add(member.value, .property, at: inner) }
    }

    private mutating func addEach(_ list: JSONValue, _ subject: NameHint.Subject, at place: String) {
        for (index, element) in (list.arrayValue ?? []).enumerated() { add(element, subject, at: "\(place)/\(index)") }
    }

    private mutating func add(_ value: JSONValue, _ subject: NameHint.Subject, at place: String) {
        guard let text = value.stringValue else { return }
        let name = Name(subject: subject, text: text)
        if seen.insert(name).inserted { names.append((name, place)) }
    }
}
