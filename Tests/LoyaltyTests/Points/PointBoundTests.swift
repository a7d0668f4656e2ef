import Model
import OrderedCollections
import Records
import TestSupport
import Testing

@testable import Loyalty

/// Amounts at the end of what can be counted are told or refused; no sequence of them stops the server.
struct PointBoundTests {
    private static let most = PointBook.receivedMax

    private static func program(worth minor: Int64 = 1) async throws -> TestProgram {
        var settings = TestProgram.settings
        settings.currencies[0].value = PointValue(minor: minor, points: 1)
        settings.currencies[0].expiry = .never
        var rules = PointDormancyRules()
        rules.inactiveMonths = 12
        settings.currencies[0].dormancy = rules
        return try await TestProgram(settings: settings)
    }

    private static func takeBack(_ reason: TakeBackPoints.Reason) -> TakeBackPoints {
        TakeBackPoints(reason, of: "points", earnedFor: PointSource(id: "all"))
    }

    private enum Step {
        case earn(Int64, String)
        case burn(Int64, String)
        case donate(Int64)
        case give(Int64, String)
        case takeBack(TakeBackPoints.Reason)
        case buy(Int64)
    }

    /// Sequences, and how each step ends: a code, or nothing.
    private static let sequences: [(name: String, worth: Int64, steps: [(Step, String?)])] = [
        (
            "received in all", 1,
            [
                (.earn(.max, "ann"), "OVERFLOW"), (.earn(most + 1, "ann"), "OVERFLOW"), (.earn(most, "ann"), nil),
                (.earn(1, "ann"), "OVERFLOW"), (.burn(most, "ann"), nil), (.earn(1, "ann"), "OVERFLOW"),
                (.burn(.max, "ann"), "INSUFFICIENT_POINTS"),
            ]
        ),
        (
            "given to others", 1,
            [
                (.earn(most, "ann"), nil), (.earn(1, "bob"), nil), (.give(.max, "bob"), "INSUFFICIENT_POINTS"),
                (.give(most, "bob"), "OVERFLOW"), (.give(most - 1, "bob"), nil),
            ]
        ),
        (
            "units and then an amount taken back", 1,
            [
                (.earn(most, "ann"), nil), (.takeBack(.returned(units: 1)), nil), (.takeBack(.disputed(1)), nil),
                (.takeBack(.disputed(most)), "EXCEEDS_ORIGINAL"), (.takeBack(.disputed(.max)), "EXCEEDS_ORIGINAL"),
                (.takeBack(.disputed(most - 1)), nil),
            ]
        ),
        (
            "worth more than can be counted", 1_000_000_000_000,
            [
                (.earn(most / 2, "ann"), nil), (.earn(most / 2, "ann"), nil), (.donate(most), "OVERFLOW"),
                (.donate(9_000_000), nil), (.donate(10_000_000), "OVERFLOW"),
            ]
        ),
        (
            "bought by a partner", 1,
            [(.buy(.max), "OVERFLOW"), (.buy(1_000 * most), nil), (.buy(1), "OVERFLOW")]
        ),
    ]

    @Test("every sequence of the largest amounts is carried out or refused", arguments: sequences.indices)
    func sequence(number: Int) async throws {
        let (name, worth, steps) = Self.sequences[number]
        let program = try await Self.program(worth: worth)
        for (place, (step, code)) in steps.enumerated() {
            let answer = try await Self.carryOut(step, "s\(place)", program)
            #expect(answer.codes == (code.map { [$0] } ?? []), "\(name), step \(place): \(answer.body.text)")
        }
        let check = try await ProgramReader(workspace: program.workspace, records: program.records).check("points")
        #expect(check.isWhole, "\(name): \(check)")
    }

    private static func carryOut(_ step: Step, _ id: String, _ program: TestProgram) async throws -> ProgramAnswer {
        switch step {
        case .earn(let amount, let name):
            try await program.earn(id, amount, name) { $0.source = PointSource(id: id == "s0" || id == "s2" ? "all" : id) }
        case .burn(let amount, let name): try await program.spend(id, .burn(amount, place: nil), name)
        case .donate(let amount): try await program.spend(id, .donate(amount, charity: "trees"), "ann")
        case .give(let amount, let name):
            try await program.perform(
                id, TransferPoints(amount, of: "points", from: TestProgram.member("ann"), to: TestProgram.member(name)))
        case .takeBack(let reason): try await program.perform(id, Self.takeBack(reason))
        case .buy(let amount): try await program.perform(id, BuyBlock(amount, of: "points", for: "roaster", price: 0))
        }
    }

    @Test("the refusal tells the most")
    func most() async throws {
        let answer = try await Self.program().earn("a", .max, "ann")
        #expect(answer.body["reasons"]?.arrayValue?.first?["params"]?["max"] == .int(Self.most))
        #expect(Refusal("OVERFLOW", ["max": 7]).reasons[0].wording.description.contains("more than 7 points"))
        #expect(!Refusal("OVERFLOW").reasons[0].wording.description.contains("than  "))
    }

    @Test(
        "an adjustment that no book can take is refused when it is asked for, and waits for nobody", arguments: RecordsEngine.here)
    func adjusted(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        _ = try await program.earn("a", 100, "ann")
        func adjust(_ amount: Int64) async throws -> ProgramAnswer {
            try await program.perform(
                "\(amount)", AdjustPoints(amount, of: "points", for: TestProgram.member("ann"), reason: .correction, note: ""))
        }
        for amount in [Int64.min, .min + 1, -Self.most - 1, Self.most + 1, .max] {
            let answer = try await adjust(amount)
            let reason = answer.body["reasons"]?.arrayValue?.first
            #expect(answer.codes == ["OVERFLOW"], "\(amount): \(answer.body.text)")
            let told = "An adjustment gives or takes at most 1000000000000000 points, not \(amount). Ask for less."
            #expect(reason?["message"] == .string(told), "\(amount): \(answer.body.text)")
        }
        // The member has received 100.
        let full = try await adjust(Self.most - 99)
        #expect(full.codes == ["OVERFLOW"], "\(full.body.text)")
        #expect(try await program.reader.adjustments(waiting: true).isEmpty)
        #expect(try await adjust(Self.most - 100).body["state"] == "waiting")
        #expect(try await adjust(-Self.most).body["state"] == "waiting")
    }

    @Test("what was earned is taken back at most once, whatever the amounts")
    func revoked() {
        let all = PointEarning(
            source: PointSource(id: "a"), lot: PointID(1), amount: .max, units: 1, returnedUnits: 1, disputed: 1)
        #expect(all.revoked == .max)
        let half = PointEarning(
            source: PointSource(id: "a"), lot: PointID(1), amount: .max, units: .max, returnedUnits: .max / 2, disputed: .max)
        #expect(half.revoked == .max)
        #expect(
            PointValue(minor: .max, points: 1).of(.max) == .max && PointValue(minor: 6, points: 4).wide(.max) > Int128(Int64.max))
    }

    @Test("debts that cannot be counted together are refused, and those of two members who are one are owed by the heir")
    func debts() async throws {
        var book = PointBook(owner: ProgramMemberID(number: 1))
        try book.owe(.max)
        #expect(throws: PointRefusal.overflow(max: nil)) { try book.owe(1) }
        let program = try await Self.program()
        for name in ["ann", "bob"] {
            _ = try await program.earn(name, Self.most, name)
            _ = try await program.spend("burn-\(name)", .burn(Self.most, place: nil), name)
            let taken = TakeBackPoints(.disputed(Self.most), of: "points", earnedFor: PointSource(id: name))
            #expect(try await program.perform("back-\(name)", taken).body["balance"]?["debt"] == .int(Self.most))
        }
        let merged = MergeMembers(TestProgram.member("ann"), into: TestProgram.member("bob"))
        #expect(try await !program.perform("merge", merged).isRefused)
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        let currency = try #require(try await reader.program().settings?.currency("points"))
        let balance = try await reader.balances(of: [TestProgram.member("bob")], in: currency, at: program.clock.now).first
        #expect(balance??.balance.debt == 2 * Self.most)
        #expect(try await reader.check("points").isWhole)
    }

    @Test("a notice about dormant points tells the largest worth there is when theirs is larger")
    func dormant() async throws {
        let program = try await Self.program(worth: 1_000_000_000_000)
        _ = try await program.earn("a", Self.most / 2, "ann")
        _ = try await program.earn("b", Self.most / 2, "ann")
        program.clock.advance(350 * .microsecondsPerDay)
        #expect(try await program.desk.walkDormancy(of: "points") == 1)
        let facts = try await program.records.facts(of: program.workspace, limit: 100).map { record throws(Problem) in
            try ProgramFact(record)
        }
        let notice = try #require(facts.first { $0.name == "Points Dormancy Notice" })
        #expect(notice.properties["worth_minor"] == .int(.max) && notice.properties["points"] == .int(Self.most))
    }

    @Test("what somebody wrote into the tables is found, be it more than can be counted")
    func tampered() async throws {
        let program = try await Self.program()
        _ = try await program.earn("a", 100, "ann")
        _ = try await program.spend("b", .burn(40, place: nil), "ann")
        _ = try await program.perform(
            "c", AdjustPoints(-20, of: "points", for: TestProgram.member("ann"), reason: .correction, note: ""))
        _ = try await program.records.engine.write { connection throws(Problem) in
            try connection.execute(
                "UPDATE point_entries SET amount = ? WHERE target_account IN ('redeemed', 'revoked')", [.integer(.max)])
        }
        let check = try await ProgramReader(workspace: program.workspace, records: program.records).check("points")
        #expect(!check.isWhole && check.firstBroken != nil && check.unequalBooks == 1)
    }

    @Test("vintages that cannot be counted together are told so")
    func vintages() throws {
        var sums = PointSums()
        for vintage: Int64 in [202_601, 202_602] {
            try sums.add(
                .init(
                    key: .init(vintage: vintage, fundedBy: nil, value: PointValue(minor: 0, points: 1)),
                    route: .init(from: .issuer, to: .available), amount: 6_000_000_000_000_000_000))
        }
        #expect(throws: PointSums.overflow) { try PointLiability.list(sums) }
    }
}
