import Dispatch
import Model
import Synchronization
import TestSupport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Clients of the loyalty API that do one thing after another and, when the server went away, begin with what was not answered.
final class ProgramLoad: Sendable {
    static let members = ["ann", "bob", "cy", "dan"]

    /// What the server said of a deed.
    struct Answer: Hashable, Sendable {
        var status: Int
        /// The whole answer, or the reasons of a refusal.
        var body: JSONValue
    }

    private struct State {
        var senders: [ProgramSender]
        var answers: [String: (deed: ProgramSender.Deed, answer: Answer)] = [:]
        /// Those of the last round.
        var fresh: [String] = []
        var problems: [String] = []
        var isStopping = false
    }

    private let apiKey: String
    private let state: Mutex<State>
    private let group = DispatchGroup()

    init(seed: UInt64, apiKey: String, senders: Int = 6) {
        self.apiKey = apiKey
        state = Mutex(State(senders: (0 ..< senders).map { ProgramSender(number: $0, seed: seed) }))
    }

    /// Answers that should not have been.
    var problems: [String] { state.withLock { $0.problems } }
    var answerCount: Int { state.withLock { $0.answers.count } }
    /// Successes by what was earned for: one each, whoever asked.
    var earningsBySource: [String: Int] {
        state.withLock { state in
            state.answers.values.reduce(into: [:]) { counts, one in
                if let source = one.deed.source, one.answer.status == 200 { counts[source, default: 0] += 1 }
            }
        }
    }

    /// What the answers say that members have.
    var balances: [String: (available: Int64, held: Int64)] {
        state.withLock { state in
            var balances = Dictionary(uniqueKeysWithValues: ProgramLoad.members.map { ($0, (available: Int64(0), held: Int64(0))) })
            for one in state.answers.values where one.answer.status == 200 {
                for effect in one.deed.effects {
                    balances[effect.member]?.available += effect.available
                    balances[effect.member]?.held += effect.held
                }
            }
            return balances
        }
    }

    /// By coupon the orders that have used it by the answers, but for those that were cancelled since.
    var couponOrders: [String: Set<String>] {
        state.withLock { state in
            let done = state.answers.values.filter { $0.answer.status == 200 }
            let cancelled = Set(done.compactMap { $0.deed.coupon == nil ? $0.deed.order : nil })
            var orders: [String: Set<String>] = [:]
            for (deed, answer) in done {
                guard let coupon = deed.coupon, let order = deed.order else { continue }
                // An order tells what has become of its coupons.
                let told = answer.body["coupons"]?.arrayValue?.contains { $0["state"] == "priced" } ?? false
                let isUsed = deed.path == "coupons/commit" || told
                orders[coupon, default: []].formUnion(isUsed && !cancelled.contains(order) ? [order] : [])
            }
            return orders
        }
    }

    /// How often each member has used the benefit by the answers.
    var benefitUses: [String: Int64] {
        state.withLock { state in
            state.answers.values.reduce(into: [:]) { counts, one in
                if let user = one.deed.user, one.answer.status == 200 { counts[user, default: 0] += 1 }
            }
        }
    }

    /// Starts a connection for each sender; they end when the server goes away.
    func start(port: UInt16) {
        let count = state.withLock { state in
            (state.isStopping, state.fresh) = (false, [])
            return state.senders.count
        }
        for index in 0 ..< count {
            DispatchQueue.global().async(group: group) { [self] in
                guard let connection = try? LoopbackConnection(port: port) else { return }
                while sendNext(as: index, over: connection) {}
            }
        }
    }

    /// Asks the senders to end after the deed they are at, and waits until all have ended.
    func finish() async {
        state.withLock { $0.isStopping = true }
        await withCheckedContinuation { continuation in
            group.notify(queue: .global()) { continuation.resume() }
        }
    }

    /// Whether to go on.
    private func sendNext(as index: Int, over connection: LoopbackConnection) -> Bool {
        let deed = state.withLock { $0.senders[index].current() }
        do {
            let (reply, _) = try send(deed, over: connection)
            return state.withLock { state in
                switch reply.status {
                case 200, 409:
                    state.senders[index].answered(reply)
                    state.answers[deed.id] = (deed, reply)
                    state.fresh.append(deed.id)
                case 503: usleep(5_000)
                default: if state.problems.count < 5 { state.problems.append("\(deed.id): \(reply.status) \(reply.body.text)") }
                }
                return !state.isStopping && state.problems.isEmpty
            }
        } catch { return false }
    }

    private func send(_ deed: ProgramSender.Deed, over connection: LoopbackConnection) throws -> (Answer, isReplayed: Bool) {
        let headers = [
            "Content-Type": "application/json", "Authorization": "Bearer \(apiKey)", "Idempotency-Key": deed.id,
        ]
        try connection.request("POST", "/api/v1/\(deed.path)", headers: headers, body: deed.body.utf8)
        let reply = try connection.reply()
        let body = reply.status == 409 ? reply.json["reasons"] ?? .null : reply.json
        return (Answer(status: reply.status, body: body), reply.headers["idempotency-replayed"] == "true")
    }

    /// Sends again what was answered, in the last round or ever, and tells what is not as it was.
    func mistakes(port: UInt16, all: Bool) throws -> [String] {
        let answers = state.withLock { state in
            all ? Array(state.answers.values) : state.fresh.compactMap { state.answers[$0] }
        }
        let connection = try LoopbackConnection(port: port)
        return try answers.compactMap { deed, answer in
            let (again, isReplayed) = try send(deed, over: connection)
            return again == answer && isReplayed
                ? nil
                : "\(deed.id): \(answer.status) \(answer.body.text), then \(again.status) \(again.body.text) (replayed: \(isReplayed))"
        }
    }
}
