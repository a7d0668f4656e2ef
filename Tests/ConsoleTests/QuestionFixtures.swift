import Model

@testable import Console

/// Pages of questions with fixed content.
extension Fixtures {
    private var names: [String] { ["Order Completed", "Product Viewed", "<img src=x onerror=alert(1)>"] }

    /// People who come, stay, return and leave, with a name in the question that nothing carries.
    var lifecycle: QuestionPage {
        let form = QuestionForm(
            .lifecycle, fields: ["selector": "Product Veiwed", "interval": "week", "last": "12w", "who": "customer"])
        let rows: [JSONValue] = (0 ..< 4).map { week in
            let count = Int64(week)
            return [
                "bucket": .string(Fixtures.today.monday.advanced(byDays: 7 * (week - 3)).text + "T00:00:00+08:00"),
                "new": .int(400 + 30 * count), "returning": .int(900 + 10 * count), "resurrecting": .int(200),
                "dormant": .int(20 * count - 310),
            ]
        }
        let hint: JSONValue = [
            "unknown": "event", "name": "Product Veiwed", "nearest": ["Product Viewed", "</p><script>alert(1)</script>"],
        ]
        var writer = writer(form)
        writer.read(
            [
                "kind": "lifecycle", "question": form.question, "rows": .array(rows), "hints": [hint], "events_scanned": 1_003_220,
                "elapsed_ms": 8.2,
            ], today: Fixtures.today, calendar: Fixtures.calendar)
        writer.pin = (try? Templates())?.piece(pinForm, in: frame("", alone: true))
        return writer.page()
    }

    /// Where people stand, who moved, and what it takes.
    var stages: QuestionPage {
        let form = QuestionForm(.stages, fields: ["interval": "week", "last": "12w"])
        let rows: [JSONValue] = (0 ..< 4).map { week in
            let count = Int64(week)
            return [
                "bucket": .string(Fixtures.today.monday.advanced(byDays: 7 * (week - 3)).text + "T00:00:00+08:00"),
                "attention": .int(400 + 90 * count), "use": .int(210 + 10 * count), "fan": .int(120), "pay": .int(80 + 15 * count),
                "advocate": .int(3 * count), "lapsed": .int(20 * count), "<b>": 1,
            ]
        }
        let bucket = rows[1]["bucket"] ?? .null
        let moves: [JSONValue] = [
            ["bucket": bucket, "from": .null, "to": "attention", "count": 120],
            ["bucket": bucket, "from": "use", "to": "pay", "count": 1],
            ["bucket": bucket, "from": "pay", "to": "<b>", "count": 2], ["bucket": bucket, "from": "fan", "to": .null, "count": 3],
        ]
        var writer = writer(form)
        writer.read(
            [
                "kind": "stages", "question": form.question, "rows": .array(rows), "moves": .array(moves),
                "times": [
                    ["stage": "use", "ended": 70, "medianSeconds": 1_209_600, "open": 12, "openMedianSeconds": 604_800],
                    ["stage": "<b>", "ended": 0, "medianSeconds": .null, "open": 1, "openMedianSeconds": 0],
                ],
                "events_scanned": 1_003_220, "elapsed_ms": 40,
            ], today: Fixtures.today, calendar: Fixtures.calendar)
        return writer.page()
    }

    /// A funnel with one person's way through it.
    var way: QuestionPage {
        let form = QuestionForm(
            .funnels, fields: ["step1": "Product Viewed", "step2": "Order Completed", "window": "1d", "explain": "p_2b"])
        let steps: [JSONValue] = [
            ["label": "Product Viewed", "count": 900, "fromPrevious": .null, "fromFirst": .null],
            ["label": "<b>Order</b>", "count": 90, "fromPrevious": 0.1, "fromFirst": 0.1],
        ]
        let viewed: JSONValue = [
            "step": 1, "event": "Product Viewed", "timestamp": "2026-11-18T03:00:00Z", "arrival": 7, "messageId": "m7",
        ]
        let late: JSONValue = ["event": "<b>Order</b>", "timestamp": "2026-11-20T03:00:00Z", "arrival": 9, "messageId": "m9"]
        var writer = writer(form)
        writer.read(
            [
                "kind": "funnel", "question": form.question, "steps": .array(steps), "events_scanned": 1_003_220, "elapsed_ms": 4,
                "explain": [
                    "person": "p_2b", "counted": false, "level": 1, "chains": [["level": 1, "events": [viewed]]],
                    "notReached": ["step": 2, "label": "<b>Order</b>", "reason": "tooLate", "event": late],
                ],
            ], today: Fixtures.today, calendar: Fixtures.calendar, name: "<img src=x onerror=alert(1)>")
        return writer.page()
    }

    var questionProblem: QuestionPage {
        let form = QuestionForm(
            .funnels, fields: ["step1": "Product Viewed", "step3": "\"><script>alert(1)</script>", "window": "soon"])
        var writer = writer(form)
        let wanted: Wording = "A duration such as \("\"14d\"")"
        let found: Wording = "the text \"\("soon")\""
        writer.problem = .init(
            lead: words(\.ask.badQuestion), place: "/window", said: words("\(wanted) was expected, not \(found)."))
        return writer.page()
    }

    var audience: AudiencePage {
        AudiencePage(
            backURL: "/questions/lifecycle?interval=week", expression: #"{"did": {"event": "<b>"}}"#,
            found: words(\.common.people, count: 1_234),
            rows: [
                .init(
                    url: "/people/p_1a", name: "苏小小", identities: "u-10021 · su@example.com",
                    whyURL: "/questions/funnels?explain=p_1a#way",
                    whyName: words(\.way.whyName, ["name": "苏小小"])),
                .init(
                    url: "/people/p_2b", name: "<img src=x onerror=alert(1)>", identities: "\u{202E}moc.elpmaxe@live", whyURL: nil,
                    whyName: nil),
            ], hasRows: true, nextURL: "/questions/people?cursor=c", hasWhy: true, pin: "")
    }

    private func writer(_ form: QuestionForm) -> QuestionWriter {
        QuestionWriter(
            form: form, names: names, properties: ["category", "context.campaign.source"], language: language,
            origin: "https://tea.example")
    }
}
