import Dispatch
import Model
import Synchronization
import TestSupport

/// Calls sent by several connections at once until the server goes away, and what was acknowledged of them.
final class CrashLoad: Sendable {
    /// One request: the numbers of its calls.
    struct Request: Hashable, Sendable {
        var numbers: Range<Int>
        var isSingle: Bool
    }

    private struct State {
        var next = 0
        var acknowledged: [Request] = []
        var doubtful: [Request] = []
        var problems: [String] = []
        var isStopping = false
    }

    /// The name of all its events; its messageIds begin with it.
    let event: String
    private let writeKey: String
    private let state = Mutex(State())
    private let group = DispatchGroup()

    init(event: String, writeKey: String) {
        self.event = event
        self.writeKey = writeKey
    }

    /// Requests whose answer said that all was taken.
    var acknowledged: [Request] { state.withLock { $0.acknowledged } }
    /// Requests that were on their way when the server went: taken or not.
    var doubtful: [Request] { state.withLock { $0.doubtful } }
    /// Answers that should not have been.
    var problems: [String] { state.withLock { $0.problems } }
    var acknowledgedCount: Int { acknowledged.reduce(0) { $0 + $1.numbers.count } }
    var sentCount: Int { state.withLock { $0.next } }

    /// Starts `singles` connections that send call by call and `batches` that send 2…100 calls at once.
    func start(port: UInt16, singles: Int = 4, batches: Int = 2) {
        for index in 0 ..< singles + batches {
            DispatchQueue.global().async(group: group) { [self] in
                var random = SplitMix64(seed: UInt64(index) &+ 77)
                guard let connection = try? LoopbackConnection(port: port) else { return }
                while send(next(isSingle: index < singles, using: &random), over: connection) {}
            }
        }
    }

    /// Asks the connections to end after the request they are at, and waits until all have ended.
    func finish() async {
        state.withLock { $0.isStopping = true }
        await withCheckedContinuation { continuation in
            group.notify(queue: .global()) { continuation.resume() }
        }
    }

    private func next(isSingle: Bool, using random: inout SplitMix64) -> Request {
        let count = isSingle ? 1 : Int.random(in: 2 ... 100, using: &random)
        return state.withLock { state in
            defer { state.next += count }
            return Request(numbers: state.next ..< state.next + count, isSingle: isSingle)
        }
    }

    /// Whether to go on.
    private func send(_ request: Request, over connection: LoopbackConnection) -> Bool {
        do {
            try connection.request(
                "POST", path(of: request), headers: ["Content-Type": "application/json"], body: body(of: request))
            let reply = try connection.reply()
            return state.withLock { state in
                if reply.status == 200, reply.text.contains("\"success\":true") {
                    state.acknowledged.append(request)
                } else {
                    state.doubtful.append(request)
                    if reply.status != 503, state.problems.count < 5 {
                        state.problems.append("\(reply.status) \(reply.text.prefix(300))")
                    }
                }
                return !state.isStopping
            }
        } catch {
            state.withLock { $0.doubtful.append(request) }
            return false
        }
    }

    func path(of request: Request) -> String { request.isSingle ? "/v1/track" : "/v1/batch" }

    /// Always the same bytes for the same request, so that it can be sent again.
    func body(of request: Request) -> [UInt8] {
        let calls = request.numbers.map { number in
            """
            {"type":"track","event":"\(event)","messageId":"\(event)-\(number)","userId":"person-\(number % 97)",\
            "timestamp":"2026-03-01T12:00:00.\(String(1_000 + number % 1_000).dropFirst())Z",\
            "properties":{"number":\(number),"text":"茶 \(number % 13)","price":\(Double(number % 500) / 4)}
            """
        }
        let key = ",\"writeKey\":\"\(writeKey)\"}"
        return Array(
            (request.isSingle ? calls[0] + key : "{\"batch\":[" + calls.map { $0 + "}" }.joined(separator: ",") + "]" + key).utf8)
    }

    /// All requests sent so far, for sending them again.
    var everything: [Request] { state.withLock { $0.acknowledged + $0.doubtful } }
}
