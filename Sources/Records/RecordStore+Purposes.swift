public import Model

extension RecordStore {
    /// The purposes of every workspace with all versions of their texts, oldest first.
    public func purposes() async throws(Problem) -> [Purpose] {
        let texts = try await list(
            "SELECT workspace, purpose, version, text, created_at FROM purpose_texts ORDER BY workspace, purpose, version", []
        ) { reader throws(Problem) -> (place: [String], text: PurposeText) in
            let place = [try reader.text(), try reader.text()]
            return (place, PurposeText(version: try reader.count(), text: try reader.text(), createdAt: try reader.instant()))
        }
        let byPlace = Dictionary(grouping: texts, by: \.place)
        return try await list(
            "SELECT workspace, name, legal_basis, created_at FROM purposes ORDER BY created_at, name", []
        ) { reader throws(Problem) in
            let (workspace, name) = (try reader.id(WorkspaceID.self), try reader.text())
            return Purpose(
                workspace: workspace, name: name, legalBasis: try reader.word { LegalBasis(rawValue: $0) },
                texts: (byPlace[[workspace.text, name]] ?? []).map(\.text), createdAt: try reader.instant())
        }
    }

    static func applyToPurposes(_ change: Change, on connection: any SQLConnection) throws(Problem) {
        switch change {
        case .insertPurpose(let purpose):
            try connection.execute(
                "INSERT INTO purposes (workspace, name, legal_basis, created_at) VALUES (?, ?, ?, ?)",
                [
                    .text(purpose.workspace.text), .text(purpose.name), .text(purpose.legalBasis.rawValue),
                    .instant(purpose.createdAt),
                ])
            for text in purpose.texts { try insert(text, of: purpose.name, in: purpose.workspace, on: connection) }
        case .setLegalBasis(let workspace, let name, let basis):
            try connection.execute(
                "UPDATE purposes SET legal_basis = ? WHERE workspace = ? AND name = ?",
                [.text(basis.rawValue), .text(workspace.text), .text(name)])
        case .insertPurposeText(let workspace, let name, let text):
            try insert(text, of: name, in: workspace, on: connection)
        default: break
        }
    }

    private static func insert(
        _ text: PurposeText, of purpose: String, in workspace: WorkspaceID, on connection: any SQLConnection
    ) throws(Problem) {
        try connection.execute(
            "INSERT INTO purpose_texts (workspace, purpose, version, text, created_at) VALUES (?, ?, ?, ?, ?)",
            [.text(workspace.text), .text(purpose), .count(text.version), .text(text.text), .instant(text.createdAt)])
    }
}
