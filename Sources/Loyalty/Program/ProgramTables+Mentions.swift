import Model
import Records

extension ProgramTables {
    /// Notes what commands name, so that they are found by it.
    func insertMentions(of commands: [KnownCommand]) throws(Problem) {
        let rows = commands.flatMap { command in
            CommandMentions.names(in: command.content, command.answer.body.text).filter { $0 != command.id }.sorted().map { name in
                values(.text(CommandMentions.stored(name)), .text(command.id))
            }
        }
        try connection.execute("INSERT INTO loyalty_mentions (workspace, name, command) VALUES (?, ?, ?)", each: rows)
    }

    /// The newest commands that name something, or have it as their id.
    func commands(naming name: String, limit: Int) throws(Problem) -> [KnownCommand] {
        try list(ProgramTables.commandsNaming, namingValues(name, limit), ProgramTables.command)
    }

    static let commandsNaming = """
        SELECT id, actor, content, recorded_at, refused, answer FROM loyalty_commands WHERE workspace = ? AND id IN
            (SELECT command FROM loyalty_mentions WHERE workspace = ? AND name = ? UNION SELECT CAST(? AS TEXT))
        ORDER BY recorded_at DESC, id DESC LIMIT ?
        """

    func namingValues(_ name: String, _ limit: Int) -> [SQLValue] {
        values(.text(workspace.text), .text(CommandMentions.stored(name)), .text(name), .count(limit))
    }
}
