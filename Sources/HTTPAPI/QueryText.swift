/// Reads the query of an address and the segments of its path.
enum QueryText {
    /// Names and values in their order; a name without a value has an empty one.
    static func pairs(_ query: String?) -> [(name: String, value: String)] {
        (query ?? "").split(separator: "&").map { pair in
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (decoded(halves[0], plusIsSpace: true), halves.count > 1 ? decoded(halves[1], plusIsSpace: true) : "")
        }
    }

    /// `text` with `%41` read as `A`; what is not such a pair stays, and what is not UTF-8 becomes U+FFFD.
    static func decoded(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String {
        String(decoding: decoded(utf8: Array(text.utf8), plusIsSpace: plusIsSpace), as: UTF8.self)
    }

    /// The bytes that such a text stands for.
    static func decoded(utf8 bytes: [UInt8], plusIsSpace: Bool) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count, let high = digit(bytes[index + 1]),
                let low = digit(bytes[index + 2])
            {
                out.append(high << 4 | low)
                index += 3
            } else {
                out.append(plusIsSpace && bytes[index] == UInt8(ascii: "+") ? UInt8(ascii: " ") : bytes[index])
                index += 1
            }
        }
        return out
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30 ... 0x39: byte - 0x30
        case 0x41 ... 0x46: byte - 0x37
        case 0x61 ... 0x66: byte - 0x57
        default: nil
        }
    }
}
