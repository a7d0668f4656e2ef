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

    /// An engine over an empty database of its own.
    package func open() async throws -> any SQLEngine {
        switch self {
        case .sqlite: try SQLiteEngine.inMemory()
        case .postgres: try await PostgresEngine.open(url: TestPostgres.shared().database(), options: .patient)
        }
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
