import Model
import TestSupport
import Testing

@testable import Records

/// Databases of every version since the program's first, with rows in every table, move forward and keep what they held.
@Suite("Steps of the program's tables")
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

    private static let rows: [Row] = [
        Row(
            1, "workspaces",
            [
                "id": "'ws_one'", "name": "'茶馆'", "timezone": "'Asia/Shanghai'", "currency": "'CNY'", "language": "'en'",
                "region": "'CN'", "created_at": "1",
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
        redemption("c2", 0, "o2", undone: 0), redemption("c2", 1, "o3", undone: 1), redemption("c3", 0, "o4", undone: 0),
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

    private static func redemption(_ coupon: String, _ position: Int, _ order: String, undone: Int) -> Row {
        Row(
            11, "coupon_redemptions",
            [
                "workspace": "'ws_one'", "coupon": "'\(coupon)'", "position": "\(position)", "order_id": "'\(order)'",
                "redeemed_at": "6", "discount": "'{}'", "charges": "'[]'", "is_use": "1", "returned_units": "'{}'",
                "returned_amount": "0", "undone": "\(undone)",
            ])
    }

    /// Tables that a later step has dropped: what they held stands elsewhere.
    private static let dropped: Set<String> = ["program_limits", "earning_limits"]

    private static func moved(_ version: Int64) -> [Row] {
        var rows: [Row] = []
        rows.append(Row(10, "loyalty_identities", ["value": "'ann'", "member": "7", "first_member": "NULL"]))
        rows.append(Row(10, "loyalty_mentions", ["workspace": "'ws_one'", "name": #"'o"1'"#, "command": "'e1'"]))
        for order in ["o1", "o2"] {
            rows.append(Row(11, "coupon_orders", ["workspace": "'ws_one'", "order_id": "'\(order)'", "member": "7"]))
        }
        rows.append(
            Row(
                11, "loyalty_limits",
                ["area": "'coupons'", "name": "'all'", "subject": "''", "max": "9", "reserved": "1", "used": "2"]))
        rows.append(
            Row(
                13, "loyalty_limits",
                ["area": "'earning'", "name": "'all'", "subject": "'m_7'", "period": "'2026-03-01'", "reserved": "0", "used": "6"]))
        return rows.filter { $0.version <= version }
    }

    private static func count(_ row: Row, _ engine: any SQLEngine) async throws -> [SQLValue]? {
        try await engine.read { connection throws(Problem) in try connection.row(row.count)?.values }
    }

    @Test("A database of any version since the tenth moves forward with its rows", arguments: RecordsEngine.here, 10 ... 15)
    func forward(on engine: RecordsEngine, from version: Int) async throws {
        let engine = try await engine.open()
        let version = Int64(version)
        let steps = Schema.migrations.filter { $0.version <= version }
        #expect(steps.last?.version == version)
        try await Schema.migrate(engine, at: .epoch, migrations: steps)
        let rows = Self.rows.filter { $0.version <= version }
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
        #expect(orders == [.integer(version < 11 ? 0 : 2)], "what was undone, or nobody has, is no member's")
        let versions = try await engine.read { connection throws(Problem) in
            try connection.rows("SELECT version FROM schema_steps ORDER BY version", []).map(\.values)
        }
        #expect(versions == Schema.migrations.map { [.integer($0.version)] })
    }

    @Test("Every table of the program's released steps has a row here")
    func complete() {
        let words = Schema.migrations.filter { (10 ... 15).contains($0.version) }.flatMap(\.statements).compactMap { statement in
            let words = statement.split { " \n(".contains($0) }
            return words.starts(with: ["CREATE", "TABLE"]) ? String(words[2]) : nil
        }
        #expect(Set(words).subtracting(Self.rows.map(\.table)) == [])
    }
}
