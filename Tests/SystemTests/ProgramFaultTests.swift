import FoundationEssentials
import Model
import OrderedCollections
import TestSupport
import Testing

extension SystemSuite {
    /// `kill -9` while points are earned, spent, moved and held: each answer holds, and nothing is booked twice.
    @Suite("Crash of the program", .serialized) struct ProgramFaultTests {
        /// Where a server keeps its records.
        enum Home: String, CaseIterable, Sendable {
            case folder, postgres

            /// Those that can be tested here; all of them where `CI` is set.
            static let here = allCases.filter { $0 != .postgres || TestPostgres.isHere }

            func environment() throws -> [String: String] {
                switch self {
                case .folder: [:]
                case .postgres: ["TEAHOUSE_RECORDS": try TestPostgres.shared().database()]
                }
            }
        }

        private static let kills = Surroundings.isContinuousIntegration ? 25 : 5

        @Test(
            "answers of the loyalty API survive kills under load, each carried out once", .timeLimit(.minutes(15)),
            arguments: Home.here, [UInt64(20_261_130)])
        func killedUnderLoad(home: Home, seed: UInt64) async throws {
            try await survive(home, kills: ProgramFaultTests.kills, seed: seed)
        }

        @Test(
            "answers of the loyalty API survive 500 kills", .enabled(if: Surroundings.isSoaking, "set TEAHOUSE_SOAK=1"),
            arguments: Home.here, [UInt64.random(in: 0 ... .max)])
        func soak(home: Home, seed: UInt64) async throws { try await survive(home, kills: 500, seed: seed) }

        private func survive(_ home: Home, kills: Int, seed: UInt64) async throws {
            print("The seed of the kills is \(seed).")
            var random = SplitMix64(seed: seed)
            let folder = try TestFolder()
            let environment = try home.environment()
            var server = try await ServerProcess.start(dataDirectory: folder.path("data"), environment: environment)
            let workspace = try await server.createWorkspace()
            try await setUp(workspace, on: server)
            let load = ProgramLoad(seed: seed, apiKey: workspace.apiKey)
            for round in 0 ..< kills {
                load.start(port: server.port)
                try await Task.sleep(for: .milliseconds(Int.random(in: 20 ... 400, using: &random)))
                try await server.kill()
                await load.finish()
                #expect(load.problems == [], "seed \(seed), round \(round)")
                server = try await ServerProcess.start(dataDirectory: folder.path("data"), environment: environment)
                try await check(load, on: server, all: false, "seed \(seed), round \(round)")
            }
            // What the last kill left unanswered is sent once more, and then nothing is in doubt.
            load.start(port: server.port)
            try await Task.sleep(for: .milliseconds(200))
            await load.finish()
            #expect(load.problems == [], "seed \(seed)")
            #expect(load.answerCount > kills, "the load does too little to show anything")
            try await check(load, on: server, all: true, "seed \(seed)")
            try await checkBooks(load, of: workspace, on: server, "seed \(seed)")
            try await server.stop()
        }

        /// How often coupons can be used in all, and each member the benefit.
        private static let (usesMax, quota) = (Int64(60), Int64(30))

        private func setUp(_ workspace: TestWorkspace, on server: ServerProcess) async throws {
            let settings: JSONValue = [
                "name": "Tea club", "currencies": [["key": "points", "hold_days_max": 7, "transfers": ["times_per_month": 1_000]]],
            ]
            let rules: JSONValue = [
                "id": "club", "name": "Tea club", "points": "points", "currency": "CNY",
                "rules": [
                    [
                        "id": "spend", "name": "A point a yuan", "trigger": ["event": "Order Completed"],
                        "base": ["points": 1, "per": "money", "amount": "1.00"],
                    ]
                ],
            ]
            let template: JSONValue = [
                "name": "fault", "currency": "CNY", "zone": "UTC", "effect": ["kind": "amount", "amount": "1"],
                "limits": [["name": "fault/all", "measure": "uses", "max": .int(ProgramFaultTests.usesMax)]],
            ]
            let lounge: JSONValue = [
                "key": "lounge", "name": ["en": "Lounge", "zh": "茶室"], "kind": "metered", "period": "year", "zone": "UTC",
                "quota": .int(ProgramFaultTests.quota),
            ]
            var calls: [(method: String, path: String, body: JSONValue)] = [
                ("PUT", "program", settings), ("POST", "earning/club/versions", rules),
                ("POST", "earning/club/versions/1/review", [:]), ("POST", "earning/club/versions/1/schedule", [:]),
                ("POST", "coupons/templates", template), ("POST", "program/benefits", lounge),
            ]
            for member in ProgramLoad.members {
                calls.append(("POST", "program/members", ["identity": .string("user_id:\(member)")]))
                let grant: JSONValue = [
                    "benefit": "lounge", "beneficiary": .string("user_id:\(member)"), "payer": "program",
                    "source": ["kind": "campaign", "id": .string(member)], "amount": .int(ProgramFaultTests.quota),
                ]
                calls.append(("POST", "benefits/grant", grant))
            }
            for (number, call) in calls.enumerated() {
                let headers = [
                    "Content-Type": "application/json", "Authorization": "Bearer \(workspace.apiKey)",
                    "Idempotency-Key": "setup-\(number)",
                ]
                let done = try await server.request(call.method, "/api/v1/\(call.path)", headers: headers, body: call.body.utf8)
                try #require(done.status == 200, "\(call.path): \(done.status) \(done.text)")
            }
        }

        private func check(_ load: ProgramLoad, on server: ServerProcess, all: Bool, _ place: String) async throws {
            let port = server.port
            let mistakes = try await blocking { try load.mistakes(port: port, all: all) }
            #expect(mistakes.prefix(5) == [], "\(place): \(mistakes.count) answers are not the stored ones")
        }

        /// The books are what all answers together say.
        private func checkBooks(
            _ load: ProgramLoad, of workspace: TestWorkspace, on server: ServerProcess, _ place: String
        ) async throws {
            #expect(load.earningsBySource.values.allSatisfy { $0 == 1 }, "\(place): something was earned twice")
            let books = try await server.get("/api/v1/points/check", bearer: workspace.apiKey)
            #expect(books.json["whole"] == true, "\(place): \(books.text)")
            let names = ProgramLoad.members
            let found = try await server.post(
                "/api/v1/points/balances", ["members": .array(names.map { .string("user_id:\($0)") })], bearer: workspace.apiKey)
            let balances = found.json["balances"]?.arrayValue ?? []
            #expect(balances.count == names.count, "\(found.status) \(found.text)")
            for (name, balance) in zip(names, balances) {
                let expected = load.balances[name]
                // What cancelled orders take back of points that are spent or held is owed.
                let available = (balance["balance"]?["available"]?.intValue ?? 0) - (balance["balance"]?["debt"]?.intValue ?? 0)
                #expect(
                    available == expected?.available && balance["balance"]?["held"]?.intValue == expected?.held,
                    "\(place), \(name): \(balance.text) instead of \(String(describing: expected))")
            }
            try await checkCoupons(load, of: workspace, on: server, place)
            let checks = names.map { JSONValue.object(["member": .string("user_id:\($0)"), "benefit": "lounge"]) }
            let uses = try await server.post("/api/v1/benefits/check-many", ["checks": .array(checks)], bearer: workspace.apiKey)
            let left = uses.json["answers"]?.arrayValue?.compactMap { $0["remaining"]?.intValue }
            let used = load.benefitUses
            #expect(left == names.map { ProgramFaultTests.quota - used[$0, default: 0] }, "\(place): \(uses.text)")
        }

        /// Each coupon is used once, for the order of the answers, and the limit counts all of them.
        private func checkCoupons(
            _ load: ProgramLoad, of workspace: TestWorkspace, on server: ServerProcess, _ place: String
        ) async throws {
            let orders = load.couponOrders
            #expect(orders.values.allSatisfy { $0.count <= 1 }, "\(place): a coupon was used twice")
            var used: Set<String> = []
            for name in ProgramLoad.members {
                let list = try await server.get("/api/v1/coupons/members/user_id:\(name)", bearer: workspace.apiKey)
                let coupons = list.json["coupons"]?.arrayValue ?? []
                used.formUnion(coupons.filter { $0["state"] == "redeemed" }.compactMap { $0["coupon"]?.stringValue })
            }
            #expect(used == Set(orders.filter { !$0.value.isEmpty }.keys), "\(place)")
            let limits = try await server.get("/api/v1/coupons/limits?template=fault", bearer: workspace.apiKey)
            let limit = limits.json["limits"]?.arrayValue?.first
            #expect(limit?["used"]?.intValue ?? 0 == Int64(used.count), "\(place): \(limits.text)")
            #expect(used.count > 0 && Int64(used.count) <= ProgramFaultTests.usesMax, "\(place)")
        }
    }
}
