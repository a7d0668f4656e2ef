import Foundation
import Model
import TestSupport
import Testing

@testable import EventStore

/// Folders as earlier versions wrote them, which every later one has to read: one for each version of `docs/format.md`.
@Suite struct GoldenFormatTests {
    @Test("A folder of an earlier format is read whole, and goes on", arguments: ["format-1"])
    func reads(_ format: String) async throws {
        let disk = MemoryDisk()
        let golden = try GoldenFolder(format)
        try golden.place(on: disk)
        var store = try TestStore.open(disk, observer: RecordingObserver())
        #expect(try store.verify().callCount == golden.calls.count { !$0.isDropped })
        #expect(GoldenFolder.lines(store.snapshot()) == golden.kept)
        #expect(store.snapshot().decisions.map(GoldenFolder.line) == golden.decisions)

        // It knows every call again, those too that were deleted, and takes new ones.
        #expect(try await store.append(golden.repeats).allSatisfy { $0 == .duplicate })
        #expect(try await store.append(golden.conflicts).allSatisfy { $0 == .conflict })
        var random = RandomCalls(seed: 99)
        random.nextID = 1_000_000
        #expect(try await store.append(random.entries(50).batch).count == 50)

        try await store.mergeAll()
        await store.close()
        store = try TestStore.open(disk)
        #expect(GoldenFolder.lines(store.snapshot()).starts(with: golden.kept))
        #expect(store.snapshot().eventCount == golden.kept.count + 50)
        #expect(store.statistics.partCount == 1)
        await store.close()
    }

    /// Writes a new golden folder, for the day on which the format gets its next number.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["TEAHOUSE_GOLDEN"] != nil))
    func write() async throws {
        let folder = try #require(ProcessInfo.processInfo.environment["TEAHOUSE_GOLDEN"])
        try await GoldenFolder.write(to: URL(filePath: folder))
    }
}
