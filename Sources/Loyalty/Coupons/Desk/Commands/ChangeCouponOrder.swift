public import Model
import OrderedCollections

/// What becomes of the coupons of an order: used, let go, rolled back, or returned with its goods.
public struct ChangeCouponOrder: ProgramCommand {
    public enum Deed: Hashable, Sendable {
        /// Uses what is reserved; by coupon, as the order's coupons are named, for at most what is reserved.
        case commit(finals: [String: Int64])
        /// Lets go what is reserved; what is used is rolled back instead.
        case cancel
        /// Undoes the use as if it had never been.
        case rollBack
        /// So many more units of each line have come back.
        case refund(units: [String: Int64])
    }

    public let order: String
    public let deed: Deed
    /// Some of the order's coupons, by ids or printed codes; nil for all.
    public var coupons: [String]?

    public init(_ deed: Deed, of order: String, coupons: [String]? = nil) {
        self.deed = deed
        self.order = order
        self.coupons = coupons
    }

    public var content: JSONValue {
        var out = JSONMembers()
        out.put("command", "change_coupon_order")
        out.put("order", order)
        out.put("coupons", coupons.map { .array($0.map { .string($0) }) } ?? .null)
        switch deed {
        case .commit(let finals): out.put("commit", .counts(finals))
        case .cancel: out.put("cancel", true)
        case .rollBack: out.put("roll_back", true)
        case .refund(let units): out.put("refund", .counts(units))
        }
        return out.json
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let (order, names) = (order, coupons ?? [])
        let finals: [String: Int64] = if case .commit(let finals) = deed { finals } else { [:] }
        let (known, named, priced) = try draft.reading { tables throws(Problem) in
            (
                try tables.couponIDs(ofOrder: order), try tables.couponsNamed(names),
                try tables.couponsNamed(finals.keys.sorted())
            )
        }
        var reasons = wishReasons(names, named, known: Set(known))
        guard reasons.isEmpty else { throw .refused(Refusal(reasons)) }
        let coupons = coupons == nil ? nil : named.ids
        guard !known.isEmpty else { throw .refused(Refusal("NOT_FOUND", ["order": .string(order)])) }
        reasons = wishReasons(finals.keys.sorted(), priced, known: Set(known))
        guard reasons.isEmpty else { throw .refused(Refusal(reasons)) }
        var desk = try draft.coupons(coupons ?? known)
        // Of a whole order, what was undone alone stays so.
        let open = known.filter { desk.coupons[$0].map(isOpen) ?? false }
        let now = draft.now
        let amounts = Dictionary(uniqueKeysWithValues: finals.map { (priced.id(of: $0.key), $0.value) })
        var answers: [JSONValue] = []
        for id in coupons ?? (open.isEmpty ? known : open) {
            switch change(id, final: amounts[id], &desk, now) {
            case .success(let answer): answers.append(answer)
            case .failure(let refusal): reasons += refusal.reasons.map { $0.about(named.name(of: id)) }
            }
        }
        guard reasons.isEmpty else { throw .refused(Refusal(reasons)) }
        try draft.save(desk)
        let members: OrderedDictionary<String, JSONValue> = ["order": .string(order), "coupons": .array(answers)]
        return .object(members.merging(named.members) { one, _ in one })
    }

    /// Coupons that the order does not have, and those that are named twice: what is done is done to each once.
    private func wishReasons(_ names: [String], _ named: NamedCoupons, known: Set<String>) -> [Refusal.Reason] {
        var (seen, reasons): (Set<String>, [Refusal.Reason]) = ([], [])
        for (name, id) in zip(names, named.ids) {
            if !seen.insert(id).inserted {
                reasons.append(Refusal.Reason("BAD_CART", ["twice": .string(name)]))
            } else if !known.contains(id) {
                reasons.append(Refusal.Reason("NOT_FOUND", ["order": .string(order), "coupon": .string(name)]))
            }
        }
        return reasons
    }

    /// Whether the deed has anything to do with the coupon.
    private func isOpen(_ coupon: Coupon) -> Bool {
        let isReserved = coupon.reservation?.order == order
        return switch deed {
        case .commit: isUsed(coupon) || isReserved
        case .cancel: isReserved
        case .rollBack, .refund: isUsed(coupon)
        }
    }

    private func isUsed(_ coupon: Coupon) -> Bool { coupon.redemptions.contains { $0.order == order && !$0.isUndone } }

    /// - Parameter final: What it takes off in the end, of what is reserved; nil for all of it.
    private func change(
        _ id: String, final: Int64?, _ desk: inout CouponDesk, _ now: Instant
    ) -> Result<JSONValue, Refusal> {
        let (order, deed) = (order, deed)
        return desk.attempt(id) { coupon, terms, limits throws(Refusal) in
            switch deed {
            case .commit:
                return try coupon.commit(order: order, final: final, now: now, limits: &limits).json(of: id)
            case .cancel:
                if isUsed(coupon) { throw Refusal("USED_FOR_ORDER", ["order": .string(order)]) }
                coupon.cancel(order: order, limits: &limits)
                return coupon.json(at: now)
            case .rollBack:
                try coupon.rollBack(order: order, limits: &limits)
                return coupon.json(at: now)
            case .refund(let units):
                let returned = try coupon.refund(order: order, units: units, terms.template.refundPolicy, limits: &limits)
                return [
                    "coupon": .string(id), "amount": .int(returned.amount), "is_back": .bool(returned.isBack),
                    "state": .string(coupon.state(at: now).word),
                ]
            }
        }
    }
}

extension JSONValue {
    fileprivate static func counts(_ counts: [String: Int64]) -> JSONValue {
        .object(OrderedDictionary(uniqueKeysWithValues: counts.sorted { $0.key < $1.key }.map { ($0.key, .int($0.value)) }))
    }
}
