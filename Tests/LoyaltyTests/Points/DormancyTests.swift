import Model
import OrderedCollections
import Records
import TestSupport
import Testing

@testable import Loyalty

/// Points of members who do nothing: notices, offers, one more time, and no end without proof.
struct DormancyTests {
    private static func instant(_ text: String) -> Instant { Instant(rfc3339: text + "T00:00:00Z") ?? .epoch }
    private static let day = Int64.microsecondsPerDay
    private static let utc = try? ZoneCalendar(zone: TimeZoneTable(identifier: "UTC"))
    private static var rules: PointDormancyRules {
        var rules = PointDormancyRules()
        rules.inactiveMonths = 12
        return rules
    }

    private static func program(
        _ engine: RecordsEngine, _ change: (inout PointCurrency) -> Void = { _ in }
    ) async throws -> TestProgram {
        var settings = TestProgram.settings
        settings.currencies[0].dormancy = rules
        settings.currencies[0].expiry = .never
        change(&settings.currencies[0])
        return try await TestProgram(try await engine.open(), settings: settings)
    }

    private static func told(_ program: TestProgram) async throws -> [String] {
        try await program.records.facts(of: program.workspace, limit: 1_000).map { record throws(Problem) in
            try ProgramFact(record)
        }.filter { $0.name.contains("Dormancy") || $0.name == "Points Expired" }.map { fact in
            "\(fact.at.rfc3339.prefix(10)) \(fact.name)" + (fact.properties["days"].map { " \($0.text)" } ?? "")
        }
    }

    private static func note(
        _ program: TestProgram, _ id: String, _ days: Int64, to name: String = "ann", delivered: Bool = true,
        sentAt: Instant? = nil
    ) async throws -> ProgramAnswer {
        try await program.perform(
            id,
            NoteDormancyNotice(
                days, of: "points", to: TestProgram.member(name), channel: "email", template: "dormant-1", sentAt: sentAt,
                isDelivered: delivered))
    }

    // MARK: - The ladder as a value

    @Test("60, 30 and 7 days before the end of the month they are due, then one more time with its notice, then the end")
    func steps() throws {
        let calendar = try #require(Self.utc)
        let start = DormantLadder.start(activeAt: Self.instant("2026-03-10"), Self.rules, in: calendar)
        #expect(start == Self.instant("2027-01-31"), "60 days before 1 April")
        var ladder = DormantLadder(activeAt: Self.instant("2026-03-10"), Self.rules, in: calendar, now: start)
        #expect(ladder.endsAt == Self.instant("2027-04-01"))
        let table: [(String, DormantLadder.Step?)] = [
            ("2027-01-31", .tell(days: 60)), ("2027-01-31", nil), ("2027-03-01", nil), ("2027-03-02", .tell(days: 30)),
            ("2027-03-24", nil), ("2027-03-25", .tell(days: 7)), ("2027-03-31", nil), ("2027-04-01", .extend),
            ("2027-04-23", nil), ("2027-04-24", .tell(days: 7)), ("2027-04-30", nil), ("2027-05-01", .expire),
        ]
        for (text, step) in table {
            let now = Self.instant(text)
            #expect(ladder.step(at: now, Self.rules) == step, "\(text)")
            switch step {
            case .tell(let days): ladder.tell(days: days, Self.rules, at: now)
            case .extend: ladder.extend(Self.rules, at: now)
            case .expire, nil: break
            }
            if step == .tell(days: 30) {
                let proof = DormantLadder.Proof(channel: "email", template: "1", sentAt: now, isDelivered: true)
                try ladder.note(proof, days: 30, Self.rules, at: now)
            }
        }
    }

    @Test("without a delivered notice nothing ends; one that comes late moves the end by the shortest lead")
    func proof() throws {
        let calendar = try #require(Self.utc)
        let start = Self.instant("2027-01-31")
        var ladder = DormantLadder(activeAt: Self.instant("2026-03-10"), Self.rules, in: calendar, now: start)
        for days: Int64 in [60, 30, 7] { ladder.tell(days: days, Self.rules, at: start) }
        let late = Self.instant("2029-01-01")
        #expect(ladder.step(at: late, Self.rules) == nil && ladder.dueAt(Self.rules) == nil)
        let failed = DormantLadder.Proof(channel: "sms", template: "1", sentAt: late, isDelivered: false)
        try ladder.note(failed, days: 7, Self.rules, at: late)
        #expect(ladder.step(at: late, Self.rules) == nil)
        let delivered = DormantLadder.Proof(channel: "letter", template: "1", sentAt: late, isDelivered: true)
        try ladder.note(delivered, days: 7, Self.rules, at: late)
        #expect(ladder.endsAt == Self.instant("2029-01-08") && ladder.step(at: Self.instant("2029-01-08"), Self.rules) == .extend)
        #expect(throws: Refusal("DORMANCY_NOTICE_UNKNOWN", ["days": 14])) {
            try ladder.note(delivered, days: 14, Self.rules, at: late)
        }
        #expect(throws: Refusal.self) { try ladder.note(delivered, days: 7, Self.rules, at: start) }
        let early = DormantLadder.Proof(
            channel: "sms", template: "1", sentAt: start.advanced(byMicroseconds: -1), isDelivered: true)
        #expect(throws: Refusal.self) { try ladder.note(early, days: 7, Self.rules, at: late) }
    }

    @Test("whoever comes late to a ladder asks for the nearest notice alone, and nothing ends sooner for it")
    func late() throws {
        let calendar = try #require(Self.utc)
        let now = Self.instant("2028-01-01")
        var ladder = DormantLadder(activeAt: Self.instant("2026-03-10"), Self.rules, in: calendar, now: now)
        #expect(ladder.endsAt == Self.instant("2028-03-01"))
        #expect(ladder.step(at: Self.instant("2028-02-29"), Self.rules) == .tell(days: 7))
        ladder.tell(days: 7, Self.rules, at: Self.instant("2028-02-29"))
        #expect(ladder.notices.map(\.days) == [7] && ladder.endsAt == Self.instant("2028-03-07"))
        ladder.extend(Self.rules, at: Self.instant("2028-06-01"))
        #expect(ladder.endsAt == Self.instant("2028-06-08") && ladder.notices.map(\.days) == [7, 7])
    }

    @Test(
        "in any history nothing ends without a delivered notice a week before, nor before it was moved once",
        arguments: Seeds.upTo(300))
    func anyHistory(seed: UInt64) throws {
        let calendar = try #require(Self.utc)
        var random = SplitMix64(seed: seed)
        var rules = PointDormancyRules()
        rules.inactiveMonths = 1 + random.below(24)
        rules.noticeDays = [[60, 30, 7], [90], [30, 14, 3, 1]][random.below(3)]
        rules.extensionDays = Int64(1 + random.below(60))
        let activeAt = Self.instant("2026-01-01").advanced(byMicroseconds: Int64(random.below(300)) * Self.day)
        let start = DormantLadder.start(activeAt: activeAt, rules, in: calendar).advanced(
            byMicroseconds: Int64(random.below(40)) * Self.day)
        var ladder = DormantLadder(activeAt: activeAt, rules, in: calendar, now: start)
        var (now, delivered, told, extendedAt) = (start, [Instant](), [Instant](), Instant?.none)
        for _ in 0 ..< 400 {
            let dueAt = ladder.dueAt(rules)
            let step = ladder.step(at: now, rules)
            #expect((step != nil) == (dueAt.map { $0 <= now } ?? false), "seed \(seed) at \(now)")
            switch step {
            case .tell(let days):
                ladder.tell(days: days, rules, at: now)
                told.append(now)
            case .extend:
                #expect(extendedAt == nil, "seed \(seed)")
                ladder.extend(rules, at: now)
                extendedAt = now
            case .expire:
                let lead = rules.shortestLead
                #expect(extendedAt != nil && now.microseconds(since: start) >= rules.longestLead, "seed \(seed)")
                #expect(
                    told.allSatisfy { now.microseconds(since: $0) >= min(lead, rules.extensionDays * Self.day) }, "seed \(seed)")
                #expect(delivered.contains { now.microseconds(since: $0) >= lead }, "seed \(seed)")
                return
            case nil:
                if random.below(3) == 0, let notice = ladder.notices.last(where: { $0.toldAt != nil }) {
                    let isDelivered = random.below(3) == 0
                    let proof = DormantLadder.Proof(channel: "push", template: "1", sentAt: now, isDelivered: isDelivered)
                    try ladder.note(proof, days: notice.days, rules, at: now)
                    if isDelivered { delivered.append(now) }
                }
                now = now.advanced(byMicroseconds: Int64(1 + random.below(20)) * Self.day)
            }
        }
        #expect(delivered.isEmpty, "seed \(seed) comes to no end: \(ladder)")
    }

    // MARK: - In the program

    @Test(
        "the whole way: told, extended and ended, each once as a fact; what ended can be given anew",
        arguments: RecordsEngine.here)
    func wholeWay(engine: RecordsEngine) async throws {
        let program = try await Self.program(engine)
        _ = try await program.earn("e", 100, "ann")
        _ = try await program.earn("f", 40, "ann") { $0.start = .awaited(until: Self.instant("2030-01-01")) }
        program.clock.now = Self.instant("2027-01-30")
        #expect(try await program.desk.walkDormancy(of: "points") == 0)
        for text in ["2027-01-31", "2027-02-10", "2027-03-02", "2027-03-25", "2027-04-01"] {
            program.clock.now = Self.instant(text)
            _ = try await program.desk.walkDormancy(of: "points")
            program.clock.advance(1_000)
            #expect(try await program.desk.walkDormancy(of: "points") == 0, "\(text) once")
            if text == "2027-03-02" {
                #expect(try await Self.note(program, "failed", 30, delivered: false).body["proven"] == false)
            }
        }
        let waiting = try #require(try await program.reader.dormancies(of: "points").first)
        #expect(waiting.ladder.endsAt == Self.instant("2027-04-01") && !waiting.ladder.isExtended, "it waits for proof")
        #expect(try await Self.note(program, "unknown", 14).codes == ["DORMANCY_NOTICE_UNKNOWN"])
        let noted = try await Self.note(program, "delivered", 7)
        #expect(noted.body["proven"] == true && noted.body["ends_at"]?.stringValue?.hasPrefix("2027-04-08") == true)
        for text in ["2027-04-09", "2027-05-02", "2027-05-09"] {
            program.clock.now = Self.instant(text)
            _ = try await program.desk.walkDormancy(of: "points")
        }
        #expect(
            try await Self.told(program) == [
                "2027-01-31 Points Dormancy Notice 60", "2027-03-02 Points Dormancy Notice 30",
                "2027-03-25 Points Dormancy Notice 7", "2027-04-09 Points Dormancy Extended",
                "2027-05-02 Points Dormancy Notice 7", "2027-05-09 Points Expired",
            ])
        let ended = try await program.reader.dormancies(of: "points", isOpen: false)
        #expect(ended.map(\.end) == [.expired])
        let balance = try await program.reader.balances(
            of: [TestProgram.member("ann")], in: TestProgram.settings.currencies[0], at: Self.instant("2027-05-10"))
        #expect(balance.first??.balance.available == 0 && balance.first??.balance.pending == 40, "what is pending stays")
        program.clock.now = Self.instant("2027-05-11")
        let anew = ReinstatePoints(
            of: "points", for: TestProgram.member("ann"), expiredSince: Self.instant("2027-05-01"),
            until: Self.instant("2028-01-01"))
        #expect(try await program.perform("r", anew).available == 100)
        #expect(try await program.reader.check("points").isWhole)
    }

    private static let deeds: [SpendPoints.Deed] = [
        .burn(1, place: nil), .hold(1, place: nil, seconds: 60), .donate(1, charity: "trees"),
    ]

    @Test("whoever does anything before the end keeps their points, and the ladder ends", arguments: RecordsEngine.here, deeds)
    func activity(engine: RecordsEngine, deed: SpendPoints.Deed) async throws {
        let program = try await Self.program(engine)
        _ = try await program.earn("e", 100, "ann")
        for text in ["2027-01-31", "2027-03-02", "2027-03-25"] {
            program.clock.now = Self.instant(text)
            _ = try await program.desk.walkDormancy(of: "points")
        }
        _ = try await Self.note(program, "n", 7)
        program.clock.now = Self.instant("2027-04-01")
        _ = try await program.desk.walkDormancy(of: "points")
        program.clock.now = Self.instant("2027-05-01").advanced(byMicroseconds: -Self.day)
        #expect(try await !program.spend("deed", deed, "ann").isRefused)
        for text in ["2027-05-01", "2027-05-02", "2028-01-01"] {
            program.clock.now = Self.instant(text)
            _ = try await program.desk.walkDormancy(of: "points")
        }
        #expect(try await program.reader.dormancies(of: "points", isOpen: false).map(\.end) == [.active])
        #expect(try await Self.told(program).last == "2027-05-01 Points Dormancy Ended")
        #expect(try await program.spend("late", .burn(98, place: nil), "ann").isRefused == false)
        #expect(try await Self.note(program, "none", 7).codes == ["DORMANCY_NONE"])
    }

    @Test(
        "the house's own deeds and time keep nobody awake; frozen points stay, and so do those of a program without rules",
        arguments: RecordsEngine.here)
    func idle(engine: RecordsEngine) async throws {
        let program = try await Self.program(engine)
        _ = try await program.earn("e", 100, "ann")
        let frozen = try await program.earn("f", 30, "ann")
        let lot = PointID(try #require(frozen.body["lot"]?.intValue))
        _ = try await program.spend("freeze", .freeze(lot, true), "ann")
        for (number, text) in ["2026-09-01", "2027-01-15"].enumerated() {
            program.clock.now = Self.instant(text)
            let gift = AdjustPoints(5, of: "points", for: TestProgram.member("ann"), reason: .goodwill, note: "")
            _ = try await program.perform("gift-\(number)", gift)
        }
        for text in ["2027-01-31", "2027-03-02", "2027-03-25", "2027-04-01", "2027-04-24"] {
            program.clock.now = Self.instant(text)
            _ = try await program.desk.walkDormancy(of: "points")
            if text == "2027-03-02" { _ = try await Self.note(program, "n", 30) }
        }
        program.clock.now = Self.instant("2027-05-01")
        _ = try await program.desk.walkDormancy(of: "points")
        let book = try await program.reader.book(
            of: try #require(try await program.reader.member(TestProgram.member("ann"))?.member.id),
            in: TestProgram.settings.currencies[0], at: program.clock.now)
        #expect(book.openLots.map(\.quantities.remaining) == [30])
        let other = try await TestProgram(try await engine.open())
        _ = try await other.earn("e", 100, "ann") { $0.expiresAt = Self.instant("2050-01-01") }
        other.clock.now = Self.instant("2040-01-01")
        #expect(try await other.desk.walkDormancy(of: "points") == 0)
    }

    @Test("whoever has something held waits until that is over, and nobody else for them", arguments: RecordsEngine.here)
    func held(engine: RecordsEngine) async throws {
        let program = try await Self.program(engine) {
            $0.rules.holdMax = 365 * Self.day
            $0.dormancy?.inactiveMonths = 3
        }
        for name in ["ann", "bob"] { _ = try await program.earn(name, 100, name) }
        let ended = Self.instant("2026-10-01")
        let seconds = ended.microseconds(since: program.clock.now) / .microsecondsPerSecond
        let hold = try await program.spend("hold", .hold(10, place: nil, seconds: seconds), "ann")
        #expect(hold.available == 90)
        for text in ["2026-05-02", "2026-06-01", "2026-06-24", "2026-07-01", "2026-07-24"] {
            program.clock.now = Self.instant(text)
            _ = try await program.desk.walkDormancy(of: "points")
            guard text == "2026-06-01" else { continue }
            for name in ["ann", "bob"] { #expect(try await !Self.note(program, "n-\(name)", 30, to: name).isRefused) }
        }
        program.clock.now = Self.instant("2026-07-31")
        #expect(try await program.desk.walkDormancy(of: "points") == 1)
        func left() async throws -> [Int64?] {
            try await program.reader.balances(
                of: ["ann", "bob"].map(TestProgram.member), in: TestProgram.settings.currencies[0], at: program.clock.now
            ).map { $0?.balance.available }
        }
        #expect(try await left() == [90, 0])
        #expect(try await program.reader.dormancies(of: "points").count == 1, "the ladder goes on")
        // It is not looked at again and again before the hold is over.
        program.clock.now = Self.instant("2026-08-01")
        let walk = try await program.perform("walk", WalkDormancy(of: "points", countMax: 1))
        #expect(walk.body["due"] == false && walk.body["steps"] == 0, "\(walk.body)")
        program.clock.now = ended.advanced(byMicroseconds: Self.day)
        #expect(try await program.desk.walkDormancy(of: "points") == 1)
        #expect(try await left() == [0, 0])
        #expect(try await program.reader.dormancies(of: "points", isOpen: false).map(\.end) == [.expired, .expired])
        #expect(try await program.reader.check("points").isWhole)
    }

    @Test(
        "dormant points become the coupon that the rules name; nobody is offered one where there is none",
        arguments: RecordsEngine.here)
    func conversion(engine: RecordsEngine) async throws {
        let program = try await TestProgram(engine.open())
        var template = CouponTemplate(
            key: .init(name: "spring", version: 1), currency: .cny, zone: "UTC",
            effect: .amount(CouponDeskTests.amount, on: .order))
        template.validity.days = 7
        _ = try await program.perform("template", SetCouponTemplate(template))
        var settings = TestProgram.settings
        (settings.currencies[0].expiry, settings.currencies[0].dormancy) = (.never, Self.rules)
        #expect(Self.rules.toldOffers == [.spend, .transfer, .donate])
        #expect(try await !program.perform("set-1", SetProgram(settings)).isRefused)
        _ = try await program.earn("e", 100, "ann")
        let convert = ConvertPoints(of: "points", by: TestProgram.member("ann"))
        #expect(try await program.perform("1", convert).codes == ["CONVERSION_NONE"])
        settings.currencies[0].dormancy?.conversion = .init("autumn", for: 60)
        #expect(try await program.perform("set-2", SetProgram(settings)).codes == ["NOT_FOUND"])
        settings.currencies[0].dormancy?.conversion = .init("spring", for: 60)
        #expect(try await !program.perform("set-3", SetProgram(settings)).isRefused)
        #expect(try await program.perform("2", convert).codes == ["DORMANCY_NONE"])
        program.clock.now = Self.instant("2027-01-31")
        #expect(try await program.desk.walkDormancy(of: "points") == 1)
        let facts = try await program.records.facts(of: program.workspace, limit: 100).map { record throws(Problem) in
            try ProgramFact(record)
        }
        let notice = try #require(facts.first { $0.name == "Points Dormancy Notice" }).properties
        #expect(notice["coupon"] == "spring" && notice["coupon_points"] == 60)
        #expect(notice["offers"] == ["spend", "transfer", "donate", "coupon"])
        let made = try await program.perform("3", convert)
        #expect(made.available == 40 && made.body["amount"] == 60, "\(made.body)")
        #expect(made.body["coupon"]?["template"] == "spring" && made.body["coupon"]?["state"] == "granted")
        #expect(made.body["coupon"]?["text_hash"] == .string(CouponText(template, in: .english).hash))
        #expect(try await program.perform("3", convert).isReplayed)
        #expect(try await program.perform("4", convert).codes == ["INSUFFICIENT_POINTS"])
        let member = try #require(try await program.reader.member(TestProgram.member("ann"))?.member.id)
        #expect(try await program.reader.coupons(of: member).count == 1, "what was refused has given none")
        program.clock.now = Self.instant("2027-03-02")
        _ = try await program.desk.walkDormancy(of: "points")
        #expect(try await program.reader.dormancies(of: "points", isOpen: false).map(\.end) == [.active])
        #expect(try await program.reader.check("points").isWhole)
    }

    @Test(
        "many members are looked at slice by slice, each once",
        arguments: RecordsEngine.here)
    func slices(engine: RecordsEngine) async throws {
        let program = try await Self.program(engine)
        for number in 0 ..< 250 { _ = try await program.earn("e\(number)", 5, "m\(number)") }
        program.clock.now = Self.instant("2027-01-31")
        #expect(try await program.desk.walkDormancy(of: "points") == 250)
        program.clock.now = Self.instant("2027-03-02")
        #expect(try await program.desk.walkDormancy(of: "points") == 250)
        #expect(try await program.desk.walkDormancy(of: "points") == 0)
        #expect(try await program.reader.dormancies(of: "points", limit: 1_000).count == 250)
    }

    @Test(
        "where the law forbids it no points end by time alone, however they come",
        arguments: RecordsEngine.here)
    func jurisdictions(engine: RecordsEngine) async throws {
        let program = try await Self.program(engine) { currency in
            currency.expiry = .monthEnd(afterMonths: 1)
            currency.noExpiryIn = ["CA"]
        }
        let ann = TestProgram.member("ann")
        _ = try await program.perform("enrol", EnrolMember(Identity(type: .userID, value: "ann")))
        #expect(try await program.perform("bad", SetJurisdiction("Ontario", of: ann)).codes == ["JURISDICTION_UNKNOWN"])
        _ = try await program.perform("law", SetJurisdiction("CA-ON", of: ann))
        #expect(try await program.earn("e", 100, "ann").body["expires_at"] == .null)
        let dated = try await program.earn("f", 1, "ann") { $0.expiresAt = Self.instant("2026-06-01") }
        #expect(dated.codes == ["EXPIRY_FORBIDDEN"])
        _ = try await program.perform("gift", AdjustPoints(5, of: "points", for: ann, reason: .goodwill, note: ""))
        var lot = OpeningLot("1", 7, of: ann, earnedAt: Self.instant("2025-01-01"))
        lot.expiresAt = Self.instant("2026-06-01")
        let taken = try await program.perform("import", ImportPoints([.lot(lot)], of: "points", total: 7))
        #expect(taken.body["refused"]?.arrayValue?.first?["reasons"]?.arrayValue?.first?["code"] == "EXPIRY_FORBIDDEN")
        let anew = ReinstatePoints(
            of: "points", for: ann, expiredSince: Self.instant("2026-01-01"), until: Self.instant("2028-01-01"))
        #expect(try await program.perform("anew", anew).codes == ["EXPIRY_FORBIDDEN"])
        _ = try await program.earn("bob", 100, "bob")
        program.clock.now = Self.instant("2026-08-01")
        let balances = try await program.reader.balances(
            of: [ann, TestProgram.member("bob")], in: TestProgram.settings.currencies[0], at: program.clock.now)
        #expect(balances.map { $0?.balance.available } == [105, 0])
    }

    @Test("settings say it and are read as they are written; what cannot be is refused")
    func settings() throws {
        let json: JSONValue = [
            "name": "x",
            "currencies": [
                [
                    "key": "p", "no_expiry_in": ["CA-ON", "AU"],
                    "dormancy": [
                        "after_months": 18, "notices_days": [90, 10], "extension_days": 14, "offers": ["coupon"],
                        "coupon": ["template": "spring", "points": 60],
                    ],
                ]
            ],
        ]
        let settings = try ProgramSettings(json: json)
        #expect(settings.currencies[0].dormancy?.noticeDays == [90, 10] && settings.currencies[0].dormancy?.offers == [.coupon])
        #expect(settings.currencies[0].dormancy?.conversion == .init("spring", for: 60))
        #expect(try ProgramSettings(json: settings.json) == settings)
        let bad: [JSONValue] = [
            ["after_months": 0], ["notices_days": []], ["notices_days": [7, 30]], ["notices_days": ["7"]], ["offers": ["cash"]],
            ["extension_days": 0], ["steps": 1], ["coupon": ["template": "spring"]],
            ["coupon": ["template": "spring", "points": 0]], ["coupon": ["points": 60]],
            ["offers": ["spend"], "coupon": ["template": "spring", "points": 60]],
        ]
        for rules in bad {
            #expect(throws: Problem.self) {
                try ProgramSettings(json: ["name": "x", "currencies": [["key": "p", "dormancy": rules]]])
            }
        }
        #expect(throws: Problem.self) {
            try ProgramSettings(json: ["name": "x", "currencies": [["key": "p", "no_expiry_in": ["Canada"]]]])
        }
        for code in RefusalWording.dormancy.keys { #expect(!Refusal.Reason(code).wording.description.contains(code)) }
    }
}
