public import ArgumentParser
import Model
public import Runtime

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write events or people of a data folder as NDJSON or CSV.",
        discussion: "Importing an export of events into an empty workspace gives the same events.")

    @Argument(help: "events or people.")
    var what: ExportKind

    @Option(name: [.customShort("o"), .long], help: "The file to write; - is standard output.")
    var output = "-"

    @Option(help: "ndjson or csv.")
    var format: ExportForm = .ndjson

    @Option(help: "The data folder. Also TEAHOUSE_DATA. (default: data)")
    var data: String?

    @Option(help: "The workspace, by id or name. Needed when there are several.")
    var workspace: String?

    func run() async throws {
        try await reporting {
            let path = data ?? Environment.process["TEAHOUSE_DATA"] ?? "data"
            try await FileExport(path: path, workspace: workspace).run(what, as: format, to: output)
        }
    }
}

extension ExportKind: ExpressibleByArgument {}
extension ExportForm: ExpressibleByArgument {}
