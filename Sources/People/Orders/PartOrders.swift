import Model

/// The orders and refunds of one part, with the ways to find those that a change touches.
final class PartOrders: Sendable {
    /// In the order of rows, that is by owner.
    let orders: [OrderEvent]
    let refunds: [RefundEvent]
    /// The columns that hold the lines not read yet; nil without orders.
    let columns: OrderColumns?
    /// The arrival number after the last one of the part.
    let endArrival: UInt64
    /// Places of orders in the order of arrival.
    let arrivalOrder: [Int]
    private let rules: IdentityRules
    private let made = Once<OrderIndex>()

    init(orders: [OrderEvent], refunds: [RefundEvent], columns: OrderColumns?, endArrival: UInt64, rules: IdentityRules) {
        self.orders = orders
        self.refunds = refunds
        self.columns = columns
        self.endArrival = endArrival
        self.rules = rules
        arrivalOrder = orders.indices.sorted { orders[$0].arrival < orders[$1].arrival }
    }

    /// Made at the first need: only changes ask for it.
    var index: OrderIndex { made.value { OrderIndex(orders: orders, refunds: refunds, rules: rules) } }

    /// Places of the orders that an identity owns.
    func orders(ofOwner owner: UInt32) -> Range<Int> {
        func lowerBound(_ wanted: UInt64) -> Int {
            var low = 0
            var high = orders.count
            while low < high {
                let middle = (low + high) / 2
                if UInt64(orders[middle].owner) < wanted { low = middle + 1 } else { high = middle }
            }
            return low
        }
        return lowerBound(UInt64(owner)) ..< lowerBound(UInt64(owner) + 1)
    }
}

/// Finds the orders of a part by order id and by the identities that they may name.
struct OrderIndex: Sendable {
    private var orders = PlaceIndex<String>()
    private var refunds = PlaceIndex<String>()
    private var parties = PlaceIndex<Identity>()

    init(orders events: [OrderEvent], refunds others: [RefundEvent], rules: IdentityRules) {
        for (place, order) in events.enumerated() {
            if let id = order.orderID { orders.add(place, under: id) }
            var named = order.recipients
            if let payer = order.payer { named.append(payer) }
            for line in order.lines ?? [] { named += line.recipients + (line.payer.map { [$0] } ?? []) }
            for party in Set(named) {
                for identity in PartyResolver.identities(of: party, rules) { parties.add(place, under: identity) }
            }
        }
        for (place, refund) in others.enumerated() {
            if let id = refund.orderID { refunds.add(place, under: id) }
        }
    }

    /// Places of the orders with an id.
    func orders(withID id: String) -> [Int] { orders.places(of: id) }

    /// Places of the refunds of an order id.
    func refunds(ofOrder id: String) -> [Int] { refunds.places(of: id) }

    /// Places of the orders that name a party which can mean this identity.
    func orders(naming identity: Identity) -> [Int] { parties.places(of: identity) }
}

/// Places by key, one allocation for all: each entry knows the next of its key.
private struct PlaceIndex<Key: Hashable & Sendable>: Sendable {
    private struct Entry {
        var place: Int32
        var next: Int32
    }
    private var heads: [Key: Int32] = [:]
    private var entries: [Entry] = []

    mutating func add(_ place: Int, under key: Key) {
        let head = heads.updateValue(Int32(entries.count), forKey: key)
        entries.append(Entry(place: Int32(place), next: head ?? -1))
    }

    func places(of key: Key) -> [Int] {
        var out: [Int] = []
        var at = heads[key] ?? -1
        while at >= 0 {
            out.append(Int(entries[Int(at)].place))
            at = entries[Int(at)].next
        }
        return out
    }
}
