import GRDB
import Model
import Records

extension Problem {
    static let recordsClosing = Problem(.stopping, "The records are closing. Try again.", status: 503, retryAfterSeconds: 1)

    /// What a failure of SQLite means to whoever runs Teahouse.
    ///
    /// The SQL and its values stay out of the message.
    init(sqlite error: any Error, path: String?) {
        if let problem = error as? Problem {
            self = problem
            return
        }
        guard let error = error as? DatabaseError else {
            self = .recordsClosing
            return
        }
        let place = path.map { " at \($0)" } ?? ""
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(
                .diskFull, "The disk is full, so nothing can be written\(place). Free some space.", status: 503,
                retryAfterSeconds: 30)
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(.readOnly, "The records\(place) cannot be written to. Check who owns the data folder.", status: 503)
        case .SQLITE_CANTOPEN:
            self.init(
                .readOnly, "The records\(place) cannot be opened or made. Check the data folder and who owns it.", status: 503)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(.damaged, "The records\(place) are damaged. Restore them from a backup.", status: 500)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.overloaded, "The records are busy. Try again.", status: 503, retryAfterSeconds: 1)
        case .SQLITE_CONSTRAINT where error.extendedResultCode == .SQLITE_CONSTRAINT_FOREIGNKEY:
            self.init(.notFound, "What this belongs to does not exist.", status: 404)
        case .SQLITE_CONSTRAINT:
            self.init(.exists, "There is one of that name already.", status: 409)
        case .SQLITE_IOERR:
            self.init(
                Problem.Code("io_failed"), "The disk failed to read or write the records\(place). Look at the system's log.",
                status: 503)
        default:
            self.init(
                Problem.Code("records_failed"), "The records failed (SQLite code \(error.resultCode.rawValue)).", status: 500)
        }
    }
}
