import Model
import Records

/// How a grant stands in its table.
enum BenefitGrantRow {
    static let columns = """
        id, payer, source_kind, source, series, starts_at, ends_at, priority, amount, created_at, ended_at, reason, usable_until, share
        """

    /// The columns of ``columns``.
    static func values(_ grant: BenefitGrant) -> [SQLValue] {
        let ending = grant.ending
        return [
            .text(grant.id.text), .text(grant.payer.text), .text(grant.source.kind.rawValue), .text(grant.source.id),
            .text(grant.source.series), .instant(grant.from), .optional(grant.until), .count(grant.priority), .number(grant.amount),
            .instant(grant.createdAt), .optional(ending?.at), .optional(ending?.reason), .optional(ending?.until),
            .number(ending?.share),
        ]
    }

    static func read(_ reader: inout RowReader, of key: BenefitBookKey) throws(Problem) -> BenefitGrant {
        let (id, payer) = (BenefitID(try reader.text()), BenefitParty(try reader.text()))
        let source = try BenefitSource.read(&reader)
        let (from, until) = (try reader.instant(), try reader.optionalInstant())
        let (priority, amount) = (try reader.count(), try reader.optionalNumber())
        var grant = BenefitGrant(
            id: id, of: key.benefit, to: key.party, payer: payer, source: source, from: from, until: until, priority: priority,
            amount: amount)
        grant.createdAt = try reader.instant()
        let (at, reason) = (try reader.optionalInstant(), try reader.optionalText())
        let (end, share) = (try reader.optionalInstant(), try reader.optionalNumber())
        if let at, let end { grant.ending = .init(at: at, reason: reason, until: end, share: share) }
        return grant
    }
}

extension BenefitSource {
    static func read(_ reader: inout RowReader) throws(Problem) -> BenefitSource {
        let kind = try reader.word { Kind(rawValue: $0) }
        return BenefitSource(kind, id: try reader.text(), series: try reader.text())
    }
}

/// How a use stands in its table.
enum BenefitUseRow {
    static let columns = "id, at, used_by, parts, over_amount, state, reserved_until, refunded"

    /// The columns of ``columns``.
    static func values(_ use: BenefitUse) -> [SQLValue] {
        var end: Instant?
        if case .reserved(let until) = use.state { end = until }
        let parts: [JSONValue] = use.parts.map { [.string($0.grant.text), .int($0.amount)] }
        return [
            .text(use.id.text), .instant(use.at), .optional(use.user?.text), .text(JSONValue.array(parts).text), .integer(use.over),
            .text(use.state.word), .optional(end), .integer(use.refunded),
        ]
    }

    static func read(_ reader: inout RowReader) throws(Problem) -> BenefitUse {
        let (id, at) = (BenefitID(try reader.text()), try reader.instant())
        let (user, parts) = (try reader.optionalText(), try reader.json())
        let over = try reader.integer()
        let word = try reader.text()
        let until = try reader.optionalInstant()
        let state: BenefitUse.State =
            switch (word, until) {
            case ("reserved", let until?): .reserved(until: until)
            case ("consumed", _): .consumed
            default: .cancelled
            }
        let taken = (parts.arrayValue ?? []).compactMap { part -> BenefitUse.Part? in
            guard let pair = part.arrayValue, pair.count == 2, let grant = pair[0].stringValue, let amount = pair[1].intValue else {
                return nil
            }
            return BenefitUse.Part(grant: BenefitID(grant), amount: amount)
        }
        var use = BenefitUse(id: id, at: at, user: user.map { BenefitParty($0) }, parts: taken, over: over, state: state)
        use.refunded = try reader.integer()
        return use
    }
}
