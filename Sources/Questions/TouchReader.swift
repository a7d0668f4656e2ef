import EventStore
import Model

/// Names the touches of histories: each gets the interned number of its name, from 1; 0 is no touch.
struct TouchReader {
    private(set) var interner = ValueInterner()
    /// By part; empty when channels name the touches.
    private var columns: [InternedColumn] = []
    private var channels: [(bit: UInt64, number: Int32)] = []

    init(_ touch: AttributionQuestion.Touch, selectors: [Selector], _ parts: [Part]) {
        switch touch {
        case .property(let name): columns = parts.map { InternedColumn(name, in: $0) }
        case .channels(let list):
            for channel in list {
                channels.append((QuestionRun.bit(of: channel.selector, in: selectors), interner.number(of: .string(channel.name))))
            }
        }
    }

    mutating func number(of value: JSONValue) -> Int32 { interner.number(of: value) }

    mutating func number(at index: Int, _ history: borrowing History) -> Int32 {
        if columns.isEmpty {
            let marks = history.marks[index]
            for channel in channels where marks & channel.bit != 0 { return channel.number }
            return 0
        }
        return columns[Int(history.parts[index])].number(at: Int(history.rows[index]), &interner)
    }
}

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

/// Rounds parts to whole units so that they add up to a given total: by largest remainder, the earlier one first.
enum LargestRemainder {
    /// - Parameter fine: the parts, a million of which make a unit.
    static func units(_ fine: [Int128], total: Int128) -> [Int128] {
        var out = fine.map { floor($0, 1_000_000) }
        let left = total - out.reduce(0, +)
        let remainders = fine.indices.map { fine[$0] - out[$0] * 1_000_000 }
        let order = fine.indices.sorted { remainders[$0] != remainders[$1] ? remainders[$0] > remainders[$1] : $0 < $1 }
        for index in order.prefix(Int(max(0, min(left, Int128(fine.count))))) { out[index] += 1 }
        return out
    }

    /// The quotient rounded down, for a positive divisor.
    static func floor(_ dividend: Int128, _ divisor: Int128) -> Int128 {
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
