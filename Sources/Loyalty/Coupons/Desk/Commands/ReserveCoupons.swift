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
        var (member, named, desk, answer) = try reserve(in: &draft)
        var used: [JSONValue] = []
        for id in named.ids {
            guard let reservation = answer.reservations[id] else { continue }
            guard commits else {
                used.append(reservation.json(of: id))
                continue
            }
            let (order, now) = (order, draft.now)
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

    /// The order's coupons, with what is kept of them now.
    ///
    /// - Throws: Everything that is wrong with the wish; what its coupons say is a part of that where none of them can be used.
    private func reserve(
        in draft: inout ProgramDraft
    ) throws(ProgramFailure) -> (ProgramMember, NamedCoupons, CouponDesk, CouponCheckout.Answer) {
        var (reasons, cart) = (CommandReasons(), cart)
        if let seconds, !ReserveCoupons.secondsRange.contains(seconds) { reasons.add([.init("BAD_TIME")]) }
        reasons.add(cart.reasons(for: order))
        let member = try reasons.collect { () throws(ProgramFailure) in try draft.member(self.member) }
        cart.member = member?.id.text
        // What the order holds already is looked at, too: it is let go when it is not wished for any more.
        let (order, names) = (order, coupons)
        let (known, named) = try draft.reading { tables throws(Problem) in
            (order.isID ? try tables.couponIDs(ofOrder: order) : [], try tables.couponsNamed(names))
        }
        let others = known.filter { !named.ids.contains($0) }
        var desk = try draft.couponsFound(named.ids + others, for: cart)
        let wrong = CouponStack.reasons(cart, named.ids)
        reasons.add(wrong + desk.missing(of: named.ids + others))
        cart.instant = draft.now
        let isClaimed =
            try member.map { member throws(ProgramFailure) in
                try reasons.collect { () throws(ProgramFailure) in try draft.claimCouponOrder(order, for: member, known, desk) }
                    != nil
            } ?? false
        guard let member, wrong.isEmpty else { throw reasons.failure }
        // Of somebody else's order nothing is let go.
        for id in isClaimed ? others : [] {
            desk.attempt(id) { coupon, _, limits throws(Refusal) in coupon.cancel(order: order, limits: &limits) }
        }
        desk.ids = named.ids
        let answer = try reasons.collect { () throws(ProgramFailure) in try reserve(cart, named, &desk) }
        guard let answer, reasons.all.isEmpty else { throw reasons.failure }
        return (member, named, desk, answer)
    }

    /// - Throws: All reasons of all coupons, when none is used.
    private func reserve(
        _ cart: CouponCart, _ named: NamedCoupons, _ desk: inout CouponDesk
    ) throws(ProgramFailure) -> CouponCheckout.Answer {
        var checkout = desk.checkout
        // What is wrong with the time is said already.
        let until = seconds.flatMap { seconds in
            ReserveCoupons.secondsRange.contains(seconds)
                ? cart.instant.advanced(byMicroseconds: seconds * .microsecondsPerSecond) : nil
        }
        let answer: CouponCheckout.Answer
        do throws(Refusal) {
            answer = try checkout.reserve(cart, order: order, key: cart.key(named.ids, mode), mode: mode, until: until)
        } catch { throw .refused(error) }
        guard !answer.reservations.isEmpty || answer.skipped.isEmpty else { throw .refused(answer.refusal(of: named)) }
        desk.take(checkout)
        return answer
    }
}

extension CouponCheckout.Answer {
    /// All reasons of all coupons, when none is used; each is about what the wish names.
    fileprivate func refusal(of named: NamedCoupons) -> Refusal {
        Refusal(skipped.flatMap { skipped in skipped.reasons.map { $0.about(named.name(of: skipped.id)) } })
    }
}
