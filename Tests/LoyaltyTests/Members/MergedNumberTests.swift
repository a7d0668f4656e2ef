import Model
import TestSupport
import Testing

@testable import Loyalty

/// Numbers of holds, spendings and lots that were told before two members became one.
@Suite("Old numbers after a merge") struct MergedNumberTests {
    /// Ann and Bob, each with a lot 1 and a spending 2, who then become Bob.
    private struct Club {
        let program: TestProgram
        let reader: ProgramReader
        let ann: String
        let bob: String

        init(_ engine: RecordsEngine) async throws {
            program = try await TestProgram(try await engine.open())
            reader = ProgramReader(workspace: program.workspace, records: program.records)
            ann = try #require(try await program.earn("a1", 100, "ann").body["member"]?.stringValue)
            bob = try #require(try await program.earn("b1", 50, "bob").body["member"]?.stringValue)
            #expect(try await program.spend("a2", .burn(30, place: nil), "ann").body["spending"] == 2)
            #expect(try await program.spend("b2", .burn(20, place: nil), "bob").body["spending"] == 2)
        }

        func merge(_ name: String = "ann", into heir: String = "bob") async throws {
            let answer = try await program.perform(
                "m-\(name)", MergeMembers(TestProgram.member(name), into: TestProgram.member(heir)))
            #expect(!answer.isRefused, "\(answer.codes)")
        }

        func spend(_ id: String, _ deed: SpendPoints.Deed, _ wish: MemberWish) async throws -> ProgramAnswer {
            try await program.perform(id, SpendPoints(deed, of: "points", by: wish))
        }
    }

    private static func number(_ text: String) throws -> MemberWish { MemberWish(.id(try #require(ProgramMemberID(text: text)))) }

    @Test("A spending is given back that was made under the name, and the heir has what comes back", arguments: RecordsEngine.here)
    func spendings(engine: RecordsEngine) async throws {
        let club = try await Club(engine)
        try await club.merge()
        let (ann, bob) = (TestProgram.member("ann"), TestProgram.member("bob"))
        let two = PointID(2)
        let first = try await club.spend("g1", .giveBack(two, 10), ann)
        #expect(first.available == 110 && first.body["member"]?.stringValue == club.bob, "\(first.body.text)")
        #expect(first.body["former_member"]?.stringValue == club.ann)
        #expect(try await club.spend("g2", .giveBack(two, nil), try Self.number(club.ann)).body["amount"] == 20)
        #expect(try await club.spend("g3", .giveBack(two, 1), ann).codes == ["EXCEEDS_ORIGINAL"])
        let own = try await club.spend("g4", .giveBack(two, nil), bob)
        #expect(own.body["amount"] == 20 && own.available == 150 && own.body["former_member"] == nil)
        // What is made from now on is of no number that either had.
        let new = try await club.spend("b3", .burn(5, place: nil), ann)
        let number = PointID(try #require(new.body["spending"]?.intValue))
        #expect(try await club.spend("g5", .giveBack(number, nil), try Self.number(club.ann)).available == 150)
        #expect(try await club.spend("g6", .giveBack(number, 1), bob).codes == ["EXCEEDS_ORIGINAL"])
    }

    @Test("A hold that ended before the merge is not the heir's of the same number", arguments: RecordsEngine.here)
    func holds(engine: RecordsEngine) async throws {
        let club = try await Club(engine)
        let (ann, bob) = (TestProgram.member("ann"), TestProgram.member("bob"))
        #expect(try await club.spend("h1", .hold(10, place: nil, seconds: 600), ann).body["hold"] == 3)
        _ = try await club.spend("r1", .release(PointID(3)), ann)
        #expect(try await club.spend("h2", .hold(10, place: nil, seconds: 600), bob).body["hold"] == 3)
        try await club.merge()
        #expect(try await club.spend("c1", .capture(PointID(3), nil), ann).codes == ["HOLD_EXPIRED"])
        #expect(try await club.spend("r2", .release(PointID(3)), ann).codes == ["HOLD_EXPIRED"])
        #expect(try await club.spend("c2", .capture(PointID(3), nil), bob).body["amount"] == 10)
    }

    @Test("A lot that has gone to the heir is frozen and made active there", arguments: RecordsEngine.here)
    func lots(engine: RecordsEngine) async throws {
        let club = try await Club(engine)
        let (ann, bob) = (TestProgram.member("ann"), TestProgram.member("bob"))
        let late = Instant(rfc3339: "2026-06-01T00:00:00Z") ?? .epoch
        let pending = try await club.program.earn("a3", 7, "ann") { $0.start = .at(late) }
        #expect(pending.body["lot"] == 3)
        _ = try await club.program.perform("t", TransferPoints(10, of: "points", from: ann, to: bob))
        try await club.merge()
        _ = try await club.program.earn("c1", 1, "carl")
        try await club.merge("bob", into: "carl")
        // Ann's 60, those of Ann's that Bob was given before, Bob's 30, Carl's own.
        #expect(try await club.spend("f1", .freeze(PointID(1), true), ann).codes == [])
        #expect(try await club.spend("x1", .burn(42, place: nil), ann).codes == ["LOT_FROZEN"])
        #expect(try await club.spend("x2", .burn(41, place: nil), ann).available == 60)
        // What comes back to a frozen lot is frozen, too.
        #expect(try await club.spend("g1", .giveBack(PointID(2), nil), ann).available == 90)
        #expect(try await club.spend("x3", .burn(1, place: nil), ann).codes == ["LOT_FROZEN"])
        #expect(try await club.spend("f2", .freeze(PointID(1), false), ann).codes == [])
        #expect(try await club.spend("x4", .burn(90, place: nil), bob).available == 0)
        #expect(try await club.spend("v1", .activate(PointID(3)), ann).available == 7)
        #expect(try await club.spend("v2", .activate(PointID(3)), ann).codes == ["NOT_FOUND"])
        #expect(try await club.spend("f3", .freeze(PointID(9_999), true), ann).codes == ["NOT_FOUND"])
    }

    @Test("A person who is two of those who became one has to say whose number it is", arguments: RecordsEngine.here)
    func people(engine: RecordsEngine) async throws {
        let club = try await Club(engine)
        try await club.merge()
        let both = MemberWish(
            .person(PersonID(ordinal: 7)),
            others: ["zoe", "bob", "ann"].map { Identity(type: .userID, value: $0) })
        let answer = try await club.spend("g1", .giveBack(PointID(2), nil), both)
        #expect(answer.codes == ["NUMBER_AMBIGUOUS"])
        let members = answer.body["reasons"]?.arrayValue?.first?["params"]?["members"]?.arrayValue?.compactMap(\.stringValue)
        #expect(Set(members ?? []) == [club.ann, club.bob])
        let hold = try await club.spend("h", .hold(10, place: nil, seconds: 600), both)
        let number = PointID(try #require(hold.body["hold"]?.intValue))
        #expect(try await club.spend("c", .capture(number, nil), both).body["amount"] == 10)
    }

    @Test("In a currency that the heir never had, too", arguments: RecordsEngine.here)
    func otherCurrency(engine: RecordsEngine) async throws {
        let club = try await Club(engine)
        let (ann, bob) = (TestProgram.member("ann"), TestProgram.member("bob"))
        _ = try await club.program.perform("s", EarnPoints(9, of: "stars", to: ann, for: PointSource(id: "s")))
        _ = try await club.program.perform("s2", SpendPoints(.burn(9, place: nil), of: "stars", by: ann))
        try await club.merge()
        let earned = try await club.program.perform("s3", EarnPoints(4, of: "stars", to: bob, for: PointSource(id: "s3")))
        #expect((earned.body["lot"]?.intValue ?? 0) > 2)
        let back = try await club.program.perform("s4", SpendPoints(.giveBack(PointID(2), nil), of: "stars", by: ann))
        #expect(back.available == 13)
        let check = try await club.reader.check("stars")
        #expect(check.firstBroken == nil && check.unequalBooks == 0 && check.sum == 0)
    }
}
