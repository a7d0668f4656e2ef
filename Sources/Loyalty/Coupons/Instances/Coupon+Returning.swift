import Model
import OrderedCollections

extension Coupon {
    /// What a return of goods has given back of a coupon.
    public struct Returned: Hashable, Sendable {
        /// What the coupon had taken off the goods: the shop gives back so much less.
        public let amount: Int64
        /// Whether the coupon can be used again for what it was, or for what came back.
        public let isBack: Bool
    }

    /// Undoes one use as if it had never been: all counters once, and the coupon; other coupons of the order stay used.
    ///
    /// - Throws: ``Refusal``: `ALREADY_ROLLED_BACK` the second time, and nothing changes.
    public mutating func rollBack(order: String, limits: inout LimitBook) throws(Refusal) {
        let index = try lastRedemption(order)
        undo(index, &limits)
    }

    /// Takes back what the coupon did for returned units, from what is stored: never counted again.
    ///
    /// Units of a line come back in their order, so that one return of two is the same as two of one.
    /// - Parameter units: How many more of each line come back.
    public mutating func refund(
        order: String, units: [String: Int64], _ policy: CouponRefundPolicy, limits: inout LimitBook
    ) throws(Refusal) -> Returned {
        let index = try lastRedemption(order)
        var redemption = redemptions[index]
        var amount: Int64 = 0
        var reasons: [Refusal.Reason] = []
        let lines = redemption.discount.byLine
        for (line, count) in units.sorted(by: { $0.key < $1.key }) {
            let before = redemption.returnedUnits[line] ?? 0
            let parts = lines[line] ?? []
            let all = parts.unitCount
            guard count > 0 else {
                reasons.append(Refusal.Reason("ZERO_VALUE", ["line": .string(line), "amount": .int(count)]))
                continue
            }
            guard count <= all - before else {
                reasons.append(Refusal.Reason("EXCEEDS_ORIGINAL", ["line": .string(line), "left": .int(all - before)]))
                continue
            }
            redemption.returnedUnits[line] = before + count
            amount += parts.amount(off: before ..< before + count)
        }
        guard reasons.isEmpty else { throw Refusal(reasons) }
        redemption.returnedAmount += amount
        redemptions[index] = redemption
        limits.giveBack(redemption.moneyCharges(amount))
        let isWhole = lines.allSatisfy { redemption.returnedUnits[$0.key] == $0.value.unitCount }
        switch policy {
        case .never: return Returned(amount: amount, isBack: false)
        case .returnOnFullRefund:
            if isWhole { undo(index, &limits) }
            return Returned(amount: amount, isBack: isWhole)
        case .valuePart:
            valueLeft += amount
            if isWhole {
                redemptions[index].isUndone = true
                limits.giveBack(redemption.useCharges)
            }
            return Returned(amount: amount, isBack: amount > 0)
        }
    }

    private func lastRedemption(_ order: String) throws(Refusal) -> Int {
        guard let index = redemptions.lastIndex(where: { $0.order == order }) else {
            throw Refusal("NOT_FOUND", ["order": .string(order)])
        }
        if redemptions[index].isUndone { throw Refusal("ALREADY_ROLLED_BACK", ["order": .string(order)]) }
        return index
    }

    /// Gives back what of a use still counts.
    private mutating func undo(_ index: Int, _ limits: inout LimitBook) {
        let redemption = redemptions[index]
        let isPartlyReturned = redemption.returnedAmount > 0 && valueCameBack
        limits.giveBack(redemption.moneyCharges(redemption.amountLeft) + redemption.useCharges)
        redemptions[index].isUndone = true
        redemptions[index].returnedAmount = redemption.amount
        if !redemption.isUse || isPartlyReturned {
            // Part of it is value on the coupon already, and may be spent: the rest joins it.
            valueLeft += redemption.amountLeft
        } else {
            redemptions[index].isUse = false
        }
    }

    private var valueCameBack: Bool { valueLeft > 0 || redemptions.contains { !$0.isUse && !$0.isUndone } }
}

extension CouponRedemption {
    func moneyCharges(_ amount: Int64) -> [LimitBook.Charge] {
        charges.filter(\.isMoney).map { LimitBook.Charge($0.key, max: $0.max, amount: amount, isMoney: true) }
    }

    var useCharges: [LimitBook.Charge] { charges.filter { !$0.isMoney } }
}

extension CouponDiscount {
    /// What it does for each line: taken apart once for all of them, as an order may have thousands.
    var byLine: [String: [Part]] { Dictionary(grouping: parts, by: \.line) }
}

extension [CouponDiscount.Part] {
    /// Of one line.
    var unitCount: Int64 { reduce(0) { $0 + $1.count } }

    /// What is off some units of one line, counted from 0.
    func amount(off units: Range<Int64>) -> Int64 { reduce(0) { $0 + units.count(in: $1.first, $1.count) * $1.amount } }
}
