import Synchronization

/// A value made at the first need and kept; those who ask meanwhile wait for it.
final class Once<Value: Sendable>: Sendable {
    private let cell = Mutex<Value?>(nil)

    /// The value; `make` runs at most once.
    func value(_ make: () -> Value) -> Value {
        cell.withLock { held in
            if let held { return held }
            let made = make()
            held = made
            return made
        }
    }
}

/// The latest few values by key, each made once.
final class Recent<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let limit: Int
    private let entries = Mutex<[(key: Key, value: Value)]>([])

    init(limit: Int) { self.limit = limit }

    func forget() { entries.withLock { $0.removeAll() } }

    /// The value of `key`; when it is not among the latest, `make` makes it, outside the lock.
    func value<Failure: Error>(_ key: Key, make: () throws(Failure) -> Value) throws(Failure) -> Value {
        if let held = entries.withLock({ $0.first { $0.key == key }?.value }) { return held }
        let made = try make()
        return entries.withLock { list in
            // Another may have made it meanwhile; then all share that one.
            if let held = list.first(where: { $0.key == key })?.value { return held }
            list.append((key, made))
            if list.count > limit { list.removeFirst() }
            return made
        }
    }
}
