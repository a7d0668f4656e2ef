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
            guard let value = readers[Int(history.parts[index])].value(at: Int(history.rows[index])),
                let number = value.doubleValue, number.isFinite
            else {
                continue
            }
            if case .int(let whole) = value { sum.add(whole) } else { sum.add(number) }
        }
        persons.append(unit.number)
        lasts.append(history.timestamps[end - 1])
        frequencies.append(end - first)
        monetary.append(sum.value)
    }

    mutating func merge(_ other: RFMTally) {
        persons += other.persons
        lasts += other.lasts
        frequencies += other.frequencies
        monetary += other.monetary
    }
}

/// Orders places by keys with a stable radix sort: O(n) for each byte in which keys differ.
enum RadixOrder {
    /// The places of `keys`, sorted by key; those with equal keys stay as they are in `order`.
    static func sorted(_ order: [UInt32], by keys: [UInt64]) -> [UInt32] {
        var from = order
        var to = [UInt32](repeating: 0, count: order.count)
        let differing = keys.reduce((UInt64.max, 0 as UInt64)) { ($0.0 & $1, $0.1 | $1) }
        for shift in stride(from: UInt64(0), to: 64, by: 8) where (differing.0 ^ differing.1) >> shift & 0xFF != 0 {
            var places = [Int](repeating: 0, count: 257)
            for key in keys { places[Int(key >> shift & 0xFF) + 1] += 1 }
            for digit in 1 ... 256 { places[digit] += places[digit - 1] }
            for place in from {
                let digit = Int(keys[Int(place)] >> shift & 0xFF)
                to[places[digit]] = place
                places[digit] += 1
            }
            swap(&from, &to)
        }
        return from
    }

    static func key(_ number: Int64) -> UInt64 { UInt64(bitPattern: number) ^ 1 << 63 }

    /// Orders finite doubles as their values; zeros are equal.
    static func key(_ number: Double) -> UInt64 {
        let bits = (number == 0 ? 0.0 : number).bitPattern
        return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
    }
}

extension QuestionRun {
    /// The occupied cells of bins × bins × bins (bench/QUERIES.md, Q5; specs: questions, N21).
    mutating func rfm(_ rfm: RFMQuestion) throws(Problem) -> JSONValue {
        let empty = RFMTally(rfm, range: bounds, executor: executor)
        let tally = scan([rfm.selector.unlabelled]) { empty }
        let all = (0 ..< tally.persons.count).map { UInt32($0) }
        // Ties go by who was seen first, which is the order of person ordinals.
        let bySight = RadixOrder.sorted(all, by: tally.persons.map { UInt64($0) })
        let r = tiles(RadixOrder.sorted(bySight, by: tally.lasts.map { RadixOrder.key($0) }), rfm.bins)
        let f = tiles(RadixOrder.sorted(bySight, by: tally.frequencies.map { UInt64($0) }), rfm.bins)
        let m = tiles(RadixOrder.sorted(bySight, by: tally.monetary.map { RadixOrder.key($0) }), rfm.bins)
        let size = rfm.bins * rfm.bins * rfm.bins
        var persons = [Int](repeating: 0, count: size)
        var frequency = [Int](repeating: 0, count: size)
        var monetary = [ExactSum](repeating: ExactSum(), count: size)
        var people = [[UInt32]](repeating: [], count: rfm.isList ? size : 0)
        for place in all.indices {
            let cell = (r[place] * rfm.bins + f[place]) * rfm.bins + m[place]
            persons[cell] += 1
            frequency[cell] += tally.frequencies[place]
            monetary[cell].add(tally.monetary[place])
            if rfm.isList { people[cell].append(tally.persons[place]) }
        }
        let rows: [JSONValue] = (0 ..< size).filter { persons[$0] > 0 }.map { cell in
            var out = ObjectWriter()
            out.put("r", .int(Int64(cell / rfm.bins / rfm.bins + 1)))
            out.put("f", .int(Int64(cell / rfm.bins % rfm.bins + 1)))
            out.put("m", .int(Int64(cell % rfm.bins + 1)))
            out.put("persons", .int(Int64(persons[cell])))
            out.put("frequency", .int(Int64(frequency[cell])))
            out.put("monetary", monetary[cell].json)
            if rfm.isList { out.put("people", .array(people[cell].sorted().map { .string(PersonID(ordinal: $0).text) })) }
            return out.json
        }
        return ["rows": .array(rows)]
    }

    /// The tile of each place, from 0, when places in `order` are dealt out as SQL's ntile does.
    private func tiles(_ order: [UInt32], _ bins: Int) -> [Int] {
        var out = [Int](repeating: 0, count: order.count)
        let (size, larger) = order.count.quotientAndRemainder(dividingBy: bins)
        let border = larger * (size + 1)
        for (position, place) in order.enumerated() {
            out[Int(place)] = position < border ? position / (size + 1) : larger + (position - border) / size
        }
        return out
    }
}
