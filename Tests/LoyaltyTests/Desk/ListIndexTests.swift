import Model
import Records
import Synchronization
import TestSupport
import Testing

@testable import Loyalty

/// Lists that show a few of many read no more than they show.
struct ListIndexTests {
    @Test("lists of plans, of gifts of plans, of open offers and of the latest entries are read in the order of an index")
    func lists() async throws {
        let program = try await TestProgram()
        let (workspace, now) = (program.workspace, program.clock.now)
        let steps = try await program.records.engine.read { connection throws(Problem) in
            let explained = ExplainedTables(connection)
            let tables = ProgramTables(workspace, explained)
            _ = try tables.plans(limit: 5)
            _ = try tables.planGifts(limit: 5)
            _ = try tables.openOffers(of: "points", at: now, limit: 5)
            _ = try tables.latestEntries(in: "points", limit: 5)
            return explained.steps.withLock { $0 }
        }
        #expect(
            steps == [
                "SEARCH paid_plans USING INDEX paid_plans_by_change (workspace=?)",
                "SEARCH gifted_plans USING INDEX gifted_plans_by_change (workspace=?)",
                "SEARCH point_offers USING INDEX point_offers_open (workspace=? AND currency=? AND until>?)",
                "SEARCH point_entries USING INDEX point_entries_by_booking (workspace=? AND currency=?)",
            ])
    }
}

/// What the console shows of all members.
struct LatestLinesTests {
    @Test("What was booked last stands at the head, be it for an earlier day", arguments: RecordsEngine.here)
    func booked(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        for name in ["ann", "bob"] {
            _ = try await program.perform("enrol-\(name)", EnrolMember(Identity(type: .userID, value: name)))
        }
        program.clock.advance(5 * .microsecondsPerDay)
        _ = try await program.earn("o1", 10, "ann")
        program.clock.advance(.microsecondsPerDay)
        let past = program.clock.now.advanced(byMicroseconds: -3 * .microsecondsPerDay)
        let late = try await program.earn("o2", 20, "bob") { $0.effectiveAt = past }
        #expect(!late.isRefused, "\(late.body.text)")
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        let lines = try await reader.latest(in: "points", limit: 5)
        #expect(lines.map(\.source?.id) == ["o2", "o1"] && lines.first?.effectiveAt == past)
        #expect(try await reader.latest(in: "points", limit: 1).map(\.source?.id) == ["o2"])
    }
}

/// Tables of SQLite that tell how each query finds its rows.
private final class ExplainedTables: SQLConnection {
    private let connection: any SQLConnection
    let steps = Mutex<[String]>([])

    init(_ connection: any SQLConnection) { self.connection = connection }

    func execute(_ sql: String, _ values: [SQLValue]) throws(Problem) -> Int { try connection.execute(sql, values) }
    func execute(_ sql: String, each rows: [[SQLValue]]) throws(Problem) -> [Int] { try connection.execute(sql, each: rows) }
    func rows(_ sql: String, each rows: [[SQLValue]]) throws(Problem) -> [[SQLRow]] { try connection.rows(sql, each: rows) }

    func rows(_ sql: String, _ values: [SQLValue]) throws(Problem) -> [SQLRow] {
        for row in try connection.rows("EXPLAIN QUERY PLAN " + sql, values) {
            if case .text(let step) = row.values.last { steps.withLock { $0.append(step) } }
        }
        return try connection.rows(sql, values)
    }
}
