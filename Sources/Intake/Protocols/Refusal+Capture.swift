// Why a message of another protocol is refused, in its sender's words (docs/protocols.md).
extension Refusal {
    static let otherKey = Refusal(
        "other_key", "The event has another key than the body's first. Send the events of each key in bodies of their own.")

    static let unnamedEvent = Refusal("missing_event", "The event has no name. Send it as event.", pointer: "/event")

    static func noDistinctID(_ field: String) -> Refusal {
        Refusal("missing_identity", "The message says of nobody: \(field) is missing. Send it.", pointer: "/\(field)")
    }

    static func noOperation(_ word: String) -> Refusal {
        Refusal(
            "traits_invalid",
            "The message for \(word) changes nothing. Send $set, $set_once, $unset or another operation with members.")
    }

    static func missingAlias(_ field: String) -> Refusal {
        Refusal(
            "missing_previous_id", "Two ids are to be joined, but \(field) does not say which. Send both.", pointer: "/\(field)")
    }

    static func missingGroup(_ field: String) -> Refusal {
        Refusal("missing_group_id", "\(field) is missing, which says what account is meant. Send it.", pointer: "/\(field)")
    }

    static func noItems(_ type: String) -> Refusal {
        Refusal(
            "unknown_type", "\(type) is not taken: items are not kept here. Send what an event is about among its properties.",
            pointer: "/type")
    }

    static func unknownSensorsType(_ text: String) -> Refusal {
        Refusal(
            "unknown_type",
            "There is no message \"\(text.prefix(40))\". type is track, track_signup, track_id_bind, track_id_unbind or profile_….",
            pointer: "/type")
    }
}
