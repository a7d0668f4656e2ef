import HTTPTypes
import Model
import Testing

@testable import HTTPAPI

/// What senders are told of a mistake: what they sent, what goes there, and which thing is not known.
@Suite("Messages of the API") struct MessageAPITests {
    private static func run(_ body: @escaping @Sendable (APIFixtures) async throws -> Void) async throws {
        try await APIFixtures.run { fixtures in
            _ = try await fixtures.send(
                .put, "/api/v1/program", #"{"name":"Tea club","currencies":[{"key":"points","name":"Leaves"}]}"#)
            let earned = try await post("points/earn", #"{"member":"user_id:ann","amount":100,"source":"first"}"#, fixtures)
            #expect(earned.status == 200, "\(earned.text)")
            try await body(fixtures)
        }
    }

    private static func post(_ path: String, _ body: String, _ fixtures: APIFixtures) async throws -> APIReply {
        try await fixtures.send(.post, "/api/v1/" + path, body)
    }

    /// Where it is wrong, and what is said of it.
    private static let mistakes: [(String, String, String, String, String)] = [
        (
            "program/members", #"{"member":"user_id:u"}"#, "unknown_member", "/member",
            #"There is no field "member" here. Known are identity, kind."#
        ),
        (
            "points/burn", #"{"member":"user_id:ann","amount":1.5}"#, "bad_request", "/amount",
            #""amount" is a whole number of at least 1, not the number 1.5."#
        ),
        (
            "points/burn", #"{"member":"user_id:ann","amount":"50"}"#, "bad_request", "/amount",
            #""amount" is a whole number of at least 1, not the text "50"."#
        ),
        (
            "points/capture", #"{"member":"user_id:ann","hold":[1]}"#, "bad_request", "/hold",
            #""hold" is a whole number of at least 1, not a list."#
        ),
        (
            "points/adjust", #"{"member":"user_id:ann","amount":true,"reason":"fraud"}"#, "bad_request", "/amount",
            #""amount" is a whole number, not true or false."#
        ),
        (
            "points/adjust", #"{"member":"user_id:ann","amount":5}"#, "missing_member", "/reason",
            #""reason" is missing. It is one of goodwill, correction, missing_points, fraud, migration."#
        ),
        ("points/adjust", #"{"member":"user_id:ann","reason":"fraud"}"#, "missing_member", "/amount", #""amount" is missing."#),
        (
            "coupons/reserve",
            #"{"member":"user_id:ann","order":"o","coupons":["c"],"cart":{"currency":"CNY","lines":[{"id":"1","sku":"t","unit_price":"60.00"}]}}"#,
            "bad_request", "/cart/lines/0/unit_price",
            #""unit_price" is a whole number of minor units, such as 6000 for CNY 60.00, and at least 0, not the text "60.00"."#
        ),
        (
            "benefits/grant",
            #"{"benefit":"b","beneficiary":"user_id:ann","payer":"me","source":{"kind":"campaign","id":"s"}}"#, "bad_identity",
            "/payer", #"Who pays is "program", or a member, such as user_id:abc; "me" is neither."#
        ),
        (
            "coupons/templates",
            #"{"name":"x","currency":"CNY","zone":"UTC","effect":{"kind":"percent","percent":"120","on":"order"}}"#,
            "bad_coupon_template", "/effect/percent", "A number from 0.01 to 100 was expected."
        ),
        (
            "coupons/templates", #"{"name":"x","currency":"CNY","zone":"UTC","effect":{"kind":"amount","amount":0,"on":"order"}}"#,
            "bad_coupon_template", "/effect/amount", "A number from 0.01 to 10000000000 was expected."
        ),
    ]

    @Test("A mistake in a body is told with what was sent, what goes there, and where", arguments: mistakes)
    func mistake(path: String, body: String, code: String, pointer: String, message: String) async throws {
        try await Self.run { fixtures in
            let reply = try await Self.post(path, body, fixtures)
            #expect(reply.status == 400, "\(reply.text)")
            #expect(reply.code == code && reply.pointer == pointer, "\(reply.text)")
            #expect(reply["detail"]?.stringValue == message, "\(reply.text)")
        }
    }

    private static let absent: [(String, String, String)] = [
        ("points/give-back", #"{"member":"user_id:ann","spending":77}"#, "The member has no spending 77."),
        ("points/release", #"{"member":"user_id:ann","hold":78}"#, "The member has no hold 78."),
        (
            "points/take-back", #"{"source":"gone","units":1}"#,
            #"Nothing was earned for the source "gone". Name its line and rule, too, where it has them."#
        ),
        ("coupons/commit", #"{"order":"o-9"}"#, #"No coupon is kept or used for the order "o-9"."#),
        (
            "coupons/grant", #"{"member":"user_id:ann","template":"summer"}"#,
            #"There is no coupon template "summer". Make it first."#
        ),
        ("coupons/void", #"{"coupon":"c_9"}"#, #"There is no coupon "c_9"."#),
        ("points/burn", #"{"member":"user_id:bob","amount":5}"#, #"There is no member "user_id:bob". Enrol them first."#),
    ]

    @Test("What is not there is named", arguments: absent)
    func notFound(path: String, body: String, message: String) async throws {
        try await Self.run { fixtures in
            let reply = try await Self.post(path, body, fixtures)
            #expect(reply.status == 409 && reply["detail"]?.stringValue == message, "\(reply.text)")
        }
    }

    @Test("A check of a benefit says whether the benefit, the member or the user is not known")
    func unknownOfCheck() async throws {
        try await Self.run { fixtures in
            let lounge =
                #"{"key":"lounge","name":{"en":"Lounge","zh":"茶室"},"kind":"metered","period":"month","zone":"UTC","quota":3}"#
            #expect(try await Self.post("program/benefits", lounge, fixtures).status == 200)
            func detail(_ body: String) async throws -> String? {
                let reply = try await Self.post("benefits/check", body, fixtures)
                #expect(reply.status == 404 && reply.code == "not_found", "\(reply.text)")
                return reply["detail"]?.stringValue
            }
            #expect(
                try await detail(#"{"member":"user_id:ann","benefit":"spa"}"#) == #"There is no benefit "spa". Define it first."#)
            #expect(try await detail(#"{"member":"user_id:bob","benefit":"lounge"}"#) == #"There is no member "user_id:bob"."#)
            #expect(
                try await detail(#"{"member":"user_id:ann","benefit":"lounge","user":"user_id:cy"}"#)
                    == #"There is no member "user_id:cy"."#)
            let closed = try await Self.post("program/members/user_id:ann/state", #"{"state":"closed"}"#, fixtures)
            #expect(closed.status == 200, "\(closed.text)")
            #expect(
                try await detail(#"{"member":"user_id:ann","benefit":"lounge"}"#)
                    == #"The membership of "user_id:ann" is closed."#)
        }
    }

    @Test("The limits and budgets of no template are asked for in vain, as the OpenAPI document says")
    func limits() async throws {
        try await Self.run { fixtures in
            for path in ["/api/v1/coupons/limits", "/api/v1/coupons/budgets"] {
                for query in ["", "?template="] {
                    let reply = try await fixtures.send(.get, path + query)
                    #expect(
                        reply.status == 400 && reply.code == "bad_parameter" && reply["parameter"] == "template", "\(reply.text)")
                }
                #expect(try await fixtures.send(.get, path + "?template=none").status == 404)
            }
            let document = try await fixtures.send(.get, "/api/v1/openapi.json")
            func required(_ path: String) -> [JSONValue?]? {
                document["paths"]?[path]?["get"]?["parameters"]?.arrayValue?
                    .filter { $0["name"] == "template" }.map { $0["required"] }
            }
            #expect(required("/api/v1/coupons/budgets") == [true])
            #expect(required("/api/v1/coupons/limits") == [true] && required("/api/v1/coupons/batches") == [false])
        }
    }

    @Test("A draft is scheduled after its review alone, and an open month is corrected by nothing")
    func outOfTurn() async throws {
        try await Self.run { fixtures in
            let draft = try await fixtures.send(.post, "/api/v1/earning/club/versions", EarningAPITests.rules)
            #expect(draft["status"] == "draft", "\(draft.text)")
            let early = try await fixtures.send(.post, "/api/v1/earning/club/versions/1/schedule", "{}")
            #expect(early.status == 409 && early["detail"] == "The version is a draft. Review it first.", "\(early.text)")
            let open = try await Self.post(
                "points/adjust", #"{"member":"user_id:ann","amount":5,"reason":"correction","corrects":"2031-01"}"#, fixtures)
            #expect(open.status == 409, "\(open.text)")
            #expect(open["reasons"]?.arrayValue?.map { $0["code"] } == ["MONTH_NOT_CLOSED"], "\(open.text)")
        }
    }
}
