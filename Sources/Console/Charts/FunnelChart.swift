/// Steps from the top down: a bar as long as the share of people who came that far, the loss shown beside it.
struct FunnelChart {
    struct Step {
        let label: String
        let count: Double
        /// Shown at the right: the count and its share.
        let countText: String
        let shareText: String
        /// Below the bar: how many were lost on the way here; nil for the first.
        var lossText: String?
        /// Where the bar and the loss lead; nil when nowhere.
        var url: String?
        var lossURL: String?
    }

    let steps: [Step]
    /// Whether the first bar is everybody, who have done no step, and the second is step 1.
    var startsWithEverybody = false
    private static let rowHeight = 64.0

    /// Bar lengths as shares 0…1 of the first step, which is 1 unless it is empty.
    var shares: [Double] {
        let first = steps.first?.count ?? 0
        return steps.map { first > 0 ? min(max($0.count / first, 0), 1) : 0 }
    }

    func svg(summary: String) -> String {
        var svg = SVG()
        let shares = self.shares
        svg.open(
            "svg",
            [
                "class": "chart funnel", "role": steps.contains { $0.url != nil } ? "group" : "img", "aria-label": summary,
                "width": "100%",
                "height": SVG.number(Double(steps.count) * FunnelChart.rowHeight),
            ])
        for (index, step) in steps.enumerated() {
            let top = Double(index) * FunnelChart.rowHeight
            let number = startsWithEverybody ? index : index + 1
            svg.label(
                number == 0 ? step.label : "\(number)  \(step.label)", ["class": "name", "x": "0", "y": SVG.number(top + 15)])
            svg.label(step.countText, ["class": "value", "x": "100%", "y": SVG.number(top + 15), "text-anchor": "end"])
            svg.element(
                "rect", ["class": "track", "x": "0", "y": SVG.number(top + 23), "width": "100%", "height": "18", "rx": "3"])
            if index > 0, shares[index - 1] > shares[index] {
                svg.element(
                    "rect",
                    [
                        "class": "lost", "x": SVG.percent(shares[index]), "y": SVG.number(top + 23),
                        "width": SVG.percent(shares[index - 1] - shares[index]), "height": "18",
                    ])
            }
            svg.linked(step.url, "\(step.label): \(step.countText)") { svg in
                svg.element(
                    "rect",
                    [
                        "class": "bar c-user", "x": "0", "y": SVG.number(top + 23), "width": SVG.percent(shares[index]),
                        "height": "18",
                        "rx": "3",
                    ],
                    title: "\(step.label)\n\(step.countText) · \(step.shareText)")
            }
            if let loss = step.lossText {
                svg.linked(step.lossURL, loss) { svg in
                    svg.label(loss, ["class": "tick", "x": "0", "y": SVG.number(top + 55)])
                }
            }
            svg.label(step.shareText, ["class": "tick", "x": "100%", "y": SVG.number(top + 55), "text-anchor": "end"])
        }
        svg.close("svg")
        return svg.text
    }
}
