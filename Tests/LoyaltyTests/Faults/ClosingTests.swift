import Dispatch
import Model
import Records
import Synchronization
import TestSupport
import Testing

@testable import Loyalty

/// A month that one server closes while another still books into it.
@Suite("A month closes beside bookings", .serialized) struct ClosingTests {
    private static let march = PointMonth(holding: LocalDate(text: "2026-03-01") ?? LocalDate(daysSinceEpoch: 0))

    /// Where the booking of the other server stops until the month is being closed.
    enum Stop: CaseIterable, Sendable {
        case beforeBooking, afterBooking
    }

    @Test(
        "what another server is booking is in the month's report, or refused", arguments: RecordsEngine.here, Stop.allCases)
    func oneBooking(engine: RecordsEngine, stop: Stop) async throws {
        let clock = TestClock(Instant(rfc3339: "2026-03-31T23:59:59Z") ?? .epoch)
        let program = try await TestProgram(try await engine.open(), clock: clock)
        _ = try await program.earn("first", 100, "ann")
        // The clock of the server that closes is ahead.
        let april = TestClock(Instant(rfc3339: "2026-04-01T00:00:01Z") ?? .epoch)
        let closer = ProgramDesk(workspace: program.workspace, records: program.records, clock: april)
        let late = EarnPoints(7, of: "points", to: TestProgram.member("bob"), for: PointSource(id: "late"))
        try await Self.closeMarch(program, closer, beside: late, stop)
    }

    @Test(
        "what another server dates back is in the month's report, or refused", arguments: RecordsEngine.here, Stop.allCases)
    func oneDatedBack(engine: RecordsEngine, stop: Stop) async throws {
        // Into a day in which something was booked before, and into another.
        for day in ["2026-03-10", "2026-03-20"] {
            let (program, late) = try await Self.datingBack(to: day, engine)
            try await Self.closeMarch(program, program.secondDesk, beside: late, stop)
        }
    }

    @Test(
        "what another server dates back into days that are summed up is in their sums, or refused", arguments: RecordsEngine.here,
        Stop.allCases)
    func oneDatedBackIntoSums(engine: RecordsEngine, stop: Stop) async throws {
        for day in ["2026-03-10", "2026-03-20"] {
            let (program, late) = try await Self.datingBack(to: day, engine)
            let desk = program.secondDesk
            let (booking, isKept) = try await Self.race(program, late, stop) {
                try await desk.keepSums(of: "points", until: Self.instant("2026-03-25T00:00:00Z"), by: .server)
            }
            #expect(isKept)
            #expect(!booking.isRefused || booking.codes == ["PERIOD_CLOSED"], "\(booking.body)")
            let reader = ProgramReader(workspace: program.workspace, records: program.records)
            #expect(try await reader.check("points").isWhole)
            let owed = try await reader.liability(of: "points").reduce(0) { $0 + $1.points }
            #expect(owed == (booking.isRefused ? 101 : 108), "\(day)")
        }
    }

    @Test("what another server takes over counts for the cut-over, or is refused", arguments: RecordsEngine.here, Stop.allCases)
    func cutover(engine: RecordsEngine, stop: Stop) async throws {
        let program = try await TestProgram(try await engine.open())
        _ = try await program.perform("1", Self.file("1", 100, "ann"))
        let end = ProgramRequest(id: "end", actor: .server, command: CloseOpening(of: "points", total: 100))
        let desk = program.secondDesk
        let (taking, ending) = try await Self.race(program, Self.file("2", 50, "bob"), stop) { try await desk.perform(end) }
        #expect(taking.isRefused != ending.isRefused, "\(taking.body), \(ending.body)")
        #expect(taking.codes + ending.codes == [taking.isRefused ? "OPENING_CLOSED" : "OPENING_TOTAL_DIFFERS"])
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        let opening = try await reader.opening(of: "points")
        #expect(opening.points == (taking.isRefused ? 100 : 150) && (opening.closedAt != nil) == taking.isRefused)
    }

    private static func instant(_ text: String) -> Instant { Instant(rfc3339: text) ?? .epoch }

    private static func file(_ row: String, _ amount: Int64, _ name: String) -> ImportPoints {
        let lot = OpeningLot(row, amount, of: TestProgram.member(name), earnedAt: instant("2025-06-15T00:00:00Z"))
        return ImportPoints([.lot(lot)], of: "points", total: amount)
    }

    /// 100 points on 10 March and 1 today, in April, and 7 more that shall count on a day of March.
    private static func datingBack(to day: String, _ engine: RecordsEngine) async throws -> (TestProgram, EarnPoints) {
        let program = try await TestProgram(try await engine.open(), clock: TestClock(instant("2026-04-05T09:00:00Z")))
        _ = try await program.earn("first", 100, "ann") { $0.effectiveAt = instant("2026-03-10T00:00:00Z") }
        _ = try await program.earn("today", 1, "dan")
        var late = EarnPoints(7, of: "points", to: TestProgram.member("bob"), for: PointSource(id: "late"))
        late.effectiveAt = instant(day + "T12:00:00Z")
        return (program, late)
    }

    /// Lets one server do something while another carries out a command.
    private static func race<Answer: Sendable>(
        _ program: TestProgram, _ late: any ProgramCommand, _ stop: Stop, beside body: @Sendable () async throws -> Answer
    ) async throws -> (booking: ProgramAnswer, answer: Answer) {
        let gate = Gate()
        let slow = SlowCommand(command: late, stop: stop, gate: gate)
        async let booked = program.perform("late", slow)
        while !gate.isWaiting { try await Task.sleep(for: .milliseconds(2)) }
        async let answer = body()
        try await Task.sleep(for: .milliseconds(400))
        gate.open()
        return (try await booked, try await answer)
    }

    private static func closeMarch(
        _ program: TestProgram, _ closer: ProgramDesk, beside late: EarnPoints, _ stop: Stop
    ) async throws {
        let close = ProgramRequest(id: "close", actor: .server, command: CloseMonth(march, of: "points"))
        let (booking, closing) = try await race(program, late, stop) { try await closer.perform(close) }
        #expect(!closing.isRefused, "\(closing.body)")
        #expect(!booking.isRefused || booking.codes == ["PERIOD_CLOSED"], "\(booking.body)")
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        let report = try await reader.report(march, of: "points")
        #expect(report.report.json.text == report.closing?.report)
        #expect(report.report.total.issued == (booking.isRefused ? 100 : 107))
    }

    @Test("two servers book on while a third closes, again and again", arguments: RecordsEngine.here)
    func manyBookings(engine: RecordsEngine) async throws {
        let clock = TestClock(Instant(rfc3339: "2026-03-31T23:59:59Z") ?? .epoch)
        let program = try await TestProgram(try await engine.open(), clock: clock)
        _ = try await program.earn("first", 100, "ann")
        var month = Self.march
        for round in 0 ..< 4 {
            let end = month.bounds(in: ZoneCalendar(zone: try TimeZoneTable(identifier: "UTC"))).upperBound
            clock.now = end.advanced(byMicroseconds: -5_000_000)
            let next = TestClock(end.advanced(byMicroseconds: 1))
            let desks = [program.desk, program.secondDesk]
            let closer = ProgramDesk(workspace: program.workspace, records: program.records, clock: next)
            let close = ProgramRequest(id: "close\(round)", actor: .server, command: CloseMonth(month, of: "points"))
            async let refusals = withThrowingTaskGroup(of: [String].self) { tasks in
                for (number, desk) in desks.enumerated() {
                    tasks.addTask {
                        var codes: [String] = []
                        for step in 0 ..< 40 {
                            let id = "\(round)-\(number)-\(step)"
                            // Every third counts ten days ago.
                            let name = step % 3 == 0 ? id : "\(number)-\(step % 5)"
                            var earn = EarnPoints(1, of: "points", to: TestProgram.member(name), for: PointSource(id: id))
                            if step % 3 == 0 { earn.effectiveAt = end.advanced(byMicroseconds: -10 * .microsecondsPerDay) }
                            codes += try await desk.perform(ProgramRequest(id: id, actor: .server, command: earn)).codes
                        }
                        return codes
                    }
                }
                return try await tasks.reduce(into: []) { $0 += $1 }
            }
            try await Task.sleep(for: .milliseconds(20))
            #expect(try await !closer.perform(close).isRefused)
            #expect(try await Set(refusals).isSubset(of: ["PERIOD_CLOSED"]))
            let reader = ProgramReader(workspace: program.workspace, records: program.records)
            let report = try await reader.report(month, of: "points")
            #expect(report.report.json.text == report.closing?.report, "round \(round)")
            month = month.next
        }
    }
}

/// Lets nobody through until it is opened.
private final class Gate: Sendable {
    private let arrived = Mutex(false)
    private let opening = DispatchSemaphore(value: 0)

    var isWaiting: Bool { arrived.withLock { $0 } }

    func open() { opening.signal() }

    /// For a transaction, which has a thread of its own; whoever is run again waits for a second.
    func pass() {
        arrived.withLock { $0 = true }
        _ = opening.wait(timeout: .now() + .seconds(1))
    }
}

/// A command within whose transaction time passes.
private struct SlowCommand: ProgramCommand {
    let command: any ProgramCommand
    let stop: ClosingTests.Stop
    let gate: Gate

    var content: JSONValue { command.content }

    func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        if stop == .afterBooking {
            let answer = try command.perform(in: &draft)
            gate.pass()
            return answer
        }
        gate.pass()
        return try command.perform(in: &draft)
    }
}
