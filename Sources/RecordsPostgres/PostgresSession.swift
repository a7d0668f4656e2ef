import CPostgres
import Model
import Records

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// One connection to the server, with the statements prepared on it; for one thread at a time.
///
/// Everything goes through libpq's pipeline mode: what is asked together costs one round trip.
final class PostgresSession {
    private struct Statement {
        let name: String
        let sql: String
    }

    /// Runs of a statement in one round trip: their answers fit into the buffers between the server and here, so that neither
    /// waits for the other.
    private static let runsMax = 1_000
    private static let statementsMax = 500

    private let handle: OpaquePointer
    private var statements: [String: Statement] = [:]
    private var statementCount = 0
    private var parameters = PostgresParameters()
    /// Whether the connection is of no more use.
    private(set) var isLost = false

    /// Connects to the server of `url` and readies the connection.
    init(url: String, _ options: PostgresEngine.Options) throws(PostgresFailure) {
        handle = try PostgresSession.connected(url, within: options.connecting)
        guard PQserverVersion(handle) >= 150_000,
            PQparameterStatus(handle, "server_encoding").map({ String(cString: $0) }) == "UTF8",
            PQenterPipelineMode(handle) == 1
        else {
            throw .refused(
                Problem(
                    Problem.Code("bad_settings"),
                    "TEAHOUSE_RECORDS names a database that cannot hold the records. It takes PostgreSQL 15 or newer and a database in UTF-8."
                ))
        }
        // Notices are for people at a terminal.
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
        // What was answered survives a power cut; a transaction of ours that hangs lets go of what others wait for.
        _ = try run(
            """
            SELECT set_config('standard_conforming_strings', 'on', false),
                set_config('idle_in_transaction_session_timeout', '\(max(1, Int(options.idling / .milliseconds(1))))ms', false),
                CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', false) END
            """, each: [[]]
        ) { _ in }
    }

    deinit { PQfinish(handle) }

    /// Runs one statement for each of `rows`, after `opening`, and reads each answer.
    ///
    /// The first failure ends it; later runs of the same round trip are then left out by the server.
    func run<Answer>(
        _ sql: String, each rows: [[SQLValue]], after opening: PostgresOpening? = nil,
        _ read: (PostgresAnswer) throws(PostgresFailure) -> Answer
    ) throws(PostgresFailure) -> [Answer] {
        var answers: [Answer] = []
        answers.reserveCapacity(rows.count)
        for start in stride(from: 0, to: rows.count, by: PostgresSession.runsMax) {
            let some = rows[start ..< min(rows.count, start + PostgresSession.runsMax)]
            try runTogether(sql, some, after: start == 0 ? opening : nil) { answer throws(PostgresFailure) in
                answers.append(try read(answer))
            }
        }
        return answers
    }

    private func runTogether(
        _ sql: String, _ rows: ArraySlice<[SQLValue]>, after opening: PostgresOpening?,
        _ read: (PostgresAnswer) throws(PostgresFailure) -> Void
    ) throws(PostgresFailure) {
        if statements.count >= PostgresSession.statementsMax { try forgetStatements() }
        let known = statements[sql]
        let statement = known ?? makeStatement(sql)
        let opened = if let opening { try send(opening) } else { (lock: 0, rest: 0) }
        if known == nil { try sent(PQsendPrepare(handle, statement.name, statement.sql, 0, nil)) }
        for row in rows {
            parameters.set(row)
            try sent(
                parameters.withPointers { count, values in
                    PQsendQueryPrepared(handle, statement.name, count, values, nil, nil, 0)
                })
        }
        try sent(PQpipelineSync(handle))
        do throws(PostgresFailure) {
            try finish(opened)
            if known == nil {
                _ = try answer()
                statements[sql] = statement
            }
            for _ in rows { try read(try answer()) }
        } catch {
            if !isLost { try catchUp() }
            throw error
        }
        try catchUp()
    }

    /// Sends what begins a transaction, and tells how many answers come to the lock and to what follows it.
    private func send(_ opening: PostgresOpening) throws(PostgresFailure) -> (lock: Int, rest: Int) {
        guard let shared = opening.shared else {
            try begin(by: opening)
            return (0, 1)
        }
        let lock = try send("SELECT pg_advisory_lock_shared(\(shared.key))", [shared.value])
        // The transaction begins, and sees the state of its beginning, once that is there.
        try sent(PQpipelineSync(handle))
        try begin(by: opening)
        let handOver = try send(
            """
            SELECT pg_advisory_unlock_shared(\(shared.key)) WHERE pg_advisory_xact_lock_shared(\(shared.key)) IS NOT NULL
            """, [shared.value, shared.value])
        return (lock, 1 + handOver)
    }

    private func begin(by opening: PostgresOpening) throws(PostgresFailure) {
        try sent(PQsendQueryParams(handle, opening.begin, 0, nil, nil, nil, nil, 0))
    }

    /// Sends a statement, and tells how many answers come; when one of them is a failure the connection has to be given up.
    private func send(_ sql: String, _ values: [SQLValue]) throws(PostgresFailure) -> Int {
        let known = statements[sql]
        let statement = known ?? makeStatement(sql)
        if known == nil { try sent(PQsendPrepare(handle, statement.name, statement.sql, 0, nil)) }
        statements[sql] = statement
        parameters.set(values)
        try sent(
            parameters.withPointers { count, values in
                PQsendQueryPrepared(handle, statement.name, count, values, nil, nil, 0)
            })
        return known == nil ? 2 : 1
    }

    private func finish(_ answers: (lock: Int, rest: Int)) throws(PostgresFailure) {
        do throws(PostgresFailure) {
            for _ in 0 ..< answers.lock { _ = try answer() }
            if answers.lock > 0 { try catchUp() }
            for _ in 0 ..< answers.rest { _ = try answer() }
        } catch {
            // What was locked before the transaction ends with the connection.
            if answers.lock > 0 { isLost = true }
            throw error
        }
    }

    private func makeStatement(_ sql: String) -> Statement {
        statementCount += 1
        return Statement(name: "s\(statementCount)", sql: PostgresText.sql(sql))
    }

    /// Texts that are put together as they are needed would else fill the server's memory.
    private func forgetStatements() throws(PostgresFailure) {
        statements = [:]
        try sent(PQsendQueryParams(handle, "DEALLOCATE ALL", 0, nil, nil, nil, nil, 0))
        try sent(PQpipelineSync(handle))
        _ = try answer()
        try catchUp()
    }

    private func sent(_ isSent: Int32) throws(PostgresFailure) {
        guard isSent == 1 else {
            isLost = true
            throw .lost
        }
    }

    /// The answer to the next thing that was asked.
    private func answer() throws(PostgresFailure) -> PostgresAnswer {
        guard let result = PQgetResult(handle) else {
            isLost = true
            throw .lost
        }
        let answer = PostgresAnswer(result: result)
        if let failure = answer.failure {
            if failure.kind == .lost || PQstatus(handle) == CONNECTION_BAD {
                isLost = true
                throw .lost(by: failure)
            }
            throw failure
        }
        guard PQgetResult(handle) == nil else {
            isLost = true
            throw .lost
        }
        return answer
    }

    /// Reads on to the end of the round trip.
    private func catchUp() throws(PostgresFailure) {
        var pauses = 0
        while !isLost {
            guard let result = PQgetResult(handle) else {
                // One parts two answers; two in a row mean that nothing more comes.
                pauses += 1
                if pauses > 1 { isLost = true }
                continue
            }
            pauses = 0
            defer { PQclear(result) }
            if PQresultStatus(result) == PGRES_PIPELINE_SYNC { return }
            if PQstatus(handle) == CONNECTION_BAD { isLost = true }
        }
        throw .lost
    }
}

extension PostgresSession {
    /// Dead servers are noticed within half a minute, unless the URL says otherwise.
    private static let settings = [
        ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"), ("tcp_user_timeout", "25000"),
        ("application_name", "teahouse"),
    ]

    /// Whether libpq understands `url`.
    static func understands(_ url: String) -> Bool {
        guard let options = PQconninfoParse(url, nil) else { return false }
        PQconninfoFree(options)
        return true
    }

    private static func connected(_ url: String, within limit: Duration) throws(PostgresFailure) -> OpaquePointer {
        // Of a setting that comes twice the last one holds.
        let pairs = settings + [("dbname", url), ("client_encoding", "UTF8")]
        let texts = (pairs.map(\.0) + pairs.map(\.1)).map { strdup($0) }
        defer { texts.forEach { free($0) } }
        let pointers = texts.map { UnsafePointer<CChar>($0) }
        let handle = PQconnectStartParams(
            Array(pointers.prefix(pairs.count)) + [nil], Array(pointers.suffix(pairs.count)) + [nil], 1)
        guard let handle else { throw .lost }
        // A failure then names the SQLSTATE, and quotes nothing.
        PQsetErrorVerbosity(handle, PQERRORS_SQLSTATE)
        let end = ContinuousClock.now + limit
        var wanted = PQstatus(handle) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
        while wanted == PGRES_POLLING_READING || wanted == PGRES_POLLING_WRITING {
            let milliseconds = (end - ContinuousClock.now) / .milliseconds(1)
            var descriptor = pollfd(
                fd: PQsocket(handle), events: Int16(wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT), revents: 0)
            let count = milliseconds > 0 ? poll(&descriptor, 1, Int32(milliseconds) + 1) : 0
            if count < 0, errno == EINTR { continue }
            wanted = count > 0 ? PQconnectPoll(handle) : PGRES_POLLING_FAILED
        }
        guard wanted == PGRES_POLLING_OK else {
            let state = PQerrorMessage(handle).map { sqlState(in: String(cString: $0)) } ?? ""
            PQfinish(handle)
            throw PostgresFailure(state: state)
        }
        return handle
    }

    /// The SQLSTATE at the end of "… FATAL:  28P01"; empty when the message ends otherwise.
    private static func sqlState(in message: String) -> String {
        let last = message.split { $0.isWhitespace }.last.map(String.init) ?? ""
        let isState = last.utf8.count == 5 && last.allSatisfy { $0.isASCII && ($0.isNumber || $0.isUppercase) }
        return isState ? last : ""
    }
}
