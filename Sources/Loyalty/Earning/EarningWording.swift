import Model

extension RefusalWording {
    /// Why a rule gave nothing, a version did not go its way, or an event of an order could not be followed.
    static let earning: [String: @Sendable (Refusal.Reason) -> Wording] = rules.merging(versions) { one, _ in one }
        .merging(orders) { one, _ in one }

    private static let rules: [String: @Sendable (Refusal.Reason) -> Wording] = [
        "TIER": { "It is for \($0.text("need")) alone." },
        "TAG": { "It is for members with one of the tags \($0.text("need"))." },
        "TAG_BARRED": { "It is not for members with the tag \($0.text("have"))." },
        "CHANNEL": { "It counts for \($0.text("need")) alone." },
        "NOT_STARTED": { "It begins at \($0.text("from"))." },
        "EXPIRED": { "It ended at \($0.text("until"))." },
        "WEEKDAY": { "It counts on days \($0.text("need")) of the week, not on day \($0.text("have"))." },
        "CONDITION_PROPERTY": {
            "\"\($0.text("property"))\" should be \($0.text("op")) \($0.text("need")), and is \($0.text("have"))."
        },
        "CONDITION_NOT_PROPERTY": {
            "\"\($0.text("property"))\" should not be \($0.text("op")) \($0.text("need")), and is \($0.text("have"))."
        },
        "CONDITION_EMPTY": { _ in "A condition without parts never holds." },
        "CURRENCY_MISMATCH": { "Amounts are counted in \($0.text("need")), not in \($0.text("have"))." },
        "EXPIRES_BEFORE_USE": { "The points would end at \($0.text("expires_at")), before they can be spent." },
        "NO_LINES": { _ in "No line of the order that was paid for counts." },
        "LINES_CLAIMED": { "The rule \($0.text("by")) gives more for the same lines." },
        "BELOW_ONE_POINT": { _ in "It comes to less than one point." },
        "LIMIT_TAKEN": {
            $0.isNone("left")
                ? "Nothing is left of the limit \($0.text("limit")). Send it again."
                : "Only \($0.text("left")) are left of the limit \($0.text("limit")). Send it again."
        },
    ]

    private static let versions: [String: @Sendable (Refusal.Reason) -> Wording] = [
        "EARNING_PROGRAM_UNKNOWN": { "There is no earning program \"\($0.text("program"))\". Draft one first." },
        "VERSION_UNKNOWN": { "There is no version \($0.text("version"))." },
        "VERSION_STATUS": { reason in
            switch (reason.text("need"), reason.text("have")) {
            case ("reviewed", "draft"): "The version is a draft. Review it first."
            case (let need, let have): "That goes with a version that is \(need); this one is \(have)."
            }
        },
        "NO_VERSION": { "No version of \"\($0.text("program"))\" was live at \($0.text("at"))." },
        "RETROACTIVE": { "A version cannot decide about what has happened: \($0.text("from")) is over." },
        "SAME_INSTANT": { "Version \($0.text("version")) begins at the same instant. Choose another one." },
        "OTHER_PROGRAM": { "These are the settings of \"\($0.text("have"))\", not of \"\($0.text("need"))\"." },
        "OTHER_POINTS": { "All versions earn \"\($0.text("need"))\", not \"\($0.text("have"))\"." },
        "NOT_AN_ACCOUNT": { "\($0.text("member")) is a person. Name a member that is an account." },
        "SPLIT_SHARE": { "The share of an account is 0 to \($0.text("max")) ten-thousandths: 2500 gives it a quarter." },
        "SPLIT_RETROACTIVE": {
            "A share does not change what was earned: \($0.text("from")) is over. Name a later instant, or none."
        },
        "IN_FUTURE": { "\($0.text("at")) is not yet. Send it again then." },
    ]

    private static let orders: [String: @Sendable (Refusal.Reason) -> Wording] = [
        "OTHER_ORDER": { "This is about the order \($0.text("have")), not \($0.text("need"))." },
        "NOT_IN_ORDER": { "The order has no \"\($0.text("product"))\"." },
        "UNREADABLE": {
            "\"\($0.text("value"))\" is no number. Send \($0.text("field")) as a decimal number or its text, such as 12.50 or \"12.50\"."
        },
        "EXCEEDS_ORDER": { "That is \($0.text("by")) more of \"\($0.text("product"))\" than are left of the order." },
    ]
}
