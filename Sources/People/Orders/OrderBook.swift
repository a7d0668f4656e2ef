import EventStore
import Model

/// All purchases as one view of people sees them: who paid, for whom, and what came back.
///
/// Calls with one `order_id` and one customer are one purchase; their amounts add up. Refunds are matched by `order_id`, whoever sent
/// them and in whatever order they arrived.
struct OrderBook: Sendable {
    /// Sorted by customer; those without one come last.
    private(set) var purchases: [Purchase] = []
    /// Index range of each customer's purchases.
    private var ranges: [UInt32: Range<Int>] = [:]
    /// The same in the order of people.
    private var customers: [(person: UInt32, range: Range<Int>)] = []
    /// Purchases in which a person is a recipient, other than their own.
    private var received: [UInt32: [Int]] = [:]
    /// Refunds that name no known order, by currency: money that went back all the same.
    private(set) var strayRefunds: [(at: Int64, amount: Money)] = []

    init(_ parts: [PartOrders], asOf: Instant?, resolver: PartyResolver) {
        var builder = OrderBookBuilder(parts: parts, resolver: resolver)
        for (place, part) in parts.enumerated() {
            for order in part.orders where asOf.map({ order.receivedAt < $0.microseconds }) ?? true {
                builder.add(order, part: place)
            }
        }
        var refunds: [RefundEvent] = []
        for part in parts {
            refunds += part.refunds.filter { refund in asOf.map { refund.receivedAt < $0.microseconds } ?? true }
        }
        refunds.sort { ($0.timestamp, $0.arrival) < ($1.timestamp, $1.arrival) }
        for refund in refunds { builder.add(refund) }
        strayRefunds = builder.strayRefunds
        purchases = builder.purchases().sorted { left, right in
            (left.customer ?? .max, left.paidAt, left.arrival) < (right.customer ?? .max, right.paidAt, right.arrival)
        }
        index()
    }

    private mutating func index() {
        var start = 0
        while start < purchases.count {
            var end = start
            while end < purchases.count, purchases[end].customer == purchases[start].customer { end += 1 }
            if let customer = purchases[start].customer {
                ranges[customer] = start ..< end
                customers.append((customer, start ..< end))
            }
            start = end
        }
        for (place, purchase) in purchases.enumerated() {
            for person in purchase.recipients where person != purchase.customer { received[person, default: []].append(place) }
        }
    }

    /// What a person paid for, oldest first.
    func purchases(of person: UInt32) -> ArraySlice<Purchase> { ranges[person].map { purchases[$0] } ?? [] }

    /// What others paid for and this person received.
    func received(by person: UInt32) -> [Purchase] { (received[person] ?? []).map { purchases[$0] } }

    /// Visits each customer with their purchases, in the order of people.
    func forEachCustomer(_ body: (UInt32, ArraySlice<Purchase>) -> Void) {
        for (person, range) in customers { body(person, purchases[range]) }
    }
}
