import Model
import TestSupport
import Testing

extension SystemSuite {
    /// The public SDKs of PostHog, Sensors Analytics and Mixpanel, unmodified, by the shared drivers (docs/protocols.md).
    @Suite("SDKs of other protocols", .serialized, .enabled(if: Surroundings.hasClients, "needs ../shared and .venv: make test"))
    struct CaptureClientTests {
        /// A driver, and what the server holds after it.
        struct Driver: Sendable, CustomTestStringConvertible {
            var file: String
            /// What it prints when nothing failed.
            var says: String
            var events: [String: Int]
            /// Conditions that hold for user-0001 and for nobody else.
            var ada: [JSONValue]
            /// Conditions of one person each, and an identity of that person.
            var others: [(JSONValue, String)] = []
            /// What user-0001 is known by.
            var identities: [String]
            var testDescription: String { file }
        }

        private static func trait(_ key: String, _ value: JSONValue) -> JSONValue {
            ["trait": .string(key), "op": "=", "value": value]
        }
        private static func did(_ event: String, _ property: String, _ op: String, _ value: JSONValue) -> JSONValue {
            [
                "did": [
                    "event": .string(event), "where": ["property": .string(property), "op": .string(op), "value": value],
                ]
            ]
        }
        /// LateEvent keeps its own time.
        private static let late: JSONValue = [
            "did": ["event": "LateEvent"],
            "within": ["from": "2025-01-25T12:00:00Z", "to": "2025-01-25T12:00:00.000001Z"],
        ]

        static let drivers = [
            Driver(
                file: "drive_posthog.py", says: "on_error []",
                events: [
                    "Order Completed": 1, "事件 😀": 1, "anon event (no distinct id)": 1, "LateEvent": 1, "NonFinite": 1, "page": 1,
                    "with groups": 1, "Gzipped": 1, "V1": 1,
                ],
                ada: [
                    trait("email", "ada@example.com"), trait("plan", "gold"), trait("name", "王小明"), trait("first_seen", "x"),
                    trait("a", 1), late, did("Order Completed", "total", "=", 25.5), ["did": ["event": "page"]],
                    did("with groups", "context.groupId", "=", "acme-公司"),
                ],
                others: [
                    (did("事件 😀", "i64max", "=", .int(.max)), "用户-三号"), (did("事件 😀", "neg", "=", .int(.min)), "用户-三号"),
                    (did("事件 😀", "beyond_u64", ">", 9_000_000_000_000_000_000), "用户-三号"),
                ], identities: ["user-0001", "anon-aaaa"]),
            Driver(
                file: "drive_sensors.py", says: "'beyond i64': 'sent'",
                events: [
                    "ViewProduct": 1, "$SignUp": 1, "BuyProduct": 1, "$BindID": 1, "ById": 1, "$UnbindID": 1, "Batch": 60,
                    "HugeAccepted": 1,
                ],
                ada: [
                    trait("city", "上海"), trait("plan", "gold"), trait("birthday", "2026-03-01"), trait("first", 1),
                    did("ViewProduct", "price", "=", 1_299), did("BuyProduct", "huge", "=", .int(.max)),
                    did("HugeAccepted", "n", ">", 9_000_000_000_000_000_000), ["did": ["event": "$UnbindID"]],
                ],
                others: [(["did": ["event": "Batch"], "times": ["op": "=", "value": 60]], "用户-三号")],
                identities: ["user-0001", "anon-aaaa", "+13800138000"]),
            Driver(
                file: "drive_mixpanel.py", says: "{}",
                events: ["Order Completed": 1, "事件 😀": 1, "Dup": 1, "LateEvent": 1, "SA import": 1, "Buffered": 120],
                ada: [
                    trait("email", "ada@example.com"), trait("plan", "gold"), trait("name", "王小明"), trait("first", 1), late,
                    did("Order Completed", "total", "=", 25.5),
                ],
                others: [
                    (did("事件 😀", "i64max", "=", .int(.max)), "用户-三号"),
                    (did("事件 😀", "beyond_u64", ">", 9_000_000_000_000_000_000), "用户-三号"),
                ], identities: ["user-0001", "anon-aaaa"]),
        ]

        @Test("the workload arrives whole and means what it should", arguments: drivers)
        func workload(driver: Driver) async throws {
            let folder = try TestFolder()
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                try await expectWorkload(driver, through: server.url, on: server, of: workspace)
            }
        }

        @Test("after a 500 and a lost answer PostHog's events are there, once")
        func retries() async throws {
            let folder = try TestFolder()
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                let proxy = try ChildProcess(
                    Surroundings.python, [Surroundings.client("proxy.py"), "--upstream", server.url, "--faults", "500,swallow"])
                let address = try await proxy.firstLine()
                try await expectWorkload(Self.drivers[0], through: address, on: server, of: workspace)
            }
        }

        @Test("a key that is not known is told so", arguments: drivers)
        func unknownKey(driver: Driver) async throws {
            let folder = try TestFolder()
            try await ServerProcess.with(folder) { server in
                let run = try await Surroundings.drive(driver.file, at: server.url, key: "wk_nobody")
                let said = run.output + run.errors
                #expect(said.contains("401") || said.contains("This write key is unknown"), "\(said.suffix(500))")
            }
        }

        /// What `EXPECT` of `../shared/clients/workload.py` says as far as the driver sends it, asked through the API.
        private func expectWorkload(
            _ driver: Driver, through url: String, on server: ServerProcess, of workspace: TestWorkspace
        ) async throws {
            let run = try await Surroundings.drive(driver.file, at: url, key: workspace.writeKey)
            #expect(run.exit == .exited(0) && run.output.contains(driver.says), "\(run.output) \(run.errors.suffix(2_000))")
            for (event, count) in driver.events {
                let kept = try await server.eventCount(event, of: workspace)
                #expect(kept == count, "\(event)")
            }
            let ada = try await server.people(["all": .array(driver.ada)], of: workspace)
            #expect(ada.count == 1 && driver.identities.allSatisfy { ada.first?.contains($0) == true }, "\(ada)")
            for condition in driver.ada {
                let people = try await server.people(condition, of: workspace)
                #expect(people == ada, "\(condition.text)")
            }
            for (condition, identity) in driver.others {
                let people = try await server.people(condition, of: workspace)
                #expect(people.count == 1 && people.first?.contains(identity) == true, "\(condition.text): \(people)")
            }
        }
    }
}
