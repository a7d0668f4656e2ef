public import Model
import OrderedCollections

/// Gives a member points for one line of one source.
public struct EarnPoints: ProgramCommand {
    /// When the points can be spent.
    public enum Start: Hashable, Sendable {
        case now
        case at(Instant)
        /// When they are activated; without that they are taken back at that instant.
        case awaited(until: Instant)
    }

    public var member: MemberWish
    public var currency: String
    public var amount: Int64
    public var source: PointSource
    /// How many units of the line the points are for.
    public var units: Int64 = 1
    public var start = Start.now
    /// When the purchase was; nil for now.
    ///
    /// What the currency says of expiry counts from it.
    public var earnedAt: Instant?
    /// The end; nil for what the currency says.
    public var expiresAt: Instant?
    public var fundedBy: String?
    public var colours: Set<String> = []
    public var isTransferable = true
    /// When the books count it; nil for now.
    ///
    /// Not in a closed month, nor before what was booked for the member already.
    public var effectiveAt: Instant?

    public init(_ amount: Int64, of currency: String, to member: MemberWish, for source: PointSource) {
        self.member = member
        self.currency = currency
        self.amount = amount
        self.source = source
    }

    public var content: JSONValue {
        var members = JSONMembers()
        members.put("command", "earn")
        members.put("member", member.content)
        members.put("currency", currency)
        members.put("amount", .int(amount))
        members.put("source", .array([.string(source.id), .string(source.line), .string(source.rule)]))
        members.put("units", .int(units))
        switch start {
        case .now: break
        case .at(let instant): members.put("activates_at", instant)
        case .awaited(let until): members.put("awaited_until", until)
        }
        members.put("earned_at", earnedAt)
        members.put("expires_at", expiresAt)
        members.put("funded_by", fundedBy)
        members.put("colours", .array(colours.sorted().map { .string($0) }))
        members.put("transferable", isTransferable)
        if let effectiveAt { members.put("effective_at", effectiveAt) }
        return members.json
    }

    public var isOfPointsAlone: Bool { true }
    public var mentions: Set<String>? { [source.id] }

    public func foresee(_ foresight: inout PointForesight) {
        foresight.ask(member, currency)
        foresight.ask(source, currency)
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let (currency, member) = try draft.named(
            currency, member, earns: true, amounts: [amount, units], names: names, ids: source.ids)
        let key = try draft.open(member, currency)
        var reasons = CommandReasons()
        if let known = try draft.load(earning: source, currency) {
            reasons.add([PointRefusal.alreadyEarned(source, by: known.member)])
        }
        try reasons.collect { () throws(ProgramFailure) in try draft.requireExpiry(expiresAt, of: member, currency) }
        reasons.add(timeReasons(now: draft.now))
        try reasons.refuse()
        var points = points(currency, draft)
        if try draft.barsExpiry(of: member, currency) != nil { points.expiresAt = nil }
        let earned = points
        let moment = try draft.moment(effectiveAt, key, earnedAt: earnedAt)
        let lot = try draft.change(key, at: moment) { book, now throws(PointRefusal) in try book.earn(earned, at: now) }
        return [
            "member": .string(member.id.text), "currency": .string(currency.key), "lot": .int(lot.number), "amount": .int(amount),
            "expires_at": points.expiresAt.map { .string($0.rfc3339) } ?? .null, "balance": try draft.balance(key),
        ]
    }

    /// Why points cannot be earned, start or end at the instants that it names: nobody could ever spend them.
    private func timeReasons(now: Instant) -> [Refusal.Reason] {
        var reasons: [Refusal.Reason] = []
        if let earnedAt, earnedAt > now {
            reasons.append(.init("EFFECTIVE_IN_FUTURE", ["at": .string(earnedAt.rfc3339)], isRetryable: true))
        }
        guard let expiresAt else { return reasons }
        if expiresAt <= min(effectiveAt ?? now, now) {
            reasons.append(.init("OPENING_LOT_OVER", ["expires_at": .string(expiresAt.rfc3339)]))
        } else if case .at(let start) = start, expiresAt <= start {
            reasons.append(
                .init(
                    "LOT_NEVER_ACTIVE",
                    ["activates_at": .string(start.rfc3339), "expires_at": .string(expiresAt.rfc3339)]))
        }
        return reasons
    }

    private var names: [(field: String, name: String)] {
        (fundedBy.map { [("funded_by", $0)] } ?? []) + colours.sorted().map { ("colours", $0) }
    }

    private func points(_ currency: PointCurrency, _ draft: ProgramDraft) -> NewPoints {
        let earnedAt = min(earnedAt ?? effectiveAt ?? draft.now, draft.now)
        var points = NewPoints(amount, for: source, earnedAt: earnedAt, vintage: draft.calendar.vintage(of: earnedAt))
        points.units = units
        points.expiresAt = expiresAt ?? currency.expiry(of: earnedAt, in: draft.calendar)
        (points.fundedBy, points.colours, points.isTransferable) = (fundedBy, colours, isTransferable)
        points.value = currency.value
        switch start {
        case .now: break
        case .at(let instant): points.activation = .at(instant)
        case .awaited(let until): points.activation = .awaited(until: until)
        }
        return points
    }
}

extension ZoneCalendar {
    /// `year × 100 + month` of an instant.
    func vintage(of instant: Instant) -> Int64 {
        let (year, month, _) = date(at: instant).components
        return Int64(year) * 100 + Int64(month)
    }
}
