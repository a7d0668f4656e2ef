import EventStore

/// Gives an inner tally each session of a person as a unit of its own.
struct SessionTally<Inner: Tally>: Tally {
    static var readsArrivals: Bool { Inner.readsArrivals }

    private(set) var inner: Inner
    /// The marks of the selectors that the inner tally knows; the others only say where sessions end.
    private let wanted: UInt64
    private var number: UInt32 = 0
    private var session = History()

    init(_ inner: Inner, wanted: UInt64) {
        self.inner = inner
        self.wanted = wanted
    }

    /// - Parameter history: all events of the person.
    mutating func add(_ unit: CountedUnit, _ history: borrowing History) {
        for index in 0 ..< history.count {
            let time = history.timestamps[index]
            if index > 0, time - history.timestamps[index - 1] > Session.gapMicroseconds { flush(unit.person) }
            let marks = history.marks[index] & wanted
            if marks == 0 { continue }
            session.append(
                timestamp: time, arrival: history.arrivals[index], marks: marks, code: history.codes[index],
                part: history.parts[index], row: history.rows[index])
        }
        flush(unit.person)
    }

    private mutating func flush(_ person: UInt32?) {
        if session.count == 0 { return }
        inner.add(CountedUnit(number: number, person: person), session)
        number &+= 1
        session.removeAll()
    }

    mutating func addNobody(_ history: borrowing History) { inner.addNobody(history) }

    var byteCount: Int { inner.byteCount + session.byteCount }

    mutating func merge(_ other: SessionTally) { inner.merge(other.inner) }
}

extension QuestionRun {
    mutating func scanSessions<T: Tally>(_ selectors: [Selector], includesNobody: Bool, _ make: () -> T) -> T {
        let any = Selector(names: nil)
        let all = selectors.contains(any) ? selectors : selectors + [any]
        let wanted = selectors.count >= 64 ? UInt64.max : (1 << UInt64(selectors.count)) - 1
        return scanPeople(all, includesNobody: includesNobody) { SessionTally(make(), wanted: wanted) }.inner
    }
}
