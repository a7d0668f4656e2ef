import Model
import OrderedCollections
import Records
import TestSupport
import Testing

@testable import Loyalty

/// A partner pays for the points that it funds, before they are issued.
struct PartnerBlockTests {
    private static let march = PointMonth(holding: LocalDate(text: "2026-03-01") ?? LocalDate(daysSinceEpoch: 0))

    private static func reader(_ program: TestProgram) -> ProgramReader {
        ProgramReader(workspace: program.workspace, records: program.records)
    }

    @Test("points of a partner come from its block until that is empty, and what is taken back goes back")
    func block() async throws {
        let program = try await TestProgram()
        let reader = Self.reader(program)
        let none = try await program.earn("a", 1, "ann") { $0.fundedBy = "roaster" }
        #expect(none.codes == ["PARTNER_BLOCK_EMPTY"])
        let bought = BuyBlock(100, of: "points", for: "roaster", price: 80, reference: "invoice 7")
        #expect(try await program.perform("buy", bought).body["left"] == 100)
        #expect(try await program.perform("buy", bought).isReplayed)
        #expect(try await program.earn("b", 70, "ann") { ($0.fundedBy, $0.units) = ("roaster", 7) }.available == 70)
        let over = try await program.earn("c", 31, "bob") { $0.fundedBy = "roaster" }
        #expect(over.codes == ["PARTNER_BLOCK_EMPTY"] && over.body["reasons"]?.arrayValue?.first?["params"]?["available"] == 30)
        #expect(try await program.earn("d", 31, "bob").available == 31)
        #expect(try await program.earn("e", 31, "bob") { $0.fundedBy = "brand" }.available == 62)
        _ = try await program.spend("f", .burn(20, place: nil), "ann")
        _ = try await program.perform("g", TakeBackPoints(.returned(units: 3), of: "points", earnedFor: PointSource(id: "b")))
        #expect(try await reader.blocks(of: "points").map(\.left) == [60])
        let statement = try await reader.statement(of: "roaster", Self.march, in: "points")
        #expect(statement.opening == 0 && statement.bought == 100 && statement.issued == 70 && statement.takenBack == 30)
        #expect(statement.closing == 60 && statement.purchases.map(\.reference) == ["invoice 7"])
        #expect(statement.cohort == PointCohort(outstanding: 20, fulfilled: 20, lapsed: 0, allocation: 40))
        for (id, wrong) in [
            ("w1", BuyBlock(1, of: "points", for: "", price: 0)), ("w2", BuyBlock(1, of: "points", for: "brand", price: 0)),
            ("w3", BuyBlock(1, of: "points", for: "roaster", price: -1)),
            ("w6", BuyBlock(1, of: "points", for: "roaster\navailable", price: 0)),
        ] { #expect(try await program.perform(id, wrong).codes == ["PARTNER_WRONG"]) }
        #expect(try await program.perform("w4", BuyBlock(0, of: "points", for: "x", price: 0)).codes == ["ZERO_VALUE"])
        #expect(try await program.perform("w5", BuyBlock(.max, of: "points", for: "roaster", price: 0)).codes == ["OVERFLOW"])
    }

    @Test(
        "what came from another system draws on no block, and taken back it goes back to none, wherever it is now",
        arguments: RecordsEngine.here)
    func openings(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        let reader = Self.reader(program)
        let earnedAt = Instant(rfc3339: "2025-06-15T00:00:00Z") ?? .epoch
        let rows = [("x", Int64(1_000)), ("y", 50)].map { row, amount in
            var lot = OpeningLot(row, amount, of: TestProgram.member("ann"), earnedAt: earnedAt)
            (lot.fundedBy, lot.expiresAt) = ("roaster", Instant(rfc3339: "2026-12-31T00:00:00Z"))
            return OpeningRow.lot(lot)
        }
        _ = try await program.perform("import", ImportPoints(rows, of: "points", total: 1_050))
        _ = try await program.perform("buy", BuyBlock(100, of: "points", for: "roaster", price: 80))
        _ = try await program.earn("a", 100, "ann") { ($0.fundedBy, $0.units) = ("roaster", 4) }
        // What expires first: 20 of what came from elsewhere.
        _ = try await program.perform("bob", EnrolMember(Identity(type: .userID, value: "bob")))
        let gift = TransferPoints(20, of: "points", from: TestProgram.member("ann"), to: TestProgram.member("bob"))
        #expect(try await !program.perform("gift", gift).isRefused)
        for row in ["x", "y"] {
            let source = PointSource(id: row, rule: OpeningLot.rule)
            let taken = try await program.perform(
                "take \(row)", TakeBackPoints(.returned(units: 1), of: "points", earnedFor: source))
            #expect(taken.body["taken"] == (row == "x" ? 1_000 : 50), "\(taken.body)")
        }
        // Of those that the block has paid for, 20 were taken in the place of what had been given away.
        let block = try #require(try await reader.blocks(of: "points").first)
        let statement = try await reader.statement(of: "roaster", Self.march, in: "points")
        #expect(block.left == 20 && statement.takenBack == 20 && statement.issued == 100, "\(block), \(statement)")
        #expect(statement.closing == block.left)
        #expect(try await program.earn("b", 21, "ann") { $0.fundedBy = "roaster" }.codes == ["PARTNER_BLOCK_EMPTY"])
        let april = PointMonth(holding: LocalDate(text: "2026-04-01") ?? LocalDate(daysSinceEpoch: 0))
        #expect(try await reader.statement(of: "roaster", april, in: "points").opening == block.left)
    }

    @Test(
        "L19 no block is ever below 0, whatever two servers issue at once, and its statement is what is left",
        arguments: RecordsEngine.here)
    func never(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        let desks = [program.desk, program.secondDesk]
        _ = try await program.perform("buy", BuyBlock(500, of: "points", for: "roaster", price: 500))
        let answers = try await withThrowingTaskGroup(of: [ProgramAnswer].self) { tasks in
            for (number, desk) in desks.enumerated() {
                tasks.addTask {
                    var answers: [ProgramAnswer] = []
                    for step in 0 ..< 60 {
                        var earn = EarnPoints(
                            Int64(5 + step % 11), of: "points", to: TestProgram.member("m\(number)-\(step % 4)"),
                            for: PointSource(id: "\(number)-\(step)"))
                        earn.fundedBy = "roaster"
                        answers.append(
                            try await desk.perform(ProgramRequest(id: "e\(number)-\(step)", actor: .server, command: earn)))
                        guard step % 9 == 8 else { continue }
                        let back = TakeBackPoints(
                            .disputed(3), of: "points", earnedFor: PointSource(id: "\(number)-\(step - 8)"))
                        _ = try await desk.perform(ProgramRequest(id: "b\(number)-\(step)", actor: .server, command: back))
                    }
                    return answers
                }
            }
            return try await tasks.reduce(into: []) { $0 += $1 }
        }
        let refused = answers.filter(\.isRefused)
        #expect(!refused.isEmpty && refused.allSatisfy { $0.codes == ["PARTNER_BLOCK_EMPTY"] })
        let reader = Self.reader(program)
        let block = try #require(try await reader.blocks(of: "points").first)
        #expect(block.left >= 0 && block.left < 15, "\(block)")
        let statement = try await reader.statement(of: "roaster", Self.march, in: "points")
        #expect(statement.closing == block.left && statement.issued - statement.takenBack == block.drawn)
        #expect(statement.cohort.points == block.drawn)
    }

    @Test("moves of blocks", arguments: Seeds.slices(400))
    func moves(seeds: Seeds) {
        for seed in seeds {
            var random = SplitMix64(seed: seed)
            var block = PartnerBlock(partner: "p", currency: "c")
            var (bought, drawn) = (Int128(0), Int128(0))
            for _ in 0 ..< 40 {
                let amount = Int64.random(in: 0 ... 50, using: &random)
                let back = Int64.random(in: 0 ... 20, using: &random)
                do throws(Refusal) {
                    if Bool.random(using: &random) {
                        try block.buy(amount)
                        bought += Int128(amount)
                    } else {
                        try block.move(issued: amount, back: back)
                        drawn = max(0, drawn - Int128(back)) + Int128(amount)
                    }
                } catch {
                    #expect(error.reasons.map(\.code) == [amount == 0 ? "ZERO_VALUE" : "PARTNER_BLOCK_EMPTY"], "seed \(seed)")
                }
                #expect(block.left >= 0 && Int128(block.left) == bought - drawn, "seed \(seed)")
            }
        }
    }

    // MARK: - Rules

    /// A point a yuan of the house's, and two of a partner's, but for its budget and what a member gets.
    private static let rules: EarningProgram = {
        var program = OrderTests.program
        var rule = EarningRule(
            id: "roast", name: "Two points a yuan", trigger: .event("Order Completed"),
            base: EarningAmount(2, by: .money(100, EarningMoney())))
        rule.terms.fundedBy = "roaster"
        rule.caps.budget = 200
        rule.caps.member = [.init(150, per: .ever)]
        program.rules.append(rule)
        return program
    }()

    private static func take(
        _ id: String, _ kind: OrderFact.Kind, _ order: String, _ product: String, _ program: TestProgram
    ) async throws -> ProgramAnswer {
        let fact = try OrderFact(
            event: kind.rawValue, messageID: id, at: program.clock.now,
            properties: [
                "order_id": .string(order), "products": [["product_id": .string(product), "price": 50, "quantity": 1]],
            ], standard: .cny)
        program.clock.advance(1_000)
        return try await program.perform(id, TakeOrder(try #require(fact), of: TestProgram.member("ann"), in: "club"))
    }

    private static func unfunded(_ answer: ProgramAnswer) -> [[Int64?]] {
        let all = answer.body["unfunded"]?.arrayValue ?? []
        #expect(all.allSatisfy { $0["code"] == "PARTNER_BLOCK_EMPTY" && $0["partner"] == "roaster" && $0["rule"] == "roast" })
        return all.map { [$0["points"]?.intValue, $0["available"]?.intValue] }
    }

    /// What is used of the rule's budget and of what a member gets.
    private static func used(_ program: TestProgram) async throws -> [Int64] {
        try await reader(program).read { tables throws(Problem) in
            let keys = try tables.list(
                "SELECT name, subject, period FROM loyalty_limits WHERE workspace = ? AND area = 'earning' ORDER BY name",
                tables.values()
            ) { reader throws(Problem) in
                Limit.Key(name: try reader.text(), subject: try reader.text(), period: try reader.text())
            }
            var used: [Int64] = []
            for key in keys { if let limit = try tables.limit(key, of: .earning) { used.append(limit.used) } }
            return used
        }
    }

    @Test("points that a block does not pay for are in no preview, and use up neither budget nor caps")
    func trims() async throws {
        let program = try await TestProgram()
        try await program.earns(by: Self.rules)
        let reader = Self.reader(program)
        let known = try await reader.program()
        let settings = try #require(known.settings)
        var event = EarningEvent(.event("Order Completed"), source: "e", at: program.clock.now)
        event.currency = .cny
        event.lines = [EarningLine(product: "tea", units: 1, listAmount: 5_000)]
        let wish = EventWish(event, of: TestProgram.member("bob"), in: "club")
        let nothing = try #require(try await reader.preview(wish, settings, known.calendar))
        #expect(nothing.points == 50)
        #expect(nothing.awards.first { $0.rule == "roast" }?.trims == [.init(cap: "block/roaster", points: 100)])
        let first = try await Self.take("1", .completed, "a", "tea", program)
        #expect(first.body["points"] == 50 && Self.unfunded(first) == [[100, 0]])
        #expect(try await Self.used(program).allSatisfy { $0 == 0 })
        // What is bought is given, as far as it goes, and what was not given before is left of the caps.
        _ = try await program.perform("buy", BuyBlock(30, of: "points", for: "roaster", price: 1))
        let second = try await Self.take("2", .completed, "b", "tea", program)
        #expect(second.body["points"] == 80 && Self.unfunded(second) == [[70, 30]])
        #expect(try await Self.used(program) == [30, 30])
        _ = try await program.perform("buy more", BuyBlock(1_000, of: "points", for: "roaster", price: 1))
        let third = try await Self.take("3", .completed, "c", "tea", program)
        #expect(third.body["points"] == 150 && Self.unfunded(third).isEmpty)
        #expect(try await Self.used(program) == [130, 130])
        // N1, and the budget trims before the block does.
        let preview = try #require(try await reader.preview(wish, settings, known.calendar))
        let award = try await program.perform("award", AwardEvent(wish))
        #expect(preview.points == 120 && award.body["points"] == 120 && award.body["awards"] == preview.json["awards"])
        #expect(award.body["unfunded"] == nil)
        #expect(try await reader.blocks(of: "points").map(\.drawn) == [200])
    }

    @Test("an event draws on a block once for all of its rules")
    func twoRules() async throws {
        let program = try await TestProgram()
        var rules = Self.rules
        rules.rules[0].terms.fundedBy = "roaster"
        try await program.earns(by: rules)
        _ = try await program.perform("buy", BuyBlock(60, of: "points", for: "roaster", price: 1))
        let order = try await Self.take("1", .completed, "a", "tea", program)
        #expect(order.body["points"] == 60)
        #expect(try await Self.reader(program).blocks(of: "points").map(\.left) == [0])
    }

    @Test("an order that changes draws what it gives back, and nothing for what was spent")
    func changes() async throws {
        for isSpent in [false, true] {
            let program = try await TestProgram()
            try await program.earns(by: Self.rules)
            _ = try await program.perform("buy", BuyBlock(100, of: "points", for: "roaster", price: 1))
            #expect(try await Self.take("1", .completed, "a", "tea", program).body["points"] == 150)
            if isSpent { _ = try await program.spend("spend", .burn(150, place: nil), "ann") }
            let changed = try await Self.take("2", .updated, "a", "pot", program)
            #expect(changed.body["points"] == .int(isSpent ? 50 : 150), "\(changed.body.text)")
            #expect(Self.unfunded(changed) == (isSpent ? [[100, 0]] : []))
            #expect(try await Self.used(program) == (isSpent ? [0, 0] : [100, 100]))
            let reader = Self.reader(program)
            #expect(try await reader.blocks(of: "points").map(\.left) == [0])
            #expect(try await reader.check("points").isWhole)
            // What comes back is nothing that was not given.
            let back = try await Self.take("3", .refunded, "a", "pot", program)
            #expect(back.body["points"] == 0)
            let currency = try #require(TestProgram.settings.currency("points"))
            let balance = try await reader.balances(of: [TestProgram.member("ann")], in: currency, at: program.clock.now).first
            #expect(balance??.balance.debt == (isSpent ? 150 : 0) && balance??.balance.available == 0)
        }
    }
}
