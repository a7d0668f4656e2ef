internal import Columns
internal import Model

/// The order whose rows are being read.
struct ImportOrder {
    /// More rows than this make another call with the same order id.
    static let rowCountMax = 1_000

    private struct Line {
        let product, name, category: [UInt8]
        let quantity, price, amount: ImportDecimal?
    }

    private(set) var isOpen = false
    /// Empty for a row that is an order by itself.
    private(set) var key: [UInt8] = []
    private(set) var rows: [Int] = []
    private var lines: [Line] = []
    var userID: [UInt8] = []
    var anonymousID: [UInt8] = []
    var messageID: [UInt8]?
    var instant: Instant?
    var id: [UInt8] = []
    var currency: [UInt8] = []
    /// What was given back of it so far, as its rows say.
    var refunded: ImportDecimal?
    var properties: [(field: ImportMapping.Field, value: [UInt8])] = []

    mutating func open(key: [UInt8]) {
        self = ImportOrder()
        isOpen = true
        self.key = key
    }

    mutating func close() { isOpen = false }

    mutating func add(
        line: Int, product: [UInt8], name: [UInt8], category: [UInt8], quantity: ImportDecimal?, price: ImportDecimal?,
        amount: ImportDecimal?
    ) {
        rows.append(line)
        lines.append(Line(product: product, name: name, category: category, quantity: quantity, price: price, amount: amount))
    }

    struct Sums {
        var total: ImportDecimal
        var isRefund: Bool
    }

    /// Whether no row says an amount or a price.
    var isWithoutAmount: Bool { lines.allSatisfy { $0.amount == nil && $0.price == nil } }

    /// What the order comes to; nil when that is beyond range.
    ///
    /// Without a total column it is the sum of quantity times price.
    func sums(totalIsOfOrder: Bool) -> Sums? {
        var total = ImportDecimal.zero
        var isAnyNegative = false
        var isAnyPositive = false
        let ofOrder = totalIsOfOrder ? lines.lazy.compactMap(\.amount).first : nil
        for line in lines {
            if let quantity = line.quantity {
                if quantity.isNegative { isAnyNegative = true } else if quantity != .zero { isAnyPositive = true }
            }
            var amount = line.amount
            if amount == nil, let price = line.price {
                guard let product = price.times(line.quantity ?? ImportDecimal("1".utf8) ?? .zero) else { return nil }
                amount = product
            }
            guard let amount, ofOrder == nil else { continue }
            guard let sum = total.plus(amount) else { return nil }
            total = sum
        }
        total = ofOrder ?? total
        let isRefund = total.isNegative || (total == .zero && isAnyNegative && !isAnyPositive)
        return Sums(total: total, isRefund: isRefund)
    }

    /// Writes `Order Completed`, or `Order Refunded` with positive amounts and quantities.
    func write(_ sums: Sums, mapping: ImportMapping, calendar: ZoneCalendar, writer: inout ImportCallWriter) {
        writer.begin(.track, messageID: messageID.map { $0[...] })
        if !userID.isEmpty { writer.text("userId", userID) }
        if !anonymousID.isEmpty { writer.text("anonymousId", anonymousID) }
        if let instant { writer.text("timestamp", instant.rfc3339.utf8) }
        writer.text("event", sums.isRefund ? "Order Refunded".utf8 : "Order Completed".utf8)
        writer.openObject("properties")
        let orderID = id.isEmpty ? madeID(mapping, calendar) : id
        if !orderID.isEmpty { writer.field("order_id", orderID[...], as: .text) }
        writer.field("total", json: sums.total.magnitude.text.utf8)
        if !currency.isEmpty { writer.field("currency", currency[...], as: .text) }
        for property in properties { writer.field(property.field.name, property.value[...], as: property.field.kind) }
        let products = productsJSON(isRefund: sums.isRefund)
        if !products.isEmpty { writer.field("products", json: products) }
        writer.closeObject()
        writer.end()
    }

    /// Writes what was given back of the order, by money alone: under an id made of whose order it is.
    ///
    /// Read in again when more was given back it is the same call with other content, which is refused: so it never adds up.
    func writeRefund(_ amount: ImportDecimal, writer: inout ImportCallWriter) {
        let name = [Array("refund".utf8), userID, anonymousID, id, currency].joined(separator: [0x1F])
        let hash = Array(name).withUnsafeBytes { XXHash.hash128($0) }
        var messageID = Array("refund-".utf8)
        ImportCallWriter.hexadecimal(hash.high, into: &messageID)
        ImportCallWriter.hexadecimal(hash.low, into: &messageID)
        writer.begin(.track, messageID: messageID[...])
        if !userID.isEmpty { writer.text("userId", userID) }
        if !anonymousID.isEmpty { writer.text("anonymousId", anonymousID) }
        if let instant { writer.text("timestamp", instant.rfc3339.utf8) }
        writer.text("event", "Order Refunded".utf8)
        writer.openObject("properties")
        writer.field("order_id", id[...], as: .text)
        writer.field("total", json: amount.text.utf8)
        if !currency.isEmpty { writer.field("currency", currency[...], as: .text) }
        writer.closeObject()
        writer.end()
    }

    /// The orders of one person's days are named by both.
    private func madeID(_ mapping: ImportMapping, _ calendar: ZoneCalendar) -> [UInt8] {
        guard mapping.orderRows == .samePersonAndDay, let instant else { return [] }
        return (userID.isEmpty ? anonymousID : userID) + Array("-\(calendar.date(at: instant).text)".utf8)
    }

    /// The lines as a JSON list; empty when they say nothing but amounts.
    private func productsJSON(isRefund: Bool) -> [UInt8] {
        guard lines.contains(where: { !$0.product.isEmpty || !$0.name.isEmpty || $0.quantity != nil }) else { return [] }
        var out: [UInt8] = [UInt8(ascii: "[")]
        for (index, line) in lines.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            var members: [(StaticString, [UInt8], isText: Bool)] = []
            if !line.product.isEmpty { members.append(("product_id", line.product, true)) }
            if !line.name.isEmpty { members.append(("name", line.name, true)) }
            if !line.category.isEmpty { members.append(("category", line.category, true)) }
            if let quantity = line.quantity {
                members.append(("quantity", ImportOrder.number(isRefund ? quantity.magnitude : quantity), false))
            }
            if let price = line.price { members.append(("price", Array(price.text.utf8), false)) }
            if let amount = line.amount, lines.count > 1 {
                members.append(("amount", Array((isRefund ? amount.magnitude : amount).text.utf8), false))
            }
            out.append(UInt8(ascii: "{"))
            for (place, member) in members.enumerated() {
                if place > 0 { out.append(UInt8(ascii: ",")) }
                out.append(UInt8(ascii: "\""))
                member.0.withUTF8Buffer { out.append(contentsOf: $0) }
                out.append(contentsOf: "\":".utf8)
                if member.isText { ImportCallWriter.quote(member.1, into: &out) } else { out.append(contentsOf: member.1) }
            }
            out.append(UInt8(ascii: "}"))
        }
        out.append(UInt8(ascii: "]"))
        return out
    }

    /// A quantity as a JSON number, whole when it is.
    private static func number(_ value: ImportDecimal) -> [UInt8] {
        let text = value.text
        return Array((text.hasSuffix(".00") ? text.dropLast(3) : text[...]).utf8)
    }
}
