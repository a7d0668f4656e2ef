public import Model

/// Rows that are durable as soon as they are written, and come into their tables a moment later, many at a time.
///
/// It is for whoever knows the state by heart and need not read the tables: one at a time, see ``turn(of:_:)``. Everybody else sees the
/// rows after ``settle()``.
public protocol RowsAhead: Sendable {
    /// Runs `body` while nobody else has the turn.
    ///
    /// - Parameters:
    ///   - holder: Who asks.
    ///   - body: Is told whether the holder had the last turn as well, so that what it knows still holds.
    func turn<Answer: Sendable>(
        of holder: RowsHolder, _ body: @Sendable (Bool) async throws(Problem) -> Answer
    ) async throws(Problem) -> Answer

    /// Makes rows durable, all or none.
    ///
    /// - Returns: Their number: once ``appliedUntil`` has reached it they are in the tables.
    /// - Throws: ``Problem``, after which they are not there as soon as the next ``settle()`` has ended well.
    func append(_ log: RowLog) async throws(Problem) -> Int64

    /// Waits until all rows are in the tables.
    ///
    /// - Throws: ``Problem`` when they cannot be written, such as `disk_full`; they stay where they are.
    func settle() async throws(Problem)

    var appliedUntil: Int64 { get }

    /// Why rows do not come into their tables, such as a full disk; nil while they do.
    var trouble: Problem? { get }

    /// Calls `listener` when rows cannot come into their tables, once for each reason, and with nil once they can again.
    func listen(_ listener: @escaping @Sendable (Problem?) -> Void)
}

/// Somebody who writes ahead; equal to itself alone.
public final class RowsHolder: Sendable {
    private let whenLost: @Sendable () -> Void

    /// - Parameter whenLost: Is called within the turn of whoever has the next one in its place.
    public init(whenLost: @escaping @Sendable () -> Void = {}) { self.whenLost = whenLost }

    package func lose() { whenLost() }
}
