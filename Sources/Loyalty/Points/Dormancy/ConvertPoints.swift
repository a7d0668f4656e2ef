public import Model
import OrderedCollections
import Records

/// Turns dormant points into a coupon, as the notices offer it: the points are spent, and a coupon is the member's.
///
/// Which coupon, and for how many points, is said by the currency's rules.
public struct ConvertPoints: ProgramCommand {
    public let member: MemberWish
    public let currency: String
    /// The coupon's text that the member has read; nil where the house does it for them.
    public var seen: CouponTextSeen?

    public init(of currency: String, by member: MemberWish, seen: CouponTextSeen? = nil) {
        self.currency = currency
        self.member = member
        self.seen = seen
    }

    public var content: JSONValue {
        [
            "command": "convert", "member": member.content, "currency": .string(currency),
            "seen": seen.map { ["language": .string($0.language.rawValue), "hash": .string($0.hash)] } ?? .null,
        ]
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let (currency, member) = try draft.named(currency, member, spends: true)
        guard let conversion = currency.dormancy?.conversion else {
            throw .refused(Refusal("CONVERSION_NONE", ["currency": .string(currency.key)]))
        }
        let key = try draft.open(member, currency)
        var reasons = CommandReasons()
        if try draft.reading({ tables throws(Problem) in try tables.openDormancy(of: key) }) == nil {
            reasons.add([.init("DORMANCY_NONE", ["member": .string(member.id.text)])])
        }
        let spent = try reasons.collect { () throws(ProgramFailure) in
            try draft.change(key) { book, now throws(PointRefusal) in try book.burn(conversion.points, now: now) }
        }
        let given = try reasons.collect { () throws(ProgramFailure) in
            let terms = try draft.couponTerms(conversion.template)
            let coupon = Coupon(id: draft.newCouponID, of: terms.template)
            return try draft.give(coupon, from: nil, terms, to: member, seen: seen, isClaimed: seen != nil)
        }
        guard let spent, let given, reasons.all.isEmpty else { throw reasons.failure }
        return [
            "member": .string(member.id.text), "currency": .string(currency.key), "spending": .int(spent.id.number),
            "amount": .int(spent.amount), "coupon": given.json(at: draft.now), "balance": try draft.balance(key),
        ]
    }
}
