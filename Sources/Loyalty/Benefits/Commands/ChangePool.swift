public import Model
import OrderedCollections

/// Makes a pool of what an account has of a benefit, or changes who may do what in it.
public struct ChangePool: ProgramCommand {
    public enum Deed: Hashable, Sendable {
        /// Purchases from an amount on wait for somebody else's approval; nil for none.
        case open(approvalFrom: Int64?)
        /// None takes them out of the pool.
        case setRoles(Set<BenefitPool.Role>, of: MemberWish)
        /// nil for no cap.
        case cap(MemberWish, at: Int64?)
        case buy(BenefitSource, amount: Int64?, until: Instant?)
        /// By the id of the command that bought.
        case approve(BenefitID)
        /// By an admin: the account has what it has without a pool.
        case close
    }

    public let account: MemberWish
    public let benefit: String
    public let deed: Deed
    /// Who does it; of a new pool its first admin.
    public let party: MemberWish

    public init(_ deed: Deed, of benefit: String, ownedBy account: MemberWish, by party: MemberWish) {
        self.deed = deed
        self.benefit = benefit
        self.account = account
        self.party = party
    }

    public var content: JSONValue {
        var members = JSONMembers()
        members.put("command", "change_pool")
        members.put("account", account.content)
        members.put("benefit", benefit)
        members.put("by", party.content)
        switch deed {
        case .open(let approvalFrom):
            members.put("deed", "open")
            members.put("approval_from", .optional(approvalFrom))
        case .setRoles(let roles, let member):
            members.put("deed", "set_roles")
            members.put("member", member.content)
            members.put("roles", .array(roles.map(\.rawValue).sorted().map { .string($0) }))
        case .cap(let member, let max):
            members.put("deed", "cap")
            members.put("member", member.content)
            members.put("max", .optional(max))
        case .buy(let source, let amount, let until):
            members.put("deed", "buy")
            members.put("source", source.json)
            members.put("amount", .optional(amount))
            members.put("until", until)
        case .approve(let id):
            members.put("deed", "approve")
            members.put("purchase", id.text)
        case .close: members.put("deed", "close")
        }
        return members.json
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let account = try draft.member(account)
        let party = try draft.named(party)
        let key = BenefitBookKey(member: account.id, benefit: benefit)
        let book = try draft.benefitBook(key)
        let known = try draft.reading { tables throws(Problem) in try tables.pool(key, over: book) }
        let other = try other.map { wish throws(ProgramFailure) in try draft.named(wish) }
        let pool = try changed(known, book, party, other, in: draft)
        draft.write { tables throws(Problem) in
            try tables.write(key, from: book, to: pool.book)
            // Without an admin there is no pool any more.
            if pool.roles.isEmpty { try tables.deletePool(key) } else { try tables.set(pool, key, before: known) }
        }
        draft.tell(key, from: book, to: pool.book)
        return pool.json(at: draft.now)
    }

    private func changed(
        _ known: BenefitPool?, _ book: BenefitBook, _ party: BenefitParty, _ other: BenefitParty?, in draft: ProgramDraft
    ) throws(ProgramFailure) -> BenefitPool {
        if case .open(let approvalFrom) = deed {
            guard known == nil else { throw .refused(Refusal([BenefitReason.alreadyDone(BenefitID(benefit))])) }
            return BenefitPool(book: book, roles: [party: [.admin]], purchases: [:], approvalFrom: approvalFrom)
        }
        guard var pool = known else { throw .refused(Refusal([BenefitReason.unknown(.pool, benefit)])) }
        let now = draft.now
        do throws(Refusal) {
            switch deed {
            case .open: break
            case .approve(let id): try pool.approve(id, by: party, now: now)
            case .buy(let source, let amount, let until):
                let wish = BenefitGrant(
                    id: BenefitID(draft.id), of: benefit, to: book.beneficiary, payer: book.beneficiary, source: source, from: now,
                    until: until, amount: amount)
                _ = try pool.buy(wish, by: party, now: now)
            case .setRoles(let roles, _): if let other { try pool.set(roles, of: other, by: party) }
            case .cap(_, let max): if let other { try pool.cap(other, at: max, by: party, now: now) }
            case .close: try pool.close(by: party, now: now)
            }
        } catch { throw .refused(error) }
        return pool
    }

    /// Whom it is about, beside who does it.
    private var other: MemberWish? {
        switch deed {
        case .setRoles(_, let member), .cap(let member, _): member
        case .open, .buy, .approve, .close: nil
        }
    }
}

extension BenefitPool {
    /// As answers show it.
    package func json(at now: Instant) -> JSONValue {
        let people = roles.sorted { $0.key < $1.key }.map { party, roles -> JSONValue in
            let cap = book.caps.first { $0.user == party && $0.by == book.beneficiary }?.max
            return [
                "member": .string(party.text), "roles": .array(roles.map(\.rawValue).sorted().map { .string($0) }),
                "cap": .optional(cap),
            ]
        }
        return [
            "account": .string(book.beneficiary.text), "benefit": .string(book.benefit.key), "people": .array(people),
            "waiting": .array(
                waiting.map {
                    [
                        "purchase": .string($0.grant.id.text), "buyer": .string($0.buyer.text),
                        "amount": .optional($0.grant.amount),
                        "asked_at": .string($0.askedAt.rfc3339),
                    ]
                }),
            "left": book.summary(at: now),
        ]
    }
}
