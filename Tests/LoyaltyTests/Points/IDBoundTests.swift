import Model
import OrderedCollections
import Records
import TestSupport
import Testing

@testable import Loyalty

/// What a sender names something by has a bound, and names something: nothing is booked for what does not.
@Suite("Bounds of ids") struct IDBoundTests {
    private static let long = String(repeating: "é", count: 100)
    /// Too long by a byte, empty, blank, and with control characters.
    private static let wrong = [long + "a", "", " ", "\u{3000}", "a\nb", "a\u{0}", "\u{7F}"]

    private static func earn(_ source: PointSource) -> EarnPoints {
        EarnPoints(7, of: "points", to: TestProgram.member("new"), for: source)
    }

    /// The fields that a refusal names, each with its code.
    private static func fields(_ answer: ProgramAnswer) -> [String] {
        (answer.body["reasons"]?.arrayValue ?? []).map {
            "\($0["code"]?.stringValue ?? "") \($0["params"]?["field"]?.stringValue ?? "")"
        }
    }

    @Test("points are earned for sources of 1 to 200 bytes, and nobody becomes a member by another", arguments: RecordsEngine.here)
    func earned(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        for (number, id) in Self.wrong.enumerated() {
            let answer = try await program.perform("w\(number)", Self.earn(PointSource(id: id)))
            #expect(Self.fields(answer) == ["NAME_WRONG source"] && answer.isRefused, "\(number): \(answer.body.text)")
        }
        let parts = PointSource(id: "o", line: "1\n2", rule: Self.long + "a")
        #expect(Self.fields(try await program.perform("parts", Self.earn(parts))) == ["NAME_WRONG line", "NAME_WRONG rule"])
        #expect(try await program.reader.member(TestProgram.member("new")) == nil)
        let most = PointSource(id: Self.long, line: Self.long, rule: Self.long)
        #expect(try await program.perform("most", Self.earn(most)).available == 7)
        let back = TakeBackPoints(.returned(units: 1), of: "points", earnedFor: most)
        #expect(try await program.perform("back", back).body["taken"] == 7)
        #expect(try await program.reader.check("points").isWhole)
    }

    @Test("events that earn have such a source, too", arguments: RecordsEngine.here)
    func awarded(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        try await program.earns(by: OrderTests.program)
        for (number, id) in Self.wrong.enumerated() {
            let event = EarningEvent(.event("Store Visited"), source: id, at: program.clock.now)
            let wish = EventWish(event, of: TestProgram.member("new"), in: "club")
            #expect(Self.fields(try await program.perform("w\(number)", AwardEvent(wish))) == ["NAME_WRONG source"], "\(number)")
        }
        #expect(try await program.reader.member(TestProgram.member("new")) == nil)
    }

    @Test("a place is a name: points are neither spent nor held at what is none")
    func places() async throws {
        let program = try await TestProgram()
        _ = try await program.earn("e", 50, "ann")
        let wrong = [String(repeating: "a", count: 1_001), "", "a\nb"]
        for (number, place) in wrong.enumerated() {
            let deeds: [SpendPoints.Deed] = [.burn(1, place: place), .hold(1, place: place, seconds: 60)]
            for (kind, deed) in deeds.enumerated() {
                let answer = try await program.spend("w\(number)-\(kind)", deed, "ann")
                #expect(Self.fields(answer) == ["NAME_WRONG place"], "\(number): \(answer.body.text)")
            }
        }
        #expect(try await program.spend("b", .burn(1, place: String(repeating: "a", count: 1_000)), "ann").available == 49)
    }

    @Test("sources of grants have the bound, and so do their series", arguments: RecordsEngine.here)
    func grants(engine: RecordsEngine) async throws {
        let program = try await BenefitProgram(engine)
        for (number, id) in Self.wrong.enumerated() {
            let one = try await program.grant("a\(number)", 1, "ann", BenefitSource(.plan, id: id, series: "s"))
            #expect(Self.fields(one) == ["NAME_WRONG source.id"], "\(number): \(one.body.text)")
            let other = try await program.grant("b\(number)", 1, "ann", BenefitSource(.plan, id: "p", series: id))
            #expect(Self.fields(other) == ["NAME_WRONG source.series"], "\(number): \(other.body.text)")
        }
        let nobody = try await program.grant("n", 1, "nobody", BenefitSource(.plan, id: ""))
        #expect(nobody.codes == ["MEMBER_UNKNOWN", "NAME_WRONG", "NAME_WRONG"], "\(nobody.body.text)")
        #expect(try await program.grant("m", 1, "ann", BenefitSource(.plan, id: Self.long)).body["left"]?["remaining"] == 1)
    }

    @Test("orders of coupons and the lines of their carts have the bound, when they are asked about as well")
    func coupons() async throws {
        let shop = try await CouponDeskTests.Shop(RecordsEngine.here[0])
        let coupon = try await shop.grant("g")
        for (number, id) in Self.wrong.enumerated() {
            let named = try await shop.reserve("o\(number)", [coupon], for: id)
            #expect(Self.fields(named) == ["NAME_WRONG order"], "\(number): \(named.body.text)")
            var cart = shop.cart
            (cart.lines[0].id, cart.lines[1].sku) = (id, id)
            let lines = try await shop.reserve("l\(number)", [coupon], for: "o", cart: cart)
            #expect(Self.fields(lines) == ["NAME_WRONG lines.id", "NAME_WRONG lines.sku"], "\(number): \(lines.body.text)")
            let asked = try await shop.reader.checkCoupons([coupon], for: id, by: TestProgram.member("ann"), shop.cart)
            guard case .failure(let refusal) = asked else { return #expect(Bool(false), "\(number): \(asked)") }
            #expect(refusal.reasons.map(\.code) == ["NAME_WRONG"])
        }
        #expect(try await !shop.reserve("most", [coupon], for: Self.long).isRefused)
        #expect(try await !shop.change("used", .commit(finals: [:]), of: Self.long).isRefused)
    }

    @Test(
        "orders and products of shops have up to 500 bytes, and nothing is kept of longer ones",
        arguments: RecordsEngine.here)
    func orders(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        try await program.earns(by: OrderTests.program)
        func tell(_ kind: OrderFact.Kind, _ message: String, _ order: String, _ product: String) async throws -> ProgramAnswer {
            program.clock.advance(1_000)
            let fact = try OrderFact(
                event: kind.rawValue, messageID: message, at: program.clock.now,
                properties: ["order_id": .string(order), "products": [["product_id": .string(product), "price": 50]]],
                standard: .cny)
            return try await program.perform(message, TakeOrder(try #require(fact), of: TestProgram.member("ann"), in: "club"))
        }
        let (most, more) = (String(repeating: "a", count: 500), String(repeating: "a", count: 501))
        #expect(Self.fields(try await tell(.completed, "m1", more, "tea")) == ["NAME_WRONG order_id"])
        #expect(Self.fields(try await tell(.completed, "m2", "o", more)) == ["NAME_WRONG product_id"])
        #expect(try await program.reader.member(TestProgram.member("ann")) == nil)
        #expect(try await tell(.completed, "m3", most, most).body["points"] == 50)
        let source = PointSource(id: most, line: most, rule: "spend")
        let taken = try await program.perform("t", TakeBackPoints(.disputed(10), of: "points", earnedFor: source))
        #expect(taken.body["taken"] == 10, "\(taken.body.text)")
        #expect(Self.fields(try await tell(.refunded, "m4", most, more)) == ["NAME_WRONG product_id"])
        #expect(try await tell(.refunded, "m5", most, most).body["points"] == 0)
        #expect(try await program.reader.check("points").isWhole)
    }

    @Test("an order that an earlier version has kept under a longer id, with a longer product, goes on")
    func earlierOrder() async throws {
        func fact(_ kind: OrderFact.Kind, _ message: String, _ id: String, _ product: String) throws -> OrderFact {
            try #require(
                try OrderFact(
                    event: kind.rawValue, messageID: message, at: TestClock().now,
                    properties: ["order_id": .string(id), "products": [["product_id": .string(product), "price": 50]]],
                    standard: .cny))
        }
        let (order, product) = (String(repeating: "a", count: 600), String(repeating: "b", count: 600))
        var known = OrderRecord(id: order)
        _ = try known.add(fact(.completed, "m1", order, product))
        func refused(_ told: OrderFact, _ known: OrderRecord) -> [String] {
            TakeOrder(told, of: nil, in: "club").idReasons(known).compactMap { $0.params["field"]?.stringValue }
        }
        #expect(try refused(fact(.refunded, "m2", order, product), known) == [])
        #expect(try refused(fact(.refunded, "m3", order, product + "b"), known) == ["product_id"])
        #expect(try refused(fact(.refunded, "m2", order, product), OrderRecord(id: order)) == ["order_id", "product_id"])
    }

    @Test("what an earlier version has kept for a longer source is read, and taken back")
    func earlier() async throws {
        let program = try await TestProgram()
        _ = try await program.earn("e", 50, "ann")
        try await program.records.engine.settle()
        let long = String(repeating: "x", count: 5_000) + "\n"
        _ = try await program.records.engine.write { connection throws(Problem) in
            for table in ["point_earnings", "point_lots"] {
                try connection.execute("UPDATE \(table) SET source = ?", [.text(long)])
            }
        }
        // Another server, which has nothing in memory.
        let desk = ProgramDesk(workspace: program.workspace, records: program.records, clock: program.clock)
        func perform(_ id: String, _ source: String) async throws -> ProgramAnswer {
            let back = TakeBackPoints(.disputed(20), of: "points", earnedFor: PointSource(id: source))
            return try await desk.perform(ProgramRequest(id: id, actor: .server, command: back))
        }
        let unknown = try await perform("u", "y" + long)
        #expect(unknown.codes == ["NOT_FOUND", "NAME_WRONG"] && unknown.body.text.utf8.count < 2_000, "\(unknown.body.text)")
        let taken = try await perform("t", long)
        #expect(taken.body["taken"] == 20 && taken.available == 30, "\(taken.body.text)")
    }
}
