public import Model

/// One use of a benefit, and the grants that it came from.
public struct BenefitUse: Hashable, Sendable {
    public enum State: Hashable, Sendable {
        /// Pinned for something that is delivered later; over by itself at that instant.
        case reserved(until: Instant)
        case consumed
        case cancelled
    }

    public struct Part: Hashable, Sendable {
        public let grant: BenefitID
        public let amount: Int64
    }

    public let id: BenefitID
    /// It counts in the period of this instant, whatever becomes of it later.
    public let at: Instant
    /// Who of several used it.
    public let user: BenefitParty?
    /// In the order in which they were taken.
    public internal(set) var parts: [Part]
    /// How much of it went beyond what was given.
    public internal(set) var over: Int64
    public internal(set) var state: State
    /// How much of it was given back.
    public internal(set) var refunded: Int64 = 0

    /// What was asked for.
    public var amount: Int64 { parts.reduce(0) { $0 + $1.amount } }

    /// What counts at an instant: nothing of what was cancelled, has lapsed or was given back.
    public func standing(at instant: Instant) -> [Part] {
        switch state {
        case .cancelled: []
        case .reserved(let until): instant < until ? parts : []
        case .consumed: refunded == 0 ? parts : BenefitUse.first(amount - refunded, of: parts)
        }
    }

    var isReserved: Bool { if case .reserved = state { true } else { false } }

    /// The parts that were taken first, up to an amount.
    static func first(_ amount: Int64, of parts: [Part]) -> [Part] {
        var left = amount
        return parts.compactMap { part in
            let taken = min(left, part.amount)
            left -= taken
            return taken > 0 ? Part(grant: part.grant, amount: taken) : nil
        }
    }
}
