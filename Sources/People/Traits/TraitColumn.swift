import Columns
import EventStore
import Model
import OrderedCollections

/// One trait of everybody: who has it and its current value.
///
/// A key stands for its top-level trait, so `address.city` is that of the newest `address`. Built by one scan of the rows that carry the
/// trait, for all people at once.
struct TraitColumn: Sendable {
    /// People who have the trait, ascending.
    let persons: [UInt32]
    /// Their values; none is null.
    let values: [JSONValue]

    /// The person's value, if any.
    ///
    /// O(log n).
    func value(of person: UInt32) -> JSONValue? {
        let place = PartRows.lowerBound(persons, person)
        // Not by `?:`, where nil would be read as JSON's null.
        guard place < persons.count, persons[place] == person else { return nil }
        return values[place]
    }

    init(key: String, parts: [PartRows], personOf: [UInt32]) {
        let top = key.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init) ?? key
        if TraitRule.isCreation(top) || parts.contains(where: { TraitStatements.changes(top, in: $0.part) }) {
            var statements = TraitStatements(of: top, parts: parts, personOf: personOf)
            let rest = key.dropFirst(top.count).split(separator: ".", omittingEmptySubsequences: false).dropFirst().map(String.init)
            (persons, values) = statements.fold(member: rest)
            return
        }
        var winners = Winners(capacity: personOf.count)
        for (index, rows) in parts.enumerated() {
            for column in TraitColumn.columns(.traits, under: top, of: rows.part) {
                winners.scan(column, part: index, rows: rows, personOf: personOf)
            }
        }
        let columns = parts.map { TraitColumn.columns(.traits, under: key, of: $0.part) }
        var persons: [UInt32] = []
        var values: [JSONValue] = []
        for person in personOf.indices where winners.slots[person] != UInt32.max {
            let winner = winners.list[Int(winners.slots[person])]
            guard let value = TraitColumn.value(at: winner.row, columns: columns[winner.part], key: key), !value.isNull else {
                continue
            }
            persons.append(UInt32(person))
            values.append(value)
        }
        self.persons = persons
        self.values = values
    }

    /// The trait's own column and those of its members.
    fileprivate static func columns(_ section: Section, under key: String, of part: Part) -> [PropertyColumn] {
        part.columnPaths.filter { $0.section == section && ($0.path == key || $0.path.hasPrefix(key + ".")) }
            .compactMap { part.column(section, $0.path) }
    }

    /// The value at a row: the leaf itself, or the object that its members make.
    fileprivate static func value(at row: Int, columns: [PropertyColumn], key: String) -> JSONValue? {
        if let exact = columns.first(where: { $0.path == key }), let value = exact.jsonValue(at: row) { return value }
        var object: JSONValue?
        for column in columns where column.path != key {
            guard let value = column.jsonValue(at: row) else { continue }
            let keys = column.path.dropFirst(key.count + 1).split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            object = (object ?? [:]).setting(keys[...], to: value)
        }
        return object
    }

    /// The row whose value counts, for each person.
    private struct Winners {
        struct Entry {
            var stamp: TraitRule.Stamp
            var part: Int
            var row: Int
        }
        var slots: [UInt32]
        var list: [Entry] = []

        init(capacity: Int) { slots = [UInt32](repeating: .max, count: capacity) }

        mutating func scan(_ column: PropertyColumn, part index: Int, rows: PartRows, personOf: [UInt32]) {
            let part = rows.part
            rows.forEachIdentify(in: column, personOf: personOf) { row, person in
                let stamp = TraitRule.Stamp(
                    timestamp: part.timestamp(at: row), arrival: part.arrival(at: row),
                    isOnce: part.flags(at: row).contains(.traitsOnce))
                let entry = Entry(stamp: stamp, part: index, row: row)
                if slots[Int(person)] == UInt32.max {
                    slots[Int(person)] = UInt32(list.count)
                    list.append(entry)
                } else if list[Int(slots[Int(person)])].stamp < stamp {
                    list[Int(slots[Int(person)])] = entry
                }
            }
        }
    }
}

/// All that calls say of one trait whose value follows from more than the newest of them, for everybody.
private struct TraitStatements {
    private struct Statement {
        var person: UInt32
        var timestamp: Int64
        var arrival: UInt64
        var part: Int
        var row: Int
        /// nil for what sets the value.
        var operation: TraitOperation?

        var order: (UInt32, Int64, UInt64, Int) {
            (person, timestamp, arrival, operation.flatMap(TraitOperation.allCases.firstIndex) ?? -1)
        }
    }

    private let key: String
    private let parts: [PartRows]
    private var list: [Statement] = []
    private var columns: [TraitOperation?: [[PropertyColumn]]] = [:]

    /// Whether calls of a part change the trait's earlier value.
    static func changes(_ key: String, in part: Part) -> Bool {
        part.columnPaths.contains { $0.section == .properties && TraitOperation.traitKey(ofProperty: $0.path) == key }
    }

    init(of key: String, parts: [PartRows], personOf: [UInt32]) {
        (self.key, self.parts) = (key, parts)
        gather(nil, .traits, key, personOf)
        // Of a creation time the earliest counts, whatever else is said of it.
        guard !TraitRule.isCreation(key) else { return }
        for operation in TraitOperation.allCases { gather(operation, .properties, operation.rawValue + "." + key, personOf) }
    }

    private mutating func gather(_ operation: TraitOperation?, _ section: Section, _ path: String, _ personOf: [UInt32]) {
        columns[operation] = parts.map { TraitColumn.columns(section, under: path, of: $0.part) }
        for (index, rows) in parts.enumerated() {
            for column in columns[operation]?[index] ?? [] {
                rows.forEachIdentify(in: column, personOf: personOf) { row, person in
                    list.append(
                        Statement(
                            person: person, timestamp: rows.part.timestamp(at: row), arrival: rows.part.arrival(at: row),
                            part: index,
                            row: row, operation: operation))
                }
            }
        }
    }

    /// The people who have the trait, or its member at a path of keys, ascending, and their values.
    mutating func fold(member: [String]) -> ([UInt32], [JSONValue]) {
        list.sort { $0.order < $1.order }
        var persons: [UInt32] = []
        var values: [JSONValue] = []
        var fold = TraitFold()
        for (index, statement) in list.enumerated() {
            // A call that sets several members of an object stands here once for each.
            if index == 0 || list[index - 1].order != statement.order { apply(statement, to: &fold) }
            if index + 1 < list.count, list[index + 1].person == statement.person { continue }
            let value = member.reduce(fold.value) { $0?[$1] }
            if let value, !value.isNull {
                persons.append(statement.person)
                values.append(value)
            }
            fold = TraitFold()
        }
        return (persons, values)
    }

    private func apply(_ statement: Statement, to fold: inout TraitFold) {
        let path = statement.operation.map { $0.rawValue + "." + key } ?? key
        let columns = columns[statement.operation]?[statement.part] ?? []
        guard let value = TraitColumn.value(at: statement.row, columns: columns, key: path) else { return }
        if let operation = statement.operation {
            _ = fold.apply(operation, value)
        } else {
            let isOnce = parts[statement.part].part.flags(at: statement.row).contains(.traitsOnce)
            _ = fold.set(value, isCreation: TraitRule.isCreation(key), isOnce: isOnce)
        }
    }
}

extension PartRows {
    /// Calls `body` with each row of a column that belongs to an identify call of somebody, received in time, and the person.
    fileprivate func forEachIdentify(in column: PropertyColumn, personOf: [UInt32], _ body: (_ row: Int, _ person: UInt32) -> Void)
    {
        var cursor = OwnerCursor()
        column.forEach(in: 0 ..< part.rowCount) { row, _ in
            guard part.callType(at: row) == .identify, !isLate(row) else { return }
            let owner = cursor.owner(of: row, in: part)
            guard Int(owner) < personOf.count, personOf[Int(owner)] != IdentityGraph.none else { return }
            body(row, personOf[Int(owner)])
        }
    }
}
