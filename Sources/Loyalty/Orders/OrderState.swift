import Model
import OrderedCollections

/// How an order stands by all that is known of it: the same whatever the order in which it became known.
public struct OrderState: Hashable, Sendable {
    /// What is to be earned for, units that came back included; nil until the order is completed.
    public let event: EarningEvent?
    /// How many units of each product came back, a part of one as one, never more than were bought: coupons are given back by them.
    public let returned: [String: Int64]
    /// How much of each product came back, by which points are taken back.
    let shares: [String: OrderShare]
    /// Whether nothing of it is left: cancelled, or all of it came back.
    public let isOver: Bool
    public let isCancelled: Bool
    /// What delivery cost, in minor units.
    let shipping: Int64
    /// The codes that it was bought with.
    public let coupons: Set<String>
    /// For which account it was completed: the `groupId` of its context.
    public let account: String?
    /// What could not be followed, by message id.
    public let ignored: [Ignored]

    /// A fact that changes nothing, or only in part, and why.
    public struct Ignored: Hashable, Sendable {
        public let messageID: String
        public let reason: Refusal.Reason
    }

    /// - Parameter facts: Of one order, none twice.
    init(_ facts: [OrderFact]) {
        let facts = facts.sorted(by: OrderFact.isBefore)
        let contents = facts.filter { $0.kind == .completed || $0.kind == .updated }
        guard let completed = facts.first(where: { $0.kind == .completed }),
            let content = contents.last(where: { $0.lines?.isEmpty == false }) ?? contents.last
        else {
            (event, returned, shares, isOver, isCancelled) = (nil, [:], [:], false, false)
            (shipping, coupons, account, ignored) = (0, [], nil, [])
            return
        }
        let order = OrderContent(content)
        var event = EarningEvent(
            .event(OrderFact.Kind.completed.rawValue), source: completed.order, at: completed.at, properties: content.properties)
        event.context = content.context
        event.channel = OrderReading.text(content.properties["channel"]) ?? OrderReading.text(content.context["channel"])
        event.currency = content.currency
        event.lines = order.lines
        self.event = event
        shipping = content.amounts.shipping ?? 0
        coupons = contents.last { $0.coupons != nil }?.coupons ?? []
        account = OrderReading.text(completed.context["groupId"])
        var returns = OrderReturns(order)
        for refund in facts where refund.kind == .refunded { returns.add(refund) }
        isCancelled = facts.contains { $0.kind == .cancelled }
        if isCancelled { returns.addAll() }
        (returned, shares, isOver, ignored) = (returns.units, returns.shares, returns.isWhole, returns.ignored)
    }
}

/// How much of a product came back, of what was bought of it.
struct OrderShare: Hashable, Sendable {
    /// Never more than were bought.
    let returned: Quantity
    let bought: Quantity

    /// What it comes to of what was earned for all of it: the same for any partition of the returns.
    ///
    /// - Parameter units: Those that it was earned for, a part of one counted as one.
    func of(_ points: Int64, for units: Int64) -> EarningReturn {
        guard returned < bought else { return EarningReturn(units: units, points: points) }
        return EarningReturn(units: min(returned.wholeUnits, units), points: returned.share(of: points, in: bought))
    }
}

/// What was bought with an order, one line a product.
struct OrderContent {
    let lines: [EarningLine]
    let currency: Currency
    /// What was asked for it in all.
    let amount: Int64
    /// What was asked for each line, in the order of the lines; delivery left out.
    let worths: [Int64]
    /// How much of each product was bought.
    let quantities: [String: Quantity]
    /// Whether it was sent with its lines, so that returns can be matched with them.
    let isDetailed: Bool

    init(_ fact: OrderFact) {
        let sent = fact.lines ?? []
        let amounts = fact.amounts
        currency = fact.currency
        isDetailed = !sent.isEmpty
        let goods = amounts.revenue ?? amounts.total.map { max(0, $0 - (amounts.shipping ?? 0)) }
        var lines: [EarningLine]
        if sent.isEmpty {
            lines = [EarningLine(product: "", units: 1, listAmount: goods ?? 0)]
            quantities = ["": Quantity(units: 1)]
        } else {
            quantities = Dictionary(sent.map { ($0.product, $0.quantity) }, uniquingKeysWith: +)
            lines = OrderContent.merged(sent)
            if sent.allSatisfy({ $0.price == nil }), let goods {
                OrderContent.spread(goods, over: &lines, \.listAmount, by: \.units)
            } else {
                // What the order says beyond its lines is theirs together.
                OrderContent.spread(amounts.discount, over: &lines, \.discount, by: \.listAmount)
            }
        }
        OrderContent.spread(amounts.tax, over: &lines, \.tax, by: \.listAmount)
        OrderContent.spread(amounts.pointsPaid, over: &lines, \.pointsPaid, by: \.listAmount)
        self.lines = lines
        let prices = lines.map { max(0, $0.listAmount - $0.discount) }
        let asked = prices.reduce(0, +)
        amount = amounts.total ?? amounts.revenue ?? asked
        let weights = asked > 0 ? prices : lines.map(\.units)
        worths = EarningArithmetic.spread(goods ?? asked, by: weights.map { Int128($0) }, of: weights.reduce(0) { $0 + Int128($1) })
    }

    private static func merged(_ sent: [OrderLine]) -> [EarningLine] {
        let products = OrderedDictionary(grouping: sent.filter { $0.quantity > .zero }, by: \.product)
        return products.elements.sorted { $0.key < $1.key }.map { product, parts in
            func sum(_ amount: (OrderLine) -> Int64?) -> Int64 { parts.reduce(0) { $0 + (amount($1) ?? 0) } }
            return EarningLine(
                product: product, sku: parts.compactMap(\.sku).min(),
                categories: parts.reduce(into: []) { $0.formUnion($1.categories) },
                units: parts.reduce(.zero) { $0 + $1.quantity }.units, listAmount: sum(\.listAmount),
                discount: sum(\.amounts.discount), tax: sum(\.amounts.tax), pointsPaid: sum(\.amounts.pointsPaid))
        }
    }

    /// Adds what an amount of the order is above that of its lines to them, by weights.
    private static func spread(
        _ amount: Int64?, over lines: inout [EarningLine], _ part: WritableKeyPath<EarningLine, Int64>,
        by weight: KeyPath<EarningLine, Int64>
    ) {
        let left = (amount ?? 0) - lines.reduce(0) { $0 + $1[keyPath: part] }
        let weights = lines.map { Int128($0[keyPath: weight]) }
        let parts = EarningArithmetic.spread(left, by: weights, of: weights.reduce(0, +))
        for index in lines.indices { lines[index][keyPath: part] += parts[index] }
    }
}

/// What came back of an order; more refunds never mean that less did.
///
struct OrderReturns {
    private let order: OrderContent
    private let bought: [String: Int64]
    private let worths: [String: Int64]
    private var quantities: [String: Quantity] = [:]
    private(set) var ignored: [OrderState.Ignored] = []
    /// Given back beyond what returned units are worth, and without lines.
    private var (moneyBeyond, moneyAlone) = (Int64(0), Int64(0))

    init(_ order: OrderContent) {
        self.order = order
        bought = Dictionary(uniqueKeysWithValues: order.lines.map { ($0.product, $0.units) })
        worths = Dictionary(uniqueKeysWithValues: zip(order.lines.map(\.product), order.worths))
    }

    /// How many units of each product are back, a part of one as one; of the last one all parts have to be back.
    var units: [String: Int64] {
        var units: [String: Int64] = [:]
        for (product, quantity) in quantities {
            let bought = bought[product, default: 0]
            units[product] = isBack(product) ? bought : min(quantity.units, bought - 1)
        }
        return units
    }

    /// How much of each product is back.
    var shares: [String: OrderShare] {
        var shares: [String: OrderShare] = [:]
        for (product, quantity) in quantities {
            shares[product] = OrderShare(returned: quantity, bought: order.quantities[product, default: .zero])
        }
        return shares
    }

    /// Whether every unit is back.
    var isWhole: Bool { bought.keys.allSatisfy { isBack($0) } }

    mutating func addAll() { quantities = order.quantities.filter { bought[$0.key] != nil } }

    private func isBack(_ product: String) -> Bool {
        quantities[product, default: .zero] >= order.quantities[product, default: .zero]
    }

    mutating func add(_ refund: OrderFact) {
        let isComparable = refund.currency == order.currency
        if let lines = refund.lines, !lines.isEmpty, order.isDetailed {
            var worth: Int64 = 0
            for line in lines {
                add(line, of: refund)
                OrderReturns.add(self.worth(of: line.quantity, line.product), to: &worth)
            }
            if isComparable, let total = refund.amounts.total { OrderReturns.add(max(0, total - worth), to: &moneyBeyond) }
        } else if let total = refund.amounts.total ?? refund.amounts.revenue {
            guard isComparable else { return ignore(refund, "CURRENCY_MISMATCH", ["have": .string(refund.currency.code)]) }
            OrderReturns.add(total, to: &moneyAlone)
        } else {
            addAll()
        }
        // A sum of money returns no units until it is all of the order's.
        let worth = quantities.reduce(0) { $0 + self.worth(of: $1.value, $1.key) }
        if moneyAlone > 0, moneyAlone + moneyBeyond + worth >= order.amount { addAll() }
    }

    /// What was asked for so much, of what was bought.
    private func worth(of quantity: Quantity, _ product: String) -> Int64 {
        quantity.share(of: worths[product] ?? 0, in: order.quantities[product] ?? .zero)
    }

    /// Above what any order amounts to it does not matter how much it is.
    private static func add(_ amount: Int64, to sum: inout Int64) { sum = min(sum + amount, .max / 8) }

    private mutating func add(_ line: OrderLine, of refund: OrderFact) {
        guard bought[line.product] != nil, let bought = order.quantities[line.product] else {
            return ignore(refund, "NOT_IN_ORDER", ["product": .string(line.product)])
        }
        let back = min(line.quantity, bought - quantities[line.product, default: .zero])
        quantities[line.product, default: .zero] += back
        if back < line.quantity {
            ignore(refund, "EXCEEDS_ORDER", ["product": .string(line.product), "by": .int((line.quantity - back).units)])
        }
    }

    private mutating func ignore(_ refund: OrderFact, _ code: String, _ params: OrderedDictionary<String, JSONValue>) {
        ignored.append(.init(messageID: refund.messageID, reason: .init(code, params)))
    }
}
