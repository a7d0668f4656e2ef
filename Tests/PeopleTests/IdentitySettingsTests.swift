import Model
import TestSupport
import Testing

@testable import People

@Suite("Identity settings") struct IdentitySettingsTests {
    private static func made(by random: inout SplitMix64) -> IdentitySettings {
        func limit(_ random: inout SplitMix64) -> IdentityLimits.Limit? {
            if Int.random(in: 0 ..< 4, using: &random) == 0 { return nil }
            let periods: [IdentityLimits.Limit.Period] = [.ever, .year, .month, .week]
            return .init(Int.random(in: 1 ... 1_000_000, using: &random), per: periods.randomElement(using: &random) ?? .ever)
        }
        var settings = IdentitySettings()
        settings.limits.ofType = [:]
        for name in ["email", "phone", "anonymous_id", "card/no", "a~b"] where Bool.random(using: &random) {
            settings.limits.ofType[IdentityType(name)] = .some(limit(&random))
        }
        settings.limits.ofOthers = limit(&random)
        settings.limits.merges = Bool.random(using: &random) ? nil : Int.random(in: 1 ... 99, using: &random)
        settings.limits.identities = Bool.random(using: &random) ? nil : Int.random(in: 1 ... 99, using: &random)
        if Bool.random(using: &random) { settings.limits.unique = [IdentityType("card/no"), .email] }
        if Bool.random(using: &random) { settings.blocked = ["walk-in", "散客"] }
        return settings
    }

    @Test("Settings are read back as they were written", arguments: UInt64(0) ..< 64)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let settings = Self.made(by: &random)
        let read = try IdentitySettings(json: settings.json)
        #expect(read == settings && read.json == settings.json)
    }

    @Test("What is left out is the standard, null is no limit")
    func standard() throws {
        #expect(try IdentitySettings(json: [:]) == .standard)
        let own = try IdentitySettings(json: [
            "types": ["email": nil], "others": ["count": 2], "merges": nil, "blocked": ["X", "X"],
        ])
        #expect(own.limits.limit(of: .email) == nil && own.limits.limit(of: .phone) == .init(2))
        #expect(own.limits.limit(of: .anonymousID) == .init(2), "types replace the standard ones whole")
        #expect(own.limits.merges == nil && own.limits.identities == 1_000 && own.blocked == ["X"])
        #expect(own.rules(region: "CN").isBlocked("x") && !IdentityRules().isBlocked("x"))
    }

    private static let wrong: [(JSONValue, String)] = [
        ([], ""), (["limits": [:]], "/limits"), (["types": []], "/types"), (["types": ["user_id": nil]], "/types/user_id"),
        (["types": ["a/b": 5]], "/types/a~1b"), (["types": ["": nil]], "/types/"), (["others": ["count": 0]], "/others"),
        (["others": ["count": 5, "per": "day"]], "/others"), (["others": ["count": 5, "every": "week"]], "/others"),
        (["others": ["count": 1.5]], "/others"), (["merges": 0], "/merges"), (["identities": "many"], "/identities"),
        (["unique": ["card", "user_id"]], "/unique/1"), (["unique": "card"], "/unique"), (["blocked": ["a", ""]], "/blocked/1"),
        (["blocked": .array([JSONValue](repeating: "x", count: 1_001))], "/blocked"), (["blocked": [7]], "/blocked/0"),
    ]

    @Test("What cannot be is refused at its place", arguments: wrong)
    func refused(json: JSONValue, place: String) {
        #expect { try IdentitySettings(json: json) } throws: { error in
            (error as? Problem)?.place == place && (error as? Problem)?.code == .badIdentitySettings
        }
    }
}
