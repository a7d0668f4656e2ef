import ArgumentParser
import Model
import Runtime

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Verify every checksum of a data folder or of a running server, and name what is damaged.",
        discussion: "Exit code 0: whole; 1: damaged or not readable.")

    @OptionGroup var place: AdministrationOptions

    @Flag(help: "Print JSON; errors too.")
    var json = false

    func run() async throws {
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
