public import Model
public import Records

/// Boards: pages of pinned questions that every member of the workspace sees and arranges.
extension WorkspaceDirectory {
    /// The most boards of one workspace.
    public static let boardsMax = 100
    /// The most cards of one board: each is a question that is asked whenever the board is looked at.
    public static let cardsMax = 24
    /// The longest question that can be pinned, in bytes of canonical JSON.
    public static let pinnedBytesMax = 16_000

    /// The boards of a workspace with the number of their cards, oldest first.
    public func boards(of workspace: WorkspaceID) async throws(Problem) -> [(board: Board, cardCount: Int)] {
        try await records.boards(of: workspace)
    }

    /// One board.
    ///
    /// - Throws: ``Problem`` with code `not_found`.
    public func board(_ id: BoardID, of workspace: WorkspaceID) async throws(Problem) -> Board {
        guard let board = try await records.board(id, of: workspace) else {
            throw Problem(.notFound, "There is no board \(id).", status: 404)
        }
        return board
    }

    /// The cards of a board in their order.
    public func cards(of board: BoardID, in workspace: WorkspaceID) async throws(Problem) -> [Card] {
        try await records.cards(of: board, in: workspace)
    }

    /// Makes an empty board.
    ///
    /// - Throws: ``Problem`` with code `bad_name`, `board_exists` or `too_many_boards`.
    @discardableResult
    public func createBoard(named name: String, in workspace: WorkspaceID, by actor: Actor) async throws(Problem) -> Board {
        try await arrange(workspace, by: actor) { planner throws(Problem) in try await planner.newBoard(named: name) }
    }

    /// Gives a board another name.
    ///
    /// - Throws: ``Problem`` with code `bad_name`, `board_exists` or `not_found`.
    public func renameBoard(_ id: BoardID, to name: String, in workspace: WorkspaceID, by actor: Actor) async throws(Problem) {
        try await arrange(workspace, by: actor) { planner throws(Problem) in try planner.renamed(id, to: name) }
    }

    /// Deletes a board with its cards.
    ///
    /// - Throws: ``Problem`` with code `not_found`.
    public func deleteBoard(_ id: BoardID, in workspace: WorkspaceID, by actor: Actor) async throws(Problem) {
        let board = try await board(id, of: workspace)
        try await arrange(workspace, by: actor) { planner throws(Problem) in planner.deleted(board) }
    }

    /// Pins a question at the end of a board.
    ///
    /// - Throws: ``Problem`` with code `bad_title`, `board_full`, `not_found`, `question_too_long`, or what is wrong with the question;
    ///   for a new board as ``createBoard(named:in:by:)``.
    @discardableResult
    public func pin(
        _ wish: NewCard, on place: BoardPlace, in workspace: WorkspaceID, by actor: Actor
    ) async throws(Problem) -> Card {
        try await arrange(workspace, by: actor) { planner throws(Problem) in try await planner.pinned(wish, on: place) }
    }

    /// Gives a card another title.
    ///
    /// - Throws: ``Problem`` with code `bad_title` or `not_found`.
    public func retitleCard(
        _ id: CardID, on board: BoardID, to title: String, in workspace: WorkspaceID, by actor: Actor
    ) async throws(Problem) {
        try await arrange(workspace, by: actor) { planner throws(Problem) in try planner.retitled(id, on: board, to: title) }
    }

    /// Moves a card towards the end of its board, or with a negative number towards the beginning; it stops at either end.
    ///
    /// - Throws: ``Problem`` with code `not_found`.
    public func moveCard(
        _ id: CardID, on board: BoardID, by places: Int, in workspace: WorkspaceID, by actor: Actor
    ) async throws(Problem) {
        try await arrange(workspace, by: actor) { planner throws(Problem) in
            try await planner.moved(id, on: board, by: places)
        }
    }

    /// Takes a card off its board.
    ///
    /// - Throws: ``Problem`` with code `not_found`.
    public func removeCard(_ id: CardID, on board: BoardID, in workspace: WorkspaceID, by actor: Actor) async throws(Problem) {
        try await arrange(workspace, by: actor) { planner throws(Problem) in planner.removed(id, on: board) }
    }

    /// Whether the workspace has had its starter board, be it deleted since or not.
    public func hasHadStarterBoard(_ workspace: WorkspaceID) async throws(Problem) -> Bool {
        try await records.hasHadStarterBoard(workspace)
    }

    /// Makes the starter board, once for each workspace and never again.
    ///
    /// - Throws: ``Problem`` with code `starter_exists` when there was one, or as ``pin(_:on:in:by:)``.
    public func createStarterBoard(
        named name: String, _ wishes: [NewCard], in workspace: WorkspaceID, by actor: Actor
    ) async throws(Problem) {
        try await arrange(workspace, by: actor) { planner throws(Problem) in try await planner.starter(named: name, wishes) }
    }

    /// Plans against the boards as they are, with no other change in between, and commits.
    private func arrange<Value: Sendable>(
        _ workspace: WorkspaceID, by actor: Actor, _ plan: (BoardPlanner) async throws(Problem) -> Plan<Value>
    ) async throws(Problem) -> Value {
        try await lane.run { () async throws(Problem) in
            let planner = Planner(catalog: snapshot(), now: clock.now, actor: actor)
            let plan = try await plan(BoardPlanner(records: records, workspace: workspace, planner: planner))
            try await commit(plan.changes)
            return plan.value
        }
    }
}

/// A question to pin.
public struct NewCard: Hashable, Sendable {
    public var title: String
    public var question: JSONValue
    /// The page that it comes from, such as `funnels` or `ask`.
    public var page: String

    public init(title: String, question: JSONValue, page: String) {
        self.title = title
        self.question = question
        self.page = page
    }
}

/// Where to pin a question.
public enum BoardPlace: Hashable, Sendable {
    case board(BoardID)
    case newBoard(named: String)
}

extension Problem.Code {
    /// A card's title is empty, too long, or holds control characters.
    public static let badTitle = Problem.Code("bad_title")
    /// The workspace has ``WorkspaceDirectory/boardsMax`` boards.
    public static let tooManyBoards = Problem.Code("too_many_boards")
    /// The board has ``WorkspaceDirectory/cardsMax`` cards.
    public static let boardFull = Problem.Code("board_full")
    /// The question takes more than ``WorkspaceDirectory/pinnedBytesMax`` bytes.
    public static let questionTooLong = Problem.Code("question_too_long")
}
