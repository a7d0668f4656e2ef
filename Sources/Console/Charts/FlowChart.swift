/// The moves between events as columns, one for each depth: what came first at the left, each move a bar under its origin.
///
/// Plain lists, so that it reads in order without sight; columns stand below each other on a phone.
struct FlowChart {
    struct Move {
        let depth: Int
        let from: String
        let to: String
        let count: Double
        let countText: String
        /// Where choosing the move leads; nil when nowhere.
        let url: String?
    }

    let moves: [Move]
    let columnTitle: (Int) -> String

    /// The moves of one depth by origin, origins with most moves first.
    func groups(depth: Int) -> [(from: String, moves: [Move])] {
        var order: [String] = []
        var groups: [String: [Move]] = [:]
        for move in moves where move.depth == depth {
            if groups[move.from] == nil { order.append(move.from) }
            groups[move.from, default: []].append(move)
        }
        return order.map { ($0, groups[$0] ?? []) }
    }

    func html(summary: String) -> String {
        let greatest = moves.map(\.count).max() ?? 0
        let depths = Set(moves.map(\.depth)).sorted()
        var out = "<ol class=\"flow\" aria-label=\"\(SVG.escaped(summary))\">"
        for depth in depths {
            out += "<li><h4>\(SVG.escaped(columnTitle(depth)))</h4>"
            for group in groups(depth: depth) {
                out += "<p class=\"flow-from\"><bdi>\(SVG.escaped(group.from))</bdi></p><ul>"
                for move in group.moves { out += FlowChart.item(move, greatest) }
                out += "</ul>"
            }
            out += "</li>"
        }
        return out + "</ol>"
    }

    private static func item(_ move: Move, _ greatest: Double) -> String {
        let level = HeatTable.level(move.count, of: greatest)
        let inside = "<bdi>\(SVG.escaped(move.to))</bdi><span class=\"num\">\(SVG.escaped(move.countText))</span>"
        let looks = "class=\"flow-move heat-\(level)\""
        guard let url = move.url else { return "<li><span \(looks)>\(inside)</span></li>" }
        return "<li><a \(looks) href=\"\(SVG.escaped(url))\">\(inside)</a></li>"
    }
}
