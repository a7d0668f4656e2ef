import Dispatch
import Model
import Records
import Synchronization
import TestSupport
import Testing

@testable import Loyalty

/// Limits of everybody's on which several servers count, each within its allotment.
@Suite("Limits in slices") struct LimitSliceTests {
    private static let key = Limit.Key(name: "spring/total", period: "2026-03-01")
    private static let workspace = WorkspaceID(text: "ws_0000000000000000")

    /// Changes the limit at the server that has a slice; nothing when `change` says no.
    private static func change(
        at server: Int, of engine: any SQLEngine, _ change: @escaping @Sendable (inout Limit) -> Bool
    ) async throws(Problem) -> Bool {
        do throws(Problem) {
            return try await engine.writeRows(in: workspace) { connection throws(Problem) in
                try LimitSliceTests.change(at: LimitSlice(number: Int64(server)), on: connection, change)
            }
        } catch {
            guard error.code == .needsTurn else { throw error }
            return try await engine.writeAlone(in: workspace) { connection throws(Problem) in
                try LimitSliceTests.change(at: LimitSlice(number: Int64(server), isAlone: true), on: connection, change)
            }
        }
    }

    private static func change(
        at slice: LimitSlice, on connection: any SQLConnection, _ change: (inout Limit) -> Bool
    ) throws(Problem) -> Bool {
        var tables = ProgramTables(workspace, connection)
        tables.slice = slice
        let before = try tables.limit(key)
        var limit = before ?? Limit(key: key, max: 0)
        guard change(&limit) else { return false }
        try tables.set(limit, from: before)
        return true
    }

    private struct Rows: Equatable {
        var taken: Int64 = 0
        var allotted: Int64 = 0
    }

    private static func kept(
        _ engine: any SQLEngine
    ) async throws -> (limit: Limit?, own: Rows?, slices: [Rows]) {
        try await engine.read { connection throws(Problem) in
            let tables = ProgramTables(workspace, connection)
            func rows(_ table: String) throws(Problem) -> [Rows] {
                try tables.list("SELECT reserved + used, allotted FROM \(table) WHERE workspace = ?", tables.values()) {
                    reader throws(Problem) in Rows(taken: try reader.integer(), allotted: try reader.integer())
                }
            }
            return (try tables.limit(key), try rows("loyalty_limits").first, try rows("loyalty_limit_slices"))
        }
    }

    @Test(
        "Whatever servers take, pin and give back in turns, all see the same, and rows keep within what they are allotted",
        arguments: RecordsEngine.here, Seeds.slices(40, most: 200))
    func turns(engine kind: RecordsEngine, seeds: Seeds) async throws {
        var hasSlices = false
        for seed in seeds.on(kind) {
            var random = SplitMix64(seed: seed)
            let engine = try await TestProgram(try await kind.open()).records.engine
            var limit = Limit(key: Self.key, max: Int64.random(in: 10 ... 5_000, using: &random))
            for step in 0 ..< 120 {
                let before = limit
                let amount = Int64.random(in: 1 ... 6, using: &random)
                switch random.below(20) {
                case 0: limit.change(max: Int64.random(in: 10 ... 5_000, using: &random))
                case 1 ..< 4: limit.giveBack(min(amount, limit.used))
                case 4 ..< 7: limit.release(min(amount, limit.reserved))
                case 7 ..< 11:
                    let pinned = min(amount, limit.reserved)
                    limit.use(min(1, pinned), ofReserved: pinned)
                default: _ = limit.reserve(random.below(10) == 0 ? limit.left : amount)
                }
                guard limit != before || step == 0 else { continue }
                let (after, server) = (limit, random.below(4))
                _ = try await Self.change(at: server, of: engine) { limit in
                    limit = after
                    return true
                }
                let kept = try await Self.kept(engine)
                #expect(kept.limit == limit, "seed \(seed), step \(step)")
                let own = try #require(kept.own)
                #expect(own.allotted == kept.slices.map(\.allotted).reduce(0, +), "seed \(seed), step \(step)")
                #expect(kept.slices.allSatisfy { $0.taken <= $0.allotted }, "seed \(seed), step \(step)")
                // A maximum that was lowered may lie below what is taken; nothing is allotted then.
                #expect(own.taken + own.allotted <= limit.max || own.allotted == 0, "seed \(seed), step \(step)")
                hasSlices = hasSlices || !kept.slices.isEmpty
            }
        }
        #expect(hasSlices, "no limit was large enough")
    }

    @Test("Four servers at once take what there is to the last piece, and never more", arguments: RecordsEngine.here)
    func races(engine kind: RecordsEngine) async throws {
        let engine = try await TestProgram(try await kind.open()).records.engine
        let max: Int64 = 3_000
        _ = try await Self.change(at: 0, of: engine) { limit in
            limit.change(max: max)
            return true
        }
        let taken = try await withThrowingTaskGroup(of: Int64.self) { tasks in
            for server in 0 ..< 4 {
                tasks.addTask {
                    var (random, taken) = (SplitMix64(seed: UInt64(server)), Int64(0))
                    for _ in 0 ..< 400 {
                        let amount = Int64.random(in: -2 ... 6, using: &random)
                        let isTaken = try await Self.again { () async throws(Problem) in
                            try await Self.change(at: server, of: engine) { limit in
                                if amount < 0 {
                                    guard limit.used >= -amount else { return false }
                                    limit.giveBack(-amount)
                                    return true
                                }
                                guard limit.reserve(amount) else { return false }
                                limit.use(amount, ofReserved: amount)
                                return true
                            }
                        }
                        if isTaken { taken += amount }
                    }
                    return taken
                }
            }
            return try await tasks.reduce(0, +)
        }
        let kept = try await Self.kept(engine)
        #expect(kept.limit?.used == taken && taken <= max)
        var rest: Int64 = 0
        while try await Self.change(
            at: 1, of: engine,
            { limit in
                guard limit.reserve(1) else { return false }
                limit.use(1, ofReserved: 1)
                return true
            })
        { rest += 1 }
        #expect(taken + rest == max)
    }

    /// Does something again that others were faster with.
    private static func again(_ body: () async throws(Problem) -> Bool) async throws(Problem) -> Bool {
        while true {
            do throws(Problem) {
                return try await body()
            } catch {
                guard error.code == .overloaded || error.code == .exists else { throw error }
            }
        }
    }

    @Test(
        "A maximum that is raised, or lowered to no less than what is promised, changes nothing for other servers",
        arguments: RecordsEngine.here)
    func maximum(engine kind: RecordsEngine) async throws {
        let engine = try await TestProgram(try await kind.open()).records.engine
        let take: @Sendable (Int64) -> (@Sendable (inout Limit) -> Bool) = { max in
            { limit in
                limit.change(max: max)
                return limit.reserve(1)
            }
        }
        // Versions of a template promise different numbers, and count in turns.
        #expect(try await Self.change(at: 0, of: engine, take(10_000)))
        for step in 0 ..< 20 { #expect(try await Self.change(at: step % 2, of: engine, take(step % 4 < 2 ? 9_000 : 10_000))) }
        var kept = try await Self.kept(engine)
        #expect(kept.limit?.reserved == 21 && kept.slices.count == 2 && kept.slices.allSatisfy { $0.taken > 0 })
        #expect(try await Self.change(at: 0, of: engine, take(100)))
        kept = try await Self.kept(engine)
        #expect(kept.limit?.reserved == 22 && kept.limit?.max == 100 && kept.slices.isEmpty)
    }

    @Test("A server that counts within its allotment waits for no other one", .enabled(if: TestPostgres.isHere))
    func waitsForNobody() async throws {
        let engine = try await TestProgram(try await RecordsEngine.postgres.open()).records.engine
        let take: @Sendable (inout Limit) -> Bool = { $0.reserve(1) }
        _ = try await Self.change(at: 0, of: engine) { limit in
            limit.change(max: 100_000)
            return true
        }
        for server in [0, 1] { #expect(try await Self.change(at: server, of: engine, take)) }
        let isSecondDone = DispatchSemaphore(value: 0)
        let attempts = Atomic(0)
        async let second = {
            while attempts.load(ordering: .relaxed) == 0 { try await Task.sleep(for: .milliseconds(1)) }
            let isTaken = try await Self.change(at: 1, of: engine, take)
            isSecondDone.signal()
            return isTaken
        }()
        let first = try await engine.writeRows(in: Self.workspace) { connection throws(Problem) in
            let isTaken = try Self.change(at: LimitSlice(number: 0), on: connection, take)
            attempts.add(1, ordering: .relaxed)
            return (isTaken, isSecondDone.wait(timeout: .now() + 60) == .success)
        }
        #expect(first == (true, true) && attempts.load(ordering: .relaxed) == 1)
        #expect(try await second)
        #expect(try await Self.kept(engine).limit?.reserved == 4)
    }
}
