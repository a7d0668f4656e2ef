import Model
import Records

extension Problem {
    /// What an SQLSTATE of PostgreSQL means to whoever runs Teahouse.
    ///
    /// The SQL, its values and the server's own words, which quote them, stay out of the message.
    init(sqlState state: String) {
        switch state {
        case "40001", "40P01", "53200", "55P03", "57014":
            self.init(.overloaded, "The records are busy. Try again.", status: 503, retryAfterSeconds: 1)
        case "23505": self.init(.exists, "There is one of that name already.", status: 409)
        case "23503": self.init(.notFound, "What this belongs to does not exist.", status: 404)
        case "53100":
            self.init(
                .diskFull, "The disk of PostgreSQL is full, so nothing can be written. Free some space.", status: 503,
                retryAfterSeconds: 30)
        case "53300":
            self.init(
                .unavailable, "PostgreSQL takes no more connections. Raise its max_connections.", status: 503, retryAfterSeconds: 1)
        case "25006", "42501":
            self.init(
                .readOnly,
                "The records cannot be written to. Name PostgreSQL's primary server and a user who owns the tables in TEAHOUSE_RECORDS.",
                status: 503)
        case "28000", "28P01", "3D000":
            self.init(
                Problem.Code("access_refused"),
                "PostgreSQL refuses the connection (\(state)). Check user, password and database in TEAHOUSE_RECORDS.", status: 503)
        case "54000":
            self.init(
                Problem.Code("too_long"), "A text that records are found by is too long. Give ids of at most 500 bytes.",
                status: 400)
        case "58030":
            self.init(
                Problem.Code("io_failed"), "The disk of PostgreSQL failed to read or write. Look at its log.", status: 503)
        case "XX001", "XX002":
            self.init(.damaged, "The records in PostgreSQL are damaged. Restore them from a backup.", status: 500)
        case _ where PostgresFailure.isPassing(state) || state == "25P03":
            self.init(.unavailable, "PostgreSQL cannot be reached. Try again.", status: 503, retryAfterSeconds: 1)
        default:
            self.init(Problem.Code("records_failed"), "The records failed (PostgreSQL code \(state)).", status: 500)
        }
    }
}
