import EventStore
import Foundation
import HTTPAPI
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Intake
import Logging
import Model
import NIOCore
import People
import Records
import Synchronization
import Testing

/// Collect over HTTP, in process: one workspace with a few sources.
final class CollectWorld: CollectAuthority, RejectionSink, WallClock {
    let folder = FileManager.default.temporaryDirectory.appending(path: "teahouse-collect-\(UUID().uuidString)")
    let store: WorkspaceStore
    let kept = Mutex<[KeptRejection]>([])
    private let intakeBox = Mutex<Intake?>(nil)

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        store = try WorkspaceStore.open(directory: folder.path, logger: Logger(label: "test"))
        let intake = Intake(store: store, identities: IdentityRules(), rejections: self, clock: self, logger: Logger(label: "test"))
        intakeBox.withLock { $0 = intake }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var now: Instant { Instant(microseconds: 1_773_133_200_000_000) }
    func keep(_ rejections: [KeptRejection]) async { kept.withLock { $0 += rejections } }

    /// What one of its sources, wk_big, takes.
    var collectBodyBytesMax: Int { 8 << 20 }

    func collectTarget(writeKey: String) -> CollectTarget? {
        guard let intake = intakeBox.withLock({ $0 }) else { return nil }
        var source = IntakeSource(id: SourceID(text: "src_http"), isTrusted: true, allowsHistory: true)
        switch writeKey {
        case "wk_good": break
        case "wk_suppressed": source.isSuppressed = true
        case "wk_limited": source.limits.requestsPerSecond = 1
        case "wk_small": source.limits.bodyBytes = 200
        case "wk_closed": source.allowsHistory = false
        case "wk_big": source.limits.bodyBytes = 8 << 20
        default: return nil
        }
        return CollectTarget(intake: intake, source: source)
    }

    /// Lets go of the intake, which holds this as its sink: else neither would ever end, nor its folder.
    func forget() { intakeBox.withLock { $0 = nil } }

    var eventCount: Int { store.snapshot().eventCount }
}

@Suite struct CollectTests {
    static let good = "Basic " + Data("wk_good:".utf8).base64EncodedString()

    private func withClient(_ body: @escaping @Sendable (any TestClientProtocol, CollectWorld) async throws -> Void) async throws {
        let world = try CollectWorld()
        let router = Router()
        CollectRoutes(authority: world).add(to: router)
        let application = Application(router: router, logger: Logger(label: "test"))
        defer { world.forget() }
        try await application.test(.router) { client in try await body(client, world) }
        await world.store.close()
    }

    private func post(
        _ client: any TestClientProtocol, _ path: String, _ body: String, authorization: String? = good,
        type: String? = "application/json",
        encoding: String? = nil, bytes: [UInt8]? = nil
    ) async throws -> TestResponse {
        var headers = HTTPFields()
        if let authorization { headers[.authorization] = authorization }
        if let type { headers[.contentType] = type }
        if let encoding { headers[.contentEncoding] = encoding }
        return try await client.execute(
            uri: path, method: .post, headers: headers, body: ByteBuffer(bytes: bytes ?? Array(body.utf8)))
    }

    private static let bodies: [String: String] = [
        "identify": #"{"userId":"u"}"#, "track": #"{"userId":"u","event":"e"}"#, "page": #"{"userId":"u"}"#,
        "screen": #"{"userId":"u"}"#,
        "group": #"{"userId":"u","groupId":"g"}"#, "alias": #"{"userId":"u","previousId":"a"}"#,
        "batch": #"{"batch":[{"type":"track","userId":"u","event":"e"}]}"#,
    ]

    @Test(
        "Every path and its short twin, with and without a slash at its end, answers exactly 200 and a JSON object",
        arguments: [
            ("identify", "i"), ("track", "t"), ("page", "p"), ("screen", "s"), ("group", "g"), ("alias", "a"), ("batch", "b"),
        ])
    func paths(long: String, short: String) async throws {
        try await withClient { client, world async throws in
            for path in ["/v1/\(long)", "/v1/\(long)/", "/v1/\(short)", "/v1/\(short)/"] {
                let response = try await post(client, path, CollectTests.bodies[long] ?? "")
                #expect(response.status == .ok, "\(path)")
                #expect(String(buffer: response.body) == #"{"success":true}"#)
                #expect(response.headers[.contentType]?.hasPrefix("application/json") == true)
                #expect(response.headers[.accessControlAllowOrigin] == "*")
            }
            #expect(world.eventCount == 4)
        }
    }

    @Test(
        "The write key comes as Basic, with or without its colon, as Bearer, in the body or in the query",
        arguments: [
            (CollectTests.good, "", ""), ("Basic " + Data("wk_good".utf8).base64EncodedString(), "", ""),
            ("basic " + Data("wk_good:".utf8).base64EncodedString(), "", ""),
            ("Bearer wk_good", "", ""), (nil, "", "?writeKey=wk_good"), (nil, #","writeKey":"wk_good""#, ""),
        ] as [(String?, String, String)])
    func keys(authorization: String?, member: String, query: String) async throws {
        try await withClient { client, world async throws in
            let response = try await post(
                client, "/v1/track" + query, #"{"userId":"u","event":"e"\#(member)}"#, authorization: authorization)
            #expect(response.status == .ok)
            #expect(world.eventCount == 1)
        }
    }

    @Test(
        "Refusals have their status, and a body with code and message beside the members of RFC 9457",
        arguments: [
            ("Bearer nobody", "/v1/track", #"{"userId":"u","event":"e"}"#, 401, "unauthorized"),
            (nil, "/v1/track", #"{"userId":"u","event":"e"}"#, 401, "unauthorized"),
            ("Basic !!!", "/v1/track", "{}", 401, "unauthorized"),
            ("Digest x", "/v1/track", "{}", 401, "unauthorized"), ("Bearer wk_suppressed", "/v1/track", "{}", 403, "forbidden"),
            ("Bearer wk_closed", "/v1/batch?historical=1", "{}", 403, "history_closed"),
            ("Bearer wk_good", "/v1/track", #"{"event":"e"}"#, 400, "missing_identity"),
            ("Bearer wk_good", "/v1/track", "{", 400, "malformed_json"),
            ("Bearer wk_good", "/v1/track", "", 400, "malformed_json"),
            ("Bearer wk_good", "/v1/batch", #"{"batch":[]}"#, 400, "empty_batch"),
            ("Bearer wk_good", "/v1/batch?strict=1", #"{"batch":[{"type":"track","event":"e"}]}"#, 400, "missing_identity"),
            ("Bearer wk_small", "/v1/track", String(repeating: " ", count: 201), 413, "body_too_large"),
            (
                "Bearer wk_good", "/v1/track",
                #"{"userId":"u","event":"e","properties":{"x":"\#(String(repeating: "y", count: 33_000))"}}"#, 413,
                "event_too_large"
            ),
        ] as [(String?, String, String, Int, String)])
    func refusals(authorization: String?, path: String, body: String, status: Int, code: String) async throws {
        try await withClient { client, world async throws in
            let response = try await post(client, path, body, authorization: authorization)
            #expect(response.status.code == status)
            let json = try JSONSerialization.jsonObject(with: Data(response.body.readableBytesView)) as? [String: Any]
            #expect(json?["code"] as? String == code)
            #expect((json?["message"] as? String)?.isEmpty == false)
            #expect(json?["status"] as? Int == status && json?["type"] != nil && json?["detail"] != nil)
            #expect((json?["title"] as? String)?.isEmpty == false)
            #expect((json?["pointer"] as? String)?.isEmpty != false || (json?["pointer"] as? String)?.hasPrefix("/") == true)
            #expect(response.headers[.contentType]?.hasPrefix("application/json") == true)
            #expect(response.headers[.accessControlAllowOrigin] == "*")
            #expect(world.eventCount == 0)
        }
    }

    @Test("A strict batch with a conflict is 400 and leaves nothing behind")
    func strictConflict() async throws {
        try await withClient { client, world async throws in
            let call = #"{"type":"track","userId":"u","event":"e","messageId":"1"}"#
            let other = #"{"type":"track","userId":"u","event":"f","messageId":"1"}"#
            let new = #"{"type":"track","userId":"u","event":"e","messageId":"2"}"#
            #expect(try await post(client, "/v1/batch", "{\"batch\":[\(call)]}").status == .ok)
            let refused = try await post(client, "/v1/batch?strict=1", "{\"batch\":[\(new),\(other)]}")
            #expect(refused.status.code == 400)
            #expect(String(buffer: refused.body).contains(#""code":"message_id_conflict""#))
            #expect(world.eventCount == 1)
            #expect(try await post(client, "/v1/batch?strict=1", "{\"batch\":[\(new),\(call)]}").status == .ok)
            #expect(world.eventCount == 2)
        }
    }

    @Test("Content types: JSON, text of beacons, or none; others are 415")
    func contentTypes() async throws {
        try await withClient { client, _ async throws in
            for type in [
                "application/json", "application/json; charset=utf-8", "application/json;charset=\"UTF-8\"", "text/plain",
                "text/plain;charset=UTF-8", nil,
            ] {
                #expect(
                    try await post(client, "/v1/track", #"{"userId":"u","event":"e"}"#, type: type).status == .ok,
                    "\(type ?? "none")")
            }
            for type in [
                "application/x-www-form-urlencoded", "text/html", "multipart/form-data; boundary=x",
                "application/json; charset=gbk",
            ] {
                #expect(
                    try await post(client, "/v1/track", #"{"userId":"u","event":"e"}"#, type: type).status.code == 415, "\(type)")
            }
        }
    }

    @Test("Content encodings: damaged is 400, unknown is 415, a bomb is 413")
    func encodings() async throws {
        try await withClient { client, world async throws in
            #expect(try await post(client, "/v1/track", "xx", encoding: "gzip").status.code == 400)
            #expect(try await post(client, "/v1/track", "xx", encoding: "br").status.code == 415)
            // 100,000 blanks in 130 bytes, for a source that takes 200.
            let bomb = try #require(
                Data(
                    base64Encoded:
                        "eNrtwTEBAAAAwqAq65/SGh5AAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAK8GHgnW0Q=="
                ))
            let response = try await post(
                client, "/v1/track", "", authorization: "Bearer wk_small", encoding: "deflate", bytes: Array(bomb))
            #expect(response.status.code == 413)
            #expect(world.kept.withLock { $0.map(\.code.text) } == ["bad_encoding", "unsupported_encoding", "body_too_large"])
            #expect(world.eventCount == 0)
        }
    }

    @Test(
        "Whatever refuses a body, it can be seen afterwards with its beginning",
        arguments: [
            ("Bearer wk_suppressed", "/v1/track", "application/json", nil, "forbidden"),
            ("Bearer wk_closed", "/v1/batch?historical=1", "application/json", nil, "history_closed"),
            ("Bearer wk_limited", "/v1/track", "application/json", nil, "rate_limited"),
            ("Bearer wk_good", "/v1/track", "text/html", nil, "unsupported_media_type"),
            ("Bearer wk_good", "/v1/track", "application/json; charset=gbk", nil, "unsupported_media_type"),
            ("Bearer wk_good", "/v1/track", "application/json", "br", "unsupported_encoding"),
            ("Bearer wk_small", "/v1/track", "application/json", nil, "body_too_large"),
            (nil, "/v1/track?writeKey=wk_small", "application/json", nil, "body_too_large"),
        ] as [(String?, String, String, String?, String)])
    func keptBodies(authorization: String?, path: String, type: String, encoding: String?, code: String) async throws {
        try await withClient { client, world async throws in
            let body = #"{"event":"Seen","anonymousId":"a","properties":{"x":"\#(String(repeating: "y", count: 9_000))"}}"#
            if code == "rate_limited" {
                #expect(try await post(client, path, body, authorization: authorization).status == .ok)
            }
            let response = try await post(client, path, body, authorization: authorization, type: type, encoding: encoding)
            #expect((400 ..< 500).contains(response.status.code))
            let kept = world.kept.withLock { $0 }
            #expect(kept.map(\.code.text) == [code])
            let payload = String(decoding: kept.first?.payload ?? [], as: UTF8.self)
            #expect(payload.hasPrefix(#"{"event":"Seen","anonymousId":"a""#), "\(payload.prefix(60))")
            #expect(payload.utf8.count <= 4 << 10)
            #expect(kept.first?.reason.isEmpty == false && kept.first?.count == 1)
        }
    }

    @Test("With the key in the body, too, a suppressed source's calls can be seen, without the key")
    func keptWithKeyInBody() async throws {
        try await withClient { client, world async throws in
            let body = #"{"event":"Seen","userId":"u","writeKey":"wk_suppressed"}"#
            #expect(try await post(client, "/v1/track", body, authorization: nil).status.code == 403)
            let kept = world.kept.withLock { $0 }
            #expect(kept.map(\.code.text) == ["forbidden"])
            let payload = String(decoding: kept.first?.payload ?? [], as: UTF8.self)
            #expect(payload.contains(#""event":"Seen""#) && !payload.contains("wk_suppressed"))
        }
    }

    @Test("Of a compressed body that is refused whole the inflated beginning is kept")
    func keptInflated() async throws {
        // {"userId":"u","event":"e","writeKey":"wk_small","properties":{"x":"yyy…"}}, 5,070 bytes.
        let zipped = try #require(
            Data(
                base64Encoded:
                    "H4sIAAAAAAACA+3JywmAMBBF0V5mbQV2IBYhgrMIRg35GEOwd6cJd/es3qdLSRqnTUYpMojeembLarlGl3XWZrXuSzpW720N8Qoas9MkY5fHzgYAAAAAAADgd/K+H6JWo+XOEwAA"
            ))
        try await withClient { client, world async throws in
            for bytes in [Array(zipped), Array(zipped.dropLast(12)), Array(zipped) + [1, 2, 3]] {
                let response = try await post(
                    client, "/v1/track", "", authorization: "Bearer wk_small", encoding: "gzip", bytes: bytes)
                #expect((400 ..< 500).contains(response.status.code))
                let payload = String(decoding: world.kept.withLock { $0.last?.payload } ?? [], as: UTF8.self)
                #expect(payload.hasPrefix(#"{"userId":"u","event":"e","#), "\(payload.prefix(60))")
                #expect(!payload.contains("wk_small"))
            }
        }
    }

    @Test("A source that takes more than 4 MB takes it with the key in the body as well")
    func bigBodies() async throws {
        let calls = (0 ..< 200).map {
            #"{"type":"track","event":"e","userId":"u","messageId":"m\#($0)","properties":{"x":"\#(String(repeating: "y", count: 30_000))"}}"#
        }
        let batch = calls.joined(separator: ",")
        try await withClient { client, world async throws in
            let header = try await post(client, "/v1/batch", "{\"batch\":[\(batch)]}", authorization: "Bearer wk_big")
            #expect(String(buffer: header.body) == #"{"success":true}"#)
            let body = try await post(client, "/v1/batch", "{\"batch\":[\(batch)],\"writeKey\":\"wk_big\"}", authorization: nil)
            #expect(String(buffer: body.body) == #"{"success":true}"#)
            let good = try await post(client, "/v1/batch", "{\"batch\":[\(batch)],\"writeKey\":\"wk_good\"}", authorization: nil)
            #expect(good.status.code == 413)
            let huge = String(repeating: " ", count: 9 << 20) + #"{"writeKey":"wk_big"}"#
            #expect(try await post(client, "/v1/batch", huge, authorization: nil).status.code == 413)
            #expect(world.eventCount == 200)
        }
    }

    @Test("OPTIONS lets browsers of other sites send, without credentials")
    func preflight() async throws {
        try await withClient { client, _ async throws in
            for path in ["/v1/track", "/v1/batch/", "/v1/i"] {
                try await client.execute(uri: path, method: .options) { response in
                    #expect(response.status == .noContent)
                    #expect(response.headers[.accessControlAllowOrigin] == "*")
                    #expect(response.headers[.accessControlAllowMethods]?.contains("POST") == true)
                    let allowed = response.headers[.accessControlAllowHeaders] ?? ""
                    #expect(
                        allowed.contains("Authorization") && allowed.contains("Content-Encoding")
                            && allowed.contains("Content-Type"))
                    #expect(response.headers[.accessControlAllowCredentials] == nil)
                }
            }
        }
    }

    @Test("Too many requests are told when to come again")
    func rateLimit() async throws {
        try await withClient { client, _ async throws in
            let body = #"{"userId":"u","event":"e"}"#
            #expect(try await post(client, "/v1/track", body, authorization: "Bearer wk_limited").status == .ok)
            let response = try await post(client, "/v1/track", body, authorization: "Bearer wk_limited")
            #expect(response.status.code == 429)
            #expect(response.headers[.retryAfter] == "1")
            let reset = HTTPField.Name("X-RateLimit-Reset").flatMap { response.headers[$0] }
            #expect(reset.flatMap { Int($0) } ?? 0 > 1_700_000_000)
        }
    }

    @Test("A partly refused batch is 200 with success false and what was refused")
    func partial() async throws {
        try await withClient { client, world async throws in
            let response = try await post(
                client, "/v1/batch",
                #"{"batch":[{"type":"track","userId":"u","event":"e","messageId":"1"},{"type":"track","event":"e","messageId":"2"}]}"#
            )
            #expect(response.status == .ok)
            let json = try JSONSerialization.jsonObject(with: Data(response.body.readableBytesView)) as? [String: Any]
            #expect(json?["success"] as? Bool == false && json?["accepted"] as? Int == 1)
            let rejected = (json?["rejected"] as? [[String: Any]])?.first
            #expect(rejected?["index"] as? Int == 1 && rejected?["messageId"] as? String == "2")
            #expect(rejected?["code"] as? String == "missing_identity" && rejected?["pointer"] as? String == "/batch/1")
            #expect((rejected?["reason"] as? String)?.isEmpty == false)
            #expect(world.eventCount == 1)
        }
    }

    @Test("Only a batch whose sender asks hears which calls had been taken before")
    func report() async throws {
        try await withClient { client, _ async throws in
            func call(_ id: Int, user: String = "u") -> String {
                #"{"type":"track","userId":"\#(user)","event":"e","messageId":"\#(id)"}"#
            }
            func batch(_ calls: String..., query: String = "?report=duplicates") async throws -> String {
                let body = #"{"batch":["# + calls.joined(separator: ",") + "]}"
                return String(buffer: try await post(client, "/v1/batch" + query, body).body)
            }
            #expect(try await batch(call(1), call(2)) == #"{"success":true,"duplicates":[]}"#)
            #expect(try await batch(call(3), call(1), call(4), call(2), call(4)) == #"{"success":true,"duplicates":[1,3,4]}"#)
            #expect(try await batch(call(1), call(5), query: "") == #"{"success":true}"#)
            #expect(try await batch(call(1), query: "?report=all") == #"{"success":true}"#)
            let mixed = try await batch(call(1), call(1, user: "other"), call(6), #"{"type":"track","event":"e"}"#)
            #expect(mixed.hasPrefix(#"{"success":false,"accepted":2,"duplicates":[0],"rejected":[{"index":1,"#), "\(mixed)")
            let single = try await post(client, "/v1/track?report=duplicates", call(1))
            #expect(String(buffer: single.body) == #"{"success":true}"#)
        }
    }

    @Test("NDJSON is taken line by line: a broken line is refused alone, under its number in the body")
    func lines() async throws {
        try await withClient { client, world async throws in
            func call(_ id: Int) -> String { #"{"type":"track","userId":"u","event":"e","messageId":"\#(id)"}"# }
            func send(
                _ body: String, query: String = "?historical=1&report=duplicates", key: String? = Self.good
            ) async throws
                -> (Int, String)
            {
                var headers: HTTPFields = [.contentType: "application/x-ndjson"]
                headers[.authorization] = key
                let reply = try await client.execute(
                    uri: "/v1/batch" + query, method: .post, headers: headers, body: ByteBuffer(string: body))
                return (reply.status.code, String(buffer: reply.body))
            }
            let broken = try await send(
                [call(1), #"{"type":"track","userId":"u","#, "", call(2), "7", call(1)].joined(separator: "\n"))
            #expect(broken.0 == 200)
            #expect(broken.1.hasPrefix(#"{"success":false,"accepted":3,"duplicates":[5],"rejected":[{"index":1,"#), "\(broken.1)")
            #expect(broken.1.contains(#""code":"malformed_json""#) && broken.1.contains(#"{"index":4,"#), "\(broken.1)")
            // Two halves that only fit together are two broken lines.
            let halves = try await send(#"{"type":"track","userId":"u","event":"e"},{"type":"track""# + "\n" + #","userId":"u"}"#)
            #expect(halves.1.contains(#""index":0"#) && halves.1.contains(#""index":1"#), "\(halves.1)")
            #expect(try await send(call(3) + "\n", query: "") == (200, #"{"success":true}"#))
            for empty in ["", "\n \n"] { #expect(try await send(empty).0 == 400) }
            #expect(try await send((0 ... 2_000).map(call).joined(separator: "\n")).0 == 413)
            #expect(try await send(call(4), key: nil).0 == 401, "the key is not looked for in lines")
            #expect(try await send("7\n" + call(5), query: "?strict=1").0 == 400)
            #expect(world.eventCount == 3)
        }
    }

    @Test("Other methods and paths are no collect", arguments: ["/v1/nothing", "/v1", "/v1/batch/x"])
    func notFound(path: String) async throws {
        try await withClient { client, _ async throws in
            #expect(try await post(client, path, "{}").status.code == 404)
        }
    }
}
