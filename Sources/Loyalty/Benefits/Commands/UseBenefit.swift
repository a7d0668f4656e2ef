public import Model
import OrderedCollections

/// Uses a benefit, or pins it for something that is delivered later; the use has the id of the command.
///
/// Where a company has made a pool of it, whoever uses it has to be named, and has to be one of its users. What a physical gift pins
/// starts a gift on its way; used at once it was handed over.
public struct UseBenefit: ProgramCommand {
    public enum Deed: Hashable, Sendable {
        case consume(BenefitMode)
        case reserve(seconds: Int64)
    }

    public let member: MemberWish
    public let benefit: String
    public let deed: Deed
    public var amount: Int64 = 1
    public var place: String?
    /// Who of the beneficiary's people.
    public var user: MemberWish?

    public init(_ deed: Deed, of benefit: String, by member: MemberWish) {
        self.deed = deed
        self.benefit = benefit
        self.member = member
    }

    public var content: JSONValue {
        var members = JSONMembers()
        switch deed {
        case .consume(let mode):
            members.put("command", "consume_benefit")
            members.put("mode", mode.rawValue)
        case .reserve(let seconds):
            members.put("command", "reserve_benefit")
            members.put("seconds", .int(seconds))
        }
        members.put("member", member.content)
        members.put("benefit", benefit)
        members.put("amount", .int(amount))
        members.put("place", place)
        members.put("user", user?.content ?? .null)
        return members.json
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let member = try draft.member(member)
        let key = BenefitBookKey(member: member.id, benefit: benefit)
        let context = BenefitContext(amount: amount, place: place, user: try draft.party(user))
        var book = try draft.benefitBook(key)
        let (id, before, now) = (BenefitID(draft.id), book, draft.now)
        let pool = try draft.reading { tables throws(Problem) in try tables.pool(key, over: before) }
        var against = [pool?.missingRole(context.user)].compactMap(\.self)
        if case .consume = deed {
            against += try draft.reading { tables throws(Problem) in
                try tables.handOverReasons(of: before.benefit, context.amount, at: now)
            }
        }
        let use = try draft.change(key, &book) { [against] book, now throws(Refusal) in
            var used = book
            let use: BenefitUse
            do throws(Refusal) { use = try carryOut(&used, context, id, now) } catch { throw Refusal(against + error.reasons) }
            guard against.isEmpty else { throw Refusal(against) }
            book = used
            return use
        }
        try moveStock(of: book.benefit, use, in: &draft)
        var answer = JSONMembers()
        answer.put("member", member.id.text)
        answer.put("benefit", benefit)
        for (name, value) in use.json.objectValue ?? [:] { answer.put(name, value) }
        if case .issueCoupon(let template) = book.benefit.kind { answer.put("template", template) }
        if let coupons = try draft.issueCoupons(for: use, of: book.benefit, to: member.id) { answer.put("coupons", coupons) }
        answer.put("left", book.summary(at: draft.now))
        return answer.json
    }

    private func carryOut(
        _ book: inout BenefitBook, _ context: BenefitContext, _ id: BenefitID, _ now: Instant
    ) throws(Refusal) -> BenefitUse {
        switch deed {
        case .consume(let mode): return try book.consume(context, mode: mode, id: id, now: now)
        case .reserve(let seconds):
            let (span, isOver) = seconds.multipliedReportingOverflow(by: .microsecondsPerSecond)
            guard !isOver else { throw Refusal([BenefitReason.badTime]) }
            return try book.reserve(context, until: now.advanced(byMicroseconds: span), id: id, now: now)
        }
    }

    /// Starts a gift on its way, or takes what was handed over out of the stock.
    private func moveStock(of benefit: Benefit, _ use: BenefitUse, in draft: inout ProgramDraft) throws(ProgramFailure) {
        guard case .physicalGift(let key) = benefit.kind else { return }
        if use.isReserved {
            let gift = GiftFulfilment(id: use.id, stock: key, amount: use.amount, now: draft.now)
            draft.write { tables throws(Problem) in try tables.set(gift) }
        } else {
            var stock = try draft.reading { tables throws(Problem) in try tables.stock(key) } ?? GiftStock(key: key)
            do throws(Refusal) {
                try stock.reserve(use.amount)
                try stock.ship(use.amount)
            } catch { throw .refused(error) }
            let left = stock
            draft.write { tables throws(Problem) in try tables.set(left) }
        }
    }
}

extension BenefitPool {
    /// Why somebody may not use it; nil when they may.
    func missingRole(_ user: BenefitParty?) -> Refusal.Reason? {
        guard let user, roles[user]?.contains(.user) == true else { return BenefitReason.missingRole(Role.user.rawValue) }
        return nil
    }
}
