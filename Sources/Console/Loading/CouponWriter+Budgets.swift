import Loyalty
import Model

/// The course of a template's budgets.
extension CouponWriter {
    /// - Parameter index: Its place on the page.
    func burn(_ budget: CouponBudget, at index: Int, _ currency: Currency) -> BudgetBurn {
        let name = budget.limit.name
        guard let first = budget.days.first, let last = budget.days.last else {
            return BudgetBurn(name: name, figure: nil, forecast: words(\.coupons.burnNone))
        }
        let isMoney = budget.limit.measure == .money
        func amount(_ number: Int64) -> String { self.amount(number, of: budget.limit, currency) }
        let title = words(\.coupons.burnOf, ["limit": name])
        let summary = words(
            \.coupons.burnSummary,
            [
                "limit": name, "max": amount(budget.count.max), "first": amount(first.left), "from": formats.date(first.date),
                "last": amount(last.left), "until": formats.date(last.date),
            ])
        var chart = LineChart(
            series: [.init(name: words(\.coupons.left), values: budget.days.map { Double($0.left) }, style: .customer)],
            labels: budget.days.map { formats.shortDate($0.date) },
            heads: budget.days.map { "\(formats.date($0.date)), \(formats.weekday($0.date))" },
            axisText: { isMoney ? formats.compactMoney($0, currency) : formats.compact($0) },
            valueText: { amount(Int64(exactly: $0) ?? .max) })
        (chart.plotHeight, chart.wholeNumbers) = (140, !isMoney)
        let figure = Figure(
            id: "burn-\(index)", title: title, summary: summary, svg: chart.svg(summary: summary),
            table: FigureTable(
                headers: [(words(\.common.day), false), (words(\.coupons.left), true)],
                rows: budget.days.map { day in
                    let raw = isMoney ? Money(minorUnits: day.left, currency: currency).decimalText : String(day.left)
                    return [
                        .init(formats.date(day.date), raw: day.date.text, numeric: false),
                        .init(amount(day.left), raw: raw, numeric: true),
                    ]
                }))
        return BudgetBurn(name: name, figure: figure, forecast: forecast(budget.forecast))
    }

    private func forecast(_ forecast: CouponBudget.Forecast) -> String {
        switch forecast {
        case .usedUp: words(\.coupons.burnUsedUp)
        case .idle: words(\.coupons.burnIdle)
        case .endsOn(let date): words(\.coupons.burnEnds, ["date": formats.date(date)])
        case .outlasts(let date): words(\.coupons.burnOutlasts, ["date": formats.date(date)])
        case .farOff: words(\.coupons.burnFarOff)
        }
    }
}
