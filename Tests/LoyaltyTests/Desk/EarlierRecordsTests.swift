import Model
import TestSupport
import Testing

@testable import Loyalty
@testable import Records

/// A program whose records an earlier version has written.
@Suite("Records of an earlier version") struct EarlierRecordsTests {
    @Test("Members spend what they had, repeated commands get their answers, limits count on", arguments: RecordsEngine.here)
    func goesOn(engine: RecordsEngine) async throws {
        let engine = try await engine.openBare()
        try await Schema.migrate(engine, at: .epoch, migrations: Schema.migrations.filter { $0.version <= 15 })
        var earned = EarnPoints(9, of: "points", to: TestProgram.member("ann"), for: PointSource(id: "o1"))
        earned.start = .now
        let content = earned.content.text
        try await engine.write { connection throws(Problem) in
            let statements: [(String, [SQLValue])] = [
                (
                    """
                    INSERT INTO workspaces (id, name, timezone, currency, language, region, created_at)
                    VALUES ('ws_0000000000000000', 'Shop', 'UTC', 'CNY', 'en', 'CN', 0)
                    """, []
                ),
                (
                    "INSERT INTO loyalty_programs VALUES ('ws_0000000000000000', 1, ?, 'server', 0)",
                    [.text(TestProgram.settings.json.text)]
                ),
                ("INSERT INTO loyalty_members VALUES ('ws_0000000000000000', 7, 'person', 'open', NULL, 0)", []),
                ("INSERT INTO loyalty_identities VALUES ('ws_0000000000000000', 'user_id', 'ann', 7)", []),
                (
                    "INSERT INTO loyalty_commands VALUES ('ws_0000000000000000', 'e1', 'server', ?, 1, 0, ?)",
                    [.text(content), .text(#"{"member":"m_7","lot":1}"#)]
                ),
                (
                    "INSERT INTO point_books VALUES ('ws_0000000000000000', 7, 'points', 6, 0, 0, 0, 9, 2, 0, ?, 1, NULL)",
                    [.text(PointChain.start)]
                ),
                (
                    """
                    INSERT INTO point_lots VALUES ('ws_0000000000000000', 7, 'points', 1, NULL, NULL, 0, 'o1', '', '', 9, 1, 197001,
                        'active', NULL, NULL, NULL, 1, 1, 1, '', 0, 6, 0, 3, 0, 0, 0, 0, 0, 0, 0)
                    """, []
                ),
                ("INSERT INTO point_spendings VALUES ('ws_0000000000000000', 7, 'points', 2, '1:3', 0)", []),
                ("INSERT INTO point_earnings VALUES ('ws_0000000000000000', 'points', 'o1', '', '', 7, 1, 9, 1, 0, 0)", []),
                ("INSERT INTO program_limits VALUES ('ws_0000000000000000', 'all', '', '', 3, 1, 2)", []),
                ("INSERT INTO earning_limits VALUES ('ws_0000000000000000', 'all', '', '', 40)", []),
            ]
            for (statement, values) in statements { try connection.execute(statement, values) }
        }
        let program = try await TestProgram(engine)
        let again = try await program.perform("e1", earned)
        #expect(again.isReplayed && again.body["lot"] == 1)
        #expect(try await program.perform("e2", earned).codes == ["ALREADY_EARNED"])
        #expect(try await program.spend("g", .giveBack(PointID(2), nil), "ann").available == 9)
        #expect(try await program.spend("b", .burn(9, place: nil), "ann").body["spending"] == 3)
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        #expect(try await reader.dispute(about: "o1", in: ["points"]).commands.map(\.id) == ["e1", "e2"])
        let key = Limit.Key(name: "all")
        #expect(try await reader.limit(key) == Limit(key: key, max: 3, reserved: 1, used: 2))
        let limits = try await reader.read { tables throws(Problem) in try tables.earningLimits([key], of: "points").limits }
        #expect(limits[key]?.used == 40)
    }
}
