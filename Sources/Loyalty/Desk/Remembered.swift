/// Values by key, as they were read or written last: all whose rows are on their way into the tables, and of the others those that were
/// used lately.
struct Remembered<Key: Hashable, Value> {
    private let limit: Int
    /// How many young ones make the others old.
    private var ageAt: Int
    /// Each with the turn in which it was written; 0 for what was read.
    private var young: [Key: (value: Value, turn: Int)] = [:]
    private var old: [Key: (value: Value, turn: Int)] = [:]
    /// The last turn whose rows are in the tables.
    private var settled = 0

    /// - Parameter limit: Half of the most values that are kept once their rows are in the tables.
    init(limit: Int) { (self.limit, ageAt) = (limit, limit) }

    /// The value of a key, and whether all of it is in the tables.
    mutating func find(_ key: Key) -> (value: Value, isInTables: Bool)? {
        if let (value, turn) = young[key] { return (value, turn <= settled) }
        guard let (value, turn) = old.removeValue(forKey: key) else { return nil }
        set(key, value, turn)
        return (value, turn <= settled)
    }

    subscript(key: Key) -> Value? {
        mutating get { find(key)?.value }
    }

    /// Notes what the tables say.
    mutating func note(_ key: Key, _ value: Value) { set(key, value, 0) }

    /// Notes what is written in a turn, counted from 1.
    mutating func write(_ key: Key, _ value: Value, turn: Int) { set(key, value, turn) }

    /// Notes that the rows of all turns until this one are in the tables.
    mutating func settle(until turn: Int) { settled = max(settled, turn) }

    private mutating func set(_ key: Key, _ value: Value, _ turn: Int) {
        if young.count >= ageAt { age() }
        young[key] = (value, turn)
    }

    /// Lets go of what was not used for long, but nothing that is only here.
    private mutating func age() {
        let waiting = old.filter { $0.value.turn > settled && young[$0.key] == nil }
        old = young
        young = waiting
        ageAt = max(limit, 2 * waiting.count)
    }
}
