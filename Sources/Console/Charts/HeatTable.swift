/// A table whose cells are shaded by value: nine steps from nothing to the greatest.
struct HeatTable: Sendable {
    struct Cell: Sendable {
        let text: String
        /// 0 (empty) … 8, the class `heat-N`.
        let level: Int
        let tip: String
    }

    struct Row: Sendable {
        let head: String
        let cells: [Cell]
    }

    let heads: [String]
    let rows: [Row]

    init(heads: [String], rowHeads: [String], values: [[Double?]], text: (Double) -> String, tip: (Int, Int, Double) -> String) {
        self.heads = heads
        let greatest = values.joined().compactMap(\.self).max() ?? 0
        rows = zip(rowHeads, values).enumerated().map { rowIndex, row in
            Row(
                head: row.0,
                cells: row.1.enumerated().map { column, value in
                    guard let value else { return Cell(text: "", level: 0, tip: "") }
                    return Cell(text: text(value), level: HeatTable.level(value, of: greatest), tip: tip(rowIndex, column, value))
                })
        }
    }

    /// The finished table; cells name what they hold in their tooltip.
    ///
    /// Column heads beyond every `step`-th are left to screen readers.
    func html(caption: String, step: Int = 1) -> String {
        var out =
            "<div class=\"scroll\"><table class=\"heat\"><caption class=\"visually-hidden\">\(SVG.escaped(caption))</caption><thead><tr><td></td>"
        for (index, head) in heads.enumerated() {
            let text = SVG.escaped(head)
            out += "<th scope=\"col\">" + (index % step == 0 ? text : "<span class=\"visually-hidden\">\(text)</span>") + "</th>"
        }
        out += "</tr></thead><tbody>"
        for row in rows {
            out += "<tr><th scope=\"row\">\(SVG.escaped(row.head))</th>"
            for cell in row.cells {
                out += "<td class=\"heat-\(cell.level)\" title=\"\(SVG.escaped(cell.tip))\">\(SVG.escaped(cell.text))</td>"
            }
            out += "</tr>"
        }
        return out + "</tbody></table></div>"
    }

    /// 0 for nothing, 8 for the greatest, in equal steps between.
    static func level(_ value: Double, of greatest: Double) -> Int {
        guard value > 0, greatest > 0 else { return 0 }
        return min(8, max(1, Int((value / greatest * 8).rounded(.up))))
    }
}
