public import Model

/// A name in a question that nothing kept carries, with those it may have meant.
///
/// A question with such a name is answered as any other, mostly by nothing; the hint says why.
public struct NameHint: Hashable, Sendable {
    /// What the name is one of.
    public enum Subject: String, Sendable, CaseIterable {
        case event, property, trait
    }

    public var subject: Subject
    public var name: String
    /// JSON pointer of the name's first place in the answer's `question`.
    public var place: String
    /// The nearest names that are known, nearest first; at most three.
    public var nearest: [String]

    public init(subject: Subject, name: String, place: String, nearest: [String]) {
        self.subject = subject
        self.name = name
        self.place = place
        self.nearest = nearest
    }

    /// A hint of an answer's JSON; nil when it is none.
    public init?(json: JSONValue) {
        guard let subject = json["unknown"]?.stringValue.flatMap(Subject.init), let name = json["name"]?.stringValue else {
            return nil
        }
        let nearest = (json["nearest"]?.arrayValue ?? []).compactMap(\.stringValue)
        self.init(subject: subject, name: name, place: json["place"]?.stringValue ?? "", nearest: nearest)
    }

    /// One sentence for people, and a second with the nearest names.
    public var message: String {
        let known = nearest.map { "\"\($0)\"" }.joined(separator: ", ")
        let name = name.prefix(100)
        let lead =
            switch subject {
            case .event: "No event is named \"\(name)\"."
            case .property: "No event has a property \"\(name)\"."
            case .trait: "Nobody has a trait \"\(name)\"."
            }
        return nearest.isEmpty ? lead : "\(lead) Nearest: \(known)."
    }

    public var json: JSONValue {
        [
            "unknown": .string(subject.rawValue), "name": .string(name), "place": .string(place),
            "nearest": .array(nearest.map { .string($0) }), "message": .string(message),
        ]
    }
}
