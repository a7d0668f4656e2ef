import Model
import OrderedCollections
import Records
import TestSupport
import Testing

@testable import Loyalty

/// Earning programs are kept, events are awarded once, and limits outlast the desk.
struct EarningDeskTests {
    private static func event(_ source: String, _ program: TestProgram, tea yuan: Int64 = 50) -> EarningEvent {
        var event = EarningEvent(.event("Order Completed"), source: source, at: program.clock.now)
        event.currency = .cny
        event.lines = [EarningLine(product: "tea", units: 2, listAmount: yuan * 100)]
        return event
    }

    private static func wish(_ event: EarningEvent, of member: String?) -> EventWish {
        EventWish(event, of: member.map(TestProgram.member), in: "club")
    }

    private static func preview(_ program: TestProgram, _ wish: EventWish) async throws -> EarningPlan? {
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        return try await reader.preview(wish, TestProgram.settings, ZoneCalendar(zone: .utc))
    }

    @Test("A version is drafted, reviewed, scheduled, and decides from then on")
    func versions() async throws {
        let program = try await TestProgram()
        let early = program.clock.now
        let settings = OrderTests.program
        #expect(try await program.perform("a", ChangeEarning(.review(1), of: "club")).codes == ["EARNING_PROGRAM_UNKNOWN"])
        #expect(try await program.perform("b", ChangeEarning(.draft(settings), of: "other")).codes == ["OTHER_PROGRAM"])
        var miles = settings
        miles.points = "miles"
        #expect(try await program.perform("c", ChangeEarning(.draft(miles), of: "club")).codes == ["CURRENCY_UNKNOWN"])
        #expect(try await program.perform("d", ChangeEarning(.draft(settings), of: "club")).body["version"] == 1)
        #expect(try await program.perform("e", ChangeEarning(.schedule(1, from: nil), of: "club")).codes == ["VERSION_STATUS"])
        #expect(try await program.perform("f", ChangeEarning(.review(1), of: "club")).body["status"] == "reviewed")
        #expect(try await program.perform("g", ChangeEarning(.edit(1, settings), of: "club")).body["status"] == "draft")
        #expect(try await program.perform("h", AwardEvent(Self.wish(Self.event("o", program), of: "ann"))).codes == ["NO_VERSION"])
        #expect(try await program.perform("i", ChangeEarning(.review(1), of: "club")).body["status"] == "reviewed")
        program.clock.advance(1_000)
        #expect(try await program.perform("j", ChangeEarning(.schedule(1, from: nil), of: "club")).body["status"] == "live")
        program.clock.advance(1_000)
        #expect(try await program.perform("k", AwardEvent(Self.wish(Self.event("o", program), of: "ann"))).available == 50)
        // Late events are judged by what was live when they happened.
        var late = Self.event("late", program)
        late.at = early
        #expect(try await program.perform("l", AwardEvent(Self.wish(late, of: "ann"))).codes == ["NO_VERSION"])
        late.at = program.clock.now.advanced(byMicroseconds: .microsecondsPerDay)
        #expect(try await program.perform("m", AwardEvent(Self.wish(late, of: "ann"))).codes == ["IN_FUTURE"])
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        let kept = try await reader.earningVersions("club")
        #expect(kept.versions.count == 1 && kept.versions[0].program == settings)
        #expect(try await reader.earningPrograms() == ["club"])
        #expect(try await reader.earningVersions("other").versions.isEmpty)
    }

    @Test("N1: what is previewed is given, and the next one finds the cap lower, at another desk too")
    func caps() async throws {
        let program = try await TestProgram()
        var settings = OrderTests.program
        settings.rules[0].caps.member = [.init(80, per: .day)]
        settings.rules[0].terms.pending = .days(14)
        try await program.earns(by: settings)
        let wish = Self.wish(Self.event("o1", program), of: "ann")
        let preview = try #require(try await Self.preview(program, wish))
        let anonymous = try await Self.preview(program, Self.wish(Self.event("o1", program), of: nil))
        #expect(preview.points == 50 && anonymous?.points == 50)
        let award = try await program.perform("a", AwardEvent(wish))
        #expect(award.body["awards"] == preview.json["awards"] && award.body["balance"]?["pending"] == 50)
        #expect(try await program.perform("a", AwardEvent(wish)).isReplayed)
        #expect(try await program.perform("b", AwardEvent(wish)).codes == ["ALREADY_EARNED"], "whatever the command's id")

        let other = TestProgram(program.records, program.clock)
        let second = Self.wish(Self.event("o2", program), of: "ann")
        let next = try #require(try await Self.preview(program, second))
        #expect(next.points == 30 && next.awards[0].trims.map(\.points) == [20])
        let trimmed = try await other.perform("c", AwardEvent(second))
        #expect(trimmed.body["points"] == 30 && trimmed.body["awards"] == next.json["awards"])
        #expect(trimmed.body["balance"]?["pending"] == 80)
        program.clock.advance(.microsecondsPerDay)
        #expect(try await other.perform("d", AwardEvent(Self.wish(Self.event("o3", program), of: "ann"))).body["points"] == 50)
    }

    @Test("N7: a hundred awards at once at two servers give no more than the budget, and all of it", arguments: RecordsEngine.here)
    func budget(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        let desks = [program.desk, program.secondDesk]
        var settings = OrderTests.program
        settings.caps.budget = 1_234
        try await program.earns(by: settings)
        let event = Self.event("", program)
        let points = try await withThrowingTaskGroup(of: Int64.self) { tasks in
            for number in 0 ..< 100 {
                tasks.addTask {
                    var event = event
                    event.source = "o\(number)"
                    let request = ProgramRequest(
                        id: "c\(number)", actor: .server, command: AwardEvent(Self.wish(event, of: "m\(number % 7)")))
                    return try await desks[number % 2].perform(request).body["points"]?.intValue ?? -1
                }
            }
            return try await tasks.reduce(into: []) { $0.append($1) }
        }
        #expect(points.reduce(0, +) == 1_234 && points.filter { $0 == 50 }.count == 24 && points.min() == 0)
    }
}

extension TestProgram {
    /// Another desk over the same records, as after a restart.
    init(_ records: RecordStore, _ clock: TestClock) {
        self.records = records
        self.clock = clock
        workspace = WorkspaceID(text: "ws_0000000000000000")
        desk = ProgramDesk(workspace: workspace, records: records, clock: clock)
    }

    /// Makes an earning program live from now on.
    func earns(by settings: EarningProgram) async throws {
        for (number, deed) in [ChangeEarning.Deed.draft(settings), .review(1), .schedule(1, from: nil)].enumerated() {
            let answer = try await perform("earning-\(number)", ChangeEarning(deed, of: settings.id))
            #expect(!answer.isRefused, "\(answer.body.text)")
        }
        clock.advance(1_000)
    }
}
