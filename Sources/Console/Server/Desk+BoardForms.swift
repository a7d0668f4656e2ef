import Columns
import HTTPTypes
import Hummingbird
import Model
import Records
import Workspaces

/// What forms do to boards and cards; every member of the workspace may.
extension Desk {
    func createBoard(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let membership = visitor.membership else { return .redirect("/") }
        do throws(Problem) {
            let board = try await directory.createBoard(
                named: visitor.form["name"] ?? "", in: membership.workspace, by: .member(membership.member))
            return .redirect(SiteURL.board(board.id))
        } catch {
            guard error.status < 500 else { throw error }
            return try await boardsReply(visitor, problem: error)
        }
    }

    func renameBoard(_ visitor: Visitor) async throws(Problem) -> Reply {
        let (board, actor) = try await namedBoard(visitor)
        do throws(Problem) {
            try await directory.renameBoard(board.id, to: visitor.form["name"] ?? "", in: board.workspace, by: actor)
            return .redirect(SiteURL.board(board.id, done: "saved"))
        } catch {
            guard error.status < 500 else { throw error }
            return try await boardReply(visitor, board, problem: error)
        }
    }

    func deleteBoard(_ visitor: Visitor) async throws(Problem) -> Reply {
        let (board, actor) = try await namedBoard(visitor)
        try await directory.deleteBoard(board.id, in: board.workspace, by: actor)
        return .redirect(SiteURL.boards + "?done=deleted")
    }

    // MARK: - Cards

    func moveCard(_ visitor: Visitor, by places: Int) async throws(Problem) -> Reply {
        let (board, card, range, actor) = try await namedCard(visitor)
        try await directory.moveCard(card, on: board.id, by: places, in: board.workspace, by: actor)
        return .redirect(SiteURL.board(board.id, range, at: card))
    }

    func retitleCard(_ visitor: Visitor) async throws(Problem) -> Reply {
        let (board, card, range, actor) = try await namedCard(visitor)
        do throws(Problem) {
            try await directory.retitleCard(
                card, on: board.id, to: visitor.form["title"] ?? "", in: board.workspace, by: actor)
            return .redirect(SiteURL.board(board.id, range, done: "saved", at: card))
        } catch {
            guard error.code == .badTitle else { throw error }
            return try await boardReply(visitor, board, problem: error)
        }
    }

    func removeCard(_ visitor: Visitor) async throws(Problem) -> Reply {
        let (board, card, range, actor) = try await namedCard(visitor)
        try await directory.removeCard(card, on: board.id, in: board.workspace, by: actor)
        return .redirect(SiteURL.board(board.id, range, done: "removed"))
    }

    private func namedCard(
        _ visitor: Visitor
    ) async throws(Problem) -> (board: Board, card: CardID, range: SharedRange, actor: Actor) {
        let (board, actor) = try await namedBoard(visitor)
        guard let card = CardID(validating: visitor.parameters["card"] ?? "") else { throw Desk.notFound }
        return (board, card, SharedRange(visitor.query) ?? .asSaved, actor)
    }

    // MARK: - Pinning

    /// The form that pins the question of an answer, finished; empty for whom no workspace belongs to.
    func pinForm(_ visitor: Visitor, _ question: JSONValue, _ answer: JSONValue, page: String) async throws(Problem) -> String {
        guard let membership = visitor.membership else { return "" }
        let boards = try await directory.boards(of: membership.workspace).map(\.board)
        let fields = pinFields(
            visitor.words, boards, title: CardTitle(answer: answer, words: visitor.words).text,
            chosen: boards.first?.id.text ?? "", name: "")
        return piece(
            PinForm(isOpen: false, question: VisibleText.escaped(json: question.canonical.text), origin: page, fields: fields),
            visitor)
    }

    func pin(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let membership = visitor.membership else { return .redirect("/") }
        let form = visitor.form
        let page = form["page"] ?? ""
        do throws(Problem) {
            let chosen = form["board"].flatMap { BoardID(validating: $0) }
            let card = try await directory.pin(
                NewCard(
                    title: form["title"] ?? "", question: try JSONParser.parse((form["question"] ?? "").utf8),
                    page: QuestionKind(rawValue: page)?.rawValue
                        ?? (page == PinnedQuestion.peoplePage ? page : PinnedQuestion.askPage)),
                on: chosen.map { .board($0) } ?? .newBoard(named: form["name"] ?? ""), in: membership.workspace,
                by: .member(membership.member))
            return .redirect(SiteURL.board(card.board, done: "pinned", at: card.id))
        } catch {
            guard error.status < 500 || error.code == .notBuilt else { throw error }
            return try await pinRefused(visitor, error)
        }
    }

    private func pinRefused(_ visitor: Visitor, _ problem: Problem) async throws(Problem) -> Reply {
        guard let membership = visitor.membership else { return .redirect("/") }
        let (words, form) = (visitor.words, visitor.form)
        let boards = try await directory.boards(of: membership.workspace).map(\.board)
        var fields = pinFields(
            words, boards, title: form["title"] ?? "", chosen: form["board"] ?? "", name: form["name"] ?? "")
        var unplaced: String?
        if problem.code == .notFound, let index = fields.firstIndex(where: { $0.name == "board" }) {
            fields[index].error = words(\.boards.boardGone)
        } else {
            unplaced = place(
                problem, in: &fields, words,
                ["bad_title": "title", "bad_name": "name", "board_exists": "name", "board_full": "board"])
        }
        let question = form["question"] ?? ""
        let origin = form["page"] ?? ""
        let piece = piece(PinForm(isOpen: true, question: question, origin: origin, fields: fields), visitor)
        let page = PinRefusedPage(
            problem: unplaced, form: piece,
            backURL: origin == PinnedQuestion.askPage || origin == PinnedQuestion.peoplePage
                ? SiteURL.ask(question) : SiteURL.opened(question))
        return .page(page, visitor.frame(words(\.boards.pin), .boards), status: .unprocessableContent)
    }

    private func pinFields(_ words: Words, _ boards: [Board], title: String, chosen: String, name: String) -> [FormField] {
        var fields = [FormField("title", id: "pin-title", words(\.boards.cardTitle), value: title, autocomplete: "off")]
        if !boards.isEmpty {
            let options =
                boards.map { FormField.Option(value: $0.id.text, label: $0.name, selected: $0.id.text == chosen) }
                + [.init(value: "", label: words(\.boards.pinNew), selected: chosen.isEmpty)]
            fields.append(FormField("board", id: "pin-board", words(\.boards.pinBoard), options: options))
        }
        var newName = FormField(
            "name", id: "pin-name", words(\.boards.pinNewName), value: name,
            hint: boards.isEmpty ? nil : words(\.boards.pinNewHint), autocomplete: "off")
        newName.required = boards.isEmpty
        fields.append(newName)
        return fields
    }
}
