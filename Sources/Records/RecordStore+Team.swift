public import Model

extension RecordStore {
    /// How many members there are in all.
    public func memberCount() async throws(Problem) -> Int {
        try await list("SELECT COUNT(*) FROM members", []) { reader throws(Problem) in try reader.count() }.first ?? 0
    }

    /// The member who signs in with `email`, with the hash of the password.
    public func member(email: String) async throws(Problem) -> (member: Member, passwordHash: String)? {
        try await members(where: "email = ?", [.text(email)]).first
    }

    /// The member `id`, with the hash of the password.
    public func member(_ id: MemberID) async throws(Problem) -> (member: Member, passwordHash: String)? {
        try await members(where: "id = ?", [.text(id.text)]).first
    }

    /// The members of one workspace with their roles, oldest first.
    public func members(of workspace: WorkspaceID) async throws(Problem) -> [(member: Member, role: MemberRole)] {
        try await list(
            """
            SELECT m.id, m.email, m.name, m.language, m.created_at, s.role
            FROM memberships s JOIN members m ON m.id = s.member WHERE s.workspace = ? ORDER BY m.created_at, m.id
            """, [.text(workspace.text)]
        ) { reader throws(Problem) -> (member: Member, role: MemberRole) in
            (try RecordStore.member(&reader), try reader.word { MemberRole(rawValue: $0) })
        }
    }

    /// The workspaces of one member, oldest first.
    public func memberships(of member: MemberID) async throws(Problem) -> [Membership] {
        try await list(
            """
            SELECT s.workspace, s.role FROM memberships s JOIN workspaces w ON w.id = s.workspace
            WHERE s.member = ? ORDER BY w.created_at, w.id
            """, [.text(member.text)]
        ) { reader throws(Problem) in
            Membership(workspace: try reader.id(), member: member, role: try reader.word { MemberRole(rawValue: $0) })
        }
    }

    /// The session with this token's digest and its member; expired ones are not found.
    public func session(_ digest: KeyDigest, at now: Instant) async throws(Problem) -> (session: SessionRecord, member: Member)? {
        try await list(
            """
            SELECT s.created_at, s.expires_at, m.id, m.email, m.name, m.language, m.created_at
            FROM sessions s JOIN members m ON m.id = s.member WHERE s.digest = ? AND s.expires_at > ?
            """, [.text(digest.hex), .instant(now)]
        ) { reader throws(Problem) -> (session: SessionRecord, member: Member) in
            let (createdAt, expiresAt) = (try reader.instant(), try reader.instant())
            let member = try RecordStore.member(&reader)
            return (SessionRecord(digest: digest, member: member.id, createdAt: createdAt, expiresAt: expiresAt), member)
        }.first
    }

    /// Changes the throttle of `subject` by what it is, in one transaction; nil removes it.
    public func updateThrottle<Answer: Sendable>(
        _ subject: String, _ change: @escaping @Sendable (inout ThrottleState?) -> Answer
    ) async throws(Problem) -> Answer {
        try await engine.write { connection throws(Problem) in
            let old = try RecordStore.throttle(subject, on: connection)
            var new = old
            let answer = change(&new)
            if let new, new != old {
                try RecordStore.set(new, of: subject, on: connection)
            } else if new == nil, old != nil {
                try connection.execute("DELETE FROM throttles WHERE subject = ?", [.text(subject)])
            }
            return answer
        }
    }

    /// The throttle of `subject`, if sign-ins failed there of late.
    public func throttle(_ subject: String) async throws(Problem) -> ThrottleState? {
        try await engine.read { connection throws(Problem) in try RecordStore.throttle(subject, on: connection) }
    }

    static func set(_ state: ThrottleState, of subject: String, on connection: any SQLConnection) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO throttles (subject, failures, last_failure_at, blocked_until) VALUES (?, ?, ?, ?)
            ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, last_failure_at = excluded.last_failure_at,
                blocked_until = excluded.blocked_until
            """,
            [.text(subject), .count(state.failures), .instant(state.lastFailureAt), .instant(state.blockedUntil)])
    }

    static func throttle(_ subject: String, on connection: any SQLConnection) throws(Problem) -> ThrottleState? {
        let row = try connection.row(
            "SELECT failures, last_failure_at, blocked_until FROM throttles WHERE subject = ?", [.text(subject)])
        guard let row else { return nil }
        var reader = RowReader(row)
        return ThrottleState(
            failures: try reader.count(), lastFailureAt: try reader.instant(), blockedUntil: try reader.instant())
    }

    private func members(
        where condition: String, _ values: [SQLValue]
    ) async throws(Problem) -> [(member: Member, passwordHash: String)] {
        try await list(
            "SELECT id, email, name, language, created_at, password_hash FROM members WHERE \(condition)", values
        ) { reader throws(Problem) -> (member: Member, passwordHash: String) in (try RecordStore.member(&reader), try reader.text())
        }
    }

    private static func member(_ reader: inout RowReader) throws(Problem) -> Member {
        Member(
            id: try reader.id(), email: try reader.text(), name: try reader.text(),
            language: try reader.optionalText().flatMap { Language(rawValue: $0) }, createdAt: try reader.instant())
    }
}

// MARK: - Writing

extension RecordStore {
    static func applyToTeam(_ change: Change, on connection: any SQLConnection) throws(Problem) {
        switch change {
        case .requireNoMember: try requireNoMember(on: connection)
        case .requireOwner(let workspace): try requireOwner(workspace, on: connection)
        case .insertMember(let member, let passwordHash): try insert(member, passwordHash, on: connection)
        case .updateMember(let member):
            try found(
                "member", member.id,
                connection.execute(
                    "UPDATE members SET name = ?, language = ? WHERE id = ?",
                    [.text(member.name), .optional(member.language?.rawValue), .text(member.id.text)]))
        case .setPassword(let member, let passwordHash):
            try found(
                "member", member,
                connection.execute(
                    "UPDATE members SET password_hash = ? WHERE id = ?", [.text(passwordHash), .text(member.text)]))
        case .setMembership(let membership):
            try connection.execute(
                """
                INSERT INTO memberships (workspace, member, role) VALUES (?, ?, ?)
                ON CONFLICT (workspace, member) DO UPDATE SET role = excluded.role
                """,
                [.text(membership.workspace.text), .text(membership.member.text), .text(membership.role.rawValue)])
        case .removeMembership(let workspace, let member):
            try found(
                "member", member,
                connection.execute(
                    "DELETE FROM memberships WHERE workspace = ? AND member = ?", [.text(workspace.text), .text(member.text)]))
        default: break
        }
    }

    private static func insert(_ member: Member, _ passwordHash: String, on connection: any SQLConnection) throws(Problem) {
        do {
            try connection.execute(
                "INSERT INTO members (id, email, name, language, password_hash, created_at) VALUES (?, ?, ?, ?, ?, ?)",
                [
                    .text(member.id.text), .text(member.email), .text(member.name), .optional(member.language?.rawValue),
                    .text(passwordHash), .instant(member.createdAt),
                ])
        } catch  where error.code == .exists {
            throw Problem(.emailTaken, "Someone signs in with this e-mail already. Use another one.", place: "/email", status: 409)
        }
    }

    private static func requireNoMember(on connection: any SQLConnection) throws(Problem) {
        guard try connection.row("SELECT 1 FROM members LIMIT 1") == nil else {
            throw Problem(.ownerExists, "The first owner has been made already. Sign in, or ask the owner to add you.", status: 409)
        }
    }

    private static func requireOwner(_ workspace: WorkspaceID, on connection: any SQLConnection) throws(Problem) {
        let owner = try connection.row(
            "SELECT 1 FROM memberships WHERE workspace = ? AND role = ? LIMIT 1",
            [.text(workspace.text), .text(MemberRole.owner.rawValue)])
        guard owner != nil else {
            throw Problem(.lastOwner, "A workspace needs an owner. Make someone else an owner first.", status: 409)
        }
    }
}
