public import Model

extension RecordStore {
    /// The rules of one workspace by event and purpose.
    public func retentionRules(of workspace: WorkspaceID) async throws(Problem) -> [RetentionRule] {
        try await list(
            "SELECT event, purpose, days FROM retention WHERE workspace = ? ORDER BY event, purpose", [.text(workspace.text)]
        ) { reader throws(Problem) in
            RetentionRule(event: try reader.text(), purpose: try reader.text(), days: try reader.count())
        }
    }

    /// What was deleted so far, by event.
    public func retentionCounts(of workspace: WorkspaceID) async throws(Problem) -> [RetentionCount] {
        try await list(
            "SELECT event, deleted, last_at FROM retention_counts WHERE workspace = ? ORDER BY event", [.text(workspace.text)]
        ) { reader throws(Problem) in
            RetentionCount(event: try reader.text(), count: try reader.count(), lastAt: try reader.instant())
        }
    }

    static func applyToRetention(_ change: Change, on connection: any SQLConnection) throws(Problem) {
        switch change {
        case .setRetention(let workspace, let rules):
            try connection.execute("DELETE FROM retention WHERE workspace = ?", [.text(workspace.text)])
            for rule in rules {
                try connection.execute(
                    "INSERT INTO retention (workspace, event, purpose, days) VALUES (?, ?, ?, ?)",
                    [.text(workspace.text), .text(rule.event), .text(rule.purpose), .count(rule.days)])
            }
        case .countRetained(let workspace, let event, let count, let instant):
            try connection.execute(
                """
                INSERT INTO retention_counts (workspace, event, deleted, last_at) VALUES (?, ?, ?, ?)
                ON CONFLICT (workspace, event) DO UPDATE SET
                    deleted = retention_counts.deleted + excluded.deleted, last_at = excluded.last_at
                """, [.text(workspace.text), .text(event), .count(count), .instant(instant)])
        default: break
        }
    }
}
