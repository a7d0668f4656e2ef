import EventStore
import HTTPTypes
import Model
import Records
import Testing
import Workspaces

@testable import HTTPAPI

@Suite("Earning over the API") struct EarningAPITests {
    /// A point a yuan, no more than 100 a day.
    static let rules = """
        {"id":"club","name":"Tea club","points":"points","currency":"CNY","rules":[
        {"id":"spend","name":"A point a yuan","trigger":{"event":"Order Completed"},
        "base":{"points":1,"per":"money","amount":"1.00"},"caps":{"member":[{"max":100,"per":"day"}]}},
        {"id":"review","name":"Review","trigger":{"api":"review"},"base":{"points":10,"per":"event"}}]}
        """

    /// Sets up a program whose first version decides from now on.
    static func earn(_ fixtures: APIFixtures) async throws {
        let set = try await fixtures.send(
            .put, "/api/v1/program", #"{"name":"Tea club","currencies":[{"key":"points","name":"Leaves"}]}"#)
        #expect(set.status == 200, "\(set.text)")
        let draft = try await fixtures.send(.post, "/api/v1/earning/club/versions", rules)
        #expect(draft.status == 200 && draft["version"] == 1 && draft["status"] == "draft", "\(draft.text)")
        let reviewed = try await fixtures.send(.post, "/api/v1/earning/club/versions/1/review", "{}")
        #expect(reviewed["status"] == "reviewed", "\(reviewed.text)")
        fixtures.clock.advance(seconds: 1)
        let live = try await fixtures.send(.post, "/api/v1/earning/club/versions/1/schedule", "{}")
        #expect(live["status"] == "live", "\(live.text)")
        fixtures.clock.advance(seconds: 60)
    }

    static func order(_ event: String, _ message: String, _ fixtures: APIFixtures, quantity: Int = 1, seconds: Int64 = 0) -> String
    {
        let at = fixtures.clock.now.advanced(byMicroseconds: seconds * .microsecondsPerSecond).rfc3339
        return """
            {"member":"user_id:ann","event":"\(event)","message_id":"\(message)","timestamp":"\(at)","properties":{"order_id":"o1",
            "products":[{"product_id":"tea","price":30,"quantity":\(quantity)}]}}
            """
    }

    @Test("A version goes its way, and steps out of turn are refused with the reason")
    func versions() async throws {
        try await APIFixtures.run { fixtures in
            try await Self.earn(fixtures)
            let again = try await fixtures.send(.post, "/api/v1/earning/club/versions/1/review", "{}")
            #expect(again.status == 409 && again["reasons"]?.arrayValue?.map { $0["code"] } == ["VERSION_STATUS"], "\(again.text)")
            let second = try await fixtures.send(.post, "/api/v1/earning/club/versions", Self.rules)
            #expect(second["version"] == 2, "\(second.text)")
            let edited = try await fixtures.send(.put, "/api/v1/earning/club/versions/2", Self.rules)
            #expect(edited.status == 200 && edited["status"] == "draft", "\(edited.text)")
            let read = try await fixtures.send(.get, "/api/v1/earning/club")
            #expect(read["versions"]?.arrayValue?.map { $0["status"] } == ["live", "draft"], "\(read.text)")
            #expect(read["versions"]?.arrayValue?.first?["settings"]?["rules"]?.arrayValue?.count == 2)
            let list = try await fixtures.send(.get, "/api/v1/earning")
            #expect(list["programs"]?.arrayValue?.map { $0["live"] } == [1], "\(list.text)")
            #expect(try await fixtures.send(.get, "/api/v1/earning/other").status == 404)
            let bad = try await fixtures.send(.post, "/api/v1/earning/club/versions", #"{"id":"club","name":"x","rules":[]}"#)
            #expect(bad.status == 400 && bad.code == "bad_earning_program" && bad.pointer == "/currency", "\(bad.text)")
            let other = try await fixtures.send(.post, "/api/v1/earning/else/versions", Self.rules)
            #expect(other["reasons"]?.arrayValue?.map { $0["code"] } == ["OTHER_PROGRAM"], "\(other.text)")
        }
    }

    @Test("Buy this and get that: the preview is what the order then earns, and the refund takes it back")
    func preview() async throws {
        try await APIFixtures.run { fixtures in
            try await Self.earn(fixtures)
            let bought = Self.order("Order Completed", "m1", fixtures, quantity: 4)
            let preview = try await fixtures.send(.post, "/api/v1/earning/club/preview", bought)
            #expect(preview["points"] == 100 && preview["uncapped"] == 120, "\(preview.text)")
            let anonymous = try await fixtures.send(
                .post, "/api/v1/earning/club/preview",
                #"{"event":"Order Completed","properties":{"products":[{"product_id":"tea","price":30}]}}"#)
            #expect(anonymous["points"] == 30 && anonymous["member"] == .null, "\(anonymous.text)")
            let taken = try await fixtures.send(.post, "/api/v1/earning/club/orders", bought)
            #expect(taken["points"] == 100 && taken["new"] == true, "\(taken.text)")
            let twice = try await fixtures.send(.post, "/api/v1/earning/club/orders", bought)
            #expect(twice["points"] == 100 && twice["new"] == false, "\(twice.text)")
            fixtures.clock.advance(seconds: 1)
            let refund = Self.order("Order Refunded", "m2", fixtures, quantity: 4)
            let back = try await fixtures.send(.post, "/api/v1/earning/club/orders", refund)
            #expect(back["points"] == 0, "\(back.text)")
            let balances = try await fixtures.send(.post, "/api/v1/points/balances", #"{"members":["user_id:ann"]}"#)
            #expect(balances["balances"]?.arrayValue?.first?["balance"]?["available"] == 0, "\(balances.text)")
        }
    }

    @Test("An account has its share of what its people's orders earn, from when it has agreed")
    func split() async throws {
        try await APIFixtures.run { fixtures in
            try await Self.earn(fixtures)
            let place = "/api/v1/program/members/account:acme/earning-split"
            #expect(try await fixtures.send(.put, place, #"{"share":2500}"#)["reasons"]?.arrayValue?.count == 1)
            let enrolled = try await fixtures.send(
                .post, "/api/v1/program/members", #"{"identity":"account:acme","kind":"account"}"#)
            #expect(enrolled.status == 200, "\(enrolled.text)")
            for (body, pointer) in [("{}", "/share"), (#"{"share":10001}"#, "/share"), (#"{"share":1,"from":"soon"}"#, "/from")] {
                let bad = try await fixtures.send(.put, place, body)
                #expect(bad.status == 400 && bad.pointer == pointer, "\(bad.text)")
            }
            let over = fixtures.clock.now.advanced(byMicroseconds: -.microsecondsPerHour).rfc3339
            let late = try await fixtures.send(.put, place, #"{"share":1,"from":"\#(over)"}"#)
            #expect(late.status == 409 && late["reasons"]?.arrayValue?.map { $0["code"] } == ["SPLIT_RETROACTIVE"], "\(late.text)")
            let set = try await fixtures.send(.put, place, #"{"share":2500}"#, key: "split")
            #expect(set["share"] == 2_500 && set["account"] == enrolled["member"], "\(set.text)")
            #expect(try await fixtures.send(.put, place, #"{"share":2500}"#, key: "split").text == set.text)
            let read = try await fixtures.send(.get, place)
            #expect(read["shares"]?.arrayValue?.map { $0["share"] } == [2_500], "\(read.text)")
            fixtures.clock.advance(seconds: 60)
            let order = Self.order("Order Completed", "m1", fixtures)
                .replacing("\"properties\"", with: "\"context\":{\"groupId\":\"acme\"},\"properties\"")
            let taken = try await fixtures.send(.post, "/api/v1/earning/club/orders", order)
            let earned = taken["done"]?.arrayValue?.first
            #expect(taken["points"] == 30 && earned?["account_points"] == 7, "\(taken.text)")
            let balances = try await fixtures.send(
                .post, "/api/v1/points/balances", #"{"members":["account:acme","user_id:ann"]}"#)
            #expect(balances["balances"]?.arrayValue?.map { $0["balance"]?["available"] } == [7, 23], "\(balances.text)")
            let person = try await fixtures.send(
                .put, "/api/v1/program/members/user_id:ann/earning-split", #"{"share":2500}"#)
            #expect(person["reasons"]?.arrayValue?.map { $0["code"] } == ["NOT_AN_ACCOUNT"], "\(person.text)")
            let nobody = try await fixtures.send(.get, "/api/v1/program/members/account:zenith/earning-split")
            #expect(nobody.status == 404, "\(nobody.text)")
        }
    }

    @Test("Neither orders nor events of the future earn, not by the version that is scheduled for then either")
    func future() async throws {
        try await APIFixtures.run { fixtures in
            try await Self.earn(fixtures)
            let later = Self.order("Order Completed", "m1", fixtures, seconds: 70 * 365 * 86_400)
            let at = fixtures.clock.now.advanced(byMicroseconds: .microsecondsPerSecond).rfc3339
            let review = #"{"member":"user_id:ann","trigger":"review","source":"r","timestamp":"\#(at)"}"#
            for (place, body) in [
                ("orders", later), ("orders", Self.order("Order Refunded", "m2", fixtures, seconds: 1)), ("events", review),
            ] {
                let refused = try await fixtures.send(.post, "/api/v1/earning/club/\(place)", body)
                #expect(
                    refused.status == 409 && refused["reasons"]?.arrayValue?.map { $0["code"] } == ["IN_FUTURE"], "\(refused.text)")
                #expect(refused["reasons"]?.arrayValue?.first?["retryable"] == true, "\(refused.text)")
            }
            // What it would earn then may be asked, by the rules that are known for then.
            #expect(try await fixtures.send(.post, "/api/v1/earning/club/preview", later)["points"] == 30)
            let members = try await fixtures.send(.post, "/api/v1/points/balances", #"{"members":["user_id:ann"]}"#)
            #expect(members["balances"] == [.null], "\(members.text)")
            let now = try await fixtures.send(.post, "/api/v1/earning/club/orders", Self.order("Order Completed", "m1", fixtures))
            #expect(now["points"] == 30, "\(now.text)")
        }
    }

    @Test("An event of the API earns once for its source")
    func award() async throws {
        try await APIFixtures.run { fixtures in
            try await Self.earn(fixtures)
            let body = """
                {"member":"user_id:ann","trigger":"review","source":"review-1","timestamp":"\(fixtures.clock.now.rfc3339)"}
                """
            let first = try await fixtures.send(.post, "/api/v1/earning/club/events", body, key: "a")
            #expect(first["points"] == 10 && first["balance"]?["available"] == 10, "\(first.text)")
            #expect(try await fixtures.send(.post, "/api/v1/earning/club/events", body, key: "a").text == first.text)
            let other = try await fixtures.send(.post, "/api/v1/earning/club/events", body, key: "b")
            #expect(other["reasons"]?.arrayValue?.map { $0["code"] } == ["ALREADY_EARNED"], "\(other.text)")
            let order = try await fixtures.send(
                .post, "/api/v1/earning/club/events",
                body.replacing("\"trigger\":\"review\"", with: "\"event\":\"Order Completed\""))
            #expect(order.status == 400 && order.pointer == "/event", "\(order.text)")
            let never = try await fixtures.send(
                .post, "/api/v1/earning/club/events", #"{"member":"user_id:ann","trigger":"review","source":"r"}"#)
            #expect(never.status == 400 && never.pointer == "/timestamp", "\(never.text)")
        }
    }

    /// Collects an order of somebody's, an hour ago.
    static func collect(_ message: String, _ order: String, _ who: String, _ quantity: Int, _ fixtures: APIFixtures) async throws {
        let at = fixtures.clock.now.advanced(byMicroseconds: -.microsecondsPerHour).rfc3339
        try await fixtures.collect(
            """
            {"type":"track","event":"Order Completed","messageId":"\(message)","userId":"\(who)","timestamp":"\(at)","properties":
            {"order_id":"\(order)","products":[{"product_id":"tea","price":30,"quantity":\(quantity)}]}}
            """)
    }

    @Test("A version is tried on what has happened, each order once, and nothing is booked")
    func rehearsal() async throws {
        try await APIFixtures.run { fixtures in
            try await Self.earn(fixtures)
            try await Self.collect("m1", "o1", "ann", 1, fixtures)
            try await Self.collect("m2", "o1", "ann", 1, fixtures)
            try await Self.collect("m3", "o2", "bob", 9, fixtures)
            let reply = try await fixtures.send(.post, "/api/v1/earning/club/versions/1/rehearse", "{}")
            #expect(reply.status == 200 && reply["events"] == 2 && reply["members"] == 2, "\(reply.text)")
            #expect(reply["points"] == 130 && reply["points_per_member"]?["p100"] == 100, "\(reply.text)")
            let rule = reply["rules"]?.arrayValue?.first { $0["rule"] == "spend" }
            #expect(rule?["events"] == 2 && rule?["points"] == 130, "\(reply.text)")
            let none = try await fixtures.send(
                .post, "/api/v1/earning/club/versions/1/rehearse",
                #"{"from":"2020-01-01T00:00:00Z","until":"2020-02-01T00:00:00Z"}"#)
            #expect(none["events"] == 0 && none["points_per_member"]?["p50"] == .null, "\(none.text)")
            #expect(try await fixtures.send(.post, "/api/v1/earning/club/versions/7/rehearse", "{}").status == 404)
            let balances = try await fixtures.send(.post, "/api/v1/points/balances", #"{"members":["user_id:bob"]}"#)
            #expect(balances["balances"] == [.null], "\(balances.text)")
        }
    }

    @Test("Orders that are collected earn once, however often they are sent, and the event store hears of it")
    func collected() async throws {
        try await APIFixtures.run { fixtures in
            try await Self.earn(fixtures)
            let at = fixtures.clock.now.rfc3339
            let calls = """
                {"type":"track","event":"Order Completed","messageId":"m1","userId":"ann","timestamp":"\(at)","properties":
                {"order_id":"o1","products":[{"product_id":"tea","price":30,"quantity":2}]}}
                """
            for _ in 0 ..< 3 {
                try await fixtures.collect(calls)
                await fixtures.directory.followEvents()
                await fixtures.directory.sendFacts()
            }
            let balances = try await fixtures.send(.post, "/api/v1/points/balances", #"{"members":["user_id:ann"]}"#)
            #expect(balances["balances"]?.arrayValue?.first?["balance"]?["available"] == 60, "\(balances.text)")
            let snapshot = try await fixtures.directory.workspace(fixtures.created.workspace.id).store.snapshot()
            #expect(snapshot.eventCount == 2, "the order, and what it earned")
            #expect(snapshot.parts.contains { $0.nameCode(of: "Points Earned") != nil })
        }
    }
}
