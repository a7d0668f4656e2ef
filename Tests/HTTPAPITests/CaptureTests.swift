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
import Synchronization
import Testing

/// PostHog's, Sensors Analytics' and Mixpanel's addresses over HTTP, in process.
@Suite struct CaptureTests {
    private func withClient(_ body: @escaping @Sendable (any TestClientProtocol, CollectWorld) async throws -> Void) async throws {
        let world = try CollectWorld()
        let router = Router()
        CollectRoutes(authority: world).add(to: router)
        let application = Application(router: router, logger: Logger(label: "test"))
        defer { world.forget() }
        try await application.test(.router) { client in try await body(client, world) }
        await world.store.close()
    }

    private func send(
        _ client: any TestClientProtocol, _ path: String, _ body: String = "", bytes: [UInt8]? = nil, type: String? = nil,
        method: HTTPRequest.Method = .post, headers: HTTPFields = [:]
    ) async throws -> (status: Int, text: String, headers: HTTPFields) {
        var headers = headers
        if let type { headers[.contentType] = type }
        let response = try await client.execute(
            uri: path, method: method, headers: headers, body: ByteBuffer(bytes: bytes ?? Array(body.utf8)))
        return (response.status.code, String(buffer: response.body), response.headers)
    }

    private static let form = "application/x-www-form-urlencoded"
    private static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    /// Gzipped `[{"event":"Zipped","distinct_id":"u","type":"track","properties":{"token":"wk_good","distinct_id":"u"}}]`.
    private static let zipped = Data(
        base64Encoded:
            "H4sIAAAAAAACA22MQQqAMAwE/7JnX9CnKFKkDRIKTWijIqV/Nw/wNjsLsw3QTdUQsLIqZSzI3I1rssjZ9eXGXiVHa0cqPrWJUjOmjjBgUqj6+5R4ivwF5tw/nqrZnWgAAAA="
    )

    private static func event(_ key: String = "wk_good", name: String = "E") -> String {
        #"{"api_key":"\#(key)","event":"\#(name)","distinct_id":"u","uuid":"\#(name)"}"#
    }
    private static func tracked(_ key: String = "wk_good", _ more: String = "") -> String {
        #"{"event":"E","properties":{"token":"\#(key)","distinct_id":"u"\#(more)}}"#
    }
    private static let sensed = #"{"type":"track","event":"E","distinct_id":"u","time":1772366400000}"#

    @Test(
        "Each address takes its protocol, with and without a slash at its end, and answers in its form",
        arguments: [
            ("/batch", #"{"api_key":"wk_good","batch":[{"event":"E","distinct_id":"u"}]}"#, #"{"status":1}"#),
            ("/capture", event(), #"{"status":1}"#), ("/e", event(), #"{"status":1}"#), ("/i/v0/e", event(), #"{"status":1}"#),
            ("/e", #"[{"event":"E","properties":{"token":"wk_good","distinct_id":"u"}}]"#, #"{"status":1}"#),
            ("/track", tracked(), "1"), ("/track?verbose=1", tracked(), #"{"status":1,"error":null}"#), ("/import", tracked(), "1"),
            ("/engage", #"{"$token":"wk_good","$distinct_id":"u","$set":{"a":1}}"#, "1"),
            ("/groups", #"{"$token":"wk_good","$group_key":"c","$group_id":"g","$set":{"a":1}}"#, "1"),
            ("/sa?token=wk_good", sensed, #"{"success":true}"#), ("/debug?token=wk_good", sensed, #"{"success":true}"#),
        ])
    func paths(path: String, body: String, answer: String) async throws {
        try await withClient { client, world async throws in
            let slashed = path.contains("?") ? path.replacingOccurrences(of: "?", with: "/?") : path + "/"
            for path in [path, slashed] {
                let reply = try await send(client, path, body, type: "application/json")
                #expect(reply.status == 200 && reply.text == answer, "\(path): \(reply.text)")
                #expect(reply.headers[.accessControlAllowOrigin] == "*")
            }
            #expect(world.eventCount >= 1)
            let preflight = try await send(client, path, method: .options)
            #expect(preflight.status == 204 && preflight.headers[.accessControlAllowMethods]?.contains("POST") == true)
        }
    }

    @Test(
        "Messages come as JSON, as text of beacons, in forms, as base64, gzipped, in the address",
        arguments: [
            ("/e/?compression=base64", "data=" + escaped(base64(event())), form), ("/e/", event(), "text/plain"),
            ("/track/", "data=" + escaped(tracked()) + "&verbose=1&ip=0", form),
            ("/track/", "data=" + escaped(base64(tracked())), form),
            ("/track/", "verbose=1&data=" + escaped("[\(tracked())]"), form),
            ("/sa?token=wk_good", "data=" + escaped(base64(sensed)), form),
            ("/sa?token=wk_good", "data_list=" + escaped(base64("[\(sensed)]")) + "&gzip=0", form),
            ("/sa?token=wk_good", "data=" + base64(sensed), form), ("/sa?token=wk_good", sensed, nil),
        ] as [(String, String, String?)])
    func wrappings(path: String, body: String, type: String?) async throws {
        try await withClient { client, world async throws in
            let reply = try await send(client, path, body, type: type)
            #expect(reply.status == 200, "\(reply.text)")
            #expect(world.eventCount == 1)
        }
    }

    @Test("Gzip is told by its first bytes: in the body, in a form and in the address")
    func gzip() async throws {
        let zipped = try #require(Self.zipped)
        let field = Self.escaped(zipped.base64EncodedString())
        try await withClient { client, world async throws in
            let bodies: [(String, String, [UInt8]?, HTTPRequest.Method)] = [
                ("/e/?compression=gzip-js", "", Array(zipped), .post), ("/track", "data=\(field)", nil, .post),
                ("/sa?token=wk_good", "gzip=1&data_list=\(field)", nil, .post),
                ("/sa?token=wk_good&gzip=1&data=\(field)", "", nil, .get),
                ("/sa.gif?token=wk_good&data=\(field)", "", nil, .get),
            ]
            for (number, (path, body, bytes, method)) in bodies.enumerated() {
                let reply = try await send(client, path, body, bytes: bytes, method: method)
                #expect(reply.status == 200, "\(path): \(reply.text)")
                #expect(world.eventCount == number + 1)
            }
            let encoded = try await send(
                client, "/batch/", bytes: Array(zipped), headers: [.contentEncoding: "gzip", .authorization: CollectTests.good])
            #expect(encoded.status == 200 && world.eventCount == bodies.count + 1)
        }
    }

    @Test("The key may stand in the address or in the header where there is none in the body, which wins")
    func keys() async throws {
        try await withClient { client, world async throws in
            let keyless = #"{"event":"E","properties":{"distinct_id":"u"}}"#
            #expect(try await send(client, "/track", keyless).status == 401)
            let header: HTTPFields = [.authorization: CollectTests.good]
            #expect(try await send(client, "/import", keyless, headers: header).status == 200)
            #expect(try await send(client, "/import?project_id=7&token=wk_good", keyless).status == 200)
            // A service account of Mixpanel, which says nothing here.
            let account: HTTPFields = [.authorization: "Basic " + Self.base64("sa:secret")]
            #expect(try await send(client, "/import", Self.tracked(), headers: account).status == 200)
            #expect(try await send(client, "/sa", Self.sensed, headers: header).status == 200)
            #expect(world.eventCount == 4)
        }
    }

    @Test(
        "What is refused whole has its status, in the form of its protocol, and can be seen afterwards",
        arguments: [
            ("/batch/", event("nobody"), 401, "unauthorized", false), ("/track", tracked("nobody"), 401, "unauthorized", false),
            ("/sa?token=nobody", sensed, 401, "unauthorized", false), ("/sa", sensed, 401, "unauthorized", false),
            ("/e", event("wk_suppressed"), 403, "forbidden", true), ("/track", tracked("wk_suppressed"), 403, "forbidden", true),
            ("/sa?token=wk_suppressed", sensed, 403, "forbidden", true),
            ("/sa?token=wk_good", "data=%7B", 400, "malformed_json", true),
            ("/sa?token=wk_good", "x=1", 400, "malformed_json", true),
            ("/sa?token=wk_good", "data=!!!", 400, "bad_encoding", true),
            ("/sa?token=wk_good", "data=" + base64("not json"), 400, "malformed_json", true),
            ("/sa?token=wk_small", sensed + String(repeating: " ", count: 300), 413, "body_too_large", true),
            ("/e", #"{"api_key":"wk_good","event":"E"}"#, 400, "missing_identity", true),
            ("/track", #"{"event":"E","properties":{"token":"wk_good"}}"#, 400, "missing_identity", true),
            ("/batch", #"{"api_key":"wk_good","batch":[]}"#, 400, "empty_batch", true),
            ("/debug?token=wk_good", #"{"type":"item_set"}"#, 400, "unknown_type", true),
        ])
    func refusals(path: String, body: String, status: Int, code: String, isKept: Bool) async throws {
        try await withClient { client, world async throws in
            let reply = try await send(client, path, body)
            let json = try JSONSerialization.jsonObject(with: Data(reply.text.utf8)) as? [String: Any]
            #expect(reply.status == status && json?["code"] as? String == code, "\(reply.text)")
            #expect((json?["message"] as? String)?.isEmpty == false)
            if path == "/track" {
                #expect(json?["status"] as? Int == 0 && json?["error"] as? String == json?["message"] as? String)
            }
            #expect(world.eventCount == 0)
            let kept = world.kept.withLock { $0 }
            #expect(kept.map(\.code.text) == (isKept ? [code] : []))
            #expect(!kept.contains { String(decoding: $0.payload ?? [], as: UTF8.self).contains("wk_") })
        }
    }

    @Test("Too many requests are told when to come again")
    func rateLimit() async throws {
        try await withClient { client, _ async throws in
            #expect(try await send(client, "/track", Self.tracked("wk_limited")).status == 200)
            let reply = try await send(client, "/track", Self.tracked("wk_limited"))
            #expect(reply.status == 429 && reply.headers[.retryAfter] == "1")
        }
    }

    @Test("Of a list the good messages are taken, and the answer names the others")
    func partial() async throws {
        try await withClient { client, world async throws in
            let batch = try await send(
                client, "/batch/", #"{"api_key":"wk_good","batch":[\#(Self.event()),{"event":"F"}]}"#)
            #expect(
                batch.status == 200 && batch.text.hasPrefix(#"{"status":1,"accepted":1,"rejected":[{"index":1,"#), "\(batch.text)")
            #expect(batch.text.contains(#""pointer":"/batch/1/distinct_id""#))
            let results = try await send(
                client, "/i/v1/analytics/events",
                #"{"created_at":"2026-03-10T09:00:00Z","batch":[\#(Self.event()),{"event":"F","uuid":"f"}]}"#,
                headers: [.authorization: "Bearer wk_good"])
            #expect(
                results.text.hasPrefix(
                    #"{"status":1,"results":{"f":{"result":"drop","details":"The message says of nobody: distinct_id is missing. Send it."}}"#
                ),
                "\(results.text)")
            let list = try await send(client, "/track?verbose=1", #"[{"event":"F"},\#(Self.tracked())]"#)
            #expect(list.status == 200 && list.text.hasPrefix(#"{"status":1,"error":"The message says of nobody"#), "\(list.text)")
            // An SDK that holds on to a list until it is taken would send the one bad event for ever.
            #expect(try await send(client, "/track", #"[{"event":"F","properties":{"token":"wk_good"}}]"#).text == "1")
            let item = try await send(client, "/sa?token=wk_good", #"{"type":"item_set","item_id":"1"}"#)
            #expect(item.status == 200 && item.text.hasPrefix(#"{"success":false,"accepted":0,"rejected":[{"#), "\(item.text)")
            #expect(world.kept.withLock { $0.count } == 5)
            #expect(world.eventCount == 2)
        }
    }

    @Test("A messageId that came before with another payload is no failure: the first stays")
    func conflict() async throws {
        try await withClient { client, world async throws in
            for (value, answer) in [("1", #"{"status":1,"error":null}"#), ("2", #"{"status":1,"error":"Another call with"#)] {
                let event = Self.tracked("wk_good", #","$insert_id":"1","a":\#(value)"#)
                let reply = try await send(client, "/track?verbose=1", event)
                #expect(reply.status == 200 && reply.text.hasPrefix(answer), "\(reply.text)")
            }
            #expect(world.eventCount == 1)
        }
    }

    @Test("A dry run judges and keeps nothing")
    func dryRun() async throws {
        try await withClient { client, world async throws in
            let name = try #require(HTTPField.Name("Dry-Run"))
            let good = try await send(client, "/debug?token=wk_good", Self.sensed, headers: [name: "true"])
            #expect(good.status == 200 && world.eventCount == 0)
            let bad = try await send(client, "/debug?token=wk_good", #"{"type":"track"}"#, headers: [name: "true"])
            #expect(bad.status == 400 && bad.text.contains("missing_event"), "\(bad.text)")
            #expect(try await send(client, "/debug?token=wk_good", Self.sensed).status == 200)
            #expect(world.eventCount == 1)
        }
    }
}
