import EventStore
import Model

/// Numbers the rows of a breakdown: a group for each combination of values, and one for the rest.
///
/// Without a breakdown there is one group, 0. Not shared between threads.
struct GroupTable: Sendable {
    let hasBreakdown: Bool
    /// The values with groups of their own; nil means all.
    private let kept: Set<[JSONValue]>?
    private var finder: GroupFinder
    /// Groups by their values; nil is the rest.
    private(set) var keys: [[JSONValue]?] = []
    private var groupOfKey: [[JSONValue]?: Int] = [:]
    /// By the interned number of a breakdown's only part; -1 where not met yet.
    private var groupOfNumber: [Int32] = []
    private var groupOfPacked: [UInt128: Int] = [:]
    /// Of the lists of values in ``keys``.
    private var keyBytes = 0

    init(_ breakdown: [Question.Breakdown], kept: Set<[JSONValue]>?, executor: Executor) {
        hasBreakdown = !breakdown.isEmpty
        self.kept = kept
        finder = GroupFinder(breakdown, executor: executor)
        if !hasBreakdown { _ = group(of: []) }
    }

    var count: Int { keys.count }

    var byteCount: Int {
        keys.byteCount + groupOfKey.byteCount + groupOfNumber.byteCount + groupOfPacked.byteCount + keyBytes + finder.byteCount
    }

    /// What it takes, for each group, to sort them for an answer.
    static let sortingBytes = 64

    /// Makes it the values of `person`; nil is nobody.
    mutating func enter(_ person: UInt32?) {
        if hasBreakdown { finder.enter(person) }
    }

    /// The group of a row; its number may be new.
    mutating func group(part: Int32, row: Int32) -> Int {
        guard hasBreakdown else { return 0 }
        guard finder.count == 1 else { return combined(part, row) }
        let number = Int(finder.number(0, part: part, row: row))
        if number >= groupOfNumber.count {
            groupOfNumber.append(contentsOf: repeatElement(-1, count: number + 1 - groupOfNumber.count))
        }
        if groupOfNumber[number] < 0 { groupOfNumber[number] = Int32(group(ofValues: finder.values([Int32(number)]))) }
        return Int(groupOfNumber[number])
    }

    /// The group of the person who was entered, where there is no event to take properties from.
    mutating func groupWithoutEvent() -> Int { group(ofValues: finder.values(finder.numbersWithoutEvent)) }

    private mutating func combined(_ part: Int32, _ row: Int32) -> Int {
        var packed: UInt128 = 0
        for index in 0 ..< finder.count {
            packed = packed << 32 | UInt128(UInt32(bitPattern: finder.number(index, part: part, row: row)))
        }
        if let known = groupOfPacked[packed] { return known }
        let made = group(ofValues: finder.values(finder.numbers(part: part, row: row)))
        groupOfPacked[packed] = made
        return made
    }

    private mutating func group(ofValues values: [JSONValue]) -> Int {
        let key = kept.map { $0.contains(values) } ?? true ? values : nil
        return groupOfKey[key] ?? add(key)
    }

    /// The group of values; nil is the rest.
    mutating func group(of key: [JSONValue]?) -> Int {
        if let known = groupOfKey[key] { return known }
        // Values of another table, which the finder does not hold.
        keyBytes += key?.reduce(0) { $0 + $1.outerBytes } ?? 0
        return add(key)
    }

    private mutating func add(_ key: [JSONValue]?) -> Int {
        let made = keys.count
        keys.append(key)
        groupOfKey[key] = made
        keyBytes += blockBytes + (key?.count ?? 0) * MemoryLayout<JSONValue>.stride + GroupTable.sortingBytes
        return made
    }

    /// The group of values where they were met.
    func known(_ key: [JSONValue]?) -> Int? { groupOfKey[key] }
}

/// Per breakdown value the people who have a matching event in a stretch of time.
struct GroupCountTally: Tally {
    private let bit: UInt64
    private let range: Range<Int64>
    private var table: GroupTable
    private var lastUnit: [UInt32] = []
    private var persons: [Int] = []

    init(bit: UInt64, range: Range<Int64>, table: GroupTable) {
        self.bit = bit
        self.range = range
        self.table = table
    }

    mutating func add(_ unit: CountedUnit, _ history: borrowing History) {
        table.enter(unit.person)
        for index in 0 ..< history.count where history.marks[index] & bit != 0 && range.contains(history.timestamps[index]) {
            let group = table.group(part: history.parts[index], row: history.rows[index])
            grow()
            if lastUnit[group] == unit.number { continue }
            lastUnit[group] = unit.number
            persons[group] += 1
        }
    }

    private mutating func grow() {
        while persons.count < table.count {
            persons.append(0)
            lastUnit.append(UInt32.max)
        }
    }

    mutating func merge(_ other: GroupCountTally) {
        for (index, key) in other.table.keys.enumerated() {
            let group = table.group(of: key)
            grow()
            persons[group] += index < other.persons.count ? other.persons[index] : 0
        }
    }

    var byteCount: Int { table.byteCount + lastUnit.byteCount + persons.byteCount }

    /// The values met with their people.
    var numbers: [(key: [JSONValue], number: Double?)] {
        table.keys.indices.compactMap { index in
            index < persons.count && persons[index] > 0 ? (table.keys[index] ?? [], Double(persons[index])) : nil
        }
    }
}
