import HTTPTypes
import Model
import Testing

@testable import HTTPAPI

@Suite("Relationships over the API") struct RelationshipAPITests {
    private static func run(_ body: @escaping @Sendable (APIFixtures) async throws -> Void) async throws {
        try await APIFixtures.run { fixtures in
            try await fixtures.collect(
                #"{"type":"track","event":"View","userId":"dad"},{"type":"track","event":"View","userId":"kid"}"#)
            try await body(fixtures)
        }
    }

    @Test("What is declared is read from both sides, replaced, asked for and taken away again")
    func declares() async throws {
        try await Self.run { fixtures in
            let body = #"{"holder":"user_id:dad","as":"payer","to":"user_id:kid","from":"2026-01-01"}"#
            let made = try await fixtures.send(.post, "/api/v1/relationships", body)
            #expect(made.status == 201, "\(made.text)")
            #expect(made["since"] == "2025-12-31T16:00:00Z" || made["since"] == "2025-12-31T16:00:00.000Z", "\(made.text)")
            #expect(made["origin"] == "declared" && made["until"] == .null)
            for id in ["user_id:dad", "user_id:kid"] {
                let read = try await fixtures.send(.get, "/api/v1/people/\(id)/relationships")
                #expect(read["relationships"]?.arrayValue?.map { $0["holder"] } == [made["holder"]])
            }
            let count = try await fixtures.send(.post, "/api/v1/query", #"{"kind":"count","by":"payer"}"#)
            #expect(count["count"] == 1)
            let again = #"{"holder":"user_id:dad","as":"payer","to":"user_id:kid"}"#
            #expect(try await fixtures.send(.post, "/api/v1/relationships", again).status == 201)
            let read = try await fixtures.send(.get, "/api/v1/people/user_id:dad/relationships")
            #expect(read["relationships"]?.arrayValue?.count == 1)
            let account = #"{"holder":"user_id:dad","as":"decider","account":"acme"}"#
            #expect(try await fixtures.send(.post, "/api/v1/relationships", account)["to"]?["account"] == "acme")
            let place = "/api/v1/relationships?holder=user_id:dad&as=payer&to=user_id:kid"
            #expect(try await fixtures.send(.delete, place).status == 200)
            #expect(try await fixtures.send(.delete, place).status == 404)
            let left = try await fixtures.send(.get, "/api/v1/people/user_id:dad/relationships")
            #expect(left["relationships"]?.arrayValue?.map { $0["as"] } == ["decider"])
        }
    }

    @Test(
        "What cannot be is refused",
        arguments: [
            (#"{"holder":"user_id:who","as":"payer","to":"user_id:kid"}"#, 404),
            (#"{"holder":"user_id:dad","as":"payer","to":"user_id:who"}"#, 404),
            (#"{"holder":"user_id:dad","as":"payer","to":"user_id:dad"}"#, 422),
            (#"{"holder":"user_id:dad","as":"payer"}"#, 422),
            (#"{"holder":"user_id:dad","as":"payer","to":"user_id:kid","account":"a"}"#, 422),
            (#"{"holder":"user_id:dad","as":"payer","to":"user_id:kid","from":"2026-02-01","until":"2026-01-01"}"#, 422),
            (#"{"holder":"user_id:dad","as":"payer","to":"user_id:kid","from":"soon"}"#, 400),
            (#"{"holder":"user_id:dad","as":"boss","to":"user_id:kid"}"#, 400), (#"{"as":"payer","to":"user_id:kid"}"#, 400),
            (#"{"holder":"user_id:dad","as":"payer","to":"user_id:kid","kind":1}"#, 400),
        ])
    func refuses(body: String, status: Int) async throws {
        try await Self.run { fixtures in
            #expect(try await fixtures.send(.post, "/api/v1/relationships", body).status == status)
            let read = try await fixtures.send(.get, "/api/v1/people/user_id:dad/relationships")
            #expect(read["relationships"] == [])
        }
    }

    @Test("A key that only reads declares nothing")
    func scope() async throws {
        try await Self.run { fixtures in
            let made = try await fixtures.send(.post, "/api/v1/keys", #"{"name":"reader","scopes":["read"]}"#)
            let reader = try #require(made["key"]?.stringValue)
            let body = #"{"holder":"user_id:dad","as":"payer","to":"user_id:kid"}"#
            #expect(try await fixtures.send(.post, "/api/v1/relationships", body, bearer: reader).status == 403)
            #expect(try await fixtures.send(.get, "/api/v1/people/user_id:kid/relationships", bearer: reader).status == 200)
        }
    }
}
