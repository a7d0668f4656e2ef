import Disks
import EventStore
import FoundationEssentials
import Model
import People
import Records
import RecordsSQLite
import Synchronization
import TestSupport
import Testing

@testable import Workspaces

@Suite("Erasures that something stops") struct ErasureTests {
    private static let ann = Identity(type: .userID, value: "customer-1")
    private static let bob = Identity(type: .userID, value: "customer-12")
    private static let mail = Identity(type: .email, value: "ann@example.com")

    private struct Bench {
        let fixtures: DirectoryFixtures
        let engine: SteppedEngine
        let workspace: WorkspaceID
        var store: WorkspaceStore { get async throws { try await fixtures.directory.workspace(workspace).store } }
    }

    private func bench() async throws -> Bench {
        let engine = Mutex<SteppedEngine?>(nil)
        let fixtures = try await DirectoryFixtures { opened in
            let stepped = SteppedEngine(opened)
            engine.withLock { $0 = stepped }
            return stepped
        }
        let stepped = try #require(engine.withLock { $0 })
        let bench = Bench(fixtures: fixtures, engine: stepped, workspace: try await fixtures.create().workspace.id)
        let now = fixtures.clock.now
        try await Self.append(
            [
                Call(
                    type: .identify, messageID: "a", timestamp: now, receivedAt: now, userID: Self.ann.value,
                    source: SourceID(text: "s")),
                Call(
                    type: .track, messageID: "b", timestamp: now, receivedAt: now, userID: Self.bob.value,
                    event: "Called customer-1",
                    properties: ["payer": "customer-1", "mail": "ann@example.com"], source: SourceID(text: "s")),
            ], [[Self.ann], [Self.bob]], to: try await bench.store)
        return bench
    }

    private static func append(_ calls: [Call], _ identities: [[Identity]], to store: WorkspaceStore) async throws(Problem) {
        var encoder = CallEncoder()
        for (call, identities) in zip(calls, identities) { encoder.append(call, identities: identities, payloadHash: 1) }
        _ = try await store.append(encoder.finish())
    }

    private func erase(_ bench: Bench) async throws(Problem) -> ErasureReport {
        try await bench.fixtures.directory.erase(
            "user_id:customer-1", in: bench.workspace, suppresses: false, reason: "asked", by: .commandLine)
    }

    /// Nothing of them is anywhere, the audit tells it once, and nothing is under way.
    private func expectErased(_ directory: WorkspaceDirectory, _ workspace: WorkspaceID, _ label: String) async throws {
        let traces = PersonTraces(of: Self.ann)
        #expect(try await directory.places(of: traces, in: workspace) == [], "\(label)")
        #expect(try WorkspaceStore.files(holding: traces.texts, under: directory.folder.path) == [], "\(label)")
        #expect(try await directory.records.erasures().isEmpty, "\(label)")
        let audit = try await directory.audit(of: workspace)
        #expect(audit.filter { $0.action == "person.erased" }.count == 1, "\(label)")
        #expect(try await directory.suppression(of: "user_id:customer-1", in: workspace)?.kind == .erased, "\(label)")
        let calls = try await directory.workspace(workspace).store.snapshot().parts.flatMap { part in
            (0 ..< part.rowCount).map { part.call(at: $0) }
        }
        #expect(calls.map(\.event) == ["Called (erased)"], "\(label)")
        #expect(calls.map { $0.properties["payer"] } == ["(erased)"], "\(label)")
    }

    @Test("Wherever it is stopped, an erasure is complete when the workspace is open again, and told once")
    func stopped() async throws {
        let bench = try await bench()
        let copies = Mutex<[TemporaryDataFolder]>([])
        let path = bench.fixtures.files.path
        bench.engine.step.withLock {
            $0 = {
                let copy = TemporaryDataFolder()
                try? FileManager.default.copyItem(atPath: path, toPath: copy.path)
                copies.withLock { $0.append(copy) }
            }
        }
        let report = try await erase(bench)
        #expect(report.events.callCount == 1 && report.events.identityCount == 1)
        bench.engine.step.withLock { $0 = nil }
        try await expectErased(bench.fixtures.directory, bench.workspace, "at once")
        await bench.fixtures.directory.close()
        let images = copies.withLock { $0 }
        #expect(images.count >= 6)
        for (number, image) in images.enumerated() {
            let reopened = try await DirectoryFixtures(files: image, clock: bench.fixtures.clock)
            let isNoted = try await !reopened.directory.records.erasures().isEmpty
            if number == 0 {
                #expect(!isNoted)
                let known = try await reopened.directory.workspace(bench.workspace).look { view throws(Problem) in
                    view.person(named: "customer-1") != nil
                }
                #expect(known, "nothing was touched before it was noted")
            } else {
                #expect(isNoted, "step \(number)")
                _ = try await reopened.directory.workspace(bench.workspace)
                try await expectErased(reopened.directory, bench.workspace, "step \(number)")
                // What comes now is somebody new, and a second opening leaves them alone.
                let now = bench.fixtures.clock.now
                try await Self.append(
                    [
                        Call(
                            type: .track, messageID: "new", timestamp: now, receivedAt: now, userID: Self.ann.value, event: "Back",
                            source: SourceID(text: "s"))
                    ], [[Self.ann]], to: try await reopened.directory.workspace(bench.workspace).store)
            }
            let again = try await reopened.reopened()
            let known = try await again.directory.workspace(bench.workspace).look { view throws(Problem) in
                view.person(named: "customer-1") != nil
            }
            #expect(known, "step \(number)")
            await again.directory.close()
        }
    }

    @Test("Whatever step of the records fails, the next erasure or the hour completes it", arguments: 0 ..< 8)
    func failed(fault: Int) async throws {
        let bench = try await bench()
        let steps = Mutex(0)
        bench.engine.step.withLock {
            $0 = { () throws(Problem) in
                let number = steps.withLock { steps in
                    defer { steps += 1 }
                    return steps
                }
                if number >= fault { throw Problem(.ioError, "No.", status: 503) }
            }
        }
        let report = try? await erase(bench)
        bench.engine.step.withLock { $0 = nil }
        if report == nil, fault > 0 {
            if fault % 2 == 0 {
                await bench.fixtures.directory.completeErasures()
            } else {
                _ = try? await bench.fixtures.directory.erase(
                    "user_id:nobody-at-all", in: bench.workspace, suppresses: false, reason: "", by: .commandLine)
            }
        }
        if fault == 0 {
            #expect(report == nil)
            _ = try await erase(bench)
        }
        if fault % 2 == 1, report == nil {
            let audit = try await bench.fixtures.directory.audit(of: bench.workspace)
            #expect(audit.filter { $0.action == "person.erased" }.count == 2)
            #expect(try await bench.fixtures.directory.places(of: PersonTraces(of: Self.ann), in: bench.workspace) == [])
        } else {
            try await expectErased(bench.fixtures.directory, bench.workspace, "fault \(fault)")
        }
        await bench.fixtures.directory.close()
    }

    @Test("An identity that joins them meanwhile is erased like the others: barred, blacked out, and nowhere found")
    func joining() async throws {
        let bench = try await bench()
        let store = try await bench.store
        let now = bench.fixtures.clock.now
        let outcomes = Mutex<[AppendOutcome]>([])
        let steps = Mutex(0)
        bench.engine.step.withLock {
            $0 = { () throws(Problem) in
                let number = steps.withLock { steps in
                    steps += 1
                    return steps
                }
                // Behind the note of the first round, and behind that of the second.
                guard number == 2 || number == 5 else { return }
                var call = Call(
                    type: .identify, messageID: "late-\(number)", timestamp: now, receivedAt: now, userID: Self.ann.value,
                    source: SourceID(text: "s"))
                call.traits = ["email": .string(number == 2 ? "Ann@Example.com" : "other@example.com")]
                let late = number == 2 ? Self.mail : Identity(type: .email, value: "other@example.com")
                var encoder = CallEncoder()
                encoder.append(call, identities: [Self.ann, late], payloadHash: 1)
                let outcome = try await store.append(encoder.finish())
                outcomes.withLock { $0 += outcome }
            }
        }
        let report = try await erase(bench)
        bench.engine.step.withLock { $0 = nil }
        #expect(report.events.identityCount == 2 && report.events.callCount == 2)
        let taken = outcomes.withLock { $0 }
        #expect(taken.count == 2 && taken.last == .suppressed, "\(taken)")
        try await expectErased(bench.fixtures.directory, bench.workspace, "joined")
        let directory = bench.fixtures.directory
        #expect(try await directory.places(of: PersonTraces(of: Self.mail), in: bench.workspace) == [])
        #expect(try await directory.suppression(of: "email:ann@example.com", in: bench.workspace)?.kind == .erased)
        let left = try #require(store.snapshot().parts.first { $0.rowCount > 0 })
        #expect(left.call(at: 0).properties["mail"] == "(erased)")
        // Nobody asked for their calls to be turned away.
        var encoder = CallEncoder()
        let back = Call(
            type: .track, messageID: "back", timestamp: now, receivedAt: now, userID: Self.ann.value, event: "Back",
            source: SourceID(text: "s"))
        encoder.append(back, identities: [Self.ann], payloadHash: 1)
        let outcome = try await store.append(encoder.finish())
        #expect(outcome.first != .suppressed)
        await directory.close()
    }

    @Test("Erasures are carried out one at a time")
    func oneAtATime() async throws {
        let bench = try await bench()
        let directory = bench.fixtures.directory
        let most = Mutex(0)
        let engine = bench.engine
        engine.step.withLock {
            $0 = { () throws(Problem) in
                let rows = try await engine.engine.read { connection throws(Problem) in
                    try connection.rows("SELECT id FROM erasures", [])
                }
                most.withLock { $0 = max($0, rows.count) }
            }
        }
        let workspace = bench.workspace
        try await withThrowingTaskGroup(of: Void.self) { group in
            for name in ["customer-1", "customer-12", "somebody-3", "somebody-4"] {
                group.addTask {
                    _ = try await directory.erase(
                        "user_id:\(name)", in: workspace, suppresses: false, reason: "", by: .commandLine)
                }
            }
            try await group.waitForAll()
        }
        #expect(most.withLock { $0 } == 1)
        #expect(try await directory.audit(of: workspace).filter { $0.action == "person.erased" }.count == 4)
        await directory.close()
    }

    @Test("Who sold goods and was erased is not written into new calls from what was kept in memory")
    func sellers() async throws {
        let bench = try await bench()
        let directory = bench.fixtures.directory
        let wish = NewProductBatch(name: "Spring", product: "tin", reseller: "user_id:customer-1", warrantyMonths: 3, count: 4)
        let batch = try await directory.createProductBatch(wish, in: bench.workspace, by: .commandLine)
        var list = try await directory.productCodes(of: batch.id, in: bench.workspace)
        var lines = ""
        while let piece = list.piece() { lines += String(decoding: piece, as: UTF8.self) }
        let codes = lines.split(separator: "\r\n").dropFirst().map { String($0.prefix(14)) }
        func register(_ number: Int) async throws {
            _ = try await directory.registerProduct(
                ProductWish(who: "user_id:buyer-\(number)", code: codes[number], address: "192.0.2.1"), in: bench.workspace,
                by: .commandLine)
        }
        try await register(0)
        _ = try await erase(bench)
        try await register(1)
        #expect(try await directory.places(of: PersonTraces(of: Self.ann), in: bench.workspace) == [])
        await directory.close()
    }
}
