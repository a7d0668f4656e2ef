/// A row of figures as one line of blocks, for a terminal.
enum Sparkline {
    private static let blocks = Array("▁▂▃▄▅▆▇█")
    /// Marks that a line has at most; more figures than that are averaged in stretches.
    static let marksMax = 60

    /// A mark for each figure: a dot for 0, a blank for none, else a block by its share of the greatest.
    static func text(_ figures: [Double?]) -> String {
        let figures = stretches(figures)
        let known = figures.compactMap(\.self)
        let least = min(known.min() ?? 0, 0)
        let height = (known.max() ?? 0) - least
        return String(
            figures.map { figure in
                guard let figure else { return " " }
                guard figure != 0, height > 0 else { return "·" }
                return blocks[min(7, Int((figure - least) / height * 8))]
            })
    }

    private static func stretches(_ figures: [Double?]) -> [Double?] {
        let length = (figures.count + marksMax - 1) / marksMax
        guard length > 1 else { return figures }
        return stride(from: 0, to: figures.count, by: length).map { start in
            let known = figures[start ..< min(start + length, figures.count)].compactMap(\.self)
            return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
        }
    }
}
