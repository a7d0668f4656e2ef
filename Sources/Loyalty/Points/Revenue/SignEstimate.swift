public import Model
import OrderedCollections
import Records

/// Signs how much of what members earn they are expected to spend, from an open month on: a new version of the estimate.
public struct SignEstimate: ProgramCommand {
    public let currency: String
    public let from: PointMonth
    /// Of ``PointCohort/shareMax``.
    public let share: Int64
    /// Shares of single vintages.
    public let vintages: [PointMonth: Int64]
    /// How it was found.
    public let note: String

    public init(_ share: Int64, of currency: String, from: PointMonth, vintages: [PointMonth: Int64] = [:], note: String) {
        self.currency = currency
        self.from = from
        self.share = share
        self.vintages = vintages
        self.note = note
    }

    private var shares: [Int64: Int64] {
        Dictionary(vintages.map { ($0.key.vintage, $0.value) }) { $1 }
    }

    public var content: JSONValue {
        [
            "command": "sign_estimate", "currency": .string(currency), "from": .string(from.text), "share": .int(share),
            "vintages": PointEstimate.json(shares), "note": .string(note),
        ]
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let currency = try draft.currency(currency).key
        var reasons: [Refusal.Reason] = []
        if ([share] + vintages.values).contains(where: { $0 < 1 || $0 > PointCohort.shareMax }) {
            reasons.append(.init("ESTIMATE_SHARE", ["max": .int(PointCohort.shareMax)]))
        }
        if note.allSatisfy(\.isWhitespace) || note.utf8.count > 2_000 { reasons.append(.init("ESTIMATE_NOTE")) }
        let closed = try draft.reading { tables throws(Problem) in
            // Of two servers that sign and close at once one is run again, and sees what the other has done.
            try tables.writeHead(of: currency)
            return try tables.lastClosing(of: currency)
        }
        if let closed, from <= closed.month {
            reasons.append(.init("PERIOD_CLOSED", ["until": .string(closed.end.rfc3339)]))
        }
        guard reasons.isEmpty else { throw .refused(Refusal(reasons)) }
        let known = try draft.reading { tables throws(Problem) in try tables.estimates(of: currency) }
        let estimate = PointEstimate(
            version: (known.map(\.version).max() ?? 0) + 1, from: from, share: share, vintages: shares, note: note,
            signedBy: draft.actor.text, signedAt: draft.now)
        let (actor, now) = (draft.actor, draft.now)
        draft.write { tables throws(Problem) in
            try tables.insert(estimate, of: currency)
            try AuditChain.append(
                AuditEntry(
                    workspace: tables.workspace, at: now, actor: actor, action: "estimate.signed",
                    target: "\(currency) \(estimate.version)", detail: estimate.json.text), on: tables.connection)
        }
        return estimate.json
    }
}

extension ProgramTables {
    /// Every version, the first at the head.
    func estimates(of currency: String) throws(Problem) -> [PointEstimate] {
        try list(
            """
            SELECT version, from_month, share, vintages, note, actor, signed_at FROM point_estimates
            WHERE workspace = ? AND currency = ? ORDER BY version
            """, values(.text(currency))
        ) { reader throws(Problem) in
            let (version, from) = (try reader.integer(), try reader.word { PointMonth(text: $0) })
            let (share, vintages) = (try reader.integer(), try reader.word { PointEstimate.vintages(text: $0) })
            return PointEstimate(
                version: version, from: from, share: share, vintages: vintages, note: try reader.text(),
                signedBy: try reader.text(), signedAt: try reader.instant())
        }
    }

    fileprivate func insert(_ estimate: PointEstimate, of currency: String) throws(Problem) {
        let vintages = estimate.vintages.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: " ")
        try connection.execute(
            """
            INSERT INTO point_estimates (workspace, currency, version, from_month, share, vintages, note, actor, signed_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            values(
                .text(currency), .integer(estimate.version), .text(estimate.from.text), .integer(estimate.share),
                .text(vintages), .text(estimate.note), .text(estimate.signedBy), .instant(estimate.signedAt)))
    }
}

extension PointEstimate {
    /// `202603:9700 202604:9900`.
    fileprivate static func vintages(text: String) -> [Int64: Int64]? {
        var vintages: [Int64: Int64] = [:]
        for word in text.split(separator: " ") {
            let halves = word.split(separator: ":")
            guard halves.count == 2, let vintage = Int64(halves[0]), let share = Int64(halves[1]) else { return nil }
            vintages[vintage] = share
        }
        return vintages
    }
}
