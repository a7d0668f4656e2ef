public import Model
import OrderedCollections

/// The points that a partner has bought, from which those are drawn that it pays for: never more than there are.
///
/// What is taken back of its points goes back into it; what its members spend, give away or let expire does not.
public struct PartnerBlock: Hashable, Sendable {
    /// The payer that is the house itself, and buys nothing.
    public static let house = "brand"
    /// The most that one partner ever buys: as much as a thousand members receive at most.
    public static let boughtMax = 1_000 * PointBook.receivedMax

    public let partner: String
    public let currency: String
    /// All that was ever bought.
    public private(set) var bought: Int64 = 0
    /// Issued from it, less what came back.
    public private(set) var drawn: Int64 = 0

    public init(partner: String, currency: String) { (self.partner, self.currency) = (partner, currency) }

    init(partner: String, currency: String, bought: Int64, drawn: Int64) {
        self.init(partner: partner, currency: currency)
        (self.bought, self.drawn) = (bought, drawn)
    }

    /// What can be issued still.
    public var left: Int64 { bought - drawn }

    public mutating func buy(_ amount: Int64) throws(Refusal) {
        guard amount > 0 else { throw PointRefusal.badAmount(amount).refusal }
        guard amount <= PartnerBlock.boughtMax - bought else { throw PointRefusal.overflow(max: PartnerBlock.boughtMax).refusal }
        bought += amount
    }

    /// Puts back what came back and takes out what is issued, or nothing of it.
    public mutating func move(issued: Int64, back: Int64) throws(Refusal) {
        let rest = max(0, drawn - back)
        guard issued <= bought - rest else {
            throw Refusal(
                "PARTNER_BLOCK_EMPTY",
                ["partner": .string(partner), "available": .int(bought - rest), "amount": .int(issued)], isRetryable: true)
        }
        drawn = rest + issued
    }
}

extension Limit.Key {
    private static let blocks = "block/"

    /// What is left of a partner's block, as a limit: it trims what rules give that the partner pays for.
    static func block(of partner: String) -> Limit.Key { Limit.Key(name: blocks + partner) }

    /// Whose block it is; nil for a limit that a program sets.
    var partner: String? { name.hasPrefix(Limit.Key.blocks) ? String(name.dropFirst(Limit.Key.blocks.count)) : nil }
}

extension PartnerBlock {
    /// As earning rules see it.
    var limit: Limit { Limit(key: .block(of: partner), max: bought, used: drawn) }
}

/// A block of points that a partner bought.
public struct PartnerPurchase: Hashable, Sendable {
    /// That of the command.
    public let id: String
    public let amount: Int64
    /// What the partner pays for it, in minor units.
    public let price: Int64
    /// Such as the number of an invoice.
    public let reference: String
    public let actor: String
    public let boughtAt: Instant
}

/// One month of a partner's block: `opening + bought − issued + takenBack = closing`.
public struct PartnerStatement: Hashable, Sendable {
    public let partner: String
    public let currency: String
    public let month: PointMonth
    public let opening: Int64
    public let issued: Int64
    public let takenBack: Int64
    public let purchases: [PartnerPurchase]
    /// All points that it has paid for, of whatever month, as they are at the month's end.
    public let cohort: PointCohort

    public var bought: Int64 { purchases.reduce(0) { $0 + $1.amount } }
    public var closing: Int64 { opening + bought - issued + takenBack }
}
