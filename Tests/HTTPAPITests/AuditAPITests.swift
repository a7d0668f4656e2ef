import HTTPTypes
import Model
import Records
import Testing
import Workspaces

@testable import HTTPAPI

@Suite("The audit over the API") struct AuditAPITests {
    private static func run(_ body: @escaping @Sendable (APIFixtures) async throws -> Void) async throws {
        try await APIFixtures.run { fixtures in
            try await fixtures.collect(
                #"{"type":"track","event":"View","userId":"ada"},{"type":"track","event":"View","userId":"bob"}"#)
            try await body(fixtures)
        }
    }

    private static func entries(_ fixtures: APIFixtures, _ query: String = "kind=reading") async throws -> [JSONValue] {
        let reply = try await fixtures.send(.get, "/api/v1/audit?\(query)")
        #expect(reply.status == 200, "\(reply.text)")
        return reply["entries"]?.arrayValue ?? []
    }

    private static let readings: [(HTTPRequest.Method, String, String?, String, [JSONValue])] = [
        (.get, "/api/v1/people/user_id:ada", nil, "profile.viewed", ["p_0"]),
        (.get, "/api/v1/people/user_id:ada/timeline", nil, "timeline.viewed", ["p_0"]),
        (.get, "/api/v1/people/user_id:ada/relationships", nil, "relationships.viewed", ["p_0"]),
        (.get, "/api/v1/people/user_id:bob/consents", nil, "consents.viewed", ["p_1"]),
        (.get, "/api/v1/people?search=a", nil, "people.listed", ["p_0"]),
        (.get, "/api/v1/people", nil, "people.listed", ["p_1", "p_0"]),
        (.get, "/api/v1/identity/decisions?person=user_id:ada", nil, "decisions.viewed", ["p_0"]),
        (.get, "/api/v1/export/events", nil, "events.exported", []), (.get, "/api/v1/export/people", nil, "people.exported", []),
        (.post, "/api/v1/query", #"{"kind":"count","list":true}"#, "people.listed", ["p_0", "p_1"]),
        (.post, "/api/v1/query", #"{"kind":"timeline","person":"p_1"}"#, "timeline.viewed", ["p_1"]),
    ]

    @Test("Each reading of people is one entry: by whom, of whom and why", arguments: readings)
    func reads(method: HTTPRequest.Method, path: String, body: String?, action: String, people: [JSONValue]) async throws {
        try await Self.run { fixtures in
            let why = (path.contains("?") ? "&" : "?") + "why=a%20complaint"
            #expect(try await fixtures.send(method, path + why, body).status == 200)
            let entries = try await Self.entries(fixtures)
            #expect(entries.count == 1)
            let entry = try #require(entries.first)
            #expect(entry["action"]?.stringValue == action && entry["kind"] == "reading" && entry["why"] == "a complaint")
            #expect(entry["people"]?.arrayValue == people, "\(entry.text)")
            #expect(entry["actor"]?.stringValue?.hasPrefix("key_") == true)
            let check = try await fixtures.send(.get, "/api/v1/audit/check")
            #expect(check["whole"] == true && check["firstBroken"] == .null)
        }
    }

    @Test("Figures, refusals and what is not found are no reading")
    func noReading() async throws {
        try await Self.run { fixtures in
            #expect(try await fixtures.send(.post, "/api/v1/query", #"{"kind":"count"}"#).status == 200)
            #expect(try await fixtures.send(.get, "/api/v1/overview").status == 200)
            #expect(try await fixtures.send(.get, "/api/v1/people/user_id:nobody").status == 404)
            #expect(try await fixtures.send(.post, "/api/v1/query", #"{"kind":"timeline","person":"p_vv"}"#).status == 404)
            let long = String(repeating: "x", count: 501)
            #expect(try await fixtures.send(.get, "/api/v1/people/user_id:ada?why=\(long)").status == 400)
            let entries = try await Self.entries(fixtures)
            #expect(entries.isEmpty)
        }
    }

    @Test("Entries are found by person, also under an id that has been merged away, by kind and a page at a time")
    func finds() async throws {
        try await Self.run { fixtures in
            for id in ["user_id:ada", "user_id:bob", "user_id:ada"] { _ = try await fixtures.send(.get, "/api/v1/people/\(id)") }
            #expect(try await Self.entries(fixtures, "person=user_id:ada").count == 2)
            let merge = #"{"left":"user_id:ada","right":"user_id:bob"}"#
            #expect(try await fixtures.send(.post, "/api/v1/identity/merge", merge).status == 200)
            #expect(try await Self.entries(fixtures, "person=user_id:bob&kind=reading").count == 3)
            #expect(try await Self.entries(fixtures, "person=user_id:bob&kind=change").map { $0["action"] } == ["people.merged"])
            let page = try await fixtures.send(.get, "/api/v1/audit?limit=2&kind=reading")
            let rest = try await fixtures.send(.get, "/api/v1/audit?limit=2&kind=reading&cursor=\(page["next"]?.stringValue ?? "")")
            #expect(page["entries"]?.arrayValue?.count == 2 && rest["entries"]?.arrayValue?.count == 1 && rest["next"] == .null)
            for wrong in ["kind=other", "actor=nobody", "cursor=x"] {
                #expect(try await fixtures.send(.get, "/api/v1/audit?\(wrong)").status == 400)
            }
            let actor = page["entries"]?.arrayValue?.first?["actor"]?.stringValue ?? ""
            #expect(try await Self.entries(fixtures, "actor=\(actor)&kind=reading").count == 3)
        }
    }

    @Test("A consent that is recorded says why; a key that may only read does not read the audit")
    func changes() async throws {
        try await Self.run { fixtures in
            _ = try await fixtures.send(.post, "/api/v1/purposes", #"{"name":"ads","text":"May we?"}"#)
            let made = try await fixtures.send(
                .post, "/api/v1/people/user_id:ada/consents?why=by%20phone", #"{"purpose":"ads","status":"granted"}"#)
            #expect(made.status == 201, "\(made.text)")
            let found = try await Self.entries(fixtures, "person=user_id:ada")
            let entry = try #require(found.first)
            #expect(entry["action"] == "consent.granted" && entry["why"] == "by phone" && entry["kind"] == "change")
            let reader = try await fixtures.directory.createAPIKey(
                in: fixtures.created.workspace.id, name: "reader", scopes: [.read], by: .commandLine)
            #expect(try await fixtures.send(.get, "/api/v1/audit", bearer: reader.raw).status == 403)
        }
    }

    @Test("A tampered row is found by the check of the folder, which names the entry")
    func tampered() async throws {
        try await Self.run { fixtures in
            _ = try await fixtures.send(.get, "/api/v1/people/user_id:ada")
            #expect(try await fixtures.directory.check().first?["whole"] == true)
            try await fixtures.records.engine.write { connection throws(Problem) in
                _ = try connection.execute("UPDATE audit_chain SET detail = 'x' WHERE number = 1 AND scope <> ''", [])
            }
            let checks = try await fixtures.directory.check()
            let check = try #require(checks.first)
            #expect(check["whole"] == false && check["code"] == "damaged")
            #expect(check["message"]?.stringValue?.contains("broken at entry 1 of") == true, "\(check.text)")
            let told = try await fixtures.send(.get, "/api/v1/audit/check")
            #expect(told["whole"] == false && told["firstBroken"] == 1)
        }
    }
}
