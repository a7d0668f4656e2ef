internal import Columns
internal import Model
internal import Records

/// One pass over a call on the tape: its depth, its keys, duplicate keys, and the hash of its payload.
///
/// The hash does not depend on the order of members nor on blanks, and is stable for ever: it is kept beside the messageId on disk.
/// Strings are XXH3-64; an object is the sum of its members' hashes, a list the chain of its elements'.
struct CallSurvey {
    /// The most containers within one another, the call itself included.
    let nesting: Int
    /// The most keys of a call below its own members, at every depth together.
    let keys: Int
    let nameBytes: Int
    /// Keys that the batch's envelope adds to each call.
    var envelopeKeys = 0

    private(set) var payloadHash: UInt64 = 0
    private(set) var duplicateKeys = 0
    /// Whether a number does not fit 64 bits or a Double.
    private(set) var holdsBigNumber = false
    /// Hashes of the keys of the objects being read, outermost first; kept to save the allocation.
    private var keyHashes: [UInt64] = []
    /// Keys so far; those of lists' elements count once for each place and name, so that a long basket is no more than a short one.
    private(set) var keyCount = 0
    /// Hashes of the objects in lists, by place and names, and of their keys, that were counted.
    private var listKeys: Set<UInt64> = []
    private var seed: UInt64 = 0

    /// Members of the call that are no part of its payload: how and when it was sent.
    private static let envelope: [StaticString] = ["type", "messageId", "sentAt", "receivedAt", "writeKey"]
    /// Members that are ids: null is none, and a number is its text.
    private static let ids: [StaticString] = ["userId", "anonymousId", "groupId", "previousId"]

    init(limits: CollectLimits) {
        nesting = limits.nesting
        keys = limits.keys
        nameBytes = limits.nameBytes
        keyHashes.reserveCapacity(64)
    }

    /// Reads `call`, an object; takes out the earlier of duplicate members on the tape.
    mutating func read(_ call: JSONNode) throws(Refusal) {
        duplicateKeys = 0
        holdsBigNumber = false
        payloadHash = try hash(call, seed: 0)
    }

    /// Reads a section of a batch's envelope, an object, for what is wrong with it.
    mutating func read(section: JSONNode) throws(Refusal) {
        duplicateKeys = 0
        holdsBigNumber = false
        begin(seed: 0)
        _ = try hashObject(section, depth: 2, place: 0, isInList: false)
    }

    /// The hash of the call that was read, as a call of `type`: the path says it, or a member of the same name.
    func payloadHash(as type: CallType) -> UInt64 { CallSurvey.mix(payloadHash, UInt64(type.rawValue) + 0x5B) }

    /// 128 bits of the same hash under other seeds, for calls that bring no messageId.
    mutating func longHash(_ call: JSONNode, as type: CallType) throws(Refusal) -> Hash128 {
        let word = UInt64(type.rawValue) + 0x5B
        let high = try hash(call, seed: 1)
        let low = try hash(call, seed: 2)
        return Hash128(high: CallSurvey.mix(high, word), low: CallSurvey.mix(low, word))
    }

    private mutating func hash(_ call: JSONNode, seed: UInt64) throws(Refusal) -> UInt64 {
        begin(seed: seed)
        return try hashObject(call, depth: 1, place: 0, isInList: false)
    }

    private mutating func begin(seed: UInt64) {
        self.seed = seed
        keyHashes.removeAll(keepingCapacity: true)
        keyCount = envelopeKeys
        if !listKeys.isEmpty { listKeys.removeAll(keepingCapacity: true) }
    }

    /// - Parameters:
    ///   - place: A hash of the keys that lead to the container of the value.
    ///   - key: The hash of the value's own key.
    private mutating func hash(
        _ node: JSONNode, depth: Int, place: UInt64, key: UInt64, isInList: Bool
    ) throws(Refusal) -> UInt64 {
        switch node.kind {
        case .string: return XXHash.hash64(node.string, seed: seed &+ 0x51)
        case .int: return CallSurvey.mix(UInt64(bitPattern: node.int), seed &+ 0x52)
        case .double: return CallSurvey.mix(node.double.bitPattern, seed &+ 0x53)
        case .bool: return CallSurvey.mix(node.bool ? 1 : 0, seed &+ 0x54)
        case .null: return CallSurvey.mix(2, seed &+ 0x55)
        case .bigNumber:
            holdsBigNumber = true
            return XXHash.hash64(Array(node.bigNumber.utf8), seed: seed &+ 0x56)
        case .array:
            if depth >= nesting { throw .tooDeep(limit: nesting) }
            let inner = CallSurvey.mix(place, key)
            var sum = seed &+ 0x57
            for element in node.elements {
                sum = CallSurvey.mix(sum, try hash(element, depth: depth + 1, place: inner, key: 0x5C, isInList: true))
            }
            return CallSurvey.mix(sum, 0x58)
        case .object:
            if depth >= nesting { throw .tooDeep(limit: nesting) }
            return try hashObject(node, depth: depth + 1, place: CallSurvey.mix(place, key), isInList: isInList)
        }
    }

    private mutating func hashObject(
        _ object: JSONNode, depth: Int, place: UInt64, isInList: Bool
    ) throws(Refusal) -> UInt64 {
        let start = keyHashes.count
        defer { keyHashes.removeSubrange(start...) }
        for member in object.members { keyHashes.append(XXHash.hash64(member.key.string, seed: 0x59)) }
        let count = keyHashes.count - start
        if count > 1, hasRepeats(from: start) { try removeRepeats(of: object, from: start) }
        try check(object, from: start, depth: depth, place: place, isInList: isInList)
        var sum: UInt64 = 0
        var position = start
        for member in object.members {
            let keyHash = keyHashes[position]
            position += 1
            let value: UInt64
            if depth > 1 {
                value = try hash(member.value, depth: depth, place: place, key: keyHash, isInList: isInList)
            } else {
                guard let own = try hashOwnMember(member, keyHash) else { continue }
                value = own
            }
            sum = sum &+ CallSurvey.mix(keyHash ^ seed, value)
        }
        return CallSurvey.mix(sum, seed &+ 0x5A)
    }

    /// The hash of a member of the call itself; nil when it is no part of the payload.
    private mutating func hashOwnMember(_ member: JSONNode.Member, _ keyHash: UInt64) throws(Refusal) -> UInt64? {
        let key = member.key.string
        if CallSurvey.isOne(of: CallSurvey.envelope, key) { return nil }
        if CallSurvey.isOne(of: CallSurvey.ids, key) {
            if member.value.isNull { return nil }
            if let text = TextArena.numberText(member.value) {
                if member.value.kind == .bigNumber { holdsBigNumber = true }
                return XXHash.hash64(Array(text.utf8), seed: seed &+ 0x51)
            }
        }
        return try hash(member.value, depth: 1, place: 0, key: keyHash, isInList: false)
    }

    /// Counts the keys of an object and looks at their length.
    ///
    /// The call's own members have the bound to themselves.
    private mutating func check(
        _ object: JSONNode, from start: Int, depth: Int, place: UInt64, isInList: Bool
    ) throws(Refusal) {
        let count = keyHashes.count - start
        if depth == 1 {
            if count > keys { throw .tooManyKeys(limit: keys, pointer: "") }
        } else if !isInList {
            keyCount += count
        } else {
            // Elements of a list mostly have the same names: then there is nothing new to count or to measure.
            let names = keyHashes[start...].reduce(0, &+)
            guard listKeys.insert(CallSurvey.mix(place, names)).inserted else { return }
            for key in keyHashes[start...] where listKeys.insert(CallSurvey.mix(place &+ 1, key)).inserted { keyCount += 1 }
        }
        if keyCount > keys { throw .tooManyKeys(limit: keys, pointer: "") }
        for member in object.members where member.key.string.count > nameBytes {
            let key = String(decoding: member.key.string.prefix(40), as: UTF8.self)
            throw .nameTooLong("key \"\(key)…\"", bytes: member.key.string.count, limit: nameBytes, pointer: "")
        }
    }

    // MARK: - Duplicate keys

    private func hasRepeats(from start: Int) -> Bool {
        let count = keyHashes.count - start
        if count > 32 { return Set(keyHashes[start...]).count != count }
        return keyHashes.withUnsafeBufferPointer { hashes in
            for right in start + 1 ..< hashes.count {
                for left in start ..< right where hashes[left] == hashes[right] { return true }
            }
            return false
        }
    }

    private mutating func removeRepeats(of object: JSONNode, from start: Int) throws(Refusal) {
        var last: [UInt64: JSONNode.Member] = [:]
        for (hash, member) in zip(keyHashes[start...], object.members) {
            if let earlier = last[hash], earlier.key.string.elementsEqual(member.key.string) {
                earlier.remove()
                duplicateKeys += 1
            }
            last[hash] = member
        }
        keyHashes.removeSubrange(start...)
        for member in object.members { keyHashes.append(XXHash.hash64(member.key.string, seed: 0x59)) }
    }

    // MARK: - Mixing

    private static func isOne(of names: [StaticString], _ key: UnsafeRawBufferPointer) -> Bool {
        for name in names where key.count == name.utf8CodeUnitCount && key.equals(name) { return true }
        return false
    }

    /// Folds a 128-bit product, as wyhash does: each bit of both words reaches each bit of the answer.
    @inline(__always) private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = (left ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(by: right ^ 0xE703_7ED1_A0B4_28DB)
        return (product.high ^ product.low) &+ (left &* 0x9E37_79B9_7F4A_7C15) ^ right
    }
}
