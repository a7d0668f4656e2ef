/// Bars over buckets, stacked when there are several series; one more may hang below the axis.
///
/// Stretches to any width.
struct BarChart {
    struct Series {
        let name: String
        /// One value a bucket, not negative.
        let values: [Double]
        let style: ChartStyle
    }

    /// One piece of a bar, in shares of the width and pixels of height.
    struct Piece: Equatable {
        let bucket: Int
        let series: Int
        let x: Double
        let width: Double
        let y: Double
        let height: Double
    }

    let series: [Series]
    let labels: [String]
    let heads: [String]
    let axisText: (Double) -> String
    let valueText: (Double) -> String
    var plotHeight = 176.0
    var wholeNumbers = true
    /// Hangs down from the axis on the same scale, such as those who left; nil for none.
    var below: Series?
    /// Where each bar leads, by series (the one below last) and bucket; empty when none leads anywhere.
    var links: [[String?]] = []

    private var all: [Series] { series + (below.map { [$0] } ?? []) }

    var scale: AxisScale {
        let sums = labels.indices.map { bucket in series.reduce(0) { $0 + max(0, $1.values[bucket]) } }
        return AxisScale(greatest: max(sums.max() ?? 0, below?.values.max() ?? 0), whole: wholeNumbers)
    }

    /// The ticks below the axis: as far down as the series there reaches.
    func ticksBelow(_ scale: AxisScale) -> [Double] {
        guard let greatest = below?.values.max(), greatest > 0, scale.ticks.count > 1 else { return [] }
        let step = scale.ticks[1]
        return scale.ticks.dropFirst().filter { $0 < greatest + step * 0.999_999 }
    }

    /// The bars' geometry, from the bottom up within each bucket.
    func pieces(_ scale: AxisScale) -> [Piece] {
        let step = 1 / Double(max(labels.count, 1))
        let gap = labels.count > 60 ? 0.12 : 0.28
        let width = min(step * (1 - gap), 0.09)
        return labels.indices.flatMap { bucket in
            var base = plotHeight
            return all.indices.compactMap { index -> Piece? in
                let height = plotHeight * scale.share(max(0, all[index].values[bucket]))
                guard height > 0 else { return nil }
                if index < series.count { base -= height }
                return Piece(
                    bucket: bucket, series: index, x: (Double(bucket) + 0.5) * step - width / 2, width: width,
                    y: index < series.count ? base : plotHeight, height: height)
            }
        }
    }

    func svg(summary: String) -> String {
        var svg = SVG()
        let top = 14.0
        let scale = self.scale
        let ticksBelow = self.ticksBelow(scale)
        let depth = plotHeight * scale.share(ticksBelow.last ?? 0)
        svg.open(
            "svg",
            [
                "class": "chart", "role": links.isEmpty ? "img" : "group", "aria-label": summary, "width": "100%",
                "height": SVG.number(top + plotHeight + depth + 26),
            ])
        ChartFrame.grid(&svg, scale: scale, top: top, height: plotHeight, below: ticksBelow)
        if !links.isEmpty { hitAreas(&svg, top, plotHeight + depth) }
        for piece in pieces(scale) {
            let topped = piece.y > 0 && piece.series < series.count - 1
            let link = links.isEmpty ? nil : links[piece.series][piece.bucket]
            let says = [
                heads[piece.bucket], "\(all[piece.series].name): \(valueText(all[piece.series].values[piece.bucket]))",
            ]
            svg.linked(link, says.joined(separator: ", ")) { svg in
                svg.element(
                    "rect",
                    [
                        "class": "bar \(all[piece.series].style.rawValue)", "x": SVG.percent(piece.x),
                        "width": SVG.percent(piece.width),
                        "y": SVG.number(top + piece.y), "height": SVG.number(max(piece.height - (topped ? 1 : 0), 0.75)),
                    ], title: links.isEmpty ? nil : says.joined(separator: "\n"))
            }
        }
        ChartFrame.bucketLabels(&svg, labels: labels, y: top + plotHeight + depth + 18, centred: true)
        if links.isEmpty { hitAreas(&svg, top, plotHeight + depth) }
        svg.close("svg")
        return ChartFrame.withAxis(svg.text, scale: scale, top: top, height: plotHeight, below: ticksBelow, text: axisText)
    }

    private func hitAreas(_ svg: inout SVG, _ top: Double, _ height: Double) {
        let step = 1 / Double(max(labels.count, 1))
        for bucket in labels.indices {
            let lines = all.map { "\($0.name): \(valueText($0.values[bucket]))" }
            svg.element(
                "rect",
                [
                    "class": "hit", "x": SVG.percent(Double(bucket) * step), "y": SVG.number(top), "width": SVG.percent(step),
                    "height": SVG.number(height),
                ], title: ([heads[bucket]] + lines).joined(separator: "\n"))
        }
    }
}
