import Model
import Records
import TestSupport
import Testing

@testable import Loyalty

/// Taking back what was earned by somebody, or at a time, that is no more.
struct TakeBackTests {
    private static let source = PointSource(id: "order")
    private static let returned = TakeBackPoints(.returned(units: 1), of: "points", earnedFor: source)

    private static func merge(_ name: String, into heir: String) -> MergeMembers {
        MergeMembers(TestProgram.member(name), into: TestProgram.member(heir))
    }

    @Test(
        "what a merged member had earned is taken back from whom they were merged into, whole and again in parts",
        arguments: RecordsEngine.here)
    func merged(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        _ = try await program.earn("order", 100, "ann") { $0.units = 2 }
        _ = try await program.earn("b", 30, "bob")
        _ = try await program.earn("c", 1, "cy")
        _ = try await program.perform("m", Self.merge("ann", into: "bob"))
        _ = try await program.perform("n", Self.merge("bob", into: "cy"))
        let taken = try await program.perform("t", Self.returned)
        #expect(taken.body["taken"] == 50)
        #expect(try await program.spend("x", .burn(81, place: nil), "cy").available == 0)
        // What is missing is owed by who is there to owe it.
        let more = try await program.perform("u", Self.returned)
        #expect(more.body["taken"] == 50)
        #expect(try await program.earn("d", 60, "cy").available == 10)
        let whole = try await ProgramReader(workspace: program.workspace, records: program.records).check("points")
        #expect(whole.isWhole, "\(whole)")
    }

    /// A program, and Ann, who has become Bob, who has become Cy.
    private static func merging(
        _ engine: RecordsEngine, _ shortfall: PointRules.Shortfall, _ earn: (TestProgram) async throws -> Void
    ) async throws -> TestProgram {
        var settings = TestProgram.settings
        settings.currencies[0].rules.shortfall = shortfall
        let program = try await TestProgram(try await engine.open(), settings: settings)
        try await earn(program)
        #expect(try await !program.perform("m", Self.merge("ann", into: "bob")).isRefused)
        #expect(try await !program.perform("n", Self.merge("bob", into: "cy")).isRefused)
        return program
    }

    private static func day(_ text: String) -> Instant { Instant(rfc3339: text + "T00:00:00Z") ?? .epoch }

    /// What is left of each source, pending or not, in the book of Cy.
    private static func left(_ program: TestProgram) async throws -> [String: Int64] {
        let cy = try #require(try await program.reader.member(TestProgram.member("cy"))?.member.id)
        let book = try await program.reader.book(of: cy, in: TestProgram.settings.currencies[0], at: program.clock.now)
        return book.openLots.reduce(into: [:]) { $0[$1.source.id, default: 0] += $1.quantities.remaining }
    }

    @Test(
        "where shortfalls are written off the heir's points are taken, of the merged member's lot first, then what ends soonest",
        arguments: RecordsEngine.here)
    func writtenOff(engine: RecordsEngine) async throws {
        let program = try await Self.merging(engine, .writeOff) { program in
            _ = try await program.earn("order", 100, "ann") { ($0.units, $0.expiresAt) = (2, Self.day("2027-01-01")) }
            _ = try await program.earn("late", 40, "ann") { $0.start = .at(Self.day("2026-09-01")) }
            _ = try await program.spend("a", .burn(30, place: nil), "ann")
            _ = try await program.earn("bob", 30, "bob") { $0.expiresAt = Self.day("2026-06-01") }
            _ = try await program.earn("cy", 15, "cy") { $0.expiresAt = Self.day("2026-05-01") }
        }
        let held = try await program.spend("h", .hold(10, place: nil, seconds: 86_400), "cy")
        #expect(held.available == 105)
        #expect(try await program.perform("1", Self.returned).body["taken"] == 50)
        #expect(try await Self.left(program) == ["order": 20, "late": 40, "bob": 30, "cy": 5])
        let pending = TakeBackPoints(.disputed(15), of: "points", earnedFor: PointSource(id: "late"))
        #expect(try await program.perform("2", pending).body["taken"] == 15)
        #expect(try await Self.left(program) == ["order": 20, "late": 25, "bob": 30, "cy": 5])
        #expect(try await program.perform("3", Self.returned).body["taken"] == 50)
        #expect(try await Self.left(program).filter { $0.value > 0 } == ["late": 25, "bob": 5])
        // What is held or pending is not taken for what others had earned, and what is missing is nobody's debt.
        let rest = TakeBackPoints(.returned(units: 1), of: "points", earnedFor: PointSource(id: "bob"))
        #expect(try await program.perform("4", rest).body["taken"] == 5)
        let released = try await program.spend("r", .release(PointID(try #require(held.body["hold"]?.intValue))), "cy")
        #expect(released.available == 10)
        let next = try await program.earn("next", 60, "cy")
        #expect(next.available == 70 && next.body["balance"]?["debt"] == 0 && next.body["balance"]?["pending"] == 25)
        let whole = try await program.reader.check("points")
        #expect(whole.isWhole, "\(whole)")
    }

    @Test(
        "what is given up after a merge is not taken a second time, nor owed, whoever had it then", arguments: RecordsEngine.here,
        [PointRules.Shortfall.debt, .writeOff])
    func givenUpAfterMerge(engine: RecordsEngine, shortfall: PointRules.Shortfall) async throws {
        let program = try await Self.merging(engine, shortfall) { program in
            _ = try await program.earn("order", 100, "ann") {
                ($0.units, $0.start) = (2, .awaited(until: Self.day("2026-03-10")))
            }
            _ = try await program.earn("bob", 1, "bob")
            _ = try await program.earn("cy", 70, "cy")
        }
        let early = try await program.perform("0", Self.returned)
        #expect(early.body["taken"] == 50, "while it waits it is there to be taken")
        program.clock.now = Self.day("2026-03-11")
        let disputed = TakeBackPoints(.disputed(20), of: "points", earnedFor: Self.source)
        for (id, command) in [("1", disputed), ("2", Self.returned)] {
            let taken = try await program.perform(id, command)
            #expect(taken.body["taken"] == 0 && taken.body["balance"]?["debt"] == 0, "\(taken.body.text)")
            #expect(try await Self.left(program) == ["bob": 1, "cy": 70])
        }
        #expect(try await program.perform("3", Self.returned).codes == ["EXCEEDS_ORIGINAL"])
        #expect(try await program.earn("next", 5, "cy").available == 76, "nothing is owed")
        #expect(try await program.reader.check("points").isWhole)
    }

    @Test("nothing is taken back in a closed month by a clock that went back", arguments: RecordsEngine.here)
    func closedMonth(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        _ = try await program.earn("order", 100, "ann") { $0.units = 2 }
        let march = program.clock.now
        program.clock.advance(40 * .microsecondsPerDay)
        let month = PointMonth(holding: LocalDate(text: "2026-03-01") ?? LocalDate(daysSinceEpoch: 0))
        #expect(try await !program.perform("close", CloseMonth(month, of: "points")).isRefused)
        program.clock.now = march.advanced(byMicroseconds: .microsecondsPerDay)
        // Another server, whose clock is wrong.
        let request = ProgramRequest(id: "t", actor: .server, command: Self.returned)
        #expect(try await program.secondDesk.perform(request).codes == ["PERIOD_CLOSED"])
        program.clock.advance(60 * .microsecondsPerDay)
        #expect(try await program.perform("u", Self.returned).body["taken"] == 50)
    }
}
