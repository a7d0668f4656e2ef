public import Model
import OrderedCollections
import Records

/// Keeps a member's coupons for an order, each on itself and on all its limits, or uses them at once.
public struct ReserveCoupons: ProgramCommand {
    /// For how long it may keep them: up to 30 days, as what was sold in advance is paid for in full later.
    public static let secondsRange: ClosedRange<Int64> = 1 ... 30 * 86_400

    public let member: MemberWish
    public let order: String
    /// Its instant and its member are those of the command.
    public let cart: CouponCart
    /// Ids or printed codes, in the order in which they are wished for.
    public let coupons: [String]
    public var mode = CouponStack.Mode.bestForCustomer
    /// Whether they are used at once, without a reservation in between.
    public var commits = false
    /// For how long they are kept from now on; nil for ``Coupon/reservationDuration``, and for no change to what is kept already.
    public var seconds: Int64?

    public init(_ coupons: [String], for order: String, by member: MemberWish, _ cart: CouponCart) {
        self.coupons = coupons
        self.order = order
        self.member = member
        self.cart = cart
    }

    public var content: JSONValue {
        let members: OrderedDictionary<String, JSONValue> = [
            "command": "reserve_coupons", "member": member.content, "order": .string(order), "cart": cart.json,
            "coupons": .array(coupons.map { .string($0) }), "mode": .string(mode.rawValue), "commits": .bool(commits),
        ]
        return .object(seconds.map { seconds in members.merging(["seconds": .int(seconds)]) { one, _ in one } } ?? members)
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        if let seconds, !ReserveCoupons.secondsRange.contains(seconds) { throw .refused(Refusal("BAD_TIME")) }
        var cart = cart
        let wrong = cart.reasons(for: order)
        guard wrong.isEmpty else { throw .refused(Refusal(wrong)) }
        let member = try draft.member(member)
        cart.member = member.id.text
        // What the order holds already is looked at, too: it is let go when it is not wished for any more.
        let (order, names) = (order, coupons)
        let (known, named) = try draft.reading { tables throws(Problem) in
            (try tables.couponIDs(ofOrder: order), try tables.couponsNamed(names))
        }
        let coupons = named.ids
        let others = known.filter { !coupons.contains($0) }
        var desk = try draft.coupons(coupons + others, for: cart)
        cart.instant = draft.now
        try draft.claimCouponOrder(order, for: member, known, desk)
        for id in others {
            try desk.change(id) { coupon, _, limits throws(Refusal) in coupon.cancel(order: order, limits: &limits) }
        }
        desk.ids = coupons
        var checkout = desk.checkout
        let until = seconds.map { draft.now.advanced(byMicroseconds: $0 * .microsecondsPerSecond) }
        let answer: CouponCheckout.Answer
        do throws(Refusal) {
            answer = try checkout.reserve(cart, order: order, key: cart.key(coupons, mode), mode: mode, until: until)
        } catch { throw .refused(error) }
        guard !answer.reservations.isEmpty || answer.skipped.isEmpty else { throw .refused(answer.refusal(of: named)) }
        desk.take(checkout)
        var used: [JSONValue] = []
        for id in coupons {
            guard let reservation = answer.reservations[id] else { continue }
            guard commits else {
                used.append(reservation.json(of: id))
                continue
            }
            let now = draft.now
            let redemption = try desk.change(id) { coupon, _, limits throws(Refusal) in
                try coupon.commit(order: order, now: now, limits: &limits)
            }
            used.append(redemption.json(of: id))
        }
        draft.claim(member)
        try draft.save(desk)
        let members: OrderedDictionary<String, JSONValue> = [
            "order": .string(order), commits ? "redemptions" : "reservations": .array(used),
            "skipped": .array(answer.skipped.map(\.json)), "price": answer.price.json,
        ]
        return .object(members.merging(named.members) { one, _ in one })
    }
}

extension CouponCheckout.Answer {
    /// All reasons of all coupons, when none is used; each is about what the wish names.
    fileprivate func refusal(of named: NamedCoupons) -> Refusal {
        Refusal(skipped.flatMap { skipped in skipped.reasons.map { $0.about(named.name(of: skipped.id)) } })
    }
}
