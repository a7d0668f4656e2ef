import Model
import TestSupport
import Testing

@testable import Records

/// Databases of every earlier version, with rows in every table, move forward and keep what they held.
@Suite("Steps of the tables")
struct ProgramMigrationTests {
    /// A row, and since which version there is a table for it.
    private struct Row {
        let version: Int64
        let table: String
        /// Columns with literals: texts in quotes, numbers, NULL.
        let columns: [(name: String, literal: String)]

        init(_ version: Int64, _ table: String, _ columns: KeyValuePairs<String, String>) {
            (self.version, self.table) = (version, table)
            self.columns = columns.map { ($0.key, $0.value) }
        }

        /// A value in each column: texts are all the same, so that every reference finds its row, and numbers go by the column's name.
        init(inventedFor table: Table) {
            (version, self.table) = (0, table.name)
            columns = table.columns.map { column in
                let number = column.name.utf8.reduce(1) { $0 + Int($1) }
                return (column.name, column.isText ? "'ws_one'" : String(number))
            }
        }

        var insertion: String {
            """
            INSERT INTO \(table) (\(columns.map(\.name).joined(separator: ", ")))
            VALUES (\(columns.map(\.literal).joined(separator: ", ")))
            """
        }
        /// Counts the rows that are just like it.
        var count: String {
            let conditions = columns.map { $0.literal == "NULL" ? "\($0.name) IS NULL" : "\($0.name) = \($0.literal)" }
            return "SELECT COUNT(*) FROM \(table) WHERE \(conditions.joined(separator: " AND "))"
        }
    }

    /// A table as a database has it.
    private struct Table {
        let name: String
        let columns: [(name: String, isText: Bool)]
    }

    /// Those whose content a step looks at, or that are worth more than what is invented for the others.
    private static let rows: [Row] = [
        Row(
            1, "workspaces",
            [
                "id": "'ws_one'", "name": "'茶馆'", "timezone": "'Asia/Shanghai'", "currency": "'CNY'", "language": "'en'",
                "region": "'CN'", "created_at": "1",
            ]),
        Row(
            1, "audit",
            [
                "id": "'a'", "workspace": "'ws_one'", "at": "1", "actor": "'server'", "action": "'workspace.created'",
                "target": "'ws_one'", "detail": "'茶'",
            ]),
        Row(
            5, "audit_chain",
            [
                "scope": "'ws_one'", "number": "1", "at": "1", "actor": "'mem_lu'", "action": "'key.created'", "is_reading": "0",
                "target": "'ws_one'", "detail": "'ak_1'", "people": "''", "reason": "NULL", "hash": "'h'",
            ]),
        Row(
            10, "loyalty_programs",
            ["workspace": "'ws_one'", "version": "1", "settings": "'{}'", "actor": "'server'", "created_at": "2"]),
        Row(
            10, "loyalty_members",
            [
                "workspace": "'ws_one'", "member": "7", "kind": "'person'", "state": "'open'", "merged_into": "NULL",
                "enrolled_at": "3",
            ]),
        Row(10, "loyalty_identities", ["workspace": "'ws_one'", "type": "'user_id'", "value": "'ann'", "member": "7"]),
        Row(
            10, "loyalty_commands",
            [
                "workspace": "'ws_one'", "id": "'e1'", "actor": "'server'",
                "content": #"'{"command":"earn","source":["o\"1","2","r"]}'"#, "recorded_at": "4", "refused": "0",
                "answer": "'{}'",
            ]),
        Row(
            10, "point_books",
            [
                "workspace": "'ws_one'", "member": "7", "currency": "'points'", "available": "5", "pending": "0", "held": "1",
                "debt": "0", "received": "9", "last_number": "3", "entries": "1", "hash": "'h'", "recorded_at": "4",
                "due_at": "NULL",
            ]),
        Row(
            10, "point_lots",
            [
                "workspace": "'ws_one'", "member": "7", "currency": "'points'", "number": "1", "parent_member": "NULL",
                "parent_number": "NULL", "hop": "0", "source": "'o'", "line": "''", "rule": "''", "original": "9",
                "earned_at": "4", "vintage": "202603", "activation": "'active'", "activates_at": "NULL", "expires_at": "99",
                "funded_by": "NULL", "value_minor": "1", "value_points": "1", "transferable": "1", "colours": "''",
                "frozen": "0", "remaining": "5", "held": "1", "spent": "3", "expired": "0", "revoked": "0", "moved": "0",
                "donated": "0", "repaid": "0", "reinstated": "0", "closed": "0",
            ]),
        Row(
            10, "point_holds",
            [
                "workspace": "'ws_one'", "member": "7", "currency": "'points'", "number": "3", "parts": "'1:1'", "until": "50",
                "ending": "NULL", "captured": "0",
            ]),
        Row(
            10, "point_spendings",
            [
                "workspace": "'ws_one'", "member": "7", "currency": "'points'", "number": "2", "parts": "'1:3'",
                "returned": "0",
            ]),
        Row(
            10, "point_earnings",
            [
                "workspace": "'ws_one'", "currency": "'points'", "source": "'o'", "line": "''", "rule": "''", "member": "7",
                "number": "1", "amount": "9", "units": "1", "returned_units": "0", "disputed": "0",
            ]),
        Row(
            10, "point_entries",
            [
                "workspace": "'ws_one'", "member": "7", "currency": "'points'", "position": "1", "command": "'e1'",
                "kind": "'earned'", "effective_at": "4", "recorded_at": "4", "lot": "1", "vintage": "202603",
                "funded_by": "NULL", "source_account": "'issuer'", "target_account": "'available'", "amount": "9",
                "hash": "'h'",
            ]),
        Row(
            11, "coupon_templates",
            [
                "workspace": "'ws_one'", "name": "'spring'", "version": "1", "template": "'{}'", "actor": "'server'",
                "created_at": "5",
            ]),
        Row(
            11, "coupon_batches",
            [
                "workspace": "'ws_one'", "number": "1", "template": "'spring'", "version": "1", "count": "9",
                "code_length": "12", "state": "'ready'", "exported_count": "0", "exported_by": "NULL", "created_at": "5",
            ]),
        coupon("c1", holder: "7"), coupon("c2", holder: "7"), coupon("c3", holder: "NULL"),
        Row(
            11, "coupon_reservations",
            [
                "workspace": "'ws_one'", "coupon": "'c1'", "order_id": "'o1'", "cart_key": "'k'", "until": "60",
                "discount": "'{}'", "charges": "'[]'", "trimmed_by": "'[]'",
            ]),
        redemption(
            "c2", 0, "o2", returned: 250,
            charges: #"["all","","",9,1,false],["money","","",9000,1000,true],["each","m_7","",3,1,false]"#),
        redemption("c2", 1, "o3", returned: 1_000, undone: 1, charges: #"["all","","",9,1,false],["money","","",9000,1000,true]"#),
        // Midnight in Shanghai.
        redemption(
            "c3", 0, "o4", at: 57_600_000_000, charges: #"["all","","",9,1,false],["daily","","1970-01-02",5,1,false]"#),
        Row(
            11, "program_limits",
            [
                "workspace": "'ws_one'", "name": "'all'", "subject": "''", "period": "''", "max": "9", "reserved": "1",
                "used": "2",
            ]),
        Row(
            12, "benefit_definitions",
            [
                "workspace": "'ws_one'", "benefit": "'lounge'", "version": "1", "definition": "'{}'", "actor": "'server'",
                "created_at": "6",
            ]),
        Row(12, "benefit_books", ["workspace": "'ws_one'", "member": "7", "benefit": "'lounge'", "version": "1", "latest": "6"]),
        Row(
            12, "benefit_grants",
            [
                "workspace": "'ws_one'", "member": "7", "benefit": "'lounge'", "id": "'g1'", "payer": "'member:m_7'",
                "source_kind": "'order'", "source": "'o1'", "series": "''", "starts_at": "6", "ends_at": "NULL",
                "priority": "0", "amount": "3", "created_at": "6", "ended_at": "NULL", "reason": "NULL", "usable_until": "NULL",
                "share": "NULL",
            ]),
        Row(
            12, "benefit_uses",
            [
                "workspace": "'ws_one'", "id": "'u1'", "member": "7", "benefit": "'lounge'", "at": "7", "used_by": "NULL",
                "parts": "'g1:1'", "over_amount": "0", "state": "'consumed'", "reserved_until": "NULL", "refunded": "0",
            ]),
        Row(
            12, "benefit_caps",
            [
                "workspace": "'ws_one'", "member": "7", "benefit": "'lounge'", "used_by": "'a'", "set_by": "'b'",
                "max_amount": "2",
            ]),
        Row(12, "benefit_stocks", ["workspace": "'ws_one'", "stock": "'tins'", "on_hand": "4", "reserved": "1"]),
        Row(
            12, "benefit_gifts",
            [
                "workspace": "'ws_one'", "id": "'gift1'", "stock": "'tins'", "amount": "1", "state": "'asked'",
                "history": "'[]'", "consent_at": "NULL",
            ]),
        Row(
            12, "benefit_pools",
            ["workspace": "'ws_one'", "member": "7", "benefit": "'lounge'", "approval_from": "NULL", "roles": "'{}'"]),
        Row(
            12, "benefit_purchases",
            [
                "workspace": "'ws_one'", "id": "'p1'", "member": "7", "benefit": "'lounge'", "buyer": "'a'",
                "approver": "NULL", "asked_at": "7", "source_kind": "'order'", "source": "'o5'", "series": "''",
                "starts_at": "7", "ends_at": "NULL", "priority": "0", "amount": "2", "payer": "'a'",
            ]),
        Row(
            13, "earning_programs",
            ["workspace": "'ws_one'", "program": "'club'", "revision": "1", "changed_at": "8", "versions": "'[]'"]),
        Row(
            13, "earning_limits",
            ["workspace": "'ws_one'", "name": "'all'", "subject": "'m_7'", "period": "'2026-03-01'", "used": "6"]),
        Row(13, "earning_orders", ["workspace": "'ws_one'", "program": "'club'", "order_id": "'o1'", "member": "7"]),
        Row(
            13, "earning_order_facts",
            [
                "workspace": "'ws_one'", "program": "'club'", "order_id": "'o1'", "message_id": "'m1'", "event": "'completed'",
                "happened_at": "8", "currency": "'CNY'", "properties": "'{}'", "context": "'{}'",
            ]),
        Row(
            13, "earning_order_lines",
            [
                "workspace": "'ws_one'", "program": "'club'", "order_id": "'o1'", "product": "'tea'", "rule": "'r'",
                "generation": "0", "points": "6", "units": "1", "returned_units": "0", "withdrawn": "0", "limits": "'[]'",
            ]),
        Row(
            13, "earning_order_coupons",
            ["workspace": "'ws_one'", "program": "'club'", "order_id": "'o1'", "code": "'SPRING'", "given_back": "0"]),
        Row(
            14, "point_adjustments",
            [
                "workspace": "'ws_one'", "id": "'a1'", "member": "7", "currency": "'points'", "amount": "-4",
                "reason": "'fraud'", "note": "'n'", "corrects": "NULL", "asked_by": "'mem_a'", "asked_at": "9",
                "decided_by": "NULL", "decided_at": "NULL", "approved": "NULL",
            ]),
        Row(
            14, "point_periods",
            [
                "workspace": "'ws_one'", "currency": "'points'", "month": "'2026-02'", "start_at": "0", "end_at": "3",
                "report": "'{}'", "digest": "'d'", "actor": "'mem_a'", "closed_at": "9",
            ]),
        Row(15, "earning_cursors", ["workspace": "'ws_one'", "program": "'club'", "arrival": "44"]),
        Row(
            15, "program_facts",
            ["workspace": "'ws_one'", "id": "'f1'", "member": "7", "fact": "'{}'", "recorded_at": "10"]),
    ]

    private static func coupon(_ id: String, holder: String) -> Row {
        Row(
            11, "coupons",
            [
                "workspace": "'ws_one'", "id": "'\(id)'", "template": "'spring'", "version": "1", "referrer": "NULL",
                "holder": holder, "granted_at": "5", "value_left": "0", "usable": "1", "recorded_at": "5",
            ])
    }

    private static func redemption(
        _ coupon: String, _ position: Int, _ order: String, at instant: Int64 = 6, returned: Int = 0, undone: Int = 0,
        charges: String
    ) -> Row {
        Row(
            11, "coupon_redemptions",
            [
                "workspace": "'ws_one'", "coupon": "'\(coupon)'", "position": "\(position)", "order_id": "'\(order)'",
                "redeemed_at": "\(instant)", "discount": "'{}'", "charges": "'[\(charges)]'", "is_use": "1",
                "returned_units": "'{}'", "returned_amount": "\(returned)", "undone": "\(undone)",
            ])
    }

    /// Tables that a later step has dropped: what they held stands elsewhere.
    private static let dropped: Set<String> = ["audit", "program_limits", "earning_limits"]

    /// What steps make of the rows of a database of that version.
    private static func moved(_ version: Int64) -> [Row] {
        // The step that makes it, and since when there is something to make it of.
        var rows: [(step: Int64, row: Row)] = [
            (
                5,
                Row(
                    1, "audit_chain",
                    ["scope": "'ws_one'", "number": "1", "actor": "'server'", "action": "'workspace.created'", "detail": "'茶'"])
            ),
            (36, Row(1, "keys", ["workspace": "'ws_one'", "created_by": version < 5 ? "'server'" : "'mem_lu'"])),
            (24, Row(10, "loyalty_identities", ["value": "'ann'", "member": "7", "first_member": "NULL"])),
            (25, Row(10, "loyalty_mentions", ["workspace": "'ws_one'", "name": #"'o"1'"#, "command": "'e1'"])),
            (
                26,
                Row(
                    11, "loyalty_limits",
                    ["area": "'coupons'", "name": "'all'", "subject": "''", "max": "9", "reserved": "1", "used": "2"])
            ),
            (
                26,
                Row(
                    13, "loyalty_limits",
                    [
                        "area": "'earning'", "name": "'all'", "subject": "'m_7'", "period": "'2026-03-01'", "reserved": "0",
                        "used": "6",
                    ])
            ),
        ]
        for (name, day, used) in [("all", 0, 1), ("all", 1, 1), ("money", 0, 750)] {
            rows.append(
                (
                    38,
                    Row(
                        11, "loyalty_limit_days",
                        ["workspace": "'ws_one'", "area": "'coupons'", "name": "'\(name)'", "day": "\(day)", "used": "\(used)"])
                ))
        }
        for order in ["o1", "o2"] {
            rows.append((23, Row(11, "coupon_orders", ["workspace": "'ws_one'", "order_id": "'\(order)'", "member": "7"])))
        }
        return rows.filter { $0.row.version <= version && version < $0.step }.map(\.row)
    }

    private static func count(_ row: Row, _ engine: any SQLEngine) async throws -> [SQLValue]? {
        try await engine.read { connection throws(Problem) in try connection.row(row.count)?.values }
    }

    /// The tables that steps have made, in their order, so that what is referred to comes first.
    private static func names(_ steps: [Migration]) -> [String] {
        var names: [String] = []
        for statement in steps.flatMap(\.statements) {
            let words = statement.split { " \n(".contains($0) }
            guard words.starts(with: ["CREATE", "TABLE"]), !names.contains(String(words[2])) else { continue }
            names.append(String(words[2]))
        }
        return names
    }

    /// Those of the tables that are there.
    private static func tables(_ names: [String], of kind: RecordsEngine, _ engine: any SQLEngine) async throws -> [Table] {
        try await engine.read { connection throws(Problem) in
            var tables: [Table] = []
            for name in names {
                let query =
                    switch kind {
                    case .sqlite: "SELECT name, type FROM pragma_table_info('\(name)')"
                    case .postgres:
                        """
                        SELECT CAST(column_name AS TEXT), CAST(data_type AS TEXT) FROM information_schema.columns
                        WHERE table_schema = 'public' AND table_name = '\(name)' ORDER BY ordinal_position
                        """
                    }
                var columns: [(name: String, isText: Bool)] = []
                for row in try connection.rows(query, []) {
                    var reader = RowReader(row)
                    columns.append((try reader.text(), try reader.text().lowercased() == "text"))
                }
                if !columns.isEmpty { tables.append(Table(name: name, columns: columns)) }
            }
            return tables
        }
    }

    @Test(
        "A database of any earlier version moves forward with the rows of all its tables", arguments: RecordsEngine.here,
        Schema.migrations.dropLast().map(\.version))
    func forward(on kind: RecordsEngine, from version: Int64) async throws {
        let engine = try await kind.openBare()
        let steps = Schema.migrations.filter { $0.version <= version }
        try await Schema.migrate(engine, at: .epoch, migrations: steps)
        let tables = try await Self.tables(Self.names(steps), of: kind, engine)
        let rows = tables.flatMap { table in
            let known = Self.rows.filter { $0.table == table.name }
            return known.isEmpty ? [Row(inventedFor: table)] : known
        }
        let statements = rows.map(\.insertion)
        try await engine.write { connection throws(Problem) in
            for statement in statements { try connection.execute(statement, []) }
        }
        let store = try await RecordStore.open(engine, now: .epoch)
        #expect(try await store.workspaces().map(\.id) == [WorkspaceID(text: "ws_one")])
        for row in rows where !Self.dropped.contains(row.table) {
            #expect(try await Self.count(row, engine) == [.integer(1)], "\(row.table)")
        }
        for row in Self.moved(version) { #expect(try await Self.count(row, engine) == [.integer(1)], "\(row.table)") }
        let orders = try await engine.read { connection throws(Problem) in
            try connection.row("SELECT COUNT(*) FROM coupon_orders")?.values
        }
        let made: Int64 = version < 11 ? 0 : 2
        #expect(orders == [.integer(version < 23 ? made : 1)], "what was undone, or nobody has, is no member's")
        let days = try await engine.read { connection throws(Problem) in
            try connection.row("SELECT COUNT(*) FROM loyalty_limit_days")?.values
        }
        // From version 38 on the table holds the row that was put there.
        let daysMade: Int64 = version < 11 ? 0 : version < 38 ? 3 : 1
        #expect(days == [.integer(daysMade)], "limits of a day or a member are no budgets")
        let versions = try await engine.read { connection throws(Problem) in
            try connection.rows("SELECT version FROM schema_steps ORDER BY version", []).map(\.values)
        }
        #expect(versions == Schema.migrations.map { [.integer($0.version)] })
    }

    @Test("Every table of the program's first steps has a row here that means something")
    func complete() {
        let steps = Schema.migrations.filter { (10 ... 15).contains($0.version) }
        #expect(Set(Self.names(steps)).subtracting(Self.rows.map(\.table)) == [])
    }
}
