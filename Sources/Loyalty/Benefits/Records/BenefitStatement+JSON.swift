package import Model
import OrderedCollections

extension BenefitStatement {
    init(of book: BenefitBook, at now: Instant) {
        self.init(
            benefit: book.benefit, answer: book.check(at: now),
            grants: book.grants.values.sorted { ($1.createdAt, $1.id) < ($0.createdAt, $0.id) },
            uses: book.uses.values.sorted { ($1.at, $1.id) < ($0.at, $0.id) }, caps: book.caps)
    }

    /// As the API gives it.
    package var json: JSONValue {
        [
            "benefit": .string(benefit.key), "answer": answer.json, "grants": .array(grants.map(\.json)),
            "uses": .array(uses.map(\.json)),
            "caps": .array(
                caps.map { ["by": .string($0.by.text), "user": .optional($0.user?.text), "max": .int($0.max)] }),
        ]
    }
}

extension BenefitGrant {
    /// As the API gives it: who has it and who pays for it never stand in one member.
    package var json: JSONValue {
        var members = JSONMembers()
        members.put("grant", id.text)
        members.put("benefit", benefit)
        members.put("beneficiary", beneficiary.text)
        members.put("payer", payer.text)
        members.put("source", source.json)
        members.put("from", from)
        members.put("until", until)
        members.put("priority", priority)
        members.put("amount", .optional(amount))
        members.put("granted_at", createdAt)
        members.put("ended_at", ending?.at)
        members.put("usable_until", ending?.until)
        members.put("reason", ending?.reason)
        return members.json
    }
}

extension GiftStock {
    /// As the API gives it.
    package var json: JSONValue {
        ["stock": .string(key), "on_hand": .int(onHand), "reserved": .int(reserved), "free": .int(free)]
    }
}
