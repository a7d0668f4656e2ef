import Model
import Records
import TestSupport
import Testing

@testable import Loyalty

/// What is booked waits for the events, in the transaction that books it.
struct ProgramFactTests {
    private static func facts(_ program: TestProgram) async throws -> [ProgramFact] {
        try await program.records.facts(of: program.workspace, limit: 100).map { record throws(Problem) in try ProgramFact(record) }
    }

    private static func told(_ program: TestProgram) async throws -> [String] {
        try await facts(program).map { fact in
            let numbers = ["amount", "balance_after"].map { fact.properties[$0]?.text ?? "-" }
            return "\(fact.name) \(numbers.joined(separator: " "))"
        }
    }

    @Test("Earning, spending, giving back and taking back are told once each, with what is left", arguments: RecordsEngine.here)
    func life(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        _ = try await program.earn("1", 100, "ann") { $0.units = 4 }
        program.clock.advance(1_000)
        let burned = try await program.spend("2", .burn(60, place: nil), "ann")
        program.clock.advance(1_000)
        let spending = try #require(burned.body["spending"]?.intValue)
        _ = try await program.spend("3", .giveBack(PointID(spending), 10), "ann")
        program.clock.advance(1_000)
        _ = try await program.perform("4", TakeBackPoints(.returned(units: 1), of: "points", earnedFor: PointSource(id: "1")))
        #expect(
            try await Self.told(program) == [
                "Points Earned 100 100", "Points Spent 60 40", "Points Returned 10 50", "Points Taken Back 25 25",
            ])
        let earned = try #require(try await Self.facts(program).first)
        #expect(earned.properties["source"] == "1" && earned.properties["currency"] == "points")
        // A repetition, a hold and a refusal tell nothing.
        _ = try await program.earn("1", 100, "ann") { $0.units = 4 }
        _ = try await program.spend("5", .burn(1_000, place: nil), "ann")
        _ = try await program.spend("6", .hold(5, place: nil, seconds: 60), "ann")
        #expect(try await Self.facts(program).count == 4)
    }

    @Test("Points that have expired are told with when they did, by the next command", arguments: RecordsEngine.here)
    func expiry(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        let end = program.clock.now.advanced(byMicroseconds: .microsecondsPerDay)
        _ = try await program.earn("1", 100, "ann") { $0.expiresAt = end }
        program.clock.advance(2 * .microsecondsPerDay)
        _ = try await program.earn("2", 7, "ann")
        let facts = try await Self.facts(program).filter { $0.name == "Points Expired" }
        #expect(facts.map(\.at) == [end] && facts.first?.properties["amount"] == 100)
        #expect(facts.first?.properties["source"] == "1")
    }

    @Test("Ids are those of the entries, so that none comes twice; what was sent is forgotten", arguments: RecordsEngine.here)
    func sending(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        _ = try await program.earn("1", 100, "ann")
        _ = try await program.earn("2", 50, "ann")
        let records = try await program.records.facts(of: program.workspace, limit: 100)
        #expect(Set(records.map(\.id)).count == 2 && records.allSatisfy { $0.id.hasPrefix("points-") })
        #expect(try await program.records.workspacesWithFacts() == [program.workspace])
        let fact = try ProgramFact(try #require(records.first))
        let line = fact.line(id: "m", of: Identity(type: .email, value: "ann@example.com"))
        #expect(line.contains(#""event":"Points Earned""#) && line.contains(#""externalIds":[{"#))
        try await program.records.deleteFacts(records.map(\.id), of: program.workspace)
        #expect(try await program.records.workspacesWithFacts().isEmpty)
    }

    @Test("A coupon that is given, kept, redeemed and comes back is told once each, without its id", arguments: RecordsEngine.here)
    func coupons(engine: RecordsEngine) async throws {
        let shop = try await CouponDeskTests.Shop(engine)
        let coupon = try await shop.grant("g")
        _ = try await shop.reserve("r", [coupon], for: "o")
        _ = try await shop.reserve("r2", [coupon], for: "o", cart: CouponCart.of([9_000]))
        #expect(try await Self.facts(shop.program).map(\.name) == ["Coupon Granted", "Coupon Reserved"])
        _ = try await shop.change("c", .commit(finals: [:]), of: "o")
        _ = try await shop.change("c2", .commit(finals: [:]), of: "o")
        _ = try await shop.change("b", .rollBack, of: "o")
        let facts = try await Self.facts(shop.program)
        #expect(facts.map(\.name) == ["Coupon Granted", "Coupon Reserved", "Coupon Redeemed", "Coupon Returned"])
        #expect(facts.first?.properties["coupon"] == "spring" && facts.first?.properties["until"]?.stringValue != nil)
        for fact in facts.dropFirst() {
            #expect(fact.properties == ["coupon": "spring", "order_id": "o", "amount_minor": 1_000])
        }
    }

    @Test("Who claims a coupon, passes it on or loses it is told of it, not why", arguments: RecordsEngine.here)
    func hands(engine: RecordsEngine) async throws {
        let shop = try await CouponDeskTests.Shop(engine) { $0.isTransferable = true }
        let batch = try await shop.program.perform("b", MakeCouponBatch(5, of: "spring"))
        let number = try #require(batch.body["batch"]?.intValue)
        let claim = GrantCoupon(.code(.init(batch: UInt32(number), index: 2)), to: TestProgram.member("ann"))
        let coupon = try #require(try await shop.program.perform("c", claim).body["coupon"]?.stringValue)
        shop.program.clock.advance(1_000)
        let pass = ChangeCoupon(.transfer(from: TestProgram.member("ann"), to: TestProgram.member("bob")), coupon)
        #expect(try await !shop.program.perform("t", pass).isRefused)
        shop.program.clock.advance(1_000)
        #expect(try await !shop.program.perform("r", ChangeCoupon(.revoke(reason: "Bob cheats"), coupon)).isRefused)
        let facts = try await Self.facts(shop.program)
        #expect(
            Set(facts.map(\.name)) == ["Coupon Claimed", "Coupon Transferred", "Coupon Received", "Coupon Revoked"]
                && facts.count == 4)
        let ann = try #require(try await shop.reader.member(TestProgram.member("ann"))).member.id
        #expect(Set(facts.filter { $0.member == ann }.map(\.name)) == ["Coupon Claimed", "Coupon Transferred"])
        #expect(facts.first { $0.name == "Coupon Revoked" }?.properties == ["coupon": "spring", "void": false])
    }

    @Test(
        "What of a benefit is used and given back is told once each, what is pinned only when it is used",
        arguments: RecordsEngine.here)
    func benefits(engine: RecordsEngine) async throws {
        let benefits = try await BenefitProgram(engine)
        _ = try await benefits.grant("g", 5, "ann")
        _ = try await benefits.use("u", .consume(.hard), 2, "ann")
        _ = try await benefits.use("r", .reserve(seconds: 60), 1, "ann")
        #expect(try await Self.facts(benefits.program).map(\.name) == ["Benefit Granted", "Benefit Used"])
        _ = try await benefits.settle("r1", .confirm(nil), "r")
        _ = try await benefits.settle("b", .refund(1), "u")
        let facts = try await Self.facts(benefits.program)
        #expect(facts.map(\.name) == ["Benefit Granted", "Benefit Used", "Benefit Used", "Benefit Returned"])
        #expect(facts.map { $0.properties["amount"] } == [5, 2, 1, 1])
        #expect(facts.first?.properties["source"] == "compensation")
    }

    @Test(
        "What ends before its time is told, and what a company bought once somebody has allowed it", arguments: RecordsEngine.here)
    func rights(engine: RecordsEngine) async throws {
        let benefits = try await BenefitProgram(engine)
        _ = try await benefits.grant("g", 5, "ann")
        benefits.clock.advance(1_000)
        _ = try await benefits.perform("e", EndBenefit(.revoke(.init("g"), reason: "by mistake")))
        benefits.clock.advance(1_000)
        _ = try await benefits.pool("open", .open(approvalFrom: 10), "bob")
        _ = try await benefits.pool(
            "roles", .setRoles([.admin, .buyer, .approver], of: TestProgram.member("bob")), "bob")
        _ = try await benefits.perform("enrol-boss", EnrolMember(Identity(type: .userID, value: "boss")))
        _ = try await benefits.pool("boss", .setRoles([.approver], of: TestProgram.member("boss")), "bob")
        _ = try await benefits.pool("buy", .buy(.init(.orderLine, id: "o"), amount: 12, until: nil), "bob")
        #expect(try await Self.facts(benefits.program).map(\.name) == ["Benefit Granted", "Benefit Ended"])
        benefits.clock.advance(1_000)
        #expect(try await !benefits.pool("allow", .approve(.init("buy")), "boss").isRefused)
        let facts = try await Self.facts(benefits.program)
        #expect(facts.map(\.name) == ["Benefit Granted", "Benefit Ended", "Benefit Granted"])
        #expect(facts[1].properties == ["benefit": "lounge", "source": "compensation", "revoked": true])
        #expect(facts[2].properties["amount"] == 12 && facts[2].properties["source"] == "order_line")
    }
}
