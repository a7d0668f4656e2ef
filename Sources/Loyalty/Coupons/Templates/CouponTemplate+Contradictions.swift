public import Model

extension CouponTemplate {
    /// Refuses what can never come true, or what no two people would read alike.
    ///
    /// - Throws: ``Problem`` with code `bad_coupon_template`, whose place is the pointer into the JSON.
    func checkContradictions() throws(Problem) {
        try check(conditions)
        try check(validity)
        try checkStacking()
        try checkLimits()
        if case .fixedPrice(0, _) = effect {
            throw .badCouponTemplate("A price of nothing is a gift. Say so, or set a price.", "/effect/price")
        }
        if conditions.isFirstOrderOnly, useCount > 1 {
            throw .badCouponTemplate("A first order is one order. Set one use, or leave the first order out.", "/uses")
        }
        if refundPolicy == .valuePart {
            guard case .amount(_, .order) = effect, useCount == 1 else {
                throw .badCouponTemplate("Only an amount off the order that is used once can come back in parts.", "/refund")
            }
        }
    }

    private func check(_ conditions: CouponConditions) throws(Problem) {
        if let min = conditions.spendMin, let max = conditions.spendMax, min > max {
            throw .badCouponTemplate("The least to spend is above the most. No order can have both.", "/conditions/spend")
        }
        if let min = conditions.unitsMin, let max = conditions.unitsMax, min > max {
            throw .badCouponTemplate("The least number of units is above the most. No order can have both.", "/conditions/units")
        }
        for (choice, place) in [(conditions.products, "products"), (conditions.categories, "categories")]
        where !choice.only.isEmpty && choice.only.isSubset(of: choice.except) {
            throw .badCouponTemplate("Everything that counts is left out again. Nothing is eligible.", "/conditions/\(place)")
        }
        let hours = conditions.hours.sorted()
        for (index, hour) in hours.enumerated() {
            guard hour.from < hour.until else {
                throw .badCouponTemplate("These hours are empty: they end before they begin.", "/conditions/hours")
            }
            if index > 0, hours[index - 1].until > hour.from {
                throw .badCouponTemplate("Two of the hours overlap. Make them one.", "/conditions/hours")
            }
        }
    }

    private func check(_ validity: CouponValidity) throws(Problem) {
        if let first = validity.firstDay, let last = validity.lastDay, last < first {
            throw .badCouponTemplate("The last day is before the first one.", "/validity")
        }
        if let first = validity.firstDay, let last = validity.lastDay, !conditions.weekdays.isEmpty,
            last.daysSinceEpoch - first.daysSinceEpoch < 6,
            !(0 ... Int(last.daysSinceEpoch - first.daysSinceEpoch)).contains(where: {
                conditions.weekdays.contains(first.advanced(byDays: $0).isoWeekday)
            })
        {
            throw .badCouponTemplate("None of the weekdays is among the days on which it can be used.", "/conditions/weekdays")
        }
    }

    private func checkStacking() throws(Problem) {
        if stacking.isExclusive, stacking.consents?.isEmpty == false || !stacking.classMaxima.isEmpty {
            throw .badCouponTemplate("A coupon that stands alone cannot name others that go with it.", "/stacking/exclusive")
        }
        if stacking.classMaxima[effect.kind] == 0 {
            throw .badCouponTemplate("The coupon itself is of this class. At least 1 is needed.", "/stacking/class_max")
        }
    }

    private func checkLimits() throws(Problem) {
        var names: Set<String> = []
        for (index, limit) in limits.enumerated() {
            guard names.insert(limit.name).inserted else {
                throw .badCouponTemplate("Two limits have this name.", "/limits/\(index)/name")
            }
            if limit.measure == .money, !effect.isMoney {
                throw .badCouponTemplate(
                    "This coupon takes no money off, so that no money can be counted.", "/limits/\(index)/measure")
            }
        }
    }
}

extension LocalDate {
    /// 1 for Monday … 7 for Sunday.
    var isoWeekday: Int { Int(daysSinceEpoch - monday.daysSinceEpoch) + 1 }
}

extension Problem {
    static func badCouponTemplate(_ wording: Wording, _ place: String) -> Problem {
        Problem(.badCouponTemplate, wording, place: place)
    }
}

extension Problem.Code {
    /// A coupon template that cannot be; the place points at the part.
    public static let badCouponTemplate = Problem.Code("bad_coupon_template")
}
