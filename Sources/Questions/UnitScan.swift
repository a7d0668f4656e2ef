import Columns
import EventStore
import Model

/// What each event counts for in place of its person: accounts, payers or beneficiaries.
struct UnitTable: Sendable {
    /// By part and dictionary code of `context.groupId` the account's number; empty where the part has no such column.
    private let numbersOfCode: [[UInt32]]
    private let columns: [PropertyColumn?]
    private let unitsOf: [UInt32: [UInt32]]
    /// Units have smaller numbers.
    let count: Int
    /// Whether a unit is a person, whose traits it has.
    let isPeople: Bool
    let byteCount: Int

    /// The account in an event's context, else every one that its person has joined (specs: questions, N12).
    init(accountsOf executor: Executor) {
        var numbers: [String: UInt32] = [:]
        func number(_ account: String) -> UInt32 {
            if let known = numbers[account] { return known }
            let next = UInt32(numbers.count)
            numbers[account] = next
            return next
        }
        var joined: [UInt32: [UInt32]] = [:]
        for person in executor.population.persons {
            let accounts = executor.population.accounts(of: person)
            if !accounts.isEmpty { joined[person] = accounts.map(number) }
        }
        let columns = executor.snapshot.parts.map { $0.column(.context, "groupId") }
        let numbersOfCode = columns.map { column in
            guard let column else { return [UInt32]() }
            return (0 ..< column.dictionary.count).map { number(column.dictionary.text($0)) }
        }
        self.init(joined, count: numbers.count, columns: columns, numbersOfCode: numbersOfCode)
    }

    /// By payer: customers, and whoever pays for somebody, with the events of those too; by beneficiary: customers, and those for whom
    /// somebody pays, with the events of who does.
    init(of executor: Executor, at instant: Instant, isByPayer: Bool) throws(Problem) {
        var unitsOf: [UInt32: Set<UInt32>] = [:]
        try executor.population.members(ofRole: "customer", at: instant)?.forEach { unitsOf[$0] = [$0] }
        for tie in executor.population.ties(ofRole: .payer, at: instant) {
            let (unit, other) = isByPayer ? (tie.holder, tie.other) : (tie.other, tie.holder)
            unitsOf[unit, default: []].insert(unit)
            unitsOf[other, default: []].insert(unit)
        }
        self.init(
            unitsOf.mapValues { $0.sorted() }, count: executor.population.personOfIdentity.count,
            columns: executor.snapshot.parts.map { _ in nil }, numbersOfCode: [], isPeople: true)
    }

    private init(
        _ unitsOf: [UInt32: [UInt32]], count: Int, columns: [PropertyColumn?], numbersOfCode: [[UInt32]], isPeople: Bool = false
    ) {
        self.unitsOf = unitsOf
        self.count = count
        self.columns = columns
        self.numbersOfCode = numbersOfCode
        self.isPeople = isPeople
        let lists = unitsOf.values.reduce(0) { $0 + blockBytes + $1.byteCount }
        byteCount = numbersOfCode.reduce(unitsOf.byteCount + lists) { $0 + $1.byteCount }
    }

    /// Everybody whose events count for a unit, wherever they happened.
    var people: PersonSet { PersonSet(Array(unitsOf.keys)) }

    /// The units for which the events of any of the people count.
    func units(of people: PersonSet) -> PersonSet {
        var units = PersonSet()
        people.forEach { person in
            for unit in unitsOf[person] ?? [] { units.insert(unit) }
        }
        return units
    }

    /// Visits the units of a row; nobody has joined none.
    func forEach(part: Int32, row: Int32, person: UInt32?, _ body: (UInt32) -> Void) {
        if let column = columns[Int(part)], case .string(let code) = column.value(at: Int(row)) {
            body(numbersOfCode[Int(part)][code])
        } else if let person {
            for unit in unitsOf[person] ?? [] { body(unit) }
        }
    }
}

/// Collects the rows of some units, each row once for each of its units.
private struct UnitRowTally: Tally {
    static var readsArrivals: Bool { true }

    private let table: UnitTable
    private let wanted: Range<UInt32>
    private(set) var units: [UInt32] = []
    private(set) var rows = History()
    private var found: [UInt32] = []

    init(_ table: UnitTable, wanted: Range<UInt32>) {
        self.table = table
        self.wanted = wanted
    }

    mutating func add(_ unit: CountedUnit, _ history: borrowing History) { take(unit.person, history) }
    mutating func addNobody(_ history: borrowing History) { take(nil, history) }

    private mutating func take(_ person: UInt32?, _ history: borrowing History) {
        let (table, wanted) = (table, wanted)
        for index in 0 ..< history.count {
            table.forEach(part: history.parts[index], row: history.rows[index], person: person) { unit in
                if wanted.contains(unit) { found.append(unit) }
            }
            for unit in found {
                units.append(unit)
                rows.append(history, index)
            }
            found.removeAll(keepingCapacity: true)
        }
    }

    var byteCount: Int { units.byteCount + rows.byteCount + found.byteCount + table.byteCount }

    mutating func merge(_ other: UnitRowTally) {
        units += other.units
        for index in 0 ..< other.rows.count { rows.append(other.rows, index) }
    }
}

/// Counts rows by unit, so that they can be taken a bounded number at a time.
private struct UnitCountTally: Tally {
    private let table: UnitTable
    private(set) var counts: [Int]

    init(_ table: UnitTable) {
        self.table = table
        counts = [Int](repeating: 0, count: table.count)
    }

    mutating func add(_ unit: CountedUnit, _ history: borrowing History) { take(unit.person, history) }
    mutating func addNobody(_ history: borrowing History) { take(nil, history) }

    private mutating func take(_ person: UInt32?, _ history: borrowing History) {
        let table = table
        for index in 0 ..< history.count {
            table.forEach(part: history.parts[index], row: history.rows[index], person: person) { counts[Int($0)] += 1 }
        }
    }

    var byteCount: Int { counts.byteCount + table.byteCount }

    mutating func merge(_ other: UnitCountTally) {
        for index in counts.indices { counts[index] += other.counts[index] }
    }
}

extension History {
    mutating func append(_ other: borrowing History, _ index: Int) {
        append(
            timestamp: other.timestamps[index], arrival: other.arrivals[index], marks: other.marks[index], code: other.codes[index],
            part: other.parts[index], row: other.rows[index])
    }
}

extension QuestionRun {
    /// Rows of units that are held at a time, about 40 bytes each; one unit's rows are always held together.
    private static let unitRowsMax = 2_000_000
    private static let rowsPerLook = 4_096

    /// Gives the tally the history of each unit, over all its people.
    mutating func scanUnits<T: Tally>(_ table: UnitTable, _ selectors: [Selector], _ tally: T) -> T {
        let held = executor.heldBytes
        var tally = tally
        var noted = 0
        for units in unitRanges(table, selectors) {
            let empty = UnitRowTally(table, wanted: units)
            let found = scanPeople(selectors, includesNobody: !table.isPeople) { empty }
            guard add(found, isPeople: table.isPeople, to: &tally, &noted) else { break }
            executor.watch?.giveBack(to: held + tally.byteCount)
        }
        return tally
    }

    /// Gives the tally the rows unit by unit; false when the question is over.
    private func add<T: Tally>(_ found: UnitRowTally, isPeople: Bool, to tally: inout T, _ noted: inout Int) -> Bool {
        let order = found.units.indices.sorted { first, second in
            let (one, two) = (found.units[first], found.units[second])
            if one != two { return one < two }
            let times = (found.rows.timestamps[first], found.rows.timestamps[second])
            return times.0 != times.1 ? times.0 < times.1 : found.rows.arrivals[first] < found.rows.arrivals[second]
        }
        var history = History()
        var rowsUntilLook = 0
        for (place, index) in order.enumerated() {
            history.append(found.rows, index)
            let unit = found.units[index]
            if place + 1 < order.count, found.units[order[place + 1]] == unit { continue }
            tally.add(CountedUnit(number: unit, person: isPeople ? unit : nil), history)
            rowsUntilLook -= history.count
            history.removeAll()
            if rowsUntilLook > 0 { continue }
            rowsUntilLook = QuestionRun.rowsPerLook
            let bytes = tally.byteCount + history.byteCount + order.byteCount
            if executor.watch?.goesOn(holding: bytes, noted: &noted) == false { return false }
        }
        return executor.watch?.goesOn(holding: tally.byteCount, noted: &noted) ?? true
    }

    /// Ranges of unit numbers whose rows together stay within bounds.
    private mutating func unitRanges(_ table: UnitTable, _ selectors: [Selector]) -> [Range<UInt32>] {
        if executor.snapshot.eventCount <= QuestionRun.unitRowsMax { return [0 ..< UInt32(table.count)] }
        let empty = UnitCountTally(table)
        let counts = scanPeople(selectors, includesNobody: !table.isPeople) { empty }.counts
        var out: [Range<UInt32>] = []
        var (start, rows) = (0, 0)
        for (unit, count) in counts.enumerated() {
            if rows + count > QuestionRun.unitRowsMax, unit > start {
                out.append(UInt32(start) ..< UInt32(unit))
                (start, rows) = (unit, 0)
            }
            rows += count
        }
        if start < counts.count { out.append(UInt32(start) ..< UInt32(counts.count)) }
        return out
    }
}
