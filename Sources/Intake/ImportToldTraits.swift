/// What was last told of each person's traits, in a table of fixed size: told again only when it is new or has changed.
struct ImportToldTraits {
    private var hashes = [UInt64](repeating: 0, count: 1 << 16)

    /// Whether `traits` of `who` are other than those that were asked for last.
    mutating func isNews(_ traits: [some Collection<UInt8>], of who: [some Collection<UInt8>]) -> Bool {
        var hasher = ImportHasher()
        for id in who { hasher.add(id) }
        // Who has no id but an address stands for himself.
        if who.allSatisfy(\.isEmpty) { for value in traits { hasher.add(value) } }
        let slot = Int(truncatingIfNeeded: hasher.value & 0xFFFF)
        for value in traits { hasher.add(value) }
        guard hashes[slot] != hasher.value else { return false }
        hashes[slot] = hasher.value
        return true
    }
}

/// FNV-1a over several fields, to see whether they changed.
private struct ImportHasher {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ bytes: some Collection<UInt8>) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
        value = (value ^ 0x1F) &* 0x100_0000_01B3
    }
}
