import Model
import TestSupport
import Testing

@testable import Records

@Suite("Board records")
struct BoardRecordsTests {
    private static func board(_ id: String, _ fixtures: RecordFixtures, name: String? = nil, at seconds: Int64 = 0) -> Board {
        Board(
            id: BoardID(text: "brd_" + id), workspace: fixtures.workspace.id, name: name ?? id,
            createdAt: fixtures.now.advanced(byMicroseconds: seconds * .microsecondsPerSecond))
    }

    private static func card(_ id: String, on board: Board, at position: Int) -> Card {
        Card(
            id: CardID(text: "crd_" + id), workspace: board.workspace, board: board.id, title: "“\(id)” <b>",
            question: #"{"kind":"lifecycle","selector":{"event":"下单"}}"#, page: "lifecycle", position: position,
            createdAt: board.createdAt)
    }

    @Test("Boards and cards are read back as they were, oldest board first, cards by position", arguments: RecordsEngine.here)
    func roundTrip(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        try await fixtures.insertAll()
        let (late, early) = (Self.board("a", fixtures, at: 9), Self.board("b", fixtures))
        let cards = [Self.card("x", on: early, at: 7), Self.card("y", on: early, at: 2)]
        try await fixtures.store.commit([.insertBoard(late), .insertBoard(early)] + cards.map { .insertCard($0) })
        let boards = try await fixtures.store.boards(of: fixtures.workspace.id)
        #expect(boards.map(\.board) == [early, late])
        #expect(boards.map(\.cardCount) == [2, 0])
        #expect(try await fixtures.store.board(late.id, of: fixtures.workspace.id) == late)
        #expect(try await fixtures.store.board(late.id, of: WorkspaceID(text: "ws_other")) == nil)
        #expect(try await fixtures.store.cards(of: early.id, in: fixtures.workspace.id) == [cards[1], cards[0]])
        #expect(try await fixtures.store.cards(of: early.id, in: WorkspaceID(text: "ws_other")).isEmpty)
    }

    @Test(
        "Boards are renamed, cards retitled, put in order and taken away; what is not there is not found",
        arguments: RecordsEngine.here)
    func changes(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        try await fixtures.insertAll()
        let (workspace, board) = (fixtures.workspace.id, Self.board("a", fixtures))
        let ids = ["x", "y", "z"]
        try await fixtures.store.commit(
            [.insertBoard(board)] + ids.enumerated().map { .insertCard(Self.card($1, on: board, at: $0)) })
        try await fixtures.store.commit([
            .renameBoard(workspace, board.id, name: "Weekly"),
            .orderCards(workspace, board.id, ["z", "x", "y"].map { CardID(text: "crd_" + $0) }),
            .retitleCard(workspace, board.id, CardID(text: "crd_x"), title: "X"),
            .deleteCard(workspace, board.id, CardID(text: "crd_y")),
        ])
        #expect(try await fixtures.store.board(board.id, of: workspace)?.name == "Weekly")
        let cards = try await fixtures.store.cards(of: board.id, in: workspace)
        #expect(cards.map(\.id.text) == ["crd_z", "crd_x"])
        #expect(cards.map(\.title) == ["“z” <b>", "X"])
        let none = CardID(text: "crd_none")
        let (noBoard, elsewhere) = (BoardID(text: "brd_none"), WorkspaceID(text: "ws_two"))
        for change: Change in [
            .renameBoard(workspace, noBoard, name: "n"), .deleteBoard(workspace, noBoard), .deleteBoard(elsewhere, board.id),
            .retitleCard(workspace, board.id, none, title: "n"), .orderCards(workspace, board.id, [none]),
            .deleteCard(workspace, board.id, none), .insertCard(Self.card("q", on: Self.board("none", fixtures), at: 0)),
        ] {
            let problem = await #expect(throws: Problem.self) { try await fixtures.store.commit([change]) }
            #expect(problem?.code == .notFound, "\(change)")
        }
    }

    @Test("A deleted board takes its cards with it, and leaves the others theirs", arguments: RecordsEngine.here)
    func deleted(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        try await fixtures.insertAll()
        let (gone, kept) = (Self.board("gone", fixtures), Self.board("kept", fixtures))
        try await fixtures.store.commit([
            .insertBoard(gone), .insertBoard(kept), .insertCard(Self.card("x", on: gone, at: 0)),
            .insertCard(Self.card("x", on: kept, at: 0)),
        ])
        try await fixtures.store.commit([.deleteBoard(fixtures.workspace.id, gone.id)])
        #expect(try await fixtures.store.boards(of: fixtures.workspace.id).map(\.board) == [kept])
        #expect(try await fixtures.store.cards(of: gone.id, in: fixtures.workspace.id).isEmpty)
        #expect(try await fixtures.store.cards(of: kept.id, in: fixtures.workspace.id).count == 1)
    }

    @Test("A board's name is taken once in its workspace, when made and when renamed", arguments: RecordsEngine.here)
    func names(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        try await fixtures.insertAll()
        let other = Self.board("b", fixtures)
        try await fixtures.store.commit([.insertBoard(Self.board("a", fixtures, name: "Weekly")), .insertBoard(other)])
        for change: Change in [
            .insertBoard(Self.board("c", fixtures, name: "Weekly")), .renameBoard(fixtures.workspace.id, other.id, name: "Weekly"),
        ] {
            let problem = await #expect(throws: Problem.self) { try await fixtures.store.commit([change]) }
            #expect(problem?.code == .boardExists && problem?.place == "/name")
        }
    }

    @Test("A starter board is noted once, and stays noted when the board is deleted", arguments: RecordsEngine.here)
    func starter(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        try await fixtures.insertAll()
        let (workspace, board) = (fixtures.workspace.id, Self.board("a", fixtures))
        #expect(try await fixtures.store.hasHadStarterBoard(workspace) == false)
        try await fixtures.store.commit([.noteStarterBoard(workspace, board.id, at: fixtures.now), .insertBoard(board)])
        try await fixtures.store.commit([.deleteBoard(workspace, board.id)])
        #expect(try await fixtures.store.hasHadStarterBoard(workspace))
        let again = Self.board("b", fixtures)
        let problem = await #expect(throws: Problem.self) {
            try await fixtures.store.commit([.insertBoard(again), .noteStarterBoard(workspace, again.id, at: fixtures.now)])
        }
        #expect(problem?.code == .starterExists)
        #expect(try await fixtures.store.boards(of: workspace).isEmpty)
    }

    @Test("A database of version 1 moves forward, keeps what it held and takes boards", arguments: RecordsEngine.here)
    func fromVersionOne(on engine: RecordsEngine) async throws {
        let engine = try await engine.openBare()
        try await Schema.migrate(engine, at: .epoch, migrations: Array(Schema.migrations.prefix(1)))
        try await engine.write { connection throws(Problem) in
            try connection.execute(
                "INSERT INTO workspaces (id, name, timezone, currency, language, region, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                ["ws_one", "茶馆", "Asia/Shanghai", "CNY", "zh-Hans", "CN"].map { .text($0) } + [.integer(1_767_225_600_000_000)])
            try connection.execute(
                "INSERT INTO members (id, email, name, language, password_hash, created_at) VALUES (?, ?, ?, ?, ?, ?)",
                [.text("mem_a"), .text("a@example.com"), .text("Ana"), .null, .text("h"), .integer(5)])
            try connection.execute(
                "INSERT INTO audit (id, workspace, at, actor, action, target, detail) VALUES (?, ?, ?, ?, ?, ?, ?)",
                ["1-000-a", "ws_one"].map { .text($0) } + [.integer(7)]
                    + ["mem_a", "workspace.created", "ws_one", "茶馆"].map { .text($0) })
        }
        let fixtures = try await RecordFixtures(over: engine)
        #expect(try await fixtures.store.workspaces() == [fixtures.workspace])
        #expect(try await fixtures.store.member(email: "a@example.com")?.passwordHash == "h")
        #expect(try await fixtures.store.audit(workspace: fixtures.workspace.id, limit: 9).map(\.detail) == ["茶馆"])
        let board = Self.board("a", fixtures)
        try await fixtures.store.commit([.insertBoard(board), .insertCard(Self.card("x", on: board, at: 0))])
        #expect(try await fixtures.store.boards(of: fixtures.workspace.id).map(\.cardCount) == [1])
        let versions = try await engine.read { connection throws(Problem) in
            try connection.rows("SELECT version FROM schema_steps ORDER BY version", []).map(\.values)
        }
        #expect(versions == Schema.migrations.map { [.integer($0.version)] })
        let problem = await #expect(throws: Problem.self) {
            try await Schema.migrate(engine, at: .epoch, migrations: Array(Schema.migrations.prefix(1)))
        }
        #expect(problem?.code == .newerData, "an older program does not touch it")
    }
}
