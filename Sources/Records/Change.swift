public import Model

/// One change to the records; several are committed together or not at all.
public enum Change: Hashable, Sendable {
    case insertWorkspace(Workspace)
    case updateWorkspace(Workspace)
    case insertSource(Source)
    case updateSource(Source)
    case insertKey(Key)
    case revokeKey(WorkspaceID, KeyID, at: Instant)
    case touchKey(WorkspaceID, KeyID, at: Instant)
    /// Fails with `owner_exists` when there is a member already.
    case requireNoMember
    case insertMember(Member, passwordHash: String)
    case updateMember(Member)
    case setPassword(MemberID, passwordHash: String)
    case setMembership(Membership)
    case removeMembership(WorkspaceID, MemberID)
    /// Fails with `last_owner` when the workspace has no owner left.
    case requireOwner(WorkspaceID)
    case insertSession(SessionRecord)
    case deleteSession(KeyDigest)
    case deleteSessions(MemberID)
    case audit(AuditEntry)
    case storeAnswer(StoredAnswer)
}
