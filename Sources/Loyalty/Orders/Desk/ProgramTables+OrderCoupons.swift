import Columns
import Model
import OrderedCollections
import Records

/// A coupon that another order of the member has used.
struct LaterCouponUse: Hashable {
    let program: String
    let order: String
    let code: String
    var known: OrderCoupon
}

extension ProgramTables {
    /// The codes that an order carries or has carried, with what has become of them.
    func orderCoupons(_ order: String, of program: String) throws(Problem) -> [String: OrderCoupon] {
        let rows = try list(
            """
            SELECT code, state, coupon, judged, reasons FROM earning_order_coupons
            WHERE workspace = ? AND program = ? AND order_id = ?
            """, values(.text(program), .text(order)), Self.known)
        return Dictionary(rows) { first, _ in first }
    }

    private static func known(_ reader: inout RowReader) throws(Problem) -> (code: String, known: OrderCoupon) {
        let code = try reader.text()
        var known = OrderCoupon()
        // Those from before coupons were used by orders have nothing but the code: nobody has looked at them.
        known.state = try reader.optionalText().flatMap { OrderCoupon.State(rawValue: $0) } ?? .open
        known.coupon = try reader.optionalText()
        known.judged = try reader.optionalText()
        let reasons = try reader.optionalText().flatMap { CouponRows.json($0)?.arrayValue } ?? []
        known.reasons = reasons.compactMap { Refusal.Reason(kept: $0) }
        return (code, known)
    }

    /// What a member's orders that were completed after an instant have used by their lines, be it that it came back since.
    ///
    /// - Complexity: O(the member's orders with coupons), by an index.
    func laterUses(of member: ProgramMemberID, after at: Instant, but order: String) throws(Problem) -> [LaterCouponUse] {
        try list(
            """
            SELECT known.program, known.order_id, used.code, used.state, used.coupon, used.judged, used.reasons
            FROM earning_orders known JOIN earning_order_coupons used ON used.workspace = known.workspace
                AND used.program = known.program AND used.order_id = known.order_id
            WHERE known.workspace = ? AND known.member = ? AND known.order_id <> ? AND used.state IN (?, ?)
                AND used.judged IS NOT NULL AND (
                    SELECT MIN(fact.happened_at) FROM earning_order_facts fact WHERE fact.workspace = known.workspace
                        AND fact.program = known.program AND fact.order_id = known.order_id AND fact.event = ?) > ?
            ORDER BY known.program, known.order_id, used.code
            """,
            values(
                .integer(member.number), .text(order), .text(OrderCoupon.State.priced.rawValue),
                .text(OrderCoupon.State.returned.rawValue), .text(OrderFact.Kind.completed.rawValue), .instant(at))
        ) { reader throws(Problem) in
            let (program, order) = (try reader.text(), try reader.text())
            let (code, known) = try Self.known(&reader)
            return LaterCouponUse(program: program, order: order, code: code, known: known)
        }
    }

    func write(_ coupon: OrderCoupon, _ code: String, of order: String, _ program: String) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO earning_order_coupons (workspace, program, order_id, code, given_back, state, coupon, judged, reasons)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (workspace, program, order_id, code) DO UPDATE SET given_back = excluded.given_back, state = excluded.state,
                coupon = excluded.coupon, judged = excluded.judged, reasons = excluded.reasons
            """,
            values(
                .text(program), .text(order), .text(code), .flag(!coupon.isUsed), .text(coupon.state.rawValue),
                .optional(coupon.coupon), .optional(coupon.judged), .text(JSONValue.array(coupon.reasons.map(\.kept)).text)))
    }

    /// Whether a member completed another order before an instant.
    func hasOrdered(_ member: ProgramMemberID, before at: Instant, but order: String) throws(Problem) -> Bool {
        try connection.row(
            """
            SELECT 1 FROM earning_orders known JOIN earning_order_facts fact ON fact.workspace = known.workspace
                AND fact.program = known.program AND fact.order_id = known.order_id
            WHERE known.workspace = ? AND known.member = ? AND known.order_id <> ? AND fact.event = ? AND fact.happened_at < ?
            LIMIT 1
            """,
            values(.integer(member.number), .text(order), .text(OrderFact.Kind.completed.rawValue), .instant(at))) != nil
    }

    /// Reads what people type as codes; nil while no code was ever made.
    func couponCipher() throws(Problem) -> CouponCodeCipher? {
        let secret = try first(
            "SELECT bytes FROM secrets WHERE name = ?", [.text(CouponCodeCipher.secretName(of: workspace))]
        ) { reader throws(Problem) in try reader.word { [UInt8](hex: $0) } }
        return secret.map { CouponCodeCipher(secret: $0) }
    }

    /// The coupon behind a printed code, however it is typed and whether anybody has it; nil when there is no such code.
    func couponID(ofCode text: String) throws(Problem) -> String? {
        guard let place = try couponCipher()?.place(typed: text), let batch = try couponBatch(Int64(place.batch)),
            place.index < UInt64(batch.count)
        else { return nil }
        return place.couponID
    }
}

extension Refusal.Reason {
    /// The triple `[code, params, retryable]`.
    fileprivate var kept: JSONValue { [.string(code), .object(params), .bool(isRetryable)] }

    fileprivate init?(kept: JSONValue) {
        guard let parts = kept.arrayValue, parts.count == 3, let code = parts[0].stringValue, let params = parts[1].objectValue,
            let isRetryable = parts[2].boolValue
        else { return nil }
        self.init(code, params, isRetryable: isRetryable)
    }
}
