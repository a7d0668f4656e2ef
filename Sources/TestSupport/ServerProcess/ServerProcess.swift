import FoundationEssentials

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The built `teahouse serve` on a folder and a free port of this machine: started, asked, stopped and killed by tests.
package final class ServerProcess: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
        package init(_ description: String) { self.description = description }
    }

    package let child: ChildProcess
    package let dataDirectory: String
    package let port: UInt16
    /// From the start of the process until `GET /healthz` answered 200.
    package let startDuration: Duration

    /// The bearer token that may create workspaces.
    package static let adminToken = "test-admin-token"

    /// The program beside the tests; `TEAHOUSE_BINARY` names another one.
    package static let binary: String = {
        if let given = ProcessInfo.processInfo.environment["TEAHOUSE_BINARY"], !given.isEmpty { return given }
        let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return bundle.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/teahouse"
    }()

    /// Whether the program has been built.
    package static var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: binary) }

    package var url: String { "http://127.0.0.1:\(port)" }

    private init(child: ChildProcess, dataDirectory: String, port: UInt16, startDuration: Duration) {
        self.child = child
        self.dataDirectory = dataDirectory
        self.port = port
        self.startDuration = startDuration
    }

    /// Starts a server and waits until it says that it is ready and is.
    ///
    /// - Throws: ``Failure`` with what it printed when it ends or is not ready within `limit`.
    package static func start(
        dataDirectory: String, arguments: [String] = [], environment: [String: String] = [:], upTo limit: Duration = .seconds(30)
    ) async throws -> ServerProcess {
        let clock = ContinuousClock()
        let started = clock.now
        let port = try freePort()
        var variables = ["TEAHOUSE_ADMIN_TOKEN": adminToken]
        variables.merge(environment) { $1 }
        let child = try ChildProcess(
            binary, ["serve", "--data", dataDirectory, "--listen", "127.0.0.1:\(port)"] + arguments, environment: variables)
        while clock.now - started < limit {
            if let exit = child.exit { throw Failure("the server ended (\(exit)): \(child.output)\(child.errors)") }
            if (try? await blocking { try get("/healthz", port: port).status }) == 200 {
                return ServerProcess(
                    child: child, dataDirectory: dataDirectory, port: port, startDuration: clock.now - started)
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw Failure("the server was not ready within \(limit): \(child.output)\(child.errors)")
    }

    /// SIGTERM, and waiting for the end.
    ///
    /// - Returns: How it ended (nil: not within `limit`), and how long that took.
    @discardableResult package func stop(
        upTo limit: Duration = .seconds(10)
    ) async throws -> (
        exit: ChildProcess.Exit?, duration: Duration
    ) {
        let clock = ContinuousClock()
        let started = clock.now
        child.signal(SIGTERM)
        let exit = try await child.wait(upTo: limit)
        return (exit, clock.now - started)
    }

    /// SIGKILL, as a crash or a power cut would; returns when the process is gone.
    package func kill() async throws {
        child.signal(SIGKILL)
        guard try await child.wait(upTo: .seconds(10)) != nil else { throw Failure("the server survived SIGKILL") }
    }

    /// A port that nobody listens on now.
    package static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in.loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, size) == 0 && getsockname(descriptor, address, &size) == 0
            }
        }
        guard code else { throw Failure("no free port") }
        return UInt16(bigEndian: address.sin_port)
    }

    private static func get(_ path: String, port: UInt16) throws -> HTTPReply {
        let connection = try LoopbackConnection(port: port, timeoutSeconds: 2)
        try connection.request("GET", path)
        return try connection.reply()
    }
}
