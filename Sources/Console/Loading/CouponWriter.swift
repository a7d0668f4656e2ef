import Loyalty
import Model

extension CouponWords {
    /// The conditions of a template in every language.
    static func all(_ template: CouponTemplate) -> [CouponWords] {
        [(CouponText.Language.english, Language.english), (.chinese, .chinese)].map { language, own in
            let text = CouponText(template, in: language)
            return CouponWords(lang: own.tag, language: own.ownName, lines: text.lines, hash: String(text.hash.prefix(12)))
        }
    }
}

/// Puts coupons, their templates, limits and batches into words.
struct CouponWriter {
    let words: Words
    let formats: Formats
    let calendar: ZoneCalendar
    let now: Instant
    /// Of members and keys, by the text of the actor.
    let actor: @Sendable (String) -> String
    /// Begins the ids of the page's commands.
    let page: String

    /// What a template promises, in the reader's language.
    func promise(_ template: CouponTemplate) -> String {
        CouponText(template, in: words.language == .chinese ? .chinese : .english).lines.first ?? template.key.name
    }

    /// Uses, or money, of a limit.
    func amount(_ number: Int64, of limit: CouponLimit, _ currency: Currency) -> String {
        limit.measure == .money
            ? formats.money(Money(minorUnits: number, currency: currency)) : formats.number(Int(clamping: number))
    }

    func limit(_ stand: CouponLimitStand, _ currency: Currency) -> LimitBar {
        let limit = stand.limit
        func amount(_ number: Int64) -> String { self.amount(number, of: limit, currency) }
        let day = limit.period == .day ? " · " + words(\.coupons.limitDay) : ""
        guard let count = stand.count else {
            let max = limit.measure == .money ? amount(limit.max) : words(\.coupons.times, count: Int(clamping: limit.max))
            let each = words(limit.subject == .member ? \.coupons.limitEachMember : \.coupons.limitEachCard, ["max": max])
            return LimitBar(label: limit.name, text: each + day, parts: nil)
        }
        let taken = count.used + count.reserved
        let parts = count.max > 0 ? Int64(min(1_000, Int128(taken) * 1_000 / Int128(count.max))) : 1_000
        let text =
            count.reserved == 0
            ? words(\.coupons.limitUsed, ["used": amount(count.used), "max": amount(count.max)])
            : words(
                \.coupons.limitHeld,
                ["used": amount(count.used), "max": amount(count.max), "held": amount(count.reserved)])
        return LimitBar(label: limit.name, text: text + day, parts: String(parts))
    }

    func item(_ kept: KeptCouponTemplate, _ limits: [CouponLimitStand], count: Int64) -> CouponsPage.Item {
        let template = kept.template
        let version = words(\.coupons.version, ["number": formats.number(template.key.version)])
        let coupons = words(\.coupons.coupons, count: Int(clamping: count))
        return CouponsPage.Item(
            name: template.key.name, url: SiteURL.couponTemplate(template.key.name), promise: promise(template),
            note: "\(version) · \(coupons)", limits: limits.map { limit($0, template.currency) }, hasLimits: !limits.isEmpty)
    }

    func coupon(
        _ coupon: Coupon, look: String, mayChange: Bool, reason: String, error: String?
    ) -> CouponsPage.Coupon {
        let state = coupon.state(at: now)
        var facts: [PortraitPage.Fact] = []
        if let interval = coupon.grant?.interval {
            let from = formats.dateTime(interval.from, calendar)
            let usable = interval.until.map {
                words(\.coupons.fromUntil, ["from": from, "until": formats.dateTime($0, calendar)])
            }
            facts.append(.init(key: words(\.coupons.usable), value: usable ?? words(\.coupons.from, ["from": from])))
        }
        facts.append(.init(key: words(\.coupons.state), value: words(\.coupons.usesLeft, count: coupon.usesLeft)))
        if case .revoked(let why) = state { facts.append(.init(key: words(\.coupons.reason), value: why)) }
        let isOpen =
            switch state {
            case .revoked, .voided: false
            default: true
            }
        var field = FormField(
            "reason", id: "reason-\(coupon.id)", words(\.coupons.reason), value: reason, hint: words(\.coupons.reasonHint),
            autocomplete: "off")
        (field.required, field.error) = (false, error)
        return CouponsPage.Coupon(
            id: coupon.id, template: coupon.template.name, templateURL: SiteURL.couponTemplate(coupon.template.name),
            state: tag(state), member: coupon.grant?.member, memberURL: coupon.grant.map { SiteURL.pointMember($0.member) },
            facts: facts, action: mayChange && isOpen ? "/coupons/change" : nil, command: "\(page)-\(coupon.id)", look: look,
            reason: field)
    }

    func tag(_ state: CouponState) -> TagItem {
        switch state {
        case .minted: TagItem(kind: "", label: words(\.coupons.stateMinted))
        case .granted: TagItem(kind: "user", label: words(\.coupons.stateGranted))
        case .reserved: TagItem(kind: "customer", label: words(\.coupons.stateReserved))
        case .redeemed: TagItem(kind: "", label: words(\.coupons.stateRedeemed))
        case .expired: TagItem(kind: "", label: words(\.coupons.stateExpired))
        case .voided: TagItem(kind: "bad", label: words(\.coupons.stateVoided))
        case .revoked: TagItem(kind: "bad", label: words(\.coupons.stateRevoked))
        }
    }

    func batch(_ batch: CouponBatch, mayChange: Bool) -> CouponTemplatePage.Batch {
        let isOpen = batch.state == .ready || batch.state == .exported
        let exported =
            batch.exportedCount == 0
            ? words(\.coupons.exportedNever)
            : words(\.coupons.exportedTimes, ["who": actor(batch.exportedBy ?? "")], count: Int(clamping: batch.exportedCount))
        return CouponTemplatePage.Batch(
            title: formats.number(Int(clamping: batch.number)), made: formats.dateTime(batch.createdAt, calendar),
            count: formats.number(Int(clamping: batch.count)), state: tag(batch.state), exported: exported,
            downloadURL: mayChange && isOpen ? SiteURL.couponBatch(batch.number, "codes") : nil,
            closeURL: mayChange && isOpen ? SiteURL.couponBatch(batch.number, "close") : nil,
            command: "\(page)-close-\(batch.number)")
    }

    func tag(_ state: CouponBatch.State) -> TagItem {
        switch state {
        case .ready: TagItem(kind: "user", label: words(\.coupons.batchReady))
        case .exported: TagItem(kind: "user", label: words(\.coupons.batchExported))
        case .closed: TagItem(kind: "", label: words(\.coupons.batchClosed))
        case .voided: TagItem(kind: "bad", label: words(\.coupons.batchVoided))
        }
    }
}
