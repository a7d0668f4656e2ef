import Model
import Records
import TestSupport
import Testing

@testable import Loyalty

/// What is pinned ends once, and what is refused leaves no trace.
struct PointHoldEndTests {
    private enum Deed: CaseIterable { case capture, release, time }

    /// Every order of at most four deeds around the end of a hold.
    private static let orders: [[Deed]] = (1 ... 4).flatMap { length in
        (0 ..< length).reduce([[]]) { orders, _ in orders.flatMap { order in Deed.allCases.map { order + [$0] } } }
    }

    @Test("L12: a hold ends once, whatever comes first and however near its time", arguments: Int64(-2) ... 2)
    func everyOrder(offset: Int64) throws {
        let start = Instant(microseconds: 1_000)
        for order in Self.orders {
            var book = PointBook(owner: .init(number: 1))
            _ = try book.earn(NewPoints(50, for: PointSource(id: "e"), earnedAt: start, vintage: 0), at: start)
            let until = start.advanced(byMicroseconds: 100)
            let id = try book.hold(30, until: until, now: start)
            var (now, ends) = (until.advanced(byMicroseconds: offset), [PointHold.End]())
            for deed in order {
                let before = book.holds[id]?.end
                var wasDone = true
                do throws(PointRefusal) {
                    switch deed {
                    case .capture: _ = try book.capture(id, 20, now: now)
                    case .release: try book.release(id, now: now)
                    case .time: book.settle(until: now)
                    }
                } catch { wasDone = false }
                let end = book.holds[id]?.end
                if let before { #expect(end == before && (deed == .time || !wasDone), "\(order) at \(offset)") }
                if let end, before == nil { ends.append(end) }
                now = now.advanced(byMicroseconds: 1)
            }
            book.settle(until: until.advanced(byMicroseconds: 10))
            if ends.isEmpty { ends = [book.holds[id]?.end].compactMap { $0 } }
            #expect(ends.count == 1, "\(order) at \(offset)")
            // At its last instant it can still be captured, and no later.
            if offset >= 0 { #expect(ends == [.lapsed], "\(order) at \(offset)") }
            let isCaptured = ends == [.captured(20)]
            #expect(book.accounts[.held, default: 0] == 0 && book.accounts[.redeemed, default: 0] == (isCaptured ? 20 : 0))
            #expect(book.booked.available == (isCaptured ? 30 : 50), "\(order) at \(offset)")
        }
    }

    /// Fewer over PostgreSQL, where each transaction goes to a disk.
    private static func cases(_ standard: UInt64, most: UInt64 = .max, postgres: UInt64) -> [(RecordsEngine, Seeds)] {
        RecordsEngine.here.flatMap { engine in
            Seeds.slices(standard, most: engine == .postgres ? postgres : most).map { (engine, $0) }
        }
    }

    @Test(
        "L12: of many who capture and release a hold at two servers while its time runs out one succeeds, or time does",
        arguments: cases(24, most: 400, postgres: 100))
    func race(engine: RecordsEngine, seeds: Seeds) async throws {
        let program = try await TestProgram(try await engine.open())
        let desks = [program.desk, program.secondDesk]
        for seed in seeds {
            var random = SplitMix64(seed: seed)
            let name = "ann-\(seed)"
            _ = try await program.earn("e\(seed)", 100, name)
            let held = try await program.spend("h\(seed)", .hold(40, place: nil, seconds: 1), name)
            let hold = PointID(try #require(held.body["hold"]?.intValue))
            let deeds = (0 ..< 12).map { _ in (isCapture: random.below(2) == 0, step: Int64(random.below(300_000))) }
            let won = try await withThrowingTaskGroup(of: Bool?.self) { tasks in
                for (number, deed) in deeds.enumerated() {
                    tasks.addTask {
                        program.clock.advance(deed.step)
                        let wish = SpendPoints(
                            deed.isCapture ? .capture(hold, nil) : .release(hold), of: "points", by: TestProgram.member(name))
                        let request = ProgramRequest(id: "d\(seed)-\(number)", actor: .server, command: wish)
                        return try await desks[number % 2].perform(request).isRefused ? nil : deed.isCapture
                    }
                }
                return try await tasks.reduce(into: [Bool]()) { won, one in if let one { won.append(one) } }
            }
            #expect(won.count <= 1, "seed \(seed)")
            program.clock.advance(2 * .microsecondsPerSecond)
            _ = try await program.desk.settle()
            let member = try #require(try await program.reader.member(TestProgram.member(name))?.member.id)
            let ends = try await program.reader.entries(of: member, in: "points", limit: 100).map(\.entry).filter {
                $0.from == .held
            }
            let kind: PointEntry.Kind = won == [true] ? .captured : won == [false] ? .released : .lapsed
            #expect(ends.map(\.kind) == [kind] && ends.map(\.amount) == [40], "seed \(seed): \(ends)")
        }
    }

    @Test(
        "L6: what one of two servers refuses leaves every table as it was, byte by byte, but for its own answer",
        arguments: cases(12, most: 60, postgres: 4))
    func refusedLeavesNothing(engine: RecordsEngine, seeds: Seeds) async throws {
        for seed in seeds {
            let program = try await TestProgram(try await engine.open())
            let desks = [program.desk, program.secondDesk]
            for (id, command) in HistoryCommands.beginning { _ = try await program.perform(id, command) }
            var (before, refusedCount) = (try await program.dump(engine), 0)
            for (number, command) in HistoryCommands(seed: seed).commands.enumerated() {
                let request = ProgramRequest(id: "c\(number)", actor: .server, command: command)
                let answer = try await desks[number % 2].perform(request)
                let after = try await program.dump(engine)
                if answer.isRefused {
                    refusedCount += 1
                    #expect(after == before, "seed \(seed): \(command)")
                }
                before = after
                program.clock.advance(Int64(number % 5) * .microsecondsPerHour)
            }
            #expect(refusedCount > 0, "seed \(seed) refuses nothing")
        }
    }
}

extension TestProgram {
    /// All rows of all tables but the answers to commands and what they name, and what says how far the tables and days are held.
    fileprivate func dump(_ engine: RecordsEngine) async throws -> [String: [String]] {
        let kept = ["loyalty_commands", "loyalty_mentions", "rows_ahead", "point_days"]
        try await records.engine.settle()
        return try await records.engine.read { connection throws(Problem) in
            let list =
                switch engine {
                case .sqlite: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
                case .postgres:
                    "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public'"
                }
            let names = try connection.rows(list, []).map { row throws(Problem) in
                var reader = RowReader(row)
                return try reader.text()
            }
            guard names.contains("point_lots") else { throw Problem(.damaged, "The tables are not found: \(names).") }
            var tables: [String: [String]] = [:]
            for name in names where !kept.contains(name) {
                // A table has no order of its own.
                tables[name] = try connection.rows("SELECT * FROM \(name)", []).map { "\($0.values)" }.sorted()
            }
            return tables
        }
    }
}
