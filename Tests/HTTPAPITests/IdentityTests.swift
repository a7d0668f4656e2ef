import HTTPTypes
import Model
import Records
import Testing
import Workspaces

@testable import HTTPAPI

@Suite("Who is who over HTTP") struct IdentityTests {
    private static let day = #""timestamp":"2026-03-01T08:00:00Z""#

    /// A shop's tablet on which two customers signed in before anybody had told them apart.
    private static func tablet(_ fixtures: APIFixtures) async throws {
        try await fixtures.collect(
            """
            {"type":"track","event":"Viewed","anonymousId":"tablet","messageId":"1",\(day)},
            {"type":"identify","userId":"anna","anonymousId":"tablet","messageId":"2",\(day)},
            {"type":"track","event":"Order Completed","userId":"anna","messageId":"3",\(day),"properties":{"order_id":"o1","total":5}},
            {"type":"identify","userId":"bert","anonymousId":"tablet","messageId":"4",\(day)}
            """)
    }

    private func people(_ reply: APIReply, _ side: String) -> [[String]] {
        (reply[side]?.arrayValue ?? []).map { person in
            (person["identities"]?.arrayValue ?? []).compactMap { $0["value"]?.stringValue }.sorted()
        }
    }

    @Test("What a command would change is told first, and what it did stays in the list of decisions")
    func wayAndBack() async throws {
        try await APIFixtures.run { fixtures in
            try await Self.tablet(fixtures)
            let before = try await fixtures.send(.get, "/api/v1/people/user_id:anna")
            let wish = #"{"left":"user_id:anna","right":"anonymous_id:tablet"}"#
            let simulated = try await fixtures.send(
                .post, "/api/v1/identity/simulate", #"{"action":"unmerge","left":"anna","right":"tablet"}"#)
            #expect(simulated.status == 200, "\(simulated.text)")
            // Without anna the tablet is bert's, whose identify came later.
            #expect(people(simulated, "before") == [["anna", "tablet"], ["bert"]])
            #expect(people(simulated, "after") == [["bert", "tablet"], ["anna"]])
            #expect(try await fixtures.send(.get, "/api/v1/people/user_id:anna").text == before.text)

            let done = try await fixtures.send(.post, "/api/v1/identity/unmerge", wish)
            #expect(done.status == 200 && people(done, "after") == people(simulated, "after"))
            let count = try await fixtures.send(.post, "/api/v1/query", #"{"kind":"count","who":{"everyone":true}}"#)
            #expect(count["count"] == 2)
            let twice = try await fixtures.send(.post, "/api/v1/identity/unmerge", wish)
            #expect(twice.status == 409 && twice["code"] == "already_apart")

            let back = try await fixtures.send(.post, "/api/v1/identity/merge", wish)
            #expect(back.status == 200 && people(back, "after") == [["anna", "tablet"], ["bert"]])
            let portrait = try await fixtures.send(.get, "/api/v1/people/user_id:anna")
            #expect(portrait["events"] == before["events"] && portrait["value"] == before["value"])
            let users = try await fixtures.send(.post, "/api/v1/identity/merge", #"{"left":"anna","right":"bert"}"#)
            #expect(people(users, "after") == [["anna", "bert", "tablet"]])

            let decisions = try await fixtures.send(.get, "/api/v1/identity/decisions?kind=command")
            let outcomes = (decisions["decisions"]?.arrayValue ?? []).compactMap { $0["outcome"]?.stringValue }
            #expect(outcomes == ["merged", "separated"] || outcomes == ["merged", "merged", "separated"], "\(decisions.text)")
            let refused = try await fixtures.send(.get, "/api/v1/identity/decisions?kind=refused")
            #expect(refused["decisions"]?.arrayValue?.isEmpty == false)
            let audit = try await fixtures.directory.audit(of: fixtures.created.workspace.id)
            #expect(audit.count { $0.action == "people.merged" } == 2 && audit.count { $0.action == "people.unmerged" } == 1)
        }
    }

    @Test(
        "What makes no sense is refused with one sentence and changes nothing",
        arguments: [
            ("merge", #"{"left":"anna","right":"tablet"}"#, 409, "same_person"),
            ("merge", #"{"left":"anna","right":"anna"}"#, 409, "same_person"),
            ("unmerge", #"{"left":"anna","right":"user_id:anna"}"#, 409, "same_person"),
            ("unmerge", #"{"left":"anna","right":"bert"}"#, 409, "already_apart"),
            ("merge", #"{"left":"anna","right":"nobody"}"#, 404, "not_found"),
            ("merge", #"{"left":"","right":"anna"}"#, 404, "not_found"), ("merge", #"{"left":"anna"}"#, 400, "missing_member"),
            ("unmerge", #"{"left":"anna","right":7}"#, 400, "bad_request"),
            ("simulate", #"{"left":"anna","right":"bert"}"#, 400, "missing_member"),
            ("simulate", #"{"action":"divorce","left":"anna","right":"bert"}"#, 400, "bad_request"),
        ])
    func badCommands(command: String, body: String, status: Int, code: String) async throws {
        try await APIFixtures.run { fixtures in
            try await Self.tablet(fixtures)
            let reply = try await fixtures.send(.post, "/api/v1/identity/\(command)", body)
            #expect(reply.status == status && reply["code"]?.stringValue == code, "\(reply.text)")
            let count = try await fixtures.send(.post, "/api/v1/query", #"{"kind":"count","who":{"everyone":true}}"#)
            #expect(count["count"] == 2)
        }
    }

    @Test("A write key joins nobody: commands and statements are refused at the door of a source that is not trusted")
    func writeKeys() async throws {
        try await APIFixtures.run { fixtures in
            try await Self.tablet(fixtures)
            let merge =
                #"{"batch":[{"type":"merge","context":{"externalIds":[{"type":"user_id","id":"anna"},{"type":"user_id","id":"bert"}]}}]}"#
            let reply = try await fixtures.send(.post, "/v1/batch", merge, bearer: fixtures.created.writeKey)
            #expect(reply.text.contains("not_allowed"), "\(reply.text)")
            let count = try await fixtures.send(.post, "/api/v1/query", #"{"kind":"count","who":{"everyone":true}}"#)
            #expect(count["count"] == 2)
        }
    }
}

extension IdentityTests {
    @Test("Identity settings are read, set whole, refused at their place, and only by keys that manage")
    func settings() async throws {
        try await APIFixtures.run { fixtures in
            let path = "/api/v1/identity/settings"
            let standard = try await fixtures.send(.get, path)
            #expect(standard["types"]?["device_id"] == ["count": 1_000, "per": "ever"] && standard["merges"] == 100)
            let own = #"{"types":{"card":{"count":1}},"others":null,"unique":["till"],"blocked":["walk-in"]}"#
            let saved = try await fixtures.send(.put, path, own)
            #expect(saved.status == 200 && saved["types"] == ["card": ["count": 1, "per": "ever"]], "\(saved.text)")
            #expect(saved["others"]?.isNull == true && saved["identities"] == 1_000)
            #expect(try await fixtures.send(.get, path).text == saved.text)
            try await fixtures.collect(
                """
                {"type":"track","event":"Paid","userId":"anna","context":{"externalIds":[{"type":"card","id":"1"}]}},
                {"type":"track","event":"Paid","userId":"anna","context":{"externalIds":[{"type":"card","id":"2"}]}},
                {"type":"track","event":"Paid","userId":"bert","context":{"externalIds":[{"type":"card","id":"walk-in"}]}}
                """)
            let anna = try await fixtures.send(.get, "/api/v1/people/user_id:anna")
            #expect(anna["identities"]?.arrayValue?.compactMap { $0["value"]?.stringValue } == ["anna", "1"], "\(anna.text)")
            let bert = try await fixtures.send(.get, "/api/v1/people/user_id:bert")
            #expect(bert["identities"]?.arrayValue?.count == 1)

            let refused = try await fixtures.send(.put, path, #"{"others":{"count":5,"per":"day"}}"#)
            #expect(refused.status == 400 && refused.pointer == "/others" && refused.code == "bad_identity_settings")
            let made = try await fixtures.send(.post, "/api/v1/keys", #"{"name":"reader","scopes":["read"]}"#)
            let reader = try #require(made["key"]?.stringValue)
            #expect(try await fixtures.send(.put, path, "{}", bearer: reader).status == 403)
            #expect(try await fixtures.send(.get, path, bearer: reader).text == saved.text)
            #expect(try await fixtures.send(.put, path, "{}").text == standard.text)
        }
    }
}
