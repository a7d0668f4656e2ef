import EventStore
import HTTPTypes
import Logging
import Model
import People
import Records
import Workspaces

extension Desk {
    /// How long a board waits for its answers before it is shown with those that are there.
    private static let patience = Duration.seconds(2)
    /// How often a card is asked for again while its board is looked at.
    private static let refreshSeconds = 30

    // MARK: - The list

    func boards(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        await makeStarterBoard(visitor, workspace)
        return try await boardsReply(visitor, problem: nil)
    }

    func boardsReply(_ visitor: Visitor, problem: Problem?) async throws(Problem) -> Reply {
        let words = visitor.words
        let workspace = try await workspace(visitor)
        let rows = try await directory.boards(of: workspace.id).map { board, count in
            let made = visitor.formats.date(workspace.calendar.date(at: board.createdAt))
            return BoardsPage.Row(
                url: SiteURL.board(board.id), name: board.name, count: words(\.boards.cards, count: count),
                made: words(\.boards.made, ["date": made]))
        }
        let isWaiting = workspace.store.snapshot().eventCount == 0
        var fields = [FormField("name", words(\.boards.name), value: visitor.form["name"] ?? "", autocomplete: "off")]
        let unplaced = place(problem, in: &fields, words, ["bad_name": "name", "board_exists": "name"])
        let page = BoardsPage(
            rows: rows, hasRows: !rows.isEmpty, noneHow: words(isWaiting ? \.boards.noneWaiting : \.boards.noneHow),
            action: SiteURL.boards, fields: fields, problem: unplaced)
        var frame = visitor.frame(words(\.boards.title), .boards)
        if visitor.query["done"] == "deleted" { frame.notice = .init(kind: "", text: words(\.boards.deleted)) }
        return .page(page, frame, status: problem == nil ? .ok : .unprocessableContent)
    }

    /// Makes the starter board where there are events and it was never made; the list is shown all the same when that fails.
    private func makeStarterBoard(_ visitor: Visitor, _ workspace: OpenWorkspace) async {
        guard let membership = visitor.membership else { return }
        do throws(Problem) {
            guard workspace.store.snapshot().eventCount > 0, try await !directory.hasHadStarterBoard(workspace.id) else { return }
            // Everybody sees the board, so its titles are in the workspace's language.
            let words = Words(workspace.settings.language == .zhHans ? .chinese : .english)
            let calendar = workspace.calendar
            let today = calendar.date(at: now)
            let cards = try await workspace.look(now: now) { view throws(Problem) in
                StarterBoard(view.snapshot.parts, today: today, calendar: calendar, words: words).cards
            }
            try await directory.createStarterBoard(
                named: words(\.boards.starter), cards, in: workspace.id, by: .member(membership.member))
        } catch {
            guard error.code != .starterExists else { return }
            logger.error("the starter board could not be made", metadata: ["reason": "\(error)"])
        }
    }

    // MARK: - One board

    func board(_ visitor: Visitor) async throws(Problem) -> Reply {
        try await boardReply(visitor, try await namedBoard(visitor).board)
    }

    /// - Parameter problem: of a form on the page that was not taken.
    func boardReply(_ visitor: Visitor, _ board: Board, problem: Problem? = nil) async throws(Problem) -> Reply {
        let words = visitor.words
        let workspace = try await workspace(visitor)
        let given = SharedRange(visitor.query)
        let range = given ?? .asSaved
        let pinned = try await directory.cards(of: board.id, in: workspace.id).map { PinnedQuestion($0, range) }
        let outcomes = await loader(visitor, workspace).outcomes(
            pinned.map(\.question), patience: visitor.query["wait"] == "all" ? nil : Desk.patience)
        let writer = cardWriter(visitor, workspace, board.id, range)
        let items = zip(pinned, outcomes).enumerated().map { index, one in
            log(one.1, one.0.card)
            return item(
                one.0, range, isFirst: index == 0, isLast: index == pinned.count - 1, words,
                body: piece(writer.body(one.0, one.1), visitor))
        }
        var fields = [FormField("name", words(\.boards.name), value: visitor.form["name"] ?? board.name, autocomplete: "off")]
        let unplaced = place(problem, in: &fields, words, ["bad_name": "name", "board_exists": "name"])
        var dates: (since: LocalDate?, until: LocalDate?)
        if case .days(let from, let until) = range { dates = (from, until) }
        let page = BoardPage(
            name: board.name, selfURL: SiteURL.board(board.id, range), choices: choices(board.id, range, words),
            datesAction: SiteURL.board(board.id), since: dates.since?.text ?? visitor.query["since"] ?? "",
            until: dates.until?.text ?? visitor.query["until"] ?? "", hasDates: dates.since != nil || dates.until != nil,
            problem: unplaced ?? (given == nil ? words(\.boards.badRange) : nil), cards: items, isEmpty: items.isEmpty,
            action: SiteURL.board(board.id), fields: fields, isRenaming: problem != nil && unplaced == nil,
            deleteURL: SiteURL.boardDeletion(board.id))
        var frame = visitor.frame(board.name, .boards)
        let said: [String: KeyPath<Catalogue, Text>] = ["pinned": \.boards.pinned, "removed": \.boards.removed]
        if let text = said[visitor.query["done"] ?? ""] { frame.notice = .init(kind: "", text: words(text)) }
        return .page(page, frame, status: problem == nil && given != nil ? .ok : .unprocessableContent)
    }

    /// The answer of one card, as a board that is looked at asks for it again and again.
    func card(_ visitor: Visitor) async throws(Problem) -> Reply {
        let board = try await namedBoard(visitor).board
        let workspace = try await workspace(visitor)
        let range = SharedRange(visitor.query) ?? .asSaved
        let cards = try await directory.cards(of: board.id, in: workspace.id)
        guard let card = cards.first(where: { $0.id.text == visitor.parameters["card"] }) else { throw Desk.notFound }
        let pinned = PinnedQuestion(card, range)
        let outcome = await loader(visitor, workspace).outcome(pinned.question)
        log(outcome, card)
        return .fragment(
            cardWriter(visitor, workspace, board.id, range).body(pinned, outcome), visitor.frame("", alone: true))
    }

    func boardDeletion(_ visitor: Visitor) async throws(Problem) -> Reply {
        let words = visitor.words
        let board = try await namedBoard(visitor).board
        let count = try await directory.cards(of: board.id, in: board.workspace).count
        let title = words(\.boards.deleteTitle, ["name": board.name])
        let page = BoardDeletePage(
            title: title, text: words(\.boards.deleteText, count: count), action: SiteURL.boardDeletion(board.id),
            backURL: SiteURL.board(board.id))
        return .page(page, visitor.frame(title, .boards))
    }

    /// The board that the address names, if it is one of the visitor's workspace.
    func namedBoard(_ visitor: Visitor) async throws(Problem) -> (board: Board, actor: Actor) {
        guard let membership = visitor.membership, let id = BoardID(validating: visitor.parameters["board"] ?? "") else {
            throw Desk.notFound
        }
        return (try await directory.board(id, of: membership.workspace), .member(membership.member))
    }

    // MARK: - Cards

    func loader(_ visitor: Visitor, _ workspace: OpenWorkspace) -> CardLoader {
        let (memory, now) = (answers, now)
        return CardLoader { question throws(Problem) in
            let key = AnswerMemory.Key(
                workspace: workspace.settings, computedTraits: try workspace.computedTraits, question: question.text)
            let version = workspace.store.snapshot().version
            let known = memory.answer(key, version: version, now: now)
            let answer: CardCut
            if let known { answer = known } else { answer = CardCut(try await workspace.ask(question, now: now)) }
            if known == nil { memory.keep(answer, key, version: version, now: now) }
            if let reading = Reading(answer: answer.answer) { await note(reading, visitor) }
            return answer
        }
    }

    private func cardWriter(
        _ visitor: Visitor, _ workspace: OpenWorkspace, _ board: BoardID, _ range: SharedRange
    ) -> CardWriter {
        CardWriter(
            words: visitor.words, formats: visitor.formats, today: workspace.calendar.date(at: now),
            boardURL: SiteURL.board(board, range), waitURL: SiteURL.wholeBoard(board, range))
    }

    /// A card that fails leaves its board whole, so nothing further up hears of it.
    private func log(_ outcome: CardLoader.Outcome, _ card: Card) {
        guard case .refused(let problem) = outcome, problem.status >= 500, problem.code != .notBuilt else { return }
        logger.error("a card failed", metadata: ["card": "\(card.id)", "code": "\(problem.code)", "reason": "\(problem)"])
    }

    private func item(
        _ pinned: PinnedQuestion, _ range: SharedRange, isFirst: Bool, isLast: Bool, _ words: Words, body: String
    ) -> BoardPage.Item {
        let card = pinned.card
        func url(_ action: String?) -> String { SiteURL.card(card.id, on: card.board, range, action: action) }
        return BoardPage.Item(
            id: card.id.text, title: card.title, url: pinned.url, isWide: pinned.isWide,
            menuLabel: words(\.boards.changeCard, ["title": card.title]), upURL: isFirst ? nil : url("up"),
            downURL: isLast ? nil : url("down"), retitleURL: url("title"), removeURL: url("remove"), fragmentURL: url(nil),
            refreshSeconds: Desk.refreshSeconds, body: body)
    }

    private func choices(_ board: BoardID, _ range: SharedRange, _ words: Words) -> [BoardPage.Choice] {
        var choices = [BoardPage.Choice(url: SiteURL.board(board), label: words(\.boards.asSaved), current: range == .asSaved)]
        choices += SharedRange.presets.map { value, label in
            .init(url: SiteURL.board(board, .last(value)), label: words(label), current: range == .last(value))
        }
        if case .last(let own) = range, !choices.contains(where: \.current) {
            choices.append(.init(url: SiteURL.board(board, range), label: own, current: true))
        }
        return choices
    }
}
