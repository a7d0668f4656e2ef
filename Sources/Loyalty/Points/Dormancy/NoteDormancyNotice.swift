public import Model
import OrderedCollections

/// Notes how a notice about dormant points went: nothing ends without one that was delivered.
public struct NoteDormancyNotice: ProgramCommand {
    public let member: MemberWish
    public let currency: String
    /// Which notice: so many days before the end.
    public let days: Int64
    public let channel: String
    /// The version of the words that were sent.
    public let template: String
    /// nil for now.
    public let sentAt: Instant?
    public let isDelivered: Bool

    public init(
        _ days: Int64, of currency: String, to member: MemberWish, channel: String, template: String, sentAt: Instant? = nil,
        isDelivered: Bool
    ) {
        self.member = member
        self.currency = currency
        self.days = days
        self.channel = channel
        self.template = template
        self.sentAt = sentAt
        self.isDelivered = isDelivered
    }

    public var content: JSONValue {
        var members = JSONMembers()
        members.put("command", "note_dormancy_notice")
        members.put("member", member.content)
        members.put("currency", currency)
        members.put("days", .int(days))
        members.put("channel", channel)
        members.put("template", template)
        members.put("sent_at", sentAt)
        members.put("delivered", isDelivered)
        return members.json
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let (currency, member) = try draft.named(currency, member)
        let key = PointBookKey(member: member.id, currency: currency.key)
        guard let rules = currency.dormancy,
            var dormancy = try draft.reading({ tables throws(Problem) in try tables.openDormancy(of: key) })
        else { throw .refused(Refusal("DORMANCY_NONE", ["member": .string(member.id.text)])) }
        let proof = DormantLadder.Proof(
            channel: channel, template: template, sentAt: sentAt ?? draft.now, isDelivered: isDelivered)
        do throws(Refusal) { try dormancy.ladder.note(proof, days: days, rules, at: draft.now) } catch { throw .refused(error) }
        let changed = dormancy
        draft.write { tables throws(Problem) in try tables.set(changed, rules) }
        return [
            "member": .string(member.id.text), "currency": .string(currency.key),
            "ends_at": .string(dormancy.ladder.endsAt.rfc3339), "proven": .bool(dormancy.ladder.isProven(rules)),
        ]
    }
}
