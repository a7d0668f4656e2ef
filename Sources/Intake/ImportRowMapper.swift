internal import Model

/// Turns the rows of a table into calls as a mapping says.
struct ImportRowMapper {
    let mapping: ImportMapping
    let clock: ImportClock
    var writer = ImportCallWriter()
    private var row = ImportRow()
    var order = ImportOrder()
    private var told = ImportToldTraits()
    var toldParties = ImportToldTraits()
    /// The order whose first row the mapping leaves out: so are its other rows, where the column may be empty.
    private var leftOutOrder: [UInt8] = []

    let timestamp, person, anonymous, email, phone, event, messageID, orderID, product, productName, category: Int?
    let quantity, price, total, refundedTotal, currency: Int?
    /// Columns of those who pay or receive.
    let parties: [Int]
    let properties: [(index: Int, field: ImportMapping.Field)]
    private let traits: [(index: Int, field: ImportMapping.Field)]
    private let skips: [ImportRowRule]
    let refunds: [ImportRowRule]
    /// Columns that say who a row is about.
    private let whoColumns: [Int]
    private let width: Int
    /// When the row at hand happened; nil where it does not say.
    private(set) var instant: Instant?

    init(mapping: ImportMapping, clock: ImportClock) {
        self.mapping = mapping
        self.clock = clock
        let columns = mapping.columns
        func index(_ name: String?) -> Int? { name.flatMap { columns.firstIndex(of: $0) } }
        timestamp = index(mapping.timestamp)
        person = index(mapping.person)
        anonymous = index(mapping.anonymous)
        email = index(mapping.email)
        phone = index(mapping.phone)
        event = index(mapping.event)
        messageID = index(mapping.messageID)
        orderID = index(mapping.order)
        product = index(mapping.product)
        productName = index(mapping.productName)
        category = index(mapping.category)
        quantity = index(mapping.quantity)
        price = index(mapping.price)
        total = index(mapping.total)
        refundedTotal = index(mapping.refundedTotal)
        currency = index(mapping.currency)
        let partyNames = ["payer", "recipient", "beneficiary"]
        parties =
            mapping.kind == .orders
            ? mapping.properties.filter { partyNames.contains($0.name) }.compactMap { index($0.column) } : []
        properties = mapping.properties.compactMap { field in index(field.column).map { ($0, field) } }
        let addresses = [("email", mapping.email), ("phone", mapping.phone)].compactMap { name, column in
            column.map { ImportMapping.Field(column: $0, name: name, kind: .text) }
        }
        traits = (addresses + mapping.traits).compactMap { field in index(field.column).map { ($0, field) } }
        skips = mapping.skip.compactMap { rule in index(rule.column).map { ImportRowRule(rule, index: $0) } }
        refunds = mapping.refund.compactMap { rule in index(rule.column).map { ImportRowRule(rule, index: $0) } }
        whoColumns = [person, anonymous, email, phone].compactMap { $0 }
        width = columns.count
    }

    /// Adds the calls of one row to `chunk`, or its refusal; the rows of an order wait until the order is whole.
    mutating func map(_ record: ArraySlice<UInt8>, line: Int, into chunk: inout ImportChunk) {
        row.split(record, format: mapping.format)
        if let refusal = check(line: line) {
            chunk.refused.append(refusal)
            return
        }
        switch mapping.kind {
        case .orders: addToOrder(line: line, into: &chunk)
        case .people: writePerson(line: line, into: &chunk)
        case .events: writeEvent(line: line, into: &chunk)
        case .calls: writeCall(line: line, into: &chunk)
        }
    }

    /// The first line of the order that waits for more rows, if one does.
    var waitingLine: Int? { order.isOpen ? order.rows.first : nil }

    /// Writes the order that waits, at the end of the file.
    mutating func finish(into chunk: inout ImportChunk) { closeOrder(into: &chunk) }

    // MARK: - Checks

    private mutating func leftOut(line: Int) -> ImportRefusal? {
        for rule in skips {
            let isOfOrder = !leftOutOrder.isEmpty && value(rule.index).isEmpty && orderKey() == leftOutOrder
            guard isOfOrder || rule.holds(value(rule.index)) else { continue }
            leftOutOrder = mapping.orderRows == .sameID ? orderKey() : []
            return ImportRefusal(
                line: line, code: "left_out", reason: "The mapping leaves out rows whose \(mapping.columns[rule.index]) is this.")
        }
        return nil
    }

    private mutating func check(line: Int) -> ImportRefusal? {
        guard row.count == width else {
            return ImportRefusal(
                line: line, code: "ragged_row", reason: "The row has \(row.count) fields; the table has \(width) columns.")
        }
        if mapping.kind == .calls { return nil }
        if let refusal = leftOut(line: line) { return refusal }
        if whoColumns.allSatisfy({ value($0).isEmpty }) {
            let name = [mapping.person, mapping.anonymous, mapping.email, mapping.phone].compactMap { $0 }.joined(
                separator: " and ")
            return ImportRefusal(line: line, code: "missing_identity", reason: "\(name) is empty: the row is about nobody.")
        }
        if mapping.kind == .events, let event, value(event).isEmpty {
            return ImportRefusal(
                line: line, code: "missing_event", reason: "\(mapping.event ?? "The event") is empty: nothing says what happened.")
        }
        instant = timestamp.flatMap { clock.instant(value($0)) }
        if instant == nil, let timestamp, mapping.kind != .people || !value(timestamp).isEmpty {
            return ImportRefusal(
                line: line, code: "invalid_timestamp",
                reason:
                    "\(mapping.timestamp ?? "The time") \"\(excerpt(timestamp))\" is no time of the format \(clock.format.rawValue)."
            )
        }
        guard mapping.kind == .orders else { return nil }
        for case .some(let index) in [quantity, price, total, refundedTotal] where !value(index).isEmpty && decimal(index) == nil {
            return ImportRefusal(
                line: line, code: "invalid_number", reason: "\(mapping.columns[index]) \"\(excerpt(index))\" is no decimal number.")
        }
        if let refundedTotal, value(orderID).isEmpty, decimal(refundedTotal).map({ $0 != .zero }) == true {
            return ImportRefusal(
                line: line, code: "missing_order",
                reason: "\(mapping.columns[refundedTotal]) says that money went back, but no order id says for what.")
        }
        if let currency, !value(currency).isEmpty, !ImportCurrency.isCode(value(currency)) {
            return ImportRefusal(
                line: line, code: "invalid_currency",
                reason: "\(mapping.columns[currency]) \"\(excerpt(currency))\" is no currency code, such as USD.")
        }
        return nil
    }

    private func excerpt(_ index: Int) -> String { String(String(decoding: value(index).prefix(64), as: UTF8.self).prefix(40)) }

    /// A field without spaces around it; empty for a column that the mapping does not use.
    func value(_ index: Int?) -> ArraySlice<UInt8> {
        index.map { row.trimmed($0) } ?? []
    }

    /// An id; whole numbers that went through a spreadsheet lose their `.0`.
    func id(_ index: Int?) -> ArraySlice<UInt8> {
        let value = value(index)
        guard value.count > 2, value.suffix(2).elementsEqual(".0".utf8), value.dropLast(2).allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
        else { return value }
        return value.dropLast(2)
    }

    // MARK: - Events and people

    /// A row of an exported table: the members of a call as they are.
    private mutating func writeCall(line: Int, into chunk: inout ImportChunk) {
        var call: [UInt8] = [UInt8(ascii: "{")]
        for (index, name) in mapping.columns.enumerated() where !row[index].isEmpty {
            if call.count > 1 { call.append(UInt8(ascii: ",")) }
            ImportCallWriter.quote(name.utf8, into: &call)
            call.append(UInt8(ascii: ":"))
            if ImportCallColumns.objects.contains(name), !row[index].contains(where: { $0 == 0x0A || $0 == 0x0D }) {
                call.append(contentsOf: row[index])
            } else {
                ImportCallWriter.quote(row[index], into: &call)
            }
        }
        call.append(contentsOf: "}\n".utf8)
        chunk.add(call: call, rows: CollectionOfOne(line))
    }

    private mutating func writeEvent(line: Int, into chunk: inout ImportChunk) {
        tellTraits(into: &chunk)
        writer.begin(.track, messageID: messageID.map { value($0) })
        writeWho()
        if let instant { writer.text("timestamp", instant.rfc3339.utf8) }
        if let event { writer.text("event", value(event)) } else { writer.text("event", (mapping.eventName ?? "").utf8) }
        writer.openObject("properties")
        writeFields(properties)
        writer.closeObject()
        writer.end()
        chunk.add(call: writer.line, rows: CollectionOfOne(line))
    }

    private mutating func writePerson(line: Int, into chunk: inout ImportChunk) {
        writer.begin(.identify, messageID: messageID.map { value($0) })
        writeWho()
        if let instant { writer.text("timestamp", instant.rfc3339.utf8) }
        writer.openObject("traits")
        writeFields(traits)
        writer.closeObject()
        writer.end()
        chunk.add(call: writer.line, rows: CollectionOfOne(line))
    }

    /// Traits beside an event or order are told by a call of their own when they are new or have changed.
    mutating func tellTraits(into chunk: inout ImportChunk) {
        guard !traits.isEmpty, traits.contains(where: { !value($0.index).isEmpty }) else { return }
        let who = [person, anonymous].map { value($0) }
        guard told.isNews(traits.map { value($0.index) }, of: who) else { return }
        writer.begin(.identify, messageID: nil)
        writeWho()
        if let instant { writer.text("timestamp", instant.rfc3339.utf8) }
        writer.openObject("traits")
        writeFields(traits)
        writer.closeObject()
        writer.end()
        chunk.add(call: writer.line, rows: EmptyCollection<Int>())
    }

    private mutating func writeWho() {
        if !value(person).isEmpty { writer.text("userId", id(person)) }
        let anonymous = anonymousID
        if !anonymous.isEmpty { writer.text("anonymousId", anonymous) }
    }

    /// Where a row has no id of a person, the address that it has.
    var anonymousID: ArraySlice<UInt8> {
        let own = id(anonymous)
        guard own.isEmpty, value(person).isEmpty else { return own }
        return value(email).isEmpty ? value(phone) : ImportParty.compared(email: value(email))
    }

    private mutating func writeFields(_ fields: [(index: Int, field: ImportMapping.Field)]) {
        for (index, field) in fields where !value(index).isEmpty { writer.field(field.name, value(index), as: field.kind) }
    }
}
