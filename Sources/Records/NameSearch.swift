internal import Crypto
package import Model

/// Looks for the rows of a workspace's records that name some people.
///
/// The database gives the rows that may, ``IdentityFinder`` says which do. Who is kept as type and value is also found by that identity.
package struct NameSearch: Sendable {
    /// Values that one statement looks for.
    private static let patternsMax = 40

    package let finder: IdentityFinder
    package let workspace: WorkspaceID
    private let identities: Set<Identity>
    private let patterns: [NamePattern]

    package init(_ identities: some Collection<Identity>, texts: Set<String>, in workspace: WorkspaceID) {
        finder = IdentityFinder(of: identities, texts: texts)
        self.identities = Set(identities)
        patterns =
            texts.union(identities.map(\.value)).filter { !$0.isEmpty }.map(NamePattern.init(value:))
            + self.identities.map(NamePattern.init(typed:))
        self.workspace = workspace
    }

    /// The rows of a table that name them.
    package func rows(of table: NamingTable, on connection: any SQLConnection) throws(Problem) -> [NamingRow] {
        let columns = table.key + table.texts + table.json + table.people.flatMap { [$0.type, $0.value] }
        var found: [[SQLValue]: [String: String]] = [:]
        for start in stride(from: 0, to: patterns.count, by: NameSearch.patternsMax) {
            let some = patterns[start ..< min(patterns.count, start + NameSearch.patternsMax)]
            var (conditions, values): ([String], [SQLValue]) = ([], [])
            func look(in columns: [String], for patterns: [String]) {
                conditions += columns.flatMap { column in patterns.map { _ in "LOWER(\(column)) LIKE ? ESCAPE '!'" } }
                values += columns.flatMap { _ in patterns.map { .text($0) } }
            }
            look(in: table.texts, for: some.compactMap(\.inText))
            look(in: table.json, for: some.compactMap(\.inJSON))
            look(in: table.people.map(\.value), for: some.compactMap(\.asValue))
            // What is escaped is found by its text alone.
            conditions += (table.texts + table.json).map { "\($0) LIKE '%\\%' ESCAPE '!' OR \($0) LIKE '%!%%' ESCAPE '!'" }
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
        return found.map { NamingRow(table: table, key: $0.key, texts: $0.value) }
    }

    /// The columns of a row that name them, with what they say.
    private func naming(_ values: ArraySlice<SQLValue>, of table: NamingTable) -> [String: String] {
        var texts = values.map { value in if case .text(let text) = value { text } else { nil as String? } }[...]
        var naming: [String: String] = [:]
        for column in table.texts { if let text = texts.removeFirst(), finder.isIn(text) { naming[column] = text } }
        for column in table.json { if let text = texts.removeFirst(), finder.isInJSON(text) { naming[column] = text } }
        for column in table.people {
            guard let type = texts.removeFirst(), let value = texts.removeFirst() else { continue }
            if identities.contains(Identity(type: IdentityType(type), value: value)) || finder.isIn(value) {
                naming[column.value] = value
            }
        }
        return naming
    }

    /// What stands in the place of an id that quotes them: the same for the same id, so that what belongs together stays together.
    package func substitute(_ id: String) -> String { ErasedID.of(id, in: workspace) }

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
}

/// What a value looks like to the database, whatever it takes for capital letters; nil where it is not looked for.
private struct NamePattern {
    /// Within a text.
    var inText: String?
    /// Within JSON, where a short value is all of a string, be it cut off.
    var inJSON: String?
    /// As one of two columns that name somebody.
    var asValue: String?

    init(value: String) {
        let pattern = NamePattern.pattern(value)
        guard value.utf8.count >= IdentityFinder.longBytes else {
            (inJSON, asValue) = ("%\"\(pattern)%", pattern)
            return
        }
        (inText, inJSON, asValue) = ("%\(pattern)%", "%\(pattern)%", "%\(pattern)%")
    }

    init(typed identity: Identity) {
        let pattern = "%\(NamePattern.pattern(identity.typed))%"
        (inText, inJSON, asValue) = (pattern, pattern, pattern)
    }

    private static func pattern(_ value: String) -> String {
        var pattern = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "!", "%", "_": pattern += "!\(scalar)"
            case _ where scalar.isASCII: pattern += String(scalar).lowercased()
            default: if pattern.last != "%" || pattern.hasSuffix("!%") { pattern += "%" }
            }
        }
        return pattern
    }
}

/// Ids that quoted somebody who was erased.
package enum ErasedID {
    /// The mark and a digest of the id: a repetition of it is still known as one.
    package static func of(_ id: String, in workspace: WorkspaceID) -> String {
        let digest = KeyDigest(bytes: SHA256.hash(data: Array("\(workspace.text)\n\(id)".utf8))).hex
        return "\(IdentityFinder.mark) \(digest.prefix(40))"
    }
}

/// A row that names somebody.
package struct NamingRow {
    package let table: NamingTable
    /// Values of the columns of the table's key.
    package let key: [SQLValue]
    /// What the columns say that name them.
    package let texts: [String: String]

    var columns: Set<String> { Set(texts.keys) }

    private var place: String { table.key.map { "\($0) = ?" }.joined(separator: " AND ") }

    /// How many rows that were: one, if it is still there.
    package func delete(on connection: any SQLConnection) throws(Problem) -> Int {
        try connection.execute("DELETE FROM \(table.name) WHERE \(place)", key)
    }

    func update(_ setting: String, on connection: any SQLConnection) throws(Problem) {
        try connection.execute("UPDATE \(table.name) SET \(setting) WHERE \(place)", key)
    }

    /// Writes other texts into columns, which may be of the key.
    package func set(_ texts: [String: String], on connection: any SQLConnection) throws(Problem) {
        let columns = texts.sorted { $0.key < $1.key }
        let settings = columns.map { "\($0.key) = ?" }.joined(separator: ", ")
        try connection.execute(
            "UPDATE \(table.name) SET \(settings) WHERE \(place)", columns.map { .text($0.value) } + key)
    }
}

/// A table in which people may be named.
package struct NamingTable: Sendable {
    package let name: String
    /// Its key, the workspace first.
    package let key: [String]
    /// Texts that may quote somebody.
    package var texts: [String] = []
    /// Those whose members may name somebody.
    package var json: [String] = []
    /// Who it is, by type and value.
    package var people: [(type: String, value: String)] = []

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
    static let productBlocks = NamingTable(
        name: "product_code_blocks", key: ["workspace", "batch", "serial"], texts: ["reason"])
    static let retentionCounts = NamingTable(name: "retention_counts", key: ["workspace", "event"], texts: ["event"])

    static let auditChain = NamingTable(
        name: "audit_chain", key: ["scope", "number"], texts: ["target", "detail", "reason"])

    /// Those too that an erasure does not change: what members of the team wrote, details of the audit, and erasures under way.
    static let all =
        [
            rejections, cards, productClaims, productCalls, productBatches, productRegistrations, productCases, productBlocks,
            retentionCounts,
            auditChain,
            NamingTable(name: "boards", key: ["workspace", "id"], texts: ["name"]),
            NamingTable(name: "retention", key: ["workspace", "event", "purpose"], texts: ["event"]),
            NamingTable(name: "computed_traits", key: ["workspace", "key"], texts: ["key"], json: ["rule"]),
            NamingTable(name: "suppressions", key: ["workspace", "digest"], texts: ["reason"]),
            NamingTable(
                name: "erasure_traces", key: ["workspace", "erasure", "kind", "type", "value"], people: [("type", "value")]),
        ] + program + programSettings
}
