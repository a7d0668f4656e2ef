import HTTPTypes
import Model
import Testing

@testable import HTTPAPI

@Suite("Benefits over the API") struct BenefitAPITests {
    private static let lounge =
        #"{"key":"lounge","name":{"en":"Lounge","zh":"茶室"},"kind":"metered","period":"month","zone":"Asia/Shanghai","quota":3}"#

    private static func run(_ body: @escaping @Sendable (APIFixtures) async throws -> Void) async throws {
        try await APIFixtures.run { fixtures in
            _ = try await fixtures.send(
                .put, "/api/v1/program", #"{"name":"Tea club","currencies":[{"key":"points","name":"Leaves"}]}"#)
            for who in ["ann", "bob", "cleo"] {
                _ = try await fixtures.send(.post, "/api/v1/program/members", #"{"identity":"user_id:\#(who)"}"#)
            }
            let defined = try await fixtures.send(.post, "/api/v1/program/benefits", lounge)
            #expect(defined.status == 200 && defined["version"] == 1, "\(defined.text)")
            try await body(fixtures)
        }
    }

    private static func post(_ word: String, _ body: String, _ fixtures: APIFixtures, key: String? = nil) async throws -> APIReply {
        try await fixtures.send(.post, "/api/v1/benefits/\(word)", body, key: key)
    }

    private static func grant(
        _ who: String, payer: String = "program", _ fixtures: APIFixtures, key: String
    ) async throws -> APIReply {
        try await post(
            "grant",
            """
            {"benefit":"lounge","beneficiary":"user_id:\(who)","payer":"\(payer)",
            "source":{"kind":"campaign","id":"spring-\(key)"},"amount":3}
            """, fixtures, key: key)
    }

    private static func codes(_ reply: APIReply) -> [JSONValue?]? { reply["reasons"]?.arrayValue?.map { $0["code"] } }

    @Test("A benefit is granted, checked, used hard and soft, pinned, settled and given back, and payer and beneficiary stay two")
    func life() async throws {
        try await Self.run { fixtures in
            let granted = try await Self.grant("ann", payer: "user_id:bob", fixtures, key: "g")
            #expect(granted.status == 200 && granted["grant"] == "g" && granted["left"]?["remaining"] == 3, "\(granted.text)")
            #expect(granted["payer"] != granted["beneficiary"] && granted["payer"] != nil && granted["beneficiary"] != nil)
            let again = try await Self.grant("ann", payer: "user_id:bob", fixtures, key: "g")
            #expect(again.text == granted.text && again.headers[HTTPField.Name("Idempotency-Replayed")!] == "true")
            let ann = #""member":"user_id:ann","benefit":"lounge""#
            #expect(try await Self.post("check", "{\(ann),\"amount\":3}", fixtures)["allowed"] == true)
            let used = try await Self.post("consume", "{\(ann),\"amount\":2}", fixtures, key: "u")
            #expect(used["state"] == "consumed" && used["left"]?["remaining"] == 1, "\(used.text)")
            let pinned = try await Self.post("reserve", "{\(ann),\"seconds\":60}", fixtures, key: "r")
            #expect(pinned["state"] == "reserved" && pinned["left"]?["remaining"] == 0, "\(pinned.text)")
            let hard = try await Self.post("consume", "{\(ann)}", fixtures)
            #expect(hard.status == 409 && Self.codes(hard) == ["QUOTA_USED"], "\(hard.text)")
            let soft = try await Self.post("consume", "{\(ann),\"mode\":\"soft\"}", fixtures)
            #expect(soft.status == 200 && soft["over"] == 1, "\(soft.text)")
            #expect(try await Self.post("confirm", #"{"use":"r"}"#, fixtures)["state"] == "consumed")
            #expect(Self.codes(try await Self.post("cancel", #"{"use":"r"}"#, fixtures)) == ["WRONG_STATE"])
            let back = try await Self.post("refund", #"{"use":"u","amount":1}"#, fixtures)
            #expect(back["refunded"] == 1, "\(back.text)")
            let many = try await Self.post(
                "check-many", "{\"checks\":[{\(ann)},{\"member\":\"user_id:zoe\",\"benefit\":\"lounge\"}]}", fixtures)
            #expect(many["answers"]?.arrayValue?.count == 2 && many["answers"]?.arrayValue?.last == .null, "\(many.text)")
            let held = try await fixtures.send(.get, "/api/v1/program/members/user_id:ann/benefits")
            let first = held["benefits"]?.arrayValue?.first
            #expect(first?["grants"]?.arrayValue?.first?["payer"] == granted["payer"], "\(held.text)")
            #expect(first?["uses"]?.arrayValue?.count == 3)
            let payer = try await Self.post("payer", #"{"grant":"g","payer":"program"}"#, fixtures)
            #expect(payer["payer"] == "program" && payer["beneficiary"] == granted["beneficiary"], "\(payer.text)")
        }
    }

    @Test("The catalogue counts holders and pages them; grants and sources are taken back")
    func catalogue() async throws {
        try await Self.run { fixtures in
            for who in ["ann", "bob", "cleo"] { _ = try await Self.grant(who, fixtures, key: who) }
            fixtures.clock.advance(seconds: 60)
            let list = try await fixtures.send(.get, "/api/v1/program/benefits")
            #expect(list["benefits"]?.arrayValue?.first?["holders"] == 3, "\(list.text)")
            let page = try await fixtures.send(.get, "/api/v1/program/benefits/lounge?limit=2")
            #expect(page["holders"]?.arrayValue?.count == 2, "\(page.text)")
            let next = try #require(page["next"]?.stringValue)
            let rest = try await fixtures.send(.get, "/api/v1/program/benefits/lounge?limit=2&cursor=\(next)")
            #expect(rest["holders"]?.arrayValue?.count == 1 && rest["next"] == .null, "\(rest.text)")
            let revoked = try await Self.post("revoke", #"{"grant":"ann","reason":"by mistake"}"#, fixtures)
            #expect(revoked["ended"]?.arrayValue?.first?["removed"] == 3, "\(revoked.text)")
            let removed = try await Self.post(
                "remove-source", #"{"source":{"kind":"campaign","id":"spring-bob"},"how":"revoke","reason":"fraud"}"#, fixtures)
            #expect(removed["ended"]?.arrayValue?.count == 1, "\(removed.text)")
            let none = try await Self.post("remove-source", #"{"source":{"kind":"campaign","id":"none"}}"#, fixtures)
            #expect(none.status == 409 && Self.codes(none) == ["SOURCE_UNKNOWN"], "\(none.text)")
            fixtures.clock.advance(seconds: 60)
            let after = try await fixtures.send(.get, "/api/v1/program/benefits")
            #expect(after["benefits"]?.arrayValue?.first?["holders"] == 1, "\(after.text)")
            #expect(try await fixtures.send(.get, "/api/v1/program/benefits/spa").status == 404)
        }
    }

    @Test("What cannot be is refused at its place, and a payer is never guessed")
    func refusals() async throws {
        try await Self.run { fixtures in
            let bad: [(String, String)] = [
                (#"{"benefit":"lounge","beneficiary":"user_id:ann","source":{"kind":"gift","id":"x"}}"#, "/payer"),
                (#"{"benefit":"lounge","beneficiary":"user_id:ann","payer":"program"}"#, "/source"),
                (
                    #"{"benefit":"lounge","beneficiary":"user_id:ann","payer":"program","source":{"kind":"luck","id":"x"}}"#,
                    "/source/kind"
                ),
                (#"{"benefit":"lounge","member":"user_id:ann","payer":"program"}"#, "/member"),
            ]
            for (body, place) in bad {
                let reply = try await Self.post("grant", body, fixtures)
                #expect(reply.status == 400 && reply.pointer == place, "\(body): \(reply.text)")
            }
            let kind = try await fixtures.send(
                .post, "/api/v1/program/benefits", #"{"key":"spa","name":{"en":"Spa","zh":"水疗"},"kind":"luck"}"#)
            #expect(kind.status == 400 && kind.pointer == "/kind", "\(kind.text)")
            _ = try await Self.grant("ann", fixtures, key: "g")
            for amount in ["1.5", "9223372036854775808", "-9223372036854775809", "1e30", "\"2\"", "true"] {
                for word in ["check", "consume", "reserve"] {
                    let body = #"{"member":"user_id:ann","benefit":"lounge","amount":\#(amount)}"#
                    let reply = try await Self.post(word, body, fixtures)
                    #expect(reply.status == 400 && reply.pointer == "/amount", "\(word) \(amount): \(reply.text)")
                }
            }
            let unknown = try await Self.post("check", #"{"member":"user_id:zoe","benefit":"lounge"}"#, fixtures)
            #expect(unknown.status == 404, "\(unknown.text)")
        }
    }

    @Test("A pool has people with roles and caps, a guardian caps a child, and a gift goes its way with its stock")
    func poolsAndGifts() async throws {
        try await Self.run { fixtures in
            _ = try await Self.grant("ann", fixtures, key: "g")
            let base = #""account":"user_id:ann","benefit":"lounge","by":"user_id:bob""#
            let opened = try await Self.post("pools/open", "{\(base),\"approval_from\":2}", fixtures)
            #expect(opened.status == 200 && opened["people"]?.arrayValue?.count == 1, "\(opened.text)")
            let roles = try await Self.post(
                "pools/roles", "{\(base),\"member\":\"user_id:cleo\",\"roles\":[\"user\",\"buyer\"]}", fixtures)
            #expect(roles["people"]?.arrayValue?.count == 2, "\(roles.text)")
            let capped = try await Self.post("pools/cap", "{\(base),\"member\":\"user_id:cleo\",\"max\":1}", fixtures)
            #expect(capped.status == 200, "\(capped.text)")
            let nobody = try await Self.post("consume", #"{"member":"user_id:ann","benefit":"lounge"}"#, fixtures)
            #expect(Self.codes(nobody) == ["ROLE_MISSING"], "\(nobody.text)")
            let used = #"{"member":"user_id:ann","benefit":"lounge","user":"user_id:cleo"}"#
            #expect(try await Self.post("consume", used, fixtures).status == 200)
            #expect(Self.codes(try await Self.post("consume", used, fixtures)) == ["CAP_REACHED"])
            let pool = try await fixtures.send(.get, "/api/v1/program/members/user_id:ann/benefits/lounge/pool")
            #expect(pool["people"]?.arrayValue?.count == 2, "\(pool.text)")
            let closed = try await Self.post("pools/close", "{\(base)}", fixtures)
            #expect(closed.status == 200 && closed["people"] == [], "\(closed.text)")
            let gone = try await Self.post("pools/close", "{\(base)}", fixtures)
            #expect(Self.codes(gone) == ["POOL_UNKNOWN"], "\(gone.text)")
            try await fixtures.collect(
                #"{"type":"track","event":"View","userId":"ann"},{"type":"track","event":"View","userId":"bob"}"#)
            let cap = #"{"member":"user_id:ann","benefit":"lounge","by":"user_id:bob","max":1}"#
            #expect(Self.codes(try await Self.post("cap", cap, fixtures)) == ["ROLE_MISSING"])
            let ward = #"{"holder":"user_id:ann","as":"guardian","to":"user_id:bob"}"#
            #expect(try await fixtures.send(.post, "/api/v1/relationships", ward).status == 201)
            #expect(Self.codes(try await Self.post("cap", cap, fixtures)) == ["ROLE_MISSING"], "a ward is no guardian")
            let guardian = #"{"holder":"user_id:bob","as":"guardian","to":"user_id:ann"}"#
            #expect(try await fixtures.send(.post, "/api/v1/relationships", guardian).status == 201)
            func seen(by viewer: String) async throws -> Int {
                try await fixtures.send(.get, "/api/v1/program/members/user_id:ann/benefits?viewer=user_id:\(viewer)").status
            }
            #expect(try await [seen(by: "ann"), seen(by: "bob"), seen(by: "cleo")] == [200, 200, 403])
            let allowed = try await Self.post(
                "view-consent", #"{"member":"user_id:ann","viewer":"user_id:cleo","given":true}"#, fixtures)
            #expect(allowed["given"] == true, "\(allowed.text)")
            #expect(try await seen(by: "cleo") == 200)
            func consents(_ who: String, _ word: String, _ party: String) async throws -> [JSONValue?]? {
                let reply = try await fixtures.send(.get, "/api/v1/program/members/user_id:\(who)/benefits/viewers")
                return reply[word]?.arrayValue?.map { $0[party] }
            }
            #expect(try await consents("ann", "viewers", "viewer") == [allowed["viewer"]])
            #expect(try await consents("cleo", "sees", "member") == [allowed["member"]])
            #expect(try await consents("ann", "sees", "member") == [])
            let child = try await Self.post("cap", cap, fixtures)
            #expect(child.status == 200, "\(child.text)")
            func caps() async throws -> Int? {
                let held = try await fixtures.send(.get, "/api/v1/program/members/user_id:ann/benefits")
                return held["benefits"]?.arrayValue?.first?["caps"]?.arrayValue?.count
            }
            #expect(try await caps() == 1)
            let ask = #"{"member":"user_id:ann","benefit":"lounge"}"#
            #expect(try await Self.post("consume", ask, fixtures).status == 409, "one was used, and one is the most")
            // The cap ends with the guardianship; who is no guardian any more says nothing new.
            let place = "/api/v1/relationships?holder=user_id:bob&as=guardian&to=user_id:ann"
            #expect(try await fixtures.send(.delete, place).status == 200)
            #expect(try await Self.post("check", ask, fixtures)["allowed"] == true)
            #expect(try await caps() == 0)
            #expect(try await Self.post("consume", ask, fixtures).status == 200)
            #expect(Self.codes(try await Self.post("cap", cap, fixtures)) == ["ROLE_MISSING"])
            let none = #"{"member":"user_id:ann","benefit":"lounge","by":"user_id:bob"}"#
            #expect(try await Self.post("cap", none, fixtures).status == 200)

            _ = try await fixtures.send(
                .post, "/api/v1/program/benefits",
                #"{"key":"caddy","name":{"en":"Caddy","zh":"茶罐"},"kind":"physical_gift","stock":"caddies","quota":1}"#)
            let stock = try await Self.post("stocks", #"{"stock":"caddies","count":5}"#, fixtures)
            #expect(stock["on_hand"] == 5, "\(stock.text)")
            _ = try await Self.post(
                "grant",
                #"{"benefit":"caddy","beneficiary":"user_id:bob","payer":"program","source":{"kind":"gift","id":"birthday"}}"#,
                fixtures)
            _ = try await Self.post("reserve", #"{"member":"user_id:bob","benefit":"caddy"}"#, fixtures, key: "gift-1")
            let step = try await Self.post("gifts/gift-1/steps", #"{"step":"reserve"}"#, fixtures)
            #expect(step["state"] == "reserved", "\(step.text)")
            #expect(Self.codes(try await Self.post("gifts/gift-1/steps", #"{"step":"pack"}"#, fixtures)) == ["CONSENT_MISSING"])
            _ = try await Self.post("gifts/gift-1/address-consent", #"{"given":true}"#, fixtures)
            #expect(try await Self.post("gifts/gift-1/steps", #"{"step":"pack"}"#, fixtures)["state"] == "packed")
            #expect(try await Self.post("gifts/gift-1/steps", #"{"step":"ship"}"#, fixtures)["state"] == "shipped")
            #expect(try await fixtures.send(.get, "/api/v1/benefits/gifts/gift-1")["state"] == "shipped")
            let stocks = try await fixtures.send(.get, "/api/v1/benefits/stocks")
            #expect(stocks["stocks"]?.arrayValue?.first?["on_hand"] == 4, "\(stocks.text)")
        }
    }
}
