/// What is credited to one touch, in fixed point.
struct AttributedShare {
    /// Parts of a conversion, of which ``AttributionTally/one`` make one.
    private(set) var credit: Int128 = 0
    /// Whole millionths of the conversions' value, and parts of a millionth, of which ``valueOne`` make one.
    private var value: Int128 = 0
    private var valueRest: Int128 = 0

    private static let valueOne: Int128 = 1_000_000_000_000_000_000

    mutating func add(_ part: Int128, of amount: Int64) {
        credit += part
        if amount == 0 { return }
        let parts = Int128(amount) * (part / (AttributionTally.one / AttributedShare.valueOne))
        value += parts / AttributedShare.valueOne
        valueRest += parts % AttributedShare.valueOne
    }

    mutating func merge(_ other: AttributedShare) {
        credit += other.credit
        value += other.value
        valueRest += other.valueRest
    }

    /// The credit in millionths of a millionth.
    ///
    /// What fixed point cut off must not decide between equal remainders.
    var fineCredit: Int128 { (credit + AttributionTally.one / 2_000_000_000_000) / (AttributionTally.one / 1_000_000_000_000) }

    /// The value in millionths of a millionth, rounded likewise.
    var fineValue: Int128 {
        let step = AttributedShare.valueOne / 1_000_000
        return value * 1_000_000 + LargestRemainder.floor(valueRest + step / 2, step)
    }
}
