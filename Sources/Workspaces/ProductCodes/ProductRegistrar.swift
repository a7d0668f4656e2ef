import EventStore
import Intake
import Logging
import Model
import People
import Records
import Synchronization

/// Registers the product codes of one workspace: one after another, those that come at the same moment in one transaction.
///
/// A registration is durable before it is answered. The calls that tell of it are written in its transaction and sent then; what a crash
/// leaves unsent is sent after the next start, and the event store knows what it has.
final class ProductRegistrar: Sendable {
    /// Attempts that are decided in one transaction.
    private static let groupMax = 512

    /// An attempt, and who decides it.
    private struct Wish: Sendable {
        let attempt: ProductAttempt
        let open: OpenWorkspace
        let registrar: ProductRegistrar
    }

    private struct Kept {
        var batches: [Int: ProductBatch] = [:]
        var customers: [String: Identity] = [:]
        /// Calls that the event store has and the records still hold.
        var sent: [String] = []
        /// Whether the records hold calls that the event store may not have.
        var hasUnsent = false
        var counts = ProductCounts()
    }

    let cipher: ProductCodeCipher
    private let workspace: WorkspaceID
    private let records: RecordStore
    private let clock: any WallClock
    private let logger: Logger
    /// Attempts that come at the same moment are decided together.
    private let groups = GroupLane<Wish, ProductAnswer>(groupMax: ProductRegistrar.groupMax) { group in
        guard let first = group.first else { return [] }
        return await first.registrar.decide(group.map(\.attempt), first.open)
    }
    /// A group, a decision of a case, or sending: one at a time.
    private let lane = SerialLane()
    private let kept = Mutex(Kept())

    init(workspace: WorkspaceID, secret: [UInt8], records: RecordStore, clock: any WallClock, logger: Logger) {
        cipher = ProductCodeCipher(secret: secret)
        self.workspace = workspace
        self.records = records
        self.clock = clock
        self.logger = logger
    }

    /// Since the start.
    var counts: ProductCounts { kept.withLock { $0.counts } }

    // MARK: - Registering

    /// Registers one code.
    ///
    /// - Throws: ``Problem`` unknown_product_code (422), too_many_attempts (429), or what the records say; then nothing was registered.
    func register(_ attempt: ProductAttempt, in open: OpenWorkspace) async throws(Problem) -> ProductAnswer {
        try await groups.perform(Wish(attempt: attempt, open: open, registrar: self))
    }

    private func decide(_ attempts: [ProductAttempt], _ open: OpenWorkspace) async -> [Result<ProductAnswer, Problem>] {
        do throws(Problem) {
            let results = try await lane.run { () async throws(Problem) -> [Result<ProductAnswer, Problem>] in
                try await self.results(of: attempts, open)
            }
            count(results)
            return results
        } catch {
            return attempts.map { _ in .failure(error) }
        }
    }

    private func results(
        of attempts: [ProductAttempt], _ open: OpenWorkspace
    ) async throws(Problem) -> [Result<ProductAnswer, Problem>] {
        var judge = try await judge(attempts, open)
        let verdicts = attempts.map { judge.judge($0) }
        try await commit(judge.changes(newCallID), open)
        let held = zip(attempts, verdicts).compactMap { attempt, verdict -> Contest? in
            if case .held(let product) = verdict { Contest(who: attempt.who, product: product) } else { nil }
        }
        var contested = await contested(held, judge.state.openCases, open)[...]
        return verdicts.map { verdict in
            switch verdict {
            case .answer(let answer): .success(answer)
            case .refusal(let problem): .failure(problem)
            case .held: contested.removeFirst()
            }
        }
    }

    /// A judge who knows what the attempts are about.
    private func judge(
        _ attempts: [ProductAttempt], _ open: OpenWorkspace, also place: ProductPlace? = nil, people: [Identity] = []
    ) async throws(Problem) -> ProductJudge {
        let batches = try await batches(including: attempts.compactMap { cipher.place(typed: $0.code)?.batch })
        let places = attempts.compactMap { ProductJudge.place($0.code, cipher, batches) } + [place].compactMap(\.self)
        let subjects = attempts.flatMap { ProductJudge.subjects(of: $0, in: workspace).map(\.0) }
        let tying = Set(batches.values.filter { $0.reseller != nil || $0.orderID != nil }.map(\.number))
        let holders = zip(attempts, attempts.map { cipher.place(typed: $0.code)?.batch }).filter { tying.contains($0.1 ?? 0) }
        let state = try await records.productState(
            of: workspace, places: Set(places), people: Set(holders.map(\.0.who) + people), subjects: Set(subjects))
        let orders = Set(places.compactMap { batches[$0.batch]?.orderID })
        return ProductJudge(
            workspace: workspace, cipher: cipher, batches: batches, customers: try await customers(of: orders, open),
            calendar: open.calendar, now: clock.now, state: state)
    }

    // MARK: - Cases

    /// Answers those who named a code that somebody else by name has; a failure is theirs alone.
    private func contested(
        _ contests: [Contest], _ open: [ProductPlace: ProductCase], _ workspace: OpenWorkspace
    ) async -> [Result<ProductAnswer, Problem>] {
        guard !contests.isEmpty else { return [] }
        do throws(Problem) {
            let areSame = try await workspace.look { view in contests.map { $0.isOneSelf(in: view) } }
            var cases = open
            var changes: [Change] = []
            let answers = zip(contests, areSame).map { contest, isSame in
                isSame ? ProductAnswer.known(contest.product) : claim(contest, in: &cases, &changes)
            }
            try await records.commit(changes)
            return answers.map { .success($0) }
        } catch {
            return contests.map { _ in .failure(error) }
        }
    }

    private func claim(
        _ contest: Contest, in cases: inout [ProductPlace: ProductCase], _ changes: inout [Change]
    ) -> ProductAnswer {
        let place = contest.product.registration.place
        let claim = ProductClaim(who: contest.who, claimedAt: clock.now)
        let dispute: ProductCase
        if var known = cases[place] {
            changes.append(.addProductClaim(workspace, known.id, claim))
            known.add(claim)
            dispute = known
        } else {
            var generator = SystemRandomNumberGenerator()
            dispute = ProductCase(
                id: .random(using: &generator), workspace: workspace, place: place, holder: contest.holder,
                openedAt: claim.claimedAt,
                claims: [claim])
            changes.append(.openProductCase(dispute))
        }
        cases[place] = dispute
        return .contested(dispute, code: contest.product.code)
    }

    /// Decides a case.
    ///
    /// - Throws: ``Problem`` not_found, case_closed or bad_resolution; then nothing has changed.
    func resolve(
        _ id: ProductCaseID, _ resolution: ProductResolution, movedTo wish: Identity?, reason: String, by actor: Actor,
        _ audit: @Sendable (String) -> Change, in open: OpenWorkspace
    ) async throws(Problem) -> ProductCase {
        try await lane.run { () async throws(Problem) in
            guard var dispute = try await records.productCase(id, in: workspace) else {
                throw Problem(.notFound, "There is no case \(id).", status: 404)
            }
            let heir = resolution == .move ? try dispute.heir(wish) : nil
            let decision = ProductDecision(resolution, movedTo: heir?.who, by: actor, at: clock.now, reason: reason)
            var judge = try await judge([], open, also: dispute.place, people: [dispute.holder, heir?.who].compactMap(\.self))
            var changes: [Change] = [.closeProductCase(workspace, id, decision)]
            if resolution != .keep, let known = judge.state.registrations[dispute.place],
                let batch = judge.batches[known.place.batch]
            {
                guard heir == nil || judge.state.blocks[dispute.place] == nil else {
                    throw Problem(
                        .codeBlocked, "This code is blocked. Unblock it before somebody gets it.", place: "/resolution", status: 409
                    )
                }
                let source = SourceID(text: actor.text)
                // A code that was blocked meanwhile is nobody's already.
                if known.who != nil { judge.takeBack(known, of: batch, from: dispute.holder, source: source) }
                if let heir {
                    judge.give(known.place, of: batch, to: heir.who, times: known.times + 1, at: heir.claimedAt, source: source)
                }
                changes += judge.changes(newCallID)
            }
            // Who and why stand in the case: entries of the audit stay when somebody is erased.
            changes.append(audit(resolution.rawValue))
            try await commit(changes, open)
            dispute.decision = decision
            return dispute
        }
    }

    // MARK: - Blocking

    /// Blocks a code, which takes it from whoever has it, or lets it be registered again.
    ///
    /// - Parameter block: nil to let it be registered.
    /// - Throws: ``Problem`` code_blocked or code_not_blocked, where it is so already; then nothing has changed.
    func block(
        _ place: ProductPlace, _ block: ProductBlock?, by actor: Actor, _ audit: Change, in open: OpenWorkspace
    ) async throws(Problem) {
        try await lane.run { () async throws(Problem) in
            let holder = try await records.productState(of: workspace, places: [place]).registrations[place]?.who
            var judge = try await judge([], open, also: place, people: [holder].compactMap(\.self))
            let isBlocked = judge.state.blocks[place] != nil
            guard isBlocked != (block != nil) else {
                throw isBlocked
                    ? Problem(.codeBlocked, "This code is blocked already.", place: "/code", status: 409)
                    : Problem(.codeNotBlocked, "This code is not blocked.", place: "/code", status: 409)
            }
            if block != nil, let known = judge.state.registrations[place], let who = known.who,
                let batch = judge.batches[place.batch]
            {
                judge.takeBack(known, of: batch, from: who, source: SourceID(text: actor.text))
            }
            let change = block.map { Change.blockProductCode($0) } ?? .unblockProductCode(workspace, place)
            try await commit(judge.changes(newCallID) + [change, audit], open)
        }
    }

    // MARK: - Sending

    /// Says that the records hold calls of an earlier run.
    func recall() { kept.withLock { $0.hasUnsent = true } }

    /// Whether there is anything for ``send(in:)`` to do.
    var isIdle: Bool { kept.withLock { $0.sent.isEmpty && !$0.hasUnsent } }

    /// Sends what waits, and forgets what was sent.
    func send(in open: OpenWorkspace) async throws(Problem) {
        guard !isIdle else { return }
        try await lane.run { () async throws(Problem) in
            if kept.withLock({ $0.hasUnsent }) {
                let sent = Set(kept.withLock { $0.sent })
                for calls in try await records.productCalls(of: workspace) where !sent.contains(calls.id) {
                    try await send(calls, in: open)
                }
                kept.withLock { $0.hasUnsent = false }
            }
            try await commit([], open)
        }
    }

    /// Commits, forgets in the same transaction what was sent before, and sends what the changes say.
    private func commit(_ changes: [Change], _ open: OpenWorkspace) async throws(Problem) {
        let sent = kept.withLock { $0.sent }
        try await records.commit(changes + (sent.isEmpty ? [] : [.deleteProductCalls(workspace, sent)]))
        kept.withLock { $0.sent.removeFirst(sent.count) }
        for case .queueProductCalls(let calls) in changes {
            do throws(Problem) { try await send(calls, in: open) } catch {
                // The registration holds; its calls are sent when the event store takes calls again.
                logger.warning("calls of product codes wait", metadata: ["reason": "\(error.code)"])
                kept.withLock { $0.hasUnsent = true }
            }
        }
    }

    private func send(_ calls: ProductCalls, in open: OpenWorkspace) async throws(Problem) {
        var source = IntakeSource(id: calls.source, isTrusted: true)
        source.isOwn = true
        let answer = try await open.intake.take(lines: Array(calls.lines.utf8), source: source, options: CollectOptions())
        if let refused = answer.rejected.first {
            logger.error("a call of a product code was refused", metadata: ["reason": "\(refused.code)"])
        }
        kept.withLock { $0.sent.append(calls.id) }
    }

    // MARK: - Looking up

    /// The batches by number, read anew when one is missing; they never change but for the number of registered codes.
    func batches(including numbers: [Int]) async throws(Problem) -> [Int: ProductBatch] {
        let known = kept.withLock { $0.batches }
        if numbers.allSatisfy({ known[$0] != nil }), !known.isEmpty { return known }
        let read = try await records.productBatches(of: workspace)
        let batches = Dictionary(uniqueKeysWithValues: read.map { ($0.number, $0) })
        kept.withLock { $0.batches = batches }
        return batches
    }

    /// Who paid for orders; an order that nobody knows yet is looked for again next time.
    private func customers(of orders: Set<String>, _ open: OpenWorkspace) async throws(Problem) -> [String: Identity] {
        let known = kept.withLock { $0.customers }
        let missing = orders.filter { known[$0] == nil }
        if missing.isEmpty { return known }
        let found = try await open.look { view in
            var found: [String: Identity] = [:]
            for order in missing { found[order] = view.customers(ofOrder: order).first.flatMap { view.callIdentity(of: $0) } }
            return found
        }
        return kept.withLock { kept in
            kept.customers.merge(found) { _, new in new }
            return kept.customers
        }
    }

    /// Forgets who sells and who bought goods: somebody among them was erased.
    func forgetPeople() {
        kept.withLock { kept in
            kept.batches = [:]
            kept.customers = [:]
        }
    }

    private func count(_ results: [Result<ProductAnswer, Problem>]) {
        kept.withLock { kept in
            for result in results {
                switch result {
                case .success(.registered): kept.counts.registered += 1
                case .success(.known): kept.counts.known += 1
                case .success(.contested): kept.counts.contested += 1
                case .failure(let problem) where problem.status == 429: kept.counts.throttled += 1
                case .failure(let problem) where problem.code == .codeBlocked: kept.counts.blocked += 1
                case .failure: kept.counts.wrong += 1
                }
            }
        }
    }

    private func newCallID() -> String { Secret.key(prefix: "out") }
}

/// Somebody names a code that another identity has.
private struct Contest: Sendable {
    let who: Identity
    let product: RegisteredProduct

    var holder: Identity { product.registration.who ?? who }

    /// Whether both identities are one person's.
    func isOneSelf(in view: PeopleView) -> Bool {
        guard let person = view.person(of: who) else { return false }
        return person == view.person(of: holder)
    }
}

extension ProductCase {
    fileprivate mutating func add(_ claim: ProductClaim) {
        if let place = claims.firstIndex(where: { $0.who == claim.who }) {
            claims[place].count += 1
        } else {
            claims.append(claim)
        }
    }

    /// Whose claim wins: the one that is named, or the only one.
    fileprivate func heir(_ wish: Identity?) throws(Problem) -> ProductClaim {
        if let wish {
            guard let claim = claims.first(where: { $0.who == wish }) else {
                throw Problem(
                    .badResolution, "\(wish.text) has not claimed this code. Name one of those who have.", place: "/to", status: 422
                )
            }
            return claim
        }
        guard claims.count == 1, let claim = claims.first else {
            throw Problem(
                .badResolution, "Several people claim this code: say who of them gets it.", place: "/to", status: 422)
        }
        return claim
    }
}
