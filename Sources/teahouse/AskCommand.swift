public import ArgumentParser
import Model
public import Runtime

struct AskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask",
        abstract: "Answer a question given as JSON.",
        discussion: """
            A question is the same JSON as in POST /api/v1/query, for example:
              echo '{"kind": "count", "who": {"role": "customer"}}' | teahouse ask -
            Names that nothing carries are told below the table. One example of each kind:
            \(examples)
            """)

    /// A line for each kind, to copy from.
    private static let examples = QuestionAsker.examples.joined(separator: "\n")

    @Argument(help: "The file with the question; - reads standard input.")
    var file: String

    @Option(help: "table, json or csv. (default: table on a terminal, else json)")
    var format: AnswerFormat?

    @Flag(help: "The same as --format json; errors are JSON too.")
    var json = false

    @OptionGroup var target: TargetOptions

    func validate() throws {
        if json, let format, format != .json {
            throw ValidationError("--json and --format \(format.rawValue) contradict each other.")
        }
    }

    func run() async throws {
        try await reporting(asJSON: json) {
            let format = json ? .json : format ?? (Terminal.output.isInteractive ? .table : .json)
            let text = try await QuestionAsker(target: target.target()).answer(file: file, format: format)
            Terminal.output.write(text)
        }
    }
}

extension AnswerFormat: ExpressibleByArgument {}
