import Model
import OrderedCollections
import Records
import TestSupport
import Testing

@testable import Loyalty

/// Paid plans by commands: kept in the records, driven by time, with rights that nobody has to carry out.
struct PlanDeskTests {
    /// A program whose plan `gold` gives five visits of the lounge a month for 30.00; `ann` pays, `bob` has it.
    struct Shop {
        let program: BenefitProgram
        let start: Instant

        static func terms(_ change: (inout PaidPlanTerms) -> Void = { _ in }) -> PaidPlanTerms {
            var terms = PaidPlanTerms(fee: 3_000, zone: .utc)
            change(&terms)
            return terms
        }

        static func offer(_ terms: PaidPlanTerms, amount: Int64? = nil) -> PlanOffer {
            PlanOffer(key: "gold", name: Sample.name, terms: terms, parts: [.init("lounge", amount: amount, listPrice: 1_000)])
        }

        init(_ engine: RecordsEngine, _ terms: PaidPlanTerms = terms()) async throws {
            program = try await BenefitProgram(engine)
            start = program.clock.now
            let defined = try await program.perform("plan", DefinePlan(Shop.offer(terms)))
            #expect(!defined.isRefused, "\(defined.body.text)")
        }

        func day(_ days: Int64) -> Instant { start.advanced(byMicroseconds: days * .microsecondsPerDay) }

        func buy(_ id: String, seen version: Int64? = nil) async throws -> ProgramAnswer {
            var command = BuyPlan("gold", for: TestProgram.member("bob"), paidBy: TestProgram.member("ann"))
            command.version = version
            return try await program.perform(id, command)
        }

        func change(_ id: String, _ deed: ChangePlan.Deed, of plan: String = "p") async throws -> ProgramAnswer {
            try await program.perform(id, ChangePlan(deed, of: BenefitID(plan)))
        }

        func plan(_ id: String = "p") async throws -> PlanStatement? {
            try await program.reader.plan(BenefitID(id), at: program.clock.now)
        }

        /// What the events were told of plans, in order.
        func told() async throws -> [(name: String, at: Instant, amount: Int64?)] {
            let workspace = program.program.workspace
            let facts = try await program.program.records.facts(of: workspace, limit: 1_000)
            return try facts.map { try ProgramFact($0) }.filter { $0.name.hasPrefix("Plan ") }
                .sorted { ($0.at, $0.name) < ($1.at, $1.name) }
                .map { ($0.name, $0.at, $0.properties["amount_minor"]?.intValue) }
        }
    }

    @Test("a trial, a renewal with its notice, a missed payment with its grace, and the end", arguments: RecordsEngine.here)
    func life(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine, Shop.terms { $0.trialDays = 7 })
        let bought = try await shop.buy("p")
        #expect(bought.body["state"] == "trial" && bought.body["payer"] != bought.body["beneficiary"])
        // Who pays has nothing of it.
        #expect(try await shop.program.check("bob")?.remaining == 5)
        #expect(try await shop.program.check("ann")?.reasons.map(\.code) == ["NOT_ENTITLED"])
        #expect(try await shop.change("r0", .pay(3_000, isRenewal: true)).codes == ["NOTICE_MISSING"])
        #expect(try await shop.change("n", .notice(channel: "email")).body["noticed"] == true)
        let paid = try await shop.change("r", .pay(3_000, isRenewal: true))
        #expect(paid.body["paid_ahead"] == true && paid.body["state"] == "trial")
        #expect(try await shop.change("r", .pay(3_000, isRenewal: true)).isReplayed)
        #expect(try await shop.change("r2", .pay(2_999, isRenewal: false)).codes == ["WRONG_AMOUNT", "ALREADY_PAID"])
        // The first period is that of March 8th to April 8th; nothing runs in between.
        shop.program.clock.now = shop.day(10)
        #expect(try await shop.plan()?.plan.state == .active)
        #expect(try await shop.program.use("u", .consume(.hard), 2, "bob").body["left"]?["remaining"] == 3)
        shop.program.clock.now = shop.day(39)
        #expect(try await shop.plan()?.plan.state == .pastDue)
        #expect(try await shop.program.check("bob")?.isAllowed == true)
        shop.program.clock.now = shop.day(45)
        #expect(try await shop.program.check("bob")?.reasons.map(\.code) == ["BENEFIT_ENDED"])
        #expect(try await shop.change("late", .pay(3_000, isRenewal: false)).codes == ["WRONG_STATE"])
        #expect(try await shop.program.program.desk.settlePlans() == 1)
        #expect(try await shop.program.program.desk.settlePlans() == 0)
        #expect(try await shop.plan()?.plan.state == .expired)
        let told = try await shop.told()
        #expect(
            told.map(\.name) == [
                "Plan Trial Started", "Plan Renewal Noticed", "Plan Paid", "Plan Period Started", "Plan Payment Due",
                "Plan Expired",
            ])
        #expect(Array(told.suffix(3).map(\.at)) == [shop.day(7), shop.day(38), shop.day(45)])
        #expect(try await shop.plan()?.facts.count == 6)
    }

    @Test("the same id with anything else is refused", arguments: RecordsEngine.here)
    func conflicts(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine)
        #expect(try await !shop.buy("p").isRefused)
        #expect(try await shop.buy("p", seen: 1).codes == ["IDEMPOTENCY_CONFLICT"])
        let other = BuyPlan("gold", for: TestProgram.member("ann"), paidBy: TestProgram.member("ann"))
        #expect(try await shop.program.perform("p", other).codes == ["IDEMPOTENCY_CONFLICT"])
        #expect(try await !shop.change("pay", .pay(3_000, isRenewal: false)).isRefused)
        #expect(try await shop.change("pay", .pay(3_000, isRenewal: true)).codes == ["IDEMPOTENCY_CONFLICT"])
        #expect(try await shop.change("pay", .cancel).codes == ["IDEMPOTENCY_CONFLICT"])
        let gift = GivePlan("gold", paidBy: TestProgram.member("ann"))
        #expect(try await !shop.program.perform("gift", gift).isRefused)
        var longer = gift
        longer.days = 15
        #expect(try await shop.program.perform("gift", longer).codes == ["IDEMPOTENCY_CONFLICT"])
        #expect(try await shop.plan()?.plan.isCancelled == false)
    }

    @Test(
        "a clock that goes back books later than before, and one that jumps books what was due in between",
        arguments: RecordsEngine.here)
    func clocks(engine: RecordsEngine) async throws {
        let (slow, fast) = (try await Shop(engine), try await Shop(engine))
        for shop in [slow, fast] {
            shop.program.clock.now = shop.day(10)
            #expect(try await !shop.buy("p").isRefused)
            shop.program.clock.now = shop.day(3)
            #expect(try await !shop.change("n", .notice(channel: "email")).isRefused)
            #expect(try await shop.program.check("bob")?.remaining == 5)
            #expect(try await shop.change("r", .pay(3_000, isRenewal: true)).body["paid_ahead"] == true)
            #expect(try await shop.told().allSatisfy { $0.at >= shop.day(10) })
        }
        for day in stride(from: Int64(11), through: 120, by: 7) {
            slow.program.clock.now = slow.day(day)
            _ = try await slow.program.program.desk.settlePlans()
        }
        for shop in [slow, fast] {
            shop.program.clock.now = shop.day(130)
            _ = try await shop.program.program.desk.settlePlans()
            #expect(try await shop.plan()?.plan.state == .expired)
        }
        let (one, other) = (try await slow.told(), try await fast.told())
        #expect(one.map(\.name) == other.map(\.name) && one.map(\.at) == other.map(\.at))
        #expect(one.map(\.name).contains("Plan Expired"))
    }

    @Test("a refund is the fee less what was used at its price, and nothing is left of the rights", arguments: RecordsEngine.here)
    func refund(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine)
        #expect(try await shop.buy("p").body["state"] == "active")
        _ = try await shop.program.use("u", .consume(.hard), 2, "bob")
        _ = try await shop.program.settle("b", .refund(1), "u")
        // What another source gave is no use of the plan.
        var other = GrantBenefit("lounge", to: TestProgram.member("bob"), for: .init(.campaign, id: "c"))
        (other.amount, other.priority) = (1, -1)
        _ = try await shop.program.perform("g", other)
        _ = try await shop.program.use("v", .consume(.hard), 1, "bob")
        let ended = try await shop.change("refund", .refund)
        #expect(ended.body["refund"] == 2_000 && ended.body["state"] == "refunded")
        #expect(try await shop.program.check("bob")?.sources.map(\.kind) == [.campaign])
        #expect(try await shop.change("again", .refund).codes == ["WRONG_STATE"])
        #expect(try await shop.change("pay", .pay(3_000, isRenewal: false)).codes == ["WRONG_STATE"])
        #expect(try await shop.told().last?.amount == 2_000)
    }

    @Test(
        "cancelled it ends with what is paid for; paid again it goes on, and the grace is there again",
        arguments: RecordsEngine.here)
    func cancelling(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine)
        _ = try await shop.buy("p")
        #expect(try await shop.change("c", .cancel).body["cancelled"] == true)
        #expect(try await shop.change("c2", .cancel).codes == ["WRONG_STATE"])
        func isEntitled(_ day: Int64) async throws -> Bool? {
            let question = BenefitQuestion("lounge", of: TestProgram.member("bob"))
            return try await shop.program.reader.check([question], at: shop.day(day)).first??.isAllowed
        }
        // March has 31 days, and the grace is seven more.
        #expect(try await [isEntitled(30), isEntitled(31)] == [true, false])
        #expect(try await shop.change("pay", .pay(3_000, isRenewal: false)).body["cancelled"] == false)
        #expect(try await [isEntitled(31), isEntitled(67), isEntitled(68)] == [true, true, false])
        #expect(try await shop.change("c3", .cancel).body["cancelled"] == true)
        #expect(try await [isEntitled(60), isEntitled(61)] == [true, false])
    }

    @Test(
        "what was bought keeps the terms that were shown; other terms are told before the purchase", arguments: RecordsEngine.here)
    func terms(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine)
        #expect(try await shop.buy("p", seen: 1).body["version"] == 1)
        let second = try await shop.program.perform("plan2", DefinePlan(Shop.offer(Shop.terms { $0.fee = 4_000 }, amount: 9)))
        #expect(second.body["version"] == 2)
        #expect(try await shop.buy("q", seen: 1).codes == ["TERMS_CHANGED"])
        #expect(try await shop.buy("q2", seen: 2).body["fee"] == 4_000)
        #expect(try await shop.change("pay", .pay(3_000, isRenewal: false)).body["fee"] == 3_000)
        #expect(try await shop.program.reader.planOffers().map(\.version) == [2])
        // The benefit's own amount today is a part of the terms.
        var benefit = BenefitProgram.lounge
        benefit.quota = 1
        _ = try await shop.program.perform("less", DefineBenefit(benefit))
        #expect(try await shop.plan()?.offer.parts.first?.amount == 5)
        #expect(try await shop.program.reader.plan(.init("q2"), at: shop.day(1))?.offer.parts.first?.amount == 9)
    }

    @Test("all that is wrong with an offer is told at once, and unknown things are named", arguments: RecordsEngine.here)
    func refusals(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine)
        var offer = Shop.offer(Shop.terms { ($0.noticeDays, $0.fee, $0.trialDays) = (4, -1, 400) })
        offer.parts = [.init("lounge", amount: 0), .init("spa")]
        #expect(
            try await shop.program.perform("x", DefinePlan(offer)).codes == [
                "ZERO_VALUE", "BAD_TIME", "NOTICE_TOO_SHORT", "ZERO_VALUE", "BENEFIT_UNKNOWN",
            ])
        let nothing = BuyPlan("silver", for: TestProgram.member("bob"), paidBy: TestProgram.member("ann"))
        #expect(try await shop.program.perform("y", nothing).codes == ["PLAN_OFFER_UNKNOWN"])
        let nobody = BuyPlan("gold", for: TestProgram.member("nobody"), paidBy: TestProgram.member("ann"))
        #expect(try await shop.program.perform("z", nobody).codes == ["MEMBER_UNKNOWN"])
        #expect(try await shop.change("w", .cancel, of: "none").codes == ["PLAN_UNKNOWN"])
        #expect(try await shop.plan("none") == nil)
        for amount in [Int64.min, -1, 0, .max] {
            _ = try await shop.buy("p\(amount)")
            #expect(try await shop.change("a\(amount)", .pay(amount, isRenewal: false), of: "p\(amount)").codes == ["WRONG_AMOUNT"])
        }
    }

    @Test("what a period did not save is credited when it ends, once, when that was promised", arguments: RecordsEngine.here)
    func savings(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine, Shop.terms { $0.promisesSavings = true })
        _ = try await shop.buy("p")
        _ = try await shop.program.use("u", .consume(.hard), 1, "bob")
        _ = try await shop.change("pay", .pay(3_000, isRenewal: false))
        shop.program.clock.now = shop.day(40)
        // Used in April: no matter of March.
        _ = try await shop.program.use("v", .consume(.hard), 3, "bob")
        #expect(try await shop.program.program.desk.settlePlans() == 1)
        #expect(try await shop.change("s", .settleSavings(period: 1)).codes == ["ALREADY_DONE"])
        #expect(try await shop.told().filter { $0.name == "Plan Savings Credited" }.map(\.amount) == [2_000])
        shop.program.clock.now = shop.day(100)
        #expect(try await shop.program.program.desk.settlePlans() == 1)
        #expect(try await shop.program.program.desk.settlePlans() == 0)
        // Three visits are worth the fee.
        #expect(try await shop.told().filter { $0.name == "Plan Savings Credited" }.count == 1)
    }

    @Test("who pays and who has it are the heirs' when they turn out to be others", arguments: RecordsEngine.here)
    func merging(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine)
        _ = try await shop.buy("p")
        for name in ["aunt", "bobby"] {
            _ = try await shop.program.perform("enrol-\(name)", EnrolMember(Identity(type: .userID, value: name)))
        }
        for (name, heir) in [("ann", "aunt"), ("bob", "bobby")] {
            let merge = MergeMembers(TestProgram.member(name), into: TestProgram.member(heir))
            #expect(try await !shop.program.perform("m-\(name)", merge).isRefused)
        }
        let reader = shop.program.reader
        let aunt = try #require(try await reader.member(TestProgram.member("aunt"))?.member.id)
        let bobby = try #require(try await reader.member(TestProgram.member("bobby"))?.member.id)
        let plan = try #require(try await shop.plan()?.plan)
        #expect(plan.payer.text == aunt.text && plan.beneficiary.text == bobby.text)
        #expect(try await reader.plans(of: aunt, at: shop.day(1)).count == 1)
        #expect(try await !shop.change("c", .cancel).isRefused)
        let question = BenefitQuestion("lounge", of: TestProgram.member("bob"))
        #expect(try await reader.check([question], at: shop.day(30)).first??.isAllowed == true)
        #expect(try await reader.check([question], at: shop.day(31)).first??.isAllowed == false)
    }

    @Test("two senders at two servers pay once, and pay back once", arguments: RecordsEngine.here)
    func race(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine)
        _ = try await shop.buy("p")
        let desks = [shop.program.program.desk, shop.program.program.secondDesk]
        func answers(_ deed: ChangePlan.Deed, _ word: String) async throws -> [ProgramAnswer] {
            try await withThrowingTaskGroup(of: ProgramAnswer.self) { tasks in
                for number in 0 ..< 20 {
                    tasks.addTask {
                        while true {
                            do throws(Problem) {
                                return try await desks[number % 2].perform(
                                    ProgramRequest(
                                        id: "\(word)\(number)", actor: .server, command: ChangePlan(deed, of: BenefitID("p"))))
                            } catch {
                                guard error.code == .overloaded else { throw error }
                                try await Task.sleep(for: .milliseconds(5))
                            }
                        }
                    }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
        }
        let paid = try await answers(.pay(3_000, isRenewal: false), "pay")
        #expect(paid.count { !$0.isRefused } == 1)
        #expect(paid.filter(\.isRefused).allSatisfy { $0.codes == ["ALREADY_PAID"] })
        let back = try await answers(.refund, "back")
        #expect(back.filter { !$0.isRefused }.map { $0.body["refund"] } == [6_000])
        #expect(try await shop.told().filter { $0.name == "Plan Refunded" }.count == 1)
    }

    @Test(
        "E6, L7: random commands leave the same plan as in memory, and its rights are known at every later instant, jobs or not",
        arguments: RecordsEngine.here, 0 ..< 8 as Range<UInt64>)
    func histories(engine: RecordsEngine, seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let terms = Shop.terms {
            ($0.trialDays, $0.graceDays) = (random.below(2) * 7, random.below(2) * 7)
            $0.promisesSavings = random.below(2) == 0
        }
        let shop = try await Shop(engine, terms)
        _ = try await shop.buy("p")
        var bought = terms
        bought.listPrices = ["lounge": 1_000]
        let bob = try #require(try await shop.program.reader.member(TestProgram.member("bob"))?.member.id)
        var plan = try PaidPlan(
            id: .init("p"), terms: bought, payer: .init("a"), beneficiary: .init(bob.text), country: "CN", now: shop.day(0))
        for step in 0 ..< 25 {
            shop.program.clock.advance(Int64(1 + random.below(9 * 24)) * .microsecondsPerHour)
            let (now, id) = (shop.program.clock.now, "s\(step)")
            if random.below(3) == 0 { try await shop.program.program.desk.settlePlans() }
            if random.below(3) == 0 { _ = try await shop.program.use("u\(step)", .consume(.hard), 1, "bob") }
            let isRenewal = random.below(2) == 0
            let deed: ChangePlan.Deed =
                switch random.below(8) {
                case 0, 1, 2: .pay(3_000, isRenewal: isRenewal)
                case 3, 4: .notice(channel: "app")
                case 5: .cancel
                case 6 where random.below(4) == 0: .refund
                default: .pay(3_000, isRenewal: false)
                }
            // The desk counts a microsecond later for each of its commands: no bound falls in between.
            let answer = try await shop.change(id, deed)
            var codes: [String] = []
            do throws(Refusal) {
                switch deed {
                case .pay(let amount, let isRenewal):
                    try plan.pay(amount, by: isRenewal ? .renewal : .oneself, now: now)
                case .notice: try plan.noticeRenewal(now: now)
                case .cancel: try plan.cancel(now: now)
                case .refund: _ = try plan.refund(uses: [:], now: now)
                case .settleSavings: break
                }
            } catch { codes = error.reasons.map(\.code) }
            #expect(answer.codes == codes, "seed \(seed) step \(step) \(deed)")
            var known = plan
            known.settle(until: now)
            let kept = try #require(try await shop.plan()?.plan)
            #expect(kept.state == known.state && kept.period == known.period, "seed \(seed) step \(step)")
            #expect(kept.isPaidAhead == known.isPaidAhead && kept.isCancelled == known.isCancelled, "seed \(seed) step \(step)")
            for hours in [1, 100, 400, 800, 1_200, 2_400] as [Int64] {
                let later = now.advanced(byMicroseconds: hours * .microsecondsPerHour)
                let question = BenefitQuestion("lounge", of: TestProgram.member("bob"))
                let answer = try await shop.program.reader.check([question], at: later).first ?? nil
                #expect(answer?.sources.isEmpty == !known.isEntitled(at: later), "seed \(seed) step \(step) after \(hours) h")
            }
        }
        let told = try await shop.told()
        let back = told.filter { $0.name == "Plan Refunded" || $0.name == "Plan Savings Credited" }.compactMap(\.amount)
        let paid = told.filter { $0.name == "Plan Paid" }.compactMap(\.amount)
        #expect(back.reduce(0, +) <= paid.reduce(0, +), "seed \(seed)")
    }
}
