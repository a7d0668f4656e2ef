import Model
import OrderedCollections
import Testing

@testable import Loyalty

/// Programs are read from JSON, refused at a place, and versions decide by time.
struct EarningProgramTests {
    static let json: JSONValue = [
        "id": "club", "version": 1, "name": "Tea club", "points": "points", "currency": "CNY", "prices_include_tax": true,
        "multiplier_mode": "max",
        "multipliers": [["name": "weekend", "factor": "2", "when": ["weekdays": [6, 7]]]],
        "caps": ["event": 5_000, "member": [["max": 10_000, "per": "year"]], "budget": 1_000_000],
        "rules": [
            [
                "id": "spend", "version": 2, "name": "A point a yuan", "trigger": ["event": "Order Completed"],
                "when": [
                    "tiers": ["gold", "silver"], "not_tags": ["staff"], "channels": ["app"], "from": "2026-11-01",
                    "to": "2027-01-01T00:00:00Z", "conditions": [["property": "gift", "op": "!=", "value": true]],
                ],
                "base": [
                    "points": 1, "per": "money", "amount": "1.00",
                    "of": ["tax": "excluded", "discounts": "before", "points_paid": "subtracted"],
                    "lines": ["categories": ["tea"], "not_products": ["sample"]],
                ],
                "bonuses": [["name": "big", "points": 50, "per": "event", "when": ["tags": ["vip"]]]],
                "multipliers": [["name": "gold", "factor": "1.25", "when": ["tiers": ["gold"]]]],
                "program_multipliers": false, "lines": "exclusive", "priority": 5,
                "caps": ["event": 500, "member": [["max": 800, "per": "day"], ["max": 2_000, "per": "month"]]],
                "pending": ["days": 14], "expiry": ["months": 24, "rounded": "month_end"], "funded_by": "brand",
                "colours": ["shop"],
            ],
            [
                "id": "review", "version": 1, "name": "Review", "trigger": ["api": "review"],
                "base": ["points": 10, "per": "event"], "lines": "shared", "priority": 0, "pending": ["await_days": 30],
                "expiry": ["last_day": "2027-12-31"],
            ],
            [
                "id": "cups", "version": 1, "name": "Cups", "trigger": ["event": "Order Completed"],
                "base": ["points": 5, "per": "unit"], "lines": "shared", "priority": 0, "expiry": "never",
            ],
        ],
    ]

    @Test("A program is written as it was read")
    func roundTrip() throws {
        let program = try EarningProgram(json: Self.json)
        #expect(program.json.canonical.text == Self.json.canonical.text)
        #expect(program.rules[0].base.measure == .money(100, EarningMoney(tax: .excluded, discounts: .before)))
        #expect(try EarningProgram(json: program.json) == program)
    }

    @Test("Any program is read as it was written", arguments: Seeds.slices(100))
    func anyRoundTrip(seeds: Seeds) throws {
        for seed in seeds {
            var world = EarningWorld(seed: seed)
            let program = world.program()
            #expect(try EarningProgram(json: program.json) == program, "seed \(seed)")
        }
    }

    @Test(
        "What cannot be is refused at its place",
        arguments: [
            (["currency"], "yuan", "/currency"), (["points"], nil, "/points"), (["x"], 1, "/x"), (["rules"], [1], "/rules/0"),
            (["caps", "budget"], -1, "/caps/budget"), (["caps", "member"], [["max": 1, "per": "hour"]], "/caps/member/0/per"),
            (["caps", "member"], [["max": 1, "per": "day"], ["max": 2, "per": "day"]], "/caps/member"),
            (["multipliers"], [["name": "x", "factor": "0"]], "/multipliers/0/factor"),
            (["multipliers"], [["name": "x", "factor": "2", "when": ["weekdays": [8]]]], "/multipliers/0/when/weekdays/0"),
            (["rules"], [rule(["base": ["points": 1, "per": "money"]])], "/rules/0/base/amount"),
            (["rules"], [rule(["base": ["points": 1, "per": "money", "amount": "0.001"]])], "/rules/0/base/amount"),
            (["rules"], [rule(["base": ["points": 0, "per": "event"]])], "/rules/0/base/points"),
            (["rules"], [rule(["base": ["points": 1, "per": "unit", "amount": "1"]])], "/rules/0/base/amount"),
            (["rules"], [rule(["lines": "exclusive"])], "/rules/0/lines"),
            (["rules"], [rule(["trigger": ["event": "a", "api": "b"]])], "/rules/0/trigger"),
            (["rules"], [rule([:]), rule([:])], "/rules/1/id"), (["rules"], [rule(["pending": [:]])], "/rules/0/pending"),
            (["rules"], [rule(["expiry": "soon"])], "/rules/0/expiry"),
            (["rules"], [rule(["expiry": ["last_day": "2027-02-30"]])], "/rules/0/expiry/last_day"),
            (["rules"], [rule(["when": ["conditions": [["property": "a"]]]])], "/rules/0/when/conditions/0/op"),
        ] as [([String], JSONValue?, String)])
    func refused(keys: [String], value: JSONValue?, place: String) {
        let json = Self.json.setting(keys[...], to: value ?? .null)
        let problem = #expect(throws: Problem.self) { try EarningProgram(json: json) }
        #expect(problem?.place == place && problem?.code == .badEarningProgram, "\(problem?.message ?? "")")
    }

    private static func rule(_ changes: OrderedDictionary<String, JSONValue>) -> JSONValue {
        let rule: OrderedDictionary<String, JSONValue> = [
            "id": "r", "name": "R", "trigger": ["event": "E"], "base": ["points": 1, "per": "event"],
        ]
        return .object(rule.merging(changes) { $1 })
    }

    // MARK: - Versions

    private static func day(_ number: Int64) -> Instant {
        EarningWorld.start.advanced(byMicroseconds: number * .microsecondsPerDay)
    }

    @Test("A version decides from its instant until the next one does, for late events too")
    func versions() throws {
        var versions = EarningVersions()
        let program = try EarningProgram(json: Self.json)
        let (first, second) = (try versions.draft(program, by: "an"), try versions.draft(program, by: "bo"))
        #expect([first, second] == [1, 2] && versions.live(at: Self.day(100)) == nil)
        #expect(versions.status(of: 1, at: Self.day(0)) == .draft)
        #expect(throws: Refusal.self) { try versions.schedule(1, from: Self.day(1), at: Self.day(0)) }
        for number in [first, second] { try versions.review(number, by: "cy", at: Self.day(0)) }
        try versions.schedule(1, from: Self.day(1), at: Self.day(0))
        try versions.schedule(2, from: Self.day(3), at: Self.day(0))
        #expect(versions.live(at: Self.day(0)) == nil)
        #expect((1 ... 4).map { versions.live(at: Self.day($0))?.version } == [1, 1, 2, 2])
        #expect((0 ... 3).map { versions.status(of: 1, at: Self.day($0)) } == [.scheduled, .live, .live, .superseded])
        #expect(try EarningVersions(json: versions.json) == versions)
    }

    @Test("What decides or has decided is never changed")
    func immutable() throws {
        var versions = EarningVersions()
        let program = try EarningProgram(json: Self.json)
        _ = try versions.draft(program, by: "an")
        try versions.review(1, by: "bo", at: Self.day(0))
        try versions.edit(1, to: program, by: "an", at: Self.day(0))
        #expect(versions.status(of: 1, at: Self.day(0)) == .draft, "an edit voids the review")
        try versions.review(1, by: "bo", at: Self.day(0))
        let retroactive = #expect(throws: Refusal.self) { try versions.schedule(1, from: Self.day(0), at: Self.day(1)) }
        #expect(retroactive?.reasons.map(\.code) == ["RETROACTIVE"])
        try versions.schedule(1, from: Self.day(2), at: Self.day(1))
        try versions.unschedule(1, at: Self.day(1))
        try versions.schedule(1, from: Self.day(2), at: Self.day(1))
        let before = versions
        for status in [Self.day(1), Self.day(2)] {
            #expect(throws: Refusal.self) { try versions.edit(1, to: program, by: "an", at: status) }
        }
        #expect(throws: Refusal.self) { try versions.unschedule(1, at: Self.day(2)) }
        var other = program
        other.id = "other"
        #expect(throws: Refusal.self) { try versions.draft(other, by: "an") }
        other = program
        other.points = "stars"
        #expect(throws: Refusal.self) { try versions.draft(other, by: "an") }
        #expect(versions == before)
        _ = try versions.draft(program, by: "an")
        try versions.review(2, by: "bo", at: Self.day(1))
        let same = #expect(throws: Refusal.self) { try versions.schedule(2, from: Self.day(2), at: Self.day(1)) }
        #expect(same?.reasons.map(\.code) == ["SAME_INSTANT"])
    }
}

extension EarningMoney {
    init(tax: Tax, discounts: Discounts) {
        self.init()
        (self.tax, self.discounts) = (tax, discounts)
    }
}
