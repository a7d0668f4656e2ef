/// Two sets drawn to scale, each region with a label outside the circles and a line to it.
///
/// Labels never overlap.
struct EulerDiagram {
    struct Label {
        /// The number, set large, and what it counts.
        let value: String
        let caption: String
    }

    /// A rectangle in drawing units.
    struct Box: Equatable {
        let x: Double
        let y: Double
        let width: Double
        let height: Double

        func overlaps(_ other: Box) -> Bool {
            x < other.x + other.width && other.x < x + width && y < other.y + other.height && other.y < y + height
        }
    }

    /// One label's place and the point in its region that it speaks of.
    struct PlacedLabel {
        let label: Label
        let style: ChartStyle
        let box: Box
        let anchor: (x: Double, y: Double)
        let lineEnd: (x: Double, y: Double)
    }

    struct Layout {
        let width: Double
        let height: Double
        let scale: Double
        let originX: Double
        let centreY: Double
        let labels: [PlacedLabel]
        /// The smallest box that holds both circles.
        let circles: Box
    }

    let geometry: EulerGeometry
    let firstOnly: Label
    let both: Label
    let secondOnly: Label
    /// Said between two empty outlines when both sets are empty.
    let emptyText: String

    private static let valueSize = 22.0
    private static let captionSize = 13.0
    private static let labelHeight = 42.0

    /// Places everything in a drawing 480 units wide.
    func layout() -> Layout {
        let width = 480.0
        let left = min(geometry.first.left, geometry.second.left)
        let right = max(geometry.first.right, geometry.second.right)
        let tallest = 2 * max(geometry.first.radius, geometry.second.radius)
        let scale = right > left ? min(400 / (right - left), 210 / tallest) : 1
        let originX = width / 2 - (left + right) / 2 * scale
        let anchors = geometry.anchors
        let top = anchors.both == nil ? 6 : EulerDiagram.labelHeight + 18
        let centreY = top + tallest * scale / 2
        let circles = Box(x: originX + left * scale, y: top, width: (right - left) * scale, height: tallest * scale)
        var placed: [PlacedLabel] = []
        if let anchor = anchors.both {
            let x = originX + anchor * scale
            let box = box(both, centre: x, y: 0, width)
            placed.append(
                PlacedLabel(label: both, style: .both, box: box, anchor: (x, centreY), lineEnd: (x, box.y + box.height + 3)))
        }
        placed += below(anchors, originX, scale, centreY, y: circles.y + circles.height + 20, width)
        let bottom = placed.map { $0.box.y + $0.box.height }.max() ?? 0
        return Layout(
            width: width, height: max(bottom, circles.y + circles.height) + 6, scale: scale, originX: originX, centreY: centreY,
            labels: placed, circles: circles)
    }

    /// The labels of the two outer regions: side by side when they fit, else one under the other.
    private func below(
        _ anchors: (firstOnly: Double?, both: Double?, secondOnly: Double?), _ originX: Double, _ scale: Double, _ centreY: Double,
        y: Double, _ width: Double
    ) -> [PlacedLabel] {
        var placed: [PlacedLabel] = []
        if let anchor = anchors.firstOnly {
            let x = originX + anchor * scale
            let box = box(firstOnly, centre: x, y: y, width)
            placed.append(PlacedLabel(label: firstOnly, style: .user, box: box, anchor: (x, centreY), lineEnd: (x, box.y - 3)))
        }
        guard let anchor = anchors.secondOnly else { return placed }
        let x = originX + anchor * scale
        var box = box(secondOnly, centre: x, y: y, width)
        if let other = placed.last?.box, box.x < other.x + other.width + 16 {
            let together = other.width + 16 + box.width
            if together <= width {
                let start = min(max(0, min(other.x, x - together / 2)), width - together)
                let moved = Box(x: start, y: y, width: other.width, height: other.height)
                placed[placed.count - 1] = PlacedLabel(
                    label: firstOnly, style: .user, box: moved, anchor: placed[placed.count - 1].anchor,
                    lineEnd: (moved.x + moved.width / 2, moved.y - 3))
                box = Box(x: start + other.width + 16, y: y, width: box.width, height: box.height)
            } else {
                box = Box(x: width - box.width, y: y + EulerDiagram.labelHeight + 10, width: box.width, height: box.height)
            }
        }
        let lineX = min(max(x, box.x), box.x + box.width)
        placed.append(PlacedLabel(label: secondOnly, style: .customer, box: box, anchor: (x, centreY), lineEnd: (lineX, box.y - 3)))
        return placed
    }

    private func box(_ label: Label, centre: Double, y: Double, _ total: Double) -> Box {
        let value = SVG.widthEms(label.value) * EulerDiagram.valueSize
        let width = min(total, max(value, SVG.widthEms(label.caption) * EulerDiagram.captionSize))
        return Box(x: min(max(0, centre - width / 2), total - width), y: y, width: width, height: EulerDiagram.labelHeight)
    }

    func svg(summary: String) -> String {
        if geometry.shape == .empty { return emptySVG(summary: summary) }
        let layout = layout()
        var svg = SVG()
        svg.open(
            "svg",
            [
                "class": "chart euler", "role": "img", "aria-label": summary,
                "viewBox": "0 0 \(SVG.number(layout.width)) \(SVG.number(layout.height))",
            ])
        circle(&svg, geometry.first, .user, layout, title: "\(firstOnly.caption): \(firstOnly.value)")
        circle(&svg, geometry.second, .customer, layout, title: "\(secondOnly.caption): \(secondOnly.value)")
        if let lens = lensPath(layout) {
            svg.element("path", ["class": "region c-both", "d": lens], title: "\(both.caption): \(both.value)")
        }
        for placed in layout.labels { label(&svg, placed) }
        svg.close("svg")
        return svg.text
    }

    /// Two dashed outlines that wait to be filled.
    private func emptySVG(summary: String) -> String {
        var svg = SVG()
        svg.open("svg", ["class": "chart euler", "role": "img", "aria-label": summary, "viewBox": "0 0 480 220"])
        for x in ["195", "285"] { svg.element("circle", ["class": "ghost", "cx": x, "cy": "95", "r": "84"]) }
        svg.label(emptyText, ["class": "euler-caption", "x": "240", "y": "206", "text-anchor": "middle"])
        svg.close("svg")
        return svg.text
    }

    private func circle(_ svg: inout SVG, _ circle: EulerGeometry.Circle, _ style: ChartStyle, _ layout: Layout, title: String) {
        guard circle.radius > 0 else { return }
        svg.element(
            "circle",
            [
                "class": "region \(style.rawValue)", "cx": SVG.number(layout.originX + circle.x * layout.scale),
                "cy": SVG.number(layout.centreY), "r": SVG.number(circle.radius * layout.scale),
            ], title: title)
    }

    private func label(_ svg: inout SVG, _ placed: PlacedLabel) {
        svg.element(
            "line",
            [
                "class": "leader", "x1": SVG.number(placed.anchor.x), "y1": SVG.number(placed.anchor.y),
                "x2": SVG.number(placed.lineEnd.x),
                "y2": SVG.number(placed.lineEnd.y),
            ])
        svg.element(
            "circle", ["class": "leader-end", "cx": SVG.number(placed.anchor.x), "cy": SVG.number(placed.anchor.y), "r": "3"])
        let centre = SVG.number(placed.box.x + placed.box.width / 2)
        svg.label(
            placed.label.value,
            ["class": "euler-value", "x": centre, "y": SVG.number(placed.box.y + 20), "text-anchor": "middle"])
        svg.label(
            placed.label.caption,
            ["class": "euler-caption", "x": centre, "y": SVG.number(placed.box.y + 37), "text-anchor": "middle"])
    }

    /// The shared region as a path, or nil when there is none.
    private func lensPath(_ layout: Layout) -> String? {
        let (first, second) = (geometry.first, geometry.second)
        switch geometry.shape {
        case .empty, .single, .disjoint: return nil
        case .subset:
            let inner = first.radius <= second.radius ? first : second
            let r = SVG.number(inner.radius * layout.scale)
            let y = SVG.number(layout.centreY)
            let from = SVG.number(layout.originX + inner.left * layout.scale)
            let to = SVG.number(layout.originX + inner.right * layout.scale)
            return "M\(from) \(y)A\(r) \(r) 0 1 1 \(to) \(y)A\(r) \(r) 0 1 1 \(from) \(y)Z"
        case .overlapping:
            let distance = second.x - first.x
            let chord = (distance * distance + first.radius * first.radius - second.radius * second.radius) / (2 * distance)
            let half = max(0, first.radius * first.radius - chord * chord).squareRoot() * layout.scale
            let x = SVG.number(layout.originX + chord * layout.scale)
            let (top, bottom) = (SVG.number(layout.centreY - half), SVG.number(layout.centreY + half))
            let (r1, r2) = (SVG.number(first.radius * layout.scale), SVG.number(second.radius * layout.scale))
            return "M\(x) \(top)A\(r1) \(r1) 0 \(chord < 0 ? 1 : 0) 1 \(x) \(bottom)"
                + "A\(r2) \(r2) 0 \(chord > distance ? 1 : 0) 1 \(x) \(top)Z"
        }
    }
}
