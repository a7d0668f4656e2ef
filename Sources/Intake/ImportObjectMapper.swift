internal import Columns
internal import Model
internal import OrderedCollections

/// Turns JSON objects, one a line, into calls as a mapping says.
struct ImportObjectMapper {
    private let mapping: ImportMapping
    private let clock: ImportClock
    private var writer = ImportCallWriter()
    private var told = ImportToldTraits()
    private let reader = JSONReader()

    init(mapping: ImportMapping, clock: ImportClock) {
        self.mapping = mapping
        self.clock = clock
    }

    mutating func map(_ record: ArraySlice<UInt8>, line: Int, into chunk: inout ImportChunk) {
        let object: JSONValue
        do {
            object = try read(record)
        } catch {
            chunk.refused.append(ImportRefusal(line: line, code: error.code.text, reason: error.message))
            return
        }
        guard case .object(let members) = object else {
            chunk.refused.append(
                ImportRefusal(line: line, code: "not_an_object", reason: "The line is \(object.kindName), not an object."))
            return
        }
        if let refusal = check(object, line: line) {
            chunk.refused.append(refusal)
            return
        }
        write(object, members, line: line, into: &chunk)
    }

    private func read(_ record: ArraySlice<UInt8>) throws(Problem) -> JSONValue {
        let result = record.withUnsafeBytes { bytes in
            Result { () throws(Problem) in
                let document = try reader.read(bytes, mercies: .collect)
                guard document.root.depth(atMost: 64) != nil else {
                    throw Problem(.init("too_deep"), "The line is nested deeper than 64 levels. Send flatter data.")
                }
                return document.root.value()
            }
        }
        return try result.get()
    }

    private func text(_ object: JSONValue, _ path: String?) -> String {
        guard let path, let value = ImportObject.value(object, at: path) else { return "" }
        return ImportObject.text(value)?.trimmed ?? ""
    }

    private func check(_ object: JSONValue, line: Int) -> ImportRefusal? {
        for rule in mapping.skip where ImportRowRule(rule, index: 0).holds(Array(text(object, rule.column).utf8)[...]) {
            return ImportRefusal(line: line, code: "left_out", reason: "The mapping leaves out rows whose \(rule.column) is this.")
        }
        let ids = [mapping.person, mapping.anonymous, mapping.email, mapping.phone]
        if ids.allSatisfy({ text(object, $0).isEmpty }) {
            let name = ids.compactMap { $0 }.joined(separator: " and ")
            return ImportRefusal(line: line, code: "missing_identity", reason: "\(name) is empty: the row is about nobody.")
        }
        if mapping.kind == .events, mapping.event != nil, text(object, mapping.event).isEmpty {
            return ImportRefusal(
                line: line, code: "missing_event", reason: "\(mapping.event ?? "") is empty: nothing says what happened.")
        }
        let time = text(object, mapping.timestamp)
        if mapping.timestamp != nil, mapping.kind != .people || !time.isEmpty, clock.instant(time.utf8) == nil {
            return ImportRefusal(
                line: line, code: "invalid_timestamp",
                reason:
                    "\(mapping.timestamp ?? "The time") \"\(time.prefix(40))\" is no time of the format \(clock.format.rawValue).")
        }
        if mapping.kind == .orders, ImportDecimal(text(object, mapping.total ?? mapping.price).utf8, mark: mapping.decimal) == nil {
            return ImportRefusal(
                line: line, code: "invalid_number", reason: "\(mapping.total ?? mapping.price ?? "") is no decimal number.")
        }
        if mapping.kind == .orders, let refusal = checkRefund(object, line: line) { return refusal }
        let currency = text(object, mapping.currency)
        if mapping.kind == .orders, !currency.isEmpty, !ImportCurrency.isCode(currency.utf8) {
            return ImportRefusal(
                line: line, code: "invalid_currency",
                reason: "\(mapping.currency ?? "") \"\(currency.prefix(40))\" is no currency code, such as USD.")
        }
        return nil
    }

    private func checkRefund(_ object: JSONValue, line: Int) -> ImportRefusal? {
        let name = mapping.refundedTotal ?? ""
        let refunded = text(object, mapping.refundedTotal)
        guard !refunded.isEmpty else { return nil }
        guard let amount = ImportDecimal(refunded.utf8, mark: mapping.decimal) else {
            return ImportRefusal(line: line, code: "invalid_number", reason: "\(name) is no decimal number.")
        }
        guard amount != .zero, text(object, mapping.order).isEmpty else { return nil }
        return ImportRefusal(
            line: line, code: "missing_order",
            reason: "\(name) says that money went back, but no order id says for what.")
    }

    private mutating func write(
        _ object: JSONValue, _ members: OrderedDictionary<String, JSONValue>, line: Int, into chunk: inout ImportChunk
    ) {
        if mapping.kind != .people { tellAddresses(object, into: &chunk) }
        let own = text(object, mapping.messageID)
        writer.begin(mapping.kind == .people ? .identify : .track, messageID: own.isEmpty ? nil : Array(own.utf8)[...])
        writeWho(object)
        if mapping.kind == .people {
            writer.openObject("traits")
            writeAddresses(object)
        } else {
            let isRefund = mapping.kind == .orders && isRefund(object)
            let named = mapping.event.map { text(object, $0) } ?? mapping.eventName
            writer.text("event", (named ?? (isRefund ? "Order Refunded" : "Order Completed")).utf8)
            writer.openObject("properties")
        }
        if mapping.kind == .orders { writeOrder(object) }
        // What has a meaning of its own at the top stands in the call; all else stays as it is, nested too.
        let told = Set(mapping.named.map(\.column))
        for (key, value) in members where !told.contains(key) { writer.field(key, json: value.utf8) }
        writer.closeObject()
        writer.end()
        chunk.add(call: writer.line, rows: CollectionOfOne(line))
        if mapping.kind == .orders, !isRefund(object) { writeRefund(object, into: &chunk) }
    }

    private func isRefund(_ object: JSONValue) -> Bool {
        ImportDecimal(text(object, mapping.total ?? mapping.price).utf8, mark: mapping.decimal)?.isNegative == true
            || mapping.refund.contains { ImportRowRule($0, index: 0).holds(Array(text(object, $0.column).utf8)[...]) }
    }

    /// What was given back of an order so far.
    private mutating func writeRefund(_ object: JSONValue, into chunk: inout ImportChunk) {
        guard let amount = ImportDecimal(text(object, mapping.refundedTotal).utf8, mark: mapping.decimal), amount != .zero else {
            return
        }
        var order = ImportOrder()
        let who = ids(of: object)
        (order.userID, order.anonymousID) = (Array(who.person.utf8), Array(who.anonymous.utf8))
        order.id = Array(text(object, mapping.order).utf8)
        order.currency = Array((mapping.currency.map { text(object, $0) } ?? mapping.currencyCode ?? "").utf8)
        order.instant = clock.instant(text(object, mapping.timestamp).utf8)
        guard !order.id.isEmpty else { return }
        order.writeRefund(amount.magnitude, writer: &writer)
        chunk.add(call: writer.line, rows: EmptyCollection<Int>())
    }

    private mutating func writeWho(_ object: JSONValue) {
        let who = ids(of: object)
        if !who.person.isEmpty { writer.text("userId", who.person.utf8) }
        if !who.anonymous.isEmpty { writer.text("anonymousId", who.anonymous.utf8) }
        if let instant = clock.instant(text(object, mapping.timestamp).utf8) { writer.text("timestamp", instant.rfc3339.utf8) }
    }

    private func ids(of object: JSONValue) -> (person: String, anonymous: String) {
        let person = text(object, mapping.person)
        var anonymous = text(object, mapping.anonymous)
        // Where an object has no id of a person, the address that it has.
        if anonymous.isEmpty, person.isEmpty {
            anonymous = text(object, mapping.email).lowercased()
            if anonymous.isEmpty { anonymous = text(object, mapping.phone) }
        }
        return (person, anonymous)
    }

    private mutating func writeAddresses(_ object: JSONValue) {
        for (name, column) in [("email", mapping.email), ("phone", mapping.phone)] {
            let value = text(object, column)
            if !value.isEmpty { writer.field(name, Array(value.utf8)[...], as: .text) }
        }
    }

    /// Addresses beside an event or order are told by a call of their own when they are new or have changed.
    private mutating func tellAddresses(_ object: JSONValue, into chunk: inout ImportChunk) {
        let values = [mapping.email, mapping.phone].map { Array(text(object, $0).utf8) }
        guard values.contains(where: { !$0.isEmpty }) else { return }
        let who = [mapping.person, mapping.anonymous].map { Array(text(object, $0).utf8) }
        guard told.isNews(values, of: who) else { return }
        writer.begin(.identify, messageID: nil)
        writeWho(object)
        writer.openObject("traits")
        writeAddresses(object)
        writer.closeObject()
        writer.end()
        chunk.add(call: writer.line, rows: EmptyCollection<Int>())
    }

    /// An order is one object here: its id, amount and currency by their own names; a `products` list stays as it is.
    private mutating func writeOrder(_ object: JSONValue) {
        let id = text(object, mapping.order)
        if !id.isEmpty { writer.field("order_id", Array(id.utf8)[...], as: .text) }
        let price = ImportDecimal(text(object, mapping.price).utf8, mark: mapping.decimal)
        let quantity = ImportDecimal(text(object, mapping.quantity).utf8, mark: mapping.decimal)
        let total =
            ImportDecimal(text(object, mapping.total).utf8, mark: mapping.decimal)
            ?? price.flatMap { quantity == nil ? $0 : $0.times(quantity ?? .zero) }
        if let total { writer.field("total", json: total.magnitude.text.utf8) }
        let currency = mapping.currency.map { text(object, $0) } ?? mapping.currencyCode ?? ""
        if !currency.isEmpty { writer.field("currency", Array(currency.utf8)[...], as: .text) }
    }
}
