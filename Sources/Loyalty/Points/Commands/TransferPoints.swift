public import Model
import OrderedCollections
import Records

/// Moves points from one member to another, with their expiry and worth.
public struct TransferPoints: ProgramCommand {
    public let giver: MemberWish
    public let receiver: MemberWish
    public let currency: String
    public let amount: Int64
    /// When it counts; nil for now.
    ///
    /// Not in a closed month, nor before what was booked for either member already.
    public var effectiveAt: Instant?
    /// When a new device came last to the giver, as far as is known: no part of the wish.
    public var newDeviceAt: Instant?

    public init(_ amount: Int64, of currency: String, from giver: MemberWish, to receiver: MemberWish) {
        self.giver = giver
        self.receiver = receiver
        self.currency = currency
        self.amount = amount
    }

    public var content: JSONValue {
        var members: OrderedDictionary<String, JSONValue> = [
            "command": "transfer", "from": giver.content, "to": receiver.content, "currency": .string(currency),
            "amount": .int(amount),
        ]
        if let effectiveAt { members["effective_at"] = .string(effectiveAt.rfc3339) }
        return .object(members)
    }

    public var isOfPointsAlone: Bool { true }
    public var mentions: Set<String>? { [] }

    public func foresee(_ foresight: inout PointForesight) {
        foresight.ask(giver, currency)
        foresight.ask(giver: giver, currency)
        foresight.ask(receiver, currency)
        foresight.ask(receiver: receiver)
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let wish = self.receiver
        let (currency, giver, known) = try draft.named(currency, giver: giver, amounts: [amount]) {
            draft throws(ProgramFailure) in try draft.member(wish)
        }
        guard let receiver = known else { throw .refused(Refusal("MEMBER_UNKNOWN", ["member": wish.content])) }
        let from = try draft.open(giver, currency)
        let to = try draft.open(receiver, currency)
        var reasons = CommandReasons()
        try reasons.collect { () throws(ProgramFailure) in
            try draft.requireConsent(of: receiver, currency, asksEachTime: false)
        }
        for key in [from, to] { try reasons.collect { () throws(ProgramFailure) in try draft.moment(effectiveAt, key) } }
        let (amount, moment) = (amount, effectiveAt ?? draft.now)
        try reasons.collect { () throws(ProgramFailure) in
            try draft.requireTransfer(amount, from, currency.transfers, at: moment, newDeviceAt: newDeviceAt)
        }
        try reasons.refuse()
        var other = try draft.book(to)
        try draft.change(from, at: moment) { book, now throws(PointRefusal) in try book.transfer(amount, to: &other.book, now: now)
        }
        other.book.settle(until: draft.now)
        draft.set(other, to)
        return [
            "from": .string(giver.id.text), "to": .string(receiver.id.text), "currency": .string(currency.key),
            "amount": .int(amount), "balance": try draft.balance(from),
        ]
    }
}

extension ProgramDraft {
    /// Throws all reasons for which a member may not give so much: too little at once, too much or too often in the month.
    ///
    /// - Parameters:
    ///   - moment: When it counts; nil for now.
    ///   - newDeviceAt: When a new device came last to the member.
    ///   - offered: What others have not taken yet, by command.
    func requireTransfer(
        _ amount: Int64, _ key: PointBookKey, _ rules: PointTransferRules, at moment: Instant? = nil, newDeviceAt: Instant?,
        offered: [String: Int64] = [:]
    ) throws(ProgramFailure) {
        let start = calendar.bucketStart(of: .month, at: moment ?? now)
        let given = try asking { transaction throws(Problem) in try transaction.given(key, since: start) }
        let total = offered.values.reduce(given.amount, +)
        var reasons: [Refusal.Reason] = []
        if (1 ..< rules.amountMin).contains(amount) {
            reasons.append(.init("TRANSFER_TOO_SMALL", ["min": .int(rules.amountMin)]))
        }
        if let most = rules.amountPerMonth, amount > max(0, most - total) {
            reasons.append(.init("TRANSFER_MONTH_AMOUNT", ["left": .int(max(0, most - total))], isRetryable: true))
        }
        if given.count + offered.count >= rules.countPerMonth {
            reasons.append(.init("TRANSFER_MONTH_COUNT", ["max": .int(rules.countPerMonth)], isRetryable: true))
        }
        if let end = rules.coolDownEnd(newDeviceAt: newDeviceAt), moment ?? now < end {
            reasons.append(.init("TRANSFER_COOL_DOWN", ["until": .string(end.rfc3339)], isRetryable: true))
        }
        if !reasons.isEmpty { throw .refused(Refusal(reasons)) }
    }
}

/// What a member has given to others since the start of a month.
struct PointsGiven: Hashable {
    let start: Instant
    var amount: Int64 = 0
    /// By how many commands.
    var count = 0

    /// Counts what one command has booked.
    mutating func add(_ entries: [PointEntry]) {
        let moved = entries.filter { $0.kind == .moved && $0.effectiveAt >= start }
        if moved.isEmpty { return }
        amount += moved.reduce(0) { $0 + $1.amount }
        count += 1
    }
}

extension ProgramTables {
    /// What a member has given to others since an instant.
    ///
    /// `+` keeps SQLite from going through everybody's entries of the month.
    func given(_ key: PointBookKey, since start: Instant) throws(Problem) -> PointsGiven {
        try first(
            """
            SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT), COUNT(DISTINCT command) FROM point_entries
            WHERE workspace = ? AND member = ? AND currency = ? AND kind = 'moved' AND +effective_at >= ?
            """, values(of: key, .instant(start))
        ) { reader throws(Problem) in
            PointsGiven(start: start, amount: try reader.integer(), count: try reader.count())
        } ?? PointsGiven(start: start)
    }
}
