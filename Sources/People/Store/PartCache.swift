import EventStore
import Model
import Synchronization

/// What was read from immutable parts, kept while the parts are in use: new events cost only their own part.
final class PartCache: Sendable {
    private struct Entry {
        let part: Part
        let currency: Currency
        let orders: PartOrders
    }
    private let entries = Mutex<[ObjectIdentifier: Entry]>([:])

    /// The orders of each part, in the order of parts.
    func orders(of parts: [Part], currency: Currency) -> [PartOrders] {
        parts.map { part in
            let id = ObjectIdentifier(part)
            if let held = entries.withLock({ $0[id] }), held.part === part, held.currency == currency { return held.orders }
            var reader = OrderReader(part: part, currency: currency)
            let orders = reader.read()
            entries.withLock { $0[id] = Entry(part: part, currency: currency, orders: orders) }
            return orders
        }
    }

    /// Forgets parts that are not among `parts`.
    func keep(only parts: [Part]) {
        let ids = Set(parts.map { ObjectIdentifier($0) })
        entries.withLock { held in held = held.filter { ids.contains($0.key) } }
    }
}
