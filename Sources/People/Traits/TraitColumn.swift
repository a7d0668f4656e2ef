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
        var winners = Winners(capacity: personOf.count)
        for (index, rows) in parts.enumerated() {
            for column in TraitColumn.columns(under: top, of: rows.part) {
                winners.scan(
                    column, part: index, rows: rows, personOf: personOf, creationKey: TraitRule.isCreation(top) ? top : nil)
            }
        }
        winners.settle()
        let columns = parts.map { TraitColumn.columns(under: key, of: $0.part) }
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
    private static func columns(under key: String, of part: Part) -> [PropertyColumn] {
        part.columnPaths.filter { $0.section == .traits && ($0.path == key || $0.path.hasPrefix(key + ".")) }
            .compactMap { part.column(.traits, $0.path) }
    }

    /// The value at a row: the leaf itself, or the object that its members make.
    private static func value(at row: Int, columns: [PropertyColumn], key: String) -> JSONValue? {
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
            /// Only of creation times, where the value itself decides.
            var value: JSONValue?
        }
        var slots: [UInt32]
        var list: [Entry] = []
        /// All entries of creation times, by slot.
        private var all: [[Entry]] = []

        init(capacity: Int) { slots = [UInt32](repeating: .max, count: capacity) }

        mutating func scan(_ column: PropertyColumn, part index: Int, rows: PartRows, personOf: [UInt32], creationKey: String?) {
            var cursor = OwnerCursor()
            let part = rows.part
            column.forEach(in: 0 ..< part.rowCount) { row, _ in
                guard part.callType(at: row) == .identify, !rows.isLate(row) else { return }
                let owner = cursor.owner(of: row, in: part)
                guard Int(owner) < personOf.count, personOf[Int(owner)] != IdentityGraph.none else { return }
                let isOnce = creationKey == nil && part.flags(at: row).contains(.traitsOnce)
                let stamp = TraitRule.Stamp(
                    timestamp: part.timestamp(at: row), arrival: part.arrival(at: row), isOnce: isOnce)
                let slot = slot(of: Int(personOf[Int(owner)]), stamp: stamp, part: index, row: row)
                if let creationKey {
                    // An object is no time, whatever its members are.
                    let value = column.path == creationKey ? column.jsonValue(at: row) : JSONValue.object([:])
                    all[slot].append(Entry(stamp: stamp, part: index, row: row, value: value))
                } else if list[slot].stamp < stamp {
                    list[slot] = Entry(stamp: stamp, part: index, row: row)
                }
            }
        }

        private mutating func slot(of person: Int, stamp: TraitRule.Stamp, part: Int, row: Int) -> Int {
            if slots[person] == UInt32.max {
                slots[person] = UInt32(list.count)
                list.append(Entry(stamp: stamp, part: part, row: row))
                all.append([])
            }
            return Int(slots[person])
        }

        /// Chooses among the values of creation times, in their order.
        mutating func settle() {
            for slot in all.indices where !all[slot].isEmpty {
                var held: Entry?
                for entry in all[slot].sorted(by: { $0.stamp < $1.stamp }) {
                    if let old = held?.value, let new = entry.value, !TraitRule.replaces(new, old) { continue }
                    held = entry
                }
                if let held { list[slot] = held }
            }
        }
    }
}
