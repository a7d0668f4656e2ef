public import Model

extension RecordStore {
    /// Adds `rejections` to those kept: what has the same fingerprint is counted together, its newest payload kept.
    ///
    /// Of each source, code and day at most `rowsMax` rows stay, so that no code displaces another; the oldest beyond are counted
    /// together in one row without a payload. No count is lost before its day is pruned.
    public func add(_ rejections: [Rejection], rowsMax: Int = 100) async throws(Problem) {
        guard !rejections.isEmpty else { return }
        try await engine.write { connection throws(Problem) in
            for rejection in rejections { try RecordStore.insert(rejection, on: connection) }
            for group in Set(rejections.map(RejectionGroup.init)) {
                try RecordStore.countTogether(group, beyond: rowsMax, on: connection)
            }
        }
    }

    /// The refusals of one source (nil: of all), newest first, after the row that `cursor` names.
    public func rejections(
        workspace: WorkspaceID, source: SourceID?, after cursor: RejectionCursor?, limit: Int
    ) async throws(Problem) -> [Rejection] {
        var conditions = ["workspace = ?"]
        var values: [SQLValue] = [.text(workspace.text)]
        if let source {
            conditions.append("source = ?")
            values.append(.text(source.text))
        }
        if let cursor {
            conditions.append("(last_at < ? OR (last_at = ? AND fingerprint < ?))")
            values += [.instant(cursor.lastAt), .instant(cursor.lastAt), .text(cursor.fingerprint)]
        }
        return try await list(
            """
            SELECT source, fingerprint, code, reason, pointer, message_id, payload, times, first_at, last_at FROM rejections
            WHERE \(conditions.joined(separator: " AND ")) ORDER BY last_at DESC, fingerprint DESC LIMIT ?
            """, values + [.count(limit)]
        ) { reader throws(Problem) in
            Rejection(
                workspace: workspace, source: SourceID(text: try reader.text()), fingerprint: try reader.text(),
                code: try reader.text(), reason: try reader.text(), pointer: try reader.optionalText(),
                messageID: try reader.optionalText(), payload: try reader.optionalText(), count: try reader.count(),
                firstAt: try reader.instant(), lastAt: try reader.instant())
        }
    }

    /// Forgets what need not be kept longer: refusals and stored answers by age, ended sessions, old throttles.
    public func prune(
        rejectionsBefore: Instant, answersBefore: Instant, throttlesBefore: Instant, now: Instant
    ) async throws(Problem) {
        try await engine.write { connection throws(Problem) in
            try connection.execute("DELETE FROM rejections WHERE last_at < ?", [.instant(rejectionsBefore)])
            try connection.execute("DELETE FROM answers WHERE created_at < ?", [.instant(answersBefore)])
            try connection.execute("DELETE FROM sessions WHERE expires_at <= ?", [.instant(now)])
            try connection.execute(
                "DELETE FROM throttles WHERE last_failure_at < ? AND blocked_until < ?", [.instant(throttlesBefore), .instant(now)])
        }
    }

    /// The answer given before to the command with this idempotency key.
    public func answer(scope: String, digest: KeyDigest) async throws(Problem) -> StoredAnswer? {
        try await list(
            "SELECT request, status, body, created_at FROM answers WHERE scope = ? AND digest = ?",
            [.text(scope), .text(digest.hex)]
        ) { reader throws(Problem) in
            StoredAnswer(
                scope: scope, digest: digest, request: try reader.digest(), status: try reader.count(),
                sealedBody: try reader.text(), createdAt: try reader.instant())
        }.first
    }

    static func insert(_ answer: StoredAnswer, on connection: any SQLConnection) throws(Problem) {
        try connection.execute(
            "INSERT INTO answers (scope, digest, request, status, body, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            [
                .text(answer.scope), .text(answer.digest.hex), .text(answer.request.hex), .count(answer.status),
                .text(answer.sealedBody), .instant(answer.createdAt),
            ])
    }

    /// Replaces the oldest rows of `group` beyond `rowsMax` by their number.
    private static func countTogether(
        _ group: RejectionGroup, beyond rowsMax: Int, on connection: any SQLConnection
    ) throws(Problem) {
        let rows = try connection.rows(
            """
            SELECT fingerprint, reason, times, first_at, last_at FROM rejections
            WHERE workspace = ? AND source = ? AND last_at >= ? AND last_at < ? AND code = ? AND fingerprint <> ?
            ORDER BY last_at DESC, fingerprint DESC LIMIT 1000000 OFFSET ?
            """,
            [
                .text(group.workspace.text), .text(group.source.text), .instant(group.start), .instant(group.end),
                .text(group.code), .text(group.fingerprint), .count(rowsMax),
            ])
        for row in rows {
            var reader = RowReader(row)
            let old = Rejection(
                workspace: group.workspace, source: group.source, fingerprint: try reader.text(), code: group.code,
                reason: try reader.text(), pointer: nil, messageID: nil, payload: nil, count: try reader.count(),
                firstAt: try reader.instant(), lastAt: try reader.instant())
            try connection.execute(
                "DELETE FROM rejections WHERE workspace = ? AND source = ? AND fingerprint = ?",
                [.text(group.workspace.text), .text(group.source.text), .text(old.fingerprint)])
            try insert(old.countedOnly, on: connection)
        }
    }

    private static func insert(_ rejection: Rejection, on connection: any SQLConnection) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO rejections (workspace, source, fingerprint, code, reason, pointer, message_id, payload, times, first_at, last_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (workspace, source, fingerprint) DO UPDATE SET times = rejections.times + excluded.times,
                reason = excluded.reason, message_id = excluded.message_id, payload = excluded.payload,
                first_at = CASE WHEN excluded.first_at < rejections.first_at THEN excluded.first_at ELSE rejections.first_at END,
                last_at = CASE WHEN excluded.last_at > rejections.last_at THEN excluded.last_at ELSE rejections.last_at END
            """,
            [
                .text(rejection.workspace.text), .text(rejection.source.text), .text(rejection.fingerprint), .text(rejection.code),
                .text(rejection.reason), .optional(rejection.pointer), .optional(rejection.messageID), .optional(rejection.payload),
                .count(rejection.count), .instant(rejection.firstAt), .instant(rejection.lastAt),
            ])
    }
}

/// The refusals that share a bound: of one source, code and day.
private struct RejectionGroup: Hashable {
    let workspace: WorkspaceID
    let source: SourceID
    let code: String
    let day: Int64
    /// The fingerprint of the row that counts what has no row of its own.
    let fingerprint: String

    init(_ rejection: Rejection) {
        workspace = rejection.workspace
        source = rejection.source
        code = rejection.code
        day = rejection.day
        fingerprint = rejection.countedOnly.fingerprint
    }

    var start: Instant { Instant(microseconds: day * .microsecondsPerDay) }
    var end: Instant { Instant(microseconds: (day + 1) * .microsecondsPerDay) }
}

/// Where a page of refusals ended.
public struct RejectionCursor: Hashable, Sendable {
    public var lastAt: Instant
    public var fingerprint: String

    public init(lastAt: Instant, fingerprint: String) {
        self.lastAt = lastAt
        self.fingerprint = fingerprint
    }
}
