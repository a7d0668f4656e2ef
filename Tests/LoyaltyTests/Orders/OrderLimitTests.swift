import Model
import OrderedCollections
import Records
import TestSupport
import Testing

@testable import Loyalty

/// What is taken back of an order is there to be given again, and what is written off is not.
struct OrderLimitTests {
    /// A point a yuan, from a budget of 200 and 180 a member.
    private struct Club {
        let program: TestProgram

        init(
            _ engine: RecordsEngine, _ shortfall: PointRules.Shortfall, _ change: (inout EarningProgram) -> Void = { _ in }
        ) async throws {
            var club = TestProgram.settings
            club.currencies[0].rules.shortfall = shortfall
            program = try await TestProgram(try await engine.open(), settings: club)
            var settings = OrderTests.program
            settings.caps.budget = 200
            settings.caps.member = [.init(180, per: .ever)]
            change(&settings)
            try await program.earns(by: settings)
        }

        /// Tells of so many teas at 50 each; of none for nil.
        func tell(_ id: String, _ kind: OrderFact.Kind, _ teas: JSONValue?) async throws -> ProgramAnswer {
            program.clock.advance(1_000)
            var properties: OrderedDictionary<String, JSONValue> = ["order_id": "o"]
            if let teas { properties["products"] = [["product_id": "tea", "price": 50, "quantity": teas]] }
            let fact = try OrderFact(
                event: kind.rawValue, messageID: id, at: program.clock.now, properties: .object(properties), standard: .cny)
            let answer = try await program.perform(
                id, TakeOrder(try #require(fact), of: TestProgram.member("ann"), in: "club"))
            #expect(!answer.isRefused, "\(answer.body.text)")
            return answer
        }

        /// How many points somebody has for what would earn 900.
        func more(_ member: String) async throws -> Int64? {
            program.clock.advance(1_000)
            var event = EarningEvent(.event("Order Completed"), source: "more-\(member)", at: program.clock.now)
            event.currency = .cny
            event.lines = [EarningLine(product: "pot", units: 1, listAmount: 90_000)]
            let wish = EventWish(event, of: TestProgram.member(member), in: "club")
            return try await program.perform("more-\(member)", AwardEvent(wish)).body["points"]?.intValue
        }

        /// What is taken of the budget.
        func used() async throws -> Int64 {
            let key = Limit.Key(name: "earn/club/budget")
            return try await program.reader.read { tables throws(Problem) in
                try tables.earningLimits([key], of: "points").limits[key]?.used ?? 0
            }
        }

        /// What Ann has, less what she owes.
        func net() async throws -> Int64 {
            let ann = try #require(try await program.reader.member(TestProgram.member("ann"))?.member.id)
            let book = try await program.reader.book(of: ann, in: TestProgram.settings.currencies[0], at: program.clock.now)
            let balance = book.balance(at: program.clock.now)
            return balance.available + balance.pending - balance.debt
        }
    }

    @Test(
        "budget and caps have back of a returned order what is taken or owed, and not what is written off",
        arguments: RecordsEngine.here, [PointRules.Shortfall.debt, .writeOff])
    func returned(engine: RecordsEngine, shortfall: PointRules.Shortfall) async throws {
        let club = try await Club(engine, shortfall)
        #expect(try await club.tell("1", .completed, 3).body["points"] == 150)
        #expect(try await club.program.spend("spend", .burn(120, place: nil), "ann").available == 30)
        #expect(try await club.tell("2", .refunded, 1).body["points"] == 100)
        #expect(try await club.used() == (shortfall == .debt ? 100 : 120), "30 of 50 are there")
        #expect(try await club.tell("3", .cancelled, nil).body["points"] == 0)
        #expect(try await club.used() == (shortfall == .debt ? 0 : 120), "120 were spent")
        #expect(try await club.net() == (shortfall == .debt ? -120 : 0))
        #expect(try await club.more("ann") == (shortfall == .debt ? 180 : 60), "of 180 a member")
        #expect(try await club.more("bob") == 20, "of the budget of 200")
        #expect(try await club.program.reader.check("points").isWhole)
    }

    @Test(
        "an order that changes after its points were spent gives the difference, and never passes its budget",
        arguments: RecordsEngine.here, [PointRules.Shortfall.debt, .writeOff])
    func changed(engine: RecordsEngine, shortfall: PointRules.Shortfall) async throws {
        let club = try await Club(engine, shortfall) { $0.caps.member = [] }
        #expect(try await club.tell("1", .completed, 3).body["points"] == 150)
        #expect(try await club.program.spend("spend", .burn(120, place: nil), "ann").available == 30)
        #expect(try await club.tell("2", .updated, 4).body["points"] == 200)
        #expect(try await club.net() == 80)
        #expect(try await club.used() == 200)
        #expect(try await club.tell("3", .updated, 1).body["points"] == 50)
        // What is spent is more than what it earns now.
        #expect(try await club.net() == (shortfall == .debt ? -70 : 0))
        #expect(try await club.used() == (shortfall == .debt ? 50 : 120))
        #expect(try await club.program.reader.check("points").isWhole)
    }

    @Test(
        "what nobody confirmed of an order is no shortfall: its budget has it back with the order, and nobody owes it",
        arguments: RecordsEngine.here, [PointRules.Shortfall.debt, .writeOff])
    func givenUp(engine: RecordsEngine, shortfall: PointRules.Shortfall) async throws {
        let club = try await Club(engine, shortfall) { $0.rules[0].terms.pending = .awaited(days: 3) }
        #expect(try await club.tell("1", .completed, 3).body["points"] == 150)
        #expect(try await club.net() == 150)
        club.program.clock.advance(4 * .microsecondsPerDay)
        _ = try await club.program.desk.settle()
        #expect(try await club.tell("2", .cancelled, nil).body["points"] == 0)
        #expect(try await club.used() == 0)
        #expect(try await club.net() == 0)
    }

    @Test(
        "a part of a unit that comes back takes its share back, rounded down in all, and returns it to the budget",
        arguments: RecordsEngine.here)
    func parts(engine: RecordsEngine) async throws {
        let club = try await Club(engine, .debt)
        #expect(try await club.tell("1", .completed, "1.5").body["points"] == 75)
        let steps: [(JSONValue, back: Int64)] = [("0.5", 25), (0.01, 25), (0.03, 27), (1, 75)]
        for (number, step) in steps.enumerated() {
            let answer = try await club.tell("r\(number)", .refunded, step.0)
            #expect(answer.body["points"] == .int(75 - step.back), "\(answer.body.text)")
            #expect(try await club.net() == 75 - step.back)
            #expect(try await club.used() == 75 - step.back)
        }
        #expect(try await club.program.reader.check("points").isWhole)
    }

    @Test("units that a command has taken back count for the order as well", arguments: RecordsEngine.here)
    func partsBesideCommands(engine: RecordsEngine) async throws {
        let club = try await Club(engine, .debt)
        #expect(try await club.tell("1", .completed, 3).body["points"] == 150)
        let source = PointSource(id: "o", line: "tea", rule: "spend")
        let unit = TakeBackPoints(.returned(units: 1), of: "points", earnedFor: source)
        #expect(try await club.program.perform("t1", unit).body["taken"] == 50)
        _ = try await club.tell("2", .refunded, 0.5)
        #expect(try await club.net() == 100, "half of the unit that is back already")
        _ = try await club.tell("3", .refunded, 1)
        #expect(try await club.net() == 75, "1.5 units are")
        #expect(try await club.program.perform("t2", unit).body["taken"] == 25, "the second unit")
        _ = try await club.tell("4", .cancelled, nil)
        #expect(try await club.net() == 0)
    }
}
