import Model
import Records
import Synchronization

/// Carries out groups of commands: those about points alone from memory, written ahead of the tables where that can be, all others in
/// the tables.
final class ProgramWorker: Sendable {
    private let programs = ProgramCache()
    private let earning = EarningCache()
    private let workspace: WorkspaceID
    private let engine: any SQLEngine
    private let clock: any WallClock
    /// nil where this server is the only one that writes.
    private let slice: LimitSlice?
    private let last = Mutex(Instant.distantPast)
    nonisolated(unsafe) private var memory = ProgramMemory()  // because only whoever has the turn uses it
    /// Another one after a failure, so that whoever has the next turn knows nothing.
    private let holder: Mutex<RowsHolder?> = Mutex(nil)

    init(workspace: WorkspaceID, engine: any SQLEngine, clock: any WallClock, slice: LimitSlice?) {
        self.workspace = workspace
        self.engine = engine
        self.clock = clock
        self.slice = slice
    }

    /// How often a group is carried out that met others which were faster.
    private static let attemptsMax = 8

    /// What came of each; whoever fails for a reason of its own fails alone.
    func answers(to group: [ProgramRequest]) async -> [Result<ProgramAnswer, Problem>] {
        do throws(Problem) {
            return try await carryOut(group).map { .success($0) }
        } catch {
            // Of what passes, such as a full disk, each half would fail as well.
            guard group.count > 1, error.status != 503 else { return group.map { _ in .failure(error) } }
            let middle = group.count / 2
            let first = await answers(to: Array(group[..<middle]))
            return first + (await answers(to: Array(group[middle...])))
        }
    }

    /// Carries out a group, again when another server has the same command, source or code at the same moment, or when nobody knows
    /// whether it was carried out: what was is found by its ids.
    private func carryOut(_ group: [ProgramRequest]) async throws(Problem) -> [ProgramAnswer] {
        for _ in 1 ..< ProgramWorker.attemptsMax {
            do throws(Problem) {
                return try await carryOutOnce(group)
            } catch {
                guard error.code == .exists || error.code == .connectionLost else { throw error }
            }
        }
        return try await carryOutOnce(group)
    }

    private func carryOutOnce(_ group: [ProgramRequest]) async throws(Problem) -> [ProgramAnswer] {
        guard let ahead = engine.ahead else { return try await besideOthers(group) }
        return try await ahead.turn(of: currentHolder) { isSame throws(Problem) in
            do throws(Problem) {
                return try await carryOut(group, ahead, isSame)
            } catch {
                // Nobody knows what is durable: the next turn begins with what is in the tables once all is there.
                memory = ProgramMemory()
                holder.withLock { $0 = nil }
                throw error
            }
        }
    }

    /// What is known by heart is let go as soon as somebody else has the turn.
    private var currentHolder: RowsHolder {
        holder.withLock { holder in
            let known = holder ?? RowsHolder { [weak self] in self?.memory = ProgramMemory() }
            holder = known
            return known
        }
    }

    private func carryOut(
        _ group: [ProgramRequest], _ ahead: any RowsAhead, _ isSame: Bool
    ) async throws(Problem) -> [ProgramAnswer] {
        do throws(Problem) {
            // Where several workspaces write in turns, rows are not gathered before they must be in their tables.
            if isSame, group.allSatisfy({ $0.command.isOfPointsAlone }) { return try await writeAhead(group, ahead) }
        } catch {
            guard error.code == .needsTables else { throw error }
        }
        try await forget(ahead)
        return try await inTables(group) { body throws(Problem) in try await engine.write(body) }
    }

    /// Goes on from what is in the tables, which is then all.
    private func forget(_ ahead: any RowsAhead) async throws(Problem) {
        memory = ProgramMemory()
        try await ahead.settle()
    }

    // MARK: - Ways

    private typealias Body = @Sendable (any SQLConnection) throws(Problem) -> ([ProgramAnswer], Instant)

    /// Beside what other servers carry out, unless limits have to be called in from them.
    private func besideOthers(_ group: [ProgramRequest]) async throws(Problem) -> [ProgramAnswer] {
        do throws(Problem) {
            return try await inTables(group) { body throws(Problem) in try await engine.writeRows(in: workspace, body) }
        } catch {
            guard error.code == .needsTurn else { throw error }
            return try await inTables(group, isAlone: true) { body throws(Problem) in
                try await engine.writeAlone(in: workspace, body)
            }
        }
    }

    private func inTables(
        _ group: [ProgramRequest], isAlone: Bool = false,
        _ write: (@escaping Body) async throws(Problem) -> ([ProgramAnswer], Instant)
    ) async throws(Problem) -> [ProgramAnswer] {
        let (programs, earning, workspace, slice, start) = (programs, earning, workspace, slice, nextInstant())
        let (answers, end) = try await write { connection throws(Problem) in
            var tables = ProgramTables(workspace, connection)
            tables.slice = slice
            tables.slice?.isAlone = isAlone
            let transaction = ProgramTransaction(base: tables, program: try programs.program(tables), earning: earning)
            let answers = try transaction.answers(to: group, from: start)
            try transaction.flush()
            return answers
        }
        last.withLock { $0 = max($0, end) }
        return answers
    }

    private func writeAhead(_ group: [ProgramRequest], _ ahead: any RowsAhead) async throws(Problem) -> [ProgramAnswer] {
        let start = nextInstant()
        // What is in the tables now is seen by what reads them next.
        let applied = ahead.appliedUntil
        memory.begin(applied: applied)
        let (answers, end, rows) = try await engine.read { [self] connection throws(Problem) in
            let tables = ProgramTables(workspace, connection)
            let program = try programs.program(tables)
            guard memory.knows(program) else { throw .needsTables }
            let transaction = ProgramTransaction(base: tables, program: program, earning: earning, memory: memory)
            let (answers, end) = try transaction.answers(to: group, from: start)
            return (answers, end, transaction.writtenAhead())
        }
        if !rows.isEmpty {
            let number = try await ahead.append(rows)
            memory.end(number: number)
        }
        last.withLock { $0 = max($0, end) }
        return answers
    }

    /// Later than every command so far.
    private func nextInstant() -> Instant {
        let now = clock.now
        return last.withLock { max($0.advanced(byMicroseconds: 1), now) }
    }
}

extension ProgramTransaction {
    /// Answers the commands of a group, each a microsecond after the one before.
    fileprivate func answers(
        to group: [ProgramRequest], from start: Instant
    ) throws(Problem) -> (answers: [ProgramAnswer], end: Instant) {
        try ask(group.map(\.id))
        if group.allSatisfy({ $0.command.isOfPointsAlone }) { try foresee(group.map(\.command), at: start) }
        var now = start
        var answers: [ProgramAnswer] = []
        answers.reserveCapacity(group.count)
        for request in group {
            answers.append(try answer(request, now: &now))
            now = now.advanced(byMicroseconds: 1)
        }
        return (answers, now)
    }
}
