import HTTPTypes
import Model
import Records
import Testing
import Workspaces

@testable import HTTPAPI

@Suite("Computed traits over the API") struct ComputedTraitAPITests {
    private static let path = "/api/v1/traits/computed"
    private static let spent =
        #"{"selector":{"event":"Order Completed"},"measure":"sum","property":"revenue","window":"90d"}"#

    private static func run(_ body: @escaping @Sendable (APIFixtures) async throws -> Void) async throws {
        try await APIFixtures.run { fixtures in
            try await fixtures.collect(
                #"""
                {"type":"identify","userId":"ann","traits":{"spent":"much"}},
                {"type":"track","event":"Order Completed","userId":"ann","properties":{"revenue":12.5},"timestamp":"2026-03-01T00:00:00Z"},
                {"type":"track","event":"Order Completed","userId":"ann","properties":{"revenue":0.5},"timestamp":"2026-03-02T00:00:00Z"},
                {"type":"track","event":"Order Completed","userId":"ann","properties":{"revenue":9},"timestamp":"2025-03-02T00:00:00Z"},
                {"type":"track","event":"View","userId":"bob","timestamp":"2026-03-02T00:00:00Z"}
                """#)
            try await body(fixtures)
        }
    }

    @Test("A rule is kept, asked for in expressions, portraits and distributions, changed and taken away; every change is noted")
    func defines() async throws {
        try await Self.run { fixtures in
            fixtures.clock.advance(seconds: 1)
            let made = try await fixtures.send(.put, "\(Self.path)/spent", Self.spent)
            #expect(made.status == 200 && made["key"] == "spent" && made["window"] == "90d", "\(made.text)")
            let list = try await fixtures.send(.get, Self.path)
            #expect(list["traits"] == [made.json])
            #expect(try await fixtures.send(.get, "\(Self.path)/spent").json == made.json)
            let who = #"{"kind":"count","who":{"trait":"spent","op":"=","value":13}}"#
            #expect(try await fixtures.send(.post, "/api/v1/query", who)["count"] == 1)
            let person = try await fixtures.send(.get, "/api/v1/people/user_id:ann")
            #expect(person["traits"] == ["spent": 13], "\(person.text)")
            #expect(person["traitFacts"]?.arrayValue?.map { $0["value"] } == ["much"], "what was sent stays to be seen")
            #expect(person["computedTraits"]?.arrayValue?.map { $0["value"] } == [13])
            #expect(person["computedTraits"]?.arrayValue?.first?["rule"]?["measure"] == "sum")
            let all = #"{"selector":{"event":"Order Completed"},"measure":"sum","property":"revenue"}"#
            fixtures.clock.advance(seconds: 1)
            #expect(try await fixtures.send(.put, "\(Self.path)/spent", all).status == 200)
            #expect(try await fixtures.send(.get, "/api/v1/people/user_id:ann")["traits"]?["spent"] == 22)
            #expect(try await fixtures.send(.get, "/api/v1/people/user_id:bob")["traits"]?["spent"] == 0)
            let past = #"{"kind":"count","asOf":"2020-01-01","who":{"trait":"spent","op":">","value":0}}"#
            #expect(try await fixtures.send(.post, "/api/v1/query", past)["count"] == 0)
            fixtures.clock.advance(seconds: 1)
            #expect(try await fixtures.send(.delete, "\(Self.path)/spent")["key"] == "spent")
            #expect(try await fixtures.send(.delete, "\(Self.path)/spent").status == 404)
            #expect(try await fixtures.send(.get, "/api/v1/people/user_id:ann")["traits"]?["spent"] == "much")
            // Readings of people stand between them.
            let audit = try await fixtures.directory.audit(of: fixtures.created.workspace.id)
                .filter { $0.action.hasPrefix("trait.") }
            #expect(
                audit.prefix(3).map(\.action) == ["trait.removed", "trait.changed", "trait.defined"]
                    && audit.prefix(3).allSatisfy { $0.target == "spent" })
        }
    }

    @Test("What was computed for an instant is kept until an event arrives or the rule changes")
    func kept() async throws {
        try await Self.run { fixtures in
            let ask = #"{"kind":"count","range":{"to":"2026-03-05"},"who":{"trait":"spent","op":">","value":0}}"#
            func scanned() async throws -> JSONValue? {
                let answer = try await fixtures.send(.post, "/api/v1/query", ask)
                #expect(answer["count"] == 1, "\(answer.text)")
                return answer["events_scanned"]
            }
            #expect(try await fixtures.send(.put, "\(Self.path)/spent", Self.spent).status == 200)
            #expect(try await scanned() != 0)
            #expect(try await scanned() == 0)
            try await fixtures.collect(#"{"type":"track","event":"View","userId":"bob"}"#)
            #expect(try await scanned() != 0)
            let most = #"{"selector":{"event":"Order Completed"},"measure":"max","property":"revenue"}"#
            #expect(try await fixtures.send(.put, "\(Self.path)/spent", most).status == 200)
            #expect(try await scanned() != 0)
        }
    }

    @Test(
        "What is no rule is refused with its pointer, and nothing is kept",
        arguments: [
            ("x", #"{"selector":{"any":true},"measure":"median"}"#, "/measure"),
            ("x", #"{"selector":{"any":true},"measure":"sum"}"#, "/property"),
            ("x", #"{"selector":{"any":true},"measure":"count","window":"0d"}"#, "/window"),
            ("x", #"{"selector":{"any":true},"measure":"count","window":"36500d"}"#, "/window"),
            ("x", #"{"selector":{"events":[]},"measure":"count"}"#, "/selector/events"), ("x", "{}", "/selector"),
            ("a.b", #"{"selector":{"any":true},"measure":"count"}"#, "/key"),
        ])
    func refuses(key: String, body: String, pointer: String) async throws {
        try await Self.run { fixtures in
            let reply = try await fixtures.send(.put, "\(Self.path)/\(key)", body)
            #expect(reply.status == 400 && reply.pointer == pointer, "\(reply.text)")
            #expect(try await fixtures.send(.get, Self.path)["traits"] == [])
            #expect(try await fixtures.send(.get, "\(Self.path)/\(key)").status == 404)
        }
    }

    @Test("A workspace has at most 50, of which each may still change; a reader defines none; a repeat is the first answer")
    func limits() async throws {
        try await Self.run { fixtures in
            for number in 0 ..< 50 {
                #expect(try await fixtures.send(.put, "\(Self.path)/t\(number)", Self.spent).status == 200)
            }
            let full = try await fixtures.send(.put, "\(Self.path)/more", Self.spent)
            #expect(full.status == 409 && full.code == "too_many_traits")
            #expect(try await fixtures.send(.put, "\(Self.path)/t7", Self.spent, key: "once").status == 200)
            #expect(try await fixtures.send(.put, "\(Self.path)/t7", Self.spent, key: "once").status == 200)
            let made = try await fixtures.send(.post, "/api/v1/keys", #"{"name":"reader","scopes":["read"]}"#)
            let reader = try #require(made["key"]?.stringValue)
            #expect(try await fixtures.send(.put, "\(Self.path)/t7", Self.spent, bearer: reader).status == 403)
            #expect(try await fixtures.send(.get, Self.path, bearer: reader)["traits"]?.arrayValue?.count == 50)
        }
    }
}
