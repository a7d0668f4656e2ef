import Model
import OrderedCollections
import Records
import TestSupport
import Testing

@testable import Loyalty

/// Orders use their coupons and give them back, in whatever order their events come.
@Suite("Coupons of orders") struct OrderCouponTests {
    typealias Shop = CouponDeskTests.Shop

    private static let products: JSONValue = [
        ["product_id": "tea", "price": 50, "quantity": 2], ["product_id": "cup", "price": 20],
    ]

    /// A shop that gives a point a yuan, with ann's coupon of 10 yuan.
    private static func shop(
        _ engine: RecordsEngine, _ change: (inout CouponTemplate) -> Void = { _ in }
    ) async throws -> (shop: Shop, coupon: String) {
        let shop = try await Shop(engine) {
            $0.limits = [CouponLimit("all", .uses, max: 1), CouponLimit("money", .money, max: 1_000)]
            change(&$0)
        }
        try await shop.program.earns(by: OrderTests.program)
        let coupon = try await shop.grant("g")
        shop.program.clock.advance(.microsecondsPerHour)
        return (shop, coupon)
    }

    private static func tell(
        _ shop: Shop, _ kind: OrderFact.Kind, _ message: String, _ properties: OrderedDictionary<String, JSONValue> = [:],
        by name: String = "ann"
    ) async throws -> ProgramAnswer {
        shop.program.clock.advance(.microsecondsPerMinute)
        var properties = properties
        properties["order_id"] = "o"
        let fact = try OrderFact(
            event: kind.rawValue, messageID: message, at: shop.program.clock.now, properties: .object(properties), standard: .cny)
        return try await shop.program.perform(
            "take-\(message)", TakeOrder(try #require(fact), of: TestProgram.member(name), in: "club"))
    }

    private static func deeds(_ answer: ProgramAnswer) -> [String] {
        answer.body["done"]?.arrayValue?.compactMap { $0["do"]?.stringValue }.filter { $0.hasSuffix("coupon") } ?? []
    }

    @Test("A coupon that is not reserved is used by its order, comes back in parts and whole", arguments: RecordsEngine.here)
    func life(engine: RecordsEngine) async throws {
        let (shop, coupon) = try await Self.shop(engine)
        let order = try await Self.tell(shop, .completed, "m1", ["products": Self.products, "coupon": .string(coupon)])
        #expect(order.body["points"] == 120, "\(order.body.text)")
        #expect(order.body["done"]?.arrayValue?.last?["amount"] == 1_000)
        #expect(order.body["coupons"]?.arrayValue?.first?["state"] == "priced")
        #expect(try await shop.state(coupon) == .redeemed)
        #expect(try await shop.limit("all")?.used == 1)
        let part = try await Self.tell(shop, .refunded, "m2", ["products": [["product_id": "tea"]]])
        #expect(part.body["done"]?.arrayValue?.last?["amount"] == 417 && part.body["points"] == 70, "\(part.body.text)")
        #expect(try await shop.limit("money")?.used == 583)
        #expect(try await shop.state(coupon) == .redeemed)
        let rest = try await Self.tell(
            shop, .refunded, "m3", ["products": [["product_id": "tea"], ["product_id": "cup"]]])
        #expect(rest.body["done"]?.arrayValue?.last?["is_back"] == true)
        #expect(try await shop.state(coupon) == .granted)
        #expect(try await shop.limit("all")?.used == 0)
        #expect(try await shop.limit("money")?.used == 0)
        #expect(Self.deeds(try await Self.tell(shop, .cancelled, "m4")) == [])
        #expect(try await shop.state(coupon) == .granted)
    }

    @Test("What was reserved is used as it was, and rolled back when the order is cancelled", arguments: RecordsEngine.here)
    func reserved(engine: RecordsEngine) async throws {
        let (shop, coupon) = try await Self.shop(engine)
        let cart = CouponCart(
            currency: .cny, lines: [.init(id: "tea", sku: "tea", units: 2, unitPrice: 400)], at: .epoch)
        _ = try await shop.reserve("r", [coupon], for: "o", cart: cart)
        #expect(try await shop.limit("money")?.reserved == 800)
        shop.program.clock.advance(20 * .microsecondsPerMinute)
        let order = try await Self.tell(shop, .completed, "m1", ["products": Self.products, "coupon": .string(coupon)])
        #expect(order.body["done"]?.arrayValue?.last?["amount"] == 800)
        #expect(try await shop.limit("money") == Limit(key: .init(name: "money"), max: 1_000, used: 800))
        let again = try await Self.tell(shop, .updated, "m2", ["products": Self.products, "address": "Hangzhou"])
        #expect(Self.deeds(again) == [])
        #expect(Self.deeds(try await Self.tell(shop, .cancelled, "m3")) == ["roll_back_coupon"])
        #expect(try await shop.state(coupon) == .granted)
        #expect(try await shop.limit("all") == Limit(key: .init(name: "all"), max: 1))
        // By hand afterwards it is the member's to use; no later event takes it back.
        _ = try await shop.reserve("r2", [coupon], for: "p", commits: true)
        #expect(Self.deeds(try await Self.tell(shop, .refunded, "m4")) == [])
        #expect(try await shop.state(coupon) == .redeemed)
    }

    @Test("What was reserved when the order was completed is used, though we hear of it later", arguments: RecordsEngine.here)
    func late(engine: RecordsEngine) async throws {
        let (shop, coupon) = try await Self.shop(engine)
        _ = try await shop.reserve("r", [coupon], for: "o")
        let at = shop.program.clock.now.advanced(byMicroseconds: .microsecondsPerMinute)
        shop.program.clock.advance(10 * .microsecondsPerDay)
        let fact = try OrderFact(
            event: "Order Completed", messageID: "m", at: at,
            properties: ["order_id": "o", "products": Self.products, "coupon": .string(coupon)], standard: .cny)
        let order = try await shop.program.perform(
            "t", TakeOrder(try #require(fact), of: TestProgram.member("ann"), in: "club"))
        #expect(order.body["coupons"]?.arrayValue?.first?["state"] == "reserved", "\(order.body.text)")
        #expect(try await shop.state(coupon) == .redeemed)
        #expect(try await shop.limit("all") == Limit(key: .init(name: "all"), max: 1, used: 1))
    }

    @Test("A code that does not count is noted with all reasons, and the order has its points", arguments: RecordsEngine.here)
    func refused(engine: RecordsEngine) async throws {
        let (shop, coupon) = try await Self.shop(engine) {
            $0.conditions.spendMin = 20_000
            $0.conditions.channels = ["app"]
        }
        let foreign = try await shop.grant("g2", "bob")
        let codes: JSONValue = [.string(coupon), .string(foreign), "SPRING"]
        let order = try await Self.tell(shop, .completed, "m1", ["products": Self.products, "coupons": codes])
        #expect(order.body["points"] == 120)
        let notes = order.body["coupons"]?.arrayValue ?? []
        let reasons = Dictionary(
            uniqueKeysWithValues: notes.map { note in
                (
                    note["code"]?.stringValue ?? "",
                    note["reasons"]?.arrayValue?.compactMap { $0["code"]?.stringValue } ?? []
                )
            })
        #expect(reasons[coupon] == ["CONDITION_SPEND_MIN", "CONDITION_CHANNEL"])
        #expect(reasons[foreign]?.contains("NOT_YOURS") == true)
        #expect(reasons["SPRING"] == ["NOT_FOUND"])
        #expect(try await shop.state(coupon) == .granted)
        #expect(try await shop.limit("all") == nil)
        // A changed order is judged anew.
        let more: JSONValue = [["product_id": "tea", "price": 50, "quantity": 5]]
        let update = try await Self.tell(shop, .updated, "m2", ["products": more, "channel": "app", "coupons": codes])
        #expect(Self.deeds(update).first == "commit_coupon", "\(update.body.text)")
        #expect(try await shop.state(coupon) == .redeemed)
        let other = try await Self.tell(shop, .updated, "m3", ["products": more, "channel": "app", "coupons": []])
        #expect(Self.deeds(other) == ["roll_back_coupon"])
        #expect(try await shop.state(coupon) == .granted)
    }

    @Test("An order of a closed member uses no coupon, and lets go what was kept for it", arguments: RecordsEngine.here)
    func closedMember(engine: RecordsEngine) async throws {
        let (shop, coupon) = try await Self.shop(engine)
        let ann = TestProgram.member("ann")
        _ = try await shop.reserve("r", [coupon], for: "o")
        #expect(try await shop.limit("all")?.reserved == 1)
        _ = try await shop.program.perform("close", CloseMember(ann))
        let bought: OrderedDictionary<String, JSONValue> = ["products": Self.products, "coupon": .string(coupon)]
        let order = try await Self.tell(shop, .completed, "m1", bought)
        #expect(Self.deeds(order) == ["refuse_coupon"], "\(order.body.text)")
        let reasons = order.body["coupons"]?.arrayValue?.first?["reasons"]?.arrayValue
        #expect(reasons?.compactMap { $0["code"]?.stringValue } == ["MEMBER_CLOSED"])
        #expect(try await shop.state(coupon) == .granted)
        #expect(try await shop.limit("all") == Limit(key: .init(name: "all"), max: 1))
        // Nor is it used when they take part again, unless the order changes.
        _ = try await shop.program.perform("open", CloseMember(ann, closes: false))
        let part = try await Self.tell(shop, .refunded, "m2", ["products": [["product_id": "tea"]]])
        #expect(Self.deeds(part) == [] && part.body["ignored"] == [], "\(part.body.text)")
        let more: JSONValue = [["product_id": "tea", "price": 50, "quantity": 3]]
        let update = try await Self.tell(shop, .updated, "m3", ["products": more, "coupon": .string(coupon)])
        #expect(Self.deeds(update).first == "commit_coupon", "\(update.body.text)")
        #expect(try await shop.state(coupon) == .redeemed)
    }

    @Test("What was used before the membership was closed comes back with the goods", arguments: RecordsEngine.here)
    func usedBefore(engine: RecordsEngine) async throws {
        let (shop, coupon) = try await Self.shop(engine)
        let bought: OrderedDictionary<String, JSONValue> = ["products": Self.products, "coupon": .string(coupon)]
        #expect(Self.deeds(try await Self.tell(shop, .completed, "m1", bought)) == ["commit_coupon"])
        _ = try await shop.program.perform("close", CloseMember(TestProgram.member("ann")))
        let more: JSONValue = [["product_id": "tea", "price": 50, "quantity": 9]]
        let update = try await Self.tell(shop, .updated, "m2", ["products": more, "coupon": .string(coupon)])
        #expect(Self.deeds(update) == [], "it stands as it was used: \(update.body.text)")
        #expect(try await shop.state(coupon) == .redeemed)
        #expect(Self.deeds(try await Self.tell(shop, .refunded, "m3")) == ["return_coupon"])
        #expect(try await shop.state(coupon) == .granted)
        #expect(try await shop.limit("all")?.used == 0)
    }

    @Test("A printed code that nobody has claimed is the member's by the order, once", arguments: RecordsEngine.here)
    func printed(engine: RecordsEngine) async throws {
        let (shop, _) = try await Self.shop(engine) { $0.conditions.isFirstOrderOnly = true }
        _ = try await shop.program.perform("b", MakeCouponBatch(3, of: "spring"))
        let secret = try await shop.program.records.secret(
            CouponCodeCipher.secretName(of: shop.program.workspace), fresh: [UInt8](repeating: 7, count: 32))
        let code = try #require(CouponCodeCipher(secret: secret).code(.init(batch: 1, index: 2)))
        let wide = JSONValue.string(code.text.lowercased())
        let order = try await Self.tell(shop, .completed, "m1", ["products": Self.products, "coupon": wide])
        #expect(order.body["coupons"]?.arrayValue?.first?["coupon"] == "b1_2", "\(order.body.text)")
        #expect(try await shop.state("b1_2") == .redeemed)
        // Nobody was shown its text, and it is kept as it was; who types the code afterwards has it already.
        let again = try await shop.program.perform(
            "k", GrantCoupon(.code(.init(batch: 1, index: 2)), to: TestProgram.member("ann"), seen: nil))
        let template = try #require(try await shop.reader.couponTemplate("spring"))
        let hash = JSONValue.string(CouponText(template, in: .english).hash)
        #expect(again.body["coupon"] == "b1_2" && again.body["text_hash"] == hash, "\(again.body.text)")
        let fact = try OrderFact(
            event: "Order Completed", messageID: "n", at: shop.program.clock.now,
            properties: ["order_id": "p", "products": Self.products, "coupon": wide], standard: .cny)
        let other = try await shop.program.perform(
            "n", TakeOrder(try #require(fact), of: TestProgram.member("bob"), in: "club"))
        #expect(other.body["coupons"]?.arrayValue?.first?["state"] == "refused")
        let closed = try #require(CouponCodeCipher(secret: secret).code(.init(batch: 1, index: 1)))
        _ = try await shop.program.perform("c", ChangeCouponBatch(1, to: .closed))
        let third = try OrderFact(
            event: "Order Completed", messageID: "q", at: shop.program.clock.now,
            properties: ["order_id": "q", "products": Self.products, "coupon": .string(closed.text)], standard: .cny)
        let late = try await shop.program.perform(
            "q", TakeOrder(try #require(third), of: TestProgram.member("bob"), in: "club"))
        #expect(late.body["coupons"]?.arrayValue?.first?["reasons"]?.arrayValue?.first?["code"] == "BATCH_CLOSED")
        #expect(late.body["points"] == 120)
    }

    @Test("A coupon that an order names by another code than before stays used, once", arguments: RecordsEngine.here)
    func otherCode(engine: RecordsEngine) async throws {
        let (shop, _) = try await Self.shop(engine)
        _ = try await shop.program.perform("b", MakeCouponBatch(3, of: "spring"))
        let secret = try await shop.program.records.secret(
            CouponCodeCipher.secretName(of: shop.program.workspace), fresh: [UInt8](repeating: 7, count: 32))
        let code = try #require(CouponCodeCipher(secret: secret).code(.init(batch: 1, index: 2))).text
        let steps: [(codes: [String], deeds: [String])] = [
            ([code], ["commit_coupon"]), (["b1_2"], []), (["b1_2", code], ["refuse_coupon"]), ([code], []), (["b1_2"], []),
        ]
        for (number, step) in steps.enumerated() {
            let told = try await Self.tell(
                shop, number == 0 ? .completed : .updated, "m\(number)",
                ["products": Self.products, "coupons": .array(step.codes.map { .string($0) })])
            #expect(Self.deeds(told) == step.deeds, "m\(number): \(told.body.text)")
            #expect(try await shop.state("b1_2") == .redeemed, "m\(number)")
            #expect(try await shop.limit("all")?.used == 1)
            #expect(try await shop.limit("money")?.used == 1_000)
        }
        #expect(Self.deeds(try await Self.tell(shop, .cancelled, "m9")) == ["roll_back_coupon"])
        #expect(try await shop.state("b1_2") == .granted)
        #expect(try await shop.limit("all")?.used == 0)
        #expect(try await shop.limit("money")?.used == 0)
    }

    @Test("A coupon for which its order has nothing left to take off stays the member's", arguments: RecordsEngine.here)
    func nothingLeft(engine: RecordsEngine) async throws {
        let (shop, first) = try await Self.shop(engine) { $0.limits = [CouponLimit("all", .uses, max: 2)] }
        let second = try await shop.grant("g2")
        let cart = CouponCart(currency: .cny, lines: [.init(id: "tea", sku: "tea", units: 2, unitPrice: 400)], at: .epoch)
        _ = try await shop.reserve("r", [first], for: "o", cart: cart)
        let codes: JSONValue = [.string(first), .string(second)]
        let small: JSONValue = [["product_id": "tea", "price": 4, "quantity": 2]]
        let order = try await Self.tell(shop, .completed, "m1", ["products": small, "coupons": codes])
        #expect(Self.deeds(order).sorted() == ["commit_coupon", "refuse_coupon"], "\(order.body.text)")
        let refused = order.body["coupons"]?.arrayValue?.first { $0["code"]?.stringValue == second }
        #expect(refused?["reasons"]?.arrayValue?.first?["code"] == "NO_EFFECT")
        #expect(try await shop.state(first) == .redeemed)
        #expect(try await shop.state(second) == .granted)
        #expect(try await shop.limit("all") == Limit(key: .init(name: "all"), max: 2, used: 1))
        // An order that has become greater leaves it something.
        let large: JSONValue = [["product_id": "tea", "price": 4, "quantity": 3]]
        let update = try await Self.tell(shop, .updated, "m2", ["products": large, "coupons": codes])
        #expect(Self.deeds(update) == ["commit_coupon"] && update.body["done"]?.arrayValue?.last?["amount"] == 400)
        #expect(try await shop.state(second) == .redeemed)
    }

    @Test("A coupon for first orders is the first order's, whichever is told first", arguments: RecordsEngine.here, [false, true])
    func firstOrder(engine: RecordsEngine, isLate: Bool) async throws {
        let (shop, one) = try await Self.shop(engine) { $0.conditions.isFirstOrderOnly = true }
        let early = shop.program.clock.now
        shop.program.clock.advance(.microsecondsPerDay)
        let later = shop.program.clock.now
        shop.program.clock.advance(.microsecondsPerDay)
        func take(_ order: String, at: Instant, _ products: JSONValue, _ coupon: String?) async throws -> ProgramAnswer {
            var properties: OrderedDictionary<String, JSONValue> = ["order_id": .string(order), "products": products]
            properties["coupon"] = coupon.map { .string($0) }
            let fact = try OrderFact(
                event: "Order Completed", messageID: order, at: at, properties: .object(properties), standard: .cny)
            return try await shop.program.perform(
                "take-\(order)", TakeOrder(try #require(fact), of: TestProgram.member("ann"), in: "club"))
        }
        let plain: JSONValue = [["product_id": "pot", "price": 5]]
        if !isLate { _ = try await take("o1", at: early, plain, nil) }
        let second = try await take("o2", at: later, Self.products, one)
        #expect(Self.deeds(second) == [isLate ? "commit_coupon" : "refuse_coupon"], "\(second.body.text)")
        if isLate {
            #expect(try await shop.limit("money")?.used == 1_000)
            let first = try await take("o1", at: early, plain, nil)
            #expect(Self.deeds(first) == ["roll_back_coupon"], "\(first.body.text)")
            #expect(first.body["done"]?.arrayValue?.first { $0["do"] == "roll_back_coupon" }?["order"] == "o2")
        }
        #expect(try await shop.state(one) == .granted)
        #expect(try await shop.limit("all")?.used ?? 0 == 0)
        #expect(try await shop.limit("money")?.used ?? 0 == 0)
        let kept = try await shop.reader.read { tables throws(Problem) in try tables.order("o2", of: "club") }
        #expect(kept.coupons[one]?.state == .refused && kept.coupons[one]?.reasons.map(\.code) == ["CONDITION_FIRST_ORDER"])
        #expect(kept.record.netPoints == 120)
    }

    @Test("An order whose events have used a coupon is its member's alone to reserve for", arguments: RecordsEngine.here)
    func claimed(engine: RecordsEngine) async throws {
        let (shop, coupon) = try await Self.shop(engine) { $0.limits = [] }
        let (other, bobs) = (try await shop.grant("g2"), try await shop.grant("g3", "bob"))
        // What has lapsed binds nobody.
        #expect(try await !shop.reserve("r0", [bobs], for: "o", by: "bob").isRefused)
        shop.program.clock.advance(Coupon.reservationDuration + .microsecondsPerSecond)
        let order = try await Self.tell(shop, .completed, "m1", ["products": Self.products, "coupon": .string(coupon)])
        #expect(Self.deeds(order) == ["commit_coupon"], "\(order.body.text)")
        let taken = try await shop.reserve("r1", [bobs], for: "o", by: "bob")
        #expect(taken.codes == ["ORDER_TAKEN"] && taken.body["reasons"]?.arrayValue?.first?["retryable"] == false)
        #expect(try await !shop.reserve("r2", [other], for: "o").isRefused)
    }

    @Test("Who was merged into somebody has ordered for them", arguments: RecordsEngine.here)
    func firstOrderOfMerged(engine: RecordsEngine) async throws {
        let (shop, _) = try await Self.shop(engine) { $0.conditions.isFirstOrderOnly = true }
        let coupon = try await shop.grant("g2", "bob")
        let plain = try OrderFact(
            event: "Order Completed", messageID: "p", at: shop.program.clock.now,
            properties: ["order_id": "p", "products": Self.products], standard: .cny)
        let ann = TestProgram.member("ann")
        #expect(try await !shop.program.perform("p", TakeOrder(try #require(plain), of: ann, in: "club")).isRefused)
        let merged = try await shop.program.perform("merge", MergeMembers(ann, into: TestProgram.member("bob")))
        #expect(!merged.isRefused)
        let order = try await Self.tell(
            shop, .completed, "m1", ["products": Self.products, "coupon": .string(coupon)], by: "bob")
        #expect(Self.deeds(order) == ["refuse_coupon"], "\(order.body.text)")
        let reasons = order.body["coupons"]?.arrayValue?.first?["reasons"]?.arrayValue
        #expect(reasons?.compactMap { $0["code"]?.stringValue } == ["CONDITION_FIRST_ORDER"])
        #expect(try await shop.state(coupon, "bob") == .granted)
    }

    @Test("A line costs what the order says, though it does not divide among its units", arguments: RecordsEngine.here)
    func undivided(engine: RecordsEngine) async throws {
        let (shop, coupon) = try await Self.shop(engine) { $0.conditions.spendMin = 10_000 }
        let products: JSONValue = [["product_id": "tea", "quantity": 3]]
        let order = try await Self.tell(
            shop, .completed, "m1", ["products": products, "revenue": 100, "coupon": .string(coupon)])
        #expect(order.body["coupons"]?.arrayValue?.first?["state"] == "priced", "\(order.body.text)")
        #expect(order.body["done"]?.arrayValue?.last?["amount"] == 1_000)
        // 33.34, 33.33 and 33.33, of which 3.34, 3.33 and 3.33 are off.
        let back = try await Self.tell(shop, .refunded, "m2", ["products": [["product_id": "tea"]]])
        #expect(back.body["done"]?.arrayValue?.last?["amount"] == 334, "\(back.body.text)")
        let whole = try await Self.tell(shop, .refunded, "m3", ["products": [["product_id": "tea", "quantity": 2]]])
        #expect(whole.body["done"]?.arrayValue?.last?["amount"] == 666, "\(whole.body.text)")
    }

    @Test("Orders use coupons where nothing is earned; only who uses one becomes a member", arguments: RecordsEngine.here)
    func withoutEarning(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine) { $0.limits = [CouponLimit("all", .uses, max: 1)] }
        let coupon = try await shop.grant("g")
        func take(
            _ kind: OrderFact.Kind, _ message: String, _ properties: OrderedDictionary<String, JSONValue>, _ name: String
        )
            async throws -> ProgramAnswer
        {
            shop.program.clock.advance(.microsecondsPerMinute)
            let fact = try OrderFact(
                event: kind.rawValue, messageID: message, at: shop.program.clock.now, properties: .object(properties),
                standard: .cny)
            return try await shop.program.perform(message, TakeOrder(try #require(fact), of: TestProgram.member(name), in: nil))
        }
        let bought: OrderedDictionary<String, JSONValue> = ["order_id": "o", "products": Self.products, "coupon": .string(coupon)]
        let order = try await take(.completed, "m1", bought, "ann")
        #expect(order.body["points"] == 0 && Self.deeds(order) == ["commit_coupon"], "\(order.body.text)")
        #expect(try await shop.state(coupon) == .redeemed)
        let back = try await take(.refunded, "m2", ["order_id": "o"], "ann")
        #expect(Self.deeds(back) == ["return_coupon"], "\(back.body.text)")
        #expect(try await shop.state(coupon) == .granted)
        #expect(try await take(.completed, "m3", ["order_id": "p", "products": Self.products], "zoe").codes == ["MEMBER_UNKNOWN"])
        #expect(try await shop.reader.member(TestProgram.member("zoe")) == nil)
    }

    @Test("Two earning programs hear of an order: its coupon is used once", arguments: RecordsEngine.here)
    func twoPrograms(engine: RecordsEngine) async throws {
        let (shop, coupon) = try await Self.shop(engine)
        var other = OrderTests.program
        other.id = "kids"
        for (number, deed) in [ChangeEarning.Deed.draft(other), .review(1), .schedule(1, from: nil)].enumerated() {
            _ = try await shop.program.perform("kids-\(number)", ChangeEarning(deed, of: "kids"))
        }
        shop.program.clock.advance(.microsecondsPerMinute)
        var facts: [OrderFact] = []
        for (number, kind) in [OrderFact.Kind.completed, .refunded, .cancelled].enumerated() {
            shop.program.clock.advance(.microsecondsPerMinute)
            let properties: JSONValue = [
                "order_id": "o", "coupon": .string(coupon),
                "products": kind == .refunded ? [["product_id": "cup"]] : Self.products,
            ]
            let fact = try OrderFact(
                event: kind.rawValue, messageID: "m\(number)", at: shop.program.clock.now, properties: properties, standard: .cny)
            facts.append(try #require(fact))
        }
        for (number, fact) in facts.prefix(2).enumerated() {
            for name in ["club", "kids"] {
                _ = try await shop.program.perform(
                    "\(name)-o\(number)", TakeOrder(fact, of: TestProgram.member("ann"), in: name))
            }
        }
        #expect(try await shop.limit("all")?.used == 1)
        #expect(try await shop.limit("money")?.used == 833)
        for name in ["club", "kids"] {
            _ = try await shop.program.perform("\(name)-c", TakeOrder(facts[2], of: nil, in: name))
        }
        #expect(try await shop.state(coupon) == .granted)
        #expect(try await shop.limit("money")?.used == 0)
    }
}
