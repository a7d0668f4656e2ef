/// One person with those around them: arrows lead from whoever holds a role to the one it is held to.
///
/// Two columns beside the middle, so that text keeps its size at any width.
struct RelationshipGraph {
    enum Edge: Equatable {
        case declared, derived
    }

    /// Somebody, or an account.
    struct Node {
        let name: String
        let url: String?
        let isAccount: Bool
        /// What the person in the middle is to them; nil for nothing.
        let outgoing: (text: String, edge: Edge)?
        /// What they are to the person in the middle; nil for nothing.
        let incoming: (text: String, edge: Edge)?
        /// Whether nothing of it holds now.
        let isOver: Bool
        /// All of it in words.
        let title: String
    }

    /// Where a node's box stands: its top in drawing units, and the side.
    struct Place: Equatable {
        let node: Int
        let isLeft: Bool
        let y: Double
        let height: Double
        var middle: Double { y + height / 2 }
    }

    let nodes: [Node]
    /// The letter in the middle, and the class of its colour.
    let initial: String
    let style: ChartStyle
    /// Said below where there are more than are drawn; nil for nothing.
    let more: String?

    static let nodesMax = 12
    /// Share of the width that a box takes.
    static let boxShare = 0.38
    static let radius = 22.0
    private static let boxHeight = 58.0
    private static let gap = 10.0
    /// What fits into a box on a phone, at the sizes of the sheet.
    private static let nameEms = 9.5
    private static let roleEms = 10.8

    /// Places the nodes by turns to the right and to the left, each column centred.
    func layout() -> (places: [Place], height: Double, middle: Double) {
        let shown = nodes.prefix(RelationshipGraph.nodesMax).indices
        let step = RelationshipGraph.boxHeight + RelationshipGraph.gap
        let rows = (shown.count + 1) / 2
        let height = max(Double(rows) * step - RelationshipGraph.gap, 2 * RelationshipGraph.radius + 16)
        let places = shown.map { node in
            let isLeft = node % 2 == 1
            let inColumn = isLeft ? shown.count / 2 : rows
            let columnHeight = Double(inColumn) * step - RelationshipGraph.gap
            return Place(
                node: node, isLeft: isLeft, y: (height - columnHeight) / 2 + Double(node / 2) * step,
                height: RelationshipGraph.boxHeight)
        }
        return (places, height, height / 2)
    }

    func svg(summary: String) -> String {
        let (places, height, middle) = layout()
        var svg = SVG()
        svg.open(
            "svg",
            [
                "class": "chart graph", "role": "group", "aria-label": summary, "width": "100%",
                "height": SVG.number(height + (more == nil ? 2 : 26)),
            ])
        marker(&svg, id: "graph-to-node", tip: 0)
        marker(&svg, id: "graph-to-middle", tip: RelationshipGraph.radius + 3)
        for place in places { edges(&svg, place, middle) }
        svg.element(
            "circle",
            ["class": "middle \(style.rawValue)", "cx": "50%", "cy": SVG.number(middle), "r": SVG.number(RelationshipGraph.radius)])
        svg.label(
            initial, ["class": "initial \(style.rawValue)", "x": "50%", "y": SVG.number(middle + 6), "text-anchor": "middle"])
        for place in places { box(&svg, place) }
        if let more {
            svg.label(more, ["class": "tick", "x": "50%", "y": SVG.number(height + 18), "text-anchor": "middle"])
        }
        svg.close("svg")
        return svg.text
    }

    /// An arrow head whose tip lies `tip` units before the end of its line.
    private func marker(_ svg: inout SVG, id: String, tip: Double) {
        svg.open(
            "marker",
            [
                "id": id, "viewBox": "0 0 8 8", "refX": SVG.number(8 + tip), "refY": "4", "markerWidth": "8", "markerHeight": "8",
                "markerUnits": "userSpaceOnUse", "orient": "auto",
            ])
        svg.element("path", ["class": "head", "d": "M0 0L8 4L0 8Z"])
        svg.close("marker")
    }

    /// The lines between a box and the middle, one each way.
    private func edges(_ svg: inout SVG, _ place: Place, _ middle: Double) {
        let node = nodes[place.node]
        let side = SVG.percent(place.isLeft ? RelationshipGraph.boxShare : 1 - RelationshipGraph.boxShare)
        let both = node.outgoing != nil && node.incoming != nil
        let over = node.isOver ? " over" : ""
        if let edge = node.outgoing?.edge {
            svg.element(
                "line",
                [
                    "class": "edge\(edge == .derived ? " derived" : "")\(over)", "x1": "50%", "y1": SVG.number(middle), "x2": side,
                    "y2": SVG.number(place.middle - (both ? 9 : 0)), "marker-end": "url(#graph-to-node)",
                ])
        }
        if let edge = node.incoming?.edge {
            svg.element(
                "line",
                [
                    "class": "edge\(edge == .derived ? " derived" : "")\(over)", "x1": side,
                    "y1": SVG.number(place.middle + (both ? 9 : 0)), "x2": "50%", "y2": SVG.number(middle),
                    "marker-end": "url(#graph-to-middle)",
                ])
        }
    }

    private func box(_ svg: inout SVG, _ place: Place) {
        let node = nodes[place.node]
        svg.linked(node.url, node.title) { svg in
            svg.open(
                "svg",
                [
                    "x": place.isLeft ? "0" : SVG.percent(1 - RelationshipGraph.boxShare), "y": SVG.number(place.y),
                    "width": SVG.percent(RelationshipGraph.boxShare), "height": SVG.number(place.height),
                    "class": node.isOver ? "node over" : "node",
                ])
            svg.element(
                "rect",
                [
                    "class": "box", "x": "0.5", "y": "0.5", "width": "99%", "height": SVG.number(place.height - 1),
                    "rx": node.isAccount ? "2" : "12",
                ], title: node.title)
            let lines = [node.outgoing?.text, node.incoming?.text].compactMap(\.self)
            let first = lines.count == 2 ? 18.0 : 25.0
            svg.label(
                RelationshipGraph.shortened(node.name, ems: RelationshipGraph.nameEms),
                ["class": "name", "x": "9", "y": SVG.number(first)])
            for (index, line) in lines.enumerated() {
                svg.label(
                    RelationshipGraph.shortened(line, ems: RelationshipGraph.roleEms),
                    ["class": "role", "x": "9", "y": SVG.number(first + 17 + Double(index) * 15)])
            }
            svg.close("svg")
        }
    }

    /// A text that is at most so wide, cut where it has to be.
    static func shortened(_ text: String, ems: Double) -> String {
        guard SVG.widthEms(text) > ems else { return text }
        var short = ""
        for character in text {
            if SVG.widthEms(short + String(character)) > ems - 1 { break }
            short.append(character)
        }
        return short + "…"
    }
}
