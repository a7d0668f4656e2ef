import Model
import OrderedCollections
import Records

/// The books that a plan gives something to, by its benefits' keys.
typealias PlanBooks = OrderedDictionary<String, BenefitBook>

extension ProgramDraft {
    /// What is for sale under a key; refused when the payer saw other terms.
    func planOffer(_ key: String, seen version: Int64?) throws(ProgramFailure) -> (offer: PlanOffer, version: Int64) {
        guard settings != nil else { throw .refused(Refusal("PROGRAM_MISSING")) }
        guard let known = try reading({ tables throws(Problem) in try tables.planOffer(key) }) else {
            throw .refused(Refusal([BenefitReason.unknown(.offer, key)]))
        }
        if let version, version != known.version {
            throw .refused(Refusal("TERMS_CHANGED", ["version": .int(known.version), "seen": .int(version)]))
        }
        return (known.offer, known.version)
    }

    /// A plan that was bought; moves now behind the last thing that was done to it.
    mutating func plan(_ id: BenefitID) throws(ProgramFailure) -> KeptPlan {
        guard let kept = try reading({ tables throws(Problem) in try tables.plan(id) }) else {
            throw .refused(Refusal([BenefitReason.unknown(.plan, id.text)]))
        }
        now = max(now, kept.recordedAt.advanced(byMicroseconds: 1))
        return kept
    }

    /// The beneficiary's books of all benefits of a plan.
    mutating func books(of offer: PlanOffer, for party: BenefitParty) throws(ProgramFailure) -> PlanBooks {
        guard let member = ProgramMemberID(text: party.text) else { return [:] }
        var books = PlanBooks()
        for part in offer.parts {
            books[part.benefit] = try benefitBook(BenefitBookKey(member: member, benefit: part.benefit))
        }
        return books
    }

    /// How often the benefits of a plan were used in one of its paid periods, by key.
    func uses(of kept: KeptPlan, in books: PlanBooks, ofPeriod period: Int?) throws(ProgramFailure) -> [String: Int64] {
        guard let period, period > 0, let member = ProgramMemberID(text: kept.plan.beneficiary.text) else { return [:] }
        let (span, now) = (kept.plan.span(ofPeriod: period), now)
        var counts: [String: Int64] = [:]
        for (benefit, book) in books {
            let key = BenefitBookKey(member: member, benefit: benefit)
            let uses = try reading { tables throws(Problem) in try tables.uses(of: key, from: span.from, until: span.until) }
            counts[benefit] = kept.count(of: uses, in: book, at: now)
        }
        return counts
    }

    /// Writes a plan and what follows from it: the grants from now on, and facts for the events.
    ///
    /// - Parameter reason: Why what it gives no more is taken back; nil when it ended.
    mutating func save(
        _ kept: KeptPlan, _ books: PlanBooks, reason: String?, _ detail: OrderedDictionary<String, JSONValue> = [:]
    ) throws(ProgramFailure) {
        try follow(kept, books, reason)
        var after = kept
        (after.factCount, after.recordedAt) = (kept.factCount + Int64(kept.plan.facts.count), now)
        let (first, saved) = (kept.factCount, after)
        write { tables throws(Problem) in try tables.set(saved, factsFrom: first) }
        guard let payer = ProgramMemberID(text: kept.plan.payer.text) else { return }
        for (place, fact) in kept.plan.facts.enumerated() {
            var properties: OrderedDictionary<String, JSONValue> = [
                "plan": .string(kept.offer.key), "plan_id": .string(kept.plan.id.text),
                "beneficiary": .string(kept.plan.beneficiary.text),
            ]
            if let amount = fact.amount { properties["amount_minor"] = .int(amount) }
            properties.merge(detail) { one, _ in one }
            let key = [kept.plan.id.text, String(first + Int64(place))]
            tell(fact.kind.fact, of: payer, key: key, at: fact.at, properties)
        }
    }

    private mutating func follow(_ kept: KeptPlan, _ books: PlanBooks, _ reason: String?) throws(ProgramFailure) {
        guard let member = ProgramMemberID(text: kept.plan.beneficiary.text) else { return }
        for part in kept.offer.parts {
            guard var book = books[part.benefit] else { continue }
            let wanted = kept.plan.grants(of: part.benefit, amount: part.amount)
            let (before, now, source) = (book, now, kept.source)
            func carryOut(_ book: inout BenefitBook) throws(Refusal) {
                try book.follow(wanted, seriesOf: source, reason: reason, now: now)
            }
            do throws(Refusal) { try carryOut(&book) } catch { throw .refused(error) }
            guard book.grants != before.grants else { continue }
            book = before
            try change(BenefitBookKey(member: member, benefit: part.benefit), &book) { book, _ throws(Refusal) in
                try carryOut(&book)
            }
        }
    }

    /// The workspace's country, whose law says how early payers are told.
    func country() throws(ProgramFailure) -> String {
        try reading { tables throws(Problem) in
            try tables.first("SELECT region FROM workspaces WHERE id = ?", tables.values()) { reader throws(Problem) in
                try reader.text()
            } ?? ""
        }
    }
}
