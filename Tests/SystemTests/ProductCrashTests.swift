import Dispatch
import Model
import Synchronization
import TestSupport
import Testing

extension SystemSuite {
    /// `kill -9` while product codes are registered: what was answered holds after the restart, and every code has one person and one event.
    @Suite("Crash of registrations", .serialized) struct ProductCrashTests {
        @Test("acknowledged registrations survive 12 kills under load, each code once", .timeLimit(.minutes(10)))
        func killedUnderLoad() async throws {
            try await survive(kills: 12, seed: 20_261_129)
        }

        @Test(
            "acknowledged registrations survive 200 kills", .enabled(if: Surroundings.isSoaking, "set TEAHOUSE_SOAK=1"),
            arguments: [UInt64.random(in: 0 ... .max)])
        func soak(seed: UInt64) async throws {
            try await survive(kills: 200, seed: seed)
        }

        private func survive(kills: Int, seed: UInt64) async throws {
            var random = SplitMix64(seed: seed)
            let folder = try TestFolder()
            var server = try await ServerProcess.start(dataDirectory: folder.path("data"))
            let workspace = try await server.createWorkspace()
            let batch = try await server.post(
                "/api/v1/product-codes/batches", ["name": "Tins", "product": "tin-50g", "count": 200_000], bearer: workspace.apiKey)
            let place = "/api/v1/product-codes/batches/\(batch.json["id"]?.stringValue ?? "")/codes"
            let codes = try await server.get(place, bearer: workspace.apiKey).text.split(separator: "\r\n").dropFirst()
                .map { String($0.prefix(14)) }
            try #require(codes.count == 200_000, "\(batch.status) \(batch.text)")

            var next = 0
            var holders: [String: String] = [:]
            for round in 0 ..< kills {
                let load = RegistrationLoad(codes: Array(codes[next...].prefix(10_000)), apiKey: workspace.apiKey)
                load.start(port: server.port)
                try await Task.sleep(for: .milliseconds(Int.random(in: 20 ... 400, using: &random)))
                try await server.kill()
                await load.finish()
                #expect(load.problems == [], "round \(round)")
                server = try await ServerProcess.start(dataDirectory: folder.path("data"))
                for (code, names) in load.registered {
                    #expect(names.count == 1, "round \(round): \(code) was given to \(names)")
                    holders[code] = names.first
                    let read = try await server.get("/api/v1/product-codes/codes/\(code)", bearer: workspace.apiKey).json
                    #expect(read["registration"]?["who"]?.stringValue == names.first, "round \(round): \(code) is lost")
                }
                // What a client does that never saw an answer.
                for attempt in load.doubtful {
                    let reply = try await server.post(
                        "/api/v1/product-codes/register", ["who": .string(attempt.who), "code": .string(attempt.code)],
                        bearer: workspace.apiKey)
                    #expect([200, 201, 202].contains(reply.status), "\(reply.text)")
                    if reply.status != 202 {
                        #expect(holders[attempt.code] ?? attempt.who == attempt.who, "\(attempt.code) has two people")
                        holders[attempt.code] = attempt.who
                    }
                }
                next += load.codesBegun
            }
            #expect(holders.count > kills, "the load registers too little to show anything")
            try await check(holders, of: workspace, on: server)
            try await server.stop()
        }

        /// One event for each code that somebody has, once what a crash left unsent was sent.
        private func check(_ holders: [String: String], of workspace: TestWorkspace, on server: ServerProcess) async throws {
            let deadline = ContinuousClock.now + .seconds(20)
            while try await server.eventCount("Product Registered", of: workspace) < holders.count, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(50))
            }
            let batches = try await server.get("/api/v1/product-codes/batches", bearer: workspace.apiKey).json["batches"]
            #expect(batches?.arrayValue?.first?["registered"] == .int(Int64(holders.count)))
            let lines = try await server.get("/api/v1/export/events", bearer: workspace.apiKey).text.split(separator: "\n")
            let told = lines.filter { $0.contains("\"Product Registered\"") }.compactMap { line in
                line.split(separator: "\"product_code\":\"", maxSplits: 1).dropFirst().first.map { String($0.prefix(14)) }
            }
            #expect(told.count == holders.count, "a registration is told twice, or not at all")
            #expect(Set(told) == Set(holders.keys))
        }
    }
}

/// Codes that two people at a time try to register, until the server goes away.
private final class RegistrationLoad: Sendable {
    struct Attempt: Hashable, Sendable {
        var code: String
        var who: String
    }

    private struct State {
        var registered: [String: Set<String>] = [:]
        var doubtful: [Attempt] = []
        var problems: [String] = []
        var begun = 0
        var isStopping = false
    }

    private let codes: [String]
    private let apiKey: String
    private let state = Mutex(State())
    private let group = DispatchGroup()

    init(codes: [String], apiKey: String) {
        self.codes = codes
        self.apiKey = apiKey
    }

    /// By code whoever was told that it is theirs.
    var registered: [String: Set<String>] { state.withLock { $0.registered } }
    /// Attempts that were on their way when the server went.
    var doubtful: [Attempt] { state.withLock { $0.doubtful } }
    /// Answers that should not have been.
    var problems: [String] { state.withLock { $0.problems } }
    /// How many codes somebody has tried.
    var codesBegun: Int { state.withLock { $0.begun } }

    /// Starts four pairs; both of a pair go through the same codes, each for a person of its own.
    func start(port: UInt16, pairs: Int = 4) {
        for index in 0 ..< 2 * pairs {
            DispatchQueue.global().async(group: group) { [self] in
                guard let connection = try? LoopbackConnection(port: port) else { return }
                for place in stride(from: index / 2, to: codes.count, by: pairs) {
                    state.withLock { $0.begun = max($0.begun, place + 1) }
                    let who = "user_id:\(index.isMultiple(of: 2) ? "left" : "right")-\(place % 97)"
                    guard register(Attempt(code: codes[place], who: who), over: connection) else { return }
                }
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

    /// Whether to go on.
    private func register(_ attempt: Attempt, over connection: LoopbackConnection) -> Bool {
        let body: JSONValue = ["who": .string(attempt.who), "code": .string(attempt.code)]
        let headers = ["Content-Type": "application/json", "Authorization": "Bearer \(apiKey)"]
        do {
            try connection.request("POST", "/api/v1/product-codes/register", headers: headers, body: body.utf8)
            let reply = try connection.reply()
            return state.withLock { state in
                switch reply.status {
                case 200, 201: state.registered[attempt.code, default: []].insert(attempt.who)
                case 202: break
                case 503: state.doubtful.append(attempt)
                default: if state.problems.count < 5 { state.problems.append("\(reply.status) \(reply.text.prefix(300))") }
                }
                return !state.isStopping
            }
        } catch {
            state.withLock { $0.doubtful.append(attempt) }
            return false
        }
    }
}
