import Model

// Draws by whole numbers only: the same on every machine, whatever its floating-point library.
extension SplitMix64 {
    /// A whole number 0 ..< `bound`; the bias of the multiply-shift is below 2⁻³² for the bounds of a world.
    @inline(__always)
    mutating func below(_ bound: Int) -> Int {
        Int((next() >> 32).multipliedReportingOverflow(by: UInt64(bound)).partialValue >> 32)
    }

    /// A whole number in a closed range.
    @inline(__always)
    mutating func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.upperBound - range.lowerBound + 1) }

    /// True `perMille` times in a thousand.
    @inline(__always)
    mutating func chance(perMille: Int) -> Bool { below(1_000) < perMille }

    /// True `perMillion` times in a million.
    @inline(__always)
    mutating func chance(perMillion: Int) -> Bool { below(1_000_000) < perMillion }

    /// An index of `weights`, as likely as its weight.
    mutating func index(weights: [Int]) -> Int {
        var rest = below(weights.reduce(0, +))
        for (index, weight) in weights.enumerated() {
            rest -= weight
            if rest < 0 { return index }
        }
        return weights.count - 1
    }

    /// The elements in a random order (Fisher and Yates).
    mutating func shuffle<Element>(_ elements: inout [Element]) {
        var index = elements.count - 1
        while index > 0 {
            elements.swapAt(index, below(index + 1))
            index -= 1
        }
    }

    /// A generator of its own for item `index` of stream `stream`, unrelated to its neighbours.
    static func derived(seed: UInt64, stream: UInt64, index: Int) -> SplitMix64 {
        var mixer = SplitMix64(seed: seed ^ (stream &* 0xD6E8_FEB8_6659_FD93))
        let base = mixer.next()
        var second = SplitMix64(seed: base &+ UInt64(index) &* 0x9FB2_1C65_1E98_DF25)
        return SplitMix64(seed: second.next())
    }
}
