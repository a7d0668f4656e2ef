import Columns
package import Model
package import Records

/// The tables of one workspace's program within one transaction.
package struct ProgramTables {
    package let workspace: WorkspaceID
    package let connection: any SQLConnection

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
}

extension ProgramTables {
    func command(_ id: String) throws(Problem) -> KnownCommand? {
        try first(
            "SELECT id, actor, content, recorded_at, refused, answer FROM loyalty_commands WHERE workspace = ? AND id = ?",
            values(.text(id)), Self.command)
    }

    static func command(_ reader: inout RowReader) throws(Problem) -> KnownCommand {
        let (id, actor, content) = (try reader.text(), try reader.text(), try reader.text())
        let (recordedAt, isRefused, answer) = (try reader.instant(), try reader.flag(), try reader.text())
        return KnownCommand(
            id: id, actor: actor, content: content, recordedAt: recordedAt,
            answer: ProgramAnswer(body: try JSONParser.parse(Array(answer.utf8)), isRefused: isRefused))
    }

    func insert(_ commands: [KnownCommand]) throws(Problem) {
        for command in commands {
            try connection.execute(
                """
                INSERT INTO loyalty_commands (workspace, id, actor, content, recorded_at, refused, answer)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                values(
                    .text(command.id), .text(command.actor), .text(command.content), .instant(command.recordedAt),
                    .flag(command.answer.isRefused), .text(command.answer.body.text)))
        }
        try insertMentions(of: commands)
    }
}
