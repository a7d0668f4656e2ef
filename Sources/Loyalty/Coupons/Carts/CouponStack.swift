import Model
import OrderedCollections

/// Which of several coupons are used for a cart, and what each does.
public struct CouponStack: Sendable {
    /// Which coupons win where not all can be used.
    public enum Mode: String, Hashable, Sendable, CaseIterable {
        /// In the order in which they were given.
        case requested = "requested_order"
        /// By the priority of their templates, then by id.
        case priority
        /// Those that take most off together.
        case bestForCustomer = "best_for_customer"
    }

    /// A coupon that stays unused, and why.
    public struct Skipped: Hashable, Sendable {
        public let id: String
        public let reasons: [Refusal.Reason]
    }

    /// What each used coupon does, by its id.
    public let used: [String: CouponDiscount]
    /// By used coupon: the limits that have less left than it would take off.
    public let trimmedBy: [String: [String]]
    /// In the order in which the coupons were given.
    public let skipped: [Skipped]
    public let price: CouponOrderPrice
    /// By printed code: the ids of the coupons that were named by it.
    public var codes: [String: String] = [:]

    public var total: Int64 { used.values.reduce(0) { $0 + $1.total } }

    /// Above this many coupons the best ones are looked for one after another.
    public static let exactMax = 12

    /// - Parameter classMaxima: What the program allows of each class in one order, beside what templates say.
    /// - Throws: ``Refusal`` when the cart cannot be counted with or a coupon is given twice.
    public init(
        _ cart: CouponCart, _ coupons: [CouponCandidate], mode: Mode, classMaxima: [CouponClass: Int] = [:]
    ) throws(Refusal) {
        let wrong = CouponStack.reasons(cart, coupons.map(\.id))
        guard wrong.isEmpty else { throw Refusal(wrong) }
        let checks = coupons.map { $0.check(cart) }
        let search = CouponSearch(
            cart: cart, coupons: zip(coupons, checks).filter { $1.isApplicable }.map(\.0), classMaxima: classMaxima)
        let chosen = search.chosen(mode)
        let (discounts, trims) = search.outcome(chosen)
        used = Dictionary(uniqueKeysWithValues: zip(chosen.map(\.id), discounts))
        trimmedBy = Dictionary(uniqueKeysWithValues: zip(chosen.map(\.id), trims))
        price = try CouponOrderPrice(cart, discounts)
        var skipped: [Skipped] = []
        for (coupon, check) in zip(coupons, checks) where used[coupon.id] == nil {
            let reasons = check.isApplicable ? [search.reason(coupon, beside: chosen)] : check.reasons
            skipped.append(Skipped(id: coupon.id, reasons: reasons))
        }
        self.skipped = skipped
    }

    /// Why a cart cannot be counted with, and which of the coupons for it are given twice.
    static func reasons(_ cart: CouponCart, _ coupons: [String]) -> [Refusal.Reason] {
        var reasons = CommandReasons()
        do throws(Refusal) { try cart.check() } catch { reasons.add(error.reasons) }
        var ids: Set<String> = []
        for id in coupons where !ids.insert(id).inserted { reasons.add([.init("BAD_CART", ["twice": .string(id)])]) }
        return reasons.all
    }
}
