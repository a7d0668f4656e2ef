import Model
import TestSupport
import Testing

extension SystemSuite {
    /// The public SDKs of Segment and RudderStack, unmodified, by the shared drivers.
    @Suite("SDKs", .serialized, .enabled(if: Surroundings.hasClients, "needs ../shared and .venv: make test"))
    struct ClientTests {
        /// A driver and how many calls of the workload it sends beside those that both send.
        struct Driver: Sendable, CustomTestStringConvertible {
            var file: String
            /// Events that this driver alone sends, with their counts.
            var ownEvents: [String: Int]
            var testDescription: String { file }
        }

        static let drivers = [
            Driver(
                file: "drive_segment.py",
                ownEvents: ["Gzipped": 1, "Bulk": 250, "NonFinite": 1, "Innocent neighbour in same batch": 1]),
            Driver(file: "drive_rudder.py", ownEvents: ["Plain": 1, "NonFinite": 1]),
        ]

        @Test("the workload arrives whole and means what it should", arguments: drivers)
        func workload(driver: Driver) async throws {
            let folder = try TestFolder()
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                let said = try await drive(driver, at: server.url, key: workspace.writeKey)
                #expect(said.contains("on_error: []"), "\(said)")
                try await expectEvents(driver.ownEvents, on: server, of: workspace)
                try await expectWorkload(on: server, of: workspace)
            }
        }

        @Test("after 500, 429, a lost connection and a lost answer everything is there, once", arguments: drivers)
        func retries(driver: Driver) async throws {
            let folder = try TestFolder()
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                let proxy = try ChildProcess(
                    Surroundings.python,
                    [
                        Surroundings.client("proxy.py"), "--upstream", server.url, "--faults", "500,429,drop,swallow",
                        "--retry-after", "1",
                    ])
                let address = try await proxy.firstLine()
                let said = try await drive(driver, at: address, key: workspace.writeKey)
                #expect(said.contains("on_error: []"), "\(said)")
                try await expectEvents(driver.ownEvents, on: server, of: workspace)
                try await expectWorkload(on: server, of: workspace)
            }
        }

        @Test("a key that is not known is told so in words, and the SDK gives up at once", arguments: drivers)
        func unknownKey(driver: Driver) async throws {
            let folder = try TestFolder()
            try await ServerProcess.with(folder) { server in
                let run = try await Surroundings.drive(driver.file, at: server.url, key: "wk_nobody")
                // The drivers' synchronous clients raise what they are told.
                #expect(run.exit == .exited(1))
                #expect(run.errors.contains("APIError") && run.errors.contains("unauthorized"), "\(run.errors.suffix(500))")
            }
        }

        private func drive(_ driver: Driver, at url: String, key: String) async throws -> String {
            let run = try await Surroundings.drive(driver.file, at: url, key: key)
            #expect(run.exit == .exited(0), "\(run.errors.suffix(2_000))")
            return run.output
        }

        private func expectEvents(
            _ counts: [String: Int], on server: ServerProcess, of workspace: TestWorkspace
        ) async throws {
            for (event, count) in counts {
                let kept = try await server.eventCount(event, of: workspace)
                #expect(kept == count, "\(event)")
            }
        }

        /// What `EXPECT` of `../shared/clients/workload.py` says, asked through the API.
        private func expectWorkload(on server: ServerProcess, of workspace: TestWorkspace) async throws {
            try await expectEvents(
                [
                    "Dup": 1, "Order Completed": 3, "LateEvent": 1, "FutureEvent": 1, "HugeInts": 1, "Nested": 1, "HalfHourZone": 1,
                    "NaiveTime": 1, "事件 😀 with spaces/and \"quotes\"": 1, "Numeric user id": 1, "After alias": 1,
                    "With context": 1, "Page Browsed": 1,
                ], on: server, of: workspace)

            // user-0001: anonymous page views joined; of the traits the newest by their own time, and null removed nothing newer.
            let ada = try await server.people(
                [
                    "all": [
                        ["trait": "email", "op": "=", "value": "ada@example.com"], ["trait": "name", "op": "=", "value": "Ada"],
                        ["trait": "age", "op": "=", "value": 36], ["trait": "plan", "op": "=", "value": "gold"],
                        ["trait": "address.city", "op": "=", "value": "上海"],
                    ]
                ], of: workspace)
            #expect(ada.count == 1)
            #expect(ada.first?.contains("user-0001") == true && ada.first?.contains("anon-aaaa") == true, "\(ada)")
            #expect(try await server.people(["did": ["event": "Page Browsed"]], of: workspace) == ada)

            let orders: JSONValue = ["did": ["event": "Order Completed"], "times": ["op": "=", "value": 2]]
            #expect(try await server.people(orders, of: workspace) == ada)
            let single: JSONValue = ["did": ["event": "Order Completed"], "times": ["op": "=", "value": 1]]
            let wang = try await server.people(single, of: workspace)
            #expect(wang.count == 1 && wang.first?.contains("用户-三号") == true, "\(wang)")

            // alias: anon-bbbb is user-0002, so what it does afterwards is theirs.
            let aliased = try await server.people(["did": ["event": "After alias"]], of: workspace)
            #expect(aliased.count == 1 && aliased.first?.contains("user-0002") == true, "\(aliased)")
            let numeric = try await server.people(["did": ["event": "Numeric user id"]], of: workspace)
            #expect(numeric == [["12345"]])

            // LateEvent keeps its own time.
            let late: JSONValue = [
                "did": ["event": "LateEvent"],
                "within": ["from": "2025-01-25T12:00:00Z", "to": "2025-01-25T12:00:00.000001Z"],
            ]
            #expect(try await server.people(late, of: workspace) == ada)

            // Numbers: Int64 exactly to its ends, beyond it neither lost nor wrapped round.
            for (key, value) in [("i64max", JSONValue.int(.max)), ("neg", .int(.min)), ("f53plus1", .int(9_007_199_254_740_993))] {
                let exact: JSONValue = [
                    "did": ["event": "HugeInts", "where": ["property": .string(key), "op": "=", "value": value]]
                ]
                let people = try await server.people(exact, of: workspace)
                #expect(people == ada, "\(key)")
            }
            let beyond: JSONValue = [
                "did": ["event": "HugeInts", "where": ["property": "beyond_u64", "op": ">", "value": 9_000_000_000_000_000_000]]
            ]
            #expect(try await server.people(beyond, of: workspace) == ada)
        }
    }
}
