import EventStore
import Model
import Synchronization

/// What was read from immutable parts, kept while the parts are in use: new events cost only their own part.
final class PartCache: Sendable {
    private struct Entry {
        let part: Part
        var rows: PartRows?
        var consents: PartConsents?
        var orders: (settingsVersion: Int, orders: PartOrders)?
    }
    private let entries = Mutex<[ObjectIdentifier: Entry]>([:])

    /// The rows of each part that are events.
    func rows(of parts: [Part]) -> [PartRows] {
        parts.compactMap { part in
            if let held = entries.withLock({ $0[ObjectIdentifier(part)]?.rows }) { return held }
            let rows = PartRows(part, asOf: nil)
            change(part) { $0.rows = rows }
            return rows
        }
    }

    /// What each part says of consents.
    func consents(of parts: [PartRows]) -> [PartConsents] {
        parts.map { rows in
            if let held = entries.withLock({ $0[ObjectIdentifier(rows.part)]?.consents }) { return held }
            let consents = PartConsents(rows)
            change(rows.part) { $0.consents = consents }
            return consents
        }
    }

    /// The orders of each part, in the order of parts.
    func orders(of parts: [Part], settings: PeopleSettings, version: Int) -> [PartOrders] {
        parts.map { part in
            if let held = entries.withLock({ $0[ObjectIdentifier(part)]?.orders }), held.settingsVersion == version {
                return held.orders
            }
            var reader = OrderReader(part: part, settings: settings)
            let orders = reader.read()
            change(part) { $0.orders = (version, orders) }
            return orders
        }
    }

    private func change(_ part: Part, _ body: (inout Entry) -> Void) {
        entries.withLock { body(&$0[ObjectIdentifier(part), default: Entry(part: part)]) }
    }

    /// Forgets parts that are not among `parts`.
    func keep(only parts: [Part]) {
        let ids = Set(parts.map { ObjectIdentifier($0) })
        entries.withLock { held in held = held.filter { ids.contains($0.key) } }
    }
}
