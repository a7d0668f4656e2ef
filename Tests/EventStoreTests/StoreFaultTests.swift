import Disks
import EventStore
import Foundation
import Logging
import Model
import TestSupport
import Testing

@Suite struct StoreFaultTests {
    /// Appends, flushes and merges by a script until it ends or something fails; what was acknowledged, in order.
    private static func live(_ disk: MemoryDisk, _ batches: [[RandomCalls.Entry]], background: Bool) async -> [RandomCalls.Entry] {
        var acknowledged: [RandomCalls.Entry] = []
        do throws(Problem) {
            let store = try TestStore.open(disk) {
                // So little that a merge keeps its longer lists in files.
                $0.scratchBytes = 200
                if background { ($0.flushCalls, $0.sealCalls, $0.mergeFanIn, $0.mergesInBackground) = (12, 4, 2, true) }
            }
            for (step, entries) in batches.enumerated() {
                _ = try await store.append(entries.batch)
                acknowledged += entries
                if !background, step % 4 == 2 { try await store.flush() }
                if !background, step % 6 == 5 { try await store.mergeAll() }
            }
            await store.close()
        } catch {
            return acknowledged
        }
        return acknowledged
    }

    @Test("Power loss at any operation loses nothing acknowledged and doubles nothing", arguments: UInt64(0) ..< 4)
    func powerLoss(seed: UInt64) async throws {
        var random = RandomCalls(seed: seed)
        let background = seed % 2 == 1
        let batches = (0 ..< 9).map { _ in random.entries(Int.random(in: 1 ... 6, using: &random.random)) }
        let whole = MemoryDisk()
        #expect(await StoreFaultTests.live(whole, batches, background: background).count == batches.reduce(0) { $0 + $1.count })
        for operation in 1 ... whole.operations + 1 {
            let disk = MemoryDisk()
            disk.fail(.powerLoss(atOperation: operation))
            let acknowledged = await StoreFaultTests.live(disk, batches, background: background)
            let restarted = disk.afterPowerLoss(using: &random.random)
            let store = try TestStore.open(restarted)
            let calls = store.snapshot().callsInOrder
            // What was on its way may be there too: then as a whole run, in its place.
            #expect(calls.count >= acknowledged.count, "operation \(operation)")
            #expect(calls == batches.joined().prefix(calls.count).map(\.call), "operation \(operation)")
            for entries in batches { _ = try await store.append(entries.batch) }
            #expect(store.snapshot().callsInOrder == batches.joined().map(\.call), "operation \(operation)")
            await store.close()
        }
    }

    @Test("A new log file that failed and a frame torn in the old one are no damage", arguments: UInt64(0) ..< 20)
    func failedLogFile(seed: UInt64) async throws {
        var random = RandomCalls(seed: seed)
        let entries = random.entries(6)
        // The operations of going over to a new log file.
        for step in 1 ... 6 {
            let disk = MemoryDisk()
            let store = try TestStore.open(disk)
            _ = try await store.append(Array(entries[..<3]).batch)
            disk.fail(.error(atOperation: disk.operations + step))
            await #expect(throws: Problem.self) { try await store.flush() }
            // The frame is written, and its flush fails.
            disk.fail(.powerLoss(atOperation: disk.operations + 2))
            await #expect(throws: Problem.self) { try await store.append(Array(entries[3...]).batch) }
            let again = try TestStore.open(disk.afterPowerLoss(using: &random.random))
            let found = again.snapshot().callsInOrder
            #expect(found == entries[..<3].map(\.call) || found == entries.map(\.call), "step \(step)")
            await again.close()
        }
    }

    @Test("The disk of these tests does lose what was not flushed")
    func teeth() async throws {
        var losses = 0
        for seed in 0 ..< UInt64(10) {
            var random = RandomCalls(seed: seed)
            let batches = (0 ..< 5).map { _ in random.entries(3) }
            let disk = MemoryDisk()
            let first = try TestStore.open(disk)
            await first.close()
            disk.fail(.syncLies)
            let acknowledged = await StoreFaultTests.live(disk, Array(batches[..<2]), background: false)
            do throws(Problem) {
                let store = try TestStore.open(disk.afterPowerLoss(using: &random.random))
                if store.snapshot().eventCount < acknowledged.count { losses += 1 }
                await store.close()
            } catch {
                losses += 1
            }
        }
        #expect(losses > 0)
    }

    @Test("A log that ends in the middle of a frame is cut at the last whole one", arguments: UInt64(0) ..< 3)
    func tornTail(seed: UInt64) async throws {
        var random = RandomCalls(seed: seed)
        let disk = MemoryDisk()
        var store = try TestStore.open(disk)
        var sizes: [Int] = []
        let batches = (0 ..< 4).map { _ in random.entries(3) }
        for entries in batches {
            sizes.append(disk.size("/data/ws/log/0000000001.log"))
            _ = try await store.append(entries.batch)
        }
        await store.close()
        let end = disk.size("/data/ws/log/0000000001.log")
        for cut in stride(from: end - 1, to: sizes[3] - 1, by: -max(1, (end - sizes[3]) / 40)) {
            disk.damage("/data/ws/log/0000000001.log") { $0.removeLast($0.count - min($0.count, cut)) }
            store = try TestStore.open(disk)
            #expect(store.snapshot().callsInOrder == batches[..<3].joined().map(\.call))
            #expect(disk.size("/data/ws/log/0000000001.log") == sizes[3])
            _ = try await store.append(batches[3].batch)
            #expect(store.snapshot().callsInOrder == batches.joined().map(\.call))
            await store.close()
        }
    }

    @Test(
        "A bit flipped before the log's last frame, in a part or in the manifest is named with file and offset",
        arguments: UInt64(0) ..< 3)
    func flippedBits(seed: UInt64) async throws {
        var random = RandomCalls(seed: seed)
        let disk = MemoryDisk()
        let store = try TestStore.open(disk)
        _ = try await store.append(random.entries(20).batch)
        try await store.flush()
        for _ in 0 ..< 3 { _ = try await store.append(random.entries(4).batch) }
        let lastFrame = disk.size("/data/ws/log/0000000002.log")
        _ = try await store.append(random.entries(4).batch)
        await store.close()
        for path in ["/data/ws/MANIFEST", "/data/ws/parts/1.part", "/data/ws/log/0000000002.log"] {
            for _ in 0 ..< 60 {
                let limit = path.hasSuffix(".log") ? lastFrame : disk.size(path)
                let place = Int.random(in: 0 ..< limit, using: &random.random)
                let bit = UInt8.random(in: 0 ..< 8, using: &random.random)
                disk.damage(path) { $0[place] ^= 1 << bit }
                let problem = #expect(throws: Problem.self, "\(path) \(place)") { _ = try TestStore.open(disk) }
                #expect(problem?.place?.hasPrefix(path) == true)
                disk.damage(path) { $0[place] ^= 1 << bit }
            }
        }
        let again = try TestStore.open(disk)
        #expect(again.snapshot().eventCount == 36)
        await again.close()
    }

    @Test("A full disk refuses with 503, loses nothing, and the store goes on when there is room")
    func fullDisk() async throws {
        var random = RandomCalls(seed: 3)
        let disk = MemoryDisk()
        let store = try TestStore.open(disk)
        let first = random.entries(5)
        _ = try await store.append(first.batch)
        disk.fail(.full(afterBytes: 100))
        let refused = random.entries(50)
        let problem = await #expect(throws: Problem.self) { try await store.append(refused.batch) }
        #expect(problem?.code == .diskFull)
        #expect(problem?.status == 503)
        #expect(problem?.retryAfterSeconds != nil)
        #expect(store.snapshot().callsInOrder == first.map(\.call))
        await #expect(throws: Problem.self) { try await store.flush() }
        #expect(store.snapshot().callsInOrder == first.map(\.call))
        disk.fail(nil)
        #expect(try await store.append(refused.batch).allSatisfy { $0 != .duplicate })
        try await store.flush()
        await store.close()
        let again = try TestStore.open(disk)
        #expect(again.snapshot().callsInOrder == (first + refused).map(\.call))
        await again.close()
    }

    @Test("A flush that fails takes nothing, and what follows is kept")
    func syncFails() async throws {
        var random = RandomCalls(seed: 4)
        let disk = MemoryDisk()
        let store = try TestStore.open(disk)
        let entries = random.entries(6)
        _ = try await store.append(Array(entries[..<2]).batch)
        disk.fail(.syncFails)
        let problem = await #expect(throws: Problem.self) { try await store.append(Array(entries[2 ..< 4]).batch) }
        #expect(problem?.code.text == "io_error")
        disk.fail(nil)
        _ = try await store.append(Array(entries[4...]).batch)
        await store.close()
        let again = try TestStore.open(disk)
        #expect(again.snapshot().callsInOrder == (entries[..<2] + entries[4...]).map(\.call))
        await again.close()
    }

    @Test("A read-only disk is named when opening and when appending")
    func readOnly() async throws {
        var random = RandomCalls(seed: 5)
        let disk = MemoryDisk()
        let store = try TestStore.open(disk)
        disk.fail(.readOnly)
        let problem = await #expect(throws: Problem.self) { try await store.append(random.entries(1).batch) }
        #expect(problem?.code == .readOnly)
        await store.close()
        #expect(throws: Problem.self) { _ = try TestStore.open(disk) }
    }

    @Test("A second opener of a folder is told so, and the folder is free after closing")
    func secondProcess() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "teahouse-lock-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appendingPathComponent("ws").path
        let store = try WorkspaceStore.open(directory: path, logger: TestStore.logger)
        let problem = #expect(throws: Problem.self) { _ = try WorkspaceStore.open(directory: path, logger: TestStore.logger) }
        #expect(problem?.code == .locked)
        var random = RandomCalls(seed: 6)
        let entries = random.entries(300)
        _ = try await store.append(entries.batch)
        try await store.flush()
        _ = try await store.append(random.entries(1).batch)
        await store.close()
        let again = try WorkspaceStore.open(directory: path, logger: TestStore.logger)
        #expect(again.snapshot().callsInOrder.prefix(300) == entries.map(\.call)[...])
        await again.close()
    }

    @Test("A lock that is given up is free, although a child process that is being started still has the file open")
    func inheritedLock() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("teahouse-lock-\(UInt64.random(in: 0 ... .max))")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let lock = try #require(try SystemDisk().lock(path))
        #expect(try SystemDisk().lock(path) == nil)
        let own = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap(Int32.init).first {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path
        }
        let inherited = dup(try #require(own))
        defer { close(inherited) }
        lock.release()
        let again = try #require(try SystemDisk().lock(path))
        again.release()
    }

    @Test("A clock that goes backwards changes neither the order nor the times that were kept")
    func backwardsClock() async throws {
        var random = RandomCalls(seed: 7)
        let disk = MemoryDisk()
        let store = try TestStore.open(disk)
        var entries = random.entries(30)
        for index in entries.indices {
            entries[index].call.receivedAt = Instant(microseconds: 2_000_000_000_000_000 - Int64(index) * 3_600_000_000)
        }
        for entry in entries { _ = try await store.append([entry].batch) }
        try await store.flush()
        let snapshot = store.snapshot()
        #expect(snapshot.callsInOrder == entries.map(\.call))
        #expect(snapshot.watermark == entries[0].call.receivedAt)
        await store.close()
    }
}
