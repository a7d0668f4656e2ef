public import Model

extension RecordStore {
    /// The erased and suppressed identities of all workspaces, oldest first.
    public func suppressions() async throws(Problem) -> [Suppression] {
        try await list(
            "SELECT workspace, digest, hint, kind, created_at, reason FROM suppressions ORDER BY created_at, digest", []
        ) { reader throws(Problem) in
            Suppression(
                workspace: try reader.id(), digest: try reader.text(), hint: try reader.count(),
                kind: Suppression.Kind(rawValue: try reader.text()) ?? .suppressed, createdAt: try reader.instant(),
                reason: try reader.text())
        }
    }

    static func applyToSuppressions(_ change: Change, on connection: any SQLConnection) throws(Problem) {
        switch change {
        case .suppress(let entry):
            try connection.execute(
                """
                INSERT INTO suppressions (workspace, digest, hint, kind, created_at, reason) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (workspace, digest) DO UPDATE SET
                    kind = CASE WHEN suppressions.kind = excluded.kind THEN excluded.kind ELSE 'erased_suppressed' END,
                    created_at = excluded.created_at, reason = excluded.reason
                """,
                [
                    .text(entry.workspace.text), .text(entry.digest), .count(entry.hint), .text(entry.kind.rawValue),
                    .instant(entry.createdAt), .text(entry.reason),
                ])
        case .unsuppress(let workspace, let digest):
            let place: [SQLValue] = [.text(workspace.text), .text(digest)]
            let count =
                try connection.execute(
                    "DELETE FROM suppressions WHERE workspace = ? AND digest = ? AND kind = 'suppressed'", place)
                + connection.execute(
                    "UPDATE suppressions SET kind = 'erased' WHERE workspace = ? AND digest = ? AND kind = 'erased_suppressed'",
                    place)
            if count == 0 { throw Problem(.notFound, "Calls of this identity are not turned away.", status: 404) }
        default: break
        }
    }

    /// What of a workspace's records named somebody and is gone.
    public struct Scrubbed: Hashable, Sendable {
        public var rejectionCount = 0
        public var cardCount = 0
        /// Registrations of product codes, whose codes stay registered, by nobody.
        public var registrationCount = 0

        public init() {}
    }

    /// Deletes the refusals and the cards of boards that hold one of `texts`, so that no byte of them is left in the files.
    ///
    /// A text of less than eight bytes is looked for in quotation marks, as JSON has it.
    public func scrub(
        _ texts: Set<String>, identities: [Identity], of workspace: WorkspaceID
    ) async throws(Problem) -> Scrubbed {
        let patterns = texts.map(RecordStore.pattern)
        let scrubbed = try await engine.write { connection throws(Problem) in
            var scrubbed = Scrubbed()
            for pattern in patterns {
                scrubbed.rejectionCount += try connection.execute(
                    """
                    DELETE FROM rejections WHERE workspace = ? AND (LOWER(payload) LIKE ? ESCAPE '!' OR LOWER(reason) LIKE ? ESCAPE '!'
                        OR LOWER(message_id) LIKE ? ESCAPE '!' OR LOWER(pointer) LIKE ? ESCAPE '!')
                    """, [.text(workspace.text)] + Array(repeating: .text(pattern), count: 4))
                scrubbed.cardCount += try connection.execute(
                    """
                    DELETE FROM cards WHERE workspace = ? AND (LOWER(question) LIKE ? ESCAPE '!' OR LOWER(title) LIKE ? ESCAPE '!'
                        OR LOWER(page) LIKE ? ESCAPE '!')
                    """, [.text(workspace.text)] + Array(repeating: .text(pattern), count: 3))
            }
            for identity in identities {
                scrubbed.registrationCount += try RecordStore.scrubProducts(of: identity, workspace, on: connection)
            }
            return scrubbed
        }
        try await engine.forgetDeleted()
        return scrubbed
    }

    /// Takes somebody out of what is known of product codes; how many registrations that were.
    private static func scrubProducts(
        of identity: Identity, _ workspace: WorkspaceID, on connection: any SQLConnection
    ) throws(Problem) -> Int {
        let who: [SQLValue] = [.text(workspace.text), .text(identity.type.text), .text(identity.value)]
        let count = try connection.execute(
            "UPDATE product_registrations SET who_type = NULL, who = NULL WHERE workspace = ? AND who_type = ? AND who = ?", who)
        try connection.execute(
            """
            UPDATE product_cases SET holder_type = 'erased', holder = '' WHERE workspace = ? AND holder_type = ? AND holder = ?
            """, who)
        try connection.execute(
            """
            UPDATE product_cases SET moved_to_type = NULL, moved_to = NULL
            WHERE workspace = ? AND moved_to_type = ? AND moved_to = ?
            """, who)
        try connection.execute("DELETE FROM product_claims WHERE workspace = ? AND who_type = ? AND who = ?", who)
        try connection.execute(
            """
            UPDATE product_batches SET reseller_type = NULL, reseller = NULL
            WHERE workspace = ? AND reseller_type = ? AND reseller = ?
            """, who)
        let said: [SQLValue] = [.text(workspace.text), .text(pattern(identity.value))]
        try connection.execute("DELETE FROM product_calls WHERE workspace = ? AND LOWER(lines) LIKE ? ESCAPE '!'", said)
        try connection.execute(
            "UPDATE product_cases SET reason = '' WHERE workspace = ? AND LOWER(reason) LIKE ? ESCAPE '!'", said)
        return count
    }

    /// The tables of a workspace's records in which one of `texts` still stands.
    public func places(of texts: Set<String>, in workspace: WorkspaceID) async throws(Problem) -> [String] {
        let patterns = texts.map(RecordStore.pattern)
        return try await engine.read { connection throws(Problem) in
            var places: [String] = []
            for (table, columns) in RecordStore.textColumns {
                for column in columns {
                    for pattern in patterns {
                        let row = try connection.row(
                            "SELECT COUNT(*) FROM \(table) WHERE \(table == "audit_chain" ? "scope" : "workspace") = ? AND LOWER(\(column)) LIKE ? ESCAPE '!'",
                            [.text(workspace.text), .text(pattern)])
                        guard let row else { continue }
                        var reader = RowReader(row)
                        if try reader.count() > 0 { places.append("\(table).\(column)") }
                    }
                }
            }
            return Array(Set(places)).sorted()
        }
    }

    /// Where people's words may stand.
    private static let textColumns: [(table: String, columns: [String])] = [
        ("rejections", ["payload", "reason", "message_id", "pointer"]), ("cards", ["question", "title", "page"]),
        ("audit_chain", ["target", "detail", "reason"]), ("boards", ["name"]),
        ("product_batches", ["reseller"]), ("product_registrations", ["who"]), ("product_cases", ["holder", "moved_to", "reason"]),
        ("product_claims", ["who"]),
        ("product_calls", ["lines"]),
        ("suppressions", ["reason"]),
    ]

    private static func pattern(_ text: String) -> String {
        let folded = text.lowercased()
        let escaped = folded.replacing("!", with: "!!").replacing("%", with: "!%").replacing("_", with: "!_")
        return text.utf8.count < 8 ? "%\"\(escaped)\"%" : "%\(escaped)%"
    }
}
