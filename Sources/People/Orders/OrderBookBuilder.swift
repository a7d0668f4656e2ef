import Model

/// Puts order and refund events together into purchases.
struct OrderBookBuilder {
    /// A purchase while its events are still coming.
    private struct Draft {
        var orderID: String?
        var customer: UInt32?
        var actor: UInt32?
        var recipients: [UInt32] = []
        var paidAt = Int64.max
        var arrival = UInt64.max
        var amount: Int64 = 0
        var currency: Currency
        var lines: [OrderLine] = []
        /// Orders whose lines nobody has asked for yet.
        var unread: [(part: Int, row: Int)] = []
        var refunds: [RefundShare] = []
        var refunded: Int64 = 0
        var returned: [String: Quantity] = [:]
        var returnedAt: Int64?
    }

    private let resolver: PartyResolver
    private let parts: [PartOrders]
    private var drafts: [Draft] = []
    private var byOrder: [String: [Int]] = [:]
    private(set) var strayRefunds: [StrayRefund] = []

    init(parts: [PartOrders], resolver: PartyResolver) {
        self.parts = parts
        self.resolver = resolver
    }

    /// The purchases that were paid.
    func purchases() -> [Purchase] {
        drafts.compactMap { draft in
            guard draft.amount > 0, draft.paidAt != Int64.max else { return nil }
            return Purchase(
                orderID: draft.orderID, customer: draft.customer, actor: draft.actor, recipients: draft.recipients,
                paidAt: Instant(microseconds: draft.paidAt), amount: Money(minorUnits: draft.amount, currency: draft.currency),
                refunds: draft.refunds, returnedAt: draft.returnedAt.map { Instant(microseconds: $0) }, arrival: draft.arrival)
        }
    }

    // MARK: - Orders

    /// - Parameter part: The place of the order's part.
    mutating func add(_ order: OrderEvent, part: Int) {
        let actor = resolver.person(ofIdentity: order.owner)
        let customer = order.payer == nil ? actor : resolver.person(of: order.payer)
        let recipients = order.recipients.compactMap { resolver.person(of: $0) }
        guard let lines = order.lines else {
            let index = add(order, customer: customer, actor: actor, recipients: recipients, amount: order.amount, lines: [])
            drafts[index].unread.append((part, order.row))
            return
        }
        guard lines.contains(where: { $0.payer != nil || !$0.recipients.isEmpty }) else {
            add(order, customer: customer, actor: actor, recipients: recipients, amount: order.amount, lines: lines)
            return
        }
        // Lines with a payer of their own are that person's purchase; what is left of the amount is the order's.
        var rest = order.amount ?? 0
        var ownLines: [OrderLine] = []
        var ownRecipients = recipients
        for line in lines {
            let lineRecipients = line.recipients.compactMap { resolver.person(of: $0) }
            let payer = resolver.person(of: line.payer)
            if line.payer == nil || payer == customer {
                ownLines.append(line)
                ownRecipients += lineRecipients
            } else {
                let amount = line.amount ?? 0
                rest = rest.addingClamped(-max(amount, -.max))
                add(order, customer: payer, actor: actor, recipients: recipients + lineRecipients, amount: amount, lines: [line])
            }
        }
        if rest > 0 || !ownLines.isEmpty {
            add(order, customer: customer, actor: actor, recipients: ownRecipients, amount: rest, lines: ownLines)
        }
    }

    @discardableResult
    private mutating func add(
        _ order: OrderEvent, customer: UInt32?, actor: UInt32?, recipients: [UInt32], amount: Int64?, lines: [OrderLine]
    ) -> Int {
        let index = draftIndex(order, customer: customer, actor: actor)
        for person in recipients where !drafts[index].recipients.contains(person) { drafts[index].recipients.append(person) }
        drafts[index].lines += lines
        guard let amount else { return index }
        drafts[index].amount = drafts[index].amount.addingClamped(amount)
        if amount > 0, (order.timestamp, order.arrival) < (drafts[index].paidAt, drafts[index].arrival) {
            drafts[index].paidAt = order.timestamp
            drafts[index].arrival = order.arrival
        }
        return index
    }

    private mutating func draftIndex(_ order: OrderEvent, customer: UInt32?, actor: UInt32?) -> Int {
        if let orderID = order.orderID,
            let known = byOrder[orderID]?.first(where: { drafts[$0].customer == customer && drafts[$0].currency == order.currency })
        {
            return known
        }
        drafts.append(Draft(orderID: order.orderID, customer: customer, actor: actor, currency: order.currency))
        if let orderID = order.orderID { byOrder[orderID, default: []].append(drafts.count - 1) }
        return drafts.count - 1
    }

    // MARK: - Refunds

    /// Adds a refund; they come in the order of time, after all orders.
    mutating func add(_ refund: RefundEvent) {
        guard let orderID = refund.orderID, let places = byOrder[orderID], !places.isEmpty else {
            if let total = refund.total, total > 0 {
                strayRefunds.append(
                    StrayRefund(
                        orderID: refund.orderID, at: refund.timestamp,
                        amount: Money(minorUnits: total, currency: refund.currency)))
            }
            return
        }
        if let lines = refund.lines, !lines.isEmpty {
            addLines(lines, total: refund.total, at: refund.timestamp, to: places)
        } else {
            addMoney(refund.total, at: refund.timestamp, to: places)
        }
    }

    /// Money back without products: all of what is left, or a sum that returns the units once it reaches the amount.
    private mutating func addMoney(_ total: Int64?, at time: Int64, to places: [Int]) {
        var left = total.map { max($0, 0) }
        for place in places {
            let open = max(drafts[place].amount.addingClamped(-drafts[place].refunded), 0)
            let share = min(left ?? open, open)
            left = left.map { $0 - share }
            give(share, at: time, to: place)
            if drafts[place].refunded >= drafts[place].amount, drafts[place].returnedAt == nil { drafts[place].returnedAt = time }
        }
    }

    /// Units back, first to the purchases that have them.
    private mutating func addLines(_ lines: [OrderLine], total: Int64?, at time: Int64, to places: [Int]) {
        for place in places { readLines(of: place) }
        var shares = [Int64](repeating: 0, count: places.count)
        var foundLine = false
        for line in lines {
            var quantity = line.quantity
            for (index, place) in places.enumerated() where quantity > .zero {
                let bought = drafts[place].lines.filter { $0.product == line.product }
                let open = bought.reduce(.zero) { $0 + $1.quantity } - (drafts[place].returned[line.product] ?? .zero)
                let back = min(quantity, open)
                guard back > .zero else { continue }
                foundLine = true
                quantity = quantity - back
                drafts[place].returned[line.product, default: .zero] += back
                let price = line.unitPrice ?? bought.first?.unitPrice ?? 0
                shares[index] = shares[index].addingClamped(back.amount(at: price) ?? 0)
            }
        }
        guard foundLine else {
            // Nothing more comes back of an order whose lines are known, unless money is said to.
            if total == nil, places.contains(where: { !drafts[$0].lines.isEmpty }) { return }
            // An order sent without its lines cannot be matched line by line: then only the money counts.
            return addMoney(total, at: time, to: places)
        }
        for (index, place) in places.enumerated() {
            let isOnly = places.count == 1
            give(isOnly ? total ?? shares[index] : shares[index], at: time, to: place)
            if drafts[place].returnedAt == nil, allUnitsAreBack(place) { drafts[place].returnedAt = time }
        }
    }

    private mutating func readLines(of place: Int) {
        for (part, row) in drafts[place].unread {
            drafts[place].lines += parts[part].columns?.lines(at: row, currency: drafts[place].currency) ?? []
        }
        drafts[place].unread = []
    }

    private func allUnitsAreBack(_ place: Int) -> Bool {
        var bought: [String: Quantity] = [:]
        for line in drafts[place].lines { bought[line.product, default: .zero] += line.quantity }
        return !bought.isEmpty && bought.allSatisfy { (drafts[place].returned[$0.key] ?? .zero) >= $0.value }
    }

    private mutating func give(_ amount: Int64, at time: Int64, to place: Int) {
        guard amount > 0 else { return }
        drafts[place].refunded = drafts[place].refunded.addingClamped(amount)
        drafts[place].refunds.append(RefundShare(at: Instant(microseconds: time), minorUnits: amount))
    }
}
