import Disks
import EventStore
import Foundation
import Model
import TestSupport
import Testing

/// One scripted life under every single fault; `TEAHOUSE_SOAK=1` lives fifty of them.
@Suite struct StoreLifeTests {
    static let seeds: Range<UInt64> = ProcessInfo.processInfo.environment["TEAHOUSE_SOAK"] == "1" ? 0 ..< 50 : 0 ..< 1

    /// Operations of a whole life, and what it leaves.
    private static func wholeLife(_ life: StoreLife) async throws -> (disk: MemoryDisk, model: StoreLife.Model) {
        let disk = MemoryDisk()
        var store = try TestStore.open(disk)
        var model = StoreLife.Model()
        for step in life.steps {
            try await StoreLife.carryOut(step, &store, disk)
            model.carryOut(step)
            #expect(store.snapshot().callsByArrival == model.calls)
            #expect(store.statistics.callCount == model.calls.count && store.statistics.droppedCount == model.dropped.count)
        }
        _ = try store.verify()
        await store.close()
        return (disk, model)
    }

    @Test("A life without faults holds what its script says, and dropped calls are not sent again", arguments: seeds)
    func quiet(seed: UInt64) async throws {
        let life = StoreLife(seed: seed)
        let (disk, model) = try await StoreLifeTests.wholeLife(life)
        #expect(model.dropped.count > 0 && model.calls.count > 0)
        let store = try TestStore.open(disk)
        try await expectWhole(store, model, life, "quiet")
        await store.close()
    }

    @Test("Power loss at any operation leaves what a prefix of the script explains, and the script goes on", arguments: seeds)
    func powerLoss(seed: UInt64) async throws {
        let life = StoreLife(seed: seed)
        let operations = try await StoreLifeTests.wholeLife(life).disk.operations
        var random = SplitMix64(seed: seed)
        for operation in 1 ... operations {
            let disk = MemoryDisk()
            disk.fail(.powerLoss(atOperation: operation))
            var (model, next) = await live(life, disk)
            let restarted = disk.afterPowerLoss(using: &random)
            var store = try TestStore.open(restarted)
            let found = store.snapshot().callsByArrival
            if next < life.steps.count, found != model.calls { model.carryOut(life.steps[next]) }
            #expect(found == model.calls, "seed \(seed) operation \(operation)")
            _ = try store.verify()
            for step in life.steps[min(next, life.steps.count)...] {
                try await StoreLife.carryOut(step, &store, restarted)
                model.carryOut(step)
            }
            try await expectWhole(store, model, life, "seed \(seed) operation \(operation)")
            await store.close()
        }
    }

    @Test(
        "An error of any operation undoes its step; tried again it is done, and power loss afterwards loses nothing",
        arguments: seeds)
    func errors(seed: UInt64) async throws {
        let life = StoreLife(seed: seed)
        let operations = try await StoreLifeTests.wholeLife(life).disk.operations
        var random = SplitMix64(seed: seed)
        for operation in 1 ... operations {
            let disk = MemoryDisk()
            disk.fail(.error(atOperation: operation))
            var store = try await retrying { () throws(Problem) in try TestStore.open(disk) }
            var model = StoreLife.Model()
            for step in life.steps {
                do throws(Problem) { try await StoreLife.carryOut(step, &store, disk) } catch {
                    if case .reopen = step {
                        store = try TestStore.open(disk)
                    } else {
                        #expect(store.snapshot().callsByArrival == model.calls, "seed \(seed) operation \(operation)")
                        try await StoreLife.carryOut(step, &store, disk)
                    }
                }
                model.carryOut(step)
                #expect(store.snapshot().callsByArrival == model.calls, "seed \(seed) operation \(operation)")
            }
            _ = try await retrying { () throws(Problem) in try store.verify() }
            disk.fail(.powerLoss(atOperation: 0))
            let restarted = try TestStore.open(disk.afterPowerLoss(using: &random))
            try await expectWhole(restarted, model, life, "seed \(seed) operation \(operation)")
            await restarted.close()
        }
    }

    @Test("Power loss some time after an error leaves what a prefix of the script explains", arguments: seeds)
    func errorsThenPowerLoss(seed: UInt64) async throws {
        let life = StoreLife(seed: seed)
        let operations = try await StoreLifeTests.wholeLife(life).disk.operations
        var random = SplitMix64(seed: seed)
        for operation in 2 ..< operations {
            let disk = MemoryDisk()
            disk.fail(.error(atOperation: operation))
            let loss = Int.random(in: operation + 1 ... operation + 12, using: &random)
            let (model, next) = await live(life, disk, lossAfterError: loss)
            let restarted = try TestStore.open(disk.afterPowerLoss(using: &random))
            let found = restarted.snapshot().callsByArrival
            let isExplained = found == model.calls || next < life.steps.count && found == model.after(life.steps[next]).calls
            #expect(isExplained, "seed \(seed) operation \(operation) loss \(loss)")
            await restarted.close()
        }
    }

    @Test("A bit that any write flips is never served: it is named, or the call was the log's last", arguments: seeds)
    func flippedWrites(seed: UInt64) async throws {
        let life = StoreLife(seed: seed)
        let operations = try await StoreLifeTests.wholeLife(life).disk.operations
        for operation in 1 ... operations {
            let disk = MemoryDisk()
            disk.fail(.flippedBit(atOperation: operation))
            await liveWithDamage(life, disk, "seed \(seed) operation \(operation)")
        }
    }

    @Test("A bit flipped in any file is named when the store is opened", arguments: seeds)
    func flippedFiles(seed: UInt64) async throws {
        let life = StoreLife(seed: seed)
        let (disk, _) = try await StoreLifeTests.wholeLife(life)
        var store = try TestStore.open(disk)
        _ = try await store.append(RandomCalls(seed: seed + 1_000).later(5).batch)
        let expected = store.snapshot().callsByArrival
        await store.close()
        // Damage to the log's last frame cannot be told from a torn tail.
        for path in disk.paths where !path.hasSuffix(".log") {
            for place in stride(from: Int(seed % 3), to: disk.size(path), by: 3) {
                disk.damage(path) { $0[place] ^= 1 << UInt8(place % 8) }
                let problem = #expect(throws: Problem.self, "\(path) \(place)") { _ = try TestStore.open(disk) }
                #expect(problem?.place?.hasPrefix(path) == true)
                disk.damage(path) { $0[place] ^= 1 << UInt8(place % 8) }
            }
        }
        store = try TestStore.open(disk)
        #expect(store.snapshot().callsByArrival == expected)
        await store.close()
    }
}

extension StoreLifeTests {
    /// Lives until a step fails for good: what was acknowledged, and the step that was under way.
    ///
    /// - Parameter loss: when given, a step that fails once is tried again, and at this operation the power is gone.
    private func live(
        _ life: StoreLife, _ disk: MemoryDisk, lossAfterError loss: Int? = nil
    ) async -> (model: StoreLife.Model, next: Int) {
        var model = StoreLife.Model()
        var next = 0
        var mayFail = loss != nil
        func fails(_ work: () async throws(Problem) -> Void) async -> Bool {
            do throws(Problem) {
                try await work()
                return false
            } catch {
                guard mayFail, let loss else { return true }
                mayFail = false
                disk.fail(.powerLoss(atOperation: loss))
            }
            do throws(Problem) { try await work() } catch { return true }
            return false
        }
        var opened: WorkspaceStore?
        if await fails({ () throws(Problem) in opened = try TestStore.open(disk) }) { return (model, 0) }
        guard var store = opened else { return (model, 0) }
        while next < life.steps.count {
            let step = life.steps[next]
            if await fails({ () async throws(Problem) in try await StoreLife.carryOut(step, &store, disk) }) {
                return (model, next)
            }
            model.carryOut(step)
            next += 1
        }
        await store.close()
        return (model, next)
    }

    /// Lives on a disk that flips a bit: whatever is served is what was sent, until damage is named.
    private func liveWithDamage(_ life: StoreLife, _ disk: MemoryDisk, _ comment: Comment) async {
        var model = StoreLife.Model()
        do throws(Problem) {
            var store = try TestStore.open(disk)
            for step in life.steps {
                do throws(Problem) { try await StoreLife.carryOut(step, &store, disk) } catch {
                    #expect(error.code == .damaged || error.code == .ioError, comment)
                    if case .reopen = step { return }
                    try await StoreLife.carryOut(step, &store, disk)
                }
                model.carryOut(step)
                let found = store.snapshot().callsByArrival
                if case .reopen = step, found != model.calls {
                    let end = store.snapshot().nextArrival
                    #expect(found == model.calls.filter { $0.key < end }, comment)
                    #expect(end < UInt64(model.taken.count) + 1, comment)
                    await store.close()
                    return
                }
                #expect(found == model.calls, comment)
            }
            await store.close()
        } catch {
            #expect(error.code == .damaged || error.code == .ioError, comment)
        }
    }

    /// Everything that was taken is there once or was dropped, and is a repeat when it comes again.
    private func expectWhole(
        _ store: WorkspaceStore, _ model: StoreLife.Model, _ life: StoreLife, _ comment: Comment
    ) async throws {
        #expect(store.snapshot().callsByArrival == model.calls, comment)
        let outcomes = try await store.append(life.entries.batch)
        #expect(outcomes.count == model.taken.count && outcomes.allSatisfy { $0 == .duplicate }, comment)
        let snapshot = store.snapshot()
        #expect(snapshot.callsByArrival == model.calls, comment)
        #expect(snapshot.droppedCount == model.dropped.count && snapshot.nextArrival == UInt64(model.taken.count) + 1, comment)
        #expect(snapshot.watermark == model.taken.map(\.receivedAt).max() ?? .distantPast, comment)
        let expected = StoreSnapshot(calls: life.entries).identities
        #expect(snapshot.identities.count == expected.count, comment)
        for ordinal in 0 ..< UInt32(min(snapshot.identities.count, expected.count)) {
            #expect(snapshot.identities.identity(ordinal) == expected.identity(ordinal), comment)
            #expect(snapshot.identities.firstArrival(of: ordinal) == expected.firstArrival(of: ordinal), comment)
        }
    }

    private func retrying<Result>(_ work: () async throws(Problem) -> Result) async throws(Problem) -> Result {
        do throws(Problem) { return try await work() } catch { return try await work() }
    }
}

extension RandomCalls {
    /// Calls whose messageIds no script uses.
    func later(_ count: Int) -> [Entry] {
        var random = self
        random.nextID = 100_000
        return random.entries(count)
    }
}
