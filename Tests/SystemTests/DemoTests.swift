import Columns
import FoundationEssentials
import Model
import TestSupport
import Testing
import Worlds

extension SystemSuite {
    /// The demo as people run it, held against the truth of its simulation.
    @Suite("Demo", .serialized)
    struct DemoTests {
        @Test("make run's report is told, and every figure is that of the simulation", .timeLimit(.minutes(10)))
        func figuresAreTrue() async throws {
            let folder = try TestFolder()
            let data = folder.path("data")
            let port = try ServerProcess.freePort()
            let arguments = [
                "demo", "--data", data, "--listen", "127.0.0.1:\(port)", "--people", "600", "--days", "45", "--end", "2026-06-30",
                "--exit",
            ]
            let first = try await ChildProcess.run(ServerProcess.binary, arguments)
            #expect(first.exit == .exited(0), "\(first.errors)")
            for heading in ["Who uses, who pays", "How users become customers", "One portrait"] {
                #expect(first.output.contains(heading))
            }

            let truth = try JSONParser.parse([UInt8](Data(contentsOf: URL(filePath: data + "/truth.json"))))
            let end = try #require(truth["end"]?.stringValue)
            let cells = try #require(truth["overview"]?["atEnd"])
            let user: JSONValue = ["role": "user"]
            let customer: JSONValue = ["role": "customer"]
            let expected: [(String, JSONValue)] = [
                ("both", ["all": [user, customer]]), ("user_only", ["all": [user, ["not": customer]]]),
                ("customer_only", ["all": [customer, ["not": user]]]), ("neither", ["not": ["any": [user, customer]]]),
                ("everybody", ["everyone": true]),
            ]
            for (cell, who) in expected {
                let answer = try await ask(
                    ["kind": "count", "who": who, "range": ["from": "1971-01-01T00:00:00Z", "to": .string(end)]], data, folder)
                #expect(answer["count"] == cells[cell], "\(cell)")
            }
            let funnel = try #require(truth["funnel"])
            let steps = funnel["steps"]?.arrayValue ?? []
            let selectors = steps.map { step -> JSONValue in ["event": step["event"] ?? .null] }
            let answer = try await ask(
                ["kind": "funnel", "window": funnel["window"] ?? .null, "steps": .array(selectors)], data, folder)
            #expect(answer["steps"]?.arrayValue?.map { $0["count"] } == steps.map { $0["count"] })
            #expect(steps.count == 4)

            let second = try await ChildProcess.run(ServerProcess.binary, arguments)
            #expect(second.exit == .exited(0))
            #expect(!second.errors.contains("Loading"), "the second run keeps the data")
            #expect(second.output.contains("Who uses, who pays"))
        }

        @Test("Another world is chosen by name, shows its point, and keeps its folder to itself", .timeLimit(.minutes(10)))
        func worldIsChosen() async throws {
            let folder = try TestFolder()
            let port = try ServerProcess.freePort()
            func demo(_ arguments: String...) async throws -> (exit: ChildProcess.Exit, output: String, errors: String) {
                try await ChildProcess.run(
                    ServerProcess.binary,
                    ["demo", "--data", folder.path("data"), "--listen", "127.0.0.1:\(port)", "--exit"] + arguments)
            }
            let first = try await demo("--world", "search", "--people", "200", "--days", "40", "--end", "2026-06-30")
            #expect(first.exit == .exited(0), "\(first.errors)")
            #expect(first.output.contains("What this world shows") && first.output.contains("people use and pay"))
            #expect(!first.output.contains("(simulated:"))
            let again = try await demo("--json")
            let figures = try #require(try JSONParser.parse(Array(again.output.utf8))["figures"]?.arrayValue)
            #expect(figures.count >= 4 && figures.first?["value"] == 0)
            let other = try await demo("--world", "tea")
            #expect(other.exit == .exited(1) && other.errors.contains("The folder holds the world search."), "\(other.errors)")
            let unknown = try await demo("--world", "nowhere")
            #expect(unknown.exit == .exited(64) && unknown.errors.contains("--world takes one of tea, search"), "\(unknown.errors)")
            let help = try await ChildProcess.run(ServerProcess.binary, ["demo", "--help"])
            for world in WorldListing.all { #expect(help.output.contains("\(world.name):")) }
        }

        private func ask(_ question: JSONValue, _ data: String, _ folder: TestFolder) async throws -> JSONValue {
            let file = folder.path("question.json")
            try Data(question.utf8).write(to: URL(filePath: file))
            let run = try await ChildProcess.run(ServerProcess.binary, ["ask", file, "--data", data, "--format", "json"])
            #expect(run.exit == .exited(0), "\(run.errors)")
            return try JSONParser.parse(Array(run.output.utf8))
        }
    }
}
