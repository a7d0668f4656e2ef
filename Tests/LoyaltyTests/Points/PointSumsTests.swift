import Model
import Records
import TestSupport
import Testing

@testable import Loyalty

/// Sums that closed months leave behind give what all entries and lots give.
struct PointSumsTests {
    private static let names = ["ann", "bob", "cy"]

    @Test(
        "what is owed and how months went is the same by sums as by lots and all entries",
        arguments: RecordsEngine.here, UInt64(0) ..< 3)
    func sums(engine: RecordsEngine, seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let program = try await TestProgram(
            try await engine.open(), clock: TestClock(Instant(rfc3339: "2026-01-05T00:00:00Z") ?? .epoch))
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        var month = try #require(PointMonth(text: "2026-01"))
        for round in 0 ..< 4 {
            if round == 2 { try await program.revalue(PointValue(minor: 3, points: 7)) }
            for step in 0 ..< 25 {
                try await program.randomDeed("\(round)-\(step)", Self.names, &random)
                program.clock.advance(.microsecondsPerDay)
                if step % 4 == 3 {
                    _ = try await program.desk.settle()
                    try await program.keepSums(until: program.clock.now.advanced(byMicroseconds: -.microsecondsPerDay))
                    if step % 8 == 7 { try await Self.compare(program, reader) }
                }
            }
            program.clock.now = try await reader.end(of: month)
            _ = try await program.desk.settle()
            try await Self.compare(program, reader)
            let closed = try await program.perform("close\(round)", CloseMonth(month, of: "points"))
            #expect(!closed.isRefused, "seed \(seed): \(closed.body)")
            try await Self.compare(program, reader)
            month = month.next
        }
        #expect(try await reader.check("points").isWhole)
        // Months keep theirs, of other days only the last stays.
        let ends = try await reader.read { tables throws(Problem) in try tables.sumEnds(of: "points") }
        #expect(ends.map { $0.rfc3339.prefix(10) } == ["2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01"], "seed \(seed)")
        _ = try await program.records.engine.write { connection throws(Problem) in
            try connection.execute(
                "UPDATE point_sums SET amount = amount + 1 WHERE end_at = ? AND target_account = 'redeemed'",
                [.integer(ends[1].microseconds)])
        }
        #expect(try await reader.check("points").unequalSums == [ends[1]])
    }

    @Test(
        "L16, L17: months close by vintage and payer, however late each is closed, and stay what they were",
        arguments: RecordsEngine.here, Seeds.slices(12, most: 400))
    func closings(engine: RecordsEngine, seeds: Seeds) async throws {
        for seed in seeds.on(engine) {
            var random = SplitMix64(seed: seed)
            let program = try await TestProgram(
                try await engine.open(), clock: TestClock(Instant(rfc3339: "2026-01-05T00:00:00Z") ?? .epoch))
            let reader = ProgramReader(workspace: program.workspace, records: program.records)
            _ = try await program.perform("block", BuyBlock(300, of: "points", for: "roaster", price: 1))
            _ = try await program.earn("first", 50, "ann") { $0.fundedBy = "roaster" }
            let first = try #require(PointMonth(text: "2026-01"))
            var (month, closed) = (first, [PointMonth: String]())
            for step in 0 ..< 36 {
                try await program.randomDeed("0-\(step)", Self.names, &random)
                program.clock.advance(Int64(random.below(6)) * .microsecondsPerDay + Int64(random.below(1_000)))
                guard try await reader.end(of: month) <= program.clock.now, random.below(3) == 0 else { continue }
                if random.below(2) == 0 { _ = try await program.desk.settle() }
                let answer = try await program.perform("close-\(step)", CloseMonth(month, of: "points"))
                if answer.isRefused {
                    #expect(answer.codes == ["BOOKS_DUE"], "seed \(seed)")
                } else {
                    closed[month] = answer.body["report"]?.text
                    month = month.next
                }
            }
            _ = try await program.desk.settle()
            try await Self.compareRows(from: first, program, reader, "seed \(seed)")
            for (month, report) in closed {
                #expect(try await reader.report(month, of: "points").report.json.text == report, "seed \(seed), \(month)")
            }
            #expect(try await reader.closings(of: "points").count == closed.count)
            #expect(try await reader.check("points").isWhole, "seed \(seed)")
        }
    }

    /// Compares each row of each month with the entries of its vintage and payer.
    private static func compareRows(
        from first: PointMonth, _ program: TestProgram, _ reader: ProgramReader, _ place: String
    ) async throws {
        let entries = try await reader.allEntries(names)
        let calendar = try await reader.program().calendar
        var month = first
        while month.bounds(in: calendar).lowerBound <= program.clock.now {
            let bounds = month.bounds(in: calendar)
            let report = try await reader.report(month, of: "points").report
            #expect(report.isClosed, "\(place), \(month)")
            for row in report.rows {
                let own = entries.filter { $0.vintage == row.vintage && $0.fundedBy == row.fundedBy }
                let expected = PointRollForward(own, from: bounds.lowerBound, until: bounds.upperBound)
                #expect(row.figures == expected, "\(place), \(month), \(row.vintage)")
            }
            let total = PointRollForward(entries, from: bounds.lowerBound, until: bounds.upperBound)
            #expect(report.total == total, "\(place), \(month)")
            month = month.next
        }
    }

    /// Compares with slow twins: lots for what is owed, all entries for how months went.
    private static func compare(_ program: TestProgram, _ reader: ProgramReader) async throws {
        let lots = try await reader.read { tables throws(Problem) in
            try tables.list(
                """
                SELECT vintage, remaining + held, value_minor, value_points FROM point_lots
                WHERE workspace = ? AND currency = 'points' AND closed = 0
                """, tables.values()
            ) { reader throws(Problem) in
                (
                    vintage: try reader.integer(), left: try reader.integer(),
                    value: PointValue(minor: try reader.integer(), points: try reader.integer())
                )
            }
        }
        var owed: [Int64: [PointValue: Int64]] = [:]
        for lot in lots { owed[lot.vintage, default: [:]][lot.value, default: 0] += lot.left }
        let expected = owed.sorted { $0.key < $1.key }.map { vintage, points in
            PointLiability(
                vintage: vintage, points: points.values.reduce(0, +), worth: points.reduce(0) { $0 + $1.key.of($1.value) })
        }
        #expect(try await reader.liability(of: "points") == expected)
        let entries = try await reader.allEntries(names)
        for text in ["2026-01", "2026-02", "2026-03", "2026-04"] {
            guard let month = PointMonth(text: text) else { continue }
            let bounds = month.bounds(in: try await reader.program().calendar)
            let total = PointRollForward(entries, from: bounds.lowerBound, until: bounds.upperBound)
            #expect(try await reader.report(month, of: "points").report.total == total, "\(text)")
        }
    }

    @Test("points that cannot be counted are told so")
    func tooMany() async throws {
        let program = try await TestProgram()
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        for (number, name) in Self.names.enumerated() {
            let block = BuyBlock(100, of: "points", for: name, price: 0)
            _ = try await program.perform("block\(number)", block)
            _ = try await program.earn("much\(number)", 100, name) { $0.fundedBy = number == 0 ? nil : name }
        }
        // As many members together have.
        _ = try await program.records.engine.write { connection throws(Problem) in
            try connection.execute("UPDATE point_entries SET amount = ?", [.integer(.max - 10)])
        }
        await #expect(throws: Problem.self) { try await reader.liability(of: "points") }
        let march = try #require(PointMonth(text: "2026-03"))
        await #expect(throws: Problem.self) { try await reader.report(march, of: "points") }
    }
}

extension ProgramReader {
    fileprivate func end(of month: PointMonth) async throws -> Instant {
        month.bounds(in: try await program().calendar).upperBound
    }

    /// The entries of some members, whoever's first.
    func allEntries(_ names: [String]) async throws -> [PointEntry] {
        var all: [PointEntry] = []
        for name in names {
            guard let member = try await member(TestProgram.member(name))?.member.id else { continue }
            all += try await entries(of: member, in: "points", limit: 100_000).reversed().map(\.entry)
        }
        return all
    }
}

extension TestProgram {
    /// Keeps sums until the beginning of a day.
    func keepSums(until instant: Instant) async throws {
        let calendar = try await ProgramReader(workspace: workspace, records: records).program().calendar
        let end = calendar.start(of: calendar.date(at: instant))
        #expect(try await desk.keepSums(of: "points", until: end, by: .server))
    }

    /// Gives points that are earned from now on another worth.
    func revalue(_ value: PointValue) async throws {
        var settings = TestProgram.settings
        settings.currencies[0].value = value
        _ = try await perform("revalue", SetProgram(settings))
    }

    /// Something that members do with points; some of it is refused.
    func randomDeed(_ id: String, _ names: [String], _ random: inout SplitMix64) async throws {
        let name = names[Int.random(in: 0 ..< names.count, using: &random)]
        let other = names[Int.random(in: 0 ..< names.count, using: &random)]
        let amount = Int64.random(in: 1 ... 90, using: &random)
        let days = Int64.random(in: 3 ... 70, using: &random)
        let now = clock.now
        switch Int.random(in: 0 ..< 9, using: &random) {
        case 0 ... 3:
            _ = try await earn(id, amount, name) {
                $0.units = 3
                $0.expiresAt = now.advanced(byMicroseconds: days * .microsecondsPerDay)
                if days % 5 == 0 { $0.start = .at(now.advanced(byMicroseconds: .microsecondsPerDay)) }
            }
        case 4, 5: _ = try await spend(id, .burn(amount, place: nil), name)
        case 6:
            let transfer = TransferPoints(amount, of: "points", from: TestProgram.member(name), to: TestProgram.member(other))
            _ = try await perform(id, transfer)
        case 7:
            let round = id.prefix { $0 != "-" }
            let source = PointSource(id: "\(round)-\(Int.random(in: 0 ..< 25, using: &random))")
            _ = try await perform(id, TakeBackPoints(.returned(units: 1), of: "points", earnedFor: source))
        default:
            _ = try await perform(
                id, AdjustPoints(amount - 45, of: "points", for: TestProgram.member(name), reason: .goodwill, note: ""))
        }
    }
}
