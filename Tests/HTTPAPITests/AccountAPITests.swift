import HTTPTypes
import Model
import Testing

@testable import HTTPAPI

@Suite("Accounts over the API") struct AccountAPITests {
    @Test("Accounts are listed with the silent ones first, searched, paged, and read one by one")
    func reads() async throws {
        try await APIFixtures.run { fixtures in
            try await fixtures.collect(
                """
                {"type":"group","userId":"ann","groupId":"a/c&me","traits":{"name":"Acme"},"timestamp":"2026-01-01T00:00:00Z"},
                {"type":"group","userId":"bob","groupId":"globex","timestamp":"2026-01-01T00:00:00Z"},
                {"type":"track","event":"View","userId":"bob","timestamp":"2026-03-09T00:00:00Z"},
                {"type":"track","event":"Order Completed","userId":"ann","timestamp":"2026-03-01T00:00:00Z","properties":{"order_id":"1","total":5}}
                """)
            let list = try await fixtures.send(.get, "/api/v1/accounts?limit=1")
            #expect(list["total"] == 2 && list["silent"] == 1, "\(list.text)")
            let first = try #require(list["accounts"]?.arrayValue?.first)
            #expect(first["id"] == "a/c&me" && first["name"] == "Acme" && first["silent"] == true && first["lastUse"] == .null)
            let rest = try await fixtures.send(.get, "/api/v1/accounts?limit=1&cursor=a%2Fc%26me")
            #expect(rest["accounts"]?.arrayValue?.map { $0["id"] } == ["globex"] && rest["next"] == .null)
            let found = try await fixtures.send(.get, "/api/v1/accounts?search=GLOB&silent=false")
            #expect(found["accounts"]?.arrayValue?.count == 1)
            let one = try await fixtures.send(.get, "/api/v1/accounts/a%2Fc%26me")
            #expect(one.status == 200 && one["members"]?.arrayValue?.map { $0["name"] } == ["ann"], "\(one.text)")
            #expect(one["traits"]?["name"] == "Acme" && one["weeks"]?.arrayValue?.count == 26)
            #expect(try await fixtures.send(.get, "/api/v1/accounts/nothing").status == 404)
            #expect(try await fixtures.send(.get, "/api/v1/accounts?cursor=gone").code == "bad_cursor")
            #expect(try await fixtures.send(.get, "/api/v1/accounts?silent=perhaps").code == "bad_parameter")
            #expect(try await fixtures.send(.get, "/api/v1/accounts", bearer: "ak_unknown").status == 401)
        }
    }
}
