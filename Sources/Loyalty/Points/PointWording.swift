import Model

extension RefusalWording {
    /// Why points are not taken over from another system, or count at no instant that was named.
    static let openings: [String: @Sendable (Refusal.Reason) -> Wording] = [
        "OPENING_ROW_KEY": { "A row has a key of 1 to \($0.text("max")) bytes." },
        "OPENING_ROW_COUNT": { "A file has 1 to \($0.text("max")) rows. Send a larger one in parts." },
        "OPENING_ROW_UNREADABLE": unreadable,
        "OPENING_ROW_WIDTH": { "Line \($0.text("line")) has more fields than the head has columns." },
        "OPENING_ROW_CONFLICT": { "The row \"\($0.text("row"))\" was taken over before, and said something else." },
        "LOT_NEVER_ACTIVE": {
            "The points end at \($0.text("expires_at")) and could be spent from \($0.text("activates_at")) on. Let them end later."
        },
        "OPENING_LOT_OVER": { "The points ended at \($0.text("expires_at")), before they came." },
        "OPENING_TOTAL_DIFFERS": {
            "The rows add up to \($0.text("found")), not to \($0.text("total")). Look for what is missing."
        },
        "OPENING_CLOSED": { "Taking over was ended at \($0.text("at")). Adjust what is missing." },
        "EFFECTIVE_IN_FUTURE": { "Nothing can count at \($0.text("at")) yet." },
        "EFFECTIVE_BEFORE_LOT": { "The points were earned at \($0.text("earned_at")): nothing can be done to them before." },
        "EFFECTIVE_OUT_OF_ORDER": {
            "The member's book is written until \($0.text("booked_until")). Name a later instant, or none."
        },
    ]

    /// What cannot be read, where it stands in its file, and how it is written.
    private static func unreadable(_ reason: Refusal.Reason) -> Wording {
        let (line, field, value) = (reason.text("line"), reason.text("field"), reason.text("value"))
        guard !line.isEmpty else { return "\"\(field)\" cannot be \"\(value)\"." }
        return switch field {
        case "member":
            "Line \(line): \"\(field)\" cannot be \"\(value)\". Write an identity, such as user_id:abc, or a member's number."
        case "transferable": "Line \(line): \"\(field)\" cannot be \"\(value)\". Write true or false."
        case "earned_at", "expires_at", "activates_at":
            "Line \(line): \"\(field)\" cannot be \"\(value)\". Write a date such as 2026-03-31, or an instant such as 2026-03-31T12:00:00Z."
        default: "Line \(line): \"\(field)\" cannot be \"\(value)\". Write a whole number in digits alone, such as 1200."
        }
    }

    /// What cannot be done about dormant points, and where points do not end.
    static let dormancy: [String: @Sendable (Refusal.Reason) -> Wording] = [
        "CONVERSION_NONE": {
            "Points of \"\($0.text("currency"))\" become no coupon. Name one in the currency's rules for dormant points."
        },
        "DORMANCY_NONE": { "The points of \($0.text("member")) are not dormant." },
        "DORMANCY_NOTICE_UNKNOWN": { "No notice of \($0.text("days")) days was asked for." },
        "DORMANCY_NOTICE_EARLY": { "The notice was asked for at \($0.text("told_at")): nothing can have been sent before." },
        "EXPIRY_FORBIDDEN": { "In \($0.text("jurisdiction")) points do not end by time alone. Leave the end out." },
        "JURISDICTION_UNKNOWN": { "\"\($0.text("jurisdiction"))\" is no jurisdiction. Write one such as CA or CA-ON." },
    ]

    /// Why points do not pass to somebody else.
    static let offers: [String: @Sendable (Refusal.Reason) -> Wording] = [
        "OFFER_UNKNOWN": { "There is no offer \"\($0.text("offer"))\"." },
        "OFFER_ANSWERED": { "The offer was answered already: it is \($0.text("state"))." },
        "OFFER_OVER": { "The offer was over at \($0.text("until")), and the points are back." },
        "OFFER_NOT_YOURS": { _ in "The points were offered to somebody else." },
        "RECEIVER_MUST_ACCEPT": { "\($0.text("member")) has to accept first. Offer the points instead." },
        "RECEIVER_REFUSES": { "\($0.text("member")) takes no points from others." },
    ]
}
