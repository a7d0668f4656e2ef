import FoundationEssentials
import Model
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

        private func setUp(_ workspace: TestWorkspace, on server: ServerProcess) async throws {
            let settings: JSONValue = [
                "name": "Tea club", "currencies": [["key": "points", "hold_days_max": 7, "transfers": ["times_per_month": 1_000]]],
            ]
            let headers = [
                "Content-Type": "application/json", "Authorization": "Bearer \(workspace.apiKey)", "Idempotency-Key": "program",
            ]
            let made = try await server.request("PUT", "/api/v1/program", headers: headers, body: settings.utf8)
            try #require(made.status == 200, "\(made.status) \(made.text)")
            for member in ProgramLoad.members {
                let enrolled = try await server.request(
                    "POST", "/api/v1/program/members", headers: headers.merging(["Idempotency-Key": "enrol-\(member)"]) { $1 },
                    body: (["identity": .string("user_id:\(member)")] as JSONValue).utf8)
                try #require(enrolled.status == 200, "\(enrolled.status) \(enrolled.text)")
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
                #expect(
                    balance["balance"]?["available"]?.intValue == expected?.available
                        && balance["balance"]?["held"]?.intValue == expected?.held,
                    "\(place), \(name): \(balance.text) instead of \(String(describing: expected))")
            }
        }
    }
}
