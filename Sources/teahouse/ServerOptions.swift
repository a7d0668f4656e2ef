import ArgumentParser
import Logging
import Model
import Runtime

/// The options of commands that serve.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The data folder; made when missing. Also TEAHOUSE_DATA. (default: data) All but events is in a database there, or where TEAHOUSE_RECORDS says.",
            valueName: "dir"))
    var data: String?

    @Option(help: ArgumentHelp("Where to listen. Also TEAHOUSE_LISTEN. (default: 127.0.0.1:8080)", valueName: "host:port"))
    var listen: String?

    @Option(
        help: ArgumentHelp("How to log to standard error: text or json. Also TEAHOUSE_LOG. (default: text)", valueName: "format"))
    var log: String?

    @Option(
        help: ArgumentHelp(
            """
            A configuration file: a JSON object with data, records, listen, log, admin_token, trust_proxy, question_memory, \
            question_memory_total.
            """, valueName: "file"))
    var config: String?

    @Flag(help: "Believe X-Forwarded-Proto: only behind a proxy that sets it.")
    var trustProxy = false

    @Option(
        help: ArgumentHelp(
            "MiB that one question may hold. Also TEAHOUSE_QUESTION_MEMORY. (default: 512)", valueName: "mib"))
    var questionMemory: Int?

    @Option(
        help: ArgumentHelp(
            """
            MiB that all questions at once may hold. Also TEAHOUSE_QUESTION_MEMORY_TOTAL. (default: 1024, or a quarter of the \
            machine's memory where that is less)
            """, valueName: "mib"))
    var questionMemoryTotal: Int?

    func settings(asJSON: Bool = false) async throws -> ServerSettings {
        try await reporting(asJSON: asJSON) {
            try await ServerSettings.load(
                data: data, listen: listen, log: log, trustsProxy: trustProxy, questionMebibytes: questionMemory,
                questionMebibytesTotal: questionMemoryTotal, file: config)
        }
    }
}

/// How a command that reads or writes one workspace reaches it.
struct TargetOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A running server, such as http://127.0.0.1:8080. Also TEAHOUSE_URL.", valueName: "url"))
    var url: String?

    @Option(
        help: ArgumentHelp("The key for that server: an API key, or for import a write key. Also TEAHOUSE_KEY.", valueName: "key"))
    var key: String?

    @Option(help: ArgumentHelp("Without a server: the data folder to open. Also TEAHOUSE_DATA. (default: data)", valueName: "dir"))
    var data: String?

    @Option(help: ArgumentHelp("Without a server: the workspace, by id or name. Needed when there are several.", valueName: "name"))
    var workspace: String?

    /// What one says of a place must not be passed over because another place was named too.
    func validate() throws {
        guard url != nil else { return }
        if data != nil { throw ValidationError("--url names a server and --data a folder: give one of the two.") }
        if workspace != nil { throw ValidationError("The key says which workspace of the server is meant: leave --workspace out.") }
    }

    func target() throws -> Target {
        try Target(url: url, key: key, data: data, workspace: workspace, environment: Environment.process)
    }
}

/// How a command that concerns all workspaces reaches them.
struct AdministrationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A running server, such as http://127.0.0.1:8080; needs TEAHOUSE_ADMIN_TOKEN. Also TEAHOUSE_URL.", valueName: "url")
    )
    var url: String?

    @Option(help: ArgumentHelp("Without a server: the data folder. Also TEAHOUSE_DATA. (default: data)", valueName: "dir"))
    var data: String?

    func validate() throws {
        if url != nil, data != nil { throw ValidationError("--url names a server and --data a folder: give one of the two.") }
    }

    func administration() throws -> Administration {
        try Administration(url: url, data: data, environment: Environment.process)
    }
}

/// Makes the logger of a command; libraries log through it too.
func makeLogger(_ format: ServerSettings.LogFormat, level: Logger.Level = .info) -> Logger {
    LoggingSystem.bootstrap { label in
        switch format {
        case .json: JSONLogHandler(label: label)
        case .text: StreamLogHandler.standardError(label: label)
        }
    }
    var logger = Logger(label: "teahouse")
    logger.logLevel = level
    return logger
}

/// Runs `work`; what it throws becomes one line on standard error and exit code 1.
///
/// - Parameter asJSON: The line is `{"error": {"code", "message", "place"}}`.
func reporting<Result>(asJSON: Bool = false, _ work: () async throws -> Result) async throws -> Result {
    do {
        return try await work()
    } catch let exit as ExitCode {
        throw exit
    } catch {
        let problem = error as? Problem ?? Problem(Problem.Code("failed"), "\(String(describing: error))")
        Terminal.error.write((asJSON ? problem.errorJSON.text : "teahouse: " + problem.line) + "\n")
        throw ExitCode(1)
    }
}
