import HTTPTypes
import Model
import Testing
import Workspaces

@testable import HTTPAPI

@Suite("Product codes over the API") struct ProductCodeAPITests {
    /// Runs `body` with the codes of a batch of four.
    private static func run(_ body: @escaping @Sendable (APIFixtures, [String]) async throws -> Void) async throws {
        try await APIFixtures.run { fixtures in
            let made = try await fixtures.send(
                .post, "/api/v1/product-codes/batches",
                #"{"name":"Spring","product":"tin-50g","reseller":"user_id:shop","warranty_months":24,"count":4}"#, key: "once")
            #expect(made.status == 201, "\(made.text)")
            let id = try #require(made["id"]?.stringValue)
            let file = try await fixtures.send(.get, "/api/v1/product-codes/batches/\(id)/codes")
            #expect(file.headers[.contentType] == "text/csv; charset=utf-8")
            let lines = file.text.split(separator: "\r\n")
            #expect(lines.first == "code,serial" && lines.count == 5)
            try await body(fixtures, lines.dropFirst().map { String($0.prefix(14)) })
        }
    }

    private static func register(
        _ who: String, _ code: String, _ fixtures: APIFixtures, bearer: String? = nil
    ) async throws -> APIReply {
        try await fixtures.send(
            .post, "/api/v1/product-codes/register", #"{"who":"\#(who)","code":"\#(code)","address":"192.0.2.1"}"#, bearer: bearer)
    }

    @Test("A code is made, registered, looked up, claimed by another and decided")
    func wholeLife() async throws {
        try await Self.run { fixtures, codes in
            let first = try await Self.register("user_id:ana", codes[0], fixtures)
            #expect(first.status == 201 && first["outcome"] == "registered", "\(first.text)")
            #expect(first["registration"]?["warrantyUntil"] == "2028-03-10")
            #expect(try await Self.register("user_id:ana", codes[0].lowercased(), fixtures).status == 200)
            let second = try await Self.register("user_id:ben", codes[0], fixtures)
            #expect(second.status == 202 && second["outcome"] == "contested", "\(second.text)")
            #expect(!second.text.contains("ana"), "a stranger is not told who has it")
            let id = try #require(second["case"]?.stringValue)
            let open = try await fixtures.send(.get, "/api/v1/product-codes/cases?state=open")
            #expect(open["cases"]?.arrayValue?.map { $0["id"]?.stringValue } == [id] && open["next"] == .null)
            let place = "/api/v1/product-codes/cases/\(id)/resolve"
            let decided = try await fixtures.send(.post, place, #"{"resolution":"move","why":"receipt"}"#)
            #expect(decided.status == 200 && decided["decision"]?["to"] == "user_id:ben", "\(decided.text)")
            #expect(try await fixtures.send(.post, place, #"{"resolution":"keep","why":"no"}"#).status == 409)
            let found = try await fixtures.send(.get, "/api/v1/product-codes/codes/\(codes[0])")
            #expect(found["registration"]?["who"] == "user_id:ben" && found["serial"] == 1, "\(found.text)")
            #expect(found["cases"]?.arrayValue?.count == 1)
            let batches = try await fixtures.send(.get, "/api/v1/product-codes/batches")
            #expect(batches["batches"]?.arrayValue?.map { $0["registered"] } == [1])
            let count = try await fixtures.send(.post, "/api/v1/query", #"{"kind":"count","who":{"role":"reseller"}}"#)
            #expect(count["count"] == 1, "\(count.text)")
            let trend =
                #"{"kind":"trend","interval":"year","series":[{"selector":{"event":"Product Registered"},"measure":"total"}],"#
            let asked = try await fixtures.send(
                .post, "/api/v1/query", trend + #""range":{"from":"2026-01-01","to":"2027-01-01"}}"#)
            #expect(asked["rows"]?.arrayValue?.compactMap { $0["values"]?.arrayValue?.first?.doubleValue }.reduce(0, +) == 2)
            let metrics = try await fixtures.send(.get, "/metrics")
            #expect(metrics.text.contains(#"teahouse_product_codes_total{outcome="registered"} 1"#))
        }
    }

    @Test("A code is blocked with the reason why, and let be registered again")
    func blocks() async throws {
        try await Self.run { fixtures, codes in
            #expect(try await Self.register("user_id:ana", codes[0], fixtures).status == 201)
            let place = "/api/v1/product-codes/codes/\(codes[0])"
            #expect(try await fixtures.send(.post, place + "/block", "{}").status == 400)
            #expect(try await fixtures.send(.post, "/api/v1/product-codes/codes/x/block", #"{"why":"copied"}"#).status == 404)
            let blocked = try await fixtures.send(.post, place + "/block", #"{"why":"copied"}"#)
            #expect(blocked.status == 200 && blocked["block"]?["why"] == "copied", "\(blocked.text)")
            #expect(blocked["registration"] == .null)
            #expect(try await fixtures.send(.post, place + "/block", #"{"why":"copied"}"#).status == 409)
            let refused = try await Self.register("user_id:ben", codes[0], fixtures)
            #expect(refused.status == 422 && refused["code"] == "code_blocked", "\(refused.text)")
            let metrics = try await fixtures.send(.get, "/metrics")
            #expect(metrics.text.contains(#"teahouse_product_codes_total{outcome="blocked"} 1"#))
            #expect(try await fixtures.send(.get, place)["block"]?["why"] == "copied")
            let free = try await fixtures.send(.delete, place + "/block")
            #expect(free.status == 200 && free["block"] == .null, "\(free.text)")
            #expect(try await fixtures.send(.delete, place + "/block").status == 409)
            #expect(try await Self.register("user_id:ben", codes[0], fixtures).status == 201)
        }
    }

    @Test("A key that only reads looks and changes nothing; a write key does neither")
    func scopes() async throws {
        try await Self.run { fixtures, codes in
            let made = try await fixtures.send(.post, "/api/v1/keys", #"{"name":"reader","scopes":["read"]}"#)
            let reader = try #require(made["key"]?.stringValue)
            #expect(try await Self.register("user_id:ana", codes[0], fixtures, bearer: reader).status == 403)
            #expect(try await Self.register("user_id:ana", codes[0], fixtures, bearer: fixtures.created.writeKey).status == 401)
            let batches = try await fixtures.send(.get, "/api/v1/product-codes/batches", bearer: reader)
            #expect(batches.status == 200)
            let id = try #require(batches["batches"]?.arrayValue?.first?["id"]?.stringValue)
            #expect(try await fixtures.send(.get, "/api/v1/product-codes/batches/\(id)/codes", bearer: reader).status == 403)
            #expect(try await fixtures.send(.get, "/api/v1/product-codes/codes/\(codes[0])", bearer: reader).status == 200)
            #expect(try await fixtures.send(.get, "/api/v1/product-codes/cases", bearer: reader)["cases"] == [])
        }
    }

    @Test("Wrong codes wait with Retry-After")
    func throttles() async throws {
        try await Self.run { fixtures, codes in
            for _ in 0 ..< 6 { #expect(try await Self.register("user_id:eve", "0000-0000-0000", fixtures).status == 422) }
            let blocked = try await Self.register("user_id:eve", codes[0], fixtures)
            #expect(blocked.status == 429 && blocked.headers[.retryAfter] == "2", "\(blocked.text)")
        }
    }

    @Test(
        "Bad input is refused",
        arguments: [
            ("register", #"{"code":"x"}"#, 400), ("register", #"{"who":"user_id:a"}"#, 400),
            ("register", #"{"who":"user_id:a","code":7}"#, 400), ("register", #"{"who":"a","code":"x"}"#, 400),
            ("register", #"{"who":"p_vv","code":"x"}"#, 404), ("register", #"{"who":"user_id:a","code":"x","extra":1}"#, 400),
            ("batches", #"{"name":"n","product":"p"}"#, 400), ("batches", #"{"name":"n","product":"p","count":1000001}"#, 400),
            ("batches", #"{"name":"n","product":"p","count":"5"}"#, 400), ("batches", #"{"name":"n","count":5}"#, 400),
            ("cases/case_none/resolve", #"{"resolution":"keep","why":"w"}"#, 404),
            ("cases/case_none/resolve", #"{"resolution":"burn","why":"w"}"#, 400),
            ("cases/case_none/resolve", #"{"resolution":"keep","why":" "}"#, 400),
            ("cases/none/resolve", #"{"resolution":"keep","why":"w"}"#, 404),
        ])
    func refuses(path: String, body: String, status: Int) async throws {
        try await Self.run { fixtures, _ in
            let reply = try await fixtures.send(.post, "/api/v1/product-codes/\(path)", body)
            #expect(reply.status == status, "\(reply.text)")
        }
    }

    @Test("What is not there is not found")
    func missing() async throws {
        try await Self.run { fixtures, _ in
            let places = [("codes/0000-0000-0000", 404), ("batches/bat_none/codes", 404), ("cases?cursor=x", 400)]
            for (place, status) in places {
                let reply = try await fixtures.send(.get, "/api/v1/product-codes/\(place)")
                #expect(reply.status == status, "\(reply.text)")
            }
        }
    }

    @Test("Who is erased holds no code any more, and no record names them")
    func erased() async throws {
        try await Self.run { fixtures, codes in
            let (ana, ben) = ("customer-anabel-0001", "customer-benedict-1")
            #expect(try await Self.register("user_id:\(ana)", codes[0], fixtures).status == 201)
            let contested = try await Self.register("user_id:\(ben)", codes[0], fixtures)
            #expect(contested.status == 202)
            for who in [ana, ben] {
                let answer = try await fixtures.send(.post, "/api/v1/people/user_id:\(who)/erase", "{}")
                #expect(answer.status == 200, "\(answer.text)")
                #expect(answer["removed"]?["registrations"] == (who == ana ? 1 : 0))
                let checks = try await fixtures.directory.check(erased: "user_id:\(who)")
                #expect(checks.allSatisfy { $0["gone"] == true }, "\(checks)")
            }
            let found = try await fixtures.send(.get, "/api/v1/product-codes/codes/\(codes[0])")
            #expect(found.status == 200 && !found.text.contains("customer-"), "\(found.text)")
            let batches = try await fixtures.send(.get, "/api/v1/product-codes/batches")
            #expect(batches["batches"]?.arrayValue?.first?["registered"] == 0, "\(batches.text)")
        }
    }
}
