import EventStore
import Model

/// Who is who by the calls received before an instant and by no others, taken in their order of arrival.
///
/// As long as these are the first calls that arrived, which is so when the clock that stamped them only went forward, the decisions that
/// were made then are taken over. From the first gap on the calls are resolved again: then history was sent with instants of receipt of
/// its own. About a microsecond for each of those.
struct ReceiptReplay: Sendable {
    let instant: Instant
    private var resolver = IdentityResolver()
    /// The decisions of these calls, by which the graph's indexes count.
    private(set) var places = DecisionPlaces()
    /// Whether a call was left out, so that later decisions may rest on it.
    private var hasGap = false
    /// Calls below this arrival number have been looked at.
    private(set) var nextArrival: UInt64 = 1
    /// The arrival number of the last call that was there and has been looked at after the first gap.
    private var lastPresent: UInt64 = 0

    init(before instant: Instant) { self.instant = instant }

    var graph: IdentityGraph { resolver.graph }

    /// Goes on with the calls that have arrived since.
    mutating func advance(to snapshot: StoreSnapshot, rules: IdentityRules) {
        resolver.limits = rules.limits
        resolver.erase(snapshot.identities.erased)
        var reader = DecisionReader(snapshot.decisions)
        for part in snapshot.parts where part.endArrival > nextArrival && part.rowCount > 0 {
            if part.minReceivedAt >= instant.microseconds {
                hasGap = true
            } else if !hasGap, part.maxReceivedAt < instant.microseconds {
                takeDecisions(&reader, below: part.endArrival)
            } else {
                for window in part.arrivalWindows(from: nextArrival) { advance(over: part, window, snapshot, rules, &reader) }
            }
        }
        if hasGap { takeDecisionsOfDeleted(snapshot, &reader, below: snapshot.nextArrival) }
        nextArrival = max(nextArrival, snapshot.nextArrival)
        var history = DecisionHistory(snapshot.decisions, places: places)
        resolver.correct(in: snapshot, rules: rules, before: instant, history: &history)
        places = history.places
    }

    private mutating func takeDecisions(_ reader: inout DecisionReader, below arrival: UInt64) {
        while places.keptCount < reader.count {
            let decision = reader.decision(at: places.keptCount)
            guard decision.arrival < arrival else { return }
            if let resolution = Resolution(decision) {
                resolver.restore(resolution)
                places.keep()
            } else {
                places.keptCount += 1
            }
        }
    }

    /// After the first gap decisions are made anew: from the calls that are there, and from what deleted calls decided then.
    ///
    /// A deleted call that decided nothing then, because a call received later had already decided it, decides nothing now.
    private mutating func takeDecisionsOfDeleted(
        _ snapshot: StoreSnapshot, _ reader: inout DecisionReader, below arrival: UInt64
    ) {
        while places.keptCount < reader.count {
            let decision = reader.decision(at: places.keptCount)
            guard decision.arrival < arrival else { return }
            places.keptCount += 1
            guard decision.arrival > lastPresent, decision.receivedAt < instant, let resolution = Resolution(decision) else {
                continue
            }
            var made: [Decision] = []
            resolver.retake(resolution, snapshot.identities) { made.append($0.decision) }
            for decision in made { places.append(decision) }
        }
    }

    private mutating func advance(
        over part: Part, _ window: Range<UInt64>, _ snapshot: StoreSnapshot, _ rules: IdentityRules, _ reader: inout DecisionReader
    ) {
        let (rows, owners) = part.rows(arrivedIn: window)
        let first = rows.firstIndex { part.receivedAt(at: Int($0)) >= instant.microseconds } ?? rows.endIndex
        let taken = hasGap ? 0 : first
        if !hasGap {
            takeDecisions(&reader, below: first < rows.endIndex ? part.arrival(at: Int(rows[first])) : window.upperBound)
            hasGap = first < rows.endIndex
        }
        let identities = CallIdentities(part, table: snapshot.identities, rules: rules)
        for place in taken ..< rows.count {
            let row = Int(rows[place])
            let arrival = part.arrival(at: row)
            takeDecisionsOfDeleted(snapshot, &reader, below: arrival)
            lastPresent = arrival
            guard part.receivedAt(at: row) < instant.microseconds else { continue }
            resolve(row, of: part, owner: owners[place], identities, snapshot.identities)
        }
    }

    private mutating func resolve(
        _ row: Int, of part: Part, owner: UInt32, _ identities: CallIdentities, _ table: IdentityTable
    ) {
        let type = part.callType(at: row)
        let flags = part.flags(at: row)
        let ordinals = identities.ordinals(at: row, owner: owner, type: type, flags: flags)
        if ordinals.count == 1, resolver.graph.isKnown(owner), !flags.contains(.blockedIdentity) { return }
        var made: [Decision] = []
        resolver.take(
            type, identities: ordinals, flags: flags, arrival: part.arrival(at: row),
            receivedAt: Instant(microseconds: part.receivedAt(at: row)), table: table, decide: { made.append($0.decision) })
        for decision in made { places.append(decision) }
    }
}
