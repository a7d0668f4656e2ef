import Loyalty
import Model

/// Puts a member's coupons, benefits and history into words for their card: who did what stays within the house.
struct MemberCardWriter {
    let words: Words
    let formats: Formats
    let calendar: ZoneCalendar
    let now: Instant

    private func day(_ instant: Instant, in calendar: ZoneCalendar) -> String { formats.date(calendar.date(at: instant)) }

    /// The last day on which what ends at an instant still counts.
    private func lastDay(_ end: Instant, in calendar: ZoneCalendar) -> String {
        day(end.advanced(byMicroseconds: -1), in: calendar)
    }

    private func lines(_ template: CouponTemplate) -> [String] {
        CouponText(template, in: words.language == .chinese ? .chinese : .english).lines
    }

    // MARK: - Coupons

    /// - Parameter code: The printed one; nil for a coupon that has none.
    func coupon(_ coupon: Coupon, _ terms: CouponTerms, code: String?) -> MemberCardPage.Coupon {
        let lines = lines(terms.template)
        let (currency, interval) = (terms.template.currency, coupon.grant?.interval)
        var notes: [String] = []
        if let from = interval?.from, from > now {
            notes.append(words(\.memberCard.startsOn, ["date": day(from, in: terms.calendar)]))
        }
        if let held = coupon.reservation(at: now) {
            notes.append(words(\.memberCard.kept, ["time": formats.dateTime(held.until, calendar)]))
        }
        if let value = coupon.value {
            notes.append(words(\.memberCard.valueLeft, ["amount": formats.money(Money(minorUnits: value, currency: currency))]))
        } else if terms.template.useCount > 1 {
            notes.append(words(\.memberCard.usesLeft, count: coupon.usesLeft))
        }
        let ends = interval?.until.map { words(\.memberCard.endsOn, ["date": lastDay($0, in: terms.calendar)]) }
        return MemberCardPage.Coupon(
            promise: lines.first ?? coupon.template.name, ends: ends ?? words(\.memberCard.endsNever), notes: notes,
            conditions: Array(lines.dropFirst()), code: code ?? coupon.id,
            codeLabel: words(code == nil ? \.memberCard.couponNumber : \.memberCard.code))
    }

    // MARK: - Benefits

    /// nil for what the member does not have now.
    func benefit(_ statement: BenefitStatement) -> MemberCardPage.Benefit? {
        let held = statement.grants.filter { $0.isActive(at: now) }
        guard !held.isEmpty else { return nil }
        let (benefit, answer) = (statement.benefit, statement.answer)
        let left: String
        if benefit.kind.isCounted {
            left = answer.remaining.map { words(\.memberCard.left, count: Int(clamping: $0)) } ?? words(\.benefits.unlimited)
        } else {
            left = words(\.benefits.has)
        }
        var notes: [String] = []
        if let resets = answer.resetsAt, benefit.kind.isCounted {
            notes.append(words(\.memberCard.anew, ["date": day(resets, in: calendar)]))
        }
        let end = held.map(\.end).max() ?? .distantFuture
        if end != .distantFuture { notes.append(words(\.memberCard.endsOn, ["date": lastDay(end, in: calendar)])) }
        if !benefit.places.isEmpty { notes.append(benefit.places.sorted().joined(separator: ", ")) }
        return MemberCardPage.Benefit(name: name(benefit), left: left, notes: notes)
    }

    /// The name that a benefit of this kind is; nil for any other, and for what the member does not have now.
    func status(_ statement: BenefitStatement) -> String? {
        guard statement.benefit.kind == .status, statement.grants.contains(where: { $0.isActive(at: now) }) else { return nil }
        return name(statement.benefit)
    }

    private func name(_ benefit: Benefit) -> String { words.language == .chinese ? benefit.name.chinese : benefit.name.english }

    /// Somebody who sees what the member uses: by their number, as the card tells nobody's name.
    func viewer(_ consent: BenefitViewer) -> MemberCardPage.Viewer {
        .init(
            who: words(\.memberCard.member, ["number": consent.viewer.text]),
            since: words(\.memberCard.viewerSince, ["date": day(consent.givenAt, in: calendar)]))
    }

    // MARK: - History

    /// The newest first, so many at most.
    func history(_ events: [(at: Instant, event: MemberCardPage.Event)], max: Int) -> [MemberCardPage.Event] {
        let order = events.indices.sorted { left, right in
            events[left].at == events[right].at ? left < right : events[left].at > events[right].at
        }
        return order.prefix(max).map { events[$0].event }
    }

    func uses(_ coupon: Coupon, _ terms: CouponTerms) -> [(at: Instant, event: MemberCardPage.Event)] {
        coupon.redemptions.map { redemption in
            let promise = lines(terms.template).first ?? coupon.template.name
            let amount = formats.money(Money(minorUnits: redemption.amount, currency: terms.template.currency))
            let event = MemberCardPage.Event(
                what: words(redemption.isUndone ? \.memberCard.couponBack : \.memberCard.couponUsed),
                detail: "\(promise) \(redemption.order)", when: formats.dateTime(redemption.at, calendar),
                timestamp: redemption.at.rfc3339, into: nil,
                out: redemption.amount > 0 && !redemption.isUndone ? amount : nil)
            return (redemption.at, event)
        }
    }

    /// What was used of a benefit, counted in uses; what came back is said, and not counted.
    func uses(_ statement: BenefitStatement) -> [(at: Instant, event: MemberCardPage.Event)] {
        statement.uses.compactMap { use in
            guard use.state == .consumed else { return nil }
            let left = use.standing(at: now).reduce(0) { $0 + $1.amount }
            let back: KeyPath<Catalogue, Text> = left > 0 ? \.memberCard.benefitPart : \.memberCard.benefitBack
            let event = MemberCardPage.Event(
                what: words(use.refunded == 0 ? \.memberCard.benefitUsed : back), detail: name(statement.benefit),
                when: formats.dateTime(use.at, calendar), timestamp: use.at.rfc3339, into: nil,
                out: left > 0 ? words(\.memberCard.benefitUses, count: Int(clamping: left)) : nil)
            return (use.at, event)
        }
    }
}
