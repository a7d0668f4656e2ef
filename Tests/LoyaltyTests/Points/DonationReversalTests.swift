import Model
import Records
import TestSupport
import Testing

@testable import Loyalty

/// Donations that are taken back.
struct DonationReversalTests {
    private static let march = PointMonth(holding: LocalDate(text: "2026-03-01") ?? LocalDate(daysSinceEpoch: 0))
    private static let currency = PointCurrency(key: "points")

    private static func instant(_ text: String) -> Instant { Instant(rfc3339: text) ?? .epoch }

    private static func reverse(
        _ program: TestProgram, _ id: String, _ receipt: String?, of currency: String = "points", at moment: Instant? = nil
    ) async throws -> ProgramAnswer {
        var command = ReverseDonation(receipt ?? "", of: currency)
        command.effectiveAt = moment
        return try await program.perform(id, command)
    }

    private static func donate(_ program: TestProgram, _ id: String, _ amount: Int64, _ name: String = "ann") async throws -> String
    {
        let answer = try await program.spend(id, .donate(amount, charity: "trees"), name)
        return try #require(answer.body["receipt"]?.stringValue, "\(answer.body)")
    }

    private static func member(_ name: String, _ program: TestProgram) async throws -> ProgramMemberID {
        try #require(try await program.reader.member(TestProgram.member(name))?.member.id)
    }

    private static func lots(_ program: TestProgram) async throws -> [PointLot] {
        let member = try await member("ann", program)
        return try await program.reader.book(of: member, in: currency, at: program.clock.now).openLots
    }

    @Test("points come back to their lots, once, and nothing is owed to the charity for them", arguments: RecordsEngine.here)
    func whole(engine: RecordsEngine) async throws {
        var settings = TestProgram.settings
        settings.currencies[0].value = PointValue(minor: 1, points: 3)
        let program = try await TestProgram(engine.open(), settings: settings)
        _ = try await program.earn("a", 5, "ann") { $0.expiresAt = Self.instant("2026-06-01T00:00:00Z") }
        _ = try await program.earn("b", 40, "ann")
        let before = try await Self.lots(program)
        // All of the first lot and 2 of the next, which are worth nothing.
        let first = try await Self.donate(program, "1", 7)
        let second = try await Self.donate(program, "2", 10)
        let back = try await Self.reverse(program, "r", first)
        #expect(back.available == 35 && back.body["amount"] == 7 && back.body["worth"] == 1, "\(back.body)")
        #expect(back.body["charity"] == "trees" && back.body["reverses"]?.stringValue == first)
        let own = try #require(back.body["receipt"]?.stringValue.flatMap { PointReceipt(text: $0) })
        let entry = try await program.reader.entries(of: own.member, in: "points", before: own.position + 1, limit: 1).first?.entry
        #expect(entry?.kind == .returned && entry?.from == .donated(charity: "trees"))
        #expect(try await Self.reverse(program, "r", first).isReplayed)
        #expect(try await Self.reverse(program, "s", first).codes == ["DONATION_REVERSED"])
        let owed = try await program.reader.payables(Self.march, of: "points").payables
        #expect(owed == [PointPayable(charity: "trees", points: 10, worth: 3)])
        #expect(try await Self.reverse(program, "t", second).available == 45)
        #expect(try await Self.lots(program) == before)
        #expect(try await program.reader.payables(Self.march, of: "points").payables.isEmpty)
        let report = try await program.reader.report(Self.march, of: "points").report
        #expect(report.isClosed && report.total.donated == 17 && report.total.returned == 17 && report.total.closing == 45)
        #expect(try await program.reader.check("points").isWhole)
    }

    @Test("what is owed for a month falls until the month is closed, and then stays", arguments: RecordsEngine.here)
    func settled(engine: RecordsEngine) async throws {
        let program = try await TestProgram(engine.open())
        _ = try await program.earn("a", 100, "ann")
        let first = try await Self.donate(program, "1", 7)
        let second = try await Self.donate(program, "2", 10)
        program.clock.now = Self.instant("2026-04-10T00:00:00Z")
        let third = try await Self.donate(program, "3", 1)
        // The books count it in April; what is owed is March's.
        #expect(try await Self.reverse(program, "r", first).available == 89)
        #expect(try await program.reader.payables(Self.march, of: "points").payables.map(\.points) == [10])
        #expect(try await program.reader.payables(Self.march.next, of: "points").payables.map(\.points) == [1])
        #expect(try await !program.perform("close", CloseMonth(Self.march, of: "points")).isRefused)
        let late = try await Self.reverse(program, "s", second)
        #expect(late.codes == ["PAYABLE_CLOSED"])
        let reason = late.body["reasons"]?.arrayValue?.first
        #expect(reason?["params"] == ["charity": "trees", "month": "2026-03"])
        #expect(reason?["remedy"] == "Adjust the member's points, and name the month that this corrects.", "\(late.body)")
        #expect(try await Self.reverse(program, "again", first).codes == ["DONATION_REVERSED", "PAYABLE_CLOSED"])
        let closed = try await program.reader.payables(Self.march, of: "points")
        #expect(closed.payables.map(\.points) == [10] && closed.closedAt != nil)
        #expect(try await Self.reverse(program, "t", third).available == 90)
        let april = try await program.reader.report(Self.march.next, of: "points").report
        #expect(april.isClosed && april.total.donated == 1 && april.total.returned == 8 && april.total.closing == 90)
        #expect(try await program.reader.check("points").isWhole)
    }

    @Test("what comes back repays a debt first, and lives on for a while where its lot has ended")
    func debt() async throws {
        let program = try await TestProgram()
        _ = try await program.earn("a", 50, "ann") { $0.expiresAt = Self.instant("2026-03-10T00:00:00Z") }
        let receipt = try await Self.donate(program, "1", 50)
        let disputed = TakeBackPoints(.disputed(20), of: "points", earnedFor: PointSource(id: "a"))
        #expect(try await program.perform("d", disputed).body["balance"]?["debt"] == 20)
        program.clock.now = Self.instant("2026-03-20T00:00:00Z")
        let back = try await Self.reverse(program, "r", receipt)
        #expect(back.available == 30 && back.body["balance"]?["debt"] == 0, "\(back.body)")
        #expect(try await Self.lots(program).map(\.expiresAt) == [Self.instant("2026-04-19T00:00:00Z")])
        #expect(try await program.reader.check("points").isWhole)
    }

    @Test("it can count at an instant of the past, not before the donation")
    func moment() async throws {
        let program = try await TestProgram()
        _ = try await program.earn("a", 50, "ann")
        program.clock.now = Self.instant("2026-03-04T00:00:00Z")
        let receipt = try await Self.donate(program, "1", 50)
        program.clock.now = Self.instant("2026-03-20T00:00:00Z")
        let early = try await Self.reverse(program, "r", receipt, at: Self.instant("2026-03-03T00:00:00Z"))
        #expect(early.codes == ["EFFECTIVE_OUT_OF_ORDER"])
        let (late, moment) = (Self.instant("2026-03-21T00:00:00Z"), Self.instant("2026-03-05T00:00:00Z"))
        #expect(try await Self.reverse(program, "s", receipt, at: late).codes == ["EFFECTIVE_IN_FUTURE"])
        #expect(try await Self.reverse(program, "t", receipt, at: moment).available == 50)
        let entries = try await program.reader.entries(of: Self.member("ann", program), in: "points", limit: 1)
        #expect(entries.map(\.entry.effectiveAt) == [moment])
    }

    @Test("of a merged member the heir has what comes back; who takes part no more has nothing back", arguments: RecordsEngine.here)
    func merged(engine: RecordsEngine) async throws {
        let program = try await TestProgram(engine.open())
        _ = try await program.earn("a", 30, "ann")
        _ = try await program.earn("b", 5, "bob")
        let receipt = try await Self.donate(program, "1", 10)
        let other = try await Self.donate(program, "2", 1, "bob")
        let ann = try await Self.member("ann", program)
        _ = try await program.perform("m", MergeMembers(TestProgram.member("ann"), into: TestProgram.member("bob")))
        let back = try await Self.reverse(program, "r", receipt)
        #expect(back.available == 34 && back.body["former_member"]?.stringValue == ann.text, "\(back.body)")
        #expect(try await Self.reverse(program, "s", receipt).codes == ["DONATION_REVERSED"])
        _ = try await program.perform("c", CloseMember(TestProgram.member("bob")))
        #expect(try await Self.reverse(program, "t", other).codes == ["MEMBER_CLOSED"])
        #expect(try await program.reader.check("points").isWhole)
    }

    @Test("a receipt is that of a donation, as it was told")
    func unknown() async throws {
        let program = try await TestProgram()
        _ = try await program.earn("a", 5, "ann")
        _ = try await program.earn("b", 40, "ann")
        let receipt = try await Self.donate(program, "1", 7)
        let ann = try await Self.member("ann", program)
        #expect(receipt == "\(ann)-3")
        // The fourth entry is a part of it.
        for text in ["", "trees", "\(ann)", "\(ann)-", "\(ann)-0", "\(ann)-03", "\(ann)-1", "\(ann)-4", "\(ann)-99", "m_1-3"] {
            let answer = try await Self.reverse(program, "x\(text)", text)
            #expect(answer.codes == ["DONATION_UNKNOWN"], "\(text)")
        }
        #expect(try await Self.reverse(program, "y", receipt, of: "stars").codes == ["DONATION_UNKNOWN"])
        #expect(try await Self.reverse(program, "z", receipt, of: "gold").codes == ["CURRENCY_UNKNOWN"])
        #expect(try await Self.reverse(program, "r", receipt).available == 45)
    }

    @Test("two servers that do it at once do it once", arguments: RecordsEngine.here)
    func race(engine: RecordsEngine) async throws {
        let program = try await TestProgram(engine.open())
        _ = try await program.earn("a", 100, "ann")
        let receipt = try await Self.donate(program, "1", 60)
        func request(_ id: String) -> ProgramRequest {
            ProgramRequest(id: id, actor: .server, command: ReverseDonation(receipt, of: "points"))
        }
        let other = program.secondDesk
        async let first = program.desk.perform(request("r"))
        async let second = other.perform(request("s"))
        let answers = try await [first, second]
        #expect(answers.flatMap(\.codes) == ["DONATION_REVERSED"] && answers.compactMap(\.available) == [100], "\(answers)")
        #expect(try await program.reader.check("points").isWhole)
    }

    @Test("a note of a reversal that was put in or taken out is found")
    func tampered() async throws {
        let program = try await TestProgram()
        _ = try await program.earn("a", 100, "ann")
        let receipts = [try await Self.donate(program, "1", 60), try await Self.donate(program, "2", 5)]
        _ = try await Self.reverse(program, "r", receipts[0])
        for change in [
            "UPDATE point_donation_reversals SET position = position + 1", "DELETE FROM point_donation_reversals",
        ] {
            #expect(try await program.reader.check("points").isWhole)
            _ = try await program.records.engine.write { connection throws(Problem) in try connection.execute(change, []) }
            let check = try await program.reader.check("points")
            #expect(check.unequalBooks == 1 && !check.isWhole, "\(change)")
            if change.hasPrefix("UPDATE") {
                _ = try await program.records.engine.write { connection throws(Problem) in
                    try connection.execute("UPDATE point_donation_reversals SET position = position - 1", [])
                }
            }
        }
    }
}
