import Model
import Records
import Synchronization
import Testing

@testable import Loyalty

/// Senders that do one thing after another with the points, coupons, orders and benefits of a few members, and send again what was not
/// answered.
///
/// Of one seed the same commands come under the same ids, so that a second run asks for everything once more.
final class FaultLoad: Sendable {
    static let members = ["ann", "bob", "cy"]
    private static let senderCount = 6
    /// Longer than any clock of these tests goes forward.
    private static let holdSeconds: Int64 = 6 * 86_400
    /// When all orders are completed: before any clock of these tests, and after ``TestProgram/enrolFaultMembers()`` has begun.
    static let orderedAt = TestClock().now.advanced(byMicroseconds: 12 * .microsecondsPerHour)
    /// How many coupons can be used in all: fewer than are wished for.
    static let usesMax: Int64 = 40
    /// How often each member can use the benefit.
    static let quota: Int64 = 20
    /// What codes are made by.
    static let secret = [UInt8](repeating: 7, count: 32)
    private static let cipher = CouponCodeCipher(secret: secret)

    /// A printed code of the first batch.
    static func code(_ index: UInt64) -> String { cipher.code(.init(batch: 1, index: index))?.text ?? "" }

    private struct State {
        var answers: [String: ProgramAnswer] = [:]
        var effects: [String: [(member: String, available: Int64, held: Int64)]] = [:]
        var uses: [String: (member: String, count: Int64)] = [:]
        /// Which coupon each order has used, by the command.
        var used: [String: (coupon: String, order: String)] = [:]
        var emptied: Set<String> = []
        var earned: [PointSource: Set<String>] = [:]
        var begun = [Int](repeating: 0, count: FaultLoad.senderCount)
        var failures: [String: Int] = [:]
        var mistakes: [String] = []
        var isStopping = false
    }

    let seed: UInt64
    private let state: Mutex<State>

    /// - Parameter answers: What was answered before, by the id of the command.
    init(seed: UInt64, answers: [String: ProgramAnswer] = [:]) {
        self.seed = seed
        var state = State()
        state.answers = answers
        self.state = Mutex(state)
    }

    /// The answers so far by the ids of their commands.
    var answers: [String: ProgramAnswer] { state.withLock { $0.answers } }
    /// How often each code of a problem was met.
    var failures: [String: Int] { state.withLock { $0.failures } }
    /// So many steps at most has a sender begun.
    var stepCount: Int { state.withLock { $0.begun.max() ?? 0 } }
    /// Asks the senders to end.
    func stop() { state.withLock { $0.isStopping = true } }

    /// Sends until it is stopped, or `steps` of each sender are answered.
    func run(over desks: [ProgramDesk], steps: Int = .max) async {
        state.withLock { $0.isStopping = false }
        let limits = [Int](repeating: steps, count: FaultLoad.senderCount)
        await run(over: desks, limits)
    }

    private func run(over desks: [ProgramDesk], _ limits: [Int]) async {
        await withTaskGroup { tasks in
            for (sender, limit) in limits.enumerated() {
                tasks.addTask { await self.send(as: sender, limit, desks) }
            }
        }
    }

    private func send(as sender: Int, _ limit: Int, _ desks: [ProgramDesk]) async {
        var random = SplitMix64(seed: seed &* 31 &+ UInt64(sender))
        var hands = FaultDeed.Hands()
        for step in 0 ..< limit {
            guard !state.withLock({ $0.isStopping }) else { return }
            let (id, deed) = ("\(sender)-\(step)", FaultDeed(sender: sender, step: step, &hands, &random))
            state.withLock { $0.begun[sender] = max($0.begun[sender], step + 1) }
            guard let answer = await answer(id, deed, desks[(sender + step) % desks.count]) else { return }
            deed.take(answer, id, into: &hands)
        }
    }

    /// The answer, however often one has to ask; nil when the load is stopped before.
    private func answer(_ id: String, _ deed: FaultDeed, _ desk: ProgramDesk) async -> ProgramAnswer? {
        let command: any ProgramCommand
        do throws(Refusal) { command = try deed.command(holding: FaultLoad.holdSeconds) } catch {
            state.withLock { $0.mistakes.append("\(id): \(error)") }
            return nil
        }
        while true {
            do throws(Problem) {
                let answer = try await desk.perform(ProgramRequest(id: id, actor: .server, command: command))
                note(id, deed, answer)
                return answer
            } catch {
                let isStopping = state.withLock { state in
                    state.failures[error.code.text, default: 0] += 1
                    if error.status != 503 { state.mistakes.append("\(id): \(error.code) \(error)") }
                    return state.isStopping
                }
                if isStopping { return nil }
                // Woken early it asks again early.
                try? await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    private func note(_ id: String, _ deed: FaultDeed, _ answer: ProgramAnswer) {
        state.withLock { state in
            if let known = state.answers[id] {
                if !answer.isReplayed { state.mistakes.append("\(id) was carried out twice") }
                if known.body != answer.body { state.mistakes.append("\(id): \(known.body.text), then \(answer.body.text)") }
            }
            state.answers[id] = answer
            guard !answer.isRefused else { return }
            state.effects[id] = deed.effects
            state.uses[id] = deed.uses
            state.used[id] = deed.used(answer)
            if let order = deed.emptied { state.emptied.insert(order) }
            if let source = deed.source { state.earned[source, default: []].insert(id) }
        }
    }

    /// Sends everything again, and compares the books with the answers.
    func check(_ desk: ProgramDesk, _ reader: ProgramReader, at now: Instant) async throws {
        let begun = state.withLock { state in
            state.isStopping = false
            return state.begun
        }
        await run(over: [desk], begun)
        let (mistakes, earned) = state.withLock { ($0.mistakes, $0.earned) }
        #expect(mistakes.prefix(5) == [], "seed \(seed)")
        #expect(earned.values.allSatisfy { $0.count == 1 }, "seed \(seed): something was earned twice")
        try await checkPoints(reader, at: now)
        try await checkCoupons(reader)
        try await checkBenefit(reader, at: now)
    }

    private func checkPoints(_ reader: ProgramReader, at now: Instant) async throws {
        let effects = state.withLock { $0.effects }
        let whole = try await reader.check("points")
        #expect(whole.isWhole, "seed \(seed): \(whole)")
        var expected = Dictionary(uniqueKeysWithValues: FaultLoad.members.map { ($0, (available: Int64(0), held: Int64(0))) })
        for effect in effects.values.joined() {
            expected[effect.member]?.available += effect.available
            expected[effect.member]?.held += effect.held
        }
        let currency = try #require(try await reader.program().settings?.currency("points"))
        let found = try await reader.balances(of: FaultLoad.members.map(TestProgram.member), in: currency, at: now)
        for (member, one) in zip(FaultLoad.members, found) {
            let balance = try #require(one?.balance, "seed \(seed), \(member)")
            // What cancelled orders take back of points that are spent or held is owed.
            #expect(balance.available - balance.debt == expected[member]?.available, "seed \(seed), \(member)")
            #expect(balance.available == 0 || balance.debt == 0, "seed \(seed), \(member)")
            #expect(balance.held == expected[member]?.held && balance.pending == 0, "seed \(seed), \(member)")
        }
    }

    /// Each coupon has been used for one order, which is that of the answers, and the limit counts all of them.
    private func checkCoupons(_ reader: ProgramReader) async throws {
        let (used, emptied) = state.withLock { ($0.used, $0.emptied) }
        var orders: [String: Set<String>] = [:]
        for use in used.values {
            let isOpen = !emptied.contains(use.order)
            orders[use.coupon, default: []].formUnion(isOpen ? [use.order] : [])
        }
        for (coupon, orders) in orders {
            #expect(orders.count <= 1, "seed \(seed): \(coupon) was used twice")
            let kept = try await reader.coupon(coupon)?.coupon.redemptions.filter { !$0.isUndone }.map(\.order)
            #expect(Set(kept ?? []) == orders && kept?.count ?? 0 == orders.count, "seed \(seed), \(coupon)")
        }
        let limit = try await reader.limit(Limit.Key(name: "all"))
        #expect(limit?.used ?? 0 == orders.values.reduce(0) { $0 + Int64($1.count) }, "seed \(seed)")
        #expect((limit?.used ?? 0) + (limit?.reserved ?? 0) <= FaultLoad.usesMax, "seed \(seed)")
    }

    private func checkBenefit(_ reader: ProgramReader, at now: Instant) async throws {
        let uses = state.withLock { $0.uses }
        var left = Dictionary(uniqueKeysWithValues: FaultLoad.members.map { ($0, FaultLoad.quota) })
        for use in uses.values { left[use.member]? -= use.count }
        let questions = FaultLoad.members.map { BenefitQuestion("lounge", of: TestProgram.member($0)) }
        for (member, answer) in zip(FaultLoad.members, try await reader.check(questions, at: now)) {
            #expect(answer?.remaining == left[member], "seed \(seed), \(member)")
        }
    }
}
