public import Loyalty
public import Model
public import Records

/// Cards of members: pages that show their points to whoever has the secret address of one.
///
/// An address is `workspace.member.code`, so that no table of them is kept. The code is an HMAC-SHA256 of workspace and member under a
/// secret of the workspace and, once the address was renewed, one of the member.
extension WorkspaceDirectory {
    /// Hexadecimal digits of a code: 160 bits.
    private static let cardCodeLength = 40
    /// Wrong addresses from one network address.
    private static let cardThrottle = SignInThrottle(freeFailures: 30)

    /// The last part of the address of a member's card.
    public func cardToken(of member: ProgramMemberID, in workspace: WorkspaceID) async throws(Problem) -> String {
        _ = try settings(of: workspace)
        return "\(workspace.text).\(member.text).\(try await cardCode(of: member, in: workspace))"
    }

    /// Gives the member's card another address; the one before leads nowhere from now on.
    public func renewCard(of member: ProgramMemberID, in workspace: WorkspaceID, by actor: Actor) async throws(Problem) {
        _ = try settings(of: workspace)
        try await records.replaceSecret(MemberCard.secretName(of: member, in: workspace), with: Secret.bytes())
        try await records.commit([
            .audit(
                AuditEntry(
                    workspace: workspace, at: clock.now, actor: actor, action: "card.renewed", target: member.text, detail: ""))
        ])
    }

    /// Whose card an address leads to.
    ///
    /// - Parameter address: The network address of who asks; wrong guesses from one make the next wait.
    /// - Throws: ``Problem`` with code `not_found`, or `too_many_attempts`.
    public func memberOfCard(
        _ token: String, address: String
    ) async throws(Problem) -> (workspace: WorkspaceID, member: ProgramMember) {
        let subject = "card-address:\(address)"
        let now = clock.now
        if let seconds = SignInThrottle.wait(try await records.throttle(subject), at: now) {
            throw Problem(
                .tooManyAttempts, "Too many wrong addresses. Wait \(seconds) s and try again.", status: 429,
                retryAfterSeconds: seconds)
        }
        if let found = try await holder(of: token) { return found }
        _ = try await records.updateThrottle(subject) { Self.cardThrottle.attempt(&$0, at: now) }
        throw Problem(.notFound, "There is no such card.", status: 404)
    }

    private func holder(of token: String) async throws(Problem) -> (workspace: WorkspaceID, member: ProgramMember)? {
        let parts = token.split(separator: ".").map(String.init)
        guard parts.count == 3, parts[2].utf8.count == Self.cardCodeLength, let workspace = WorkspaceID(validating: parts[0]),
            let member = ProgramMemberID(text: parts[1]), workspaces().contains(where: { $0.id == workspace })
        else { return nil }
        guard Secret.isEqual(parts[2], try await cardCode(of: member, in: workspace)),
            let found = try await programReader(of: workspace).member(MemberWish(.id(member)))?.member, found.state == .open
        else { return nil }
        return (workspace, found)
    }

    private func cardCode(of member: ProgramMemberID, in workspace: WorkspaceID) async throws(Problem) -> String {
        let name = "member-cards:\(workspace.text)"
        var secret = try await records.keptSecret(name)
        if secret == nil { secret = try await records.secret(name, fresh: Secret.bytes()) }
        let own = try await records.keptSecret(MemberCard.secretName(of: member, in: workspace))
        let text = "\(workspace.text) \(member.text) \(own?.hex ?? "")"
        return String(Secret.code(of: text, under: secret ?? []).prefix(Self.cardCodeLength))
    }
}
