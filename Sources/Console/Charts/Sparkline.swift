/// A row of small bars without axes, one a bucket: the shape of a life in one glance.
struct Sparkline {
    let values: [Double]
    /// Tooltips, one a bucket.
    let heads: [String]
    var height = 48.0
    var style = ChartStyle.user

    func svg(summary: String) -> String {
        var svg = SVG()
        let greatest = values.max() ?? 0
        let step = 1 / Double(max(values.count, 1))
        let width = min(step * 0.72, 0.03)
        svg.open(
            "svg",
            ["class": "chart spark", "role": "img", "aria-label": summary, "width": "100%", "height": SVG.number(height + 2)])
        svg.element(
            "line", ["class": "base", "x1": "0", "x2": "100%", "y1": SVG.number(height + 0.5), "y2": SVG.number(height + 0.5)])
        for (bucket, value) in values.enumerated() {
            let tall = greatest > 0 ? height * value / greatest : 0
            if value > 0 {
                svg.element(
                    "rect",
                    [
                        "class": "bar \(style.rawValue)", "x": SVG.percent((Double(bucket) + 0.5) * step - width / 2),
                        "width": SVG.percent(width), "y": SVG.number(height - max(tall, 2)), "height": SVG.number(max(tall, 2)),
                    ])
            }
            svg.element(
                "rect",
                [
                    "class": "hit", "x": SVG.percent(Double(bucket) * step), "y": "0", "width": SVG.percent(step),
                    "height": SVG.number(height),
                ],
                title: heads[bucket])
        }
        svg.close("svg")
        return svg.text
    }
}
