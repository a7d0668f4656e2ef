import Model
import Records

/// What awards were taken from, and what comes back there when their points are taken back.
///
/// Orders keep theirs with their lines: what they earn is planned anew as they change.
extension ProgramDraft {
    /// Keeps what the points of each source were taken from.
    mutating func keepLimits(of plan: EarningPlan, for member: ProgramMemberID, _ currency: String) {
        for award in plan.awards {
            // Blocks of partners have back what is booked.
            let limits = award.limits.map(\.key).filter { $0.partner == nil }
            guard !limits.isEmpty else { continue }
            let sources = award.newPoints(source: plan.source, at: plan.at).map(\.source)
            write { tables throws(Problem) in
                for source in sources { try tables.insert(limits, ofAward: source, of: currency, to: member) }
            }
        }
    }

    /// Gives what was taken back of a source to what it was taken from; nothing for what was no award.
    mutating func giveBack(_ points: Int64, earnedFor source: PointSource, _ currency: String) throws(ProgramFailure) {
        guard points > 0 else { return }
        let limits = try consulting { tables throws(Problem) in try tables.limits(ofAward: source, of: currency) }
        guard !limits.isEmpty else { return }
        write { tables throws(Problem) in
            let before = try tables.earningLimits(limits, of: currency)
            var after = before
            after.giveBack(points, to: limits)
            try tables.write(after, from: before)
        }
    }

    /// Gives back what was given up while it waited to become active.
    mutating func settleAwards() throws(ProgramFailure) {
        for (key, kept) in books {
            for entry in kept.book.entries where entry.kind == .cancelled {
                guard let lot = entry.lot.flatMap({ kept.book.lots[$0] }) else { continue }
                try giveBack(entry.amount, earnedFor: lot.source, key.currency)
            }
        }
    }
}

extension ProgramTables {
    fileprivate func insert(
        _ limits: [Limit.Key], ofAward source: PointSource, of currency: String, to member: ProgramMemberID
    ) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO earning_awards (workspace, currency, source, line, rule, member, limits) VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            values(
                .text(currency), .text(source.id), .text(source.line), .text(source.rule), .integer(member.number),
                .text(limits.text)))
    }

    /// None for what was no award.
    fileprivate func limits(ofAward source: PointSource, of currency: String) throws(Problem) -> [Limit.Key] {
        try first(
            "SELECT limits FROM earning_awards WHERE workspace = ? AND currency = ? AND source = ? AND line = ? AND rule = ?",
            values(.text(currency), .text(source.id), .text(source.line), .text(source.rule))
        ) { reader throws(Problem) in try reader.limitKeys() } ?? []
    }
}
