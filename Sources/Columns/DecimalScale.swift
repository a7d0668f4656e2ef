/// Doubles as whole numbers of a power of ten, where that gives every bit back: prices, ratings, percentages.
package enum DecimalScale {
    /// The largest exponent tried.
    static let exponentMax = 15
    package static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]

    /// The smallest exponent e such that every value is bit for bit n / 10^e with |n| < 2^53; nil when there is none.
    package static func exponent(for values: [Double]) -> Int? {
        var search = DecimalScaleSearch()
        for value in values { search.add(value) }
        guard let exponent = search.exponent, values.allSatisfy({ scaled($0, exponent) != nil }) else { return nil }
        return exponent
    }

    /// The n of `value`; nil when n / 10^exponent is not `value` bit for bit.
    package static func scaled(_ value: Double, _ exponent: Int) -> Int64? {
        let number = (value * powers[exponent]).rounded()
        // A negative zero has no whole number of its own.
        guard number.magnitude < 9_007_199_254_740_992, (number / powers[exponent]).bitPattern == value.bitPattern,
            number != 0 || value.sign == .plus
        else { return nil }
        return Int64(number)
    }

    /// The double n / 10^exponent.
    @inlinable package static func unscaled(_ number: Int64, _ exponent: Int) -> Double { Double(number) / powers[exponent] }
}

/// Finds the exponent of doubles that come one after another.
package struct DecimalScaleSearch {
    private var tried = 0
    private var magnitude = 0.0

    package init() {}

    package mutating func add(_ value: Double) {
        guard tried <= DecimalScale.exponentMax else { return }
        while DecimalScale.scaled(value, tried) == nil {
            tried += 1
            if tried > DecimalScale.exponentMax { return }
        }
        magnitude = max(magnitude, value.magnitude)
    }

    /// The exponent that suits the values; nil when there is none.
    ///
    /// A value close to 2^53 may be whole with fewer digits and not with these, which whoever takes the exponent has to check.
    package var exponent: Int? {
        guard tried <= DecimalScale.exponentMax else { return nil }
        return (magnitude * DecimalScale.powers[tried]).rounded() < 9_007_199_254_740_992 ? tried : nil
    }
}
