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
        /// Registrations of product codes, whose codes are free again.
        public var registrationCount = 0
        /// Members of the program, whose books go on without a name.
        public var memberCount = 0
        /// Commands of the program of which only the id is left.
        public var commandCount = 0

        public init() {}

        public static func + (left: Scrubbed, right: Scrubbed) -> Scrubbed {
            var sum = left
            sum.rejectionCount += right.rejectionCount
            sum.cardCount += right.cardCount
            sum.registrationCount += right.registrationCount
            sum.memberCount += right.memberCount
            sum.commandCount += right.commandCount
            return sum
        }
    }

    /// Takes somebody out of tables that others know better, within a transaction.
    public typealias Scrubbing = @Sendable (PendingErasure, any SQLConnection) throws(Problem) -> Scrubbed

    /// Deletes the refusals and the cards of boards that name somebody, and takes them out of what is known of product codes, so that no
    /// byte of them is left in the files.
    ///
    /// - Parameter beside: What else is done in the same transaction.
    public func scrub(_ erasure: PendingErasure, beside: Scrubbing? = nil) async throws(Problem) -> Scrubbed {
        let scrubbed = try await engine.write { connection throws(Problem) in
            try RecordStore.scrub(erasure, on: connection) + (beside?(erasure, connection) ?? Scrubbed())
        }
        try await engine.forgetDeleted()
        return scrubbed
    }

    static func scrub(_ erasure: PendingErasure, on connection: any SQLConnection) throws(Problem) -> Scrubbed {
        let search = NameSearch(erasure.identities, texts: erasure.texts, in: erasure.workspace)
        var scrubbed = Scrubbed()
        for found in try search.rows(of: .rejections, on: connection) {
            scrubbed.rejectionCount += try found.delete(on: connection)
        }
        for found in try search.rows(of: .cards, on: connection) { scrubbed.cardCount += try found.delete(on: connection) }
        for found in try search.rows(of: .productClaims, on: connection) { _ = try found.delete(on: connection) }
        for found in try search.rows(of: .productCalls, on: connection) { _ = try found.delete(on: connection) }
        for found in try search.rows(of: .productBatches, on: connection) where found.columns.contains("reseller") {
            try found.update("reseller_type = NULL, reseller = NULL", on: connection)
        }
        for found in try search.rows(of: .productRegistrations, on: connection) {
            try found.update("who_type = NULL, who = NULL", on: connection)
            try connection.execute(
                "UPDATE product_batches SET registered = registered - 1 WHERE workspace = ? AND number = ?",
                Array(found.key.prefix(2)))
            scrubbed.registrationCount += 1
        }
        for found in try search.rows(of: .productCases, on: connection) {
            if found.columns.contains("holder") { try found.update("holder_type = 'erased', holder = ''", on: connection) }
            if found.columns.contains("moved_to") { try found.update("moved_to_type = NULL, moved_to = NULL", on: connection) }
            if found.columns.contains("reason") { try found.update("reason = ''", on: connection) }
        }
        for found in try search.rows(of: .productBlocks, on: connection) { try found.update("reason = ''", on: connection) }
        for found in try search.rows(of: .auditChain, on: connection) where found.columns.contains("reason") {
            try AuditChain.eraseReason(found, on: connection)
        }
        for found in try search.rows(of: .retentionCounts, on: connection) { try search.rename(found, on: connection) }
        return scrubbed
    }

    /// The columns of a workspace's records in which somebody is still named.
    public func places(
        of identities: some Collection<Identity> & Sendable, texts: Set<String>, in workspace: WorkspaceID
    ) async throws(Problem) -> [String] {
        let search = NameSearch(identities, texts: texts, in: workspace)
        try await engine.settle()
        return try await engine.read { connection throws(Problem) in
            var places: Set<String> = []
            for table in NamingTable.all {
                for found in try search.rows(of: table, on: connection) {
                    places.formUnion(found.columns.map { "\(table.name).\($0)" })
                }
            }
            return places.sorted()
        }
    }
}
