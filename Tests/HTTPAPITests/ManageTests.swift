import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Model
import NIOCore
import OrderedCollections
import Records
import Testing
import Workspaces

@testable import HTTPAPI

@Suite("Managing sources and keys over HTTP")
struct ManageTests {
    @Test("A browser source is not trusted, and may send history until that is closed; its settings and limits change")
    func sources() async throws {
        try await APIFixtures.run { fixtures in
            let made = try await fixtures.send(.post, "/api/v1/sources", #"{"name":"site","kind":"browser"}"#)
            #expect(made.status == 201, "\(made.text)")
            let source = try #require(made["source"])
            #expect(source["trusted"] == false && source["history"] == true)
            let id = try #require(source["id"]?.stringValue)
            #expect(try await fixtures.send(.post, "/api/v1/sources", #"{"name":"site"}"#).status == 409)
            let changed = try await fixtures.send(
                .patch, "/api/v1/sources/\(id)", #"{"name":"shop","limits":{"batchEvents":5,"requestsPerSecond":9}}"#)
            #expect(changed["name"] == "shop")
            #expect(changed["limits"]?["batchEvents"] == 5)
            #expect(changed["limits"]?["requestsPerSecond"] == 9)
            #expect(changed["limits"]?["eventBytes"] == 32_768)
            for (body, place) in [
                (#"{"limits":{"batchEvents":0}}"#, "/limits/batchEvents"), (#"{"limits":{"cups":1}}"#, "/limits/cups"),
                (#"{"trusted":"yes"}"#, "/trusted"), (#"{"kind":"teapot"}"#, "/kind"),
            ] {
                #expect(try await fixtures.send(.patch, "/api/v1/sources/\(id)", body).pointer == place)
            }
            let list = try await fixtures.send(.get, "/api/v1/sources")
            #expect(list["sources"]?.arrayValue?.count == 2)
            #expect(!list.text.contains(fixtures.created.writeKey))
            #expect(try await fixtures.send(.get, "/api/v1/sources/src_none").status == 404)
            #expect(try await fixtures.send(.get, "/api/v1/sources/..%2f..").status == 404)
        }
    }

    @Test("A suppressed source is refused with 403 until it is opened again")
    func suppressed() async throws {
        try await APIFixtures.run { fixtures in
            let id = fixtures.created.source.id.text
            let call = #"{"event":"Visit","userId":"u1"}"#
            let key = fixtures.created.writeKey
            #expect(try await fixtures.send(.post, "/v1/track", call, bearer: key).status == 200)
            let closed = try await fixtures.send(.delete, "/api/v1/sources/\(id)")
            #expect(closed["suppressed"] == true)
            #expect(try await fixtures.send(.post, "/v1/track", call, bearer: key).status == 403)
            #expect(try await fixtures.send(.patch, "/api/v1/sources/\(id)", #"{"suppressed":false}"#).status == 200)
            #expect(try await fixtures.send(.post, "/v1/track", call, bearer: key).status == 200)
        }
    }

    @Test("A rotated key works at once and the one it replaces stops; revoking leaves none")
    func keys() async throws {
        try await APIFixtures.run { fixtures in
            let id = fixtures.created.source.id.text
            let call = #"{"event":"Visit","userId":"u1"}"#
            let first = try await fixtures.send(.get, "/api/v1/sources/\(id)")["keys"]?.arrayValue?.first?["id"]?.stringValue
            let made = try await fixtures.send(.post, "/api/v1/sources/\(id)/keys", #"{"replaces":"\#(first ?? "")"}"#)
            #expect(made.status == 201, "\(made.text)")
            let key = try #require(made["key"]?.stringValue)
            #expect(try await fixtures.send(.post, "/v1/track", call, bearer: fixtures.created.writeKey).status == 401)
            #expect(try await fixtures.send(.post, "/v1/track", call, bearer: key).status == 200)
            let plain = try await fixtures.client.execute(
                uri: "/api/v1/sources/\(id)/keys", method: .post, headers: [.authorization: "Bearer \(fixtures.created.apiKey)"])
            #expect(plain.status == .created)
            let revoked = try await fixtures.send(.delete, "/api/v1/sources/\(id)/keys")
            #expect(revoked["revoked"]?.arrayValue?.count == 2)
            #expect(try await fixtures.send(.post, "/v1/track", call, bearer: key).status == 401)
            #expect(try await fixtures.send(.delete, "/api/v1/sources/\(id)/keys/key_none").status == 404)
        }
    }

    @Test("What was refused can be seen, page by page")
    func rejections() async throws {
        try await APIFixtures.run { fixtures in
            let calls = (0 ..< 5).map { #"{"type":"track","userId":"u\#($0)"}"# }.joined(separator: ",")
            _ = try await fixtures.send(.post, "/v1/batch", "{\"batch\":[\(calls)]}", bearer: fixtures.created.writeKey)
            let address = "/api/v1/sources/\(fixtures.created.source.id)/rejections?limit=2"
            var seen: [JSONValue] = []
            var next: String? = ""
            while let cursor = next {
                let page = try await fixtures.send(.get, address + (cursor.isEmpty ? "" : "&cursor=\(cursor)"))
                #expect(page.status == 200, "\(page.text)")
                seen += page["rejections"]?.arrayValue ?? []
                next = page["next"]?.stringValue
            }
            #expect(seen.count == 5)
            #expect(seen.allSatisfy { $0["code"] == "missing_event" && $0["payload"]?.stringValue?.contains("track") == true })
            #expect(try await fixtures.send(.get, address + "&cursor=odd")["parameter"] == "cursor")
        }
    }

    @Test("A refused call's write key is neither shown nor kept")
    func secrets() async throws {
        try await APIFixtures.run { fixtures in
            let key = fixtures.created.writeKey
            let call = #"{"event":"Visit","writeKey":"\#(key)","properties":{"cups":2}}"#
            let reply = try await fixtures.client.execute(
                uri: "/v1/track", method: .post, headers: [.contentType: "application/json"], body: ByteBuffer(string: call)
            ) { $0.status.code }
            #expect(reply == 400)
            let shown = try await fixtures.send(.get, "/api/v1/sources/\(fixtures.created.source.id)/rejections")
            #expect(shown.text.contains("cups") && !shown.text.contains(key), "\(shown.text)")
            for name in ["records.sqlite", "records.sqlite-wal"] {
                let bytes = try? Data(contentsOf: URL(fileURLWithPath: fixtures.directory.folder.path + "/" + name))
                #expect(bytes?.range(of: Data(key.utf8)) == nil, "\(name)")
            }
        }
    }

    @Test("Settings of the workspace change")
    func workspace() async throws {
        try await APIFixtures.run { fixtures in
            let changed = try await fixtures.send(
                .patch, "/api/v1/workspace", #"{"name":"新茶馆","timezone":"Asia/Tokyo","currency":"jpy"}"#)
            #expect(changed["name"] == "新茶馆")
            #expect(changed["currency"] == "JPY")
            let read = try await fixtures.send(.get, "/api/v1/workspace")
            #expect(read.json == changed.json)
        }
    }
}
