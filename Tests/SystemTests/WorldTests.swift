import Columns
import Model
import OrderedCollections
import TestSupport
import Testing
import Worlds

extension SystemSuite {
    /// Each small world sent to a server and asked about over HTTP, held against what its humans did.
    @Suite("Worlds", .serialized)
    struct WorldTests {
        static let names = WorldListing.all.map(\.name).filter { $0 != TeaShop.name }

        @Test("What a world simulates is what the product finds", .timeLimit(.minutes(10)), arguments: names)
        func truthIsFound(name: String) async throws {
            let listing = try #require(WorldListing.named(name))
            let end = LocalDate(daysSinceEpoch: 20_632)  // 2026-06-28, a Sunday
            let world = listing.world(WorldShape(seed: 3, people: 300, days: 70, end: end))
            try await ServerProcess.with(try TestFolder()) { server in
                let workspace = try await server.createWorkspace(name: listing.title, timezone: "Asia/Shanghai", currency: "CNY")
                let truth = try await send(world, to: workspace, of: server)
                try await expectOverview(truth, server, workspace)
                for figure in (truth["figures"]?.arrayValue ?? []).compactMap({ WorldFigure(json: $0) }) {
                    let answer = try await server.ask(figure.question, of: workspace)
                    #expect(figure.isMet(by: answer), "\(figure.says): \(figure.value.text), not \(answer.text)")
                }
                try await expectRelationships(truth, server, workspace)
            }
        }

        @Test("When the people of a firm last used the software, and when its contract lapsed", .timeLimit(.minutes(10)))
        func firmsFallSilent() async throws {
            let listing = try #require(WorldListing.named("software"))
            let world = listing.world(
                WorldShape(seed: 4, people: 200, days: 90, end: LocalDate(daysSinceEpoch: 20_632)))
            try await ServerProcess.with(try TestFolder()) { server in
                let workspace = try await server.createWorkspace(name: listing.title, timezone: "Asia/Shanghai", currency: "CNY")
                let truth = try await send(world, to: workspace, of: server)
                let firms = try #require(truth["firms"]?.arrayValue)
                #expect(firms.contains { $0["lapsed"]?.isNull == false })
                for firm in firms {
                    for (event, key) in [("Report Opened", "lastUse"), ("Contract Lapsed", "lapsed")] {
                        let ofFirm: JSONValue = ["property": "context.groupId", "op": "=", "value": firm["account"] ?? .null]
                        let answer = try await server.ask(
                            [
                                "kind": "trend", "interval": "day",
                                "series": [["selector": ["event": .string(event), "where": ofFirm], "measure": "total"]],
                                "range": ["from": truth["firstDay"] ?? .null, "to": truth["end"] ?? .null],
                            ], of: workspace)
                        let last = answer["rows"]?.arrayValue?.last { $0["values"]?.arrayValue?.first?.doubleValue ?? 0 > 0 }
                        let day = (last?["bucket"]?.stringValue?.prefix(10)).map { JSONValue.string(String($0)) } ?? .null
                        #expect(day == firm[key], "\(event) of \(firm.text)")
                    }
                }
            }
        }

        private func send(_ world: any World, to workspace: TestWorkspace, of server: ServerProcess) async throws -> JSONValue {
            let headers = ["Content-Type": "application/json", "Authorization": "Bearer \(workspace.writeKey)"]
            var batches = world.batches(of: 1_000)
            while let batch = batches.next() {
                let reply = try await server.request("POST", "/v1/batch?historical=1", headers: headers, body: batch.body)
                #expect(reply.json["success"]?.boolValue == true, "\(reply.text.prefix(500))")
            }
            return try #require(batches.truth).totals
        }

        /// The cells at the end of each week as they were known then, and at the end the orders and what they brought.
        private func expectOverview(_ truth: JSONValue, _ server: ServerProcess, _ workspace: TestWorkspace) async throws {
            var overview: JSONValue = .null
            for point in try #require(truth["overview"]?["points"]?.arrayValue) {
                // A week's roles end with the Monday that follows: its last microsecond is meant.
                let at = try #require(Instant(rfc3339: point["at"]?.stringValue ?? "")).advanced(byMicroseconds: -1)
                overview = try await server.get("/api/v1/overview?at=\(at.rfc3339)", bearer: workspace.apiKey).json
                let cells = try #require(point["asOf"])
                let names = [
                    ("everybody", "everybody"), ("user_only", "userOnly"), ("customer_only", "customerOnly"), ("both", "both"),
                    ("neither", "neither"),
                ]
                for (cell, key) in names { #expect(overview[key] == cells[cell], "\(cell) at \(at.rfc3339)") }
            }
            #expect(overview["orders"] == truth["orders"]?["paid"])
            let revenue = Money(minorUnits: try #require(truth["orders"]?["revenue"]?.intValue), currency: .cny)
            #expect(overview["revenue"] == [["amount": .string(revenue.decimalText), "currency": "CNY"]])
        }

        /// Who is what to whom: those who hold each role by a question, and each of their ties by the people's own pages.
        private func expectRelationships(_ truth: JSONValue, _ server: ServerProcess, _ workspace: TestWorkspace) async throws {
            let told = truth["relationships"]?.objectValue ?? [:]
            let end = try #require(truth["end"])
            var ties: [String: Int64] = [:]
            let people = try await server.get("/api/v1/people?limit=500", bearer: workspace.apiKey).json["people"]?.arrayValue ?? []
            for person in told.isEmpty ? [] : people {
                let id = try #require(person["id"]?.stringValue)
                let page = try await server.get("/api/v1/people/\(id)/relationships", bearer: workspace.apiKey).json
                for tie in page["relationships"]?.arrayValue ?? [] where tie["holder"] == person["id"] {
                    ties[tie["as"]?.stringValue ?? "", default: 0] += 1
                }
            }
            #expect(ties == told.reduce(into: [:]) { $0[$1.key] = $1.value["ties"]?.intValue ?? 0 })
            for (role, counts) in told {
                // As a role, `user` means activity; as a relationship it is asked for so.
                let holds: JSONValue = ["related": ["as": .string(role), "to": ["everyone": true]]]
                let question: JSONValue = [
                    "kind": "count", "who": holds, "range": ["from": "1971-01-01T00:00:00Z", "to": end],
                ]
                #expect(try await server.ask(question, of: workspace)["count"] == counts["holders"], "\(role)")
            }
        }
    }
}
