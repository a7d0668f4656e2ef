public import Model
import OrderedCollections
import Records

/// Takes a donation back, all of it: its points return to the lots that they came from, and nothing is owed to the charity for it.
///
/// Once, and until the month in which it counts is closed: what is owed to the charity for that month is settled then.
public struct ReverseDonation: ProgramCommand {
    /// The number that the donation was answered with.
    public let receipt: String
    public let currency: String
    /// When it counts; nil for now.
    ///
    /// Not in a closed month, nor before what was booked for the member already.
    public var effectiveAt: Instant?

    public init(_ receipt: String, of currency: String) {
        self.receipt = receipt
        self.currency = currency
    }

    public var content: JSONValue {
        var members = JSONMembers()
        members.put("command", "reverse_donation")
        members.put("receipt", receipt)
        members.put("currency", currency)
        if let effectiveAt { members.put("effective_at", effectiveAt) }
        return members.json
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        try draft.requireProgram()
        let currency = try draft.currency(currency)
        let (donation, heir) = try find(currency, draft)
        let key = donation.key
        try draft.follow(key)
        let lots = Set(donation.parts.map(\.lot.number)).sorted()
        try draft.load(lots: "number IN (\(lots.map(String.init).joined(separator: ", ")))", key)
        let moment = try draft.moment(effectiveAt, key)
        let worth = try draft.takeBack(key, currency) { book, now throws(PointRefusal) in
            let worth = try book.reverseDonation(donation.parts, to: donation.charity, now: moment)
            book.settle(until: now)
            return worth
        }
        let reversal = try reversal(in: draft.book(key))
        let (positions, now) = (donation.positions, draft.now)
        draft.write { tables throws(Problem) in
            // Whoever closes the month at the same moment does so before or after it.
            try tables.writeHead(of: key.currency)
            try tables.reverse(positions, of: key, by: reversal, at: now)
        }
        var answer = JSONMembers()
        answer.put("member", heir.id.text)
        answer.put("currency", currency.key)
        answer.put("reverses", receipt)
        answer.put("receipt", PointReceipt(member: key.member, position: reversal).text)
        answer.put("charity", donation.charity)
        answer.put("amount", .int(donation.amount))
        answer.put("worth", .int(worth))
        if heir.id != key.member { answer.put("former_member", key.member.text) }
        answer.put("balance", try draft.balance(PointBookKey(member: heir.id, currency: currency.key)))
        return answer.json
    }

    /// The donation, and who has its points when they come back.
    ///
    /// - Throws: All reasons for which it cannot be taken back.
    private func find(
        _ currency: PointCurrency, _ draft: ProgramDraft
    ) throws(ProgramFailure) -> (PointDonation, ProgramMember) {
        let (key, transaction) = (currency.key, draft.transaction)
        let number = PointReceipt(text: receipt)
        let found = try number.flatMap { number throws(ProgramFailure) in
            try draft.reading { tables throws(Problem) in
                // Donations are looked for in what is written.
                try transaction.flush()
                return try tables.donation(number, of: key)
            }
        }
        guard let donation = found else { throw .refused(Refusal("DONATION_UNKNOWN", ["receipt": .string(receipt)])) }
        var reasons = CommandReasons()
        let heir = try reasons.collect { () throws(ProgramFailure) in
            try draft.member(MemberWish(.id(donation.key.member)))
        }
        let closing = try draft.reading { tables throws(Problem) in try tables.lastClosing(of: key) }
        reasons.add(donation.reasons(closedUntil: closing?.end ?? .distantPast, in: draft.calendar))
        guard let heir, reasons.all.isEmpty else { throw reasons.failure }
        return (donation, heir)
    }

    /// Where in the book the reversal begins.
    private func reversal(in kept: KeptPointBook) -> Int64 {
        let place = kept.book.entries.firstIndex { $0.kind == .returned } ?? 0
        return kept.entryCount + Int64(place) + 1
    }
}

extension PointBook {
    /// Gives donated points back to the lots that they came from, those that were taken last first.
    ///
    /// - Returns: What they were worth to the charity, in minor units of money.
    mutating func reverseDonation(
        _ parts: [PointHold.Part], to charity: String, now: Instant
    ) throws(PointRefusal) -> Int64 {
        try perform(at: now) { book throws(PointRefusal) in
            var worth: Int128 = 0
            for part in parts.reversed() {
                guard let lot = book.lots[part.lot] else { throw .unknown(.lot, part.lot) }
                guard part.amount <= lot.quantities.donated else { throw .exceedsOriginal(left: lot.quantities.donated) }
                worth += lot.value.wide(part.amount)
                try book.comeBack(part, \.donated, .donated(charity: charity), at: now)
            }
            book.settle(until: now)
            return Int64(clamping: worth)
        }
    }
}
