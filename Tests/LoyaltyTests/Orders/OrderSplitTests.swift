import Model
import OrderedCollections
import Records
import TestSupport
import Testing

@testable import Loyalty

/// What an order earns is an account's and a person's, as the account has agreed.
struct OrderSplitTests {
    /// A program in which Ann orders for an account.
    private struct Firm {
        static let account = MemberWish(.identity(Identity(type: .account, value: "acme")))
        let program: TestProgram

        init(
            _ engine: RecordsEngine, share: Int64 = 3_333, settings: EarningProgram = OrderTests.program,
            clock: TestClock = TestClock()
        ) async throws {
            program = try await TestProgram(try await engine.open(), clock: clock)
            try await program.earns(by: settings)
            try await carry("enrol", EnrolMember(Firm.account, kind: .account))
            try await carry("split", SetEarningSplit(share, of: Firm.account))
            clock.advance(1_000)
        }

        func carry(_ id: String, _ command: any ProgramCommand) async throws {
            let answer = try await program.perform(id, command)
            #expect(!answer.isRefused, "\(id): \(answer.body.text)")
        }

        func fact(
            _ kind: OrderFact.Kind, _ message: String, _ teas: Int64? = nil, group: JSONValue = "acme", order: String = "o",
            later: Int64 = 0
        ) throws -> OrderFact {
            var properties: OrderedDictionary<String, JSONValue> = ["order_id": .string(order)]
            if let teas { properties["products"] = [["product_id": "tea", "price": 50, "quantity": .int(teas)]] }
            let fact = try OrderFact(
                event: kind.rawValue, messageID: message, at: program.clock.now.advanced(byMicroseconds: later),
                properties: .object(properties), context: ["groupId": group], standard: .cny)
            return try #require(fact)
        }

        /// Tells a desk that knows nothing by heart.
        @discardableResult
        func tell(_ fact: OrderFact) async throws -> ProgramAnswer {
            let desk = TestProgram(program.records, program.clock)
            program.clock.advance(1_000)
            let answer = try await desk.perform(
                "take-\(program.clock.now.microseconds)", TakeOrder(fact, of: TestProgram.member("ann"), in: "club"))
            #expect(!answer.isRefused, "\(answer.body.text)")
            return answer
        }

        @discardableResult
        func tell(_ kind: OrderFact.Kind, _ message: String, _ teas: Int64? = nil) async throws -> ProgramAnswer {
            try await tell(fact(kind, message, teas))
        }

        /// Less what is owed.
        func net(_ member: MemberWish) async throws -> Int64 {
            let reader = ProgramReader(workspace: program.workspace, records: program.records)
            let currency = try #require(TestProgram.settings.currency("points"))
            let balances = try await reader.balances(
                of: [member], in: currency, at: program.clock.now.advanced(byMicroseconds: 1_000_000))
            guard let balance = balances.first??.balance else { return 0 }
            return balance.available + balance.pending - balance.debt
        }

        /// The account's, and the person's.
        func nets() async throws -> [Int64] { [try await net(Firm.account), try await net(TestProgram.member("ann"))] }

        func used() async throws -> Int64? {
            let key = Limit.Key(name: "earn/club/budget")
            let reader = ProgramReader(workspace: program.workspace, records: program.records)
            return try await reader.read { tables throws(Problem) in
                try tables.earningLimits([key], of: "points").limits[key]?.used
            }
        }
    }

    private static func deeds(_ answer: ProgramAnswer) -> [String] {
        answer.body["done"]?.arrayValue?.compactMap { $0["do"]?.stringValue } ?? []
    }

    @Test(
        "An account and a person earn by one order, give back step by step, and cost the budget what one would",
        arguments: RecordsEngine.here)
    func lifeOfAnOrder(engine: RecordsEngine) async throws {
        var settings = OrderTests.program
        settings.caps.budget = 1_000
        let firm = try await Firm(engine, settings: settings)
        let completed = try firm.fact(.completed, "m1", 3)
        let order = try await firm.tell(completed)
        let account = try await firm.program.perform("enrol", EnrolMember(Firm.account, kind: .account)).body["member"]
        let earned = order.body["done"]?.arrayValue?.first
        #expect(order.body["points"] == 150 && earned?["points"] == 150, "\(order.body.text)")
        #expect(earned?["account"] == account && earned?["account_points"] == 49)
        #expect(try await firm.nets() == [49, 101])
        #expect(try await firm.used() == 150)
        let again = try await firm.tell(completed)
        #expect(again.body["done"] == [] && again.body["new"] == false)
        let refund = try firm.fact(.refunded, "m2", 1)
        for _ in 0 ..< 2 {
            #expect(try await firm.tell(refund).body["points"] == 100)
            #expect(try await firm.nets() == [33, 67])
            #expect(try await firm.used() == 100)
        }
        #expect(try await firm.tell(.refunded, "m3", 1).body["points"] == 50)
        #expect(try await firm.nets() == [17, 33])
        let updated = try await firm.tell(.updated, "m4", 5)
        #expect(updated.body["points"] == 150 && Self.deeds(updated) == ["take_back", "earn", "take_back"], "\(updated.body.text)")
        #expect(try await firm.nets() == [50, 100])
        #expect(try await firm.used() == 150)
        #expect(try await firm.tell(.cancelled, "m5").body["points"] == 0)
        #expect(try await firm.nets() == [0, 0])
        #expect(try await firm.used() == 0)
        let reader = ProgramReader(workspace: firm.program.workspace, records: firm.program.records)
        #expect(try await reader.check("points").isWhole)
    }

    /// In ten-thousandths, and the account's points of all three teas and of one.
    typealias Parts = (share: Int64, whole: Int64, third: Int64)

    private static let parts: [Parts] = [
        (0, 0, 0), (1, 0, 0), (100, 1, 0), (5_000, 75, 25), (9_999, 149, 49), (10_000, 150, 50),
    ]

    @Test("The account's part is rounded down, and the rest is the person's", arguments: RecordsEngine.here, parts)
    func shares(engine: RecordsEngine, parts: Parts) async throws {
        let (share, whole, third) = parts
        let firm = try await Firm(engine, share: share)
        try await firm.tell(.completed, "m1", 3)
        #expect(try await firm.nets() == [whole, 150 - whole])
        for (message, left) in [("m2", 100), ("m3", Int64(50))] {
            try await firm.tell(.refunded, message, 1)
            #expect(try await firm.nets().reduce(0, +) == left)
        }
        let kept = try await firm.net(Firm.account)
        #expect((third ... third + 1).contains(kept), "what is left of the account's part is rounded up at most: \(kept)")
        try await firm.tell(.cancelled, "m4")
        #expect(try await firm.nets() == [0, 0])
    }

    @Test("A refund and a change that come before their order share what is left of it", arguments: RecordsEngine.here)
    func outOfOrder(engine: RecordsEngine) async throws {
        let firm = try await Firm(engine)
        let completed = try firm.fact(.completed, "m1", 1)
        firm.program.clock.advance(1_000)
        try await firm.tell(.refunded, "m3", 1)
        try await firm.tell(.updated, "m2", 3)
        #expect(try await firm.tell(completed).body["points"] == 100)
        #expect(try await firm.nets() == [33, 67])
    }

    @Test(
        "A closed account gives back its part and earns nothing: all is the person's until it is open again",
        arguments: RecordsEngine.here)
    func closedAccount(engine: RecordsEngine) async throws {
        let firm = try await Firm(engine)
        try await firm.tell(.completed, "m1", 3)
        try await firm.carry("close", CloseMember(Firm.account))
        #expect(try await firm.tell(.refunded, "m2", 1).body["points"] == 100)
        #expect(try await firm.nets() == [33, 67])
        #expect(try await firm.tell(.updated, "m3", 4).body["points"] == 150)
        #expect(try await firm.nets() == [0, 150])
        try await firm.carry("open", CloseMember(Firm.account, closes: false))
        #expect(try await firm.tell(.updated, "m4", 5).body["points"] == 200)
        #expect(try await firm.nets() == [67, 133])
    }

    @Test("A closed person's order gives back both parts, and earns neither", arguments: RecordsEngine.here)
    func closedPerson(engine: RecordsEngine) async throws {
        let firm = try await Firm(engine)
        try await firm.tell(.completed, "m1", 3)
        try await firm.carry("close", CloseMember(TestProgram.member("ann")))
        #expect(try await firm.tell(.updated, "m2", 4).body["points"] == 150)
        #expect(try await firm.nets() == [49, 101])
        #expect(try await firm.tell(.refunded, "m3", 1).body["points"] == 100)
        #expect(try await firm.nets() == [33, 67])
        try await firm.tell(.cancelled, "m4")
        #expect(try await firm.nets() == [0, 0])
    }

    @Test(
        "After one of the two was erased, both parts come back all the same",
        arguments: RecordsEngine.here, [Identity(type: .userID, value: "ann"), Identity(type: .account, value: "acme")])
    func erased(engine: RecordsEngine, identity: Identity) async throws {
        let firm = try await Firm(engine)
        let program = firm.program
        try await firm.tell(.completed, "m1", 3)
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        var members: [MemberWish] = []
        for wish in [Firm.account, TestProgram.member("ann")] {
            members.append(MemberWish(.id(try #require(try await reader.member(wish)).member.id)))
        }
        let erasure = PendingErasure(
            workspace: program.workspace, id: "e", person: nil, actor: .commandLine, suppresses: false, reason: "",
            startedAt: program.clock.now, ordinals: [], identities: [identity], texts: [identity.value])
        _ = try await program.desk.alone { () async throws(Problem) in
            try await program.records.scrub(erasure, beside: ProgramErasure.carryOut)
        }
        #expect(try await firm.tell(.refunded, "m2", 1).body["points"] == 100)
        #expect(try await [firm.net(members[0]), firm.net(members[1])] == [33, 67])
        #expect(try await firm.tell(.cancelled, "m3").body["points"] == 0)
        #expect(try await [firm.net(members[0]), firm.net(members[1])] == [0, 0])
    }

    @Test("Only an account that had agreed when the order was completed has a part of it", arguments: RecordsEngine.here)
    func others(engine: RecordsEngine) async throws {
        let firm = try await Firm(engine)
        let solo = MemberWish(.identity(Identity(type: .account, value: "solo")))
        try await firm.carry("solo", EnrolMember(solo))
        let (early, now) = (firm.program.clock.now.advanced(byMicroseconds: -1), firm.program.clock.now)
        #expect(try await firm.program.perform("s1", SetEarningSplit(5_000, of: solo)).codes == ["NOT_AN_ACCOUNT"])
        #expect(try await firm.program.perform("s2", SetEarningSplit(10_001, of: Firm.account)).codes == ["SPLIT_SHARE"])
        #expect(
            try await firm.program.perform("s3", SetEarningSplit(-1, of: Firm.account, from: early)).codes
                == ["SPLIT_SHARE", "SPLIT_RETROACTIVE"])
        for (order, group) in [("a", "solo"), ("b", "nobody"), ("c", JSONValue.null)] {
            try await firm.tell(firm.fact(.completed, order, 1, group: group, order: order))
        }
        try await firm.tell(
            firm.fact(.completed, "d", 1, order: "d", later: now.microseconds - firm.program.clock.now.microseconds - 1_500))
        #expect(try await firm.nets() == [0, 200])
        // A new share is that of later orders; what becomes of an earlier one goes by its own.
        try await firm.tell(.completed, "m1", 3)
        try await firm.carry("end", SetEarningSplit(0, of: Firm.account))
        try await firm.tell(firm.fact(.completed, "e", 1, order: "e"))
        #expect(try await firm.nets() == [49, 351])
        try await firm.tell(.updated, "m2", 4)
        #expect(try await firm.nets() == [66, 384])
    }

    @Test(
        "An order is the account's that its first completion names, whichever is told first", arguments: RecordsEngine.here,
        [true, false])
    func twoCompletions(engine: RecordsEngine, isFirstToldFirst: Bool) async throws {
        let firm = try await Firm(engine)
        let first = try firm.fact(.completed, "m1", 3, group: .null)
        firm.program.clock.advance(1_000)
        let second = try firm.fact(.completed, "m2", 3)
        for fact in isFirstToldFirst ? [first, second] : [second, first] { try await firm.tell(fact) }
        #expect(try await firm.nets() == [0, 150])
        try await firm.tell(.refunded, "m3", 1)
        #expect(try await firm.nets() == [0, 100])
    }

    @Test("Whoever an account was merged into gives back its part, and has the share of its orders", arguments: RecordsEngine.here)
    func mergedAccount(engine: RecordsEngine) async throws {
        let firm = try await Firm(engine)
        let heir = MemberWish(.identity(Identity(type: .account, value: "holding")))
        try await firm.tell(.completed, "m1", 3)
        try await firm.carry("heir", EnrolMember(heir, kind: .account))
        try await firm.carry("merge", MergeMembers(Firm.account, into: heir))
        try await firm.tell(.refunded, "m2", 1)
        #expect(try await firm.net(heir) == 33)
        try await firm.tell(firm.fact(.completed, "p", 3, order: "p"))
        #expect(try await firm.net(heir) == 82)
        #expect(try await firm.net(TestProgram.member("ann")) == 168)
    }

    @Test("What was disputed of an account's part stays disputed when its order changes", arguments: RecordsEngine.here)
    func disputed(engine: RecordsEngine) async throws {
        let firm = try await Firm(engine)
        try await firm.tell(.completed, "m1", 3)
        let part = PointSource(id: "o#account", line: "tea", rule: "spend")
        try await firm.carry("d", TakeBackPoints(.disputed(20), of: "points", earnedFor: part))
        #expect(try await firm.nets() == [29, 101])
        try await firm.tell(.updated, "m2", 4)
        #expect(try await firm.nets() == [46, 134])
    }

    @Test(
        "What was disputed of either part stays disputed when all becomes one's, and once when it is shared again",
        arguments: RecordsEngine.here)
    func disputedMoves(engine: RecordsEngine) async throws {
        let firm = try await Firm(engine, share: 5_000)
        try await firm.tell(.completed, "m1", 4)
        for (id, source, amount) in [("d1", "o#account", Int64(90)), ("d2", "o", 20)] {
            let line = PointSource(id: source, line: "tea", rule: "spend")
            try await firm.carry(id, TakeBackPoints(.disputed(amount), of: "points", earnedFor: line))
        }
        #expect(try await firm.nets() == [10, 80])
        try await firm.carry("close", CloseMember(Firm.account))
        #expect(try await firm.tell(.updated, "m2", 5).body["points"] == 250)
        #expect(try await firm.nets() == [0, 140])
        try await firm.carry("open", CloseMember(Firm.account, closes: false))
        try await firm.tell(.updated, "m3", 6)
        #expect(try await firm.nets() == [150, 40])
        // What is more than the person's part is taken from the account's.
        try await firm.tell(.updated, "m4", 4)
        #expect(try await firm.nets() == [90, 0])
        try await firm.tell(.updated, "m5", 6)
        #expect(try await firm.nets() == [140, 50])
        try await firm.tell(.cancelled, "m6")
        #expect(try await firm.nets() == [0, 0])
    }

    @Test(
        "Whatever comes, in whatever order, the parts are what one would have", arguments: RecordsEngine.here,
        Seeds.slices(16, most: 400))
    func stories(engine: RecordsEngine, seeds: Seeds) async throws {
        for seed in seeds.on(engine) {
            var story = try OrderStory(seed: seed, isChanged: true)
            let share = story.world.number(0 ... EarningSplit.whole)
            var ends: [[Int64]] = []
            for _ in 0 ..< 2 {
                var facts = try story.shuffled()
                for place in facts.indices { facts[place].context = ["groupId": "acme"] }
                let firm = try await Self.firm(engine, share, story.program)
                let alone = try await Self.firm(.sqlite, 0, story.program)
                for fact in facts {
                    let (shared, whole) = (try await firm.tell(fact), try await alone.tell(fact))
                    #expect(shared.body["points"] == whole.body["points"], "seed \(seed)")
                    let (parts, one) = (try await firm.nets(), try await alone.nets())
                    #expect(parts.reduce(0, +) == one[1] && one[0] == 0 && parts.allSatisfy { $0 >= 0 }, "seed \(seed)")
                }
                #expect(try await firm.used() == alone.used(), "seed \(seed)")
                ends.append(try await firm.nets())
            }
            #expect(ends[0] == ends[1], "seed \(seed)")
        }
    }

    private static func firm(_ engine: RecordsEngine, _ share: Int64, _ program: EarningProgram) async throws -> Firm {
        let start = EarningWorld.start.advanced(byMicroseconds: -2 * .microsecondsPerDay)
        let firm = try await Firm(engine, share: share, settings: program, clock: TestClock(start))
        firm.program.clock.advance(400 * .microsecondsPerDay)
        return firm
    }
}
