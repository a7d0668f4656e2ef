import Columns
import EventStore
import Model

/// The rows of one part that are events and were received in time, as the few that are not.
///
/// Most rows are events, so the exceptions are named: identify, group and alias calls (specs: questions, N2), what the program tells of
/// people, and with `asOf` what came later.
struct PartRows: Sendable {
    let part: Part
    /// By type that is no event, and by name of what nobody did: its rows.
    private let others: [RowSet]
    /// Name codes of what nobody did.
    private let toldCodes: Set<Int>
    /// Rows received too late, ascending; empty without `asOf`.
    let late: [UInt32]

    /// nil when the part holds nothing received before `asOf`.
    init?(_ part: Part, asOf: Instant?) {
        self.part = part
        var late: [UInt32] = []
        if let asOf, part.maxReceivedAt >= asOf.microseconds {
            if part.minReceivedAt >= asOf.microseconds { return nil }
            let received = [Int64](unsafeUninitializedCapacity: part.rowCount) { buffer, count in
                part.receivedAts(0 ..< part.rowCount, into: buffer)
                count = part.rowCount
            }
            for row in received.indices where received[row] >= asOf.microseconds { late.append(UInt32(row)) }
        }
        self.late = late
        toldCodes = Set(ToldEvents.names.compactMap { part.nameCode(of: $0) })
        let told = toldCodes.sorted().map { part.rows(named: $0, type: .track) }
        others = (CallType.allCases.filter { !$0.isEvent }.map { part.rows(ofType: $0) } + told).filter { $0.count > 0 }
    }

    /// The rows of `range` that are no events or were received too late, ascending.
    func notEvents(in range: Range<Int>) -> [UInt32] {
        var rows: [UInt32] = []
        for set in others { set.append(in: range, to: &rows) }
        let first = PartRows.lowerBound(late, UInt32(range.lowerBound))
        rows += late[first...].prefix { Int($0) < range.upperBound }
        if others.count > 1 || !late.isEmpty { rows.sort() }
        // A late identify stands in both lists.
        var last = UInt32.max
        rows.removeAll { row in
            defer { last = row }
            return row == last
        }
        return rows
    }

    /// Whether the program told it of somebody.
    func isTold(_ row: Int) -> Bool { !toldCodes.isEmpty && toldCodes.contains(part.nameCode(at: row)) }

    func isLate(_ row: Int) -> Bool { !late.isEmpty && PartRows.contains(late, UInt32(row)) }

    private static func contains(_ rows: [UInt32], _ row: UInt32) -> Bool {
        let place = lowerBound(rows, row)
        return place < rows.count && rows[place] == row
    }

    /// Index of the first entry not below `row`.
    static func lowerBound(_ rows: [UInt32], _ row: UInt32) -> Int {
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if rows[middle] < row { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
