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

    /// - Parameter greatest: the value of the deepest shade; what lies above it has that shade, too. Nil takes the greatest of all.
    init(
        heads: [String], rowHeads: [String], values: [[Double?]], greatest: Double? = nil, text: (Double) -> String,
        tip: (Int, Int, Double) -> String
    ) {
        self.heads = heads
        let greatest = greatest ?? values.joined().compactMap(\.self).max() ?? 0
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
    ///
    /// - Parameters:
    ///   - style: a second class of the table.
    ///   - link: where the cell of a row and a column leads; nil when nowhere. Cells without text lead nowhere.
    func html(caption: String, step: Int = 1, style: String = "", link: (Int, Int) -> String? = { _, _ in nil }) -> String {
        var out =
            "<div class=\"scroll\"><table class=\"\(style.isEmpty ? "heat" : "heat \(style)")\"><caption class=\"visually-hidden\">\(SVG.escaped(caption))</caption><thead><tr><td></td>"
        for (index, head) in heads.enumerated() {
            let text = SVG.escaped(head)
            out += "<th scope=\"col\">" + (index % step == 0 ? text : "<span class=\"visually-hidden\">\(text)</span>") + "</th>"
        }
        out += "</tr></thead><tbody>"
        for (rowIndex, row) in rows.enumerated() {
            out += "<tr><th scope=\"row\">\(SVG.escaped(row.head))</th>"
            for (column, cell) in row.cells.enumerated() {
                let text = SVG.escaped(cell.text)
                let url = text.isEmpty ? nil : link(rowIndex, column)
                let shown = url.map { "<a href=\"\(SVG.escaped($0))\">\(text)</a>" } ?? text
                out += "<td class=\"heat-\(cell.level)\" title=\"\(SVG.escaped(cell.tip))\">\(shown)</td>"
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
