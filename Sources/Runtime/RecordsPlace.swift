public import Model
import Records
import RecordsPostgres
import RecordsSQLite
import Workspaces

/// Where the records are: everything but events, which are always in the data folder.
public enum RecordsPlace: Sendable, Hashable {
    /// A file of SQLite in the data folder.
    case folder
    /// A file of SQLite elsewhere.
    case file(String)
    /// A database of PostgreSQL 15 or newer, by its URL.
    case postgres(String)

    /// Reads a setting: nothing, a path, or `postgresql://USER@HOST:PORT/DATABASE`.
    ///
    /// - Throws: ``Problem`` with code `bad_settings` for another kind of URL. What is wrong with a URL is not quoted: it may hold a
    ///   password.
    public init(_ text: String?) throws(Problem) {
        guard let text, !text.isEmpty else {
            self = .folder
            return
        }
        if text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") {
            self = .postgres(text)
        } else if text.contains("://") {
            throw Problem(
                .badSettings,
                "Records are in a file of SQLite or in PostgreSQL: give a path, or postgresql://USER@HOST:PORT/DATABASE.",
                place: "TEAHOUSE_RECORDS")
        } else {
            self = .file(text)
        }
    }

    /// What `TEAHOUSE_RECORDS` says.
    static func ofEnvironment() throws(Problem) -> RecordsPlace {
        try RecordsPlace(Environment.process["TEAHOUSE_RECORDS"])
    }

    /// Opens the database, which is made when it is a file that is missing.
    func open(in folder: DataFolder) async throws(Problem) -> any SQLEngine {
        switch self {
        case .folder: return try SQLiteEngine.open(path: folder.recordsPath)
        case .file(let path): return try SQLiteEngine.open(path: path)
        case .postgres(let url): return try await PostgresEngine.open(url: url)
        }
    }
}
