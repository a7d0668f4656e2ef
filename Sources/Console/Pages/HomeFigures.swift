import Model

/// The figures of the home page, each from plain numbers.
struct HomeFigures {
    let words: Words
    let formats: Formats
    /// The page's date, kept in the addresses of CSV files; nil for today.
    let on: String?

    private func csv(_ id: String) -> String { SiteURL.home(on: on, csv: id) }

    func euler(_ roles: RoleCounts) -> Figure {
        let summary = words(
            \.home.whoSummary,
            [
                "users": formats.number(roles.users), "customers": formats.number(roles.customers),
                "both": formats.number(roles.both),
            ])
        func label(_ count: Int, _ caption: KeyPath<Catalogue, Text>) -> EulerDiagram.Label {
            EulerDiagram.Label(value: formats.number(count), caption: words(caption))
        }
        let diagram = EulerDiagram(
            geometry: EulerGeometry(first: roles.users, second: roles.customers, both: roles.both),
            firstOnly: label(roles.userOnly, \.common.userOnly), both: label(roles.both, \.common.both),
            secondOnly: label(roles.customerOnly, \.common.customerOnly),
            emptyText: words(\.home.eulerEmpty))
        let rows = [
            (\Catalogue.common.userOnly, roles.userOnly), (\.common.both, roles.both), (\.common.customerOnly, roles.customerOnly),
            (\.common.neither, roles.neither),
        ]
        return Figure(
            id: "roles", title: words(\.home.eulerTitle), summary: summary, svg: diagram.svg(summary: summary),
            legend: [
                LegendItem(name: words(\.home.legendUsers, count: roles.users), style: .user),
                LegendItem(name: words(\.home.legendCustomers, count: roles.customers), style: .customer),
            ],
            table: FigureTable(
                headers: [(words(\.home.role), false), (words(\.home.peopleCount), true), (words(\.common.share), true)],
                rows: rows.map { name, count in
                    [.text(words(name)), countCell(count), shareCell(count, of: roles.everybody)]
                }), csvURL: csv("roles"))
    }

    func newPeople(_ weeks: [(week: LocalDate, count: Int)]) -> Figure {
        let chart = BarChart(
            series: [.init(name: words(\.home.newPeople), values: weeks.map { Double($0.count) }, style: .user)],
            labels: weeks.map { formats.shortDate($0.week) },
            heads: weeks.map { words(\.common.weekOf, ["date": formats.date($0.week)]) },
            axisText: formats.compact, valueText: { formats.number(Int($0)) })
        let summary = words(\.home.newSummary)
        return Figure(
            id: "new", title: words(\.home.newPerWeek), summary: summary, svg: chart.svg(summary: summary),
            table: FigureTable(
                headers: [(words(\.common.week), false), (words(\.home.newPeople), true)],
                rows: weeks.map { [dateCell($0.week), countCell($0.count)] }), csvURL: csv("new"))
    }

    func active(_ days: [HomeFacts.Active]) -> Figure {
        let chart = LineChart(
            series: [
                .init(name: words(\.home.monthly), values: days.map { Double($0.month) }, style: .third),
                .init(name: words(\.home.weekly), values: days.map { Double($0.week) }, style: .customer),
                .init(name: words(\.home.daily), values: days.map { Double($0.day) }, style: .user),
            ],
            labels: days.map { formats.shortDate($0.date) },
            heads: days.map { "\(formats.date($0.date)), \(formats.weekday($0.date))" },
            axisText: formats.compact, valueText: { formats.number(Int($0)) })
        let summary = words(\.home.activeSummary)
        return Figure(
            id: "active", title: words(\.home.activeTitle), summary: summary, svg: chart.svg(summary: summary),
            table: FigureTable(
                headers: [
                    (words(\.common.day), false), (words(\.home.daily), true), (words(\.home.weekly), true),
                    (words(\.home.monthly), true),
                ],
                rows: days.map { [dateCell($0.date), countCell($0.day), countCell($0.week), countCell($0.month)] }),
            csvURL: csv("active"))
    }

    /// - Parameter hours: seven rows of 24 means, Monday first.
    func hours(_ hours: [[Double]]) -> Figure {
        let monday = LocalDate(daysSinceEpoch: 4)
        let days = (0 ..< 7).map { formats.weekday(monday.advanced(byDays: $0)) }
        let clock = (0 ..< 24).map { "\($0):00" }
        let table = HeatTable(
            heads: (0 ..< 24).map { String($0) }, rowHeads: days, values: hours.map { $0.map { $0 } }, text: { _ in "" },
            tip: { day, hour, value in
                words(\.home.hoursCell, ["day": days[day], "hour": clock[hour], "people": formats.decimal(value)])
            })
        return Figure(
            id: "hours", title: words(\.home.hoursTitle), summary: words(\.home.hoursSummary),
            svg: table.html(caption: words(\.home.hoursSummary), step: 3),
            table: FigureTable(
                headers: [(words(\.home.hour), false)] + days.map { ($0, true) },
                rows: (0 ..< 24).map { hour in
                    [.text(clock[hour])]
                        + hours.map { .init(formats.decimal($0[hour]), raw: $0[hour].description, numeric: true) }
                }), csvURL: csv("hours"))
    }

    func revenue(_ weeks: [HomeFacts.WeekRevenue], _ currency: Currency) -> Figure {
        let (users, others) = (words(\.home.fromUsers), words(\.home.fromOthers))
        let chart = BarChart(
            series: [
                .init(name: users, values: weeks.map { Double($0.fromUsers) }, style: .both),
                .init(name: others, values: weeks.map { Double($0.fromOthers) }, style: .customer),
            ],
            labels: weeks.map { formats.shortDate($0.week) },
            heads: weeks.map { words(\.common.weekOf, ["date": formats.date($0.week)]) },
            axisText: { formats.compactMoney($0, currency) },
            valueText: { formats.money(Money(minorUnits: Int64($0), currency: currency)) }, wholeNumbers: false)
        let summary = words(\.home.revenueSummary)
        return Figure(
            id: "revenue", title: words(\.home.revenueTitle), summary: summary, svg: chart.svg(summary: summary),
            legend: [LegendItem(name: users, style: .both), LegendItem(name: others, style: .customer)],
            table: FigureTable(
                headers: [(words(\.common.week), false), (users, true), (others, true)],
                rows: weeks.map { [dateCell($0.week), moneyCell($0.fromUsers, currency), moneyCell($0.fromOthers, currency)] }),
            csvURL: csv("revenue"))
    }

    func funnel(_ steps: [(label: String, count: Int)]) -> Figure {
        FunnelFigure(words: words, formats: formats).figure(
            id: "funnel", title: words(\.home.funnelTitle), steps: steps, csvURL: csv("funnel"))
    }

    /// - Parameter ratings: counts of 1 to 5 stars.
    func ratings(_ ratings: [Int]) -> Figure {
        let names = ratings.indices.map { words(\.home.rating, ["stars": String($0 + 1)]) }
        let chart = BarChart(
            series: [.init(name: words(\.home.reviews), values: ratings.map(Double.init), style: .user)], labels: names,
            heads: names,
            axisText: formats.compact, valueText: { formats.number(Int($0)) }, plotHeight: 120)
        let summary = words(\.home.ratingSummary)
        return Figure(
            id: "ratings", title: words(\.home.ratingTitle), summary: summary, svg: chart.svg(summary: summary),
            table: FigureTable(
                headers: [(words(\.home.stars), false), (words(\.home.reviews), true)],
                rows: zip(names, ratings).map { [.text($0), countCell($1)] }), csvURL: csv("ratings"))
    }

    private func countCell(_ count: Int) -> FigureTable.Cell { .init(formats.number(count), raw: String(count), numeric: true) }

    private func shareCell(_ part: Int, of whole: Int) -> FigureTable.Cell {
        .init(formats.percent(part, of: whole), raw: whole == 0 ? nil : String(Double(part) / Double(whole)), numeric: true)
    }

    private func dateCell(_ date: LocalDate) -> FigureTable.Cell { .init(formats.date(date), raw: date.text, numeric: false) }

    private func moneyCell(_ units: Int64, _ currency: Currency) -> FigureTable.Cell {
        let money = Money(minorUnits: units, currency: currency)
        return .init(formats.money(money), raw: money.decimalText, numeric: true)
    }
}

/// A funnel as a figure, on the home page and in answers.
struct FunnelFigure {
    let words: Words
    let formats: Formats

    func figure(
        id: String, title: String, steps: [(label: String, count: Int)], csvURL: String, people: AnswerPeople? = nil
    ) -> Figure {
        let first = steps.first?.count ?? 0
        let chart = FunnelChart(
            steps: steps.enumerated().map { index, step in
                let lost = index == 0 ? nil : steps[index - 1].count - step.count
                return FunnelChart.Step(
                    label: step.label, count: Double(step.count), countText: formats.number(step.count),
                    shareText: formats.percent(step.count, of: first),
                    lossText: lost.map { words(\.home.lostHere, count: $0) }, url: people?.reached(index),
                    lossURL: people?.lost(before: index))
            })
        let summary = words(
            \.home.funnelSummary, ["first": formats.number(first), "last": formats.number(steps.last?.count ?? 0)])
        return Figure(
            id: id, title: title, summary: summary, svg: chart.svg(summary: summary),
            table: FigureTable(
                headers: [(words(\.home.step), false), (words(\.home.peopleCount), true), (words(\.home.fromFirst), true)],
                rows: steps.map { step in
                    [
                        .text(step.label), .init(formats.number(step.count), raw: String(step.count), numeric: true),
                        .init(
                            formats.percent(step.count, of: first),
                            raw: first == 0 ? nil : String(Double(step.count) / Double(first)),
                            numeric: true),
                    ]
                }), csvURL: csvURL)
    }
}
