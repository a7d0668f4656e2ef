import FoundationEssentials
import Model
import TestSupport
import Testing

extension SystemSuite {
    /// The commands as a stranger meets them: help, mistakes, and what scripts rely on.
    @Suite("Command line", .serialized) struct CommandLineTests {
        private static let commands: [[String]] = [
            ["serve"], ["demo"], ["import"], ["export"], ["ask"], ["workspace", "create"], ["workspace", "list"], ["check"],
        ]

        private func run(
            _ arguments: [String], environment: [String: String] = [:], upTo limit: Duration = .seconds(20)
        ) async throws -> (exit: ChildProcess.Exit, output: String, errors: String) {
            try await ChildProcess.run(ServerProcess.binary, arguments, environment: environment, upTo: limit)
        }

        @Test("the menu names the commands that there are, and each explains itself and takes --json")
        func help() async throws {
            let menu = try await run(["--help"])
            #expect(menu.exit == .exited(0))
            for command in Self.commands {
                #expect(menu.output.contains("  \(command[0]) "), "\(command)")
                let help = try await run(command + ["--help"])
                #expect(help.exit == .exited(0) && help.errors.isEmpty)
                #expect(help.output.contains("USAGE: teahouse \(command.joined(separator: " "))") && help.output.contains("--json"))
            }
            for missing in ["backup", "restore", "doctor", "bench"] { #expect(!menu.output.contains("  \(missing) ")) }
            let version = try await run(["--version"])
            #expect(version.exit == .exited(0) && version.output.split(separator: ".").count == 3)
        }

        /// Command lines that say too little, too much or what contradicts itself.
        private static let wrong: [[String]] = [
            ["brew"], ["--brew"], ["import"], ["export"], ["export", "tea"], ["export", "events", "--format", "xml"], ["ask"],
            ["ask", "-", "--json", "--format", "csv"], ["workspace", "create"], ["demo", "--people", "0"],
            ["demo", "--end", "never"],
            ["serve", "now"], ["check", "--data"], ["import", "f", "--url", "http://127.0.0.1:9", "--data", "d"],
            ["import", "f", "--url", "http://127.0.0.1:9", "--source", "s"],
            ["ask", "f", "--url", "http://127.0.0.1:9", "--workspace", "w"],
            ["workspace", "create", "x", "--url", "http://127.0.0.1:9", "--data", "d"],
            ["workspace", "list", "--url", "http://127.0.0.1:9", "--data", "d"],
            ["check", "--url", "http://127.0.0.1:9", "--data", "d"],
            ["export", "events", "--url", "http://127.0.0.1:9", "--workspace", "w"],
        ]

        @Test("wrong usage is exit code 64, with a word of what is wrong on standard error", arguments: wrong)
        func wrongUsage(arguments: [String]) async throws {
            let ended = try await run(arguments)
            #expect(ended.exit == .exited(64))
            #expect(ended.errors.hasPrefix("Error: ") && ended.output.isEmpty, "\(ended.errors)")
        }

        /// What is refused, and a word of the one line that says so.
        private static let refused: [(arguments: [String], word: String)] = [
            (["check", "--data", "/nonexistent/d"], "no data folder \"/nonexistent/d\""),
            (["export", "events", "--data", "/nonexistent/d"], "no data folder"),
            (["import", "f.csv", "--data", "/nonexistent/d"], "no data folder"),
            (["workspace", "list", "--data", "/nonexistent/d"], "no data folder"),
            (["workspace", "create", "x", "--data", "/proc/self/d"], "/proc/self/d"),
            (["serve", "--listen", "nonsense"], "HOST:PORT"), (["serve", "--log", "xml"], "text or json"),
            (["serve", "--config", "/nonexistent/c.json"], "/nonexistent/c.json"),
            (["ask", "/nonexistent/q.json", "--data", "/"], "/nonexistent/q.json"),
            (["ask", "/dev/null", "--url", "http://127.0.0.1:9", "--key", "k"], "/dev/null"),
            (["ask", "/dev/null", "--url", "ftp://x", "--key", "k"], "no server address"),
            (["ask", "/dev/null", "--url", "http://127.0.0.1:9"], "TEAHOUSE_KEY"),
            (["workspace", "create", "x", "--url", "http://127.0.0.1:9"], "TEAHOUSE_ADMIN_TOKEN"),
            (["workspace", "list", "--url", "http://127.0.0.1:9"], "TEAHOUSE_ADMIN_TOKEN"),
            (["check", "--url", "http://127.0.0.1:9"], "TEAHOUSE_ADMIN_TOKEN"),
            (["export", "people", "--url", "http://127.0.0.1:9"], "TEAHOUSE_KEY"),
        ]

        @Test(
            "what cannot be done is exit code 1 and one line on standard error; with --json that line is JSON",
            arguments: refused.indices)
        func refusals(index: Int) async throws {
            let (arguments, word) = Self.refused[index]
            let ended = try await run(arguments)
            #expect(ended.exit == .exited(1))
            #expect(ended.output.isEmpty && ended.errors.hasPrefix("teahouse: ") && ended.errors.contains(word), "\(ended.errors)")
            #expect(ended.errors.split(separator: "\n").count == 1)
            let asJSON = try await run(arguments + ["--json"])
            #expect(asJSON.exit == .exited(1) && asJSON.output.isEmpty)
            let error = json(asJSON.errors)["error"]
            #expect(
                error?["code"]?.stringValue?.isEmpty == false && error?["message"]?.stringValue?.isEmpty == false,
                "\(asJSON.errors)")
        }

        @Test("a server that is not there is said within seconds, and so is a host that is not")
        func noServer() async throws {
            let folder = try TestFolder()
            let file = try write("events.csv", "user_id,event,timestamp\nu,e,2026-01-01\n", in: folder)
            let question = try write("q.json", #"{"kind":"count"}"#, in: folder)
            let port = try ServerProcess.freePort()
            for url in ["http://127.0.0.1:\(port)", "http://teahouse.invalid"] {
                for command in [["import", file], ["ask", question]] {
                    let ended = try await run(command + ["--url", url, "--key", "k"], upTo: .seconds(15))
                    #expect(ended.exit == .exited(1))
                    #expect(ended.errors.contains("no answer from \(url)") && !ended.errors.contains("NIO"), "\(ended.errors)")
                }
            }
        }

        @Test("wrong keys are told apart, and a folder that a server holds is named with what to do")
        func keysAndLocks() async throws {
            let folder = try TestFolder()
            let file = try write("events.csv", "user_id,event,timestamp\nu,e,2026-01-01\n", in: folder)
            let question = try write("q.json", #"{"kind":"count"}"#, in: folder)
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                let ways: [([String], String, String)] = [
                    (["import", file], "wk_wrong", "write key is unknown"), (["import", file], workspace.apiKey, "write key"),
                    (["ask", question], "ak_wrong", "api key is unknown"),
                    (["ask", question], workspace.writeKey, "can only collect"),
                ]
                for (command, key, word) in ways {
                    let ended = try await run(command + ["--url", server.url, "--key", key])
                    #expect(ended.exit == .exited(1) && ended.errors.contains(word), "\(command[0]): \(ended.errors)")
                    #expect(!ended.errors.contains(key), "keys are not printed")
                }
                let held = [
                    ["import", file], ["ask", question], ["export", "people"], ["check"], ["workspace", "list"],
                    ["workspace", "create", "x"],
                ]
                for command in held {
                    let ended = try await run(command + ["--data", folder.path("data")])
                    #expect(ended.exit == .exited(1) && ended.output.isEmpty)
                    #expect(
                        ended.errors.contains("in use by another Teahouse") && ended.errors.contains("--data"), "\(ended.errors)")
                }
                let asked = try await run(
                    ["ask", question, "--url", server.url, "--json"], environment: ["TEAHOUSE_KEY": workspace.apiKey])
                #expect(asked.exit == .exited(0) && json(asked.output)["kind"]?.stringValue == "count")
            }
        }

        @Test("what a running server holds is exported, checked and listed as it is from its folder afterwards")
        func atAServer() async throws {
            let folder = try TestFolder()
            let rows = (0 ..< 9_000).map { "u\($0 % 70),e,2026-01-0\($0 % 9 + 1),\($0 % 5 == 0 ? "\"n\n\"" : "n\($0)")\n" }.joined()
            let file = try write("events.csv", "user_id,event,timestamp,note\n" + rows, in: folder)
            let admin = ["TEAHOUSE_ADMIN_TOKEN": ServerProcess.adminToken]
            let exports = [("events", "ndjson"), ("events", "csv"), ("people", "ndjson"), ("people", "csv")]
            func path(_ place: String, _ export: (String, String)) -> String { folder.path("\(place).\(export.0).\(export.1)") }
            let listed = try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace(name: "Shop")
                let imported = try await run(["import", file, "--url", server.url, "--key", workspace.writeKey])
                #expect(imported.exit == .exited(0), "\(imported.errors)")
                let key = ["--url", server.url, "--key", workspace.apiKey]
                for export in exports {
                    let ended = try await run(
                        ["export", export.0, "--format", export.1, "-o", path("server", export), "--json"] + key)
                    #expect(
                        ended.exit == .exited(0) && json(ended.output)["count"]?.intValue == (export.0 == "events" ? 9_000 : 70))
                }
                for (key, word) in [(workspace.writeKey, "can only collect"), ("ak_wrong", "api key is unknown")] {
                    let ended = try await run(["export", "events", "-o", folder.path("no"), "--url", server.url, "--key", key])
                    #expect(ended.exit == .exited(1) && ended.errors.contains(word), "\(ended.errors)")
                    #expect(!FileManager.default.fileExists(atPath: folder.path("no")), "nothing is begun")
                }
                let checked = try await run(["check", "--url", server.url], environment: admin)
                #expect(checked.exit == .exited(0) && checked.output.contains("whole: 9 000 calls"), "\(checked.errors)")
                let listed = try await run(["workspace", "list", "--url", server.url], environment: admin)
                let wrong = try await run(["check", "--url", server.url], environment: ["TEAHOUSE_ADMIN_TOKEN": "x"])
                #expect(wrong.exit == .exited(1) && wrong.errors.contains("not the server's admin token"), "\(wrong.errors)")
                return listed.output
            }
            let data = ["--data", folder.path("data")]
            #expect(try await run(["workspace", "list"] + data).output == listed)
            for export in exports {
                _ = try await run(["export", export.0, "--format", export.1, "-o", path("folder", export)] + data)
                let local = try Data(contentsOf: URL(filePath: path("folder", export)))
                #expect(try Data(contentsOf: URL(filePath: path("server", export))) == local && local.count > 1_000, "\(export)")
            }
        }

        @Test("results are JSON when asked for, plain when piped, and coloured with a bar on a terminal only")
        func outputs() async throws {
            let folder = try TestFolder()
            let data = folder.path("data")
            let file = try write("events.csv", "user_id,event,timestamp\nu,e,2026-01-01\nu,e,never\nv,e,2026-01-02\n", in: folder)
            let created = try await run(["workspace", "create", "Shop", "--data", data, "--json"])
            #expect(json(created.output)["workspace"]?.stringValue?.hasPrefix("ws_") == true)
            let listed = try await run(["workspace", "list", "--data", data, "--json"])
            #expect(json(listed.output).arrayValue?.first?["name"]?.stringValue == "Shop")
            let rehearsed = try await run(["import", file, "--data", data, "--dry-run", "--json"])
            #expect(rehearsed.exit == .exited(2) && json(rehearsed.output)["mapping"]?["person"]?.stringValue == "user_id")
            let imported = try await run(["import", file, "--data", data])
            #expect(
                imported.exit == .exited(2) && imported.output.contains("taken 2 + duplicates 0 + refused 1 = 3"),
                "\(imported.output)")
            #expect(!imported.output.contains("\u{1B}") && !imported.errors.contains("\u{1B}"))
            let exported = try await run(["export", "events", "--data", data, "-o", folder.path("out.ndjson"), "--json"])
            #expect(json(exported.output)["count"]?.intValue == 2)
            let checked = try await run(["check", "--data", data, "--json"])
            #expect(json(checked.output).arrayValue?.first?["calls"]?.intValue == 2)
            let terminal = try await ChildProcess.run(
                "/usr/bin/env", ["script", "-qec", "\(ServerProcess.binary) import \(file) --data \(data)", "/dev/null"],
                environment: ["TERM": "xterm"])
            #expect(
                terminal.output.contains("\u{1B}[2K") && terminal.output.contains("duplicates 2"),
                "\(terminal.output)\(terminal.errors)")
        }

        @Test("serve says its address as JSON when asked, and settings that cannot be used are named")
        func serving() async throws {
            let folder = try TestFolder()
            let child = try ChildProcess(
                ServerProcess.binary, ["serve", "--data", folder.path("data"), "--listen", "127.0.0.1:0", "--json"])
            while child.isRunning, !child.output.contains("\n") { try await Task.sleep(for: .milliseconds(5)) }
            #expect(
                json(child.output)["url"]?.stringValue?.hasPrefix("http://127.0.0.1:") == true, "\(child.output)\(child.errors)")
            child.signal(15)
            #expect(try await child.wait(upTo: .seconds(10)) == .exited(0))
            for (listen, word) in [("192.0.2.1:80", "no address of this machine"), ("teahouse.invalid:80", "is not known")] {
                let ended = try await run(["serve", "--data", folder.path("data"), "--listen", listen])
                #expect(ended.exit == .exited(1) && ended.errors.contains(word), "\(ended.errors)")
                #expect(ended.errors.split(separator: "\n").count == 1, "one line, no warnings: \(ended.errors)")
            }
            let config = try write("teahouse.json", #"{"lissten": ":80"}"#, in: folder)
            let misspelt = try await run(["serve", "--config", config])
            #expect(misspelt.exit == .exited(1) && misspelt.errors.contains("no setting \"lissten\""), "\(misspelt.errors)")
        }

        private func write(_ name: String, _ text: String, in folder: TestFolder) throws -> String {
            try Data(text.utf8).write(to: URL(filePath: folder.path(name)))
            return folder.path(name)
        }
    }
}
