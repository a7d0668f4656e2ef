import Model
import OrderedCollections
import Records

/// The number of a receipt: a member, and a position in their book, as the exported books have them.
struct PointReceipt: Hashable {
    let member: ProgramMemberID
    let position: Int64

    init(member: ProgramMemberID, position: Int64) {
        self.member = member
        self.position = position
    }

    /// nil unless `text` was made by ``text``.
    init?(text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let member = ProgramMemberID(text: parts[0]), let position = Int64(parts[1]), position > 0 else {
            return nil
        }
        self.init(member: member, position: position)
        guard self.text == text else { return nil }
    }

    var text: String { "\(member.text)-\(position)" }
}

/// What a member gave to a charity at once, as the entries have it.
struct PointDonation: Hashable {
    let key: PointBookKey
    let charity: String
    let effectiveAt: Instant
    /// Where its entries are in the book.
    let positions: [Int64]
    /// In the order in which they were taken.
    let parts: [PointHold.Part]
    /// nil unless it was taken back.
    let reversedAt: Instant?

    var amount: Int64 { parts.reduce(0) { $0 + $1.amount } }

    /// All reasons for which it cannot be taken back; none when it can.
    ///
    /// - Parameter closedUntil: The first instant that is not in a closed month.
    func reasons(closedUntil: Instant, in calendar: ZoneCalendar) -> [Refusal.Reason] {
        var reasons: [Refusal.Reason] = []
        if let reversedAt { reasons.append(.init("DONATION_REVERSED", ["at": .string(reversedAt.rfc3339)])) }
        if effectiveAt < closedUntil {
            let month = PointMonth(holding: calendar.date(at: effectiveAt))
            reasons.append(.init("PAYABLE_CLOSED", ["charity": .string(charity), "month": .string(month.text)]))
        }
        return reasons
    }
}

extension ProgramTables {
    /// The donation of a receipt; nil when there is none.
    func donation(_ receipt: PointReceipt, of currency: String) throws(Problem) -> PointDonation? {
        let key = PointBookKey(member: receipt.member, currency: currency)
        let first = try entries(of: key, where: "position = ? AND kind = 'donated'", .integer(receipt.position)).first
        guard let first, case .donated(let charity) = first.entry.to else { return nil }
        let all = try entries(of: key, where: "command = ? AND kind = 'donated' ORDER BY position", .text(first.command))
        guard all.first == first else { return nil }
        return PointDonation(
            key: key, charity: charity, effectiveAt: first.entry.effectiveAt, positions: all.map(\.position),
            parts: all.compactMap { booked in booked.entry.lot.map { .init(lot: $0, amount: booked.entry.amount) } },
            reversedAt: try reversedAt(receipt.position, of: key))
    }

    /// When the donation was taken back of which an entry is a part; nil for one that was not.
    func reversedAt(_ position: Int64, of key: PointBookKey) throws(Problem) -> Instant? {
        try first(
            """
            SELECT reversed_at FROM point_donation_reversals
            WHERE workspace = ? AND member = ? AND currency = ? AND position = ?
            """, values(of: key, .integer(position))
        ) { reader throws(Problem) in try reader.instant() }
    }

    /// Where the entries of donations are that were taken back.
    func reversedPositions(of key: PointBookKey) throws(Problem) -> Set<Int64> {
        Set(
            try list(
                "SELECT position FROM point_donation_reversals WHERE workspace = ? AND member = ? AND currency = ?",
                values(of: key)
            ) { reader throws(Problem) in try reader.integer() })
    }

    /// Notes that a donation was taken back, which happens once.
    ///
    /// - Parameters:
    ///   - positions: Where its entries are.
    ///   - reversal: Where those of the reversal begin.
    func reverse(_ positions: [Int64], of key: PointBookKey, by reversal: Int64, at now: Instant) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO point_donation_reversals (workspace, member, currency, position, reversal, reversed_at)
            VALUES (?, ?, ?, ?, ?, ?)
            """, each: positions.map { values(of: key, .integer($0), .integer(reversal), .instant(now)) })
    }
}
