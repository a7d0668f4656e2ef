extension Schema {
    /// Who asks and who decides are told apart by who is behind their keys.
    static let keyMakers = Migration(
        version: 36, name: "who made a key",
        statements: [
            "ALTER TABLE keys ADD COLUMN created_by TEXT",
            """
            UPDATE keys SET created_by = made.actor
            FROM (SELECT scope, target, actor FROM audit_chain WHERE is_reading = 0 AND action = 'key.created') AS made
            WHERE made.scope = keys.workspace AND made.target = keys.id
            """,
            // The first keys come with a source or with the workspace itself.
            """
            UPDATE keys SET created_by = made.actor
            FROM (SELECT scope, target, actor FROM audit_chain WHERE is_reading = 0 AND action = 'source.created') AS made
            WHERE keys.created_by IS NULL AND made.scope = keys.workspace AND made.target = keys.source
            """,
            """
            UPDATE keys SET created_by = made.actor
            FROM (SELECT scope, actor FROM audit_chain WHERE is_reading = 0 AND action = 'workspace.created') AS made
            WHERE keys.created_by IS NULL AND made.scope = keys.workspace
            """,
        ])
}
