public import Model

/// What Teahouse keeps besides events: workspaces, sources, keys, members, sessions, boards, rules of traits, forms, refusals and who changed what.
///
/// Every write is one transaction, durable when it returns. Nothing here is on the path of an event.
public struct RecordStore: Sendable {
    package let engine: any SQLEngine

    /// Opens the records over `engine` and brings their form up to date.
    ///
    /// - Throws: ``Problem`` with code `newer_data`, `disk_full`, `read_only` or `damaged`.
    public static func open(_ engine: any SQLEngine, now: Instant) async throws(Problem) -> RecordStore {
        try await Schema.migrate(engine, at: now)
        return RecordStore(engine: engine)
    }

    /// Closes the database.
    public func close() async { await engine.close() }

    /// Writes something and takes it away again, to know that writing works.
    public func probe() async throws(Problem) {
        try await engine.write { connection throws(Problem) in
            try connection.execute("INSERT INTO secrets (name, bytes) VALUES (?, ?)", [.text("probe"), .text("")])
            try connection.execute("DELETE FROM secrets WHERE name = ?", [.text("probe")])
        }
    }

    /// The secret `name`: kept since it was first asked for, when `fresh` became it.
    public func secret(_ name: String, fresh: [UInt8]) async throws(Problem) -> [UInt8] {
        let hex = try await engine.write { connection throws(Problem) in
            try connection.execute(
                "INSERT INTO secrets (name, bytes) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", [.text(name), .text(fresh.hex)])
            guard let row = try connection.row("SELECT bytes FROM secrets WHERE name = ?", [.text(name)]) else { return "" }
            var reader = RowReader(row)
            return try reader.text()
        }
        return [UInt8](hex: hex) ?? fresh
    }

    /// The secret `name` as it is kept; nil while nobody has asked for it.
    public func keptSecret(_ name: String) async throws(Problem) -> [UInt8]? {
        try await list("SELECT bytes FROM secrets WHERE name = ?", [.text(name)]) { reader throws(Problem) in try reader.text() }
            .first.flatMap { [UInt8](hex: $0) }
    }

    /// Keeps another secret under `name`: whatever the old one vouched for counts no more.
    public func replaceSecret(_ name: String, with fresh: [UInt8]) async throws(Problem) {
        try await engine.write { connection throws(Problem) in
            _ = try connection.execute(
                "INSERT INTO secrets (name, bytes) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET bytes = excluded.bytes",
                [.text(name), .text(fresh.hex)])
        }
    }

    func list<Item: Sendable>(
        _ sql: String, _ values: [SQLValue], _ read: @escaping @Sendable (inout RowReader) throws(Problem) -> Item
    ) async throws(Problem) -> [Item] {
        try await engine.read { connection throws(Problem) in
            var items: [Item] = []
            for row in try connection.rows(sql, values) {
                var reader = RowReader(row)
                items.append(try read(&reader))
            }
            return items
        }
    }
}
