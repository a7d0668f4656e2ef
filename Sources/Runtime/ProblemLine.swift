import Intake
public import Model

extension Problem {
    /// The problem as one line for a terminal: its place, unless the message names that, and the message.
    public var line: String {
        guard let place, !message.contains(place) else { return message.printable() }
        return "\(place): \(message)".printable()
    }

    /// `{"error": {"code", "message", "place"}}`.
    public var errorJSON: JSONValue {
        [
            "error": [
                "code": .string(code.text), "message": .string(message), "place": place.map { .string($0) } ?? .null,
            ]
        ]
    }
}
