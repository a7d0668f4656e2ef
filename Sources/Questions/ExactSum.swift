import Model

/// A sum of numbers whose result does not depend on their order: kept exactly, rounded once at the end.
///
/// Integers are summed as such. Doubles are added to a fixed-point number of 2,176 bits (Kulisch), made when the first
/// double with a fraction comes.
struct ExactSum: Sendable {
    private var whole: Int128 = 0
    /// Base 2^32 digits from 2^-1088 up, each in an Int64 with room for 2^30 additions before carries are settled.
    private var digits: [Int64] = []
    private var pending = 0
    /// Whether only integers were added.
    private(set) var isWhole = true

    private static let digitCount = 72
    private static let lowestExponent = -1_088

    /// Whether room was made for fractions, which takes ``fractionBytes``.
    var hasFractions: Bool { !digits.isEmpty }

    static let fractionBytes = blockBytes + digitCount * MemoryLayout<Int64>.stride

    /// Starts over, keeping the room that was made.
    mutating func removeAll() {
        whole = 0
        pending = 0
        if !isWhole { for index in digits.indices { digits[index] = 0 } }
        isWhole = true
    }

    mutating func add(_ value: Int64) { whole += Int128(value) }

    /// Adds a finite double.
    mutating func add(_ value: Double) {
        if let exact = Int64(exactly: value) {
            whole += Int128(exact)
            return
        }
        isWhole = false
        if digits.isEmpty { digits = [Int64](repeating: 0, count: ExactSum.digitCount) }
        let scaled = value.significandBitPattern | (value.isNormal ? 1 << 52 : 0)
        let exponent = (value.isNormal ? Int(value.exponent) : -1_022) - 52
        addShifted(Int64(scaled), exponent: exponent, negative: value < 0)
    }

    mutating func merge(_ other: ExactSum) {
        whole += other.whole
        isWhole = isWhole && other.isWhole
        guard !other.digits.isEmpty else { return }
        var others = other
        others.settle()
        if digits.isEmpty { digits = [Int64](repeating: 0, count: ExactSum.digitCount) }
        settle()
        for index in digits.indices { digits[index] += others.digits[index] }
        pending += 1
    }

    private mutating func addShifted(_ significand: Int64, exponent: Int, negative: Bool) {
        let shift = exponent - ExactSum.lowestExponent
        let (index, bits) = (shift / 32, shift % 32)
        let wide = Int128(significand) << Int128(bits)
        let sign: Int64 = negative ? -1 : 1
        digits[index] += sign * Int64(wide & 0xFFFF_FFFF)
        digits[index + 1] += sign * Int64((wide >> 32) & 0xFFFF_FFFF)
        digits[index + 2] += sign * Int64(wide >> 64)
        pending += 1
        if pending >= 1 << 29 { settle() }
    }

    /// Carries, so that every digit but the last lies in 0 ..< 2^32.
    private mutating func settle() {
        var carry: Int64 = 0
        for index in digits.indices.dropLast() {
            let digit = digits[index] + carry
            digits[index] = digit & 0xFFFF_FFFF
            carry = digit >> 32
        }
        if !digits.isEmpty { digits[digits.count - 1] += carry }
        pending = 0
    }

    /// The sum rounded to the nearest double, ties to even.
    var value: Double {
        if isWhole || digits.isEmpty {
            // From 128 bits takes twenty times as long as from 64.
            let low = Int64(truncatingIfNeeded: whole)
            return Int128(low) == whole ? Double(low) : Double(whole)
        }
        var total = self
        total.addWhole()
        total.settle()
        let negative = (total.digits.last ?? 0) < 0
        if negative {
            for index in total.digits.indices { total.digits[index] = -total.digits[index] }
            total.settle()
        }
        let rounded = total.roundedMagnitude()
        return negative ? -rounded : rounded
    }

    private mutating func addWhole() {
        let sign: Int64 = whole < 0 ? -1 : 1
        var rest = whole.magnitude
        var index = -ExactSum.lowestExponent / 32
        settle()
        while rest > 0 {
            digits[index] += sign * Int64(truncatingIfNeeded: rest & 0xFFFF_FFFF)
            rest >>= 32
            index += 1
        }
    }

    /// The settled, non-negative digits as the nearest double.
    private func roundedMagnitude() -> Double {
        guard let top = digits.lastIndex(where: { $0 != 0 }) else { return 0 }
        var head: UInt128 = 0
        for index in stride(from: top, through: max(top - 2, 0), by: -1) { head = head << 32 | UInt128(digits[index]) }
        let lowest = max(top - 2, 0)
        let isInexact = digits[..<lowest].contains { $0 != 0 }
        // A sticky bit below the 65 or more kept ones makes the conversion round as if it saw everything.
        head = head << 1 | (isInexact ? 1 : 0)
        let exponent = ExactSum.lowestExponent + lowest * 32 - 1
        return Double(sign: .plus, exponent: exponent, significand: Double(head))
    }

    /// The sum as JSON: exact when only integers were added and it fits, else the nearest double.
    var json: JSONValue {
        if isWhole, let exact = Int64(exactly: whole) { return .int(exact) }
        return Numbers.json(value)
    }
}
