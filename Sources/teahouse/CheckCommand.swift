import ArgumentParser
import Model
import Runtime

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Verify every checksum of a data folder or of a running server, and name what is damaged.",
        discussion: """
            Exit code 0: whole; 1: damaged or not readable. With --erased: 0: nothing of that identity is left in any file; 1: something \
            is, and it is said where.

            A running server is asked with its admin token, not with an API key: set TEAHOUSE_ADMIN_TOKEN to the one that the server was \
            started with. There is no --key.
            """)

    @OptionGroup var place: AdministrationOptions

    @Option(help: ArgumentHelp("Prove that an erased identity is gone, such as email:ann@example.com.", valueName: "type:value"))
    var erased: String?

    @Flag(help: "Print JSON; errors too.")
    var json = false

    func run() async throws {
        if let erased { return try await look(for: erased) }
        let isWhole = try await reporting(asJSON: json) {
            let checks = try await place.administration().check()
            if json {
                Terminal.output.write(JSONValue.array(checks).text + "\n")
            } else {
                show(checks)
            }
            return checks.allSatisfy { $0["whole"]?.boolValue == true }
        }
        if !isWhole { throw ExitCode(1) }
    }

    private func look(for identity: String) async throws {
        let isGone = try await reporting(asJSON: json) {
            let checks = try await place.administration().check(erased: identity)
            if json { Terminal.output.write(JSONValue.array(checks).text + "\n") }
            for check in checks where !json {
                let id = (check["workspace"]?.stringValue ?? "").padded(to: 22)
                let places = check["places"]?.arrayValue ?? []
                Terminal.output.write("\(id)\(places.isEmpty ? "gone" : "STILL THERE:")\n")
                for place in places { Terminal.output.write("  \(place.stringValue ?? "")\n") }
            }
            return checks.allSatisfy { $0["gone"]?.boolValue == true }
        }
        if !isGone { throw ExitCode(1) }
    }

    private func show(_ checks: [JSONValue]) {
        if checks.isEmpty { Terminal.error.write("There is no workspace yet: teahouse workspace create NAME\n") }
        for check in checks {
            let id = (check["workspace"]?.stringValue ?? "").padded(to: 22)
            func count(_ name: String) -> String { grouped(Int(check[name]?.intValue ?? 0)) }
            if check["whole"]?.boolValue == true {
                let counts = "\(count("calls")) calls, \(count("identities")) identities, \(count("parts")) parts"
                Terminal.output.write("\(id)whole: \(counts)\n")
            } else {
                let problem = Problem(.damaged, "\(check["message"]?.stringValue ?? "")", place: check["place"]?.stringValue)
                Terminal.output.write("\(id)DAMAGED: \(problem.line)\n")
            }
        }
    }
}
