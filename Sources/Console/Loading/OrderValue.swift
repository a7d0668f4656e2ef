import Columns
import EventStore
import Model

/// The event that says that somebody paid, and the property that says how much, as the data of a workspace has them.
struct OrderValue: Equatable {
    let event: String
    let property: String

    /// Names of the Segment specification, then others that are usual; compared without case and spaces.
    private static let events = [
        "Order Completed", "Subscription Started", "Payment Completed", "Order Placed", "Order Paid", "Purchase", "Purchased",
    ]
    /// What an order costs in all goes before what it brings in (specs: questions, N30).
    private static let properties = ["total", "revenue"]
    private static let pieceRows = 8_192

    init(event: String, property: String) {
        self.event = event
        self.property = property
    }

    /// nil when no such event carries a number; costs a look at rows of these events up to the first that does.
    init?(_ parts: [Part]) {
        let names = Set(parts.flatMap(\.eventNames)).sorted()
        for wanted in OrderValue.events {
            for name in names where OrderValue.folded(name) == OrderValue.folded(wanted) {
                for property in OrderValue.properties where parts.contains(where: { OrderValue.has($0, name, property) }) {
                    self.init(event: name, property: property)
                    return
                }
            }
        }
        return nil
    }

    /// Revenue by week, over a range.
    func question(_ range: JSONValue) -> JSONValue {
        [
            "kind": "trend",
            "series": [["selector": ["event": .string(event)], "measure": ["sum": .string(property)]]], "interval": "week",
            "range": range,
        ]
    }

    private static func has(_ part: Part, _ event: String, _ property: String) -> Bool {
        guard let code = part.nameCode(of: event), let column = part.column(.properties, property) else { return false }
        let rows = part.rows(named: code)
        var isFound = false
        // In pieces, since most parts have it at once.
        for start in stride(from: 0, to: rows.rowCount, by: OrderValue.pieceRows) where !isFound {
            rows.forEach(in: start ..< min(start + OrderValue.pieceRows, rows.rowCount)) { row in
                if !isFound, column.jsonValue(at: row)?.doubleValue != nil { isFound = true }
            }
        }
        return isFound
    }

    private static func folded(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }
}
