import Model
import Records

/// An advisory lock of the database, which programs agree upon.
struct PostgresLock {
    /// SQL for its number, with one parameter.
    let key: String
    let value: SQLValue

    /// Of who changes the tables: "teahouse" in ASCII.
    static let form = PostgresLock(key: "?", value: .integer(0x7465_6168_6F75_7365))

    /// Of who writes rows of a workspace; two whose number is the same by chance wait for each other.
    static func rows(of workspace: WorkspaceID) -> PostgresLock {
        PostgresLock(key: "hashtextextended(?, 0)", value: .text(workspace.text))
    }
}

/// What begins a transaction.
struct PostgresOpening {
    let begin: String
    /// A lock that the transaction shares with others until it ends.
    let shared: PostgresLock?
}
