import Foundation
import Model
import TestSupport
import Testing

@testable import Loyalty

/// The program of docs/audit.md, run as an auditor does: with an exported file, and the digest that was written down.
struct AuditScriptTests {
    @Test(
        "the program of the audit's page finds what it says that it finds, and no more",
        .enabled(if: AuditScript.isHere, "needs .venv: make test"))
    func program() async throws {
        let program = try await TestProgram()
        for name in ["m0", "m1", "m2"] {
            _ = try await program.earn("till 4, \"north\", \(name)", 100, name)
            _ = try await program.spend("burn-\(name)", .burn(30, place: nil), name)
        }
        program.clock.now = Instant(rfc3339: "2026-04-01T00:00:00Z") ?? .epoch
        for name in ["m0", "m1", "m2"] { _ = try await program.earn("april-\(name)", 1, name) }
        let march = try #require(PointMonth(text: "2026-03"))
        let closed = try await program.perform("close", CloseMonth(march, of: "points"))
        let script = try AuditScript(digest: try #require(closed.body["digest"]?.stringValue, "\(closed.body)"))
        let lines = try await AuditWalk.export(program).components(separatedBy: "\r\n").filter { !$0.isEmpty }

        let whole = try await script.run(lines)
        #expect(whole.exit == .exited(0), "\(whole)")
        #expect(whole.output.contains("\(lines.count - 1) rows of 3 members") && whole.output.contains(script.digest), "\(whole)")
        // An amount that was changed, and a row that was left out before another of its member.
        var changed = lines
        changed[1] = lines[1].replacingOccurrences(of: ",100,", with: ",101,")
        try #require(changed[1] != lines[1])
        let afterChange = try await script.run(changed)
        #expect(afterChange.exit == .exited(1) && afterChange.errors.contains("BROKEN at position 1 of m_"), "\(afterChange)")
        let afterGap = try await script.run(Array(lines[...0] + lines[2...]))
        #expect(afterGap.exit == .exited(1) && afterGap.errors.contains("BROKEN at position 2 of m_"), "\(afterGap)")
        // The last row of a member, in the open month: nothing tells.
        let afterCut = try await script.run(lines.dropLast())
        #expect(afterCut.exit == .exited(0) && afterCut.output.contains("\(lines.count - 2) rows"), "\(afterCut)")
        // A whole member, in the closed one: the chains say nothing, the digest does.
        let member = try #require(lines.last?.split(separator: ",").first)
        let afterLoss = try await script.run(lines.filter { !$0.hasPrefix(member + ",") })
        #expect(afterLoss.output.contains("every chain is whole") && afterLoss.errors.contains("OTHER DIGEST"), "\(afterLoss)")
        #expect(afterLoss.exit == .exited(1))
    }
}

/// The program as docs/audit.md has it, saved in a folder.
struct AuditScript {
    private static let python = SharedFiles.packageDirectory + "/.venv/bin/python"
    /// With `CI` set it has to be here: its absence fails there.
    static let isHere = ProcessInfo.processInfo.environment["CI"] != nil || FileManager.default.isExecutableFile(atPath: python)

    let digest: String
    private let folder: TestFolder

    /// - Parameter digest: of March 2026, as it was written down.
    init(digest: String) throws {
        self.digest = digest
        folder = try TestFolder()
        let page = try String(contentsOfFile: SharedFiles.packageDirectory + "/docs/audit.md", encoding: .utf8)
        let text = String(try #require(page.firstMatch(of: /(?s)```python\n(.*?)```/)?.1))
        try text.write(toFile: folder.path("audit.py"), atomically: true, encoding: .utf8)
    }

    /// - Parameter lines: of the exported file, its head first.
    func run(_ lines: [String]) async throws -> (exit: ChildProcess.Exit, output: String, errors: String) {
        let file = folder.path("entries.csv")
        try lines.map { $0 + "\r\n" }.joined().write(toFile: file, atomically: true, encoding: .utf8)
        return try await ChildProcess.run(AuditScript.python, [folder.path("audit.py"), file, "2026-03", "UTC", digest])
    }
}
