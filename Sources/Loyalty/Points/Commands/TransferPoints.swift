public import Model

/// Moves points from one member to another, with their expiry and worth.
public struct TransferPoints: ProgramCommand {
    public let giver: MemberWish
    public let receiver: MemberWish
    public let currency: String
    public let amount: Int64

    public init(_ amount: Int64, of currency: String, from giver: MemberWish, to receiver: MemberWish) {
        self.giver = giver
        self.receiver = receiver
        self.currency = currency
        self.amount = amount
    }

    public var content: JSONValue {
        [
            "command": "transfer", "from": giver.content, "to": receiver.content, "currency": .string(currency),
            "amount": .int(amount),
        ]
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let currency = try draft.currency(currency)
        let (giver, receiver) = (try draft.member(giver), try draft.member(receiver))
        guard giver.id != receiver.id else { throw .refused(PointRefusal.toOneself.refusal) }
        let from = try draft.open(giver, currency)
        let to = try draft.open(receiver, currency)
        var other = try draft.book(to)
        let amount = amount
        try draft.change(from) { book, now throws(PointRefusal) in try book.transfer(amount, to: &other.book, now: now) }
        draft.set(other, to)
        return [
            "from": .string(giver.id.text), "to": .string(receiver.id.text), "currency": .string(currency.key),
            "amount": .int(amount), "balance": try draft.balance(from),
        ]
    }
}
