public import Model

extension RecordStore {
    /// The computed traits of every workspace, oldest first.
    public func computedTraits() async throws(Problem) -> [ComputedTraitRecord] {
        try await list("SELECT workspace, key, rule, created_at FROM computed_traits ORDER BY created_at, key", []) {
            reader throws(Problem) in
            ComputedTraitRecord(
                workspace: try reader.id(), key: try reader.text(), rule: try reader.text(), createdAt: try reader.instant())
        }
    }

    static func applyToTraits(_ change: Change, on connection: any SQLConnection) throws(Problem) {
        switch change {
        case .setComputedTrait(let trait):
            try connection.execute(
                """
                INSERT INTO computed_traits (workspace, key, rule, created_at) VALUES (?, ?, ?, ?)
                ON CONFLICT (workspace, key) DO UPDATE SET rule = excluded.rule
                """, [.text(trait.workspace.text), .text(trait.key), .text(trait.rule), .instant(trait.createdAt)])
        case .removeComputedTrait(let workspace, let key):
            try connection.execute(
                "DELETE FROM computed_traits WHERE workspace = ? AND key = ?", [.text(workspace.text), .text(key)])
        default: break
        }
    }
}
