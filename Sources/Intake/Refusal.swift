internal import Model
internal import People

/// Why one call is refused: the wording of all of them stands here (specs: collect, §1; codes are stable).
struct Refusal: Error, Hashable {
    var code: Problem.Code
    var reason: String
    /// Within the call, such as `/properties/price`; empty for the call itself.
    var pointer: String = ""

    init(_ code: String, _ reason: String, pointer: String = "") {
        self.code = Problem.Code(code)
        self.reason = reason
        self.pointer = pointer
    }

    static func notAnObject(_ kind: String) -> Refusal {
        Refusal("not_an_object", "A call must be a JSON object, but this is \(kind).")
    }

    static func eventTooLarge(bytes: Int, limit: Int) -> Refusal {
        Refusal("event_too_large", "The call has \(bytes) bytes; at most \(limit) are taken. Send less with it, or send several.")
    }

    static func tooDeep(limit: Int) -> Refusal {
        Refusal("too_deep", "The call is nested deeper than \(limit) levels. Send flatter data.")
    }

    static func tooManyKeys(limit: Int, pointer: String) -> Refusal {
        Refusal(
            "too_many_keys",
            "There are more than \(limit) keys in this call. Leave keys out, or put what is alike into a list of objects with equal keys.",
            pointer: pointer)
    }

    static func nameTooLong(_ what: String, bytes: Int, limit: Int, pointer: String) -> Refusal {
        Refusal(
            "name_too_long",
            "The \(what) has \(bytes) bytes; at most \(limit) are taken. Names are for grouping: put details into properties.",
            pointer: pointer)
    }

    static func idTooLong(_ field: String, bytes: Int, limit: Int) -> Refusal {
        Refusal(
            "id_too_long", "\(field) has \(bytes) bytes; at most \(limit) are taken. Send the identifier itself.",
            pointer: "/" + field.replacingDots())
    }

    static func messageIDTooLong(characters: Int, limit: Int) -> Refusal {
        Refusal(
            "message_id_too_long", "messageId has \(characters) characters; at most \(limit) are taken. A UUID has 36.",
            pointer: "/messageId")
    }

    static func invalidType(_ field: String, expected: String, found: String) -> Refusal {
        Refusal("invalid_type", "\(field) must be \(expected), but this is \(found).", pointer: "/" + field.replacingDots())
    }

    static let missingType = Refusal(
        "unknown_type", "type is missing. It says what the call is: track, page, screen, identify, group or alias.",
        pointer: "/type")

    static func unknownType(_ text: String) -> Refusal {
        Refusal(
            "unknown_type", "There is no call \"\(text.prefix(40))\". type is track, page, screen, identify, group or alias.",
            pointer: "/type")
    }

    static let notAllowedToDeclare = Refusal(
        "not_allowed", "This source is not trusted, so it cannot state anything about people. Mark it as trusted, or use the API.",
        pointer: "/type")
    static func notAllowedToMerge(_ type: String) -> Refusal {
        Refusal(
            "not_allowed", "A write key cannot send \"\(type)\". People are joined and taken apart in the console or by the API.",
            pointer: "/type")
    }
    static func needsTwoIdentities(_ type: String, found: Int) -> Refusal {
        Refusal(
            "missing_identity", "\"\(type)\" needs exactly 2 identities in context.externalIds, not \(found).",
            pointer: "/context/externalIds")
    }

    static let missingDeclaration = Refusal(
        "missing_event", "A declare call needs event, what is stated: relationship or consent.", pointer: "/event")
    static func unknownDeclaration(_ text: String) -> Refusal {
        Refusal(
            "unknown_event", "Nothing is stated by \"\(text.prefix(40))\". event is relationship or consent.", pointer: "/event")
    }
    static let relatedToThemselves = relationship(
        "Nobody has a relationship to themselves. Name somebody else in to.", "to")

    static func relationship(_ flaw: RelationshipDeclaration.Flaw) -> Refusal {
        switch flaw {
        case .unknownRole(let word):
            relationship("There is no relationship \"\(word.prefix(40))\". as is one of \(RelationshipRole.words).", "as")
        case .noParty:
            relationship("A relationship needs to: an identity of the other person, as type and id, or an account.", "to")
        case .twoParties: relationship("to is a person or an account, not both. Send two relationships.", "to")
        case .noInstant(let key):
            relationship("\(key) is no instant. Send RFC 3339 text such as 2026-03-01T12:00:00Z, or a date.", key)
        case .endsBeforeStart: relationship("The relationship ends before it starts. until is later than from.", "until")
        case .noFlag: relationship("deleted is true where the relationship is taken away, else false or left out.", "deleted")
        }
    }

    private static func relationship(_ reason: String, _ key: String) -> Refusal {
        Refusal("relationship_invalid", reason, pointer: "/properties/\(key)")
    }

    static func consent(_ flaw: ConsentStatement.Flaw) -> Refusal {
        switch flaw {
        case .noPurpose:
            consent(
                "A consent needs purpose, the name of what it is for: text of at most \(ConsentStatement.purposeBytesMax) bytes.",
                "purpose")
        case .unknownStatus(let word):
            consent("There is no consent \"\(word.prefix(40))\". status is granted or withdrawn.", "status")
        case .noVersion: consent("version is the number of a version of the purpose's text, such as 2.", "version")
        case .noEvidence: consent("evidence is text of at most \(ConsentStatement.evidenceBytesMax) bytes.", "evidence")
        }
    }

    private static func consent(_ reason: String, _ key: String) -> Refusal {
        Refusal("consent_invalid", reason, pointer: "/properties/\(key)")
    }

    static let missingIdentity = Refusal(
        "missing_identity", "The call says of nobody: it has neither userId nor anonymousId. Send at least one of them.")
    static let missingEvent = Refusal(
        "missing_event", "A track call needs event, the name of what happened.", pointer: "/event")
    static let missingGroupID = Refusal(
        "missing_group_id", "A group call needs groupId, the account that the person belongs to.", pointer: "/groupId")
    static let missingUserID = Refusal(
        "missing_user_id", "An alias call needs userId, the identity that previousId is joined to.", pointer: "/userId")
    static let missingPreviousID = Refusal(
        "missing_previous_id", "An alias call needs previousId, the identity that userId is joined to.", pointer: "/previousId")

    static func invalidTimestamp(_ field: String) -> Refusal {
        Refusal(
            "invalid_timestamp",
            "\(field) is no instant. Send RFC 3339 text such as 2026-03-01T12:00:00.000Z, or milliseconds since 1970.",
            pointer: "/\(field)")
    }

    static func traitsInvalid(_ reason: String, pointer: String) -> Refusal {
        Refusal("traits_invalid", reason, pointer: pointer)
    }

    static let conflict = Refusal(
        "message_id_conflict",
        "Another call with this messageId and a different payload was taken before; the first stays. Give each call a messageId of its own.",
        pointer: "/messageId")

    static let suppressedIdentity = Refusal(
        "suppressed_identity", "Calls of this person are not kept, because they or the law want it so. Send no more of them.")

    static func malformed(_ problem: Problem) -> Refusal {
        var refusal = Refusal("", problem.message)
        refusal.code = problem.code
        return refusal
    }
}

extension String {
    fileprivate func replacingDots() -> String { String(map { $0 == "." ? "/" : $0 }) }

    /// This text as one segment of an RFC 6901 pointer.
    var pointerSegment: String {
        var out = ""
        for character in self {
            switch character {
            case "~": out += "~0"
            case "/": out += "~1"
            default: out.append(character)
            }
        }
        return out
    }
}
