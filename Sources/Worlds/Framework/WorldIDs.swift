import Model

/// The ids under which the humans of a world and their devices are known.
enum WorldIDs {
    static func user(_ human: Int) -> String { "u\(100_000 + human)" }

    /// A version-4 UUID made of the seed and the device's number.
    static func anonymous(_ device: Int, seed: UInt64) -> String {
        var writer = CallWriter()
        writer.anonymousID(device, seed: seed)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension CallWriter {
    /// The id of ``WorldIDs/anonymous(_:seed:)``, without quotes.
    mutating func anonymousID(_ device: Int, seed: UInt64) {
        var random = SplitMix64.derived(seed: seed, stream: 3, index: device)
        let high = random.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        let low = random.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        hexadecimal(high >> 32, digits: 8)
        raw("-")
        hexadecimal(high >> 16, digits: 4)
        raw("-")
        hexadecimal(high, digits: 4)
        raw("-")
        hexadecimal(low >> 48, digits: 4)
        raw("-")
        hexadecimal(low, digits: 12)
    }
}
