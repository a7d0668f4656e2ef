extension Schema {
    /// For the list of what was booked last, whoever it happened to: it is read from its end.
    static let latestEntries = Migration(
        version: 35, name: "index of the latest entries of points",
        statements: [
            "CREATE INDEX point_entries_by_booking ON point_entries (workspace, currency, recorded_at, member, position)"
        ])
}
