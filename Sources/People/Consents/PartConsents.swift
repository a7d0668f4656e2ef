import Columns
import EventStore
import Model

/// What one part says last of each purpose and identity.
///
/// Most stores that know consents carry them in the context of every event, so what is kept is one entry for each identity.
struct PartConsents: Sendable {
    /// The newest statement of an identity.
    struct Entry: Sendable {
        var owner: UInt32
        /// Microseconds: of the call, or of its receipt where that is earlier.
        var time: Int64
        var arrival: UInt64
        var isGranted: Bool

        func isNewer(than other: Entry) -> Bool { (time, arrival) > (other.time, other.arrival) }
    }

    private(set) var entries: [String: [Entry]] = [:]

    init(_ rows: PartRows) {
        let part = rows.part
        for (purpose, column) in part.consentColumns { read(column, of: rows, purpose: purpose) }
        var cursor = OwnerCursor()
        part.rows(ofType: .declare).forEach { row in
            guard !rows.isLate(row), let statement = PartConsents.statement(part, row) else { return }
            add(part, row, cursor.owner(of: row, in: part), statement.isGranted, to: &entries[statement.purpose, default: []])
        }
    }

    /// What a declaring call states of consent; nil when it states something else.
    static func statement(_ part: Part, _ row: Int) -> ConsentStatement? {
        let call = part.call(at: row)
        return call.event == ConsentStatement.kind ? try? ConsentStatement(call.properties) : nil
    }

    private mutating func read(_ column: PropertyColumn, of rows: PartRows, purpose: String) {
        let part = rows.part
        var cursor = OwnerCursor()
        var found: [Entry] = []
        column.forEach(in: 0 ..< part.rowCount) { row, value in
            guard case .bool(let isGranted) = value, !rows.isLate(row) else { return }
            let owner = cursor.owner(of: row, in: part)
            if owner != Part.nobody { add(part, row, owner, isGranted, to: &found) }
        }
        if !found.isEmpty { entries[purpose, default: []] += found }
    }

    /// Rows come by owner, so that the one before is often of the same.
    private func add(_ part: Part, _ row: Int, _ owner: UInt32, _ isGranted: Bool, to list: inout [Entry]) {
        let entry = Entry(
            owner: owner, time: min(part.timestamp(at: row), part.receivedAt(at: row)), arrival: part.arrival(at: row),
            isGranted: isGranted)
        guard let last = list.last, last.owner == owner else { return list.append(entry) }
        if entry.isNewer(than: last) { list[list.count - 1] = entry }
    }
}

extension Part {
    /// The preferences in the contexts of people's own calls, where Segment's specification has them, by purpose.
    var consentColumns: [(purpose: String, column: PropertyColumn)] {
        let prefix = "consent.categoryPreferences."
        return Set(columnPaths.filter { $0.section == .context && $0.path.hasPrefix(prefix) }.map(\.path)).sorted()
            .compactMap { path in column(.context, path).map { (String(path.dropFirst(prefix.count)), $0) } }
    }
}
