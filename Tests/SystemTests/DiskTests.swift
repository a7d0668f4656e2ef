import FoundationEssentials
import Model
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension SystemSuite {
    /// What disks do to a server, and what it says then.
    @Suite("Disk", .serialized) struct DiskTests {
        @Test(
            "a full disk answers 503 with Retry-After, loses nothing acknowledged, and goes on when there is room",
            .enabled(if: SmallDisk.isPermitted, "needs the right to mount a small disk"))
        func fullDisk() async throws {
            let folder = try TestFolder()
            let disk = try SmallDisk(at: folder.path("data"), megabytes: 48)
            var server = try await ServerProcess.start(dataDirectory: disk.path)
            let workspace = try await server.createWorkspace()
            try disk.fill(leaving: 512 << 10)

            var taken = 0
            var refusal: HTTPReply?
            while refusal == nil, taken < 100_000 {
                let reply = try await server.collect(calls(from: taken, count: 100), to: workspace)
                if reply.status == 200 { taken += 100 } else { refusal = reply }
            }
            let full = try #require(refusal, "the disk never filled up")
            #expect(full.status == 503)
            #expect(full.headers["retry-after"].flatMap { Int($0) } ?? 0 > 0)
            #expect(full.json["code"]?.stringValue == "disk_full")
            #expect(full.json["message"]?.stringValue?.isEmpty == false)
            for _ in 0 ..< 20 {
                let status = try await server.collect(calls(from: taken, count: 100), to: workspace).status
                if status == 200 { taken += 100 } else { #expect(status == 503) }
            }
            let countWhenFull = try await server.eventCount("Poured", of: workspace)
            #expect(countWhenFull == taken, "questions are answered from a full disk")

            disk.free()
            var isTaken = false
            for _ in 0 ..< 100 where !isTaken {
                isTaken = try await server.collect(calls(from: taken, count: 100), to: workspace).status == 200
                if !isTaken { try await Task.sleep(for: .milliseconds(100)) }
            }
            #expect(isTaken, "calls are taken again within 10 s")
            taken += 100
            try await server.kill()
            server = try await ServerProcess.start(dataDirectory: disk.path)
            let count = try await server.eventCount("Poured", of: workspace)
            #expect(count == taken)
            try await server.stop()
        }

        @Test(
            "a crash on a full disk loses nothing acknowledged",
            .enabled(if: SmallDisk.isPermitted, "needs the right to mount a small disk"))
        func crashOnFullDisk() async throws {
            let folder = try TestFolder()
            let disk = try SmallDisk(at: folder.path("data"), megabytes: 48)
            var server = try await ServerProcess.start(dataDirectory: disk.path)
            let workspace = try await server.createWorkspace()
            try disk.fill(leaving: 256 << 10)
            var taken = 0
            while taken < 100_000, try await server.collect(calls(from: taken, count: 50), to: workspace).status == 200 {
                taken += 50
            }
            try await server.kill()
            disk.free()
            server = try await ServerProcess.start(dataDirectory: disk.path)
            let count = try await server.eventCount("Poured", of: workspace)
            #expect(count == taken)
            try await server.stop()
        }

        @Test(
            "a read-only data folder is said at the start, and the exit status is not 0",
            .enabled(if: SmallDisk.isPermitted, "needs the right to mount a small disk"))
        func readOnlyFolder() async throws {
            let folder = try TestFolder()
            let disk = try SmallDisk(at: folder.path("data"), megabytes: 48)
            let workspace = try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                let reply = try await server.collect(calls(from: 0, count: 10), to: workspace)
                #expect(reply.status == 200)
                return workspace
            }
            try disk.setReadOnly(true)
            let said = try await failedStart(disk.path)
            #expect(said.contains(disk.path), "\(said)")
            #expect(said.lowercased().contains("read-only") || said.contains("written"), "\(said)")
            try disk.setReadOnly(false)
            try await ServerProcess.with(folder) { server in
                let count = try await server.eventCount("Poured", of: workspace)
                #expect(count == 10)
            }
        }

        @Test("a folder that cannot be made is said")
        func impossibleFolder() async throws {
            let folder = try TestFolder()
            try Data("a file".utf8).write(to: URL(filePath: folder.path("file")))
            let said = try await failedStart(folder.path("file") + "/data")
            #expect(said.contains(folder.path("file")), "\(said)")
        }

        @Test("a torn end of the log is cut off, and all that was acknowledged is there", arguments: Tear.allCases)
        func tornTail(tear: Tear) async throws {
            let folder = try TestFolder()
            let (workspace, _) = try await crashedStore(in: folder, batches: 20)
            let log = try #require(folder.files(under: "data").last { $0.hasSuffix(".log") })
            var bytes = try Data(contentsOf: URL(filePath: log))
            bytes.append(contentsOf: tear.bytes(like: [UInt8](bytes)))
            try bytes.write(to: URL(filePath: log))
            try await ServerProcess.with(folder) { server in
                let count = try await server.eventCount("Poured", of: workspace)
                #expect(count == 200)
                let reply = try await server.collect(calls(from: 200, count: 10), to: workspace)
                #expect(reply.status == 200)
                let after = try await server.eventCount("Poured", of: workspace)
                #expect(after == 210)
            }
        }

        /// What a crash may leave behind the last whole record.
        enum Tear: CaseIterable {
            case zeros, halfRecord, noise, oneByte

            func bytes(like log: [UInt8]) -> [UInt8] {
                switch self {
                case .zeros: [UInt8](repeating: 0, count: 4_096)
                case .halfRecord: Array(log[32 ..< 32 + (log.count - 32) / 40])
                case .noise: (0 ..< 1_000).map { UInt8(truncatingIfNeeded: $0 * 131 + 7) }
                case .oneByte: [log[32]]
                }
            }
        }

        @Test("damage in the middle of a log is named with file and offset, by check and by serve")
        func damagedLog() async throws {
            let folder = try TestFolder()
            _ = try await crashedStore(in: folder, batches: 20)
            let log = try #require(folder.files(under: "data").last { $0.hasSuffix(".log") })
            try flip(log)
            try await expectDamage(named: log, folder: folder)
        }

        @Test("a damaged part is named with file and offset, and no other event is lost")
        func damagedPart() async throws {
            let folder = try TestFolder()
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                for batch in 0 ..< 150 {
                    let reply = try await server.collect(calls(from: batch * 2_000, count: 2_000), to: workspace)
                    #expect(reply.status == 200)
                }
            }
            let part = try #require(folder.files(under: "data").first { $0.hasSuffix(".part") }, "no part was written")
            try flip(part)
            try await expectDamage(named: part, folder: folder)
        }

        @Test("damage to a part or a log that a server is using is named by check at that server", arguments: [".part", ".log"])
        func damagedWhileServing(kind: String) async throws {
            let folder = try TestFolder()
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                for batch in 0 ..< (kind == ".part" ? 150 : 2) {
                    let reply = try await server.collect(calls(from: batch * 2_000, count: 2_000), to: workspace)
                    #expect(reply.status == 200)
                }
                func check() async throws -> (exit: ChildProcess.Exit, output: String, errors: String) {
                    try await ChildProcess.run(
                        ServerProcess.binary, ["check", "--url", server.url],
                        environment: ["TEAHOUSE_ADMIN_TOKEN": ServerProcess.adminToken])
                }
                let whole = try await check()
                #expect(whole.exit == .exited(0) && whole.output.contains("whole: "), "\(whole.errors)")
                let file = try #require(folder.files(under: "data").first { $0.hasSuffix(kind) })
                // Its directory at the end is in use; bytes in its middle are read when they are asked for.
                try flipInPlace(file)
                let damaged = try await check()
                #expect(damaged.exit == .exited(1) && damaged.output.contains(file), "\(damaged.output)\(damaged.errors)")
                #expect(damaged.output.contains(/DAMAGED.* byte \d/), "\(damaged.output)")
                try flipInPlace(file)
                #expect(try await check().exit == .exited(0))
            }
        }

        /// Turns a bit of a file that others have mapped.
        private func flipInPlace(_ path: String) throws {
            let descriptor = open(path, O_RDWR)
            try #require(descriptor >= 0)
            defer { close(descriptor) }
            let middle = lseek(descriptor, 0, SEEK_END) / 2
            var byte: UInt8 = 0
            try #require(pread(descriptor, &byte, 1, middle) == 1)
            byte ^= 0x10
            try #require(pwrite(descriptor, &byte, 1, middle) == 1)
        }

        /// A store that a crash left behind, with its calls in the log.
        private func crashedStore(in folder: TestFolder, batches: Int) async throws -> (TestWorkspace, Int) {
            let server = try await ServerProcess.start(dataDirectory: folder.path("data"))
            let workspace = try await server.createWorkspace()
            for batch in 0 ..< batches {
                let reply = try await server.collect(calls(from: batch * 10, count: 10), to: workspace)
                #expect(reply.status == 200)
            }
            try await server.kill()
            return (workspace, batches * 10)
        }

        private func flip(_ path: String) throws {
            var bytes = try Data(contentsOf: URL(filePath: path))
            bytes[bytes.count / 2] ^= 0x10
            try bytes.write(to: URL(filePath: path))
        }

        private func expectDamage(named path: String, folder: TestFolder) async throws {
            let check = try await ChildProcess.run(ServerProcess.binary, ["check", "--data", folder.path("data")])
            #expect(check.exit == .exited(1))
            let name = path.split(separator: "/").last.map(String.init) ?? path
            #expect((check.output + check.errors).contains(name), "\(check.output)\(check.errors)")
            #expect((check.output + check.errors).contains(/offset|byte \d/), "\(check.output)\(check.errors)")
        }

        /// What `serve` says when it will not start.
        private func failedStart(_ path: String) async throws -> String {
            let port = try ServerProcess.freePort()
            let run = try await ChildProcess.run(
                ServerProcess.binary, ["serve", "--data", path, "--listen", "127.0.0.1:\(port)"], upTo: .seconds(20))
            #expect(run.exit != .exited(0))
            let said = run.output + run.errors
            #expect(!said.contains("Fatal error"), "\(said)")
            return said
        }
    }
}

private func calls(from first: Int, count: Int) -> [JSONValue] {
    (first ..< first + count).map { number in
        [
            "type": "track", "event": "Poured", "messageId": .string("poured-\(number)"), "userId": .string("u\(number % 31)"),
            "timestamp": "2026-03-01T12:00:00Z", "properties": ["number": .int(Int64(number)), "tea": "龙井"],
        ]
    }
}
