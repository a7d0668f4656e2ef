import Model
import Records
import TestSupport
import Testing

@testable import Loyalty

/// Benefits by commands: kept in the records, each carried out once.
struct BenefitDeskTests {
    @Test("defined, granted, used, pinned and given back, and the books say so", arguments: RecordsEngine.here)
    func life(engine: RecordsEngine) async throws {
        let program = try await BenefitProgram(engine)
        let granted = try await program.grant("g", 3, "ann")
        #expect(granted.body["left"]?["remaining"] == 3 && granted.body["payer"] == "program")
        #expect(try await program.use("u", .consume(.hard), 2, "ann").body["left"]?["remaining"] == 1)
        #expect(try await program.use("r", .reserve(seconds: 60), 1, "ann").body["state"] == "reserved")
        #expect(try await program.use("x", .consume(.hard), 1, "ann").codes == ["QUOTA_USED"])
        #expect(try await program.settle("r1", .confirm(nil), "r").body["state"] == "consumed")
        #expect(try await program.settle("r2", .cancel, "r").codes == ["WRONG_STATE"])
        #expect(try await program.settle("b", .refund(1), "u").body["left"]?["remaining"] == 1)
        #expect(try await program.settle("b2", .refund(2), "u").codes == ["EXCEEDS_ORIGINAL"])
        #expect(try await program.settle("b3", .refund(nil), "nothing").codes == ["USE_UNKNOWN"])
        let answer = try await program.check("ann")
        #expect(answer?.remaining == 1 && answer?.explanation.first?.consumed == 2)
        // Another month, and the uses of this one are left alone.
        program.clock.advance(31 * .microsecondsPerDay)
        #expect(try await program.check("ann")?.remaining == 3)
        #expect(try await program.settle("b4", .refund(nil), "u").body["left"]?["remaining"] == 3)
    }

    @Test("commands are carried out once, and unknown things are named", arguments: RecordsEngine.here)
    func once(engine: RecordsEngine) async throws {
        let program = try await BenefitProgram(engine)
        _ = try await program.grant("g", 3, "ann")
        let first = try await program.use("u", .consume(.hard), 2, "ann")
        var again = try await program.use("u", .consume(.hard), 2, "ann")
        #expect(again.isReplayed)
        again.isReplayed = false
        #expect(again == first)
        #expect(try await program.use("u", .consume(.hard), 1, "ann").codes == ["IDEMPOTENCY_CONFLICT"])
        #expect(try await program.check("ann")?.remaining == 1)
        #expect(try await program.use("v", .consume(.hard), 1, "nobody").codes == ["MEMBER_UNKNOWN"])
        #expect(
            try await program.perform("w", UseBenefit(.consume(.hard), of: "spa", by: TestProgram.member("ann"))).codes == [
                "BENEFIT_UNKNOWN"
            ])
        #expect(try await program.check("nobody") == nil)
        for amount in [0, -1, Int64.min] {
            #expect(try await program.use("z\(amount)", .consume(.soft), amount, "ann").codes == ["ZERO_VALUE"])
        }
        #expect(try await program.use("max", .consume(.soft), .max, "ann").codes == ["AMOUNT_TOO_LARGE"])
        #expect(try await program.use("long", .reserve(seconds: .max), 1, "ann").codes == ["BAD_TIME"])
    }

    @Test("the same id with anything else is refused, whatever the command", arguments: RecordsEngine.here)
    func conflicts(engine: RecordsEngine) async throws {
        let program = try await BenefitProgram(engine)
        let (ann, bob) = (TestProgram.member("ann"), TestProgram.member("bob"))
        func twice(_ id: String, _ one: any ProgramCommand, _ other: any ProgramCommand) async throws {
            let first = try await program.perform(id, one)
            #expect(!first.isRefused, "\(id): \(first.body.text)")
            #expect(try await program.perform(id, other).codes == ["IDEMPOTENCY_CONFLICT"], "\(id)")
            #expect(try await program.perform(id, one).isReplayed, "\(id)")
        }
        var define = BenefitProgram.lounge
        define.quota = 6
        try await twice("d", DefineBenefit(define), DefineBenefit(BenefitProgram.lounge))
        var grant = GrantBenefit("lounge", to: ann, for: .init(.campaign, id: "s"))
        let one = grant
        grant.amount = 9
        try await twice("g", one, grant)
        var cap = CapBenefit("lounge", of: ann, at: 9, by: bob)
        cap.isGuardian = true
        try await twice("c", cap, CapBenefit("lounge", of: ann, at: 8, by: bob))
        try await twice(
            "u", UseBenefit(.reserve(seconds: 60), of: "lounge", by: ann), UseBenefit(.reserve(seconds: 61), of: "lounge", by: ann))
        try await twice("s", SettleBenefitUse(.confirm(nil), of: .init("u")), SettleBenefitUse(.cancel, of: .init("u")))
        try await twice(
            "p", ChangeBenefitPayer(of: .init("g"), to: .member(bob)), ChangeBenefitPayer(of: .init("g"), to: .program))
        try await twice(
            "o", ChangePool(.open(approvalFrom: 5), of: "lounge", ownedBy: bob, by: ann),
            ChangePool(.open(approvalFrom: 6), of: "lounge", ownedBy: bob, by: ann))
        try await twice("k", StockGifts(5, into: "mugs"), StockGifts(6, into: "mugs"))
        try await twice(
            "e", EndBenefit(.revoke(.init("g"), reason: "a")), EndBenefit(.revoke(.init("g"), reason: "b")))
    }

    @Test("E1: two hundred at once, at two servers, use no more than there is", arguments: RecordsEngine.here)
    func race(engine: RecordsEngine) async throws {
        let program = try await BenefitProgram(engine)
        _ = try await program.grant("g", 50, "ann")
        let other = ProgramDesk(workspace: program.program.workspace, records: program.program.records, clock: program.clock)
        let answers = try await withThrowingTaskGroup(of: ProgramAnswer.self) { tasks in
            for number in 0 ..< 200 {
                tasks.addTask {
                    let deed: UseBenefit.Deed = number % 2 == 0 ? .consume(.hard) : .reserve(seconds: 600)
                    let command = UseBenefit(deed, of: "lounge", by: TestProgram.member("ann"))
                    let desk = number % 3 == 0 ? other : program.program.desk
                    return try await desk.perform(ProgramRequest(id: "u\(number)", actor: .server, command: command))
                }
            }
            return try await tasks.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.filter { !$0.isRefused }.count == 50)
        #expect(try await program.check("ann")?.remaining == 0)
        program.clock.advance(700 * .microsecondsPerSecond)
        let used = answers.filter { $0.body["state"] == "consumed" }.count
        #expect(try await program.check("ann")?.remaining == Int64(50 - used))
    }

    @Test(
        "a source's end and revocation reach everybody to whom it gave (E10), and a payer changes nothing (E9)",
        arguments: RecordsEngine.here)
    func sources(engine: RecordsEngine) async throws {
        let program = try await BenefitProgram(engine)
        for name in ["ann", "bob"] {
            var command = GrantBenefit("lounge", to: TestProgram.member(name), for: .init(.campaign, id: "spring"))
            command.amount = 2
            #expect(try await !program.perform("s-\(name)", command).isRefused)
            #expect(try await program.perform("again-\(name)", command).codes == ["ALREADY_GRANTED"])
        }
        _ = try await program.grant("g", 3, "ann")
        let before = try await program.check("ann")
        let paid = try await program.perform(
            "p", ChangeBenefitPayer(of: .init("g"), to: .member(TestProgram.member("bob"))))
        #expect(!paid.isRefused && paid.body["payer"]?.stringValue?.hasPrefix("m_") == true)
        let after = try await program.check("ann")
        #expect(after?.remaining == before?.remaining && after?.sources == before?.sources)
        _ = try await program.use("u", .consume(.hard), 1, "bob")
        let ended = try await program.perform("e", EndBenefit(.revokeSource(.campaign, "spring", reason: "over")))
        #expect(ended.body["ended"]?.arrayValue?.compactMap { $0["removed"]?.intValue }.sorted() == [1, 2])
        #expect(try await program.check("ann")?.remaining == 3)
        #expect(try await program.check("bob")?.reasons.map(\.code) == ["BENEFIT_REVOKED"])
        #expect(
            try await program.perform("e2", EndBenefit(.revokeSource(.campaign, "spring", reason: "over"))).codes == [
                "BENEFIT_ENDED"
            ])
        #expect(try await program.perform("e3", EndBenefit(.end(.tier, "none"))).codes == ["SOURCE_UNKNOWN"])
        #expect(
            try await program.perform("e4", EndBenefit(.revoke(.init("g"), reason: "error"), of: TestProgram.member("bob"))).codes
                == ["GRANT_UNKNOWN"])
        #expect(try await !program.perform("e5", EndBenefit(.revoke(.init("g"), reason: "error"))).isRefused)
        #expect(try await program.check("ann")?.isAllowed == false)
    }

    @Test("a tier's end is as the benefit says, and its successor tops up (E4)", arguments: RecordsEngine.here)
    func tiers(engine: RecordsEngine) async throws {
        let program = try await BenefitProgram(engine) { $0.onDowngrade = .keepToPeriodEnd }
        _ = try await program.grant("silver", 5, "ann", .init(.tier, id: "d1", series: "main"))
        _ = try await program.use("u", .consume(.hard), 5, "ann")
        _ = try await program.perform("e", EndBenefit(.end(.tier, "d1")))
        let gold = try await program.grant("gold", 8, "ann", .init(.tier, id: "d2", series: "main"))
        #expect(gold.body["left"]?["remaining"] == 3)
        let revoked = try await program.perform("r", EndBenefit(.revokeSeries(.tier, "main", reason: "fraud")))
        #expect(!revoked.isRefused)
        #expect(try await program.check("ann")?.reasons.map(\.code) == ["BENEFIT_REVOKED"])
    }

    @Test("a new version counts from now on and leaves what was granted; the kind stays", arguments: RecordsEngine.here)
    func versions(engine: RecordsEngine) async throws {
        let program = try await BenefitProgram(engine)
        _ = try await program.grant("g", nil, "ann")
        #expect(try await program.check("ann")?.remaining == 5)
        var benefit = BenefitProgram.lounge
        benefit.quota = 9
        let second = try await program.perform("v2", DefineBenefit(benefit))
        #expect(second.body["version"] == 2)
        #expect(try await program.check("ann")?.remaining == 5)
        _ = try await program.grant("g2", nil, "bob")
        #expect(try await program.check("bob")?.remaining == 9)
        let other = Benefit(key: "lounge", name: Sample.name, kind: .onOff)
        #expect(try await program.perform("v3", DefineBenefit(other)).codes == ["KIND_IN_USE"])
        benefit.combination = .any
        #expect(try await program.perform("v4", DefineBenefit(benefit)).codes == ["BAD_BENEFIT"])
        let known = try await program.reader.benefits()
        #expect(known.map(\.version) == [2] && known.first?.benefit.quota == 9)
    }

    @Test("a physical gift goes its way with stock and use; nothing passes it by", arguments: RecordsEngine.here)
    func gifts(engine: RecordsEngine) async throws {
        let program = try await BenefitProgram(engine, kind: .physicalGift(stock: "mug"))
        _ = try await program.grant("g", 3, "ann")
        #expect(try await program.perform("s", StockGifts(2, into: "mug")).body["on_hand"] == 2)
        _ = try await program.use("a", .reserve(seconds: 86_400), 1, "ann")
        #expect(try await program.use("shop", .consume(.hard), 2, "ann").body["state"] == "consumed")
        #expect(try await program.gift("a1", .step(.reserve), "a").codes == ["OUT_OF_STOCK"])
        _ = try await program.perform("s2", StockGifts(1, into: "mug"))
        #expect(try await program.gift("a2", .step(.reserve), "a").body["state"] == "reserved")
        #expect(try await program.perform("s3", StockGifts(-1, into: "mug")).codes == ["OUT_OF_STOCK"])
        #expect(try await program.gift("a3", .step(.pack), "a").codes == ["CONSENT_MISSING"])
        #expect(try await program.settle("a4", .confirm(nil), "a").codes == ["GIFT_UNDER_WAY"])
        #expect(try await program.gift("a5", .addressConsent(true), "a").body["address_consent"] == true)
        for (number, step) in [GiftFulfilment.Step.pack, .ship, .fail, .takeBack].enumerated() {
            #expect(try await !program.gift("b\(number)", .step(step), "a").isRefused)
        }
        let gift = try await program.reader.gift(.init("a"))
        #expect(gift?.history.map(\.state) == [.requested, .reserved, .packed, .shipped, .failed, .returned])
        #expect(try await program.check("ann")?.remaining == 1)
        #expect(try await program.perform("s4", StockGifts(0, into: "mug")).body["on_hand"] == 1)
        // One whose pin has lapsed can be cancelled all the same.
        _ = try await program.use("c", .reserve(seconds: 60), 1, "ann")
        _ = try await program.gift("c1", .step(.reserve), "c")
        program.clock.advance(100 * .microsecondsPerSecond)
        #expect(try await program.gift("c2", .step(.cancel), "c").body["state"] == "cancelled")
        #expect(try await program.perform("s5", StockGifts(0, into: "mug")).body["reserved"] == 0)
        #expect(try await program.gift("c3", .step(.cancel), "none").codes == ["GIFT_UNKNOWN"])
    }

    @Test("a company's pool: roles, approval, caps, and nobody uses it past them", arguments: RecordsEngine.here)
    func pools(engine: RecordsEngine) async throws {
        let program = try await BenefitProgram(engine)
        for name in ["boss", "buyer", "checker", "user"] {
            _ = try await program.perform("enrol-\(name)", EnrolMember(Identity(type: .userID, value: name)))
        }
        #expect(try await program.pool("p0", .approve(.init("x")), "boss").codes == ["POOL_UNKNOWN"])
        #expect(try await !program.pool("p1", .open(approvalFrom: 10), "boss").isRefused)
        #expect(try await program.pool("p2", .open(approvalFrom: nil), "boss").codes == ["ALREADY_DONE"])
        #expect(
            try await program.pool("p3", .setRoles([.buyer], of: TestProgram.member("buyer")), "buyer").codes == ["ROLE_MISSING"])
        for (name, role) in [("buyer", BenefitPool.Role.buyer), ("checker", .approver), ("user", .user)] {
            #expect(try await !program.pool("r-\(name)", .setRoles([role], of: TestProgram.member(name)), "boss").isRefused)
        }
        let bought = try await program.pool("buy", .buy(.init(.orderLine, id: "o1"), amount: 12, until: nil), "buyer")
        #expect(bought.body["waiting"]?.arrayValue?.count == 1 && bought.body["left"]?["remaining"] == 0)
        #expect(try await program.pool("a0", .approve(.init("buy")), "buyer").codes == ["ROLE_MISSING"])
        #expect(try await program.pool("a1", .approve(.init("buy")), "checker").body["left"]?["remaining"] == 12)
        #expect(try await !program.pool("c", .cap(TestProgram.member("user"), at: 2), "boss").isRefused)
        var use = UseBenefit(.consume(.hard), of: "lounge", by: TestProgram.member("ann"))
        #expect(try await program.perform("u0", use).codes == ["ROLE_MISSING"])
        use.user = TestProgram.member("boss")
        #expect(try await program.perform("u1", use).codes == ["ROLE_MISSING"])
        use.user = TestProgram.member("user")
        use.amount = 2
        #expect(try await !program.perform("u2", use).isRefused)
        use.amount = 1
        #expect(try await program.perform("u3", use).codes == ["CAP_REACHED"])
        var question = BenefitQuestion("lounge", of: TestProgram.member("ann"))
        question.user = TestProgram.member("boss")
        #expect(try await program.reader.check([question], at: program.clock.now).first??.reasons.map(\.code) == ["ROLE_MISSING"])
    }

    @Test("of two members who are one, one has what both had; a source that gave to both gives once", arguments: RecordsEngine.here)
    func merging(engine: RecordsEngine) async throws {
        let program = try await BenefitProgram(engine)
        for name in ["ann", "bob"] {
            _ = try await program.grant("own-\(name)", 3, name)
            _ = try await program.grant("both-\(name)", 2, name, .init(.campaign, id: "spring"))
        }
        _ = try await program.use("u", .consume(.hard), 4, "bob")
        _ = try await program.use("r", .reserve(seconds: 600), 1, "bob")
        var cap = CapBenefit("lounge", of: TestProgram.member("bob"), at: 9, by: TestProgram.member("ann"))
        cap.isGuardian = true
        _ = try await program.perform("cap", cap)
        let merged = try await program.perform("m", MergeMembers(TestProgram.member("bob"), into: TestProgram.member("ann")))
        #expect(!merged.isRefused)
        // Of 3 + 3 + 2 four are used and one is pinned; the cap leaves 4 of its 9, the grants 3.
        for name in ["ann", "bob"] { #expect(try await program.check(name)?.remaining == 3) }
        #expect(try await program.settle("back", .refund(nil), "u").body["left"]?["remaining"] == 7)
        #expect(try await program.settle("go", .confirm(nil), "r").body["left"]?["remaining"] == 7)
        #expect(try await program.use("v", .consume(.hard), 7, "bob").body["left"]?["remaining"] == 0)
    }

    @Test("a guardian's cap is kept, and taken away again", arguments: RecordsEngine.here)
    func guardian(engine: RecordsEngine) async throws {
        let program = try await BenefitProgram(engine)
        _ = try await program.grant("g", 5, "ann")
        var cap = CapBenefit("lounge", of: TestProgram.member("ann"), at: 1, by: TestProgram.member("bob"))
        #expect(try await program.perform("stranger", cap).codes == ["ROLE_MISSING"])
        #expect(try await program.check("ann")?.remaining == 5)
        cap.isGuardian = true
        #expect(try await !program.perform("c", cap).isRefused)
        // Whether they are is no part of the command.
        cap.isGuardian = false
        #expect(try await program.perform("c", cap).isReplayed)
        #expect(try await program.check("ann")?.remaining == 1)
        _ = try await program.use("u", .consume(.hard), 1, "ann")
        #expect(try await program.use("v", .consume(.hard), 1, "ann").codes == ["CAP_REACHED"])
        // Be the guardian a member still or not.
        _ = try await program.perform("close", CloseMember(TestProgram.member("bob")))
        let more = CapBenefit("lounge", of: TestProgram.member("ann"), at: 2, by: TestProgram.member("bob"))
        #expect(try await program.perform("c1", more).codes == ["MEMBER_CLOSED"])
        let wishes = [TestProgram.member("ann"), TestProgram.member("bob"), TestProgram.member("ann")]
        let standing = try await program.reader.guardianCaps(on: wishes)
        #expect(standing.map { $0.benefit } == ["lounge"], "each once, and those of a closed member not")
        let free = CapBenefit("lounge", of: TestProgram.member("ann"), at: nil, by: TestProgram.member("bob"))
        #expect(try await !program.perform("c2", free).isRefused)
        #expect(try await program.check("ann")?.remaining == 4)
        #expect(try await program.reader.guardianCaps(on: wishes).isEmpty)
    }

    @Test(
        "random commands leave the same book in the records as in memory", arguments: RecordsEngine.here, 0 ..< 12 as Range<UInt64>)
    func sameAsRules(engine: RecordsEngine, seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let carriesOver = random.below(2) == 0
        let program = try await BenefitProgram(engine) {
            $0.carryOverMax = carriesOver ? 4 : 0
            $0.combination = seed % 3 == 0 ? .max : .sum
            $0.onDowngrade = .prorate
        }
        let ann = try #require(try await program.reader.member(TestProgram.member("ann"))?.member.id)
        let benefit = try #require(try await program.reader.benefits().first?.benefit)
        var book = BenefitBook(of: benefit, for: BenefitParty(ann.text))
        var ids: [BenefitID] = []
        for step in 0 ..< 40 {
            program.clock.advance(Int64(1 + random.below(4 * 86_400)) * .microsecondsPerSecond)
            let (id, amount, now) = (BenefitID("s\(step)"), Int64(random.below(4)), program.clock.now)
            let some = ids.isEmpty ? BenefitID("none") : ids[random.below(ids.count)]
            let kind = random.below(step > 5 ? 6 : 5)
            let answer: ProgramAnswer =
                switch kind {
                case 0: try await program.grant(id.text, 1 + amount, "ann", .init(.campaign, id: id.text))
                case 1: try await program.use(id.text, .reserve(seconds: 200_000), amount, "ann")
                case 2: try await program.settle(id.text, .confirm(nil), some.text)
                case 3: try await program.settle(id.text, .refund(nil), some.text)
                case 4: try await program.use(id.text, .consume(.hard), amount, "ann")
                default: try await program.perform(id.text, EndBenefit(.end(.campaign, some.text)))
                }
            var codes: [String] = []
            do throws(Refusal) {
                switch kind {
                case 0:
                    let wish = BenefitGrant(
                        id: id, of: "lounge", to: book.beneficiary, payer: .program, source: .init(.campaign, id: id.text),
                        from: now,
                        amount: 1 + amount)
                    try book.grant(wish, now: now)
                case 1:
                    try book.reserve(.init(amount: amount), until: now.advanced(byMicroseconds: 200_000_000_000), id: id, now: now)
                case 2: try book.confirm(some, now: now)
                case 3: try book.refund(some, now: now)
                case 4: try book.consume(.init(amount: amount), id: id, now: now)
                default: try book.end(.init(.campaign, id: some.text), now: now)
                }
            } catch { codes = error.reasons.map(\.code) }
            #expect(answer.codes == codes, "seed \(seed) step \(step)")
            ids.append(id)
            let (one, other) = (try await program.check("ann"), book.check(at: now))
            #expect(one?.remaining == other.remaining && one?.sources == other.sources, "seed \(seed) step \(step)")
            #expect(one?.explanation == other.explanation && one?.reasons == other.reasons, "seed \(seed) step \(step)")
        }
    }
}
