/// The ticks of a value axis from zero to a round number at or above the greatest value.
struct AxisScale: Equatable {
    /// Ascending, the first is 0, evenly spaced.
    let ticks: [Double]
    /// The axis's end: the last tick.
    var end: Double { ticks.last ?? 1 }

    /// - Parameters:
    ///   - greatest: the greatest value shown; not above zero gives an axis of 0…1.
    ///   - wanted: about how many steps to make, at least 1.
    ///   - whole: keep ticks to whole numbers, for counts.
    init(greatest: Double, wanted: Int = 4, whole: Bool = false) {
        guard greatest > 0, greatest.isFinite else {
            ticks = [0, 1]
            return
        }
        let rough = greatest / Double(max(wanted, 1))
        var magnitude = 1.0
        while magnitude * 10 <= rough { magnitude *= 10 }
        while magnitude > rough { magnitude /= 10 }
        let factor = [1.0, 2, 2.5, 5, 10].first { $0 * magnitude >= rough * 0.999_999 } ?? 10
        var step = factor * magnitude
        if whole { step = max(1, step.rounded(.up)) }
        let count = max(1, Int((greatest / step - 1e-9).rounded(.up)))
        ticks = (0 ... count).map { Double($0) * step }
    }

    /// `value` as a share 0…1 of the axis.
    func share(_ value: Double) -> Double { end > 0 ? min(max(value / end, 0), 1) : 0 }

    /// At most `limit` indexes of `count` labels, evenly spaced from the first on.
    static func labelIndexes(count: Int, limit: Int) -> [Int] {
        guard count > 0, limit > 0 else { return [] }
        let step = max(1, (count + limit - 1) / limit)
        return Array(stride(from: 0, to: count, by: step))
    }
}
