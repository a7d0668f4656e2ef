import EventStore
public import Model

/// A trait that follows from what a person did, by a rule of the workspace (specs: people, section 2).
public struct ComputedTrait: Hashable, Sendable {
    /// What is computed of the events that count.
    public enum Measure: String, Hashable, Sendable, CaseIterable {
        /// How many there are; the only one without a property.
        case count
        case sum, avg, min, max
        /// The value of the first, or last, of them that has one.
        case first, last
        /// The most frequent value; of several, the least as breakdowns order values: texts by bytes.
        case mostFrequent
        /// The different values in that order, at most ``ComputedTrait/listMax``.
        case uniqueList
        case uniqueCount
    }

    /// The name by which it is asked for.
    public var key: String
    /// Which events count.
    public var selector: Selector
    public var measure: Measure
    /// The property that is measured; nil for `count` alone.
    public var property: String?
    /// Only events of this time up to the instant of evaluation count; nil for all up to it.
    public var window: TimeSpan?

    /// The longest key, in bytes.
    public static let keyBytesMax = 200
    /// Values of a list; more are left out.
    public static let listMax = 100
    static let windowDaysMax = 3_660

    /// Reads a rule such as `{"selector": {"event": "Order Completed"}, "measure": "sum", "property": "revenue", "window": "90d"}`.
    ///
    /// - Throws: ``Problem`` with code `bad_question` whose place is the pointer of what cannot be understood; `/key` for the key.
    public init(key: String, rule: JSONValue) throws(Problem) {
        self.key = try ComputedTrait.checked(key)
        let reader = QuestionReader(rule)
        _ = try reader.object("A rule such as \(#"{"selector": {"event": "Order Completed"}, "measure": "count"}"#)")
        try reader.allow(["selector", "measure", "property", "window"], of: "the rule of a trait")
        selector = try Selector(reader.required("selector", "A selector such as \(#"{"event": "Order Completed"}"#)"))
        measure = try reader.required("measure", "A measure").choice(Measure.self)
        if measure == .count {
            if let property = reader.optional("property") { throw property.refused("A count has no property. Leave it out.") }
        } else {
            property = try reader.required("property", "The name of a property").name("The name of a property")
        }
        window = try reader.optional("window").map { place throws(Problem) in
            let span = try place.span()
            guard span.microseconds > 0, span <= TimeSpan(days: ComputedTrait.windowDaysMax) else {
                throw place.refused(
                    "A window is longer than nothing and at most \(ComputedTrait.windowDaysMax) days. Leave it out for all time.")
            }
            return span
        }
    }

    private static func checked(_ key: String) throws(Problem) -> String {
        let isPlain = key.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0 != "." }
        guard !key.isEmpty, key.utf8.count <= keyBytesMax, isPlain else {
            throw Problem(
                .badQuestion,
                "The key of a computed trait has 1 to \(keyBytesMax) bytes, no control characters and no dots, which reach into objects.",
                place: "/key")
        }
        return key
    }

    /// The rule, as it is read.
    public var rule: JSONValue {
        var out = ObjectWriter()
        out.put("selector", selector.json)
        out.put("measure", .string(measure.rawValue))
        out.put("property", property.map { .string($0) })
        out.put("window", window.map { .string($0.text) })
        return out.json
    }

    /// What somebody has without any event that counts: none, or 0 where nothing adds up to it.
    var withoutEvents: JSONValue? {
        switch measure {
        case .count, .sum, .uniqueCount: .int(0)
        default: JSONValue?.none
        }
    }

    var within: Expression.Within { window.map { .last($0) } ?? .ever }
}

/// A computed trait of everybody at one instant.
public struct ComputedTraitColumn: Sendable {
    /// People with events that count, ascending.
    fileprivate let persons: [UInt32]
    fileprivate let values: [JSONValue]
    /// What everybody else has.
    fileprivate let otherwise: JSONValue?

    /// The person's value, if any.
    ///
    /// O(log n).
    public func value(of person: UInt32) -> JSONValue? {
        var (low, high) = (0, persons.count)
        while low < high {
            let middle = (low + high) / 2
            if persons[middle] < person { low = middle + 1 } else { high = middle }
        }
        // Not by `?:`, where nil would be read as JSON's null.
        guard low < persons.count, persons[low] == person else { return otherwise }
        return values[low]
    }

    /// Visits those of `everyone`, who ascend, that have a value.
    func forEach(of everyone: [UInt32], _ body: (_ person: UInt32, _ value: JSONValue) -> Void) {
        var place = 0
        for person in everyone {
            while place < persons.count, persons[place] < person { place += 1 }
            if place < persons.count, persons[place] == person {
                body(person, values[place])
            } else if let otherwise {
                body(person, otherwise)
            }
        }
    }
}

/// A computed trait at an instant: what it is in one state of the store.
public struct ComputedTraitMoment: Hashable, Sendable {
    var trait: ComputedTrait
    var instant: Instant
}

extension Executor {
    /// The computed trait of that key at an instant; nil where no rule has it.
    ///
    /// - Parameter scanned: grows by the rows that were read for it.
    func computedTrait(
        _ key: String, at present: Present, asOf: Instant?, scanned: inout Int
    ) throws(Problem) -> ComputedTraitColumn? {
        guard let trait = computedTraits.first(where: { $0.key == key }) else { return nil }
        var rows = 0
        defer { scanned += rows }
        let make = { () throws(Problem) -> ComputedTraitColumn in
            let column: ComputedTraitColumn
            (column, rows) = self.compute(trait, at: present, asOf: asOf)
            // What a pass gives that was stopped is not whole.
            try self.watch?.check()
            return column
        }
        // Of a few people only their own is computed.
        if only != nil { return try make() }
        return try population.computedTrait(ComputedTraitMoment(trait: trait, instant: present.instant), make)
    }

    /// Visits everybody who has the trait: as it is computed, else as it is sent.
    func forEachTrait(
        _ key: String, _ computed: ComputedTraitColumn?, _ body: (_ person: UInt32, _ value: JSONValue) -> Void
    ) {
        if let computed { computed.forEach(of: population.persons, body) } else { population.forEachTrait(key, body) }
    }

    /// The values of every computed trait that one person has at an instant, in the order of the rules.
    public func computedTraits(
        of person: UInt32, at instant: Instant, asOf: Instant?
    ) -> [(trait: ComputedTrait, value: JSONValue)] {
        var alone = self
        alone.only = [person]
        let present = Present(instant: instant, calendar: calendar)
        return computedTraits.compactMap { trait in
            alone.compute(trait, at: present, asOf: asOf).column.value(of: person).map { (trait, $0) }
        }
    }

    private func compute(
        _ trait: ComputedTrait, at present: Present, asOf: Instant?
    ) -> (column: ComputedTraitColumn, rows: Int) {
        let bounds = trait.within.bounds(at: present.instant, in: present.calendar)
        var scan = scan([trait.selector.unlabelled], at: present, asOf: asOf)
        if trait.selector.condition != nil { scan.judgedTimes = bounds }
        let empty = ComputedTraitTally(trait, bounds: bounds, parts: snapshot.parts)
        let (tally, rows) = scan.run { empty }
        return (tally.column, rows)
    }
}

/// Computes a trait person by person.
private struct ComputedTraitTally: Tally {
    private let trait: ComputedTrait
    private let bounds: Range<Int64>
    private let readers: [PropertyReader]
    private var columns: [InternedColumn]
    private var interner = ValueInterner()
    private var persons: [UInt32] = []
    private var values: [JSONValue] = []
    private var outerBytes = 0
    // What is found of the person at hand.
    private var sum = ExactSum()
    private var numbers: [Int32] = []

    init(_ trait: ComputedTrait, bounds: Range<Int64>, parts: [Part]) {
        self.trait = trait
        self.bounds = bounds
        let property = trait.property ?? ""
        readers = parts.map { PropertyReader(property, in: $0) }
        columns = parts.map { InternedColumn(property, in: $0) }
    }

    mutating func add(_ unit: CountedUnit, _ history: borrowing History) {
        let start = history.lowerBound(bounds.lowerBound)
        guard let value = value(history, start ..< max(start, history.lowerBound(bounds.upperBound))) else { return }
        persons.append(unit.number)
        values.append(value)
        outerBytes += value.outerBytes
    }

    /// Nil where it is what people without events have.
    private mutating func value(_ history: borrowing History, _ range: Range<Int>) -> JSONValue? {
        switch trait.measure {
        case .count:
            var count: Int64 = 0
            for index in range where history.marks[index] & 1 != 0 { count += 1 }
            return .int(count)
        case .sum, .avg, .min, .max: return number(history, range)
        case .first: return first(history, Array(range))
        case .last: return first(history, range.reversed())
        case .mostFrequent, .uniqueList, .uniqueCount: return frequent(history, range)
        }
    }

    private mutating func number(_ history: borrowing History, _ range: Range<Int>) -> JSONValue? {
        sum.removeAll()
        var count = 0
        var least: JSONValue?
        var greatest: JSONValue?
        for index in range where history.marks[index] & 1 != 0 {
            let number: JSONValue
            switch readers[Int(history.parts[index])].number(at: Int(history.rows[index])) {
            case .none: continue
            case .whole(let whole):
                sum.add(whole)
                number = .int(whole)
            case .double(let double):
                sum.add(double)
                number = Numbers.grouped(.double(double))
            }
            count += 1
            if least.map({ Numbers.compare(number, $0) == -1 }) ?? true { least = number }
            if greatest.map({ Numbers.compare(number, $0) == 1 }) ?? true { greatest = number }
        }
        if trait.measure == .sum { return sum.json }
        if count == 0 { return JSONValue?.none }
        switch trait.measure {
        case .min: return least
        case .max: return greatest
        default: return Numbers.json(sum.value / Double(count))
        }
    }

    private func first(_ history: borrowing History, _ order: some Sequence<Int>) -> JSONValue? {
        for index in order where history.marks[index] & 1 != 0 {
            let value = Numbers.grouped(readers[Int(history.parts[index])].value(at: Int(history.rows[index])))
            if !value.isNull { return value }
        }
        return JSONValue?.none
    }

    private mutating func frequent(_ history: borrowing History, _ range: Range<Int>) -> JSONValue? {
        numbers.removeAll(keepingCapacity: true)
        for index in range where history.marks[index] & 1 != 0 {
            let number = columns[Int(history.parts[index])].number(at: Int(history.rows[index]), &interner)
            if number != 0 { numbers.append(number) }
        }
        numbers.sort()
        var found: [(value: JSONValue, count: Int)] = []
        var last: Int32 = 0
        for number in numbers {
            if number == last {
                found[found.count - 1].count += 1
            } else {
                found.append((interner.values[Int(number)], 1))
                last = number
            }
        }
        switch trait.measure {
        case .uniqueCount: return .int(Int64(found.count))
        case .uniqueList:
            if found.isEmpty { return JSONValue?.none }
            let sorted = found.map(\.value).sorted { Numbers.precedes($0, $1) }
            return .array(Array(sorted.prefix(ComputedTrait.listMax)))
        default:
            guard var most = found.first else { return JSONValue?.none }
            for one in found.dropFirst() {
                if one.count > most.count || one.count == most.count && Numbers.precedes(one.value, most.value) { most = one }
            }
            return most.value
        }
    }

    var byteCount: Int {
        persons.byteCount + values.byteCount + outerBytes + numbers.byteCount + interner.byteCount
            + columns.reduce(0) { $0 + $1.byteCount }
    }

    mutating func merge(_ other: ComputedTraitTally) {
        persons += other.persons
        values += other.values
        outerBytes += other.outerBytes
    }

    var column: ComputedTraitColumn {
        // Workers take turns at ranges of people.
        let order = persons.indices.sorted { persons[$0] < persons[$1] }
        return ComputedTraitColumn(
            persons: order.map { persons[$0] }, values: order.map { values[$0] }, otherwise: trait.withoutEvents)
    }
}
