import Model
import Records

extension PostgresSession {
    /// Waits until nobody else has the lock.
    ///
    /// Taken before the transaction begins, so that the transaction sees what the one before it did. The lock ends with the
    /// connection, too.
    func lock(_ lock: PostgresLock) throws(PostgresFailure) {
        _ = try run("SELECT pg_advisory_lock(\(lock.key))", each: [[lock.value]]) { _ in }
    }

    func unlock() throws(PostgresFailure) {
        _ = try run("SELECT pg_advisory_unlock_all()", each: [[]]) { _ in }
    }

    /// Tables up to this size are written anew.
    private static let rewrittenBytesMax: Int64 = 64 << 20

    /// Takes deleted rows out of the tables and their indexes, but for those that a transaction under way still sees.
    ///
    /// `VACUUM` gives their place free and leaves their bytes until others take it, so that tables are then written anew where that takes
    /// a moment only; nobody reads or writes a table meanwhile. `VACUUM FULL` alone would keep what a transaction of any other database of
    /// the server could see.
    func forgetDeleted() throws(PostgresFailure) {
        let tables = try run(
            """
            SELECT quote_ident(relname), pg_total_relation_size(oid) FROM pg_class
            WHERE relkind = 'r' AND pg_relation_size(oid) > 0
                AND relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'schema_steps'::regclass)
            ORDER BY relname
            """, each: [[]]
        ) { answer throws(PostgresFailure) in try answer.rows() }
        for row in tables.joined() {
            guard case .text(let name) = row.values[0], case .integer(let bytes) = row.values[1] else { continue }
            _ = try run("VACUUM (INDEX_CLEANUP ON) \(name)", each: [[]]) { _ in }
            if bytes <= PostgresSession.rewrittenBytesMax { _ = try run("VACUUM (FULL) \(name)", each: [[]]) { _ in } }
        }
    }
}
