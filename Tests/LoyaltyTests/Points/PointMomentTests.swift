import Model
import OrderedCollections
import Records
import TestSupport
import Testing

@testable import Loyalty

/// Commands that count at an instant of the past.
struct PointMomentTests {
    private static func instant(_ text: String) -> Instant { Instant(rfc3339: text) ?? .epoch }

    private static func spend(
        _ program: TestProgram, _ id: String, _ deed: SpendPoints.Deed, at text: String
    ) async throws -> ProgramAnswer {
        var command = SpendPoints(deed, of: "points", by: TestProgram.member("ann"))
        command.effectiveAt = instant(text)
        return try await program.perform(id, command)
    }

    private static let table: [(at: Int64, now: Int64, closed: Int64, booked: Int64, earned: Int64?, codes: [String])] = [
        (50, 100, 10, 40, 30, []), (100, 100, 100, 100, 100, []), (101, 100, 10, 40, nil, ["EFFECTIVE_IN_FUTURE"]),
        (9, 100, 10, 5, nil, ["PERIOD_CLOSED"]), (39, 100, 10, 40, nil, ["EFFECTIVE_OUT_OF_ORDER"]),
        (29, 100, 10, 20, 30, ["EFFECTIVE_BEFORE_LOT"]),
        (1, 100, 10, 40, 30, ["PERIOD_CLOSED", "EFFECTIVE_BEFORE_LOT", "EFFECTIVE_OUT_OF_ORDER"]),
        (200, 100, 210, 220, 230, ["EFFECTIVE_IN_FUTURE", "PERIOD_CLOSED", "EFFECTIVE_BEFORE_LOT", "EFFECTIVE_OUT_OF_ORDER"]),
    ]

    @Test("all reasons against an instant are told", arguments: table)
    func reasons(at: Int64, now: Int64, closed: Int64, booked: Int64, earned: Int64?, codes: [String]) {
        let moment = PointMoment(
            now: Instant(microseconds: now), closedUntil: Instant(microseconds: closed),
            bookedUntil: Instant(microseconds: booked), earnedAt: earned.map { Instant(microseconds: $0) })
        #expect(moment.reasons(against: Instant(microseconds: at)).map(\.code) == codes)
    }

    @Test(
        "what a till tells later counts when it was, before what has ended since; out of order it is refused",
        arguments: RecordsEngine.here)
    func till(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        _ = try await program.earn("e", 100, "ann") { $0.expiresAt = Self.instant("2026-03-05T00:00:00Z") }
        program.clock.now = Self.instant("2026-03-10T00:00:00Z")
        // At that time the points had not ended: what is left ends when it was due.
        #expect(try await Self.spend(program, "1", .burn(60, place: nil), at: "2026-03-04T12:00:00Z").available == 0)
        let member = try #require(try await program.reader.member(TestProgram.member("ann"))?.member.id)
        let entries = try await program.reader.entries(of: member, in: "points", limit: 10).reversed().map(\.entry)
        #expect(entries.map(\.kind) == [.earned, .held, .captured, .expired] && entries.map(\.amount) == [100, 60, 60, 40])
        #expect(entries[1].effectiveAt == Self.instant("2026-03-04T12:00:00Z"))
        #expect(entries[3].effectiveAt == Self.instant("2026-03-05T00:00:00Z"))
        let early = try await Self.spend(program, "2", .burn(1, place: nil), at: "2026-03-09T00:00:00Z")
        #expect(early.codes == ["EFFECTIVE_OUT_OF_ORDER"])
        #expect(
            try await Self.spend(program, "3", .burn(1, place: nil), at: "2026-03-11T00:00:00Z").codes == ["EFFECTIVE_IN_FUTURE"])
        #expect(try await program.reader.check("points").isWhole)
        // The instant is a part of the command: another one under the same id is another command.
        #expect(
            try await Self.spend(program, "1", .burn(60, place: nil), at: "2026-03-04T13:00:00Z").codes == ["IDEMPOTENCY_CONFLICT"])
    }

    @Test(
        "sums that are kept daily leave the days of an open month open, and reports hold what was told late",
        arguments: RecordsEngine.here)
    func openDays(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        _ = try await program.earn("e", 100, "ann")
        _ = try await program.earn("f", 10, "bob")
        for day in 1 ... 33 {
            program.clock.now = Self.instant("2026-03-01T12:00:00Z").advanced(byMicroseconds: Int64(day) * .microsecondsPerDay)
            _ = try await program.desk.settle()
            try await program.desk.keepSums()
        }
        // On 3 April nothing of March is closed.
        #expect(try await Self.spend(program, "1", .burn(60, place: nil), at: "2026-03-02T12:00:00Z").available == 40)
        let cut = try await program.earn("g", 7, "cy") { $0.effectiveAt = Self.instant("2026-03-31T00:00:00Z") }
        #expect(cut.available == 7)
        let march = try #require(PointMonth(text: "2026-03"))
        let total = try await program.reader.report(march, of: "points").report.total
        #expect(total.issued == 117 && total.redeemed == 60 && total.closing == 57)
        // Days that are older than a month and some days are summed up.
        func ends() async throws -> [Instant] {
            try await program.reader.read { tables throws(Problem) in try tables.sumEnds(of: "points") }
        }
        program.clock.now = Self.instant("2026-05-01T12:00:00Z")
        try await program.desk.keepSums()
        #expect(try await ends() == [Self.instant("2026-03-22T00:00:00Z")])
        let late = try await program.earn("i", 1, "dan") { $0.effectiveAt = Self.instant("2026-03-22T00:00:00Z") }
        #expect(late.available == 1)
        #expect(try await ends().count == 1)
        // March is not closed: what counts in it opens its days again, until they are summed up the day after.
        let old = try await program.earn("h", 1, "eve") { $0.effectiveAt = Self.instant("2026-03-21T23:59:59Z") }
        #expect(old.available == 1)
        #expect(try await ends().isEmpty)
        #expect(try await program.reader.report(march, of: "points").report.total.issued == 119)
        #expect(try await program.reader.check("points").isWhole)
        program.clock.now = Self.instant("2026-05-02T12:00:00Z")
        try await program.desk.keepSums()
        #expect(try await ends() == [Self.instant("2026-03-23T00:00:00Z")])
        #expect(try await program.reader.report(march, of: "points").report.total.issued == 119)
        #expect(try await program.reader.check("points").isWhole)
        #expect(try await !program.perform("close", CloseMonth(march, of: "points")).isRefused)
        let closed = try await program.earn("j", 1, "fay") { $0.effectiveAt = Self.instant("2026-03-31T23:59:59Z") }
        #expect(closed.codes == ["PERIOD_CLOSED"])
        let (report, kept) = try await program.reader.report(march, of: "points")
        #expect(report.json.text == kept?.report && report.total.issued == 119)
    }

    @Test("what is told late while its month is being closed is in the month's report, or refused", arguments: RecordsEngine.here)
    func closing(engine: RecordsEngine) async throws {
        let program = try await TestProgram(engine.open())
        for number in 0 ..< 20 { _ = try await program.earn("e\(number)", 1, "m\(number)") }
        program.clock.now = Self.instant("2026-04-02T00:00:00Z")
        let (march, other) = (try #require(PointMonth(text: "2026-03")), program.secondDesk)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0 ..< 20 {
                group.addTask {
                    let answer = try await program.earn("late\(number)", 1, "m\(number)") {
                        $0.effectiveAt = Self.instant("2026-03-31T23:00:00Z")
                    }
                    #expect(answer.codes.isEmpty || answer.codes == ["PERIOD_CLOSED"])
                }
            }
            group.addTask {
                for attempt in 0 ..< 200 {
                    let request = ProgramRequest(id: "close\(attempt)", actor: .server, command: CloseMonth(march, of: "points"))
                    do throws(Problem) {
                        if try await !other.perform(request).isRefused { return }
                    } catch {
                        // Somebody has booked into it since its books were barred.
                        guard error.status == 409 else { throw error }
                    }
                }
                Issue.record("the month was never closed")
            }
            try await group.waitForAll()
        }
        let (report, kept) = try await program.reader.report(march, of: "points")
        #expect(report.json.text == kept?.report)
        #expect(try await program.reader.check("points").isWhole)
    }

    @Test(
        "nothing counts in a closed month, nor before it was earned; a return can count when it was", arguments: RecordsEngine.here)
    func closed(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        _ = try await program.earn("a", 100, "ann") { $0.units = 2 }
        _ = try await program.earn("b", 1, "bob")
        program.clock.now = Self.instant("2026-04-20T00:00:00Z")
        let march = try #require(PointMonth(text: "2026-03"))
        #expect(try await !program.perform("close", CloseMonth(march, of: "points")).isRefused)
        #expect(
            try await Self.spend(program, "1", .burn(1, place: nil), at: "2026-03-31T23:59:59Z").codes == ["PERIOD_CLOSED"])
        var back = TakeBackPoints(.returned(units: 1), of: "points", earnedFor: PointSource(id: "a"))
        back.effectiveAt = Self.instant("2026-02-01T00:00:00Z")
        #expect(
            try await program.perform("2", back).codes == ["PERIOD_CLOSED", "EFFECTIVE_BEFORE_LOT", "EFFECTIVE_OUT_OF_ORDER"])
        back.effectiveAt = Self.instant("2026-04-02T00:00:00Z")
        #expect(try await program.perform("3", back).body["taken"] == 50)
        let late = try await program.earn("c", 9, "cy") { command in
            command.effectiveAt = Self.instant("2026-04-05T00:00:00Z")
            command.earnedAt = Self.instant("2026-04-06T00:00:00Z")
        }
        #expect(late.codes == ["EFFECTIVE_BEFORE_LOT"])
        let earned = try await program.earn("d", 9, "cy") { $0.effectiveAt = Self.instant("2026-04-05T00:00:00Z") }
        #expect(earned.available == 9 && earned.body["expires_at"] == "2028-05-01T00:00:00Z", "\(earned.body)")
        let april = try await program.reader.report(march.next, of: "points").report
        #expect(april.isClosed && april.total.revoked == 50 && april.total.issued == 9)
        #expect(try await program.reader.report(march, of: "points").closing != nil)
    }

    @Test("L16: nothing comes into a month that was closed the same day", arguments: RecordsEngine.here)
    func closedToday(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        _ = try await program.earn("a", 100, "ann")
        program.clock.now = Self.instant("2026-04-05T09:00:00Z")
        // Something was booked that day before: from memory, and in the tables.
        _ = try await program.earn("b", 1, "bob")
        #expect(try await program.perform("i", Self.opening("1", nil)).body["taken"] == ["rows": 1, "points": 3])
        program.clock.now = Self.instant("2026-04-05T12:00:00Z")
        let march = try #require(PointMonth(text: "2026-03"))
        #expect(try await !program.perform("close", CloseMonth(march, of: "points")).isRefused)
        program.clock.now = Self.instant("2026-04-05T13:00:00Z")
        for text in ["2026-03-01T00:00:00Z", "2026-03-20T00:00:00Z", "2026-03-31T23:59:59Z"] {
            let taken = try await program.perform("t\(text)", Self.opening(text, text))
            #expect(taken.codes == ["PERIOD_CLOSED"], "\(text): \(taken.body)")
            for (name, desk) in [("first", program.desk), ("second", program.secondDesk)] {
                var earn = EarnPoints(7, of: "points", to: TestProgram.member("new"), for: PointSource(id: "\(name) \(text)"))
                earn.effectiveAt = Self.instant(text)
                let request = ProgramRequest(id: "\(name) \(text)", actor: .server, command: earn)
                #expect(try await desk.perform(request).codes == ["PERIOD_CLOSED"], "\(text)")
            }
        }
        // The month after is open from its first instant on.
        let open = try await program.earn("c", 5, "cy") { $0.effectiveAt = Self.instant("2026-04-01T00:00:00Z") }
        #expect(open.available == 5)
        let (report, closing) = try await program.reader.report(march, of: "points")
        #expect(report.json.text == closing?.report && report.total.closing == 100)
        let april = try await program.reader.report(march.next, of: "points").report
        #expect(april.isClosed && april.total.opening == 100 && april.total.issued == 6 && april.total.imported == 3)
        #expect(try await program.reader.liability(of: "points").reduce(0) { $0 + $1.points } == 109)
        #expect(try await program.reader.check("points").isWhole)
    }

    /// 3 points of another system.
    private static func opening(_ row: String, _ at: String?) -> ImportPoints {
        let lot = OpeningLot(row, 3, of: TestProgram.member("eve"), earnedAt: instant("2025-06-15T00:00:00Z"))
        var command = ImportPoints([.lot(lot)], of: "points", total: 3)
        command.effectiveAt = at.map(instant)
        return command
    }

    private static func adjust(
        _ program: TestProgram, _ id: String, _ amount: Int64, _ name: String, at text: String
    ) async throws -> ProgramAnswer {
        var command = AdjustPoints(amount, of: "points", for: TestProgram.member(name), reason: .correction, note: "found late")
        command.effectiveAt = instant(text)
        return try await program.perform(id, command)
    }

    private static func transfer(
        _ program: TestProgram, _ id: String, _ amount: Int64, _ giver: String, _ receiver: String, at text: String
    ) async throws -> ProgramAnswer {
        var command = TransferPoints(
            amount, of: "points", from: TestProgram.member(giver), to: TestProgram.member(receiver))
        command.effectiveAt = instant(text)
        return try await program.perform(id, command)
    }

    private static func reinstate(
        _ program: TestProgram, _ id: String, _ name: String, at text: String
    ) async throws -> ProgramAnswer {
        var command = ReinstatePoints(
            of: "points", for: TestProgram.member(name), expiredSince: instant("2026-03-01T00:00:00Z"),
            until: instant("2026-08-01T00:00:00Z"))
        command.effectiveAt = instant(text)
        return try await program.perform(id, command)
    }

    /// What was booked, the oldest first, each as `kind day amount`.
    private static func booked(_ program: TestProgram, _ name: String) async throws -> [String] {
        let member = try #require(try await program.reader.member(TestProgram.member(name))?.member.id)
        let entries = try await program.reader.entries(of: member, in: "points", limit: 20).reversed().map(\.entry)
        return entries.map { "\($0.kind) \($0.effectiveAt.rfc3339.prefix(10)) \($0.amount)" }
    }

    @Test("adjustments, transfers and what is given anew count when they were, too", arguments: RecordsEngine.here)
    func house(engine: RecordsEngine) async throws {
        let program = try await TestProgram(engine.open())
        for name in ["ann", "cy"] {
            _ = try await program.earn(name, 100, name) { $0.expiresAt = Self.instant("2026-03-05T00:00:00Z") }
        }
        for name in ["bob", "dan", "eve"] { _ = try await program.earn(name, 10, name) }
        program.clock.now = Self.instant("2026-03-10T00:00:00Z")
        // The points were there still; they have ended since, with whoever had them.
        #expect(try await Self.transfer(program, "t", 30, "ann", "bob", at: "2026-03-04T12:00:00Z").available == 0)
        #expect(try await Self.booked(program, "ann") == ["earned 2026-03-01 100", "moved 2026-03-04 30", "expired 2026-03-05 70"])
        #expect(
            try await Self.booked(program, "bob") == ["earned 2026-03-01 10", "received 2026-03-04 30", "expired 2026-03-05 30"])
        let early = try await Self.transfer(program, "u", 1, "dan", "bob", at: "2026-03-09T00:00:00Z")
        #expect(early.codes == ["EFFECTIVE_OUT_OF_ORDER"], "the receiver's book is written further")
        #expect(try await Self.reinstate(program, "r", "cy", at: "2026-03-07T00:00:00Z").available == 100)
        #expect(
            try await Self.booked(program, "cy") == [
                "earned 2026-03-01 100", "expired 2026-03-05 100", "reinstated 2026-03-07 100",
            ])
        #expect(try await Self.adjust(program, "a", 5, "dan", at: "2026-03-06T00:00:00Z").available == 15)
        #expect(try await Self.booked(program, "dan") == ["earned 2026-03-01 10", "adjusted 2026-03-06 5"])
        #expect(try await Self.adjust(program, "b", -5, "dan", at: "2026-03-09T00:00:00Z").codes == ["EFFECTIVE_OUT_OF_ORDER"])
        #expect(try await Self.adjust(program, "c", -5, "eve", at: "2026-03-11T00:00:00Z").codes == ["EFFECTIVE_IN_FUTURE"])
        #expect(try await Self.adjust(program, "a", 5, "dan", at: "2026-03-07T00:00:00Z").codes == ["IDEMPOTENCY_CONFLICT"])
        program.clock.now = Self.instant("2026-04-20T00:00:00Z")
        let march = try #require(PointMonth(text: "2026-03"))
        #expect(try await !program.perform("close", CloseMonth(march, of: "points")).isRefused)
        let last = "2026-03-31T23:59:59Z"
        #expect(try await Self.transfer(program, "v", 1, "dan", "eve", at: last).codes == ["PERIOD_CLOSED"])
        #expect(try await Self.reinstate(program, "s", "ann", at: last).codes == ["PERIOD_CLOSED"])
        #expect(try await Self.adjust(program, "d", 1, "eve", at: last).codes == ["PERIOD_CLOSED"])
        #expect(try await Self.adjust(program, "e", 20_000, "eve", at: last).codes == ["PERIOD_CLOSED"], "before anybody decides")
        #expect(try await Self.reinstate(program, "w", "ann", at: "2026-04-01T00:00:00Z").available == 70)
        #expect(try await program.reader.report(march.next, of: "points").report.isClosed)
        #expect(try await program.reader.check("points").isWhole)
    }

    @Test("an adjustment that waits counts when it was, as long as the book allows it")
    func decided() async throws {
        let program = try await TestProgram()
        _ = try await program.earn("e", 10, "eve")
        program.clock.now = Self.instant("2026-03-10T00:00:00Z")
        func approve(_ id: String, _ adjustment: String) async throws -> ProgramAnswer {
            try await program.desk.perform(
                ProgramRequest(id: id, actor: .commandLine, command: DecideAdjustment(adjustment, approves: true)))
        }
        #expect(try await Self.adjust(program, "a", 20_000, "eve", at: "2026-03-11T00:00:00Z").codes == ["EFFECTIVE_IN_FUTURE"])
        for (id, text) in [("b", "2026-03-06T00:00:00Z"), ("c", "2026-03-07T00:00:00Z")] {
            #expect(try await Self.adjust(program, id, 20_000, "eve", at: text).body["state"] == "waiting")
        }
        let waiting = try await program.reader.adjustments(waiting: true)
        #expect(waiting.compactMap(\.effectiveAt) == ["2026-03-06T00:00:00Z", "2026-03-07T00:00:00Z"].map(Self.instant))
        #expect(try await approve("1", "b").available == 20_010)
        #expect(try await Self.booked(program, "eve").last == "adjusted 2026-03-06 20000")
        // The book is written until now: what waits has to be asked for anew.
        #expect(try await approve("2", "c").codes == ["EFFECTIVE_OUT_OF_ORDER"])
        #expect(try await program.reader.adjustments(waiting: true).map(\.id) == ["c"])
        #expect(try await program.reader.check("points").isWhole)
    }

    @Test("what a member gives counts in the month in which it was")
    func months() async throws {
        var settings = TestProgram.settings
        settings.currencies[0].transfers.amountPerMonth = 50
        let program = try await TestProgram(settings: settings)
        for name in ["ann", "bob", "cy", "dan"] { _ = try await program.earn(name, 100, name) }
        program.clock.now = Self.instant("2026-03-15T00:00:00Z")
        #expect(try await Self.transfer(program, "1", 40, "bob", "cy", at: "2026-03-14T00:00:00Z").available == 60)
        program.clock.now = Self.instant("2026-04-02T00:00:00Z")
        let late = "2026-03-20T00:00:00Z"
        #expect(try await Self.transfer(program, "2", 20, "bob", "dan", at: late).codes == ["TRANSFER_MONTH_AMOUNT"])
        #expect(try await Self.transfer(program, "3", 10, "bob", "dan", at: late).available == 50)
        #expect(try await Self.transfer(program, "4", 40, "ann", "cy", at: late).available == 60)
        // April's amount is untouched by what was told of March.
        let april = TransferPoints(50, of: "points", from: TestProgram.member("ann"), to: TestProgram.member("dan"))
        #expect(try await program.perform("5", april).available == 10)
        let more = TransferPoints(1, of: "points", from: TestProgram.member("ann"), to: TestProgram.member("dan"))
        #expect(try await program.perform("6", more).codes == ["TRANSFER_MONTH_AMOUNT"])
    }

    @Test(
        "commands with their instants, told late, give the same books as told in time", arguments: RecordsEngine.here,
        Seeds.slices(24, most: 400))
    func late(engine: RecordsEngine, seeds: Seeds) async throws {
        for seed in seeds.on(engine) {
            let (timely, late) = (try await TestProgram(try await engine.open()), try await TestProgram(try await engine.open()))
            var random = SplitMix64(seed: seed)
            _ = try await timely.earn("first", 50, "ann")
            _ = try await late.earn("first", 50, "ann")
            var commands: [(at: Instant, command: any ProgramCommand, plain: any ProgramCommand)] = []
            var now = timely.clock.now
            for number in 0 ..< 8 {
                now = now.advanced(byMicroseconds: Int64(1 + random.below(1_000_000)))
                var (timed, plain): (any ProgramCommand, any ProgramCommand)
                if random.below(2) == 0 {
                    var earn = EarnPoints(
                        Int64(1 + random.below(40)), of: "points", to: TestProgram.member("ann"), for: PointSource(id: "s\(number)")
                    )
                    earn.expiresAt = now.advanced(byMicroseconds: Int64(1 + random.below(3_000_000)))
                    plain = earn
                    earn.effectiveAt = now
                    timed = earn
                } else {
                    var spend = SpendPoints(
                        .burn(Int64(1 + random.below(40)), place: nil), of: "points", by: TestProgram.member("ann"))
                    plain = spend
                    spend.effectiveAt = now
                    timed = spend
                }
                commands.append((now, timed, plain))
            }
            // The last one alone can be told late: what is booked once is booked in order.
            for (number, one) in commands.enumerated() {
                timely.clock.now = one.at
                late.clock.now = number == commands.count - 1 ? one.at.advanced(byMicroseconds: 5_000_000) : one.at
                let (left, right) = (
                    try await timely.perform("c\(number)", one.plain), try await late.perform("c\(number)", one.command)
                )
                #expect(left.isRefused == right.isRefused && left.codes == right.codes, "seed \(seed), \(number)")
            }
            timely.clock.now = late.clock.now
            for program in [timely, late] { _ = try await program.desk.settle() }
            let member = try #require(try await timely.reader.member(TestProgram.member("ann"))?.member.id)
            let entries = (
                try await timely.reader.entries(of: member, in: "points", limit: 100).map(\.entry),
                try await late.reader.entries(
                    of: try #require(try await late.reader.member(TestProgram.member("ann"))?.member.id), in: "points", limit: 100
                ).map(\.entry)
            )
            #expect(entries.0 == entries.1, "seed \(seed)")
        }
    }
}
