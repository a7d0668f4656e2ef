import Console
import HTTPAPI
import Hummingbird
public import Logging
public import Model
import NIOCore
import Records
import ServiceLifecycle
import Synchronization
import UnixSignals
public import Workspaces

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One running Teahouse: a data folder opened, its faces served.
public final class Server: Sendable {
    public let settings: ServerSettings
    public let directory: WorkspaceDirectory
    private let logger: Logger
    private let running = Mutex<ServiceGroup?>(nil)

    /// Opens the data folder; nothing is served yet.
    ///
    /// - Throws: ``Problem``: the folder is locked by another process, read-only, damaged, or of a newer version.
    public static func open(
        _ settings: ServerSettings, clock: any WallClock = SystemClock(), logger: Logger
    ) async throws(Problem) -> Server {
        var options = WorkspaceDirectory.Options()
        options.questionMemory = settings.questionMemory
        let directory = try await openDirectory(
            settings.data, records: settings.records, clock: clock, options: options, logger: logger)
        return Server(settings: settings, directory: directory, logger: logger)
    }

    /// Opens the workspaces of a data folder, for commands that need no server.
    public static func openDirectory(
        _ path: String, records place: RecordsPlace = .folder, clock: any WallClock = SystemClock(),
        options: WorkspaceDirectory.Options = .init(), logger: Logger
    ) async throws(Problem) -> WorkspaceDirectory {
        let folder = try DataFolder.open(path)
        let records = try await RecordStore.open(try await place.open(in: folder), now: clock.now)
        return try await WorkspaceDirectory.open(folder: folder, records: records, clock: clock, options: options, logger: logger)
    }

    private init(settings: ServerSettings, directory: WorkspaceDirectory, logger: Logger) {
        self.settings = settings
        self.directory = directory
        self.logger = logger
    }

    /// Serves until a signal or cancellation; then answers what is under way, flushes and closes, within five seconds.
    ///
    /// - Parameter onReady: called once with the address, such as `http://127.0.0.1:8080`, when the first request can come.
    public func run(onReady: @escaping @Sendable (String) async -> Void) async throws {
        Heap.settle()
        let router = Router(context: ServerRequestContext.self, options: .autoGenerateHeadEndpoints)
        let meter = RequestMeter()
        router.add(middleware: MeterMiddleware(meter))
        router.add(middleware: ProblemMiddleware())
        router.add(middleware: SecurityHeaders())
        CollectRoutes(authority: directory).add(to: router)
        BrowserScript().add(to: router)
        APIRoutes(directory: directory, adminToken: settings.adminToken, meter: meter).add(to: router)
        ConsoleRoutes(directory: directory, trustsProxy: settings.trustsProxy).add(to: router)

        let host = settings.host
        let application = Application(
            router: router,
            // A connection that sends nothing for this long is closed: slow senders do not hold memory for ever.
            server: .http1(
                configuration: .init(additionalChannelHandlers: [ClientPresenceHandler()], idleTimeout: .seconds(30))),
            configuration: .init(address: .hostname(host, port: settings.port), serverName: nil, backlog: 1_024),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? 0
                let shown = host == "0.0.0.0" || host == "::" ? "127.0.0.1" : host
                await onReady("http://\(shown.contains(":") ? "[\(shown)]" : shown):\(port)")
            },
            logger: quiet(logger))
        var configuration = ServiceGroupConfiguration(
            services: [
                .init(service: directoryService, successTerminationBehavior: .gracefullyShutdownGroup),
                .init(service: application),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet(logger))
        configuration.maximumGracefulShutdownDuration = .seconds(4)
        let group = ServiceGroup(configuration: configuration)
        running.withLock { $0 = group }
        do {
            try await group.run()
        } catch {
            await close()
            throw explained(error)
        }
        await close()
    }

    /// Seconds that closing may take after connections were given four, so that a stop takes at most five.
    private static let closingSeconds = 0.8

    /// Closes the workspaces, but does not wait long for a merge of large parts, which cannot be broken off everywhere.
    ///
    /// Nothing is lost: what was acknowledged is durable, and the next start removes the part that no manifest names and merges again.
    private func close() async {
        let (end, ender) = AsyncStream.makeStream(of: Never.self)
        Task {
            await directory.close()
            ender.finish()
        }
        let patience = Task {
            try await Task.sleep(for: .seconds(Server.closingSeconds))
            logger.notice("a merge of parts is left for the next start")
            ender.finish()
        }
        for await _ in end {}
        patience.cancel()
    }

    /// Ends ``run(onReady:)`` as a signal would.
    public func stop() async {
        await running.withLock { $0 }?.triggerGracefulShutdown()
    }

    private var directoryService: DirectoryService { DirectoryService(directory: directory) }

    /// The libraries' own start and stop notices are for debugging.
    private func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = .warning
        return logger
    }

    /// What keeps the server from listening, in one sentence; any other error as it is.
    private func explained(_ error: any Error) -> any Error {
        let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
        let address = "\(host):\(settings.port)"
        let message: Wording
        switch error {
        case let error as IOError where error.errnoCode == EADDRINUSE:
            message = "Another program listens on \(address). Stop it, or give --listen another port."
        case let error as IOError where [EADDRNOTAVAIL, EAFNOSUPPORT].contains(error.errnoCode):
            message = "\(settings.host) is no address of this machine. Give --listen one of its own, or 0.0.0.0 for all."
        case let error as IOError where [EACCES, EPERM].contains(error.errnoCode):
            message = "This user may not listen on \(address). Give --listen a port above 1023."
        case is IOError, is SocketAddressError, is SocketAddressError.UnknownHost:
            message = "Nothing can listen on \(address): \(NetworkFailure.text(error)). Give --listen another address."
        default: return error
        }
        return Problem(.badSettings, message, place: "listen")
    }
}

/// The background duties of the workspaces, stopped after the faces.
private struct DirectoryService: Service {
    let directory: WorkspaceDirectory

    func run() async throws {
        await cancelWhenGracefulShutdown { await directory.run() }
    }
}
