import ArgumentParser
import Model
import Runtime

struct WorkspaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workspace", abstract: "Make and list workspaces.", subcommands: [Create.self, List.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a workspace; prints its id and its keys as JSON, the only time that the keys can be seen.")

        @Argument(help: "The workspace's name.")
        var name: String

        @Option(help: ArgumentHelp("Its IANA time zone.", valueName: "zone"))
        var timezone = "UTC"

        @Option(help: ArgumentHelp("Its currency, three letters.", valueName: "code"))
        var currency = "USD"

        @Option(
            help: ArgumentHelp(
                "A running server, such as http://127.0.0.1:8080; needs TEAHOUSE_ADMIN_TOKEN. Also TEAHOUSE_URL.", valueName: "url")
        )
        var url: String?

        @Option(help: ArgumentHelp("Without a server: the data folder. Also TEAHOUSE_DATA. (default: data)", valueName: "dir"))
        var data: String?

        @Flag(help: "Errors are JSON too.")
        var json = false

        func validate() throws {
            if url != nil, data != nil { throw ValidationError("--url names a server and --data a folder: give one of the two.") }
        }

        func run() async throws {
            try await reporting(asJSON: json) {
                let administration = try Administration(url: url, data: data, environment: Environment.process)
                let created = try await administration.create(name: name, timezone: timezone, currency: currency)
                Terminal.output.write(created.text + "\n")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the workspaces of a data folder.")

        @Option(help: ArgumentHelp("The data folder. Also TEAHOUSE_DATA. (default: data)", valueName: "dir"))
        var data: String?

        @Flag(help: "Print JSON; errors too.")
        var json = false

        func run() async throws {
            try await reporting(asJSON: json) {
                let administration = try Administration(url: nil, data: data, environment: Environment.process)
                let workspaces = try await administration.list()
                if json {
                    Terminal.output.write(JSONValue.array(workspaces).text + "\n")
                    return
                }
                for workspace in workspaces {
                    let id = workspace["id"]?.stringValue ?? ""
                    let name = workspace["name"]?.stringValue ?? ""
                    Terminal.output.write("\(id.padded(to: 22))\(name)\n")
                }
                if workspaces.isEmpty { Terminal.error.write("There is no workspace yet: teahouse workspace create NAME\n") }
            }
        }
    }
}
