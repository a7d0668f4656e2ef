import Columns
import Disks
import Dispatch
import GRDB
import Model
import Records
import Synchronization

/// Rows written ahead of one SQLite file: durable in a log beside it, and brought into the tables by a worker of its own.
final class SQLiteRowsAhead: RowsAhead {
    /// Rows that wait for their tables; whoever writes more waits.
    private static let waitingBytesMax = 1 << 27
    /// Rows are gathered for so long, so that those of one page are written at once.
    private static let gathering: Duration = .milliseconds(500)
    private static let gatheredBytesMax = 1 << 25
    /// After a failure, such as a full disk.
    private static let pause: Duration = .seconds(1)

    private struct State {
        var pending: [(number: Int64, log: RowLog)] = []
        var pendingBytes = 0
        var applied: Int64
        var next: Int64
        var isWorking = false
        var isHurried = false
        var sleeper: CheckedContinuation<Void, Never>?
        var settlers: [(until: Int64, continuation: CheckedContinuation<Problem?, Never>)] = []
        var lastHolder: RowsHolder?
        /// Whether something that could not be made durable may still be in the log.
        var isUnsure = false
        var isClosed = false
    }

    /// What becomes of whoever waits for the tables.
    private enum Wait {
        case over(Problem?)
        /// With the worker, when it sleeps.
        case waiting(CheckedContinuation<Void, Never>?)
    }

    private let database: any DatabaseWriter
    /// nil in memory.
    private let path: String?
    private let log: Mutex<AheadLog?>
    private let troubles = RowsTrouble()
    private let queue = DispatchQueue(label: "teahouse.records.ahead")
    private let writeback: Writeback
    private let turns = SerialLane()
    private let state: Mutex<State>

    /// Brings what an earlier process wrote ahead into the tables.
    init(_ database: any DatabaseWriter, path: String?, disk: any Disk) throws(Problem) {
        self.database = database
        self.path = path
        writeback = Writeback(path.map { [$0 + "-wal", $0] } ?? [])
        var pending: [(number: Int64, log: RowLog)] = []
        func inTables() throws(Problem) -> Int64 {
            do { return try database.write { try AppliedRows.applied($0) } } catch { throw Problem(sqlite: error, path: path) }
        }
        let log: AheadLog? =
            if let path { try AheadLog(path: path, disk: disk, applied: inTables, &pending) } else { nil }
        let known = try inTables()
        let applied: Int64
        do {
            pending.removeAll { $0.number <= known }
            var expected = known + 1
            for (number, _) in pending {
                guard number == expected else { throw Problem(missing: expected, before: number, path) }
                expected += 1
            }
            let logs = pending
            applied = try database.write { try AppliedRows.apply(logs, to: $0) }
        } catch { throw Problem(sqlite: error, path: path) }
        try log?.forget(until: applied)
        self.log = Mutex(log)
        state = Mutex(State(applied: applied, next: applied + 1))
    }

    var appliedUntil: Int64 { state.withLock { $0.applied } }

    var trouble: Problem? { troubles.problem }

    func listen(_ listener: @escaping @Sendable (Problem?) -> Void) { troubles.listen(listener) }

    // MARK: - Turns

    func turn<Answer: Sendable>(
        of holder: RowsHolder, _ body: @Sendable (Bool) async throws(Problem) -> Answer
    ) async throws(Problem) -> Answer {
        try await turns.run { () async throws(Problem) in
            let last = state.withLock { state in
                defer { state.lastHolder = holder }
                return state.lastHolder
            }
            if let last, last !== holder { last.lose() }
            return try await body(last === holder)
        }
    }

    // MARK: - Writing ahead

    func append(_ rows: RowLog) async throws(Problem) -> Int64 {
        let (number, half) = state.withLock { state in
            let isFull = state.pendingBytes > SQLiteRowsAhead.waitingBytesMax
            return (state.next, isFull ? state.pending[state.pending.count / 2].number : nil)
        }
        if let half { try await settle(until: half) }
        try await onDisk { [self] log throws(Problem) in
            do throws(Problem) { try log.append(rows, number: number) } catch {
                // What the holder knows is ahead of what is there.
                state.withLock { ($0.lastHolder, $0.isUnsure) = (nil, true) }
                throw error
            }
        }
        let starts = state.withLock { state in
            state.next = number + 1
            state.pending.append((number, rows))
            state.pendingBytes += rows.rows.count
            defer { state.isWorking = true }
            return !state.isWorking
        }
        if starts { Task { await work() } }
        return number
    }

    func settle() async throws(Problem) {
        if state.withLock({ $0.isUnsure }) {
            // Whoever goes on from the tables must not find it there after a stop.
            try await onDisk { [self] log throws(Problem) in
                try log.mend()
                // Here, where no write can fail in between.
                state.withLock { $0.isUnsure = false }
            }
        }
        guard let last = state.withLock({ $0.pending.last?.number }) else { return }
        try await settle(until: last)
    }

    private func settle(until number: Int64) async throws(Problem) {
        let problem: Problem? = await withCheckedContinuation { continuation in
            let wait = state.withLock { state -> Wait in
                guard state.applied < number else { return .over(nil) }
                // Nobody brings them there any more.
                if state.isClosed { return .over(.recordsClosing) }
                state.settlers.append((number, continuation))
                state.isHurried = true
                defer { state.sleeper = nil }
                return .waiting(state.sleeper)
            }
            switch wait {
            case .over(let problem): continuation.resume(returning: problem)
            case .waiting(let sleeper): sleeper?.resume()
            }
        }
        if let problem { throw problem }
    }

    /// Sees to it that the bytes of what is in the tables are nowhere else; nobody writes ahead meanwhile.
    func forget() async throws(Problem) {
        try await turn(of: RowsHolder()) { _ throws(Problem) in
            try await settle()
            let applied = appliedUntil
            try await onDisk { log throws(Problem) in try log.forget(until: applied) }
        }
    }

    func close() async {
        defer { end() }
        // What cannot be brought into the tables now is in the log when they are opened again.
        do throws(Problem) { try await settle() } catch { return }
    }

    /// Lets go of what is open beside the database, once that is closed.
    func closeFiles() { writeback.close() }

    private func end() {
        let (settlers, sleeper) = state.withLock { state in
            state.isClosed = true
            defer { (state.settlers, state.sleeper) = ([], nil) }
            return (state.settlers, state.sleeper)
        }
        for settler in settlers { settler.continuation.resume(returning: .recordsClosing) }
        sleeper?.resume()
        queue.sync { log.withLock { $0?.close() } }
    }

    /// Does something with the log, one after the other, off the shared threads.
    private func onDisk(_ body: @escaping @Sendable (AheadLog) throws(Problem) -> Void) async throws(Problem) {
        let problem: Problem? = await withCheckedContinuation { continuation in
            queue.async { [self] in
                do throws(Problem) {
                    try log.withLock { log throws(Problem) in
                        if let log { try body(log) }
                    }
                    continuation.resume(returning: nil)
                } catch { continuation.resume(returning: error) }
            }
        }
        if let problem { throw problem }
    }

    // MARK: - Bringing rows into their tables

    private func work() async {
        while !state.withLock({ $0.isClosed }) {
            await gather()
            let logs = state.withLock { state in
                state.isHurried = false
                return state.pending
            }
            do {
                let applied = try await writeback.during { [database] in
                    try await database.write { try AppliedRows.apply(logs, to: $0) }
                }
                troubles.set(nil)
                let isDone = finish(logs.count, until: applied)
                await release(until: applied)
                if isDone { return }
            } catch { await fail(Problem(sqlite: error, path: nil)) }
        }
    }

    /// Waits for more rows to come, unless somebody waits for those that are there.
    private func gather() async {
        await sleep(for: SQLiteRowsAhead.gathering) { $0.isHurried || $0.pendingBytes > SQLiteRowsAhead.gatheredBytesMax }
    }

    private func sleep(for time: Duration, unless isAwake: @escaping @Sendable (State) -> Bool) async {
        let timer = Task {
            do { try await Task.sleep(for: time) } catch { return }
            wake()
        }
        await withCheckedContinuation { continuation in
            let mustSleep = state.withLock { state in
                if isAwake(state) { return false }
                state.sleeper = continuation
                return true
            }
            if !mustSleep { continuation.resume() }
        }
        timer.cancel()
    }

    private func wake() {
        let sleeper = state.withLock { state in
            defer { state.sleeper = nil }
            return state.sleeper
        }
        sleeper?.resume()
    }

    /// Whether nothing is left to do.
    private func finish(_ count: Int, until applied: Int64) -> Bool {
        let (isDone, settled) = state.withLock { state in
            state.applied = applied
            state.pendingBytes -= state.pending.prefix(count).reduce(0) { $0 + $1.log.rows.count }
            state.pending.removeFirst(count)
            let settled = state.settlers.filter { $0.until <= applied }
            state.settlers.removeAll { $0.until <= applied }
            state.isHurried = !state.settlers.isEmpty
            state.isWorking = !state.pending.isEmpty
            return (state.pending.isEmpty, settled)
        }
        for settler in settled { settler.continuation.resume(returning: nil) }
        return isDone
    }

    private func release(until applied: Int64) async {
        // What cannot be emptied now is emptied later: until then it is passed over.
        do throws(Problem) { try await onDisk { log throws(Problem) in try log.release(until: applied) } } catch { return }
    }

    private func fail(_ problem: Problem) async {
        troubles.set(Problem(waitingFor: problem, path))
        let settlers = state.withLock { state in
            defer { (state.settlers, state.isHurried) = ([], false) }
            return state.settlers
        }
        for settler in settlers { settler.continuation.resume(returning: problem) }
        await sleep(for: SQLiteRowsAhead.pause) { $0.isHurried }
    }
}

extension Problem {
    /// - Parameter path: Of the records; nil in memory.
    fileprivate init(waitingFor cause: Problem, _ path: String?) {
        self.init(
            cause.code,
            "What was written ahead does not come into the tables of the records; it is safe, and tried again each second. \(cause.wording)",
            place: path, status: 503, retryAfterSeconds: cause.retryAfterSeconds ?? 10)
    }

    /// - Parameter path: Of the records.
    fileprivate init(missing number: Int64, before next: Int64, _ path: String?) {
        self.init(
            .damaged,
            """
            Of the rows written ahead of the tables, write \(number) is missing before write \(next). Restore the records with all files \
            beside them from one backup.
            """, place: path, status: 500)
    }
}
