import Model
import OrderedCollections
import Records
import TestSupport
import Testing

@testable import Loyalty

/// Points that members had in another system.
struct OpeningTests {
    private static func instant(_ text: String) -> Instant { Instant(rfc3339: text) ?? .epoch }
    private static func member(_ name: String) -> MemberWish { TestProgram.member(name) }

    private static func lot(
        _ row: String, _ amount: Int64, _ name: String, earned: String = "2025-06-15T00:00:00Z",
        _ change: (inout OpeningLot) -> Void = { _ in }
    ) -> OpeningRow {
        var lot = OpeningLot(row, amount, of: member(name), earnedAt: instant(earned))
        change(&lot)
        return .lot(lot)
    }

    private static func command(_ rows: [OpeningRow], total: Int64? = nil, at: String? = nil, trial: Bool = false) -> ImportPoints {
        var command = ImportPoints(rows, of: "points", total: total ?? rows.reduce(0) { $0 + $1.amount })
        command.effectiveAt = at.map(instant)
        command.isTrial = trial
        return command
    }

    /// The codes of each row that was refused.
    private static func refused(_ answer: ProgramAnswer) -> [String: [String]] {
        (answer.body["refused"]?.arrayValue ?? []).reduce(into: [:]) { refused, row in
            refused[row["row"]?.stringValue ?? ""] = row["reasons"]?.arrayValue?.compactMap { $0["code"]?.stringValue }
        }
    }

    private static func march(_ program: TestProgram) async throws -> PointMonthReport {
        let month = try #require(PointMonth(text: "2026-03"))
        return try await program.reader.report(month, of: "points").report
    }

    @Test(
        "a file comes once: the same rows again change nothing, other words for a known row are refused, a trial changes nothing",
        arguments: RecordsEngine.here)
    func once(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        let rows = [
            Self.lot("1", 100, "ann") { $0.fundedBy = "bank" }, Self.lot("2", 50, "ann", earned: "2025-07-01T00:00:00Z"),
            Self.lot("3", 30, "bob") { $0.expiresAt = Self.instant("2026-05-01T00:00:00Z") },
        ]
        let trial = try await program.perform("trial", Self.command(rows, trial: true))
        #expect(trial.body["taken"] == ["rows": 3, "points": 180] && trial.body["enrolled"] == 2, "\(trial.body)")
        #expect(trial.body["by_end"] == [["month": nil, "points": 150], ["month": "2026-04", "points": 30]])
        #expect(try await program.reader.member(Self.member("ann")) == nil)
        let done = try await program.perform("load", Self.command(rows))
        #expect(done.body["taken"] == trial.body["taken"] && done.body["members"] == 2)
        let again = try await program.perform(
            "again", Self.command(rows + [Self.lot("4", 7, "cy"), Self.lot("1", 101, "ann"), Self.lot("4", 7, "cy")]))
        #expect(again.body["repeated"] == ["rows": 4, "points": 187] && again.body["taken"] == ["rows": 1, "points": 7])
        #expect(Self.refused(again) == ["1": ["OPENING_ROW_CONFLICT"]])
        let opening = try await program.reader.opening(of: "points")
        #expect(opening.rows == 4 && opening.points == 187 && opening.members == 3 && opening.closedAt == nil)
        let whole = try await program.reader.check("points")
        #expect(whole.isWhole, "\(whole)")
        // Spent as if they had been earned here.
        #expect(try await program.spend("burn", .burn(120, place: nil), "ann").available == 30)
    }

    @Test(
        "L17: what was taken over has a line of its own in the month, by vintage and payer, and the month closes",
        arguments: RecordsEngine.here)
    func rollForward(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        _ = try await program.earn("own", 10, "ann")
        _ = try await program.perform(
            "load",
            Self.command([
                Self.lot("1", 100, "ann") { $0.fundedBy = "bank" },
                Self.lot("2", 40, "bob") { $0.expiresAt = Self.instant("2026-03-20T00:00:00Z") },
            ]))
        _ = try await program.spend("burn", .burn(60, place: nil), "ann")
        program.clock.now = Self.instant("2026-04-01T00:00:00Z")
        _ = try await program.desk.settle()
        let report = try await Self.march(program)
        #expect(report.isClosed && report.total.imported == 140 && report.total.issued == 10, "\(report)")
        #expect(report.total.expired == 40 && report.total.closing == 50)
        let bank = try #require(report.rows.first { $0.fundedBy == "bank" })
        #expect(bank.vintage == 202_506 && bank.figures.imported == 100)
        let month = try #require(PointMonth(text: "2026-03"))
        let closed = try await program.perform("close", CloseMonth(month, of: "points"))
        #expect(closed.body["report"]?["total"]?["imported"] == 140)
        // Months without say nothing of it, as those that were closed before there was such a line.
        #expect(!(try await program.reader.report(month.next, of: "points").report.json.text.contains("imported")))
        #expect(try await program.reader.liability(of: "points").map(\.vintage) == [202_506])
    }

    @Test("a row that cannot come says all reasons, and the others come", arguments: RecordsEngine.here, [true, false])
    func refusals(engine: RecordsEngine, trial: Bool) async throws {
        let program = try await TestProgram(try await engine.open())
        program.clock.advance(.microsecondsPerDay)
        _ = try await program.earn("own", 10, "zoe")
        program.clock.advance(.microsecondsPerDay)
        let rows = [
            Self.lot("good", 5, "ann"), Self.lot("none", 0, "bob"),
            Self.lot("late", 9, "bob", earned: "2026-03-02T00:00:00Z") { $0.expiresAt = Self.instant("2026-03-01T00:00:00Z") },
            Self.lot("less", 9, "bob") { ($0.original, $0.units) = (8, 0) }, Self.lot("", 1, "bob"),
            Self.lot("order", 1, "zoe"), .lot(OpeningLot("nobody", 1, of: MemberWish(.id(.init(number: 7))), earnedAt: .epoch)),
            .unreadable(row: "odd", amount: 3, reason: .init("OPENING_ROW_UNREADABLE", ["field": "earned_at", "value": "x"])),
        ]
        let answer = try await program.perform("load", Self.command(rows, at: "2026-03-01T12:00:00Z", trial: trial))
        #expect(answer.body["taken"] == ["rows": 1, "points": 5], "\(answer.body)")
        #expect(
            Self.refused(answer) == [
                "none": ["ZERO_VALUE"], "late": ["EFFECTIVE_BEFORE_LOT", "OPENING_LOT_OVER"],
                "less": ["ZERO_VALUE", "EXCEEDS_ORIGINAL"], "": ["OPENING_ROW_KEY"], "order": ["EFFECTIVE_OUT_OF_ORDER"],
                "nobody": ["MEMBER_UNKNOWN"], "odd": ["OPENING_ROW_UNREADABLE"],
            ])
        #expect(try await program.reader.member(Self.member("bob")) == nil, "nobody enrols by a refused row")
    }

    @Test(
        "a file whose sum is another, that counts at another time, or that comes after the cut-over is refused as a whole",
        arguments: RecordsEngine.here)
    func wholeFile(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        let rows = [Self.lot("1", 100, "ann"), Self.lot("2", 50, "bob")]
        let early = Self.command(rows, total: 151, at: "2026-03-01T00:00:01Z")
        #expect(try await program.perform("1", early).codes == ["OPENING_TOTAL_DIFFERS", "EFFECTIVE_IN_FUTURE"])
        #expect(try await program.perform("2", Self.command([])).codes == ["OPENING_ROW_COUNT"])
        let max = Self.command([Self.lot("1", .max, "ann"), Self.lot("2", .max, "ann")], total: 0)
        #expect(try await program.perform("3", max).codes == ["OVERFLOW"])
        #expect(try await program.perform("4", Self.command(rows, at: "2026-02-01T00:00:00Z")).body["taken"]?["rows"] == 2)
        program.clock.now = Self.instant("2026-04-02T00:00:00Z")
        let february = try #require(PointMonth(text: "2026-02"))
        #expect(try await !program.perform("close", CloseMonth(february, of: "points")).isRefused)
        let closed = Self.command([Self.lot("3", 1, "cy")], at: "2026-02-20T00:00:00Z")
        #expect(try await program.perform("5", closed).codes == ["PERIOD_CLOSED"])
        #expect(try await program.perform("6", CloseOpening(of: "points", total: 151)).codes == ["OPENING_TOTAL_DIFFERS"])
        let end = try await program.perform("7", CloseOpening(of: "points", total: 150))
        #expect(end.body["points"] == 150 && end.body["members"] == 2, "\(end.body)")
        #expect(try await program.perform("8", Self.command([Self.lot("3", 1, "cy")])).codes == ["OPENING_CLOSED"])
        #expect(try await program.perform("9", CloseOpening(of: "points", total: 150)).codes == ["OPENING_CLOSED"])
    }

    @Test(
        "what came at an instant of the past has ended, become active and repaid since, as time says", arguments: RecordsEngine.here
    )
    func past(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        program.clock.now = Self.instant("2026-03-10T00:00:00Z")
        let rows = [
            Self.lot("1", 100, "ann") { $0.expiresAt = Self.instant("2026-03-05T00:00:00Z") },
            Self.lot("2", 20, "ann") { $0.activatesAt = Self.instant("2026-03-08T00:00:00Z") },
            Self.lot("3", 7, "ann") { $0.activatesAt = Self.instant("2026-03-20T00:00:00Z") },
        ]
        _ = try await program.perform("load", Self.command(rows, at: "2026-03-01T00:00:00Z"))
        let member = try #require(try await program.reader.member(Self.member("ann"))?.member.id)
        let entries = try await program.reader.entries(of: member, in: "points", limit: 10).reversed().map(\.entry)
        #expect(entries.map(\.kind) == [.imported, .imported, .imported, .expired, .activated])
        #expect(
            entries.map(\.effectiveAt.rfc3339).map { String($0.prefix(10)) } == [
                "2026-03-01", "2026-03-01", "2026-03-01", "2026-03-05", "2026-03-08",
            ])
        let balance = try await program.spend("burn", .burn(20, place: nil), "ann").body["balance"]
        #expect(balance?["available"] == 0 && balance?["pending"] == 7, "\(String(describing: balance))")
    }

    @Test(
        "a return of what was bought before takes back what was earned there, the spent part as a debt",
        arguments: RecordsEngine.here)
    func takenBack(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        let row = Self.lot("order-7", 60, "ann") { ($0.original, $0.units) = (100, 4) }
        _ = try await program.perform("load", Self.command([row]))
        let source = PointSource(id: "order-7", rule: OpeningLot.rule)
        let one = try await program.perform("1", TakeBackPoints(.returned(units: 1), of: "points", earnedFor: source))
        #expect(one.body["taken"] == 25 && one.available == 35)
        let rest = try await program.perform("2", TakeBackPoints(.returned(units: 3), of: "points", earnedFor: source))
        #expect(rest.body["taken"] == 75 && rest.body["balance"]?["debt"] == 40, "\(rest.body)")
        let report = try await Self.march(program)
        #expect(report.isClosed && report.total.imported == 60 && report.total.closing == -40)
    }

    @Test(
        "any cut of a file into parts, in any order and with parts sent twice, gives the same balances",
        arguments: RecordsEngine.here, Seeds.slices(20, most: 400)
    )
    func parts(engine: RecordsEngine, seeds: Seeds) async throws {
        for seed in seeds.on(engine) {
            var random = SplitMix64(seed: seed)
            let rows = (0 ..< 24).map { number in
                let end = Self.instant("2026-03-01T00:00:00Z").advanced(
                    byMicroseconds: Int64(1 + random.below(90)) * .microsecondsPerDay)
                let isEnding = random.below(2) == 0
                return Self.lot("r\(number)", Int64(1 + random.below(90)), "m\(random.below(5))") { lot in
                    if isEnding { lot.expiresAt = end }
                }
            }
            let whole = try await TestProgram(try await engine.open())
            let parted = try await TestProgram(try await engine.open())
            _ = try await whole.perform("all", Self.command(rows))
            var order = rows
            for index in order.indices.reversed() { order.swapAt(index, random.below(index + 1)) }
            var (start, part) = (0, 0)
            while start < order.count {
                let end = min(order.count, start + 1 + random.below(8))
                let from = max(0, start - random.below(3))
                let answer = try await parted.perform("p\(part)", Self.command(Array(order[from ..< end])))
                #expect(answer.body["refused"] == [], "seed \(seed)")
                (start, part) = (end, part + 1)
            }
            let names = (0 ..< 5).map { Self.member("m\($0)") }
            let currency = TestProgram.settings.currencies[0]
            for days in [0, 20, 40, 100] {
                let at = whole.clock.now.advanced(byMicroseconds: .microsecondsPerHour + Int64(days) * .microsecondsPerDay)
                let left = try await whole.reader.balances(of: names, in: currency, at: at)
                let right = try await parted.reader.balances(of: names, in: currency, at: at)
                #expect(left.map { $0?.balance } == right.map { $0?.balance }, "seed \(seed), day \(days)")
            }
            let sums = (try await whole.reader.opening(of: "points"), try await parted.reader.opening(of: "points"))
            #expect(sums.0 == sums.1, "seed \(seed)")
            #expect(try await parted.reader.check("points").isWhole, "seed \(seed)")
        }
    }

    @Test("a CSV is read as it is meant: quotes, dates of the program with the last day whole, and rows that cannot be read")
    func csv() throws {
        let zone = try TimeZoneTable(identifier: "Asia/Shanghai")
        let calendar = ZoneCalendar(zone: zone)
        let text =
            "\u{FEFF}row,member,amount,earned_at,expires_at,original,colours,funded_by,transferable\r\n"
            + "1,user_id:ann,100,2025-06-15,2026-12-05,150,tea cups,\"Bank, \"\"East\"\"\r\nbranch\",false\n\n"
            + "2,user_id:bob,x,2025-06-15\r\n3,user_id:cy,7,yesterday\n4,user_id:dan,7,2025-06-15T10:00:00Z\n"
            + "5,user_id:eve,1,2025-06-15,,,,,,\"\"\n6,user_id:flo,2,2025-06-15,,,,,perhaps"
        let file = try OpeningFile(text)
        #expect(file.rows.map(\.line) == [2, 5, 6, 7, 8, 9] && file.rows[0].member == "user_id:ann")
        let rows = file.rows.map { $0.row(of: Self.member("x"), in: calendar) }
        guard case .lot(let first) = rows[0], case .lot(let fourth) = rows[3] else { return #expect(Bool(false), "\(rows)") }
        #expect(first.earnedAt.rfc3339 == "2025-06-14T16:00:00Z" && first.expiresAt?.rfc3339 == "2026-12-05T16:00:00Z")
        #expect(first.original == 150 && first.colours == ["tea", "cups"] && !first.isTransferable)
        #expect(first.fundedBy == "Bank, \"East\"\r\nbranch" && fourth.expiresAt == nil && fourth.isTransferable)
        func field(_ row: OpeningRow) -> String? {
            guard case .unreadable(_, _, let reason) = row else { return nil }
            return reason.params["field"]?.stringValue ?? reason.code
        }
        #expect(rows.map(field) == [nil, "amount", "earned_at", nil, "OPENING_ROW_WIDTH", "transferable"])
        #expect(rows.map(\.amount) == [100, 0, 7, 7, 1, 2])
        for bad in [
            "", "row,member,amount", "row,member,amount,earned_at,colour", "row,member,amount,earned_at,row",
            "row,member,amount,earned_at\n\"1,2",
        ] {
            #expect(throws: Problem.self) { try OpeningFile(bad) }
        }
    }

    @Test("rows that cannot be read are told beside a sum that differs, with their lines and how they are written")
    func unreadable() async throws {
        let program = try await TestProgram()
        let calendar = ZoneCalendar(zone: try TimeZoneTable(identifier: "UTC"))
        let bad = ["abc", "\"1,000\"", "1.5", "１００", "99999999999999999999"]
        let text =
            "row,member,amount,earned_at,transferable\n0,user_id:ann,30,2025-06-15,\n"
            + bad.enumerated().map { "r\($0.offset),user_id:ann,\($0.element),2025-06-15,\n" }.joined()
            + "d,user_id:ann,5,01/02/2025,\nt,user_id:ann,5,2025-06-15,perhaps\n"
        let rows = try OpeningFile(text).rows.map { $0.row(of: Self.member("ann"), in: calendar) }
        let answer = try await program.perform("load", Self.command(rows, total: 1_040))
        let told = (answer.body["reasons"]?.arrayValue ?? []).compactMap { $0["message"]?.stringValue }
        let digits = "Write a whole number in digits alone, such as 1200."
        #expect(
            told == [
                "The rows add up to 40, not to 1040. Look for what is missing.",
                "Line 3: \"amount\" cannot be \"abc\". \(digits)", "Line 4: \"amount\" cannot be \"1,000\". \(digits)",
                "Line 5: \"amount\" cannot be \"1.5\". \(digits)", "Line 6: \"amount\" cannot be \"１００\". \(digits)",
                "Line 7: \"amount\" cannot be \"99999999999999999999\". \(digits)",
                "Line 8: \"earned_at\" cannot be \"01/02/2025\". Write a date such as 2026-03-31, or an instant such as 2026-03-31T12:00:00Z.",
                "Line 9: \"transferable\" cannot be \"perhaps\". Write true or false.",
            ], "\(answer.body.text)")
        // Of very many the first are told.
        let many = rows + Array(repeating: rows[1], count: 100)
        #expect(try await program.perform("many", Self.command(many, total: 1_040)).codes.count == 21)
        #expect(try await program.perform("right", Self.command(rows, total: 40)).body["taken"] == ["rows": 1, "points": 30])
    }

    @Test("every reason has its sentence")
    func wording() {
        for code in RefusalWording.openings.keys { #expect(!Refusal.Reason(code).wording.description.contains(code)) }
    }
}
