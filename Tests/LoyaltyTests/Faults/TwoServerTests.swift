import Model
import Records
import RecordsPostgres
import TestSupport
import Testing

@testable import Loyalty

/// Two desks over one database, as two servers have them.
@Suite("Two servers on one database") struct TwoServerTests {
    /// Sends a command to a desk until somebody knows what came of it.
    private func send(_ id: String, _ command: any ProgramCommand, to desk: ProgramDesk) async throws -> ProgramAnswer {
        while true {
            do throws(Problem) {
                return try await desk.perform(ProgramRequest(id: id, actor: .server, command: command))
            } catch {
                guard error.code == .overloaded else { throw error }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    @Test("E1: two hundred at two servers use no more of a benefit than there is", arguments: RecordsEngine.here)
    func benefits(engine: RecordsEngine) async throws {
        let program = try await BenefitProgram(engine)
        let desks = [program.program.desk, program.program.secondDesk]
        #expect(try await !program.grant("g", 50, "ann").isRefused)
        let answers = try await withThrowingTaskGroup(of: ProgramAnswer.self) { tasks in
            for number in 0 ..< 200 {
                tasks.addTask {
                    let deed: UseBenefit.Deed = number % 3 == 0 ? .reserve(seconds: 600) : .consume(.hard)
                    let command = UseBenefit(deed, of: "lounge", by: TestProgram.member("ann"))
                    return try await send("u\(number)", command, to: desks[number % 2])
                }
            }
            return try await tasks.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count { !$0.isRefused } == 50)
        #expect(answers.filter(\.isRefused).allSatisfy { $0.codes == ["QUOTA_USED"] })
        #expect(try await program.check("ann")?.remaining == 0)
    }

    private static func order(_ number: Int, _ kind: OrderFact.Kind, _ program: TestProgram) throws -> TakeOrder {
        let fact = try OrderFact(
            event: kind.rawValue, messageID: "\(kind)-\(number)", at: program.clock.now,
            properties: ["order_id": .string("o\(number)"), "products": [["product_id": "tea", "price": 30]]], standard: .cny)
        return TakeOrder(try #require(fact), of: TestProgram.member("m\(number % 7)"), in: "club")
    }

    /// Of the larger budget each server has an allotment; the smaller one is counted in one row.
    @Test(
        "N7: two servers never give beyond a budget, and what is cancelled comes back to it", arguments: RecordsEngine.here,
        [Int64(1_000), 3_000])
    func budget(engine: RecordsEngine, budget: Int64) async throws {
        let program = try await TestProgram(try await engine.open())
        var settings = OrderTests.program
        settings.caps.budget = budget
        try await program.earns(by: settings)
        let (desks, reader) = ([program.desk, program.secondDesk], program.reader)
        func used() async throws -> Int64 {
            let key = Limit.Key(name: "earn/club/budget")
            return try await reader.read { tables throws(Problem) in
                try tables.earningLimits([key], of: "points").limits[key]?.used ?? 0
            }
        }
        /// Tells of orders at both servers at once, and of every third that it was cancelled, at the other one.
        func tell(_ numbers: Range<Int>) async throws -> Int64 {
            try await withThrowingTaskGroup(of: Int64.self) { tasks in
                for number in numbers {
                    tasks.addTask {
                        let completed = try Self.order(number, .completed, program)
                        let given = try await send("o\(number)", completed, to: desks[number % 2]).body["points"]?.intValue ?? -1
                        #expect((0 ... 30).contains(given))
                        guard number % 3 == 0 else { return given }
                        let cancelled = try Self.order(number, .cancelled, program)
                        return try await send("c\(number)", cancelled, to: desks[(number + 1) % 2]).body["points"]?.intValue ?? -1
                    }
                }
                return try await tasks.reduce(0, +)
            }
        }
        let first = try await tell(0 ..< 60)
        #expect(try await used() == first && first <= budget)
        // What came back is given to others, up to the last point.
        let second = try await tell(60 ..< 100)
        #expect(try await used() == first + second && first + second <= budget)
        for number in 100 ..< 140 {
            _ = try await send("o\(number)", try Self.order(number, .completed, program), to: desks[number % 2])
        }
        #expect(try await used() == budget)
        for number in 0 ..< 140 where number >= 100 || number % 3 != 0 {
            let answer = try await send("c\(number)", try Self.order(number, .cancelled, program), to: desks[number % 2])
            #expect(answer.body["points"] == 0)
        }
        #expect(try await used() == 0)
        let currency = try #require(TestProgram.settings.currency("points"))
        let members = (0 ..< 7).map { TestProgram.member("m\($0)") }
        let balances = try await reader.balances(
            of: members, in: currency, at: program.clock.now.advanced(byMicroseconds: .microsecondsPerDay))
        #expect(balances.allSatisfy { $0?.balance == PointBook.Balance() })
        #expect(try await reader.check("points").isWhole)
    }

    @Test("a command that cannot be carried out fails alone, whoever came at the same moment", arguments: RecordsEngine.here)
    func poison(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        _ = try await program.earn("a", 1_000, "ann")
        let done = try await withThrowingTaskGroup(of: Bool.self) { tasks in
            for number in 0 ..< 60 {
                tasks.addTask {
                    do throws(Problem) {
                        let isBroken = number % 20 == 7
                        let command: any ProgramCommand =
                            isBroken
                            ? BrokenCommand() : SpendPoints(.burn(1, place: nil), of: "points", by: TestProgram.member("ann"))
                        return try await !program.desk.perform(ProgramRequest(id: "b\(number)", actor: .server, command: command))
                            .isRefused
                    } catch { return false }
                }
            }
            return try await tasks.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(done == 57)
        #expect(try await program.spend("rest", .burn(943, place: nil), "ann").available == 0)
    }

    @Test("an id that is too long is told as such, and troubles nobody else", arguments: RecordsEngine.here)
    func longSource(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        var random = SplitMix64(seed: 61)
        let id = String((0 ..< 9_000).map { _ in "abcdefghijklmnopqrstuvwxyz0123456789".randomElement(using: &random) ?? "a" })
        async let neighbours = withThrowingTaskGroup(of: ProgramAnswer.self) { tasks in
            for number in 0 ..< 20 { tasks.addTask { try await program.earn("n\(number)", 1, "bob") } }
            return try await tasks.reduce(into: []) { $0.append($1) }
        }
        let request = ProgramRequest(
            id: "long", actor: .server,
            command: EarnPoints(5, of: "points", to: TestProgram.member("ann"), for: PointSource(id: id)))
        #expect(try await program.desk.perform(request).codes == ["NAME_WRONG"])
        #expect(try await neighbours.allSatisfy { !$0.isRefused })
    }

    @Test("a coupon given while two members become one is the heir's", arguments: RecordsEngine.here)
    func grantAndMerge(engine: RecordsEngine) async throws {
        let shop = try await CouponDeskTests.Shop(engine)
        for number in 0 ..< 30 {
            let guest = Identity(type: .userID, value: "guest\(number)")
            _ = try await shop.program.perform("enrol\(number)", EnrolMember(guest))
            let wish = MemberWish(.identity(guest))
            async let granted = send("g\(number)", GrantCoupon(.template("spring"), to: wish), to: shop.program.desk)
            async let merged = send("m\(number)", MergeMembers(wish, into: TestProgram.member("ann")), to: shop.other)
            let (coupon, merge) = (try await granted, try await merged)
            #expect(!coupon.isRefused && !merge.isRefused)
        }
        let ann = try #require(try await shop.reader.member(TestProgram.member("ann"))).member.id
        #expect(try await shop.reader.coupons(of: ann).count == 30)
    }

    @Test("an order that two servers reserve coupons for at once has those of one of them", arguments: RecordsEngine.here)
    func oneOrder(engine: RecordsEngine) async throws {
        let shop = try await CouponDeskTests.Shop(engine)
        let (one, two) = (try await shop.grant("g1"), try await shop.grant("g2"))
        for number in 0 ..< 30 {
            let order = "o\(number)"
            let wish = TestProgram.member("ann")
            async let first = send("a\(number)", ReserveCoupons([one], for: order, by: wish, shop.cart), to: shop.program.desk)
            async let second = send("b\(number)", ReserveCoupons([two], for: order, by: wish, shop.cart), to: shop.other)
            let answers = (try await first, try await second)
            #expect(!answers.0.isRefused && !answers.1.isRefused, "\(answers.0.codes) \(answers.1.codes)")
            let held = try await shop.reader.read { tables throws(Problem) in try tables.couponIDs(ofOrder: order) }
            #expect(held.count == 1, "\(order) holds \(held)")
            _ = try await shop.change("c\(number)", .cancel, of: order)
        }
    }

    @Test("an order that two members want coupons for at two servers at once is one member's", arguments: RecordsEngine.here)
    func oneOrderOfTwoMembers(engine: RecordsEngine) async throws {
        let shop = try await CouponDeskTests.Shop(engine)
        let (one, two) = (try await shop.grant("g1", "ann"), try await shop.grant("g2", "bob"))
        let (ann, bob) = (TestProgram.member("ann"), TestProgram.member("bob"))
        for number in 0 ..< 30 {
            let order = "o\(number)"
            async let first = send("a\(number)", ReserveCoupons([one], for: order, by: ann, shop.cart), to: shop.program.desk)
            async let second = send("b\(number)", ReserveCoupons([two], for: order, by: bob, shop.cart), to: shop.other)
            let answers = [try await first, try await second]
            #expect(answers.count { !$0.isRefused } == 1, "\(order)")
            #expect(answers.filter(\.isRefused).allSatisfy { $0.codes == ["ORDER_TAKEN"] }, "\(answers.map(\.codes))")
            let held = try await shop.reader.read { tables throws(Problem) in try tables.couponIDs(ofOrder: order) }
            #expect(held == (answers[0].isRefused ? [two] : [one]), "\(order) holds \(held)")
            _ = try await shop.change("c\(number)", .cancel, of: order)
        }
    }
}

extension TestProgram {
    /// Another server over the same records.
    var secondDesk: ProgramDesk { ProgramDesk(workspace: workspace, records: records, clock: clock) }
}

/// A command that meets damaged records.
private struct BrokenCommand: ProgramCommand {
    var content: JSONValue { ["command": "broken"] }

    func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        throw .failed(Problem(.damaged, "Damaged for a test.", status: 500))
    }
}
