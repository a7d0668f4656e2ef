import Model
import Records
import TestSupport
import Testing

@Suite("Team records")
struct TeamRecordsTests {
    @Test("A member is found by e-mail with the hash, and by workspace with the role", arguments: RecordsEngine.here)
    func members(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        try await fixtures.insertAll()
        let owner = fixtures.member("owner", "o@example.com")
        let analyst = fixtures.member("zoe", "z@example.com")
        try await fixtures.store.commit([
            .requireNoMember, .insertMember(owner, passwordHash: "h1"), .insertMember(analyst, passwordHash: "h2"),
            .setMembership(Membership(workspace: fixtures.workspace.id, member: owner.id, role: .owner)),
            .setMembership(Membership(workspace: fixtures.workspace.id, member: analyst.id, role: .analyst)),
        ])
        #expect(try await fixtures.store.memberCount() == 2)
        let found = try #require(try await fixtures.store.member(email: "o@example.com"))
        #expect(found.member == owner)
        #expect(found.passwordHash == "h1")
        let team = try await fixtures.store.members(of: fixtures.workspace.id)
        #expect(team.map(\.member) == [owner, analyst])
        #expect(team.map(\.role) == [.owner, .analyst])
        #expect(try await fixtures.store.memberships(of: analyst.id).map(\.role) == [.analyst])
    }

    @Test("The first owner is made once", arguments: RecordsEngine.here)
    func firstOwner(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        let store = fixtures.store
        let results = await withTaskGroup(of: Problem.Code?.self) { group in
            for index in 0 ..< 8 {
                let member = fixtures.member("m\(index)", "m\(index)@example.com")
                group.addTask {
                    do throws(Problem) {
                        try await store.commit([.requireNoMember, .insertMember(member, passwordHash: "h")])
                        return nil
                    } catch { return error.code }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.filter { $0 == nil }.count == 1)
        #expect(results.compactMap { $0 } == Array(repeating: .ownerExists, count: 7))
    }

    @Test("The same e-mail twice is refused in words about the e-mail", arguments: RecordsEngine.here)
    func emailTaken(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        try await fixtures.store.commit([.insertMember(fixtures.member("a", "a@example.com"), passwordHash: "h")])
        let problem = await #expect(throws: Problem.self) {
            try await fixtures.store.commit([.insertMember(fixtures.member("b", "a@example.com"), passwordHash: "h")])
        }
        #expect(problem?.code == .emailTaken)
    }

    @Test("The last owner can neither leave nor become an analyst", arguments: RecordsEngine.here)
    func lastOwner(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        try await fixtures.insertAll()
        let owner = fixtures.member("owner", "o@example.com")
        let workspace = fixtures.workspace.id
        try await fixtures.store.commit([
            .insertMember(owner, passwordHash: "h"),
            .setMembership(Membership(workspace: workspace, member: owner.id, role: .owner)),
        ])
        for change in [
            Change.removeMembership(workspace, owner.id),
            .setMembership(Membership(workspace: workspace, member: owner.id, role: .analyst)),
        ] {
            let problem = await #expect(throws: Problem.self) {
                try await fixtures.store.commit([change, .requireOwner(workspace)])
            }
            #expect(problem?.code == .lastOwner)
        }
        #expect(try await fixtures.store.memberships(of: owner.id).map(\.role) == [.owner])
    }

    @Test("Sessions end by time, by sign-out, and all at once", arguments: RecordsEngine.here)
    func sessions(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        let member = fixtures.member("a", "a@example.com")
        let digests = (0 ..< 3).map { offset in KeyDigest(bytes: (0 ..< 32).map { UInt8($0 + offset) }) }
        let end = fixtures.now.advanced(byMicroseconds: 14 * .microsecondsPerDay)
        try await fixtures.store.commit(
            [.insertMember(member, passwordHash: "h")]
                + digests.map {
                    .insertSession(SessionRecord(digest: $0, member: member.id, createdAt: fixtures.now, expiresAt: end))
                })
        let found = try #require(try await fixtures.store.session(digests[0], at: fixtures.now))
        #expect(found.member == member)
        #expect(found.session.expiresAt == end)
        #expect(try await fixtures.store.session(digests[0], at: end) == nil)
        try await fixtures.store.commit([.deleteSession(digests[0])])
        #expect(try await fixtures.store.session(digests[0], at: fixtures.now) == nil)
        #expect(try await fixtures.store.session(digests[1], at: fixtures.now) != nil)
        try await fixtures.store.commit([.deleteSessions(member.id)])
        #expect(try await fixtures.store.session(digests[1], at: fixtures.now) == nil)
    }

    @Test("A throttle is changed by what it was", arguments: RecordsEngine.here)
    func throttles(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        let now = fixtures.now
        for _ in 0 ..< 3 {
            try await fixtures.store.updateThrottle("email:a") { state in
                state = ThrottleState(failures: (state?.failures ?? 0) + 1, lastFailureAt: now, blockedUntil: now)
            }
        }
        #expect(try await fixtures.store.throttle("email:a")?.failures == 3)
        try await fixtures.store.updateThrottle("email:a") { $0 = nil }
        #expect(try await fixtures.store.throttle("email:a") == nil)
    }
}
