import Loyalty
import Model

/// The money that was taken for points, in words and charts.
extension BookWriter {
    private func text(_ minor: Int64) -> String { points.formats.money(Money(minorUnits: minor, currency: money)) }

    private func cell(_ minor: Int64) -> FigureTable.Cell {
        .init(text(minor), raw: Money(minorUnits: minor, currency: money).decimalText, numeric: true)
    }

    private func percent(_ share: Int64) -> String { points.formats.percent(Double(share) / Double(PointCohort.shareMax)) }

    func stat(_ revenue: PointRevenueReport) -> Stat {
        Stat(label: points.words(\.books.deferred), value: text(revenue.total.deferred))
    }

    /// What is deferred by month of earning and payer, and how it came to be.
    func figure(_ revenue: PointRevenueReport, csvURL: String) -> Figure {
        let (words, formats, total) = (points.words, points.formats, revenue.total)
        let labels = revenue.rows.map { row in vintage(row.vintage) + (row.fundedBy.map { " · \($0)" } ?? "") }
        let values = revenue.rows.map { row in
            Double(Money(minorUnits: row.figures.deferred, currency: money).decimalText) ?? 0
        }
        let chart = BarChart(
            series: [.init(name: words(\.books.deferred), values: values, style: .user)], labels: labels, heads: labels,
            axisText: formats.compact, valueText: { formats.decimal($0, digits: 2) }, plotHeight: 140, wholeNumbers: false)
        let summary = words(
            \.books.revenueSummary,
            [
                "month": month(revenue.month), "opening": text(total.opening), "allocated": text(total.allocated),
                "recognized": text(total.recognized), "catchUp": text(total.catchUp), "deferred": text(total.deferred),
            ])
        return Figure(
            id: "revenue", title: words(\.books.revenue, ["month": month(revenue.month)]), summary: summary,
            svg: chart.svg(summary: summary),
            table: FigureTable(
                headers: [
                    (words(\.books.vintage), false), (words(\.books.payer), false), (words(\.books.allocation), true),
                    (words(\.books.share), true), (words(\.books.expected), true), (words(\.books.spent), true),
                    (words(\.books.recognized), true), (words(\.books.catchUp), true), (words(\.books.deferred), true),
                ], rows: revenue.rows.map(row)), csvURL: csvURL)
    }

    private func row(_ row: PointRevenueReport.Row) -> [FigureTable.Cell] {
        func count(_ amount: Int64) -> FigureTable.Cell {
            .init(
                points.points(amount), raw: Formats.decimalText(amount, digits: points.currency.scale), numeric: true)
        }
        return [
            .init(vintage(row.vintage), raw: String(row.vintage), numeric: false),
            .init(row.fundedBy ?? points.words(\.books.brand), raw: row.fundedBy ?? "", numeric: false),
            cell(row.cohort.allocation), .init(percent(row.share), raw: String(row.share), numeric: true), count(row.expected),
            count(row.cohort.fulfilled), cell(row.figures.recognized), cell(row.figures.catchUp), cell(row.figures.deferred),
        ]
    }

    func partners(_ blocks: [PartnerBlock]) -> [BooksPage.Partner] {
        blocks.map { block in
            BooksPage.Partner(
                name: block.partner, cells: [block.bought, block.drawn, block.left].map(points.points),
                tag: block.left > 0 ? nil : TagItem(kind: "bad", label: points.words(\.books.empty)))
        }
    }

    /// The versions of the estimate, the newest first.
    func estimates(_ estimates: [PointEstimate]) -> [BooksPage.Estimate] {
        estimates.reversed().map { estimate in
            BooksPage.Estimate(
                text: points.words(
                    \.books.estimateLine,
                    ["share": percent(estimate.share), "month": month(estimate.from), "version": String(estimate.version)]),
                who: points.words(
                    \.books.signedBy, ["who": points.actor(estimate.signedBy), "when": points.when(estimate.signedAt)]),
                note: estimate.note)
        }
    }

    /// What signs the next version; its months are those that are open.
    func estimateForm(_ months: [PointMonth], _ typed: [String: String], command: String) -> BooksPage.EstimateForm {
        let words = points.words
        return BooksPage.EstimateForm(
            fields: [
                FormField(
                    "share", words(\.books.shareField), value: typed["share"] ?? "", hint: words(\.books.shareHint),
                    autocomplete: "off"),
                FormField(
                    "from", words(\.books.fromField),
                    options: months.map { .init(value: $0.text, label: month($0), selected: $0.text == typed["from"]) }),
                FormField(
                    "note", words(\.books.noteField), value: typed["note"] ?? "", hint: words(\.books.noteHint),
                    autocomplete: "off"),
            ], currency: points.currency.key, command: command)
    }

    /// A percentage with at most two decimals as ten-thousandths; 0 for what is none.
    static func share(_ text: String) -> Int64 {
        let parts = text.trimmingPrefix { $0 == " " }.prefix { $0 != "%" && $0 != " " }.split(
            separator: ".", omittingEmptySubsequences: false)
        guard (1 ... 2).contains(parts.count), let whole = Int64(parts[0]), (0 ... 100).contains(whole) else { return 0 }
        let digits = parts.count == 2 ? String(parts[1]) : ""
        guard digits.utf8.count <= 2, let rest = Int64(digits + String(repeating: "0", count: 2 - digits.utf8.count)), rest >= 0
        else { return 0 }
        return whole * 100 + rest
    }
}
