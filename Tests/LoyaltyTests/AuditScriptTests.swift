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
        // A field of two lines could be read as two fields of what is hashed.
        var split = lines
        split[1] = lines[1].replacingOccurrences(of: ",issuer,", with: ",\"issuer\n1\",")
        try #require(split[1] != lines[1])
        let afterSplit = try await script.run(split)
        #expect(afterSplit.exit == .exited(1) && afterSplit.errors.contains("a field of two lines"), "\(afterSplit)")
        // The last row of a member, in the open month: nothing tells.
        let afterCut = try await script.run(lines.dropLast())
        #expect(afterCut.exit == .exited(0) && afterCut.output.contains("\(lines.count - 2) rows"), "\(afterCut)")
        // A whole member, in the closed one: the chains say nothing, the digest does.
        let member = try #require(lines.last?.split(separator: ",").first)
        let afterLoss = try await script.run(lines.filter { !$0.hasPrefix(member + ",") })
        #expect(afterLoss.output.contains("every chain is whole") && afterLoss.errors.contains("OTHER DIGEST"), "\(afterLoss)")
        #expect(afterLoss.exit == .exited(1))
        // No row lies between the midnights of two zones that are near: the same rows, and so the same digest.
        let elsewhere = try await script.run(lines, zone: "Europe/London")
        #expect(elsewhere.exit == .exited(0) && elsewhere.output.contains("written down"), "\(elsewhere)")
    }

    @Test(
        "the program of the audit's page takes nothing for an export that is none, and says in one line what is wrong",
        .enabled(if: AuditScript.isHere, "needs .venv: make test"))
    func notAnExport() async throws {
        let program = try await TestProgram()
        _ = try await program.earn("till 4", 100, "ann")
        let lines = try await AuditWalk.export(program).components(separatedBy: "\r\n").filter { !$0.isEmpty }
        let (head, row) = (try #require(lines.first), try #require(lines.last))
        let script = try AuditScript(digest: "")
        #expect(try await script.run(lines).exit == .exited(0))
        // A program in which nothing was booked yet.
        #expect(try await script.run([head]).output.contains("0 rows of 0 members"))

        let files: [(lines: [String], said: String)] = [
            ([], "is no export of entries"),
            ([#"{"type":"about:blank","status":404,"code":"not_found"}"#], "is no export of entries"),
            (["code,number", "QJNQ-7HRY-TGF8-H,1"], "is no export of entries"),
            ([row], "is no export of entries"),
            ([head, String(row.prefix(row.count / 3))], "line 2 is no row of one"),
            ([head, row + ",more"], "line 2 is no row of one"),
            ([head, "\"" + row], "is no whole export of entries"),
        ]
        for file in files { Self.expect(file.said, try await script.run(file.lines), "\(file.lines)") }
        for month in ["nov", "2026-13", "2026-3", "9999-12", ""] {
            Self.expect("is no month", try await script.run(lines, month: month), month)
        }
        for zone in ["Shanghai", "", "/etc/passwd", "Asia/Shanghai,", "America"] {
            Self.expect("is no time zone", try await script.run(lines, zone: zone), zone)
        }
        Self.expect("is no digest", try await AuditScript(digest: "5f0c").run(lines), "a digest cut short")
        Self.expect("cannot be read", try await script.run(file: "missing.csv"), "no file")
    }

    /// That the program ended with status 1 and one line, which has those words.
    private static func expect(_ said: String, _ run: AuditScript.Run, _ what: String) {
        let lines = run.errors.split(separator: "\n")
        #expect(run.exit == .exited(1) && run.output.isEmpty, "\(what): \(run)")
        #expect(lines.count == 1 && run.errors.contains(said), "\(what): \(run)")
    }
}

/// The program as docs/audit.md has it, saved in a folder.
struct AuditScript {
    typealias Run = (exit: ChildProcess.Exit, output: String, errors: String)

    private static let python = SharedFiles.packageDirectory + "/.venv/bin/python"
    /// With `CI` set it has to be here: its absence fails there.
    static let isHere = ProcessInfo.processInfo.environment["CI"] != nil || FileManager.default.isExecutableFile(atPath: python)

    let digest: String
    private let folder: TestFolder

    /// - Parameter digest: of March 2026, as it was written down; empty for none.
    init(digest: String) throws {
        self.digest = digest
        folder = try TestFolder()
        let page = try String(contentsOfFile: SharedFiles.packageDirectory + "/docs/audit.md", encoding: .utf8)
        let text = String(try #require(page.firstMatch(of: /(?s)```python\n(.*?)```/)?.1))
        try text.write(toFile: folder.path("audit.py"), atomically: true, encoding: .utf8)
    }

    /// - Parameter lines: of the exported file, its head first.
    func run(_ lines: [String], month: String = "2026-03", zone: String = "UTC") async throws -> Run {
        let file = "entries.csv"
        try lines.map { $0 + "\r\n" }.joined().write(toFile: folder.path(file), atomically: true, encoding: .utf8)
        return try await run(file: file, month: month, zone: zone)
    }

    /// - Parameter file: by its name in the folder.
    func run(file: String, month: String = "2026-03", zone: String = "UTC") async throws -> Run {
        try await ChildProcess.run(
            AuditScript.python,
            [folder.path("audit.py"), folder.path(file), month, zone] + (digest.isEmpty ? [] : [digest]))
    }
}
