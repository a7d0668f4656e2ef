import Model
import OrderedCollections
import TestSupport
import Testing

@testable import Loyalty

/// Orders give and take points at the desk, exactly once.
struct OrderDeskTests {
    private static let products: JSONValue = [["product_id": "tea", "price": 50, "quantity": 3]]

    private static func fact(
        _ kind: OrderFact.Kind, _ message: String, _ program: TestProgram, _ properties: OrderedDictionary<String, JSONValue> = [:]
    ) throws -> OrderFact {
        var properties = properties
        properties["order_id"] = "o"
        let fact = try OrderFact(
            event: kind.rawValue, messageID: message, at: program.clock.now, properties: .object(properties), standard: .cny)
        return try #require(fact)
    }

    private static func balance(_ program: TestProgram, _ member: String = "ann") async throws -> PointBook.Balance? {
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        let currency = try #require(TestProgram.settings.currency("points"))
        return try await reader.balances(
            of: [TestProgram.member(member)], in: currency, at: program.clock.now.advanced(byMicroseconds: 1_000_000)
        ).first??.balance
    }

    @Test("An order earns, a part of it comes back, and all that is told twice is done once", arguments: RecordsEngine.here)
    func lifeOfAnOrder(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        var settings = OrderTests.program
        settings.caps.budget = 200
        try await program.earns(by: settings)
        let ann = TestProgram.member("ann")
        let completed = try Self.fact(.completed, "m1", program, ["products": Self.products])
        let order = try await program.perform("1", TakeOrder(completed, of: ann, in: "club"))
        #expect(order.body["points"] == 150 && order.body["new"] == true)
        #expect(order.body["done"]?.arrayValue?.compactMap { $0["do"]?.stringValue } == ["earn"])
        #expect(try await Self.balance(program)?.available == 150)
        let again = try await program.perform("2", TakeOrder(completed, of: ann, in: "club"))
        #expect(again.body["new"] == false && again.body["done"] == [] && again.body["points"] == 150)
        _ = try await program.spend("burn", .burn(120, place: nil), "ann")

        let one: JSONValue = [["product_id": "tea", "quantity": 1]]
        let refund = try Self.fact(.refunded, "m2", program, ["products": one])
        let other = TestProgram(program.records, program.clock)
        let back = try await other.perform("3", TakeOrder(refund, of: nil, in: "club"))
        #expect(back.body["points"] == 100 && back.body["done"]?.arrayValue?.count == 1)
        #expect(try await Self.balance(program)?.debt == 20)
        #expect(try await other.perform("4", TakeOrder(refund, of: nil, in: "club")).body["done"] == [])
        let conflict = try Self.fact(.cancelled, "m2", program)
        #expect(try await other.perform("5", TakeOrder(conflict, of: nil, in: "club")).codes == ["IDEMPOTENCY_CONFLICT"])
        let cancelled = try await other.perform("6", TakeOrder(try Self.fact(.cancelled, "m3", program), of: nil, in: "club"))
        #expect(cancelled.body["points"] == 0)
        #expect(cancelled.body["done"]?.arrayValue?.compactMap { $0["do"]?.stringValue } == ["take_back"])
        #expect(try await Self.balance(program)?.debt == 120)
        // What came back is left for others.
        var event = EarningEvent(.event("Order Completed"), source: "p", at: program.clock.now)
        event.currency = .cny
        event.lines = [EarningLine(product: "pot", units: 1, listAmount: 90_000)]
        let next = try await program.perform("7", AwardEvent(EventWish(event, of: TestProgram.member("bob"), in: "club")))
        #expect(next.body["points"] == 200)
    }

    @Test(
        "An order that changes after its member was closed takes back, and gives nothing until they are a member again",
        arguments: RecordsEngine.here)
    func closedMember(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        var settings = OrderTests.program
        settings.caps.budget = 1_000
        try await program.earns(by: settings)
        let ann = TestProgram.member("ann")
        func change(_ id: String, _ kind: OrderFact.Kind, _ products: JSONValue? = nil) async throws -> ProgramAnswer {
            program.clock.advance(1_000)
            let properties: OrderedDictionary<String, JSONValue> = products.map { ["products": $0] } ?? [:]
            return try await program.perform(
                id, TakeOrder(try Self.fact(kind, id, program, properties), of: ann, in: "club"))
        }
        func pots(_ count: Int64) -> JSONValue { [["product_id": "pot", "price": 90, "quantity": .int(count)]] }
        func deeds(_ answer: ProgramAnswer) -> [String] {
            answer.body["done"]?.arrayValue?.compactMap { $0["do"]?.stringValue } ?? []
        }
        #expect(try await change("1", .completed, Self.products).body["points"] == 150)
        _ = try await program.perform("close", CloseMember(ann))
        let updated = try await change("2", .updated, pots(1))
        #expect(!updated.isRefused && updated.body["points"] == 0, "\(updated.body.text)")
        #expect(deeds(updated).sorted() == ["refuse_points", "take_back"])
        let refused = updated.body["done"]?.arrayValue?.first { $0["do"] == "refuse_points" }
        #expect(refused?["line"] == "pot" && refused?["points"] == 90)
        #expect(refused?["reasons"]?.arrayValue?.first?["code"] == "MEMBER_CLOSED")
        #expect(try await Self.balance(program)?.available == 0)
        _ = try await program.perform("open", CloseMember(ann, closes: false))
        // What was not given takes nothing back, and nothing of the budget.
        let more = try await change("3", .updated, pots(3))
        #expect(deeds(more) == ["earn"] && more.body["points"] == 270)
        #expect(try await Self.balance(program)?.available == 270)
        _ = try await program.perform("close again", CloseMember(ann))
        let returned = try await change("4", .refunded, [["product_id": "pot", "quantity": 1]])
        #expect(returned.body["ignored"] == [] && returned.body["points"] == 180)
        #expect(try await change("5", .cancelled).body["points"] == 0)
        #expect(try await Self.balance(program)?.available == 0)
        var event = EarningEvent(.event("Order Completed"), source: "p", at: program.clock.now)
        event.currency = .cny
        event.lines = [EarningLine(product: "pot", units: 1, listAmount: 200_000)]
        let next = try await program.perform("6", AwardEvent(EventWish(event, of: TestProgram.member("bob"), in: "club")))
        #expect(next.body["points"] == 1_000)
    }

    @Test("G6: what was disputed of a line stays disputed, however its order changes afterwards", arguments: RecordsEngine.here)
    func disputed(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        try await program.earns(by: OrderTests.program)
        let ann = TestProgram.member("ann")
        func change(
            _ id: String, _ kind: OrderFact.Kind, _ price: JSONValue? = nil, _ quantity: Int64 = 2
        ) async throws -> PointBook.Balance {
            program.clock.advance(1_000)
            let line: JSONValue = ["product_id": "tea", "price": price ?? .null, "quantity": .int(quantity)]
            let answer = try await program.perform(
                id, TakeOrder(try Self.fact(kind, id, program, ["products": [line]]), of: ann, in: "club"))
            #expect(!answer.isRefused, "\(answer.body.text)")
            return try #require(try await Self.balance(program))
        }
        func dispute(_ id: String, _ amount: Int64, of source: String) async throws -> ProgramAnswer {
            let line = PointSource(id: source, line: "tea", rule: "spend")
            return try await program.perform(id, TakeBackPoints(.disputed(amount), of: "points", earnedFor: line))
        }
        #expect(try await change("1", .completed, 50).available == 100)
        #expect(try await dispute("d", 80, of: "o").body["taken"] == 80)
        #expect(try await change("2", .updated, 50.5).available == 21)
        // Of a smaller order nothing is left, and of a greater one as much as if it had never been smaller.
        let small = try await change("3", .updated, 30)
        #expect(small.available == 0 && small.debt == 0)
        #expect(try await dispute("e", 1, of: "o#3").codes == ["EXCEEDS_ORIGINAL"])
        #expect(try await change("4", .updated, 60).available == 40)
        #expect(try await dispute("f", 10, of: "o#4").body["taken"] == 10)
        #expect(try await change("5", .updated, 61).available == 32)
        // A return of one of two takes what the dispute has left, and no more.
        let half = try await change("6", .refunded, nil, 1)
        #expect(half.available == 0 && half.debt == 0)
        let gone = try await change("7", .cancelled)
        #expect(gone.available == 0 && gone.debt == 0 && gone.pending == 0)
    }

    @Test("What is disputed while its member is away counts when the line earns anew", arguments: RecordsEngine.here)
    func disputedWhileClosed(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        try await program.earns(by: OrderTests.program)
        let ann = TestProgram.member("ann")
        func change(_ id: String, _ kind: OrderFact.Kind, _ price: JSONValue) async throws -> ProgramAnswer {
            program.clock.advance(1_000)
            let line: JSONValue = ["product_id": "tea", "price": price]
            return try await program.perform(
                id, TakeOrder(try Self.fact(kind, id, program, ["products": [line]]), of: ann, in: "club"))
        }
        #expect(try await change("1", .completed, 100).body["points"] == 100)
        let line = PointSource(id: "o", line: "tea", rule: "spend")
        #expect(try await !program.perform("d", TakeBackPoints(.disputed(80), of: "points", earnedFor: line)).isRefused)
        _ = try await program.perform("close", CloseMember(ann))
        // What is not given now has taken nothing of the dispute with it.
        #expect(try await change("2", .updated, 110).body["points"] == 100)
        _ = try await program.perform("open", CloseMember(ann, closes: false))
        #expect(try await change("3", .updated, 120).body["points"] == 120)
        #expect(try await Self.balance(program)?.available == 40)
    }

    @Test("An order of the future is refused as a whole, and told again when it has happened", arguments: RecordsEngine.here)
    func future(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        try await program.earns(by: OrderTests.program)
        var greater = OrderTests.program
        greater.rules[0].base = EarningAmount(9, by: .money(100, EarningMoney()))
        let then = program.clock.now.advanced(byMicroseconds: 3_650 * .microsecondsPerDay)
        for (id, deed) in [("v1", ChangeEarning.Deed.draft(greater)), ("v2", .review(2)), ("v3", .schedule(2, from: then))] {
            #expect(try await !program.perform(id, ChangeEarning(deed, of: "club")).isRefused)
        }
        let ann = TestProgram.member("ann")
        let fact = try OrderFact(
            event: "Order Completed", messageID: "m1", at: then.advanced(byMicroseconds: .microsecondsPerDay),
            properties: ["order_id": "o", "products": Self.products], standard: .cny)
        let order = TakeOrder(try #require(fact), of: ann, in: "club")
        #expect(try await program.perform("1", order).codes == ["IN_FUTURE"])
        #expect(try await Self.balance(program) == nil, "nobody became a member by it")
        let now = try Self.fact(.completed, "m1", program, ["products": Self.products])
        #expect(try await program.perform("2", TakeOrder(now, of: ann, in: "club")).body["points"] == 150)
        program.clock.now = then.advanced(byMicroseconds: 2 * .microsecondsPerDay)
        // The refusal of its id is kept.
        #expect(try await program.perform("1", order).codes == ["IN_FUTURE"])
    }

    @Test(
        "A clock that jumps between orders and what becomes of them loses none of them and does none twice",
        arguments: RecordsEngine.here)
    func jumpingClock(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        var settings = OrderTests.program
        settings.caps.budget = 150
        try await program.earns(by: settings)
        let start = program.clock.now.advanced(byMicroseconds: .microsecondsPerDay)
        let ann = TestProgram.member("ann")
        program.clock.now = start
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        func used() async throws -> Int64 {
            let key = Limit.Key(name: "earn/club/budget")
            return try await reader.read { tables throws(Problem) in
                try tables.earningLimits([key], of: "points").limits[key]?.used ?? 0
            }
        }
        let completed = try Self.fact(.completed, "m1", program, ["products": Self.products])
        #expect(try await program.perform("1", TakeOrder(completed, of: ann, in: "club")).body["points"] == 150)
        #expect(try await used() == 150)
        // An hour back: for another server, whose clock has never been there, the order lies in the future.
        program.clock.advance(-.microsecondsPerHour)
        let other = TestProgram(program.records, program.clock)
        #expect(try await other.perform("1", TakeOrder(completed, of: ann, in: "club")).isReplayed)
        #expect(try await other.perform("2", TakeOrder(completed, of: ann, in: "club")).codes == ["IN_FUTURE"])
        let early = try Self.fact(.refunded, "m2", program, ["products": [["product_id": "tea", "quantity": 1]]])
        let back = try await other.perform("3", TakeOrder(early, of: nil, in: "club"))
        #expect(back.body["points"] == 100, "a refund before its order: \(back.body.text)")
        program.clock.now = start.advanced(byMicroseconds: 40 * .microsecondsPerDay)
        #expect(try await program.perform("4", TakeOrder(completed, of: ann, in: "club")).body["done"] == [])
        let cancelled = try await program.perform("5", TakeOrder(try Self.fact(.cancelled, "m3", program), of: nil, in: "club"))
        #expect(cancelled.body["points"] == 0)
        let kept = try #require(try await Self.balance(program))
        #expect(kept.available == 0 && kept.debt == 0)
        #expect(try await reader.check("points").isWhole)
        #expect(try await used() == 0)
    }

    @Test(
        "An order that somebody completes after their membership was closed gives nothing, and what follows finds it",
        arguments: RecordsEngine.here)
    func completedByClosedMember(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        try await program.earns(by: OrderTests.program)
        let ann = TestProgram.member("ann")
        let enrolled = try await program.perform("enrol", EnrolMember(Identity(type: .userID, value: "ann")))
        _ = try await program.perform("close", CloseMember(ann))
        let tea: JSONValue = [["product_id": "tea", "quantity": 1]]
        let refund = try Self.fact(.refunded, "m2", program, ["products": tea])
        #expect(try await program.perform("1", TakeOrder(refund, of: ann, in: "club")).body["waiting"] == true)
        let completed = try Self.fact(.completed, "m1", program, ["products": Self.products])
        let order = try await program.perform("2", TakeOrder(completed, of: ann, in: "club"))
        #expect(!order.isRefused && order.body["waiting"] == false && order.body["points"] == 0, "\(order.body.text)")
        #expect(order.body["member"] == enrolled.body["member"])
        let refused = order.body["done"]?.arrayValue?.first
        #expect(refused?["do"] == "refuse_points" && refused?["line"] == "tea" && refused?["points"] == 100)
        #expect(refused?["reasons"]?.arrayValue?.first?["code"] == "MEMBER_CLOSED")
        let again = try await program.perform("3", TakeOrder(completed, of: ann, in: "club"))
        #expect(again.body["new"] == false && again.body["done"] == [])
        _ = try await program.perform("open", CloseMember(ann, closes: false))
        // It stays as it was, unless it changes.
        program.clock.advance(1_000)
        let second = try Self.fact(.refunded, "m3", program, ["products": tea])
        let back = try await program.perform("4", TakeOrder(second, of: nil, in: "club"))
        #expect(back.body["ignored"] == [] && back.body["done"] == [] && back.body["points"] == 0, "\(back.body.text)")
        program.clock.advance(1_000)
        let more: JSONValue = [["product_id": "tea", "price": 50, "quantity": 4]]
        let update = try Self.fact(.updated, "m4", program, ["products": more])
        let updated = try await program.perform("5", TakeOrder(update, of: nil, in: "club"))
        #expect(updated.body["points"] == 100, "\(updated.body.text)")
        #expect(try await Self.balance(program)?.available == 100)
    }

    @Test(
        "An order of a closed member that becomes more loses nothing, and one that becomes less the units that are gone",
        arguments: RecordsEngine.here)
    func changedWhileClosed(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        try await program.earns(by: OrderTests.program)
        let ann = TestProgram.member("ann")
        func tell(_ id: String, _ kind: OrderFact.Kind, _ count: Int64) async throws -> ProgramAnswer {
            program.clock.advance(1_000)
            let teas: JSONValue = [["product_id": "tea", "price": 50, "quantity": .int(count)]]
            return try await program.perform(
                id, TakeOrder(try Self.fact(kind, id, program, ["products": teas]), of: ann, in: "club"))
        }
        func deeds(_ answer: ProgramAnswer) -> [String] {
            answer.body["done"]?.arrayValue?.compactMap { $0["do"]?.stringValue } ?? []
        }
        #expect(try await tell("1", .completed, 3).body["points"] == 150)
        _ = try await program.perform("close", CloseMember(ann))
        let more = try await tell("2", .updated, 4)
        #expect(more.body["points"] == 150 && deeds(more) == ["refuse_points"], "\(more.body.text)")
        #expect(more.body["done"]?.arrayValue?.first?["points"] == 50)
        let less = try await tell("3", .updated, 2)
        #expect(less.body["points"] == 100 && deeds(less) == ["take_back"], "\(less.body.text)")
        #expect(try await Self.balance(program)?.available == 100)
        _ = try await program.perform("open", CloseMember(ann, closes: false))
        #expect(try await tell("4", .updated, 4).body["points"] == 200)
        #expect(try await Self.balance(program)?.available == 200)
    }

    @Test(
        "Orders are whose their member has become, with what they had taken of the member's caps, be it by two merges",
        arguments: RecordsEngine.here)
    func merged(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        var settings = OrderTests.program
        settings.caps.member = [.init(150, per: .day)]
        try await program.earns(by: settings)
        var members: [JSONValue?] = []
        for name in ["bob", "cleo"] {
            let enrolled = try await program.perform("enrol-\(name)", EnrolMember(Identity(type: .userID, value: name)))
            members.append(enrolled.body["member"])
        }
        let completed = try Self.fact(.completed, "m1", program, ["products": Self.products])
        let order = try await program.perform("1", TakeOrder(completed, of: TestProgram.member("ann"), in: "club"))
        #expect(order.body["points"] == 150)
        for (from, heir) in [("ann", "bob"), ("bob", "cleo")] {
            let merge = MergeMembers(TestProgram.member(from), into: TestProgram.member(heir))
            #expect(try await !program.perform("merge-\(from)", merge).isRefused)
        }
        let cancelled = try await program.perform("2", TakeOrder(try Self.fact(.cancelled, "m2", program), of: nil, in: "club"))
        #expect(cancelled.body["points"] == 0 && cancelled.body["member"] == members[1], "\(cancelled.body.text)")
        #expect(try await Self.balance(program, "cleo")?.available == 0)
        var event = EarningEvent(.event("Order Completed"), source: "p", at: program.clock.now)
        event.currency = .cny
        event.lines = [EarningLine(product: "pot", units: 1, listAmount: 90_000)]
        let next = try await program.perform("3", AwardEvent(EventWish(event, of: TestProgram.member("cleo"), in: "club")))
        #expect(next.body["points"] == 150, "\(next.body.text)")
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        let told = try await reader.everything(of: [Identity(type: .userID, value: "ann")], at: program.clock.now)
        #expect(told.first?["orders"]?.arrayValue?.count == 2, "whoever asks is told of the order and its end")
    }

    @Test("A refund waits for its order, an order for its member", arguments: RecordsEngine.here)
    func waiting(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        try await program.earns(by: OrderTests.program)
        let refund = try Self.fact(.refunded, "m2", program, ["products": [["product_id": "tea", "quantity": 1]]])
        let early = try await program.perform("1", TakeOrder(refund, of: TestProgram.member("ann"), in: "club"))
        #expect(early.body["waiting"] == true && early.body["done"] == [] && early.body["member"] == .null)
        let completed = try Self.fact(.completed, "m1", program, ["products": Self.products])
        let nobody = try await program.perform("2", TakeOrder(completed, of: nil, in: "club"))
        #expect(nobody.body["waiting"] == true && nobody.body["points"] == 0)
        let known = try await program.perform("3", TakeOrder(completed, of: TestProgram.member("ann"), in: "club"))
        #expect(known.body["waiting"] == false && known.body["points"] == 100 && known.body["new"] == false)
        #expect(try await Self.balance(program)?.available == 100)
    }

    @Test("What follows an order is judged by the tags of its member when it was completed", arguments: RecordsEngine.here)
    func tags(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        var settings = OrderTests.program
        settings.rules[0].condition.tags = ["tea"]
        #expect(settings.asksForTags && !OrderTests.program.asksForTags)
        try await program.earns(by: settings)
        var order = TakeOrder(
            try Self.fact(.completed, "m1", program, ["products": Self.products]), of: TestProgram.member("ann"), in: "club")
        order.tags = ["tea"]
        #expect(try await program.perform("1", order).body["points"] == 150)
        let more: JSONValue = [["product_id": "tea", "price": 50, "quantity": 4]]
        program.clock.advance(1_000)
        let update = TakeOrder(try Self.fact(.updated, "m2", program, ["products": more]), of: nil, in: "club")
        #expect(try await program.perform("2", update).body["points"] == 200)
    }

    @Test(
        "Any order of events, told to any desk, comes to what the rules say", arguments: RecordsEngine.here,
        Seeds.slices(24, most: 600))
    func stories(engine: RecordsEngine, seeds: Seeds) async throws {
        for seed in seeds.on(engine) {
            var story = try OrderStory(seed: seed, isChanged: true)
            let facts = try story.shuffled()
            let program = try await TestProgram(
                try await engine.open(), clock: TestClock(EarningWorld.start.advanced(byMicroseconds: -2 * .microsecondsPerDay)))
            try await program.earns(by: story.program)
            program.clock.advance(400 * .microsecondsPerDay)
            let member = try await program.perform("enrol", EnrolMember(Identity(type: .userID, value: "ann"))).body["member"]
            var (record, limits) = (OrderRecord(id: "o"), EarningLimits())
            let frame = EarningFrame(
                points: try #require(TestProgram.settings.currency("points")), calendar: ZoneCalendar(zone: .utc))
            for (number, fact) in facts.enumerated() {
                let desk = TestProgram(program.records, program.clock)
                var command = TakeOrder(fact, of: TestProgram.member("ann"), in: "club")
                command.tiers = ["gold"]
                let answer = try await desk.perform("c\(number)", command)
                _ = try record.add(fact)
                let intents = try record.settle(
                    by: story.program, of: EarningMember(id: member?.stringValue ?? "", tiers: ["gold"]), limits: &limits, in: frame
                )
                let done = answer.body["done"]?.arrayValue?.filter { $0["do"] != "refuse_coupon" } ?? []
                #expect(done == intents.map(\.json), "seed \(seed): \(answer.body.text)")
            }
            let balance = try #require(try await Self.balance(program))
            #expect(balance.available + balance.pending - balance.debt == record.netPoints, "seed \(seed)")
            let kept = limits
            let reader = ProgramReader(workspace: program.workspace, records: program.records)
            let (order, used) = try await reader.read { tables throws(Problem) in
                (try tables.order("o", of: "club"), try tables.earningLimits(kept.limits.keys, of: "points"))
            }
            #expect(order.record == record, "seed \(seed)")
            #expect(used.limits.mapValues(\.used) == kept.limits.mapValues(\.used), "seed \(seed)")
        }
    }
}
