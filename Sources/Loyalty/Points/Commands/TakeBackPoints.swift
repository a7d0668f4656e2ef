public import Model

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
        return [
            "command": "take_back", "currency": .string(currency),
            "source": .array([.string(source.id), .string(source.line), .string(source.rule)]), word: .int(count),
        ]
    }

    public var isOfPointsAlone: Bool { true }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let currency = try draft.currency(currency)
        guard let key = try draft.load(earning: source, currency) else {
            throw .refused(PointRefusal.unknownSource(source).refusal)
        }
        let (source, reason) = (source, reason)
        let taken = try draft.takeBack(key, currency) { book, now throws(PointRefusal) in
            switch reason {
            case .returned(let units): try book.reverseEarn(source, units: units, now: now)
            case .disputed(let amount): try book.dispute(source, amount, now: now)
            }
        }
        return [
            "member": .string(key.member.text), "currency": .string(currency.key), "taken": .int(taken),
            "balance": try draft.balance(key),
        ]
    }
}
