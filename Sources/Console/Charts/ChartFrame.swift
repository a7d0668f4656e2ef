/// What charts over buckets share: the grid with its values and the labels below.
enum ChartFrame {
    /// Horizontal lines at the ticks, and at those of `below` as far under the axis.
    static func grid(_ svg: inout SVG, scale: AxisScale, top: Double, height: Double, below: [Double] = []) {
        for tick in below {
            let y = SVG.number((top + height * (1 + scale.share(tick))).rounded() + 0.5)
            svg.element("line", ["class": "grid", "x1": "0", "x2": "100%", "y1": y, "y2": y])
        }
        for tick in scale.ticks {
            let y = SVG.number((top + height * (1 - scale.share(tick))).rounded() + 0.5)
            svg.element("line", ["class": tick == 0 ? "base" : "grid", "x1": "0", "x2": "100%", "y1": y, "y2": y])
        }
    }

    /// The plot with its value axis beside it: the axis is as wide as its longest text, the plot takes the rest.
    static func withAxis(
        _ plot: String, scale: AxisScale, top: Double, height: Double, below: [Double] = [], text: (Double) -> String
    ) -> String {
        let labels = scale.ticks.map(text)
        let width = (labels.map(SVG.widthEms).max() ?? 0) * 11.5 + 8
        var svg = SVG()
        svg.open(
            "svg",
            [
                "class": "chart axis", "aria-hidden": "true", "width": SVG.number(width.rounded(.up)),
                "height": SVG.number(top + height * (1 + scale.share(below.last ?? 0)) + 26),
            ])
        let places = zip(scale.ticks, labels).map { (-scale.share($0), $1) } + below.map { (scale.share($0), text($0)) }
        for (share, label) in places {
            let y = SVG.number((top + height * (1 + share)).rounded() + 4)
            svg.label(label, ["class": "tick", "x": SVG.number(width.rounded(.up) - 8), "y": y, "text-anchor": "end"])
        }
        svg.close("svg")
        return "<div class=\"plot-row\">" + svg.text + plot + "</div>"
    }

    /// Labels below the plot: at most seven, every second one hidden where the chart is narrow.
    static func bucketLabels(_ svg: inout SVG, labels: [String], y: Double, centred: Bool) {
        let shown = AxisScale.labelIndexes(count: labels.count, limit: labels.count <= 7 ? 7 : 6)
        for (position, index) in shown.enumerated() {
            let share =
                centred
                ? (Double(index) + 0.5) / Double(labels.count) : labels.count <= 1 ? 0.5 : Double(index) / Double(labels.count - 1)
            let anchor = share < 0.04 ? "start" : share > 0.96 ? "end" : "middle"
            let x = share < 0.04 ? 0 : share > 0.96 ? 1 : share
            svg.label(
                labels[index],
                [
                    "class": position % 2 == 1 ? "tick wide" : "tick", "x": SVG.percent(x), "y": SVG.number(y),
                    "text-anchor": anchor,
                ])
        }
    }
}
