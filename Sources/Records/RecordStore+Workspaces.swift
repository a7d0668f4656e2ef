public import Model

extension RecordStore {
    /// All workspaces, oldest first.
    public func workspaces() async throws(Problem) -> [Workspace] {
        try await list(
            """
            SELECT id, name, timezone, currency, language, region, stages, identity_settings, created_at
            FROM workspaces ORDER BY created_at, id
            """, []
        ) { reader throws(Problem) in
            Workspace(
                id: try reader.id(), name: try reader.text(), timezone: try reader.text(),
                currency: try reader.word { Currency(code: $0) }, language: try reader.word { Language(rawValue: $0) },
                region: try reader.text(), stages: try reader.optionalText(), identitySettings: try reader.optionalText(),
                createdAt: try reader.instant())
        }
    }

    /// The sources of every workspace, oldest first.
    public func sources() async throws(Problem) -> [Source] {
        try await list(
            """
            SELECT workspace, id, name, kind, trusted, stores_ip, history, suppressed, event_bytes, body_bytes, batch_events, nesting,
                keys, message_id_characters, id_bytes, name_bytes, trait_bytes, requests_per_second, created_at
            FROM sources ORDER BY created_at, id
            """, []
        ) { reader throws(Problem) in
            let (workspace, id) = (try reader.id(WorkspaceID.self), try reader.id(SourceID.self))
            let (name, kind) = (try reader.text(), try reader.word { SourceKind(rawValue: $0) })
            let (isTrusted, storesIP) = (try reader.flag(), try reader.flag())
            let (allowsHistory, isSuppressed) = (try reader.flag(), try reader.flag())
            let limits = try RecordStore.limits(&reader)
            return Source(
                id: id, workspace: workspace, name: name, kind: kind, isTrusted: isTrusted, storesIP: storesIP,
                allowsHistory: allowsHistory, isSuppressed: isSuppressed, limits: limits, createdAt: try reader.instant())
        }
    }

    /// The keys of every workspace, revoked ones too, oldest first.
    public func keys() async throws(Problem) -> [Key] {
        try await list(
            """
            SELECT workspace, id, source, name, digest, shown_prefix, scopes, created_at, created_by, last_used_at, revoked_at
            FROM keys ORDER BY created_at, id
            """, []
        ) { reader throws(Problem) in
            let (workspace, id) = (try reader.id(WorkspaceID.self), try reader.id(KeyID.self))
            let source = try reader.optionalText().flatMap { SourceID(validating: $0) }
            return Key(
                id: id, workspace: workspace, kind: source.map { .write($0) } ?? .api, name: try reader.text(),
                digest: try reader.digest(), shownPrefix: try reader.text(),
                scopes: Set(try reader.text().split(separator: " ").compactMap { KeyScope(rawValue: String($0)) }),
                createdAt: try reader.instant(), createdBy: try reader.optionalText().flatMap { Actor(text: $0) },
                lastUsedAt: try reader.optionalInstant(), revokedAt: try reader.optionalInstant())
        }
    }

    /// The newest entries of one workspace (nil: those of none), newest first.
    public func audit(workspace: WorkspaceID?, limit: Int) async throws(Problem) -> [AuditEntry] {
        try await audit(workspace: workspace, AuditQuery(), limit: limit).map(\.entry)
    }

    private static func limits(_ reader: inout RowReader) throws(Problem) -> SourceLimits {
        var limits = SourceLimits()
        limits.eventBytes = try reader.count()
        limits.bodyBytes = try reader.count()
        limits.batchEvents = try reader.count()
        limits.nesting = try reader.count()
        limits.keys = try reader.count()
        limits.messageIDCharacters = try reader.count()
        limits.idBytes = try reader.count()
        limits.nameBytes = try reader.count()
        limits.traitBytes = try reader.count()
        limits.requestsPerSecond = try reader.optionalCount()
        return limits
    }
}

// MARK: - Writing

extension RecordStore {
    static func insert(_ workspace: Workspace, on connection: any SQLConnection) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO workspaces (name, timezone, currency, language, region, stages, identity_settings, created_at, id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, settings(of: workspace) + [.instant(workspace.createdAt), .text(workspace.id.text)])
    }

    static func update(_ workspace: Workspace, on connection: any SQLConnection) throws(Problem) {
        try found(
            "workspace", workspace.id,
            connection.execute(
                """
                UPDATE workspaces SET name = ?, timezone = ?, currency = ?, language = ?, region = ?, stages = ?,
                    identity_settings = ?
                WHERE id = ?
                """, settings(of: workspace) + [.text(workspace.id.text)]))
    }

    private static func settings(of workspace: Workspace) -> [SQLValue] {
        [
            .text(workspace.name), .text(workspace.timezone), .text(workspace.currency.code), .text(workspace.language.rawValue),
            .text(workspace.region), .optional(workspace.stages), .optional(workspace.identitySettings),
        ]
    }

    static func insert(_ source: Source, on connection: any SQLConnection) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO sources (name, kind, trusted, stores_ip, history, suppressed, event_bytes, body_bytes, batch_events, nesting,
                keys, message_id_characters, id_bytes, name_bytes, trait_bytes, requests_per_second, created_at, workspace, id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            settings(of: source) + [.instant(source.createdAt), .text(source.workspace.text), .text(source.id.text)])
    }

    static func update(_ source: Source, on connection: any SQLConnection) throws(Problem) {
        try found(
            "source", source.id,
            connection.execute(
                """
                UPDATE sources SET name = ?, kind = ?, trusted = ?, stores_ip = ?, history = ?, suppressed = ?, event_bytes = ?,
                    body_bytes = ?, batch_events = ?, nesting = ?, keys = ?, message_id_characters = ?, id_bytes = ?, name_bytes = ?,
                    trait_bytes = ?, requests_per_second = ?
                WHERE workspace = ? AND id = ?
                """,
                settings(of: source) + [.text(source.workspace.text), .text(source.id.text)]))
    }

    private static func settings(of source: Source) -> [SQLValue] {
        [
            .text(source.name), .text(source.kind.rawValue), .flag(source.isTrusted), .flag(source.storesIP),
            .flag(source.allowsHistory), .flag(source.isSuppressed), .count(source.limits.eventBytes),
            .count(source.limits.bodyBytes),
            .count(source.limits.batchEvents), .count(source.limits.nesting), .count(source.limits.keys),
            .count(source.limits.messageIDCharacters), .count(source.limits.idBytes), .count(source.limits.nameBytes),
            .count(source.limits.traitBytes), source.limits.requestsPerSecond.map { .count($0) } ?? .null,
        ]
    }

    static func insert(_ key: Key, on connection: any SQLConnection) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO keys
                (workspace, id, source, name, digest, shown_prefix, scopes, created_at, created_by, last_used_at, revoked_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(key.workspace.text), .text(key.id.text), .optional(key.kind.source?.text), .text(key.name),
                .text(key.digest.hex), .text(key.shownPrefix), .text(key.scopes.sorted().map(\.rawValue).joined(separator: " ")),
                .instant(key.createdAt), .optional(key.createdBy?.text), .optional(key.lastUsedAt), .optional(key.revokedAt),
            ])
    }
}
