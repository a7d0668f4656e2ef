import HTTPTypes
import Model
import Records
import Testing
import Workspaces

@testable import HTTPAPI

@Suite("Forms of progressive registration over the API") struct FormAPITests {
    private static let path = "/api/v1/forms"
    private static let form =
        #"{"name":"Join","steps":[{"name":"Contact","traits":["email","name"]},{"name":"Work","traits":["company"]},{"name":"Home","traits":["address.city"]}]}"#

    private static func run(_ body: @escaping @Sendable (APIFixtures, String) async throws -> Void) async throws {
        try await APIFixtures.run { fixtures in
            try await fixtures.collect(
                #"""
                {"type":"identify","userId":"new","traits":{"name":"N"},"timestamp":"2026-03-01T00:00:00Z"},
                {"type":"identify","userId":"half","traits":{"email":"h@example.com","name":"H","address":{"city":"A"}},"timestamp":"2026-03-01T00:00:00Z"},
                {"type":"identify","userId":"most","traits":{"email":"m@example.com","name":"M","company":"m"},"timestamp":"2026-03-01T00:00:00Z"},
                {"type":"identify","userId":"all","traits":{"email":"a@example.com","name":"A","company":"c","address":{"city":"A"}},"timestamp":"2026-03-01T00:00:00Z"},
                {"type":"track","event":"View","userId":"nothing","timestamp":"2026-03-01T00:00:00Z"}
                """#)
            let made = try await fixtures.send(.post, path, form)
            #expect(made.status == 201, "\(made.text)")
            try await body(fixtures, try #require(made["id"]?.stringValue))
        }
    }

    @Test("Each person stands at the first step of which a trait is missing")
    func next() async throws {
        try await Self.run { fixtures, id in
            func next(_ person: String) async throws -> APIReply {
                try await fixtures.send(.get, "\(Self.path)/\(id)/next?person=user_id:\(person)")
            }
            let wanted: [(String, JSONValue, JSONValue)] = [
                ("nothing", 1, ["email", "name"]), ("new", 1, ["email"]), ("half", 2, ["company"]),
                ("most", 3, ["address.city"]), ("all", .null, []),
            ]
            for (person, number, missing) in wanted {
                let reply = try await next(person)
                #expect(reply["number"] == number && reply["missing"] == missing, "\(person): \(reply.text)")
                #expect(reply["done"] == .bool(number.isNull))
            }
            #expect(try await next("half")["step"]?["name"] == "Work")
            #expect(try await next("all")["step"] == .null)
            try await fixtures.collect(#"{"type":"identify","userId":"half","traits":{"company":"c"}}"#)
            #expect(try await next("half")["done"] == true)
            try await fixtures.collect(#"{"type":"identify","userId":"half","traits":{"name":null}}"#)
            #expect(try await next("half")["missing"] == ["name"])
            let person = try #require(try await next("new")["person"]?.stringValue)
            #expect(try await fixtures.send(.get, "\(Self.path)/\(id)/next?person=\(person)")["number"] == 1)
            #expect(try await next("nobody").status == 404)
            #expect(try await fixtures.send(.get, "\(Self.path)/\(id)/next").status == 400)
            #expect(try await fixtures.send(.get, "\(Self.path)/frm_none/next?person=user_id:new").status == 404)
        }
    }

    @Test("Progress counts who reached and finished each step; its expressions find just those people")
    func progress() async throws {
        try await Self.run { fixtures, id in
            let steps = try #require(try await fixtures.send(.get, "\(Self.path)/\(id)/progress")["steps"]?.arrayValue)
            let counts = steps.map { step in ["reached", "finished", "dropped"].map { step[$0] } }
            #expect(counts == [[5, 3, 2], [3, 2, 1], [2, 1, 1]])
            for step in steps {
                for member in ["reached", "finished", "dropped"] {
                    let who = try #require(step["people"]?[member])
                    let count = try await fixtures.send(.post, "/api/v1/query", #"{"kind":"count","who":\#(who.text)}"#)
                    #expect(count["count"] == step[member], "\(member): \(who.text) \(count.text)")
                }
            }
            let past = try await fixtures.send(.get, "\(Self.path)/\(id)/progress?asOf=2020-01-01")
            #expect(past["steps"]?.arrayValue?.map { $0["reached"] } == [0, 0, 0])
            #expect(try await fixtures.send(.get, "\(Self.path)/\(id)/progress?asOf=soon").status == 400)
        }
    }

    @Test("A computed trait can be asked for, and is there when it has a value")
    func computed() async throws {
        try await Self.run { fixtures, _ in
            let rule = #"{"selector":{"event":"View"},"measure":"first","property":"page"}"#
            #expect(try await fixtures.send(.put, "/api/v1/traits/computed/seen", rule).status == 200)
            let made = try await fixtures.send(
                .post, Self.path, #"{"name":"Look","steps":[{"name":"See","traits":["seen"]}]}"#)
            let id = try #require(made["id"]?.stringValue)
            try await fixtures.collect(
                #"{"type":"track","event":"View","userId":"new","properties":{"page":"p"},"timestamp":"2026-03-01T00:00:00Z"}"#)
            #expect(try await fixtures.send(.get, "\(Self.path)/\(id)/progress")["steps"]?.arrayValue?.first?["finished"] == 1)
            #expect(try await fixtures.send(.get, "\(Self.path)/\(id)/next?person=user_id:new")["done"] == true)
            #expect(try await fixtures.send(.get, "\(Self.path)/\(id)/next?person=user_id:all")["missing"] == ["seen"])
        }
    }

    @Test("A form is changed, listed and deleted; each change is noted; a reader makes none")
    func changes() async throws {
        try await Self.run { fixtures, id in
            let shorter = #"{"name":"Join us","steps":[{"name":"Contact","traits":["email"]}]}"#
            let changed = try await fixtures.send(.put, "\(Self.path)/\(id)", shorter)
            #expect(changed["name"] == "Join us" && changed["steps"]?.arrayValue?.count == 1, "\(changed.text)")
            #expect(try await fixtures.send(.get, Self.path)["forms"] == [changed.json])
            #expect(try await fixtures.send(.get, "\(Self.path)/\(id)").json == changed.json)
            let same = try await fixtures.send(.post, Self.path, shorter)
            #expect(same.status == 409 && same.code == "form_exists" && same.pointer == "/name")
            let made = try await fixtures.send(.post, "/api/v1/keys", #"{"name":"reader","scopes":["read"]}"#)
            let reader = try #require(made["key"]?.stringValue)
            #expect(try await fixtures.send(.delete, "\(Self.path)/\(id)", bearer: reader).status == 403)
            #expect(try await fixtures.send(.get, "\(Self.path)/\(id)/progress", bearer: reader).status == 200)
            #expect(try await fixtures.send(.delete, "\(Self.path)/\(id)")["id"] == .string(id))
            #expect(try await fixtures.send(.delete, "\(Self.path)/\(id)").status == 404)
            #expect(try await fixtures.send(.get, Self.path)["forms"] == [])
            let audit = try await fixtures.directory.audit(of: fixtures.created.workspace.id)
            #expect(
                Set(audit.map(\.action)).isSuperset(of: ["form.created", "form.changed", "form.deleted"]),
                "\(audit.map(\.action))")
        }
    }

    @Test(
        "What is no form is refused with its pointer",
        arguments: [
            (#"{"name":"F"}"#, "/steps"), (#"{"name":"F","steps":[]}"#, "/steps"), (#"{"name":"F","steps":{}}"#, "/steps"),
            (#"{"name":"","steps":[{"name":"A","traits":["a"]}]}"#, "/name"),
            (#"{"name":"F","steps":[{"name":"","traits":["a"]}]}"#, "/steps/0/name"),
            (#"{"name":"F","steps":[{"name":"A","traits":[]}]}"#, "/steps/0/traits"),
            (#"{"name":"F","steps":[{"name":"A","traits":["a",""]}]}"#, "/steps/0/traits/1"),
            (#"{"name":"F","steps":[{"name":"A","traits":["a","b"]},{"name":"B","traits":["c","a"]}]}"#, "/steps/1/traits/1"),
            (#"{"name":"F","steps":[{"name":"A","traits":["a"]},{"name":"B"}]}"#, "/steps/1"),
            (#"{"name":"F","steps":[{"name":"A","traits":["a"],"more":1}]}"#, "/steps/0"),
            (#"{"name":"F","steps":[{"name":"A","traits":["a"]}],"more":1}"#, "/more"),
            (
                #"{"name":"F","steps":[\#((0 ... 20).map { #"{"name":"s","traits":["t\#($0)"]}"# }.joined(separator: ","))]}"#,
                "/steps"
            ),
            (
                #"{"name":"F","steps":[{"name":"A","traits":[\#((0 ... 10).map { "\"t\($0)\"" }.joined(separator: ","))]}]}"#,
                "/steps/0/traits"
            ),
        ])
    func refuses(body: String, pointer: String) async throws {
        try await APIFixtures.run { fixtures in
            let reply = try await fixtures.send(.post, Self.path, body)
            #expect(reply.status == 400 && reply.pointer == pointer, "\(reply.text)")
            #expect(try await fixtures.send(.get, Self.path)["forms"] == [])
        }
    }
}
