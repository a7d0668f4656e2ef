import HTTPTypes
import Model
import Testing

@testable import HTTPAPI

@Suite("Paid plans over the API") struct PlanAPITests {
    static let gold =
        #"{"key":"gold","name":{"en":"Gold","zh":"金卡"},"fee":3000,"benefits":[{"benefit":"lounge","amount":3,"list_price":1000}]}"#

    static func run(_ body: @escaping @Sendable (APIFixtures) async throws -> Void) async throws {
        try await APIFixtures.run { fixtures in
            _ = try await fixtures.send(
                .put, "/api/v1/program", #"{"name":"Tea club","currencies":[{"key":"points","name":"Leaves"}]}"#)
            for who in ["ann", "bob", "cleo"] {
                _ = try await fixtures.send(.post, "/api/v1/program/members", #"{"identity":"user_id:\#(who)"}"#)
            }
            _ = try await fixtures.send(
                .post, "/api/v1/program/benefits", #"{"key":"lounge","name":{"en":"Lounge","zh":"茶室"},"kind":"metered"}"#)
            let defined = try await fixtures.send(.post, "/api/v1/program/plans", gold)
            #expect(defined.status == 200 && defined["version"] == 1, "\(defined.text)")
            try await body(fixtures)
        }
    }

    static func codes(_ reply: APIReply) -> [JSONValue?]? { reply["reasons"]?.arrayValue?.map { $0["code"] } }

    private static func change(
        _ word: String, _ body: String?, _ fixtures: APIFixtures, key: String? = nil
    ) async throws -> APIReply {
        try await fixtures.send(.post, "/api/v1/benefits/plans/p/\(word)", body, key: key)
    }

    @Test("A plan is bought for somebody else, paid ahead, read with its history, and paid back less what was used")
    func life() async throws {
        try await Self.run { fixtures in
            let wish = #"{"plan":"gold","version":1,"beneficiary":"user_id:bob","payer":"user_id:ann"}"#
            let bought = try await fixtures.send(.post, "/api/v1/benefits/plans", wish, key: "p")
            #expect(bought.status == 200 && bought["state"] == "active", "\(bought.text)")
            #expect(bought["payer"] != bought["beneficiary"])
            let again = try await fixtures.send(.post, "/api/v1/benefits/plans", wish, key: "p")
            #expect(again.text == bought.text)
            let use = #"{"member":"user_id:bob","benefit":"lounge"}"#
            #expect(try await fixtures.send(.post, "/api/v1/benefits/consume", use)["left"]?["remaining"] == 2)
            let renewal = try await Self.change("pay", #"{"amount":3000,"by":"renewal"}"#, fixtures)
            #expect(renewal.status == 409 && Self.codes(renewal) == ["NOTICE_MISSING"], "\(renewal.text)")
            let notice = try await Self.change("notice", #"{"channel":"email"}"#, fixtures)
            #expect(notice["noticed"] == true, "\(notice.text)")
            let paid = try await Self.change("pay", #"{"amount":3000,"by":"renewal"}"#, fixtures)
            #expect(paid["paid_ahead"] == true, "\(paid.text)")
            let wrong = try await Self.change("pay", #"{"amount":1}"#, fixtures)
            #expect(Self.codes(wrong) == ["WRONG_AMOUNT", "ALREADY_PAID"], "\(wrong.text)")
            #expect(try await Self.change("cancel", nil, fixtures)["cancelled"] == true)
            let back = try await Self.change("refund", nil, fixtures, key: "back")
            #expect(back["refund"] == 5000 && back["state"] == "refunded", "\(back.text)")
            fixtures.clock.advance(seconds: 60)
            let read = try await fixtures.send(.get, "/api/v1/benefits/plans/p")
            #expect(read["history"]?.arrayValue?.last?["what"] == "refunded", "\(read.text)")
            for who in ["ann", "bob"] {
                let plans = try await fixtures.send(.get, "/api/v1/program/members/user_id:\(who)/plans")
                #expect(plans["plans"]?.arrayValue?.count == 1, "\(plans.text)")
            }
            #expect(try await fixtures.send(.get, "/api/v1/benefits/plans/none").status == 404)
            let list = try await fixtures.send(.get, "/api/v1/program/plans")
            #expect(list["plans"]?.arrayValue?.first?["plan"]?["fee"] == 3000, "\(list.text)")
        }
    }

    @Test("An offer that cannot be is refused at its place, and one that may not be with all reasons")
    func offers() async throws {
        try await Self.run { fixtures in
            let places = [
                (#"{"key":"x","name":{"en":"X","zh":"X"},"fee":-1,"benefits":[{"benefit":"lounge"}]}"#, "/fee"),
                (#"{"key":"x","name":{"en":"X","zh":"X"},"fee":1,"benefits":[]}"#, "/benefits"),
                (
                    #"{"key":"x","name":{"en":"X","zh":"X"},"fee":1,"benefits":[{"benefit":"a"},{"benefit":"a"}]}"#,
                    "/benefits/1/benefit"
                ),
                (#"{"key":"x","name":{"en":"X","zh":"X"},"fee":1,"luck":1,"benefits":[{"benefit":"a"}]}"#, "/luck"),
            ]
            for (body, place) in places {
                let refused = try await fixtures.send(.post, "/api/v1/program/plans", body)
                #expect(refused.status == 400 && refused.text.contains(place), "\(refused.text)")
            }
            let unknown = try await fixtures.send(
                .post, "/api/v1/program/plans",
                #"{"key":"x","name":{"en":"X","zh":"X"},"fee":1,"interval":"hour","benefits":[{"benefit":"spa"}]}"#)
            #expect(Self.codes(unknown) == ["BAD_TIME", "BENEFIT_UNKNOWN"], "\(unknown.text)")
        }
    }

    @Test("A plan is given and accepted, another declined, and who gave it sees both")
    func gifts() async throws {
        try await Self.run { fixtures in
            let path = "/api/v1/benefits/plan-gifts"
            let wish = #"{"plan":"gold","payer":"user_id:ann","recipient":"user_id:bob","days":3}"#
            let given = try await fixtures.send(.post, path, wish, key: "g")
            #expect(given["state"] == "offered", "\(given.text)")
            let cleo = try await fixtures.send(.post, "\(path)/g/accept", #"{"by":"user_id:cleo"}"#)
            #expect(cleo.status == 409 && Self.codes(cleo) == ["GIFT_NOT_YOURS"], "\(cleo.text)")
            let bob = try await fixtures.send(.post, "\(path)/g/accept", #"{"by":"user_id:bob"}"#)
            #expect(bob["state"] == "accepted" && bob["beneficiary"] != bob["payer"], "\(bob.text)")
            let use = #"{"member":"user_id:bob","benefit":"lounge"}"#
            #expect(try await fixtures.send(.post, "/api/v1/benefits/check", use)["allowed"] == true)
            _ = try await fixtures.send(.post, path, wish, key: "h")
            let declined = try await fixtures.send(.post, "\(path)/h/decline", #"{"by":"user_id:bob"}"#)
            #expect(declined["state"] == "declined" && declined["refund"] == 3000, "\(declined.text)")
            let gifts = try await fixtures.send(.get, "/api/v1/program/members/user_id:ann/plans")
            #expect(gifts["gifts"]?.arrayValue?.count == 2, "\(gifts.text)")
            #expect(try await fixtures.send(.get, "\(path)/g")["state"] == "accepted")
            #expect(try await fixtures.send(.get, "\(path)/none").status == 404)
        }
    }
}
