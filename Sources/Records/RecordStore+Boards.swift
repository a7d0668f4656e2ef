public import Model

extension RecordStore {
    /// The boards of one workspace with the number of their cards, oldest first.
    public func boards(of workspace: WorkspaceID) async throws(Problem) -> [(board: Board, cardCount: Int)] {
        try await list(
            """
            SELECT b.id, b.name, b.created_at,
                (SELECT COUNT(*) FROM cards c WHERE c.workspace = b.workspace AND c.board = b.id)
            FROM boards b WHERE b.workspace = ? ORDER BY b.created_at, b.id
            """, [.text(workspace.text)]
        ) { reader throws(Problem) -> (board: Board, cardCount: Int) in
            let board = Board(
                id: try reader.id(), workspace: workspace, name: try reader.text(), createdAt: try reader.instant())
            return (board, try reader.count())
        }
    }

    /// The board `id`; nil when the workspace has none of that id.
    public func board(_ id: BoardID, of workspace: WorkspaceID) async throws(Problem) -> Board? {
        try await list(
            "SELECT name, created_at FROM boards WHERE workspace = ? AND id = ?", [.text(workspace.text), .text(id.text)]
        ) { reader throws(Problem) in
            Board(id: id, workspace: workspace, name: try reader.text(), createdAt: try reader.instant())
        }.first
    }

    /// The cards of one board in their order.
    public func cards(of board: BoardID, in workspace: WorkspaceID) async throws(Problem) -> [Card] {
        try await list(
            """
            SELECT id, title, question, page, position, created_at FROM cards
            WHERE workspace = ? AND board = ? ORDER BY position, created_at, id
            """, [.text(workspace.text), .text(board.text)]
        ) { reader throws(Problem) in
            Card(
                id: try reader.id(), workspace: workspace, board: board, title: try reader.text(), question: try reader.text(),
                page: try reader.text(), position: try reader.count(), createdAt: try reader.instant())
        }
    }

    /// Whether the workspace has had its starter board, be it deleted since or not.
    public func hasHadStarterBoard(_ workspace: WorkspaceID) async throws(Problem) -> Bool {
        let found = try await list(
            "SELECT COUNT(*) FROM starter_boards WHERE workspace = ?", [.text(workspace.text)]
        ) { reader throws(Problem) in try reader.count() }
        return found.first ?? 0 > 0
    }
}

// MARK: - Writing

extension RecordStore {
    static func applyToBoards(_ change: Change, on connection: any SQLConnection) throws(Problem) {
        switch change {
        case .insertBoard(let board):
            try named { () throws(Problem) in
                try connection.execute(
                    "INSERT INTO boards (workspace, id, name, created_at) VALUES (?, ?, ?, ?)",
                    [.text(board.workspace.text), .text(board.id.text), .text(board.name), .instant(board.createdAt)])
            }
        case .renameBoard(let workspace, let board, let name):
            let changed = try named { () throws(Problem) in
                try connection.execute(
                    "UPDATE boards SET name = ? WHERE workspace = ? AND id = ?",
                    [.text(name), .text(workspace.text), .text(board.text)])
            }
            try found("board", board, changed)
        case .deleteBoard(let workspace, let board): try delete(board, of: workspace, on: connection)
        case .noteStarterBoard(let workspace, let board, let instant):
            try note(starter: board, of: workspace, at: instant, on: connection)
        case .insertCard(let card): try insert(card, on: connection)
        case .retitleCard(let workspace, let board, let card, let title):
            try found(
                "card", card,
                connection.execute(
                    "UPDATE cards SET title = ? WHERE workspace = ? AND board = ? AND id = ?",
                    [.text(title), .text(workspace.text), .text(board.text), .text(card.text)]))
        case .orderCards(let workspace, let board, let cards):
            for (position, card) in cards.enumerated() {
                try found(
                    "card", card,
                    connection.execute(
                        "UPDATE cards SET position = ? WHERE workspace = ? AND board = ? AND id = ?",
                        [.count(position), .text(workspace.text), .text(board.text), .text(card.text)]))
            }
        case .deleteCard(let workspace, let board, let card):
            try found(
                "card", card,
                connection.execute(
                    "DELETE FROM cards WHERE workspace = ? AND board = ? AND id = ?",
                    [.text(workspace.text), .text(board.text), .text(card.text)]))
        default: break
        }
    }

    private static func insert(_ card: Card, on connection: any SQLConnection) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO cards (workspace, board, id, title, question, page, position, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(card.workspace.text), .text(card.board.text), .text(card.id.text), .text(card.title), .text(card.question),
                .text(card.page), .count(card.position), .instant(card.createdAt),
            ])
    }

    private static func delete(_ board: BoardID, of workspace: WorkspaceID, on connection: any SQLConnection) throws(Problem) {
        let place: [SQLValue] = [.text(workspace.text), .text(board.text)]
        try connection.execute("DELETE FROM cards WHERE workspace = ? AND board = ?", place)
        try found("board", board, connection.execute("DELETE FROM boards WHERE workspace = ? AND id = ?", place))
    }

    private static func note(
        starter board: BoardID, of workspace: WorkspaceID, at instant: Instant, on connection: any SQLConnection
    ) throws(Problem) {
        do {
            try connection.execute(
                "INSERT INTO starter_boards (workspace, board, created_at) VALUES (?, ?, ?)",
                [.text(workspace.text), .text(board.text), .instant(instant)])
        } catch  where error.code == .exists {
            throw Problem(.starterExists, "The workspace has had its starter board. Make a board of your own.", status: 409)
        }
    }

    /// Says in words about boards that a name is taken.
    @discardableResult
    private static func named<Answer>(_ write: () throws(Problem) -> Answer) throws(Problem) -> Answer {
        do {
            return try write()
        } catch  where error.code == .exists {
            throw Problem(
                .boardExists, "There is a board of that name already. Choose another name.", place: "/name", status: 409)
        }
    }
}
