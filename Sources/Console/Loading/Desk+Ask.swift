import Columns
import EventStore
import HTTPTypes
import Model
import Workspaces

extension Desk {
    func ask(_ visitor: Visitor) async throws(Problem) -> Reply {
        let words = visitor.words
        let text = visitor.query["q"] ?? ""
        let workspace = try await workspace(visitor)
        let value = OrderValue(workspace.store.snapshot().parts)
        guard !text.isEmpty else {
            return .page(page(visitor, value, text: AskExamples.trend.prettyText), visitor.frame(words(\.ask.title), .ask))
        }
        do {
            let question = try JSONParser.parse(text.utf8)
            let answer = try await workspace.ask(question, now: now)
            if let reading = Reading(answer: answer) { await note(reading, visitor) }
            let view = AnswerView(answer, words: words, formats: visitor.formats, question: question.text, isInWords: false)
            if visitor.query["csv"] != nil { return .csv("answer", view.table.csv) }
            let said = AnswerWords(words: words, formats: visitor.formats)
            let shown = AskPage.Answer(
                note: said.note(answer, workspace.calendar), hints: said.hints(answer), figure: view.figure,
                plain: view.figure == nil ? view.table : nil,
                csvURL: SiteURL.ask(question.text, csv: true), formURL: SiteURL.form(of: question.text), json: answer.prettyText,
                curl: AskExamples.curl(origin: visitor.origin, question: question),
                pin: try await pinForm(visitor, question, answer, page: PinnedQuestion.askPage))
            return .page(page(visitor, value, text: question.prettyText, answer: shown), visitor.frame(words(\.ask.title), .ask))
        } catch {
            guard error.status < 500 || error.code == .notBuilt else { throw error }
            let lead: KeyPath<Catalogue, Text> =
                error.code == .malformedJSON ? \.ask.badJSON : error.code == .notBuilt ? \.ask.notBuilt : \.ask.badQuestion
            let problem = AskPage.QuestionProblem(lead: words(lead), place: words.place(of: error), said: words(error.wording))
            let reply = page(visitor, value, text: text, problem: problem)
            return .page(reply, visitor.frame(words(\.ask.title), .ask), status: .unprocessableContent)
        }
    }

    private func page(
        _ visitor: Visitor, _ value: OrderValue?, text: String, problem: AskPage.QuestionProblem? = nil,
        answer: AskPage.Answer? = nil
    ) -> AskPage {
        let words = visitor.words
        let examples = [
            PageLink(url: SiteURL.ask(AskExamples.trend.text), label: words(\.ask.exampleTrend)),
            PageLink(url: SiteURL.ask(AskExamples.funnel.text), label: words(\.ask.exampleFunnel)),
            PageLink(url: SiteURL.ask(AskExamples.revenue(value).text), label: words(\.ask.exampleRevenue)),
            PageLink(url: SiteURL.ask(AskExamples.retention.text), label: words(\.ask.exampleRetention)),
            PageLink(url: SiteURL.ask(AskExamples.drivers.text), label: words(\.ask.exampleDrivers)),
            PageLink(url: SiteURL.ask(AskExamples.count.text), label: words(\.ask.exampleCount)),
            PageLink(url: SiteURL.ask(AskExamples.payers.text), label: words(\.ask.examplePayers)),
        ]
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count
        return AskPage(
            examples: examples, question: text, rows: min(max(lines + 1, 6), 24), problem: problem, answer: answer)
    }
}

/// Questions to begin with.
enum AskExamples {
    static let payers: JSONValue = [
        "kind": "count", "list": true, "who": ["related": ["as": "payer", "to": ["absentFor": ["any": true], "duration": "30d"]]],
    ]
    static let trend: JSONValue = [
        "kind": "trend",
        "series": [
            ["selector": ["any": true], "measure": "dau"], ["selector": ["any": true], "measure": "wau"],
        ], "interval": "day", "range": ["last": "30d"],
    ]

    static let funnel: JSONValue = [
        "kind": "funnel", "steps": [["event": "Product Viewed"], ["event": "Product Added"], ["event": "Order Completed"]],
        "window": "14d",
        "range": ["last": "30d"],
    ]

    /// Of the amounts that the data has; where it has none, of those that the Segment specification names.
    static func revenue(_ value: OrderValue?) -> JSONValue {
        (value ?? OrderValue(event: "Order Completed", property: "total")).question(["last": "12w"])
    }

    static let retention: JSONValue = [
        "kind": "retention", "start": ["any": true], "return": ["any": true], "interval": "week", "periods": 8,
        "range": ["last": "8w"],
    ]

    static let drivers: JSONValue = [
        "kind": "drivers", "target": ["event": "Order Completed"], "lookback": "7d", "minSupport": 20, "range": ["last": "30d"],
    ]

    static let count: JSONValue = [
        "kind": "count",
        "who": [
            "all": [
                ["role": "customer"],
                ["did": ["any": true], "times": ["op": "=", "value": 0], "within": ["last": "30d"]],
            ]
        ],
    ]

    static func curl(origin: String, question: JSONValue) -> String {
        let quoted = question.text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#)
        return
            "curl \(origin)/api/v1/query \\\n  -H 'authorization: Bearer YOUR_API_KEY' \\\n  -H 'content-type: application/json' \\\n  -d '\(quoted)'"
    }
}
