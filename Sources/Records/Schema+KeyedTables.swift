import Model

extension Schema {
    /// Tables whose short rows are looked for by their key alone: one search finds the row, where there were two.
    static let keyedTables = Migration(
        version: 32, name: "rows of members and books by their keys", statements: [],
        finish: { connection throws(Problem) in
            try connection.orderByKey([
                "loyalty_members", "loyalty_identities", "point_books", "point_lots", "point_earnings", "program_facts",
            ])
        })
}
