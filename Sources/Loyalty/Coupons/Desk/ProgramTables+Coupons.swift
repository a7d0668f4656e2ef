import Model
import Records

/// A coupon as it is stored, with when it was last recorded.
struct KeptCoupon: Hashable {
    var coupon: Coupon
    var recordedAt: Instant
}

extension ProgramTables {
    private static let columns = """
        template, version, referrer, holder, granted_at, seen_language, seen_hash, starts_at, ends_at, zone, value_left, ending,
        ending_reason, ended_at, recorded_at
        """

    /// A coupon of a template version that the caller finds.
    func coupon(
        _ id: String, _ template: (CouponTemplateKey) throws(Problem) -> CouponTemplate
    ) throws(Problem) -> KeptCoupon? {
        guard let row = try connection.row("SELECT \(Self.columns) FROM coupons WHERE workspace = ? AND id = ?", values(.text(id)))
        else { return nil }
        var reader = RowReader(row)
        let key = CouponTemplateKey(name: try reader.text(), version: try reader.count())
        let referrer = try reader.optionalText().map { referrer throws(Problem) in try heir(of: referrer) }
        var coupon = Coupon(id: id, of: try template(key), referrer: referrer)
        let holder = try reader.optionalCount().map { ProgramMemberID(number: Int64($0)) }
        let (grantedAt, language, hash) = (try reader.optionalInstant(), try reader.optionalText(), try reader.optionalText())
        let (from, until, zone) = (try reader.optionalInstant(), try reader.optionalInstant(), try reader.optionalText())
        if let holder, let grantedAt, let from, let zone {
            let language = language.flatMap { CouponText.Language(rawValue: $0) }
            let seen = language.flatMap { language in hash.map { CouponTextSeen(language: language, hash: $0) } }
            coupon.grant = CouponGrant(
                member: holder.text, at: grantedAt, seen: seen, interval: CouponInterval(from: from, until: until, zone: zone))
        }
        coupon.valueLeft = try reader.integer()
        let (ending, reason, endedAt) = (try reader.optionalText(), try reader.optionalText(), try reader.optionalInstant())
        switch (ending, endedAt) {
        case ("revoked"?, let at?): coupon.ending = .revoked(reason: reason ?? "", at: at)
        case ("voided"?, let at?): coupon.ending = .voided(at: at)
        default: break
        }
        coupon.reservation = try couponReservations(where: "coupon = ?", .text(id)).first?.reservation
        coupon.redemptions = try couponRedemptions(of: id)
        return KeptCoupon(coupon: coupon, recordedAt: try reader.instant())
    }

    /// Whom a member turned out to be; the member themselves where they were not merged.
    private func heir(of member: String) throws(Problem) -> String {
        guard let id = ProgramMemberID(text: member) else { return member }
        return try find(MemberWish(.id(id)))?.id.text ?? member
    }

    func couponReservations(
        where condition: String, _ value: SQLValue
    ) throws(Problem) -> [(coupon: String, reservation: CouponReservation)] {
        try list(
            """
            SELECT coupon, order_id, cart_key, until, discount, charges, trimmed_by FROM coupon_reservations
            WHERE workspace = ? AND \(condition) ORDER BY coupon
            """, values(value)
        ) { reader throws(Problem) in
            let coupon = try reader.text()
            return (
                coupon,
                CouponReservation(
                    order: try reader.text(), key: try reader.text(), until: try reader.instant(),
                    discount: try reader.word { CouponDiscount(text: $0) }, charges: try reader.word { CouponRows.charges($0) },
                    trimmedBy: try reader.word { CouponRows.names($0) })
            )
        }
    }

    private func couponRedemptions(of coupon: String) throws(Problem) -> [CouponRedemption] {
        try list(
            """
            SELECT order_id, redeemed_at, discount, charges, is_use, returned_units, returned_amount, undone FROM coupon_redemptions
            WHERE workspace = ? AND coupon = ? ORDER BY position
            """, values(.text(coupon))
        ) { reader throws(Problem) in
            var redemption = CouponRedemption(
                order: try reader.text(), at: try reader.instant(), discount: try reader.word { CouponDiscount(text: $0) },
                charges: try reader.word { CouponRows.charges($0) }, isUse: try reader.flag())
            redemption.returnedUnits = try reader.word { CouponRows.counts($0) }
            redemption.returnedAmount = try reader.integer()
            redemption.isUndone = try reader.flag()
            return redemption
        }
    }

    /// The coupons that an order has reserved or used.
    func couponIDs(ofOrder order: String) throws(Problem) -> [String] {
        try list(
            """
            SELECT coupon FROM coupon_reservations WHERE workspace = ? AND order_id = ?
            UNION SELECT coupon FROM coupon_redemptions WHERE workspace = ? AND order_id = ? ORDER BY coupon
            """, values(.text(order), .text(workspace.text), .text(order))
        ) { reader throws(Problem) in try reader.text() }
    }

    func couponIDs(of member: ProgramMemberID) throws(Problem) -> [String] {
        try list("SELECT id FROM coupons WHERE workspace = ? AND holder = ? ORDER BY id", values(.integer(member.number))) {
            reader throws(Problem) in try reader.text()
        }
    }

    /// Gives all coupons of a member to the one with whom they turned out to be the same.
    func moveCoupons(from member: ProgramMemberID, to heir: ProgramMemberID) throws(Problem) {
        try connection.execute(
            "UPDATE coupons SET holder = ? WHERE workspace = ? AND holder = ?",
            [.integer(heir.number), .text(workspace.text), .integer(member.number)])
    }

    // MARK: - Writing

    /// Writes all that differs from what was stored; nil for a coupon that is new.
    func write(_ coupon: Coupon, from before: Coupon?, at now: Instant) throws(Problem) {
        let grant = coupon.grant
        let (ending, reason, endedAt): (String?, String?, Instant?) =
            switch coupon.ending {
            case .revoked(let reason, let at)?: ("revoked", reason, at)
            case .voided(let at)?: ("voided", nil, at)
            case nil: (nil, nil, nil)
            }
        let holder = grant.flatMap { ProgramMemberID(text: $0.member) }
        try connection.execute(
            """
            INSERT INTO coupons (workspace, id, \(Self.columns), usable, remind_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (workspace, id) DO UPDATE SET holder = excluded.holder, granted_at = excluded.granted_at,
                seen_language = excluded.seen_language, seen_hash = excluded.seen_hash, starts_at = excluded.starts_at,
                ends_at = excluded.ends_at, zone = excluded.zone, value_left = excluded.value_left, ending = excluded.ending,
                ending_reason = excluded.ending_reason, ended_at = excluded.ended_at, recorded_at = excluded.recorded_at,
                usable = excluded.usable
            """,
            values(
                .text(coupon.id), .text(coupon.template.name), .count(coupon.template.version), .optional(coupon.referrer),
                holder.map { .integer($0.number) } ?? .null, .optional(grant?.at), .optional(grant?.seen?.language.rawValue),
                .optional(grant?.seen?.hash), .optional(grant?.interval.from), .optional(grant?.interval.until),
                .optional(grant?.interval.zone), .integer(coupon.valueLeft), .optional(ending), .optional(reason),
                .optional(endedAt), .instant(now), .flag(ending == nil && !coupon.isUsedUp),
                .optional(grant.flatMap { RemindCoupons.reminder(ofEnd: $0.interval.until, after: $0.at) })))
        if coupon.reservation != before?.reservation { try write(coupon.reservation, of: coupon.id) }
        for (position, redemption) in coupon.redemptions.enumerated() {
            if let before, before.redemptions.indices.contains(position), before.redemptions[position] == redemption { continue }
            try write(redemption, at: position, of: coupon.id)
        }
    }

    func deleteReservation(of coupon: String) throws(Problem) {
        try connection.execute(
            "DELETE FROM coupon_reservations WHERE workspace = ? AND coupon = ?", values(.text(coupon)))
    }

    private func write(_ reservation: CouponReservation?, of coupon: String) throws(Problem) {
        guard let reservation else { return try deleteReservation(of: coupon) }
        try connection.execute(
            """
            INSERT INTO coupon_reservations (workspace, coupon, order_id, cart_key, until, discount, charges, trimmed_by)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (workspace, coupon) DO UPDATE SET order_id = excluded.order_id, cart_key = excluded.cart_key,
                until = excluded.until, discount = excluded.discount, charges = excluded.charges, trimmed_by = excluded.trimmed_by
            """,
            values(
                .text(coupon), .text(reservation.order), .text(reservation.key), .instant(reservation.until),
                .text(reservation.discount.json.text), .text(CouponRows.text(reservation.charges)),
                .text(CouponRows.text(reservation.trimmedBy))))
    }

    private func write(_ redemption: CouponRedemption, at position: Int, of coupon: String) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO coupon_redemptions (workspace, coupon, position, order_id, redeemed_at, discount, charges, is_use,
                returned_units, returned_amount, undone)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (workspace, coupon, position) DO UPDATE SET is_use = excluded.is_use,
                returned_units = excluded.returned_units, returned_amount = excluded.returned_amount, undone = excluded.undone
            """,
            values(
                .text(coupon), .count(position), .text(redemption.order), .instant(redemption.at),
                .text(redemption.discount.json.text), .text(CouponRows.text(redemption.charges)), .flag(redemption.isUse),
                .text(CouponRows.text(redemption.returnedUnits)), .integer(redemption.returnedAmount), .flag(redemption.isUndone)))
    }
}
