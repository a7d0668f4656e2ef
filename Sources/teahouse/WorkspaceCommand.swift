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

        @OptionGroup var place: AdministrationOptions

        @Flag(help: "Errors are JSON too.")
        var json = false

        func run() async throws {
            try await reporting(asJSON: json) {
                let created = try await place.administration().create(name: name, timezone: timezone, currency: currency)
                Terminal.output.write(created.text + "\n")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the workspaces of a data folder or of a running server.")

        @OptionGroup var place: AdministrationOptions

        @Flag(help: "Print JSON; errors too.")
        var json = false

        func run() async throws {
            try await reporting(asJSON: json) {
                let workspaces = try await place.administration().list()
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
