public import Model
import Records

/// Who pays for a grant.
public enum BenefitPayer: Hashable, Sendable {
    case program
    case member(MemberWish)

    var content: JSONValue {
        switch self {
        case .program: "program"
        case .member(let wish): wish.content
        }
    }
}

/// Gives a member a right to a benefit; the grant has the id of the command.
public struct GrantBenefit: ProgramCommand {
    public let member: MemberWish
    public let benefit: String
    public let source: BenefitSource
    public var payer = BenefitPayer.program
    /// nil for now.
    public var from: Instant?
    public var until: Instant?
    /// Lower ones are used first.
    public var priority = 0
    /// nil for the amount of the benefit.
    public var amount: Int64?

    public init(_ benefit: String, to member: MemberWish, for source: BenefitSource) {
        self.member = member
        self.benefit = benefit
        self.source = source
    }

    public var content: JSONValue {
        var members = JSONMembers()
        members.put("command", "grant_benefit")
        members.put("member", member.content)
        members.put("benefit", benefit)
        members.put("source", source.json)
        members.put("payer", payer.content)
        members.put("from", from)
        members.put("until", until)
        members.put("priority", priority)
        members.put("amount", .optional(amount))
        return members.json
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        var reasons = CommandReasons()
        let found = try reasons.collect { () throws(ProgramFailure) in try draft.member(self.member) }
        reasons.require(ids: [("source.id", source.id), ("source.series", source.series)])
        guard let member = found, reasons.all.isEmpty else { throw reasons.failure }
        let key = BenefitBookKey(member: member.id, benefit: benefit)
        let payer = try draft.party(payer)
        var book = try draft.benefitBook(key)
        let wish = BenefitGrant(
            id: BenefitID(draft.id), of: benefit, to: key.party, payer: payer, source: source, from: from ?? draft.now,
            until: until,
            priority: priority, amount: amount)
        try draft.change(key, &book) { book, now throws(Refusal) in try book.grant(wish, now: now) }
        return [
            "grant": .string(draft.id), "beneficiary": .string(member.id.text), "benefit": .string(benefit),
            "payer": .string(payer.text),
            "amount": .optional(book.grants[wish.id]?.amount ?? nil), "left": book.summary(at: draft.now),
        ]
    }
}

/// Lets another party pay for a grant; no right changes with it.
public struct ChangeBenefitPayer: ProgramCommand {
    public let grant: BenefitID
    public let payer: BenefitPayer

    public init(of grant: BenefitID, to payer: BenefitPayer) {
        self.grant = grant
        self.payer = payer
    }

    public var content: JSONValue {
        ["command": "change_benefit_payer", "grant": .string(grant.text), "payer": payer.content]
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let (grant, payer) = (grant, try draft.party(payer))
        let owner = try draft.reading { tables throws(Problem) in
            try tables.owners(ofGrantsWhere: "id = ?", [.text(grant.text)], limit: 1).first
        }
        guard let owner else { throw .refused(Refusal([BenefitReason.unknown(.grant, grant.text)])) }
        var book = try draft.benefitBook(owner)
        try draft.change(owner, &book) { book, now throws(Refusal) in try book.changePayer(of: grant, to: payer, now: now) }
        return ["grant": .string(grant.text), "beneficiary": .string(owner.member.text), "payer": .string(payer.text)]
    }
}
