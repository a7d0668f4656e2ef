import FoundationEssentials
import Model
import TestSupport
import Testing

extension SystemSuite {
    /// `teahouse export -o FILE.teahouse` and `teahouse import FILE.teahouse` as a person runs them.
    @Suite("Archive", .serialized) struct ArchiveTests {
        static let rowCount = 60_000
        static let table: String = {
            var text = "user_id,event,timestamp,plan\n"
            for row in 0 ..< rowCount { text += "u\(row % 977),open,2026-01-0\(row % 9 + 1) 10:00:00,p\(row % 3)\n" }
            return text
        }()

        private func run(_ arguments: String...) async throws -> (exit: ChildProcess.Exit, output: String, errors: String) {
            try await ChildProcess.run(ServerProcess.binary, arguments)
        }

        private func create(_ data: String) async throws {
            let made = try await run("workspace", "create", "Shop", "--data", data)
            #expect(made.exit == .exited(0), "\(made.errors)")
        }

        /// A filled data folder, and an archive of it.
        private func archived(in folder: TestFolder) async throws -> (data: String, archive: String) {
            let (data, archive) = (folder.path("data"), folder.path("shop.teahouse"))
            try Data(Self.table.utf8).write(to: URL(filePath: folder.path("events.csv")))
            try await create(data)
            #expect(try await run("import", folder.path("events.csv"), "--data", data).exit == .exited(0))
            let said = try await run("export", "events", "-o", archive, "--json", "--data", data)
            #expect(said.exit == .exited(0) && json(said.output)["count"]?.intValue == Int64(Self.rowCount), "\(said.errors)")
            return (data, archive)
        }

        private func ndjson(of data: String, in folder: TestFolder) async throws -> Data {
            let out = folder.path("out.ndjson")
            #expect(try await run("export", "events", "-o", out, "--data", data).exit == .exited(0))
            return try Data(contentsOf: URL(filePath: out))
        }

        private func expectWhole(_ data: String, calls: Int) async throws {
            let check = try await run("check", "--json", "--data", data)
            #expect(check.exit == .exited(0), "\(check.output)")
            #expect(json(check.output).arrayValue?.first?["calls"]?.intValue == Int64(calls), "\(check.output)")
        }

        @Test("an archive loads into an empty workspace as it was, and takes nothing when it is loaded again")
        func roundTrip() async throws {
            let folder = try TestFolder()
            let (data, archive) = try await archived(in: folder)
            let copy = folder.path("copy")
            try await create(copy)
            let dry = try await run("import", archive, "--dry-run", "--data", copy)
            #expect(dry.exit == .exited(0) && dry.output.contains("archive of 60 000 events"), "\(dry.output)")
            try await expectWhole(copy, calls: 0)
            for (taken, duplicates) in [(Self.rowCount, 0), (0, Self.rowCount)] {
                let said = try await run("import", archive, "--json", "--data", copy)
                let summary = json(said.output)
                #expect(said.exit == .exited(0), "\(said.errors)")
                #expect(summary["rows"]?.intValue == Int64(Self.rowCount) && summary["taken"]?.intValue == Int64(taken))
                #expect(summary["duplicates"]?.intValue == Int64(duplicates) && summary["refused"]?.intValue == 0)
                #expect(try await ndjson(of: copy, in: folder) == ndjson(of: data, in: folder))
                try await expectWhole(copy, calls: Self.rowCount)
            }
            // The copy's own archive is the same.
            #expect(
                try await run("export", "events", "--format", "teahouse", "-o", folder.path("b"), "--data", copy).exit == .exited(0)
            )
            #expect(try Data(contentsOf: URL(filePath: folder.path("b"))) == Data(contentsOf: URL(filePath: archive)))
        }

        @Test("a running server writes the archive that its folder gives")
        func ofServer() async throws {
            let folder = try TestFolder()
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                let calls: [JSONValue] = (0 ..< 500).map {
                    ["type": "track", "event": "Poured", "userId": "u", "messageId": .string("m\($0)")]
                }
                #expect(try await server.collect(calls, to: workspace).status == 200)
                let (url, key) = (server.url, workspace.apiKey)
                let said = try await run("export", "events", "-o", folder.path("s.teahouse"), "--json", "--url", url, "--key", key)
                #expect(said.exit == .exited(0) && json(said.output)["count"]?.intValue == 500, "\(said.errors)")
                let refused = try await run("import", folder.path("s.teahouse"), "--url", url, "--key", workspace.writeKey)
                #expect(refused.exit == .exited(1) && refused.errors.contains("NDJSON"), "\(refused.errors)")
            }
            let copy = folder.path("copy")
            try await create(copy)
            #expect(try await run("import", folder.path("s.teahouse"), "--data", copy).exit == .exited(0))
            try await expectWhole(copy, calls: 500)
        }

        @Test("killed at random moments and run again: all of it or nothing each time", arguments: [UInt64(21)])
        func killed(seed: UInt64) async throws {
            let folder = try TestFolder()
            let (_, archive) = try await archived(in: folder)
            var random = SplitMix64(seed: seed)
            for round in 0 ..< 12 {
                let copy = folder.path("copy-\(round)")
                try await create(copy)
                let child = try ChildProcess(ServerProcess.binary, ["import", archive, "--data", copy])
                try await Task.sleep(for: .milliseconds(Int.random(in: 1 ... 60, using: &random)))
                child.signal(9)
                _ = try await child.wait()
                let said = try await run("import", archive, "--json", "--data", copy)
                #expect(said.exit == .exited(0), "\(said.errors)")
                let summary = json(said.output)
                let (taken, duplicates) = (summary["taken"]?.intValue ?? -1, summary["duplicates"]?.intValue ?? -1)
                #expect(
                    taken + duplicates == Int64(Self.rowCount) && (taken == 0 || duplicates == 0), "round \(round): \(summary.text)"
                )
                try await expectWhole(copy, calls: Self.rowCount)
            }
        }

        @Test("a damaged archive, a later version and what does not go with one are said in one line, and nothing is taken")
        func refused() async throws {
            let folder = try TestFolder()
            let (data, archive) = try await archived(in: folder)
            let bytes = try Data(contentsOf: URL(filePath: archive))
            let (copy, damaged) = (folder.path("copy"), folder.path("damaged.teahouse"))
            try await create(copy)
            func expectRefused(_ bytes: Data, _ word: String) async throws {
                try bytes.write(to: URL(filePath: damaged))
                let said = try await run("import", damaged, "--data", copy)
                #expect(said.exit == .exited(1) && said.output.isEmpty && said.errors.contains(word), "\(said.errors)")
                #expect(said.errors.split(separator: "\n").count == 1 && said.errors.contains(damaged), "\(said.errors)")
                try await expectWhole(copy, calls: 0)
            }
            var flipped = bytes
            flipped[bytes.count / 2] ^= 4
            try await expectRefused(flipped, "damaged at byte")
            try await expectRefused(bytes.prefix(bytes.count / 2), "\(bytes.count / 2) bytes instead of \(bytes.count)")
            try await expectRefused(Data("type,userId\n".utf8), "damaged at byte 0")
            try await expectRefused(Data(), "cut short")
            for arguments in [["--map", "m.json"], ["--source", "web"]] {
                let said = try await ChildProcess.run(ServerProcess.binary, ["import", archive, "--data", copy] + arguments)
                #expect(said.exit == .exited(1) && said.errors.contains("--map and --source"), "\(said.errors)")
            }
            let people = try await run("export", "people", "-o", folder.path("p.teahouse"), "--data", data)
            #expect(people.exit == .exited(1) && people.errors.contains("ndjson or csv"), "\(people.errors)")
            try await expectWhole(copy, calls: 0)
        }

        @Test(
            "a full disk takes nothing of an archive, and all of it when there is room",
            .enabled(if: SmallDisk.isPermitted, "needs the right to mount a small disk"))
        func fullDisk() async throws {
            let folder = try TestFolder()
            let (_, archive) = try await archived(in: folder)
            let disk = try SmallDisk(at: folder.path("small"), megabytes: 16)
            try await create(disk.path + "/data")
            try disk.fill(leaving: 192 << 10)
            let said = try await run("import", archive, "--data", disk.path + "/data")
            #expect(said.exit == .exited(1) && said.errors.contains("disk is full"), "\(said.errors)")
            try await expectWhole(disk.path + "/data", calls: 0)
            disk.free()
            #expect(try await run("import", archive, "--data", disk.path + "/data").exit == .exited(0))
            try await expectWhole(disk.path + "/data", calls: Self.rowCount)
        }
    }
}
