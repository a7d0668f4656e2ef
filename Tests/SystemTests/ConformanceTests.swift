import FoundationEssentials
import Model
import TestSupport
import Testing

extension SystemSuite {
    /// The shared conformance kit over HTTP, for the areas that are built.
    @Suite("Conformance", .serialized, .enabled(if: Surroundings.hasClients, "needs ../shared and .venv: make test"))
    struct ConformanceTests {
        /// Cases whose every ask is a count, a trend, a funnel of the default kind, or an expression of the built forms.
        static let areas = [
            "accounts", "arrival", "asof", "breakdown", "exclusion", "expression", "funnel", "identity", "operators", "refusal",
            "time", "trend",
            "retention",
            "lifecycle",
            "stickiness",
            "timeToConvert",
            "drivers",
            "distribution",
            "attribution",
            "rfm",
            "paths",
        ]

        @Test("the answers are those of the cases", .timeLimit(.minutes(10)), arguments: areas)
        func answersAgree(area: String) async throws {
            let folder = try TestFolder()
            try await ServerProcess.with(folder) { server in
                let outcome = folder.path("outcome.json")
                let create = "\(ServerProcess.binary) workspace create Case --url \(server.url) --timezone"
                let run = try await ChildProcess.run(
                    Surroundings.python,
                    [
                        SharedFiles.path("conformance/run.py"), "--url", server.url, "--new-workspace", create, "--area", area,
                        "--verbose", "--json", outcome,
                    ], environment: ["TEAHOUSE_ADMIN_TOKEN": ServerProcess.adminToken, "PYTHONDONTWRITEBYTECODE": "1"],
                    upTo: .seconds(500))
                #expect(run.exit != .exited(2), "\(run.errors)")
                let wrong = ConformanceTests.wrong(run.output)
                #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
            }
        }

        /// The failures of a run, without questions of a kind that is not built: these are refused at `/kind`.
        private static func wrong(_ output: String) -> [String] {
            var failures: [String] = []
            for line in output.split(separator: "\n") {
                if line.hasPrefix("FAIL") {
                    failures.append(String(line))
                } else if line.hasPrefix("     "), !failures.isEmpty {
                    failures[failures.count - 1] += "\n" + line
                }
            }
            return failures
        }
    }
}
