import Model
import TestSupport
import Testing

extension SystemSuite {
    /// `teahouse.js` in Debian's Chromium: the checks themselves are in `Tests/Clients/browser.py`.
    @Suite("Browser", .serialized, .enabled(if: Surroundings.hasBrowser, "needs chromium and .venv: make test"))
    struct BrowserTests {
        @Test("teahouse.js does what it says on real pages", .timeLimit(.minutes(5)))
        func realPages() async throws {
            let folder = try TestFolder()
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                let run = try await ChildProcess.run(
                    Surroundings.python,
                    [
                        Surroundings.client("browser.py"), "--url", server.url, "--write-key", workspace.writeKey,
                        "--api-key", workspace.apiKey, "--chromium", Surroundings.chromium,
                    ], upTo: .seconds(280))
                let lines = run.output.split(separator: "\n")
                let failed = lines.filter { !$0.contains("\"ok\": true") }
                #expect(failed.isEmpty, "\(failed.joined(separator: "\n"))\n\(run.errors.suffix(2_000))")
                #expect(lines.count >= 25, "all checks ran")
                #expect(run.exit == .exited(0))
            }
        }
    }
}
