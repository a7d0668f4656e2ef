import Columns
import Disks
import EventStore
import Model
import TestSupport
import Testing

@Suite struct StoreDropTests {
    private static let old = Instant(microseconds: 1_700_000_005_000_000)
    private static let everything = Instant(microseconds: 1_900_000_000_000_000)

    @Test(
        "What is deleted is gone, everything else is as it was, before and after merging and reopening", arguments: UInt64(0) ..< 4)
    func dropped(seed: UInt64) async throws {
        var random = RandomCalls(seed: seed)
        let disk = MemoryDisk()
        var store = try TestStore.open(disk)
        var model = StoreLife.Model()
        // Parts of more than a block of texts and more than a run of decoded values; rows of the last part are not deleted.
        for count in [1_400, 3, 700, 1] {
            let entries = random.entries(count)
            _ = try await store.append(entries.batch)
            model.carryOut(.append(entries))
            try await store.flush()
        }
        for (events, instant) in [
            (["下单"], StoreDropTests.old), (["Product Viewed", "page"], StoreDropTests.everything),
            (["never sent"], StoreDropTests.old),
        ] {
            let before = model
            for event in events { model.carryOut(.drop(event, before: instant)) }
            let summary = try await store.drop(events: Set(events), before: instant)
            #expect(summary.callCount == model.dropped.count - before.dropped.count)
            #expect(summary.writtenParts + summary.untouchedParts == 4)
            #expect(store.snapshot().callsByArrival == model.calls)
            #expect(
                store.snapshot().parts.allSatisfy { part in part.eventNames.indices.allSatisfy { part.rows(named: $0).count > 0 } })
            #expect(try await store.drop(events: Set(events), before: instant).callCount == 0)
        }
        #expect(store.snapshot().parts.allSatisfy { $0.nameCode(of: "Product Viewed") == nil })
        try await store.mergeAll()
        #expect(store.snapshot().callsByArrival == model.calls)
        await store.close()
        store = try TestStore.open(disk)
        #expect(store.snapshot().callsByArrival == model.calls)
        _ = try store.verify()
        _ = try await store.drop(events: ["Order Completed", "下单", "", "\u{0}"], before: StoreDropTests.everything)
        for event in ["Order Completed", "下单", "", "\u{0}"] { model.carryOut(.drop(event, before: StoreDropTests.everything)) }
        #expect(store.snapshot().callsByArrival == model.calls)
        await store.close()
    }

    @Test("Parts without such calls are not written again, and a part that loses all keeps what a repeat is known by")
    func untouched() async throws {
        var random = RandomCalls(seed: 9)
        let disk = MemoryDisk()
        var store = try TestStore.open(disk)
        var groups: [[RandomCalls.Entry]] = []
        for event in ["Kept", "Deleted", "Kept"] {
            var entries = random.entries(200)
            for index in entries.indices { (entries[index].call.type, entries[index].call.event) = (.track, event) }
            for index in entries.indices { entries[index].call.properties = ["note": .string("secret of \(event)")] }
            _ = try await store.append(entries.batch)
            try await store.flush()
            groups.append(entries)
        }
        let before = Set(disk.paths)
        #expect(disk.holds("secret of Deleted"))
        let summary = try await store.drop(events: ["Deleted"], before: StoreDropTests.everything)
        #expect((summary.callCount, summary.writtenParts, summary.untouchedParts) == (200, 1, 2))
        #expect(before.subtracting(disk.paths).count == 1 && disk.paths.count == before.count)
        #expect(!disk.holds("secret of Deleted") && disk.holds("secret of Kept"))
        for _ in 0 ..< 2 {
            #expect(store.snapshot().parts.count == 2 && store.snapshot().eventCount == 400)
            #expect(try await store.append(groups.joined().map { $0 }.batch).allSatisfy { $0 == .duplicate })
            var changed = groups[1]
            for index in changed.indices { changed[index].call.properties = ["note": .int(Int64(index))] }
            #expect(try await store.append(changed.batch).allSatisfy { $0 == .conflict })
            await store.close()
            store = try TestStore.open(disk)
        }
        let next = random.entries(1)
        #expect(try await store.append(next.batch) == [.taken(arrival: 601)])
        await store.close()
    }

    @Test("Deleting while others write, flush and merge loses nothing of theirs", arguments: UInt64(0) ..< 3)
    func busy(seed: UInt64) async throws {
        var random = RandomCalls(seed: seed)
        let disk = MemoryDisk()
        let store = try TestStore.open(disk) {
            ($0.flushCalls, $0.sealCalls, $0.mergeFanIn, $0.mergesInBackground) = (40, 7, 2, true)
        }
        let batches = (0 ..< 80).map { _ in random.entries(Int.random(in: 1 ... 9, using: &random.random)) }
        async let dropping: Void = {
            for _ in 0 ..< 6 { _ = try await store.drop(events: ["Order Completed", "page"], before: StoreDropTests.everything) }
        }()
        for entries in batches { _ = try await store.append(entries.batch) }
        try await dropping
        _ = try await store.drop(events: ["Order Completed", "page"], before: StoreDropTests.everything)
        var model = StoreLife.Model()
        for entries in batches { model.carryOut(.append(entries)) }
        for event in ["Order Completed", "page"] { model.carryOut(.drop(event, before: StoreDropTests.everything)) }
        #expect(store.snapshot().callsByArrival == model.calls)
        await store.close()
        let again = try TestStore.open(disk)
        #expect(again.snapshot().callsByArrival == model.calls)
        await again.close()
    }
}

extension MemoryDisk {
    /// Whether the plain bytes of some file, or a text of some part, hold `text`.
    fileprivate func holds(_ text: String) -> Bool {
        paths.contains { path in
            do throws(DiskFailure) {
                guard let region = try map(path) else { return false }
                return String(decoding: region.bytes, as: UTF8.self).contains(text)
            } catch {
                return false
            }
        }
    }
}
