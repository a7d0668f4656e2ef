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
