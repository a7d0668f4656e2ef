/// Values by key, as they were read or written last: all whose rows are on their way into the tables, and of the others those that were
/// used lately.
///
/// Whoever is not used while a hand goes round once makes room for the next: one at a time, so that nobody waits for many to go.
final class Remembered<Key: Hashable, Value> {
    private struct Slot {
        let key: Key
        var value: Value
        /// In which it was written; 0 for what was read.
        var turn: Int
        /// Since the hand passed.
        var isUsed = false
    }

    private let limit: Int
    private var places: [Key: Int] = [:]
    private var slots: [Slot] = []
    private var hand = 0
    /// The last turn whose rows are in the tables.
    private var settled = 0

    /// - Parameter limit: The most values that are kept, but for those whose rows are not in the tables.
    init(limit: Int) { self.limit = limit }

    var count: Int { slots.count }

    /// The value of a key, and whether all of it is in the tables.
    func find(_ key: Key) -> (value: Value, isInTables: Bool)? {
        guard let place = places[key] else { return nil }
        slots[place].isUsed = true
        return (slots[place].value, slots[place].turn <= settled)
    }

    subscript(key: Key) -> Value? { find(key)?.value }

    /// Notes what the tables say.
    func note(_ key: Key, _ value: Value) { write(key, value, turn: 0) }

    /// Notes what is written in a turn, counted from 1.
    func write(_ key: Key, _ value: Value, turn: Int) {
        if let place = places[key] {
            (slots[place].value, slots[place].turn, slots[place].isUsed) = (value, turn, true)
        } else if let place = freePlace() {
            places[slots[place].key] = nil
            places[key] = place
            slots[place] = Slot(key: key, value: value, turn: turn)
        } else {
            places[key] = slots.count
            slots.append(Slot(key: key, value: value, turn: turn))
        }
    }

    /// Notes that the rows of all turns until this one are in the tables.
    func settle(until turn: Int) { settled = max(settled, turn) }

    /// How many the hand passes for one that comes, where there are not too many of them.
    private static var stepMax: Int { 256 }

    /// Of one that can go; nil where there is room, or none was found that is not needed.
    private func freePlace() -> Int? {
        guard slots.count >= limit else { return nil }
        for _ in 0 ..< (slots.count < 2 * limit ? Self.stepMax : 2 * slots.count) {
            let place = hand
            hand = (hand + 1) % slots.count
            if slots[place].turn > settled { continue }
            guard slots[place].isUsed else { return place }
            slots[place].isUsed = false
        }
        return nil
    }
}
