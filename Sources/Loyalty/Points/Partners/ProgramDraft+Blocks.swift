import Model
import OrderedCollections
import Records

/// Points that were to be issued, but that their partner's block does not pay for.
struct UnfundedPoints: Hashable {
    let partner: String
    let rule: String
    /// Empty for what a rule gives to all lines together.
    var line = ""
    let points: Int64
    /// What the block paid for instead.
    let available: Int64

    var json: JSONValue {
        [
            "code": "PARTNER_BLOCK_EMPTY", "partner": .string(partner), "line": .string(line), "rule": .string(rule),
            "points": .int(points), "available": .int(available),
        ]
    }
}

extension EarningPlan {
    /// What blocks have trimmed.
    var unfunded: [UnfundedPoints] {
        awards.flatMap { award in
            award.trims.compactMap { trim in
                Limit.Key(name: trim.cap).partner.map {
                    UnfundedPoints(partner: $0, rule: award.rule, points: trim.points, available: award.points)
                }
            }
        }
    }
}

extension ProgramDraft {
    private struct BlockKey: Hashable, Comparable {
        let partner: String
        let currency: String

        static func < (left: BlockKey, right: BlockKey) -> Bool {
            (left.partner, left.currency) < (right.partner, right.currency)
        }
    }

    /// Draws what this command issues from the blocks of those who pay for it, and puts back what it takes back.
    ///
    /// - Throws: A refusal with every block that has too little.
    mutating func settleBlocks() throws(ProgramFailure) {
        var reasons: [Refusal.Reason] = []
        for (key, moved) in blockMoves().sorted(by: { $0.key < $1.key }) {
            var block = try block(key)
            do throws(Refusal) { try block.move(issued: moved.issued, back: moved.back) } catch {
                reasons += error.reasons
                continue
            }
            let kept = block
            write { tables throws(Problem) in try tables.write(kept) }
        }
        if !reasons.isEmpty { throw .refused(Refusal(reasons)) }
    }

    /// What of points cannot be issued beside what this command has issued already; nil when their block pays for them.
    func shortage(of points: NewPoints, _ currency: PointCurrency) throws(ProgramFailure) -> UnfundedPoints? {
        guard let partner = points.fundedBy, partner != PartnerBlock.house else { return nil }
        let key = BlockKey(partner: partner, currency: currency.key)
        let (block, moved) = (try block(key), blockMoves()[key] ?? (0, 0))
        let available = max(0, block.left + min(moved.back, block.drawn) - moved.issued)
        guard points.amount > available else { return nil }
        return UnfundedPoints(
            partner: partner, rule: points.source.rule, line: points.source.line, points: points.amount, available: available)
    }

    private func block(_ key: BlockKey) throws(ProgramFailure) -> PartnerBlock {
        try reading { tables throws(Problem) in try tables.block(key.partner, of: key.currency) }
    }

    /// What this command has issued so far for each partner, and taken back.
    private func blockMoves() -> [BlockKey: (issued: Int64, back: Int64)] {
        var moves: [BlockKey: (issued: Int64, back: Int64)] = [:]
        for (key, kept) in books {
            for entry in kept.book.entries {
                guard let partner = entry.fundedBy, partner != PartnerBlock.house else { continue }
                let name = BlockKey(partner: partner, currency: key.currency)
                // More than can be counted is more than any block has.
                func sum(_ left: Int64) -> Int64 { Int64(clamping: Int128(left) + Int128(entry.amount)) }
                if entry.from == .issuer { moves[name, default: (0, 0)].issued = sum(moves[name]?.issued ?? 0) }
                // What came from another system was drawn from no block.
                let isOpening = entry.lot.flatMap { kept.book.lots[$0] }?.isOpening == true
                if entry.to == .revoked, !isOpening { moves[name, default: (0, 0)].back = sum(moves[name]?.back ?? 0) }
            }
        }
        return moves
    }
}
