import Records

/// A code as it is printed: so many symbols that say batch and number, and one that checks them.
///
/// The 31 symbols are digits and capitals without 0, O, 1, I and L. `7KQ2-M4XZ-PWAB-C` has 12 of them and the check.
public struct CouponCode: Hashable, Sendable, CustomStringConvertible {
    /// In groups of four.
    public let text: String

    public var description: String { text }

    static let symbols = Array("23456789ABCDEFGHJKMNPQRSTUVWXYZ".utf8)
    static let base = UInt64(symbols.count)
    private static let values: [UInt8: UInt8] = Dictionary(
        uniqueKeysWithValues: symbols.enumerated().map { ($0.element, UInt8($0.offset)) })

    /// What a symbol that is never printed may have been: the check says which.
    private static let lookAlikes: [UInt8: [UInt8]] = {
        let round = Array("DQ".utf8).compactMap { values[$0] }
        let upright = Array("7JT".utf8).compactMap { values[$0] }
        return [
            UInt8(ascii: "0"): round, UInt8(ascii: "O"): round, UInt8(ascii: "1"): upright, UInt8(ascii: "I"): upright,
            UInt8(ascii: "L"): upright,
        ]
    }()
    private static let lookAlikesMax = 2

    /// - Precondition: `value` is below 31 to the power of `length`.
    init(value: UInt64, length: Int) {
        var digits: [UInt8] = []
        var rest = value
        for _ in 0 ..< length {
            digits.append(UInt8(rest % CouponCode.base))
            rest /= CouponCode.base
        }
        digits.reverse()
        digits.append(CouponCode.check(digits))
        var bytes: [UInt8] = []
        for (index, digit) in digits.enumerated() {
            if index > 0, index % 4 == 0 { bytes.append(UInt8(ascii: "-")) }
            bytes.append(CouponCode.symbols[Int(digit)])
        }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// What somebody typed: its length without the check, and its value; nil when it is no code.
    ///
    /// Case, blanks, hyphens and full width do not matter. Up to two symbols that are never printed are read as what they look like,
    /// when only one reading agrees with the check.
    static func value(typed text: String) -> (value: UInt64, length: Int)? {
        guard let letters = TypedCode.letters(text, max: CouponCodeCipher.lengths.upperBound + 1),
            CouponCodeCipher.lengths.contains(letters.count - 1)
        else { return nil }
        var readings: [[UInt8]] = [[]]
        var doubtful = 0
        for letter in letters {
            var choices = values[letter].map { [$0] } ?? []
            if choices.isEmpty {
                guard let lookAlikes = lookAlikes[letter], doubtful < lookAlikesMax else { return nil }
                doubtful += 1
                choices = lookAlikes
            }
            readings = readings.flatMap { reading in choices.map { reading + [$0] } }
        }
        let right = readings.filter { check($0.dropLast()) == $0.last }
        guard right.count == 1 else { return nil }
        return (right[0].dropLast().reduce(0) { $0 * base + UInt64($1) }, letters.count - 1)
    }

    /// A check digit over the field of 31 elements: any one wrong symbol is noticed, and any two that changed places.
    ///
    /// Each symbol counts with another power of 3, whose first 30 powers all differ.
    private static func check(_ digits: some Sequence<UInt8>) -> UInt8 {
        UInt8(digits.reduce(0) { ($0 + Int($1)) * 3 % 31 })
    }
}
