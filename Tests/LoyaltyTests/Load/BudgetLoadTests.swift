import Foundation
import Model
import Records
import RecordsPostgres
import Testing

@testable import Loyalty

private let place = ProcessInfo.processInfo.environment["TEAHOUSE_BUDGET_POSTGRES"]

/// Awards a second under one budget at two servers, which count in one row or in a slice each; `Benchmarks/budget.sh` asks for it.
@Suite struct BudgetLoadTests {
    private static let senderCount = 256

    @Test("Awards a second at two servers, in one row and in slices", .enabled(if: place != nil))
    func load() async throws {
        let environment = ProcessInfo.processInfo.environment
        let (url, seconds) = (try #require(place), environment["TEAHOUSE_LEDGER_SECONDS"].flatMap(Double.init) ?? 5)
        let engines = [try await PostgresEngine.open(url: url), try await PostgresEngine.open(url: url)]
        let program = try await TestProgram(engines[0])
        var settings = OrderTests.program
        settings.caps.budget = 1_000_000_000_000
        try await program.earns(by: settings)
        let stores = [program.records, try await RecordStore.open(engines[1], now: program.clock.now)]
        for round in 0 ..< 3 {
            for isSliced in [false, true] {
                let desks = stores.enumerated().map { number, records in
                    ProgramDesk(
                        workspace: program.workspace, records: records, clock: program.clock,
                        slice: LimitSlice(number: isSliced ? Int64(number) : 15))
                }
                let count = try await awards(seconds, desks, program.clock.now)
                print(
                    "RESULT kind=budget rows=\(isSliced ? 2 : 1) round=\(round) rate=\(Int(Double(count.done) / seconds)) busy=\(count.busy)"
                )
            }
        }
        for engine in engines { await engine.close() }
    }

    /// How many awards senders who wait for their answers get in so many seconds, and how many were turned away.
    private func awards(_ seconds: Double, _ desks: [ProgramDesk], _ now: Instant) async throws -> (done: Int, busy: Int) {
        let end = Date().addingTimeInterval(seconds)
        return try await withThrowingTaskGroup(of: (done: Int, busy: Int).self) { tasks in
            for sender in 0 ..< desks.count * Self.senderCount {
                let desk = desks[sender % desks.count]
                tasks.addTask { try await Self.awards(until: end, desk, now) }
            }
            return try await tasks.reduce((0, 0)) { ($0.done + $1.done, $0.busy + $1.busy) }
        }
    }

    private static func awards(
        until end: Date, _ desk: ProgramDesk, _ now: Instant
    ) async throws -> (done: Int, busy: Int) {
        var (done, busy) = (0, 0)
        while Date() < end {
            let id = UUID().uuidString
            var event = EarningEvent(.event("Order Completed"), source: id, at: now)
            event.currency = .cny
            event.lines = [EarningLine(product: "tea", units: 1, listAmount: 1_000)]
            let wish = EventWish(event, of: TestProgram.member("m\(Int.random(in: 0 ..< 10_000))"), in: "club")
            do throws(Problem) {
                let answer = try await desk.perform(ProgramRequest(id: id, actor: .server, command: AwardEvent(wish)))
                #expect(answer.body["points"] == 10)
                done += 1
            } catch {
                guard error.status == 503 else { throw error }
                busy += 1
            }
        }
        return (done, busy)
    }
}
