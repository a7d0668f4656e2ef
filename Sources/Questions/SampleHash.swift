import Model

/// The stable place of a person in samples: SHA-256 over salt, 0x1F and person id, as a fraction (specs: questions, N29).
enum SampleHash {
    /// A number from 0 up to, not including, 1.
    static func fraction(salt: String, person: PersonID) -> Double {
        let digest = SHA256.digest(Array(salt.utf8) + [0x1F] + Array(person.text.utf8))
        let number = digest[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Double(number) / 0x1p64
    }
}

/// FIPS 180-4 SHA-256 over short inputs; not for secrets.
enum SHA256 {
    private static let constants: [UInt32] = primes(64).map { fraction(of: cubeRoot($0)) }
    private static let initial: [UInt32] = primes(8).map { fraction(of: Double($0).squareRoot()) }

    static func digest(_ message: [UInt8]) -> [UInt8] {
        var bytes = message + [0x80]
        while bytes.count % 64 != 56 { bytes.append(0) }
        let bits = UInt64(message.count) * 8
        for shift in stride(from: UInt64(56), through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
        var state = initial
        for start in stride(from: 0, to: bytes.count, by: 64) { absorb(bytes[start ..< start + 64], &state) }
        return state.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) } }
    }

    private static func absorb(_ block: ArraySlice<UInt8>, _ state: inout [UInt32]) {
        var words = [UInt32](repeating: 0, count: 64)
        for (index, byte) in block.enumerated() { words[index / 4] |= UInt32(byte) << UInt32(24 - index % 4 * 8) }
        for index in 16 ..< 64 {
            let first = rotate(words[index - 15], 7) ^ rotate(words[index - 15], 18) ^ words[index - 15] >> 3
            let second = rotate(words[index - 2], 17) ^ rotate(words[index - 2], 19) ^ words[index - 2] >> 10
            words[index] = words[index - 16] &+ first &+ words[index - 7] &+ second
        }
        var work = state
        for index in 0 ..< 64 {
            let sum1 = rotate(work[4], 6) ^ rotate(work[4], 11) ^ rotate(work[4], 25)
            let choice = (work[4] & work[5]) ^ (~work[4] & work[6])
            let temporary = work[7] &+ sum1 &+ choice &+ constants[index] &+ words[index]
            let sum0 = rotate(work[0], 2) ^ rotate(work[0], 13) ^ rotate(work[0], 22)
            let majority = (work[0] & work[1]) ^ (work[0] & work[2]) ^ (work[1] & work[2])
            work = [temporary &+ sum0 &+ majority, work[0], work[1], work[2], work[3] &+ temporary, work[4], work[5], work[6]]
        }
        for index in 0 ..< 8 { state[index] = state[index] &+ work[index] }
    }

    private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }

    private static func primes(_ count: Int) -> [Int] {
        var out: [Int] = []
        var candidate = 2
        while out.count < count {
            if out.allSatisfy({ candidate % $0 != 0 }) { out.append(candidate) }
            candidate += 1
        }
        return out
    }

    /// Newton's method; doubles hold the 32 bits of fraction that are needed with room to spare.
    private static func cubeRoot(_ number: Int) -> Double {
        let value = Double(number)
        var root = value
        for _ in 0 ..< 60 { root -= (root * root * root - value) / (3 * root * root) }
        return root
    }

    private static func fraction(of root: Double) -> UInt32 { UInt32((root - root.rounded(.down)) * 0x1p32) }
}
