import Model
import OrderedCollections
import Records
import TestSupport
import Testing

@testable import Loyalty

/// Coupons of an order come to stand the same in whatever order its events come; a failure names its seed.
@Suite("Coupons of orders in any order of arrival") struct OrderCouponPropertyTests {
    /// Random events of an order with coupons.
    private struct Story {
        var world: EarningWorld
        private(set) var facts: [OrderFact] = []
        /// Whether a coupon was reserved before the order; then what the order carries does not change.
        let isReserved: Bool
        private static let codes = ["share", "amount", "never", "foreign", "SPRING"]

        init(seed: UInt64) throws {
            world = EarningWorld(seed: seed)
            isReserved = world.chance(3)
            let contents = isReserved ? 1 : 1 + world.random.below(3)
            for number in 0 ..< contents { try add(number == 0 ? .completed : .updated, content()) }
            for _ in 0 ..< world.random.below(4) { try add(.refunded, refund()) }
            if world.chance(5) { try add(.cancelled, [:]) }
        }

        private mutating func content() -> OrderedDictionary<String, JSONValue> {
            let codes = Story.codes.filter { _ in world.chance(2) } + (isReserved ? ["amount"] : [])
            var content: OrderedDictionary<String, JSONValue> = [
                "products": products(), "coupons": .array(codes.map { .string($0) }),
            ]
            if world.chance(3) { content["total"] = .int(world.number(0 ... 300)) }
            return content
        }

        private mutating func refund() -> OrderedDictionary<String, JSONValue> {
            switch world.random.below(4) {
            case 0: [:]
            case 1: ["total": .int(world.number(1 ... 200))]
            default: ["products": products()]
            }
        }

        private mutating func products() -> JSONValue {
            .array(
                (0 ... world.random.below(3)).map { _ in
                    [
                        "product_id": .string("p\(world.random.below(3))"),
                        "price": .double(Double(world.number(0 ... 9_999)) / 100), "quantity": .int(world.number(0 ... 3)),
                    ]
                })
        }

        private mutating func add(_ kind: OrderFact.Kind, _ properties: OrderedDictionary<String, JSONValue>) throws {
            let hour = kind == .completed ? 0 : world.number(1 ... 200)
            facts.append(try OrderTests.fact(kind, "m\(facts.count)", hour: hour, properties))
        }

        /// In another order, some of them twice.
        mutating func shuffled() -> [OrderFact] {
            (facts + facts.filter { _ in world.chance(2) }).shuffled(using: &world.random)
        }
    }

    /// What the coupons and limits are in the end.
    private struct End: Hashable {
        /// Of each coupon, by its template: what still counts of its uses.
        var uses: [String: [Use]]
        var usesLeft: [String: Int]
        var limits: [Limit.Key: Limit]
        var points: Int64
    }

    private struct Use: Hashable {
        let discount: CouponDiscount
        let returned: [String: Int64]
        let returnedAmount: Int64
    }

    /// Tells the facts to servers over one database, one after another, with the codes of the story as coupons of that database.
    private static func end(
        _ facts: [OrderFact], isReserved: Bool, _ engine: RecordsEngine, _ place: String
    ) async throws -> End {
        let program = try await TestProgram(try await engine.open())
        var settings = OrderTests.program
        settings.caps.budget = 250
        try await program.earns(by: settings)
        var ids: [String: String] = [:]
        for name in ["share", "amount", "never", "foreign"] {
            let answer = try await program.perform("t-\(name)", SetCouponTemplate(template(name)))
            #expect(!answer.isRefused, "\(answer.body.text)")
            let holder = name == "foreign" ? "bob" : "ann"
            _ = try await program.perform("enrol-\(holder)-\(name)", EnrolMember(Identity(type: .userID, value: holder)))
            let coupon = try await program.perform("g-\(name)", GrantCoupon(.template(name), to: TestProgram.member(holder)))
            ids[name] = coupon.body["coupon"]?.stringValue
        }
        if isReserved, let coupon = ids["amount"] {
            program.clock.now = EarningWorld.start.advanced(byMicroseconds: -.microsecondsPerMinute)
            let cart = CouponCart(
                currency: .cny, lines: [.init(id: "p0", sku: "p0", units: 2, unitPrice: 4_000)], at: .epoch)
            let command = ReserveCoupons([coupon], for: "o", by: TestProgram.member("ann"), cart)
            #expect(try await !program.perform("r", command).isRefused)
        }
        program.clock.now = EarningWorld.start.advanced(byMicroseconds: 400 * .microsecondsPerDay)
        var points: Int64 = 0
        for (number, fact) in facts.enumerated() {
            var properties = fact.properties.objectValue ?? [:]
            if let codes = properties["coupons"]?.arrayValue {
                properties["coupons"] = .array(codes.map { .string(ids[$0.stringValue ?? ""] ?? "SPRING") })
            }
            let told = try OrderFact(
                event: fact.kind.rawValue, messageID: fact.messageID, at: fact.at, properties: .object(properties), standard: .cny)
            let desk = TestProgram(program.records, program.clock)
            let answer = try await desk.perform(
                "c\(number)", TakeOrder(try #require(told), of: TestProgram.member("ann"), in: "club"))
            #expect(!answer.isRefused, "\(place): \(answer.body.text)")
            points = answer.body["points"]?.intValue ?? 0
        }
        return try await end(program, ids, points, place)
    }

    private static func end(
        _ program: TestProgram, _ ids: [String: String], _ points: Int64, _ place: String
    ) async throws -> End {
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        let all = ids.values.sorted()
        let names = ["share", "amount", "amount-money", "never"]
        let (desk, limits) = try await reader.read { tables throws(Problem) in
            let limits = try names.map { name throws(Problem) in try tables.limit(Limit.Key(name: name)) }
            return (try tables.couponDesk(all, for: nil, at: .distantPast, .utc), limits)
        }
        var end = End(uses: [:], usesLeft: [:], limits: [:], points: points)
        var counted: [Limit.Key: Int64] = [:]
        for (name, id) in ids {
            let coupon = try #require(desk.coupons[id])
            #expect(coupon.redemptions.count { !$0.isUndone } <= 1, "\(place): used once")
            let terms = try #require(desk.terms[id])
            #expect(coupon.grant?.seen == CouponTextSeen(terms.template, in: .english), "C7, \(place)")
            end.usesLeft[name] = coupon.usesLeft
            end.uses[name] = coupon.redemptions.filter { !$0.isUndone }.map {
                Use(discount: $0.discount, returned: $0.returnedUnits, returnedAmount: $0.returnedAmount)
            }
            for redemption in coupon.redemptions {
                for charge in redemption.charges {
                    counted[charge.key, default: 0] += charge.isMoney ? redemption.amountLeft : redemption.isUndone ? 0 : 1
                }
            }
        }
        for case let limit? in limits {
            #expect(limit.used == counted[limit.key, default: 0] && limit.used <= limit.max, "\(place): \(limit)")
            end.limits[limit.key] = limit.used + limit.reserved == 0 ? nil : limit
        }
        #expect(end.uses["foreign"] == [], "\(place)")
        return end
    }

    private static func template(_ name: String) -> CouponTemplate {
        let effect: CouponEffect =
            name == "share" ? .percent(CouponPercent(hundredths: 1_250), on: .order, cap: nil) : .amount(1_000, on: .order)
        var template = CouponTemplate(key: .init(name: name, version: 1), currency: .cny, zone: "UTC", effect: effect)
        template.limits = [CouponLimit(name, .uses, max: 1)]
        if name == "amount" { template.limits.append(CouponLimit("amount-money", .money, max: 900)) }
        if name == "never" {
            template.refundPolicy = .never
            template.conditions.spendMin = 5_000
        }
        template.stacking.group = name
        template.stacking.consents = ["share", "amount", "never"]
        return template
    }

    @Test("Any order of arrival, each event as often as one likes: the same uses, counts and points", arguments: RecordsEngine.here)
    func arrival(engine: RecordsEngine) async throws {
        for seed in Seeds.upTo(30).prefix(engine == .sqlite ? 200 : 5) {
            var story = try Story(seed: seed)
            let told = try await Self.end(story.facts, isReserved: story.isReserved, engine, "seed \(seed)")
            for turn in 0 ..< 2 {
                let facts = story.shuffled()
                let place = "seed \(seed), turn \(turn): \(facts.map(\.messageID))"
                let end = try await Self.end(facts, isReserved: story.isReserved, engine, place)
                #expect(end == told, "\(place)")
            }
        }
    }
}
