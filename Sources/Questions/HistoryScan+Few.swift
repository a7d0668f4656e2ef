import EventStore

extension HistoryScan {
    /// As ``run(_:)`` over a few people: each is looked up in every part, and no part is passed over as a whole.
    func visit<T: Tally>(_ people: [(person: UInt32, identities: [UInt32])], _ start: T) -> (tally: T, scanned: Int) {
        var plans = snapshot.parts.map {
            PartPlan(selectors, part: $0, at: present, asOf: asOf, judgedTimes: judgedTimes, isForOnePerson: true)
        }
        var tally = start
        var history = History()
        var noted = 0
        for (person, identities) in people where among?.contains(person) ?? true {
            guard watch?.goesOn(holding: tally.byteCount + history.byteCount, noted: &noted) ?? true else { break }
            history.removeAll()
            for index in plans.indices {
                for identity in identities {
                    plans[index].load(plans[index].part.rows(ofIdentity: identity), partIndex: index, into: &history)
                }
            }
            if history.count == 0 { continue }
            history.sortRuns { part, row in snapshot.parts[Int(part)].arrival(at: Int(row)) }
            tally.add(CountedUnit(person: person), history)
        }
        _ = watch?.goesOn(holding: tally.byteCount, noted: &noted)
        return (tally, plans.reduce(0) { $0 + $1.scanned })
    }
}
