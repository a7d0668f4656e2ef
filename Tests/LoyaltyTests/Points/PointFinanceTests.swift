import Model
import Records
import TestSupport
import Testing

@testable import Loyalty

/// What a finance department asks of the books.
struct PointFinanceTests {
    private static let march = PointMonth(holding: LocalDate(text: "2026-03-01") ?? LocalDate(daysSinceEpoch: 0))

    private static func instant(_ text: String) -> Instant { Instant(rfc3339: text) ?? .epoch }

    @Test(
        "L16, L17: a month closes by vintage, once it is over and in order; what comes later does not change it",
        arguments: RecordsEngine.here)
    func close(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        _ = try await program.earn("a", 100, "ann") { $0.units = 2 }
        _ = try await program.earn("b", 40, "bob") { $0.expiresAt = Self.instant("2026-03-20T00:00:00Z") }
        _ = try await program.spend("c", .burn(30, place: nil), "ann")
        _ = try await program.perform(
            "d", TransferPoints(20, of: "points", from: TestProgram.member("ann"), to: TestProgram.member("bob")))
        let early = try await program.perform("early", CloseMonth(Self.march, of: "points"))
        #expect(early.codes == ["MONTH_NOT_OVER"])
        program.clock.now = Self.instant("2026-04-02T00:00:00Z")
        #expect(try await program.perform("due", CloseMonth(Self.march, of: "points")).codes == ["BOOKS_DUE"])
        // What was due in March is booked by April's first command, with its instant.
        _ = try await program.spend("e", .burn(5, place: nil), "bob")
        let ahead = try await program.perform("ahead", CloseMonth(Self.march.next, of: "points"))
        #expect(ahead.codes == ["MONTH_NOT_OVER"])
        let closed = try await program.perform("close", CloseMonth(Self.march, of: "points"))
        let total = try #require(closed.body["report"]?["total"])
        #expect(total["issued"] == 140 && total["redeemed"] == 30 && total["expired"] == 40 && total["closing"] == 70, "\(total)")
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        let report = try await reader.report(Self.march, of: "points")
        #expect(report.report.isClosed && report.report.rows.map(\.vintage) == [202_603])
        #expect(report.report.json.text == report.closing?.report)
        let again = try await program.perform("again", CloseMonth(Self.march, of: "points"))
        #expect(again.codes == ["MONTH_CLOSED"], "\(again.body)")
        let kept = again.body["reasons"]?.arrayValue?.first
        #expect(kept?["params"]?["digest"] == closed.body["digest"] && kept?["remedy"] == "The next is 2026-04.", "\(again.body)")
        let repeated = try await program.perform("close", CloseMonth(Self.march, of: "points"))
        #expect(repeated.isReplayed && repeated.body == closed.body)
        // A return of what was earned in March is April's.
        _ = try await program.perform("r", TakeBackPoints(.returned(units: 1), of: "points", earnedFor: PointSource(id: "a")))
        let later = try await reader.report(Self.march, of: "points")
        #expect(later.report == report.report)
        let april = try await reader.report(Self.march.next, of: "points").report
        #expect(april.isClosed && april.total.opening == 70 && april.total.revoked == 50 && april.total.closing == 15, "\(april)")
        // A clock that goes back into the closed month books nothing there.
        program.clock.now = Self.instant("2026-03-15T00:00:00Z")
        #expect(try await program.earn("f", 1, "cy").isRefused == false, "the desk's time never goes back")
        let other = ProgramDesk(workspace: program.workspace, records: program.records, clock: program.clock)
        let late = try await other.perform(
            ProgramRequest(
                id: "g", actor: .server,
                command: EarnPoints(1, of: "points", to: TestProgram.member("dan"), for: PointSource(id: "g"))))
        #expect(late.codes == ["PERIOD_CLOSED"])
    }

    @Test("L6: a close that is refused, or was before, leaves the days of its month open", arguments: RecordsEngine.here)
    func refusedClose(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        let (reader, april) = (ProgramReader(workspace: program.workspace, records: program.records), Self.march.next)
        _ = try await program.earn("a", 100, "ann") { $0.expiresAt = Self.instant("2026-03-20T00:00:00Z") }
        let refused: [(day: String, id: String, month: PointMonth, code: String)] = [
            ("2026-03-25", "early", Self.march, "MONTH_NOT_OVER"), ("2026-04-20", "ahead", april, "MONTH_NOT_OVER"),
            ("2026-04-20", "early", Self.march, "MONTH_NOT_OVER"), ("2026-04-20", "due", Self.march, "BOOKS_DUE"),
            ("2026-05-02", "next", april, "MONTH_NOT_NEXT"),
        ]
        for (number, one) in refused.enumerated() {
            program.clock.now = Self.instant(one.day + "T12:00:00Z")
            let answer = try await program.perform(one.id, CloseMonth(one.month, of: "points"))
            #expect(answer.codes == [one.code] && answer.isReplayed == (number == 2), "\(one): \(answer.body)")
            let late = try await program.earn("late\(number)", 1, "m\(number)") {
                $0.effectiveAt = Self.instant("2026-03-22T00:00:00Z")
            }
            #expect(late.available == 1, "\(one): \(late.body)")
            let (barred, ends) = try await reader.read { tables throws(Problem) in
                (try tables.barredUntil("points"), try tables.sumEnds(of: "points"))
            }
            #expect(barred == .distantPast && ends.isEmpty, "\(one)")
        }
        _ = try await program.desk.settle()
        let closed = try await program.perform("close", CloseMonth(Self.march, of: "points"))
        let total = closed.body["report"]?["total"]
        #expect(total?["issued"] == 105 && total?["expired"] == 100 && total?["closing"] == 5, "\(closed.body)")
    }

    @Test(
        "L16, L17: closed months stay what they were when the zone changes, and the next begins where the last ended",
        arguments: RecordsEngine.here,
        [["Asia/Shanghai", "UTC"], ["UTC", "Asia/Shanghai"], ["America/New_York", "Asia/Shanghai"]])
    func zones(engine: RecordsEngine, zones: [String]) async throws {
        let clock = TestClock(Self.instant("2026-03-31T10:00:00Z"))
        let program = try await TestProgram(try await engine.open(), clock: clock)
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        try await program.move(to: zones[0])
        _ = try await program.perform("block", BuyBlock(10_000, of: "points", for: "roaster", price: 1))
        // The month ends at 16:00, 24:00 and 28:00.
        for step in 0 ..< 12 {
            _ = try await program.earn("e\(step)", 1 << Int64(step), "ann") { $0.fundedBy = "roaster" }
            _ = try await program.spend("d\(step)", .donate(1, charity: "trees"), "ann")
            clock.advance(2 * .microsecondsPerHour)
        }
        #expect(try await !program.perform("march", CloseMonth(Self.march, of: "points")).isRefused)
        let march = try await MonthBooks(reader, Self.march)
        let issued: [String: Int64] = ["Asia/Shanghai": 7, "UTC": 127, "America/New_York": 511]
        #expect(march.report.total.issued == issued[zones[0]])
        try await program.move(to: zones[1])
        #expect(try await MonthBooks(reader, Self.march) == march)
        clock.now = Self.instant("2026-05-02T00:00:00Z")
        let april = try await MonthBooks(reader, Self.march.next)
        #expect(april.report.isClosed && april.report.total.opening == march.report.total.closing)
        #expect(april.report.total.issued + march.report.total.issued == 4_095)
        #expect(april.donated + march.donated == 12)
        #expect(april.statement.opening == march.statement.closing && april.statement.closing == 10_000 - 4_095)
        #expect(april.revenue.total.opening == march.revenue.total.deferred)
        let closed = try await program.perform("april", CloseMonth(Self.march.next, of: "points"))
        #expect(closed.body["report"]?.text == april.report.json.text, "\(closed.body)")
        try await program.move(to: zones[0])
        #expect(try await MonthBooks(reader, Self.march) == march)
        #expect(try await MonthBooks(reader, Self.march.next) == april)
        #expect(try await reader.closings(of: "points").map(\.report) == [april, march].map(\.report.json.text))
        #expect(try await reader.check("points").isWhole)
    }

    /// All that is reported of a month.
    private struct MonthBooks: Equatable {
        let report: PointMonthReport
        let revenue: PointRevenueReport
        let statement: PartnerStatement
        let digest: String
        /// How many points went to charities.
        let donated: Int64

        init(_ reader: ProgramReader, _ month: PointMonth) async throws {
            report = try await reader.report(month, of: "points").report
            revenue = try await reader.revenue(month, of: "points").report
            statement = try await reader.statement(of: "roaster", month, in: "points")
            donated = try await reader.payables(month, of: "points").payables.reduce(0) { $0 + $1.points }
            let calendar = try await reader.program().calendar
            digest = try await reader.read { tables throws(Problem) in try tables.digest(month, of: "points", in: calendar) }
        }
    }

    @Test("every chain is whole, sums are 0, and a row that somebody edits, drops or adds is found")
    func chains() async throws {
        let program = try await TestProgram()
        _ = try await program.earn("a", 100, "ann")
        for number in 0 ..< 10 { _ = try await program.spend("b\(number)", .burn(3, place: nil), "ann") }
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        let whole = try await reader.check("points")
        #expect(whole.isWhole && whole.bookCount == 1 && whole.entryCount == 21)
        for change in [
            "UPDATE point_entries SET amount = amount + 1 WHERE position = 5", "DELETE FROM point_entries WHERE position = 21",
            "UPDATE point_books SET available = available + 1", "UPDATE point_entries SET effective_at = 7 WHERE position = 1",
            "UPDATE point_lots SET original = original + 990, remaining = remaining + 990",
            "UPDATE point_lots SET remaining = remaining - 1, held = held + 1",
            "UPDATE point_lots SET remaining = remaining + 1, spent = spent - 1",
            "UPDATE point_lots SET original = original + 1, expired = expired + 1",
            "UPDATE point_lots SET activation = 'at', activates_at = 7", "DELETE FROM point_lots",
        ] {
            let copy = try await program.changed(change)
            #expect(try await !copy.check("points").isWhole, "\(change)")
        }
        var export = PointExport(reader, currency: "points")
        var text = ""
        while let piece = try await export.piece() { text += piece }
        #expect(text.split(separator: "\r\n").count == 22)
    }

    @Test(
        "a donation has a receipt in the books, and what is owed to a charity for a month is the sum of its receipts",
        arguments: RecordsEngine.here)
    func donations(engine: RecordsEngine) async throws {
        var settings = TestProgram.settings
        settings.currencies[0].value = PointValue(minor: 1, points: 3)
        let program = try await TestProgram(try await engine.open(), settings: settings)
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        for (id, amount) in [("a", Int64(5)), ("b", 5), ("c", 40)] { _ = try await program.earn(id, amount, "ann") }
        _ = try await program.earn("d", 70, "bob") { $0.expiresAt = Self.instant("2026-03-20T00:00:00Z") }
        // 5 points are worth 1 minor unit, and 2 of the next lot nothing.
        let first = try await program.spend("1", .donate(7, charity: "trees"), "ann")
        #expect(first.body["worth"] == 1 && first.available == 43)
        let second = try await program.spend("2", .donate(10, charity: "trees"), "ann")
        let other = try await program.spend("3", .donate(30, charity: "cats"), "bob")
        #expect(second.body["worth"] == 3 && other.body["worth"] == 10)
        program.clock.now = Self.instant("2026-04-02T00:00:00Z")
        // What ended first comes before it in the book.
        _ = try await program.earn("e", 9, "bob")
        let late = try await program.spend("4", .donate(9, charity: "cats"), "bob")
        let receipts = [first, second, other, late].compactMap { $0.body["receipt"]?.stringValue }
        #expect(Set(receipts).count == 4)
        for (receipt, charity) in zip(receipts, ["trees", "trees", "cats", "cats"]) {
            let parts = receipt.split(separator: "-")
            let member = try #require(ProgramMemberID(text: parts[0]))
            let position = try #require(Int64(parts[1]))
            let entry = try await reader.entries(of: member, in: "points", before: position + 1, limit: 1).first
            #expect(entry?.position == position && entry?.entry.to == .donated(charity: charity), "\(receipt)")
        }
        let march = try await reader.payables(Self.march, of: "points")
        #expect(march.payables.map(\.charity) == ["cats", "trees"] && march.payables.map(\.points) == [30, 17])
        #expect(march.payables.map(\.worth) == [10, 4] && march.closedAt == nil)
        #expect(try await reader.payables(Self.march.next, of: "points").payables.map(\.worth) == [3])
        _ = try await program.desk.settle()
        #expect(try await !program.perform("close", CloseMonth(Self.march, of: "points")).isRefused)
        let closed = try await reader.payables(Self.march, of: "points")
        #expect(closed.payables == march.payables && closed.closedAt != nil)
    }

    @Test("what is spent for a campaign has an account of its own, and comes back from it", arguments: RecordsEngine.here)
    func campaigns(engine: RecordsEngine) async throws {
        let program = try await TestProgram(engine.open())
        _ = try await program.earn("a", 100, "ann")
        func spend(_ id: String, _ deed: SpendPoints.Deed, for campaign: String?) async throws -> ProgramAnswer {
            var command = SpendPoints(deed, of: "points", by: TestProgram.member("ann"))
            command.campaign = campaign
            // Another server knows of it by what is written.
            return try await program.secondDesk.perform(ProgramRequest(id: id, actor: .server, command: command))
        }
        let first = try await spend("1", .burn(30, place: nil), for: "spring")
        let hold = PointID(try #require(try await spend("2", .hold(20, place: nil, seconds: 60), for: nil).body["hold"]?.intValue))
        #expect(try await spend("3", .capture(hold, 15), for: "spring").available == 55)
        _ = try await spend("4", .burn(10, place: nil), for: nil)
        let spending = PointID(try #require(first.body["spending"]?.intValue))
        #expect(try await spend("5", .giveBack(spending, 12), for: nil).available == 57)
        #expect(try await spend("1", .burn(30, place: nil), for: "autumn").codes == ["IDEMPOTENCY_CONFLICT"])
        // An account's name is a line of what is hashed.
        for (number, name) in ["spring\n90", "\u{0}", "a\u{85}b", ""].enumerated() {
            let reply = try await spend("wrong \(number)", .burn(1, place: nil), for: name)
            #expect(reply.codes == ["NAME_WRONG"] && reply.body["reasons"]?.arrayValue?.first?["params"]?["field"] == "campaign")
        }
        let found = try await program.reader.campaigns(Self.march, of: "points")
        #expect(found == [PointCampaign(campaign: "spring", redeemed: 45, returned: 12)])
        let report = try await program.reader.report(Self.march, of: "points").report
        #expect(report.isClosed && report.total.redeemed == 55 && report.total.returned == 12 && report.total.closing == 57)
        #expect(PointAccount(text: "redeemed:spring") == .campaign("spring") && PointAccount(text: "redeemed") == .redeemed)
        #expect(try await program.reader.check("points").isWhole)
    }

    @Test("an adjustment above the limit waits for a second person, and is decided once", arguments: RecordsEngine.here)
    func adjustments(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        _ = try await program.earn("a", 100, "ann")
        func adjust(_ id: String, _ amount: Int64, by actor: Actor = .admin) async throws -> ProgramAnswer {
            let command = AdjustPoints(amount, of: "points", for: TestProgram.member("ann"), reason: .goodwill, note: "late tea")
            return try await program.desk.perform(ProgramRequest(id: id, actor: actor, command: command))
        }
        func decide(_ id: String, _ adjustment: String, by actor: Actor, _ approves: Bool = true) async throws -> ProgramAnswer {
            try await program.desk.perform(
                ProgramRequest(id: id, actor: actor, command: DecideAdjustment(adjustment, approves: approves)))
        }
        #expect(try await adjust("small", 50).available == 150)
        #expect(try await adjust("take", -20).available == 130)
        #expect(try await adjust("too much", -131).codes == ["INSUFFICIENT_POINTS"])
        #expect(try await adjust("none", 0).codes == ["ZERO_VALUE"])
        let large = try await adjust("large", 10_001)
        #expect(large.body["state"] == "waiting")
        #expect(try await decide("1", "large", by: .admin).codes == ["SECOND_PERSON_NEEDED"])
        #expect(try await decide("2", "large", by: .commandLine).available == 10_131)
        #expect(try await decide("3", "large", by: .commandLine).codes == ["ADJUSTMENT_DECIDED"])
        #expect(try await decide("4", "nothing", by: .commandLine).codes == ["ADJUSTMENT_UNKNOWN"])
        let refused = try await adjust("other", 20_000)
        #expect(refused.body["state"] == "waiting")
        #expect(try await decide("5", "other", by: .commandLine, false).body["state"] == "refused")
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        #expect(try await reader.adjustments(waiting: true).isEmpty)
        #expect(try await reader.adjustments(waiting: false).count == 4)
        #expect(try await reader.check("points").isWhole)
    }

    @Test("who has made a key is no second person to it, however many keys lie between", arguments: RecordsEngine.here)
    func personsBehindKeys(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        _ = try await program.earn("a", 100, "ann")
        let (lu, wang) = (Actor.member(MemberID(text: "mem_lu")), Actor.member(MemberID(text: "mem_wang")))
        func key(_ name: String, by maker: Actor?) async throws -> Actor {
            let id = KeyID(text: "key_\(name)")
            let digest = KeyDigest(bytes: (0 ..< 32).map { UInt8(truncatingIfNeeded: name.utf8.count + $0) })
            try await program.records.commit([
                .insertKey(
                    Key(
                        id: id, workspace: program.workspace, kind: .api, name: name, digest: digest, shownPrefix: "ak_\(name)",
                        scopes: [.manage], createdAt: program.clock.now, createdBy: maker))
            ])
            return .key(id)
        }
        let till = try await key("till", by: lu)
        let backup = try await key("backup", by: till)
        let other = try await key("other", by: wang)
        let old = try await key("old", by: nil)
        let pairs: [(asker: Actor, decider: Actor, isRefused: Bool)] = [
            (till, lu, true), (lu, till, true), (backup, lu, true), (till, backup, true), (backup, till, true), (old, old, true),
            (till, wang, false), (till, other, false), (other, lu, false), (old, lu, false), (lu, old, false),
            (.admin, till, false),
        ]
        for (number, pair) in pairs.enumerated() {
            let command = AdjustPoints(10_001, of: "points", for: TestProgram.member("ann"), reason: .goodwill, note: "")
            let asked = try await program.desk.perform(ProgramRequest(id: "ask \(number)", actor: pair.asker, command: command))
            #expect(asked.body["state"] == "waiting")
            let reader = ProgramReader(workspace: program.workspace, records: program.records)
            let own = try await reader.own(of: pair.decider, among: try await reader.adjustments(waiting: true))
            #expect(own.contains("ask \(number)") == pair.isRefused, "\(pair)")
            let decision = DecideAdjustment("ask \(number)", approves: true)
            let decided = try await program.desk.perform(
                ProgramRequest(id: "decide \(number)", actor: pair.decider, command: decision))
            #expect(decided.codes == (pair.isRefused ? ["SECOND_PERSON_NEEDED"] : []), "\(pair)")
        }
        #expect(try await program.reader.check("points").isWhole)
    }

    @Test("an adjustment corrects a closed month of its currency, or names none", arguments: RecordsEngine.here)
    func corrections(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        _ = try await program.earn("a", 100, "ann")
        func correct(
            _ id: String, _ month: String, _ amount: Int64 = 5, of currency: String = "points"
        ) async throws -> ProgramAnswer {
            try await program.perform(
                id,
                AdjustPoints(
                    amount, of: currency, for: TestProgram.member("ann"), reason: .correction, note: "", corrects: month))
        }
        let early = try await correct("early", "2026-03")
        #expect(early.codes == ["MONTH_NOT_CLOSED"], "\(early.body)")
        #expect(early.body["reasons"]?.arrayValue?.first?["remedy"] == "Leave \"corrects\" out.", "\(early.body)")
        program.clock.now = Self.instant("2026-04-02T00:00:00Z")
        #expect(try await !program.perform("close", CloseMonth(Self.march, of: "points")).isRefused)
        for month in ["2019-01", "2026-02", "2026-04", "2031-01"] {
            let open = try await correct(month, month)
            let reason = open.body["reasons"]?.arrayValue?.first
            #expect(open.codes == ["MONTH_NOT_CLOSED"] && reason?["params"]?["last"] == "2026-03", "\(open.body)")
            #expect(reason?["remedy"] == "Name one of these, or leave \"corrects\" out.", "\(open.body)")
        }
        #expect(try await correct("waits", "2026-04", 20_000).codes == ["MONTH_NOT_CLOSED"])
        #expect(try await correct("stars", "2026-03", of: "stars").codes == ["MONTH_NOT_CLOSED"])
        #expect(try await correct("right", "2026-03").available == 105)
        #expect(try await correct("large", "2026-03", 20_000).body["state"] == "waiting")
        #expect(try await program.reader.adjustments(waiting: false).map(\.corrects) == ["2026-03"])
        #expect(try await program.reader.adjustments(waiting: true).map(\.corrects) == ["2026-03"])
    }

    @Test("two members become one with all their points, debts and identities", arguments: RecordsEngine.here)
    func merge(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        _ = try await program.earn("a", 100, "ann") { $0.expiresAt = Self.instant("2026-06-01T00:00:00Z") }
        _ = try await program.earn("b", 30, "bob")
        _ = try await program.spend("c", .burn(30, place: nil), "bob")
        _ = try await program.perform("d", TakeBackPoints(.disputed(30), of: "points", earnedFor: PointSource(id: "b")))
        let hold = try await program.spend("h", .hold(10, place: nil, seconds: 60), "ann")
        let wish = MergeMembers(TestProgram.member("bob"), into: TestProgram.member("ann"))
        _ = try await program.perform("m", wish)
        let balances = try await ProgramReader(workspace: program.workspace, records: program.records).balances(
            of: ["ann", "bob"].map(TestProgram.member), in: PointCurrency(key: "points"), at: program.clock.now)
        #expect(balances[0]?.member == balances[1]?.member)
        #expect(balances[0]?.balance.available == 60 && balances[0]?.balance.debt == 0 && balances[0]?.balance.held == 10)
        #expect(hold.available == 90)
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        #expect(try await reader.check("points").isWhole)
        let back = try await program.perform(
            "n", MergeMembers(TestProgram.member("ann"), into: TestProgram.member("bob")))
        #expect(back.codes == ["SAME_MEMBER"])
    }

    @Test("what has expired can be given once more, each lot once", arguments: RecordsEngine.here)
    func reinstate(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        _ = try await program.earn("a", 100, "ann") { $0.expiresAt = Self.instant("2026-03-02T00:00:00Z") }
        program.clock.now = Self.instant("2026-03-05T00:00:00Z")
        let command = ReinstatePoints(
            of: "points", for: TestProgram.member("ann"), expiredSince: Self.instant("2026-03-01T00:00:00Z"),
            until: Self.instant("2026-04-01T00:00:00Z"))
        #expect(try await program.perform("r", command).available == 100)
        #expect(try await program.perform("s", command).body["amount"] == 0)
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        let report = try await reader.report(Self.march, of: "points").report
        #expect(report.isClosed && report.total.reinstated == 100 && report.total.expired == 100)
        #expect(try await reader.liability(of: "points") == [PointLiability(vintage: 202_603, points: 100, worth: 100)])
    }
}

extension TestProgram {
    /// Gives the workspace another time zone.
    fileprivate func move(to zone: String) async throws {
        let workspace = workspace
        _ = try await records.engine.write { connection throws(Problem) in
            try connection.execute("UPDATE workspaces SET timezone = ? WHERE id = ?", [.text(zone), .text(workspace.text)])
        }
    }

    /// Reads the records after a change that nobody should make; the change is taken back afterwards.
    fileprivate func changed(_ sql: String) async throws -> ProgramReader {
        let copy = try await TestProgram(clock: TestClock(clock.now))
        let tables = ["point_books", "point_entries", "point_lots"]
        for table in tables {
            let rows = try await records.engine.read { connection throws(Problem) in
                try connection.rows("SELECT * FROM \(table)", [])
            }
            _ = try await copy.records.engine.write { connection throws(Problem) in
                for row in rows {
                    let marks = Array(repeating: "?", count: row.values.count).joined(separator: ", ")
                    try connection.execute("INSERT INTO \(table) VALUES (\(marks))", row.values)
                }
            }
        }
        _ = try await copy.records.engine.write { connection throws(Problem) in try connection.execute(sql, []) }
        return ProgramReader(workspace: copy.workspace, records: copy.records)
    }
}
