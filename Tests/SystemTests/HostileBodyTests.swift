import CZlib
import FoundationEssentials
import Model
import TestSupport
import Testing

extension SystemSuite {
    /// Bodies that no decent client sends, through the whole program: a clear answer each, innocent neighbours taken, the server goes on.
    @Suite("Hostile bodies", .serialized) struct HostileBodyTests {
        /// A body to `/v1/batch` and the status that answers it.
        struct Refused: Sendable, CustomTestStringConvertible {
            var testDescription: String
            var status: Int
            var body: [UInt8]
            var headers: [String: String] = [:]

            init(_ what: String, _ status: Int, _ body: String, headers: [String: String] = [:]) {
                testDescription = what
                self.status = status
                self.body = Array(body.utf8)
                self.headers = headers
            }
        }

        static let refusedBodies = [
            Refused("nothing", 400, ""), Refused("white space", 400, " \n\t"), Refused("a word", 400, "tea"),
            Refused("a number", 400, "1e400"), Refused("a list", 400, "[]"), Refused("an empty batch", 400, #"{"batch":[]}"#),
            Refused("no batch", 400, "{}"), Refused("a batch that is text", 400, #"{"batch":"tea"}"#),
            Refused("cut off", 400, #"{"batch":[{"type":"track""#), Refused("two values", 400, #"{"batch":[]} {}"#),
            Refused("trailing comma", 400, #"{"batch":[{"type":"track","event":"A","userId":"u"},]}"#),
            Refused("single quotes", 400, "{'batch':[]}"),
            Refused("a byte order mark of UTF-16", 400, "\u{FEFF}{}x"),
            Refused("nested 100,000 deep", 400, #"{"batch":"# + String(repeating: "[", count: 100_000)),
            Refused("objects nested 100,000 deep", 400, String(repeating: #"{"a":"#, count: 100_000)),
            Refused("5 MB", 413, #"{"batch":[{"type":"track","event":""# + String(repeating: "x", count: 5 << 20) + #""}]}"#),
            Refused(
                "3,000 calls", 413,
                #"{"batch":["#
                    + Array(repeating: #"{"type":"track","event":"A","userId":"u"}"#, count: 3_000).joined(separator: ",") + "]}"),
            Refused("not gzip", 400, "tea", headers: ["Content-Encoding": "gzip"]),
            Refused("not deflate", 400, "tea", headers: ["Content-Encoding": "deflate"]),
            Refused("not zstd", 400, "tea", headers: ["Content-Encoding": "zstd"]),
            Refused("an unknown encoding", 415, "{}", headers: ["Content-Encoding": "tea"]),
        ]

        @Test("a body that is wrong as a whole is refused with code and message", arguments: [refusedBodies])
        func refused(bodies: [Refused]) async throws {
            try await withWorkspace { server, workspace in
                for body in bodies {
                    let headers = basic(workspace).merging(body.headers) { $1 }
                    let reply = try await server.request("POST", "/v1/batch", headers: headers, body: body.body)
                    #expect(reply.status == body.status, "\(body.testDescription): \(reply.status) \(reply.text.prefix(300))")
                    #expect(reply.json["code"]?.stringValue?.isEmpty == false, "\(body.testDescription): \(reply.text.prefix(300))")
                    #expect(reply.json["message"]?.stringValue?.isEmpty == false, "\(body.testDescription)")
                }
                let count = try await server.eventCount(nil, of: workspace)
                #expect(count == 0)
            }
        }

        @Test("bombs are refused while they inflate, and memory stays", arguments: ["gzip", "deflate", "zstd"])
        func bombs(encoding: String) async throws {
            try await withWorkspace { server, workspace in
                let bomb = try #require(Bombs.bytes[encoding])
                let before = try residentKilobytes(server)
                for _ in 0 ..< 10 {
                    let headers = basic(workspace).merging(["Content-Encoding": encoding]) { $1 }
                    let reply = try await server.request("POST", "/v1/batch", headers: headers, body: bomb)
                    #expect(reply.status == 413, "\(reply.status) \(reply.text.prefix(200))")
                }
                #expect(try residentKilobytes(server) < before + 200_000)
            }
        }

        @Test("one bad call does not take its neighbours with it, and is named")
        func neighbours() async throws {
            try await withWorkspace { server, workspace in
                let bad: [(String, String)] = [
                    ("missing_identity", #"{"type":"track","event":"Bad"}"#),
                    ("unknown_type", #"{"type":"brew","event":"Bad","userId":"u"}"#),
                    ("invalid_type", #"{"type":"track","event":"Bad","userId":{"id":"u"}}"#),
                    ("invalid_type", #"{"type":"track","event":["Bad"],"userId":"u"}"#),
                    ("invalid_type", #"{"type":"track","event":"Bad","userId":"u","properties":"text"}"#),
                    ("invalid_timestamp", #"{"type":"track","event":"Bad","userId":"u","timestamp":[]}"#),
                    ("not_an_object", "42"),
                    ("id_too_long", #"{"type":"track","event":"Bad","userId":""# + String(repeating: "i", count: 20_000) + #""}"#),
                    (
                        "message_id_too_long",
                        #"{"type":"track","event":"Bad","userId":"u","messageId":""# + String(repeating: "m", count: 101) + #""}"#
                    ),
                    ("name_too_long", #"{"type":"track","userId":"u","event":""# + String(repeating: "n", count: 201) + #""}"#),
                    (
                        "event_too_large",
                        #"{"type":"track","event":"Bad","userId":"u","properties":{"x":""# + String(repeating: "x", count: 40_000)
                            + #""}}"#
                    ),
                    ("too_deep", #"{"type":"track","event":"Bad","userId":"u","properties":"# + nested(40) + "}"),
                    ("too_deep", #"{"type":"track","event":"Bad","userId":"u","properties":"# + nested(4_000) + "}"),
                    ("too_many_keys", #"{"type":"track","event":"Bad","userId":"u","properties":{"# + keys(1_000) + "}}"),
                ]
                let good = #"{"type":"track","event":"Good","userId":"u"}"#
                let calls = bad.flatMap { [good, $0.1] } + [good]
                let body = Array((#"{"batch":["# + calls.joined(separator: ",") + "]}").utf8)
                let reply = try await server.request("POST", "/v1/batch", headers: basic(workspace), body: body)
                #expect(reply.status == 200)
                #expect(reply.json["success"]?.boolValue == false)
                #expect(reply.json["accepted"]?.intValue == Int64(bad.count + 1))
                let rejected = reply.json["rejected"]?.arrayValue ?? []
                #expect(rejected.map { $0["code"]?.stringValue ?? "" } == bad.map(\.0))
                #expect(rejected.map { $0["index"]?.intValue ?? -1 } == bad.indices.map { Int64($0 * 2 + 1) })
                #expect(rejected.allSatisfy { $0["reason"]?.stringValue?.isEmpty == false })
                let count = try await server.eventCount("Good", of: workspace)
                #expect(count == bad.count + 1)
                let strict = try await server.request("POST", "/v1/batch?strict=1", headers: basic(workspace), body: body)
                #expect(strict.status == 400)
                let after = try await server.eventCount("Good", of: workspace)
                #expect(after == bad.count + 1, "strict takes nothing")
            }
        }

        @Test("an id of 100 KB and 10,000 keys are refused and nothing else")
        func hugeParts() async throws {
            try await withWorkspace { server, workspace in
                let good = #"{"type":"track","event":"Good","userId":"u"}"#
                let id = #"{"type":"track","event":"Bad","userId":""# + String(repeating: "茶", count: 34_000) + #""}"#
                let many = #"{"type":"track","event":"Bad","userId":"u","properties":{"# + keys(10_000) + "}}"
                let body = Array((#"{"batch":["# + [id, good, many].joined(separator: ",") + "]}").utf8)
                let reply = try await server.request("POST", "/v1/batch", headers: basic(workspace), body: body)
                #expect(reply.status == 200)
                #expect(reply.json["accepted"]?.intValue == 1)
                #expect(reply.json["rejected"]?.arrayValue?.count == 2)
            }
        }

        static let hostileNames = [
            "\u{0}", "a\u{0}b", "\u{1B}[31mred", "line\nbreak\rand\ttab", "\u{202E}desrever", "zero\u{200B}width",
            "<script>alert(1)</script>", "'; DROP TABLE events; --", "__proto__", "constructor", "hasOwnProperty",
            "../../etc/passwd", "%00%0a", "\"quoted\"", "back\\slash", "{{mustache}}", "${injection}", "👩‍👩‍👧‍👦", "e\u{301}",
            "\u{e9}", "\u{FFFF}", "\u{FEFF}bom", "key.with.dots", "key with \u{1F} unit", " ",
        ]

        @Test("hostile names of events, people, traits and properties are kept as they are")
        func names() async throws {
            try await withWorkspace { server, workspace in
                let names = HostileBodyTests.hostileNames
                let calls: [JSONValue] = names.enumerated().flatMap { index, name -> [JSONValue] in
                    [
                        [
                            "type": "track", "event": .string(name), "userId": .string("u\(index)" + name),
                            "properties": [(name): .string(name), "plain": .string(name)],
                        ],
                        ["type": "identify", "userId": .string("u\(index)" + name), "traits": ["word": .string(name)]],
                    ]
                }
                let reply = try await server.collect(calls, to: workspace)
                #expect(reply.status == 200)
                #expect(reply.text.contains("\"success\":true"), "\(reply.text.prefix(500))")
                for (index, name) in names.enumerated() {
                    let count = try await server.eventCount(name, of: workspace)
                    #expect(count == 1, "\(name.debugDescription)")
                    let people = try await server.people(
                        ["did": ["event": .string(name), "where": ["property": "plain", "op": "=", "value": .string(name)]]],
                        of: workspace)
                    #expect(people == [["u\(index)" + name]], "\(name.debugDescription)")
                    let traits = try await server.people(["trait": "word", "op": "=", "value": .string(name)], of: workspace)
                    #expect(traits == [["u\(index)" + name]], "\(name.debugDescription)")
                }
            }
        }

        @Test("times from year 0 to 9999 and times that are none")
        func times() async throws {
            try await withWorkspace { server, workspace in
                let impossible = [
                    "0000-01-01T00:00:00Z", "1970-12-31T23:59:59Z", "9999-12-31T23:59:59.999Z", "2500-01-01T00:00:00+14:00",
                ]
                for time in impossible {
                    let reply = try await server.collect(
                        [["type": "track", "event": "Clamped", "userId": "u", "timestamp": .string(time)]], to: workspace)
                    #expect(reply.text.contains("\"success\":true"), "\(time): \(reply.text)")
                }
                let recent = try await server.people(
                    ["did": ["event": "Clamped"], "times": ["op": "=", "value": 4], "within": ["last": "1d"]], of: workspace)
                #expect(recent == [["u"]], "impossible times become the instant of receipt")
                for time in ["yesterday", "2026-02-30T00:00:00Z", "2026-13-01", "26:00"] {
                    let reply = try await server.collect(
                        [["type": "track", "event": "None", "userId": "u", "timestamp": .string(time)]], to: workspace)
                    #expect(
                        reply.json["rejected"]?.arrayValue?.first?["code"]?.stringValue == "invalid_timestamp",
                        "\(time): \(reply.text)")
                }
            }
        }

        @Test("invalid UTF-8 and lone surrogates are taken as U+FFFD")
        func encodings() async throws {
            try await withWorkspace { server, workspace in
                var body = Array(#"{"batch":[{"type":"track","userId":"u","event":"Bad "#.utf8) + [0xFF, 0xC0, 0x80]
                body += Array(#""},{"type":"track","userId":"u","event":"Lone \ud83d"}]}"#.utf8)
                let reply = try await server.request("POST", "/v1/batch", headers: basic(workspace), body: body)
                #expect(reply.status == 200 && reply.text.contains("\"success\":true"), "\(reply.text)")
                let lone = try await server.eventCount("Lone \u{FFFD}", of: workspace)
                #expect(lone == 1)
                let all = try await server.eventCount(nil, of: workspace)
                #expect(all == 2)
            }
        }

        private func withWorkspace(_ work: (ServerProcess, TestWorkspace) async throws -> Void) async throws {
            let folder = try TestFolder()
            try await ServerProcess.with(folder) { server in
                let workspace = try await server.createWorkspace()
                try await work(server, workspace)
                let reply = try await server.collect([["type": "track", "event": "Alive", "userId": "alive"]], to: workspace)
                #expect(reply.status == 200, "the server goes on")
            }
        }

        private func nested(_ depth: Int) -> String {
            String(repeating: #"{"a":"#, count: depth) + "1" + String(repeating: "}", count: depth)
        }

        private func keys(_ count: Int) -> String { (0 ..< count).map { #""k\#($0)":1"# }.joined(separator: ",") }
    }
}

/// The credentials that SDKs send, and the type of their bodies.
private func basic(_ workspace: TestWorkspace) -> [String: String] {
    let credentials = Data("\(workspace.writeKey):".utf8).base64EncodedString()
    return ["Authorization": "Basic \(credentials)", "Content-Type": "application/json"]
}

/// What the server holds in memory now.
private func residentKilobytes(_ server: ServerProcess) throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(server.child.pid)/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
    return try #require(line.split(separator: " ").dropLast().last.flatMap { Int($0) })
}

/// Small bodies that inflate to 200 MB of spaces.
private enum Bombs {
    static let bytes: [String: [UInt8]] = ["gzip": deflated(window: 31), "deflate": deflated(window: 15), "zstd": zstd]

    private static func deflated(window: Int32) -> [UInt8] {
        var stream = z_stream()
        deflateInit2_(&stream, 9, Z_DEFLATED, window, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        defer { deflateEnd(&stream) }
        var spaces = [UInt8](repeating: UInt8(ascii: " "), count: 1 << 20)
        var output = [UInt8](repeating: 0, count: 1 << 20)
        output.withUnsafeMutableBufferPointer { output in
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            for round in 1 ... 200 {
                spaces.withUnsafeMutableBufferPointer { spaces in
                    stream.next_in = spaces.baseAddress
                    stream.avail_in = UInt32(spaces.count)
                    deflate(&stream, round == 200 ? Z_FINISH : Z_NO_FLUSH)
                }
            }
        }
        return Array(output[..<Int(stream.total_out)])
    }

    /// A zstd frame of blocks that each say "128 KiB of this byte".
    private static let zstd: [UInt8] = {
        let window: UInt8 = 7 << 3
        let block: [UInt8] = [0x02, 0x00, 0x10, UInt8(ascii: " ")]
        let last: [UInt8] = [0x03, 0x00, 0x10, UInt8(ascii: " ")]
        return [0x28, 0xB5, 0x2F, 0xFD, 0x00, window] + Array(repeating: block, count: 1_599).joined() + last
    }()
}
