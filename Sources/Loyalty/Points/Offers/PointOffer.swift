public import Model
import OrderedCollections
import Records

/// Points that a member offers to another member, or to somebody who is invited to become one.
public struct PointOffer: Hashable, Sendable {
    public enum State: String, Hashable, Sendable {
        case open, accepted, declined
    }

    /// That of the command that made it.
    public let id: String
    public let currency: String
    public let giver: ProgramMemberID
    /// What pins the points in the giver's book.
    public let hold: PointID
    /// nil for somebody who was no member when it was made.
    public let receiver: ProgramMemberID?
    /// Who is invited; nil for a member.
    public let invited: Identity?
    public let amount: Int64
    public let madeAt: Instant
    /// The first instant at which it is over by itself: then the points are back in their lots.
    public let until: Instant
    public internal(set) var state: State
    public internal(set) var answeredAt: Instant?

    /// All reasons for which nobody can answer it any more.
    func reasons(at now: Instant) -> [Refusal.Reason] {
        if state != .open { return [.init("OFFER_ANSWERED", ["state": .string(state.rawValue)])] }
        return until <= now ? [.init("OFFER_OVER", ["until": .string(until.rfc3339)])] : []
    }
}

/// What a member says to points that others want to give.
public enum TransferConsent: String, Hashable, Sendable, CaseIterable {
    /// They may come at once.
    case always
    /// Each time it is asked.
    case ask
    /// None may come.
    case never
}

extension ProgramTables {
    private static let offerColumns = """
        id, currency, giver, hold, receiver, invited_type, invited_value, amount, made_at, until, state, answered_at
        """

    func offer(_ id: String) throws(Problem) -> PointOffer? {
        try first("SELECT \(Self.offerColumns) FROM point_offers WHERE workspace = ? AND id = ?", values(.text(id)), Self.offer)
    }

    /// What a member has offered and nobody has answered in time, by command.
    func offered(_ key: PointBookKey, at now: Instant) throws(Problem) -> [String: Int64] {
        let rows = try list(
            """
            SELECT id, amount FROM point_offers
            WHERE workspace = ? AND giver = ? AND currency = ? AND state = 'open' AND until > ?
            """, values(.integer(key.member.number), .text(key.currency), .instant(now))
        ) { reader throws(Problem) in (try reader.text(), try reader.integer()) }
        return Dictionary(rows, uniquingKeysWith: +)
    }

    /// What a member has offered, or was offered, the newest first.
    func offers(of member: ProgramMemberID, _ identities: [Identity], limit: Int) throws(Problem) -> [PointOffer] {
        let marks = identities.map { _ in " OR (invited_type = ? AND invited_value = ?)" }.joined()
        let names = identities.flatMap { [SQLValue.text($0.type.text), .text($0.value)] }
        return try list(
            """
            SELECT \(Self.offerColumns) FROM point_offers WHERE workspace = ? AND (giver = ? OR receiver = ?\(marks))
            ORDER BY made_at DESC, id LIMIT ?
            """, values(.integer(member.number), .integer(member.number)) + names + [.count(limit)], Self.offer)
    }

    /// What nobody has answered in time in a currency, the nearest end first.
    func openOffers(of currency: String, at now: Instant, limit: Int) throws(Problem) -> [PointOffer] {
        try list(
            """
            SELECT \(Self.offerColumns) FROM point_offers WHERE workspace = ? AND currency = ? AND state = 'open' AND until > ?
            ORDER BY until, id LIMIT ?
            """, values(.text(currency), .instant(now), .count(limit)), Self.offer)
    }

    private static func offer(_ reader: inout RowReader) throws(Problem) -> PointOffer {
        let (id, currency) = (try reader.text(), try reader.text())
        let (giver, hold) = (ProgramMemberID(number: try reader.integer()), PointID(try reader.integer()))
        let receiver = try reader.optionalCount().map { ProgramMemberID(number: Int64($0)) }
        let invited = try reader.optionalIdentity()
        return PointOffer(
            id: id, currency: currency, giver: giver, hold: hold, receiver: receiver, invited: invited,
            amount: try reader.integer(), madeAt: try reader.instant(), until: try reader.instant(),
            state: try reader.word { PointOffer.State(rawValue: $0) }, answeredAt: try reader.optionalInstant())
    }

    func insert(_ offer: PointOffer) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO point_offers (workspace, \(Self.offerColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            values(
                .text(offer.id), .text(offer.currency), .integer(offer.giver.number), .integer(offer.hold.number),
                offer.receiver.map { .integer($0.number) } ?? .null, .optional(offer.invited?.type.text),
                .optional(offer.invited?.value), .integer(offer.amount), .instant(offer.madeAt), .instant(offer.until),
                .text(offer.state.rawValue), .optional(offer.answeredAt)))
    }

    func answer(_ offer: PointOffer) throws(Problem) {
        try connection.execute(
            "UPDATE point_offers SET state = ?, answered_at = ?, receiver = ? WHERE workspace = ? AND id = ?",
            [
                .text(offer.state.rawValue), .optional(offer.answeredAt), offer.receiver.map { .integer($0.number) } ?? .null,
                .text(workspace.text), .text(offer.id),
            ])
    }

    // MARK: - Consent

    /// What a member has said; nil for nothing.
    func transferConsent(of member: ProgramMemberID) throws(Problem) -> TransferConsent? {
        try first(
            "SELECT consent FROM point_receivers WHERE workspace = ? AND member = ?", values(.integer(member.number))
        ) { reader throws(Problem) in try reader.word { TransferConsent(rawValue: $0) } }
    }

    func set(_ consent: TransferConsent, of member: ProgramMemberID) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO point_receivers (workspace, member, consent) VALUES (?, ?, ?)
            ON CONFLICT (workspace, member) DO UPDATE SET consent = excluded.consent
            """, values(.integer(member.number), .text(consent.rawValue)))
    }
}

extension ProgramReader {
    /// Offers in a currency that nobody has answered and that are not over, the nearest end first.
    public func openOffers(of currency: String, at now: Instant, limit: Int = 100) async throws(Problem) -> [PointOffer] {
        try await read { tables throws(Problem) in try tables.openOffers(of: currency, at: now, limit: limit) }
    }

    /// What a member has offered or was offered, invitations included, the newest first.
    public func offers(of member: ProgramMemberID, limit: Int = 100) async throws(Problem) -> [PointOffer] {
        try await read { tables throws(Problem) in
            try tables.offers(of: member, try tables.identities(of: member), limit: limit)
        }
    }
}
