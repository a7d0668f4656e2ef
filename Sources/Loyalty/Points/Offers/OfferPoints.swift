public import Model
import OrderedCollections
import Records

/// Offers points to another member, who takes them or not, or invites somebody to become one for them.
///
/// The points are pinned meanwhile; when nobody takes them in time they are back in their lots.
public struct OfferPoints: ProgramCommand {
    public let giver: MemberWish
    public let receiver: MemberWish
    public let currency: String
    public let amount: Int64
    /// When a new device came last to the giver, as far as is known: no part of the wish.
    public var newDeviceAt: Instant?

    public init(_ amount: Int64, of currency: String, from giver: MemberWish, to receiver: MemberWish) {
        self.giver = giver
        self.receiver = receiver
        self.currency = currency
        self.amount = amount
    }

    public var content: JSONValue {
        [
            "command": "offer", "from": giver.content, "to": receiver.content, "currency": .string(currency),
            "amount": .int(amount),
        ]
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        var invited: Identity?
        let (currency, giver, known) = try draft.named(currency, giver: giver, amounts: [amount]) {
            draft throws(ProgramFailure) in
            let (known, identity) = try receiver(draft)
            invited = identity
            return known
        }
        let from = try draft.open(giver, currency)
        let now = draft.now
        let offered = try draft.reading { tables throws(Problem) in try tables.offered(from, at: now) }
        var reasons = CommandReasons()
        if let known {
            try reasons.collect { () throws(ProgramFailure) in try draft.requireConsent(of: known, currency, asksEachTime: true) }
        }
        try reasons.collect { () throws(ProgramFailure) in
            try draft.requireTransfer(
                self.amount, from, currency.transfers, newDeviceAt: newDeviceAt, offered: offered)
        }
        try reasons.refuse()
        let span = min(currency.transfers.invitationDays * .microsecondsPerDay, currency.rules.holdMax)
        let amount = amount
        let hold = try draft.change(from) { book, now throws(PointRefusal) in
            try book.offer(amount, until: now.advanced(byMicroseconds: span), now: now)
        }
        let offer = PointOffer(
            id: draft.id, currency: currency.key, giver: giver.id, hold: hold.id, receiver: known?.id, invited: invited,
            amount: amount, madeAt: draft.now, until: hold.until, state: .open)
        draft.write { tables throws(Problem) in try tables.insert(offer) }
        draft.tell(.pointsOffered, offer, known?.id)
        return [
            "offer": .string(offer.id), "from": .string(giver.id.text), "to": .optional(known?.id.text),
            "currency": .string(currency.key), "amount": .int(amount), "until": .string(hold.until.rfc3339),
            "balance": try draft.balance(from),
        ]
    }

    /// The member, or who is invited to become one.
    private func receiver(_ draft: ProgramDraft) throws(ProgramFailure) -> (ProgramMember?, Identity?) {
        guard case .identity(let identity) = receiver.name, try draft.find(receiver) == nil else {
            return (try draft.member(receiver), nil)
        }
        return (nil, identity)
    }
}

/// Takes what was offered, or declines it; whoever was invited becomes a member by taking it, where the program takes in who earns.
public struct AnswerOffer: ProgramCommand {
    public let offer: String
    public let member: MemberWish
    public let accepts: Bool

    public init(_ offer: String, by member: MemberWish, accepts: Bool) {
        self.offer = offer
        self.member = member
        self.accepts = accepts
    }

    public var content: JSONValue {
        ["command": "answer_offer", "offer": .string(offer), "member": member.content, "accept": .bool(accepts)]
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let id = offer
        guard var offer = try draft.reading({ tables throws(Problem) in try tables.offer(id) }) else {
            throw .refused(Refusal("OFFER_UNKNOWN", ["offer": .string(id)]))
        }
        try requireReceiver(of: offer, draft)
        let currency = try draft.currency(offer.currency)
        let giver = try draft.member(MemberWish(.id(offer.giver)))
        let from = try draft.open(giver, currency)
        let reasons = offer.reasons(at: draft.now)
        if !reasons.isEmpty { throw .refused(Refusal(reasons)) }
        let hold = offer.hold
        try draft.load(hold: hold, from)
        var answer = JSONMembers()
        answer.put("offer", id)
        answer.put("currency", currency.key)
        answer.put("amount", .int(offer.amount))
        if accepts {
            let receiver = try draft.memberByEarning(member)
            let to = try draft.open(receiver, currency)
            var other = try draft.book(to)
            _ = try draft.change(from) { book, now throws(PointRefusal) in try book.give(hold, to: &other.book, now: now) }
            draft.set(other, to)
            offer.accept(by: receiver.id, at: draft.now)
            answer.put("from", giver.id.text)
            answer.put("to", receiver.id.text)
            answer.put("member", receiver.id.text)
            answer.put("balance", try draft.balance(to))
        } else {
            try draft.change(from) { book, now throws(PointRefusal) in try book.release(hold, now: now) }
            (offer.state, offer.answeredAt) = (.declined, draft.now)
            draft.tell(.offerDeclined, offer, offer.receiver)
        }
        answer.put("state", offer.state.rawValue)
        let answered = offer
        draft.write { tables throws(Problem) in try tables.answer(answered) }
        return answer.json
    }

    /// Throws when it was offered to somebody else.
    private func requireReceiver(of offer: PointOffer, _ draft: ProgramDraft) throws(ProgramFailure) {
        let refusal = ProgramFailure.refused(Refusal("OFFER_NOT_YOURS", ["offer": .string(offer.id)]))
        let found = try draft.find(member)
        if let receiver = offer.receiver {
            // Of who was merged since, the heir answers.
            guard let found, try draft.find(MemberWish(.id(receiver)))?.id == found.id else { throw refusal }
        } else if let invited = offer.invited {
            var known = member.others
            if case .identity(let identity) = member.name { known.append(identity) }
            if let found { known += try draft.reading { tables throws(Problem) in try tables.identities(of: found.id) } }
            guard known.contains(invited), found?.id != offer.giver else { throw refusal }
        }
    }
}

/// Says whether points of others may come to a member.
public struct SetTransferConsent: ProgramCommand {
    public let member: MemberWish
    public let consent: TransferConsent

    public init(_ consent: TransferConsent, of member: MemberWish) {
        self.member = member
        self.consent = consent
    }

    public var content: JSONValue {
        ["command": "set_transfer_consent", "member": member.content, "consent": .string(consent.rawValue)]
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let (member, consent) = (try draft.member(member), consent)
        draft.write { tables throws(Problem) in try tables.set(consent, of: member.id) }
        return ["member": .string(member.id.text), "consent": .string(consent.rawValue)]
    }
}

extension PointOffer {
    fileprivate mutating func accept(by receiver: ProgramMemberID, at now: Instant) {
        self = PointOffer(
            id: id, currency: currency, giver: giver, hold: hold, receiver: receiver, invited: invited, amount: amount,
            madeAt: madeAt, until: until, state: .accepted, answeredAt: now)
    }
}

extension ProgramDraft {
    /// Throws when a member has said that nothing may come, or wants to be asked and was not.
    func requireConsent(
        of receiver: ProgramMember, _ currency: PointCurrency, asksEachTime: Bool
    ) throws(ProgramFailure) {
        let said = try asking { transaction throws(Problem) in try transaction.transferConsent(of: receiver.id) }
        switch said ?? (currency.transfers.asksReceiver ? .ask : .always) {
        case .always: return
        case .ask:
            guard !asksEachTime else { return }
            throw .refused(Refusal("RECEIVER_MUST_ACCEPT", ["member": .string(receiver.id.text)]))
        case .never: throw .refused(Refusal("RECEIVER_REFUSES", ["member": .string(receiver.id.text)]))
        }
    }

    /// Tells the events of an offer: the giver's, which name nobody who is no member.
    fileprivate mutating func tell(_ name: ProgramFact.Name, _ offer: PointOffer, _ receiver: ProgramMemberID?) {
        let properties: OrderedDictionary<String, JSONValue> = [
            "currency": .string(offer.currency), "amount": .int(offer.amount), "offer": .string(offer.id),
            "until": .string(offer.until.rfc3339), "invitation": .bool(receiver == nil),
        ]
        tell(name, of: offer.giver, key: [offer.id], properties)
    }
}
