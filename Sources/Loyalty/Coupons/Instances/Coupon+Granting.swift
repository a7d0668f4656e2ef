public import Model
import OrderedCollections

extension Coupon {
    /// Gives the coupon to a member; the same grant again changes nothing.
    ///
    /// - Parameter seen: What it is bound to, as the member has read it; where nobody was shown anything, the text as it is.
    /// - Throws: ``Refusal``: `CONDITIONS_CHANGED` when the text read is not that of this version, `ENDS_BEFORE_START` when it could
    ///   never be used by the days of the template.
    public mutating func grant(to member: String, seen: CouponTextSeen, _ terms: CouponTerms, now: Instant) throws(Refusal) {
        try check(terms)
        let text = CouponTextSeen(terms.template, in: seen.language)
        // Reading its text again, in whatever language, makes it no other grant.
        if let grant, grant.member == member, seen == text || seen == grant.seen { return }
        var reasons = endingReasons
        if let grant, grant.member != member { reasons.append(Refusal.Reason("NOT_YOURS", ["claimed": true])) }
        if seen != text { reasons.append(Refusal.Reason("CONDITIONS_CHANGED", ["hash": .string(text.hash)])) }
        if referrer == member { reasons.append(Refusal.Reason("SELF_REFERRAL")) }
        let interval = terms.template.validity.interval(grantedAt: now, terms.calendar)
        if interval.hasEnded(at: now) {
            reasons.append(interval.expired)
        } else if interval.isEmpty {
            // Later the same days may be enough.
            reasons.append(
                Refusal.Reason(
                    "ENDS_BEFORE_START", ["from": .instant(interval.from), "until": .instant(interval.until)], isRetryable: true))
        }
        guard reasons.isEmpty else { throw Refusal(reasons) }
        grant = CouponGrant(member: member, at: now, seen: seen, interval: interval)
    }

    /// Passes the coupon on; its days stay as they are.
    public mutating func transfer(from member: String, to other: String, _ terms: CouponTerms, now: Instant) throws(Refusal) {
        try check(terms)
        var reasons = endingReasons
        if grant?.member != member { reasons.append(Refusal.Reason("NOT_YOURS")) }
        if !terms.template.isTransferable { reasons.append(Refusal.Reason("NOT_TRANSFERABLE")) }
        if other == member { reasons.append(Refusal.Reason("SELF_TRANSFER")) }
        if referrer == other { reasons.append(Refusal.Reason("SELF_REFERRAL")) }
        if let reservation = reservation(at: now) { reasons.append(reservation.elsewhere) }
        if isUsedUp { reasons.append(Refusal.Reason("ALREADY_USED")) }
        if let interval = grant?.interval, interval.hasEnded(at: now) { reasons.append(interval.expired) }
        guard reasons.isEmpty else { throw Refusal(reasons) }
        grant?.member = other
    }

    /// Takes the coupon away; what it has been used for stays used.
    public mutating func revoke(reason: String, now: Instant, limits: inout LimitBook) throws(Refusal) {
        if case .revoked(reason, _)? = ending { return }
        try end(.revoked(reason: reason, at: now), &limits)
    }

    /// Makes a coupon that was never used void, such as all those of a batch that was printed wrongly.
    public mutating func void(now: Instant, limits: inout LimitBook) throws(Refusal) {
        if case .voided? = ending { return }
        if !redemptions.isEmpty { throw Refusal("ALREADY_USED") }
        try end(.voided(at: now), &limits)
    }

    private mutating func end(_ ending: CouponEnding, _ limits: inout LimitBook) throws(Refusal) {
        guard endingReasons.isEmpty else { throw Refusal(endingReasons) }
        if let reservation { limits.release(LimitBook.PinID(id, order: reservation.order)) }
        reservation = nil
        self.ending = ending
    }

    var endingReasons: [Refusal.Reason] {
        switch ending {
        case .revoked(let reason, _)?: [Refusal.Reason("REVOKED", ["reason": .string(reason)])]
        case .voided?: [Refusal.Reason("REVOKED", ["reason": "voided"])]
        case nil: []
        }
    }

    /// The terms have to be those that the coupon promises.
    func check(_ terms: CouponTerms) throws(Refusal) {
        guard terms.template.key != template else { return }
        throw Refusal("NOT_FOUND", ["template": .string(template.name), "version": .int(Int64(template.version))])
    }
}

extension CouponInterval {
    var expired: Refusal.Reason { Refusal.Reason("EXPIRED", ["until": .instant(until)]) }
}

extension CouponReservation {
    var elsewhere: Refusal.Reason { Refusal.Reason("RESERVED_ELSEWHERE", ["until": .instant(until)], isRetryable: true) }
}

extension JSONValue {
    static func instant(_ instant: Instant?) -> JSONValue { instant.map { .string($0.rfc3339) } ?? .null }
}
