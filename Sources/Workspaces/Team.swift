public import Model
public import Records

/// The people who use the console: who they are, what they may do, and whether they are signed in.
public struct Team: Sendable {
    /// How long a sign-in lasts.
    public static let sessionDays = 14

    let records: RecordStore
    let clock: any WallClock
    let passwordCost: PasswordHash.Cost
    let csrfSecret: [UInt8]
    /// Hashes one password at a time, so that a flood of sign-ins costs one core and 32 MB at most.
    let hashing = Workbench(label: "passwords", threadCount: 1, waitingMax: 64)

    init(records: RecordStore, clock: any WallClock, passwordCost: PasswordHash.Cost = .init()) async throws(Problem) {
        self.records = records
        self.clock = clock
        self.passwordCost = passwordCost
        csrfSecret = try await records.secret("csrf", fresh: Secret.bytes())
    }

    /// Whether there is no member yet, so that the next visitor may become the first owner.
    public func isEmpty() async throws(Problem) -> Bool { try await records.memberCount() == 0 }

    /// The member `id`.
    public func member(_ id: MemberID) async throws(Problem) -> Member? { try await records.member(id)?.member }

    /// The members of one workspace with their roles, oldest first.
    public func members(of workspace: WorkspaceID) async throws(Problem) -> [(member: Member, role: MemberRole)] {
        try await records.members(of: workspace)
    }

    /// The workspaces of one member with the roles there, oldest first.
    public func memberships(of member: MemberID) async throws(Problem) -> [Membership] { try await records.memberships(of: member) }

    /// What `member` may do in `workspace`; nil when it is not theirs.
    public func role(of member: MemberID, in workspace: WorkspaceID) async throws(Problem) -> MemberRole? {
        try await records.memberships(of: member).first { $0.workspace == workspace }?.role
    }

    /// What is wrong with a password: fewer than 10 characters, the e-mail itself, or one of the common ones; nil when nothing is.
    public static func passwordProblem(_ password: String, email: String) -> Problem? {
        PasswordRules.problem(password, email: email)
    }
}

// MARK: - Changing the team

extension Team {
    /// Makes the first member of all; exactly one caller succeeds.
    ///
    /// - Throws: ``Problem`` with code `owner_exists`, `bad_email`, `bad_name` or `weak_password`.
    public func createFirstOwner(
        email: String, name: String, password: String, language: Language? = nil
    ) async throws(Problem) -> Member {
        guard try await isEmpty() else {
            throw Problem(.ownerExists, "The first owner has been made already. Sign in, or ask the owner to add you.", status: 409)
        }
        let (member, hash) = try await newMember(email: email, name: name, password: password, language: language)
        let entry = AuditEntry(
            workspace: nil, at: clock.now, actor: .member(member.id), action: "member.created", target: member.id.text,
            detail: "first owner")
        try await records.commit([.requireNoMember, .insertMember(member, passwordHash: hash), .audit(entry)])
        return member
    }

    /// Adds someone to a workspace: a new member, or one who already signs in with this e-mail (whose password then stays).
    public func addMember(
        email: String, name: String, password: String, role: MemberRole, to workspace: WorkspaceID, by actor: Actor
    ) async throws(Problem) -> Member {
        let address = try SettingsRules.email(email)
        if let known = try await records.member(email: address)?.member {
            try await join(known, role, workspace, first: [], actor)
            return known
        }
        let (member, hash) = try await newMember(email: address, name: name, password: password, language: nil)
        try await join(member, role, workspace, first: [.insertMember(member, passwordHash: hash)], actor)
        return member
    }

    /// Changes what a member may do; the last owner stays one.
    public func setRole(
        _ role: MemberRole, of member: MemberID, in workspace: WorkspaceID, by actor: Actor
    ) async throws(Problem) {
        guard try await self.role(of: member, in: workspace) != nil else {
            throw Problem(.notFound, "There is no such member in this workspace.", status: 404)
        }
        try await records.commit([
            .setMembership(Membership(workspace: workspace, member: member, role: role)), .requireOwner(workspace),
            audit(workspace, "member.role_changed", member, role.rawValue, actor),
        ])
    }

    /// Takes a member out of a workspace and ends all their sign-ins; the last owner stays.
    public func remove(_ member: MemberID, from workspace: WorkspaceID, by actor: Actor) async throws(Problem) {
        try await records.commit([
            .removeMembership(workspace, member), .requireOwner(workspace), .deleteSessions(member),
            audit(workspace, "member.removed", member, "", actor),
        ])
    }

    /// Changes a member's own name and language.
    public func update(_ member: Member) async throws(Problem) {
        var checked = member
        checked.name = try SettingsRules.name(member.name)
        try await records.commit([.updateMember(checked)])
    }

    /// Changes a member's password and ends all their sign-ins.
    ///
    /// Wrong old passwords are throttled as sign-ins are, but apart from them: whoever has a stolen session guesses no faster.
    /// - Throws: ``Problem`` with code `bad_credentials` when `old` is not the present one, `too_many_attempts` (429) with the seconds
    ///   to wait, or `weak_password`.
    public func changePassword(of member: MemberID, old: String, new: String) async throws(Problem) {
        guard let (known, hash) = try await records.member(member) else { throw Team.badCredentials }
        let subject = "password:" + member.text
        try await count(subject, .email)
        guard try await isRight(old, hash) else { throw Team.badCredentials }
        try await records.updateThrottle(subject) { SignInThrottle.email.succeed(&$0) }
        if let problem = PasswordRules.problem(new, email: known.email) { throw problem }
        try await records.commit([
            .setPassword(member, passwordHash: try await hashed(new)), .deleteSessions(member),
            audit(nil, "member.password_changed", member, "", .member(member)),
        ])
    }

    /// Sets a forgotten password, for whoever may run commands on the machine.
    public func resetPassword(email: String, to new: String) async throws(Problem) {
        let address = try SettingsRules.email(email)
        guard let (known, _) = try await records.member(email: address) else {
            throw Problem(.notFound, "Nobody signs in with this e-mail.", place: "/email", status: 404)
        }
        if let problem = PasswordRules.problem(new, email: address) { throw problem }
        try await records.commit([
            .setPassword(known.id, passwordHash: try await hashed(new)), .deleteSessions(known.id),
            audit(nil, "member.password_reset", known.id, "", .commandLine),
        ])
    }

    private func newMember(
        email: String, name: String, password: String, language: Language?
    ) async throws(Problem) -> (member: Member, passwordHash: String) {
        let address = try SettingsRules.email(email)
        let checkedName = try SettingsRules.name(name)
        if let problem = PasswordRules.problem(password, email: address) { throw problem }
        var generator = SystemRandomNumberGenerator()
        let member = Member(
            id: .random(using: &generator), email: address, name: checkedName, language: language, createdAt: clock.now)
        return (member, try await hashed(password))
    }

    private func join(
        _ member: Member, _ role: MemberRole, _ workspace: WorkspaceID, first: [Change], _ actor: Actor
    ) async throws(Problem) {
        if try await self.role(of: member.id, in: workspace) != nil {
            throw Problem(.exists, "This member belongs to the workspace already.", place: "/email", status: 409)
        }
        try await records.commit(
            first + [
                .setMembership(Membership(workspace: workspace, member: member.id, role: role)),
                audit(workspace, "member.added", member.id, role.rawValue, actor),
            ])
    }

    private func audit(
        _ workspace: WorkspaceID?, _ action: String, _ member: MemberID, _ detail: String, _ actor: Actor
    ) -> Change {
        .audit(AuditEntry(workspace: workspace, at: clock.now, actor: actor, action: action, target: member.text, detail: detail))
    }

    func hashed(_ password: String) async throws(Problem) -> String {
        let cost = passwordCost
        return try await hashing.run { () throws(Problem) in try PasswordHash(password: password, cost: cost).text }
    }

    func isRight(_ password: String, _ hash: String) async throws(Problem) -> Bool {
        guard password.utf8.count <= PasswordRules.bytesMax else { return false }
        return try await hashing.run { () throws(Problem) in
            guard let known = PasswordHash(text: hash) else { return false }
            return try known.matches(password)
        }
    }
}
