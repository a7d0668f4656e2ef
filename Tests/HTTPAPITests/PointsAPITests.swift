import HTTPTypes
import Model
import Testing

@testable import HTTPAPI

@Suite("Points over the API") struct PointsAPITests {
    private static func run(_ body: @escaping @Sendable (APIFixtures) async throws -> Void) async throws {
        try await APIFixtures.run { fixtures in
            let set = try await fixtures.send(
                .put, "/api/v1/program", #"{"name":"Tea club","currencies":[{"key":"points","name":"Leaves"}]}"#, key: "program")
            #expect(set.status == 200 && set["version"] == 1, "\(set.text)")
            try await body(fixtures)
        }
    }

    private static func post(_ word: String, _ body: String, _ fixtures: APIFixtures, key: String? = nil) async throws -> APIReply {
        try await fixtures.send(.post, "/api/v1/points/\(word)", body, key: key)
    }

    @Test("Points are earned, held, captured, given back and taken back, and stand in the statement")
    func life() async throws {
        try await Self.run { fixtures in
            let earned = try await Self.post(
                "earn", #"{"member":"user_id:ann","amount":100,"source":"order-1","line":"1","units":4}"#, fixtures, key: "e1")
            #expect(earned.status == 200 && earned["balance"]?["available"] == 100, "\(earned.text)")
            #expect(earned["expires_at"] == "2028-03-31T16:00:00Z", "the end of the 24th month after, in Shanghai")
            let held = try await Self.post("hold", #"{"member":"user_id:ann","amount":60}"#, fixtures)
            let hold = try #require(held["hold"]?.intValue)
            let captured = try await Self.post(
                "capture", #"{"member":"user_id:ann","hold":\#(hold),"amount":50}"#, fixtures)
            #expect(captured["balance"]?["available"] == 50 && captured["balance"]?["held"] == 0, "\(captured.text)")
            let spending = try #require(captured["spending"]?.intValue)
            let back = try await Self.post(
                "give-back", #"{"member":"user_id:ann","spending":\#(spending),"amount":20}"#, fixtures)
            #expect(back["balance"]?["available"] == 70)
            let taken = try await Self.post("take-back", #"{"source":"order-1","line":"1","units":1}"#, fixtures)
            #expect(taken["taken"] == 25 && taken["balance"]?["available"] == 45, "\(taken.text)")
            let statement = try await fixtures.send(.get, "/api/v1/points/members/user_id:ann/statement?limit=3")
            #expect(
                statement["entries"]?.arrayValue?.map { $0["kind"] } == ["revoked", "returned", "released"], "\(statement.text)")
            let revoked = statement["entries"]?.arrayValue?.first
            #expect(revoked?["source"] == "order-1" && revoked?["line"] == "1", "\(statement.text)")
            #expect(statement["entries"]?.arrayValue?.last?["source"] == .null, "what is let go was earned by nothing")
            let next = try #require(statement["next"]?.stringValue)
            let rest = try await fixtures.send(.get, "/api/v1/points/members/user_id:ann/statement?cursor=\(next)")
            #expect(rest["entries"]?.arrayValue?.map { $0["kind"] } == ["captured", "held", "earned"] && rest["next"] == .null)
            #expect(rest["entries"]?.arrayValue?.map { $0["source"] } == [JSONValue.null, .null, "order-1"])
            #expect(rest["entries"]?.arrayValue?.map { $0["line"] } == [JSONValue.null, .null, "1"])
            let lots = try await fixtures.send(.get, "/api/v1/points/members/user_id:ann/lots")
            #expect(lots["lots"]?.arrayValue?.map { $0["remaining"] } == [45], "\(lots.text)")
            let balances = try await Self.post("balances", #"{"members":["user_id:ann","user_id:bob"]}"#, fixtures)
            #expect(balances["balances"]?.arrayValue?.map { $0["balance"]?["available"] } == [45, nil], "\(balances.text)")
            let member = try await fixtures.send(.get, "/api/v1/program/members/user_id:ann")
            #expect(member["balances"]?["points"]?["available"] == 45 && member["identities"] == ["user_id:ann"])
            #expect(member["card"]?.stringValue?.hasPrefix("/m/") == true, "\(member.text)")
            let given = #"{"member":"user_id:ann","amount":5,"reason":"goodwill"}"#
            #expect(try await Self.post("adjust", given, fixtures).status == 200)
            let newest = try await fixtures.send(.get, "/api/v1/points/members/user_id:ann/statement?limit=1")
            #expect(newest["entries"]?.arrayValue?.first?["source"] == .null, "an adjustment is no source: \(newest.text)")
        }
    }

    @Test("A repetition gets the stored answer; the key with another command, and what the rules refuse, is 409 with all reasons")
    func refusals() async throws {
        try await Self.run { fixtures in
            let body = #"{"member":"user_id:ann","amount":10,"source":"o"}"#
            let first = try await Self.post("earn", body, fixtures, key: "same")
            let again = try await Self.post("earn", body, fixtures, key: "same")
            #expect(again.text == first.text && again.headers[HTTPField.Name("Idempotency-Replayed")!] == "true")
            let other = try await Self.post("earn", #"{"member":"user_id:ann","amount":11,"source":"o"}"#, fixtures, key: "same")
            #expect(other.status == 409 && other["reasons"]?.arrayValue?.first?["code"] == "IDEMPOTENCY_CONFLICT", "\(other.text)")
            let twice = try await Self.post("earn", body, fixtures, key: "other")
            #expect(twice["reasons"]?.arrayValue?.map { $0["code"] } == ["ALREADY_EARNED"], "\(twice.text)")
            let poor = try await Self.post("burn", #"{"member":"user_id:ann","amount":11}"#, fixtures)
            #expect(poor.status == 409 && poor["code"] == "refused")
            #expect(poor["reasons"]?.arrayValue?.first?["params"]?["available"] == 10, "\(poor.text)")
            #expect(poor["detail"] == "There are 10 points to spend and 0 held. Ask for less.")
            for amount in ["0", "-5"] {
                let reply = try await Self.post("burn", #"{"member":"user_id:ann","amount":\#(amount)}"#, fixtures)
                #expect(reply["reasons"]?.arrayValue?.map { $0["code"] } == ["ZERO_VALUE"], "\(reply.text)")
            }
            for amount in ["1.5", "99999999999999999999", "\"5\""] {
                let reply = try await Self.post("burn", #"{"member":"user_id:ann","amount":\#(amount)}"#, fixtures)
                #expect(reply.status == 400 && reply["pointer"] == "/amount", "\(reply.text)")
            }
            let nobody = try await Self.post("burn", #"{"member":"user_id:zoe","amount":1}"#, fixtures)
            #expect(nobody["reasons"]?.arrayValue?.map { $0["code"] } == ["MEMBER_UNKNOWN"], "\(nobody.text)")
        }
    }

    @Test("What a till or the house tells later counts when it was, and not in the future")
    func moment() async throws {
        try await Self.run { fixtures in
            let earned = try await Self.post(
                "earn", #"{"member":"user_id:ann","amount":10,"source":"o","effective_at":"2026-03-05T00:00:00Z"}"#, fixtures,
                key: "1")
            #expect(earned.status == 200, "\(earned.text)")
            let statement = try await fixtures.send(.get, "/api/v1/points/members/user_id:ann/statement")
            #expect(statement["entries"]?.arrayValue?.first?["effective_at"] == "2026-03-05T00:00:00Z", "\(statement.text)")
            let late = try await Self.post(
                "burn", #"{"member":"user_id:ann","amount":1,"effective_at":"2990-01-01T00:00:00Z"}"#, fixtures, key: "2")
            #expect(late["reasons"]?.arrayValue?.map { $0["code"] } == ["EFFECTIVE_IN_FUTURE"], "\(late.text)")
            let bodies = [
                ("transfer", #""from":"user_id:ann","to":"user_id:bob","amount":1"#),
                ("adjust", #""member":"user_id:ann","amount":1,"reason":"goodwill""#),
                (
                    "reinstate",
                    #""member":"user_id:ann","expired_since":"2026-03-01T00:00:00Z","until":"2990-06-01T00:00:00Z""#
                ),
            ]
            _ = try await Self.post("earn", #"{"member":"user_id:bob","amount":10,"source":"p"}"#, fixtures, key: "3")
            let given = #"{"from":"user_id:ann","to":"user_id:bob","amount":2}"#
            let transfer = try await Self.post("transfer", given, fixtures, key: "give")
            for (name, other) in [("ann", transfer["to"]), ("bob", transfer["from"])] {
                let entries = try await fixtures.send(.get, "/api/v1/points/members/user_id:\(name)/statement")["entries"]?
                    .arrayValue
                #expect(entries?.first?["other_member"] == other && other != nil, "\(name): \(entries ?? [])")
                #expect(entries?.last?["other_member"] == .null, "what was earned came from no member")
            }
            for (word, members) in bodies {
                let body = #"{\#(members),"effective_at":"2990-01-01T00:00:00Z"}"#
                let reply = try await Self.post(word, body, fixtures, key: word)
                #expect(reply["reasons"]?.arrayValue?.map { $0["code"] } == ["EFFECTIVE_IN_FUTURE"], "\(word): \(reply.text)")
                let wrong = try await Self.post(word, #"{\#(members),"effective_at":"soon"}"#, fixtures, key: word + "-wrong")
                #expect(wrong.status == 400 && wrong["pointer"] == "/effective_at", "\(word): \(wrong.text)")
            }
        }
    }

    @Test("Deferred revenue goes by the estimate that was signed, and stands with what is owed")
    func revenue() async throws {
        try await Self.run { fixtures in
            _ = try await Self.post("earn", #"{"member":"user_id:ann","amount":10000,"source":"a"}"#, fixtures)
            _ = try await Self.post("burn", #"{"member":"user_id:ann","amount":4500}"#, fixtures)
            let month = fixtures.clock.now.rfc3339.prefix(7)
            let body = #"{"from":"\#(month)","share":9700,"vintages":{"2020-01":9000},"note":"by hand"}"#
            let signed = try await Self.post("estimates", body, fixtures)
            #expect(signed["version"] == 1 && signed["vintages"]?["2020-01"] == 9_000, "\(signed.text)")
            let wrong = try await Self.post("estimates", #"{"from":"\#(month)","share":0,"note":""}"#, fixtures)
            #expect(wrong["reasons"]?.arrayValue?.map { $0["code"] } == ["ESTIMATE_SHARE", "ESTIMATE_NOTE"], "\(wrong.text)")
            let listed = try await fixtures.send(.get, "/api/v1/points/estimates")
            #expect(listed["estimates"]?.arrayValue?.count == 1)
            let owed = try await fixtures.send(.get, "/api/v1/points/liability")
            let total = owed["revenue"]?["total"]
            #expect(owed["points"] == 5_500 && owed["revenue"]?["rows"]?.arrayValue?.first?["expected"] == 9_700, "\(owed.text)")
            let (allocated, recognized) = (total?["allocated"]?.intValue ?? 0, total?["recognized"]?.intValue ?? 0)
            #expect(recognized == allocated * 4_500 / 9_700 && total?["deferred"]?.intValue == allocated - recognized)
            let report = try await fixtures.send(.get, "/api/v1/points/months/\(month)")
            #expect(report["revenue"]?["total"] == total, "\(report.text)")
        }
    }

    @Test("A donation tells its worth and its receipt, and a month what is owed to each charity; it is taken back by its receipt")
    func donations() async throws {
        try await Self.run { fixtures in
            _ = try await Self.post("earn", #"{"member":"user_id:ann","amount":100,"source":"a"}"#, fixtures)
            let given = try await Self.post("donate", #"{"member":"user_id:ann","amount":40,"charity":"trees"}"#, fixtures)
            let receipt = given["receipt"]?.stringValue ?? ""
            #expect(receipt.hasPrefix("m_") && receipt.hasSuffix("-2"), "\(given.text)")
            let month = fixtures.clock.now.rfc3339.prefix(7)
            let owed = try await fixtures.send(.get, "/api/v1/points/months/\(month)/donations")
            let charity = owed["charities"]?.arrayValue?.first
            #expect(charity?["charity"] == "trees" && charity?["points"] == 40, "\(owed.text)")
            #expect(charity?["worth_minor"] == given["worth"] && owed["closed_at"] == .null)
            let back = try await Self.post("reverse-donation", #"{"receipt":"\#(receipt)"}"#, fixtures, key: "back")
            #expect(back.status == 200 && back["amount"] == 40 && back["worth"] == given["worth"], "\(back.text)")
            #expect(back["reverses"]?.stringValue == receipt && back["balance"]?["available"] == 100)
            let none = try await fixtures.send(.get, "/api/v1/points/months/\(month)/donations")
            #expect(none["charities"]?.arrayValue?.isEmpty == true, "\(none.text)")
            let again = try await Self.post("reverse-donation", #"{"receipt":"\#(receipt)"}"#, fixtures, key: "again")
            #expect(again.status == 409 && again["reasons"]?.arrayValue?.map { $0["code"] } == ["DONATION_REVERSED"])
            let missing = try await Self.post("reverse-donation", "{}", fixtures)
            #expect(missing.status == 400 && missing["pointer"] == "/receipt", "\(missing.text)")
        }
    }

    @Test("Points are spent for a campaign, and a month tells how many")
    func campaigns() async throws {
        try await Self.run { fixtures in
            _ = try await Self.post("earn", #"{"member":"user_id:ann","amount":100,"source":"a"}"#, fixtures)
            let body = #"{"member":"user_id:ann","amount":30,"campaign":"spring"}"#
            let spent = try await Self.post("burn", body, fixtures)
            let spending = try #require(spent["spending"]?.intValue, "\(spent.text)")
            _ = try await Self.post("give-back", #"{"member":"user_id:ann","spending":\#(spending),"amount":10}"#, fixtures)
            let month = fixtures.clock.now.rfc3339.prefix(7)
            let told = try await fixtures.send(.get, "/api/v1/points/months/\(month)/campaigns")
            #expect(told["campaigns"] == [["campaign": "spring", "redeemed": 30, "returned": 10]], "\(told.text)")
            let wrong = try await Self.post("burn", #"{"member":"user_id:ann","amount":1,"campaign":""}"#, fixtures)
            #expect(wrong.status == 400 && wrong["pointer"] == "/campaign", "\(wrong.text)")
            let other = try await Self.post(
                "donate", #"{"member":"user_id:ann","amount":1,"charity":"x","campaign":"y"}"#, fixtures)
            #expect(other.status == 400, "\(other.text)")
        }
    }

    @Test("A partner buys points before they are issued for it, and has a statement of each month")
    func partners() async throws {
        try await Self.run { fixtures in
            let earn = #"{"member":"user_id:ann","amount":30,"source":"a","funded_by":"roaster"}"#
            let none = try await Self.post("earn", earn, fixtures, key: "first")
            #expect(none["reasons"]?.arrayValue?.map { $0["code"] } == ["PARTNER_BLOCK_EMPTY"], "\(none.text)")
            let buy = #"{"amount":100,"price_minor":90,"reference":"invoice 7"}"#
            let bought = try await Self.post("partners/roaster/blocks", buy, fixtures)
            #expect(bought["left"] == 100, "\(bought.text)")
            #expect(try await Self.post("earn", earn, fixtures, key: "second").status == 200)
            let partners = try await fixtures.send(.get, "/api/v1/points/partners")
            #expect(partners["partners"]?.arrayValue?.first?["left"] == 70, "\(partners.text)")
            let statement = try await fixtures.send(.get, "/api/v1/points/partners/roaster/statement")
            #expect(statement["issued"] == 30 && statement["closing"] == 70 && statement["outstanding"] == 30, "\(statement.text)")
            let wrong = try await fixtures.send(.get, "/api/v1/points/partners/roaster/statement?month=soon")
            #expect(wrong.status == 400)
        }
    }

    @Test("A person is one member under each of their identities")
    func oneMember() async throws {
        try await Self.run { fixtures in
            try await fixtures.collect(
                #"{"type":"identify","messageId":"1","userId":"ann","traits":{"email":"ann@example.com"},"timestamp":"2026-03-09T00:00:00Z"}"#
            )
            _ = try await Self.post("earn", #"{"member":"user_id:ann","amount":10,"source":"a"}"#, fixtures)
            let mail = try await Self.post("earn", #"{"member":"email:ann@example.com","amount":5,"source":"b"}"#, fixtures)
            #expect(mail["balance"]?["available"] == 15, "\(mail.text)")
        }
    }

    @Test("A command about a person who was merged since gets its stored answer")
    func mergedPerson() async throws {
        try await Self.run { fixtures in
            for (number, name) in ["ada", "bob"].enumerated() {
                try await fixtures.collect(
                    #"{"type":"track","event":"Seen","messageId":"\#(number)","userId":"\#(name)","timestamp":"2026-03-09T00:00:00Z"}"#
                )
            }
            let person = try #require(try await fixtures.send(.get, "/api/v1/people/user_id:bob")["id"]?.stringValue)
            let body = #"{"member":"\#(person)","amount":10,"source":"a"}"#
            let first = try await Self.post("earn", body, fixtures, key: "k")
            #expect(first["balance"]?["available"] == 10, "\(first.text)")
            let merge = #"{"left":"user_id:ada","right":"user_id:bob"}"#
            #expect(try await fixtures.send(.post, "/api/v1/identity/merge", merge).status == 200)
            let again = try await Self.post("earn", body, fixtures, key: "k")
            #expect(again.status == 200 && again.text == first.text, "\(again.text)")
        }
    }

    @Test("Without a program nothing is earned, and settings that cannot be are refused with their place")
    func settings() async throws {
        try await APIFixtures.run { fixtures in
            let none = try await Self.post("earn", #"{"member":"user_id:ann","amount":10,"source":"a"}"#, fixtures)
            #expect(none["reasons"]?.arrayValue?.map { $0["code"] } == ["PROGRAM_MISSING"], "\(none.text)")
            #expect(try await fixtures.send(.get, "/api/v1/program").status == 404)
            let bad: [(String, String)] = [
                (#"{"name":"","currencies":[{"key":"p"}]}"#, "/name"), (#"{"name":"x","currencies":[]}"#, "/currencies"),
                (#"{"name":"x","currencies":[{"key":"P"}]}"#, "/currencies/0/key"),
                (#"{"name":"x","currencies":[{"key":"p"},{"key":"p"}]}"#, "/currencies/1/key"),
                (#"{"name":"x","currencies":[{"key":"p","scale":7}]}"#, "/currencies/0/scale"),
                (#"{"name":"x","currencies":[{"key":"p","value":{"points":0}}]}"#, "/currencies/0/value/points"),
            ]
            for (body, place) in bad {
                let reply = try await fixtures.send(.put, "/api/v1/program", body)
                #expect(reply.status == 400 && reply["pointer"]?.stringValue == place, "\(body): \(reply.text)")
            }
        }
    }
}
