import Model
import OrderedCollections
import Testing

@testable import Loyalty

/// What orders tell the ledgers, by examples.
struct OrderTests {
    static let program: EarningProgram = {
        var program = EarningProgram(id: "club", name: "Club", currency: .cny)
        program.rules = [
            EarningRule(
                id: "spend", name: "A point a yuan", trigger: .event("Order Completed"),
                base: EarningAmount(1, by: .money(100, EarningMoney())))
        ]
        return program
    }()

    /// - Parameter hour: After the start of the world.
    static func fact(
        _ kind: OrderFact.Kind, _ message: String, hour: Int64 = 0, _ properties: OrderedDictionary<String, JSONValue> = [:]
    ) throws -> OrderFact {
        var properties = properties
        properties["order_id"] = "o"
        let fact = try OrderFact(
            event: kind.rawValue, messageID: message, at: EarningWorld.start.advanced(byMicroseconds: hour * .microsecondsPerHour),
            properties: .object(properties), standard: .cny)
        return try #require(fact)
    }

    static func settle(
        _ record: inout OrderRecord, _ fact: OrderFact, limits: inout EarningLimits, program: EarningProgram = program
    ) throws -> [OrderIntent] {
        _ = try record.add(fact)
        return try record.settle(
            by: program, of: EarningMember(id: "m"), limits: &limits, in: EarningWorld.frame)
    }

    /// What all facts together have told, in short words.
    private static func told(_ facts: [OrderFact], program: EarningProgram = program) throws -> (intents: [String], net: Int64) {
        var (record, limits, told) = (OrderRecord(id: "o"), EarningLimits(), [String]())
        for fact in facts { told += try settle(&record, fact, limits: &limits, program: program).map(word) }
        return (told, record.netPoints)
    }

    private static func word(_ intent: OrderIntent) -> String {
        switch intent {
        case .earn(let points): "earn \(points.amount) for \(points.units) \(points.source.line) of \(points.source.id)"
        case .reverse(let source, let units, _): "reverse \(units) \(source.line) of \(source.id)"
        }
    }

    private static let products: JSONValue = [
        ["product_id": "tea", "price": 50.25, "quantity": 2], ["sku": "cup", "price": "19.80"],
    ]
    private static func completed(_ message: String = "m1") throws -> OrderFact {
        try fact(.completed, message, ["products": products, "coupon": "SPRING"])
    }

    @Test("An order earns by line")
    func earns() throws {
        let (intents, net) = try Self.told([Self.completed()])
        #expect(intents == ["earn 20 for 1 cup of o", "earn 100 for 2 tea of o"] && net == 120)
    }

    @Test(
        "G2: a refund by lines takes back the units that it names",
        arguments: [([1, 1, 1], [7, 4, 0]), ([2, 1], [4, 0]), ([3], [0])])
    func partialRefunds(units: [Int64], net: [Int64]) throws {
        var (record, limits) = (OrderRecord(id: "o"), EarningLimits())
        let order: JSONValue = [["product_id": "p", "quantity": 3, "price": "3.50"]]
        _ = try Self.settle(&record, try Self.fact(.completed, "m", ["products": order]), limits: &limits)
        #expect(record.netPoints == 10)
        var left: [Int64] = []
        for (number, count) in units.enumerated() {
            let back: JSONValue = [["product_id": "p", "quantity": .int(count)]]
            let refund = try Self.fact(.refunded, "r\(number)", hour: Int64(number) + 1, ["products": back])
            #expect(try Self.settle(&record, refund, limits: &limits).count == 1)
            left.append(record.netPoints)
        }
        #expect(left == net)
    }

    @Test(
        "Parts of a unit earn for what they cost, as numbers and as text; what cannot be read counts as one",
        arguments: [
            (0.5, 30, 1), (1.4, 84, 2), (1.5, 90, 2), ("1.5", 90, 2), ("2", 120, 2), ("0.01", 0, 1), ("1,5", 60, 1), ("２", 60, 1),
            (0, 0, 0),
        ] as [(JSONValue, Int64, Int64)])
    func parts(quantity: JSONValue, points: Int64, units: Int64) throws {
        let order: JSONValue = [["product_id": "tea", "price": 60, "quantity": quantity]]
        let (intents, net) = try Self.told([Self.fact(.completed, "m", ["products": order])])
        #expect(net == points)
        #expect(intents == (points == 0 ? [] : ["earn \(points) for \(units) tea of o"]))
    }

    @Test(
        "Parts of a unit that come back take their share of the points, rounded down in all, and the last of them the rest",
        arguments: [
            (1.5, [0.5, 0.5, 0.5], [60, 30, 0]), (1.5, [1.5], [0]), (1.5, [1.2, 0.2, 0.2], [18, 6, 0]),
            (1.5, [0.1, "1.4"], [84, 0]), (1.5, [5], [0]), (1, [0.5, 0.5], [30, 0]), (3, [1, 0.5, 0.5, 1], [120, 90, 60, 0]),
            // 3, 6 and 10 of 10, as of 1, 2 and 3 units of 3.
            ("0.1667", ["0.05557", "0.05557", 1], [7, 4, 0]), (0.1, [0.01, 0.03, 0.05, 0.01], [6, 4, 1, 0]),
        ] as [(JSONValue, [JSONValue], [Int64])])
    func returnedParts(bought: JSONValue, quantities: [JSONValue], net: [Int64]) throws {
        var (record, limits, left) = (OrderRecord(id: "o"), EarningLimits(), [Int64]())
        let order: JSONValue = [["product_id": "p", "quantity": bought, "price": 60]]
        _ = try Self.settle(&record, try Self.fact(.completed, "m", ["products": order]), limits: &limits)
        for (number, quantity) in quantities.enumerated() {
            let back: JSONValue = [["product_id": "p", "quantity": quantity]]
            let refund = try Self.fact(.refunded, "r\(number)", hour: Int64(number) + 1, ["products": back])
            _ = try Self.settle(&record, refund, limits: &limits)
            left.append(record.netPoints)
            #expect(record.state.isOver == (record.netPoints == 0))
        }
        #expect(left == net)
    }

    @Test("What is told of a returned part is how many units and points are back in all, once")
    func returnedPartIntents() throws {
        var (record, limits) = (OrderRecord(id: "o"), EarningLimits())
        let order: JSONValue = [["product_id": "p", "quantity": 3, "price": "3.50"]]
        _ = try Self.settle(&record, try Self.fact(.completed, "m", ["products": order]), limits: &limits)
        var told: [[OrderIntent]] = []
        for (number, quantity) in [0.5, 0.01, 1, 1.49].enumerated() {
            let back: JSONValue = [["product_id": "p", "quantity": .double(quantity)]]
            let refund = try Self.fact(.refunded, "r\(number)", hour: Int64(number) + 1, ["products": back])
            told.append(try Self.settle(&record, refund, limits: &limits))
        }
        let source = PointSource(id: "o", line: "p", rule: "spend")
        #expect(
            told == [
                [.reverse(source, unitsInAll: 0, pointsInAll: 1)], [], [.reverse(source, unitsInAll: 1, pointsInAll: 5)],
                [.reverse(source, unitsInAll: 3, pointsInAll: 10)],
            ])
    }

    @Test("What an earlier version took back for a part, as for a whole unit, stays, and counts in what is taken later")
    func earlierPart() throws {
        let order: JSONValue = [["product_id": "p", "quantity": 1.5, "price": 60]]
        let half: JSONValue = [["product_id": "p", "quantity": 0.5]]
        let facts = [
            try Self.fact(.completed, "m", ["products": order]), try Self.fact(.refunded, "r1", hour: 1, ["products": half]),
        ]
        let source = PointSource(id: "o", line: "p", rule: "spend")
        let line = OrderEarning(
            90, of: source, units: 2, generation: 1, limits: [], returned: EarningReturn(units: 1, points: 0))
        var limits = EarningLimits()
        var record = OrderRecord(
            id: "o", facts: facts, lines: [OrderRecord.OrderedLine(product: "p", rule: "spend"): line], isSettled: true)
        #expect(record.netPoints == 45)
        #expect(try Self.settle(&record, try Self.fact(.completed, "m2", ["products": order]), limits: &limits).isEmpty)
        let more = try Self.settle(&record, try Self.fact(.refunded, "r2", hour: 2, ["products": half]), limits: &limits)
        #expect(more == [.reverse(source, unitsInAll: 1, pointsInAll: 60)] && record.netPoints == 30)
        let rest = try Self.settle(&record, try Self.fact(.refunded, "r3", hour: 3, ["products": half]), limits: &limits)
        #expect(rest == [.reverse(source, unitsInAll: 2, pointsInAll: 90)] && record.netPoints == 0)
    }

    @Test("Money that went back with parts is not counted again: the rest of the order stays")
    func moneyOfParts() throws {
        let order: JSONValue = [["product_id": "a", "price": 60], ["product_id": "b", "price": 60]]
        let half: JSONValue = [["product_id": "a", "quantity": 0.5]]
        let facts = [
            try Self.fact(.completed, "m", ["products": order]),
            try Self.fact(.refunded, "r1", hour: 1, ["products": half, "total": 30]),
            try Self.fact(.refunded, "r2", hour: 2, ["products": half, "total": 30]),
            try Self.fact(.refunded, "r3", hour: 3, ["total": 1]),
        ]
        #expect(try Self.told(facts).net == 60)
    }

    @Test("What stands for a number and is none is named with its place, at most 20 times")
    func unreadable() throws {
        let products: JSONValue = [
            ["product_id": "a", "price": "¥60", "quantity": "1,5"], ["product_id": "b", "price": 9e18, "quantity": ""],
            ["price": .null],
        ]
        let fact = try Self.fact(.completed, "m", ["products": products, "total": true, "tax": "1.50"])
        let fields = OrderReading.unreadable(fact).map { $0.params["field"]?.stringValue }
        let lines = ["/properties/products/0/quantity", "/properties/products/0/price", "/properties/products/1/price"]
        #expect(fields == ["/properties/total"] + lines)
        let many = try Self.fact(.completed, "m", ["products": .array((0 ..< 90).map { _ in ["price": "free"] })])
        #expect(OrderReading.unreadable(many).count == 20)
    }

    @Test("What has no products comes back whole; a sum of money does once it is all of it")
    func wholeRefunds() throws {
        let all = ["reverse 1 cup of o", "reverse 2 tea of o"]
        #expect(try Array(Self.told([Self.completed(), Self.fact(.refunded, "r", hour: 1)]).intents.dropFirst(2)) == all)
        #expect(try Array(Self.told([Self.completed(), Self.fact(.cancelled, "r", hour: 1)]).intents.dropFirst(2)) == all)
        let some = try Self.fact(.refunded, "r", hour: 1, ["total": 100])
        let rest = try Self.fact(.refunded, "s", hour: 2, ["total": "20.30"])
        #expect(try Self.told([Self.completed(), some]).net == 120)
        #expect(try Array(Self.told([Self.completed(), some, rest]).intents.dropFirst(2)) == all)
    }

    @Test("A refund before its order, too great, of other things, twice, or in another currency")
    func oddRefunds() throws {
        let back: JSONValue = [["product_id": "tea", "quantity": 5], ["product_id": "pot"]]
        let refund = try Self.fact(.refunded, "r", hour: 1, ["products": back])
        #expect(try Self.told([refund]).intents == [])
        let early = try Self.told([refund, Self.completed()])
        #expect(early.net == 20 && early.intents.contains("reverse 2 tea of o"))
        var record = OrderRecord(id: "o")
        for fact in [refund, try Self.completed()] { #expect(try record.add(fact)) }
        #expect(record.state.ignored.map(\.reason.code) == ["EXCEEDS_ORDER", "NOT_IN_ORDER"])

        let again = try Self.fact(.refunded, "r2", hour: 1, ["products": back])
        #expect(try !record.add(refund) && !record.add(again), "the same under another message id")
        let one: JSONValue = [["product_id": "tea"]]
        let singles = try (1 ... 2).map { try Self.fact(.refunded, "s\($0)", hour: Int64($0), ["products": one]) }
        #expect(try Self.told([Self.completed()] + singles).net == 20, "two at different times are two")
        let named = try (1 ... 2).map {
            try Self.fact(.refunded, "n\($0)", hour: Int64($0), ["products": one, "refund_id": "R1"])
        }
        #expect(try Self.told([Self.completed()] + named).net == 70, "the shop says that it is one")

        let dollars = try Self.fact(.refunded, "d", hour: 1, ["total": 500, "currency": "USD"])
        #expect(try Self.told([Self.completed(), dollars]).net == 120)
        let changed = try Self.fact(.refunded, "r", hour: 1, ["total": 1])
        let conflict = #expect(throws: Refusal.self) { try record.add(changed) }
        #expect(conflict?.reasons.map(\.code) == ["IDEMPOTENCY_CONFLICT"])
    }

    @Test("A line that is back already adds nothing to the money that is back")
    func returnedAgain() throws {
        let cup: JSONValue = [["sku": "cup", "price": "19.80"]]
        let refunds = try (1 ... 5).map { try Self.fact(.refunded, "r\($0)", hour: Int64($0), ["products": cup]) }
        let pot = try Self.fact(.refunded, "p", hour: 6, ["products": [["product_id": "pot", "price": 90]]])
        let money = try Self.fact(.refunded, "m", hour: 7, ["total": 30])
        #expect(try Self.told([Self.completed()] + refunds + [pot, money]).net == 100)
    }

    @Test("The same order under another message id is told once, whenever it is sent")
    func resent() throws {
        let later = try Self.fact(.completed, "m0", hour: 5, ["products": Self.products, "coupon": "SPRING"])
        let once = try Self.told([Self.completed()])
        #expect(try Self.told([Self.completed(), Self.completed("m2"), later]) == once)
        #expect(try Self.told([later, Self.completed()]) == once)
    }

    @Test("A changed order tells what is different alone; what came back stays back")
    func updated() throws {
        let more: JSONValue = [["product_id": "tea", "price": 50.25, "quantity": 3], ["sku": "cup", "price": "19.80"]]
        let update = try Self.fact(.updated, "u", hour: 1, ["products": more])
        let (intents, net) = try Self.told([Self.completed(), update])
        #expect(
            Array(intents.dropFirst(2)) == ["reverse 2 tea of o", "earn 150 for 3 tea of o#2"] && net == 170)
        #expect(try Self.told([update]).intents == [], "an order that is not completed earns nothing")
        #expect(try Self.told([update, Self.completed()]).net == 170)
        let address = try Self.fact(.updated, "a", hour: 2, ["address": "Hangzhou"])
        #expect(try Self.told([Self.completed(), address]).intents.count == 2, "nothing that earns has changed")
        let back = try Self.fact(.updated, "b", hour: 3, ["products": Self.products])
        #expect(try Self.told([Self.completed(), update, back]).net == 120)
        let one: JSONValue = [["product_id": "tea"]]
        let refund = try Self.fact(.refunded, "r", hour: 2, ["products": one])
        let facts = [try Self.completed(), refund, update]
        #expect(try Self.told(facts).net == 170 - 50 && Self.told(facts.reversed()).net == 120)
    }

    @Test("What came back by money comes to stand again when the order turns out greater")
    func greater() throws {
        let refund = try Self.fact(.refunded, "r", hour: 1, ["total": 120])
        let small = try Self.fact(.completed, "m", ["products": Self.products, "total": 100])
        let great = try Self.fact(.updated, "u", hour: 2, ["products": Self.products, "total": 200])
        #expect(try Self.told([small, refund]).net == 0)
        #expect(try Self.told([small, refund, great]).net == 120 && Self.told([small, great, refund]).net == 120)
    }

    @Test("Orders without lines earn by their amount; what the order says is spread over its lines")
    func amounts() throws {
        #expect(try Self.told([Self.fact(.completed, "m", ["total": 99.9, "shipping": 9.9])]).intents == ["earn 90 for 1  of o"])
        let bare: JSONValue = [["product_id": "a", "quantity": 1], ["product_id": "b", "quantity": 2]]
        #expect(
            try Self.told([Self.fact(.completed, "m", ["products": bare, "revenue": 90])]).intents == [
                "earn 30 for 1 a of o", "earn 60 for 2 b of o",
            ])
        let discounted = try Self.fact(
            .completed, "m", ["products": Self.products, "discount": "20.30", "points_paid": 50, "tax": 7])
        #expect(try Self.told([discounted]).net == 50)
        let voided: JSONValue = [
            ["product_id": "a", "price": 10, "voided": true], ["product_id": "b", "price": 5, "quantity": 2],
        ]
        #expect(try Self.told([Self.fact(.completed, "m", ["products": voided])]).intents == ["earn 10 for 2 b of o"])
        let twice: JSONValue = [["product_id": "a", "price": 10], ["product_id": "a", "price": 5, "quantity": 2]]
        #expect(try Self.told([Self.fact(.completed, "m", ["products": twice])]).intents == ["earn 20 for 3 a of o"])
        #expect(throws: Refusal.self) { try Self.fact(.completed, "m", ["total": 1e15]) }
        #expect(throws: Refusal.self) {
            try Self.fact(.completed, "m", ["products": [["product_id": "a", "price": 1e9, "quantity": 1_000_000_000]]])
        }
    }

    @Test("Only orders are read, and no two orders have sources in common")
    func sources() throws {
        #expect(try OrderFact(event: "Viewed", messageID: "m", at: .epoch, properties: [:], standard: .cny) == nil)
        #expect(try OrderFact(event: "Order Refunded", messageID: "m", at: .epoch, properties: [:], standard: .cny) == nil)
        let bare = try OrderFact(event: "Order Completed", messageID: "m", at: .epoch, properties: [:], standard: .cny)
        #expect(bare?.order == "message:m")
        let ids = ["o", "o#2", "o#", "o##2", "o#3"]
        let sources = ids.flatMap { id in
            (1 ... 3).map { generation in
                OrderEarning(
                    NewPoints(1, for: PointSource(id: id), earnedAt: .epoch, vintage: 197_001), generation: generation, limits: []
                ).source.id
            }
        }
        #expect(Set(sources).count == sources.count)
        var record = OrderRecord(id: "other")
        #expect(throws: Refusal.self) { try record.add(try Self.completed()) }
    }
}
