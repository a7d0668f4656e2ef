public import Model
import OrderedCollections
import Records

/// Passes a coupon on, takes it away, or makes it void.
public struct ChangeCoupon: ProgramCommand {
    public enum Deed: Hashable, Sendable {
        case transfer(from: MemberWish, to: MemberWish)
        case revoke(reason: String)
        case void
    }

    public let coupon: String
    public let deed: Deed

    public init(_ deed: Deed, _ coupon: String) {
        self.deed = deed
        self.coupon = coupon
    }

    public var content: JSONValue {
        var out = JSONMembers()
        out.put("command", "change_coupon")
        out.put("coupon", coupon)
        switch deed {
        case .transfer(let from, let to):
            out.put("from", from.content)
            out.put("to", to.content)
        case .revoke(let reason): out.put("revoke", reason)
        case .void: out.put("void", true)
        }
        return out.json
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        var desk = try draft.coupons([coupon])
        let now = draft.now
        switch deed {
        case .transfer(let from, let to):
            let (giver, heir) = (try draft.member(from), try draft.member(to))
            try desk.change(coupon) { coupon, terms, _ throws(Refusal) in
                try coupon.transfer(from: giver.id.text, to: heir.id.text, terms, now: now)
            }
            draft.claim(heir)
        case .revoke(let reason):
            try desk.change(coupon) { coupon, _, limits throws(Refusal) in
                try coupon.revoke(reason: reason, now: now, limits: &limits)
            }
            audit("coupon.revoke", reason: reason.isEmpty ? nil : reason, &draft)
        case .void:
            try desk.change(coupon) { coupon, _, limits throws(Refusal) in try coupon.void(now: now, limits: &limits) }
            audit("coupon.void", reason: nil, &draft)
        }
        try draft.save(desk)
        return desk.coupons[coupon]?.json(at: now) ?? .null
    }

    private func audit(_ action: String, reason: String?, _ draft: inout ProgramDraft) {
        let (actor, now, coupon) = (draft.actor, draft.now, coupon)
        draft.write { tables throws(Problem) in
            var entry = AuditEntry(
                workspace: tables.workspace, at: now, actor: actor, action: action, target: coupon, detail: "")
            // What an erasure can take out: it may name somebody.
            entry.reason = reason
            try AuditChain.append(entry, on: tables.connection)
        }
    }
}
