public import Model

/// A page of pinned questions of one workspace.
public struct Board: Hashable, Sendable {
    public let id: BoardID
    public let workspace: WorkspaceID
    /// Unique within the workspace.
    public var name: String
    public let createdAt: Instant

    public init(id: BoardID, workspace: WorkspaceID, name: String, createdAt: Instant) {
        self.id = id
        self.workspace = workspace
        self.name = name
        self.createdAt = createdAt
    }
}

/// One question pinned on a board.
public struct Card: Hashable, Sendable {
    public let id: CardID
    public let workspace: WorkspaceID
    public let board: BoardID
    public var title: String
    /// The question as canonical JSON text, with the range that it was pinned with.
    public let question: String
    /// The page that it was pinned from, such as `funnels` or `ask`: the title leads back to it.
    public let page: String
    /// Cards stand in the order of their positions; gaps mean nothing.
    public var position: Int
    public let createdAt: Instant

    public init(
        id: CardID, workspace: WorkspaceID, board: BoardID, title: String, question: String, page: String, position: Int,
        createdAt: Instant
    ) {
        self.id = id
        self.workspace = workspace
        self.board = board
        self.title = title
        self.question = question
        self.page = page
        self.position = position
        self.createdAt = createdAt
    }
}
