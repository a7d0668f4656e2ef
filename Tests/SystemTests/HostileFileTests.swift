import FoundationEssentials
import Model
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

extension SystemSuite {
    /// Files that no decent program writes, through the whole command: a clear word each, innocent rows taken, memory bounded.
    @Suite("Hostile files", .serialized) struct HostileFileTests {
        private static let header = "user_id,event,timestamp\n"
        private static let good = "u1,open,2026-01-01 10:00:00\n"

        @Test("a line of 1.1 GB is one refused row; its neighbours are taken, in bounded memory", .timeLimit(.minutes(5)))
        func hugeLine() async throws {
            try await withShop { folder, data in
                let file = folder.path("huge.csv")
                try writeSparse(file, Self.header + Self.good + "u2,", gap: 1_100_000_000, "\n" + Self.good)
                let (summary, peak) = try await importWatched([file, "--data", data, "--json"])
                #expect(peak < 400 << 10, "\(peak) KiB at most")
                #expect(summary["rows"]?.intValue == 3 && summary["taken"]?.intValue == 2 && summary["refused"]?.intValue == 1)
                let list = try String(contentsOfFile: file + ".rejected.csv", encoding: .utf8)
                #expect(list.contains("\n3,line_too_long,\"The row has more than 4194304 bytes.\""), "\(list)")
            }
        }

        @Test(
            "a file that is one line of 1.1 GB and a quote that is never closed are refused, in bounded memory",
            .timeLimit(.minutes(5)))
        func oneLine() async throws {
            try await withShop { folder, data in
                let file = folder.path("one.csv")
                try writeSparse(file, "user_id,event,", gap: 1_100_000_000, "")
                let (one, peak) = try await importWatched([file, "--data", data, "--json"])
                #expect(peak < 400 << 10, "\(peak) KiB at most")
                #expect(one["rows"]?.intValue == 1 && one["refused"]?.intValue == 1, "\(one.text)")

                let quoted = folder.path("quoted.csv")
                try writeSparse(quoted, Self.header + Self.good + "\"u2,", gap: 300_000_000, "\n" + Self.good)
                let (summary, quotedPeak) = try await importWatched([quoted, "--data", data, "--json"])
                #expect(quotedPeak < 400 << 10, "\(quotedPeak) KiB at most")
                #expect(summary["rows"]?.intValue == 3 && summary["refused"]?.intValue == 1)
            }
        }

        @Test("a packed file that inflates to 2 GB of one line is one refused row, in bounded memory", .timeLimit(.minutes(5)))
        func bomb() async throws {
            try await withShop { folder, data in
                let file = folder.path("bomb.csv")
                try writeSparse(file, Self.header + Self.good + "u2,", gap: 2_000_000_000, "\n" + Self.good)
                let packing = try await ChildProcess.run("/usr/bin/env", ["gzip", "-1", file])
                try #require(packing.exit == .exited(0), "\(packing.errors)")
                let (summary, peak) = try await importWatched([file + ".gz", "--data", data, "--json"])
                #expect(peak < 400 << 10, "\(peak) KiB at most")
                #expect(summary["rows"]?.intValue == 3 && summary["refused"]?.intValue == 1)
            }
        }

        @Test("what is no readable file is refused by name with exit code 1, and takes nothing with it")
        func noFiles() async throws {
            try await withShop { folder, data in
                let good = try write("good.csv", Self.header + Self.good, in: folder)
                try FileManager.default.createSymbolicLink(atPath: folder.path("loop"), withDestinationPath: folder.path("loop"))
                try FileManager.default.createSymbolicLink(atPath: folder.path("nowhere"), withDestinationPath: folder.path("gone"))
                _ = mkfifo(folder.path("pipe"), 0o600)
                let cases: [(String, String)] = [
                    (folder.path("missing.csv"), "There is no file"), (folder.path, "is a folder"),
                    (try write("empty.csv", "", in: folder), "holds nothing"),
                    (try write("blank.csv", "\n\n \n", in: folder), "holds nothing"),
                    (folder.path("loop"), "symbolic links"), (folder.path("nowhere"), "There is no file"),
                    (folder.path("pipe"), "is a pipe"), ("/dev/zero", "is a pipe or a device"),
                    (try write("cut.csv.gz", "\u{1F}", in: folder), "neither JSON lines nor a table"),
                ]
                for (file, word) in cases {
                    let ended = try await ChildProcess.run(
                        ServerProcess.binary, ["import", good, file, "--data", data], upTo: .seconds(20))
                    #expect(ended.exit == .exited(1), "\(file)")
                    #expect(
                        ended.errors.contains(word) && ended.errors.split(separator: "\n").count == 1, "\(file): \(ended.errors)")
                    #expect(ended.output.isEmpty, "nothing is read in before every file was looked at")
                }
            }
        }

        @Test("a file without read permission is refused by name")
        func unreadable() async throws {
            let folder = try TestFolder()
            let file = try write("secret.csv", Self.header + Self.good, in: folder)
            #expect(chmod(file, 0o000) == 0)
            // Who may read everything asks as somebody who may not; the address is never asked.
            let command = [ServerProcess.binary, "import", file, "--url", "http://127.0.0.1:9", "--key", "k", "--dry-run"]
            let isRoot = geteuid() == 0
            let asNobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] + command
            let ended = try await ChildProcess.run("/usr/bin/env", isRoot ? asNobody : command)
            #expect(ended.exit == .exited(1))
            #expect(ended.errors.contains("secret.csv may not be read"), "\(ended.errors)")
        }

        @Test("ragged rows, marks, mixed line ends, quotes, controls and markup: bad rows are named, the others kept as they are")
        func oddRows() async throws {
            try await withShop { folder, data in
                let rows = [
                    "u1,\"open, \"\"sesame\"\"\",2026-01-01 10:00:00,\u{1B}[31mred\u{202E}\r\n", "u2,open,2026-01-01 10:00:00\n",
                    "u3,open,2026-01-01 10:00:00,a,b,c\r", "u4,open,0000-01-01 00:00:00,x\n", "u5,open,9999-12-31 23:59:59,x\n",
                    "u6,\"two\nlines\",2026-01-01 10:00:00,x\r\n",
                    "<script>alert(1)</script>,'; DROP TABLE events; --,2026-01-01 10:00:00,__proto__\n",
                    "u\u{202E}8,a\u{0}b,2026-01-01 10:00:00,\u{1B}[31m\n",
                    "\(String(repeating: "i", count: 100_000)),open,2026-01-01 10:00:00,x\n",
                    ",open,2026-01-01 10:00:00,nobody\n", "u9,open,tomorrow,x\n", "u10,open,2026-01-01 10:00:00,last",
                ]
                let file = try write("odd.csv", "\u{FEFF}user_id,event,timestamp,note\r\n" + rows.joined(), in: folder)
                let ended = try await ChildProcess.run(ServerProcess.binary, ["import", file, "--data", data, "--json"])
                let summary = json(ended.output)
                #expect(ended.exit == .exited(2), "\(ended.errors)")
                #expect(summary["rows"]?.intValue == Int64(rows.count), "\(ended.output)")
                let shown = try await ChildProcess.run(ServerProcess.binary, ["import", file, "--data", data, "--dry-run"])
                #expect(!shown.output.contains("\u{1B}") && !shown.errors.contains("\u{1B}"), "no file steers the terminal")
                let list = try String(contentsOfFile: file + ".rejected.csv", encoding: .utf8)
                for (line, code) in [
                    (3, "ragged_row"), (4, "ragged_row"), (11, "id_too_long"), (12, "missing_identity"), (13, "invalid_timestamp"),
                ] {
                    #expect(list.contains("\n\(line),\(code),"), "\(line) \(code) in \(list)")
                }
                let out = try await ChildProcess.run(ServerProcess.binary, ["export", "events", "--data", data])
                let events = out.output.split(separator: "\n").map { json(String($0)) }
                #expect(events.count == Int(summary["taken"]?.intValue ?? -1))
                let names = Set(events.compactMap { $0["event"]?.stringValue })
                #expect(
                    names.isSuperset(of: ["open, \"sesame\"", "two\nlines", "'; DROP TABLE events; --", "a\u{0}b"]), "\(names)")
                let users = Set(events.compactMap { $0["userId"]?.stringValue })
                #expect(users.isSuperset(of: ["u1", "<script>alert(1)</script>", "u\u{202E}8", "u10"]), "\(users.count) users")
            }
        }

        @Test("JSON lines that are malformed, deep, huge or of wrong types are refused one by one")
        func oddLines() async throws {
            try await withShop { folder, data in
                let good = #"{"type":"track","userId":"u","event":"Good","timestamp":"2026-01-01T00:00:00Z"}"#
                let bad: [(String, String)] = [
                    ("malformed_json", "{"), ("not_an_object", "[1,2]"), ("malformed_json", "tea"),
                    (
                        "too_deep",
                        #"{"type":"track","userId":"u","event":"E","properties":"# + String(repeating: #"{"a":"#, count: 5_000)
                            + "1" + String(repeating: "}", count: 5_001)
                    ),
                    (
                        "too_many_keys",
                        #"{"type":"track","userId":"u","event":"E","properties":{"#
                            + (0 ..< 10_000).map { "\"k\($0)\":1" }.joined(separator: ",") + "}}"
                    ),
                    ("invalid_type", #"{"type":"track","userId":{"a":1},"event":"E"}"#),
                    ("invalid_type", #"{"type":"track","userId":"u","event":[]}"#),
                    (
                        "event_too_large",
                        #"{"type":"track","userId":"u","event":"E","properties":{"x":""# + String(repeating: "x", count: 600_000)
                            + #""}}"#
                    ),
                    ("unknown_type", #"{"type":"brew","userId":"u"}"#), ("missing_identity", #"{"type":"track","event":"E"}"#),
                ]
                let lines = bad.flatMap { [good, $0.1] } + [good]
                let file = try write("odd.ndjson", lines.joined(separator: "\n"), in: folder)
                let ended = try await ChildProcess.run(ServerProcess.binary, ["import", file, "--data", data, "--json"])
                let summary = json(ended.output)
                #expect(
                    summary["rows"]?.intValue == Int64(lines.count) && summary["refused"]?.intValue == Int64(bad.count),
                    "\(ended.output)\(ended.errors)")
                #expect(summary["taken"]?.intValue == Int64(bad.count + 1), "equal lines of one file are as many events")
                let list = try String(contentsOfFile: file + ".rejected.csv", encoding: .utf8)
                for (index, (code, _)) in bad.enumerated() {
                    #expect(list.contains("\n\(index * 2 + 2),\(code),"), "\(code) in \(list.prefix(2_000))")
                }
            }
        }

        // MARK: - Helpers

        private func withShop(_ work: (TestFolder, String) async throws -> Void) async throws {
            let folder = try TestFolder()
            let made = try await ChildProcess.run(
                ServerProcess.binary, ["workspace", "create", "Shop", "--data", folder.path("data")])
            try #require(made.exit == .exited(0), "\(made.errors)")
            try await work(folder, folder.path("data"))
        }

        private func write(_ name: String, _ text: String, in folder: TestFolder) throws -> String {
            try Data(text.utf8).write(to: URL(filePath: folder.path(name)))
            return folder.path(name)
        }

        /// Writes `front`, then `gap` zero bytes that take no room on the disk, then `back`.
        private func writeSparse(_ path: String, _ front: String, gap: Int, _ back: String) throws {
            let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
            try #require(descriptor >= 0)
            defer { close(descriptor) }
            let (front, back) = (Array(front.utf8), Array(back.utf8))
            #expect(pwrite(descriptor, front, front.count, 0) == front.count)
            #expect(ftruncate(descriptor, off_t(front.count + gap)) == 0)
            #expect(pwrite(descriptor, back, back.count, off_t(front.count + gap)) == back.count)
        }

        private func importWatched(_ arguments: [String]) async throws -> (summary: JSONValue, peakKibibytes: Int) {
            let (ended, peak) = try await watched(["import"] + arguments)
            #expect(ended.exit == .exited(2), "\(ended.errors)")
            return (json(ended.output), peak)
        }

        /// Runs the program and reads the most memory that it held, again and again until it ends.
        private func watched(
            _ arguments: [String]
        ) async throws -> (ended: (exit: ChildProcess.Exit, output: String, errors: String), peakKibibytes: Int) {
            let child = try ChildProcess(ServerProcess.binary, arguments)
            var peak = 0
            while child.isRunning {
                if let status = try? String(contentsOfFile: "/proc/\(child.pid)/status", encoding: .utf8),
                    let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
                {
                    peak = max(peak, line.split(separator: " ").dropLast().last.flatMap { Int($0) } ?? 0)
                }
                try await Task.sleep(for: .milliseconds(5))
            }
            let exit = try #require(try await child.wait(upTo: .seconds(10)))
            return ((exit, child.output, child.errors), peak)
        }
    }
}
