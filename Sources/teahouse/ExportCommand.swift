public import ArgumentParser
import Model
public import Runtime

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write events or people of a data folder or of a running server to a file.",
        discussion: """
            Importing an export of events into an empty workspace gives the same events. An archive (--format teahouse, or a file whose \
            name ends in .teahouse) holds them as the data folder does, and is written and loaded many times faster than the others.
            """)

    @Argument(help: "events or people.")
    var what: ExportKind

    @Option(name: [.customShort("o"), .long], help: ArgumentHelp("The file to write; - is standard output.", valueName: "file"))
    var output = "-"

    @Option(help: "ndjson, csv or teahouse. (default: teahouse for a .teahouse file, else ndjson)")
    var format: ExportForm?

    @Option(help: "Of people only those who have granted this purpose and not withdrawn it.")
    var purpose: String?

    @Flag(help: "Say as JSON what was written: on standard output, or on standard error when the export itself goes there.")
    var json = false

    @OptionGroup var target: TargetOptions

    func run() async throws {
        try await reporting(asJSON: json) {
            let export = FileExport(target: try target.target(), isQuiet: json, purpose: purpose)
            let count = try await export.run(what, as: format ?? ExportForm(of: output), to: output)
            guard json else { return }
            let summary: JSONValue = [
                "what": .string(what.rawValue), "count": .int(Int64(count)), "file": output == "-" ? .null : .string(output),
            ]
            (output == "-" ? Terminal.error : .output).write(summary.text + "\n")
        }
    }
}

extension ExportKind: ExpressibleByArgument {}
extension ExportForm: ExpressibleByArgument {}
