internal import Model

/// Rows of orders: those of one order wait until it is whole.
extension ImportRowMapper {
    mutating func addToOrder(line: Int, into chunk: inout ImportChunk) {
        let key = orderKey()
        if order.isOpen, order.key != key || key.isEmpty || order.rows.count >= ImportOrder.rowCountMax {
            closeOrder(into: &chunk)
        }
        if !order.isOpen {
            tellTraits(into: &chunk)
            tellParties(into: &chunk)
            order.open(key: key)
            order.userID = person == nil ? [] : Array(id(person))
            order.anonymousID = Array(anonymousID)
            order.messageID = messageID.map { Array(value($0)) }
            order.instant = instant
            order.id = orderID == nil ? [] : Array(value(orderID))
            order.currency = currency == nil ? Array((mapping.currencyCode ?? "").utf8) : Array(value(currency))
            for (index, field) in properties where !value(index).isEmpty { order.properties.append((field, Array(value(index)))) }
        }
        if order.refunded == nil, let refunded = decimal(refundedTotal), refunded != .zero { order.refunded = refunded.magnitude }
        // A row that is told to be a refund is one, whatever the signs of its numbers.
        var (count, amount) = (decimal(quantity), decimal(total))
        if isRefund {
            count = count.map { $0.isNegative ? $0 : $0.negated } ?? ImportDecimal("-1".utf8)
            amount = amount.map { $0.isNegative ? $0 : $0.negated }
        }
        order.add(
            line: line, product: Array(value(product)), name: Array(value(productName)), category: Array(value(category)),
            quantity: count, price: decimal(price), amount: amount)
    }

    /// Who pays for the order or receives it becomes known by a call of their own: a payer whom nobody knows would be nobody.
    private mutating func tellParties(into chunk: inout ImportChunk) {
        for index in parties {
            let party = ImportParty(id(index))
            guard !party.isNobody, !party.text.elementsEqual(id(person)), !party.text.elementsEqual(anonymousID) else { continue }
            guard toldParties.isNews([[UInt8]](), of: [party.text]) else { continue }
            writer.begin(.identify, messageID: nil)
            party.write(at: instant, writer: &writer)
            chunk.add(call: writer.line, rows: EmptyCollection<Int>())
        }
    }

    private var isRefund: Bool { refunds.contains { $0.holds(value($0.index)) } }

    func decimal(_ index: Int?) -> ImportDecimal? { ImportDecimal(value(index), mark: mapping.decimal) }

    /// What the rows of one order have in common; empty for a row that is an order by itself.
    func orderKey() -> [UInt8] {
        let mark: [UInt8] = isRefund ? [0x1F, UInt8(ascii: "-")] : []
        switch mapping.orderRows {
        case .sameID: return value(orderID).isEmpty ? [] : Array(value(orderID)) + mark
        case .samePersonAndDay:
            let day = instant.map { clock.calendar.date(at: $0).text } ?? ""
            return Array(id(person)) + [0x1F] + Array(anonymousID) + [0x1F] + Array(day.utf8) + mark
        case .row: return []
        }
    }

    mutating func closeOrder(into chunk: inout ImportChunk) {
        guard order.isOpen else { return }
        defer { order.close() }
        func refuse(_ code: String, _ reason: String) {
            for line in order.rows { chunk.refused.append(ImportRefusal(line: line, code: code, reason: reason)) }
        }
        if order.isWithoutAmount {
            let name = [mapping.total, mapping.price].compactMap { $0 }.joined(separator: " and ")
            return refuse("missing_amount", "\(name) is empty in every row of this order: nothing says what it cost.")
        }
        guard let sums = order.sums(totalIsOfOrder: mapping.totalIsOfOrder) else {
            return refuse("invalid_number", "The amount of this row's order is beyond what can be kept exactly.")
        }
        order.write(sums, mapping: mapping, calendar: clock.calendar, writer: &writer)
        chunk.add(call: writer.line, rows: order.rows)
        guard !sums.isRefund, let refunded = order.refunded else { return }
        order.writeRefund(refunded, writer: &writer)
        chunk.add(call: writer.line, rows: EmptyCollection<Int>())
    }
}
