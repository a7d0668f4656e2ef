/// Marks on lanes over time: when someone came, spoke and paid.
struct TimelineChart {
    struct Mark {
        /// 0…1 from the chart's start to its end.
        let position: Double
        let lane: Int
        let title: String
    }

    struct Lane {
        let name: String
        let style: ChartStyle
    }

    let lanes: [Lane]
    let marks: [Mark]
    /// Dates below the lanes at their positions 0…1.
    let labels: [(position: Double, text: String)]
    private static let laneHeight = 34.0

    /// Marks nearer than this share of the width are drawn once, with their number in the tooltip.
    private static let grain = 1.0 / 400

    /// Marks of one lane that would lie on each other, as one: its position and titles.
    static func merged(_ marks: [Mark]) -> [(position: Double, lane: Int, titles: [String])] {
        var out: [(position: Double, lane: Int, titles: [String])] = []
        for mark in marks.sorted(by: { ($0.lane, $0.position) < ($1.lane, $1.position) }) {
            if let last = out.last, last.lane == mark.lane, mark.position - last.position < grain {
                out[out.count - 1].titles.append(mark.title)
            } else {
                out.append((mark.position, mark.lane, [mark.title]))
            }
        }
        return out
    }

    func svg(summary: String) -> String {
        var svg = SVG()
        let height = Double(lanes.count) * TimelineChart.laneHeight
        svg.open(
            "svg",
            ["class": "chart timeline", "role": "img", "aria-label": summary, "width": "100%", "height": SVG.number(height + 24)])
        for (index, lane) in lanes.enumerated() {
            let y = (Double(index) + 1) * TimelineChart.laneHeight - 6.5
            svg.element("line", ["class": "grid", "x1": "0", "x2": "100%", "y1": SVG.number(y), "y2": SVG.number(y)])
            svg.label(lane.name, ["class": "tick", "x": "0", "y": SVG.number(y - 14)])
        }
        for mark in TimelineChart.merged(marks) {
            let y = (Double(mark.lane) + 1) * TimelineChart.laneHeight - 6.5
            let shown = mark.titles.prefix(6).joined(separator: "\n") + (mark.titles.count > 6 ? "\n…" : "")
            svg.element(
                "circle",
                [
                    "class": "dot \(lanes[mark.lane].style.rawValue)", "cx": SVG.percent(0.006 + mark.position * 0.988),
                    "cy": SVG.number(y),
                    "r": mark.titles.count > 1 ? "5" : "4",
                ], title: shown)
        }
        for label in labels {
            let anchor = label.position < 0.1 ? "start" : label.position > 0.9 ? "end" : "middle"
            svg.label(
                label.text,
                ["class": "tick", "x": SVG.percent(label.position), "y": SVG.number(height + 16), "text-anchor": anchor])
        }
        svg.close("svg")
        return svg.text
    }
}
