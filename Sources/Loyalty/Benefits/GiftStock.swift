import Model
import OrderedCollections

/// How many of one thing lie in a store room, and how many of them are spoken for: `0 <= reserved <= onHand` always.
public struct GiftStock: Hashable, Sendable {
    public let key: String
    public private(set) var onHand: Int64
    public internal(set) var reserved: Int64 = 0

    /// With that many, none of them spoken for; a negative number counts as none.
    public init(key: String, onHand: Int64 = 0) {
        self.key = key
        self.onHand = max(0, onHand)
    }

    /// What can still be promised.
    public var free: Int64 { onHand - reserved }

    /// Puts more into the store room, or with a negative number takes out what nobody was promised.
    public mutating func add(_ count: Int64) throws(Refusal) {
        let (sum, overflow) = onHand.addingReportingOverflow(count)
        guard !overflow, sum <= BenefitReader.countMax else { throw Refusal([BenefitReason.badAmount(count)]) }
        guard sum >= reserved else { throw shortage(Int64(clamping: count.magnitude)) }
        onHand = sum
    }

    mutating func reserve(_ count: Int64) throws(Refusal) {
        guard count > 0 else { throw Refusal([BenefitReason.badAmount(count)]) }
        guard count <= free else { throw shortage(count) }
        reserved += count
    }

    /// Frees what was spoken for; never more than there is.
    mutating func release(_ count: Int64) { reserved -= min(reserved, max(0, count)) }

    /// Sends away what was spoken for.
    mutating func ship(_ count: Int64) throws(Refusal) {
        guard count > 0, count <= reserved else { throw shortage(count) }
        reserved -= count
        onHand -= count
    }

    /// Why not so many can be promised; nil when they can.
    func shortage(of count: Int64) -> Refusal.Reason? { count <= free ? nil : shortage(count).reasons.first }

    private func shortage(_ count: Int64) -> Refusal {
        Refusal("OUT_OF_STOCK", ["stock": .string(key), "free": .int(free), "asked": .int(count)], isRetryable: true)
    }
}
