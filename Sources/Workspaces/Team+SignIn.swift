import Crypto
public import Model
public import Records

/// A browser that is signed in.
public struct Session: Hashable, Sendable {
    public let member: Member
    public let createdAt: Instant
    public let expiresAt: Instant
}

extension Team {
    /// Checks an e-mail and password and opens a session of 14 days.
    ///
    /// Unknown e-mails take as long as wrong passwords and are told the same.
    /// - Parameter address: Where the browser is, for throttling.
    /// - Returns: The member and the token for the cookie; the token is kept nowhere else.
    /// - Throws: ``Problem`` with code `bad_credentials` (401), or `too_many_attempts` (429) with the seconds to wait.
    public func signIn(
        email: String, password: String, address: String
    ) async throws(Problem) -> (member: Member, token: String) {
        let typed = (try? SettingsRules.email(email)) ?? ""
        let subjects = [
            ("email:" + KeyDigest(of: typed).hex, SignInThrottle.email), ("address:" + address, SignInThrottle.address),
        ]
        for (subject, throttle) in subjects { try await count(subject, throttle) }
        let known = try await records.member(email: typed)
        let isRight = try await isRight(password, known?.passwordHash ?? unknownHash)
        guard let known, isRight else { throw Team.badCredentials }
        for (subject, throttle) in subjects { try await records.updateThrottle(subject) { throttle.succeed(&$0) } }
        return (known.member, try await openSession(for: known.member.id))
    }

    /// Opens a session without a password, for the owner just made.
    public func openSession(for member: MemberID) async throws(Problem) -> String {
        let token = Secret.token()
        let now = clock.now
        let end = now.advanced(byMicroseconds: Int64(Team.sessionDays) * .microsecondsPerDay)
        try await records.commit([
            .insertSession(SessionRecord(digest: KeyDigest(of: token), member: member, createdAt: now, expiresAt: end))
        ])
        return token
    }

    /// Who is signed in with `token`; nil when nobody is (any more).
    public func session(token: String) async throws(Problem) -> Session? {
        guard token.utf8.count == 52, let found = try await records.session(KeyDigest(of: token), at: clock.now) else { return nil }
        return Session(member: found.member, createdAt: found.session.createdAt, expiresAt: found.session.expiresAt)
    }

    /// Ends one session.
    public func signOut(token: String) async throws(Problem) { try await records.commit([.deleteSession(KeyDigest(of: token))]) }

    /// Ends all sessions of a member, on every browser.
    public func signOutEverywhere(_ member: MemberID) async throws(Problem) {
        let entry = AuditEntry(
            workspace: nil, at: clock.now, actor: .member(member), action: "member.signed_out_everywhere", target: member.text,
            detail: "")
        try await records.commit([.deleteSessions(member), .audit(entry)])
    }

    /// The token that a form of this session carries.
    ///
    /// Before there is a session, give the value of a random cookie instead.
    public func csrfToken(for sessionToken: String) -> String { Secret.code(of: "csrf:" + sessionToken, under: csrfSecret) }

    /// Whether a form came from a page of this session.
    public func isCSRFTokenValid(_ token: String, for sessionToken: String) -> Bool {
        Secret.isEqual(token, csrfToken(for: sessionToken))
    }

    /// A random value for the cookie that stands in for a session before sign-in.
    public static func anonymousToken() -> String { Secret.token() }

    static var badCredentials: Problem {
        Problem(.badCredentials, "This e-mail and password do not belong together.", status: 401)
    }

    /// A hash that no password has, of the usual cost.
    private var unknownHash: String {
        let zeros = String(repeating: "0", count: 64)
        return "scrypt$\(passwordCost.logRounds)$\(passwordCost.blockSize)$\(passwordCost.parallelism)$\(zeros.prefix(32))$\(zeros)"
    }

    /// Counts one attempt of `subject`, or tells how long to wait for the next.
    func count(_ subject: String, _ throttle: SignInThrottle) async throws(Problem) {
        let now = clock.now
        let outcome = try await records.updateThrottle(subject) { throttle.attempt(&$0, at: now) }
        guard case .wait(let seconds) = outcome else { return }
        throw Problem(
            .tooManyAttempts, "Too many wrong passwords. Wait \(seconds) s and try again.", status: 429, retryAfterSeconds: seconds)
    }
}

extension Problem.Code {
    /// An e-mail and a password that do not belong together.
    public static let badCredentials = Problem.Code("bad_credentials")
    /// Too many failed sign-ins of late.
    public static let tooManyAttempts = Problem.Code("too_many_attempts")
}
