public import Model
import Records

/// What has been taken over of a currency, and until when.
struct OpeningSums: Hashable {
    var rows: Int64 = 0
    var points: Int64 = 0
    var members: Int64 = 0
}

extension ProgramTables {
    /// The digest of a row that was taken over; nil when it was not.
    func openingDigest(of row: String, in currency: String) throws(Problem) -> String? {
        try first(
            "SELECT digest FROM point_openings WHERE workspace = ? AND currency = ? AND source = ?",
            values(.text(currency), .text(row))
        ) { reader throws(Problem) in try reader.text() }
    }

    func insert(
        _ lot: OpeningLot, as id: PointID, of key: PointBookKey, at instant: Instant, command: String
    ) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO point_openings (workspace, currency, source, digest, member, number, amount, effective_at, command)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            values(
                .text(key.currency), .text(lot.row), .text(lot.digest), .integer(key.member.number), .integer(id.number),
                .integer(lot.amount), .instant(instant), .text(command)))
    }

    func openingSums(of currency: String) throws(Problem) -> OpeningSums {
        try first(
            """
            SELECT COUNT(*), CAST(COALESCE(SUM(amount), 0) AS BIGINT), COUNT(DISTINCT member) FROM point_openings
            WHERE workspace = ? AND currency = ?
            """, values(.text(currency))
        ) { reader throws(Problem) in
            OpeningSums(rows: try reader.integer(), points: try reader.integer(), members: try reader.integer())
        } ?? OpeningSums()
    }

    /// When nothing more could come, and by whom that was said; nil while points can be taken over.
    func cutover(of currency: String) throws(Problem) -> (at: Instant, actor: String)? {
        try first(
            "SELECT closed_at, actor FROM point_cutovers WHERE workspace = ? AND currency = ?", values(.text(currency))
        ) { reader throws(Problem) in (at: try reader.instant(), actor: try reader.text()) }
    }

    func insertCutover(of currency: String, _ sums: OpeningSums, at now: Instant, by actor: Actor) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO point_cutovers (workspace, currency, opening_rows, points, members, actor, closed_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            values(
                .text(currency), .integer(sums.rows), .integer(sums.points), .integer(sums.members), .text(actor.text),
                .instant(now)))
    }
}

/// What has been taken over of a currency's points from another system.
public struct PointOpening: Hashable, Sendable {
    public let rows: Int64
    public let points: Int64
    public let members: Int64
    /// Since when nothing more comes; nil while more can.
    public let closedAt: Instant?
    public let closedBy: String?
}

extension ProgramReader {
    /// What has been taken over of a currency's points.
    public func opening(of currency: String) async throws(Problem) -> PointOpening {
        try await read { tables throws(Problem) in
            let (sums, closed) = (try tables.openingSums(of: currency), try tables.cutover(of: currency))
            return PointOpening(
                rows: sums.rows, points: sums.points, members: sums.members, closedAt: closed?.at, closedBy: closed?.actor)
        }
    }
}
