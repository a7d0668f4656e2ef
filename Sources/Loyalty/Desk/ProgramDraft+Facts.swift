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

    /// Tells what has become of a coupon: orders that it was used for, or used for no more.
    mutating func tell(_ coupon: Coupon, from before: Coupon?) {
        guard let holder = coupon.grant.flatMap({ ProgramMemberID(text: $0.member) }) else { return }
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

    /// Tells which uses of a benefit have come to be, and what of them was given back.
    mutating func tell(_ key: BenefitBookKey, from before: BenefitBook, to after: BenefitBook) {
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
}
