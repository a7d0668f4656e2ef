public import Model
import OrderedCollections

/// Gives points that have expired once more, each lot's at most once.
public struct ReinstatePoints: ProgramCommand {
    public let member: MemberWish
    public let currency: String
    /// Lots that ended at or after it.
    public let expiredSince: Instant
    /// When they end now.
    public let until: Instant
    /// When it counts; nil for now.
    ///
    /// Not in a closed month, nor before what was booked for the member already.
    public var effectiveAt: Instant?

    public init(of currency: String, for member: MemberWish, expiredSince: Instant, until: Instant) {
        self.member = member
        self.currency = currency
        self.expiredSince = expiredSince
        self.until = until
    }

    public var content: JSONValue {
        var members: OrderedDictionary<String, JSONValue> = [
            "command": "reinstate", "member": member.content, "currency": .string(currency),
            "expired_since": .string(expiredSince.rfc3339), "until": .string(until.rfc3339),
        ]
        if let effectiveAt { members["effective_at"] = .string(effectiveAt.rfc3339) }
        return .object(members)
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let (currency, member) = try draft.named(currency, member)
        try draft.requireExpiry(until, of: member, currency)
        let key = try draft.open(member, currency)
        try draft.load(lots: "expired > reinstated", key)
        let (since, until) = (expiredSince, until)
        let moment = try draft.moment(effectiveAt, key)
        let amount = try draft.change(key, at: moment) { book, now throws(PointRefusal) in
            try book.reinstate(expiredSince: since, until: until, now: now)
        }
        return [
            "member": .string(member.id.text), "currency": .string(currency.key), "amount": .int(amount),
            "balance": try draft.balance(key),
        ]
    }
}
