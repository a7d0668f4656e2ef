/// Horizontal bars, one a row: a name, its value at the right, and the bar below.
struct ShareBars {
    struct Row {
        let name: String
        let value: Double
        let valueText: String
        /// A second line; nil for none.
        var note: String?
        var style = ChartStyle.user
        var url: String?
    }

    let rows: [Row]

    /// Bar lengths as shares 0…1 of the greatest value.
    var shares: [Double] {
        let greatest = rows.map(\.value).max() ?? 0
        return rows.map { greatest > 0 ? min(max($0.value / greatest, 0), 1) : 0 }
    }

    func svg(summary: String) -> String {
        var svg = SVG()
        let height = rows.contains { $0.note != nil } ? 58.0 : 42.0
        let isLinked = rows.contains { $0.url != nil }
        svg.open(
            "svg",
            [
                "class": "chart rows", "role": isLinked ? "group" : "img", "aria-label": summary, "width": "100%",
                "height": SVG.number(Double(rows.count) * height),
            ])
        for (index, (row, share)) in zip(rows, shares).enumerated() {
            let top = Double(index) * height
            svg.linked(row.url, "\(row.name): \(row.valueText)") { svg in
                svg.label(row.name, ["class": "name", "x": "0", "y": SVG.number(top + 14)])
                svg.label(row.valueText, ["class": "value", "x": "100%", "y": SVG.number(top + 14), "text-anchor": "end"])
                svg.element(
                    "rect", ["class": "track", "x": "0", "y": SVG.number(top + 21), "width": "100%", "height": "10", "rx": "3"])
                svg.element(
                    "rect",
                    [
                        "class": "bar \(row.style.rawValue)", "x": "0", "y": SVG.number(top + 21), "width": SVG.percent(share),
                        "height": "10", "rx": "3",
                    ], title: "\(row.name): \(row.valueText)")
                if let note = row.note { svg.label(note, ["class": "tick", "x": "0", "y": SVG.number(top + 46)]) }
            }
        }
        svg.close("svg")
        return svg.text
    }
}
