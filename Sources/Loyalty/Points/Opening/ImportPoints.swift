import Crypto
public import Model
import OrderedCollections
import Records

/// Takes over the points that members have in another system: each row once, whatever file it comes in.
///
/// Rows that cannot be taken over are told with all reasons, and the others come; a file whose sum is not what its sender says is refused
/// as a whole.
public struct ImportPoints: ProgramCommand {
    /// The most rows at once: other commands come between.
    public static let rowsMax = 5_000
    /// So many rows that cannot be read are told beside a sum that differs.
    private static let unreadableMax = 20

    public let currency: String
    public let rows: [OpeningRow]
    /// What the rows add up to, as the other system says.
    public let total: Int64
    /// When they came, as the books see it; nil for now.
    public var effectiveAt: Instant?
    /// Tells what would be, and changes nothing.
    public var isTrial = false

    public init(_ rows: [OpeningRow], of currency: String, total: Int64) {
        self.currency = currency
        self.rows = rows
        self.total = total
    }

    public var content: JSONValue {
        var digest = SHA256()
        for row in rows {
            switch row {
            case .lot(let lot): digest.update(data: Array(lot.digest.utf8))
            case .unreadable(let key, let amount, let reason):
                digest.update(data: Array("\(key)\n\(amount ?? 0)\n\(reason.json.text)".utf8))
            }
        }
        var members = JSONMembers()
        members.put("command", "import_points")
        members.put("currency", currency)
        members.put("rows", rows.count)
        members.put("digest", KeyDigest(bytes: digest.finalize()).hex)
        members.put("total", .int(total))
        members.put("effective_at", effectiveAt)
        members.put("trial", isTrial)
        return members.json
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let currency = try draft.currency(currency)
        // A trial changes nothing.
        var opened = draft
        try requireOpen(currency, &opened)
        var work = OpeningImport(opened, currency, effectiveAt: effectiveAt)
        try work.begin(rows)
        for row in rows { try work.take(row) }
        try work.finish()
        if !isTrial { draft = work.draft }
        return work.report.json(currency, isTrial: isTrial)
    }

    /// Throws all reasons for which nothing of the file can be taken over.
    private func requireOpen(_ currency: PointCurrency, _ draft: inout ProgramDraft) throws(ProgramFailure) {
        var reasons: [Refusal.Reason] = []
        if !(1 ... ImportPoints.rowsMax).contains(rows.count) {
            reasons.append(.init("OPENING_ROW_COUNT", ["max": .int(Int64(ImportPoints.rowsMax))]))
        }
        let closed = try draft.reading { tables throws(Problem) in
            // Of two servers that take over and end it at once one is run again, and sees what the other has done.
            if !isTrial { try tables.writeHead(of: currency.key) }
            return try tables.cutover(of: currency.key)
        }
        if let closed {
            reasons.append(.init("OPENING_CLOSED", ["at": .string(closed.at.rfc3339)]))
        }
        var (sum, isOver) = (Int64(0), false)
        for row in rows where !isOver { (sum, isOver) = sum.addingReportingOverflow(row.amount) }
        if isOver {
            reasons.append(.init("OVERFLOW"))
        } else if sum != total {
            reasons.append(.init("OPENING_TOTAL_DIFFERS", ["total": .int(total), "found": .int(sum)]))
            reasons += unreadable.prefix(ImportPoints.unreadableMax)
        }
        if let effectiveAt {
            reasons += try draft.reasons(against: effectiveAt, of: currency.key, bookedUntil: .distantPast)
        }
        if !reasons.isEmpty { throw .refused(Refusal(reasons)) }
    }

    /// Why rows cannot be read, whose points are missing in the sum; of too many rows nobody was looked up.
    private var unreadable: [Refusal.Reason] {
        guard rows.count <= ImportPoints.rowsMax else { return [] }
        return rows.compactMap { row in if case .unreadable(_, _, let reason) = row { reason } else { nil } }
    }
}

/// Ends the taking over of a currency's points: nothing comes from the other system after that.
public struct CloseOpening: ProgramCommand {
    public let currency: String
    /// How many points the other system had given to take over in all: what came must be as much.
    public let total: Int64

    public init(of currency: String, total: Int64) {
        self.currency = currency
        self.total = total
    }

    public var content: JSONValue {
        ["command": "close_opening", "currency": .string(currency), "total": .int(total)]
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let currency = try draft.currency(currency)
        let (known, sums) = try draft.reading { tables throws(Problem) in
            try tables.writeHead(of: currency.key)
            return (try tables.cutover(of: currency.key), try tables.openingSums(of: currency.key))
        }
        var reasons: [Refusal.Reason] = []
        if let known { reasons.append(.init("OPENING_CLOSED", ["at": .string(known.at.rfc3339)])) }
        if sums.points != total {
            reasons.append(.init("OPENING_TOTAL_DIFFERS", ["total": .int(total), "found": .int(sums.points)]))
        }
        if !reasons.isEmpty { throw .refused(Refusal(reasons)) }
        let (now, actor) = (draft.now, draft.actor)
        draft.write { tables throws(Problem) in
            try tables.insertCutover(of: currency.key, sums, at: now, by: actor)
            try AuditChain.append(
                AuditEntry(
                    workspace: tables.workspace, at: now, actor: actor, action: "opening.closed", target: currency.key,
                    detail: "\(sums.rows) rows, \(sums.points) points"), on: tables.connection)
        }
        return [
            "currency": .string(currency.key), "rows": .int(sums.rows), "points": .int(sums.points),
            "members": .int(sums.members), "closed_at": .string(now.rfc3339),
        ]
    }
}
