import Model
import TestSupport
import Testing

extension SystemSuite {
    /// Real pages in Debian's Chromium: the checks themselves are in `Tests/Clients`.
    @Suite("Browser", .serialized, .enabled(if: Surroundings.hasBrowser, "needs chromium and .venv: make test"))
    struct BrowserTests {
        @Test("teahouse.js does what it says on real pages", .timeLimit(.minutes(20)))
        func realPages() async throws {
            try await run("browser.py", checksMin: 25)
        }

        @Test("Hostile names run nothing and break no page of the console", .timeLimit(.minutes(20)))
        func hostileNames() async throws {
            try await run("console.py", workspace: #"</title><script>boom('workspace')</script>{{name}}"#, checksMin: 13)
        }

        /// Runs the checks of a script against a server of its own; each prints a line of JSON.
        private func run(_ script: String, workspace name: String = "Test", checksMin: Int) async throws {
            let folder = try TestFolder()
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace(name: name)
                let run = try await ChildProcess.run(
                    Surroundings.python,
                    [
                        Surroundings.client(script), "--url", server.url, "--write-key", workspace.writeKey,
                        "--api-key", workspace.apiKey, "--chromium", Surroundings.chromium,
                    ], upTo: .seconds(1_100))
                let lines = run.output.split(separator: "\n")
                let failed = lines.filter { !$0.contains("\"ok\": true") }
                #expect(failed.isEmpty, "\(failed.joined(separator: "\n"))\n\(run.errors.suffix(2_000))")
                #expect(lines.count >= checksMin, "all checks ran")
                #expect(run.exit == .exited(0))
            }
        }
    }
}
