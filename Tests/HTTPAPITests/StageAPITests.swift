import HTTPTypes
import Model
import Records
import Testing
import Workspaces

@testable import HTTPAPI

@Suite("Stages over HTTP") struct StageAPITests {
    private static let own = """
        {"stages":[{"name":"seen","rule":{"everyone":true}},{"name":"buyer","rule":{"role":"customer"}},
        {"name":"regular","rule":{"did":{"event":"Order Completed"},"times":{"op":">=","value":2}}}]}
        """

    private static func shop(_ fixtures: APIFixtures) async throws {
        func order(_ user: String, _ day: Int) -> String {
            #"{"type":"track","event":"Order Completed","userId":"\#(user)","timestamp":"2026-03-0\#(day)T08:00:00Z","properties":{"total":5}}"#
        }
        try await fixtures.collect(
            [
                order("ann", 1), order("ann", 3), order("bob", 2),
                #"{"type":"track","event":"Viewed","userId":"cai","timestamp":"2026-03-01T08:00:00Z"}"#,
            ].joined(separator: ","))
    }

    private static func names(_ reply: APIReply) -> [String] {
        (reply["stages"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
    }

    @Test("What a preview tells happens when it is saved; every answer follows; the standard stages come back")
    func wayAndBack() async throws {
        try await APIFixtures.run { fixtures in
            try await Self.shop(fixtures)
            let standard = try await fixtures.send(.get, "/api/v1/stages")
            #expect(standard["standard"] == true)
            #expect(Self.names(standard) == ["attention", "use", "fan", "pay", "advocate", "lapsed"])

            let preview = try await fixtures.send(.post, "/api/v1/stages/preview", Self.own)
            #expect(preview.status == 200, "\(preview.text)")
            #expect(preview["people"] == 3 && preview["moved"] == 3)
            #expect(
                preview["cells"] == [
                    ["now": "attention", "then": "seen", "count": 1], ["now": "pay", "then": "buyer", "count": 1],
                    ["now": "pay", "then": "regular", "count": 1],
                ])
            #expect(try await fixtures.send(.get, "/api/v1/stages").text == standard.text)

            let saved = try await fixtures.send(.put, "/api/v1/stages", Self.own)
            #expect(saved.status == 200 && saved["standard"] == false, "\(saved.text)")
            #expect(Self.names(saved) == ["seen", "buyer", "regular"])
            #expect(try await fixtures.send(.get, "/api/v1/stages").text == saved.text)
            let count = try await fixtures.send(.post, "/api/v1/query", #"{"kind":"count","who":{"stage":"regular"}}"#)
            #expect(count["count"] == 1)
            let old = try await fixtures.send(.post, "/api/v1/query", #"{"kind":"count","who":{"stage":"pay"}}"#)
            #expect(old.status == 400 && old.text.contains("seen, buyer, regular"))
            let stages = try await fixtures.send(.post, "/api/v1/query", #"{"kind":"stages","interval":"month"}"#)
            #expect(stages["rows"]?.arrayValue?.last?["buyer"] == 1)
            let again = try await fixtures.send(.post, "/api/v1/stages/preview", Self.own)
            #expect(again["moved"] == 0)

            let back = try await fixtures.send(.delete, "/api/v1/stages")
            #expect(back.status == 200 && back.text == standard.text)
            #expect(try await fixtures.send(.post, "/api/v1/query", #"{"kind":"count","who":{"stage":"pay"}}"#)["count"] == 2)
            let audit = try await fixtures.directory.audit(of: fixtures.created.workspace.id)
            let details = audit.filter { $0.action == "stages.changed" }.map(\.detail)
            #expect(details.sorted() == ["seen, buyer, regular", "standard"])
        }
    }

    @Test("A person's moves are dated, with the call that made each")
    func moves() async throws {
        try await APIFixtures.run { fixtures in
            try await Self.shop(fixtures)
            _ = try await fixtures.send(.put, "/api/v1/stages", Self.own)
            let reply = try await fixtures.send(.get, "/api/v1/people/user_id:ann/stages")
            #expect(reply.status == 200, "\(reply.text)")
            #expect(reply["stage"] == "regular" && reply["since"] == "2026-03-03T08:00:00Z")
            let call: JSONValue = ["arrival": 1, "type": "track", "event": "Order Completed"]
            #expect(
                reply["moves"]?.arrayValue?.first
                    == ["from": nil, "to": "buyer", "at": "2026-03-01T08:00:00Z", "cause": "call", "calls": [call]])
            #expect(reply["stays"]?.arrayValue?[1] == ["stage": "buyer", "days": 2.0])
            #expect(try await fixtures.send(.get, "/api/v1/people/user_id:nobody/stages").status == 404)
        }
    }

    @Test(
        "Stages that cannot be are refused at their place and change nothing",
        arguments: [
            (#"{}"#, "/stages"), (#"[]"#, ""), (#"{"stages":[]}"#, "/stages"), (#"{"stages":7}"#, "/stages"),
            (#"{"stages":[{"name":"Use","rule":{"everyone":true}}]}"#, "/stages/0/name"),
            (#"{"stages":[{"name":"use","rule":{"everyone":1}}]}"#, "/stages/0/rule/everyone"),
            (#"{"stages":[{"name":"use","rule":{"stage":"pay"}}]}"#, "/stages/0/rule"),
            (#"{"stages":[{"name":"use","rule":{"role":"sorcerer"}}]}"#, "/stages/0/rule"),
            (#"{"stages":[{"name":"use"}]}"#, "/stages/0/rule"),
            (#"{"stages":[{"name":"use","rule":{"everyone":true}}],"colour":1}"#, "/colour"),
        ])
    func refused(body: String, pointer: String) async throws {
        try await APIFixtures.run { fixtures in
            for (method, path) in [(HTTPRequest.Method.put, "/api/v1/stages"), (.post, "/api/v1/stages/preview")] {
                let reply = try await fixtures.send(method, path, body)
                #expect(reply.status == 400 && reply.pointer == pointer, "\(reply.text)")
            }
            #expect(try await fixtures.send(.get, "/api/v1/stages")["standard"] == true)
        }
    }

    @Test("A key that only reads may look and try, and saves nothing")
    func scopes() async throws {
        try await APIFixtures.run { fixtures in
            let made = try await fixtures.send(.post, "/api/v1/keys", #"{"name":"reader","scopes":["read"]}"#)
            let reader = try #require(made["key"]?.stringValue)
            #expect(try await fixtures.send(.post, "/api/v1/stages/preview", Self.own, bearer: reader).status == 200)
            #expect(try await fixtures.send(.put, "/api/v1/stages", Self.own, bearer: reader).status == 403)
            #expect(try await fixtures.send(.delete, "/api/v1/stages", bearer: reader).status == 403)
        }
    }
}
