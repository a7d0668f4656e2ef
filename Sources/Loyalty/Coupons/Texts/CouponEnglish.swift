import Model

/// The conditions of a template in English.
struct CouponEnglish {
    private let template: CouponTemplate
    private let formats: CouponTextFormats

    init(_ template: CouponTemplate) {
        self.template = template
        formats = CouponTextFormats(language: .english, currency: template.currency)
    }

    var lines: [String] { effect + goods + spend + days + people + stacking + limits + afterwards }

    private var effect: [String] {
        switch template.effect {
        case .amount(let amount, .order): ["\(formats.money(amount)) off the order."]
        case .amount(let amount, .units(let max)): ["\(formats.money(amount)) off each unit\(dearest(max))."]
        case .percent(let percent, let target, let cap):
            switch target {
            case .order: ["\(percent.text)% off the order\(atMost(cap))."]
            case .units(let max): ["\(percent.text)% off the goods\(dearest(max))\(atMost(cap))."]
            }
        case .fixedPrice(let price, let max): ["Each unit for \(formats.money(price))\(dearest(max))."]
        case .gift(let sku, let units): ["A gift: \(formats.number(units)) × \(formats.quoted(sku))."]
        case .freeShipping(let cap): ["Free shipping\(atMost(cap))."]
        case .priority(let weight, _, nil): ["Priority in the queue with weight \(formats.number(weight))."]
        case .priority(let weight, _, let days?):
            ["Priority in the queue with weight \(formats.number(weight)) for \(count(days, "day"))."]
        case .status(let status, let days): ["The status \(formats.quoted(status)) for \(count(days, "day"))."]
        }
    }

    private func atMost(_ cap: Int64?) -> String { cap.map { ", at most \(formats.money($0))" } ?? "" }

    private func dearest(_ max: Int64?) -> String { max.map { ", on at most \(count($0, "unit")), the dearest first" } ?? "" }

    private func count(_ number: Int64, _ noun: String) -> String { "\(formats.number(number)) \(noun)\(number == 1 ? "" : "s")" }

    private var goods: [String] {
        let conditions = template.conditions
        var lines = choice(conditions.products, "products") + choice(conditions.categories, "categories")
        if conditions.leavesOutDiscounted { lines.append("Goods that are reduced already do not count.") }
        return lines
    }

    private func choice(_ choice: CouponConditions.Choice, _ noun: String) -> [String] {
        var lines: [String] = []
        if !choice.only.isEmpty { lines.append("Counts for the \(noun) \(formats.names(choice.only)) only.") }
        if !choice.except.isEmpty { lines.append("Does not count for the \(noun) \(formats.names(choice.except)).") }
        return lines
    }

    private var spend: [String] {
        let conditions = template.conditions
        var lines = ["For orders in \(template.currency.code)."]
        if let min = conditions.spendMin { lines.append("From \(formats.money(min)) of goods that count, before coupons.") }
        if let max = conditions.spendMax { lines.append("Up to \(formats.money(max)) of goods that count, before coupons.") }
        if let min = conditions.unitsMin { lines.append("From \(count(min, "unit")) that count.") }
        if let max = conditions.unitsMax { lines.append("Up to \(count(max, "unit")) that count.") }
        return lines
    }

    private var days: [String] {
        let (validity, conditions) = (template.validity, template.conditions)
        var lines: [String] = []
        if let first = validity.firstDay { lines.append("From \(formats.date(first)) on.") }
        if let last = validity.lastDay { lines.append("The last day is \(formats.date(last)).") }
        switch validity.days {
        case nil: if validity.lastDay == nil { lines.append("It does not expire.") }
        case 0?: lines.append("It ends with the day on which you get it.")
        case let days?: lines.append("It ends with the \(ordinal(days)) day after the one on which you get it.")
        }
        if validity.lastDay != nil, validity.days != nil { lines.append("What comes first of these ends counts.") }
        if !conditions.weekdays.isEmpty {
            lines.append("On these days of the week only: \(formats.weekdays(conditions.weekdays)).")
        }
        if !conditions.hours.isEmpty { lines.append("At these hours only: \(formats.hours(conditions.hours)).") }
        lines.append("Days and hours are those of \(template.zone).")
        return lines
    }

    private func ordinal(_ number: Int) -> String {
        switch (number % 10, number % 100) {
        case (_, 11 ... 13): "\(number)th"
        case (1, _): "\(number)st"
        case (2, _): "\(number)nd"
        case (3, _): "\(number)rd"
        default: "\(number)th"
        }
    }

    private var people: [String] {
        let conditions = template.conditions
        var lines: [String] = []
        if conditions.isFirstOrderOnly { lines.append("For your first order only.") }
        if !conditions.tiers.isEmpty { lines.append("For these tiers only: \(formats.names(conditions.tiers)).") }
        if !conditions.tags.isEmpty { lines.append("For people with all of these tags only: \(formats.names(conditions.tags)).") }
        if !conditions.channels.isEmpty { lines.append("In these channels only: \(formats.names(conditions.channels)).") }
        if !conditions.stores.isEmpty { lines.append("In these stores only: \(formats.names(conditions.stores)).") }
        lines.append(template.useCount == 1 ? "Can be used once." : "Can be used for \(template.useCount) orders.")
        lines.append(template.isTransferable ? "Can be passed on to others." : "Cannot be passed on to others.")
        return lines
    }

    private var stacking: [String] {
        let stacking = template.stacking
        var lines: [String] = []
        if !stacking.group.isEmpty { lines.append("Belongs to the group \(formats.quoted(stacking.group)).") }
        if stacking.isExclusive {
            lines.append("Cannot be combined with other coupons.")
        } else if let consents = stacking.consents {
            lines.append(
                consents.isEmpty
                    ? "Agrees to no other coupon in the same order."
                    : "Can be combined with coupons of these groups only: \(formats.names(consents)).")
        } else {
            lines.append("Can be combined with all coupons that allow it.")
        }
        if stacking.priority != 0 { lines.append("Where coupons compete, it comes with priority \(stacking.priority).") }
        for (kind, max) in stacking.classMaxima.sorted(by: { $0.key < $1.key }) {
            lines.append("At most \(max) of the coupons in the same order may be \(name(kind)).")
        }
        return lines
    }

    private func name(_ kind: CouponClass) -> String {
        switch kind {
        case .line: "for single goods"
        case .order: "for the whole order"
        case .shipping: "for shipping"
        case .gift: "gifts"
        case .right: "for a status or priority"
        }
    }

    private var limits: [String] {
        template.limits.map { limit in
            let amount = limit.measure == .money ? formats.money(limit.max) : count(limit.max, "use")
            let subject =
                switch limit.subject {
                case .everybody: "for everybody together"
                case .member: "for each member"
                case .instrument: "for each card or account that pays"
                }
            let period = limit.period == .day ? " on each day" : " in all"
            return "At most \(amount) \(subject)\(period), counted as \(formats.quoted(limit.name))."
        }
    }

    private var afterwards: [String] {
        let refund =
            switch template.refundPolicy {
            case .returnOnFullRefund: "When the whole order is returned, the coupon can be used again until it ends."
            case .never: "When goods are returned, the coupon stays used."
            case .valuePart: "When goods are returned, what it took off them can be used again until it ends."
            }
        let bearer =
            switch template.costBearer {
            case .brand: "Paid for by the brand."
            case .partner(let name): "Paid for by the partner \(formats.quoted(name))."
            case .store(let name): "Paid for by the store \(formats.quoted(name))."
            }
        return [refund, bearer]
    }
}
