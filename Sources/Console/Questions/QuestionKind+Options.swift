extension QuestionKind {
    private typealias Choices = [(value: String, label: KeyPath<Catalogue, Text>)]

    /// The kind's own options, in the order of the form.
    var options: [QuestionOption] {
        switch self {
        case .trends: QuestionKind.trendOptions
        case .funnels:
            QuestionKind.wayOptions + [.init("explain", \.options.explain, \.options.explainHint, .text, in: .details)]
        case .retention: QuestionKind.retentionOptions
        case .lifecycle, .stickiness:
            [
                .init("selector", \.options.active, \.options.startHint, .selector(isOptional: false)),
                QuestionKind.interval(self == .lifecycle ? "week" : "day"),
            ]
        case .stages, .roles: [QuestionKind.interval("week")]
        case .paths: QuestionKind.pathOptions
        case .time:
            QuestionKind.wayOptions + [.init("bins", \.options.bins, \.options.binsHint, .integer, initial: "12", in: .details)]
        case .attribution: QuestionKind.attributionOptions
        case .drivers:
            [
                .init("target", \.options.target, \.options.targetHint, .selector(isOptional: false)),
                .init("lookback", \.options.lookback, \.options.lookbackHint, .text, initial: "7d"),
                .init("minSupport", \.options.support, \.options.supportHint, .integer, initial: "20"),
                .init("properties", \.options.values, \.options.valuesHint, .list, in: .details),
            ]
        }
    }

    private static func interval(_ initial: String) -> QuestionOption {
        let choices: Choices = [
            ("hour", \.choices.hour), ("day", \.choices.day), ("week", \.choices.week), ("month", \.choices.month),
            ("quarter", \.choices.quarter), ("year", \.choices.year),
        ]
        return .init("interval", \.options.interval, \.options.intervalHint, .choice(choices), initial: initial)
    }

    private static var trendOptions: [QuestionOption] {
        let compare: Choices = [("", \.choices.nothing), ("previous", \.choices.previous), ("year", \.choices.lastYear)]
        return [
            interval("day"),
            .init("compare", \.options.compare, \.options.compareHint, .choice(compare), in: .details),
            .init("cumulative", \.options.cumulative, \.options.cumulativeHint, .flag, in: .details),
            .init("formula", \.options.formula, \.options.formulaHint, .text, in: .details),
        ]
    }

    private static var wayOptions: [QuestionOption] {
        let order: Choices = [("ordered", \.choices.ordered), ("strict", \.choices.strict), ("unordered", \.choices.unordered)]
        let reentry: Choices = [("latest", \.choices.latest), ("first", \.choices.first), ("totals", \.choices.totals)]
        let sameTime: Choices = [("permute", \.choices.permute), ("arrival", \.choices.arrival), ("strict", \.choices.later)]
        return [
            .init("window", \.options.window, \.options.windowHint, .text, initial: "14d"),
            .init("order", \.options.order, \.options.orderHint, .choice(order), initial: "ordered", in: .details),
            .init("reentry", \.options.reentry, \.options.reentryHint, .choice(reentry), initial: "latest", in: .details),
            .init("sameTime", \.options.sameTime, \.options.sameTimeHint, .choice(sameTime), initial: "permute", in: .details),
            .init("holdConstant", \.options.hold, \.options.holdHint, .list, in: .details),
            .init("optional", \.options.optional, \.options.optionalHint, .integers, in: .details),
        ]
    }

    private static var retentionOptions: [QuestionOption] {
        let mode: Choices = [("firstTime", \.choices.firstTime), ("recurring", \.choices.recurring)]
        let criterion: Choices = [("on", \.choices.on), ("onOrAfter", \.choices.onOrAfter)]
        let anchor: Choices = [("calendar", \.choices.calendar), ("rolling24h", \.choices.rolling)]
        return [
            .init("start", \.options.start, \.options.startHint, .selector(isOptional: false)),
            .init("return", \.options.comeback, \.options.startHint, .selector(isOptional: false)),
            interval("week"),
            .init("periods", \.options.periods, \.options.periodsHint, .integer, initial: "12", in: .details),
            .init("mode", \.options.mode, \.options.modeHint, .choice(mode), initial: "firstTime", in: .details),
            .init("criterion", \.options.criterion, \.options.criterionHint, .choice(criterion), initial: "on", in: .details),
            .init("anchor", \.options.anchor, \.options.anchorHint, .choice(anchor), initial: "calendar", in: .details),
        ]
    }

    private static var pathOptions: [QuestionOption] {
        [
            .init("from", \.options.from, \.options.fromHint, .selector(isOptional: true)),
            .init("to", \.options.to, \.options.toHint, .selector(isOptional: true)),
            .init("depth", \.options.depth, \.options.depthHint, .integer, initial: "4"),
            .init("limit", \.options.limit, \.options.limitHint, .integer, initial: "20"),
            .init("group", \.options.renames, \.options.renamesHint, .renames, in: .details),
        ]
    }

    private static var attributionOptions: [QuestionOption] {
        let models: Choices = [
            ("firstTouch", \.choices.firstTouch), ("lastTouch", \.choices.lastTouch), ("lastNonDirect", \.choices.lastNonDirect),
            ("linear", \.choices.linear), ("positionBased", \.choices.position), ("timeDecay", \.choices.decay),
        ]
        return [
            .init("conversion", \.options.conversion, \.options.conversionHint, .selector(isOptional: false)),
            .init("touch", \.options.touch, \.options.touchHint, .property, initial: "context.campaign.source"),
            .init("channels", \.options.channels, \.options.channelsHint, .channels, member: "touch", in: .details),
            .init("model", \.options.model, \.options.modelHint, .choice(models), initial: "linear"),
            .init("lookback", \.options.lookback, \.options.lookbackHint, .text, initial: "30d"),
            .init("halfLife", \.options.halfLife, \.options.halfLifeHint, .text, in: .details),
            .init("worth", \.options.worth, \.options.worthHint, .propertyName, member: "value", in: .details),
            .init("costs", \.options.costs, \.options.costsHint, .amounts, in: .details),
        ]
    }
}
