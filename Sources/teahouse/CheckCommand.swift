import ArgumentParser
import Model
import Runtime

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Verify every checksum of a data folder and name what is damaged.",
        discussion: "The folder must not be in use by a server. Exit code 0: whole; 1: damaged or not readable.")

    @Option(help: "The data folder. Also TEAHOUSE_DATA. (default: data)")
    var data: String?

    func run() async throws {
        try await reporting {
            let path = data ?? Environment.process["TEAHOUSE_DATA"] ?? "data"
            Terminal.output.write(try await FolderCheck(path: path).run())
        }
    }
}
