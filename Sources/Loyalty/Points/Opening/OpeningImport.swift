import Model
import OrderedCollections
import Records

/// Takes over row after row of a file within a draft.
struct OpeningImport {
    private(set) var draft: ProgramDraft
    private(set) var report = OpeningReport()

    private let currency: PointCurrency
    private let effectiveAt: Instant?
    /// Members who came in by this file: they are in no table yet.
    private var enrolled: [Identity: ProgramMember] = [:]
    private var numbers: Set<ProgramMemberID> = []
    /// Digests of rows of this file, by their keys.
    private var taken: [String: String] = [:]
    /// Books in which something of the file is: it came at one instant.
    private var touched: OrderedSet<PointBookKey> = []

    init(_ draft: ProgramDraft, _ currency: PointCurrency, effectiveAt: Instant?) {
        self.draft = draft
        self.currency = currency
        self.effectiveAt = effectiveAt
    }

    /// Lets all rows come at one instant: later than all that was done to the books that they ask.
    mutating func begin(_ rows: [OpeningRow]) throws(ProgramFailure) {
        let currency = currency.key
        for case .lot(let lot) in rows {
            let owner = try draft.asking { transaction throws(Problem) in try transaction.earning(lot.source, currency)?.owner }
            for member in [owner, try draft.find(lot.member)?.id] {
                if let member { try draft.follow(PointBookKey(member: member, currency: currency)) }
            }
        }
    }

    mutating func take(_ row: OpeningRow) throws(ProgramFailure) {
        switch row {
        case .unreadable(_, _, let reason): report.refuse(row, [reason])
        case .lot(let lot):
            do throws(ProgramFailure) {
                if try isKnown(lot) { report.repeated.add(lot) } else { try takeOver(lot) }
            } catch {
                guard case .refused(let refusal) = error else { throw error }
                report.refuse(row, refusal.reasons)
            }
        }
    }

    /// Books what time has done since with what came.
    mutating func finish() throws(ProgramFailure) {
        for key in touched {
            try draft.change(key) { book, now throws(PointRefusal) in book.settle(until: now) }
        }
    }

    /// Whether the row came before as it is.
    private func isKnown(_ lot: OpeningLot) throws(ProgramFailure) -> Bool {
        let (key, currency) = (lot.row, currency.key)
        var known = taken[key]
        if known == nil {
            known = try draft.reading { tables throws(Problem) in try tables.openingDigest(of: key, in: currency) }
        }
        guard let known else { return false }
        guard known == lot.digest else { throw .refused(Refusal("OPENING_ROW_CONFLICT", ["row": .string(lot.row)])) }
        return true
    }

    private mutating func takeOver(_ lot: OpeningLot) throws(ProgramFailure) {
        var reasons = lot.reasons(at: effectiveAt ?? draft.now)
        if let known = try draft.load(earning: lot.source, currency) {
            reasons.append(PointRefusal.alreadyEarned(lot.source, by: known.member))
        }
        let known = try member(of: lot, &reasons)
        if let known { reasons += try self.reasons(against: known, lot.expiresAt) }
        // Nobody becomes a member by a row that is refused.
        if !reasons.isEmpty { throw .refused(Refusal(reasons)) }
        let member: ProgramMember
        if let known { member = known } else { member = try enrol(lot) }
        let key = try draft.open(member, currency)
        let (points, effectiveAt) = (lot.points(currency, in: draft.calendar), effectiveAt)
        let id = try draft.change(key) { book, now throws(PointRefusal) in
            try book.takeOver(points, earned: lot.original ?? lot.amount, at: effectiveAt ?? now)
        }
        touched.append(key)
        note(lot, id, key)
    }

    /// Why nothing with such an end can come into a member's book at that instant.
    private mutating func reasons(against member: ProgramMember, _ end: Instant?) throws(ProgramFailure) -> [Refusal.Reason] {
        let key = try draft.open(member, currency)
        let bars = end == nil ? nil : try draft.barsExpiry(of: member, currency)
        let forbidden = bars.map { [Refusal.Reason("EXPIRY_FORBIDDEN", ["jurisdiction": .string($0)])] } ?? []
        guard let effectiveAt, !touched.contains(key) else { return forbidden }
        let last = try draft.book(key).book.settledUntil
        let moment = PointMoment(now: draft.now, closedUntil: .distantPast, bookedUntil: last)
        return forbidden + moment.reasons(against: effectiveAt)
    }

    private mutating func note(_ lot: OpeningLot, _ id: PointID, _ key: PointBookKey) {
        taken[lot.row] = lot.digest
        report.taken.add(lot)
        // An end is the first instant after the last day.
        let last = lot.expiresAt.map { draft.calendar.date(at: $0.advanced(byMicroseconds: -1)) }
        report.byEnd[last.map { PointMonth(holding: $0).text } ?? "", default: 0] += lot.amount
        report.members.insert(key.member)
        let (command, at) = (draft.id, effectiveAt ?? draft.now)
        draft.write { tables throws(Problem) in try tables.insert(lot, as: id, of: key, at: at, command: command) }
    }

    /// Whose points they are; nil for somebody who is to become a member.
    private func member(of lot: OpeningLot, _ reasons: inout [Refusal.Reason]) throws(ProgramFailure) -> ProgramMember? {
        var isIdentity = false
        if case .identity(let identity) = lot.member.name {
            isIdentity = true
            for identity in [identity] + lot.member.others {
                if let member = enrolled[identity] { return member }
            }
        }
        if isIdentity, try draft.find(lot.member) == nil { return nil }
        do throws(ProgramFailure) { return try draft.member(lot.member) } catch {
            guard case .refused(let refusal) = error else { throw error }
            reasons += refusal.reasons
            return nil
        }
    }

    private mutating func enrol(_ lot: OpeningLot) throws(ProgramFailure) -> ProgramMember {
        guard case .identity(let identity) = lot.member.name else { return try draft.member(lot.member) }
        let member = try draft.enrol(identity, .person, seed: "\(draft.id)\n\(lot.row)", except: numbers)
        numbers.insert(member.id)
        enrolled[identity] = member
        report.enrolledCount += 1
        return member
    }
}

/// What has become of a file's rows.
struct OpeningReport {
    struct Sum {
        var rows: Int64 = 0
        var points: Int64 = 0

        /// The sum of a file was counted before: it is within bounds.
        mutating func add(_ lot: OpeningLot) {
            rows += 1
            points += lot.amount
        }

        var json: JSONValue { ["rows": .int(rows), "points": .int(points)] }
    }

    /// Taken over now.
    var taken = Sum()
    /// Taken over before.
    var repeated = Sum()
    var members: Set<ProgramMemberID> = []
    var enrolledCount = 0
    /// Points by the month in which they end, `` for never.
    var byEnd: [String: Int64] = [:]
    private(set) var refused: [(row: OpeningRow, reasons: [Refusal.Reason])] = []

    mutating func refuse(_ row: OpeningRow, _ reasons: [Refusal.Reason]) { refused.append((row, reasons)) }

    func json(_ currency: PointCurrency, isTrial: Bool) -> JSONValue {
        [
            "currency": .string(currency.key), "trial": .bool(isTrial), "taken": taken.json, "repeated": repeated.json,
            "members": .int(Int64(members.count)), "enrolled": .int(Int64(enrolledCount)),
            "by_end": .array(
                byEnd.sorted { $0.key < $1.key }.map { month, points in
                    ["month": month.isEmpty ? .null : .string(month), "points": .int(points)]
                }),
            "refused": .array(
                refused.map { row, reasons in
                    ["row": .string(row.key), "amount": .int(row.amount), "reasons": .array(reasons.map(\.json))]
                }),
        ]
    }
}
