import ArgumentParser
import Model
import Runtime

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Read events and orders from files.",
        discussion: """
            CSV in any common delimiter and encoding, columns of fixed width, and NDJSON, each also .gz and .zst. How the columns are read
            is proposed from the header and the first 1,000 rows and shown before anything is taken. Importing a file again, or going on
            after an interruption, doubles nothing. Refused rows are written to FILE.rejected.csv with line and reason.
            """)

    @Argument(help: "The files.")
    var files: [String]

    @Option(help: "The source to import as, by id or name. (default: the first that takes history)")
    var source: String?

    @Option(help: ArgumentHelp("A mapping as JSON, such as --dry-run prints.", valueName: "file"))
    var map: String?

    @Flag(help: "Show how the columns would be read, check every row and take nothing.")
    var dryRun = false

    @Flag(help: "Print the summary as JSON.")
    var json = false

    @OptionGroup var target: TargetOptions

    func run() async throws {
        let refused = try await reporting {
            let work = FileImport(target: try target.target(), source: source, mapFile: map, isDryRun: dryRun, asJSON: json)
            return try await work.run(files: files)
        }
        if refused > 0 { throw ExitCode(2) }
    }
}
