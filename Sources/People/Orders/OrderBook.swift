import EventStore
import Model

/// All purchases as one view of people sees them: who paid, for whom, and what came back.
///
/// Calls with one `order_id` and one customer are one purchase; their amounts add up. Refunds are matched by `order_id`, whoever sent
/// them and in whatever order they arrived.
struct OrderBook: Sendable {
    /// Sorted by customer; those without one come last.
    private(set) var purchases: [Purchase] = []
    /// Index range of each customer's purchases, in the order of people.
    private var customers: [(person: UInt32, range: Range<Int>)] = []
    /// Purchases in which a person is a recipient, other than their own.
    private var received: [UInt32: [Int]] = [:]
    /// Refunds that name no known order: money that went back all the same.
    private(set) var strayRefunds: [StrayRefund] = []

    init(_ parts: [PartOrders], asOf: Instant?, resolver: PartyResolver) {
        var builder = OrderBookBuilder(parts: parts, resolver: resolver)
        func isKnown(_ receivedAt: Int64) -> Bool { asOf.map { receivedAt < $0.microseconds } ?? true }
        for (index, part) in parts.enumerated() {
            for place in part.arrivalOrder where isKnown(part.orders[place].receivedAt) {
                builder.add(part.orders[place], part: index)
            }
        }
        var refunds = parts.flatMap { part in part.refunds.filter { isKnown($0.receivedAt) } }
        refunds.sort { ($0.timestamp, $0.arrival) < ($1.timestamp, $1.arrival) }
        for refund in refunds { builder.add(refund) }
        self.init(builder.purchases(), strayRefunds: builder.strayRefunds)
    }

    private init(_ unsorted: [Purchase], strayRefunds: [StrayRefund]) {
        purchases = unsorted.sorted { left, right in
            (left.customer ?? .max, left.paidAt, left.arrival) < (right.customer ?? .max, right.paidAt, right.arrival)
        }
        self.strayRefunds = strayRefunds
        index()
    }

    /// This book after a change: the orders that it touches are put together anew, all others stay as they are.
    ///
    /// - Parameters:
    ///   - arrival: Events with this arrival number and later are new.
    ///   - parts: Those of the later state.
    func advanced(
        by change: PeopleChange, since arrival: UInt64, over parts: [PartOrders], resolver: PartyResolver
    ) -> OrderBook {
        let touched = TouchedOrders(change, since: arrival, in: parts, identities: resolver.identities)
        if touched.keys.isEmpty, touched.refunds.isEmpty { return self }
        var builder = OrderBookBuilder(parts: parts, resolver: resolver)
        for (part, order) in touched.orders { builder.add(order, part: part) }
        for refund in touched.refunds { builder.add(refund) }
        let others = purchases.filter { !touched.keys.contains(OrderKey($0.orderID, arrival: $0.arrival)) }
        let otherRefunds = strayRefunds.filter { refund in !(refund.orderID.map { touched.keys.contains(.id($0)) } ?? false) }
        return OrderBook(others + builder.purchases(), strayRefunds: otherRefunds + builder.strayRefunds)
    }

    private mutating func index() {
        var start = 0
        while start < purchases.count {
            var end = start
            while end < purchases.count, purchases[end].customer == purchases[start].customer { end += 1 }
            if let customer = purchases[start].customer { customers.append((customer, start ..< end)) }
            start = end
        }
        for place in purchases.indices where !purchases[place].recipients.isEmpty {
            for person in purchases[place].recipients where person != purchases[place].customer {
                received[person, default: []].append(place)
            }
        }
    }

    /// What a person paid for, oldest first.
    func purchases(of person: UInt32) -> ArraySlice<Purchase> {
        var low = 0
        var high = customers.count
        while low < high {
            let middle = (low + high) / 2
            if customers[middle].person < person { low = middle + 1 } else { high = middle }
        }
        return low < customers.count && customers[low].person == person ? purchases[customers[low].range] : []
    }

    /// What others paid for and this person received.
    func received(by person: UInt32) -> [Purchase] { (received[person] ?? []).map { purchases[$0] } }

    /// Visits each customer with their purchases, in the order of people.
    func forEachCustomer(_ body: (UInt32, ArraySlice<Purchase>) -> Void) {
        for (person, range) in customers { body(person, purchases[range]) }
    }
}

/// Money that went back for an order that nobody has heard of.
struct StrayRefund: Sendable {
    var orderID: String?
    /// Microseconds since 1970.
    var at: Int64
    var amount: Money
}
