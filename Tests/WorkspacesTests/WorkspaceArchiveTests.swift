import EventStore
import FoundationEssentials
import Model
import People
import Records
import TestSupport
import Testing

@testable import Workspaces

/// Archives as whole workspaces see them.
@Suite struct WorkspaceArchiveTests {
    private static let worlds = UInt64(60)

    @Test("Answers about random worlds are equal to the byte before and after a round trip", arguments: 0 ..< 4 as Range<UInt64>)
    func answers(slice: UInt64) async throws {
        let (source, target, folder) = (try await DirectoryFixtures(), try await DirectoryFixtures(), try TestFolder())
        for seed in stride(from: slice, to: WorkspaceArchiveTests.worlds, by: 4) {
            let world = try RandomWorld(seed: seed)
            let settings = NewWorkspace(name: "w\(seed)", timezone: world.zone.identifier, currency: "CNY", language: "en")
            let created = try await source.directory.create(settings, by: .commandLine)
            let workspace = try await source.directory.workspace(created.workspace.id)
            var random = SplitMix64(seed: seed ^ 0xFEED)
            try await fill(workspace.store, world, using: &random)
            let path = folder.path("\(seed).teahouse")
            try write(workspace.store.archive(), to: path)

            let copy = try await target.directory.create(settings, by: .commandLine).workspace.id
            let isLoaded = try target.directory.load(EventArchive.open(path), into: copy)
            #expect(isLoaded, "seed \(seed)")
            let loaded = try await target.directory.workspace(copy)
            for number in 0 ..< 6 {
                let question = world.question(using: &random)
                let before = await answer(question, of: workspace, at: world.now)
                let after = await answer(question, of: loaded, at: world.now)
                #expect(before == after, "seed \(seed), question \(number): \(question.text)")
            }
            _ = try await loaded.verify()
        }
        await source.directory.close()
        await target.directory.close()
    }

    @Test("An archive from before an erasure, loaded where the events were lost, brings nobody back")
    func erasedAgain() async throws {
        var fixtures = try await DirectoryFixtures()
        let folder = try TestFolder()
        let id = try await fixtures.create().workspace.id
        let store = try await fixtures.directory.workspace(id).store
        var encoder = CallEncoder()
        for (number, user) in ["customer-anna", "customer-ben", "customer-cleo"].enumerated() {
            let call = Call(
                type: .track, messageID: "m\(number)", timestamp: fixtures.clock.now, receivedAt: fixtures.clock.now, userID: user,
                event: "View", source: SourceID(text: "s"))
            encoder.append(call, identities: [Identity(type: .userID, value: user)], payloadHash: 1)
        }
        _ = try await store.append(encoder.finish())
        try write(store.archive(), to: folder.path("before.teahouse"))
        let report = try await fixtures.directory.erase(
            "user_id:customer-anna", in: id, suppresses: false, reason: "", by: .commandLine)
        #expect(report.events.callCount == 1)
        try await fixtures.directory.suppress("user_id:customer-ben", in: id, reason: "", by: .commandLine)
        await fixtures.directory.close()
        try FileManager.default.removeItem(atPath: fixtures.files.path + "/workspaces/" + id.text)
        fixtures = try await DirectoryFixtures(files: fixtures.files, clock: fixtures.clock)
        #expect(try fixtures.directory.load(EventArchive.open(folder.path("before.teahouse")), into: id))
        try await fixtures.directory.replayErasures(in: id)
        // Who was only suppressed keeps what is there.
        let names = try await fixtures.directory.workspace(id).look { view throws(Problem) in
            ["anna", "ben", "cleo"].filter { view.person(named: "customer-\($0)") != nil }
        }
        #expect(names == ["ben", "cleo"])
        await fixtures.directory.close()
    }

    /// Takes the world's calls in batches, of which some become parts and the last stay in the log.
    private func fill(_ store: WorkspaceStore, _ world: RandomWorld, using random: inout SplitMix64) async throws {
        var rest = world.calls[...]
        while !rest.isEmpty {
            var encoder = CallEncoder()
            let batch = rest.prefix(Int.random(in: 1 ... 20, using: &random))
            for (call, identities) in batch { encoder.append(call, identities: identities, payloadHash: 1) }
            _ = try await store.append(encoder.finish())
            rest = rest.dropFirst(batch.count)
            if Bool.random(using: &random) { try await store.flush() }
        }
        if world.seed % 5 == 0 { _ = try await store.drop(events: ["order"], before: world.now) }
    }

    private func write(_ archive: EventArchiveWriter, to path: String) throws {
        var archive = archive
        var bytes: [UInt8] = []
        while let piece = archive.next() { bytes += piece }
        try Data(bytes).write(to: URL(filePath: path))
    }

    private func answer(_ question: JSONValue, of workspace: OpenWorkspace, at now: Instant) async -> String {
        do throws(Problem) {
            return try await workspace.ask(question, now: now).text.replacing(/"elapsed_ms":[-+.e0-9]+/, with: "")
        } catch {
            return error.message
        }
    }
}
