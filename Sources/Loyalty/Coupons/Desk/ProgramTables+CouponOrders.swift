import Model
import OrderedCollections
import Records

extension ProgramTables {
    /// The member who last reserved coupons for an order; nil when nobody did.
    func couponOrderMember(_ order: String) throws(Problem) -> ProgramMemberID? {
        try first("SELECT member FROM coupon_orders WHERE workspace = ? AND order_id = ?", values(.text(order))) {
            reader throws(Problem) in ProgramMemberID(number: try reader.integer())
        }
    }

    /// Writes whose order it is, as it may be already: of two servers that do so at once one begins anew.
    func setCouponOrder(_ order: String, of member: ProgramMemberID) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO coupon_orders (workspace, order_id, member) VALUES (?, ?, ?)
            ON CONFLICT (workspace, order_id) DO UPDATE SET member = excluded.member
            """, values(.text(order), .integer(member.number)))
    }
}

extension ProgramDraft {
    /// Makes an order a member's, unless coupons of somebody else are kept or used for it, be it that the order's events used them.
    ///
    /// - Parameter known: The order's coupons, as far as the desk has them.
    mutating func claimCouponOrder(
        _ order: String, for member: ProgramMember, _ known: [String], _ desk: CouponDesk
    ) throws(ProgramFailure) {
        let coupons = known.compactMap { desk.coupons[$0] }
        let used = coupons.first { $0.redemptions.contains { $0.order == order && !$0.isUndone } }
        var first = used?.grant.flatMap { ProgramMemberID(text: $0.member) }
        if first == nil, coupons.contains(where: { $0.reservation(at: now)?.order == order }) {
            first = try reading { tables throws(Problem) in try tables.couponOrderMember(order) }
        }
        if let first, try find(MemberWish(.id(first)))?.id != member.id {
            throw .refused(Refusal("ORDER_TAKEN", ["order": .string(order)], isRetryable: used == nil))
        }
        let id = member.id
        write { tables throws(Problem) in try tables.setCouponOrder(order, of: id) }
    }
}
