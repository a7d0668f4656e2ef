import Model
import Records

extension ProgramTables {
    /// Notes what commands name, so that they are found by it.
    func putMentions(of command: KnownCommand, into rows: inout some RowSink) {
        let names = command.mentions ?? CommandMentions.names(in: command.content, command.answer.body.text)
        for name in names.sorted() where name != command.id && !name.isEmpty {
            rows.put(PointRows.mention) { row in
                row.add(workspace.text)
                row.add(CommandMentions.stored(name))
                row.add(command.id)
            }
        }
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
