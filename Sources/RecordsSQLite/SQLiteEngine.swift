package import Disks
import GRDB
public import Model
public import Records

/// Records in one SQLite file: write-ahead log, synced at every commit, one writing connection and a few reading ones.
public struct SQLiteEngine: SQLEngine {
    private let database: any DatabaseWriter
    private let rowsAhead: SQLiteRowsAhead
    /// What the writing connection keeps of the file: pages beyond it are written before the commit, each once, for rows come in order.
    private static let cacheKibibytes = 16_384
    /// What each reading connection keeps of it, as long as nobody writes.
    private static let readerKibibytes = 32_768
    /// The length of the log, in pages of 4 KiB, at which it is copied into the file.
    private static let checkpointPages = 8_192

    /// Opens or creates the file at `path`, which this engine has alone until it is closed.
    ///
    /// - Throws: ``Problem`` with code `data_folder_locked` while another one has it, `damaged`, `read_only` or `disk_full`.
    public static func open(path: String) throws(Problem) -> SQLiteEngine { try open(path: path, disk: SystemDisk()) }

    /// - Parameter disk: Where rows are written ahead.
    package static func open(path: String, disk: any Disk) throws(Problem) -> SQLiteEngine {
        let database = try translating(path) {
            let pool = try DatabasePool(path: path, configuration: configuration)
            // GRDB sets NORMAL once the log is on; an answered command must survive a power cut.
            try pool.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA synchronous = FULL")
                // Pages that are changed again and again are read and copied into the database less often.
                try database.execute(sql: "PRAGMA cache_size = \(-SQLiteEngine.cacheKibibytes)")
                try database.execute(sql: "PRAGMA wal_autocheckpoint = \(SQLiteEngine.checkpointPages)")
            }
            return pool
        }
        return SQLiteEngine(database: database, rowsAhead: try SQLiteRowsAhead(database, path: path, disk: disk))
    }

    /// Records that live as long as this value, for tests.
    public static func inMemory() throws(Problem) -> SQLiteEngine {
        let database = try translating("memory") { try DatabaseQueue(configuration: configuration) }
        return SQLiteEngine(database: database, rowsAhead: try SQLiteRowsAhead(database, path: nil, disk: SystemDisk()))
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.maximumReaderCount = 4
        configuration.busyMode = .timeout(5)
        configuration.label = "teahouse.records"
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA secure_delete = ON")
            try database.execute(sql: "PRAGMA cache_size = \(-SQLiteEngine.readerKibibytes)")
        }
        return configuration
    }

    public var ahead: (any RowsAhead)? { rowsAhead }

    public func read<Answer: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(Problem) -> Answer
    ) async throws(Problem) -> Answer {
        try await SQLiteEngine.translatingAsync {
            try await database.read { try body(SQLiteConnection(database: $0)) }
        }
    }

    public func write<Answer: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(Problem) -> Answer
    ) async throws(Problem) -> Answer {
        try await SQLiteEngine.translatingAsync {
            try await database.write { try body(SQLiteConnection(database: $0)) }
        }
    }

    public func writeRows<Answer: Sendable>(
        in workspace: WorkspaceID, _ body: @escaping @Sendable (any SQLConnection) throws(Problem) -> Answer
    ) async throws(Problem) -> Answer {
        try await rowsAhead.turn(of: RowsHolder()) { _ throws(Problem) in
            try await rowsAhead.settle()
            return try await write(body)
        }
    }

    public func forgetDeleted() async throws(Problem) {
        try await rowsAhead.forget()
        // Deleted rows are overwritten in the pages; old pages are in the log until it is written back and cut.
        try await SQLiteEngine.translatingAsync {
            try await database.writeWithoutTransaction { database in
                _ = try database.checkpoint(.truncate)
            }
        }
    }

    public func close() async {
        await rowsAhead.close()
        // Closing twice, or with a reader still out, throws; there is nothing left to do about it then.
        _ = try? database.close()
        rowsAhead.closeFiles()
    }

    /// The durability in force, for tests: `wal` and 2 (FULL).
    package func durability() async throws -> (journal: String, synchronous: Int) {
        try await database.writeWithoutTransaction { database in
            (
                try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? "",
                try Int.fetchOne(database, sql: "PRAGMA synchronous") ?? -1
            )
        }
    }

    private static func translating<Answer>(_ path: String, _ body: () throws -> Answer) throws(Problem) -> Answer {
        do { return try body() } catch { throw Problem(sqlite: error, path: path) }
    }

    private static func translatingAsync<Answer: Sendable>(
        _ body: () async throws -> Answer
    ) async throws(Problem) -> Answer {
        do { return try await body() } catch { throw Problem(sqlite: error, path: nil) }
    }
}

extension SQLiteEngine {
    /// Lets the file grow by no more than a few pages, so that tests meet a full disk.
    package func limitPages(more: Int = 8) async throws {
        try await database.writeWithoutTransaction { database in
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            try database.execute(sql: "PRAGMA max_page_count = \(pages + more)")
        }
    }
}
