import Model
import OrderedCollections
import Records
import TestSupport
import Testing

@testable import Loyalty

/// Coupons at the desk: stored, shared by many, carried out once.
@Suite("Coupons at the desk") struct CouponDeskTests {
    static let amount: Int64 = 1_000

    /// A program with one template, and a way to say short what is done with its coupons.
    struct Shop {
        let program: TestProgram
        let reader: ProgramReader
        /// Another server over the same records.
        let other: ProgramDesk

        init(_ engine: RecordsEngine, _ change: (inout CouponTemplate) -> Void = { _ in }) async throws {
            program = try await TestProgram(try await engine.open())
            reader = ProgramReader(workspace: program.workspace, records: program.records)
            other = ProgramDesk(workspace: program.workspace, records: program.records, clock: program.clock)
            var template = CouponTemplate(
                key: .init(name: "spring", version: 1), currency: .cny, zone: "Asia/Shanghai",
                effect: .amount(CouponDeskTests.amount, on: .order))
            template.validity.days = 7
            change(&template)
            let made = try await program.perform("template", SetCouponTemplate(template))
            #expect(!made.isRefused)
            for name in ["ann", "bob"] {
                _ = try await program.perform("enrol-\(name)", EnrolMember(Identity(type: .userID, value: name)))
            }
        }

        func grant(_ id: String, _ name: String = "ann") async throws -> String {
            let answer = try await program.perform(id, GrantCoupon(.template("spring"), to: TestProgram.member(name)))
            return try #require(answer.body["coupon"]?.stringValue, "\(answer.body.text)")
        }

        var cart: CouponCart { CouponCart.of([5_000, 5_000, 5_000]) }

        func reserve(
            _ id: String, _ coupons: [String], for order: String, by name: String = "ann", commits: Bool = false,
            cart: CouponCart? = nil, seconds: Int64? = nil
        ) async throws -> ProgramAnswer {
            var command = ReserveCoupons(coupons, for: order, by: TestProgram.member(name), cart ?? self.cart)
            (command.commits, command.seconds) = (commits, seconds)
            return try await program.perform(id, command)
        }

        /// Sends a command to one of the servers until somebody knows what came of it.
        func send(_ id: String, _ command: any ProgramCommand, toOther: Bool) async throws -> ProgramAnswer {
            while true {
                do throws(Problem) {
                    return try await (toOther ? other : program.desk).perform(
                        ProgramRequest(id: id, actor: .server, command: command))
                } catch {
                    guard error.code == .overloaded else { throw error }
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
        }

        func change(
            _ id: String, _ deed: ChangeCouponOrder.Deed, of order: String, coupons: [String]? = nil
        ) async throws -> ProgramAnswer {
            try await program.perform(id, ChangeCouponOrder(deed, of: order, coupons: coupons))
        }

        func state(_ coupon: String, _ name: String = "ann") async throws -> CouponState? {
            let member = try #require(try await reader.member(TestProgram.member(name))).member.id
            return try await reader.coupons(of: member).first { $0.coupon.id == coupon }?.coupon.state(
                at: program.clock.now.advanced(byMicroseconds: 1_000_000))
        }

        func limit(_ name: String) async throws -> Limit? { try await reader.limit(Limit.Key(name: name)) }
    }

    @Test("A coupon is given, kept, used, returned in parts and back whole", arguments: RecordsEngine.here)
    func life(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine) {
            $0.limits = [CouponLimit("all", .uses, max: 1), CouponLimit("money", .money, max: 5_000)]
        }
        let coupon = try await shop.grant("g")
        #expect(try await shop.grant("g") == coupon)
        let reserved = try await shop.reserve("r", [coupon], for: "o")
        #expect(reserved.body["reservations"]?.arrayValue?.first?["amount"] == 1_000)
        #expect(reserved.body["price"]?["goods"] == 14_000)
        #expect(try await shop.state(coupon) == .reserved)
        // The same order with another command id gets the same reservation.
        #expect(try await shop.reserve("r2", [coupon], for: "o").body == reserved.body)
        #expect(try await shop.reserve("r3", [coupon], for: "p").codes == ["RESERVED_ELSEWHERE", "LIMIT_TOTAL"])
        #expect(try await shop.limit("all")?.reserved == 1)
        let used = try await shop.change("c", .commit(finals: [:]), of: "o")
        #expect(used.body["coupons"]?.arrayValue?.first?["amount"] == 1_000)
        #expect(try await shop.change("c2", .commit(finals: [:]), of: "o").body == used.body)
        #expect(try await shop.limit("all") == Limit(key: .init(name: "all"), max: 1, used: 1))
        let part = try await shop.change("b1", .refund(units: ["a": 1]), of: "o")
        #expect(part.body["coupons"]?.arrayValue?.first?["amount"] == 334)
        #expect(try await shop.limit("money")?.used == 666)
        let whole = try await shop.change("b2", .refund(units: ["b": 1, "c": 1]), of: "o")
        #expect(whole.body["coupons"]?.arrayValue?.first?["is_back"] == true)
        #expect(try await shop.limit("money")?.used == 0)
        #expect(try await shop.limit("all")?.used == 0)
        #expect(try await shop.state(coupon) == .granted)
        #expect(try await shop.change("b3", .rollBack, of: "o").codes == ["ALREADY_ROLLED_BACK"])
    }

    @Test("An order is the member's who has coupons kept or used for it, the heir's after a merge", arguments: RecordsEngine.here)
    func orderOfOneMember(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine)
        let (one, two) = (try await shop.grant("g1", "ann"), try await shop.grant("g2", "bob"))
        #expect(try await !shop.reserve("r1", [one], for: "o").isRefused)
        let taken = try await shop.reserve("r2", [two], for: "o", by: "bob")
        #expect(taken.codes == ["ORDER_TAKEN"] && taken.body["reasons"]?.arrayValue?.first?["retryable"] == true)
        #expect(try await shop.state(one) == .reserved)
        // What has lapsed or was let go binds nobody.
        shop.program.clock.advance(Coupon.reservationDuration + .microsecondsPerSecond)
        #expect(try await !shop.reserve("r3", [two], for: "o", by: "bob", commits: true).isRefused)
        #expect(try await shop.state(one) == .granted)
        #expect(try await shop.reserve("r4", [one], for: "o").codes == ["ORDER_TAKEN"])
        _ = try await shop.program.perform("m", MergeMembers(TestProgram.member("bob"), into: TestProgram.member("ann")))
        #expect(try await !shop.reserve("r5", [one], for: "o").isRefused)
        #expect(try await shop.state(two) == .redeemed)
    }

    @Test(
        "A reservation holds for as long as is asked for, up to 30 days and past the coupon's end, longer when asked again",
        arguments: RecordsEngine.here)
    func reservationSeconds(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine) { $0.limits = [CouponLimit("all", .uses, max: 2)] }
        let (one, two) = (try await shop.grant("g1"), try await shop.grant("g2"))
        let start = shop.program.clock.now
        /// After the start, in whole seconds: what is recorded one after another is some microseconds apart.
        func seconds(_ answer: ProgramAnswer) throws -> Int64 {
            let text = try #require(answer.body["reservations"]?.arrayValue?.first?["until"]?.stringValue, "\(answer.body.text)")
            return try #require(Instant(rfc3339: text)).microseconds(since: start) / .microsecondsPerSecond
        }
        let first = try await shop.reserve("r1", [one], for: "o")
        #expect(try seconds(first) == 1_800)
        for wrong: Int64 in [.min, 0, 2_592_001, .max] {
            #expect(try await shop.reserve("w\(wrong)", [one], for: "o", seconds: wrong).codes == ["BAD_TIME"])
        }
        let longest = try await shop.reserve("r2", [one], for: "o", seconds: 2_592_000)
        #expect(try seconds(longest) == 2_592_000 && longest.body["price"] == first.body["price"])
        // Neither without a word of it nor with less is it kept for less.
        #expect(try await shop.reserve("r3", [one], for: "o").body == longest.body)
        #expect(try await shop.reserve("r4", [one], for: "o", seconds: 60).body == longest.body)
        #expect(try await shop.limit("all")?.reserved == 1)
        #expect(try seconds(try await shop.reserve("s1", [two], for: "p", seconds: 60)) == 60)
        shop.program.clock.advance(61 * .microsecondsPerSecond)
        #expect(try await shop.change("s2", .commit(finals: [:]), of: "p").codes == ["RESERVATION_EXPIRED"])
        shop.program.clock.advance(29 * .microsecondsPerDay)
        #expect(try await shop.reserve("r5", [one], for: "q").codes.contains("RESERVED_ELSEWHERE"))
        let used = try await shop.change("c", .commit(finals: [:]), of: "o")
        #expect(used.body["coupons"]?.arrayValue?.first?["amount"] == 1_000, "it was kept before its seven days were over")
    }

    @Test("A command that says no time is kept as it was before times could be said")
    func reservationContent() {
        var command = ReserveCoupons(["c"], for: "o", by: TestProgram.member("ann"), CouponCart.of([100]))
        let plain = command.content.objectValue
        #expect(
            plain.map { Array($0.keys) } == ["command", "member", "order", "cart", "coupons", "mode", "commits"],
            "\(command.content)")
        command.seconds = 1_800
        #expect(command.content.objectValue?["seconds"] == 1_800 && command.content != plain.map { .object($0) })
    }

    @Test("200 orders at once want one coupon, from two servers: exactly one gets it", arguments: RecordsEngine.here)
    func race(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine) { $0.limits = [CouponLimit("all", .uses, max: 50)] }
        let coupon = try await shop.grant("g")
        let answers = try await withThrowingTaskGroup(of: ProgramAnswer.self) { group in
            for number in 0 ..< 200 {
                group.addTask {
                    var command = ReserveCoupons([coupon], for: "o\(number)", by: TestProgram.member("ann"), shop.cart)
                    command.commits = true
                    return try await shop.send("r\(number)", command, toOther: number % 2 == 0)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count { !$0.isRefused } == 1)
        #expect(answers.filter(\.isRefused).allSatisfy { $0.codes == ["ALREADY_USED"] })
        #expect(try await shop.limit("all")?.used == 1)
        #expect(try await shop.state(coupon) == .redeemed)
    }

    @Test("200 members at once claim one printed code, at two servers: exactly one has it", arguments: RecordsEngine.here)
    func claims(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine)
        _ = try await shop.program.perform("b", MakeCouponBatch(1, of: "spring"))
        for number in 0 ..< 200 {
            _ = try await shop.program.perform("e\(number)", EnrolMember(Identity(type: .userID, value: "m\(number)")))
        }
        let answers = try await withThrowingTaskGroup(of: (String, ProgramAnswer).self) { group in
            for number in 0 ..< 200 {
                group.addTask {
                    let name = "m\(number)"
                    let claim = GrantCoupon(.code(.init(batch: 1, index: 0)), to: TestProgram.member(name))
                    return (name, try await shop.send("k\(number)", claim, toOther: number % 2 == 0))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let claimed = answers.filter { !$0.1.isRefused }
        #expect(claimed.count == 1)
        #expect(answers.filter(\.1.isRefused).allSatisfy { $0.1.codes == ["NOT_YOURS"] })
        let winner = try #require(claimed.first)
        let holder = try #require(try await shop.reader.member(TestProgram.member(winner.0))).member.id
        #expect(try await shop.reader.coupon("b1_0")?.coupon.grant?.member == holder.text)
        #expect(winner.1.body["member"]?.stringValue == holder.text)
        // Who has it uses it, and nobody else.
        for (name, answer) in answers.prefix(20) {
            let used = try await shop.reserve("r-\(name)", ["b1_0"], for: "o-\(name)", by: name, commits: true)
            #expect(used.isRefused == answer.isRefused)
        }
    }

    @Test("A clock that goes back takes nothing from who was given, kept or used a coupon before", arguments: RecordsEngine.here)
    func clockGoesBack(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine) { $0.limits = [CouponLimit("all", .uses, max: 2)] }
        let (one, two, three) = (try await shop.grant("g1"), try await shop.grant("g2"), try await shop.grant("g3", "bob"))
        let held = try await shop.reserve("r1", [one], for: "o1")
        let start = shop.program.clock.now
        let before = start.advanced(byMicroseconds: -2 * .microsecondsPerHour)
        shop.program.clock.now = before
        #expect(try await shop.reserve("r2", [one], for: "o1").body == held.body)
        #expect(try await shop.reserve("r3", [one], for: "o2").codes == ["RESERVED_ELSEWHERE"])
        let used = try await shop.change("c1", .commit(finals: [:]), of: "o1")
        #expect(used.body["coupons"]?.arrayValue?.first?["amount"] == 1_000, "\(used.body.text)")
        // It was given two hours from now.
        #expect(try await !shop.reserve("r4", [two], for: "o3").isRefused)
        #expect(try await shop.reserve("r5", [three], for: "o4", by: "bob").codes == ["LIMIT_TOTAL"])
        shop.program.clock.now = start.advanced(byMicroseconds: Coupon.reservationDuration + .microsecondsPerMinute)
        #expect(try await shop.change("c2", .commit(finals: [:]), of: "o3").codes == ["RESERVATION_EXPIRED"])
        #expect(try await !shop.reserve("r6", [three], for: "o4", by: "bob", commits: true).isRefused)
        shop.program.clock.now = before
        let back = try await shop.change("b", .refund(units: ["a": 1, "b": 1, "c": 1]), of: "o1")
        #expect(back.body["coupons"]?.arrayValue?.first?["is_back"] == true, "\(back.body.text)")
        #expect(try await shop.limit("all") == Limit(key: .init(name: "all"), max: 2, used: 1))
        let coupon = try #require(try await shop.reader.coupon(one)?.coupon)
        let granted = try #require(coupon.grant?.at)
        #expect(coupon.redemptions.count == 1 && coupon.redemptions.allSatisfy { $0.at > granted })
    }

    @Test(
        "A command's id is that of its content: another one under it is refused, and nothing is done", arguments: RecordsEngine.here
    )
    func otherContent(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine) { $0.isTransferable = true }
        let (ann, bob) = (TestProgram.member("ann"), TestProgram.member("bob"))
        let template = try #require(try await shop.reader.couponTemplate("spring"))
        var other = template
        other.useCount = 2
        let (one, two) = (try await shop.grant("g1"), try await shop.grant("g2"))
        let cart = CouponCart.of([9_000])
        var priority = ReserveCoupons([one], for: "o", by: ann, shop.cart)
        priority.mode = .priority
        let pairs: [(first: any ProgramCommand, others: [any ProgramCommand])] = [
            (SetCouponTemplate(template), [SetCouponTemplate(other)]),
            (
                MakeCouponBatch(2, of: "spring"),
                [MakeCouponBatch(3, of: "spring"), MakeCouponBatch(2, of: "spring", codeLength: 13)]
            ),
            (ChangeCouponBatch(1, to: .exported), [ChangeCouponBatch(1, to: .closed)]),
            (
                GrantCoupon(.code(.init(batch: 1, index: 0)), to: ann),
                [
                    GrantCoupon(.code(.init(batch: 1, index: 1)), to: ann), GrantCoupon(.code(.init(batch: 1, index: 0)), to: bob),
                    GrantCoupon(.template("spring"), to: ann),
                ]
            ),
            (
                ReserveCoupons([one], for: "o", by: ann, shop.cart),
                [
                    ReserveCoupons([two], for: "o", by: ann, shop.cart), ReserveCoupons([one], for: "p", by: ann, shop.cart),
                    ReserveCoupons([one], for: "o", by: bob, shop.cart), ReserveCoupons([one], for: "o", by: ann, cart), priority,
                ]
            ),
            (
                ChangeCouponOrder(.commit(finals: [one: 900]), of: "o"),
                [
                    ChangeCouponOrder(.commit(finals: [one: 901]), of: "o"), ChangeCouponOrder(.cancel, of: "o"),
                    ChangeCouponOrder(.commit(finals: [one: 900]), of: "o", coupons: [one]),
                ]
            ),
            (
                ChangeCouponOrder(.refund(units: ["a": 1]), of: "o"),
                [ChangeCouponOrder(.refund(units: ["b": 1]), of: "o"), ChangeCouponOrder(.rollBack, of: "o")]
            ),
            (
                ChangeCoupon(.transfer(from: ann, to: bob), two),
                [ChangeCoupon(.transfer(from: bob, to: ann), two), ChangeCoupon(.void, two)]
            ),
            (ChangeCoupon(.revoke(reason: "fraud"), two), [ChangeCoupon(.revoke(reason: "mistake"), two)]),
        ]
        for (number, pair) in pairs.enumerated() {
            let first = try await shop.program.perform("x\(number)", pair.first)
            #expect(!first.isRefused, "\(number): \(first.body.text)")
            for command in pair.others {
                let answer = try await shop.program.perform("x\(number)", command)
                #expect(answer.codes == ["IDEMPOTENCY_CONFLICT"], "\(number): \(answer.body.text)")
            }
            #expect(try await shop.program.perform("x\(number)", pair.first).body == first.body)
        }
        #expect(try await shop.reader.coupon(two)?.coupon.ending.map { "\($0)".contains("fraud") } == true)
        #expect(try await shop.reader.coupon(one)?.coupon.redemptions.map(\.amountLeft) == [600])
        #expect(try await shop.reader.coupon("b1_1") == nil)
    }

    @Test(
        "Whose membership is closed neither reserves nor passes on nor gets a coupon, until it is open again",
        arguments: RecordsEngine.here)
    func closedMembers(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine) { $0.isTransferable = true }
        let (ann, bob) = (TestProgram.member("ann"), TestProgram.member("bob"))
        let (mine, hers) = (try await shop.grant("g1", "bob"), try await shop.grant("g2"))
        #expect(try await !shop.reserve("r1", [hers], for: "o").isRefused)
        _ = try await shop.program.perform("close", CloseMember(ann))
        let refused: [any ProgramCommand] = [
            ReserveCoupons([hers], for: "o", by: ann, shop.cart), ReserveCoupons([hers], for: "p", by: ann, shop.cart),
            ChangeCoupon(.transfer(from: ann, to: bob), hers), ChangeCoupon(.transfer(from: bob, to: ann), mine),
            GrantCoupon(.template("spring"), to: ann), GrantCoupon(.template("spring"), to: bob, referrer: ann),
        ]
        for (number, command) in refused.enumerated() {
            #expect(try await shop.program.perform("n\(number)", command).codes == ["MEMBER_CLOSED"], "\(number)")
        }
        // What an order holds is its own.
        #expect(try await !shop.change("c", .commit(finals: [:]), of: "o").isRefused)
        _ = try await shop.program.perform("open", CloseMember(ann, closes: false))
        #expect(try await !shop.program.perform("t", ChangeCoupon(.transfer(from: bob, to: ann), mine)).isRefused)
        #expect(try await !shop.reserve("r2", [mine], for: "q").isRefused)
    }

    @Test("200 coupons at once, from two servers, and ten uses left: exactly ten", arguments: RecordsEngine.here)
    func sharedLimit(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine) {
            $0.limits = [CouponLimit("all", .uses, max: 10), CouponLimit("member", .uses, per: .member, max: 6)]
        }
        var coupons: [(id: String, name: String)] = []
        for number in 0 ..< 200 {
            let name = number % 2 == 0 ? "ann" : "bob"
            coupons.append((try await shop.grant("g\(number)", name), name))
        }
        let answers = try await withThrowingTaskGroup(of: ProgramAnswer.self) { group in
            for (number, coupon) in coupons.enumerated() {
                group.addTask {
                    var command = ReserveCoupons(
                        [coupon.id], for: "o\(number)", by: TestProgram.member(coupon.name), shop.cart)
                    command.commits = number % 3 == 0
                    return try await shop.send("r\(number)", command, toOther: number % 4 < 2)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count { !$0.isRefused } == 10)
        let limit = try #require(try await shop.limit("all"))
        #expect(limit.used + limit.reserved == 10)
        // Half an hour later what was only reserved is free, though nothing ran.
        shop.program.clock.advance(Coupon.reservationDuration + 1_000_000)
        let free = Int(limit.reserved)
        var more = 0
        for (number, coupon) in coupons.enumerated() {
            let answer = try await shop.reserve("s\(number)", [coupon.id], for: "p\(number)", by: coupon.name, commits: true)
            if !answer.isRefused { more += 1 }
        }
        #expect(more == free)
        #expect(try await shop.limit("all") == Limit(key: .init(name: "all"), max: 10, used: 10))
        let template = try #require(try await shop.reader.couponTemplate("spring"))
        let budget = try await shop.reader.couponBudgets(of: template, at: shop.program.clock.now).first
        #expect(budget?.usedLately == 10 && budget?.days.map(\.left) == [0] && budget?.forecast == .usedUp)
    }

    @Test(
        "C1 in the tables: what limits say is what live rows say, after any commands",
        arguments: RecordsEngine.here, 0 ..< 8 as Range<UInt64>)
    func stored(engine: RecordsEngine, seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let shop = try await Shop(engine) {
            $0.limits = [
                CouponLimit("all", .uses, max: 3), CouponLimit("money", .money, max: 2_500),
                CouponLimit("member", .uses, per: .member, max: 2),
            ]
            $0.useCount = 2
        }
        var coupons: [String] = []
        for number in 0 ..< 4 { coupons.append(try await shop.grant("g\(number)", number < 2 ? "ann" : "bob")) }
        for number in 0 ..< 60 {
            shop.program.clock.advance(Int64(random.below(12)) * .microsecondsPerMinute)
            let order = "o\(random.below(4))"
            let coupon = coupons[random.below(4)]
            switch random.below(7) {
            case 0, 1, 2:
                let pair = random.below(2) == 0 ? [coupon] : [coupons[0], coupons[1]]
                let name = coupons.prefix(2).contains(coupon) ? "ann" : "bob"
                _ = try await shop.reserve("x\(number)", pair, for: order, by: name, commits: random.below(3) == 0)
            case 3: _ = try await shop.change("x\(number)", .commit(finals: [:]), of: order)
            case 4: _ = try await shop.change("x\(number)", .cancel, of: order)
            case 5: _ = try await shop.change("x\(number)", .rollBack, of: order)
            default: _ = try await shop.change("x\(number)", .refund(units: [["a", "b", "c"][random.below(3)]: 1]), of: order)
            }
            try await check(shop, coupons, "seed \(seed), step \(number)")
        }
    }

    /// C1 in the tables: what the limits say is what live rows say.
    private func check(_ shop: Shop, _ coupons: [String], _ place: String) async throws {
        let tables = try await shop.reader.read { tables throws(Problem) in
            let desk = try tables.couponDesk(coupons, for: nil, at: .distantPast, .utc)
            let keys = try tables.list(
                "SELECT name, subject, period FROM loyalty_limits WHERE workspace = ? AND area = 'coupons'", tables.values()
            ) { reader throws(Problem) in
                Limit.Key(name: try reader.text(), subject: try reader.text(), period: try reader.text())
            }
            var limits: [Limit] = []
            for key in keys { if let limit = try tables.limit(key) { limits.append(limit) } }
            return (desk.coupons, limits)
        }
        var (used, reserved): ([Limit.Key: Int64], [Limit.Key: Int64]) = ([:], [:])
        for coupon in tables.0.values {
            for charge in coupon.reservation?.charges ?? [] { reserved[charge.key, default: 0] += charge.amount }
            for redemption in coupon.redemptions {
                for charge in redemption.charges {
                    used[charge.key, default: 0] += charge.isMoney ? redemption.amountLeft : redemption.isUndone ? 0 : 1
                }
            }
            #expect(coupon.redemptions.count { $0.isUse } <= 2, "\(place)")
        }
        for limit in tables.1 {
            #expect(
                limit.used == used[limit.key, default: 0] && limit.reserved == reserved[limit.key, default: 0], "\(place): \(limit)"
            )
            #expect(limit.used + limit.reserved <= limit.max, "\(place): \(limit)")
        }
    }

    @Test("C3: who asks again for what an order holds loses none of it, though a coupon has ended", arguments: RecordsEngine.here)
    func repeatedReservation(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine)
        let (short, lone) = (try await shop.grant("g1"), try await shop.grant("g2"))
        let program = shop.program
        let end = try #require(try await shop.reader.coupon(short)?.coupon.grant?.interval.until)
        program.clock.now = end.advanced(byMicroseconds: -10 * .microsecondsPerMinute)
        let other = try await shop.grant("g3")
        let held = try await shop.reserve("r1", [short, other], for: "o")
        let alone = try await shop.reserve("r2", [lone], for: "p")
        #expect(held.body["reservations"]?.arrayValue?.count == 2 && alone.body["reservations"]?.arrayValue?.count == 1)
        program.clock.now = end.advanced(byMicroseconds: 5 * .microsecondsPerMinute)
        #expect(try await shop.reserve("r3", [other, short], for: "o").body["price"] == held.body["price"])
        #expect(try await shop.reserve("r4", [short, other], for: "o").body == held.body)
        #expect(try await shop.reserve("r5", [lone], for: "p").body == alone.body)
        // Another cart cannot have it any more; refused, it leaves what is kept.
        #expect(try await shop.reserve("r6", [lone], for: "p", cart: .of([9_000])).codes == ["EXPIRED"])
        #expect(try await !shop.change("c1", .commit(finals: [:]), of: "p").isRefused)
        let used = try await shop.change("c2", .commit(finals: [:]), of: "o")
        #expect(used.body["coupons"]?.arrayValue?.count == 2, "\(used.body.text)")
        #expect(try await shop.state(short) == .redeemed)
        #expect(try await shop.state(other) == .redeemed)
    }

    @Test("A claimed coupon is checked, kept and used by its printed code as by its id", arguments: RecordsEngine.here)
    func byCode(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine)
        let (ann, bob) = (TestProgram.member("ann"), TestProgram.member("bob"))
        _ = try await shop.program.perform("b", MakeCouponBatch(3, of: "spring"))
        let secret = try await shop.program.records.secret(
            CouponCodeCipher.secretName(of: shop.program.workspace), fresh: [UInt8](repeating: 7, count: 32))
        let cipher = CouponCodeCipher(secret: secret)
        let codes = try (UInt64(0) ..< 3).map { try #require(cipher.code(.init(batch: 1, index: $0))).text }
        for (index, member) in [ann, bob].enumerated() {
            let claim = GrantCoupon(.code(.init(batch: 1, index: UInt64(index))), to: member)
            #expect(try await !shop.program.perform("k\(index)", claim).isRefused)
        }
        shop.program.clock.advance(.microsecondsPerSecond)
        let typed = codes[0].lowercased()
        var cart = shop.cart
        cart.instant = shop.program.clock.now
        let checked = try await shop.reader.checkCoupons([typed], for: "o", by: ann, cart).get()
        #expect(checked.used["b1_0"]?.total == 1_000 && checked.codes == [typed: "b1_0"])
        let reserved = try await shop.reserve("r1", [typed], for: "o")
        #expect(reserved.body["reservations"]?.arrayValue?.first?["coupon"] == "b1_0", "\(reserved.body.text)")
        #expect(reserved.body["codes"] == [typed: "b1_0"])
        let again = try await shop.reserve("r2", ["b1_0"], for: "o")
        #expect(again.body["reservations"] == reserved.body["reservations"] && again.body["codes"] == nil)
        #expect(try await shop.reserve("r3", ["b1_0", typed], for: "o").codes == ["BAD_CART"])
        // What is not the member's, not claimed or no code at all is refused as by an id.
        #expect(try await shop.reserve("r4", [codes[1]], for: "p").codes == ["NOT_YOURS"])
        let unclaimed = try await shop.reserve("r5", [codes[2]], for: "p")
        #expect(unclaimed.codes == ["NOT_FOUND"])
        #expect(unclaimed.body["reasons"]?.arrayValue?.first?["params"]?["coupon"] == .string(codes[2]))
        #expect(try await shop.reserve("r6", ["2222-2222-2222-2"], for: "p").codes == ["NOT_FOUND"])
        let twice = try await shop.change("c1", .commit(finals: ["b1_0": 900, typed: 800]), of: "o")
        #expect(twice.codes == ["BAD_CART"], "\(twice.body.text)")
        #expect(try await shop.change("c2", .commit(finals: [:]), of: "o", coupons: [codes[1]]).codes == ["NOT_FOUND"])
        let used = try await shop.change("c3", .commit(finals: [typed: 900]), of: "o", coupons: [codes[0]])
        #expect(used.body["coupons"]?.arrayValue?.first?["coupon"] == "b1_0", "\(used.body.text)")
        #expect(used.body["coupons"]?.arrayValue?.first?["amount"] == 900 && used.body["codes"] == [codes[0]: "b1_0"])
        #expect(try await shop.state("b1_0") == .redeemed)
    }

    @Test(
        "What becomes of an order's coupons becomes of each once; all that stands in the way is told", arguments: RecordsEngine.here
    )
    func eachOnce(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine) { $0.limits = [CouponLimit("money", .money, max: 5_000)] }
        let (one, two) = (try await shop.grant("g1"), try await shop.grant("g2"))
        let other = try await shop.grant("g3")
        var cart = CouponCart.of([5_000])
        cart.lines[0].units = 2
        #expect(try await !shop.reserve("r", [one, two], for: "o", commits: true, cart: cart).isRefused)
        let twice = try await shop.change("b1", .refund(units: ["a": 1]), of: "o", coupons: [one, one])
        #expect(twice.codes == ["BAD_CART"], "\(twice.body.text)")
        #expect(try await shop.limit("money")?.used == 2_000)
        let unknown = try await shop.change("b2", .rollBack, of: "o", coupons: [other, one, "none", "none"])
        #expect(unknown.codes == ["NOT_FOUND", "NOT_FOUND", "BAD_CART"])
        let part = try await shop.change("b3", .refund(units: ["a": 1]), of: "o", coupons: [one])
        #expect(part.body["coupons"]?.arrayValue?.first?["amount"] == 500)
        #expect(try await shop.limit("money")?.used == 1_500)
        let failed = try await shop.change("b4", .refund(units: ["a": 3, "z": 1]), of: "o", coupons: [one, two])
        #expect(failed.codes == Array(repeating: "EXCEEDS_ORIGINAL", count: 4), "\(failed.body.text)")
        let about = failed.body["reasons"]?.arrayValue?.compactMap { $0["params"]?["coupon"]?.stringValue }
        #expect(about == [one, one, two, two])
        #expect(try await shop.limit("money")?.used == 1_500)
    }

    @Test("A limit allows what the version promises by which a coupon was claimed", arguments: RecordsEngine.here)
    func versionsOfLimits(engine: RecordsEngine) async throws {
        func limits(_ total: Int64, _ member: Int64, _ money: Int64) -> [CouponLimit] {
            [
                CouponLimit("all", .uses, max: total), CouponLimit("each", .uses, per: .member, max: member),
                CouponLimit("money", .money, max: money),
            ]
        }
        let shop = try await Shop(engine) { $0.limits = limits(3, 9, 9_000) }
        var template = try #require(try await shop.reader.couponTemplate("spring"))
        let old = [try await shop.grant("g1"), try await shop.grant("g2"), try await shop.grant("g3")]
        #expect(try await !shop.reserve("r1", [old[0]], for: "o1", commits: true).isRefused)
        template.limits = limits(2, 9, 2_500)
        #expect(try await !shop.program.perform("t2", SetCouponTemplate(template)).isRefused)
        let new = [try await shop.grant("g4"), try await shop.grant("g5")]
        #expect(try await !shop.reserve("r2", [new[0]], for: "o2", commits: true).isRefused)
        let refused = try await shop.reserve("r3", [new[1]], for: "o3")
        #expect(refused.codes == ["LIMIT_TOTAL"] && refused.body["reasons"]?.arrayValue?.first?["params"]?["max"] == 2)
        let newest = try #require(try await shop.reader.couponTemplate("spring"))
        let stands = try await shop.reader.couponLimits(of: newest, at: shop.program.clock.now)
        #expect(stands.compactMap(\.count?.max) == [2, 2_500] && stands.compactMap(\.count?.left) == [0, 500])
        // What the first version promised still holds, whichever counted last.
        #expect(try await !shop.reserve("r4", [old[1]], for: "o4", commits: true).isRefused)
        #expect(try await shop.reserve("r5", [old[2]], for: "o5").codes == ["LIMIT_TOTAL"])
        template.limits = limits(5, 4, 4_200)
        #expect(try await !shop.program.perform("t3", SetCouponTemplate(template)).isRefused)
        let more = [try await shop.grant("g6"), try await shop.grant("g7"), try await shop.grant("g8", "bob")]
        #expect(try await !shop.reserve("r6", [more[0]], for: "o6", commits: true).isRefused)
        #expect(try await shop.reserve("r7", [more[1]], for: "o7").codes == ["LIMIT_MEMBER"])
        let last = try await shop.reserve("r8", [more[2]], for: "o8", by: "bob")
        #expect(last.body["reservations"]?.arrayValue?.first?["amount"] == 200, "\(last.body.text)")
    }

    @Test("A template that would be refused by now still stands, as do its coupons", arguments: RecordsEngine.here)
    func earlierTemplates(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine) {
            $0.conditions.isFirstOrderOnly = true
            $0.useCount = 2
        }
        let template = try #require(try await shop.reader.couponTemplate("spring"))
        #expect(try await shop.reader.couponTemplates().map(\.template) == [template])
        #expect(throws: Problem.self) { try CouponTemplate(json: template.json) }
        let coupon = try await shop.grant("g")
        #expect(try await shop.reserve("r", [coupon], for: "o").codes == ["CONDITION_FIRST_ORDER"])
    }

    @Test("A limit's name counts one thing for all templates", arguments: RecordsEngine.here)
    func mismatchedLimits(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine) {
            $0.limits = [CouponLimit("all", .uses, max: 5), CouponLimit("money", .money, max: 5_000)]
        }
        var other = CouponTemplate(
            key: .init(name: "winter", version: 1), currency: .usd, zone: "UTC", effect: .amount(100, on: .order))
        other.limits = [
            CouponLimit("all", .money, max: 5), CouponLimit("money", .money, max: 5), CouponLimit("own", .uses, max: 5),
        ]
        let refused = try await shop.program.perform("w1", SetCouponTemplate(other))
        let reasons = refused.body["reasons"]?.arrayValue ?? []
        #expect(refused.codes == ["LIMIT_MISMATCH", "LIMIT_MISMATCH"], "\(refused.body.text)")
        #expect(reasons.map { $0["params"]?["limit"] } == ["all", "money"])
        #expect(reasons.map { $0["params"]?["counts"] } == ["uses", "CNY"])
        #expect(try await shop.reader.couponTemplate("winter") == nil)
        other.limits = [CouponLimit("all", .uses, max: 50), CouponLimit("dollars", .money, max: 5)]
        #expect(try await !shop.program.perform("w2", SetCouponTemplate(other)).isRefused)
        // Not in a version of its own either: what the earlier one counted is still there.
        other.currency = .cny
        #expect(try await shop.program.perform("w3", SetCouponTemplate(other)).codes == ["LIMIT_MISMATCH"])
    }

    @Test(
        "Codes of a batch are claimed once each, while the batch is open, by those who read its text", arguments: RecordsEngine.here
    )
    func batches(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine) { $0.isTransferable = true }
        let made = try await shop.program.perform("m", MakeCouponBatch(3, of: "spring"))
        #expect(made.body["batch"] == 1 && made.body["state"] == "ready")
        #expect(
            try await shop.program.perform("m2", MakeCouponBatch(9_000, of: "spring", codeLength: 8)).codes == ["CODES_TOO_MANY"])
        #expect(try await shop.program.perform("m3", MakeCouponBatch(0, of: "spring")).codes == ["ZERO_VALUE"])
        #expect(try await shop.program.perform("m4", MakeCouponBatch(1, of: "winter")).codes == ["NOT_FOUND"])
        let template = try #require(try await shop.reader.couponTemplate("spring"))
        let seen = CouponTextSeen(template, in: .chinese)
        func claim(_ id: String, _ index: UInt64, _ name: String, _ seen: CouponTextSeen) async throws -> ProgramAnswer {
            try await shop.program.perform(
                id, GrantCoupon(.code(.init(batch: 1, index: index)), to: TestProgram.member(name), seen: seen))
        }
        let claimed = try await claim("k1", 0, "ann", seen)
        #expect(claimed.body["coupon"] == "b1_0" && claimed.body["text_hash"] == .string(seen.hash))
        let taken = try await claim("k2", 0, "bob", seen)
        #expect(taken.codes == ["NOT_YOURS"])
        #expect(taken.body["reasons"]?.arrayValue?.first?["remedy"] == "Claim another one.", "\(taken.body.text)")
        #expect(try await claim("k3", 3, "bob", seen).codes == ["NOT_FOUND"])
        #expect(try await claim("k4", 1, "bob", .init(language: .chinese, hash: "00")).codes == ["CONDITIONS_CHANGED"])
        #expect(try await shop.program.perform("e", ChangeCouponBatch(1, to: .exported)).body["exported_count"] == 1)
        #expect(try await !shop.program.perform("v", ChangeCouponBatch(1, to: .closed)).isRefused)
        #expect(try await claim("k5", 1, "bob", seen).codes == ["BATCH_CLOSED"])
        #expect(try await claim("k6", 0, "ann", seen).body["coupon"] == "b1_0")
        // A new version of the template: what was claimed keeps the old one.
        var other = template
        other.effect = .amount(1, on: .order)
        #expect(try await shop.program.perform("t2", SetCouponTemplate(other)).body["template"]?["version"] == 2)
        #expect(try await shop.reserve("r", ["b1_0"], for: "o").body["reservations"]?.arrayValue?.first?["amount"] == 1_000)
    }

    @Test(
        "C7: what was given without a text that was read keeps the one of its version in the workspace's language",
        arguments: RecordsEngine.here)
    func unseenTexts(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine)
        let first = try #require(try await shop.reader.couponTemplate("spring"))
        func hash(_ template: CouponTemplate, _ language: CouponText.Language) -> JSONValue {
            .string(CouponText(template, in: language).hash)
        }
        func give(_ id: String, _ origin: GrantCoupon.Origin, _ name: String = "ann") async throws -> JSONValue {
            try await shop.program.perform(id, GrantCoupon(origin, to: TestProgram.member(name))).body
        }
        func store(_ statement: String, _ values: [SQLValue]) async throws {
            _ = try await shop.program.records.engine.write { connection throws(Problem) in
                try connection.execute(statement, values)
            }
        }
        let given = try await give("g1", .template("spring"))
        #expect(given["text_hash"] == hash(first, .english), "\(given.text)")
        #expect(try await !shop.program.perform("m", MakeCouponBatch(3, of: "spring")).isRefused)
        var second = first
        second.conditions.spendMin = 100
        #expect(try await !shop.program.perform("t2", SetCouponTemplate(second)).isRefused)
        second = try #require(try await shop.reader.couponTemplate("spring"))
        let workspace = SQLValue.text(shop.program.workspace.text)
        try await store("UPDATE workspaces SET language = 'zh-Hans' WHERE id = ?", [workspace])
        // Codes are of the version for which they were made.
        let claimed = try await give("k1", .code(.init(batch: 1, index: 0)))
        #expect(claimed["version"] == 1 && claimed["text_hash"] == hash(first, .chinese), "\(claimed.text)")
        let newest = try await give("g2", .template("spring"), "bob")
        #expect(newest["version"] == 2 && newest["text_hash"] == hash(second, .chinese), "\(newest.text)")
        // Whose it was before keeps what counted then, also where that was nothing.
        #expect(try await give("k2", .code(.init(batch: 1, index: 0)))["text_hash"] == hash(first, .chinese))
        try await store(
            "UPDATE coupons SET seen_language = NULL, seen_hash = NULL WHERE workspace = ? AND id = 'b1_0'", [workspace])
        let older = try await give("k3", .code(.init(batch: 1, index: 0)))
        #expect(older["coupon"] == "b1_0" && older["text_hash"] == .null, "\(older.text)")
    }

    @Test("Passed on, revoked, void; a stack is rolled back one by one; a check changes nothing", arguments: RecordsEngine.here)
    func changes(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine) { $0.isTransferable = true }
        let (one, two) = (try await shop.grant("g1"), try await shop.grant("g2"))
        var cart = shop.cart
        cart.instant = shop.program.clock.now.advanced(byMicroseconds: .microsecondsPerSecond)
        let check = try await shop.reader.checkCoupons([one, two], for: "o", by: TestProgram.member("ann"), cart).get()
        #expect(check.total == 2_000)
        #expect(try await !shop.reserve("r", [one, two], for: "o", commits: true).isRefused)
        #expect(try await !shop.change("b", .rollBack, of: "o", coupons: [two]).isRefused)
        #expect(try await shop.state(one) == .redeemed)
        #expect(try await shop.state(two) == .granted)
        #expect(try await !shop.change("b2", .rollBack, of: "o").isRefused)
        #expect(try await shop.state(one) == .granted)
        let move = ChangeCoupon(.transfer(from: TestProgram.member("ann"), to: TestProgram.member("bob")), two)
        #expect(try await !shop.program.perform("t", move).isRefused)
        #expect(try await shop.state(two, "bob") == .granted)
        #expect(try await shop.program.perform("v", ChangeCoupon(.void, two)).codes == ["ALREADY_USED"])
        #expect(try await shop.program.perform("x", ChangeCoupon(.revoke(reason: "fraud"), two)).body["state"] == "revoked")
        #expect(try await shop.reserve("r2", [two], for: "p", by: "bob").codes == ["REVOKED"])
        #expect(try await shop.reserve("r3", ["nothing"], for: "p").codes == ["NOT_FOUND"])
        let unknown = try await shop.reader.checkCoupons(["nothing"], for: "o", by: TestProgram.member("ann"), cart)
        #expect(throws: Refusal("NOT_FOUND", ["coupon": "nothing"])) { try unknown.get() }
    }

    @Test("All that is wrong with a wish for coupons is told at once, and nothing is done then", arguments: RecordsEngine.here)
    func allReasons(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine)
        let (one, other) = (try await shop.grant("g1"), try await shop.grant("g2", "bob"))
        #expect(try await !shop.reserve("r1", [other], for: "o", by: "bob").isRefused)
        var cart = shop.cart
        (cart.lines[0].sku, cart.shipping) = (" ", -1)
        let all = try await shop.reserve("r2", [one, one, "nothing"], for: "o", cart: cart, seconds: 0)
        #expect(
            all.codes == ["BAD_TIME", "NAME_WRONG", "BAD_AMOUNT", "BAD_CART", "NOT_FOUND", "ORDER_TAKEN"], "\(all.body.text)")
        let nobody = try await shop.reserve("r3", ["nothing"], for: " ", by: "nobody")
        #expect(nobody.codes == ["NAME_WRONG", "MEMBER_UNKNOWN", "NOT_FOUND"], "\(nobody.body.text)")
        let none = try await shop.reserve("r4", [other, "nothing"], for: "p", seconds: .max)
        #expect(none.codes == ["BAD_TIME", "NOT_FOUND", "NOT_YOURS", "RESERVED_ELSEWHERE"], "\(none.body.text)")
        // A coupon that can be used says nothing.
        let unknown = try await shop.reserve("r5", [one, "nothing"], for: "p")
        #expect(unknown.codes == ["NOT_FOUND"], "\(unknown.body.text)")
        let checked = try await shop.reader.checkCoupons(["nothing"], for: " ", by: TestProgram.member("nobody"), cart)
        guard case .failure(let refusal) = checked else { return #expect(Bool(false), "\(checked)") }
        #expect(
            refusal.reasons.map(\.code) == ["NAME_WRONG", "NAME_WRONG", "MEMBER_UNKNOWN", "BAD_AMOUNT", "NOT_FOUND"],
            "\(refusal.reasons)")
        #expect(try await shop.state(one) == .granted)
        #expect(try await shop.state(other, "bob") == .reserved)
    }

    @Test(
        "A coupon that ends soon is told of 7 days and 1 day before, once each, while it can be used", arguments: RecordsEngine.here
    )
    func reminders(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine) { $0.validity.days = 10 }
        let one = try await shop.grant("g1")
        let (two, three) = (try await shop.grant("g2"), try await shop.grant("g3", "bob"))
        _ = try await shop.reserve("r", [two], for: "o", commits: true)
        try await shop.program.records.deleteFacts(
            try await shop.program.records.facts(of: shop.program.workspace, limit: 100).map(\.id), of: shop.program.workspace)
        /// By a server that has just started; nothing is told twice by the one before.
        func told(after days: Int64) async throws -> [String] {
            shop.program.clock.advance(days * .microsecondsPerDay)
            let due = try await ProgramReader.workspacesToRemind(shop.program.records, at: shop.program.clock.now)
            for desk in [TestProgram(shop.program.records, shop.program.clock).desk, shop.program.desk] { try await desk.remind() }
            let records = try await shop.program.records.facts(of: shop.program.workspace, limit: 100)
            try await shop.program.records.deleteFacts(records.map(\.id), of: shop.program.workspace)
            let facts = try records.map { try ProgramFact($0) }.filter { $0.name == "Coupon Expiring" }
            #expect(due.isEmpty == facts.isEmpty && facts.allSatisfy { $0.properties["coupon"] == "spring" })
            return facts.compactMap { $0.properties["days"]?.intValue.map(String.init) }.sorted()
        }
        #expect(try await told(after: 0) == [])
        #expect(try await told(after: 4) == ["7", "7"])
        #expect(try await told(after: 1) == [])
        _ = try await shop.program.perform("v", ChangeCoupon(.revoke(reason: "mistake"), three))
        _ = try await shop.change("back", .rollBack, of: "o", coupons: [two])
        #expect(try await told(after: 1) == ["7"], "what comes back within the time is told of then")
        #expect(try await told(after: 4) == ["1", "1"])
        #expect(try await told(after: 1) == [], "the last day is over")
        #expect(try await shop.state(one) == .expired)
    }

    @Test(
        "Of several reminders that a server slept through the last is told; short coupons have only what fits",
        arguments: RecordsEngine.here)
    func lateReminders(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine) { $0.validity.days = 9 }
        _ = try await shop.grant("g")
        shop.program.clock.advance(9 * .microsecondsPerDay)
        try await shop.program.desk.remind()
        let facts = try await shop.program.records.facts(of: shop.program.workspace, limit: 100).map { try ProgramFact($0) }
            .filter { $0.name == "Coupon Expiring" }
        #expect(facts.map { $0.properties["days"] } == [1])
        let day = Int64.microsecondsPerDay
        let start = Instant.epoch
        #expect(RemindCoupons.reminder(ofEnd: start.advanced(byMicroseconds: 3 * day), after: start)?.microseconds == 2 * day)
        #expect(RemindCoupons.reminder(ofEnd: start.advanced(byMicroseconds: day / 2), after: start) == nil)
        #expect(RemindCoupons.reminder(ofEnd: nil, after: start) == nil)
    }

    @Test("Coupons follow their holder when two members turn out to be one", arguments: RecordsEngine.here)
    func merge(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine)
        let coupon = try await shop.grant("g", "bob")
        _ = try await shop.program.perform("m", MergeMembers(TestProgram.member("bob"), into: TestProgram.member("ann")))
        #expect(try await shop.state(coupon) == .granted)
        #expect(try await !shop.reserve("r", [coupon], for: "o").isRefused)
    }

    @Test(
        "Who brought somebody in cannot use the coupon meant for them, as whomever they turn out to be",
        arguments: RecordsEngine.here)
    func mergedReferrer(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine) { $0.isTransferable = true }
        _ = try await shop.program.perform("enrol-cat", EnrolMember(Identity(type: .userID, value: "cat")))
        var coupons: [String] = []
        for number in 0 ..< 2 {
            let grant = GrantCoupon(.template("spring"), to: TestProgram.member("bob"), referrer: TestProgram.member("ann"))
            let given = try await shop.program.perform("g\(number)", grant)
            coupons.append(try #require(given.body["coupon"]?.stringValue, "\(given.body.text)"))
        }
        #expect(try await !shop.reserve("r1", [coupons[0]], for: "o1", by: "bob").isRefused)
        _ = try await shop.change("c1", .cancel, of: "o1")
        // ann is cat, and cat is bob.
        _ = try await shop.program.perform("m1", MergeMembers(TestProgram.member("ann"), into: TestProgram.member("cat")))
        let move = ChangeCoupon(.transfer(from: TestProgram.member("bob"), to: TestProgram.member("cat")), coupons[0])
        #expect(try await shop.program.perform("t", move).codes == ["SELF_REFERRAL"])
        #expect(try await !shop.reserve("r2", [coupons[1]], for: "o2", by: "bob").isRefused)
        _ = try await shop.program.perform("m2", MergeMembers(TestProgram.member("cat"), into: TestProgram.member("bob")))
        #expect(try await shop.reserve("r3", [coupons[0]], for: "o3", by: "bob").codes == ["SELF_REFERRAL"])
        #expect(try await shop.reserve("r4", [coupons[1]], for: "o2", by: "bob").codes == ["SELF_REFERRAL"])
    }

    @Test("What is used is not let go: it is rolled back", arguments: RecordsEngine.here)
    func cancelUsed(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine)
        let (one, two) = (try await shop.grant("g1"), try await shop.grant("g2"))
        #expect(try await !shop.reserve("r", [one, two], for: "o").isRefused)
        #expect(try await !shop.change("use one", .commit(finals: [:]), of: "o", coupons: [one]).isRefused)
        let named = try await shop.change("named", .cancel, of: "o", coupons: [one, two])
        #expect(named.codes == ["USED_FOR_ORDER"], "\(named.body.text)")
        let reason = named.body["reasons"]?.arrayValue?.first
        #expect(reason?["remedy"] == "Roll its use back instead." && reason?["params"]?["coupon"] == .string(one))
        #expect(try await shop.state(two) == .reserved)
        // Of the whole order, what is still reserved is let go.
        let rest = try await shop.change("rest", .cancel, of: "o")
        #expect(rest.body["coupons"]?.arrayValue?.map { $0["coupon"] } == [.string(two)], "\(rest.body.text)")
        #expect(try await shop.change("all used", .cancel, of: "o").codes.contains("USED_FOR_ORDER"))
        #expect(try await shop.state(one) == .redeemed)
        #expect(try await !shop.change("undo", .rollBack, of: "o").isRefused)
        #expect(try await !shop.change("nothing left", .cancel, of: "o").isRefused)
        #expect(try await shop.state(one) == .granted)
        #expect(try await shop.state(two) == .granted)
    }

    @Test(
        "Final amounts are of the order's coupons; another one for what is used is told with the amount",
        arguments: RecordsEngine.here)
    func finals(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine)
        let (one, other) = (try await shop.grant("g1"), try await shop.grant("g2"))
        #expect(try await !shop.reserve("r1", [one], for: "o").isRefused)
        #expect(try await !shop.reserve("r2", [other], for: "p").isRefused)
        for stray in ["c_x", other] {
            let refused = try await shop.change("c \(stray)", .commit(finals: [one: 900, stray: 1]), of: "o")
            #expect(refused.codes == ["NOT_FOUND"], "\(refused.body.text)")
            let params = refused.body["reasons"]?.arrayValue?.first?["params"]
            #expect(params == ["order": "o", "coupon": .string(stray)], "\(refused.body.text)")
        }
        #expect(try await shop.state(one) == .reserved)
        #expect(try await !shop.change("c1", .commit(finals: [one: 900]), of: "o").isRefused)
        let again = try await shop.change("c2", .commit(finals: [one: 901]), of: "o")
        #expect(again.codes == ["USED_FOR_ORDER"], "\(again.body.text)")
        let reason = again.body["reasons"]?.arrayValue?.first
        #expect(reason?["params"]?["amount"] == 900 && reason?["remedy"] == "Roll its use back first.", "\(again.body.text)")
        #expect(try await !shop.change("c3", .commit(finals: [one: 900]), of: "o").isRefused)
    }

    @Test("Every code of a refusal has a sentence of its own")
    func wordings() {
        for code in RefusalWording.coupons.keys { #expect(!Refusal.Reason(code).wording.description.contains(code)) }
    }
}
