import Model
import OrderedCollections
import Records

extension Refusal {
    static func noCoupon(_ id: String) -> Refusal { Refusal([.noCoupon(id)]) }
}

extension Refusal.Reason {
    static func noCoupon(_ id: String) -> Refusal.Reason { Refusal.Reason("NOT_FOUND", ["coupon": .string(id)]) }

    /// The same of a command about several coupons, with the one that it is about.
    func about(_ coupon: String) -> Refusal.Reason {
        var params = params
        params["coupon"] = .string(coupon)
        return Refusal.Reason(code, params, isRetryable: isRetryable)
    }
}

extension ProgramDraft {
    /// The id of the coupon that the command makes: of its own id, so that the same commands carried out anew make the same coupons.
    var newCouponID: String { "c_" + CouponText.hash(of: id).prefix(16) }

    /// The text of a template as it is, for who was shown none: in the workspace's language.
    func unseenText(_ template: CouponTemplate) -> CouponTextSeen {
        CouponTextSeen(template, in: transaction.program.language)
    }

    /// A version of a template, or its newest one, with the days of its zone.
    func couponTerms(_ name: String, version: Int? = nil) throws(ProgramFailure) -> CouponTerms {
        let calendar = calendar
        let terms = try reading { tables throws(Problem) in try tables.couponTerms(name, version: version, calendar) }
        guard let terms else { throw .refused(Refusal("NOT_FOUND", ["template": .string(name)])) }
        return terms
    }

    /// Coupons with their limits as they are now.
    ///
    /// - Throws: A refusal that names those that are not there.
    mutating func coupons(_ ids: [String]) throws(ProgramFailure) -> CouponDesk {
        let desk = try couponsFound(ids)
        let missing = desk.missing(of: ids)
        guard missing.isEmpty else { throw .refused(Refusal(missing)) }
        return desk
    }

    /// Coupons with their limits as they are now, without those that are not there.
    mutating func couponsFound(_ ids: [String], for cart: CouponCart? = nil) throws(ProgramFailure) -> CouponDesk {
        let (now, calendar) = (now, calendar)
        let desk = try reading { tables throws(Problem) in try tables.couponDesk(ids, for: cart, at: now, calendar) }
        self.now = max(now, desk.recordedAt.advanced(byMicroseconds: 1))
        return desk
    }

    /// Writes what has become of coupons and limits, and gives the rights that coupons were redeemed for.
    mutating func save(_ desk: CouponDesk) throws(ProgramFailure) {
        let (now, today) = (now, calendar.date(at: now))
        var limits = desk.limits
        limits.settle(until: now)
        for id in desk.coupons.keys.sorted() {
            guard var coupon = desk.coupons[id] else { continue }
            // A reservation that has lapsed stands in no row: what it had pinned is free.
            if coupon.reservation(at: now) == nil { coupon.reservation = nil }
            guard coupon != desk.before[id] else { continue }
            let (changed, before) = (coupon, desk.before[id])
            write { tables throws(Problem) in try tables.write(changed, from: before, at: now) }
            tell(changed, from: before)
            try followRights(of: changed, from: before, desk.terms[id])
        }
        for (key, limit) in limits.limits.sorted(by: { $0.key < $1.key }) where desk.limitsBefore.limits[key] != limit {
            let before = desk.limitsBefore.limits[key]
            write { tables throws(Problem) in try tables.set(limit, from: before) }
            let more = limit.used - (before?.used ?? 0)
            if more != 0, key.isBudget {
                write { tables throws(Problem) in try tables.add(more, toBudget: key.name, on: today) }
            }
        }
        let freed = desk.limitsBefore.pins.keys.filter { limits.pins[$0] == nil && desk.coupons[$0.subject] == nil }
        for coupon in freed.map(\.subject).sorted() {
            write { tables throws(Problem) in try tables.deleteReservation(of: coupon) }
        }
    }

    /// Gives a member a coupon; nothing happens when it is theirs already.
    ///
    /// - Parameters:
    ///   - seen: The text that the member has read; nil where nobody was shown anything, and the text as it is counts.
    ///   - isClaimed: Whether the member took it themselves.
    mutating func give(
        _ coupon: Coupon, from before: Coupon?, _ terms: CouponTerms, to member: ProgramMember, seen: CouponTextSeen? = nil,
        isClaimed: Bool = false
    ) throws(ProgramFailure) -> Coupon {
        var coupon = coupon
        let now = now
        let text = seen ?? unseenText(terms.template)
        do throws(Refusal) { try coupon.grant(to: member.id.text, seen: text, terms, now: now) } catch { throw .refused(error) }
        guard coupon != before else { return coupon }
        claim(member)
        let given = coupon
        write { tables throws(Problem) in try tables.write(given, from: before, at: now) }
        tell(given, isClaimed: isClaimed)
        return coupon
    }
}
