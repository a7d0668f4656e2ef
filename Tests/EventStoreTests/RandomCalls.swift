import EventStore
import Model
import OrderedCollections

/// Calls of every shape, by seed: nested JSON, hostile keys, big numbers, clocks that run backwards.
struct RandomCalls {
    var random: SplitMix64
    var nextID = 0
    /// How many persons send.
    var senders = 12

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    typealias Entry = (call: Call, identities: [Identity])

    mutating func entries(_ count: Int) -> [Entry] { (0 ..< count).map { _ in entry() } }

    mutating func entry() -> Entry {
        let type = CallType.allCases.randomElement(using: &random) ?? .track
        nextID += 1
        let base = Int64(1_700_000_000_000_000)
        let step: Int64 = chance(0.5) ? 1_000 : 1
        let timestamp = base + Int64.random(in: 0 ..< 10_000_000, using: &random) * step
        var call = Call(
            type: type, messageID: messageID(), timestamp: Instant(microseconds: timestamp),
            receivedAt: Instant(microseconds: base + Int64.random(in: -5_000_000_000 ..< 5_000_000_000, using: &random)),
            source: SourceID(text: ["src_web", "src_app"][Int.random(in: 0 ..< 2, using: &random)]))
        if chance(0.3) {
            call.originalTimestamp = Instant(
                microseconds: timestamp + (chance(0.5) ? 0 : Int64.random(in: -9 ... 9, using: &random)))
        }
        if chance(0.3) { call.sentAt = Instant(microseconds: Int64(bitPattern: random.next())) }
        if chance(0.6) { call.sentAt = Instant(microseconds: call.receivedAt.microseconds - 12_345) }
        if chance(0.2) { call.flags = CallFlags(rawValue: UInt16.random(in: 0 ... 127, using: &random)) }
        if type == .track {
            call.event = ["Order Completed", "Product Viewed", "下单", "page", "", "\u{0}"].randomElement(using: &random)
        }
        if type == .page || type == .screen, chance(0.8) { call.event = type.text }
        if chance(0.2) { call.name = word() }
        if chance(0.2) { call.category = word() }
        if type == .group { call.groupID = word() }
        if type == .alias { call.previousID = word() }
        call.properties = chance(0.8) ? object(depth: 3) : [:]
        call.traits = chance(0.2) ? object(depth: 2) : [:]
        call.context = ["library": ["name": "test", "version": .string(word())], "ip": "0.0.0.0"]
        call.integrations = chance(0.1) ? ["All": true] : [:]
        let identities = identities(&call)
        call.properties = call.properties.canonical
        call.traits = call.traits.canonical
        call.context = call.context.canonical
        return (call, identities)
    }

    private mutating func identities(_ call: inout Call) -> [Identity] {
        var identities: [Identity] = []
        let sender = Int.random(in: 0 ..< senders, using: &random)
        if chance(0.5) {
            call.userID = "user-\(sender)"
            identities.append(Identity(type: .userID, value: "user-\(sender)"))
        }
        if chance(0.8) {
            call.anonymousID = "00000000-0000-4000-8000-0000000000\(10 + sender)"
            identities.append(Identity(type: .anonymousID, value: call.anonymousID ?? ""))
        }
        if chance(0.1) { identities.append(Identity(type: .email, value: "u\(sender)@example.com")) }
        return identities
    }

    mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0 ..< 1, using: &random) < probability }

    private mutating func messageID() -> String {
        switch nextID % 3 {
        case 0: "m-\(nextID)"
        case 1: "ajs-next-1700000000-\(random.next())-\(nextID)"
        default: "0a1b2c3d-0000-4000-8000-" + String(String(nextID + 0x1000_0000_0000, radix: 16).suffix(12))
        }
    }

    private mutating func word() -> String {
        ["green", "乌龙茶", "", "a\u{1F}b", "\u{202E}rtl", "e\u{301}", String(repeating: "long ", count: 50), "oolong"]
            .randomElement(using: &random) ?? ""
    }

    private mutating func key() -> String {
        ["price", "url", "a.b", "a", "b", "__proto__", "", "a\u{1F}b", "\u{1E}", "<b>", "数量", "q'; --", "\u{1}"]
            .randomElement(using: &random) ?? ""
    }

    private mutating func object(depth: Int) -> JSONValue {
        var members: OrderedDictionary<String, JSONValue> = [:]
        for _ in 0 ..< Int.random(in: 0 ... 4, using: &random) { members[key()] = value(depth: depth) }
        return .object(members)
    }

    private mutating func value(depth: Int) -> JSONValue {
        switch Int.random(in: 0 ..< (depth > 0 ? 14 : 11), using: &random) {
        case 0: return .null
        case 1: return .bool(chance(0.5))
        case 2: return .int(Int64.random(in: -100 ... 100, using: &random))
        case 3: return .int([Int64.min, Int64.max, 0].randomElement(using: &random) ?? 0)
        case 4, 5: return .double(Double(Int.random(in: 0 ..< 10_000, using: &random)) / 100)
        case 6: return .double([-0.0, 0.1 + 0.2, 1e300, Double.leastNonzeroMagnitude, 3].randomElement(using: &random) ?? 0)
        case 7: return .bigNumber(["123456789012345678901234567890", "1e400"].randomElement(using: &random) ?? "1e400")
        case 8, 9, 10: return .string(word())
        case 11: return .array((0 ..< Int.random(in: 0 ... 3, using: &random)).map { _ in value(depth: depth - 1) })
        default: return object(depth: depth - 1)
        }
    }
}

/// What a store or part should hold, as plain values.
extension [RandomCalls.Entry] {
    var batch: CallBatch {
        var encoder = CallEncoder()
        for entry in self {
            encoder.append(entry.call, identities: entry.identities, payloadHash: RandomCalls.payloadHash(entry.call))
        }
        return encoder.finish()
    }
}

extension RandomCalls {
    static func payloadHash(_ call: Call) -> UInt64 {
        call.properties.utf8.reduce(14_695_981_039) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    }
}

extension StoreSnapshot {
    /// Every call by its arrival number.
    var callsByArrival: [UInt64: Call] {
        var calls: [UInt64: Call] = [:]
        for part in parts {
            for row in 0 ..< part.rowCount { calls[part.arrival(at: row)] = part.call(at: row) }
        }
        return calls
    }

    /// Every call in order of arrival.
    var callsInOrder: [Call] { callsByArrival.sorted { $0.key < $1.key }.map(\.value) }
}
