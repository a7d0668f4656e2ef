import Model
import Records

/// Why something that was asked of PostgreSQL failed.
struct PostgresFailure: Error {
    /// What can be done about it.
    enum Kind {
        /// Another transaction came first: the whole transaction may be run again.
        case conflict
        /// A key is there already, as far as transactions that ran beside this one can tell.
        case duplicate
        /// The connection is gone, or was never made; nothing was committed.
        case lost
        /// The connection was lost while the transaction was being committed: nobody knows whether it was.
        case unknownOutcome
        case refused
    }

    let kind: Kind
    let problem: Problem

    /// - Parameters:
    ///   - state: The five characters of the server's word for it; empty when the connection broke without one.
    ///   - endsConnection: Whether the server closes the connection after it.
    init(state: String, endsConnection: Bool = false) {
        problem = Problem(sqlState: state)
        kind =
            switch state {
            case "40001", "40P01": .conflict
            case "23505": .duplicate
            case _ where endsConnection || PostgresFailure.isPassing(state): .lost
            default: .refused
            }
    }

    private init(_ kind: Kind, _ problem: Problem) {
        self.kind = kind
        self.problem = problem
    }

    /// The connection broke.
    static let lost = PostgresFailure(state: "")

    /// The connection broke, and `failure` was the last that came through it.
    static func lost(by failure: PostgresFailure) -> PostgresFailure {
        PostgresFailure(.lost, failure.kind == .lost ? failure.problem : lost.problem)
    }

    static let unknownOutcome = PostgresFailure(
        .unknownOutcome,
        Problem(
            .connectionLost,
            "The connection to PostgreSQL broke while a change was being committed, so it is not known whether it was. Send the same command again if it may be carried out twice; else look first.",
            status: 503, retryAfterSeconds: 1))

    static func refused(_ problem: Problem) -> PostgresFailure { PostgresFailure(.refused, problem) }

    /// Whether the server is starting, stopping or out of reach.
    static func isPassing(_ state: String) -> Bool {
        state.isEmpty || state == "53300" || state.hasPrefix("57P") || state.hasPrefix("08") && state != "08P01"
    }
}
