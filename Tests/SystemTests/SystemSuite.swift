import Columns
import FoundationEssentials
import Model
import TestSupport
import Testing

/// Everything that needs the built program: one server after another, never two suites at once.
@Suite(
    "System", .serialized,
    .enabled(if: ServerProcess.isBuilt, "needs the program beside the tests: swift build --product teahouse"))
enum SystemSuite {}

/// What the machine and the clone offer to tests of the whole.
enum Surroundings {
    /// The python of the virtual environment that `make test` makes; `TEAHOUSE_PYTHON` names another one.
    static let python = variable("TEAHOUSE_PYTHON") ?? SharedFiles.packageDirectory + "/.venv/bin/python"
    static let hasPython = FileManager.default.isExecutableFile(atPath: python)
    /// With `CI` set everything has to be here: what is missing fails there instead of being skipped.
    static let isContinuousIntegration = variable("CI") != nil
    static let hasClients = isContinuousIntegration || hasPython && SharedFiles.areHere
    static let chromium = variable("CHROMIUM") ?? "/usr/bin/chromium"
    static let hasBrowser = isContinuousIntegration || hasPython && FileManager.default.isExecutableFile(atPath: chromium)
    /// The longer runs, of minutes to hours.
    static let isSoaking = variable("TEAHOUSE_SOAK") == "1"
    /// Debug builds are not held to the times that users see.
    #if DEBUG
    static let isRelease = false
    #else
    static let isRelease = true
    #endif

    /// A file of ours beside the tests: `client("proxy.py")`.
    static func client(_ name: String) -> String { SharedFiles.packageDirectory + "/Tests/Clients/" + name }

    /// Runs one of the shared drivers of public SDKs against a server.
    static func drive(
        _ driver: String, at url: String, key: String
    ) async throws -> (exit: ChildProcess.Exit, output: String, errors: String) {
        try await ChildProcess.run(
            python, [SharedFiles.path("clients/" + driver), "--host", url, "--key", key],
            environment: ["PYTHONDONTWRITEBYTECODE": "1"], upTo: .seconds(900))
    }

    private static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension ChildProcess {
    /// What it prints first.
    func firstLine() async throws -> String {
        for _ in 0 ..< 1_000 {
            if let line = output.split(separator: "\n").first { return String(line) }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw ServerProcess.Failure("nothing was said: \(errors)")
    }
}

extension ServerProcess {
    /// Starts a server on a folder, works with it, and stops it whatever happens.
    static func with<Value>(
        _ folder: TestFolder, arguments: [String] = [], environment: [String: String] = [:],
        _ work: (ServerProcess) async throws -> Value
    ) async throws -> Value {
        let server = try await start(
            dataDirectory: folder.path("data"), arguments: arguments, environment: environment)
        do {
            let value = try await work(server)
            try await server.stop()
            return value
        } catch {
            try await server.kill()
            Issue.record("The server said: \((server.child.output + server.child.errors).suffix(2_000))")
            throw error
        }
    }
}

/// What a command printed, read as JSON; null when it is none.
func json(_ text: String) -> JSONValue { (try? JSONParser.parse(Array(text.utf8))) ?? .null }
