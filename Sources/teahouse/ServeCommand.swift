import ArgumentParser
import Model
import Runtime

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the console, the API and collect, until stopped.",
        discussion: """
            Prints one line with its address when it is ready. SIGTERM and Ctrl-C answer what is under way and stop within five \
            seconds. With TEAHOUSE_ADMIN_TOKEN set, POST /api/v1/workspaces makes workspaces for the bearer of that token.
            """)

    @OptionGroup var options: ServerOptions

    @Flag(help: #"The ready line is JSON, {"url": …}; errors too."#)
    var json = false

    func run() async throws {
        let settings = try await options.settings(asJSON: json)
        let logger = makeLogger(settings.log)
        try await reporting(asJSON: json) { [json] in
            let server = try await Server.open(settings, logger: logger)
            try await server.run { address in
                let line: JSONValue = ["url": .string(address)]
                Terminal.output.write((json ? line.text : "Teahouse is ready at \(address)") + "\n")
            }
        }
    }
}
