import Records

/// A code as it is printed on goods: eleven letters and digits that say everything, and one that checks them.
///
/// `7KQ2-M4XZ-P0AB`: the letters are those of Crockford's base 32, without I, L, O and U, so that none looks like another.
public struct ProductCode: Hashable, Sendable, CustomStringConvertible {
    /// As it is printed.
    public let text: String

    public var description: String { text }

    static let valueBits = 55
    private static let digitCount = 11
    private static let letters = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// - Precondition: `value` has 55 bits.
    init(value: UInt64) {
        var digits = (0 ..< ProductCode.digitCount).map { UInt8(truncatingIfNeeded: value >> (50 - 5 * $0)) & 31 }
        digits.append(CheckDigit.of(digits))
        var bytes = digits.map { ProductCode.letters[Int($0)] }
        bytes.insert(UInt8(ascii: "-"), at: 8)
        bytes.insert(UInt8(ascii: "-"), at: 4)
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// What somebody typed, or nil when it is no code.
    ///
    /// Case, blanks and hyphens do not matter; O is read as 0, I and L as 1.
    static func value(typed text: String) -> UInt64? {
        guard let letters = TypedCode.letters(text, max: digitCount + 1) else { return nil }
        var digits = letters.compactMap(digit)
        guard digits.count == letters.count, digits.count == digitCount + 1, let check = digits.popLast(),
            check == CheckDigit.of(digits)
        else { return nil }
        return digits.reduce(0) { $0 << 5 | UInt64($1) }
    }

    private static func digit(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "O"): 0
        case UInt8(ascii: "I"), UInt8(ascii: "L"): 1
        default: letters.firstIndex(of: letter).map { UInt8($0) }
        }
    }
}

/// A check digit over the field of 32 elements: any one wrong digit is noticed, and any two that changed places.
///
/// Digit i counts α^i times, α being a root of x⁵ + x² + 1, whose first 31 powers all differ.
enum CheckDigit {
    static func of(_ digits: [UInt8]) -> UInt8 {
        // Horner's rule: each digit ends with a weight of its own, and the check digit itself has the weight 1.
        digits.reduce(0) { timesAlpha($0 ^ $1) }
    }

    private static func timesAlpha(_ value: UInt8) -> UInt8 {
        let shifted = value << 1
        return shifted & 32 == 0 ? shifted : (shifted ^ 0b100101)
    }
}
