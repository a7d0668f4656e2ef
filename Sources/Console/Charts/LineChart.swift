/// Lines over calendar buckets.
///
/// Stretches to any width: lines are scaled, text and strokes are not.
struct LineChart {
    struct Series {
        let name: String
        /// One value a bucket; nil leaves a gap.
        let values: [Double?]
        let style: ChartStyle
    }

    let series: [Series]
    /// One short label a bucket.
    let labels: [String]
    /// Tooltip heads, one a bucket; fuller than `labels`.
    let heads: [String]
    /// How values read on the axis and in tooltips.
    let axisText: (Double) -> String
    let valueText: (Double) -> String
    var plotHeight = 176.0
    var wholeNumbers = true
    /// Whether lines bear their names at their right end; a legend can do that, too.
    var hasEndLabels = true
    /// Where each bucket leads; empty when none leads anywhere.
    var links: [String?] = []

    /// The finished SVG.
    ///
    /// O(buckets × series).
    func svg(summary: String) -> String {
        var svg = SVG()
        let top = 14.0
        let scale = AxisScale(greatest: series.flatMap(\.values).compactMap(\.self).max() ?? 0, whole: wholeNumbers)
        svg.open(
            "svg",
            [
                "class": "chart", "role": links.contains { $0 != nil } ? "group" : "img", "aria-label": summary, "width": "100%",
                "height": SVG.number(top + plotHeight + 26),
            ])
        ChartFrame.grid(&svg, scale: scale, top: top, height: plotHeight)
        svg.open(
            "svg",
            [
                "x": "0", "y": SVG.number(top), "width": "100%", "height": SVG.number(plotHeight),
                "viewBox": "0 0 1000 \(SVG.number(plotHeight))",
                "preserveAspectRatio": "none", "class": "plot",
            ])
        for (index, one) in series.enumerated() {
            let points = self.points(one, scale)
            if index == 0, series.count == 1 {
                svg.element("path", ["class": "area \(one.style.rawValue)", "d": areaPath(points)])
            }
            svg.element("path", ["class": "line \(one.style.rawValue)", "d": LineChart.path(points)])
        }
        svg.close("svg")
        if labels.count <= 1 { dots(&svg, scale, top) }
        ChartFrame.bucketLabels(&svg, labels: labels, y: top + plotHeight + 18, centred: false)
        endLabels(&svg, scale, top)
        hitAreas(&svg, top)
        svg.close("svg")
        return ChartFrame.withAxis(svg.text, scale: scale, top: top, height: plotHeight, text: axisText)
    }

    private func x(_ bucket: Int) -> Double { labels.count <= 1 ? 0.5 : Double(bucket) / Double(labels.count - 1) }

    private func points(_ one: Series, _ scale: AxisScale) -> [(x: Double, y: Double)?] {
        one.values.enumerated().map { bucket, value in
            value.map { (x(bucket) * 1000, plotHeight * (1 - scale.share($0))) }
        }
    }

    /// `M` and `L` commands; a gap starts a new piece.
    static func path(_ points: [(x: Double, y: Double)?]) -> String {
        var text = ""
        var drawing = false
        for point in points {
            guard let point else {
                drawing = false
                continue
            }
            text += (drawing ? "L" : "M") + SVG.number(point.x) + " " + SVG.number(point.y)
            drawing = true
        }
        return text
    }

    private func areaPath(_ points: [(x: Double, y: Double)?]) -> String {
        var text = ""
        for run in points.split(whereSeparator: { $0 == nil }) {
            let run = run.compactMap(\.self)
            guard let first = run.first, let last = run.last else { continue }
            text +=
                LineChart.path(run)
                + "L\(SVG.number(last.x)) \(SVG.number(plotHeight))L\(SVG.number(first.x)) \(SVG.number(plotHeight))Z"
        }
        return text
    }

    private func dots(_ svg: inout SVG, _ scale: AxisScale, _ top: Double) {
        for one in series {
            guard let value = one.values.first ?? nil else { continue }
            svg.element(
                "circle",
                [
                    "class": "dot \(one.style.rawValue)", "cx": "50%",
                    "cy": SVG.number(top + plotHeight * (1 - scale.share(value))), "r": "4",
                ])
        }
    }

    /// Names at the right end of the lines, pushed apart so that they never overlap.
    private func endLabels(_ svg: inout SVG, _ scale: AxisScale, _ top: Double) {
        guard series.count > 1, hasEndLabels else { return }
        // A name covers about an eighth of the plot: it stands above all that its line does there.
        let covered = max(1, labels.count / 8)
        let ends = series.map { one in
            top + plotHeight * (1 - scale.share(one.values.suffix(covered).compactMap(\.self).max() ?? 0)) - 7
        }
        let placed = LineChart.spread(ends, gap: 16, within: top + 2 ... top + plotHeight - 4)
        for (one, y) in zip(series, placed) {
            svg.label(
                one.name, ["class": "end-label \(one.style.rawValue)", "x": "100%", "y": SVG.number(y), "text-anchor": "end"])
        }
    }

    /// Positions at least `gap` apart, in the order of `wanted`, as near to it as a sweep down and one up allow.
    static func spread(_ wanted: [Double], gap: Double, within range: ClosedRange<Double>) -> [Double] {
        let order = wanted.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }
        var placed = wanted
        var floor = range.lowerBound
        for index in order {
            placed[index] = max(wanted[index], floor)
            floor = placed[index] + gap
        }
        var ceiling = range.upperBound
        for index in order.reversed() {
            placed[index] = min(placed[index], ceiling)
            ceiling = placed[index] - gap
        }
        return placed
    }

    private func hitAreas(_ svg: inout SVG, _ top: Double) {
        guard !labels.isEmpty else { return }
        let width = labels.count == 1 ? 1 : 1 / Double(labels.count - 1)
        for bucket in labels.indices {
            let lines = series.map { "\($0.name): \($0.values[bucket].map(valueText) ?? "–")" }
            let left = max(0, x(bucket) - width / 2)
            let right = min(1, x(bucket) + width / 2)
            let says = [heads[bucket]] + lines
            svg.linked(bucket < links.count ? links[bucket] : nil, says.joined(separator: ", ")) { svg in
                svg.element(
                    "rect",
                    [
                        "class": "hit", "x": SVG.percent(left), "y": SVG.number(top), "width": SVG.percent(right - left),
                        "height": SVG.number(plotHeight),
                    ], title: says.joined(separator: "\n"))
            }
        }
    }
}
