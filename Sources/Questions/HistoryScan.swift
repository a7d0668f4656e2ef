import Dispatch
import EventStore
import Model
import Synchronization

/// What a scan adds up.
///
/// One worker fills one; the workers' are merged, so the result must not depend on how people were split.
protocol Tally: Sendable {
    /// Whether it reads the numbers of arrival; the order of rows is right without.
    static var readsArrivals: Bool { get }
    /// Takes the matching rows of one person (or whatever is counted), in order. Called only where there is at least one row.
    mutating func add(_ unit: CountedUnit, _ history: borrowing History)
    /// Takes the matching events that belong to nobody.
    mutating func addNobody(_ history: borrowing History)
    mutating func merge(_ other: Self)
}

/// What is counted once: a person, one of a person's sessions, or an account.
struct CountedUnit: Sendable {
    /// Different for different units of one worker's tally.
    var number: UInt32
    /// Whose traits it has; nil for an account.
    var person: UInt32?

    init(number: UInt32, person: UInt32?) {
        self.number = number
        self.person = person
    }

    init(person: UInt32) { self.init(number: person, person: person) }
}

extension Tally {
    static var readsArrivals: Bool { false }
    mutating func addNobody(_ history: borrowing History) {}
}

/// How a scan is split over workers.
package struct ScanSplit: Sendable {
    /// Person ordinals in one range; workers take every other range.
    package var peoplePerRange: UInt32 = 2_048
    /// Smaller stores are scanned by one worker.
    package var eventsWorthAThread = 50_000

    package init() {}
}

/// One pass over the histories of people: per person, over the merge of their identities' runs in all parts.
///
/// Work is split by ranges of person ordinals. Memory is one person's rows and the runs of one range, whatever the data's size.
struct HistoryScan: Sendable {
    let snapshot: StoreSnapshot
    let personOfIdentity: [UInt32]
    let selectors: [Selector]
    let present: Present
    let asOf: Instant?
    /// The people to visit; nil means all.
    let among: PersonSet?
    /// Whether events of nobody are visited too.
    let includesNobody: Bool
    let threads: Int
    let split: ScanSplit
    /// The only people to visit, ascending, with their identities; nil means a pass over all.
    var few: [(person: UInt32, identities: [UInt32])]?
    /// Ends the pass early; what it gives then is thrown away.
    var watch: QuestionWatch?

    /// Runs the pass.
    ///
    /// `make` makes an empty tally for a worker.
    func run<T: Tally>(_ make: () -> T) -> (tally: T, scanned: Int) {
        if let few { return visit(few, make()) }
        let workers = snapshot.eventCount < split.eventsWorthAThread ? 1 : max(1, threads)
        let strays = self.strays()
        if workers == 1 {
            var tally = make()
            let scanned = work(on: &tally, worker: 0, of: 1, strays)
            return (tally, scanned)
        }
        let starts = (0 ..< workers).map { _ in make() }
        let results = Mutex([(T, Int)?](repeating: nil, count: workers))
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
            var tally = starts[worker]
            let scanned = work(on: &tally, worker: worker, of: workers, strays)
            let result = (tally, scanned)
            results.withLock { $0[worker] = result }
        }
        var merged = make()
        var total = 0
        for case .some((let tally, let scanned)) in results.withLock({ $0 }) {
            merged.merge(tally)
            total += scanned
        }
        return (merged, total)
    }

    /// The identities that are not their person's first one, sorted by person.
    private func strays() -> [(person: UInt32, identity: UInt32)] {
        var out: [(person: UInt32, identity: UInt32)] = []
        for (identity, person) in personOfIdentity.enumerated() where person != UInt32(identity) && person != UInt32.max {
            out.append((person, UInt32(identity)))
        }
        out.sort { ($0.person, $0.identity) < ($1.person, $1.identity) }
        return out
    }

    private func work<T: Tally>(
        on tally: inout T, worker: Int, of workers: Int, _ strays: [(person: UInt32, identity: UInt32)]
    ) -> Int {
        var pass = ScanPass(self, strays: strays)
        let end = UInt32(personOfIdentity.count)
        var start = UInt32(worker) * split.peoplePerRange
        while start < end, watch?.isOver != true {
            let stop = min(end, start + split.peoplePerRange)
            pass.visit(start ..< stop, &tally)
            start += split.peoplePerRange * UInt32(workers)
        }
        if worker == 0, includesNobody { pass.visitNobody(&tally) }
        return pass.scanned
    }
}

/// The state of one worker: its plans, the runs of the current range and the current person's rows.
private struct ScanPass {
    /// Candidates of one identity in one part.
    private struct Run {
        var person: UInt32
        var part: Int32
        var candidates: Range<Int>
    }

    private let scan: HistoryScan
    private let strays: [(person: UInt32, identity: UInt32)]
    private var plans: [PartPlan]
    private var runs: [Run] = []
    private var history = History()
    /// The owners of the current range in the part at hand, and the first row of each and of what follows them.
    private var ordinals: [Int64] = []
    private var starts: [Int64] = []

    init(_ scan: HistoryScan, strays: [(person: UInt32, identity: UInt32)]) {
        self.scan = scan
        self.strays = strays
        plans = scan.snapshot.parts.map { PartPlan(scan.selectors, part: $0, at: scan.present, asOf: scan.asOf) }
    }

    /// People read between two looks at whether to stop.
    private static let peopleBetweenLooks = 256

    var scanned: Int { plans.reduce(0) { $0 + $1.scanned } }

    mutating func visit<T: Tally>(_ people: Range<UInt32>, _ tally: inout T) {
        runs.removeAll(keepingCapacity: true)
        for index in plans.indices {
            gatherOwn(people, part: index)
            gatherStrays(people, part: index)
        }
        if plans.count > 1 || !strays.isEmpty {
            runs.sort { ($0.person, $0.part, $0.candidates.lowerBound) < ($1.person, $1.part, $1.candidates.lowerBound) }
        }
        var index = 0
        var peopleToLook = ScanPass.peopleBetweenLooks
        while index < runs.count {
            peopleToLook -= 1
            if peopleToLook == 0 {
                if scan.watch?.isOver == true { return }
                peopleToLook = ScanPass.peopleBetweenLooks
            }
            let person = runs[index].person
            history.removeAll()
            let first = index
            index += 1
            // The rows of a run are in order, and those of one part come before those of the next.
            var readsArrivals = T.readsArrivals
            while index < runs.count, runs[index].person == person {
                if runs[index].part == runs[index - 1].part { readsArrivals = true }
                index += 1
            }
            for run in runs[first ..< index] {
                let part = Int(run.part)
                plans[part].load(run.candidates, partIndex: part, readsArrivals: readsArrivals, into: &history)
            }
            if history.count == 0 { continue }
            if index - first > 1 { history.sortRuns() }
            tally.add(CountedUnit(person: person), history)
        }
    }

    mutating func visitNobody<T: Tally>(_ tally: inout T) {
        history.removeAll()
        for index in plans.indices {
            let rows = plans[index].part.rows(ofIdentity: Part.nobody)
            let candidates = plans[index].lowerBound(rows.lowerBound) ..< plans[index].lowerBound(rows.upperBound)
            plans[index].load(candidates, partIndex: index, into: &history)
        }
        guard history.count > 0 else { return }
        history.sortRuns()
        tally.addNobody(history)
    }

    /// The runs of identities in the range that are the first ones of their person.
    private mutating func gatherOwn(_ people: Range<UInt32>, part index: Int) {
        let part = plans[index].part
        let owners =
            ScanPass.firstOwner(notBefore: people.lowerBound, in: part)
            ..< ScanPass.firstOwner(notBefore: people.upperBound, in: part)
        guard !owners.isEmpty else { return }
        part.owners(owners, into: &ordinals, starts: &starts)
        let rows = Int(starts[0]) ..< Int(starts[owners.count])
        plans[index].prepare(rows)
        var candidate = plans[index].lowerBound(rows.lowerBound)
        let end = plans[index].lowerBound(rows.upperBound)
        for place in 0 ..< owners.count where candidate < end {
            let rowsEnd = Int(starts[place + 1])
            let start = candidate
            candidate =
                plans[index].isEveryRow ? rowsEnd : plans[index].firstCandidate(from: candidate, notBeforeRow: rowsEnd, end: end)
            guard candidate > start else { continue }
            let person = UInt32(truncatingIfNeeded: ordinals[place])
            if scan.personOfIdentity[Int(person)] == person, isWanted(person) {
                runs.append(Run(person: person, part: Int32(index), candidates: start ..< candidate))
            }
        }
    }

    /// The runs of the other identities of the people in the range.
    private mutating func gatherStrays(_ people: Range<UInt32>, part index: Int) {
        var position = firstStray(notBefore: people.lowerBound)
        while position < strays.count, strays[position].person < people.upperBound {
            let (person, identity) = strays[position]
            position += 1
            guard isWanted(person) else { continue }
            let rows = plans[index].part.rows(ofIdentity: identity)
            guard !rows.isEmpty else { continue }
            let candidates = plans[index].lowerBound(rows.lowerBound) ..< plans[index].lowerBound(rows.upperBound)
            if !candidates.isEmpty { runs.append(Run(person: person, part: Int32(index), candidates: candidates)) }
        }
    }

    private func isWanted(_ person: UInt32) -> Bool { scan.among?.contains(person) ?? true }

    private func firstStray(notBefore person: UInt32) -> Int {
        var low = 0
        var high = strays.count
        while low < high {
            let middle = (low + high) / 2
            if strays[middle].person < person { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func firstOwner(notBefore ordinal: UInt32, in part: Part) -> Int {
        var low = 0
        var high = part.ownerCount
        while low < high {
            let middle = (low + high) / 2
            if part.owner(at: middle) < ordinal { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension PartPlan {
    /// The first candidate from `start` whose row is not before `row`, looking forward step by step.
    func firstCandidate(from start: Int, notBeforeRow row: Int, end: Int) -> Int {
        var index = start
        while index < end, self.row(ofCandidate: index) < row { index += 1 }
        return index
    }
}
