public import Model
import OrderedCollections

/// Makes two members one: all points and benefits of one move to the other as they are, and their identities, too.
public struct MergeMembers: ProgramCommand {
    public let from: MemberWish
    public let into: MemberWish

    public init(_ from: MemberWish, into: MemberWish) {
        self.from = from
        self.into = into
    }

    public var content: JSONValue { ["command": "merge", "from": from.content, "into": into.content] }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        var reasons = CommandReasons()
        let first = try reasons.collect { () throws(ProgramFailure) in try draft.member(from) }
        let second = try reasons.collect { () throws(ProgramFailure) in try draft.member(into) }
        guard let old = first, let heir = second else { throw reasons.failure }
        guard old.id != heir.id else { throw .refused(Refusal("SAME_MEMBER", ["member": .string(old.id.text)])) }
        var moved: OrderedDictionary<String, JSONValue> = [:]
        for currency in draft.settings?.currencies ?? [] {
            let from = try draft.open(old, currency)
            let to = try draft.open(heir, currency)
            var other = try draft.book(to)
            let amount = try draft.change(from) { book, now throws(PointRefusal) in
                try book.moveAll(to: &other.book, now: now)
            }
            draft.set(other, to)
            if amount > 0 { moved[currency.key] = .int(amount) }
        }
        try draft.moveBenefits(from: old.id, to: heir.id)
        draft.moveLimits(from: old.id, to: heir.id)
        var closed = old
        (closed.mergedInto, closed.state) = (heir.id, .closed)
        let merged = closed
        draft.write { tables throws(Problem) in
            try tables.set(merged)
            try tables.moveOrders(from: merged.id, to: heir.id)
            try tables.moveCoupons(from: merged.id, to: heir.id)
            try tables.moveIdentities(from: merged.id, to: heir.id)
            try tables.moveEarningAgreements(from: merged.id, to: heir.id)
        }
        return ["member": .string(heir.id.text), "merged": .string(old.id.text), "moved": .object(moved)]
    }
}

/// Ends a membership, or opens it again; what the member has stays.
public struct CloseMember: ProgramCommand {
    public let member: MemberWish
    public let closes: Bool

    public init(_ member: MemberWish, closes: Bool = true) {
        self.member = member
        self.closes = closes
    }

    public var content: JSONValue { ["command": closes ? "close_member" : "open_member", "member": member.content] }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        guard let found = try draft.find(member), found.state != .erased else {
            throw .refused(Refusal("MEMBER_UNKNOWN", ["member": member.content]))
        }
        var member = found
        member.state = closes ? .closed : .open
        let changed = member
        draft.write { tables throws(Problem) in try tables.set(changed) }
        return ["member": .string(member.id.text), "state": .string(member.state.rawValue)]
    }
}
