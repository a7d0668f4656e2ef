import Columns
import EventStore
import Model

/// The property columns of a part that orders are read from.
struct OrderColumns: Sendable {
    let total: PropertyColumn?
    let revenue: PropertyColumn?
    let orderID: PropertyColumn?
    private let currencyColumn: PropertyColumn?
    private let products: PropertyColumn?
    private let parties: [String: PartyColumns]

    init(_ part: Part) {
        func column(_ path: String) -> PropertyColumn? { part.column(.properties, path) }
        total = column("total")
        revenue = column("revenue")
        orderID = column("order_id")
        currencyColumn = column("currency")
        products = column("products")
        var parties: [String: PartyColumns] = [:]
        for role in ["payer", "recipient", "beneficiary"] {
            let found = PartyColumns(text: column(role), type: column(role + ".type"), id: column(role + ".id"))
            if found.text != nil || found.id != nil { parties[role] = found }
        }
        self.parties = parties
    }

    /// Text, or a whole number as its digits; nil when missing, blank or anything else.
    func text(_ column: PropertyColumn?, at row: Int) -> String? {
        guard let column, let value = column.value(at: row) else { return nil }
        switch value {
        case .string(let code):
            let text = column.dictionary.text(code)
            return text.isEmpty ? nil : text
        case .bigNumber(let code): return column.dictionary.text(code)
        case .int(let number): return String(number)
        default: return nil
        }
    }

    func currency(at row: Int) -> Currency? { text(currencyColumn, at: row).flatMap { Currency(code: $0) } }

    /// An amount in minor units; nil when the column has none at the row.
    func amount(_ column: PropertyColumn?, at row: Int, currency: Currency) -> Int64? {
        guard let column, let value = column.value(at: row) else { return nil }
        switch value {
        case .int(let number): return Money(.int(number), currency: currency)?.minorUnits
        case .double(let number): return OrderColumns.minorUnits(number, currency: currency)
        case .string(let code), .bigNumber(let code):
            return Money(.string(column.dictionary.text(code)), currency: currency)?.minorUnits
        case .null, .bool, .json: return nil
        }
    }

    /// Exact minor units of a double: when the nearest whole number of them reads back as the double they are its decimal digits.
    static func minorUnits(_ number: Double, currency: Currency) -> Int64? {
        let scale: Double = [1, 10, 100, 1_000, 10_000][currency.minorDigits]
        let units = (number * scale).rounded()
        if abs(units) < 1e15, units / scale == number { return Int64(units) }
        return Money(.double(number), currency: currency)?.minorUnits
    }

    /// The lines of `products`; nil when there is no such list.
    func lines(at row: Int, currency: Currency) -> [OrderLine]? {
        guard let products, case .json(let code)? = products.value(at: row),
            let value = products.dictionary.withBytes(code, { try? JSONParser.parse($0) }), let elements = value.arrayValue
        else { return nil }
        return elements.map { OrderColumns.line($0, currency: currency) }
    }

    private static let partyKeys = [BytePattern("\"payer\""), BytePattern("\"recipient\""), BytePattern("\"beneficiary\"")]

    /// Whether the text of the lines holds a party's key, so that they have to be read.
    func linesNameParties(at row: Int) -> Bool {
        guard let products, case .json(let code)? = products.value(at: row) else { return false }
        return products.dictionary.withBytes(code) { bytes in OrderColumns.partyKeys.contains { $0.occurs(in: bytes) } }
    }

    private static func line(_ value: JSONValue, currency: Currency) -> OrderLine {
        func text(_ key: String) -> String? {
            switch value[key] {
            case .string(let text): text.isEmpty ? nil : text
            case .int(let number): String(number)
            case .bigNumber(let digits): digits
            default: nil
            }
        }
        return OrderLine(
            product: text("product_id") ?? text("sku") ?? text("name") ?? "",
            quantity: value["quantity"].flatMap { Quantity($0) } ?? Quantity(units: 1),
            unitPrice: value["price"].flatMap { Money($0, currency: currency)?.minorUnits },
            payer: party(value["payer"]), recipients: [party(value["recipient"]), party(value["beneficiary"])].compactMap { $0 })
    }

    private static func party(_ value: JSONValue?) -> NamedParty? {
        switch value {
        case .string(let text): return text.isEmpty ? nil : NamedParty(value: text)
        case .int(let number): return NamedParty(value: String(number))
        case .object:
            guard let id = party(value?["id"])?.value else { return nil }
            return NamedParty(type: value?["type"]?.stringValue, value: id)
        default: return nil
        }
    }

    /// The payer, recipient or beneficiary that the order itself names.
    func party(_ role: String, at row: Int) -> NamedParty? {
        guard let columns = parties[role] else { return nil }
        if let value = text(columns.text, at: row) { return NamedParty(value: value) }
        guard let id = text(columns.id, at: row) else { return nil }
        return NamedParty(type: text(columns.type, at: row), value: id)
    }

    func recipients(at row: Int) -> [NamedParty] {
        parties.isEmpty ? [] : [party("recipient", at: row), party("beneficiary", at: row)].compactMap { $0 }
    }

    private struct PartyColumns: Sendable {
        var text: PropertyColumn?
        var type: PropertyColumn?
        var id: PropertyColumn?
    }
}
