import Dispatch
import Model
import Synchronization
import TestSupport
import Testing

extension SystemSuite {
    /// Connections that no decent client makes: each gets an answer or is ended, and the server goes on.
    @Suite("Hostile connections", .serialized) struct HostileConnectionTests {
        @Test("one messageId from 50 connections at once is one event, and all hear success")
        func sameMessage() async throws {
            let folder = try TestFolder()
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                let port = server.port
                let body = call(
                    event: "Once", key: workspace.writeKey, extra: #","messageId":"the-same","timestamp":"2026-03-01T00:00:00Z""#)
                let statuses = try await simultaneously(50) { _ in
                    let connection = try LoopbackConnection(port: port)
                    try connection.request("POST", "/v1/track", headers: json, body: body)
                    return try connection.reply().text
                }
                #expect(statuses.count == 50)
                #expect(statuses.allSatisfy { $0.contains("\"success\":true") }, "\(statuses.prefix(3))")
                let kept = try await server.eventCount("Once", of: workspace)
                #expect(kept == 1)
            }
        }

        @Test("one messageId with 50 payloads at once: one is taken, 49 hear of the conflict")
        func conflictingMessages() async throws {
            let folder = try TestFolder()
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                let port = server.port
                let replies = try await simultaneously(50) { index in
                    let connection = try LoopbackConnection(port: port)
                    let extra = #","messageId":"contested","timestamp":"2026-03-01T00:00:00Z","properties":{"n":\#(index)}"#
                    try connection.request(
                        "POST", "/v1/track", headers: json, body: call(event: "Contested", key: workspace.writeKey, extra: extra))
                    return try connection.reply().text
                }
                #expect(replies.count { $0.contains("\"success\":true") } == 1)
                #expect(replies.count { $0.contains("message_id_conflict") } == 49)
                let kept = try await server.eventCount("Contested", of: workspace)
                #expect(kept == 1)
            }
        }

        @Test("senders slower than a byte a second do not keep others waiting")
        func slowSenders() async throws {
            let folder = try TestFolder()
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                let slow = try (0 ..< 100).map { _ in
                    let connection = try LoopbackConnection(port: server.port)
                    try connection.send(Array("POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{\"ba".utf8))
                    return connection
                }
                let clock = ContinuousClock()
                let duration = try await clock.measure {
                    for index in 0 ..< 20 {
                        let reply = try await server.collect(
                            [["type": "track", "event": "Quick", "userId": .string("u\(index)")]], to: workspace)
                        #expect(reply.status == 200)
                    }
                }
                #expect(duration < .seconds(5))
                for connection in slow { try connection.send([UInt8(ascii: "t")]) }
                let kept = try await server.eventCount("Quick", of: workspace)
                #expect(kept == 20)
            }
        }

        @Test("a client that finishes sending before it reads is answered")
        func halfClosed() async throws {
            let folder = try TestFolder()
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                let port = server.port
                let body = call(event: "Half closed", key: workspace.writeKey)
                let reply = try await blocking {
                    let connection = try LoopbackConnection(port: port)
                    try connection.request("POST", "/v1/track", headers: json, body: body)
                    connection.finishSending()
                    return try connection.reply()
                }
                #expect(reply.status == 200)
                let kept = try await server.eventCount("Half closed", of: workspace)
                #expect(kept == 1)
            }
        }

        @Test("a body that ends too early is taken neither whole nor in part")
        func truncatedBody() async throws {
            let folder = try TestFolder()
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                let port = server.port
                let body = call(event: "Truncated", key: workspace.writeKey)
                try await blocking {
                    for cut in [0, 1, body.count / 2, body.count - 1] {
                        let connection = try LoopbackConnection(port: port, timeoutSeconds: 5)
                        try connection.send(
                            Array("POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body[..<cut]
                        )
                        connection.finishSending()
                        if let reply = try? connection.reply() { #expect(reply.status >= 400) }
                    }
                }
                try await expectAlive(server, workspace)
                let kept = try await server.eventCount("Truncated", of: workspace)
                #expect(kept == 0)
            }
        }

        @Test("bytes that are not HTTP end the connection, and the server goes on", arguments: [UInt64(7)])
        func garbage(seed: UInt64) async throws {
            let folder = try TestFolder()
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                let port = server.port
                try await blocking {
                    var random = SplitMix64(seed: seed)
                    for _ in 0 ..< 100 {
                        let bytes = (0 ..< Int.random(in: 1 ... 5_000, using: &random)).map { _ in
                            UInt8.random(in: 0 ... 255, using: &random)
                        }
                        let reply = try answer(to: bytes + Array("\r\n\r\n".utf8), port: port)
                        if let reply { #expect((400 ..< 600).contains(reply.status)) }
                    }
                }
                try await expectAlive(server, workspace)
            }
        }

        @Test("requests that are nearly HTTP are refused with a 4xx or ended")
        func almostHTTP() async throws {
            let folder = try TestFolder()
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                let port = server.port
                for request in HostileConnectionTests.almostRequests {
                    let reply = try await blocking { try answer(to: Array(request.utf8), port: port) }
                    if let reply { #expect((400 ..< 502).contains(reply.status), "\(request.prefix(80)): \(reply.status)") }
                    try await expectAlive(server, workspace)
                }
            }
        }

        /// The answer to raw bytes; nil when the connection was ended without one.
        ///
        /// - Throws: When neither comes within 10 s.
        private func answer(to bytes: [UInt8], port: UInt16) throws -> HTTPReply? {
            let connection = try LoopbackConnection(port: port, timeoutSeconds: 10)
            try? connection.send(bytes)
            connection.finishSending()
            return try? connection.reply()
        }

        static let almostRequests = [
            "GET\r\n\r\n", "POST /v1/track HTTP/9.9\r\n\r\n", "POST /v1/track HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
            "POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
            "POST /v1/track HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
            "POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\n{}",
            "POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "GET /" + String(repeating: "a", count: 100_000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + String(repeating: "b", count: 200_000) + "\r\n\r\n",
            "BREW /v1/tea HTTP/1.1\r\nHost: x\r\n\r\n", "GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /%00%ff HTTP/1.1\r\nHost: x\r\n\r\n",
        ]

        @Test("chunked bodies and Expect: 100-continue are understood")
        func chunked() async throws {
            let folder = try TestFolder()
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                let port = server.port
                let body = call(event: "In chunks", key: workspace.writeKey)
                let statuses = try await blocking {
                    let chunked = try LoopbackConnection(port: port)
                    try chunked.send(Array("POST /v1/track HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".utf8))
                    for byte in body { try chunked.send(Array("1\r\n".utf8) + [byte] + Array("\r\n".utf8)) }
                    try chunked.send(Array("0\r\n\r\n".utf8))
                    let expecting = try LoopbackConnection(port: port)
                    try expecting.send(
                        Array(
                            "POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.count)\r\nExpect: 100-continue\r\n\r\n"
                                .utf8) + body)
                    return [try chunked.reply().status, try expecting.reply().status]
                }
                #expect(statuses == [200, 200])
                let kept = try await server.eventCount("In chunks", of: workspace)
                #expect(kept == 2)
            }
        }

        @Test("requests sent behind one another on one connection are answered in order")
        func pipelined() async throws {
            let folder = try TestFolder()
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                let port = server.port
                let good = call(event: "Pipelined", key: workspace.writeKey)
                let statuses = try await blocking {
                    let connection = try LoopbackConnection(port: port)
                    for index in 0 ..< 10 {
                        try connection.request("POST", "/v1/track", headers: json, body: index % 2 == 0 ? good : Array("{".utf8))
                    }
                    return try (0 ..< 10).map { _ in try connection.reply().status }
                }
                #expect(statuses == [200, 400, 200, 400, 200, 400, 200, 400, 200, 400])
            }
        }

        @Test("connections that are reset in the middle leave nothing behind")
        func resets() async throws {
            let folder = try TestFolder()
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                let port = server.port
                let body = call(event: "Reset", key: workspace.writeKey)
                try await blocking {
                    for index in 0 ..< 200 {
                        let connection = try LoopbackConnection(port: port)
                        try connection.send(
                            Array("POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.count)\r\n\r\n".utf8)
                                + body[..<(index % body.count)])
                        connection.reset()
                    }
                }
                try await expectAlive(server, workspace)
            }
        }

        @Test("questions whose clients have gone are given up")
        func departedClients() async throws {
            let folder = try TestFolder()
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                for batch in 0 ..< 40 {
                    let calls = (0 ..< 500).map { index -> JSONValue in
                        [
                            "type": "track", "event": .string("E\(index % 7)"),
                            "userId": .string("u\((batch * 500 + index) % 4_001)"),
                        ]
                    }
                    #expect(try await server.collect(calls, to: workspace).status == 200)
                }
                let series = (0 ..< 20).map { number -> JSONValue in
                    ["selector": ["event": .string("E\(number % 7)")], "measure": "persons"]
                }
                let question: JSONValue = [
                    "kind": "trend", "interval": "month", "series": .array(series),
                    "range": ["from": "2010-01-01", "to": "2100-01-01"],
                ]
                let (port, body, key) = (server.port, Array(question.text.utf8), workspace.apiKey)
                // A client that ends its sending side reads no answer: all that can be seen of one that has gone.
                let statuses = try await simultaneously(20) { _ in
                    let connection = try LoopbackConnection(port: port)
                    let headers = ["Content-Type": "application/json", "Authorization": "Bearer \(key)"]
                    try connection.request("POST", "/api/v1/query", headers: headers, body: body)
                    connection.finishSending()
                    return try connection.reply().status
                }
                #expect(statuses.contains(408) && statuses.allSatisfy { $0 == 408 || $0 == 200 }, "\(statuses)")
                #expect(try await server.ask(question, of: workspace)["rows"] != nil, "who stays is answered")
                try await expectAlive(server, workspace)
            }
        }

        private func expectAlive(_ server: ServerProcess, _ workspace: TestWorkspace) async throws {
            let reply = try await server.collect([["type": "track", "event": "Alive", "userId": "u"]], to: workspace)
            #expect(reply.status == 200)
            #expect(server.child.isRunning)
        }
    }
}

private let json = ["Content-Type": "application/json"]

private func call(event: String, key: String, extra: String = "") -> [UInt8] {
    Array(#"{"writeKey":"\#(key)","userId":"u","event":"\#(event)"\#(extra)}"#.utf8)
}

/// Runs `count` pieces of blocking work that all begin at the same moment.
private func simultaneously<Value: Sendable>(
    _ count: Int, _ work: @escaping @Sendable (Int) throws -> Value
) async throws -> [Value] {
    try await withThrowingTaskGroup(of: Value.self) { group in
        for index in 0 ..< count { group.addTask { try await blocking { try work(index) } } }
        return try await group.reduce(into: []) { $0.append($1) }
    }
}
