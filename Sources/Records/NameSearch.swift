internal import Model

/// Looks for the rows of a workspace's records that name some people.
///
/// The database gives the rows that may, ``IdentityFinder`` says which do. Who is kept as type and value is also found by that identity.
struct NameSearch: Sendable {
    /// Patterns that one statement looks for.
    private static let patternsMax = 40

    private let finder: IdentityFinder
    private let identities: Set<Identity>
    private let patterns: [String]
    private let workspace: WorkspaceID

    init(_ identities: some Collection<Identity>, texts: Set<String>, in workspace: WorkspaceID) {
        finder = IdentityFinder(of: identities, texts: texts)
        self.identities = Set(identities)
        patterns = texts.union(identities.map(\.value)).filter { !$0.isEmpty }.map(NameSearch.pattern)
        self.workspace = workspace
    }

    /// The rows of a table that name them.
    func rows(of table: NamingTable, on connection: any SQLConnection) throws(Problem) -> [NamingRow] {
        let columns = table.key + table.texts + table.json + table.people.flatMap { [$0.type, $0.value] }
        var found: [[SQLValue]: Set<String>] = [:]
        for start in stride(from: 0, to: patterns.count, by: NameSearch.patternsMax) {
            let some = patterns[start ..< min(patterns.count, start + NameSearch.patternsMax)]
            var conditions = (table.texts + table.json + table.people.map(\.value)).flatMap { column in
                some.map { _ in "LOWER(\(column)) LIKE ? ESCAPE '!'" }
            }
            // What is escaped is found by its text alone.
            conditions += (table.texts + table.json).map { "\($0) LIKE '%\\%' ESCAPE '!' OR \($0) LIKE '%!%%' ESCAPE '!'" }
            let columnCount = table.texts.count + table.json.count + table.people.count
            let values = (0 ..< columnCount).flatMap { _ in some.map { SQLValue.text($0) } }
            let rows = try connection.rows(
                """
                SELECT \(columns.joined(separator: ", ")) FROM \(table.name)
                WHERE \(table.key[0]) = ? AND (\(conditions.joined(separator: " OR ")))
                """, [.text(workspace.text)] + values)
            for row in rows {
                let naming = naming(row.values[table.key.count...], of: table)
                if !naming.isEmpty { found[Array(row.values.prefix(table.key.count))] = naming }
            }
        }
        return found.map { NamingRow(table: table, key: $0.key, columns: $0.value) }
    }

    /// The columns of a row that name them.
    private func naming(_ values: ArraySlice<SQLValue>, of table: NamingTable) -> Set<String> {
        var texts = values.map { value in if case .text(let text) = value { text } else { nil as String? } }[...]
        var naming: Set<String> = []
        for column in table.texts where texts.removeFirst().map({ finder.isIn($0) }) ?? false { naming.insert(column) }
        for column in table.json where texts.removeFirst().map({ finder.isInJSON($0) }) ?? false { naming.insert(column) }
        for column in table.people {
            guard let type = texts.removeFirst(), let value = texts.removeFirst() else { continue }
            if identities.contains(Identity(type: IdentityType(type), value: value)) || finder.isIn(value) {
                naming.insert(column.value)
            }
        }
        return naming
    }

    /// Counts under another name what was counted under one that holds a value.
    func rename(_ row: NamingRow, on connection: any SQLConnection) throws(Problem) {
        guard case .text(var name) = row.key[1], let clean = name.withUTF8({ finder.redacted(UnsafeRawBufferPointer($0)) }) else {
            return
        }
        try connection.execute(
            """
            INSERT INTO retention_counts (workspace, event, deleted, last_at)
            SELECT workspace, ?, deleted, last_at FROM retention_counts WHERE workspace = ? AND event = ?
            ON CONFLICT (workspace, event) DO UPDATE SET deleted = retention_counts.deleted + excluded.deleted
            """, [.text(String(decoding: clean, as: UTF8.self))] + row.key)
        _ = try row.delete(on: connection)
    }

    /// What a text that holds a value looks like to the database, whatever it takes for capital letters.
    private static func pattern(_ value: String) -> String {
        var pattern = "%"
        for scalar in value.unicodeScalars {
            switch scalar {
            case "!", "%", "_": pattern += "!\(scalar)"
            case _ where scalar.isASCII: pattern += String(scalar).lowercased()
            default: if pattern.last != "%" || pattern.hasSuffix("!%") { pattern += "%" }
            }
        }
        return pattern + "%"
    }
}

/// A row that names somebody.
struct NamingRow {
    let table: NamingTable
    /// Values of the columns of the table's key.
    let key: [SQLValue]
    let columns: Set<String>

    private var place: String { table.key.map { "\($0) = ?" }.joined(separator: " AND ") }

    /// How many rows that were: one, if it is still there.
    func delete(on connection: any SQLConnection) throws(Problem) -> Int {
        try connection.execute("DELETE FROM \(table.name) WHERE \(place)", key)
    }

    func update(_ setting: String, on connection: any SQLConnection) throws(Problem) {
        try connection.execute("UPDATE \(table.name) SET \(setting) WHERE \(place)", key)
    }
}

/// A table in which people may be named.
struct NamingTable: Sendable {
    let name: String
    /// Its key, the workspace first.
    let key: [String]
    /// Texts that may quote somebody.
    var texts: [String] = []
    /// Those whose members may name somebody.
    var json: [String] = []
    /// Who it is, by type and value.
    var people: [(type: String, value: String)] = []

    static let rejections = NamingTable(
        name: "rejections", key: ["workspace", "source", "fingerprint"], texts: ["reason", "message_id", "pointer"],
        json: ["payload"])
    static let cards = NamingTable(name: "cards", key: ["workspace", "board", "id"], texts: ["title", "page"], json: ["question"])
    static let productClaims = NamingTable(
        name: "product_claims", key: ["workspace", "product_case", "who_type", "who"], people: [("who_type", "who")])
    static let productCalls = NamingTable(name: "product_calls", key: ["workspace", "id"], json: ["lines"])
    static let productBatches = NamingTable(
        name: "product_batches", key: ["workspace", "id"], texts: ["name", "product"], people: [("reseller_type", "reseller")])
    static let productRegistrations = NamingTable(
        name: "product_registrations", key: ["workspace", "batch", "serial"], people: [("who_type", "who")])
    static let productCases = NamingTable(
        name: "product_cases", key: ["workspace", "id"], texts: ["reason"],
        people: [("holder_type", "holder"), ("moved_to_type", "moved_to")])
    static let retentionCounts = NamingTable(name: "retention_counts", key: ["workspace", "event"], texts: ["event"])

    static let auditChain = NamingTable(
        name: "audit_chain", key: ["scope", "number"], texts: ["target", "detail", "reason"])

    /// Those too that an erasure does not change: what members of the team wrote, details of the audit, and erasures under way.
    static let all = [
        rejections, cards, productClaims, productCalls, productBatches, productRegistrations, productCases, retentionCounts,
        auditChain,
        NamingTable(name: "boards", key: ["workspace", "id"], texts: ["name"]),
        NamingTable(name: "retention", key: ["workspace", "event", "purpose"], texts: ["event"]),
        NamingTable(name: "computed_traits", key: ["workspace", "key"], texts: ["key"], json: ["rule"]),
        NamingTable(name: "suppressions", key: ["workspace", "digest"], texts: ["reason"]),
        NamingTable(
            name: "erasure_traces", key: ["workspace", "erasure", "kind", "type", "value"], people: [("type", "value")]),
    ]
}
