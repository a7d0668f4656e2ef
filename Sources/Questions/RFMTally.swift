import EventStore
import Model

/// Collects recency, frequency and monetary value: four flat arrays with one place for each person who has such an event.
struct RFMTally: Tally {
    private let range: Range<Int64>
    private let readers: [PropertyReader]
    private var sum = ExactSum()
    private(set) var persons: [UInt32] = []
    /// Time of the last event in microseconds.
    private(set) var lasts: [Int64] = []
    private(set) var frequencies: [Int] = []
    /// Sum of the values, rounded once.
    private(set) var monetary: [Double] = []

    init(_ rfm: RFMQuestion, range: Range<Int64>, executor: Executor) {
        self.range = range
        readers = executor.snapshot.parts.map { PropertyReader(rfm.value, in: $0) }
    }

    mutating func add(_ unit: CountedUnit, _ history: borrowing History) {
        let first = history.lowerBound(range.lowerBound)
        let end = history.lowerBound(range.upperBound)
        guard first < end else { return }
        sum.removeAll()
        for index in first ..< end {
            switch readers[Int(history.parts[index])].number(at: Int(history.rows[index])) {
            case .none: break
            case .whole(let whole): sum.add(whole)
            case .double(let number): sum.add(number)
            }
        }
        persons.append(unit.number)
        lasts.append(history.timestamps[end - 1])
        frequencies.append(end - first)
        monetary.append(sum.value)
    }

    /// The places by each figure, ascending; ties go by who was seen first, which is the order of person ordinals.
    var orders: (r: [UInt32], f: [UInt32], m: [UInt32]) {
        let all = (0 ..< persons.count).map { UInt32($0) }
        let bySight = RadixOrder.sorted(all, by: persons.map { UInt64($0) })
        return (
            RadixOrder.sorted(bySight, by: lasts.map { RadixOrder.key($0) }),
            RadixOrder.sorted(bySight, by: frequencies.map { UInt64($0) }),
            RadixOrder.sorted(bySight, by: monetary.map { RadixOrder.key($0) })
        )
    }

    var byteCount: Int { persons.byteCount + lasts.byteCount + frequencies.byteCount + monetary.byteCount }

    mutating func merge(_ other: RFMTally) {
        persons += other.persons
        lasts += other.lasts
        frequencies += other.frequencies
        monetary += other.monetary
    }
}

/// Orders places by keys with a stable radix sort: O(n) for each eleven bits in which keys differ.
enum RadixOrder {
    /// The places of `keys`, sorted by key; those with equal keys stay as they are in `order`.
    static func sorted(_ order: [UInt32], by keys: [UInt64]) -> [UInt32] {
        var from = order
        var to = [UInt32](repeating: 0, count: order.count)
        let differing = keys.reduce((UInt64.max, 0 as UInt64)) { ($0.0 & $1, $0.1 | $1) }
        for shift in stride(from: UInt64(0), to: 64, by: digitBits) where (differing.0 ^ differing.1) >> shift & lastDigit != 0 {
            var places = [Int](repeating: 0, count: Int(lastDigit) + 2)
            for key in keys { places[Int(key >> shift & lastDigit) + 1] += 1 }
            for digit in 1 ..< places.count { places[digit] += places[digit - 1] }
            for place in from {
                let digit = Int(keys[Int(place)] >> shift & lastDigit)
                to[places[digit]] = place
                places[digit] += 1
            }
            swap(&from, &to)
        }
        return from
    }

    private static let digitBits = 11
    private static let lastDigit: UInt64 = 1 << 11 - 1

    static func key(_ number: Int64) -> UInt64 { UInt64(bitPattern: number) ^ 1 << 63 }

    /// Orders finite doubles as their values; zeros are equal.
    static func key(_ number: Double) -> UInt64 {
        let bits = (number == 0 ? 0.0 : number).bitPattern
        return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
    }
}
