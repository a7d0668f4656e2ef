import Loyalty
import Model

/// Puts the books of a currency into words and charts.
struct BookWriter {
    typealias Figures = PointRollForward

    private typealias Movement = (
        sign: String, label: any KeyPath<Catalogue, Text> & Sendable, amount: any KeyPath<Figures, Int64> & Sendable
    )

    let points: PointWriter
    let money: Currency

    private var words: Words { points.words }
    private var formats: Formats { points.formats }

    /// What came and went, in the order of the equation, with the sign that each has in it.
    private static let movements: [Movement] = [
        ("+", \.books.imported, \.imported), ("+", \.books.issued, \.issued), ("+", \.books.reinstated, \.reinstated),
        ("+", \.books.returned, \.returned),
        ("−", \.books.redeemed, \.redeemed), ("−", \.books.expired, \.expired), ("−", \.books.revoked, \.revoked),
        ("−", \.books.donated, \.donated), ("+", \.books.received, \.received), ("−", \.books.moved, \.moved),
    ]

    func month(_ month: PointMonth) -> String { formats.month(month.firstDate) }

    /// `202603` as a month; debts have none.
    func vintage(_ number: Int64) -> String {
        guard let date = LocalDate(text: "\(number / 100)-\(number % 100 < 10 ? "0" : "")\(number % 100)-01") else {
            return words(\.books.debts)
        }
        return formats.month(date)
    }

    // MARK: - Liability

    func stats(_ liability: [PointLiability]) -> [Stat] {
        let worth = Money(minorUnits: liability.reduce(0) { $0 + $1.worth }, currency: money)
        return [
            Stat(label: words(\.points.owed), value: points.points(liability.reduce(0) { $0 + $1.points })),
            Stat(label: words(\.books.worth), value: formats.money(worth)),
        ]
    }

    func figure(_ liability: [PointLiability], csvURL: String) -> Figure {
        let scale = points.currency.scale
        let title = words(\.books.liability)
        let labels = liability.map { vintage($0.vintage) }
        let chart = BarChart(
            series: [
                .init(name: words(\.books.points), values: liability.map { Double($0.points) / Formats.power(scale) }, style: .user)
            ], labels: labels, heads: labels, axisText: formats.compact, valueText: { formats.decimal($0, digits: scale) },
            plotHeight: 140, wholeNumbers: scale == 0)
        let summary = words(\.books.liabilitySummary, count: liability.count)
        return Figure(
            id: "liability", title: title, summary: summary, svg: chart.svg(summary: summary),
            table: FigureTable(
                headers: [(words(\.books.vintage), false), (words(\.books.points), true), (words(\.books.worth), true)],
                rows: liability.map { one in
                    let worth = Money(minorUnits: one.worth, currency: money)
                    return [
                        .init(vintage(one.vintage), raw: String(one.vintage), numeric: false),
                        .init(points.points(one.points), raw: Formats.decimalText(one.points, digits: scale), numeric: true),
                        .init(formats.money(worth), raw: worth.decimalText, numeric: true),
                    ]
                }), csvURL: csvURL)
    }

    // MARK: - A month

    /// The equation of a month: movements that are nothing are left out.
    func terms(_ figures: Figures) -> [BooksPage.Term] {
        let moved = BookWriter.movements.filter { figures[keyPath: $0.amount] != 0 }.map {
            BooksPage.Term(
                sign: $0.sign, label: words($0.label), amount: points.points(figures[keyPath: $0.amount]), isSum: false)
        }
        return [.init(sign: "", label: words(\.books.opening), amount: points.points(figures.opening), isSum: false)] + moved
            + [.init(sign: "=", label: words(\.books.closing), amount: points.points(figures.closing), isSum: true)]
    }

    func check(_ report: PointMonthReport) -> TagItem {
        report.isClosed
            ? TagItem(kind: "user", label: "✓ " + words(\.books.closes, ["amount": points.points(report.total.closing)]))
            : TagItem(kind: "bad", label: "✗ " + words(\.books.doesNotClose))
    }

    /// Heads and rows by month of earning and payer; columns that are nothing everywhere are left out.
    func table(_ report: PointMonthReport) -> (heads: [String], rows: [BooksPage.Row]) {
        let shown = BookWriter.movements.filter { movement in
            report.rows.contains { $0.figures[keyPath: movement.amount] != 0 }
        }
        func row(_ title: String, _ payer: String, _ figures: Figures) -> BooksPage.Row {
            let amounts = [figures.opening] + shown.map { figures[keyPath: $0.amount] } + [figures.closing]
            return BooksPage.Row(
                title: title, payer: payer, cells: amounts.map(points.points),
                tag: TagItem(kind: figures.isClosed ? "user" : "bad", label: figures.isClosed ? "✓" : "✗"))
        }
        let heads = [words(\.books.opening)] + shown.map { "\($0.sign) \(words($0.label))" } + ["= " + words(\.books.closing)]
        let rows = report.rows.map { row(vintage($0.vintage), $0.fundedBy ?? words(\.books.brand), $0.figures) }
        return (heads, rows + (rows.count > 1 ? [row(words(\.books.total), "", report.total)] : []))
    }

    func closing(_ closing: PointClosing, currency: String) -> BooksPage.Closed {
        BooksPage.Closed(
            url: SiteURL.books(currency: currency, month: closing.month.text), month: month(closing.month),
            when: points.when(closing.closedAt), who: points.actor(closing.actor), digest: String(closing.digest.prefix(16)))
    }

    // MARK: - Checks

    func findings(_ check: PointCheck) -> [Frame.Notice] {
        var findings: [Frame.Notice] = []
        if let broken = check.firstBroken {
            findings.append(
                .init(
                    kind: "bad",
                    text: words(
                        \.books.broken, ["number": formats.number(Int(broken.position)), "member": broken.member.text])))
        }
        if check.unequalBooks != 0 {
            findings.append(.init(kind: "bad", text: words(\.books.unequal, count: Int(check.unequalBooks))))
        }
        for end in check.unequalSums {
            findings.append(.init(kind: "bad", text: words(\.books.unequalSums, ["date": points.when(end)])))
        }
        if check.sum != 0 {
            findings.append(.init(kind: "bad", text: words(\.books.unbalanced, ["sum": points.points(check.sum)])))
        }
        return findings.isEmpty ? [.init(kind: "", text: words(\.books.whole, count: Int(check.entryCount)))] : findings
    }
}
