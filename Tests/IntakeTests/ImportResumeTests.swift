import Foundation
import Model
import Synchronization
import Testing

@testable import Intake

@Suite("Interrupted imports")
struct ImportResumeTests {
    /// What a run said on its way.
    private final class Notices: Sendable {
        private let said = Mutex<[String]>([])
        var all: [String] { said.withLock { $0 } }
        func add(_ text: String) { said.withLock { $0.append(text) } }
    }

    /// Files whose later rows depend on the earlier ones: equal rows, traits told once, orders that lie across chunks, refused rows.
    static let files: [String: String] = [
        "orders.csv": "customer_id;order_id;date;amount\n"
            + (0 ..< 40_000).map { row in
                row % 5_003 == 7 ? ";;;\n" : "c\(row % 900);o\(row / 701);2026-01-0\(row % 9 + 1) 10:00:00;\(row % 100).50\n"
            }.joined(),
        "events.csv": "user_id,event,timestamp,city\n"
            + (0 ..< 40_000).map { "u\($0 % 31),open,2026-01-01 10:00:0\($0 % 7),city \($0 % 31 % 5)\n" }.joined(),
        "calls.ndjson": (0 ..< 40_000).map { row in
            row % 9_001 == 3
                ? "{\"type\":\n"
                : #"{"type":"track","event":"E","userId":"u\#(row % 3)","timestamp":"2026-01-01T00:00:0\#(row % 5)Z"}"# + "\n"
        }.joined(),
    ]

    private func options(_ target: String? = "here") -> ImportOptions {
        var options = utcOptions
        options.target = target
        return options
    }

    private func run(_ path: String, _ sink: ListingSink, target: String? = "here") async throws -> (ImportSummary, [String]) {
        let notices = Notices()
        let importer = try FileImporter.open(path, options: options(target))
        let summary = try await importer.run(into: sink, notice: { notices.add($0) })
        return (summary, notices.all)
    }

    @Test(
        "Interrupted anywhere and run again, the same calls are taken and the figures are those of one run",
        arguments: ["orders.csv", "events.csv", "calls.ndjson"], [1, 2, 4])
    func goesOn(name: String, commits: Int) async throws {
        let folder = try ImportFolder()
        let path = try folder.write(name, (Self.files[name] ?? "").utf8)
        let whole = ListingSink()
        let (expected, _) = try await run(path, whole, target: nil)
        let list = folder.text(name + ".rejected.csv")
        #expect(folder.text(name + ".teahouse-import") == nil, "without a target nothing is kept")

        let sink = ListingSink(commits: commits)
        await #expect(throws: Problem.self) { try await run(path, sink) }
        #expect(folder.text(name + ".teahouse-import") != nil)
        // The process that reads on has died behind its last checkpoint: what it had written of the list after that goes.
        if list != nil, let handle = FileHandle(forWritingAtPath: folder.path(name + ".rejected.csv")) {
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("9999,torn".utf8))
            try handle.close()
        }
        sink.revive()
        let (summary, notices) = try await run(path, sink)
        let line = try #require(summary.continuedAtLine)
        #expect(line > 1 && notices == ["Going on at line \(line), where the import of this file was interrupted."])
        #expect(sink.calls == whole.calls)
        #expect(summary.rowCount == expected.rowCount && summary.taken == expected.taken && summary.refused == expected.refused)
        #expect(summary.duplicates == 0 && summary.callCount == expected.callCount)
        #expect(summary.refusedByCode == expected.refusedByCode)
        #expect(folder.text(name + ".rejected.csv") == list)
        #expect(folder.text(name + ".teahouse-import") == nil, "removed when the import is done")
    }

    @Test("A chunk taken but not yet noted counts as duplicates, and the summary says so")
    func interruptedChunk() async throws {
        let folder = try ImportFolder()
        let path = try folder.write("events.csv", (Self.files["events.csv"] ?? "").utf8)
        let sink = ListingSink(commits: 2)
        await #expect(throws: Problem.self) { try await run(path, sink) }
        let before = try #require(folder.text("events.csv.teahouse-import"))
        sink.revive(commits: 2)
        await #expect(throws: Problem.self) { try await run(path, sink) }
        #expect(folder.text("events.csv.teahouse-import") != before)
        try Data(before.utf8).write(to: URL(filePath: path + ".teahouse-import"))
        sink.revive()
        let (summary, _) = try await run(path, sink)
        #expect(sink.calls.count { $0.contains(#""type":"track""#) } == 40_000)
        #expect(summary.rowCount == 40_000 && summary.taken + summary.duplicates == 40_000 && summary.refused == 0)
        #expect(summary.duplicates > 0 && summary.interruptedCount == summary.duplicates)
        #expect(
            summary.text.contains("of the duplicates, up to \(summary.duplicates) were taken in the moment of the interruption"))
    }

    /// What makes a checkpoint useless, and the word for it.
    static let changes = [
        "file": "the file has changed since", "target": "that went to another place",
        "mapping": "its columns were read in another way",
        "note": "cannot be read", "list": "the list of its refused rows is gone", "place": "what was taken then is no longer there",
    ]

    @Test(
        "A checkpoint that does not fit is passed over with a word, and nothing is lost or doubled",
        arguments: changes.keys.sorted())
    func beginsAnew(change: String) async throws {
        let folder = try ImportFolder()
        let text = Self.files["orders.csv"] ?? ""
        let path = try folder.write("orders.csv", text.utf8)
        var sink = ListingSink(commits: 3)
        await #expect(throws: Problem.self) { try await run(path, sink) }
        sink.revive()
        var target = "here"
        var options = options()
        switch change {
        case "file": _ = try folder.write("orders.csv", (text + "c1;o9999999;2026-01-09 10:00:00;1.00\n").utf8)
        case "target": target = "elsewhere"
        case "mapping":
            var mapping = try FileImporter.open(path, options: options).mapping
            mapping.currencyCode = "EUR"
            options.mapping = mapping.json
            sink = ListingSink()
        case "note":
            let note = try #require(folder.text("orders.csv.teahouse-import"))
            _ = try folder.write("orders.csv.teahouse-import", note.utf8.prefix(note.utf8.count / 2))
        case "list": try FileManager.default.removeItem(atPath: folder.path("orders.csv.rejected.csv"))
        default: sink = ListingSink()
        }
        options.target = target
        let notices = Notices()
        let summary = try await FileImporter.open(path, options: options).run(into: sink, notice: { notices.add($0) })
        #expect(notices.all.count == 1 && notices.all.first?.contains(Self.changes[change] ?? "?") == true, "\(notices.all)")
        #expect(summary.continuedAtLine == nil)
        #expect(summary.rowCount == summary.taken + summary.duplicates + summary.refused)
        #expect(summary.rowCount == text.utf8.count { $0 == 10 } - 1 + (change == "file" ? 1 : 0))
        let whole = ListingSink()
        let plain = try await FileImporter.open(
            path,
            options: {
                var plain = options
                plain.target = nil
                return plain
            }()
        ).run(into: whole)
        #expect(Set(sink.calls) == Set(whole.calls) && sink.calls.count == whole.calls.count)
        #expect(summary.refused == plain.refused)
        #expect(folder.text("orders.csv.teahouse-import") == nil)
    }

    @Test("A packed file goes on too")
    func packed() async throws {
        let folder = try ImportFolder()
        let plain = try folder.write("events.csv", (Self.files["events.csv"] ?? "").utf8)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["gzip", plain]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let sink = ListingSink(commits: 3)
        await #expect(throws: Problem.self) { try await run(plain + ".gz", sink) }
        sink.revive()
        let (summary, _) = try await run(plain + ".gz", sink)
        #expect(summary.continuedAtLine ?? 0 > 16_000 && summary.taken == 40_000 && summary.duplicates == 0)
    }
}
