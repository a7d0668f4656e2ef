public import Model
import OrderedCollections

extension ProgramReader {
    /// What coupons would do for a cart now, and what stands in their way; nothing is changed.
    ///
    /// - Parameter coupons: Their ids, or their printed codes.
    /// - Returns: A refusal when the member or one of the coupons is unknown, or the cart cannot be counted with.
    public func checkCoupons(
        _ coupons: [String], for order: String, by member: MemberWish, _ cart: CouponCart,
        mode: CouponStack.Mode = .bestForCustomer
    ) async throws(Problem) -> Result<CouponStack, Refusal> {
        let wrong = cart.reasons(for: order)
        guard wrong.isEmpty else { return .failure(Refusal(wrong)) }
        let calendar = try await program().calendar
        return try await read { tables throws(Problem) in
            guard let found = try tables.find(member) else {
                return .failure(Refusal("MEMBER_UNKNOWN", ["member": member.content]))
            }
            var cart = cart
            cart.member = found.id.text
            let named = try tables.couponsNamed(coupons)
            let desk = try tables.couponDesk(named.ids, for: cart, at: cart.instant, calendar)
            let missing = named.ids.filter { desk.coupons[$0] == nil }
            guard missing.isEmpty else { return .failure(Refusal(missing.map { .noCoupon($0) })) }
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
