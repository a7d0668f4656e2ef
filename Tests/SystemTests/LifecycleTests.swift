import Model
import TestSupport
import Testing

extension SystemSuite {
    /// Starting, stopping, and the contract that scripts rely on.
    @Suite("Lifecycle", .serialized) struct LifecycleTests {
        @Test("it is ready when it says its address, and health, readiness and metrics answer")
        func ready() async throws {
            let folder = try TestFolder()
            try await ServerProcess.with(folder) { server in
                let address = "127.0.0.1:\(server.port)"
                // It may be ready before what it has said is here.
                for _ in 0 ..< 600 where !(server.child.output + server.child.errors).contains(address) {
                    try await Task.sleep(for: .milliseconds(50))
                }
                #expect((server.child.output + server.child.errors).contains(address))
                #expect(server.child.output.split(separator: "\n").filter { $0.contains(address) }.count <= 1)
                for path in ["/healthz", "/readyz", "/metrics"] {
                    #expect(try await server.request("GET", path).status == 200, "\(path)")
                }
                let metrics = try await server.request("GET", "/metrics")
                #expect(metrics.headers["content-type"]?.hasPrefix("text/plain") == true)
                #expect(metrics.text.contains("# TYPE"))
            }
        }

        @Test("settings come from the environment too")
        func environment() async throws {
            let folder = try TestFolder()
            let port = try ServerProcess.freePort()
            let child = try ChildProcess(
                ServerProcess.binary, ["serve"],
                environment: ["TEAHOUSE_DATA": folder.path("data"), "TEAHOUSE_LISTEN": "127.0.0.1:\(port)"])
            let answer = try await blocking { try healthWhenUp(port: port) }
            #expect(answer == 200)
            child.signal(15)
            #expect(try await child.wait(upTo: .seconds(10)) == .exited(0))
        }

        @Test("SIGTERM under load: within 5 s, exit status 0, and nothing acknowledged is lost")
        func terminates() async throws {
            let folder = try TestFolder()
            let server = try await ServerProcess.start(dataDirectory: folder.path("data"))
            let workspace = try await server.createWorkspace()
            let load = CrashLoad(event: "Before the end", writeKey: workspace.writeKey)
            load.start(port: server.port)
            try await Task.sleep(for: .milliseconds(300))
            let (exit, duration) = try await server.stop()
            await load.finish()
            #expect(exit == .exited(0))
            #expect(duration < .seconds(5))
            #expect(load.problems == [])
            #expect(load.acknowledgedCount > 0)
            try await ServerProcess.with(folder) { server in
                let kept = try await server.eventCount(load.event, of: workspace)
                #expect(kept >= load.acknowledgedCount)
                #expect(kept <= load.sentCount)
            }
        }

        @Test("SIGTERM ends idle and half-sent connections too")
        func terminatesWithConnections() async throws {
            let folder = try TestFolder()
            let server = try await ServerProcess.start(dataDirectory: folder.path("data"))
            let idle = try LoopbackConnection(port: server.port)
            let half = try LoopbackConnection(port: server.port)
            try half.send(Array("POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{".utf8))
            let (exit, duration) = try await server.stop()
            #expect(exit == .exited(0))
            #expect(duration < .seconds(5))
            withExtendedLifetime((idle, half)) {}
        }

        @Test("a second process on the same folder says so and leaves; the first goes on")
        func secondProcess() async throws {
            let folder = try TestFolder()
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                let port = try ServerProcess.freePort()
                let second = try await ChildProcess.run(
                    ServerProcess.binary, ["serve", "--data", folder.path("data"), "--listen", "127.0.0.1:\(port)"],
                    upTo: .seconds(20))
                #expect(second.exit != .exited(0))
                let said = second.output + second.errors
                #expect(said.contains(folder.path("data")), "\(said)")
                #expect(!said.contains("Fatal error"), "\(said)")
                let reply = try await server.collect([["type": "track", "event": "Still here", "userId": "u"]], to: workspace)
                #expect(reply.status == 200)
            }
        }

        @Test("an address in use is said, and the exit status is not 0")
        func addressInUse() async throws {
            let folder = try TestFolder()
            let other = try TestFolder()
            try await ServerProcess.with(folder) { server in
                let second = try await ChildProcess.run(
                    ServerProcess.binary, ["serve", "--data", other.path("data"), "--listen", "127.0.0.1:\(server.port)"],
                    upTo: .seconds(20))
                #expect(second.exit != .exited(0))
                #expect((second.output + second.errors).contains("\(server.port)"), "\(second.output)\(second.errors)")
            }
        }

        @Test(
            "an address that cannot be listened on is explained in one sentence",
            arguments: [
                ("192.0.2.1:0", "192.0.2.1"), ("no-such-host.invalid:8080", "no-such-host.invalid"),
                ("[2001:db8::1]:0", "2001:db8::1"),
            ])
        func addressImpossible(listen: String, host: String) async throws {
            let folder = try TestFolder()
            // Else it would go before the server makes its own in it, which then stays.
            defer { withExtendedLifetime(folder) {} }
            let child = try await ChildProcess.run(
                ServerProcess.binary, ["serve", "--data", folder.path("data"), "--listen", listen], upTo: .seconds(20))
            #expect(child.exit != .exited(0))
            let said = child.output + child.errors
            #expect(said.contains("teahouse: ") && said.contains(host) && said.contains("--listen"), "\(said)")
            #expect(!said.contains("errno") && !said.contains("Error:"), "\(said)")
        }

        @Test("a data folder that cannot be made is explained")
        func folderImpossible() async throws {
            let child = try await ChildProcess.run(ServerProcess.binary, ["serve", "--data", "/proc/teahouse"], upTo: .seconds(20))
            #expect(child.exit == .exited(1))
            #expect(child.errors.contains("/proc/teahouse") && child.errors.contains("--data"), "\(child.errors)")
        }

        @Test("a restart keeps workspaces, keys, people and events")
        func restart() async throws {
            let folder = try TestFolder()
            let workspace = try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace(name: "茶馆", timezone: "Asia/Shanghai", currency: "CNY")
                let calls: [JSONValue] = [
                    ["type": "identify", "userId": "ann", "anonymousId": "a1", "traits": ["name": "安"]],
                    ["type": "track", "event": "Tea Poured", "anonymousId": "a1"],
                ]
                #expect(try await server.collect(calls, to: workspace).status == 200)
                return workspace
            }
            try await ServerProcess.with(folder) { server in
                let count = try await server.eventCount("Tea Poured", of: workspace)
                #expect(count == 1)
                let people = try await server.people(["trait": "name", "op": "=", "value": "安"], of: workspace)
                #expect(people == [["a1", "ann"]])
            }
        }

        private func healthWhenUp(port: UInt16) throws -> Int {
            let end = ContinuousClock.now + .seconds(20)
            while true {
                do {
                    let connection = try LoopbackConnection(port: port)
                    try connection.request("GET", "/healthz")
                    return try connection.reply().status
                } catch _ where ContinuousClock.now < end { continue }
            }
        }
    }
}
