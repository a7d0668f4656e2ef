import Model
import Records
import Testing

@testable import Loyalty

/// Commands are carried out once, whole or not at all, and kept.
struct ProgramDeskTests {
    @Test("a command twice is a command once; its id with other content is refused")
    func once() async throws {
        let program = try await TestProgram()
        let first = try await program.earn("order-1", 100, "ann")
        #expect(first.available == 100 && !first.isReplayed)
        var again = try await program.earn("order-1", 100, "ann")
        #expect(again.isReplayed)
        again.isReplayed = false
        #expect(again == first)
        let other = try await program.earn("order-1", 101, "ann")
        #expect(other.codes == ["IDEMPOTENCY_CONFLICT"] && other.isRefused)
        #expect(other.body["reasons"]?.arrayValue?.first?["params"]?["field"] == "amount")
        let deed = try await program.spend("order-1", .burn(1, place: nil), "ann")
        #expect(deed.body["reasons"]?.arrayValue?.first?["params"]?["field"] == "command")
        let late = try await program.earn("order-1", 100, "ann") { $0.effectiveAt = program.clock.now }
        #expect(late.body["reasons"]?.arrayValue?.first?["params"]?["field"] == "effective_at")
        #expect(try await program.spend("burn-1", .burn(30, place: nil), "ann").available == 70)
    }

    @Test("a refused command stays refused; a new id succeeds once there are points")
    func refusedStays() async throws {
        let program = try await TestProgram()
        _ = try await program.earn("a", 10, "ann")
        #expect(try await program.spend("b", .burn(30, place: nil), "ann").codes == ["INSUFFICIENT_POINTS"])
        _ = try await program.earn("c", 90, "ann")
        let again = try await program.spend("b", .burn(30, place: nil), "ann")
        #expect(again.isRefused && again.isReplayed)
        #expect(try await program.spend("d", .burn(30, place: nil), "ann").available == 70)
    }

    @Test("one business fact earns once, under whatever command ids and for whomever")
    func naturalKey() async throws {
        let program = try await TestProgram()
        let command = EarnPoints(5, of: "points", to: TestProgram.member("ann"), for: PointSource(id: "order", line: "1"))
        #expect(try await !program.perform("x", command).isRefused)
        #expect(try await program.perform("y", command).codes == ["ALREADY_EARNED"])
        var other = command
        other.member = TestProgram.member("bob")
        #expect(try await program.perform("z", other).codes == ["ALREADY_EARNED"])
    }

    @Test("holds, captures, returns and take-backs find what was closed long ago")
    func lifeOfPoints() async throws {
        let program = try await TestProgram()
        _ = try await program.earn("a", 100, "ann") { $0.units = 4 }
        let hold = try await program.spend("h", .hold(100, place: nil, seconds: 1_800), "ann").body["hold"]?.intValue
        let id = PointID(try #require(hold))
        let capture = try await program.spend("c", .capture(id, 60), "ann")
        #expect(capture.available == 40)
        #expect(try await program.spend("c2", .capture(id, 10), "ann").codes == ["HOLD_ALREADY_CAPTURED"])
        _ = try await program.spend("rest", .burn(40, place: nil), "ann")
        let spending = PointID(try #require(capture.body["spending"]?.intValue))
        #expect(try await program.spend("back", .giveBack(spending, 10), "ann").available == 10)
        #expect(try await program.spend("back2", .giveBack(spending, 51), "ann").codes == ["EXCEEDS_ORIGINAL"])
        let taken = try await program.perform(
            "return", TakeBackPoints(.returned(units: 1), of: "points", earnedFor: PointSource(id: "a")))
        #expect(taken.body["taken"] == 25 && taken.available == 0 && taken.body["balance"]?["debt"] == 15)
        // A hold that time ended says so.
        _ = try await program.earn("b", 115, "ann")
        let second = try await program.spend("h2", .hold(50, place: nil, seconds: 60), "ann").body["hold"]?.intValue
        program.clock.advance(61_000_000)
        let late = try await program.spend("c3", .capture(PointID(try #require(second)), nil), "ann")
        #expect(late.codes == ["HOLD_EXPIRED"])
        #expect(try await program.spend("c4", .burn(100, place: nil), "ann").available == 0)
    }

    @Test("a thousand commands at once about two members are carried out one after another, and the sums are right")
    func manyAtOnce() async throws {
        let program = try await TestProgram()
        _ = try await program.earn("a", 500, "ann")
        _ = try await program.earn("b", 0 + 1, "bob")
        let answers = try await withThrowingTaskGroup(of: ProgramAnswer.self) { tasks in
            for number in 0 ..< 1_000 {
                tasks.addTask {
                    // Each of 500 commands comes twice.
                    try await program.perform(
                        "t\(number / 2)",
                        TransferPoints(2, of: "points", from: TestProgram.member("ann"), to: TestProgram.member("bob")))
                }
            }
            return try await tasks.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.filter { !$0.isRefused && !$0.isReplayed }.count == 250)
        #expect(answers.filter { $0.isRefused && !$0.isReplayed }.count == 250)
        #expect(answers.filter(\.isReplayed).count == 500)
        #expect(try await program.spend("all", .burn(501, place: nil), "bob").available == 0)
        #expect(try await program.spend("none", .burn(1, place: nil), "ann").isRefused)
    }

    @Test("members give as much and as often in a month as the currency says, and hear all reasons at once")
    func transferLimits() async throws {
        var settings = TestProgram.settings
        settings.currencies[0].transfers.amountMin = 5
        settings.currencies[0].transfers.amountPerMonth = 50
        settings.currencies[0].transfers.countPerMonth = 2
        let program = try await TestProgram(settings: settings)
        _ = try await program.earn("a", 500, "ann")
        _ = try await program.earn("b", 1, "bob")
        func give(_ id: String, _ amount: Int64) async throws -> ProgramAnswer {
            let command = TransferPoints(
                amount, of: "points", from: TestProgram.member("ann"), to: TestProgram.member("bob"))
            return try await program.perform(id, command)
        }
        #expect(try await give("small", 4).codes == ["TRANSFER_TOO_SMALL"])
        #expect(try await give("none", 0).codes == ["ZERO_VALUE"])
        #expect(try await give("first", 30).available == 470)
        #expect(try await give("much", 21).codes == ["TRANSFER_MONTH_AMOUNT"])
        // At the same moment, in one transaction: one of them is the last.
        async let left = give("second", 20)
        async let right = give("third", 20)
        let both = try await [left, right]
        #expect(both.filter(\.isRefused).map(\.codes) == [["TRANSFER_MONTH_AMOUNT", "TRANSFER_MONTH_COUNT"]])
        program.clock.advance(31 * .microsecondsPerDay)
        #expect(try await give("next month", 50).available == 400)
    }

    @Test("a clock that goes back books later than before")
    func clockBack() async throws {
        let program = try await TestProgram()
        _ = try await program.earn("a", 10, "ann") { $0.start = .at(program.clock.now.advanced(byMicroseconds: 100)) }
        program.clock.advance(200)
        #expect(try await program.spend("b", .burn(4, place: nil), "ann").available == 6)
        program.clock.advance(-.microsecondsPerDay)
        #expect(try await program.spend("c", .burn(6, place: nil), "ann").available == 0)
    }

    @Test("all that is wrong with a command is told at once: its currency, its members, its amounts")
    func allReasons() async throws {
        var settings = TestProgram.settings
        settings.enrolsByEarning = false
        settings.currencies[0].transfers.asksReceiver = true
        settings.currencies[0].transfers.countPerMonth = 0
        let program = try await TestProgram(settings: settings)
        let (nobody, other) = (TestProgram.member("nobody"), TestProgram.member("other"))
        var earn = EarnPoints(0, of: "miles", to: nobody, for: PointSource(id: "a"))
        earn.units = -1
        let someone = MemberWish(.id(ProgramMemberID(number: 1)))
        let source = PointSource(id: "a")
        let table: [(command: any ProgramCommand, codes: String)] = [
            (earn, "CURRENCY_UNKNOWN MEMBER_UNKNOWN ZERO_VALUE ZERO_VALUE"),
            (SpendPoints(.burn(0, place: nil), of: "miles", by: nobody), "CURRENCY_UNKNOWN MEMBER_UNKNOWN ZERO_VALUE"),
            (SpendPoints(.capture(PointID(1), -1), of: "miles", by: nobody), "CURRENCY_UNKNOWN MEMBER_UNKNOWN ZERO_VALUE"),
            (SpendPoints(.release(PointID(1)), of: "miles", by: nobody), "CURRENCY_UNKNOWN MEMBER_UNKNOWN"),
            (
                TransferPoints(0, of: "miles", from: nobody, to: other),
                "CURRENCY_UNKNOWN MEMBER_UNKNOWN MEMBER_UNKNOWN ZERO_VALUE"
            ),
            (
                OfferPoints(0, of: "miles", from: nobody, to: someone),
                "CURRENCY_UNKNOWN MEMBER_UNKNOWN MEMBER_UNKNOWN ZERO_VALUE"
            ),
            (
                AdjustPoints(0, of: "miles", for: nobody, reason: .goodwill, note: ""),
                "CURRENCY_UNKNOWN MEMBER_UNKNOWN ZERO_VALUE"
            ),
            (AdjustPoints(.min, of: "points", for: nobody, reason: .goodwill, note: ""), "MEMBER_UNKNOWN OVERFLOW"),
            (
                ReinstatePoints(of: "miles", for: nobody, expiredSince: .epoch, until: .distantFuture),
                "CURRENCY_UNKNOWN MEMBER_UNKNOWN"
            ),
            (TakeBackPoints(.returned(units: 0), of: "miles", earnedFor: source), "CURRENCY_UNKNOWN ZERO_VALUE"),
            (TakeBackPoints(.disputed(0), of: "points", earnedFor: source), "ZERO_VALUE NOT_FOUND"),
            (BuyBlock(0, of: "miles", for: "brand", price: 0), "CURRENCY_UNKNOWN PARTNER_WRONG ZERO_VALUE"),
            (MergeMembers(nobody, into: other), "MEMBER_UNKNOWN MEMBER_UNKNOWN"),
            (SetJurisdiction("nowhere", of: nobody), "MEMBER_UNKNOWN JURISDICTION_UNKNOWN"),
        ]
        for (number, row) in table.enumerated() {
            let answer = try await program.perform("\(number)", row.command)
            #expect(answer.codes.joined(separator: " ") == row.codes, "\(row.command)")
        }
        for name in ["ann", "bob"] { _ = try await program.perform(name, EnrolMember(Identity(type: .userID, value: name))) }
        let asked = TransferPoints(1, of: "points", from: TestProgram.member("ann"), to: TestProgram.member("bob"))
        #expect(try await program.perform("asked", asked).codes == ["RECEIVER_MUST_ACCEPT", "TRANSFER_MONTH_COUNT"])
    }

    @Test("who is unknown, or gives to themselves, is told so")
    func refusals() async throws {
        let program = try await TestProgram()
        #expect(try await program.spend("a", .burn(1, place: nil), "nobody").codes == ["MEMBER_UNKNOWN"])
        for amount in [0, -1, Int64.min] {
            #expect(try await program.earn("c\(amount)", amount, "ann").codes == ["ZERO_VALUE"])
        }
        #expect(try await program.earn("d", .max, "ann").codes == ["OVERFLOW"])
        _ = try await program.perform("e", EnrolMember(Identity(type: .userID, value: "ann")))
        let oneself = TransferPoints(1, of: "points", from: TestProgram.member("ann"), to: TestProgram.member("ann"))
        #expect(try await program.perform("f", oneself).codes == ["SELF_TRANSFER"])
    }
}
