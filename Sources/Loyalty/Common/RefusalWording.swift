public import Model
import OrderedCollections

extension Refusal.Reason {
    /// The reason as a sentence, and what to do about it.
    public var wording: Wording {
        RefusalWording.all[code]?(self) ?? "The rules do not allow it (\(code))."
    }

    /// What to do about it: the last of several sentences; nil where none is said.
    public var remedy: Wording? {
        let wording = wording
        guard !RefusalWording.remediless.contains(code), let end = wording.pattern.ranges(of: ". ").last else { return nil }
        return Wording(pattern: String(wording.pattern[end.upperBound...]), values: wording.values)
    }

    /// Whether a number among the parameters is 0, be it written for a reader already.
    func isNone(_ name: String) -> Bool { text(name) == "0" }

    /// A parameter as it is shown, cut where it is long; empty when there is none.
    func text(_ name: String) -> String {
        switch params[name] {
        case nil, .null?: ""
        case .string(let text)?: text.cut(to: Self.shownMax)
        case .array(let elements)?: elements.map { ($0.stringValue ?? $0.text).cut(to: Self.shownMax) }.joined(separator: ", ")
        case let value?: value.text.cut(to: Self.shownMax)
        }
    }

    /// So many symbols of what was sent are quoted in a sentence.
    private static let shownMax = 80

    /// The parameters for programs: ids as they are, longer texts cut, as whoever sent them has them.
    fileprivate var shownParams: OrderedDictionary<String, JSONValue> {
        params.mapValues { value in
            switch value {
            case .string(let text): .string(text.cut(to: String.idBytesMax))
            case .array(let elements): .array(elements.map { $0.stringValue.map { .string($0.cut(to: String.idBytesMax)) } ?? $0 })
            default: value
            }
        }
    }
}

extension String {
    /// Its first symbols, with an ellipsis where more follow.
    fileprivate func cut(to symbols: Int) -> String {
        guard utf8.count > symbols, let end = unicodeScalars.index(startIndex, offsetBy: symbols, limitedBy: endIndex),
            end < endIndex
        else { return self }
        return String(self[..<end]) + "…"
    }
}

/// Every code's sentence; areas add theirs.
enum RefusalWording {
    static let all: [String: @Sendable (Refusal.Reason) -> Wording] = [
        points, openings, dormancy, offers, earning, coupons, benefits,
    ]
    .reduce(
        into: members
    ) {
        all, area in
        all.merge(area) { one, _ in one }
    }

    /// Codes whose last sentence tells what follows, not what to do.
    static let remediless: Set<String> = ["NO_EFFECT"]

    private static let members: [String: @Sendable (Refusal.Reason) -> Wording] = [
        "PROGRAM_MISSING": { _ in "The workspace has no program yet. Set one up first." },
        "IDEMPOTENCY_CONFLICT": { reason in
            reason.text("id").isEmpty || reason.text("field").isEmpty
                ? "This Idempotency-Key came before with another command. Choose a new key for a new command."
                : "This Idempotency-Key came before with another \"\(reason.text("field"))\". Choose a new key for a new command."
        },
        "MEMBER_UNKNOWN": { "There is no member \"\($0.text("member"))\". Enrol them first." },
        "MEMBER_CLOSED": { "The membership of \($0.text("member")) is closed. Open it again first." },
        "COMMAND_ERASED": { _ in
            "This Idempotency-Key came before, for somebody who was erased. Choose a new key for a new command."
        },
        "MEMBER_ERASED": { "The member \($0.text("member")) was erased. Whoever comes back is enrolled anew." },
        "CURRENCY_UNKNOWN": {
            "There is no currency \"\($0.text("currency"))\". Known are \($0.text("known"))."
        },
        "CURRENCY_IN_USE": { "The currencies \($0.text("currencies")) cannot be left out: members may have points in them." },
        "SPENDABLE_IN_USE": {
            "Whether \($0.text("currencies")) can be spent cannot change: members may have points in them. Add another currency."
        },
        "SCALE_IN_USE": { "The scale of \($0.text("currencies")) cannot change: points would change with it." },
    ]

    private static let points: [String: @Sendable (Refusal.Reason) -> Wording] = [
        "INSUFFICIENT_POINTS": { reason in
            reason.text("pending_until").isEmpty
                ? tooFew(reason)
                : "There are \(reason.text("available")) points to spend and \(reason.text("held")) held; more become active at \(reason.text("pending_until"))."
        },
        "NOT_SPENDABLE": {
            "Points of \"\($0.text("currency"))\" are counted, and never spent or given away. Name another currency."
        },
        "LOT_FROZEN": { "\($0.text("frozen")) of the points are frozen. Ask who froze them." },
        "COLOUR_MISMATCH": { "\($0.text("elsewhere")) of the points can only be spent elsewhere." },
        "NOT_FOUND": notFound,
        "NUMBER_AMBIGUOUS": {
            "The number \($0.text("number")) is one of each of the members \($0.text("members")), who became one. Name the member by one of these."
        },
        "HOLD_EXPIRED": { "The hold has ended, at the latest at \($0.text("at")). Make a new one." },
        "HOLD_ALREADY_CAPTURED": { _ in "The hold was captured already." },
        "DONATION_UNKNOWN": {
            "There is no donation with the receipt \"\($0.text("receipt"))\". Look for it in the member's statement."
        },
        "DONATION_REVERSED": { "The donation was taken back already, at \($0.text("at"))." },
        "PAYABLE_CLOSED": {
            "What is owed to \($0.text("charity")) for \($0.text("month")) is settled: the month is closed. Adjust the member's points, and name the month that this corrects."
        },
        "EXCEEDS_ORIGINAL": { $0.isNone("left") ? "Nothing of it is left." : "Only \($0.text("left")) of it are left." },
        "ALREADY_EARNED": { reason in
            reason.text("member").isEmpty
                ? "Points were earned for \(reason.text("source")) already."
                : "Points were earned for \(reason.text("source")) already, by \(reason.text("member"))."
        },
        "ZERO_VALUE": { "An amount is at least 1, not \($0.text("amount"))." },
        "NAME_WRONG": {
            "\"\($0.text("field"))\" is a name of 1 to \($0.text("max")) bytes in one line, without control characters."
        },
        "OVERFLOW": overflow,
        "BAD_TIME": { _ in "The time is over, or too far away." },
        "TRANSFER_LIMIT": {
            $0.isNone("transferable")
                ? "None of the points can be given away." : "Only \($0.text("transferable")) of the points can be given away."
        },
        "HOLDS_OPEN": { "Something is held until \($0.text("at")). Capture or release it first." },
        "PERIOD_CLOSED": { "The books are closed until \($0.text("until")). Book in the open month." },
        "MONTH_NOT_OVER": { "The month \($0.text("month")) is not over yet." },
        "MONTH_CLOSED": {
            "The month \($0.text("month")) was closed already, at \($0.text("closed_at")): its report stays. The next is \($0.text("next"))."
        },
        "MONTH_NOT_CLOSED": { reason in
            reason.text("first").isEmpty
                ? "The month \(reason.text("month")) is not closed, nor is any other. Leave \"corrects\" out."
                : "The month \(reason.text("month")) is not closed; \(reason.text("first")) to \(reason.text("last")) are. Name one of these, or leave \"corrects\" out."
        },
        "MONTH_NOT_NEXT": { "Months are closed one after another. The next is \($0.text("next"))." },
        "BOOKS_DUE": { _ in "What was due by the end of the month is not booked yet. Try again in a moment." },
        "PARTNER_BLOCK_EMPTY": {
            "The block of \($0.text("partner")) has \($0.text("available")) points left, and \($0.text("amount")) are asked for. The partner buys more first."
        },
        "PARTNER_WRONG": { _ in
            "A partner has a name of 1 to 100 bytes in one line other than \"brand\", a price of at least 0 and a reference of at most 500 bytes."
        },
        "ESTIMATE_SHARE": {
            "A share is one of 1 to \($0.text("max")) ten-thousandths: 9700 expects that 97 of 100 points are spent."
        },
        "ESTIMATE_NOTE": { _ in "An estimate says how it was found, in at most 2000 bytes." },
        "ADJUSTMENT_UNKNOWN": { "There is no adjustment \"\($0.text("adjustment"))\"." },
        "ADJUSTMENT_DECIDED": { "The adjustment was decided already, by \($0.text("by"))." },
        "SECOND_PERSON_NEEDED": {
            $0.text("by_key") == "true"
                ? "Who asked for the adjustment and who decides are one person, who made the key of one or of both. Somebody else has to decide."
                : "Somebody other than who asked for the adjustment has to decide."
        },
        "SAME_MEMBER": { "Both are the member \($0.text("member"))." },
        "TRANSFER_TOO_SMALL": { "Members give at least \($0.text("min")) at once." },
        "TRANSFER_MONTH_AMOUNT": {
            $0.isNone("left")
                ? "Nothing more can be given in this month. Wait for the next."
                : "Only \($0.text("left")) more can be given in this month. Give less, or wait for the next."
        },
        "TRANSFER_MONTH_COUNT": { "Members give at most \($0.text("max")) times in a month. Wait for the next." },
        "TRANSFER_COOL_DOWN": {
            "A new device has come to the member: nothing is given until \($0.text("until")). Wait until then."
        },
        "SELF_TRANSFER": { _ in "Nobody gives points to themselves." },
    ]

    /// Why less can be spent than is asked for, where none comes by waiting.
    private static func tooFew(_ reason: Refusal.Reason) -> Wording {
        switch (reason.isNone("available"), reason.isNone("held")) {
        case (true, true): "There are no points to spend. Try again when some were earned."
        case (true, false):
            "There are no points to spend: \(reason.text("held")) are held. Release what is held, or try again when more were earned."
        case (false, _):
            "There are \(reason.text("available")) points to spend and \(reason.text("held")) held. Ask for less."
        }
    }

    private static func overflow(_ reason: Refusal.Reason) -> Wording {
        let (max, amount) = (reason.text("max"), reason.text("amount"))
        return switch (max.isEmpty, amount.isEmpty) {
        case (true, _): "There would be more points, or they would be worth more, than can be counted."
        case (false, true): "There would be more than \(max) points. No more can come than that."
        case (false, false): "An adjustment gives or takes at most \(max) points, not \(amount). Ask for less."
        }
    }

    /// What there is not, by what the reason names; those of earlier versions do not say which number it is.
    private static func notFound(_ reason: Refusal.Reason) -> Wording {
        let named = ["template", "order", "batch", "source", "kind", "coupon"].first { !reason.text($0).isEmpty }
        let (coupon, number) = (reason.text("coupon"), reason.text("number"))
        switch (named, reason.text("kind")) {
        case ("template", _) where !reason.text("version").isEmpty:
            return "There is no version \(reason.text("version")) of the coupon template \"\(reason.text("template"))\"."
        case ("template", _): return "There is no coupon template \"\(reason.text("template"))\". Make it first."
        case ("order", _) where !coupon.isEmpty:
            return "The order \"\(reason.text("order"))\" does not have the coupon \"\(coupon)\", or has not used it."
        case ("order", _): return "No coupon is kept or used for the order \"\(reason.text("order"))\"."
        case ("batch", _): return "There is no batch of codes \"\(reason.text("batch"))\"."
        case ("source", _) where (reason.text("line") + reason.text("rule")).isEmpty:
            return "Nothing was earned for the source \"\(reason.text("source"))\". Name its line and rule, too, where it has them."
        case ("source", _):
            return
                "Nothing was earned for the source \"\(reason.text("source"))\" with the line \"\(reason.text("line"))\" and the rule \"\(reason.text("rule"))\"."
        case (_, "hold"): return "The member has no hold \(number)."
        case (_, "spending"): return "The member has no spending \(number)."
        case (_, "lot"): return "The member has no lot \(number) with which that can be done."
        case ("coupon", _): return "There is no coupon \"\(coupon)\"."
        default: return "There is no such lot, hold, spending, source, coupon, template, batch or order."
        }
    }
}

extension Refusal.Reason {
    /// The object `{"code": …, "message": …, "remedy": …, "params": {…}, "retryable": …}`; the remedy is a part of the message.
    package var json: JSONValue {
        var members: OrderedDictionary<String, JSONValue> = ["code": .string(code), "message": .string(wording.description)]
        members["remedy"] = remedy.map { .string($0.description) }
        members["params"] = .object(shownParams)
        members["retryable"] = .bool(isRetryable)
        return .object(members)
    }
}

extension Refusal {
    /// The object `{"reasons": […]}`.
    package var json: JSONValue { ["reasons": .array(reasons.map(\.json))] }
}
