import Model
import Records

@testable import Console

/// Boards with fixed content: every state of a card, and names that mean harm.
extension Fixtures {
    private static let workspace = WorkspaceID(text: "ws_one")
    private static let boardID = BoardID(text: "brd_one")

    var boards: BoardsPage {
        BoardsPage(
            rows: [
                .init(url: "/boards/brd_one", name: words(\.boards.starter), count: words(\.boards.cards, count: 7), made: made),
                .init(
                    url: "/boards/brd_two", name: "<img src=x onerror=alert(1)> \u{202E}drawkcab",
                    count: words(\.boards.cards, count: 1), made: made),
            ], hasRows: true, noneHow: "", action: "/boards", fields: [name("")])
    }

    var noBoards: BoardsPage {
        BoardsPage(rows: [], hasRows: false, noneHow: words(\.boards.noneWaiting), action: "/boards", fields: [name("")])
    }

    /// - Parameter piece: finishes a card's body.
    func board(_ piece: (CardBody) -> String) -> BoardPage {
        let range = SharedRange.last("90d")
        let writer = CardWriter(
            words: words, formats: formats, today: Fixtures.today, boardURL: SiteURL.board(Fixtures.boardID, range),
            waitURL: SiteURL.wholeBoard(Fixtures.boardID, range))
        let items = cards.enumerated().map { index, one in
            let pinned = PinnedQuestion(card(index, one.title, one.question, one.page), range)
            return BoardPage.Item(
                id: pinned.card.id.text, title: one.title, url: pinned.url, isWide: pinned.isWide,
                menuLabel: words(\.boards.changeCard, ["title": one.title]), upURL: index == 0 ? nil : "/up",
                downURL: index == cards.count - 1 ? nil : "/down", retitleURL: "/title", removeURL: "/remove",
                fragmentURL: SiteURL.card(pinned.card.id, on: Fixtures.boardID, range), refreshSeconds: 30,
                body: piece(writer.body(pinned, one.outcome)))
        }
        return page(items, problem: words(\.boards.badRange))
    }

    var emptyBoard: BoardPage { page([], problem: nil) }

    var boardDelete: BoardDeletePage {
        BoardDeletePage(
            title: words(\.boards.deleteTitle, ["name": "<script>alert(1)</script>"]), text: words(\.boards.deleteText, count: 7),
            action: "/boards/brd_one/delete", backURL: "/boards/brd_one")
    }

    var pinForm: PinForm {
        var name = FormField("name", id: "pin-name", words(\.boards.pinNewName), hint: words(\.boards.pinNewHint))
        name.required = false
        return PinForm(
            isOpen: true, question: #"{"kind":"lifecycle","selector":{"event":"\"><script>alert(1)</script>"}}"#,
            origin: "lifecycle",
            fields: [
                FormField("title", id: "pin-title", words(\.boards.cardTitle), value: "\"><script>alert(1)</script>"),
                FormField(
                    "board", id: "pin-board", words(\.boards.pinBoard),
                    options: [
                        .init(value: "brd_one", label: "<script>alert(1)</script>", selected: true),
                        .init(value: "", label: words(\.boards.pinNew), selected: false),
                    ]), name,
            ])
    }

    func pinRefused(form: String) -> PinRefusedPage {
        PinRefusedPage(problem: words(\.boards.questionTooLong), form: form, backURL: "/questions/lifecycle?interval=week")
    }

    // MARK: -

    private var made: String { words(\.boards.made, ["date": formats.date(Fixtures.today)]) }

    private func name(_ value: String) -> FormField { FormField("name", words(\.boards.name), value: value) }

    private func page(_ items: [BoardPage.Item], problem: String?) -> BoardPage {
        BoardPage(
            name: "</title><script>alert(1)</script>", selfURL: "/boards/brd_one?last=90d",
            choices: [
                .init(url: "/boards/brd_one", label: words(\.boards.asSaved), current: false),
                .init(url: "/boards/brd_one?last=90d", label: words(\.choices.last90), current: true),
            ], datesAction: "/boards/brd_one", since: "", until: "", hasDates: false, problem: problem, cards: items,
            isEmpty: items.isEmpty, action: "/boards/brd_one", fields: [name("<b>")], isRenaming: false,
            deleteURL: "/boards/brd_one/delete")
    }

    private func card(_ index: Int, _ title: String, _ question: JSONValue, _ page: String) -> Card {
        Card(
            id: CardID(text: "crd_\(index)"), workspace: Fixtures.workspace, board: Fixtures.boardID, title: title,
            question: question.canonical.text, page: page, position: index, createdAt: Fixtures.now)
    }

    private var cards: [(title: String, question: JSONValue, page: String, outcome: CardLoader.Outcome)] {
        let trend: JSONValue = [
            "kind": "trend", "series": [["selector": ["event": "Order Completed"], "measure": "total"]], "interval": "week",
            "range": ["last": "12w"],
        ]
        let count: JSONValue = ["kind": "count", "who": ["role": "customer"]]
        let problem = Problem(
            .init("bad_question"), "There is no question kind \"\("<script>alert(1)</script>")\". Kinds: \("count, trend").",
            place: "/kind")
        let buckets: [JSONValue] = (0 ..< 4).map { week in
            [
                "bucket": .string(Fixtures.today.monday.advanced(byDays: 7 * (week - 3)).text + "T00:00:00+08:00"),
                "values": [.int(Int64(400 + 30 * week))],
            ]
        }
        return [
            (
                words(\.boards.starterRevenue), trend, "trends",
                .answer(CardCut(["kind": "trend", "question": trend, "rows": .array(buckets)]))
            ),
            ("<img src=x onerror=alert(1)>", trend, "trends", .refused(problem)),
            (words(\.boards.starterEvents), trend, "trends", .waiting),
            (
                "\u{202E}drawkcab", trend, "trends",
                .answer(
                    CardCut([
                        "kind": "trend", "question": trend, "rows": [],
                        "hints": [["unknown": "event", "name": "<b>", "nearest": ["</p><script>alert(1)</script>"]]],
                    ]))
            ),
            (words(\.ask.exampleCount), count, "ask", .answer(CardCut(["kind": "count", "question": count, "count": 1_234]))),
            (
                wideTitle, wide, "trends",
                .answer(
                    CardCut([
                        "kind": "trend", "question": wide, "series": [["label": "any", "measure": "total"]],
                        "rows": .array(wideRows),
                    ]))
            ),
            (wideTitle, wideFunnel, "funnels", .answer(CardCut(wideAnswer))),
        ]
    }

    private var wideTitle: String { String(repeating: "茶", count: 100) }

    private var wide: JSONValue {
        [
            "kind": "trend", "series": [["selector": ["any": true], "measure": "total"]], "interval": "day",
            "breakdown": [["property": "url"]],
        ]
    }

    private var wideRows: [JSONValue] {
        (0 ..< 90).flatMap { value in
            (0 ..< 2).map { day in
                [
                    "bucket": .string(Fixtures.today.advanced(byDays: day - 1).text), "value": [.string("/<b>\(value)")],
                    "values": [.int(Int64(90 - value))],
                ]
            }
        }
    }

    private var wideFunnel: JSONValue {
        [
            "kind": "funnel", "steps": [["event": "A"], ["event": "B"]], "window": "14d", "breakdown": [["property": "url"]],
        ]
    }

    private var wideAnswer: JSONValue {
        let groups: [JSONValue] = (0 ..< 90).map { value in
            [
                "value": [.string("<script>alert(\(value))</script>")],
                "steps": [["label": "A", "count": .int(Int64(90 - value))], ["label": "B", "count": 1]],
            ]
        }
        let steps: JSONValue = [["label": "A", "count": 4_095], ["label": "B", "count": 90]]
        return ["kind": "funnel", "question": wideFunnel, "steps": steps, "breakdown": .array(groups)]
    }
}
