public import Model
import OrderedCollections

/// Takes back what was earned for a source: by returned units, or by an amount for a dispute or fraud.
public struct TakeBackPoints: ProgramCommand {
    public enum Reason: Hashable, Sendable {
        /// The returned units of the line.
        case returned(units: Int64)
        case disputed(Int64)
    }

    public let currency: String
    public let source: PointSource
    public let reason: Reason
    /// When it counts; nil for now.
    ///
    /// Not in a closed month, nor before what was booked for the member already.
    public var effectiveAt: Instant?

    public init(_ reason: Reason, of currency: String, earnedFor source: PointSource) {
        self.currency = currency
        self.source = source
        self.reason = reason
    }

    public var content: JSONValue {
        let (word, count): (String, Int64) =
            switch reason {
            case .returned(let units): ("units", units)
            case .disputed(let amount): ("amount", amount)
            }
        var members: OrderedDictionary<String, JSONValue> = [
            "command": "take_back", "currency": .string(currency),
            "source": .array([.string(source.id), .string(source.line), .string(source.rule)]), word: .int(count),
        ]
        if let effectiveAt { members["effective_at"] = .string(effectiveAt.rfc3339) }
        return .object(members)
    }

    public var isOfPointsAlone: Bool { true }
    public var mentions: Set<String>? { [source.id] }
    public func foresee(_ foresight: inout PointForesight) { foresight.ask(source, currency) }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        try draft.requireProgram()
        var reasons = CommandReasons()
        let known = try reasons.collect { () throws(ProgramFailure) in try draft.currency(self.currency) }
        switch reason {
        case .returned(let count), .disputed(let count): reasons.require([count])
        }
        let found = try known.flatMap { currency throws(ProgramFailure) in try draft.load(earning: self.source, currency) }
        if known != nil, found == nil {
            reasons.add(PointRefusal.unknownSource(source).refusal.reasons)
            // What was earned by the event of an order, or with an earlier version, is found by whatever ids it has.
            for (field, id) in source.ids { reasons.require(name: id, field) }
        }
        guard let currency = known, let key = found, reasons.all.isEmpty else { throw reasons.failure }
        let (source, reason) = (source, reason)
        let book = try draft.book(key).book
        let moment: Instant? =
            try effectiveAt == nil
            ? nil : draft.moment(effectiveAt, key, earnedAt: book.earnings[source].flatMap { book.lots[$0.lot]?.earnedAt })
        let taken = try draft.takeBack(earnedFor: source, key, currency) { book, now, isElsewhere throws(PointRefusal) in
            let taken =
                switch reason {
                case .returned(let units): try book.reverseEarn(source, units: units, isElsewhere: isElsewhere, now: moment ?? now)
                case .disputed(let amount): try book.dispute(source, amount, isElsewhere: isElsewhere, now: moment ?? now)
                }
            book.settle(until: now)
            return taken
        }.taken
        try draft.giveBack(taken, earnedFor: source, currency.key)
        return [
            "member": .string(key.member.text), "currency": .string(currency.key), "taken": .int(taken),
            "balance": try draft.balance(key),
        ]
    }
}
