import Model
import OrderedCollections
import TestSupport
import Testing

@testable import Loyalty

/// The same shop, replayed as points: a point for each dollar of a purchase, and those of the reward for what our coupons call completed.
@Suite("Starbucks offers as points", .enabled(if: StarbucksOffers.shouldRun, StarbucksOffers.absence))
struct StarbucksPointsTests {
    /// Something that earns.
    private struct Deed {
        enum What {
            /// So many dollars.
            case purchase(Double)
            case completion(offer: String)
        }

        let person: String
        let hour: Int
        let what: What

        /// A person buys once in an hour, and completes an offer once.
        var id: String {
            switch what {
            case .purchase: "order-\(person)-\(hour)"
            case .completion(let offer): "offer-\(person)-\(offer)"
            }
        }

        func at(since start: Instant) -> Instant { start.advanced(byMicroseconds: Int64(hour) * .microsecondsPerHour) }

        func event(since start: Instant) -> EarningEvent {
            switch what {
            case .purchase(let amount):
                var event = EarningEvent(.event("Order Completed"), source: id, at: at(since: start))
                event.currency = .usd
                event.lines = [EarningLine(product: "drink", units: 1, listAmount: Int64((amount * 100).rounded()))]
                return event
            case .completion(let offer):
                return EarningEvent(
                    .event("Offer Completed"), source: id, at: at(since: start), properties: ["offer_id": .string(offer)])
            }
        }

        /// As a shop tells it: an order by its event, and what else happened by another.
        func command(since start: Instant) throws -> any ProgramCommand {
            guard case .purchase(let amount) = what else {
                return AwardEvent(EventWish(event(since: start), of: TestProgram.member(person), in: "club"))
            }
            let fact = try OrderFact(
                event: "Order Completed", messageID: id, at: at(since: start),
                properties: [
                    "order_id": .string(id), "currency": "USD", "products": [["product_id": "drink", "price": .double(amount)]],
                ], standard: .usd)
            return TakeOrder(try #require(fact), of: TestProgram.member(person), in: "club")
        }
    }

    /// By time.
    private static func deeds(_ replay: StarbucksOffers.Replay) -> [Deed] {
        let purchases = replay.purchases.map { Deed(person: $0.person, hour: $0.hour, what: .purchase($0.amount)) }
        let completions = replay.redeemedHours.map { pair, hour in
            Deed(person: pair.person, hour: hour, what: .completion(offer: pair.offer))
        }
        return (purchases + completions).sorted { ($0.hour, $0.id) < ($1.hour, $1.id) }
    }

    /// - Parameter cents: What a point is earned for.
    private static func program(_ replay: StarbucksOffers.Replay, cents: Int64 = 100) -> EarningProgram {
        var program = EarningProgram(id: "club", name: "Club", currency: .usd)
        program.rules = [
            EarningRule(
                id: "spend", name: "Spending", trigger: .event("Order Completed"),
                base: EarningAmount(1, by: .money(cents, EarningMoney())))
        ]
        for offer in replay.offers.values.sorted(by: { $0.id < $1.id }) where offer.reward > 0 {
            var rule = EarningRule(
                id: offer.id, name: "Reward", trigger: .event("Offer Completed"), base: EarningAmount(offer.reward, by: .event))
            let test = EventTest(op: .equal, operand: .string(offer.id), isCaseInsensitive: false)
            rule.condition.conditions = [.property("offer_id", test)]
            program.rules.append(rule)
        }
        return program
    }

    @Test("Everybody's book has a point for each whole dollar and each of a reward; the sums are those of the oracle")
    func rules() throws {
        let (replay, oracle) = (try StarbucksOffers.replay.get(), try StarbucksOffers.oracle())
        let (program, byCents) = (Self.program(replay), Self.program(replay, cents: 1))
        var (books, rewardSum, centSum) = ([String: PointBook](), Int64(0), Int64(0))
        for deed in Self.deeds(replay) {
            let (event, member) = (deed.event(since: EarningWorld.start), EarningMember(id: deed.person))
            let plan = try program.plan(for: event, of: member, in: EarningWorld.frame)
            var book = books[deed.person] ?? PointBook(owner: ProgramMemberID(number: Int64(books.count + 1)))
            for points in plan.newPoints { _ = try book.earn(points, at: event.at) }
            books[deed.person] = book
            switch deed.what {
            case .purchase: centSum += try byCents.plan(for: event, of: member, in: EarningWorld.frame).points
            case .completion: rewardSum += plan.points
            }
        }
        #expect(replay.purchases.count == oracle.by_event["transaction"])
        #expect(centSum == Int64((oracle.amount_sum * 100).rounded()))
        #expect(rewardSum == oracle.reward_sum && rewardSum * 100 == replay.rewardSum, "points are worth what coupons take off")
        #expect(try books.mapValues(\.booked.available) == StarbucksOffers.pointsByDigits())
        for book in books.values {
            #expect(book.accounts.values.reduce(0, +) == 0 && book.lots.values.allSatisfy { $0.quantities.sum == $0.original })
        }
    }

    @Test("At the desk some hundreds of them have the same, and each of their books is whole", arguments: RecordsEngine.here)
    func desk(engine: RecordsEngine) async throws {
        let replay = try StarbucksOffers.replay.get()
        let points = try StarbucksOffers.pointsByDigits()
        let people = points.keys.sorted().prefix(engine == .sqlite ? 400 : 100)
        let clock = TestClock(EarningWorld.start)
        let program = try await TestProgram(try await engine.open(), clock: clock)
        let settings = Self.program(replay)
        try await program.earns(by: settings)
        let start = clock.now
        let known = Set(people)
        for deed in Self.deeds(replay) where known.contains(deed.person) {
            clock.now = deed.at(since: start)
            let answer = try await program.perform(deed.id, deed.command(since: start))
            let plan = try settings.plan(for: deed.event(since: start), of: EarningMember(id: ""), in: EarningWorld.frame)
            #expect(!answer.isRefused && answer.body["points"] == .int(plan.points), "\(answer.body.text)")
        }
        let balances = try await program.reader.balances(
            of: people.map(TestProgram.member), in: TestProgram.settings.currencies[0], at: clock.now)
        // Who has spent less than a dollar has no points, and need not be known.
        #expect(balances.map { $0?.balance.available ?? 0 } == people.map { points[$0] ?? 0 })
        let check = try await program.reader.check("points")
        #expect(check.isWhole && check.bookCount >= people.count { points[$0] ?? 0 > 0 }, "\(check)")
    }
}
