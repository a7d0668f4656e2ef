import Model
import Records
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

    @Test(
        "L12: of many who capture and release a hold while its time runs out one succeeds, or time does",
        arguments: Seeds.slices(24))
    func race(seeds: Seeds) async throws {
        for seed in seeds {
            let program = try await TestProgram()
            var random = SplitMix64(seed: seed)
            _ = try await program.earn("e", 100, "ann")
            let held = try await program.spend("h", .hold(40, place: nil, seconds: 1), "ann")
            let hold = PointID(try #require(held.body["hold"]?.intValue))
            let deeds = (0 ..< 12).map { _ in (isCapture: random.below(2) == 0, step: Int64(random.below(300_000))) }
            let won = try await withThrowingTaskGroup(of: Bool?.self) { tasks in
                for (number, deed) in deeds.enumerated() {
                    tasks.addTask {
                        program.clock.advance(deed.step)
                        let wish: SpendPoints.Deed = deed.isCapture ? .capture(hold, nil) : .release(hold)
                        return try await program.spend("d\(number)", wish, "ann").isRefused ? nil : deed.isCapture
                    }
                }
                return try await tasks.reduce(into: [Bool]()) { won, one in if let one { won.append(one) } }
            }
            #expect(won.count <= 1, "seed \(seed)")
            program.clock.advance(2 * .microsecondsPerSecond)
            _ = try await program.desk.settle()
            let member = try #require(try await program.reader.member(TestProgram.member("ann"))?.member.id)
            let ends = try await program.reader.entries(of: member, in: "points", limit: 100).map(\.entry).filter {
                $0.from == .held
            }
            let kind: PointEntry.Kind = won == [true] ? .captured : won == [false] ? .released : .lapsed
            #expect(ends.map(\.kind) == [kind] && ends.map(\.amount) == [40], "seed \(seed): \(ends)")
        }
    }

    @Test(
        "L6: what is refused leaves every table as it was, byte by byte, but for its own answer",
        arguments: Seeds.slices(12, most: 200))
    func refusedLeavesNothing(seeds: Seeds) async throws {
        for seed in seeds {
            let program = try await TestProgram()
            for member in HistoryCommands.members {
                _ = try await program.perform("enrol-\(member)", EnrolMember(Identity(type: .userID, value: member)))
            }
            var (before, refusedCount) = (try await program.dump(), 0)
            for (number, command) in HistoryCommands(seed: seed).commands.enumerated() {
                let answer = try await program.perform("c\(number)", command)
                let after = try await program.dump()
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
    fileprivate func dump() async throws -> [String: [[SQLValue]]] {
        try await records.engine.settle()
        return try await records.engine.read { connection throws(Problem) in
            let names = try connection.rows(
                """
                SELECT name FROM sqlite_master WHERE type = 'table'
                    AND name NOT IN ('loyalty_commands', 'loyalty_mentions', 'rows_ahead', 'point_days')
                ORDER BY name
                """, []
            ).map { row throws(Problem) in
                var reader = RowReader(row)
                return try reader.text()
            }
            var tables: [String: [[SQLValue]]] = [:]
            for name in names where !name.hasPrefix("sqlite_") {
                tables[name] = try connection.rows("SELECT * FROM \(name)", []).map(\.values)
            }
            return tables
        }
    }
}
