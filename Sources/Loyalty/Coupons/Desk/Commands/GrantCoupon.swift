public import Model
import OrderedCollections
import Records

/// Gives a member a coupon: one of a template, or the one behind a printed code.
public struct GrantCoupon: ProgramCommand {
    public enum Origin: Hashable, Sendable {
        /// A new coupon of the newest version.
        case template(String)
        /// The coupon of a code, which was read by ``CouponCodeCipher``.
        case code(CouponCodeCipher.Place)
    }

    public let origin: Origin
    public let member: MemberWish
    /// The text that the member has read; nil where nobody was shown anything, as when the house gives it.
    ///
    /// Then the text as it is counts, in the workspace's language.
    public var seen: CouponTextSeen?
    /// Who brought the member in: they cannot use the coupon themselves.
    public var referrer: MemberWish?

    public init(_ origin: Origin, to member: MemberWish, seen: CouponTextSeen? = nil, referrer: MemberWish? = nil) {
        self.origin = origin
        self.member = member
        self.seen = seen
        self.referrer = referrer
    }

    public var content: JSONValue {
        var out = JSONMembers()
        out.put("command", "grant_coupon")
        switch origin {
        case .template(let name): out.put("template", name)
        case .code(let place): out.put("place", .array([.int(Int64(place.batch)), .int(Int64(clamping: place.index))]))
        }
        out.put("member", member.content)
        out.put("seen", seen.map { ["language": .string($0.language.rawValue), "hash": .string($0.hash)] } ?? .null)
        out.put("referrer", referrer?.content ?? .null)
        return out.json
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let member = try draft.member(member)
        let referrer = try referrer.map { wish throws(ProgramFailure) in try draft.member(wish).id.text }
        switch origin {
        case .template(let name):
            let terms = try draft.couponTerms(name)
            let coupon = Coupon(id: draft.newCouponID, of: terms.template, referrer: referrer)
            return try draft.give(
                coupon, from: nil, terms, to: member, seen: seen, isClaimed: seen != nil
            ).json(at: draft.now)
        case .code(let place):
            let id = place.couponID
            let batch = try draft.reading { tables throws(Problem) in try tables.couponBatch(Int64(place.batch)) }
            guard let batch, place.index < UInt64(batch.count) else { throw .refused(.noCoupon(id)) }
            let terms = try draft.couponTerms(batch.template.name, version: batch.template.version)
            let template = terms.template
            let known = try draft.reading { tables throws(Problem) in try tables.coupon(id) { _ in template } }
            if known == nil, batch.state == .closed || batch.state == .voided {
                throw .refused(Refusal("BATCH_CLOSED", ["state": .string(batch.state.rawValue), "coupon": .string(id)]))
            }
            let coupon = known?.coupon ?? Coupon(id: id, of: template, referrer: referrer)
            do throws(ProgramFailure) {
                return try draft.give(
                    coupon, from: known?.coupon, terms, to: member, seen: seen, isClaimed: true
                ).json(at: draft.now)
            } catch {
                guard case .refused(let refusal) = error else { throw error }
                // Which coupon it was about is known, and may be asked for later.
                throw .refused(Refusal(refusal.reasons.map { $0.about(coupon.id) }))
            }
        }
    }
}
