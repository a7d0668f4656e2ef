import Model
package import Records
package import RecordsPostgres
import RecordsSQLite

/// The databases that records are kept in; what holds for one holds for each.
///
///     @Test("…", arguments: RecordsEngine.here) func something(engine: RecordsEngine) async throws {
package enum RecordsEngine: String, CaseIterable, Sendable {
    case sqlite
    case postgres

    /// Those that can be tested here; all of them where `CI` is set.
    package static let here = allCases.filter { $0 != .postgres || TestPostgres.isHere }

    /// An engine over a database of its own, in which nothing is kept.
    ///
    /// PostgreSQL's has its tables already: it copies them in a tenth of the time that making them takes.
    package func open() async throws -> any SQLEngine {
        switch self {
        case .sqlite: try SQLiteEngine.inMemory()
        case .postgres: try await RecordsEngine.connect(TestPostgres.shared().database(copying: RecordsEngine.template.value))
        }
    }

    /// An engine over a database of its own that has no tables.
    package func openBare() async throws -> any SQLEngine {
        switch self {
        case .sqlite: try SQLiteEngine.inMemory()
        case .postgres: try await RecordsEngine.connect(TestPostgres.shared().database())
        }
    }

    private static func connect(_ url: String) async throws -> PostgresEngine {
        try await PostgresEngine.open(url: url, options: .patient)
    }

    /// The name of the database that has the tables and nothing in them.
    private static let template = Task {
        let url = try TestPostgres.shared().database()
        try await RecordStore.open(connect(url), now: .epoch).close()
        return url.split(separator: "/").last.map(String.init) ?? url
    }
}

extension PostgresEngine.Options {
    /// For tests beside hundreds of others: what they wait for in the middle of a transaction can take minutes.
    package static var patient: PostgresEngine.Options {
        var options = PostgresEngine.Options()
        (options.waiting, options.connecting, options.idling) = (.seconds(300), .seconds(60), .seconds(3_600))
        return options
    }
}
