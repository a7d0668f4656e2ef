import Model
import OrderedCollections
import Testing

@testable import Loyalty

struct BenefitReadingTests {
    private static let lounge: JSONValue = [
        "key": "lounge", "name": ["en": "Lounge", "zh": "休息室"], "kind": "metered", "period": "month", "zone": "Asia/Shanghai",
        "quota": 4,
        "carry_over_max": 2, "combine": "sum", "on_upgrade": "top_up_difference", "on_downgrade": "prorate", "places": ["airport"],
        "list_price": 12_000,
    ]

    private static func read(_ json: JSONValue) throws(Problem) -> Benefit {
        try Benefit(json: json) { name throws(Problem) in try TimeZoneTable(identifier: name) }
    }

    /// With a key and a name.
    private static func whole(_ part: JSONValue) -> JSONValue {
        part.setting(["key"], to: "k").setting(["name"], to: ["en": "a", "zh": "b"])
    }

    @Test func aBenefitIsReadAndWrittenTheSame() throws {
        let benefit = try Self.read(Self.lounge)
        #expect(benefit.kind == .metered && benefit.quota == 4 && benefit.carryOverMax == 2)
        #expect(benefit.period?.interval == .month && benefit.period?.zone.identifier == "Asia/Shanghai")
        #expect(benefit.combination == .sum && benefit.onDowngrade == .prorate && benefit.listPrice == 12_000)
        #expect(benefit.json == Self.lounge)
    }

    @Test("A period that names no zone has that of home, and one that names it has its own")
    func home() throws {
        guard case .object(var members) = Self.lounge else { return }
        let tokyo = try TimeZoneTable(identifier: "Asia/Tokyo")
        func zone() throws -> String? {
            try Benefit(json: .object(members), home: tokyo) { name throws(Problem) in try TimeZoneTable(identifier: name) }
                .period?.zone.identifier
        }
        #expect(try zone() == "Asia/Shanghai")
        members["zone"] = nil
        #expect(try zone() == "Asia/Tokyo")
        for key in ["period", "quota", "carry_over_max", "on_downgrade"] { members[key] = nil }
        #expect(try zone() == nil)
    }

    @Test(
        "every kind is read and written the same",
        arguments: [
            ["kind": "switch"], ["kind": "metered"], ["kind": "once", "combine": "sum"], ["kind": "status"],
            ["kind": "issue_coupon", "template": "tea-5", "quota": 1, "period": "week", "zone": "UTC"],
            ["kind": "physical_gift", "stock": "mug", "quota": 1], ["kind": "priority", "weight": 10, "combine": "sum"],
        ] as [JSONValue])
    func kinds(part: JSONValue) throws {
        let json = Self.whole(part)
        let benefit = try Self.read(json)
        #expect(try Self.read(benefit.json) == benefit)
        #expect(benefit.contradiction == nil)
    }

    @Test(
        "what cannot be is refused with its place",
        arguments: [
            ("key", "a b", "/key"), ("key", "", "/key"), ("key", nil, "/key"), ("name", "Lounge", "/name"),
            ("name", ["en": "x"], "/name/zh"),
            ("name", ["en": "x", "zh": 1], "/name/zh"), ("kind", "perk", "/kind"), ("kind", "issue_coupon", "/template"),
            ("stock", "mug", "/stock"), ("kind", "physical_gift", "/stock"), ("kind", "priority", "/weight"),
            ("period", "hour", "/period"),
            ("period", "fortnight", "/period"), ("period", nil, "/zone"), ("zone", nil, "/zone"), ("zone", "Mars/Olympus", "/zone"),
            ("quota", 0, "/quota"), ("quota", 1.5, "/quota"), ("quota", .bigNumber("99999999999999999999"), "/quota"),
            ("quota", -1, "/quota"), ("quota", nil, "/carry_over_max"), ("carry_over_max", -1, "/carry_over_max"),
            ("combine", "any", "/combine"), ("combine", "min", "/combine"), ("kind", "switch", "/combine"),
            ("kind", "once", "/period"),
            ("on_upgrade", "add", "/on_upgrade"), ("on_downgrade", "keepToPeriodEnd", "/on_downgrade"),
            ("places", "here", "/places"),
            ("places", ["a/b"], "/places/0"), ("list_price", -5, "/list_price"), ("a/b", 1, "/a~1b"),
        ] as [(String, JSONValue, String)])
    func refused(key: String, value: JSONValue, place: String) throws {
        let json = Self.lounge.setting([key], to: value)
        let problem = try #require(throws: Problem.self) { try Self.read(json) }
        #expect(problem.place == place, "\(problem)")
        #expect(problem.code == .badBenefit || problem.code.text == "unknown_time_zone")
    }

    @Test(
        "what contradicts is refused with its place",
        arguments: [
            (["kind": "switch", "combine": "any", "quota": 3], "/quota"), (["kind": "status", "combine": "sum"], "/combine"),
            (["kind": "priority", "weight": 1, "combine": "any"], "/combine"), (["kind": "once", "quota": 2], "/quota"),
            (["kind": "metered", "quota": 2, "carry_over_max": 1], "/carry_over_max"),
            (["kind": "metered", "on_downgrade": "prorate"], "/on_downgrade"),
        ] as [(JSONValue, String)])
    func contradictions(part: JSONValue, place: String) throws {
        let json = Self.whole(part)
        let problem = try #require(throws: Problem.self) { try Self.read(json) }
        #expect(problem.place == place, "\(problem)")
    }
}
