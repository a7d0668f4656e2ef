import HTTPTypes
import Model
import Testing

@testable import HTTPAPI

@Suite("What product codes grant, over the API") struct ProductGrantAPITests {
    @Test("A registered code grants at once, and a case that moves it moves the benefit")
    func life() async throws {
        try await PlanAPITests.run { fixtures in
            let made = try await fixtures.send(
                .post, "/api/v1/product-codes/batches", #"{"name":"Spring","product":"kettle","count":2}"#, key: "batch")
            let id = try #require(made["id"]?.stringValue)
            let file = try await fixtures.send(.get, "/api/v1/product-codes/batches/\(id)/codes")
            let code = try #require(file.text.split(separator: "\r\n").dropFirst().first).prefix(14)
            let grants = #"{"product":"kettle","grants":[{"benefit":"lounge","amount":2,"months":24,"payer":"user_id:cleo"}]}"#
            let set = try await fixtures.send(.post, "/api/v1/product-codes/grants", grants)
            #expect(set.status == 200 && set["version"] == 1, "\(set.text)")
            let wrong = try await fixtures.send(
                .post, "/api/v1/product-codes/grants", #"{"product":"kettle","grants":[{"benefit":"spa"}]}"#)
            #expect(wrong.status == 409 && PlanAPITests.codes(wrong) == ["BENEFIT_UNKNOWN"], "\(wrong.text)")
            let list = try await fixtures.send(.get, "/api/v1/product-codes/grants")
            #expect(list["products"]?.arrayValue?.first?["product"] == "kettle", "\(list.text)")

            func register(_ who: String) async throws -> APIReply {
                try await fixtures.send(
                    .post, "/api/v1/product-codes/register",
                    #"{"who":"user_id:\#(who)","code":"\#(code)","address":"192.0.2.1"}"#)
            }
            func isAllowed(_ who: String) async throws -> JSONValue? {
                try await fixtures.send(
                    .post, "/api/v1/benefits/check", #"{"member":"user_id:\#(who)","benefit":"lounge"}"#)["allowed"]
            }
            #expect(try await register("ann").status == 201)
            #expect(try await isAllowed("ann") == true)
            let contested = try await register("bob")
            #expect(contested.status == 202, "\(contested.text)")
            #expect(try await isAllowed("bob") == false)
            let dispute = try #require(contested["case"]?.stringValue)
            let moved = try await fixtures.send(
                .post, "/api/v1/product-codes/cases/\(dispute)/resolve", #"{"resolution":"move","why":"receipt"}"#)
            #expect(moved.status == 200, "\(moved.text)")
            #expect(try await isAllowed("ann") == false)
            #expect(try await isAllowed("bob") == true)
        }
    }
}
