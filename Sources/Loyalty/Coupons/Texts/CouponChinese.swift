import Model

/// The conditions of a template in simplified Chinese.
struct CouponChinese {
    private let template: CouponTemplate
    private let formats: CouponTextFormats

    init(_ template: CouponTemplate) {
        self.template = template
        formats = CouponTextFormats(language: .chinese, currency: template.currency)
    }

    var lines: [String] { effect + goods + spend + days + people + stacking + limits + afterwards }

    private var effect: [String] {
        switch template.effect {
        case .amount(let amount, .order): ["整单立减 \(formats.money(amount))。"]
        case .amount(let amount, .units(let max)): ["每件立减 \(formats.money(amount))\(dearest(max))。"]
        case .percent(let percent, let target, let cap):
            switch target {
            case .order: ["整单减 \(percent.text)%\(atMost(cap))。"]
            case .units(let max): ["商品减 \(percent.text)%\(dearest(max))\(atMost(cap))。"]
            }
        case .fixedPrice(let price, let max): ["每件 \(formats.money(price))\(dearest(max))。"]
        case .gift(let sku, let units): ["赠品：\(formats.quoted(sku)) × \(formats.number(units))。"]
        case .freeShipping(let cap): ["免运费\(atMost(cap))。"]
        case .priority(let weight, _, nil): ["排队优先，权重 \(formats.number(weight))。"]
        case .priority(let weight, _, let days?): ["排队优先 \(formats.number(days)) 天，权重 \(formats.number(weight))。"]
        case .status(let status, let days): ["获得 \(formats.quoted(status)) 身份 \(formats.number(days)) 天。"]
        }
    }

    private func atMost(_ cap: Int64?) -> String { cap.map { "，最多减 \(formats.money($0))" } ?? "" }

    private func dearest(_ max: Int64?) -> String { max.map { "，最多 \(formats.number($0)) 件，从单价最高的算起" } ?? "" }

    private var goods: [String] {
        let conditions = template.conditions
        var lines = choice(conditions.products, "商品") + choice(conditions.categories, "品类")
        if conditions.leavesOutDiscounted { lines.append("已打折的商品不计入。") }
        return lines
    }

    private func choice(_ choice: CouponConditions.Choice, _ noun: String) -> [String] {
        var lines: [String] = []
        if !choice.only.isEmpty { lines.append("仅限\(noun)：\(formats.names(choice.only))。") }
        if !choice.except.isEmpty { lines.append("不适用于\(noun)：\(formats.names(choice.except))。") }
        return lines
    }

    private var spend: [String] {
        let conditions = template.conditions
        var lines = ["适用于以 \(template.currency.code) 结算的订单。"]
        if let min = conditions.spendMin { lines.append("适用商品用券前满 \(formats.money(min)) 可用。") }
        if let max = conditions.spendMax { lines.append("适用商品用券前不超过 \(formats.money(max)) 可用。") }
        if let min = conditions.unitsMin { lines.append("适用商品满 \(formats.number(min)) 件可用。") }
        if let max = conditions.unitsMax { lines.append("适用商品不超过 \(formats.number(max)) 件可用。") }
        return lines
    }

    private var days: [String] {
        let (validity, conditions) = (template.validity, template.conditions)
        var lines: [String] = []
        if let first = validity.firstDay { lines.append("自 \(formats.date(first)) 起可用。") }
        if let last = validity.lastDay { lines.append("最后一天为 \(formats.date(last))（含当天）。") }
        switch validity.days {
        case nil: if validity.lastDay == nil { lines.append("长期有效。") }
        case 0?: lines.append("领取当天有效。")
        case let days?: lines.append("有效至领取次日起第 \(days) 天（含当天）。")
        }
        if validity.lastDay != nil, validity.days != nil { lines.append("以上两个截止日以先到者为准。") }
        if !conditions.weekdays.isEmpty { lines.append("仅限以下日子：\(formats.weekdays(conditions.weekdays))。") }
        if !conditions.hours.isEmpty { lines.append("仅限以下时段：\(formats.hours(conditions.hours))。") }
        lines.append("日期和时间以 \(template.zone) 时区为准。")
        return lines
    }

    private var people: [String] {
        let conditions = template.conditions
        var lines: [String] = []
        if conditions.isFirstOrderOnly { lines.append("仅限首单。") }
        if !conditions.tiers.isEmpty { lines.append("仅限以下等级：\(formats.names(conditions.tiers))。") }
        if !conditions.tags.isEmpty { lines.append("仅限同时具有以下标签的人：\(formats.names(conditions.tags))。") }
        if !conditions.channels.isEmpty { lines.append("仅限以下渠道：\(formats.names(conditions.channels))。") }
        if !conditions.stores.isEmpty { lines.append("仅限以下门店：\(formats.names(conditions.stores))。") }
        lines.append(template.useCount == 1 ? "限用一次。" : "可用于 \(template.useCount) 笔订单。")
        lines.append(template.isTransferable ? "可转赠他人。" : "不可转赠他人。")
        return lines
    }

    private var stacking: [String] {
        let stacking = template.stacking
        var lines: [String] = []
        if !stacking.group.isEmpty { lines.append("属于券组 \(formats.quoted(stacking.group))。") }
        if stacking.isExclusive {
            lines.append("不可与其他优惠券同时使用。")
        } else if let consents = stacking.consents {
            lines.append(consents.isEmpty ? "同一订单中不接受其他优惠券。" : "仅可与以下券组同时使用：\(formats.names(consents))。")
        } else {
            lines.append("可与所有允许叠加的优惠券同时使用。")
        }
        if stacking.priority != 0 { lines.append("多张券竞争时的优先级为 \(stacking.priority)。") }
        for (kind, max) in stacking.classMaxima.sorted(by: { $0.key < $1.key }) {
            lines.append("同一订单中\(name(kind))最多 \(max) 张。")
        }
        return lines
    }

    private func name(_ kind: CouponClass) -> String {
        switch kind {
        case .line: "单品券"
        case .order: "整单券"
        case .shipping: "运费券"
        case .gift: "赠品券"
        case .right: "身份或优先券"
        }
    }

    private var limits: [String] {
        template.limits.map { limit in
            let amount = limit.measure == .money ? formats.money(limit.max) : "\(formats.number(limit.max)) 次"
            let subject =
                switch limit.subject {
                case .everybody: "所有人合计"
                case .member: "每位会员"
                case .instrument: "每个支付账户"
                }
            let period = limit.period == .day ? "每天" : "总共"
            return "\(subject)\(period)最多 \(amount)，计入 \(formats.quoted(limit.name))。"
        }
    }

    private var afterwards: [String] {
        let refund =
            switch template.refundPolicy {
            case .returnOnFullRefund: "整单退货后，优惠券在有效期内可再次使用。"
            case .never: "退货后优惠券不予退还。"
            case .valuePart: "退货后，所退商品抵扣的金额在有效期内可再次使用。"
            }
        let bearer =
            switch template.costBearer {
            case .brand: "费用由品牌承担。"
            case .partner(let name): "费用由合作伙伴 \(formats.quoted(name)) 承担。"
            case .store(let name): "费用由门店 \(formats.quoted(name)) 承担。"
            }
        return [refund, bearer]
    }
}
