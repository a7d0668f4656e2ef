import EventStore
import Glibc
import Model

/// Credits each conversion to its touches, in fixed point: sums depend on neither order nor threads.
struct AttributionTally: Tally {
    /// One whole conversion.
    static let one: Int128 = 1_000_000_000_000_000_000_000_000_000

    private let question: AttributionQuestion
    private let bit: UInt64
    private let range: Range<Int64>
    private var touches: TouchReader
    private let amounts: [PropertyReader]
    private var direct: Int32 = 0
    /// By interned value.
    private var credits: [AttributedShare] = []
    private(set) var conversions = 0
    private(set) var unattributed = 0
    /// Millionths of the value of all conversions, and of those without a touch.
    private(set) var value: Int128 = 0
    private(set) var unattributedValue: Int128 = 0
    /// Millionths of the value of the conversion at hand.
    private var amount: Int64 = 0
    /// The touches of the current person: where they stand in the history, and their values.
    private var places: [Int] = []
    private var values: [Int32] = []
    private var weights: [Double] = []

    init(_ question: AttributionQuestion, selectors: [Selector], range: Range<Int64>, executor: Executor) {
        self.question = question
        bit = QuestionRun.bit(of: question.conversion, in: selectors)
        self.range = range
        touches = TouchReader(question.touch, selectors: selectors, executor.snapshot.parts)
        amounts = question.value.map { name in executor.snapshot.parts.map { PropertyReader(name, in: $0) } } ?? []
        direct = touches.number(of: AttributionQuestion.direct)
    }

    /// The number of touches met, credited or not.
    var touchCount: Int { credits.count }

    /// The touches met with what is credited to them.
    var rows: [(touch: JSONValue, share: AttributedShare)] {
        credits.indices.filter { credits[$0].credit > 0 }.map { (touches.interner.values[$0], credits[$0]) }
    }

    mutating func add(_ unit: CountedUnit, _ history: borrowing History) {
        var isRead = false
        for index in 0 ..< history.count where history.marks[index] & bit != 0 && range.contains(history.timestamps[index]) {
            if !isRead { readTouches(history) }
            isRead = true
            conversions += 1
            amount =
                amounts.isEmpty
                ? 0 : AttributionTally.millionths(amounts[Int(history.parts[index])].value(at: Int(history.rows[index])))
            value += Int128(amount)
            credit(index, history)
        }
    }

    private mutating func readTouches(_ history: borrowing History) {
        places.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        for index in 0 ..< history.count {
            let value = touches.number(at: index, history)
            if value == 0 { continue }
            places.append(index)
            values.append(value)
        }
        while credits.count < touches.interner.values.count { credits.append(AttributedShare()) }
    }

    private mutating func credit(_ conversion: Int, _ history: borrowing History) {
        let (earliest, overflow) = history.timestamps[conversion].subtractingReportingOverflow(question.lookback.microseconds)
        let from = overflow ? 0 : history.lowerBound(earliest)
        let first = AttributionTally.lowerBound(places, from)
        let end = AttributionTally.lowerBound(places, conversion + 1)
        guard first < end else {
            unattributed += 1
            unattributedValue += Int128(amount)
            return
        }
        let one = AttributionTally.one
        let count = end - first
        switch question.model {
        case .firstTouch: give(first, one)
        case .lastTouch: give(end - 1, one)
        case .lastNonDirect:
            var last = end - 1
            while last >= first, values[last] == direct { last -= 1 }
            give(last >= first ? last : end - 1, one)
        case .linear: for touch in first ..< end { give(touch, one / Int128(count)) }
        case .positionBased:
            if count < 3 {
                for touch in first ..< end { give(touch, one / Int128(count)) }
            } else {
                give(first, one / 5 * 2)
                give(end - 1, one / 5 * 2)
                for touch in first + 1 ..< end - 1 { give(touch, one / 5 / Int128(count - 2)) }
            }
        case .timeDecay: decay(first ..< end, history)
        }
    }

    private mutating func give(_ touch: Int, _ part: Int128) { credits[Int(values[touch])].add(part, of: amount) }

    /// An amount in millionths; what is no number, or reaches 10^12, is worth nothing.
    private static func millionths(_ value: JSONValue?) -> Int64 {
        guard let number = value?.doubleValue, abs(number) < 1e12 else { return 0 }
        return Int64((number * 1e6).rounded())
    }

    /// Weights by the time before the latest touch, so that very old ones do not vanish all together.
    private mutating func decay(_ touches: Range<Int>, _ history: borrowing History) {
        let latest = history.timestamps[places[touches.upperBound - 1]]
        weights.removeAll(keepingCapacity: true)
        var total = 0.0
        for touch in touches {
            let age = Double(latest - history.timestamps[places[touch]])
            weights.append(exp2(-age / Double(question.halfLife.microseconds)))
            total += weights[weights.count - 1]
        }
        for (index, touch) in touches.enumerated() { give(touch, Int128(weights[index] / total * 1e27)) }
    }

    private static func lowerBound(_ places: [Int], _ wanted: Int) -> Int {
        var low = 0
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            if places[middle] < wanted { low = middle + 1 } else { high = middle }
        }
        return low
    }

    var byteCount: Int {
        credits.byteCount + touches.byteCount + places.byteCount + values.byteCount + weights.byteCount
    }

    mutating func merge(_ other: AttributionTally) {
        conversions += other.conversions
        unattributed += other.unattributed
        value += other.value
        unattributedValue += other.unattributedValue
        for (index, credit) in other.credits.enumerated() {
            let number = Int(touches.number(of: other.touches.interner.values[index]))
            while credits.count <= number { credits.append(AttributedShare()) }
            credits[number].merge(credit)
        }
    }
}
