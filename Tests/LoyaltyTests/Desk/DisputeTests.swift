import Model
import TestSupport
import Testing

@testable import Loyalty

@Suite("What happened to one order") struct DisputeTests {
    @Test("commands about it, refused ones too, what they booked, and nothing of others", arguments: RecordsEngine.here)
    func story(engine: RecordsEngine) async throws {
        let program = try await TestProgram(engine.open())
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        let (ann, bob) = (TestProgram.member("ann"), TestProgram.member("bob"))
        func earn(_ id: String, _ who: MemberWish, _ source: String) async throws {
            _ = try await program.perform(id, EarnPoints(100, of: "points", to: who, for: PointSource(id: source)))
            program.clock.advance(.microsecondsPerSecond)
        }
        try await earn("e1", ann, #"o_1"%"#)
        try await earn("e2", ann, "o-1")
        try await earn("e3", bob, #"o_1"%"#)
        _ = try await program.perform("t", TakeBackPoints(.returned(units: 1), of: "points", earnedFor: PointSource(id: #"o_1"%"#)))
        let file = try await reader.dispute(about: #"o_1"%"#, in: ["points", "stars"])
        #expect(file.commands.map(\.id) == ["e1", "e3", "t"] && !file.isCut)
        #expect(file.commands.map(\.answer.isRefused) == [false, true, false])
        #expect(file.entries.map(\.entry.entry.kind) == [.earned, .revoked])
        #expect(Set(file.entries.map(\.member)) == Set(file.commands[0].members))
        #expect(try await reader.dispute(about: "e2", in: ["points"]).commands.map(\.id) == ["e2"])
        let none = try await reader.dispute(about: "O_1", in: ["points"])
        #expect(none.commands.isEmpty && none.entries.isEmpty)
    }
}
