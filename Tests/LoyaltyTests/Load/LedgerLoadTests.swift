import Foundation
import Model
import RecordsPostgres
import RecordsSQLite
import Synchronization
import Testing

@testable import Loyalty
@testable import Records

private let wanted = ProcessInfo.processInfo.environment["TEAHOUSE_LEDGER_SECONDS"].flatMap(Double.init)

/// Durable commands about points a second, in process; `Benchmarks/ledger.sh` asks for it, beside a function of PostgreSQL.
@Suite struct LedgerLoadTests {
    private static let memberCount = 100_000
    private static let clientCount = 512

    /// Each of 100,000 members has a million points; then members give each other a point, and one issuer gives points to all.
    @Test("Commands a second, answers at half of it, balances, and what expires", .enabled(if: wanted != nil))
    func load() async throws {
        let seconds = try #require(wanted)
        let environment = ProcessInfo.processInfo.environment
        let folder = try LedgerFolder(environment["TEAHOUSE_LEDGER_DIR"])
        let url = environment["TEAHOUSE_LEDGER_POSTGRES"]
        let engine: any SQLEngine
        if let url { engine = try await PostgresEngine.open(url: url) } else { engine = try SQLiteEngine.open(path: folder.path) }
        let ledger = try await Ledger(engine)
        let seeded = try await ledger.seed()
        print("RESULT seeded=\(Self.memberCount) rate=\(seeded)")
        let uniform = try await ledger.run(seconds) { try await ledger.transfer() }
        print("RESULT kind=uniform rate=\(uniform)")
        let hot = try await ledger.run(seconds) { try await ledger.earn() }
        print("RESULT kind=hot rate=\(hot)")
        // Half load follows a rest, not a load that was too high.
        try await engine.settle()
        let half = Double(min(uniform, hot)) / 2
        let waits = try await ledger.openLoop(half, seconds) { try await ledger.transfer() }
        print("RESULT kind=half rate=\(Int(half)) p50=\(waits.p50) p99=\(waits.p99)")
        try await engine.settle()
        for round in 0 ..< 5 { print("RESULT kind=balances round=\(round) ms=\(try await ledger.balances(of: 10_000))") }
        if let lots = environment["TEAHOUSE_LEDGER_LOTS"].flatMap(Int.init) {
            let expired = try await ledger.expire(lots)
            print("RESULT kind=expired lots=\(lots) seconds=\(expired.seconds) waited_ms=\(expired.longest)")
        }
        #expect(ledger.refusedCount == 0)
        let checked = try await ledger.reader.check("points")
        #expect(checked.isWhole)
        await engine.close()
    }
}

/// A program with many members, and what is done to it.
private final class Ledger: Sendable {
    private final class RealClock: WallClock {
        /// Microseconds ahead of the machine's.
        let ahead = Mutex(Int64(0))
        var now: Instant { Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1e6) + ahead.withLock { $0 }) }
    }

    private static let memberCount = 100_000
    private let engine: any SQLEngine
    private let records: RecordStore
    private let workspace = WorkspaceID(text: "ws_0000000000000000")
    private let desk: ProgramDesk
    private let clock = RealClock()
    private let currency: PointCurrency
    private let refused = Mutex(0)
    let reader: ProgramReader

    var refusedCount: Int { refused.withLock { $0 } }

    init(_ engine: any SQLEngine) async throws {
        self.engine = engine
        records = try await RecordStore.open(engine, now: clock.now)
        let id = workspace.text
        _ = try await engine.write { connection throws(Problem) in
            try connection.execute(
                """
                INSERT INTO workspaces (id, name, timezone, currency, language, region, created_at)
                VALUES (?, 'Shop', 'UTC', 'CNY', 'en', 'CN', 0)
                """, [.text(id)])
        }
        desk = ProgramDesk(workspace: workspace, records: records, clock: clock)
        reader = ProgramReader(workspace: workspace, records: records)
        var currency = PointCurrency(key: "points")
        currency.transfers.countPerMonth = 1_000
        self.currency = currency
        _ = try await desk.perform(
            ProgramRequest(id: "p", actor: .server, command: SetProgram(ProgramSettings(name: "Shop", currencies: [currency]))))
    }

    private static func member(_ number: Int) -> MemberWish {
        MemberWish(.identity(Identity(type: .userID, value: "user-\(number)")))
    }

    private func perform(_ id: String, _ command: any ProgramCommand) async throws {
        let answer = try await desk.perform(ProgramRequest(id: id, actor: .server, command: command))
        if answer.isRefused { refused.withLock { $0 += 1 } }
    }

    /// Commands a second.
    func seed() async throws -> Int {
        try await together(Self.memberCount) { number in
            let earned = EarnPoints(1_000_000, of: "points", to: Self.member(number), for: PointSource(id: "seed-\(number)"))
            try await self.perform("seed-\(number)", earned)
        }
    }

    private func together(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> Void) async throws -> Int {
        let start = Date()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for first in 0 ..< 512 {
                tasks.addTask { for number in stride(from: first, to: count, by: 512) { try await body(number) } }
            }
            try await tasks.waitForAll()
        }
        return Int(Double(count) / Date().timeIntervalSince(start))
    }

    func transfer() async throws {
        let giver = Int.random(in: 0 ..< Self.memberCount)
        let receiver = (giver + 1 + Int.random(in: 0 ..< Self.memberCount - 1)) % Self.memberCount
        try await perform(UUID().uuidString, TransferPoints(1, of: "points", from: Self.member(giver), to: Self.member(receiver)))
    }

    /// All points come from one issuer.
    func earn() async throws {
        let id = UUID().uuidString
        let member = Self.member(Int.random(in: 0 ..< Self.memberCount))
        try await perform(id, EarnPoints(1, of: "points", to: member, for: PointSource(id: id)))
    }

    /// Commands a second of clients each of which waits for its answer.
    func run(_ seconds: Double, _ body: @escaping @Sendable () async throws -> Void) async throws -> Int {
        let start = Date()
        let count = try await withThrowingTaskGroup(of: Int.self) { tasks in
            for _ in 0 ..< 512 {
                tasks.addTask {
                    var count = 0
                    while Date().timeIntervalSince(start) < seconds {
                        try await body()
                        count += 1
                    }
                    return count
                }
            }
            return try await tasks.reduce(0, +)
        }
        return Int(Double(count) / Date().timeIntervalSince(start))
    }

    /// Milliseconds from when a command was due to its answer, with a command every 1 / `rate` seconds whatever became of the others.
    func openLoop(
        _ rate: Double, _ seconds: Double, _ body: @escaping @Sendable () async throws -> Void
    ) async throws -> (p50: Double, p99: Double) {
        let start = Date()
        let waits = try await withThrowingTaskGroup(of: Double.self) { tasks in
            var sent = 0
            while sent < Int(rate * seconds) {
                while Double(sent) < Date().timeIntervalSince(start) * rate {
                    let due = start.addingTimeInterval(Double(sent) / rate)
                    tasks.addTask {
                        try await body()
                        return Date().timeIntervalSince(due) * 1_000
                    }
                    sent += 1
                }
                try await Task.sleep(for: .milliseconds(1))
            }
            return try await tasks.reduce(into: []) { $0.append($1) }.sorted()
        }
        return (waits[waits.count / 2], waits[waits.count * 99 / 100])
    }

    /// Milliseconds.
    func balances(of count: Int) async throws -> Double {
        let members = (0 ..< count).map { Self.member($0 * 7 % Self.memberCount) }
        let start = Date()
        let found = try await reader.balances(of: members, in: currency, at: clock.now)
        #expect(found.count == count && found.allSatisfy { $0 != nil })
        return Date().timeIntervalSince(start) * 1_000
    }

    /// Lets so many lots end at one instant: seconds until they are booked, and the longest that others waited meanwhile.
    func expire(_ lots: Int) async throws -> (seconds: Double, longest: Double) {
        let end = clock.now.advanced(byMicroseconds: .microsecondsPerHour)
        _ = try await together(lots) { number in
            var earned = EarnPoints(
                1, of: "points", to: Self.member(number % Self.memberCount), for: PointSource(id: "lot-\(number)"))
            earned.expiresAt = end
            try await self.perform("lot-\(number)", earned)
        }
        try await engine.settle()
        clock.ahead.withLock { $0 = .microsecondsPerHour + .microsecondsPerSecond }
        let isDone = Mutex(false)
        async let waits = longestWait { isDone.withLock { $0 } }
        let start = Date()
        _ = try await desk.settle()
        let seconds = Date().timeIntervalSince(start)
        isDone.withLock { $0 = true }
        return (seconds, try await waits)
    }

    private func longestWait(until isDone: @Sendable () -> Bool) async throws -> Double {
        var longest = 0.0
        while !isDone() {
            let start = Date()
            try await transfer()
            longest = max(longest, Date().timeIntervalSince(start) * 1_000)
            try await Task.sleep(for: .milliseconds(20))
        }
        return longest
    }
}

private final class LedgerFolder {
    private let root: String
    var path: String { root + "/records.sqlite" }

    init(_ root: String?) throws {
        self.root = (root ?? FileManager.default.temporaryDirectory.path) + "/ledger-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: self.root, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }
}
