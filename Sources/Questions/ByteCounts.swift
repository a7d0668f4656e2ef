import Model

// Estimates of memory, cheap enough to be looked at again and again while a question is answered. A collection counts its room, not what
// its elements lead to: that is added by whoever knows it.

/// What a block of memory costs beside its elements: the header of a Swift array, and what the allocator adds.
let blockBytes = 48

extension Array {
    var byteCount: Int { capacity * MemoryLayout<Element>.stride }
}

extension Dictionary {
    /// A third of the places stay free.
    var byteCount: Int { capacity * 4 / 3 * (MemoryLayout<Key>.stride + MemoryLayout<Value>.stride) }
}

extension Set {
    var byteCount: Int { capacity * 4 / 3 * MemoryLayout<Element>.stride }
}

extension String {
    /// Up to fifteen bytes stand in the value itself.
    var outerBytes: Int { utf8.count > 15 ? blockBytes + utf8.count : 0 }
}

extension JSONValue {
    /// Bytes that it leads to; for a scalar O(1).
    var outerBytes: Int {
        switch self {
        case .null, .bool, .int, .double: 0
        case .string(let text), .bigNumber(let text): text.outerBytes
        case .array(let values): values.reduce(blockBytes) { $0 + MemoryLayout<JSONValue>.stride + $1.outerBytes }
        case .object(let members):
            members.reduce(2 * blockBytes) { sum, member in
                sum + MemoryLayout<String>.stride + MemoryLayout<JSONValue>.stride + member.key.outerBytes + member.value.outerBytes
            }
        }
    }
}
