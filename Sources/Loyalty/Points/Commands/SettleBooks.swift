public import Model
import Records

/// Books what time has done by itself, for some of the books in which something is due: what counts when does not depend on it.
///
/// Entries count from the instant at which each was due.
public struct SettleBooks: ProgramCommand {
    /// The most books of one command: others come between.
    public let countMax: Int

    public init(countMax: Int = 200) { self.countMax = countMax }

    public var content: JSONValue { ["command": "settle", "count_max": .int(Int64(countMax))] }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let (now, countMax) = (draft.now, countMax)
        let keys = try draft.reading { tables throws(Problem) in try tables.dueBooks(at: now, countMax: countMax) }
        var count: Int64 = 0
        for key in keys {
            let kept = try draft.book(key)
            draft.now = max(draft.now, kept.recordedAt.advanced(byMicroseconds: 1))
            try draft.change(key) { book, now throws(PointRefusal) in
                book.settle(until: now)
                count += book.entries.isEmpty ? 0 : 1
            }
        }
        return ["settled": .int(count)]
    }
}

extension ProgramDesk {
    /// Books all that is due by now, a slice of books at a time: other commands come between.
    ///
    /// - Returns: In how many books something was booked.
    public func settle() async throws(Problem) -> Int64 {
        let start = clock.now.microseconds
        var (total, slice) = (Int64(0), 0)
        while true {
            let request = ProgramRequest(id: "settle-\(start)-\(slice)", actor: .server, command: SettleBooks())
            let answer = try await perform(request)
            guard let count = answer.body["settled"]?.intValue, count > 0 else { return total }
            // A clock that stands gives the same ids again.
            if !answer.isReplayed { total += count }
            slice += 1
        }
    }
}

extension ProgramTables {
    /// Books in which something is due, those that wait longest first.
    fileprivate func dueBooks(at now: Instant, countMax: Int) throws(Problem) -> [PointBookKey] {
        try list(
            "SELECT member, currency FROM point_books WHERE workspace = ? AND due_at <= ? ORDER BY due_at LIMIT ?",
            values(.instant(now), .count(countMax))
        ) { reader throws(Problem) in
            PointBookKey(member: ProgramMemberID(number: try reader.integer()), currency: try reader.text())
        }
    }
}
