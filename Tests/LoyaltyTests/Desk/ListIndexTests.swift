import Model
import Records
import Synchronization
import Testing

@testable import Loyalty

/// Lists that show a few of many read no more than they show.
struct ListIndexTests {
    @Test("lists of plans, of gifts of plans and of open offers are read in the order of an index")
    func lists() async throws {
        let program = try await TestProgram()
        let (workspace, now) = (program.workspace, program.clock.now)
        let steps = try await program.records.engine.read { connection throws(Problem) in
            let explained = ExplainedTables(connection)
            let tables = ProgramTables(workspace, explained)
            _ = try tables.plans(limit: 5)
            _ = try tables.planGifts(limit: 5)
            _ = try tables.openOffers(of: "points", at: now, limit: 5)
            return explained.steps.withLock { $0 }
        }
        #expect(
            steps == [
                "SEARCH paid_plans USING INDEX paid_plans_by_change (workspace=?)",
                "SEARCH gifted_plans USING INDEX gifted_plans_by_change (workspace=?)",
                "SEARCH point_offers USING INDEX point_offers_open (workspace=? AND currency=? AND until>?)",
            ])
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
