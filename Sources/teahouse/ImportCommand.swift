import ArgumentParser
import Model
import Runtime

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Read events and orders from files.",
        discussion: """
            CSV in any common delimiter and encoding, columns apart by spaces, and NDJSON, each also .gz and .zst. How the columns are \
            read is proposed from the header and the first rows and shown before anything is taken. Importing a file again doubles \
            nothing; interrupted, the same command goes on where it was. Refused rows are written to FILE.rejected.csv with line and \
            reason; the exit code is 2 then.

            An archive (teahouse export events -o FILE.teahouse) is loaded as it is into a workspace without events, and added call by \
            call to one with events.

            A mapping file holds what the proposal got wrong, for example:
              {"total": "Net amount", "person": "Customer no.", "skip": [{"column": "Status", "values": ["void"]}]}
            Its members are explained in docs/import.md.
            """)

    @Argument(help: ArgumentHelp("The files to import.", valueName: "file"))
    var files: [String]

    @Option(
        help: ArgumentHelp("The source to import as, by id or name. (default: the first that takes history)", valueName: "name"))
    var source: String?

    @Option(help: ArgumentHelp("JSON that changes what the columns mean: all or some of what --dry-run prints.", valueName: "file"))
    var map: String?

    @Flag(help: "Show how the columns would be read, check every row and take nothing.")
    var dryRun = false

    @Flag(help: "Print the summary of each file as a line of JSON; errors too.")
    var json = false

    @OptionGroup var target: TargetOptions

    func validate() throws {
        if source != nil, target.url != nil {
            throw ValidationError("The key says which source of the server is meant: leave --source out.")
        }
    }

    func run() async throws {
        let refused = try await reporting(asJSON: json) {
            let work = FileImport(target: try target.target(), source: source, mapFile: map, isDryRun: dryRun, asJSON: json)
            return try await work.run(files: files)
        }
        if refused > 0 { throw ExitCode(2) }
    }
}
