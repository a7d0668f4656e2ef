import HTTPTypes
import Hummingbird
import Model
import NIOCore
import OrderedCollections
import Records
import Testing
import Workspaces

@testable import HTTPAPI

@Suite("Query and management API")
struct APITests {
    @Test("The admin token makes a workspace whose keys work; the answer has exactly three members")
    func createWorkspace() async throws {
        try await APIFixtures.run { fixtures in
            let reply = try await fixtures.send(
                .post, "/api/v1/workspaces", #"{"name":"One","timezone":"Europe/Berlin","currency":"EUR"}"#,
                bearer: APIFixtures.adminToken)
            #expect(reply.status == 201)
            #expect(reply.json.objectValue.map { Set($0.keys) } == ["workspace", "writeKey", "apiKey"])
            let key = try #require(reply["apiKey"]?.stringValue)
            let own = try await fixtures.send(.get, "/api/v1/workspace", bearer: key)
            #expect(own["timezone"] == "Europe/Berlin")
            #expect(own["region"] == "DE")
        }
    }

    @Test(
        "A wish that makes no sense is refused with its pointer",
        arguments: [
            (#"{"name":"x","timezone":"Mars/Olympus","currency":"EUR"}"#, "/timezone"),
            (#"{"name":"x","timezone":"UTC","currency":"TEA"}"#, "/currency"),
            (#"{"name":"","timezone":"UTC","currency":"EUR"}"#, "/name"), (#"{"timezone":"UTC"}"#, "/name"),
            (#"{"name":7}"#, "/name"), (#"{"name":"x","colour":"green"}"#, "/colour"), (#"[]"#, ""),
        ])
    func badWorkspaces(body: String, pointer: String) async throws {
        try await APIFixtures.run { fixtures in
            let reply = try await fixtures.send(.post, "/api/v1/workspaces", body, bearer: APIFixtures.adminToken)
            #expect(reply.status == 400)
            #expect(reply.pointer == pointer)
            #expect(reply.headers[.contentType]?.hasPrefix("application/problem+json") == true)
        }
    }

    @Test("Without the admin token, or with another bearer, no workspace is made")
    func adminOnly() async throws {
        let body = #"{"name":"One","timezone":"UTC","currency":"EUR"}"#
        try await APIFixtures.run { fixtures in
            for bearer in [fixtures.created.apiKey, ""] {
                let reply = try await fixtures.send(.post, "/api/v1/workspaces", body, bearer: bearer)
                #expect(reply.status == 401)
            }
            #expect(fixtures.directory.workspaces().count == 1)
        }
        try await APIFixtures.run(adminToken: nil) { fixtures in
            let reply = try await fixtures.send(.post, "/api/v1/workspaces", body, bearer: "anything")
            #expect(reply.status == 404)
            #expect(reply["message"]?.stringValue?.contains("TEAHOUSE_ADMIN_TOKEN") == true)
        }
    }

    @Test("A command repeated with its key is carried out once")
    func idempotency() async throws {
        try await APIFixtures.run { fixtures in
            let body = #"{"name":"One","timezone":"UTC","currency":"EUR"}"#
            let first = try await fixtures.send(.post, "/api/v1/workspaces", body, bearer: APIFixtures.adminToken, key: "k1")
            let second = try await fixtures.send(.post, "/api/v1/workspaces", body, bearer: APIFixtures.adminToken, key: "k1")
            #expect(first.text == second.text)
            #expect(second.status == 201)
            #expect(HTTPField.Name("Idempotency-Replayed").flatMap { second.headers[$0] } == "true")
            let other = try await fixtures.send(
                .post, "/api/v1/workspaces", #"{"name":"Two","timezone":"UTC","currency":"EUR"}"#, bearer: APIFixtures.adminToken,
                key: "k1")
            #expect(other.status == 422)
            #expect(other.code == "idempotency_conflict")
            #expect(fixtures.directory.workspaces().count == 2)
        }
    }

    @Test("Keys open what their scopes say and nothing else")
    func scopes() async throws {
        try await APIFixtures.run { fixtures in
            let none = try await fixtures.send(.get, "/api/v1/people", bearer: "ak_unknown")
            #expect(none.status == 401)
            #expect(none.headers[.wwwAuthenticate] != nil)
            let write = try await fixtures.send(.get, "/api/v1/people", bearer: fixtures.created.writeKey)
            #expect(write.status == 401)
            #expect(write["message"]?.stringValue?.contains("write key") == true)
            let made = try await fixtures.send(.post, "/api/v1/keys", #"{"name":"reader","scopes":["read"]}"#)
            let reader = try #require(made["key"]?.stringValue)
            #expect(try await fixtures.send(.get, "/api/v1/sources", bearer: reader).status == 200)
            let refused = try await fixtures.send(.post, "/api/v1/sources", #"{"name":"x"}"#, bearer: reader)
            #expect(refused.status == 403)
            let id = try #require(made["id"]?.stringValue)
            #expect(try await fixtures.send(.delete, "/api/v1/keys/\(id)").status == 200)
            #expect(try await fixtures.send(.get, "/api/v1/sources", bearer: reader).status == 401)
            #expect(try await fixtures.send(.post, "/api/v1/keys", #"{"scopes":["collect"]}"#).pointer == "/scopes")
        }
    }

    @Test("What is sent can be asked for at once, and a refusal names its place")
    func query() async throws {
        try await APIFixtures.run { fixtures in
            try await fixtures.collect(
                #"{"type":"track","event":"Visit","userId":"u1","receivedAt":"2026-03-01T00:00:00Z","timestamp":"2026-03-01T00:00:00Z"}"#
            )
            let reply = try await fixtures.send(.post, "/api/v1/query", #"{"kind":"count","who":{"everyone":true}}"#)
            #expect(reply.status == 200, "\(reply.text)")
            #expect(reply["count"] == 1)
            let mark = reply["watermark"]?.stringValue.flatMap { Instant(rfc3339: $0) }
            #expect(try #require(mark) >= fixtures.clock.now)
            let odd = try await fixtures.send(.post, "/api/v1/query", #"{"kind":"count","who":{"everyone":true},"colour":1}"#)
            #expect(odd.status == 400)
            #expect(odd.pointer == "/colour")
            let unbuilt = try await fixtures.send(.post, "/api/v1/query", #"{"kind":"count","who":{"tag":"vip"}}"#)
            #expect((400 ..< 500).contains(unbuilt.status) || unbuilt.status == 501)
            #expect(unbuilt.code == "not_built")
            #expect(try await fixtures.send(.post, "/api/v1/query", "{\"kind\":").code == "malformed_json")
            #expect(try await fixtures.send(.post, "/api/v1/query", "").status == 400)
            let huge = try await fixtures.send(.post, "/api/v1/query", String(repeating: " ", count: (1 << 20) + 1))
            #expect(huge.status == 413)
        }
    }

    @Test("A person is found by search, by id and by any identity")
    func people() async throws {
        try await APIFixtures.run { fixtures in
            try await fixtures.collect(
                #"{"type":"identify","userId":"u1","anonymousId":"a1","traits":{"name":"Mei Lin","email":"Mei@Example.com"}},"#
                    + #"{"type":"track","event":"Visit","anonymousId":"a1","properties":{"path":"/"}},"#
                    + #"{"type":"track","event":"Visit","userId":"u2"}"#)
            let page = try await fixtures.send(.get, "/api/v1/people?search=mei&limit=10")
            #expect(page.status == 200, "\(page.text)")
            #expect(page["people"]?.arrayValue?.count == 1)
            let id = try #require(page["people"]?.arrayValue?.first?["id"]?.stringValue)
            for name in [id, "user_id:u1", "anonymous_id:a1", "email:mei%40example.com", "email:MEI@example.com"] {
                let person = try await fixtures.send(.get, "/api/v1/people/\(name)")
                #expect(person.status == 200, "\(name): \(person.text)")
                #expect(person["id"]?.stringValue == id)
                #expect(person["traits"]?["name"] == "Mei Lin")
            }
            let timeline = try await fixtures.send(.get, "/api/v1/people/\(id)/timeline?order=oldest&limit=1")
            #expect(timeline.status == 200)
            #expect(timeline["next"]?.stringValue != nil)
            #expect(timeline["sessions"]?.arrayValue?.first?["entries"]?.arrayValue?.count == 1)
            for name in ["p_zzzz", "nobody", "user_id:none", "%00", "user_id:"] {
                #expect(try await fixtures.send(.get, "/api/v1/people/\(name)").status == 404)
            }
        }
    }

    @Test("People are paged without gaps or repeats")
    func paging() async throws {
        try await APIFixtures.run { fixtures in
            try await fixtures.collect(
                (0 ..< 25).map { #"{"type":"track","event":"Visit","userId":"u\#($0)"}"# }.joined(separator: ","))
            var seen: [String] = []
            var address = "/api/v1/people?limit=7"
            while true {
                let page = try await fixtures.send(.get, address)
                seen += page["people"]?.arrayValue?.compactMap { $0["id"]?.stringValue } ?? []
                guard let next = page["next"]?.stringValue else { break }
                address = "/api/v1/people?limit=7&cursor=\(next)"
            }
            #expect(seen.count == 25)
            #expect(Set(seen).count == 25)
        }
    }

    @Test("The overview's cells sum to everybody, now and of any day")
    func overview() async throws {
        try await APIFixtures.run { fixtures in
            try await fixtures.collect(
                #"{"type":"track","event":"Visit","userId":"u1"},{"type":"track","event":"Visit","userId":"u2"}"#)
            for address in [
                "/api/v1/overview", "/api/v1/overview?at=2026-03-11", "/api/v1/overview?at=2026-03-11T00:00:00%2B08:00",
            ] {
                let reply = try await fixtures.send(.get, address)
                #expect(reply.status == 200, "\(reply.text)")
                let cells = ["userOnly", "customerOnly", "both", "neither"].compactMap { reply[$0]?.intValue }
                #expect(cells.reduce(0, +) == reply["everybody"]?.intValue)
            }
            #expect(try await fixtures.send(.get, "/api/v1/overview?at=yesterday")["parameter"] == "at")
        }
    }

    @Test("As many people come on a page as the document says may be asked for")
    func peopleLimit() async throws {
        try await APIFixtures.run { fixtures in
            let calls = (0 ..< 520).map { #"{"type":"track","event":"Visit","userId":"u\#($0)"}"# }
            try await fixtures.collect(calls.joined(separator: ","))
            let document = try await fixtures.send(.get, "/api/v1/openapi.json")
            let parameters = document["paths"]?["/api/v1/people"]?["get"]?["parameters"]?.arrayValue ?? []
            let max = parameters.first { $0["name"] == "limit" }?["schema"]?["maximum"]?.intValue
            let page = try await fixtures.send(.get, "/api/v1/people?limit=\(max ?? 0)")
            #expect(page["people"]?.arrayValue?.count == max.map { Int($0) })
            #expect(page["people"]?.arrayValue?.first?["identities"]?.arrayValue?.first?["value"] == "u519")
        }
    }

    @Test("A problem has a title, and its place stands in the member that fits: pointer, parameter, or line and column")
    func places() async throws {
        try await APIFixtures.run { fixtures in
            let malformed = try await fixtures.send(.post, "/api/v1/query", "{\n \"kind\": tru\n}")
            #expect(malformed["title"] == "Bad Request" && malformed.code == "malformed_json")
            #expect(malformed["line"] == 2 && malformed["column"] == 10 && malformed.pointer == nil)
            let collect = try await fixtures.send(.post, "/v1/track", "{\"a\":1,}", bearer: fixtures.created.writeKey)
            #expect(collect["title"] == "Bad Request")
            #expect(collect["line"] == 1 && collect["column"] == 8 && collect.pointer == nil)
            let rejections = try await fixtures.send(.get, "/api/v1/sources/\(fixtures.created.source.id)/rejections")
            let kept = rejections["rejections"]?.arrayValue?.first
            #expect(kept?["code"] == "malformed_json" && kept?["pointer"] == JSONValue.null)
            #expect(kept?["reason"]?.stringValue?.contains("line 1, column 8") == true)
            let question = try await fixtures.send(.post, "/api/v1/query", #"{"kind":"count","who":7}"#)
            #expect(question.pointer == "/who" && question["line"] == nil && question["parameter"] == nil)
            #expect(try await fixtures.send(.get, "/api/v1/nothing")["title"] == "Not Found")
            #expect(try await fixtures.send(.get, "/api/v1/people", bearer: "x")["title"] == "Unauthorized")
            #expect(try await fixtures.send(.put, "/api/v1/people", "{}")["title"] == "Method Not Allowed")
            #expect(try await fixtures.send(.post, "/v1/track", "{}", bearer: "x")["title"] == "Unauthorized")
        }
    }

    @Test(
        "Every status that is answered has a title",
        arguments: [400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 500, 501, 503])
    func titles(status: Int) {
        let title = ProblemResponse(Problem(.badRequest, "Odd.", status: status)).json["title"]?.stringValue
        #expect(title?.isEmpty == false)
    }

    @Test("Parameters that are unknown, twice or out of bounds are refused by name")
    func parameters() async throws {
        try await APIFixtures.run { fixtures in
            #expect(try await fixtures.send(.get, "/api/v1/people?serach=x").code == "unknown_parameter")
            for (address, place) in [
                ("/api/v1/people?limit=0", "limit"), ("/api/v1/people?limit=many", "limit"),
                ("/api/v1/people?limit=1&limit=2", "limit"), ("/api/v1/people?cursor=odd", "cursor"),
                ("/api/v1/people?role=king", "role"), ("/api/v1/people/p_0/timeline?order=random", "order"),
                ("/api/v1/people?serach=x", "serach"), ("/api/v1/people?limit=501", "limit"),
            ] {
                let reply = try await fixtures.send(.get, address)
                #expect(reply.status == 400)
                #expect(reply["parameter"]?.stringValue == place, "\(address): \(reply.text)")
                #expect(reply.pointer == nil)
            }
        }
    }
}
