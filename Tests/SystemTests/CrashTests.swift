import Model
import TestSupport
import Testing

extension SystemSuite {
    /// `kill -9` at any moment: every acknowledged call is there after the restart, once.
    @Suite("Crash", .serialized) struct CrashTests {
        @Test(
            "acknowledged calls survive 25 kills under load, each once", .timeLimit(.minutes(15)), arguments: [UInt64(20_261_122)])
        func killedUnderLoad(seed: UInt64) async throws {
            try await survive(kills: 25, seed: seed)
        }

        @Test(
            "acknowledged calls survive a thousand kills", .enabled(if: Surroundings.isSoaking, "set TEAHOUSE_SOAK=1"),
            arguments: [UInt64.random(in: 0 ... .max)])
        func soak(seed: UInt64) async throws {
            try await survive(kills: 1_000, seed: seed)
        }

        private func survive(kills: Int, seed: UInt64) async throws {
            var random = SplitMix64(seed: seed)
            let folder = try TestFolder()
            var loads: [CrashLoad] = []
            var server = try await ServerProcess.start(dataDirectory: folder.path("data"))
            let workspace = try await server.createWorkspace()
            var slowestStart = Duration.zero

            for round in 0 ..< kills {
                let load = CrashLoad(event: "Round \(round)", writeKey: workspace.writeKey)
                loads.append(load)
                load.start(port: server.port)
                try await Task.sleep(for: .milliseconds(Int.random(in: 5 ... 500, using: &random)))
                try await server.kill()
                await load.finish()
                #expect(load.problems == [])
                if round % 5 == 4 { try await killWhileStarting(folder, using: &random) }

                server = try await ServerProcess.start(dataDirectory: folder.path("data"))
                slowestStart = max(slowestStart, server.startDuration)
                let kept = try await server.eventCount(load.event, of: workspace)
                #expect(kept >= load.acknowledgedCount, "round \(round): acknowledged calls are lost")
                #expect(kept <= load.sentCount, "round \(round): calls were counted twice")
                // What a client does that never saw an answer.
                try await resend(load.doubtful, of: load, to: server)
                let whole = try await server.eventCount(load.event, of: workspace)
                #expect(whole == load.sentCount, "round \(round), after sending again what was not answered")
            }
            if Surroundings.isRelease { #expect(slowestStart < .seconds(2), "the slowest restart took \(slowestStart)") }

            // Were one call missing and another counted twice, sending all of it again would bring the total above the sum.
            let sent = loads.reduce(0) { $0 + $1.sentCount }
            for load in loads { try await resend(load.everything, of: load, to: server) }
            #expect(try await server.eventCount(nil, of: workspace) == sent)
            try await server.stop()
        }

        /// A crash during the recovery from the crash before.
        private func killWhileStarting(_ folder: TestFolder, using random: inout SplitMix64) async throws {
            let port = try ServerProcess.freePort()
            let child = try ChildProcess(
                ServerProcess.binary, ["serve", "--data", folder.path("data"), "--listen", "127.0.0.1:\(port)"])
            try await Task.sleep(for: .milliseconds(Int.random(in: 1 ... 150, using: &random)))
            child.signal(9)
            _ = try await child.wait(upTo: .seconds(10))
        }

        private func resend(_ requests: [CrashLoad.Request], of load: CrashLoad, to server: ServerProcess) async throws {
            let port = server.port
            let refused = try await blocking {
                let connection = try LoopbackConnection(port: port)
                return try requests.compactMap { request -> String? in
                    try connection.request(
                        "POST", load.path(of: request), headers: ["Content-Type": "application/json"], body: load.body(of: request))
                    let reply = try connection.reply()
                    return reply.status == 200 && reply.text.contains("\"success\":true") ? nil : "\(reply.status) \(reply.text)"
                }
            }
            #expect(refused == [])
        }
    }
}
