import Model
import OrderedCollections
import Records

/// A gifted plan as it is kept, with what it gives.
struct KeptPlanGift: Hashable {
    var gift: GiftedPlan
    let offer: PlanOffer
    let version: Int64
    /// Whether the events know that it was given.
    var isTold = true
    var recordedAt = Instant.distantPast

    /// As answers show it; what the one to whom it was given uses is no matter of it.
    func json(at now: Instant) -> JSONValue {
        var members = JSONMembers()
        members.put("gift", gift.id.text)
        members.put("plan", offer.key)
        members.put("version", .int(version))
        members.put("payer", gift.payer.text)
        members.put("recipient", gift.recipient?.text)
        members.put("fee", .int(gift.fee))
        members.put("until", gift.until)
        members.put("state", word(at: now))
        if case .accepted(let party, let at) = gift.state(at: now) {
            members.put("beneficiary", party.text)
            members.put("accepted_at", at)
        }
        members.put("refund", .int(gift.refund(at: now)))
        return members.json
    }

    /// The word for programs.
    func word(at now: Instant) -> String {
        if let ending = gift.ending(at: now) { return ending.rawValue }
        return gift.state(at: now) == .offered ? "offered" : "accepted"
    }
}

extension ProgramDraft {
    /// A plan that was given; moves now behind the last thing that was done to it.
    mutating func planGift(_ id: BenefitID) throws(ProgramFailure) -> KeptPlanGift {
        guard let kept = try reading({ tables throws(Problem) in try tables.planGift(id) }) else {
            throw .refused(Refusal([BenefitReason.unknown(.planGift, id.text)]))
        }
        now = max(now, kept.recordedAt.advanced(byMicroseconds: 1))
        return kept
    }

    /// Writes what has become of a gift by now, and tells it.
    mutating func save(_ kept: KeptPlanGift) {
        let now = now
        var saved = kept
        saved.recordedAt = now
        let written = saved
        write { tables throws(Problem) in try tables.set(written, at: now) }
        guard let payer = ProgramMemberID(text: kept.gift.payer.text) else { return }
        var properties: OrderedDictionary<String, JSONValue> = [
            "plan": .string(kept.offer.key), "gift": .string(kept.gift.id.text),
        ]
        let key = [kept.gift.id.text]
        if !kept.isTold { tell(.planGiven, of: payer, key: key, properties.merging(["amount_minor": .int(kept.gift.fee)]) { $1 }) }
        switch kept.gift.state(at: now) {
        case .offered: break
        case .accepted(let party, let at):
            properties["beneficiary"] = .string(party.text)
            tell(.planGiftAccepted, of: payer, key: key, at: at, properties)
        case .refunded(let at):
            properties["amount_minor"] = .int(kept.gift.fee)
            let name: ProgramFact.Name =
                switch kept.gift.ending(at: now) {
                case .declined?: .planGiftDeclined
                case .withdrawn?: .planGiftWithdrawn
                case .expired?, nil: .planGiftExpired
                }
            tell(name, of: payer, key: key, at: at, properties)
        }
    }
}
