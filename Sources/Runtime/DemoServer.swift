public import Logging
import Model
import OrderedCollections
import Synchronization

/// Serves a data folder with the demo in it: opens, loads, reports, prints how to sign in, and goes on serving.
public struct DemoServer: Sendable {
    private let settings: ServerSettings
    private let shape: Demo.Shape
    private let endsAfterReport: Bool
    private let asJSON: Bool
    private let logger: Logger

    /// - Parameter asJSON: the report, the address and how to sign in are one line of JSON.
    public init(settings: ServerSettings, shape: Demo.Shape, endsAfterReport: Bool, asJSON: Bool = false, logger: Logger) {
        self.settings = settings
        self.shape = shape
        self.endsAfterReport = endsAfterReport
        self.asJSON = asJSON
        self.logger = logger
    }

    /// Runs until a signal, or until the report when asked to end there.
    public func run() async throws {
        let server = try await Server.open(settings, logger: logger)
        let demo = Demo(server: server, path: settings.data, shape: shape)
        let (addresses, address) = AsyncStream<String>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.run { address.yield($0) }
                address.finish()
            }
            group.addTask {
                for await base in addresses {
                    do {
                        try await report(demo, at: base)
                    } catch {
                        await server.stop()
                        throw error
                    }
                    if endsAfterReport { await server.stop() }
                }
            }
            try await group.waitForAll()
        }
    }

    private func report(_ demo: Demo, at base: String) async throws {
        let workspace = try await demo.load(address: base)
        let terminal = Terminal.output
        let report = DemoReport(workspace: workspace, now: SystemClock().now, figures: try demo.figures())
        if asJSON {
            var members = try await report.json()
            if !endsAfterReport {
                members["url"] = .string(base)
                members["email"] = .string(Demo.ownerEmail)
                members["password"] = .string(try demo.password())
            }
            terminal.write(JSONValue.object(members).text + "\n")
            return
        }
        terminal.write(try await report.text())
        guard !endsAfterReport else { return }
        terminal.write(
            """
              \(terminal.bold("Open \(base)"))
              sign in as  \(Demo.ownerEmail)
              password    \(try demo.password())

              Ctrl-C stops the server; the data stays in \(settings.data)/.

            """)
    }
}
