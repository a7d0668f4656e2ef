import Crypto
import Model
import OrderedCollections
import Records

extension ProgramDraft {
    /// Tells the events something that is no matter of points, when the whole command succeeds.
    ///
    /// - Parameters:
    ///   - key: The same for the same fact, whoever tells it.
    ///   - instant: When it was; nil for now.
    mutating func tell(
        _ name: ProgramFact.Name, of member: ProgramMemberID, key: [String], at instant: Instant? = nil,
        _ properties: OrderedDictionary<String, JSONValue>
    ) {
        var members = JSONMembers()
        members.put("event", name.rawValue)
        members.put("at", instant ?? now)
        for (key, value) in properties { members.put(key, value) }
        let digest = KeyDigest(
            bytes: SHA256.hash(data: Array(JSONValue.array(([name.rawValue] + key).map { .string($0) }).text.utf8)))
        let record = ProgramFactRecord(id: "program-\(digest.hex)", member: member.number, fact: members.json.text)
        let now = now
        write { tables throws(Problem) in try tables.insert(record, at: now) }
    }

    /// Tells whose a coupon has come to be.
    ///
    /// - Parameter isClaimed: Whether they took it themselves, by a code or after reading its text.
    mutating func tell(_ coupon: Coupon, isClaimed: Bool) {
        guard let grant = coupon.grant, let holder = ProgramMemberID(text: grant.member) else { return }
        var properties: OrderedDictionary<String, JSONValue> = ["coupon": .string(coupon.template.name)]
        properties["until"] = grant.interval.until.map { .instant($0) }
        tell(isClaimed ? .couponClaimed : .couponGranted, of: holder, key: [coupon.id], properties)
    }

    /// Tells what has become of a coupon: who has it, orders that it is kept for, used for, or used for no more, and that it is no more.
    mutating func tell(_ coupon: Coupon, from before: Coupon?) {
        guard let holder = coupon.grant.flatMap({ ProgramMemberID(text: $0.member) }) else { return }
        let name: OrderedDictionary<String, JSONValue> = ["coupon": .string(coupon.template.name)]
        // An order can claim the coupon of a printed code.
        if before == nil { tell(coupon, isClaimed: true) }
        if let giver = before?.grant.flatMap({ ProgramMemberID(text: $0.member) }), giver != holder {
            tell(.couponTransferred, of: giver, key: [coupon.id, id], name)
            tell(.couponReceived, of: holder, key: [coupon.id, id], name)
        }
        if let held = coupon.reservation, held.order != before?.reservation?.order {
            var properties = name
            (properties["order_id"], properties["amount_minor"]) = (.string(held.order), .int(held.amount))
            tell(.couponReserved, of: holder, key: [coupon.id, held.order, id], properties)
        }
        if let ending = coupon.ending, before?.ending == nil {
            // Why may name somebody.
            var properties = name
            let isVoid = if case .voided = ending { true } else { false }
            properties["void"] = .bool(isVoid)
            tell(.couponRevoked, of: holder, key: [coupon.id], properties)
        }
        for (place, redemption) in coupon.redemptions.enumerated() {
            let old = before.flatMap { place < $0.redemptions.count ? $0.redemptions[place] : nil }
            let properties: OrderedDictionary<String, JSONValue> = [
                "coupon": .string(coupon.template.name), "order_id": .string(redemption.order),
                "amount_minor": .int(redemption.amount),
            ]
            let key = [coupon.id, String(place)]
            if old == nil { tell(.couponRedeemed, of: holder, key: key, properties) }
            if redemption.isUndone, old?.isUndone == false { tell(.couponReturned, of: holder, key: key, properties) }
        }
    }

    /// Tells what was granted of a benefit or ended before its time, which uses have come to be, and what of them was given back.
    mutating func tell(_ key: BenefitBookKey, from before: BenefitBook, to after: BenefitBook) {
        tellGrants(key, from: before, to: after)
        for (id, use) in after.uses.sorted(by: { $0.key.text < $1.key.text }) where use.state == .consumed {
            let old = before.uses[id]
            let benefit: JSONValue = .string(key.benefit)
            if old?.state != .consumed {
                tell(.benefitUsed, of: key.member, key: [id.text], ["benefit": benefit, "amount": .int(use.amount)])
            }
            let back = use.refunded - (old?.refunded ?? 0)
            if back > 0 {
                tell(
                    .benefitReturned, of: key.member, key: [id.text, String(use.refunded)],
                    ["benefit": benefit, "amount": .int(back)])
            }
        }
    }

    /// What plans and product codes give is told by facts of their own.
    private mutating func tellGrants(_ key: BenefitBookKey, from before: BenefitBook, to after: BenefitBook) {
        for (id, grant) in after.grants.sorted(by: { $0.key < $1.key }) {
            guard grant.source.kind != .plan, grant.source.kind != .productCode else { continue }
            var properties: OrderedDictionary<String, JSONValue> = [
                "benefit": .string(key.benefit), "source": .string(grant.source.kind.rawValue),
            ]
            let old = before.grants[id]
            if let ending = grant.ending, old?.ending == nil {
                properties["revoked"] = .bool(ending.reason != nil)
                tell(.benefitEnded, of: key.member, key: [key.benefit, id.text], properties)
            } else if old == nil {
                properties["amount"] = grant.amount.map { .int($0) }
                properties["from"] = .instant(grant.from)
                properties["until"] = grant.until.map { .instant($0) }
                tell(.benefitGranted, of: key.member, key: [key.benefit, id.text], properties)
            }
        }
    }
}
