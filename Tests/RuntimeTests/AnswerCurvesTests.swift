import Model
import Testing

@testable import Runtime

@Suite struct AnswerCurvesTests {
    private static let trend: JSONValue = [
        "kind": "trend", "question": ["kind": "trend"],
        "series": [["label": "page", "measure": "total"], ["label": "买茶", "measure": ["avg": "price"]]],
        "rows": [
            ["bucket": "2026-01-01", "values": [0, .null]], ["bucket": "2026-01-02", "values": [4, 2.5]],
            ["bucket": "2026-01-03", "values": [8, 1]],
        ],
    ]

    @Test("Each series of a trend is a line of blocks with its least and greatest figure")
    func series() {
        #expect(
            AnswerCurves(Self.trend).text == """

                                     2026-01-01 to 2026-01-03  least  greatest
                ───────────────────  ────────────────────────  ─────  ────────
                page (total)         ·▅█                           0         8
                买茶 (avg of price)   █▄                           1       2.5

                """)
    }

    @Test("Each value of a breakdown has its lines, twenty in all")
    func breakdown() throws {
        let rows = (0 ..< 30).flatMap { value -> [JSONValue] in
            (1 ... 2).map { ["bucket": .string("2026-01-0\($0)"), "value": [.string("v\(value)")], "values": [.int(Int64($0))]] }
        }
        let answer: JSONValue = [
            "kind": "trend", "question": ["breakdown": [["property": "channel"]]],
            "series": [["label": "page", "measure": "total"]],
            "rows": .array(rows),
        ]
        let lines = AnswerCurves(answer).text.split(separator: "\n")
        #expect(lines.count == 2 + AnswerCurves.countMax)
        #expect(try #require(lines.last).hasPrefix("v19, page (total)  ▅█"))
    }

    @Test("What has no buckets, or only one, has no curves")
    func none() {
        #expect(AnswerCurves(["kind": "count", "count": 3]).text == "")
        #expect(
            AnswerCurves([
                "kind": "trend", "series": [["label": "page", "measure": "total"]],
                "rows": [["bucket": "2026-01-01", "values": [1]]],
            ]).text == "")
    }

    @Test("Figures are drawn by their share; losses reach below, long rows are averaged")
    func sparkline() {
        #expect(Sparkline.text([]) == "" && Sparkline.text([0, nil, 0]) == "· ·" && Sparkline.text([7]) == "█")
        #expect(Sparkline.text([1, 2, 3, 4, 5, 6, 7, 8]) == "▂▃▄▅▆▇██")
        #expect(Sparkline.text([-4, 0, 4]) == "▁·█")
        #expect(Sparkline.text((0 ..< 120).map { Double($0 % 2) }) == String(repeating: "█", count: 60))
        #expect(Sparkline.text((0 ..< 121).map(Double.init)).count == 41)
    }
}
