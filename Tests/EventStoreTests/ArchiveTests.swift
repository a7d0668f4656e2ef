import Columns
import Disks
import Model
import Synchronization
import TestSupport
import Testing

@testable import EventStore

/// Archives: written, loaded whole into a store without calls, damaged in every way, and interrupted at every operation.
@Suite struct ArchiveTests {
    private static let path = "/archive/events.teahouse"

    /// A store that has lived: parts, deleted calls, calls in the log.
    private static func lived(_ seed: UInt64) async throws -> (WorkspaceStore, StoreLife.Model, StoreLife) {
        let life = StoreLife(seed: seed)
        let disk = MemoryDisk()
        var store = try TestStore.open(disk, observer: RecordingObserver()) { $0.seed = 5 }
        var model = StoreLife.Model()
        for step in life.steps {
            if case .reopen = step { continue }
            try await StoreLife.carryOut(step, &store, disk)
            model.carryOut(step)
        }
        var random = RandomCalls(seed: seed + 88)
        random.nextID = 100_000
        let last = StoreLife.Step.append(random.entries(5))
        try await StoreLife.carryOut(last, &store, disk)
        model.carryOut(last)
        return (store, model, life)
    }

    static func bytes(_ store: WorkspaceStore) -> [UInt8] {
        var out: [UInt8] = []
        var archive = store.archive()
        while let piece = archive.next() { out += piece }
        #expect(out.count == archive.byteCount)
        return out
    }

    private static func write(_ bytes: [UInt8], to disk: MemoryDisk) throws {
        try disk.makeDirectory("/archive")
        try disk.write(bytes, to: path)
        try disk.syncDirectory("/archive")
    }

    private static func load(_ disk: MemoryDisk) throws(Problem) -> Bool {
        var options = StoreOptions()
        (options.seed, options.disk) = (11, disk)
        let archive = try EventArchive.open(path, disk: disk)
        return try WorkspaceStore.load(archive, into: "/data/ws", options: options, logger: TestStore.logger)
    }

    @Test("A loaded archive is the store that it was written of, and goes on like it", arguments: UInt64(0) ..< 8)
    func roundTrip(seed: UInt64) async throws {
        let (source, model, life) = try await ArchiveTests.lived(seed)
        let before = source.snapshot()
        let bytes = ArchiveTests.bytes(source)
        #expect(source.statistics.memoryCalls > 0, "the log is to be in it, too")
        let disk = MemoryDisk()
        try ArchiveTests.write(bytes, to: disk)
        // Whether the target was opened before or not.
        if seed % 2 == 0 { await (try TestStore.open(disk)).close() }
        #expect(try ArchiveTests.load(disk))

        let observer = RecordingObserver()
        var store = try TestStore.open(disk, observer: observer)
        #expect(observer.seen.withLock { $0.restored } == Array(before.decisions))
        #expect(try store.verify().callCount == model.calls.count)
        let after = store.snapshot()
        #expect(after.callsByArrival == model.calls)
        #expect(after.nextArrival == before.nextArrival && after.droppedCount == before.droppedCount)
        #expect(after.watermark == before.watermark)
        #expect(GoldenFolder.lines(after) == GoldenFolder.lines(before))
        #expect(ArchiveTests.bytes(store) == bytes)
        #expect(store.statistics.memoryCalls == 0)

        // Calls that are there and calls that were deleted are repeats; others come behind them.
        #expect(try await store.append(life.entries.batch).allSatisfy { $0 == .duplicate })
        var random = RandomCalls(seed: 77)
        random.nextID = 500_000
        let more = random.entries(9)
        #expect(try await store.append(more.batch).first == .taken(arrival: before.nextArrival))
        await store.close()
        store = try TestStore.open(disk)
        #expect(store.snapshot().callsInOrder.suffix(9) == more.map(\.call)[...])
        try await store.mergeAll()
        _ = try store.verify()
        await store.close()
        #expect(try !ArchiveTests.load(disk), "calls have arrived")
        await source.close()
    }

    @Test("An archive without calls is loaded, and changes nothing")
    func empty() async throws {
        let source = try TestStore.open(MemoryDisk())
        let disk = MemoryDisk()
        try ArchiveTests.write(ArchiveTests.bytes(source), to: disk)
        #expect(try ArchiveTests.load(disk))
        let store = try TestStore.open(disk)
        #expect(store.snapshot().nextArrival == 1)
        await store.close()
        await source.close()
    }

    @Test("A store whose only calls are in the log, or are all deleted, is left as it is")
    func notEmpty() async throws {
        let (source, _, _) = try await ArchiveTests.lived(1)
        let bytes = ArchiveTests.bytes(source)
        await source.close()
        for isDropped in [false, true] {
            let disk = MemoryDisk()
            try ArchiveTests.write(bytes, to: disk)
            var random = RandomCalls(seed: 3)
            let store = try TestStore.open(disk)
            let entries = random.entries(3).map { entry in
                var entry = entry
                // Only events are deleted by name.
                (entry.call.type, entry.call.event) = (.track, "Poured")
                return entry
            }
            _ = try await store.append(entries.batch)
            if isDropped { _ = try await store.drop(events: ["Poured"], before: Instant(microseconds: .max)) }
            await store.close()
            #expect(try !ArchiveTests.load(disk))
            let again = try TestStore.open(disk)
            #expect(again.snapshot().nextArrival == 4 && again.snapshot().eventCount == (isDropped ? 0 : 3))
            await again.close()
        }
    }

    @Test("A store that is open is not loaded into")
    func locked() async throws {
        let (source, _, _) = try await ArchiveTests.lived(1)
        let disk = MemoryDisk()
        try ArchiveTests.write(ArchiveTests.bytes(source), to: disk)
        let store = try TestStore.open(disk)
        let problem = #expect(throws: Problem.self) { _ = try ArchiveTests.load(disk) }
        #expect(problem?.code == .locked)
        await store.close()
        await source.close()
    }

    @Test("Every flipped bit, every cut and every tail of an archive is named with file and offset")
    func damage() async throws {
        let (source, _, _) = try await ArchiveTests.lived(2)
        let bytes = ArchiveTests.bytes(source)
        await source.close()
        let disk = MemoryDisk()
        func expectDamage(_ bytes: [UInt8], _ what: String) throws {
            try ArchiveTests.write(bytes, to: disk)
            let problem = #expect(throws: Problem.self, "\(what)") { _ = try EventArchive.open(ArchiveTests.path, disk: disk) }
            #expect(problem?.code == .damaged, "\(what)")
            #expect(problem?.place?.hasPrefix(ArchiveTests.path + ":") == true && problem?.message.contains("byte ") == true)
        }
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] ^= 1 << UInt8(place % 8)
            try expectDamage(damaged, "byte \(place)")
        }
        for length in stride(from: 0, to: bytes.count, by: 7) { try expectDamage(Array(bytes[..<length]), "cut to \(length)") }
        try expectDamage(bytes + [0], "a byte more")
        try ArchiveTests.write(bytes, to: disk)
        _ = try EventArchive.open(ArchiveTests.path, disk: disk)
    }

    @Test("An archive of a later version is named as such")
    func newer() async throws {
        let source = try TestStore.open(MemoryDisk())
        var bytes = ArchiveTests.bytes(source)
        await source.close()
        bytes[8] = 2
        bytes.setInteger(XXHash.hash64(Array(bytes[..<56])), at: 56)
        let disk = MemoryDisk()
        try ArchiveTests.write(bytes, to: disk)
        let problem = #expect(throws: Problem.self) { _ = try EventArchive.open(ArchiveTests.path, disk: disk) }
        #expect(problem?.code == .newerData)
    }

    @Test("Power loss at any operation of loading leaves all of it or nothing", arguments: UInt64(0) ..< 2)
    func powerLoss(seed: UInt64) async throws {
        try await interrupt(seed) { .powerLoss(atOperation: $0) }
    }

    @Test("An error of any operation of loading leaves all of it or nothing, and then it is loaded", arguments: UInt64(0) ..< 2)
    func errors(seed: UInt64) async throws {
        try await interrupt(seed) { .error(atOperation: $0) }
    }

    @Test("A bit that any write of loading flips is noticed before the manifest names the part", arguments: UInt64(0) ..< 2)
    func flippedWrites(seed: UInt64) async throws {
        try await interrupt(seed) { .flippedBit(atOperation: $0) }
    }

    private func interrupt(_ seed: UInt64, _ fault: (Int) -> MemoryDisk.Fault) async throws {
        let (source, model, _) = try await ArchiveTests.lived(seed)
        let bytes = ArchiveTests.bytes(source)
        await source.close()
        var random = SplitMix64(seed: seed)
        func prepared() async throws -> MemoryDisk {
            let disk = MemoryDisk()
            try ArchiveTests.write(bytes, to: disk)
            await (try TestStore.open(disk)).close()
            return disk
        }
        let whole = try await prepared()
        let first = whole.operations + 1
        #expect(try ArchiveTests.load(whole))
        var counts: Set<Int> = []
        for operation in first ... whole.operations {
            let disk = try await prepared()
            disk.fail(fault(operation))
            var isLoaded = false
            do throws(Problem) { isLoaded = try ArchiveTests.load(disk) } catch {
                #expect(["io_error", "file_not_readable"].contains(error.code.text), "operation \(operation): \(error)")
            }
            disk.fail(.powerLoss(atOperation: 0))
            let restarted = disk.afterPowerLoss(using: &random)
            // A manifest that the disk itself wrote otherwise is named by the next opening, as ever.
            guard let store = try? TestStore.open(restarted) else {
                guard case .flippedBit = fault(operation) else {
                    Issue.record("operation \(operation): the store does not open")
                    continue
                }
                continue
            }
            let count = store.snapshot().eventCount
            counts.insert(count)
            #expect(count == model.calls.count || count == 0 && !isLoaded, "operation \(operation)")
            _ = try store.verify()
            await store.close()
            #expect(restarted.paths.filter { $0.hasSuffix(".part") }.isEmpty == (count == 0), "operation \(operation)")
            if count == 0 { #expect(try ArchiveTests.load(restarted)) }
            let again = try TestStore.open(restarted)
            #expect(again.snapshot().callsByArrival == model.calls, "operation \(operation)")
            await again.close()
        }
        #expect(counts.contains(0))
    }

    @Test("A full disk takes nothing, says so, and leaves no file behind")
    func fullDisk() async throws {
        let (source, model, _) = try await ArchiveTests.lived(4)
        let bytes = ArchiveTests.bytes(source)
        await source.close()
        for room in stride(from: 0, to: bytes.count, by: 997) {
            let disk = MemoryDisk()
            try ArchiveTests.write(bytes, to: disk)
            await (try TestStore.open(disk)).close()
            disk.fail(.full(afterBytes: room))
            let problem = #expect(throws: Problem.self, "room for \(room)") { _ = try ArchiveTests.load(disk) }
            #expect(problem?.code == .diskFull)
            #expect(!disk.paths.contains { $0.hasSuffix(".part") }, "room for \(room)")
            disk.fail(nil)
            let store = try TestStore.open(disk)
            #expect(store.snapshot().nextArrival == 1)
            await store.close()
            #expect(try ArchiveTests.load(disk))
            let again = try TestStore.open(disk)
            #expect(again.snapshot().callsByArrival == model.calls)
            await again.close()
        }
    }
}
