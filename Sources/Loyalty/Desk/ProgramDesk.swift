public import Model
import OrderedCollections
public import Records
import Synchronization

/// Carries out the commands of one workspace's program: one after another, those that come at the same moment in one transaction, each
/// exactly once and durable before it is answered.
public final class ProgramDesk: Sendable {
    private static let groupMax = 512

    let clock: any WallClock
    private let lane: GroupLane<ProgramRequest, ProgramAnswer>
    private let turns: SerialLane

    /// - Parameter clock: When commands count; should it go back, they count a microsecond after the last.
    public init(workspace: WorkspaceID, records: RecordStore, clock: any WallClock) {
        self.clock = clock
        let worker = ProgramWorker(workspace: workspace, engine: records.engine, clock: clock)
        let turns = SerialLane()
        self.turns = turns
        lane = GroupLane(groupMax: ProgramDesk.groupMax) { group in await turns.run { await worker.answers(to: group) } }
    }

    /// Does something to the program's tables while no command is carried out: those that come meanwhile wait.
    public func alone<Answer>(_ body: () async throws(Problem) -> Answer) async throws(Problem) -> Answer {
        try await turns.run(body)
    }

    /// Carries out a command, or gives the answer that it got before.
    ///
    /// - Throws: ``Problem`` when nobody knows whether it was carried out, such as `disk_full`: send it again under the same id.
    public func perform(_ request: ProgramRequest) async throws(Problem) -> ProgramAnswer {
        try ProgramDesk.check(request)
        return try await lane.perform(request)
    }

    /// Carries out several commands in their order, many in one transaction.
    ///
    /// - Throws: ``Problem`` when nobody knows whether all were carried out: send all of them again under the same ids.
    public func perform(_ requests: [ProgramRequest]) async throws(Problem) -> [ProgramAnswer] {
        for request in requests { try ProgramDesk.check(request) }
        return try await lane.perform(requests)
    }

    private static func check(_ request: ProgramRequest) throws(Problem) {
        guard (1 ... 200).contains(request.id.utf8.count) else {
            throw Problem(.badRequest, "An Idempotency-Key has 1 to 200 bytes.")
        }
        // What stands in the place of an id that was erased is nobody's.
        guard !request.id.hasPrefix(IdentityFinder.mark) else {
            throw Problem(.badRequest, "An Idempotency-Key does not begin with \"\(IdentityFinder.mark)\".")
        }
    }
}

/// Carries out groups of commands.
private final class ProgramWorker: Sendable {
    private let programs = ProgramCache()
    private let earning = EarningCache()
    private let workspace: WorkspaceID
    private let engine: any SQLEngine
    private let clock: any WallClock
    private let last = Mutex(Instant.distantPast)

    init(workspace: WorkspaceID, engine: any SQLEngine, clock: any WallClock) {
        self.workspace = workspace
        self.engine = engine
        self.clock = clock
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
        let (programs, earning, workspace) = (programs, earning, workspace)
        let start = last.withLock { max($0.advanced(byMicroseconds: 1), clock.now) }
        let (answers, end) = try await engine.writeRows { connection throws(Problem) in
            let tables = ProgramTables(workspace, connection)
            let transaction = ProgramTransaction(tables: tables, program: try programs.program(tables), earning: earning)
            var now = start
            var answers: [ProgramAnswer] = []
            for request in group {
                answers.append(try transaction.answer(request, now: &now))
                now = now.advanced(byMicroseconds: 1)
            }
            try transaction.flush()
            return (answers, now)
        }
        last.withLock { $0 = max($0, end) }
        return answers
    }
}

extension ProgramTransaction {
    /// Answers one command; nothing of it counts when it is refused.
    ///
    /// - Parameter now: Moves on when something that it touches was recorded later, as by a clock that went back.
    func answer(_ request: ProgramRequest, now: inout Instant) throws(Problem) -> ProgramAnswer {
        let content = request.command.content
        if let known = try known(request.id) { return known.repeated(content) }
        let answer = try carryOut(request, now: &now)
        note(
            KnownCommand(id: request.id, actor: request.actor.text, content: content.text, recordedAt: now, answer: answer))
        return answer
    }

    private func carryOut(_ request: ProgramRequest, now: inout Instant) throws(Problem) -> ProgramAnswer {
        var draft = ProgramDraft(self, id: request.id, actor: request.actor, now: now)
        do throws(ProgramFailure) {
            let body = try request.command.perform(in: &draft)
            now = draft.now
            try takeOver(draft)
            return ProgramAnswer(body: body, isRefused: false)
        } catch {
            now = draft.now
            switch error {
            case .refused(let refusal): return ProgramAnswer(body: refusal.json, isRefused: true)
            case .failed(let problem): throw problem
            }
        }
    }

    private func takeOver(_ draft: ProgramDraft) throws(ProgramFailure) {
        do throws(Problem) { try take(draft) } catch { throw .failed(error) }
    }
}

extension KnownCommand {
    /// The answer once more; a refusal that is kept nowhere when the id stood for something else.
    func repeated(_ content: JSONValue) -> ProgramAnswer {
        guard isErased || content.text == self.content else {
            return ProgramAnswer(
                body: Refusal("IDEMPOTENCY_CONFLICT", ["id": .string(id)]).json, isRefused: true)
        }
        var answer = answer
        answer.isReplayed = true
        return answer
    }
}
