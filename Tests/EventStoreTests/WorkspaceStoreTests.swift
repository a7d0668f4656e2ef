import Foundation
import Logging
import Model
import Synchronization
import TestSupport
import Testing

@testable import EventStore

/// Opens stores for tests.
enum TestStore {
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func open(
        _ disk: MemoryDisk, observer: (any ArrivalObserver)? = nil, _ change: (inout StoreOptions) -> Void = { _ in }
    ) throws(Problem) -> WorkspaceStore {
        var options = StoreOptions()
        options.seed = 11
        options.disk = disk
        options.mergesInBackground = false
        change(&options)
        return try WorkspaceStore.open(directory: "/data/ws", options: options, observer: observer, logger: logger)
    }
}

/// Keeps every call it is shown, and decides something about each.
final class RecordingObserver: ArrivalObserver {
    struct Seen: Equatable {
        var arrivals: [UInt64] = []
        var identities: [[UInt32]] = []
        var restored: [Decision] = []
    }

    let seen = Mutex(Seen())

    func restore(identities: IdentityTable, decisions: DecisionLog) { seen.withLock { $0.restored = Array(decisions) } }

    func forget(identities: Set<UInt32>) {}

    func observe(_ arrival: ArrivedCall) -> [Decision] {
        seen.withLock {
            $0.arrivals.append(arrival.arrival)
            $0.identities.append(arrival.identities)
        }
        guard arrival.identities.count > 1 else { return [] }
        return [
            Decision(
                arrival: arrival.arrival, receivedAt: arrival.receivedAt, kind: 1, rule: 2, reason: 3, a: arrival.identities[0],
                b: arrival.identities[1], c: 0)
        ]
    }
}

@Suite struct WorkspaceStoreTests {
    @Test("Calls are there at once, after a restart, after flushing and after merging", arguments: UInt64(0) ..< 6)
    func life(seed: UInt64) async throws {
        var random = RandomCalls(seed: seed)
        let disk = MemoryDisk()
        var store = try TestStore.open(disk)
        var expected: [Call] = []
        for step in 0 ..< 24 {
            let entries = random.entries(Int.random(in: 1 ... 30, using: &random.random))
            let outcomes = try await store.append(entries.batch)
            #expect(outcomes == entries.indices.map { .taken(arrival: UInt64(expected.count + $0) + 1) })
            expected += entries.map(\.call)
            switch step % 8 {
            case 2: try await store.flush()
            case 4:
                await store.close()
                store = try TestStore.open(disk)
            case 7: try await store.mergeAll()
            default: break
            }
            let snapshot = store.snapshot()
            #expect(snapshot.eventCount == expected.count)
            #expect(snapshot.callsInOrder == expected)
            #expect(snapshot.nextArrival == UInt64(expected.count) + 1)
            #expect(zip(snapshot.parts, snapshot.parts.dropFirst()).allSatisfy { $0.endArrival == $1.firstArrival })
        }
        #expect(store.statistics.callCount == expected.count)
        await store.close()
    }

    @Test("A repeat is a duplicate or a conflict, wherever the first is kept")
    func dedupe() async throws {
        var random = RandomCalls(seed: 5)
        let disk = MemoryDisk()
        var store = try TestStore.open(disk)
        let entries = random.entries(200)
        #expect(try await store.append((entries + entries).batch).suffix(200).allSatisfy { $0 == .duplicate })
        var changed = entries
        for index in changed.indices { changed[index].call.properties = ["changed": .int(Int64(index))] }
        for step in 0 ..< 4 {
            #expect(try await store.append(entries.batch).allSatisfy { $0 == .duplicate })
            #expect(try await store.append(changed.batch).allSatisfy { $0 == .conflict })
            #expect(store.snapshot().eventCount == 200)
            switch step {
            case 0:
                await store.close()
                store = try TestStore.open(disk)
            case 1: try await store.flush()
            default:
                _ = try await store.append(random.entries(3).batch)
                try await store.mergeAll()
                await store.close()
                store = try TestStore.open(disk)
            }
            if step == 2 { break }
        }
        #expect(store.snapshot().callsInOrder.prefix(200) == entries.map(\.call)[...])
    }

    @Test("A batch that is taken whole or not at all leaves nothing behind when one call conflicts", arguments: UInt64(0) ..< 4)
    func allOrNothing(seed: UInt64) async throws {
        var random = RandomCalls(seed: seed)
        let disk = MemoryDisk()
        var store = try TestStore.open(disk)
        let known = random.entries(20)
        let new = random.entries(30)
        var conflicting = seed % 2 == 0 ? known[3] : new[5]
        conflicting.call.properties = ["changed": .int(1)]
        _ = try await store.append(known.batch)
        if seed >= 2 { try await store.flush() }
        let outcomes = try await store.append((new + [known[0], conflicting, new[9]]).batch, taking: .allOrNothing)
        #expect(outcomes == new.map { _ in .withheld } + [.duplicate, .conflict, .duplicate])
        #expect(store.snapshot().callsInOrder == known.map(\.call))
        let statistics = store.statistics
        #expect(statistics.callCount == 20 && statistics.conflictCount == 1 && statistics.duplicateCount == 0)
        await store.close()
        store = try TestStore.open(disk)
        #expect(store.snapshot().eventCount == 20)
        let again = try await store.append(([known[0]] + new + [new[9]]).batch, taking: .allOrNothing)
        #expect(again == [.duplicate] + new.indices.map { .taken(arrival: UInt64($0) + 21) } + [.duplicate])
        #expect(store.snapshot().callsInOrder == (known + new).map(\.call))
        await store.close()
    }

    @Test("Of strict batches that claim one message at once, one is taken whole and the others not at all")
    func allOrNothingAtOnce() async throws {
        let store = try TestStore.open(MemoryDisk())
        let outcomes = try await withThrowingTaskGroup(of: [AppendOutcome].self) { group in
            for sender in 0 ..< 20 {
                var random = RandomCalls(seed: 100 + UInt64(sender))
                random.nextID = 1_000 * sender
                var entries = random.entries(5)
                entries[4].call.messageID = "claimed"
                entries[4].call.properties = ["sender": .int(Int64(sender))]
                let batch = entries.batch
                group.addTask { try await store.append(batch, taking: .allOrNothing) }
            }
            return try await group.reduce(into: [[AppendOutcome]]()) { $0.append($1) }
        }
        #expect(outcomes.count { !$0.contains(.conflict) } == 1)
        #expect(outcomes.count { $0 == [.withheld, .withheld, .withheld, .withheld, .conflict] } == 19)
        let calls = store.snapshot().callsInOrder
        #expect(calls.count == 5 && calls.last?.messageID == "claimed")
        await store.close()
    }

    @Test("The same message from fifty senders at once is taken once")
    func inFlight() async throws {
        var random = RandomCalls(seed: 6)
        let store = try TestStore.open(MemoryDisk())
        let batches = (0 ..< 20).map { _ in random.entries(1).batch }
        for batch in batches {
            let outcomes = try await withThrowingTaskGroup(of: AppendOutcome.self) { group in
                for _ in 0 ..< 50 { group.addTask { try await store.append(batch)[0] } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0 != .duplicate } == 1)
        }
        #expect(store.snapshot().eventCount == 20)
        await store.close()
    }

    @Test("The observer sees every call once, in order, and its decisions come back", arguments: UInt64(0) ..< 4)
    func observer(seed: UInt64) async throws {
        var random = RandomCalls(seed: seed)
        let disk = MemoryDisk()
        let first = RecordingObserver()
        var store = try TestStore.open(disk, observer: first)
        for step in 0 ..< 10 {
            _ = try await store.append(random.entries(20).batch)
            if step == 3 || step == 6 { try await store.flush() }
            if step == 8 { try await store.mergeAll() }
        }
        let before = store.snapshot()
        await store.close()
        #expect(first.seen.withLock { $0.arrivals } == Array(1 ... 200))
        let second = RecordingObserver()
        store = try TestStore.open(disk, observer: second)
        let after = store.snapshot()
        #expect(second.seen.withLock { $0.arrivals } == Array(181 ... 200))
        #expect(Array(after.decisions) == Array(before.decisions))
        #expect(second.seen.withLock { $0.restored } == Array(before.decisions.prefix { $0.arrival <= 180 }))
        #expect(after.identities.count == before.identities.count)
        for ordinal in 0 ..< UInt32(after.identities.count) {
            #expect(after.identities.identity(ordinal) == before.identities.identity(ordinal))
            #expect(after.identities.firstArrival(of: ordinal) == before.identities.firstArrival(of: ordinal))
            #expect(after.identities.firstReceivedAt(of: ordinal) == before.identities.firstReceivedAt(of: ordinal))
        }
        let (snapshot, seen) = store.snapshot { second.seen.withLock { $0.arrivals.last } }
        #expect(seen == snapshot.nextArrival - 1)
        await store.close()
    }

    @Test("Writing, sealing, flushing and merging in the background lose nothing", arguments: UInt64(0) ..< 4)
    func background(seed: UInt64) async throws {
        var random = RandomCalls(seed: seed)
        let disk = MemoryDisk()
        let store = try TestStore.open(disk) {
            $0.flushCalls = 40
            $0.sealCalls = 7
            $0.mergeFanIn = 2
            $0.mergesInBackground = true
        }
        var expected: [Call] = []
        for _ in 0 ..< 60 {
            let entries = random.entries(Int.random(in: 1 ... 20, using: &random.random))
            _ = try await store.append(entries.batch)
            expected += entries.map(\.call)
            if random.chance(0.3) {
                let snapshot = store.snapshot()
                #expect(snapshot.eventCount == expected.count)
                #expect(zip(snapshot.parts, snapshot.parts.dropFirst()).allSatisfy { $0.endArrival == $1.firstArrival })
            }
        }
        try await store.flush()
        #expect(store.snapshot().callsInOrder == expected)
        await store.close()
        let again = try TestStore.open(disk)
        #expect(again.snapshot().callsInOrder == expected)
        #expect(again.statistics.memoryCalls == 0)
        await again.close()
    }

    @Test(
        "When it is quiet parts are merged until each is more than four times as large as all behind it", arguments: UInt64(0) ..< 4
    )
    func settles(seed: UInt64) async throws {
        var random = RandomCalls(seed: seed)
        let disk = MemoryDisk()
        var expected: [Call] = []
        var store = try TestStore.open(disk) { $0.mergesInBackground = false }
        for _ in 0 ..< 7 {
            let entries = random.entries(Int.random(in: 1 ... 40, using: &random.random))
            _ = try await store.append(entries.batch)
            expected += entries.map(\.call)
            try await store.flush()
        }
        #expect(store.statistics.partCount == 7)
        await store.close()
        store = try TestStore.open(disk) { ($0.mergesInBackground, $0.settlesAfter) = (true, 0.01) }
        for _ in 0 ..< 500 where !isSettled(store.snapshot().parts.map(\.rowCount)) { try await Task.sleep(for: .milliseconds(10)) }
        #expect(isSettled(store.snapshot().parts.map(\.rowCount)))
        #expect(store.snapshot().callsInOrder == expected)
        await store.close()
        store = try TestStore.open(disk)
        #expect(store.snapshot().callsInOrder == expected)
        await store.close()
    }

    private func isSettled(_ rowCounts: [Int]) -> Bool {
        rowCounts.indices.dropLast().allSatisfy { rowCounts[$0] > 4 * rowCounts[($0 + 1)...].reduce(0, +) }
    }

    @Test("A merge that was due when the store was closed is made when it is quiet again")
    func mergesWhatWasDue() async throws {
        var random = RandomCalls(seed: 3)
        let disk = MemoryDisk()
        var store = try TestStore.open(disk)
        for _ in 0 ..< 4 {
            _ = try await store.append(random.entries(10).batch)
            try await store.flush()
        }
        await store.close()
        // All four would be too large together, and the last two alone are all that settling merges.
        store = try TestStore.open(disk) {
            ($0.mergesInBackground, $0.settlesAfter, $0.mergeFanIn) = (true, 0.01, 2)
            ($0.mergedCallsMax, $0.settledCallsMax) = (25, 25)
        }
        for _ in 0 ..< 500 where store.statistics.partCount > 2 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(store.snapshot().parts.map(\.rowCount) == [20, 20])
        await store.close()
    }

    @Test("Parts that are too large to be merged while others follow are merged when it is quiet and there is room")
    func settlesLargeParts() async throws {
        var random = RandomCalls(seed: 5)
        let disk = MemoryDisk()
        var expected: [Call] = []
        var store = try TestStore.open(disk) { $0.mergesInBackground = false }
        for _ in 0 ..< 4 {
            let entries = random.entries(30)
            _ = try await store.append(entries.batch)
            expected += entries.map(\.call)
            try await store.flush()
        }
        await store.close()
        func settling(_ options: inout StoreOptions) {
            (options.mergesInBackground, options.settlesAfter, options.mergeFanIn) = (true, 0.01, 2)
            (options.mergedCallsMax, options.scratchBytes) = (25, 64)
        }
        // Not where the disk might be full of them meanwhile.
        disk.leave(freeBytes: 1_000)
        store = try TestStore.open(disk, settling)
        try await Task.sleep(for: .milliseconds(100))
        #expect(store.statistics.partCount == 4)
        await store.close()
        disk.leave(freeBytes: nil)
        store = try TestStore.open(disk, settling)
        for _ in 0 ..< 500 where store.statistics.partCount > 1 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(store.snapshot().parts.map(\.rowCount) == [120])
        #expect(store.snapshot().callsInOrder == expected)
        #expect(disk.paths.count { $0.contains("/parts/") } == 1)
        await store.close()
    }

    @Test("Parts whose lists would be too long for the format stay apart")
    func staysApartByBytes() async throws {
        let store = try TestStore.open(MemoryDisk()) { $0.mergeFanIn = 2 }
        let (short, long) = (PartSize(callCount: 9, longestBytes: 1 << 30), PartSize(callCount: 9, longestBytes: 2 << 30))
        #expect(store.unsettled([short, short]) == 0 ..< 2)
        #expect(store.unsettled([short, long]) == 0 ..< 2)
        #expect(store.unsettled([long, long]) == nil)
        #expect(store.unsettled([long, short, short]) == 1 ..< 3)
        #expect(store.dueMerge([short, long]) == 0 ..< 2)
        #expect(store.dueMerge([long, long]) == nil)
        await store.close()
    }

    @Test("Parts stay apart where they would be too large together")
    func staysApart() async throws {
        let store = try TestStore.open(MemoryDisk()) { $0.settledCallsMax = 100 }
        #expect(store.unsettled([60, 50, 30, 5]) == 1 ..< 4)
        #expect(store.unsettled([60, 85]) == nil)
        #expect(store.unsettled([60, 10, 2]) == nil)
        #expect(store.unsettled([100]) == nil)
        #expect(store.unsettled([]) == nil)
        await store.close()
    }

    @Test("Nothing is taken after closing")
    func closed() async throws {
        var random = RandomCalls(seed: 1)
        let disk = MemoryDisk()
        let store = try TestStore.open(disk)
        await store.close()
        let problem = await #expect(throws: Problem.self) { try await store.append(random.entries(1).batch) }
        #expect(problem?.code == .stopping)
        await store.close()
    }

    @Test("More than may wait is refused as overload, and the store goes on")
    func overloaded() async throws {
        var random = RandomCalls(seed: 2)
        let store = try TestStore.open(MemoryDisk()) { $0.waitingBytesMax = 1 }
        let batches = (0 ..< 200).map { _ in random.entries(1).batch }
        let codes = await withTaskGroup(of: Problem.Code?.self) { group in
            for batch in batches {
                group.addTask {
                    do throws(Problem) { _ = try await store.append(batch) } catch { return error.code }
                    return nil
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.allSatisfy { $0 == nil || $0 == .overloaded })
        #expect(store.snapshot().eventCount == codes.count { $0 == nil })
        await store.close()
    }
}

extension PartSize: ExpressibleByIntegerLiteral {
    public init(integerLiteral callCount: Int) { self.init(callCount: callCount) }
}
