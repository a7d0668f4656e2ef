import ArgumentParser

@main
struct Teahouse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "teahouse",
        abstract: "Know who uses your product and who pays for it.",
        discussion: """
            Start with `teahouse demo`, which serves a simulated tea shop, or with `teahouse serve` and the console's first steps.

            Exit codes: 0 done, 1 refused (the message says why), 2 done in part (some rows were refused), 64 wrong usage. With --json \
            what a command says is JSON: its result on standard output, an error on standard error.
            """,
        version: Version.text,
        subcommands: [
            ServeCommand.self, DemoCommand.self, ImportCommand.self, ExportCommand.self, AskCommand.self, WorkspaceCommand.self,
            CheckCommand.self,
        ])
}

/// The version that `--version` prints.
enum Version {
    static let text = "0.1.0"
}
