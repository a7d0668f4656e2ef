import Columns
import EventStore
import Model

/// Reads the orders of a part by the Segment e-commerce words (specs: questions, N30), from the rows of these event names alone.
struct OrderReader {
    static let completed = "Order Completed"
    static let refunded = "Order Refunded"

    private let part: Part
    private let settings: PeopleSettings
    /// Of orders that name none.
    private var currency: Currency { settings.currency }
    private var cursor = OwnerCursor()

    init(part: Part, settings: PeopleSettings) {
        self.part = part
        self.settings = settings
    }

    /// All orders and refunds of the part; costs a few column reads an order.
    mutating func read() -> PartOrders {
        var orders: [OrderEvent] = []
        var refunds: [RefundEvent] = []
        var orderColumns: OrderColumns?
        if let code = part.nameCode(of: OrderReader.completed) {
            let columns = OrderColumns(part)
            orderColumns = columns
            cursor = OwnerCursor()
            let rows = part.rows(named: code)
            orders.reserveCapacity(rows.count)
            rows.forEach { row in
                if part.callType(at: row) == .track { orders.append(order(at: row, columns)) }
            }
        }
        if let code = part.nameCode(of: OrderReader.refunded) {
            let columns = OrderColumns(part)
            cursor = OwnerCursor()
            part.rows(named: code).forEach { row in
                if part.callType(at: row) == .track { refunds.append(refund(at: row, columns)) }
            }
        }
        return PartOrders(
            orders: orders, refunds: refunds, columns: orderColumns, endArrival: part.endArrival, rules: settings.identities)
    }

    private mutating func order(at row: Int, _ columns: OrderColumns) -> OrderEvent {
        let currency = columns.currency(at: row) ?? currency
        var amount =
            columns.amount(columns.total, at: row, currency: currency)
            ?? columns.amount(columns.revenue, at: row, currency: currency)
        let needsLines = amount == nil || columns.linesNameParties(at: row)
        let lines = needsLines ? columns.lines(at: row, currency: currency) ?? [] : nil
        if amount == nil, let lines, lines.contains(where: { $0.amount != nil }) {
            amount = lines.reduce(Int64(0)) { $0.addingClamped($1.amount ?? 0) }
        }
        return OrderEvent(
            owner: cursor.owner(of: row, in: part), timestamp: part.timestamp(at: row), receivedAt: part.receivedAt(at: row),
            arrival: part.arrival(at: row), orderID: columns.text(columns.orderID, at: row), currency: currency, amount: amount,
            payer: columns.party("payer", at: row), recipients: columns.recipients(at: row), lines: lines, row: row)
    }

    private mutating func refund(at row: Int, _ columns: OrderColumns) -> RefundEvent {
        let currency = columns.currency(at: row) ?? currency
        return RefundEvent(
            timestamp: part.timestamp(at: row), receivedAt: part.receivedAt(at: row), arrival: part.arrival(at: row),
            owner: cursor.owner(of: row, in: part), orderID: columns.text(columns.orderID, at: row), currency: currency,
            total: columns.amount(columns.total, at: row, currency: currency)
                ?? columns.amount(columns.revenue, at: row, currency: currency),
            lines: columns.lines(at: row, currency: currency))
    }
}

/// Finds the owners of ascending rows by walking along.
struct OwnerCursor {
    private var index = 0
    private var range = 0 ..< 0

    /// The identity that owns `row`; rows must be asked for in ascending order.
    mutating func owner(of row: Int, in part: Part) -> UInt32 {
        if range.contains(row) { return part.owner(at: index) }
        var low = range.isEmpty ? 0 : index + 1
        var high = part.ownerCount - 1
        while low < high {
            let middle = (low + high) / 2
            if part.rows(ofOwnerAt: middle).upperBound <= row { low = middle + 1 } else { high = middle }
        }
        index = low
        range = part.rows(ofOwnerAt: low)
        return part.owner(at: low)
    }
}

extension Int64 {
    /// The sum, held at the ends of the range.
    func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
