import Model
import Questions
import Records

/// Turns wishes about boards into changes.
struct BoardPlanner {
    let records: RecordStore
    let workspace: WorkspaceID
    let planner: Planner

    func newBoard(named name: String) async throws(Problem) -> Plan<Board> {
        let count = try await records.boards(of: workspace).count
        guard count < WorkspaceDirectory.boardsMax else {
            throw Problem(
                .tooManyBoards, "A workspace has at most \(WorkspaceDirectory.boardsMax) boards. Delete one that nobody looks at.",
                status: 409)
        }
        let board = Board(
            id: planner.id(), workspace: workspace, name: try SettingsRules.name(name), createdAt: planner.now)
        return Plan(changes: [.insertBoard(board), planner.audit(workspace, "board.created", board.id, board.name)], value: board)
    }

    func renamed(_ id: BoardID, to name: String) throws(Problem) -> Plan<Void> {
        let name = try SettingsRules.name(name)
        return Plan(
            changes: [.renameBoard(workspace, id, name: name), planner.audit(workspace, "board.renamed", id, name)], value: ())
    }

    func deleted(_ board: Board) -> Plan<Void> {
        Plan(
            changes: [.deleteBoard(workspace, board.id), planner.audit(workspace, "board.deleted", board.id, board.name)],
            value: ())
    }

    func pinned(_ wish: NewCard, on place: BoardPlace) async throws(Problem) -> Plan<Card> {
        switch place {
        case .board(let id):
            guard try await records.board(id, of: workspace) != nil else {
                throw Problem(.notFound, "There is no board \(id).", place: "/board", status: 404)
            }
            let cards = try await records.cards(of: id, in: workspace)
            guard cards.count < WorkspaceDirectory.cardsMax else {
                throw Problem(
                    .boardFull, "A board has at most \(WorkspaceDirectory.cardsMax) cards. Remove one, or choose another board.",
                    place: "/board", status: 409)
            }
            return try pinned(wish, on: id, at: (cards.last?.position ?? -1) + 1)
        case .newBoard(let name):
            // What is wrong with the card is said first: its board shall not be made in vain.
            _ = try pinned(wish, on: planner.id(), at: 0)
            let board = try await newBoard(named: name)
            let card = try pinned(wish, on: board.value.id, at: 0)
            return Plan(changes: board.changes + card.changes, value: card.value)
        }
    }

    private func pinned(_ wish: NewCard, on board: BoardID, at position: Int) throws(Problem) -> Plan<Card> {
        _ = try Question(json: wish.question)
        let text = wish.question.canonical.text
        guard text.utf8.count <= WorkspaceDirectory.pinnedBytesMax else {
            throw Problem(
                .questionTooLong,
                "A pinned question has at most \(WorkspaceDirectory.pinnedBytesMax) bytes, not \(text.utf8.count). Make it shorter."
            )
        }
        let card = Card(
            id: planner.id(), workspace: workspace, board: board, title: try title(wish.title), question: text, page: wish.page,
            position: position, createdAt: planner.now)
        return Plan(changes: [.insertCard(card), planner.audit(workspace, "card.pinned", card.id, card.title)], value: card)
    }

    func retitled(_ id: CardID, on board: BoardID, to title: String) throws(Problem) -> Plan<Void> {
        let title = try self.title(title)
        return Plan(
            changes: [
                .retitleCard(workspace, board, id, title: title), planner.audit(workspace, "card.retitled", id, title),
            ], value: ())
    }

    func moved(_ id: CardID, on board: BoardID, by places: Int) async throws(Problem) -> Plan<Void> {
        var order = try await records.cards(of: board, in: workspace).map(\.id)
        guard let old = order.firstIndex(of: id) else {
            throw Problem(.notFound, "There is no card \(id).", status: 404)
        }
        let new = min(max(old + places, 0), order.count - 1)
        guard new != old else { return Plan(changes: [], value: ()) }
        order.remove(at: old)
        order.insert(id, at: new)
        return Plan(
            changes: [
                .orderCards(workspace, board, order), planner.audit(workspace, "card.moved", id, "position = \(new + 1)"),
            ], value: ())
    }

    func removed(_ id: CardID, on board: BoardID) -> Plan<Void> {
        Plan(changes: [.deleteCard(workspace, board, id), planner.audit(workspace, "card.removed", id, "")], value: ())
    }

    /// The note comes first, so that of two who come at once only one makes the board.
    func starter(named name: String, _ wishes: [NewCard]) async throws(Problem) -> Plan<Void> {
        let board = try await newBoard(named: try await free(name))
        var changes = [.noteStarterBoard(workspace, board.value.id, at: planner.now)] + board.changes
        for (position, wish) in wishes.prefix(WorkspaceDirectory.cardsMax).enumerated() {
            changes += try pinned(wish, on: board.value.id, at: position).changes
        }
        return Plan(changes: changes, value: ())
    }

    /// `name`, with a number behind it when somebody has made a board of that name.
    private func free(_ name: String) async throws(Problem) -> String {
        let taken = Set(try await records.boards(of: workspace).map(\.board.name))
        return ([name] + (2 ... taken.count + 2).map { "\(name) \($0)" }).first { !taken.contains($0) } ?? name
    }

    private func title(_ text: String) throws(Problem) -> String {
        do throws(Problem) {
            return try SettingsRules.name(text, place: "/title")
        } catch {
            throw Problem(.badTitle, "A title has 1 to 100 characters and no control characters.", place: "/title")
        }
    }
}
