import Model
import Records
import Testing
import Workspaces

@Suite("Team")
struct TeamTests {
    private let password = "green tea at dawn"

    @Test("The first owner signs in, is known by the token, and signs out")
    func signInAndOut() async throws {
        let fixtures = try await DirectoryFixtures()
        let team = fixtures.directory.team
        #expect(try await team.isEmpty())
        let owner = try await team.createFirstOwner(email: "Mei@Example.com", name: "Mei", password: password)
        #expect(try await !team.isEmpty())
        let (member, token) = try await team.signIn(email: " mei@example.com", password: password, address: "192.0.2.1")
        #expect(member == owner)
        #expect(try await team.session(token: token)?.member == owner)
        #expect(try await team.session(token: String(token.reversed())) == nil)
        try await team.signOut(token: token)
        #expect(try await team.session(token: token) == nil)
        await fixtures.directory.close()
    }

    @Test("A session ends after 14 days")
    func expiry() async throws {
        let fixtures = try await DirectoryFixtures()
        let owner = try await fixtures.directory.team.createFirstOwner(email: "a@example.com", name: "A", password: password)
        let token = try await fixtures.directory.team.openSession(for: owner.id)
        fixtures.clock.advance(seconds: 14 * 86_400 - 1)
        #expect(try await fixtures.directory.team.session(token: token) != nil)
        fixtures.clock.advance(seconds: 1)
        #expect(try await fixtures.directory.team.session(token: token) == nil)
        await fixtures.directory.close()
    }

    @Test("Signing out everywhere ends every session; so does a new password")
    func everywhere() async throws {
        let fixtures = try await DirectoryFixtures()
        let team = fixtures.directory.team
        let owner = try await team.createFirstOwner(email: "a@example.com", name: "A", password: password)
        let first = try await team.openSession(for: owner.id)
        let second = try await team.openSession(for: owner.id)
        try await team.signOutEverywhere(owner.id)
        #expect(try await team.session(token: first) == nil)
        #expect(try await team.session(token: second) == nil)
        let third = try await team.openSession(for: owner.id)
        try await team.changePassword(of: owner.id, old: password, new: "white tea at noon")
        #expect(try await team.session(token: third) == nil)
        _ = try await team.signIn(email: "a@example.com", password: "white tea at noon", address: "x")
        let problem = await #expect(throws: Problem.self) {
            try await team.changePassword(of: owner.id, old: password, new: "black tea at dusk")
        }
        #expect(problem?.code == .badCredentials)
        await fixtures.directory.close()
    }

    @Test("Wrong old passwords make the next attempt wait, the right one does not; sign-in is throttled apart")
    func throttledChange() async throws {
        let fixtures = try await DirectoryFixtures()
        let team = fixtures.directory.team
        let owner = try await team.createFirstOwner(email: "a@example.com", name: "A", password: password)
        func attempt(_ old: String) async -> Problem? {
            do throws(Problem) {
                try await team.changePassword(of: owner.id, old: old, new: "white tea at noon")
                return nil
            } catch {
                return error
            }
        }
        var codes: [Problem.Code] = []
        for _ in 0 ..< 20 {
            guard let problem = await attempt("wrong tea at dawn") else { break }
            codes.append(problem.code)
            if problem.code == .tooManyAttempts { break }
        }
        #expect(codes.last == .tooManyAttempts && codes.count <= 8, "\(codes)")
        #expect(codes.dropLast().allSatisfy { $0 == .badCredentials })
        let waiting = await attempt(password)
        #expect(waiting?.code == .tooManyAttempts && waiting?.status == 429 && waiting?.retryAfterSeconds != nil)
        _ = try await team.signIn(email: "a@example.com", password: password, address: "192.0.2.1")
        fixtures.clock.advance(seconds: 1_000)
        #expect(await attempt(password) == nil)
        await fixtures.directory.close()
    }

    @Test("Wrong passwords and unknown e-mails are told the same, then made to wait, also across a restart")
    func throttled() async throws {
        let fixtures = try await DirectoryFixtures()
        let owner = try await fixtures.directory.team.createFirstOwner(email: "a@example.com", name: "A", password: password)
        for email in ["a@example.com", "nobody@example.com"] {
            var codes: [Problem.Code] = []
            for index in 0 ..< 7 {
                let problem = await #expect(throws: Problem.self) {
                    try await fixtures.directory.team.signIn(email: email, password: "wrong", address: "192.0.2.\(index)")
                }
                if let problem { codes.append(problem.code) }
                if problem?.code == .tooManyAttempts { #expect(problem?.retryAfterSeconds ?? 0 > 0) }
            }
            #expect(codes == Array(repeating: .badCredentials, count: 6) + [.tooManyAttempts])
        }
        let again = try await fixtures.reopened()
        let problem = await #expect(throws: Problem.self) {
            try await again.directory.team.signIn(email: "a@example.com", password: password, address: "198.51.100.1")
        }
        #expect(problem?.code == .tooManyAttempts)
        again.clock.advance(seconds: 3_600)
        let signedIn = try await again.directory.team.signIn(email: "a@example.com", password: password, address: "198.51.100.1")
        #expect(signedIn.member == owner)
        await again.directory.close()
    }

    @Test("Members join with a role; an e-mail that signs in already keeps its password")
    func members() async throws {
        let fixtures = try await DirectoryFixtures()
        let team = fixtures.directory.team
        let owner = try await team.createFirstOwner(email: "a@example.com", name: "A", password: password)
        let created = try await fixtures.directory.create(
            NewWorkspace(name: "One", timezone: "UTC", currency: "USD", owner: owner.id), by: .member(owner.id))
        fixtures.clock.advance(seconds: 1)
        let other = try await fixtures.create("Two")
        let one = created.workspace.id
        let zoe = try await team.addMember(
            email: "z@example.com", name: "Zoe", password: password, role: .analyst, to: one, by: .member(owner.id))
        let same = try await team.addMember(
            email: "Z@example.com", name: "Z", password: "", role: .owner, to: other.workspace.id, by: .commandLine)
        #expect(same == zoe)
        #expect(try await team.members(of: one).map(\.role) == [.owner, .analyst])
        #expect(try await team.memberships(of: zoe.id).map(\.workspace) == [one, other.workspace.id])
        #expect(try await team.role(of: owner.id, in: other.workspace.id) == nil)
        let problem = await #expect(throws: Problem.self) { try await team.remove(owner.id, from: one, by: .member(owner.id)) }
        #expect(problem?.code == .lastOwner)
        try await team.setRole(.owner, of: zoe.id, in: one, by: .member(owner.id))
        try await team.remove(owner.id, from: one, by: .member(zoe.id))
        #expect(try await team.members(of: one).map(\.member) == [zoe])
        await fixtures.directory.close()
    }

    @Test("A form's token belongs to one session")
    func csrf() async throws {
        let fixtures = try await DirectoryFixtures()
        let team = fixtures.directory.team
        let token = team.csrfToken(for: "session-a")
        #expect(team.isCSRFTokenValid(token, for: "session-a"))
        #expect(!team.isCSRFTokenValid(token, for: "session-b"))
        #expect(!team.isCSRFTokenValid("", for: "session-a"))
        let again = try await fixtures.reopened()
        #expect(again.directory.team.isCSRFTokenValid(token, for: "session-a"))
        await again.directory.close()
    }
}
