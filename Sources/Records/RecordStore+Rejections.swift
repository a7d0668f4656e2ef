public import Model

extension RecordStore {
    /// Adds `rejections` to those kept: what has the same fingerprint is counted together, its newest payload kept.
    ///
    /// Of each source at most `rowsMax` rows stay; the oldest give way.
    public func add(_ rejections: [Rejection], rowsMax: Int = 1_000) async throws(Problem) {
        guard !rejections.isEmpty else { return }
        try await engine.write { connection throws(Problem) in
            for rejection in rejections { try RecordStore.insert(rejection, on: connection) }
            for source in Set(rejections.map { [$0.workspace.text, $0.source.text] }) {
                try connection.execute(
                    """
                    DELETE FROM rejections WHERE workspace = ? AND source = ? AND fingerprint IN (
                        SELECT fingerprint FROM rejections WHERE workspace = ? AND source = ?
                        ORDER BY last_at DESC, fingerprint DESC LIMIT 1000000 OFFSET ?)
                    """,
                    (source + source).map { .text($0) } + [.count(rowsMax)])
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
                workspace: workspace, source: try reader.id(), fingerprint: try reader.text(), code: try reader.text(),
                reason: try reader.text(), pointer: try reader.optionalText(), messageID: try reader.optionalText(),
                payload: try reader.optionalText(), count: try reader.count(), firstAt: try reader.instant(),
                lastAt: try reader.instant())
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

    private static func insert(_ rejection: Rejection, on connection: any SQLConnection) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO rejections (workspace, source, fingerprint, code, reason, pointer, message_id, payload, times, first_at, last_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (workspace, source, fingerprint) DO UPDATE SET times = rejections.times + excluded.times,
                reason = excluded.reason, message_id = excluded.message_id, payload = excluded.payload, last_at = excluded.last_at
            """,
            [
                .text(rejection.workspace.text), .text(rejection.source.text), .text(rejection.fingerprint), .text(rejection.code),
                .text(rejection.reason), .optional(rejection.pointer), .optional(rejection.messageID), .optional(rejection.payload),
                .count(rejection.count), .instant(rejection.firstAt), .instant(rejection.lastAt),
            ])
    }
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
