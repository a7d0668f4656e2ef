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
        ] { #expect(try await program.perform(id, wrong).codes == ["PARTNER_WRONG"]) }
        #expect(try await program.perform("w4", BuyBlock(0, of: "points", for: "x", price: 0)).codes == ["ZERO_VALUE"])
        #expect(try await program.perform("w5", BuyBlock(.max, of: "points", for: "roaster", price: 0)).codes == ["OVERFLOW"])
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

    @Test("a rule whose partner has nothing left gives nothing and says so, and the other rules give theirs")
    func rule() async throws {
        let program = try await TestProgram()
        var draft = try await program.unfundedAnswer("roaster", 30)
        #expect(draft.unfunded == [30] && draft.available == 10)
        _ = try await program.perform("buy", BuyBlock(30, of: "points", for: "roaster", price: 1))
        draft = try await program.unfundedAnswer("roaster", 30)
        #expect(draft.unfunded.isEmpty && draft.available == 50)
    }
}

extension TestProgram {
    /// Earns as an order does: 10 points of the house's, and some of a partner's.
    fileprivate func unfundedAnswer(_ partner: String, _ amount: Int64) async throws -> (unfunded: [Int64], available: Int64?) {
        let answer = try await perform("order-\(UInt64.random(in: 0 ... .max))", TwoRules(partner: partner, amount: amount))
        let unfunded = answer.body["unfunded"]?.arrayValue ?? []
        #expect(unfunded.allSatisfy { $0["code"] == "PARTNER_BLOCK_EMPTY" && $0["partner"]?.stringValue == partner })
        return (unfunded.compactMap { $0["points"]?.intValue }, answer.available)
    }
}

/// What an order with two rules does.
private struct TwoRules: ProgramCommand {
    let partner: String
    let amount: Int64

    var content: JSONValue { ["command": "two_rules", "amount": .int(amount)] }

    func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let currency = try draft.currency("points")
        let member = try draft.memberByEarning(TestProgram.member("ann"))
        var own = NewPoints(10, for: PointSource(id: draft.id, rule: "own"), earnedAt: draft.now, vintage: 202_603)
        try draft.earn(own, member, currency)
        (own.source, own.amount, own.fundedBy) = (PointSource(id: draft.id, rule: "partner"), amount, partner)
        try draft.earn(own, member, currency)
        return ["balance": try draft.balance(PointBookKey(member: member.id, currency: "points"))]
    }
}
