public import Model
import OrderedCollections

/// One physical gift on its way from the wish to the door.
public struct GiftFulfilment: Hashable, Sendable {
    public enum State: String, Sendable, CaseIterable {
        case requested, reserved, packed, shipped, delivered, failed, returned, cancelled
    }

    public enum Step: String, Sendable, CaseIterable {
        case reserve, pack, ship, deliver, fail
        case takeBack = "return"
        case cancel
    }

    public struct Mark: Hashable, Sendable {
        public let state: State
        public let at: Instant
    }

    /// What a step means for the use of the benefit that the gift belongs to.
    public enum Effect: String, Sendable {
        /// It is on its way: from now on it is used and lapses no more.
        case confirm
        /// It never left: the use is let go.
        case cancel
        /// It came back: the use is given back.
        case refund
    }

    /// That of the use.
    public let id: BenefitID
    public let stock: String
    public let amount: Int64
    public internal(set) var state = State.requested
    /// When it came into each state.
    public internal(set) var history: [Mark]
    /// Since when its address may be used for it; nil for not at all.
    public internal(set) var addressConsentAt: Instant?

    public init(id: BenefitID, stock: String, amount: Int64 = 1, now: Instant) {
        self.id = id
        self.stock = stock
        self.amount = amount
        history = [Mark(state: .requested, at: now)]
    }

    /// Lets the address be used, or no more; what is on its way already is not stopped by that.
    public mutating func consent(_ isGiven: Bool, now: Instant) { addressConsentAt = isGiven ? addressConsentAt ?? now : nil }

    /// Takes a step, with what it means for the stock; the answer is what it means for the use.
    public mutating func take(_ step: Step, from stock: inout GiftStock, now: Instant) throws(Refusal) -> Effect? {
        let steps = GiftFulfilment.next[state] ?? [:]
        guard let next = steps[step] else {
            let possible = Step.allCases.filter { steps[$0] != nil }.map(\.rawValue)
            throw Refusal([BenefitReason.wrongState(state.rawValue, asked: step.rawValue, possible: possible)])
        }
        guard stock.key == self.stock else { throw Refusal([BenefitReason.unknown(.stock, stock.key)]) }
        if step == .pack || step == .ship, addressConsentAt == nil { throw Refusal("CONSENT_MISSING", ["purpose": "address"]) }
        let effect = try move(step, &stock)
        state = next
        history.append(Mark(state: next, at: now))
        return effect
    }

    private func move(_ step: Step, _ stock: inout GiftStock) throws(Refusal) -> Effect? {
        switch step {
        case .reserve: try stock.reserve(amount)
        case .ship where state == .packed:
            try stock.ship(amount)
            return .confirm
        case .cancel:
            if state != .requested { stock.release(amount) }
            return .cancel
        case .takeBack:
            try stock.add(amount)
            return .refund
        case .ship, .pack, .deliver, .fail: break
        }
        return nil
    }

    /// The steps that it can take from where it is.
    public var steps: [Step] { Step.allCases.filter { GiftFulfilment.next[state]?[$0] != nil } }

    private static let next: [State: [Step: State]] = [
        .requested: [.reserve: .reserved, .cancel: .cancelled],
        .reserved: [.pack: .packed, .cancel: .cancelled],
        .packed: [.ship: .shipped, .cancel: .cancelled],
        .shipped: [.deliver: .delivered, .fail: .failed],
        .delivered: [.takeBack: .returned],
        // Once more to the door, or back to the store room.
        .failed: [.ship: .shipped, .takeBack: .returned],
    ]
}
