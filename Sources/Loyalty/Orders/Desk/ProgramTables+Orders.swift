import Model
import Records

/// An order as the tables have it.
struct KeptOrder: Hashable {
    var record: OrderRecord
    /// The codes that it carries or has carried.
    var coupons: [String: OrderCoupon] = [:]
    /// Who earns; nil until the order is completed by somebody.
    var member: ProgramMemberID?
    /// Theirs when it was completed; nil until it was told.
    var tags: Set<String>?
}

extension ProgramTables {
    /// An order with all that is known of it; an empty one when nothing is.
    func order(_ id: String, of program: String) throws(Problem) -> KeptOrder {
        let key = values(.text(program), .text(id))
        let row = try first(
            "SELECT member, tags FROM earning_orders WHERE workspace = ? AND program = ? AND order_id = ?", key
        ) { reader throws(Problem) in
            let member = try reader.optionalCount().map { ProgramMemberID(number: Int64($0)) }
            return (member: member, tags: try reader.optionalText().flatMap { CouponRows.names($0) })
        }
        guard let (member, tags) = row else { return KeptOrder(record: OrderRecord(id: id)) }
        let facts = try list(
            """
            SELECT message_id, event, happened_at, currency, properties, context FROM earning_order_facts
            WHERE workspace = ? AND program = ? AND order_id = ?
            """, key, Self.fact)
        let lines = try list(
            """
            SELECT product, rule, generation, points, units, returned_units, returned_points, withdrawn, limits
            FROM earning_order_lines
            WHERE workspace = ? AND program = ? AND order_id = ?
            """, key
        ) { reader throws(Problem) in try Self.line(&reader, id) }
        let record = OrderRecord(
            id: id, facts: facts, lines: Dictionary(lines) { first, _ in first }, isSettled: member != nil)
        return KeptOrder(record: record, coupons: try orderCoupons(id, of: program), member: member, tags: tags.map(Set.init))
    }

    private static func fact(_ reader: inout RowReader) throws(Problem) -> OrderFact {
        let (message, event, at) = (try reader.text(), try reader.text(), try reader.instant())
        let currency = try reader.word { Currency(code: $0) }
        let (properties, context) = (try reader.json(), try reader.json())
        let fact: OrderFact?
        do throws(Refusal) {
            fact = try OrderFact(
                event: event, messageID: message, at: at, properties: properties, context: context, standard: currency)
        } catch {
            fact = nil
        }
        // It was read once, before it was written.
        guard let fact else { throw Problem(.damaged, "The event \"\(message)\" of an order cannot be read any more.") }
        return fact
    }

    private static func line(
        _ reader: inout RowReader, _ order: String
    ) throws(Problem) -> (OrderRecord.OrderedLine, OrderEarning) {
        let key = OrderRecord.OrderedLine(product: try reader.text(), rule: try reader.text())
        let (generation, points, units) = (try reader.count(), try reader.integer(), try reader.integer())
        let returned = EarningReturn(units: try reader.integer(), points: try reader.integer())
        let isWithdrawn = try reader.flag()
        let limits = try reader.limitKeys()
        let earning = OrderEarning(
            points, of: PointSource(id: order, line: key.product, rule: key.rule), units: units, generation: generation,
            limits: limits, returned: returned, isWithdrawn: isWithdrawn)
        return (key, earning)
    }

    // MARK: - Writing

    func insert(_ fact: OrderFact, of program: String) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO earning_order_facts (workspace, program, order_id, message_id, event, happened_at, currency, properties,
                context)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            values(
                .text(program), .text(fact.order), .text(fact.messageID), .text(fact.kind.rawValue), .instant(fact.at),
                .text(fact.currency.code), .text(fact.properties.text), .text(fact.context.text)))
    }

    /// Writes what differs from before, but the facts.
    func write(_ order: KeptOrder, from before: KeptOrder, of program: String) throws(Problem) {
        let (id, old) = (order.record.id, before.record)
        try connection.execute(
            """
            INSERT INTO earning_orders (workspace, program, order_id, member, tags) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (workspace, program, order_id) DO UPDATE SET member = excluded.member, tags = excluded.tags
            """,
            values(
                .text(program), .text(id), order.member.map { .integer($0.number) } ?? .null,
                .optional(order.tags.map { CouponRows.text($0.sorted()) })))
        for (key, line) in order.record.lines.sorted(by: { $0.key < $1.key }) where old.lines[key] != line {
            try connection.execute(
                """
                INSERT INTO earning_order_lines (workspace, program, order_id, product, rule, generation, points, units,
                    returned_units, returned_points, withdrawn, limits)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (workspace, program, order_id, product, rule) DO UPDATE SET generation = excluded.generation,
                    points = excluded.points, units = excluded.units, returned_units = excluded.returned_units,
                    returned_points = excluded.returned_points, withdrawn = excluded.withdrawn, limits = excluded.limits
                """,
                values(
                    .text(program), .text(id), .text(key.product), .text(key.rule), .count(line.generation), .integer(line.points),
                    .integer(line.units), .integer(line.returned.units), .integer(line.returned.points), .flag(line.isWithdrawn),
                    .text(line.limits.text)))
        }
        for (code, coupon) in order.coupons.sorted(by: { $0.key < $1.key }) where before.coupons[code] != coupon {
            try write(coupon, code, of: id, program)
        }
    }
}

extension ProgramTables {
    /// Makes what a member has ordered the heir's: who has ordered before, what a later merge moves on, and what a person may ask for.
    func moveOrders(from member: ProgramMemberID, to heir: ProgramMemberID) throws(Problem) {
        try connection.execute(
            "UPDATE earning_orders SET member = ? WHERE workspace = ? AND member = ?",
            [.integer(heir.number)] + values(.integer(member.number)))
    }
}
