import Dispatch
import Model
import Records

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A thread of its own with one connection, which is made when it is needed and made anew when it broke.
///
/// `@unchecked Sendable` because only `queue`, which does one thing at a time, touches the connection.
final class PostgresLane: @unchecked Sendable {
    private let url: String
    private let options: PostgresEngine.Options
    private let queue: DispatchQueue
    private var session: PostgresSession?

    init(url: String, options: PostgresEngine.Options, number: Int) {
        self.url = url
        self.options = options
        queue = DispatchQueue(label: "teahouse.records.\(number)")
    }

    /// Does `work` on the lane's thread.
    func run<Answer: Sendable>(_ work: @escaping @Sendable (PostgresLane) -> Answer) async -> Answer {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: work(self)) }
        }
    }

    /// Closes the connection, after whatever the lane is doing.
    func close() { queue.async { self.session = nil } }

    /// Runs `body` in a transaction, again when another came first or the connection broke before it was committed.
    ///
    /// On the lane's thread only, as is ``retrying(_:)``.
    /// - Parameters:
    ///   - alone: Is held by nobody else meanwhile, shared or not.
    ///   - shared: Is held by nobody alone meanwhile; costs no round trip.
    func transact<Answer>(
        _ kind: PostgresTransaction.Kind, alone: PostgresLock? = nil, sharing shared: PostgresLock? = nil,
        _ body: (any SQLConnection) throws(Problem) -> Answer
    ) throws(Problem) -> Answer {
        try retrying { session throws(PostgresFailure) in
            if let alone { try session.lock(alone) }
            // A lock that cannot be given back ends with the connection, which is lost then.
            defer { if alone != nil, !session.isLost { _ = try? session.unlock() } }
            let transaction = PostgresTransaction(kind, sharing: shared, on: session)
            var result = Result { () throws(Problem) in try body(transaction) }
            if let failure = transaction.failure, case .success = result { result = .failure(failure.problem) }
            switch result {
            case .success: try transaction.commit()
            case .failure: try transaction.rollBack()
            }
            return (result, transaction.failure)
        }
    }

    /// Does something over the connection until it is done, or trying again is of no more use.
    ///
    /// - Parameter attempt: Gives the result, and why the server failed a statement of it if it did; throws what else failed.
    func retrying<Answer>(
        _ attempt: (PostgresSession) throws(PostgresFailure) -> (Result<Answer, Problem>, PostgresFailure?)
    ) throws(Problem) -> Answer {
        var patience = PostgresPatience(options)
        while true {
            let result: Result<Answer, Problem>
            let failure: PostgresFailure?
            do throws(PostgresFailure) { (result, failure) = try attempt(try connected()) } catch {
                (result, failure) = (.failure(error.problem), error)
            }
            if session?.isLost ?? false { session = nil }
            guard let failure, let pauseMicroseconds = patience.pause(after: failure) else { return try result.get() }
            usleep(pauseMicroseconds)
        }
    }

    private func connected() throws(PostgresFailure) -> PostgresSession {
        if let session { return session }
        let session = try PostgresSession(url: url, options)
        self.session = session
        return session
    }
}
