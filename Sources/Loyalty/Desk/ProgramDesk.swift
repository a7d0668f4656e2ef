import Columns
public import Model
import OrderedCollections
public import Records
import Synchronization

/// Carries out the commands of one workspace's program: those about the same thing one after another, those that come at the same moment
/// in one transaction, each exactly once and durable before it is answered.
public final class ProgramDesk: Sendable {
    private static let groupMax = 512
    /// Over PostgreSQL, so many groups of fewer commands at a time: each keeps one processor of the server busy.
    private static let (sharedWidth, sharedGroupMax) = (2, 256)

    let clock: any WallClock
    let reader: ProgramReader
    /// Until when sums are kept as far as this desk knows.
    let summedUntil = Mutex(Instant.distantPast)
    private let lane: GroupLane<ProgramRequest, ProgramAnswer>
    private let engine: any SQLEngine

    /// - Parameter clock: When commands count; should it go back, they count a microsecond after the last.
    public convenience init(workspace: WorkspaceID, records: RecordStore, clock: any WallClock) {
        self.init(workspace: workspace, records: records, clock: clock, slice: records.engine.ahead == nil ? .random() : nil)
    }

    /// - Parameter slice: nil where this desk is the only one that writes.
    init(workspace: WorkspaceID, records: RecordStore, clock: any WallClock, slice: LimitSlice?) {
        self.clock = clock
        engine = records.engine
        reader = ProgramReader(workspace: workspace, records: records)
        let worker = ProgramWorker(workspace: workspace, engine: records.engine, clock: clock, slice: slice)
        // Where several servers may write, a server's groups need not wait for each other either.
        let isShared = records.engine.ahead == nil
        lane = GroupLane(
            groupMax: isShared ? ProgramDesk.sharedGroupMax : ProgramDesk.groupMax,
            width: isShared ? ProgramDesk.sharedWidth : 1, subjects: ProgramDesk.subjects
        ) { group in await worker.answers(to: group) }
    }

    /// Does something to the program's tables while no command is carried out: those that come meanwhile wait.
    public func alone<Answer>(_ body: () async throws(Problem) -> Answer) async throws(Problem) -> Answer {
        let engine = engine
        return try await lane.alone { () async throws(Problem) -> Answer in
            // Whoever knows something by heart reads it anew afterwards.
            try await engine.settleAndForget()
            return try await body()
        }
    }

    /// Carries out a command, or gives the answer that it got before.
    ///
    /// - Throws: ``Problem`` when nobody knows whether it was carried out, such as `disk_full`: send it again under the same id.
    public func perform(_ request: ProgramRequest) async throws(Problem) -> ProgramAnswer {
        try ProgramDesk.check(request)
        try await prepare(request)
        return try await lane.perform(request)
    }

    /// Carries out several commands in their order, many in one transaction.
    ///
    /// - Throws: ``Problem`` when nobody knows whether all were carried out: send all of them again under the same ids.
    public func perform(_ requests: [ProgramRequest]) async throws(Problem) -> [ProgramAnswer] {
        for request in requests { try ProgramDesk.check(request) }
        for request in requests { try await prepare(request) }
        return try await lane.perform(requests)
    }

    /// The hashes of the members and sources that a command is about; nil for one that may be about anything.
    ///
    /// Commands about one member that name it in different ways may still meet, and then one of them is carried out again.
    @Sendable private static func subjects(_ request: ProgramRequest) -> Set<Int>? {
        guard request.command.isOfPointsAlone else { return nil }
        var foresight = PointForesight()
        request.command.foresee(&foresight)
        let subjects = foresight.subjects
        return subjects.isEmpty ? nil : subjects.union([request.id.hashValue])
    }

    private static func check(_ request: ProgramRequest) throws(Problem) {
        guard (1 ... 200).contains(request.id.utf8.count) else {
            throw Problem(.badRequest, "An Idempotency-Key has 1 to 200 bytes. Send a short text such as a UUID.")
        }
        guard request.id.isOneLine else {
            throw Problem(
                .badRequest,
                "An Idempotency-Key has no line breaks or other control characters. Send one line of text, such as a UUID.")
        }
        // What stands in the place of an id that was erased is nobody's.
        guard !request.id.hasPrefix(IdentityFinder.mark) else {
            throw Problem(
                .badRequest,
                "An Idempotency-Key does not begin with \"\(IdentityFinder.mark)\". Send another text, such as a UUID.")
        }
    }
}

extension ProgramTransaction {
    /// Answers one command; nothing of it counts when it is refused.
    ///
    /// - Parameter now: Moves on when something that it touches was recorded later, as by a clock that went back.
    func answer(_ request: ProgramRequest, now: inout Instant) throws(Problem) -> ProgramAnswer {
        let command = request.command
        if let known = try known(request.id) { return try known.repeated(command) }
        let (answer, isBare) = try carryOut(request, now: &now)
        note(
            KnownCommand(
                id: request.id, actor: request.actor.text, content: (isBare ? command.bareContent : command.content).text,
                recordedAt: now, answer: answer, mentions: answer.isRefused ? nil : command.mentions))
        return answer
    }

    private func carryOut(
        _ request: ProgramRequest, now: inout Instant
    ) throws(Problem) -> (answer: ProgramAnswer, isBare: Bool) {
        var draft = ProgramDraft(self, id: request.id, actor: request.actor, now: now)
        do throws(ProgramFailure) {
            let said = try request.command.perform(in: &draft)
            try draft.settleBlocks()
            try draft.settleAwards()
            let unfunded = JSONValue.array(draft.unfunded.map(\.json))
            let body = draft.unfunded.isEmpty ? said : said.setting(["unfunded"], to: unfunded)
            now = draft.now
            try takeOver(draft)
            return (ProgramAnswer(body: body, isRefused: false), draft.isBare)
        } catch {
            now = draft.now
            switch error {
            case .refused(let refusal): return (ProgramAnswer(body: refusal.json, isRefused: true), draft.isBare)
            case .failed(let problem): throw problem
            }
        }
    }

    private func takeOver(_ draft: ProgramDraft) throws(ProgramFailure) {
        do throws(Problem) { try take(draft) } catch { throw .failed(error) }
    }
}

extension KnownCommand {
    /// The answer once more; a refusal that is kept nowhere when the id stood for something else, with the first field that differs.
    func repeated(_ command: any ProgramCommand) throws(Problem) -> ProgramAnswer {
        guard isErased || command.content.text == content || command.bareContent.text == content else {
            let old = try JSONParser.parse(Array(content.utf8))
            let new = old["bare"] == true ? command.bareContent : command.content
            let fields = (new.objectValue.map { Array($0.keys) } ?? []) + (old.objectValue.map { Array($0.keys) } ?? [])
            let field = fields.first { old[$0]?.text != new[$0]?.text }
            return ProgramAnswer(
                body: Refusal("IDEMPOTENCY_CONFLICT", ["id": .string(id), "field": .optional(field)]).json, isRefused: true)
        }
        var answer = answer
        answer.isReplayed = true
        return answer
    }
}
