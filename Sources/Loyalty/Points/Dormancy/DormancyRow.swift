import Columns
public import Model
package import Records

/// A ladder as the records have it: whose, since when, and how it ended.
public struct PointDormancy: Hashable, Sendable {
    public enum End: String, Hashable, Sendable {
        /// The member did something.
        case active
        /// There is nothing left to end.
        case empty
        /// The member takes part no more: nobody can be told.
        case closed
        case expired
    }

    public let member: ProgramMemberID
    public let currency: String
    public let startedAt: Instant
    public internal(set) var ladder: DormantLadder
    /// nil while it goes on.
    public internal(set) var end: End?
    public internal(set) var endedAt: Instant?

    var key: PointBookKey { PointBookKey(member: member, currency: currency) }
}

extension ProgramTables {
    private static let dormancyColumns = """
        member, currency, started_at, active_at, ends_at, extended, notices, ending, ended_at
        """

    /// Ladders in which something is due, those that wait longest first.
    func dueDormancies(of currency: String, at now: Instant, countMax: Int) throws(Problem) -> [PointDormancy] {
        try list(
            """
            SELECT \(Self.dormancyColumns) FROM point_dormancies
            WHERE workspace = ? AND currency = ? AND due_at <= ? ORDER BY due_at, member LIMIT ?
            """, values(.text(currency), .instant(now), .count(countMax)), Self.dormancy)
    }

    /// The ladder that goes on; nil for none.
    func openDormancy(of key: PointBookKey) throws(Problem) -> PointDormancy? {
        try first(
            """
            SELECT \(Self.dormancyColumns) FROM point_dormancies
            WHERE workspace = ? AND member = ? AND currency = ? AND ended_at IS NULL
            """, values(of: key), Self.dormancy)
    }

    func dormancies(of currency: String, isOpen: Bool, limit: Int) throws(Problem) -> [PointDormancy] {
        let condition = isOpen ? "ended_at IS NULL ORDER BY ends_at, member" : "ended_at IS NOT NULL ORDER BY ended_at DESC, member"
        return try list(
            """
            SELECT \(Self.dormancyColumns) FROM point_dormancies WHERE workspace = ? AND currency = ? AND \(condition) LIMIT ?
            """, values(.text(currency), .count(limit)), Self.dormancy)
    }

    private static func dormancy(_ reader: inout RowReader) throws(Problem) -> PointDormancy {
        let (member, currency) = (ProgramMemberID(number: try reader.integer()), try reader.text())
        let (startedAt, activeAt, endsAt) = (try reader.instant(), try reader.instant(), try reader.instant())
        let (isExtended, text) = (try reader.flag(), try reader.text())
        let notices = try JSONParser.parse(Array(text.utf8)).arrayValue?.compactMap(DormantLadder.Notice.init)
        return PointDormancy(
            member: member, currency: currency, startedAt: startedAt,
            ladder: DormantLadder(activeAt: activeAt, endsAt: endsAt, notices: notices ?? [], isExtended: isExtended),
            end: try reader.optionalText().flatMap { PointDormancy.End(rawValue: $0) }, endedAt: try reader.optionalInstant())
    }

    /// Writes a ladder.
    ///
    /// - Parameter waitsUntil: Before when nothing more of it is to be looked at, whatever is due; nil for no such instant.
    func set(_ dormancy: PointDormancy, _ rules: PointDormancyRules, waitsUntil: Instant? = nil) throws(Problem) {
        let ladder = dormancy.ladder
        let dueAt = dormancy.endedAt == nil ? ladder.dueAt(rules).map { max($0, waitsUntil ?? $0) } : nil
        try connection.execute(
            """
            INSERT INTO point_dormancies (workspace, \(Self.dormancyColumns), due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (workspace, member, currency, started_at) DO UPDATE SET ends_at = excluded.ends_at,
                extended = excluded.extended, notices = excluded.notices, ending = excluded.ending, ended_at = excluded.ended_at,
                due_at = excluded.due_at
            """,
            values(
                .integer(dormancy.member.number), .text(dormancy.currency), .instant(dormancy.startedAt),
                .instant(ladder.activeAt), .instant(ladder.endsAt), .flag(ladder.isExtended),
                .text(JSONValue.array(ladder.notices.map(\.json)).text), .optional(dormancy.end?.rawValue),
                .optional(dormancy.endedAt), .optional(dueAt)))
    }

    // MARK: - Idle members

    /// What members did by themselves last; nil for nothing.
    func activeAt(_ key: PointBookKey) throws(Problem) -> Instant? {
        try first(
            """
            SELECT effective_at FROM point_entries WHERE workspace = ? AND member = ? AND currency = ?
                AND kind IN (\(PointEntry.Kind.deeds.map { "'\($0.rawValue)'" }.joined(separator: ", ")))
            ORDER BY position DESC LIMIT 1
            """, values(of: key)
        ) { reader throws(Problem) in try reader.instant() }
    }

    /// The next members by number who have something to spend.
    func owners(of currency: String, after member: ProgramMemberID?, limit: Int) throws(Problem) -> [ProgramMemberID] {
        try list(
            """
            SELECT member FROM point_books WHERE workspace = ? AND member > ? AND currency = ? AND available > 0
            ORDER BY member LIMIT ?
            """, values(.integer(member?.number ?? -1), .text(currency), .count(limit))
        ) { reader throws(Problem) in ProgramMemberID(number: try reader.integer()) }
    }
}

extension PointEntry.Kind {
    /// What a member does, or buys: all else time and the house do.
    static let deeds: [PointEntry.Kind] = [
        .earned, .imported, .held, .captured, .released, .returned, .moved, .received, .donated,
    ]
}

extension DormantLadder.Notice {
    init?(_ json: JSONValue) {
        guard let days = json["days"]?.intValue else { return nil }
        let toldAt = json["told_at"]?.stringValue.flatMap { Instant(rfc3339: $0) }
        let proofs = json["proofs"]?.arrayValue?.compactMap(DormantLadder.Proof.init) ?? []
        self.init(days: days, toldAt: toldAt, proofs: proofs)
    }

    package var json: JSONValue {
        var members = JSONMembers()
        members.put("days", .int(days))
        members.put("told_at", toldAt)
        members.put("proofs", .array(proofs.map(\.json)))
        return members.json
    }
}

extension DormantLadder.Proof {
    fileprivate init?(_ json: JSONValue) {
        guard let channel = json["channel"]?.stringValue, let template = json["template"]?.stringValue,
            let sentAt = json["sent_at"]?.stringValue.flatMap({ Instant(rfc3339: $0) }),
            let isDelivered = json["delivered"]?.boolValue
        else { return nil }
        self.init(channel: channel, template: template, sentAt: sentAt, isDelivered: isDelivered)
    }

    fileprivate var json: JSONValue {
        var members = JSONMembers()
        members.put("channel", channel)
        members.put("template", template)
        members.put("sent_at", sentAt)
        members.put("delivered", isDelivered)
        return members.json
    }
}

extension ProgramReader {
    /// Ladders of a currency: those that go on, the nearest end first, or the last that ended.
    public func dormancies(of currency: String, isOpen: Bool = true, limit: Int = 100) async throws(Problem) -> [PointDormancy] {
        try await read { tables throws(Problem) in try tables.dormancies(of: currency, isOpen: isOpen, limit: limit) }
    }

    /// A member's ladder that goes on; nil for one whose points are not dormant.
    public func dormancy(of member: ProgramMemberID, in currency: String) async throws(Problem) -> PointDormancy? {
        try await read { tables throws(Problem) in
            try tables.openDormancy(of: PointBookKey(member: member, currency: currency))
        }
    }
}

extension ProgramReader {
    /// The workspaces that have a program.
    package static func workspacesWithProgram(_ records: RecordStore) async throws(Problem) -> [WorkspaceID] {
        try await records.engine.read { connection throws(Problem) in
            try connection.rows("SELECT DISTINCT workspace FROM loyalty_programs", []).map { row throws(Problem) in
                var reader = RowReader(row)
                return try reader.id()
            }
        }
    }
}
