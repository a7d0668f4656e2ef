import EventStore
import FoundationEssentials
import Loyalty
import Model
import People
import Records
import Synchronization
import Testing

@testable import Workspaces

/// An erasure reaches the program of the workspace, wherever it is stopped and whatever goes on meanwhile.
@Suite("Erasures of members") struct ProgramErasureTests {
    private static let who = "customer-1"
    private static let ann = Identity(type: .userID, value: who)

    /// A club in which she has points, a benefit of the doubt by number, and facts that wait.
    private static func club(_ fixtures: DirectoryFixtures) async throws -> Club {
        let club = try await Club(fixtures)
        try await club.start()
        try await club.collect(
            club.order("Order Completed", "m1", "o1", 2, who: who), club.order("Order Completed", "m2", "o2", 1, who: "bob"))
        await club.directory.followEvents()
        try await club.perform("gift of \(who)", EarnPoints(5, of: "points", to: wish, for: PointSource(id: "card of \(who)")))
        return club
    }

    private static var wish: MemberWish { MemberWish(.identity(ann)) }

    private static func erase(_ club: Club) async throws -> ErasureReport {
        try await club.directory.erase(
            "user_id:\(who)", in: club.created.workspace.id, suppresses: false, reason: "asked", by: .commandLine)
    }

    private static func expectGone(_ club: Club, _ old: ProgramMemberID, _ label: String) async throws {
        let (directory, workspace) = (club.directory, club.created.workspace.id)
        let traces = PersonTraces(of: ann)
        #expect(try await directory.places(of: traces, in: workspace) == [], "\(label)")
        #expect(try WorkspaceStore.files(holding: traces.texts, under: directory.folder.path) == [], "\(label)")
        let reader = directory.programReader(of: workspace)
        #expect(try await reader.member(wish) == nil, "\(label)")
        #expect(try await reader.member(MemberWish(.id(old)))?.member.state == .erased, "\(label)")
        #expect(try await reader.check("points").isWhole, "\(label)")
        #expect(try await directory.checkAudit(of: workspace).firstBroken == nil, "\(label)")
        let points = PointCurrency(key: "points", rules: PointRules())
        let owed = try await reader.balances(of: [MemberWish(.id(old))], in: points, at: club.fixtures.clock.now)
        #expect(owed.first??.balance.available == 65, "\(label)")
        // Nothing of the past is told to the events or followed from them under her name.
        await directory.sendFacts()
        await directory.followEvents()
        #expect(try await reader.member(wish) == nil, "\(label)")
        #expect(try await club.told() == ["Points Earned 30 30"], "\(label)")
        #expect(try await directory.places(of: traces, in: workspace) == [], "\(label)")
    }

    @Test("Wherever it is stopped, nothing of a member is left when the workspace is open again, and who comes back is new")
    func stopped() async throws {
        let engine = Mutex<SteppedEngine?>(nil)
        let fixtures = try await DirectoryFixtures { opened in
            let stepped = SteppedEngine(opened)
            engine.withLock { $0 = stepped }
            return stepped
        }
        let stepped = try #require(engine.withLock { $0 })
        let club = try await Self.club(fixtures)
        let workspace = club.created.workspace.id
        let old = try #require(try await club.directory.programReader(of: workspace).member(Self.wish)?.member.id)
        let copies = Mutex<[TemporaryDataFolder]>([])
        let path = fixtures.files.path
        stepped.step.withLock {
            $0 = {
                let copy = TemporaryDataFolder()
                try? FileManager.default.copyItem(atPath: path, toPath: copy.path)
                copies.withLock { $0.append(copy) }
            }
        }
        let report = try await Self.erase(club)
        #expect(report.records.memberCount == 1 && report.records.commandCount == 2)
        stepped.step.withLock { $0 = nil }
        try await Self.expectGone(club, old, "at once")
        await club.directory.close()
        let images = copies.withLock { $0 }
        #expect(images.count >= 6)
        for (number, image) in images.enumerated().dropFirst() {
            let reopened = Club(try await DirectoryFixtures(files: image, clock: fixtures.clock), club.created)
            _ = try await reopened.open
            try await Self.expectGone(reopened, old, "step \(number)")
            let repeated = try await reopened.directory.perform(
                EnrolMember(Self.ann), id: "gift of \(Self.who)", in: workspace, by: .commandLine)
            #expect(repeated.isRefused && repeated.isReplayed && !repeated.body.text.contains(Self.who))
            let new = try await reopened.directory.perform(EnrolMember(Self.ann), id: "back", in: workspace, by: .commandLine)
            #expect(new.body["enrolled"] == true && new.body["member"]?.stringValue != old.text)
            await reopened.directory.close()
        }
    }

    @Test("Orders that are followed and facts that are told meanwhile bring nobody back", arguments: 0 ..< 4)
    func meanwhile(round: Int) async throws {
        let club = try await Self.club(try await DirectoryFixtures())
        let directory = club.directory
        let workspace = club.created.workspace.id
        for number in 0 ..< 20 {
            try await club.collect(club.order("Order Completed", "late-\(number)", "late-\(number)", 1, who: Self.who))
        }
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await directory.followEvents() }
            tasks.addTask { await directory.sendFacts() }
            tasks.addTask {
                do { _ = try await Self.erase(club) } catch { Issue.record(error) }
            }
        }
        await directory.followEvents()
        await directory.sendFacts()
        await directory.followEvents()
        #expect(try await directory.programReader(of: workspace).member(Self.wish) == nil)
        #expect(try await directory.places(of: PersonTraces(of: Self.ann), in: workspace) == [])
        #expect(try await directory.programReader(of: workspace).check("points").isWhole)
        await directory.close()
    }
}
