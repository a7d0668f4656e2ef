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
        let last = Instant(rfc3339: "2026-03-31T23:59:59Z") ?? .epoch
        try await Self.race(engine, stop, at: last, effectiveAt: nil)
    }

    @Test(
        "what another server is told late of the month is in its report, or refused", arguments: RecordsEngine.here, Stop.allCases)
    func oneLateBooking(engine: RecordsEngine, stop: Stop) async throws {
        let start = Instant(rfc3339: "2026-04-01T00:00:00Z") ?? .epoch
        try await Self.race(engine, stop, at: start, effectiveAt: start.advanced(byMicroseconds: -1))
    }

    private static func race(_ engine: RecordsEngine, _ stop: Stop, at now: Instant, effectiveAt: Instant?) async throws {
        let program = try await TestProgram(try await engine.open())
        _ = try await program.earn("first", 100, "ann")
        program.clock.now = now
        // The clock of the server that closes is ahead.
        let april = TestClock(Instant(rfc3339: "2026-04-01T00:00:01Z") ?? .epoch)
        let closer = ProgramDesk(workspace: program.workspace, records: program.records, clock: april)
        let gate = Gate()
        var late = EarnPoints(7, of: "points", to: TestProgram.member("bob"), for: PointSource(id: "late"))
        late.effectiveAt = effectiveAt
        let slow = SlowCommand(command: late, stop: stop, gate: gate)
        async let booked = program.perform("late", slow)
        while !gate.isWaiting { try await Task.sleep(for: .milliseconds(2)) }
        let close = ProgramRequest(id: "close", actor: .server, command: CloseMonth(Self.march, of: "points"))
        async let closed = closer.perform(close)
        try await Task.sleep(for: .milliseconds(400))
        gate.open()
        let (booking, closing) = (try await booked, try await closed)
        #expect(!closing.isRefused, "\(closing.body)")
        #expect(!booking.isRefused || booking.codes == ["PERIOD_CLOSED"], "\(booking.body)")
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        let report = try await reader.report(Self.march, of: "points")
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
                            let earn = EarnPoints(
                                1, of: "points", to: TestProgram.member("\(number)-\(step % 5)"), for: PointSource(id: id))
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
    let command: EarnPoints
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
