import Model
import People
import Records
import Synchronization

/// The numbers of people asked for lately: when events arrive, only the people whom they touch are counted anew.
final class CountMemory: Sendable {
    struct Key: Hashable, Sendable {
        /// Its zone decides what a day is.
        let workspace: Workspace
        /// With a range that does not move.
        let question: String
    }

    private struct Kept {
        let view: PeopleView
        let table: CountTable
        let at: Instant
    }

    private static let forgottenAfter = 10 * Int64.microsecondsPerMinute
    /// Three for each home page; other dates and workspaces have their own.
    private static let entriesMax = 96
    private let entries = Mutex<[Key: Kept]>([:])

    /// The numbers of a question as `view` sees them.
    ///
    /// - Parameter count: Answers the question over a view, for everybody (nil) or for some people alone.
    func table(
        _ key: Key, _ view: PeopleView, now: Instant,
        count: (PeopleView, _ only: [UInt32]?) throws(Problem) -> CountTable
    ) throws(Problem) -> CountTable {
        let kept = entries.withLock { $0[key] }
        var made: CountTable?
        if let kept, let change = view.change(since: kept.view) {
            var table = kept.table
            if !change.after.isEmpty {
                table.replace(try count(kept.view, change.before), by: try count(view, change.after))
            }
            made = table
        }
        let table: CountTable
        if let made { table = made } else { table = try count(view, nil) }
        keep(Kept(view: view, table: table, at: now), key)
        return table
    }

    /// Holding a view keeps its parts: what nobody has asked for in a while is given up.
    private func keep(_ new: Kept, _ key: Key) {
        entries.withLock { entries in
            entries = entries.filter { abs(new.at.microseconds(since: $0.value.at)) < CountMemory.forgottenAfter }
            if entries.count >= CountMemory.entriesMax, let oldest = entries.min(by: { $0.value.at < $1.value.at })?.key {
                entries[oldest] = nil
            }
            entries[key] = new
        }
    }
}
