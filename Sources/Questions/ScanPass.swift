import EventStore

/// The state of one worker: what it needs of each part, and the current person's rows.
struct ScanPass {
    private let scan: HistoryScan
    private let strays: [(person: UInt32, identity: UInt32)]
    private var lanes: [PartLane]
    /// The rows of a person who has some in several places.
    private var history = History()
    /// The strays of the person at hand that have rows: in which part, and which.
    private var strayRuns: [(part: Int, rows: Range<Int>)] = []

    /// Whether the people to visit are so few that the rows of each are decoded alone.
    private let readsFew: Bool

    /// - Parameter strays: the identities that are not their person's first one, sorted by person.
    init(_ scan: HistoryScan, strays: [(person: UInt32, identity: UInt32)]) {
        self.scan = scan
        self.strays = strays
        readsFew = scan.among.map { 4 * $0.count < scan.personOfIdentity.count } ?? false
        lanes = scan.snapshot.parts.enumerated().map { index, part in
            PartLane(
                PartPlan(scan.selectors, part: part, at: scan.present, asOf: scan.asOf, judgedTimes: scan.judgedTimes),
                partIndex: index)
        }
    }

    /// Rows looked at so far.
    var scanned: Int { lanes.reduce(0) { $0 + $1.plan.scanned } }

    /// Bytes of the rows in hand and of what is remembered of each part.
    var byteCount: Int { lanes.reduce(history.byteCount) { $0 + $1.byteCount } }

    /// Gives the tally each person of a range who has matching rows.
    mutating func visit<T: Tally>(_ people: Range<UInt32>, _ tally: inout T) {
        for index in lanes.indices {
            lanes[index].match(
                people, personOfIdentity: scan.personOfIdentity, among: scan.among, readsFew: readsFew,
                readsArrivals: T.readsArrivals)
        }
        var stray = firstStray(notBefore: people.lowerBound)
        var nextWithStrays = stray < strays.count ? strays[stray].person : UInt32.max
        // In a store of one part the same view for all, whose references are not counted for each of them.
        let isOnePart = lanes.count == 1
        var alone = isOnePart ? lanes[0].matched : History()
        for person in people {
            if person == nextWithStrays {
                let first = stray
                while stray < strays.count, strays[stray].person == person { stray += 1 }
                nextWithStrays = stray < strays.count ? strays[stray].person : UInt32.max
                if scan.among?.contains(person) ?? true, findRows(ofStrays: first ..< stray) {
                    visitWithStrays(person, Int(person - people.lowerBound), &tally)
                    continue
                }
            }
            if isOnePart {
                let rows = lanes[0].rows(Int(person &- people.lowerBound))
                if rows.isEmpty { continue }
                alone.focus(rows)
                tally.add(CountedUnit(person: person), alone)
            } else {
                visit(person, Int(person - people.lowerBound), &tally)
            }
        }
    }

    /// - Parameter place: the person's place in the range.
    @inline(__always)
    private mutating func visit<T: Tally>(_ person: UInt32, _ place: Int, _ tally: inout T) {
        var found = -1
        var isAlone = true
        for index in lanes.indices where lanes[index].hasRows(place) {
            if found >= 0 {
                isAlone = false
                break
            }
            found = index
        }
        if found < 0 { return }
        if isAlone {
            lanes[found].focus(place)
            tally.add(CountedUnit(person: person), lanes[found].matched)
            return
        }
        history.removeAll()
        for index in found ..< lanes.count where lanes[index].hasRows(place) {
            lanes[index].focus(place)
            history.append(contentsOf: lanes[index].matched)
        }
        history.sortRuns()
        tally.add(CountedUnit(person: person), history)
    }

    /// Runs of one part may tie, which the numbers of arrival decide.
    private mutating func visitWithStrays<T: Tally>(_ person: UInt32, _ place: Int, _ tally: inout T) {
        history.removeAll()
        for index in lanes.indices {
            if lanes[index].hasRows(place) {
                lanes[index].focus(place)
                history.append(contentsOf: lanes[index].matched)
            }
            for run in strayRuns where run.part == index {
                lanes[index].load(run.rows, readsArrivals: T.readsArrivals, into: &history)
            }
        }
        guard history.count > 0 else { return }
        let parts = scan.snapshot.parts
        history.sortRuns { part, row in parts[Int(part)].arrival(at: Int(row)) }
        tally.add(CountedUnit(person: person), history)
    }

    private mutating func findRows(ofStrays range: Range<Int>) -> Bool {
        strayRuns.removeAll(keepingCapacity: true)
        for stray in strays[range] {
            for index in lanes.indices {
                let rows = lanes[index].plan.part.rows(ofIdentity: stray.identity)
                if !rows.isEmpty { strayRuns.append((index, rows)) }
            }
        }
        return !strayRuns.isEmpty
    }

    /// Some of the events that belong to nobody: who they are of does not matter, so that they need not be taken together.
    struct PieceOfNobody {
        fileprivate var lane: Int
        fileprivate var rows: Range<Int>
    }

    /// All events that belong to nobody.
    var piecesOfNobody: [PieceOfNobody] {
        lanes.indices.flatMap { lane in
            let rows = lanes[lane].plan.part.rows(ofIdentity: Part.nobody)
            return stride(from: rows.lowerBound, to: rows.upperBound, by: ScanPass.rowsOfNobodyMax).map { first in
                PieceOfNobody(lane: lane, rows: first ..< min(first + ScanPass.rowsOfNobodyMax, rows.upperBound))
            }
        }
    }

    private static let rowsOfNobodyMax = 1 << 16

    /// Gives the tally some events that belong to nobody.
    mutating func visit<T: Tally>(_ piece: PieceOfNobody, _ tally: inout T) {
        history.removeAll()
        lanes[piece.lane].load(piece.rows, readsArrivals: T.readsArrivals, into: &history)
        if history.count > 0 { tally.addNobody(history) }
    }

    private func firstStray(notBefore person: UInt32) -> Int {
        var low = 0
        var high = strays.count
        while low < high {
            let middle = (low + high) / 2
            if strays[middle].person < person { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
