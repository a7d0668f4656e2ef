import HTTPTypes
import Model
import Records
import Testing
import Workspaces

@testable import HTTPAPI

@Suite("A person's rights over the API") struct RightsTests {
    private static func run(_ body: @escaping @Sendable (APIFixtures) async throws -> Void) async throws {
        try await APIFixtures.run { fixtures in
            try await fixtures.collect(
                #"""
                {"type":"identify","userId":"customer-ann","traits":{"email":"Ann@Example.com","note":"likes oolong"}},
                {"type":"track","event":"View","userId":"customer-ann","anonymousId":"browser-0001"},
                {"type":"track","event":"View","userId":"customer-bob","properties":{"friend":"ann@example.com"}}
                """#)
            try await body(fixtures)
        }
    }

    @Test("Everything about a person is one JSON object, every call in it")
    func exports() async throws {
        try await Self.run { fixtures in
            let export = try await fixtures.send(.get, "/api/v1/people/user_id:customer-ann/export")
            #expect(export.status == 200)
            #expect(export["calls"]?.arrayValue?.map { $0["type"] } == ["identify", "track"])
            #expect(export["traits"]?["note"] == "likes oolong")
            #expect(export["decisions"]?.arrayValue?.isEmpty == false && export["relationships"] == [])
            #expect(export["memberships"] == [])
            #expect(try await fixtures.send(.get, "/api/v1/people/user_id:who/export").status == 404)
        }
    }

    @Test("What the program knows of a person is among everything, and goes with the person, who can come back")
    func memberships() async throws {
        try await Self.run { fixtures in
            let program = #"{"name":"Tea club","currencies":[{"key":"points","name":"Points"}]}"#
            #expect(try await fixtures.send(.put, "/api/v1/program", program).status == 200)
            let earn = #"{"member":"user_id:customer-ann","amount":120,"source":"order-1","line":"1"}"#
            let earned = try await fixtures.send(.post, "/api/v1/points/earn", earn)
            #expect(earned.status == 200, "\(earned.text)")
            let export = try await fixtures.send(.get, "/api/v1/people/user_id:customer-ann/export")
            let membership = export["memberships"]?.arrayValue?.first
            #expect(membership?["points"]?.arrayValue?.first?["balance"]?["available"] == 120, "\(export.text)")
            let number = try #require(membership?["member"]?.stringValue)
            let answer = try await fixtures.send(.post, "/api/v1/people/user_id:customer-ann/erase")
            #expect(answer["removed"]?["members"] == 1 && answer["removed"]?["commands"] == 1, "\(answer.text)")
            let gone = try await fixtures.directory.check(erased: "user_id:customer-ann")
            #expect(gone.allSatisfy { $0["gone"] == true }, "\(gone)")
            let tombstone = try await fixtures.send(.get, "/api/v1/program/members/\(number)")
            #expect(
                tombstone["state"] == "erased" && tombstone["identities"] == []
                    && tombstone["balances"]?["points"]?["available"] == 120)
            let again = try await fixtures.send(.post, "/api/v1/points/earn", earn.replacing("order-1", with: "order-2"))
            #expect(again.status == 200 && again["member"]?.stringValue != number, "\(again.text)")
        }
    }

    @Test("Who is erased is unknown, unnamed, and somebody new when they come back")
    func erases() async throws {
        try await Self.run { fixtures in
            let answer = try await fixtures.send(
                .post, "/api/v1/people/user_id:customer-ann/erase", #"{"reason":"asked for it"}"#)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer["removed"]?["calls"] == 2 && answer["suppressed"] == false)
            #expect(answer["kept"]?.arrayValue?.isEmpty == false)
            #expect(try await fixtures.send(.get, "/api/v1/people/user_id:customer-ann").status == 404)
            let events = try await fixtures.send(.get, "/api/v1/export/events")
            #expect(events.text.contains("customer-bob") && events.text.contains(#""friend":"(erased)""#), "\(events.text)")
            for trace in ["customer-ann", "nn@", "oolong", "browser-0001"] { #expect(!events.text.contains(trace)) }
            let everybody = try await fixtures.send(.post, "/api/v1/query", #"{"kind":"count"}"#)
            #expect(everybody["count"] == 1)
            try await fixtures.collect(#"{"type":"track","event":"View","userId":"customer-ann"}"#)
            let back = try await fixtures.send(.get, "/api/v1/people/user_id:customer-ann")
            #expect(back["events"] == 1)
            // Nobody is left by that address: asking again changes nothing.
            let again = try await fixtures.send(.post, "/api/v1/people/email:ann@example.com/erase")
            #expect(again["person"] == .null && again["removed"]?["calls"] == 0)
        }
    }

    @Test("With somebody nothing goes of whoever has a longer id, and neither is a trace of the other")
    func longerIDs() async throws {
        try await APIFixtures.run { fixtures in
            for user in ["customer-1", "customer-12"] {
                try await fixtures.collect(
                    #"""
                    {"type":"track","event":"Sees \#(user)","userId":"\#(user)","properties":{"\#(user)":"\#(user)"}}
                    """#)
                let refused = #"{"batch":[{"type":"track","userId":"\#(user)"}]}"#
                _ = try await fixtures.send(.post, "/v1/batch", refused, bearer: fixtures.created.writeKey)
                #expect(try await fixtures.send(.get, "/api/v1/people/user_id:\(user)?why=call+of+\(user)").status == 200)
            }
            let answer = try await fixtures.send(.post, "/api/v1/people/user_id:customer-1/erase")
            #expect(answer["removed"]?["refusals"] == 1 && answer["removed"]?["calls"] == 1, "\(answer.text)")
            let gone = try await fixtures.directory.check(erased: "user_id:customer-1")
            #expect(gone.allSatisfy { $0["gone"] == true }, "\(gone)")
            let there = try await fixtures.directory.check(erased: "user_id:customer-12")
            let places = there.first?["places"]?.arrayValue?.compactMap(\.stringValue) ?? []
            #expect(places.contains("rejections.payload") && places.contains("audit_chain.reason"), "\(places)")
            #expect(places.contains { $0.hasSuffix(": events") } || places.contains { $0.hasPrefix("in memory") })
            #expect(try await fixtures.send(.get, "/api/v1/people/user_id:customer-12")["events"] == 1)
            let reasons = try await fixtures.directory.audit(of: fixtures.created.workspace.id).compactMap(\.reason)
            #expect(Set(reasons).isSuperset(of: ["(erased)", "call of customer-12"]), "\(reasons)")
            #expect(try await fixtures.directory.checkAudit(of: fixtures.created.workspace.id).firstBroken == nil)
        }
    }

    @Test("Calls of a suppressed identity are turned away, named in the answer, and kept nowhere, until it is taken back")
    func suppresses() async throws {
        try await Self.run { fixtures in
            let answer = try await fixtures.send(
                .post, "/api/v1/people/user_id:customer-ann/erase", #"{"suppress":true}"#)
            #expect(answer["suppressed"] == true)
            let call = #"{"type":"track","event":"Comes Back","userId":"customer-ann"}"#
            let sent = try await fixtures.send(.post, "/v1/batch", "{\"batch\":[\(call)]}", bearer: fixtures.created.writeKey)
            #expect(sent["rejected"]?.arrayValue?.map { $0["code"] } == ["suppressed_identity"], "\(sent.text)")
            let one = try await fixtures.send(.get, "/api/v1/suppressions?identity=email:ANN@example.com")
            #expect(one["suppressions"]?.arrayValue?.map { $0["kind"] } == ["erased_suppressed"])
            let all = try await fixtures.send(.get, "/api/v1/suppressions")
            #expect(all["suppressions"]?.arrayValue?.count == 3 && !all.text.contains("ann"))
            #expect(try await fixtures.send(.delete, "/api/v1/suppressions?identity=user_id:customer-ann").status == 204)
            #expect(try await fixtures.send(.delete, "/api/v1/suppressions?identity=user_id:customer-ann").status == 404)
            try await fixtures.collect(call)
            #expect(try await fixtures.send(.get, "/api/v1/people/user_id:customer-ann")["events"] == 1)
            let body = #"{"identity":"user_id:customer-bob","reason":"wrote to us"}"#
            #expect(try await fixtures.send(.post, "/api/v1/suppressions", body).status == 204)
            let bob = #"{"type":"track","event":"View","userId":"customer-bob"}"#
            let refused = try await fixtures.send(.post, "/v1/batch", "{\"batch\":[\(bob)]}", bearer: fixtures.created.writeKey)
            #expect(refused.text.contains("suppressed_identity"))
            #expect(try await fixtures.send(.get, "/api/v1/people/user_id:customer-bob")["events"] == 1)
        }
    }

    @Test(
        "What cannot be is refused",
        arguments: [
            ("/api/v1/people/p_zzzz/erase", "", 404), ("/api/v1/people/nobody-at-all/erase", "", 404),
            ("/api/v1/people/user_id:customer-ann/erase", #"{"reason":"customer-ann asked"}"#, 400),
            ("/api/v1/people/user_id:customer-ann/erase", #"{"suppress":"yes"}"#, 400),
            ("/api/v1/people/user_id:customer-ann/erase", #"{"why":"x"}"#, 400),
            ("/api/v1/suppressions", #"{"identity":"email:null"}"#, 404), ("/api/v1/suppressions", "{}", 400),
        ])
    func refuses(path: String, body: String, status: Int) async throws {
        try await Self.run { fixtures in
            let answer = try await fixtures.send(.post, path, body)
            #expect(answer.status == status, "\(answer.text)")
            #expect(try await fixtures.send(.get, "/api/v1/people/user_id:customer-ann").status == 200)
        }
    }
}

@Suite("How long events are kept, over the API") struct RetentionTests {
    @Test("Events go when the time of every purpose with a rule for them is over, and are counted")
    func retains() async throws {
        try await APIFixtures.run { fixtures in
            // The clock stands at 2026-03-10T09:00Z.
            try await fixtures.collect(
                #"""
                {"type":"track","event":"View","userId":"a","timestamp":"2026-01-01T00:00:00Z","messageId":"v1"},
                {"type":"track","event":"View","userId":"a","timestamp":"2026-02-20T00:00:00Z","messageId":"v2"},
                {"type":"track","event":"Search","userId":"b","timestamp":"2025-06-01T00:00:00Z","messageId":"s1"},
                {"type":"page","userId":"b","timestamp":"2025-06-01T00:00:00Z","messageId":"p1"},
                {"type":"track","event":"Order Completed","userId":"b","timestamp":"2020-06-01T00:00:00Z","messageId":"o1"}
                """#)
            let rules = #"""
                {"rules":[{"event":"View","days":10},{"event":"View","purpose":"billing","days":30},{"event":"*","days":90},
                {"event":"Order Completed","purpose":"tax","days":3650}]}
                """#
            let set = try await fixtures.send(.put, "/api/v1/retention", rules)
            #expect(set.status == 200, "\(set.text)")
            #expect(set["rules"]?.arrayValue?.count == 4 && set["deleted"] == [])
            let workspace = fixtures.created.workspace.id
            #expect(try await fixtures.directory.carryOutRetention(of: workspace) == ["View": 1, "Search": 1, "page": 1])
            let events = try await fixtures.send(.get, "/api/v1/export/events")
            #expect(events.text.split(separator: "\n").count == 2)
            #expect(events.text.contains(#""v2""#) && events.text.contains(#""o1""#))
            #expect(try await fixtures.directory.carryOutRetention(of: workspace) == [:])
            fixtures.clock.advance(seconds: 40 * 86_400)
            #expect(try await fixtures.directory.carryOutRetention(of: workspace) == ["View": 1])
            let read = try await fixtures.send(.get, "/api/v1/retention")
            #expect(
                read["deleted"]?.arrayValue?.map { "\($0["event"]?.stringValue ?? "") \($0["count"]?.text ?? "")" }
                    == ["Search 1", "View 2", "page 1"])
            #expect(try await fixtures.send(.put, "/api/v1/retention", #"{"rules":[]}"#)["rules"] == [])
        }
    }

    @Test(
        "Rules that cannot be are refused with their place, and change nothing",
        arguments: [
            (#"{"rules":[{"event":"","days":1}]}"#, "/rules/0/event"), (#"{"rules":[{"event":"A","days":0}]}"#, "/rules/0/days"),
            (#"{"rules":[{"event":"A","days":40000}]}"#, "/rules/0/days"), (#"{"rules":[{"event":"A"}]}"#, "/rules/0/days"),
            (#"{"rules":[{"days":1}]}"#, "/rules/0/event"),
            (#"{"rules":[{"event":"A","days":1},{"event":"A","days":2}]}"#, "/rules/1"),
            (#"{"rules":[{"event":"A","days":1,"why":"x"}]}"#, "/rules/0/why"), (#"{"rules":7}"#, "/rules"), ("{}", "/rules"),
            (#"{"rules":[7]}"#, "/rules/0"),
        ])
    func refuses(body: String, place: String) async throws {
        try await APIFixtures.run { fixtures in
            #expect(try await fixtures.send(.put, "/api/v1/retention", #"{"rules":[{"event":"A","days":1}]}"#).status == 200)
            let answer = try await fixtures.send(.put, "/api/v1/retention", body)
            #expect(answer.status == 400 && answer.pointer == place, "\(answer.text)")
            #expect(try await fixtures.send(.get, "/api/v1/retention")["rules"]?.arrayValue?.count == 1)
        }
    }
}
