import EventStore
public import Model
import OrderedCollections

/// A small world of calls made from a seed: few people, merges, equal timestamps, late calls, missing and mixed values.
public struct RandomWorld {
    public let seed: UInt64
    public let zone: TimeZoneTable
    public let calls: [(call: Call, identities: [Identity])]
    public let now: Instant

    public var calendar: ZoneCalendar { ZoneCalendar(zone: zone) }

    /// 2026-03-01T00:00:00Z, in microseconds: the worlds' time, near changes of clock.
    public static let start: Int64 = 1_772_323_200_000_000

    private static let zones = ["UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]

    public init(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        self.seed = seed
        zone = try TimeZoneTable(identifier: RandomWorld.zones.randomElement(using: &random) ?? "UTC")
        let count = [0, 1, 5, 20, 60].randomElement(using: &random) ?? 20
        let people = Int.random(in: 1 ... 6, using: &random)
        // Coarse times make ties; the span is a month around the changes of clock in March and April.
        let step: Int64 = [1_000_000, 600_000_000, 3_600_000_000, 43_200_000_000].randomElement(using: &random) ?? 1_000_000
        let slots = Int64([10, 40, 60].randomElement(using: &random) ?? 40)
        var calls: [(call: Call, identities: [Identity])] = []
        for index in 0 ..< count {
            let time = RandomWorld.start + 6 * 86_400_000_000 + Int64.random(in: 0 ..< slots, using: &random) * step
            let late = Bool.random(using: &random) ? 0 : Int64.random(in: 0 ... 10, using: &random) * step
            calls.append(RandomWorld.call(index, Instant(microseconds: time), Instant(microseconds: time + late), people, &random))
        }
        self.calls = calls
        now = Instant(microseconds: RandomWorld.start + 45 * 86_400_000_000)
    }

    private static func call(
        _ index: Int, _ time: Instant, _ received: Instant, _ people: Int, _ random: inout SplitMix64
    ) -> (call: Call, identities: [Identity]) {
        let who = Int.random(in: 0 ..< people, using: &random)
        var call = Call(
            type: .track, messageID: "m\(index)", timestamp: time, receivedAt: received, source: SourceID(text: "src_test"))
        let anonymous = Identity(type: .anonymousID, value: "a\(who)")
        let user = Identity(type: .userID, value: "u\(who / 2)")
        var identities = [anonymous]
        call.anonymousID = anonymous.value
        switch Int.random(in: 0 ..< 24, using: &random) {
        case 0, 1:
            call.type = .identify
            call.userID = user.value
            identities = [user, anonymous]
            if Bool.random(using: &random) { call.traits = traits(&random) }
            if Bool.random(using: &random) { call.properties = changes(&random) }
        case 2:
            call.type = .group
            call.groupID = ["g1", "g2"].randomElement(using: &random)
        case 3:
            call.type = Bool.random(using: &random) ? .page : .screen
            call.event = call.type.text
            call.name = ["home", "view"].randomElement(using: &random)
            call.properties = properties(&random)
        case 4:
            identities = []
            call.event = event(&random)
            call.properties = properties(&random)
        case 7, 8:
            call.type = .declare
            call.event = "relationship"
            call.properties = relationship(people, time, &random)
        case 9:
            call.type = .declare
            call.event = "consent"
            call.properties = [
                "purpose": purpose(&random),
                "status": .string(Int.random(in: 0 ..< 3, using: &random) > 0 ? "granted" : "withdrawn"),
            ]
        case 10, 11:
            call.event = event(&random)
            call.context = ["consent": ["categoryPreferences": preferences(&random)]]
        case 5, 6:
            call.userID = user.value
            call.anonymousID = nil
            identities = [user]
            call.event = event(&random)
            call.properties = properties(&random)
        default:
            call.event = event(&random)
            call.properties = properties(&random)
            if Bool.random(using: &random) {
                call.context = ["campaign": ["source": .string(["ad", "mail"].randomElement(using: &random) ?? "ad")]]
                if Bool.random(using: &random) {
                    call.context = ["groupId": .string(["g1", "g3"].randomElement(using: &random) ?? "g1")]
                }
            }
        }
        return (call, identities)
    }

    private static func relationship(_ people: Int, _ time: Instant, _ random: inout SplitMix64) -> JSONValue {
        let other = Int.random(in: 0 ..< people, using: &random)
        let parties: [JSONValue] = [
            ["type": "anonymous_id", "id": .string("a\(other)")], ["type": "anonymous_id", "id": .string("a\(other)")],
            ["type": "user_id", "id": .string("u\(other / 2)")], ["account": "g1"],
        ]
        var json: OrderedDictionary<String, JSONValue> = [
            "as": .string(["payer", "payer", "payer", "decider"].randomElement(using: &random) ?? "payer"),
            "to": parties.randomElement(using: &random) ?? .null,
        ]
        func put(_ key: String, _ days: Int64) {
            json[key] = .string(time.advanced(byMicroseconds: days * .microsecondsPerDay).rfc3339)
        }
        if Int.random(in: 0 ..< 3, using: &random) == 0 { put("from", Int64.random(in: -9 ... 9, using: &random)) }
        if Int.random(in: 0 ..< 3, using: &random) == 0 { put("until", Int64.random(in: 9 ... 30, using: &random)) }
        if Int.random(in: 0 ..< 6, using: &random) == 0 { json["deleted"] = true }
        return .object(json)
    }

    private static func purpose(_ random: inout SplitMix64) -> JSONValue {
        .string(["ads", "ads", "mail.news"].randomElement(using: &random) ?? "ads")
    }

    private static func preferences(_ random: inout SplitMix64) -> JSONValue {
        let values: [JSONValue] = [true, true, true, false, "true", .null]
        return [
            "ads": values.randomElement(using: &random) ?? true, "mail.news": values.randomElement(using: &random) ?? true,
        ]
    }

    private static func event(_ random: inout SplitMix64) -> String {
        ["view", "cart", "order", "order", "x"].randomElement(using: &random) ?? "view"
    }

    private static func traits(_ random: inout SplitMix64) -> JSONValue {
        ["plan": [.string("pro"), .string("free"), .null].randomElement(using: &random) ?? .null, "age": value(&random)]
    }

    /// Operations on traits, some of which fit no value.
    private static func changes(_ random: inout SplitMix64) -> JSONValue {
        let names = ["$add", "$append", "$union", "$remove"]
        var out: OrderedDictionary<String, JSONValue> = [:]
        for _ in 0 ..< Int.random(in: 1 ... 3, using: &random) {
            let key = ["age", "age", "plan", "visits"].randomElement(using: &random) ?? "age"
            out[names.randomElement(using: &random) ?? "$add", default: [:]] = .object([key: value(&random)])
        }
        return .object(out)
    }

    private static func properties(_ random: inout SplitMix64) -> JSONValue {
        var out = JSONValue.object([:])
        if case .object(var members) = out {
            if Bool.random(using: &random) { members["v"] = value(&random) }
            if Bool.random(using: &random) {
                members["channel"] = .string(["ads", "mail", "direct"].randomElement(using: &random) ?? "ads")
            }
            if Int.random(in: 0 ..< 4, using: &random) == 0 { members["cart"] = ["total": value(&random)] }
            out = .object(members)
        }
        return out
    }

    private static func value(_ random: inout SplitMix64) -> JSONValue {
        let values: [JSONValue] = [
            1, 2, 3, -5, 1.0, 0.5, 0.1, 0.2, 12.75, "1", "apple", "Apple", "", true, false, .null, ["apple", 1], [], [:],
            "2026-03-10T00:00:00Z", "2026-03-08", 4, 7,
        ]
        return values.randomElement(using: &random) ?? 1
    }
}
