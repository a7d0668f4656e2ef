import Model
import OrderedCollections
import Records
import TestSupport
import Testing

@testable import Loyalty

/// Points that are counted towards something, and never spent.
struct QualifyingPointsTests {
    private static let settings: ProgramSettings = {
        var settings = TestProgram.settings
        settings.currencies[1].isSpendable = false
        return settings
    }()

    private static let names = ["ann", "bob", "cy"]

    /// Everything that spends points or gives them away.
    private static func spending(_ currency: String, from name: String, to other: String) -> [any ProgramCommand] {
        let (giver, receiver) = (TestProgram.member(name), TestProgram.member(other))
        return [
            SpendPoints(.burn(1, place: nil), of: currency, by: giver),
            SpendPoints(.hold(1, place: nil, seconds: 60), of: currency, by: giver),
            SpendPoints(.donate(1, charity: "trees"), of: currency, by: giver),
            TransferPoints(1, of: currency, from: giver, to: receiver), OfferPoints(1, of: currency, from: giver, to: receiver),
        ]
    }

    private static func stars(_ name: String, _ program: TestProgram) async throws -> Int64 {
        let stars = try #require(settings.currency("stars"))
        let known = try await program.reader.balances(of: [TestProgram.member(name)], in: stars, at: program.clock.now)
        return known.first??.balance.available ?? 0
    }

    @Test(
        "they are earned, taken back, adjusted and merged, and nothing spends them; the refusal says all reasons",
        arguments: RecordsEngine.here)
    func notSpendable(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open(), settings: Self.settings)
        for name in ["ann", "bob"] {
            let earn = EarnPoints(100, of: "stars", to: TestProgram.member(name), for: PointSource(id: name))
            #expect(try await program.perform("earn-\(name)", earn).available == 100)
        }
        for (number, command) in Self.spending("stars", from: "ann", to: "bob").enumerated() {
            let answer = try await program.perform("\(number)", command)
            #expect(answer.codes == ["NOT_SPENDABLE"], "\(command)")
            #expect(answer.body["reasons"]?.arrayValue?.first?["params"]?["currency"] == "stars")
        }
        let wrong = SpendPoints(.burn(0, place: nil), of: "stars", by: TestProgram.member("nobody"))
        #expect(try await program.perform("wrong", wrong).codes == ["MEMBER_UNKNOWN", "ZERO_VALUE", "NOT_SPENDABLE"])
        let back = TakeBackPoints(.disputed(30), of: "stars", earnedFor: PointSource(id: "ann"))
        #expect(try await program.perform("back", back).available == 70)
        let adjust = AdjustPoints(-20, of: "stars", for: TestProgram.member("ann"), reason: .correction, note: "")
        #expect(try await program.perform("adjust", adjust).available == 50)
        let merged = try await program.perform("merge", MergeMembers(TestProgram.member("ann"), into: TestProgram.member("bob")))
        #expect(merged.body["moved"]?["stars"] == 50)
        #expect(try await Self.stars("bob", program) == 150)
    }

    @Test("the setting is kept with the program, stands with no dormancy, and never changes", arguments: RecordsEngine.here)
    func setting(engine: RecordsEngine) async throws {
        let json = Self.settings.json
        #expect(try ProgramSettings(json: json) == Self.settings)
        #expect(json["currencies"]?.arrayValue?.map { $0["spendable"] } == [nil, false])
        #expect(throws: Problem.self) {
            try ProgramSettings(
                json: ["name": "x", "currencies": [["key": "p", "spendable": false, "dormancy": ["after_months": 12]]]])
        }
        let program = try await TestProgram(try await engine.open(), settings: Self.settings)
        #expect(try await program.perform("change", SetProgram(TestProgram.settings)).codes == ["SPENDABLE_IN_USE"])
        var more = Self.settings
        more.currencies.append(PointCurrency(key: "miles"))
        #expect(try await !program.perform("more", SetProgram(more)).isRefused)
    }

    @Test(
        "L13: what is counted is the same whatever members do with the points that they spend",
        arguments: RecordsEngine.here, Seeds.slices(12, most: 60))
    func unmoved(engine: RecordsEngine, seeds: Seeds) async throws {
        for seed in seeds.on(engine) {
            var random = SplitMix64(seed: seed)
            let program = try await TestProgram(try await engine.open(), settings: Self.settings)
            var counted: [String: Int64] = [:]
            for step in 0 ..< 40 {
                let name = Self.names[random.below(3)]
                switch random.below(4) {
                case 0:
                    let amount = Int64(1 + random.below(50))
                    let earn = EarnPoints(
                        amount, of: "stars", to: TestProgram.member(name), for: PointSource(id: "star-\(step)"))
                    _ = try await program.perform("star-\(step)", earn)
                    counted[name, default: 0] += amount
                case 1:
                    let commands = Self.spending("stars", from: name, to: Self.names[random.below(3)])
                    let command = commands[random.below(commands.count)]
                    #expect(try await program.perform("spend-\(step)", command).isRefused, "seed \(seed)")
                case 2:
                    let commands = Self.spending("points", from: name, to: Self.names[random.below(3)])
                    _ = try await program.perform("spend-\(step)", commands[random.below(commands.count)])
                default: try await program.randomDeed("0-\(step)", Self.names, &random)
                }
                program.clock.advance(.microsecondsPerHour)
                for name in Self.names {
                    #expect(try await Self.stars(name, program) == counted[name, default: 0], "seed \(seed), step \(step)")
                }
            }
            #expect(try await program.reader.check("stars").isWhole)
        }
    }
}
