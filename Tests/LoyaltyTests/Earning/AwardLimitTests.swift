import Model
import Records
import TestSupport
import Testing

@testable import Loyalty

/// What is taken back of an award is there to be given again.
struct AwardLimitTests {
    /// 100 points a visit, from a budget of 150 and 120 a member.
    private static func program(
        _ engine: RecordsEngine, awaits: Bool = false, shortfall: PointRules.Shortfall = .debt
    ) async throws -> TestProgram {
        var club = TestProgram.settings
        club.currencies[0].rules.shortfall = shortfall
        let program = try await TestProgram(try await engine.open(), settings: club)
        var settings = EarningProgram(id: "club", name: "Club", currency: .cny)
        var rule = EarningRule(
            id: "visit", name: "A visit", trigger: .event("Store Visited"), base: EarningAmount(100, by: .event))
        rule.caps.budget = 150
        rule.caps.member = [.init(120, per: .ever)]
        if awaits { rule.terms.pending = .awaited(days: 3) }
        settings.rules = [rule]
        try await program.earns(by: settings)
        return program
    }

    private static func visit(_ name: String, _ member: String, _ program: TestProgram) async throws -> Int64? {
        program.clock.advance(1_000)
        let event = EarningEvent(.event("Store Visited"), source: name, at: program.clock.now)
        let answer = try await program.perform(name, AwardEvent(EventWish(event, of: TestProgram.member(member), in: "club")))
        #expect(!answer.isRefused, "\(answer.body.text)")
        return answer.body["points"]?.intValue
    }

    private static func take(
        _ id: String, _ reason: TakeBackPoints.Reason, of visit: String, _ program: TestProgram
    ) async throws -> ProgramAnswer {
        let source = PointSource(id: visit, line: "", rule: "visit")
        return try await program.perform(id, TakeBackPoints(reason, of: "points", earnedFor: source))
    }

    @Test(
        "budget and caps have back what a dispute or a return takes, once, whatever was spent of it", arguments: RecordsEngine.here)
    func takenBack(engine: RecordsEngine) async throws {
        let program = try await Self.program(engine)
        #expect(try await Self.visit("a", "ann", program) == 100)
        #expect(try await Self.visit("b", "bob", program) == 50)
        #expect(try await Self.visit("c", "cy", program) == 0)
        _ = try await program.spend("spend", .burn(90, place: nil), "ann")
        let disputed = try await Self.take("t1", .disputed(30), of: "a", program)
        #expect(disputed.body["taken"] == 30 && disputed.body["balance"]?["debt"] == 20)
        // The rest of what is returned, and no more than was given.
        #expect(try await Self.take("t2", .returned(units: 1), of: "a", program).body["taken"] == 70)
        #expect(try await Self.take("t2", .returned(units: 1), of: "a", program).isReplayed)
        #expect(try await Self.take("t3", .returned(units: 1), of: "a", program).codes == ["EXCEEDS_ORIGINAL"])
        #expect(try await Self.visit("d", "bob", program) == 70, "bob has 120 at most")
        #expect(try await Self.visit("e", "ann", program) == 30, "of the budget")
        #expect(try await Self.visit("f", "cy", program) == 0)
    }

    @Test("the heir's caps have back what a merged member had taken", arguments: RecordsEngine.here)
    func merged(engine: RecordsEngine) async throws {
        let program = try await Self.program(engine)
        #expect(try await Self.visit("a", "ann", program) == 100)
        _ = try await program.perform("bob", EnrolMember(Identity(type: .userID, value: "bob")))
        _ = try await program.perform("m", MergeMembers(TestProgram.member("ann"), into: TestProgram.member("bob")))
        #expect(try await Self.visit("b", "bob", program) == 20, "of 120 a member")
        #expect(try await Self.take("t", .disputed(60), of: "a", program).body["taken"] == 60)
        #expect(try await Self.visit("c", "bob", program) == 60)
    }

    @Test(
        "what is written off does not come back to budget and caps, of whoever was merged neither", arguments: RecordsEngine.here,
        [false, true])
    func writtenOff(engine: RecordsEngine, isMerged: Bool) async throws {
        let program = try await Self.program(engine, shortfall: .writeOff)
        #expect(try await Self.visit("a", "ann", program) == 100)
        _ = try await program.spend("spend", .burn(90, place: nil), "ann")
        _ = try await program.perform("bob", EnrolMember(Identity(type: .userID, value: "bob")))
        if isMerged {
            _ = try await program.perform("m", MergeMembers(TestProgram.member("ann"), into: TestProgram.member("bob")))
        }
        let taken = try await Self.take("t", .disputed(60), of: "a", program)
        #expect(taken.body["taken"] == 10 && taken.body["balance"]?["debt"] == 0, "\(taken.body)")
        #expect(try await Self.visit("b", isMerged ? "bob" : "ann", program) == 30, "of 120 a member")
        #expect(try await Self.visit("c", "cy", program) == 30, "of the budget of 150")
    }

    @Test("what nobody confirmed is there to be given again, and is never taken back a second time", arguments: RecordsEngine.here)
    func givenUp(engine: RecordsEngine) async throws {
        let program = try await Self.program(engine, awaits: true)
        #expect(try await Self.visit("a", "ann", program) == 100)
        #expect(try await Self.visit("b", "bob", program) == 50)
        #expect(try await Self.take("t1", .disputed(20), of: "a", program).body["taken"] == 20)
        program.clock.advance(4 * .microsecondsPerDay)
        #expect(try await program.desk.settle() == 2)
        for (id, reason) in [("t2", TakeBackPoints.Reason.disputed(30)), ("t3", .returned(units: 1))] {
            let taken = try await Self.take(id, reason, of: "a", program)
            #expect(taken.body["taken"] == 0 && taken.body["balance"]?["debt"] == 0, "\(taken.body)")
        }
        #expect(try await Self.visit("c", "ann", program) == 100)
        #expect(try await Self.visit("d", "bob", program) == 50)
        #expect(try await program.reader.check("points").isWhole)
    }
}
