import ArgumentParser
import Logging
import Model
import Runtime

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Load a simulated business, say what it shows, and serve it.",
        discussion: """
            The world is made at the first run and sent through the collect API; later runs keep the data. The truth of the simulation \
            is written to truth.json and truth.ndjson in the data folder.

            Worlds:
            \(Demo.worlds.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))
            """)

    @OptionGroup var options: ServerOptions

    @Option(help: ArgumentHelp("Which business. (default: the one that is there, else \(Demo.worlds[0].name))", valueName: "name"))
    var world: String?

    @Option(help: ArgumentHelp("People in it.", valueName: "count"))
    var people = 20_000

    @Option(help: ArgumentHelp("Days of history.", valueName: "count"))
    var days = 180

    @Option(help: ArgumentHelp("The last day, such as 2026-06-30. (default: yesterday)", valueName: "date"))
    var end: String?

    @Option(help: ArgumentHelp("The same seed gives the same world.", valueName: "number"))
    var seed: UInt64 = 1

    @Flag(help: "End after the report, without serving.")
    var exit = false

    @Flag(help: "The report, the address and how to sign in as a line of JSON; errors too.")
    var json = false

    @Option(help: ArgumentHelp("Write the world's calls as NDJSON to this file instead, and serve nothing.", valueName: "file"))
    var write: String?

    func validate() throws {
        guard world.map({ name in Demo.worlds.contains { $0.name == name } }) ?? true else {
            throw ValidationError("--world takes one of \(Demo.worlds.map(\.name).joined(separator: ", ")).")
        }
        guard people >= 1, people <= 10_000_000 else { throw ValidationError("--people takes 1 to 10 000 000.") }
        guard days >= 7, days <= 1_000 else { throw ValidationError("--days takes 7 to 1000.") }
        guard end.map({ LocalDate(text: $0) != nil }) ?? true else {
            throw ValidationError("--end takes a date such as 2026-06-30.")
        }
    }

    func run() async throws {
        let shape = Demo.Shape(world: world, seed: seed, people: people, days: days, end: end.flatMap { LocalDate(text: $0) })
        if let write {
            try await reporting(asJSON: json) { try Demo.write(shape, to: write) }
            return
        }
        let settings = try await options.settings(asJSON: json)
        let logger = makeLogger(settings.log, level: .warning)
        try await reporting(asJSON: json) {
            let server = DemoServer(settings: settings, shape: shape, endsAfterReport: exit, asJSON: json, logger: logger)
            try await server.run()
        }
    }
}
