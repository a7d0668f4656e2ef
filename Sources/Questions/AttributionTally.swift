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
    private var columns: [InternedColumn]
    private var interner = ValueInterner()
    private var direct: Int32 = 0
    /// By interned value.
    private var credits: [Int128] = []
    private(set) var conversions = 0
    private(set) var unattributed = 0
    /// The touches of the current person: where they stand in the history, and their values.
    private var places: [Int] = []
    private var values: [Int32] = []
    private var weights: [Double] = []

    init(_ question: AttributionQuestion, selectors: [Selector], range: Range<Int64>, executor: Executor) {
        self.question = question
        bit = QuestionRun.bit(of: question.conversion, in: selectors)
        self.range = range
        columns = executor.snapshot.parts.map { InternedColumn(question.touch, in: $0) }
        direct = interner.number(of: AttributionQuestion.direct)
    }

    /// The values met with their credits, as parts of ``one``.
    var rows: [(value: JSONValue, credit: Int128)] {
        credits.indices.filter { credits[$0] > 0 }.map { (interner.values[$0], credits[$0]) }
    }

    mutating func add(_ unit: CountedUnit, _ history: borrowing History) {
        var isRead = false
        for index in 0 ..< history.count where history.marks[index] & bit != 0 && range.contains(history.timestamps[index]) {
            if !isRead { readTouches(history) }
            isRead = true
            conversions += 1
            credit(index, history)
        }
    }

    private mutating func readTouches(_ history: borrowing History) {
        places.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        for index in 0 ..< history.count {
            let value = columns[Int(history.parts[index])].number(at: Int(history.rows[index]), &interner)
            if value == 0 { continue }
            places.append(index)
            values.append(value)
        }
        while credits.count < interner.values.count { credits.append(0) }
    }

    private mutating func credit(_ conversion: Int, _ history: borrowing History) {
        let (earliest, overflow) = history.timestamps[conversion].subtractingReportingOverflow(question.lookback.microseconds)
        let from = overflow ? 0 : history.lowerBound(earliest)
        let first = AttributionTally.lowerBound(places, from)
        let end = AttributionTally.lowerBound(places, conversion + 1)
        guard first < end else {
            unattributed += 1
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

    private mutating func give(_ touch: Int, _ part: Int128) { credits[Int(values[touch])] += part }

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

    mutating func merge(_ other: AttributionTally) {
        conversions += other.conversions
        unattributed += other.unattributed
        for (index, credit) in other.credits.enumerated() {
            let number = Int(interner.number(of: other.interner.values[index]))
            while credits.count <= number { credits.append(0) }
            credits[number] += credit
        }
    }
}

extension QuestionRun {
    /// A row for each touch, by credit; what no touch is found for comes last (specs: questions, N20).
    mutating func attribution(_ attribution: AttributionQuestion) throws(Problem) -> JSONValue {
        var list = SelectorList()
        attribution.addSelectors(to: &list)
        let selectors = list.selectors
        narrow(to: attribution.conversion, in: bounds)
        let empty = AttributionTally(attribution, selectors: selectors, range: bounds, executor: executor)
        let tally = scan(selectors) { empty }
        let found = tally.rows.sorted { Numbers.precedes($0.value, $1.value) }
        let credits = millionths(found.map(\.credit), of: tally.conversions - tally.unattributed)
        var rows: [JSONValue] = zip(found, credits).filter { $0.1 > 0 }
            .sorted { $0.1 != $1.1 ? $0.1 > $1.1 : Numbers.precedes($0.0.value, $1.0.value) }
            .map { ["touch": $0.0.value, "credit": Numbers.json(Double($0.1) / 1e6)] }
        rows.append(["unattributed": true, "credit": .int(Int64(tally.unattributed))])
        return ["conversions": .int(Int64(tally.conversions)), "rows": .array(rows)]
    }

    /// Credits in millionths that add up to `total` conversions: by largest remainder, the earlier one first.
    private func millionths(_ credits: [Int128], of total: Int) -> [Int] {
        // To a millionth of a millionth first: what fixed point cut off must not decide between equal remainders.
        let fine = credits.map { ($0 + AttributionTally.one / 2_000_000_000_000) / (AttributionTally.one / 1_000_000_000_000) }
        var out = fine.map { Int($0 / 1_000_000) }
        let left = total * 1_000_000 - out.reduce(0, +)
        let order = fine.indices.sorted { first, second in
            let (one, two) = (fine[first] % 1_000_000, fine[second] % 1_000_000)
            return one != two ? one > two : first < second
        }
        for index in order.prefix(max(0, left)) { out[index] += 1 }
        return out
    }
}
