import EventStore
import Synchronization

/// What is kept from one state of a store to the next, so that new events cost what they change and not what there is.
final class PeopleMemory: Sendable {
    let parts: PartCache
    let books = Lineage<OrderBook>()
    let activities = Lineage<BaseActivity>()

    /// - Parameter parts: What is read from parts, whoever the people are.
    init(parts: PartCache = PartCache()) { self.parts = parts }

    /// Forgets everything: another store is opened, in which ordinals mean other identities.
    func forget() {
        parts.keep(only: [])
        books.forget()
        activities.forget()
    }
}

/// The latest values of one kind, each with the state of the store that it was made from.
final class Lineage<Value: Sendable>: Sendable {
    private let entries = Mutex<[(mark: PeopleMark, value: Value)]>([])

    /// The value of a state, made from the nearest state before it when few people have changed since then.
    ///
    /// - Parameters:
    ///   - whole: Makes it from nothing.
    ///   - advanced: Makes it from an earlier one.
    func value(
        of facts: PeopleFacts, whole: () -> Value, advanced: (_ earlier: Value, _ mark: PeopleMark, PeopleChange) -> Value
    ) -> Value {
        guard facts.asOf == nil else { return whole() }
        let earlier = entries.withLock { list in
            list.filter { $0.mark.nextArrival <= facts.snapshot.nextArrival }.max { $0.mark.nextArrival < $1.mark.nextArrival }
        }
        var made: Value?
        if let (mark, value) = earlier, let change = PeopleChange(since: mark, in: facts) { made = advanced(value, mark, change) }
        let value = made ?? whole()
        entries.withLock { list in
            list.append((facts.mark, value))
            // Two, because a page that began a little earlier may still be at work.
            if list.count > 2 { list.removeFirst() }
        }
        return value
    }

    func forget() { entries.withLock { $0.removeAll() } }
}
