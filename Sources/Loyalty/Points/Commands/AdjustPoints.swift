public import Model
import OrderedCollections
import Records

/// Gives or takes points by decision of the house; above the currency's limit it waits for a second person.
public struct AdjustPoints: ProgramCommand {
    /// Why; the list is closed, so that reports can count by it.
    public enum Reason: String, Sendable, CaseIterable {
        case goodwill, correction, missingPoints = "missing_points", fraud, migration
    }

    public let member: MemberWish
    public let currency: String
    /// Above 0 gives, below takes.
    public let amount: Int64
    public let reason: Reason
    public let note: String
    /// The closed month of the currency that it corrects, as `2026-03`; nil for none.
    public let corrects: String?
    /// When it counts, once it is booked; nil for when that is.
    ///
    /// Not in a closed month, nor before what was booked for the member already.
    public var effectiveAt: Instant?

    public init(
        _ amount: Int64, of currency: String, for member: MemberWish, reason: Reason, note: String, corrects: String? = nil
    ) {
        self.member = member
        self.currency = currency
        self.amount = amount
        self.reason = reason
        self.note = note
        self.corrects = corrects
    }

    public var content: JSONValue {
        var members: OrderedDictionary<String, JSONValue> = [
            "command": "adjust", "member": member.content, "currency": .string(currency), "amount": .int(amount),
            "reason": .string(reason.rawValue), "note": .string(note), "corrects": .optional(corrects),
        ]
        if let effectiveAt { members["effective_at"] = .string(effectiveAt.rfc3339) }
        return .object(members)
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        // Below 0 takes: that there is something is what counts.
        let size = amount > .min ? abs(amount) : .max
        var reasons = CommandReasons()
        let found = try reasons.collect { () throws(ProgramFailure) in
            try draft.named(self.currency, self.member, amounts: [size])
        }
        if size > PointBook.receivedMax {
            reasons.add([.init("OVERFLOW", ["max": .int(PointBook.receivedMax), "amount": .int(amount)])])
        }
        guard let (currency, member) = found, reasons.all.isEmpty else { throw reasons.failure }
        // A book never receives less by what comes later: nobody could carry it out.
        let received = try draft.book(PointBookKey(member: member.id, currency: currency.key)).book.received
        guard amount <= PointBook.receivedMax - received else {
            throw .refused(PointRefusal.overflow(max: PointBook.receivedMax).refusal)
        }
        if let corrects { try draft.requireClosed(corrects, of: currency) }
        let adjustment = PointAdjustment(
            id: draft.id, member: member.id, currency: currency.key, amount: amount, reason: reason, note: note,
            corrects: corrects, effectiveAt: effectiveAt, askedBy: draft.actor.text, askedAt: draft.now)
        guard amount.magnitude <= UInt64(currency.approvalAbove) else {
            // Whoever decides cannot name another instant.
            if effectiveAt != nil {
                let key = try draft.open(member, currency)
                _ = try draft.moment(effectiveAt, key)
            }
            draft.write { tables throws(Problem) in try tables.insert(adjustment) }
            return [
                "adjustment": .string(draft.id), "state": "waiting", "member": .string(member.id.text), "amount": .int(amount),
            ]
        }
        let balance = try draft.carryOut(adjustment, currency, member)
        var decided = adjustment
        decided.decide(true, by: draft.actor.text, at: draft.now)
        let booked = decided
        draft.write { tables throws(Problem) in try tables.insert(booked) }
        return [
            "adjustment": .string(draft.id), "state": "booked", "member": .string(member.id.text), "amount": .int(amount),
            "balance": balance,
        ]
    }
}

/// Decides an adjustment that waits: by somebody other than who asked for it.
public struct DecideAdjustment: ProgramCommand {
    public let adjustment: String
    public let approves: Bool

    public init(_ adjustment: String, approves: Bool) {
        self.adjustment = adjustment
        self.approves = approves
    }

    public var content: JSONValue {
        ["command": "decide_adjustment", "adjustment": .string(adjustment), "approve": .bool(approves)]
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let id = adjustment
        guard var asked = try draft.reading({ tables throws(Problem) in try tables.adjustment(id) }) else {
            throw .refused(Refusal("ADJUSTMENT_UNKNOWN", ["adjustment": .string(id)]))
        }
        guard asked.decidedAt == nil else {
            throw .refused(Refusal("ADJUSTMENT_DECIDED", ["adjustment": .string(id), "by": .optional(asked.decidedBy)]))
        }
        try draft.requireSecondPerson(than: asked.askedBy, for: id)
        var balance = JSONValue.null
        if approves {
            let currency = try draft.currency(asked.currency)
            let member = try draft.member(MemberWish(.id(asked.member)))
            balance = try draft.carryOut(asked, currency, member)
        }
        asked.decide(approves, by: draft.actor.text, at: draft.now)
        let decided = asked
        draft.write { tables throws(Problem) in try tables.decide(decided) }
        return [
            "adjustment": .string(id), "state": approves ? "booked" : "refused", "member": .string(asked.member.text),
            "amount": .int(asked.amount), "balance": balance,
        ]
    }
}

/// An adjustment that was asked for.
public struct PointAdjustment: Hashable, Sendable {
    /// That of the command that asked for it.
    public let id: String
    public let member: ProgramMemberID
    public let currency: String
    public let amount: Int64
    public let reason: AdjustPoints.Reason
    public let note: String
    public let corrects: String?
    /// When it counts; nil for when it is booked.
    public internal(set) var effectiveAt: Instant?
    public let askedBy: String
    public let askedAt: Instant
    public internal(set) var decidedBy: String?
    public internal(set) var decidedAt: Instant?
    /// nil while it waits.
    public internal(set) var isApproved: Bool?

    mutating func decide(_ approves: Bool, by actor: String, at now: Instant) {
        (isApproved, decidedBy, decidedAt) = (approves, actor, now)
    }
}

extension ProgramDraft {
    /// Throws when who asked and who decides are one person, by themselves or behind a key.
    fileprivate func requireSecondPerson(than asker: String, for adjustment: String) throws(ProgramFailure) {
        let actor = actor.text
        let isSame = try reading { tables throws(Problem) in
            try tables.person(behind: asker) == tables.person(behind: actor)
        }
        guard !isSame else {
            throw .refused(
                Refusal("SECOND_PERSON_NEEDED", ["adjustment": .string(adjustment), "by_key": .bool(asker != actor)]))
        }
    }

    /// Throws when a month is not closed: what counts in an open one corrects nothing.
    fileprivate func requireClosed(_ month: String, of currency: PointCurrency) throws(ProgramFailure) {
        let closed = try reading { tables throws(Problem) in try tables.closedMonths(of: currency.key) }
        if let month = PointMonth(text: month), closed?.contains(month) == true { return }
        throw .refused(
            Refusal(
                "MONTH_NOT_CLOSED",
                [
                    "month": .string(month), "first": .optional(closed?.lowerBound.text),
                    "last": .optional(closed?.upperBound.text),
                ]))
    }

    /// Books an adjustment and tells the balance.
    fileprivate mutating func carryOut(
        _ adjustment: PointAdjustment, _ currency: PointCurrency, _ member: ProgramMember
    ) throws(ProgramFailure) -> JSONValue {
        let key = try open(member, currency)
        let source = PointSource(adjustment: adjustment.id)
        let (calendar, amount, bars) = (calendar, adjustment.amount, try barsExpiry(of: member, currency) != nil)
        let moment = try moment(adjustment.effectiveAt, key)
        try change(key, at: moment) { book, now throws(PointRefusal) in
            guard amount > 0 else { return try book.deduct(-amount, now: now) }
            var points = NewPoints(amount, for: source, earnedAt: now, vintage: calendar.vintage(of: now))
            points.expiresAt = bars ? nil : currency.expiry(of: now, in: calendar)
            points.value = currency.value
            _ = try book.earn(points, as: .adjusted, at: now)
        }
        return try balance(key)
    }
}

extension ProgramTables {
    private static let columns = """
        id, member, currency, amount, reason, note, corrects, effective_at, asked_by, asked_at, decided_by, decided_at, approved
        """

    /// Who made a key, and who made the key that made it, up to an actor that is no key or a key of which nobody wrote it down.
    func person(behind actor: String) throws(Problem) -> String {
        var actor = actor
        while case .key? = Actor(text: actor),
            let maker = try first(
                "SELECT created_by FROM keys WHERE workspace = ? AND id = ? AND created_by IS NOT NULL", values(.text(actor)),
                { reader throws(Problem) in try reader.text() })
        {
            actor = maker
        }
        return actor
    }

    func adjustment(_ id: String) throws(Problem) -> PointAdjustment? {
        try first(
            "SELECT \(Self.columns) FROM point_adjustments WHERE workspace = ? AND id = ?", values(.text(id)), Self.adjustment)
    }

    /// The adjustments that wait, the oldest first, or the last that were decided.
    func adjustments(waiting: Bool, limit: Int) throws(Problem) -> [PointAdjustment] {
        let condition =
            waiting
            ? "decided_at IS NULL ORDER BY asked_at, id" : "decided_at IS NOT NULL ORDER BY decided_at DESC, id"
        return try list(
            "SELECT \(Self.columns) FROM point_adjustments WHERE workspace = ? AND \(condition) LIMIT ?", values(.count(limit)),
            Self.adjustment)
    }

    /// All that were asked for a member, the oldest first.
    func adjustments(of member: ProgramMemberID) throws(Problem) -> [PointAdjustment] {
        try list(
            "SELECT \(Self.columns) FROM point_adjustments WHERE workspace = ? AND member = ? ORDER BY asked_at, id",
            values(.integer(member.number)), Self.adjustment)
    }

    private static func adjustment(_ reader: inout RowReader) throws(Problem) -> PointAdjustment {
        let (id, member) = (try reader.text(), ProgramMemberID(number: try reader.integer()))
        let (currency, amount) = (try reader.text(), try reader.integer())
        let reason = try reader.word { AdjustPoints.Reason(rawValue: $0) }
        var adjustment = PointAdjustment(
            id: id, member: member, currency: currency, amount: amount, reason: reason, note: try reader.text(),
            corrects: try reader.optionalText(), effectiveAt: try reader.optionalInstant(), askedBy: try reader.text(),
            askedAt: try reader.instant())
        (adjustment.decidedBy, adjustment.decidedAt) = (try reader.optionalText(), try reader.optionalInstant())
        adjustment.isApproved = try reader.optionalCount().map { $0 != 0 }
        return adjustment
    }

    func insert(_ adjustment: PointAdjustment) throws(Problem) {
        try connection.execute(
            "INSERT INTO point_adjustments (workspace, \(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            values(
                .text(adjustment.id), .integer(adjustment.member.number), .text(adjustment.currency), .integer(adjustment.amount),
                .text(adjustment.reason.rawValue), .text(adjustment.note), .optional(adjustment.corrects),
                .optional(adjustment.effectiveAt), .text(adjustment.askedBy), .instant(adjustment.askedAt),
                .optional(adjustment.decidedBy),
                .optional(adjustment.decidedAt), adjustment.isApproved.map { .flag($0) } ?? .null))
    }

    func decide(_ adjustment: PointAdjustment) throws(Problem) {
        try connection.execute(
            "UPDATE point_adjustments SET decided_by = ?, decided_at = ?, approved = ? WHERE workspace = ? AND id = ?",
            [
                .optional(adjustment.decidedBy), .optional(adjustment.decidedAt),
                adjustment.isApproved.map { .flag($0) } ?? .null, .text(workspace.text), .text(adjustment.id),
            ])
    }
}
