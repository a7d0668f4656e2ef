import EventStore
import Model

/// Counts, per behaviour, the people who did it in their look-back, apart for those who reached the target and those who did not.
struct DriversTally: Tally {
    /// Doing an event, or doing it with a value of a property.
    struct Behaviour: Hashable {
        /// The number of the event's name.
        var name: Int32
        /// The place of the property among those asked for; -1 for the event alone.
        var property: Int32 = -1
        /// The interned value.
        var value: Int32 = 0
    }

    private let bit: UInt64
    private let range: Range<Int64>
    private let lookback: Int64
    private let names: EventNames
    /// By property, then part.
    private var columns: [[InternedColumn]]
    private var interner = ValueInterner()
    private(set) var converted = 0
    private(set) var others = 0
    /// The events alone come first, by the number of their name.
    private(set) var behaviours: [Behaviour]
    private var places: [Behaviour: Int] = [:]
    /// By the place of the behaviour.
    private(set) var didConverted: [Int]
    private(set) var didNotConvert: [Int]
    /// By the place of the behaviour, the last person who did it.
    private var lastPerson: [Int]

    /// - Parameter range: its end is where the look-back of those who did not reach the target ends.
    init(_ drivers: DriversQuestion, selectors: [Selector], range: Range<Int64>, executor: Executor) {
        bit = QuestionRun.bit(of: drivers.target, in: selectors)
        self.range = range
        lookback = drivers.lookback.microseconds
        let parts = executor.snapshot.parts
        names = EventNames(parts)
        columns = drivers.properties.map { property in parts.map { InternedColumn(property, in: $0) } }
        behaviours = names.names.indices.map { Behaviour(name: Int32($0)) }
        didConverted = [Int](repeating: 0, count: behaviours.count)
        didNotConvert = didConverted
        lastPerson = didConverted
    }

    func name(of behaviour: Behaviour) -> String { names.names[Int(behaviour.name)] }

    func value(of behaviour: Behaviour) -> JSONValue { interner.values[Int(behaviour.value)] }

    mutating func add(_ unit: CountedUnit, _ history: borrowing History) {
        let first = history.lowerBound(range.lowerBound)
        let end = history.lowerBound(range.upperBound)
        guard first < end else { return }
        var target = first
        while target < end, history.marks[target] & bit == 0 { target += 1 }
        let isConverted = target < end
        if isConverted { converted += 1 } else { others += 1 }
        let until = isConverted ? history.timestamps[target] : range.upperBound
        let (earliest, overflow) = until.subtractingReportingOverflow(lookback)
        let start = overflow ? 0 : history.lowerBound(earliest)
        for index in start ..< max(start, target) {
            let (part, row) = (history.parts[index], history.rows[index])
            let name = names.number(part: part, code: history.codes[index])
            count(Int(name), isConverted)
            for property in columns.indices {
                let value = columns[property][Int(part)].number(at: Int(row), &interner)
                if value == 0 { continue }
                count(place(of: Behaviour(name: name, property: Int32(property), value: value)), isConverted)
            }
        }
    }

    private mutating func count(_ place: Int, _ isConverted: Bool) {
        if lastPerson[place] == converted + others { return }
        lastPerson[place] = converted + others
        if isConverted { didConverted[place] += 1 } else { didNotConvert[place] += 1 }
    }

    private mutating func place(of behaviour: Behaviour) -> Int {
        if let known = places[behaviour] { return known }
        let place = behaviours.count
        places[behaviour] = place
        behaviours.append(behaviour)
        didConverted.append(0)
        didNotConvert.append(0)
        lastPerson.append(0)
        return place
    }

    var byteCount: Int {
        behaviours.byteCount + places.byteCount + didConverted.byteCount + didNotConvert.byteCount + lastPerson.byteCount
            + interner.byteCount + InternedColumn.byteCount(columns) + names.byteCount
    }

    mutating func merge(_ other: DriversTally) {
        converted += other.converted
        others += other.others
        for (index, behaviour) in other.behaviours.enumerated() {
            var own = behaviour
            var place = index
            if behaviour.property >= 0 {
                own.value = interner.number(of: other.value(of: behaviour))
                place = self.place(of: own)
            }
            didConverted[place] += other.didConverted[index]
            didNotConvert[place] += other.didNotConvert[index]
        }
    }
}
