public import Model
import OrderedCollections
public import Records

/// Gives and takes back what a product code grants, as its registration stands in the records now; twice is once.
///
/// Whoever registered it and is no member becomes one where the program takes in whoever earns; else the code grants nothing.
public struct FollowProductCode: ProgramCommand {
    public let place: ProductPlace
    /// As it is printed.
    public let code: String

    public init(_ place: ProductPlace, code: String) {
        self.place = place
        self.code = code
    }

    public var content: JSONValue {
        [
            "command": "follow_product_code", "code": .string(code), "batch": .int(Int64(place.batch)),
            "serial": .int(Int64(place.serial)),
        ]
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let place = place
        draft.write { tables throws(Problem) in try tables.deleteDue(place) }
        guard draft.settings != nil,
            let registered = try draft.reading({ tables throws(Problem) in try tables.registeredProduct(place) })
        else { return ["code": .string(code), "holder": .null] }
        let isBlocked = try draft.reading { tables throws(Problem) in try tables.isBlocked(place) }
        let who = isBlocked ? nil : registered.who
        let holder = try who.flatMap { who throws(ProgramFailure) in try openMember(who, in: &draft) }
        let kept = try draft.reading { tables throws(Problem) in try tables.productRights(place) }
        guard kept?.who != holder else { return answer(holder, [], [:], isBlocked) }
        var rights = ProductCodeRights(kept.map { [code: $0] } ?? [:])
        let rules = try rules(of: registered.product, in: &draft)
        var (ended, granted): (ProductCodeRights.Move?, [BenefitGrant]) = (nil, [])
        do throws(Refusal) {
            if let holder, kept?.who == nil {
                if case .granted(let grants) = try rights.register(
                    code, for: holder, rules: rules, in: draft.calendar, now: draft.now)
                {
                    granted = grants
                }
            } else if let holder {
                ended = try rights.transfer(code, to: holder, rules: rules, in: draft.calendar, now: draft.now)
                granted = ended?.granted ?? []
            } else {
                ended = try rights.takeBack(code, isBlocked: isBlocked, now: draft.now)
            }
        } catch { throw .refused(error) }
        if let ended { try end(ended, in: &draft) }
        let refused = try give(granted, in: &draft)
        if let registration = rights.registrations[code] {
            draft.write { tables throws(Problem) in try tables.set(registration, at: place) }
        }
        return answer(holder, granted.filter { refused[$0.benefit] == nil }, refused, isBlocked)
    }

    /// The member who has registered it; nil for whoever takes no part.
    private func openMember(_ who: Identity, in draft: inout ProgramDraft) throws(ProgramFailure) -> BenefitParty? {
        let wish = MemberWish(.identity(who))
        guard let known = try draft.find(wish) else {
            guard draft.settings?.enrolsByEarning == true else { return nil }
            return BenefitParty(try draft.memberByEarning(wish).id.text)
        }
        guard known.state == .open else { return nil }
        draft.claim(known)
        return BenefitParty(known.id.text)
    }

    /// What its product grants now; a payer who was merged is who they were merged into.
    private func rules(of product: String, in draft: inout ProgramDraft) throws(ProgramFailure) -> [ProductCodeRights.Rule] {
        let kept = try draft.reading { tables throws(Problem) in try tables.productGrants(of: product)?.rules ?? [] }
        var rules: [ProductCodeRights.Rule] = []
        for rule in kept {
            var payer = rule.payer
            if let id = ProgramMemberID(text: payer.text), let member = try draft.find(MemberWish(.id(id))) {
                payer = BenefitParty(member.id.text)
            }
            rules.append(.init(benefit: rule.benefit, amount: rule.amount, months: rule.months, payer: payer))
        }
        return rules
    }

    private func end(_ move: ProductCodeRights.Move, in draft: inout ProgramDraft) throws(ProgramFailure) {
        let source = move.ended
        let owners = try draft.reading { tables throws(Problem) in
            try tables.owners(
                ofGrantsWhere: "source_kind = ? AND source = ?", [.text(source.kind.rawValue), .text(source.id)],
                limit: EndBenefit.grantsMax)
        }
        for key in owners {
            var book = try draft.benefitBook(key)
            // What has ended by itself is not taken back.
            guard book.grants.values.contains(where: { $0.source == source && $0.end > draft.now }) else { continue }
            _ = try draft.change(key, &book) { book, now throws(Refusal) in
                try book.revoke(source, reason: "product code taken back", now: now)
            }
        }
        guard let member = ProgramMemberID(text: move.from.text), !owners.isEmpty else { return }
        draft.tell(.productBenefitsEnded, of: member, key: [source.id], ["code": .string(code)])
    }

    /// Gives each that can be given.
    ///
    /// - Returns: The reasons for which others are not, by the benefit's key.
    private func give(_ grants: [BenefitGrant], in draft: inout ProgramDraft) throws(ProgramFailure) -> [String: [String]] {
        var refused: [String: [String]] = [:]
        for wish in grants {
            guard let member = ProgramMemberID(text: wish.beneficiary.text) else { continue }
            let key = BenefitBookKey(member: member, benefit: wish.benefit)
            do throws(ProgramFailure) {
                var book = try draft.benefitBook(key)
                try draft.change(key, &book) { book, now throws(Refusal) in try book.grant(wish, now: now) }
            } catch {
                guard case .refused(let refusal) = error else { throw error }
                refused[wish.benefit] = refusal.reasons.map(\.code)
            }
        }
        let given = grants.filter { refused[$0.benefit] == nil }
        if let first = given.first, let member = ProgramMemberID(text: first.beneficiary.text) {
            draft.tell(
                .productBenefitsGranted, of: member, key: [first.source.id],
                ["code": .string(code), "benefits": .array(given.map { .string($0.benefit) })])
        }
        return refused
    }

    private func answer(
        _ holder: BenefitParty?, _ granted: [BenefitGrant], _ refused: [String: [String]], _ isBlocked: Bool
    ) -> JSONValue {
        let reasons = isBlocked ? [Refusal.Reason("CODE_BLOCKED", ["code": .string(code)])] : []
        return [
            "code": .string(code), "holder": .optional(holder?.text), "reasons": .array(reasons.map(\.json)),
            "granted": .array(granted.map { .string($0.id.text) }),
            "refused": .object(
                OrderedDictionary(
                    uniqueKeysWithValues: refused.sorted { $0.key < $1.key }.map { key, codes in
                        (key, JSONValue.array(codes.map { .string($0) }))
                    })),
        ]
    }
}
