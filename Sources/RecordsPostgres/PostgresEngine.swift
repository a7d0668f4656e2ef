public import Model
public import Records

/// Records in a database of PostgreSQL 15 or newer: serializable transactions over a few connections.
///
/// Those that collide are run again, as are those whose connection broke before they were committed; so what they run must have
/// no effect but on the database. Each connection has a thread of its own, off the shared pool.
public struct PostgresEngine: SQLEngine {
    /// How many connections there are, and how long is waited for what.
    public struct Options: Sendable {
        public var connectionsMax = 8
        /// Calls that wait for a connection; more are refused.
        public var waitingMax = 1_024
        /// For a connection that others use.
        public var waiting: Duration = .seconds(10)
        /// For the server to answer a new connection.
        public var connecting: Duration = .seconds(5)
        /// For a server that went away to come back.
        public var reconnecting: Duration = .seconds(3)
        /// For whoever does nothing in the middle of a transaction: the server ends it then, for others wait for what it holds.
        public var idling: Duration = .seconds(60)

        public init() {}
    }

    private let pool: PostgresPool

    /// Connects to the database that `url` names, as libpq takes it: `postgresql://user@host:port/database?sslmode=…`.
    ///
    /// - Throws: ``Problem`` with code `bad_settings`, `access_refused` or `unavailable`.
    public static func open(url: String, options: Options = Options()) async throws(Problem) -> PostgresEngine {
        guard PostgresSession.understands(url) else {
            throw Problem(
                Problem.Code("bad_settings"),
                "TEAHOUSE_RECORDS is no URL of PostgreSQL. Give postgresql://USER@HOST:PORT/DATABASE.")
        }
        let engine = PostgresEngine(pool: PostgresPool(url: url, options: options))
        _ = try await engine.read { connection throws(Problem) in try connection.rows("SELECT 1", []) }
        return engine
    }

    public func read<Answer: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(Problem) -> Answer
    ) async throws(Problem) -> Answer {
        try await pool.run { lane throws(Problem) in try lane.transact(.reading, body) }
    }

    public func write<Answer: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(Problem) -> Answer
    ) async throws(Problem) -> Answer {
        try await pool.run { lane throws(Problem) in try lane.transact(.writing, body) }
    }

    public func writeForm<Answer: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(Problem) -> Answer
    ) async throws(Problem) -> Answer {
        try await pool.run { lane throws(Problem) in try lane.transact(.writing, alone: .form, body) }
    }

    public func writeRows<Answer: Sendable>(
        in workspace: WorkspaceID, _ body: @escaping @Sendable (any SQLConnection) throws(Problem) -> Answer
    ) async throws(Problem) -> Answer {
        try await pool.run { lane throws(Problem) in try lane.transact(.writingRows, sharing: .rows(of: workspace), body) }
    }

    public func writeAlone<Answer: Sendable>(
        in workspace: WorkspaceID, _ body: @escaping @Sendable (any SQLConnection) throws(Problem) -> Answer
    ) async throws(Problem) -> Answer {
        try await pool.run { lane throws(Problem) in try lane.transact(.writing, alone: .rows(of: workspace), body) }
    }

    public func forgetDeleted() async throws(Problem) {
        try await pool.run { lane throws(Problem) in
            try lane.retrying { session throws(PostgresFailure) in (.success(try session.forgetDeleted()), nil) }
        }
    }

    public func close() async { pool.close() }
}
