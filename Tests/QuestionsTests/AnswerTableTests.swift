import Model
import Questions
import Testing

@Suite("Answers as tables")
struct AnswerTableTests {
    private let funnel: JSONValue = [
        "kind": "funnel", "question": ["kind": "funnel"],
        "steps": [
            ["label": "看茶", "count": 10, "fromPrevious": 1, "fromFirst": 1, "medianSeconds": nil, "averageSeconds": nil],
            [
                "label": "=cmd", "count": 5, "fromPrevious": 0.5, "fromFirst": 0.5, "medianSeconds": 60,
                "averageSeconds": 61.23456789,
            ],
        ],
    ]

    @Test("A funnel has a row for each step, numbers to the right")
    func funnelText() {
        #expect(
            AnswerTable(funnel).text == """
                step  count  from previous  from first  median seconds  average seconds
                ────  ─────  ─────────────  ──────────  ──────────────  ───────────────
                看茶     10              1           1               –                –
                =cmd      5            0.5         0.5              60          61.2346

                """)
    }

    @Test("CSV quotes what needs it and defuses formulas")
    func csv() {
        let table = AnswerTable(columns: ["a", "b"], rows: [["x,y", 1], ["say \"hi\"", nil], ["=1+1", 0.5]])
        #expect(table.csv == "a,b\r\n\"x,y\",1\r\n\"say \"\"hi\"\"\",\r\n'=1+1,0.5\r\n")
    }

    @Test("A trend has a column for each series, the formula and the comparison")
    func trend() {
        let answer: JSONValue = [
            "kind": "trend", "question": ["formula": "A / B", "compare": "year", "breakdown": [["property": "channel"]]],
            "series": [["label": "view", "measure": "total"], ["label": "order", "measure": ["sum": "total"]]],
            "rows": [
                ["value": ["ads"], "bucket": "2026-03-01T00:00:00Z", "values": [1, 2], "formula": 0.5, "previous": [0, 0]],
                [
                    "value": ["other": true], "bucket": "2026-03-01T00:00:00Z", "values": [3, 4], "formula": 0.75,
                    "previous": [0, 1],
                ],
            ],
        ]
        let table = AnswerTable(answer)
        #expect(
            table.columns == [
                "bucket", "channel", "view (total)", "order (sum of total)", "A / B", "view (total), before",
                "order (sum of total), before",
            ])
        #expect(
            table.rows == [
                ["2026-03-01T00:00:00Z", "ads", 1, 2, 0.5, 0, 0], ["2026-03-01T00:00:00Z", "(other)", 3, 4, 0.75, 0, 1],
            ])
    }

    @Test("Retention has a column for each period, the value of a breakdown first")
    func retention() {
        let answer: JSONValue = [
            "kind": "retention", "question": ["breakdown": [["trait": "plan"]]],
            "rows": [
                ["value": ["pro"], "cohort": "2026-03-02", "size": 4, "values": [4, 2], "partialFrom": nil],
                ["value": ["other": true], "cohort": "2026-03-02", "size": 1, "values": [1, 0], "partialFrom": 1],
            ],
        ]
        let table = AnswerTable(answer)
        #expect(table.columns == ["plan", "cohort", "size", "0", "1"])
        #expect(table.rows == [["pro", "2026-03-02", 4, 4, 2], ["(other)", "2026-03-02", 1, 1, 0]])
    }

    @Test("Rows of other kinds have a column for each member")
    func rows() {
        let paths = AnswerTable(["kind": "paths", "rows": [["from": "a", "to": "b", "count": 2]]])
        #expect(paths.columns == ["from", "to", "count"])
        let deep = AnswerTable(["kind": "paths", "rows": [["depth": 1, "from": "a", "to": "b", "count": 2]]])
        #expect(deep.rows == [[1, "a", "b", 2]])
        let credit = AnswerTable(["kind": "attribution", "rows": [["unattributed": true, "credit": 3]]])
        #expect(credit.rows == [["(unattributed)", 3]])
        let share = AnswerTable(["kind": "distribution", "rows": [["trait": "plan", "value": "pro", "count": 1]]])
        #expect(share.columns.first == "trait" && share.rows[0][1] == "pro")
    }

    @Test("Times have their figures, then the bins")
    func times() {
        let answer: JSONValue = [
            "kind": "timeToConvert", "count": 3, "medianSeconds": 2, "averageSeconds": 2.5, "p90Seconds": 4,
            "bins": [["from": 1, "to": 4, "count": 3]],
        ]
        #expect(
            AnswerTable(answer).rows == [
                ["all", nil, nil, 3], ["median", 2, nil, nil], ["average", 2.5, nil, nil], ["p90", 4, nil, nil], ["bin", 1, 4, 3],
            ])
    }
}

@Suite("The proposed funnel")
struct DefaultFunnelTests {
    private func steps(_ names: [String]) -> [String]? {
        DefaultFunnel.question(for: names.map { ($0, 1) })?["steps"]?.arrayValue?.compactMap { $0["event"]?.stringValue }
    }

    @Test("A shop's funnel goes from the first sight to the order")
    func shop() throws {
        #expect(
            steps([
                "Order Completed", "Product Viewed", "page", "Product Added", "Signed Up", "Checkout Started", "Products Searched",
            ])
                == ["page", "Product Viewed", "Product Added", "Checkout Started", "Order Completed"])
        #expect(steps(["order completed", "product_viewed"]) == ["product_viewed", "order completed"])
        _ = try Question(json: #require(DefaultFunnel.question(for: [("page", 1), ("Order Completed", 1)])))
    }

    @Test("Without a shop's events the most frequent ones are taken, and nothing is proposed for one event")
    func others() {
        let question = DefaultFunnel.question(for: [("b", 5), ("a", 5), ("c", 9)])
        #expect(question?["steps"]?.arrayValue?.compactMap { $0["event"]?.stringValue } == ["c", "a", "b"])
        #expect(DefaultFunnel.question(for: [("a", 5)]) == nil)
        #expect(DefaultFunnel.question(for: []) == nil)
    }
}
