import Model

/// A name for the events that a selector matches, such as `{"as": "help", "selector": {"event": "FAQ"}}`.
public struct NamedSelector: Hashable, Sendable {
    public var name: String
    public var selector: Selector

    static let countMax = 50
    static let example = #"{"as": "help", "selector": {"event": "FAQ"}}"#

    /// The names of a list, of which the first that matches an event counts.
    ///
    /// - Parameters:
    ///   - what: what one element is called in messages, such as "a rename".
    ///   - wanted: that with an example, such as "A rename such as …".
    static func list(_ place: QuestionReader, of what: Wording, _ wanted: Wording) throws(Problem) -> [NamedSelector] {
        let elements = try place.list("A list such as \("[\(example)]")")
        guard elements.count <= countMax else {
            throw place.refused("At most \(countMax) names are possible, not \(elements.count). Leave some out.")
        }
        var out: [NamedSelector] = []
        for element in elements {
            _ = try element.object(wanted)
            try element.allow(["as", "selector"], of: what)
            let name = try element.required("as", "A name").name("A name")
            out.append(NamedSelector(name: name, selector: try Selector(element.required("selector", "A selector"))))
        }
        return out
    }

    static func json(_ list: [NamedSelector]) -> JSONValue {
        .array(list.map { ["as": .string($0.name), "selector": $0.selector.json] })
    }
}
