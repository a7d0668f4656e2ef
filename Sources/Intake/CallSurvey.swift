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
    /// The most keys of one section.
    let keys: Int
    let nameBytes: Int

    private(set) var payloadHash: UInt64 = 0
    private(set) var duplicateKeys = 0
    /// Whether a number does not fit 64 bits or a Double.
    private(set) var holdsBigNumber = false
    /// Hashes of the keys of the objects being read, outermost first; kept to save the allocation.
    private var keyHashes: [UInt64] = []
    private var sectionKeys = 0
    private var seed: UInt64 = 0

    /// Members of the call that are no part of its payload: how and when it was sent.
    private static let envelope: [StaticString] = ["type", "messageId", "sentAt", "receivedAt", "writeKey"]

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
        self.seed = seed
        keyHashes.removeAll(keepingCapacity: true)
        sectionKeys = 0
        return try hashObject(call, depth: 1, isInList: false)
    }

    private mutating func hash(_ node: JSONNode, depth: Int, isInList: Bool) throws(Refusal) -> UInt64 {
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
            var sum = seed &+ 0x57
            for element in node.elements {
                sum = CallSurvey.mix(sum, try hash(element, depth: depth + 1, isInList: true))
            }
            return CallSurvey.mix(sum, 0x58)
        case .object:
            if depth >= nesting { throw .tooDeep(limit: nesting) }
            return try hashObject(node, depth: depth + 1, isInList: isInList)
        }
    }

    private mutating func hashObject(_ object: JSONNode, depth: Int, isInList: Bool) throws(Refusal) -> UInt64 {
        let start = keyHashes.count
        defer { keyHashes.removeSubrange(start...) }
        for member in object.members { keyHashes.append(XXHash.hash64(member.key.string, seed: 0x59)) }
        let count = keyHashes.count - start
        if count > 1, hasRepeats(from: start) { try removeRepeats(of: object, from: start) }
        try check(object, count: keyHashes.count - start, depth: depth, isInList: isInList)
        var sum: UInt64 = 0
        var position = start
        for member in object.members {
            let keyHash = keyHashes[position]
            position += 1
            if depth == 1 {
                sectionKeys = 0
                if CallSurvey.isEnvelope(member.key.string) { continue }
            }
            let value = try hash(member.value, depth: depth, isInList: isInList)
            sum = sum &+ CallSurvey.mix(keyHash ^ seed, value)
        }
        return CallSurvey.mix(sum, seed &+ 0x5A)
    }

    /// Counts the keys of a section outside lists, and looks at their length.
    private mutating func check(_ object: JSONNode, count: Int, depth: Int, isInList: Bool) throws(Refusal) {
        if isInList { return }
        sectionKeys += count
        if sectionKeys > keys { throw .tooManyKeys(limit: keys, pointer: "") }
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

    private static func isEnvelope(_ key: UnsafeRawBufferPointer) -> Bool {
        for name in envelope where key.count == name.utf8CodeUnitCount && key.equals(name) { return true }
        return false
    }

    /// Folds a 128-bit product, as wyhash does: each bit of both words reaches each bit of the answer.
    @inline(__always) private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = (left ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(by: right ^ 0xE703_7ED1_A0B4_28DB)
        return (product.high ^ product.low) &+ (left &* 0x9E37_79B9_7F4A_7C15) ^ right
    }
}
