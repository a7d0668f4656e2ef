public import Model
import OrderedCollections

extension ProgramReader {
    /// What coupons would do for a cart now, and what stands in their way; nothing is changed.
    ///
    /// - Parameter coupons: Their ids, or their printed codes.
    /// - Returns: A refusal with all reasons when the member or one of the coupons is unknown, or the cart cannot be counted with.
    public func checkCoupons(
        _ coupons: [String], for order: String, by member: MemberWish, _ cart: CouponCart,
        mode: CouponStack.Mode = .bestForCustomer
    ) async throws(Problem) -> Result<CouponStack, Refusal> {
        let calendar = try await program().calendar
        return try await read { tables throws(Problem) in
            var (reasons, cart) = (CommandReasons(), cart)
            reasons.add(cart.reasons(for: order))
            let found = try tables.find(member)
            if found == nil { reasons.add([.init("MEMBER_UNKNOWN", ["member": member.content])]) }
            cart.member = found?.id.text
            let named = try tables.couponsNamed(coupons)
            let desk = try tables.couponDesk(named.ids, for: cart, at: cart.instant, calendar)
            reasons.add(CouponStack.reasons(cart, named.ids) + desk.missing(of: named.ids))
            guard reasons.all.isEmpty else { return .failure(Refusal(reasons.all)) }
            do throws(Refusal) {
                var stack = try desk.checkout.check(cart, order: order, key: cart.key(named.ids, mode), mode: mode)
                stack.codes = named.codes
                return .success(stack)
            } catch { return .failure(error) }
        }
    }

    /// A member's coupons with what they promise, by id.
    public func coupons(of member: ProgramMemberID) async throws(Problem) -> [(coupon: Coupon, terms: CouponTerms)] {
        let calendar = try await program().calendar
        return try await read { tables throws(Problem) in
            let ids = try tables.couponIDs(of: member)
            return try tables.couponDesk(ids, for: nil, at: .distantPast, calendar).checkout.items.map { ($0.coupon, $0.terms) }
        }
    }

    /// The newest version of a template, or one of them; nil when there is none.
    public func couponTemplate(_ name: String, version: Int? = nil) async throws(Problem) -> CouponTemplate? {
        try await read { tables throws(Problem) in try tables.couponTemplate(name, version: version) }
    }

    /// A batch of codes by its number; nil when there is none.
    public func couponBatch(_ number: Int64) async throws(Problem) -> CouponBatch? {
        try await read { tables throws(Problem) in try tables.couponBatch(number) }
    }

    /// How a limit stands; nil while nobody has counted on it.
    public func limit(_ key: Limit.Key) async throws(Problem) -> Limit? {
        try await read { tables throws(Problem) in try tables.limit(key) }
    }
}
