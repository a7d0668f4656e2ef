import FoundationEssentials
import Model
import TestSupport
import Testing

extension SystemSuite {
    /// `teahouse import` as a person runs it: into a data folder and into a running server, twice, and killed at any moment.
    @Suite("Import", .serialized) struct ImportTests {
        /// Rows that make orders and traits, among them equal ones and some that are refused.
        static let rowCount = 60_000
        static let refusedCount = (0 ..< rowCount).count { $0 % 7_001 == 13 }
        static let table: String = {
            var text = "user_id,event,timestamp,plan\n"
            for row in 0 ..< rowCount {
                text +=
                    row % 7_001 == 13
                    ? ",open,2026-01-01 10:00:00,\n" : "u\(row % 977),open,2026-01-0\(row % 9 + 1) 10:00:00,p\(row % 3)\n"
            }
            return text
        }()

        @Test("a file imported twice over HTTP: all taken, then all duplicates, and the figures add up")
        func twice() async throws {
            let folder = try TestFolder()
            let file = try write("events.csv", Self.table, in: folder)
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                let arguments = [file, "--url", server.url, "--key", workspace.writeKey, "--json"]
                let taken = Self.rowCount - Self.refusedCount
                for (isFirst, expected) in [(true, (taken, 0)), (false, (0, taken))] {
                    let (exit, summary, _) = try await importFile(arguments)
                    #expect(exit == .exited(2), "some rows were refused")
                    #expect(summary["rows"]?.intValue == Int64(Self.rowCount))
                    #expect(summary["taken"]?.intValue == Int64(expected.0), "\(isFirst)")
                    #expect(summary["duplicates"]?.intValue == Int64(expected.1), "\(isFirst)")
                    #expect(summary["refused"]?.intValue == Int64(Self.refusedCount))
                }
                let kept = try await server.eventCount("open", of: workspace)
                #expect(kept == taken)
            }
        }

        @Test(
            "killed at random moments and run again, into a data folder: each row once, and the figures add up",
            arguments: [UInt64(11)])
        func killedLocally(seed: UInt64) async throws {
            let folder = try TestFolder()
            let file = try write("events.csv", Self.table, in: folder)
            let made = try await ChildProcess.run(
                ServerProcess.binary, ["workspace", "create", "Shop", "--data", folder.path("data")])
            #expect(made.exit == .exited(0))
            try await interrupt(["import", file, "--data", folder.path("data"), "--json"], seed: seed, milliseconds: 5 ... 400)
            try await expectWhole(["import", file, "--data", folder.path("data"), "--json"])
            let out = try await ChildProcess.run(
                ServerProcess.binary, ["export", "events", "--data", folder.path("data"), "-o", folder.path("out"), "--json"])
            #expect(out.exit == .exited(0))
            let exported = try String(contentsOfFile: folder.path("out"), encoding: .utf8)
            #expect(
                exported.split(separator: "\n").count { $0.contains("\"event\":\"open\"") } == Self.rowCount - Self.refusedCount)
        }

        @Test("killed at random moments and run again, over HTTP: each row once, and the figures add up", arguments: [UInt64(12)])
        func killedOverHTTP(seed: UInt64) async throws {
            let folder = try TestFolder()
            let file = try write("events.csv", Self.table, in: folder)
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                let arguments = ["import", file, "--url", server.url, "--key", workspace.writeKey, "--json"]
                try await interrupt(arguments, seed: seed, milliseconds: 20 ... 500)
                try await expectWhole(arguments)
                let kept = try await server.eventCount("open", of: workspace)
                #expect(kept == Self.rowCount - Self.refusedCount)
            }
        }

        @Test("killed in its middle it says at which line it goes on, and keeps no note when it is done")
        func saysWhere() async throws {
            let folder = try TestFolder()
            let file = try write("events.csv", Self.table, in: folder)
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                // Slow enough to be met in its middle.
                try await limit(#"{"requestsPerSecond":20}"#, of: workspace, server)
                let arguments = ["import", file, "--url", server.url, "--key", workspace.writeKey]
                let child = try ChildProcess(ServerProcess.binary, arguments)
                let note = file + ".teahouse-import"
                while child.isRunning, !FileManager.default.fileExists(atPath: note) { try await Task.sleep(for: .milliseconds(1)) }
                child.signal(9)
                _ = try await child.wait()
                try #require(FileManager.default.fileExists(atPath: note), "it was faster than the test")
                let again = try await ChildProcess.run(ServerProcess.binary, arguments)
                #expect(again.errors.contains("Going on at line "), "\(again.errors)")
                #expect(again.output.contains("continued at line "), "\(again.output)")
                #expect(!FileManager.default.fileExists(atPath: note))
                let kept = try await server.eventCount("open", of: workspace)
                #expect(kept == Self.rowCount - Self.refusedCount)
            }
        }

        /// Calls of which one line is broken, one is no call, and one is longer than a call may be.
        private static let mixedCalls: String = {
            var lines = (0 ..< 2_500).map {
                #"{"type":"track","userId":"u\#($0 % 70)","event":"open","messageId":"m\#($0)","timestamp":"2026-01-01T00:00:00Z"}"#
            }
            lines[3] = #"{"type":"track","userId":"u","#
            lines[1_700] = "17"
            lines[2_100] =
                #"{"type":"track","userId":"u","event":"open","messageId":"long","properties":{"text":""#
                + String(repeating: "a", count: 1 << 20) + #""}}"#
            return lines.joined(separator: "\n") + "\n"
        }()

        @Test("over HTTP a broken line is refused alone, with its number, as it is from a folder")
        func brokenLines() async throws {
            let folder = try TestFolder()
            let file = try write("calls.ndjson", Self.mixedCalls, in: folder)
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                try await expectThreeRefused([file, "--url", server.url, "--key", workspace.writeKey, "--json"])
                #expect(try await server.eventCount("open", of: workspace) == 2_497)
            }
        }

        @Test("a source with narrow limits gets smaller bodies, and a server that asks to wait is waited for")
        func narrowSource() async throws {
            let folder = try TestFolder()
            let file = try write("calls.ndjson", Self.mixedCalls, in: folder)
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                try await limit(#"{"batchEvents":300,"requestsPerSecond":6}"#, of: workspace, server)
                try await expectThreeRefused([file, "--url", server.url, "--key", workspace.writeKey, "--json"])
                #expect(try await server.eventCount("open", of: workspace) == 2_497)
            }
        }

        private func limit(_ limits: String, of workspace: TestWorkspace, _ server: ServerProcess) async throws {
            let sources = try await server.get("/api/v1/sources", bearer: workspace.apiKey).json
            let id = try #require(sources["sources"]?.arrayValue?.first?["id"]?.stringValue)
            let reply = try await server.request(
                "PATCH", "/api/v1/sources/\(id)",
                headers: ["Content-Type": "application/json", "Authorization": "Bearer \(workspace.apiKey)"],
                body: Array("{\"limits\":\(limits)}".utf8))
            #expect(reply.status == 200, "\(reply.text)")
        }

        private func expectThreeRefused(_ arguments: [String]) async throws {
            let (exit, summary, errors) = try await importFile(arguments)
            #expect(exit == .exited(2), "\(errors)")
            #expect(summary["taken"]?.intValue == 2_497 && summary["refused"]?.intValue == 3, "\(summary.text)")
            let list = try String(contentsOfFile: #require(summary["rejectedFile"]?.stringValue), encoding: .utf8)
            let rows = list.split(whereSeparator: \.isNewline).dropFirst().map {
                $0.split(separator: ",").prefix(2).joined(separator: " ")
            }
            #expect(rows == ["4 malformed_json", "1701 not_an_object", "2101 event_too_large"], "\(list)")
        }

        /// Starts the command and kills it, several times; what happens to end before its kill has done all.
        private func interrupt(_ arguments: [String], seed: UInt64, milliseconds: ClosedRange<Int>) async throws {
            var random = SplitMix64(seed: seed)
            for _ in 0 ..< 12 {
                let child = try ChildProcess(ServerProcess.binary, arguments)
                try await Task.sleep(for: .milliseconds(Int.random(in: milliseconds, using: &random)))
                child.signal(9)
                _ = try await child.wait()
            }
        }

        private func expectWhole(_ arguments: [String]) async throws {
            let (exit, summary, errors) = try await importFile(Array(arguments.dropFirst()))
            #expect(exit == .exited(2), "\(errors)")
            func count(_ name: String) -> Int { Int(summary[name]?.intValue ?? -1) }
            #expect(count("rows") == Self.rowCount)
            #expect(count("rows") == count("taken") + count("duplicates") + count("refused"), "\(summary.text)")
            #expect(count("refused") == Self.refusedCount)
            let list = try #require(summary["rejectedFile"]?.stringValue)
            let lines = try String(contentsOfFile: list, encoding: .utf8).split(separator: "\n")
            #expect(lines.count == Self.refusedCount + 1, "each refused row once")
        }

        private func importFile(_ arguments: [String]) async throws -> (ChildProcess.Exit, JSONValue, String) {
            let ended = try await ChildProcess.run(ServerProcess.binary, ["import"] + arguments)
            return (ended.exit, json(ended.output), ended.errors)
        }

        private func write(_ name: String, _ text: String, in folder: TestFolder) throws -> String {
            try Data(text.utf8).write(to: URL(filePath: folder.path(name)))
            return folder.path(name)
        }
    }
}
