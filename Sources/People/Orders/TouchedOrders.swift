import EventStore
import Model

/// What orders are put together by: their id, or the one call of an order without an id.
enum OrderKey: Hashable, Sendable {
    case id(String)
    case call(UInt64)

    init(_ orderID: String?, arrival: UInt64) { self = orderID.map { .id($0) } ?? .call(arrival) }
}

/// The orders that have to be put together anew after a change, with all their events.
///
/// An order is touched when one of its events is new, or when its actor or a party that it can mean is among the people changed.
struct TouchedOrders {
    private(set) var keys: Set<OrderKey> = []
    /// In the order of arrival.
    private(set) var orders: [(part: Int, order: OrderEvent)] = []
    /// In the order of time.
    private(set) var refunds: [RefundEvent] = []

    /// - Parameter arrival: Events with this arrival number and later are new.
    init(_ change: PeopleChange, since arrival: UInt64, in parts: [PartOrders], identities: IdentityTable) {
        for (index, part) in parts.enumerated() {
            if part.endArrival > arrival { addNew(of: part, index, since: arrival) }
            guard !part.orders.isEmpty else { continue }
            for identity in change.identities {
                for place in part.orders(ofOwner: identity) { add(part.orders[place], index) }
                for place in part.index.orders(naming: identities.identity(identity)) { add(part.orders[place], index) }
            }
        }
        for case .id(let id) in keys {
            for (index, part) in parts.enumerated() {
                for place in part.index.orders(withID: id) { orders.append((index, part.orders[place])) }
                for place in part.index.refunds(ofOrder: id) { refunds.append(part.refunds[place]) }
            }
        }
        orders.sort { $0.order.arrival < $1.order.arrival }
        refunds.sort { ($0.timestamp, $0.arrival) < ($1.timestamp, $1.arrival) }
    }

    private mutating func addNew(of part: PartOrders, _ index: Int, since arrival: UInt64) {
        for order in part.orders where order.arrival >= arrival { add(order, index) }
        for refund in part.refunds where refund.arrival >= arrival {
            if let id = refund.orderID { keys.insert(.id(id)) } else { refunds.append(refund) }
        }
    }

    /// Orders with an id are gathered by it at the end; one without is all by itself.
    private mutating func add(_ order: OrderEvent, _ part: Int) {
        let isNew = keys.insert(OrderKey(order.orderID, arrival: order.arrival)).inserted
        if isNew, order.orderID == nil { orders.append((part, order)) }
    }
}
