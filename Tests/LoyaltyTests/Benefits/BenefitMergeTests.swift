import Model
import OrderedCollections
import Records
import TestSupport
import Testing

@testable import Loyalty

/// What stands elsewhere about somebody who turns out to be somebody else: roles, caps, who pays, and how often limits were met.
struct BenefitMergeTests {
    private static func merge(_ name: String, into heir: String) -> MergeMembers {
        MergeMembers(TestProgram.member(name), into: TestProgram.member(heir))
    }

    private static func using(_ amount: Int64, of account: String, by user: String) -> UseBenefit {
        var use = UseBenefit(.consume(.hard), of: "lounge", by: TestProgram.member(account))
        (use.amount, use.user) = (amount, TestProgram.member(user))
        return use
    }

    /// A pool of the member `ann`, whose first admin is `boss`; `user` may use it, up to a cap.
    private static func pool(_ engine: RecordsEngine, cap: Int64 = 3) async throws -> BenefitProgram {
        let program = try await BenefitProgram(engine)
        for name in ["boss", "user", "heir"] {
            _ = try await program.perform("enrol-\(name)", EnrolMember(Identity(type: .userID, value: name)))
        }
        _ = try await program.grant("g", 10, "ann")
        #expect(try await !program.pool("open", .open(approvalFrom: 5), "boss").isRefused)
        #expect(try await !program.pool("role", .setRoles([.user], of: TestProgram.member("user")), "boss").isRefused)
        #expect(try await !program.pool("cap", .cap(TestProgram.member("user"), at: cap), "boss").isRefused)
        return program
    }

    @Test("somebody's roles and cap in a pool are the heir's, beside those that the heir had", arguments: RecordsEngine.here)
    func roles(engine: RecordsEngine) async throws {
        let program = try await Self.pool(engine)
        #expect(try await !program.perform("u1", Self.using(2, of: "ann", by: "user")).isRefused)
        #expect(try await !program.pool("r2", .setRoles([.buyer], of: TestProgram.member("heir")), "boss").isRefused)
        #expect(try await !program.perform("m", Self.merge("user", into: "heir")).isRefused)
        let ann = try #require(try await program.reader.member(TestProgram.member("ann"))?.member.id)
        let heir = try #require(try await program.reader.member(TestProgram.member("heir"))?.member.id)
        let pool = try #require(try await program.reader.pool(of: "lounge", ownedBy: ann, at: program.clock.now))
        #expect(pool.roles[BenefitParty(heir.text)] == [.user, .buyer] && pool.roles.count == 2)
        // Two of the cap of three were used before.
        #expect(try await program.perform("u2", Self.using(2, of: "ann", by: "heir")).codes == ["CAP_REACHED"])
        #expect(try await !program.perform("u3", Self.using(1, of: "ann", by: "user")).isRefused)
        #expect(try await !program.pool("buy", .buy(.init(.orderLine, id: "o"), amount: 1, until: nil), "user").isRefused)
        // The only admin can be told from nobody else either.
        #expect(try await !program.perform("m2", Self.merge("boss", into: "heir")).isRefused)
        #expect(try await !program.pool("r3", .setRoles([.user], of: TestProgram.member("bob")), "boss").isRefused)
    }

    @Test("the account of a pool becomes another, and its caps and purchases go with it", arguments: RecordsEngine.here)
    func account(engine: RecordsEngine) async throws {
        let program = try await Self.pool(engine)
        _ = try await program.pool("r2", .setRoles([.buyer], of: TestProgram.member("heir")), "boss")
        _ = try await program.pool("r3", .setRoles([.approver], of: TestProgram.member("user")), "boss")
        #expect(
            try await !program.pool("buy", .buy(.init(.orderLine, id: "o"), amount: 6, until: nil), "heir").isRefused)
        #expect(try await !program.perform("m", Self.merge("ann", into: "bob")).isRefused)
        // Who asked cannot allow it under another name.
        #expect(try await !program.perform("m2", Self.merge("heir", into: "user")).isRefused)
        #expect(try await program.pool("approve", .approve(.init("buy")), "user").codes == ["OWN_PURCHASE"])
        _ = try await program.pool("r4", .setRoles([.user], of: TestProgram.member("user")), "boss")
        #expect(try await program.perform("u1", Self.using(4, of: "bob", by: "user")).codes == ["CAP_REACHED"])
        #expect(try await !program.pool("uncap", .cap(TestProgram.member("user"), at: nil), "boss").isRefused)
        #expect(try await !program.perform("u2", Self.using(4, of: "bob", by: "user")).isRefused)
    }

    @Test("two accounts with a pool each become one when one of the pools is ended", arguments: RecordsEngine.here)
    func twoPools(engine: RecordsEngine) async throws {
        let program = try await Self.pool(engine)
        func other(_ id: String, _ deed: ChangePool.Deed, by party: String = "heir") async throws -> ProgramAnswer {
            let (account, party) = (TestProgram.member("bob"), TestProgram.member(party))
            return try await program.perform(id, ChangePool(deed, of: "lounge", ownedBy: account, by: party))
        }
        _ = try await program.grant("g2", 4, "bob")
        #expect(try await !other("o", .open(approvalFrom: 2)).isRefused)
        #expect(try await !other("o1", .setRoles([.buyer], of: TestProgram.member("user"))).isRefused)
        #expect(try await !other("o2", .buy(.init(.orderLine, id: "o"), amount: 3, until: nil), by: "user").isRefused)
        #expect(try await !other("o3", .buy(.init(.orderLine, id: "q"), amount: 1, until: nil), by: "user").isRefused)
        let inTheWay = try await program.perform("m", Self.merge("bob", into: "ann"))
        #expect(inTheWay.codes == ["POOL_IN_THE_WAY"])
        #expect(inTheWay.body["reasons"]?.arrayValue?.first?["remedy"] == "End one of the two first.")
        #expect(try await other("c", .close, by: "user").codes == ["ROLE_MISSING"])
        let closed = try await other("c2", .close)
        #expect(closed.body["people"] == [] && closed.body["waiting"] == [] && closed.body["left"]?["remaining"] == 5)
        #expect(try await other("c3", .close).codes == ["POOL_UNKNOWN"])
        // Without a pool nobody needs a role.
        #expect(try await program.check("bob")?.isAllowed == true)
        #expect(try await !program.perform("m2", Self.merge("bob", into: "ann")).isRefused)
        #expect(try await !program.perform("u", Self.using(3, of: "ann", by: "user")).isRefused)
        #expect(try await program.perform("u2", Self.using(1, of: "ann", by: "user")).codes == ["CAP_REACHED"])
        // It can be made anew, with nothing of before.
        #expect(try await !program.pool("close", .close, "boss").isRefused)
        let anew = try await program.pool("anew", .open(approvalFrom: nil), "boss")
        #expect(anew.body["people"]?.arrayValue?.count == 1 && anew.body["waiting"] == [])
    }

    @Test(
        "a guardian's cap is the heir's to take away, and what somebody pays for the heir pays for", arguments: RecordsEngine.here)
    func guardian(engine: RecordsEngine) async throws {
        let program = try await BenefitProgram(engine)
        _ = try await program.perform("enrol-mum", EnrolMember(Identity(type: .userID, value: "mum")))
        var grant = GrantBenefit("lounge", to: TestProgram.member("ann"), for: .init(.gift, id: "g"))
        (grant.amount, grant.payer) = (5, .member(TestProgram.member("mum")))
        #expect(try await !program.perform("g", grant).isRefused)
        var cap = CapBenefit("lounge", of: TestProgram.member("ann"), at: 1, by: TestProgram.member("mum"))
        cap.isGuardian = true
        #expect(try await !program.perform("c", cap).isRefused)
        let before = try await program.check("ann")
        #expect(try await !program.perform("m", Self.merge("mum", into: "bob")).isRefused)
        let ann = try #require(try await program.reader.member(TestProgram.member("ann"))?.member.id)
        let bob = try #require(try await program.reader.member(TestProgram.member("bob"))?.member.id)
        let held = try #require(try await program.reader.benefits(of: ann, at: program.clock.now).first)
        #expect(held.grants.map(\.payer) == [BenefitParty(bob.text)] && held.caps.map(\.by) == [BenefitParty(bob.text)])
        // E9: who pays has changed, and no right; whoever keeps an answer by its version asks again.
        let after = try await program.check("ann")
        #expect(after?.remaining == 1 && after?.sources == before?.sources && after?.version != before?.version)
        let free = CapBenefit("lounge", of: TestProgram.member("ann"), at: nil, by: TestProgram.member("mum"))
        #expect(try await !program.perform("c2", free).isRefused)
        #expect(try await program.check("ann")?.remaining == 5)
    }

    @Test("what a member lets others see, and may see of others, is the heir's", arguments: RecordsEngine.here)
    func viewers(engine: RecordsEngine) async throws {
        let program = try await BenefitProgram(engine)
        for name in ["aunt", "uncle"] {
            _ = try await program.perform("e-\(name)", EnrolMember(Identity(type: .userID, value: name)))
        }
        _ = try await program.grant("g", 5, "ann")
        func sees(_ viewer: String, isGuardian: Bool = false) async throws -> Bool {
            let ann = try #require(try await program.reader.member(TestProgram.member("ann"))?.member.id)
            return try await program.reader.benefits(
                of: ann, for: TestProgram.member(viewer), isGuardian: isGuardian, at: program.clock.now) != nil
        }
        func allow(_ id: String, _ isGiven: Bool, _ viewer: String) async throws -> ProgramAnswer {
            try await program.perform(
                id, AllowBenefitView(isGiven, to: TestProgram.member(viewer), by: TestProgram.member("ann")))
        }
        #expect(try await [sees("ann"), sees("aunt"), sees("nobody")] == [true, false, false])
        #expect(try await sees("aunt", isGuardian: true))
        #expect(try await allow("self", true, "ann").codes == ["SAME_MEMBER"])
        #expect(try await allow("a", true, "aunt").body["given"] == true)
        #expect(try await [sees("aunt"), sees("uncle")] == [true, false])
        #expect(try await !program.perform("m", Self.merge("aunt", into: "uncle")).isRefused)
        #expect(try await [sees("uncle"), sees("aunt")] == [true, true])
        #expect(try await !program.perform("m2", Self.merge("ann", into: "bob")).isRefused)
        #expect(try await sees("uncle"))
        #expect(try await allow("b", false, "uncle").body["given"] == false)
        #expect(try await [sees("uncle"), sees("bob")] == [false, true])
    }

    @Test("how often a member's limit on coupons was met counts for the heir, and comes back there", arguments: RecordsEngine.here)
    func couponLimits(engine: RecordsEngine) async throws {
        let shop = try await CouponDeskTests.Shop(engine) {
            $0.limits = [CouponLimit("each", .uses, per: .member, max: 3)]
        }
        var coupons: [String] = []
        for (number, name) in ["ann", "bob", "bob", "ann", "ann"].enumerated() {
            coupons.append(try await shop.grant("g\(number)", name))
        }
        for number in 0 ..< 2 {
            let name = number == 0 ? "ann" : "bob"
            let used = try await shop.reserve("r\(number)", [coupons[number]], for: "o\(number)", by: name, commits: true)
            #expect(!used.isRefused)
        }
        // One is only reserved when the two become one.
        #expect(try await !shop.reserve("r2", [coupons[2]], for: "o2", by: "bob").isRefused)
        #expect(try await !shop.program.perform("m", Self.merge("bob", into: "ann")).isRefused)
        #expect(try await shop.reserve("r3", [coupons[3]], for: "o3").codes == ["LIMIT_MEMBER"])
        #expect(try await !shop.change("back", .rollBack, of: "o1").isRefused)
        #expect(try await !shop.reserve("r4", [coupons[3]], for: "o3", commits: true).isRefused)
        #expect(try await shop.reserve("r5", [coupons[4]], for: "o4").codes == ["LIMIT_MEMBER"])
        #expect(try await !shop.change("cancel", .cancel, of: "o2").isRefused)
        #expect(try await !shop.reserve("r6", [coupons[4]], for: "o4", commits: true).isRefused)
        let ann = try #require(try await shop.reader.member(TestProgram.member("ann"))?.member.id)
        let limit = try await shop.reader.limit(Limit.Key(name: "each", subject: ann.text))
        #expect(limit?.used == 3 && limit?.reserved == 0)
    }

    @Test(
        "what two members earned under a cap is one member's, and points taken back leave room again", arguments: RecordsEngine.here
    )
    func earningCaps(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        var settings = OrderTests.program
        settings.rules[0].caps.member = [.init(250, per: .day)]
        try await program.earns(by: settings)
        func take(_ id: String, _ kind: OrderFact.Kind, _ order: String, _ name: String?) async throws -> ProgramAnswer {
            let products: JSONValue = [["product_id": "tea", "price": 50, "quantity": 2]]
            let fact = try OrderFact(
                event: kind.rawValue, messageID: id, at: program.clock.now,
                properties: .object(["order_id": .string(order), "products": products]), standard: .cny)
            return try await program.perform(
                id, TakeOrder(try #require(fact), of: name.map(TestProgram.member), in: "club"))
        }
        #expect(try await take("1", .completed, "a", "ann").body["points"] == 100)
        #expect(try await take("2", .completed, "b", "bob").body["points"] == 100)
        #expect(try await !program.perform("m", Self.merge("bob", into: "ann")).isRefused)
        #expect(try await take("3", .completed, "c", "ann").body["points"] == 50)
        #expect(try await take("4", .completed, "d", "bob").body["points"] == 0)
        #expect(try await take("5", .cancelled, "b", nil).body["points"] == 0)
        #expect(try await take("6", .completed, "e", "ann").body["points"] == 100)
    }

    @Test("a role that is given while two members become one is the heir's, at two servers", arguments: RecordsEngine.here)
    func race(engine: RecordsEngine) async throws {
        let program = try await Self.pool(engine)
        let desks = [program.program.desk, program.program.secondDesk]
        func send(_ id: String, _ command: any ProgramCommand, _ desk: Int) async throws -> ProgramAnswer {
            while true {
                do throws(Problem) {
                    return try await desks[desk].perform(ProgramRequest(id: id, actor: .server, command: command))
                } catch {
                    guard error.code == .overloaded else { throw error }
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
        }
        for number in 0 ..< 20 {
            let guest = TestProgram.member("guest\(number)")
            _ = try await program.perform("e\(number)", EnrolMember(Identity(type: .userID, value: "guest\(number)")))
            let role = ChangePool(
                .setRoles([.user], of: guest), of: "lounge", ownedBy: TestProgram.member("ann"), by: TestProgram.member("boss"))
            async let given = send("r\(number)", role, 0)
            async let merged = send("m\(number)", MergeMembers(guest, into: TestProgram.member("heir")), 1)
            let answers = (try await given, try await merged)
            #expect(!answers.0.isRefused && !answers.1.isRefused)
            let ann = try #require(try await program.reader.member(TestProgram.member("ann"))?.member.id)
            let pool = try #require(try await program.reader.pool(of: "lounge", ownedBy: ann, at: program.clock.now))
            #expect(pool.roles.count == 3, "guest \(number): \(pool.roles)")
        }
    }
}
