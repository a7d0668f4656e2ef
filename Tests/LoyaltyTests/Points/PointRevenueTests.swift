import Model
import Records
import TestSupport
import Testing

@testable import Loyalty

/// Money that was taken for points becomes revenue as they are spent.
struct PointRevenueTests {
    /// 10,000 points, of which so many were spent.
    private static func cohort(_ spent: Int64) -> PointCohort {
        PointCohort(outstanding: 10_000 - spent, fulfilled: spent, lapsed: 0, allocation: 9_000)
    }

    @Test("G8 money × spent ÷ expected, and what another estimate makes of it")
    func golden() {
        let first = Self.cohort(4_500).recognized(9_700)
        #expect(first == 4_175)
        #expect(Self.cohort(8_500).recognized(9_900) - first == 3_552)
        #expect(Self.cohort(8_500).recognized(9_200) - first == 4_140)
    }

    @Test(
        "revenue by what became of a vintage",
        arguments: [
            // outstanding, fulfilled, lapsed, allocation, share, expected, recognized
            (100, 0, 0, 500, 10_000, 100, 0), (0, 0, 0, 0, 10_000, 0, 0), (50, 50, 0, 500, 10_000, 100, 250),
            // What is left can be spent at most: lapsing makes revenue by and by.
            (40, 50, 10, 500, 10_000, 90, 277), (0, 50, 50, 500, 10_000, 50, 500), (0, 0, 100, 500, 10_000, 0, 500),
            // More than expected was spent already, or less than expected is left.
            (10, 90, 0, 500, 5_000, 90, 500), (1, 0, 99, 500, 9_000, 1, 0), (999, 1, 0, 7, 1, 1, 7),
            // An estimate is rounded up, money down.
            (2, 1, 0, 100, 5_000, 2, 50), (Int64.max / 2, Int64.max / 2, 0, Int64.max, 10_000, Int64.max - 1, Int64.max / 2),
        ] as [(Int64, Int64, Int64, Int64, Int64, Int64, Int64)])
    func table(
        outstanding: Int64, fulfilled: Int64, lapsed: Int64, allocation: Int64, share: Int64, expected: Int64, revenue: Int64
    ) {
        let cohort = PointCohort(outstanding: outstanding, fulfilled: fulfilled, lapsed: lapsed, allocation: allocation)
        #expect(cohort.expected(share) == expected)
        #expect(cohort.recognized(share) == revenue)
    }

    @Test(
        "revenue is between nothing and all, grows with spending, lapsing and lower estimates, and ends with all",
        arguments: Seeds.slices(400))
    func properties(seeds: Seeds) {
        for seed in seeds {
            var random = SplitMix64(seed: seed)
            let scale: Int64 = [10, 1_000, 1_000_000_000_000].randomElement(using: &random) ?? 10
            var cohort = PointCohort(
                outstanding: .random(in: 1 ... scale, using: &random), fulfilled: 0, lapsed: 0,
                allocation: .random(in: 0 ... scale, using: &random))
            let share = Int64.random(in: 1 ... PointCohort.shareMax, using: &random)
            let lower = Int64.random(in: 1 ... share, using: &random)
            var last = cohort.recognized(share)
            #expect(last == 0, "seed \(seed)")
            while cohort.outstanding > 0 {
                let count = Int64.random(in: 1 ... cohort.outstanding, using: &random)
                cohort.outstanding -= count
                if Bool.random(using: &random) { cohort.fulfilled += count } else { cohort.lapsed += count }
                let now = cohort.recognized(share)
                #expect(last <= now && now <= cohort.allocation && now <= cohort.recognized(lower), "seed \(seed): \(cohort)")
                last = now
            }
            #expect(last == cohort.allocation, "seed \(seed): \(cohort)")
        }
    }

    @Test(
        "months close row by row, begin where the last ended, and stand as they were closed", arguments: RecordsEngine.here,
        UInt64(0) ..< 3)
    func months(engine: RecordsEngine, seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let program = try await TestProgram(
            try await engine.open(), clock: TestClock(Instant(rfc3339: "2026-01-05T00:00:00Z") ?? .epoch))
        try await program.revalue(PointValue(minor: 7, points: 3))
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        var (month, deferred) = (try #require(PointMonth(text: "2026-01")), Int64(0))
        var kept: [PointMonth: String] = [:]
        for round in 0 ..< 4 {
            for step in 0 ..< 25 {
                try await program.randomDeed("\(round)-\(step)", ["ann", "bob", "cy"], &random)
                program.clock.advance(.microsecondsPerDay)
            }
            let share = Int64.random(in: 1 ... 10_000, using: &random)
            _ = try await program.perform(
                "estimate\(round)", SignEstimate(share, of: "points", from: month.next, note: "by last year's months"))
            program.clock.now = month.bounds(in: try await reader.program().calendar).upperBound
            _ = try await program.desk.settle()
            let closed = try await program.perform("close\(round)", CloseMonth(month, of: "points"))
            let revenue = try await reader.revenue(month, of: "points")
            #expect(closed.body["revenue"]?.text == revenue.kept && revenue.report.json.text == revenue.kept)
            #expect(revenue.report.isClosed && revenue.report.total.opening == deferred, "seed \(seed): \(revenue.report.total)")
            #expect(revenue.report.rows.allSatisfy { $0.figures.deferred >= 0 && $0.recognizedInAll >= 0 })
            deferred = revenue.report.total.deferred
            kept[month] = revenue.kept
            month = month.next
        }
        for (month, kept) in kept { #expect(try await reader.revenue(month, of: "points").report.json.text == kept, "\(month)") }
    }

    @Test("an estimate counts from its month on, is signed, and changes no closed month")
    func estimates() async throws {
        let program = try await TestProgram()
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        let march = try #require(PointMonth(text: "2026-03"))
        func sign(
            _ id: String, _ share: Int64, from month: PointMonth, _ vintages: [PointMonth: Int64] = [:]
        ) async throws -> ProgramAnswer {
            try await program.perform(id, SignEstimate(share, of: "points", from: month, vintages: vintages, note: "by hand"))
        }
        _ = try await program.earn("a", 10_000, "ann")
        _ = try await program.spend("b", .burn(4_500, place: nil), "ann")
        #expect(try await reader.revenue(march, of: "points").report.total.recognized == 4_500)
        #expect(try await sign("1", 9_700, from: march).body["version"] == 1)
        #expect(try await reader.revenue(march, of: "points").report.total.recognized == 4_639)
        _ = try await sign("2", 1, from: march.next.next)
        _ = try await sign("3", 5_000, from: march.next, [march: 9_000])
        program.clock.now = march.next.bounds(in: try await reader.program().calendar).lowerBound
        #expect(try await !program.perform("close", CloseMonth(march, of: "points")).isRefused)
        let april = try await reader.revenue(march.next, of: "points").report
        // 4,500 of 9,000 instead of 9,700: what was spent before counts more.
        #expect(april.estimate?.version == 3 && april.total.catchUp == 361 && april.total.recognized == 361)
        #expect(april.rows.map(\.share) == [9_000])
        #expect(try await sign("4", 8_000, from: march).codes == ["PERIOD_CLOSED"])
        #expect(try await sign("5", 0, from: march.next).codes == ["ESTIMATE_SHARE"])
        let wrong = SignEstimate(10_001, of: "points", from: march.next, note: " ")
        #expect(try await program.perform("6", wrong).codes == ["ESTIMATE_SHARE", "ESTIMATE_NOTE"])
        #expect(try await reader.estimates(of: "points").map(\.signedBy) == ["server", "server", "server"])
        #expect(try await reader.revenue(march, of: "points").report.total.recognized == 4_639)
    }

    @Test("points taken back take their money with them; a debt is no revenue again")
    func takenBack() async throws {
        let program = try await TestProgram()
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        let march = try #require(PointMonth(text: "2026-03"))
        _ = try await program.earn("a", 100, "ann")
        _ = try await program.spend("b", .burn(60, place: nil), "ann")
        _ = try await program.perform("c", TakeBackPoints(.disputed(100), of: "points", earnedFor: PointSource(id: "a")))
        var total = try await reader.revenue(march, of: "points").report.total
        #expect(total.allocated == 60 && total.recognized == 60 && total.deferred == 0, "\(total)")
        _ = try await program.earn("d", 100, "ann")
        total = try await reader.revenue(march, of: "points").report.total
        #expect(total.allocated == 100 && total.recognized == 60 && total.deferred == 40, "\(total)")
    }
}
