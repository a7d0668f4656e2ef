import Loyalty
import Model
import Records
import Workspaces

/// Puts members, their points and what happened to them into words.
struct PointWriter {
    let words: Words
    let formats: Formats
    let calendar: ZoneCalendar
    let currency: PointCurrency
    /// Names of members of the team and of keys, by id.
    let names: [String: String]

    func points(_ amount: Int64) -> String { formats.points(amount, scale: currency.scale) }

    /// Who did something, as the records name them.
    func actor(_ text: String) -> String {
        guard let actor = Actor(text: text) else { return text }
        switch actor {
        case .member(let id): return names[text] ?? words(\.audit.formerMember, ["id": id.text])
        case .key(let id): return words(\.audit.apiKey, ["name": names[text] ?? id.text])
        case .admin: return words(\.audit.admin)
        case .commandLine: return words(\.audit.commandLine)
        case .server: return words(\.audit.server)
        }
    }

    func when(_ instant: Instant) -> String { formats.dateTime(instant, calendar) }

    /// The last day on which what ends at an instant still counts.
    func lastDay(_ end: Instant) -> String { formats.date(calendar.date(at: end.advanced(byMicroseconds: -1))) }

    func reason(_ reason: AdjustPoints.Reason) -> String {
        switch reason {
        case .goodwill: words(\.points.reasonGoodwill)
        case .correction: words(\.points.reasonCorrection)
        case .missingPoints: words(\.points.reasonMissing)
        case .fraud: words(\.points.reasonFraud)
        case .migration: words(\.points.reasonMigration)
        }
    }

    /// Why an adjustment was asked for, with the note where there is one.
    func reason(_ adjustment: PointAdjustment) -> String {
        [reason(adjustment.reason), adjustment.note].filter { !$0.isEmpty }.joined(separator: ": ")
    }

    // MARK: - Lines

    /// What happened, in words that members understand, too.
    func what(_ line: PointStatementLine) -> String {
        let text: String =
            switch line.kind {
            case .earned where line.isPending: words(\.points.kindEarnedPending)
            case .captured where line.change == 0: words(\.points.kindCapturedHeld)
            case .adjusted: words(line.change < 0 ? \.points.kindTaken : \.points.kindGiven)
            default: what(line.kind)
            }
        // What changes nothing to spend says here how much it was about.
        return line.change == 0 ? "\(text) · \(points(line.amount))" : text
    }

    /// What an entry books, whatever it changes.
    func what(_ kind: PointEntry.Kind) -> String {
        let text: KeyPath<Catalogue, Text> =
            switch kind {
            case .earned: \.points.kindEarned
            case .activated: \.points.kindActivated
            case .cancelled: \.points.kindCancelled
            case .held: \.points.kindHeld
            case .captured: \.points.kindCaptured
            case .released: \.points.kindReleased
            case .lapsed: \.points.kindLapsed
            case .expired: \.points.kindExpired
            case .returned: \.points.kindReturned
            case .revoked: \.points.kindRevoked
            case .moved: \.points.kindMoved
            case .received: \.points.kindReceived
            case .donated: \.points.kindDonated
            case .reinstated: \.points.kindReinstated
            case .adjusted: \.points.reasonCorrection
            case .repaid: \.points.kindRepaid
            case .imported: \.points.kindImported
            }
        return words(text)
    }

    /// What it was for: an order, a reason, a charity, a campaign.
    func source(_ line: PointStatementLine) -> String? {
        if let adjustment = line.adjustment { return reason(adjustment) }
        if let donation = line.donation { return "\(donation.charity) · \(donation.receipt)" }
        if let campaign = line.spending?.campaign { return campaign }
        guard line.kind.isOfSource, let source = line.source, !source.isAdjustment else { return nil }
        let parts = [source.id, source.line, source.rule].filter { !$0.isEmpty }
        return parts.isEmpty ? nil : parts.joined(separator: " · ")
    }

    func line(_ line: PointStatementLine, actions: [PointsPage.LineAction] = []) -> PointsPage.Line {
        let by = line.actor.map(actor) ?? (line.position == nil ? words(\.points.dueNote) : nil)
        return PointsPage.Line(
            when: when(line.effectiveAt), timestamp: line.effectiveAt.rfc3339, what: what(line), source: source(line), by: by,
            into: line.change > 0 ? points(line.change) : nil,
            out: line.change < 0 ? formats.points(-line.change, scale: currency.scale) : nil,
            balance: points(line.balance), member: line.member.text, memberURL: SiteURL.pointMember(line.member.text),
            actions: actions)
    }

    // MARK: - Balances and lots

    func stats(_ balance: PointBook.Balance) -> [Stat] {
        var stats = [Stat(label: words(\.points.available), value: points(balance.available))]
        if balance.pending != 0 { stats.append(Stat(label: words(\.points.pending), value: points(balance.pending))) }
        if balance.held != 0 { stats.append(Stat(label: words(\.points.held), value: points(balance.held))) }
        if balance.debt != 0 { stats.append(Stat(label: words(\.points.debt), value: points(balance.debt))) }
        return stats
    }

    func lot(_ lot: PointLot, action: String?, command: String) -> PointsPage.Lot {
        var state: String?
        switch lot.activation {
        case .active: state = nil
        case .at(let instant): state = words(\.points.activeFrom, ["date": when(instant)])
        case .awaited(let until): state = words(\.points.awaited, ["date": when(until)])
        }
        let held = lot.quantities.held
        let source = lot.source.isAdjustment ? words(\.points.kindGiven) : lot.source.id
        return PointsPage.Lot(
            number: lot.id.description, source: source, left: points(lot.quantities.remaining),
            held: held == 0 ? nil : "\(words(\.points.held)): \(points(held))",
            ends: lot.expiresAt.map(lastDay) ?? words(\.points.never), state: state,
            tag: lot.isFrozen ? TagItem(kind: "bad", label: words(\.points.frozen)) : nil, action: action,
            freezes: lot.isFrozen ? "0" : "1", button: words(lot.isFrozen ? \.points.unfreeze : \.points.freeze),
            command: "\(command)-lot-\(lot.id)")
    }
}
