import Model

extension Schema {
    /// Which commands of the program name an order, a source or a code.
    static let mentions = Migration(
        version: 25, name: "what commands of the program name",
        statements: [
            """
            CREATE TABLE loyalty_mentions (
                workspace TEXT NOT NULL, name TEXT NOT NULL, command TEXT NOT NULL, PRIMARY KEY (workspace, name, command))
            """
        ], finish: fillMentions)

    private static let commandsPerPage: Int64 = 2_000

    private static func fillMentions(on connection: any SQLConnection) throws(Problem) {
        var (workspace, last) = ("", "")
        while true {
            let rows = try connection.rows(
                """
                SELECT workspace, id, content, answer FROM loyalty_commands WHERE workspace > ? OR (workspace = ? AND id > ?)
                ORDER BY workspace, id LIMIT ?
                """, [.text(workspace), .text(workspace), .text(last), .integer(commandsPerPage)])
            if rows.isEmpty { return }
            var mentions: [[SQLValue]] = []
            for row in rows {
                var reader = RowReader(row)
                (workspace, last) = (try reader.text(), try reader.text())
                let command = last
                mentions += CommandMentions.names(in: try reader.text(), try reader.text()).filter { $0 != command }.sorted().map {
                    [.text(workspace), .text(CommandMentions.stored($0)), .text(command)]
                }
            }
            try connection.execute("INSERT INTO loyalty_mentions (workspace, name, command) VALUES (?, ?, ?)", each: mentions)
        }
    }
}
