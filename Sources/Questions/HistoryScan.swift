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
    /// Takes some of the matching events that belong to nobody.
    mutating func addNobody(_ history: borrowing History)
    mutating func merge(_ other: Self)
    /// Bytes that it holds, estimated: what grows with people, events or values has to be in it.
    ///
    /// Looked at for every few people, so it must not take longer the more it holds.
    var byteCount: Int { get }
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
    /// Person ordinals in one range, of which workers take every other one; their rows should fit a core's cache.
    package var peoplePerRange: UInt32 = 128
    /// Smaller stores are scanned by one worker.
    package var eventsWorthAThread = 50_000
    /// What at most one person in so many is expected to meet is judged before the rest of a conjunction.
    package var peoplePerMember = 8.0

    package init() {}
}

/// One pass over the histories of people: per person, over the merge of their identities' runs in all parts.
///
/// Work is split by ranges of person ordinals. Memory is the matching rows of one range, whatever the data's size.
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
    /// Nobody asks at other times (µs) whether the condition of a selector holds.
    var judgedTimes = Range<Int64>.always
    /// Ends the pass early; what it gives then is thrown away.
    var watch: QuestionWatch?

    /// Runs the pass.
    ///
    /// `make` makes an empty tally for a worker. What the tally holds is counted until somebody gives it back.
    func run<T: Tally>(_ make: () -> T) -> (tally: T, scanned: Int) {
        let held = watch?.heldBytes ?? 0
        let result = few.map { visit($0, make()) } ?? visitAll(make)
        watch?.giveBack(to: held + result.tally.byteCount)
        return result
    }

    private func visitAll<T: Tally>(_ make: () -> T) -> (tally: T, scanned: Int) {
        let workers = snapshot.eventCount < split.eventsWorthAThread ? 1 : max(1, threads)
        let strays = self.strays()
        var noted = 0
        _ = watch?.goesOn(holding: strays.byteCount, noted: &noted)
        if workers == 1 {
            var tally = make()
            let scanned = work(on: &tally, worker: 0, of: 1, strays)
            return (tally, scanned)
        }
        let starts = (0 ..< workers).map { _ in make() }
        let results = Mutex([(tally: T, scanned: Int)?](repeating: nil, count: workers))
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
            var tally = starts[worker]
            let scanned = work(on: &tally, worker: worker, of: workers, strays)
            let result = (tally, scanned)
            results.withLock { $0[worker] = result }
        }
        return merged(results.withLock { $0.compactMap { $0 } }, make)
    }

    private func merged<T: Tally>(_ results: [(tally: T, scanned: Int)], _ make: () -> T) -> (tally: T, scanned: Int) {
        guard var (tally, scanned) = results.first else { return (make(), 0) }
        var noted = tally.byteCount
        for (other, rows) in results.dropFirst() {
            // It can grow by as much as the other one holds.
            if watch?.goesOn(holding: tally.byteCount + other.byteCount, noted: &noted) == false { break }
            tally.merge(other)
            scanned += rows
        }
        return (tally, scanned)
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
        var noted = 0
        while start < end, watch?.goesOn(holding: tally.byteCount + pass.byteCount, noted: &noted) ?? true {
            let stop = min(end, start + split.peoplePerRange)
            pass.visit(start ..< stop, &tally)
            start += split.peoplePerRange * UInt32(workers)
        }
        if worker == 0, includesNobody {
            for piece in pass.piecesOfNobody {
                guard watch?.goesOn(holding: tally.byteCount + pass.byteCount, noted: &noted) ?? true else { break }
                pass.visit(piece, &tally)
            }
        }
        _ = watch?.goesOn(holding: tally.byteCount, noted: &noted)
        return pass.scanned
    }
}
