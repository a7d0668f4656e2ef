import Columns
public import Model
import Records

/// Books what time has done by itself in some books: what counts when does not depend on it.
///
/// Entries count from the instant at which each was due.
struct SettleBooks: ProgramCommand {
    let keys: [PointBookKey]

    var content: JSONValue {
        let names = keys.map { "\($0.member.text)/\($0.currency)" }.joined(separator: " ")
        return ["command": "settle", "books": .int(Int64(keys.count)), "digest": .string(String(XXHash.hash64(Array(names.utf8))))]
    }

    var isOfPointsAlone: Bool { true }
    var mentions: Set<String>? { [] }

    func foresee(_ foresight: inout PointForesight) {
        for key in keys { foresight.ask(key) }
    }

    func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
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
    /// Books of one command: others come between.
    private static let sliceMax = 200
    /// Books that are looked for at once.
    private static let countMax = 20_000

    /// Books all that is due by now, a slice of books at a time.
    ///
    /// - Returns: In how many books something was booked.
    public func settle() async throws(Problem) -> Int64 {
        let start = clock.now
        var (total, slice) = (Int64(0), 0)
        while true {
            let keys = try await reader.read { tables throws(Problem) in
                try tables.dueBooks(at: start, countMax: ProgramDesk.countMax)
            }
            var count: Int64 = 0
            for first in stride(from: 0, to: keys.count, by: ProgramDesk.sliceMax) {
                let some = Array(keys[first ..< min(first + ProgramDesk.sliceMax, keys.count)])
                let request = ProgramRequest(
                    id: "settle-\(start.microseconds)-\(slice)", actor: .server, command: SettleBooks(keys: some))
                let answer = try await perform(request)
                // A clock that stands gives the same ids again.
                if !answer.isReplayed, !answer.isRefused { count += answer.body["settled"]?.intValue ?? 0 }
                slice += 1
            }
            guard count > 0 else { return total }
            total += count
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
