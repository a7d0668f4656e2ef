import ArgumentParser
import Model
import Runtime

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Verify every checksum of a data folder and name what is damaged.",
        discussion: "The folder must not be in use by a server. Exit code 0: whole; 1: damaged or not readable.")

    @Option(help: ArgumentHelp("The data folder. Also TEAHOUSE_DATA. (default: data)", valueName: "dir"))
    var data: String?

    @Flag(help: "Print JSON; errors too.")
    var json = false

    func run() async throws {
        try await reporting(asJSON: json) {
            let path = data ?? Environment.process["TEAHOUSE_DATA"] ?? "data"
            let wholes = try await FolderCheck(path: path).run()
            Terminal.output.write(
                json ? JSONValue.array(wholes.map(\.json)).text + "\n" : wholes.map { $0.line + "\n" }.joined())
        }
    }
}
