import Columns
import FoundationEssentials
import Model
import TestSupport
import Testing

extension SystemSuite {
    /// People erased from a server at work: afterwards no byte of them is in its folder.
    @Suite("Erasure", .serialized) struct ErasureTests {
        /// Somebody with words that nobody else uses.
        private struct Subject: Sendable {
            let number: Int

            var user: String { "subject-\(number)-of-the-erasure" }
            var browser: String { "browser-\(number)-of-the-erasure" }
            var mail: String { "Subject.\(number)@Erasure.Example" }
            /// Everything that they send and nobody else does.
            var words: [String] {
                [
                    user, browser, mail.lowercased(), "motto no \(number) 春眠不觉晓 of them", "poem-\(number)-in-a-list",
                    "message-\(number)-0-i", "message-\(number)-0-t", "message-\(number)-0-r",
                ]
            }

            func calls(_ round: Int) -> [JSONValue] {
                let context: JSONValue = [
                    "campaign": ["name": .string("poem-\(number)-in-a-list")], "page": ["url": .string("https://x/\(user)")],
                ]
                return [
                    [
                        "type": "identify", "messageId": .string("message-\(number)-\(round)-i"), "userId": .string(user),
                        "anonymousId": .string(browser), "traits": ["email": .string(mail), "motto": .string(words[3])],
                        "context": context,
                    ],
                    [
                        "type": "track", "event": "Reads", "messageId": .string("message-\(number)-\(round)-t"),
                        "userId": .string(user),
                        "properties": ["lines": [.string("poem-\(number)-in-a-list"), 7], "deep": ["text": .string(words[3])]],
                    ],
                    // Refused, so that it stands among the refusals with its payload.
                    ["type": "track", "messageId": .string("message-\(number)-\(round)-r"), "userId": .string(user)],
                ]
            }
        }

        @Test("Erased while they are being written, people are in no file, dictionary, log or record, also after a kill")
        func erasedUnderLoad() async throws {
            let folder = try TestFolder()
            var server = try await ServerProcess.start(dataDirectory: folder.path("data"))
            let workspace = try await server.createWorkspace()
            let load = CrashLoad(event: "Others", writeKey: workspace.writeKey)
            load.start(port: server.port, singles: 2, batches: 2)
            let subjects = (0 ..< 6).map { Subject(number: $0) }
            for subject in subjects { _ = try await server.collect(subject.calls(0), to: workspace) }
            // Somebody else names the first of them.
            let friend: JSONValue = [
                "type": "track", "event": "Tells", "userId": "friend", "messageId": "tells-1",
                "properties": ["about": .string("do you know \(subjects[0].mail)?"), "payer": .string(subjects[0].user)],
            ]
            let named: JSONValue = [
                "type": "track", "event": .string("Wrote to \(subjects[0].mail)"), "userId": "friend",
                "messageId": .string("mail to \(subjects[0].mail)"), "properties": [subjects[0].mail: true],
            ]
            _ = try await server.collect([friend, named], to: workspace)
            let busy = server
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for round in 1 ..< 40 { _ = try await busy.collect(subjects[0].calls(round), to: workspace) }
                }
                for subject in subjects.prefix(3) {
                    group.addTask {
                        let reply = try await busy.post(
                            "/api/v1/people/user_id:\(subject.user)/erase", ["suppress": true], bearer: workspace.apiKey)
                        #expect(reply.status == 200, "\(reply.text)")
                    }
                }
                try await group.waitForAll()
            }
            // Once more for what was refused while the first erasure was under way.
            let again = try await server.post(
                "/api/v1/people/user_id:\(subjects[0].user)/erase", ["suppress": true], bearer: workspace.apiKey)
            #expect(again.status == 200, "\(again.text)")
            try await isGone(Array(subjects.prefix(3)), folder, server)
            #expect(try await server.people(["did": ["event": "Reads"]], of: workspace).count == 3)
            #expect(try await server.people(["did": ["event": "Tells"]], of: workspace).count == 1)
            await load.finish()
            #expect(load.problems == [])
            try await server.kill()
            server = try await ServerProcess.start(dataDirectory: folder.path("data"))
            try await isGone(Array(subjects.prefix(3)), folder, server)
            #expect(try await server.people(["did": ["event": "Reads"]], of: workspace).count == 3)
            #expect(try await server.eventCount("Others", of: workspace) >= load.acknowledgedCount)
            let refused = try await server.collect(subjects[1].calls(9), to: workspace)
            #expect(refused.text.contains("suppressed_identity"))
            try await server.stop()
            try await commandLine(folder, subjects)
        }

        private func isGone(_ subjects: [Subject], _ folder: TestFolder, _ server: ServerProcess) async throws {
            for file in folder.files(under: "data") {
                let bytes = try Data(contentsOf: URL(filePath: file))
                for subject in subjects {
                    for word in subject.words {
                        #expect(!holds(bytes, word), "\(word) is in \(file)")
                    }
                }
            }
            // Files hold most texts packed: the program unpacks them all.
            for word in subjects.flatMap(\.words) {
                let reply = try await server.post(
                    "/api/v1/check/erased", ["identity": .string("word:\(word)")], bearer: ServerProcess.adminToken)
                #expect(reply.json["workspaces"]?.arrayValue?.allSatisfy { $0["gone"] == true } == true, "\(word): \(reply.text)")
            }
        }

        private func holds(_ bytes: Data, _ word: String) -> Bool {
            let word = Array(word.utf8)
            guard bytes.count >= word.count else { return false }
            return bytes.withUnsafeBytes { bytes in
                (0 ... bytes.count - word.count).contains { start in
                    bytes[start] == word[0] && word.indices.allSatisfy { bytes[start + $0] == word[$0] }
                }
            }
        }

        private func commandLine(_ folder: TestFolder, _ subjects: [Subject]) async throws {
            let gone = try await ChildProcess.run(
                ServerProcess.binary, ["check", "--data", folder.path("data"), "--erased", "email:\(subjects[0].mail)"])
            #expect(gone.exit == .exited(0) && gone.output.contains("gone"), "\(gone.output)\(gone.errors)")
            let there = try await ChildProcess.run(
                ServerProcess.binary, ["check", "--data", folder.path("data"), "--erased", "email:\(subjects[5].mail)"])
            #expect(there.exit == .exited(1) && there.output.contains("STILL THERE"), "\(there.output)\(there.errors)")
        }
    }
}
