import Columns
package import Model
package import Records

/// The tables of one workspace's program within one transaction.
package struct ProgramTables {
    package let workspace: WorkspaceID
    package let connection: any SQLConnection
    /// Where several servers write: the part of everybody's limits on which this one counts.
    var slice: LimitSlice?

    package init(_ workspace: WorkspaceID, _ connection: any SQLConnection) {
        self.workspace = workspace
        self.connection = connection
    }

    /// The values of a row whose key begins with the workspace.
    func values(_ values: SQLValue...) -> [SQLValue] { [.text(workspace.text)] + values }

    func list<Item>(
        _ sql: String, _ values: [SQLValue], _ read: (inout RowReader) throws(Problem) -> Item
    ) throws(Problem) -> [Item] {
        var items: [Item] = []
        for row in try connection.rows(sql, values) {
            var reader = RowReader(row)
            items.append(try read(&reader))
        }
        return items
    }

    func first<Item>(
        _ sql: String, _ values: [SQLValue], _ read: (inout RowReader) throws(Problem) -> Item
    ) throws(Problem) -> Item? {
        guard let row = try connection.row(sql, values) else { return nil }
        var reader = RowReader(row)
        return try read(&reader)
    }
}

// MARK: - Commands

/// A command that was answered.
struct KnownCommand: Hashable {
    let id: String
    let actor: String
    /// The command's content as canonical JSON.
    let content: String
    let recordedAt: Instant
    let answer: ProgramAnswer
    /// What it names that somebody may ask about, where its command says so; nil for what its texts say.
    var mentions: Set<String>?
}

extension ProgramTables {
    /// What is known of each of these commands.
    ///
    /// - Parameter isErasing: Whether the id of any was erased since; then each is looked for under what stands in its place, too.
    func commands(_ ids: [String], isErasing: Bool = true) throws(Problem) -> [KnownCommand?] {
        let place = isErasing ? "id IN (?, ?)" : "id = ?"
        let sql = """
            SELECT id, actor, content, recorded_at, refused, answer FROM loyalty_commands WHERE workspace = ? AND \(place)
            """
        let keys = ids.map { id in
            isErasing ? values(.text(id), .text(ErasedID.of(id, in: workspace))) : values(.text(id))
        }
        var commands: [KnownCommand?] = []
        for rows in try connection.rows(sql, each: keys) {
            guard let row = rows.first else {
                commands.append(nil)
                continue
            }
            var reader = RowReader(row)
            commands.append(try Self.command(&reader))
        }
        return commands
    }

    /// Whether the id of any command was erased, where texts are ordered by their bytes.
    func hasErasedCommands() throws(Problem) -> Bool {
        let mark = IdentityFinder.mark + " "
        let found = try connection.row(
            "SELECT 1 FROM loyalty_commands WHERE workspace = ? AND id >= ? AND id < ? LIMIT 1",
            values(.text(mark), .text(IdentityFinder.mark + "!")))
        return found != nil
    }

    func command(_ id: String) throws(Problem) -> KnownCommand? { try commands([id]).first ?? nil }

    static func command(_ reader: inout RowReader) throws(Problem) -> KnownCommand {
        let (id, actor, content) = (try reader.text(), try reader.text(), try reader.text())
        let (recordedAt, isRefused, answer) = (try reader.instant(), try reader.flag(), try reader.text())
        return KnownCommand(
            id: id, actor: actor, content: content, recordedAt: recordedAt,
            answer: ProgramAnswer(body: try JSONParser.parse(Array(answer.utf8)), isRefused: isRefused))
    }
}
