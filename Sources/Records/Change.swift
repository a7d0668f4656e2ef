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
    /// Fails with `board_exists` when the workspace has one of that name.
    case insertBoard(Board)
    /// Fails as ``insertBoard(_:)`` does.
    case renameBoard(WorkspaceID, BoardID, name: String)
    /// Takes its cards away, too.
    case deleteBoard(WorkspaceID, BoardID)
    /// Notes that the workspace has had its starter board; fails with `starter_exists` the second time.
    case noteStarterBoard(WorkspaceID, BoardID, at: Instant)
    case insertCard(Card)
    case retitleCard(WorkspaceID, BoardID, CardID, title: String)
    /// Gives the cards of a board the positions in which they stand here.
    case orderCards(WorkspaceID, BoardID, [CardID])
    case deleteCard(WorkspaceID, BoardID, CardID)
    /// Puts these rules in the place of all that there were.
    case setRetention(WorkspaceID, [RetentionRule])
    /// Adds to what rules have deleted.
    case countRetained(WorkspaceID, event: String, count: Int, at: Instant)
    /// Notes that somebody is being erased, or that there is more of them.
    case noteErasure(PendingErasure)
    case suppress(Suppression)
    /// Fails with `not_found` when calls of that identity are not turned away.
    case unsuppress(WorkspaceID, digest: String)
    /// Inserts its texts, too.
    case insertPurpose(Purpose)
    case setLegalBasis(WorkspaceID, purpose: String, LegalBasis)
    case insertPurposeText(WorkspaceID, purpose: String, PurposeText)
    /// Gives the batch the workspace's next number; fails with `too_many_batches` when all are given.
    case insertProductBatch(ProductBatch)
    /// Replaces what is known of the code.
    case setProductRegistration(ProductRegistration)
    /// Adds to the number of a batch's registered codes.
    case countProductRegistrations(WorkspaceID, batch: Int, by: Int)
    case openProductCase(ProductCase)
    /// Counts the claim of somebody who has claimed before.
    case addProductClaim(WorkspaceID, ProductCaseID, ProductClaim)
    /// Fails with `case_closed` when somebody was faster.
    case closeProductCase(WorkspaceID, ProductCaseID, ProductDecision)
    case blockProductCode(ProductBlock)
    case unblockProductCode(WorkspaceID, ProductPlace)
    case queueProductCalls(ProductCalls)
    case deleteProductCalls(WorkspaceID, [String])
    case setThrottle(String, ThrottleState)
    /// Makes it, or gives the one of its key another rule.
    case setComputedTrait(ComputedTraitRecord)
    case removeComputedTrait(WorkspaceID, key: String)
    /// Makes it, or gives it another name and other steps; fails with `form_exists` when another has its name.
    case setForm(RegistrationForm)
    case deleteForm(WorkspaceID, FormID)
    case audit(AuditEntry)
    case storeAnswer(StoredAnswer)
}
