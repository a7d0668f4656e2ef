public import Model

extension RecordStore {
    /// Carries out all `changes`, in order, in one transaction.
    ///
    /// - Throws: ``Problem`` with code `exists`, `email_taken`, `owner_exists`, `last_owner`, `board_exists`, `starter_exists`,
    ///   `form_exists`, `too_many_batches`, `case_closed`, `not_found`, `disk_full`; then nothing was changed.
    public func commit(_ changes: [Change]) async throws(Problem) {
        guard !changes.isEmpty else { return }
        try await engine.write { connection throws(Problem) in
            for change in changes { try RecordStore.apply(change, on: connection) }
        }
    }

    private static func apply(_ change: Change, on connection: any SQLConnection) throws(Problem) {
        switch change {
        case .insertWorkspace(let workspace): try insert(workspace, on: connection)
        case .updateWorkspace(let workspace): try update(workspace, on: connection)
        case .insertSource(let source): try insert(source, on: connection)
        case .updateSource(let source): try update(source, on: connection)
        case .insertKey(let key): try insert(key, on: connection)
        case .revokeKey(let workspace, let key, let instant):
            try found(
                "key", key,
                connection.execute(
                    "UPDATE keys SET revoked_at = ? WHERE workspace = ? AND id = ? AND revoked_at IS NULL",
                    [.instant(instant), .text(workspace.text), .text(key.text)]))
        case .touchKey(let workspace, let key, let instant):
            try connection.execute(
                "UPDATE keys SET last_used_at = ? WHERE workspace = ? AND id = ?",
                [.instant(instant), .text(workspace.text), .text(key.text)])
        case .requireNoMember, .insertMember, .updateMember, .setPassword, .setMembership, .removeMembership, .requireOwner:
            try applyToTeam(change, on: connection)
        case .insertBoard, .renameBoard, .deleteBoard, .noteStarterBoard, .insertCard, .retitleCard, .orderCards, .deleteCard:
            try applyToBoards(change, on: connection)
        case .setRetention, .countRetained: try applyToRetention(change, on: connection)
        case .noteErasure(let erasure): try note(erasure, on: connection)
        case .suppress, .unsuppress: try applyToSuppressions(change, on: connection)
        case .insertPurpose, .setLegalBasis, .insertPurposeText: try applyToPurposes(change, on: connection)
        case .insertProductBatch, .setProductRegistration, .countProductRegistrations, .openProductCase, .addProductClaim,
            .closeProductCase, .blockProductCode, .unblockProductCode, .queueProductCalls, .deleteProductCalls:
            try applyToProductCodes(change, on: connection)
        case .setThrottle(let subject, let state): try set(state, of: subject, on: connection)
        case .setComputedTrait, .removeComputedTrait: try applyToTraits(change, on: connection)
        case .setForm, .deleteForm: try applyToForms(change, on: connection)
        case .insertSession(let session):
            try connection.execute(
                "INSERT INTO sessions (digest, member, created_at, expires_at) VALUES (?, ?, ?, ?)",
                [.text(session.digest.hex), .text(session.member.text), .instant(session.createdAt), .instant(session.expiresAt)])
        case .deleteSession(let digest):
            try connection.execute("DELETE FROM sessions WHERE digest = ?", [.text(digest.hex)])
        case .deleteSessions(let member):
            try connection.execute("DELETE FROM sessions WHERE member = ?", [.text(member.text)])
        case .audit(let entry): try AuditChain.append(entry, on: connection)
        case .storeAnswer(let answer): try insert(answer, on: connection)
        }
    }

    static func found(_ noun: String, _ id: some TextID, _ changedRows: Int) throws(Problem) {
        if changedRows == 0 { throw Problem(.notFound, "There is no \(noun) \(id.text.prefix(60)).", status: 404) }
    }
}
