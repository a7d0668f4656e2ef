import HTTPTypes
import Model
import Testing

@testable import HTTPAPI

@Suite("Offered points over the API") struct PointOfferAPITests {
    @Test("An offer is made, seen by both sides, answered by its receiver alone; consent is kept")
    func life() async throws {
        try await APIFixtures.run { fixtures in
            let program =
                #"{"name":"Tea club","currencies":[{"key":"points","transfers":{"asks_receiver":true,"invitation_days":3}}]}"#
            let set = try await fixtures.send(.put, "/api/v1/program", program, key: "program")
            #expect(set.status == 200, "\(set.text)")
            for name in ["ann", "bob"] {
                let body = #"{"member":"user_id:\#(name)","amount":100,"source":"\#(name)"}"#
                _ = try await fixtures.send(.post, "/api/v1/points/earn", body, key: name)
            }
            let gift = #"{"from":"user_id:ann","to":"user_id:bob","amount":30}"#
            let asked = try await fixtures.send(.post, "/api/v1/points/transfer", gift, key: "1")
            #expect(asked["reasons"]?.arrayValue?.map { $0["code"] } == ["RECEIVER_MUST_ACCEPT"], "\(asked.text)")
            let offer = try await fixtures.send(.post, "/api/v1/points/offers", gift, key: "offer-1")
            #expect(offer.status == 200 && offer["balance"]?["held"] == 30, "\(offer.text)")
            for (name, side) in [("ann", "giver"), ("bob", "receiver")] {
                let list = try await fixtures.send(.get, "/api/v1/points/members/user_id:\(name)/offers")
                let found = list["offers"]?.arrayValue?.first
                #expect(found?["side"]?.stringValue == side && found?["state"] == "open", "\(list.text)")
            }
            let path = "/api/v1/points/offers/offer-1/answer"
            let thief = try await fixtures.send(.post, path, #"{"member":"user_id:zoe","accept":true}"#, key: "2")
            #expect(thief["reasons"]?.arrayValue?.map { $0["code"] } == ["OFFER_NOT_YOURS"], "\(thief.text)")
            let taken = try await fixtures.send(.post, path, #"{"member":"user_id:bob","accept":true}"#, key: "3")
            #expect(taken["state"] == "accepted" && taken["balance"]?["available"] == 130, "\(taken.text)")
            let said = try await fixtures.send(
                .put, "/api/v1/program/members/user_id:bob/transfers", #"{"consent":"never"}"#, key: "4")
            #expect(said["consent"] == "never", "\(said.text)")
            let refused = try await fixtures.send(.post, "/api/v1/points/offers", gift, key: "5")
            #expect(refused["reasons"]?.arrayValue?.map { $0["code"] } == ["RECEIVER_REFUSES"], "\(refused.text)")
            let bad = try await fixtures.send(
                .put, "/api/v1/program/members/user_id:bob/transfers", #"{"consent":"perhaps"}"#, key: "6")
            #expect(bad.status == 400, "\(bad.text)")
        }
    }

    @Test("Whoever has just signed in on another device gives nothing for a while")
    func coolDown() async throws {
        try await APIFixtures.run { fixtures in
            let program =
                #"{"name":"Tea club","currencies":[{"key":"points","transfers":{"cool_down_hours":24}},{"key":"stars"}]}"#
            let set = try await fixtures.send(.put, "/api/v1/program", program, key: "program")
            #expect(set["settings"]?["currencies"]?.arrayValue?.first?["transfers"]?["cool_down_hours"] == 24, "\(set.text)")
            try await fixtures.collect(
                #"{"type":"track","event":"Opened","messageId":"1","userId":"ann","context":{"device":{"id":"phone"}}}"#)
            for (number, name) in ["ann", "bob"].enumerated() {
                for currency in ["points", "stars"] {
                    let body =
                        #"{"member":"user_id:\#(name)","amount":100,"source":"o","line":"\#(number)","currency":"\#(currency)"}"#
                    _ = try await fixtures.send(.post, "/api/v1/points/earn", body, key: name + currency)
                }
            }
            let gift = #""from":"user_id:ann","to":"user_id:bob","amount":5"#
            let first = try await fixtures.send(.post, "/api/v1/points/transfer", "{\(gift)}", key: "1")
            #expect(first.status == 200, "\(first.text)")
            try await fixtures.collect(
                #"{"type":"track","event":"Opened","messageId":"2","userId":"ann","context":{"device":{"id":"tablet"}}}"#)
            for path in ["transfer", "offers"] {
                let refused = try await fixtures.send(.post, "/api/v1/points/\(path)", "{\(gift)}", key: path)
                #expect(refused["reasons"]?.arrayValue?.map { $0["code"] } == ["TRANSFER_COOL_DOWN"], "\(refused.text)")
            }
            let stars = try await fixtures.send(
                .post, "/api/v1/points/transfer", #"{\#(gift),"currency":"stars"}"#, key: "3")
            #expect(stars.status == 200, "\(stars.text)")
            let back = #"{"from":"user_id:bob","to":"user_id:ann","amount":5}"#
            #expect(try await fixtures.send(.post, "/api/v1/points/transfer", back, key: "4").status == 200)
        }
    }
}
