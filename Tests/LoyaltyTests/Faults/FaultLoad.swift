import Model
import Records
import Synchronization
import Testing

@testable import Loyalty

/// Senders that do one thing after another with the points of a few members, and send again what was not answered.
///
/// Of one seed the same commands come under the same ids, so that a second run asks for everything once more.
final class FaultLoad: Sendable {
    static let members = ["ann", "bob", "cy"]
    private static let senderCount = 6
    /// Longer than any clock of these tests goes forward.
    private static let holdSeconds: Int64 = 6 * 86_400

    private struct State {
        var answers: [String: ProgramAnswer] = [:]
        var effects: [String: [(member: String, available: Int64, held: Int64)]] = [:]
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
        var holds: [FaultDeed.Hold] = []
        for step in 0 ..< limit {
            guard !state.withLock({ $0.isStopping }) else { return }
            let deed = FaultDeed(sender: sender, step: step, &holds, &random)
            state.withLock { $0.begun[sender] = max($0.begun[sender], step + 1) }
            guard let answer = await answer("\(sender)-\(step)", deed, desks[(sender + step) % desks.count]) else { return }
            if let hold = deed.hold(answer) { holds.append(hold) }
        }
    }

    /// The answer, however often one has to ask; nil when the load is stopped before.
    private func answer(_ id: String, _ deed: FaultDeed, _ desk: ProgramDesk) async -> ProgramAnswer? {
        while true {
            do throws(Problem) {
                let answer = try await desk.perform(
                    ProgramRequest(id: id, actor: .server, command: deed.command(holding: FaultLoad.holdSeconds)))
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
        let (mistakes, earned, effects) = state.withLock { ($0.mistakes, $0.earned, $0.effects) }
        #expect(mistakes.prefix(5) == [], "seed \(seed)")
        #expect(earned.values.allSatisfy { $0.count == 1 }, "seed \(seed): something was earned twice")
        let whole = try await reader.check("points")
        #expect(whole.isWhole, "seed \(seed): \(whole)")
        var expected = Dictionary(uniqueKeysWithValues: FaultLoad.members.map { ($0, PointBook.Balance()) })
        for effect in effects.values.joined() {
            expected[effect.member]?.available += effect.available
            expected[effect.member]?.held += effect.held
        }
        let currency = try #require(try await reader.program().settings?.currency("points"))
        let found = try await reader.balances(of: FaultLoad.members.map(TestProgram.member), in: currency, at: now)
        for (member, balance) in zip(FaultLoad.members, found) {
            #expect(balance?.balance == expected[member], "seed \(seed), \(member)")
        }
    }
}
