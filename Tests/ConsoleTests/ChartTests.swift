import Model
import Testing

@testable import Console

struct ChartTests {
    @Test("An axis ends at a round number that holds the greatest value", arguments: UInt64(0) ..< 100)
    func axis(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let greatest = Double.random(in: 0.001 ... 1, using: &random) * [1.0, 1e3, 1e9][Int.random(in: 0 ..< 3, using: &random)]
        let scale = AxisScale(greatest: greatest)
        #expect(scale.end >= greatest)
        #expect(scale.end <= greatest * 2.5 + 1e-9)
        #expect((2 ... 8).contains(scale.ticks.count))
        #expect(scale.share(greatest) <= 1)
    }

    @Test("An axis of counts has whole ticks, one of nothing still has an end")
    func wholeAxis() {
        #expect(AxisScale(greatest: 3, whole: true).ticks == [0, 1, 2, 3])
        #expect(AxisScale(greatest: 0).ticks == [0, 1])
        #expect(AxisScale(greatest: .nan).ticks == [0, 1])
        #expect(AxisScale(greatest: 97, whole: true).ticks == [0, 25, 50, 75, 100])
    }

    @Test("Stacked bars stand on each other and reach their sum")
    func stack() {
        let chart = BarChart(
            series: [
                .init(name: "a", values: [2, 0, 4], style: .user), .init(name: "b", values: [2, 3, 0], style: .customer),
            ], labels: ["x", "y", "z"], heads: ["x", "y", "z"], axisText: { "\($0)" }, valueText: { "\($0)" }, plotHeight: 100)
        let scale = AxisScale(greatest: 4)
        let pieces = chart.pieces(scale)
        #expect(pieces.count == 4)
        #expect(pieces[0].y + pieces[0].height == 100)
        #expect(pieces[1].y + pieces[1].height == pieces[0].y)
        #expect(pieces[1].y == 100 * (1 - 4 / scale.end))
        for piece in pieces { #expect(piece.x >= 0 && piece.x + piece.width <= 1) }
    }

    @Test("What hangs below the axis begins there, on the same scale, with ticks as far as it reaches")
    func below() {
        var chart = BarChart(
            series: [.init(name: "a", values: [60, 0], style: .user)], labels: ["x", "y"], heads: ["x", "y"], axisText: { "\($0)" },
            valueText: { "\($0)" }, plotHeight: 100)
        #expect(chart.ticksBelow(chart.scale).isEmpty)
        chart.below = .init(name: "b", values: [30, 0], style: .quiet)
        let scale = chart.scale
        #expect(scale.ticks == [0, 20, 40, 60] && chart.ticksBelow(scale) == [20, 40])
        let pieces = chart.pieces(scale)
        #expect(pieces.map(\.series) == [0, 1] && pieces[1].y == 100 && pieces[1].height == 50)
    }

    @Test("End labels keep their distance and their order", arguments: UInt64(0) ..< 50)
    func spread(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let wanted = (0 ..< 6).map { _ in Double.random(in: 0 ... 170, using: &random) }
        let placed = LineChart.spread(wanted, gap: 16, within: 0 ... 170)
        let sorted = placed.sorted()
        for (one, next) in zip(sorted, sorted.dropFirst()) { #expect(next - one >= 15.999) }
        #expect(sorted.first ?? 0 >= -0.001 && sorted.last ?? 0 <= 170.001)
    }

    @Test("A gap starts a new piece of the line")
    func gaps() {
        #expect(LineChart.path([(0, 1), (1, 2), nil, (3, 4)]) == "M0 1L1 2M3 4")
    }

    @Test("A funnel's bars are shares of its first step")
    func funnel() {
        func step(_ count: Double) -> FunnelChart.Step {
            .init(label: "s", count: count, countText: "", shareText: "", lossText: nil)
        }
        #expect(FunnelChart(steps: [step(200), step(50), step(0)]).shares == [1, 0.25, 0])
        #expect(FunnelChart(steps: [step(0), step(0)]).shares == [0, 0])
    }

    @Test("Heat goes from nothing to the greatest in equal steps")
    func heat() {
        #expect(HeatTable.level(0, of: 10) == 0)
        #expect(HeatTable.level(0.01, of: 10) == 1)
        #expect(HeatTable.level(10, of: 10) == 8)
        #expect(HeatTable.level(5, of: 10) == 4)
        let table = HeatTable(
            heads: ["a", "b"], rowHeads: ["r"], values: [[1, nil]], text: { "\(Int($0))" }, tip: { _, _, _ in "t" })
        #expect(table.rows[0].cells.map(\.level) == [8, 0])
        // An empty cell has nothing that a link could be read by.
        #expect(table.html(caption: "c", link: { _, _ in "/x" }).ranges(of: "<a ").count == 1)
    }

    @Test("Marks that would lie on each other become one")
    func timelineMerge() {
        let marks: [TimelineChart.Mark] = [
            .init(position: 0.5, lane: 0, title: "b"), .init(position: 0.5001, lane: 0, title: "c"),
            .init(position: 0.5, lane: 1, title: "d"),
            .init(position: 0.1, lane: 0, title: "a"),
        ]
        #expect(TimelineChart.merged(marks).map(\.titles) == [["a"], ["b", "c"], ["d"]])
    }

    @Test("CSV quotes what needs it and disarms formulas")
    func csv() {
        #expect(FigureTable.field("a,\"b\"", numeric: false) == "\"a,\"\"b\"\"\"")
        #expect(FigureTable.field("=1+1", numeric: false) == "'=1+1")
        #expect(FigureTable.field("-5", numeric: true) == "-5")
        let table = FigureTable(headers: [("名", false)], rows: [[.text("x")]])
        #expect(table.csv == "\u{FEFF}名\r\nx\r\n")
    }

    @Test("Text in charts is escaped and numbers are short")
    func svg() {
        #expect(SVG.escaped("<a b='\"&'>") == "&lt;a b=&#39;&quot;&amp;&#39;&gt;")
        #expect(SVG.number(1.005) == "1" || SVG.number(1.005) == "1.01")
        #expect(SVG.number(-0.5) == "-0.5")
        #expect(SVG.number(.infinity) == "0")
        #expect(SVG.number(12.34) == "12.34")
        #expect(SVG.number(12.04) == "12.04")
    }
}
