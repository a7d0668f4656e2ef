public import Model

/// One step of the records' form; forward only, never edited once released.
struct Migration: Sendable {
    let version: Int64
    let name: String
    let statements: [String]
    /// What SQL alone cannot do, after the statements and in their transaction.
    var finish: (@Sendable (any SQLConnection) throws(Problem) -> Void)?
}

/// The tables, in SQL that SQLite and PostgreSQL share.
///
/// Keys begin with the workspace, so that what belongs to one workspace lies together. Flags are 0 and 1, instants microseconds,
/// digests hexadecimal text.
enum Schema {
    static let migrations = [
        first, second, third, fourth, fifth, sixth, seventh, eighth, ninth, tenth, eleventh, benefits, thirteenth, fourteenth,
        fifteenth, openings, dormancies, offers, finance, plans, orderCoupons, couponReminders, couponOrders, mergedIdentities,
        mentions, limits, benefitViewers, lists, awards, productBlocks, pointReversals, keyedTables,
        earningSplits, followingCursors, latestEntries, keyMakers, limitSlices, limitDays, returnedParts,
    ]

    /// The version that this program writes.
    static var newestVersion: Int64 { migrations.last?.version ?? 0 }

    private static let first = Migration(
        version: 1, name: "workspaces, sources, keys, members, sessions, rejections, audit",
        statements: [
            """
            CREATE TABLE workspaces (
                id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, timezone TEXT NOT NULL, currency TEXT NOT NULL,
                language TEXT NOT NULL, region TEXT NOT NULL, created_at BIGINT NOT NULL)
            """,
            """
            CREATE TABLE sources (
                workspace TEXT NOT NULL REFERENCES workspaces (id), id TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
                trusted SMALLINT NOT NULL, stores_ip SMALLINT NOT NULL, history SMALLINT NOT NULL, suppressed SMALLINT NOT NULL,
                event_bytes BIGINT NOT NULL, body_bytes BIGINT NOT NULL, batch_events BIGINT NOT NULL, nesting BIGINT NOT NULL,
                keys BIGINT NOT NULL, message_id_characters BIGINT NOT NULL, id_bytes BIGINT NOT NULL, name_bytes BIGINT NOT NULL,
                trait_bytes BIGINT NOT NULL, requests_per_second BIGINT, created_at BIGINT NOT NULL, PRIMARY KEY (workspace, id))
            """,
            """
            CREATE TABLE keys (
                workspace TEXT NOT NULL REFERENCES workspaces (id), id TEXT NOT NULL, source TEXT, name TEXT NOT NULL,
                digest TEXT NOT NULL, shown_prefix TEXT NOT NULL, scopes TEXT NOT NULL, created_at BIGINT NOT NULL,
                last_used_at BIGINT, revoked_at BIGINT, PRIMARY KEY (workspace, id),
                FOREIGN KEY (workspace, source) REFERENCES sources (workspace, id))
            """,
            "CREATE UNIQUE INDEX keys_by_digest ON keys (digest)",
            """
            CREATE TABLE members (
                id TEXT NOT NULL PRIMARY KEY, email TEXT NOT NULL, name TEXT NOT NULL, language TEXT, password_hash TEXT NOT NULL,
                created_at BIGINT NOT NULL)
            """,
            "CREATE UNIQUE INDEX members_by_email ON members (email)",
            """
            CREATE TABLE memberships (
                workspace TEXT NOT NULL REFERENCES workspaces (id), member TEXT NOT NULL REFERENCES members (id),
                role TEXT NOT NULL, PRIMARY KEY (workspace, member))
            """,
            "CREATE INDEX memberships_by_member ON memberships (member)",
            """
            CREATE TABLE sessions (
                digest TEXT NOT NULL PRIMARY KEY, member TEXT NOT NULL REFERENCES members (id), created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL)
            """,
            "CREATE INDEX sessions_by_member ON sessions (member)",
            """
            CREATE TABLE throttles (
                subject TEXT NOT NULL PRIMARY KEY, failures BIGINT NOT NULL, last_failure_at BIGINT NOT NULL,
                blocked_until BIGINT NOT NULL)
            """,
            "CREATE TABLE secrets (name TEXT NOT NULL PRIMARY KEY, bytes TEXT NOT NULL)",
            """
            CREATE TABLE rejections (
                workspace TEXT NOT NULL REFERENCES workspaces (id), source TEXT NOT NULL, fingerprint TEXT NOT NULL,
                code TEXT NOT NULL, reason TEXT NOT NULL, pointer TEXT, message_id TEXT, payload TEXT, times BIGINT NOT NULL,
                first_at BIGINT NOT NULL, last_at BIGINT NOT NULL, PRIMARY KEY (workspace, source, fingerprint))
            """,
            "CREATE INDEX rejections_by_time ON rejections (workspace, source, last_at, fingerprint)",
            """
            CREATE TABLE audit (
                id TEXT NOT NULL PRIMARY KEY, workspace TEXT REFERENCES workspaces (id), at BIGINT NOT NULL, actor TEXT NOT NULL,
                action TEXT NOT NULL, target TEXT NOT NULL, detail TEXT NOT NULL)
            """,
            "CREATE INDEX audit_by_time ON audit (workspace, at, id)",
            """
            CREATE TABLE answers (
                scope TEXT NOT NULL, digest TEXT NOT NULL, request TEXT NOT NULL, status BIGINT NOT NULL, body TEXT NOT NULL,
                created_at BIGINT NOT NULL, PRIMARY KEY (scope, digest))
            """,
            "CREATE INDEX answers_by_time ON answers (created_at)",
        ])

    private static let second = Migration(
        version: 2, name: "boards, cards, starter boards",
        statements: [
            """
            CREATE TABLE boards (
                workspace TEXT NOT NULL REFERENCES workspaces (id), id TEXT NOT NULL, name TEXT NOT NULL, created_at BIGINT NOT NULL,
                PRIMARY KEY (workspace, id))
            """,
            "CREATE UNIQUE INDEX boards_by_name ON boards (workspace, name)",
            """
            CREATE TABLE cards (
                workspace TEXT NOT NULL, board TEXT NOT NULL, id TEXT NOT NULL, title TEXT NOT NULL, question TEXT NOT NULL,
                page TEXT NOT NULL, position BIGINT NOT NULL, created_at BIGINT NOT NULL, PRIMARY KEY (workspace, board, id),
                FOREIGN KEY (workspace, board) REFERENCES boards (workspace, id))
            """,
            """
            CREATE TABLE starter_boards (
                workspace TEXT NOT NULL PRIMARY KEY REFERENCES workspaces (id), board TEXT NOT NULL, created_at BIGINT NOT NULL)
            """,
        ])

    /// Who was joined or taken apart is told from then on by persons' ids, which erasures leave alone.
    private static let third = Migration(
        version: 3, name: "erased and suppressed identities, retention",
        statements: [
            """
            CREATE TABLE suppressions (
                workspace TEXT NOT NULL REFERENCES workspaces (id), digest TEXT NOT NULL, hint BIGINT NOT NULL, kind TEXT NOT NULL,
                created_at BIGINT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (workspace, digest))
            """,
            """
            CREATE TABLE retention (
                workspace TEXT NOT NULL REFERENCES workspaces (id), event TEXT NOT NULL, purpose TEXT NOT NULL, days BIGINT NOT NULL,
                PRIMARY KEY (workspace, event, purpose))
            """,
            """
            CREATE TABLE retention_counts (
                workspace TEXT NOT NULL REFERENCES workspaces (id), event TEXT NOT NULL, deleted BIGINT NOT NULL,
                last_at BIGINT NOT NULL, PRIMARY KEY (workspace, event))
            """,
            "UPDATE audit SET detail = '' WHERE action IN ('people.merged', 'people.unmerged')",
        ])

    private static let fourth = Migration(
        version: 4, name: "purposes and their texts",
        statements: [
            """
            CREATE TABLE purposes (
                workspace TEXT NOT NULL REFERENCES workspaces (id), name TEXT NOT NULL, legal_basis TEXT NOT NULL,
                created_at BIGINT NOT NULL, PRIMARY KEY (workspace, name))
            """,
            """
            CREATE TABLE purpose_texts (
                workspace TEXT NOT NULL, purpose TEXT NOT NULL, version BIGINT NOT NULL, text TEXT NOT NULL,
                created_at BIGINT NOT NULL, PRIMARY KEY (workspace, purpose, version),
                FOREIGN KEY (workspace, purpose) REFERENCES purposes (workspace, name))
            """,
        ])

    private static let fifth = Migration(
        version: 5, name: "the audit as a chain",
        statements: [
            """
            CREATE TABLE audit_chain (
                scope TEXT NOT NULL, number BIGINT NOT NULL, at BIGINT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
                is_reading SMALLINT NOT NULL, target TEXT NOT NULL, detail TEXT NOT NULL, people TEXT NOT NULL, reason TEXT,
                hash TEXT NOT NULL, PRIMARY KEY (scope, number))
            """,
            "CREATE INDEX audit_chain_by_actor ON audit_chain (scope, actor, number)",
            "CREATE INDEX audit_chain_by_kind ON audit_chain (scope, is_reading, number)",
            """
            CREATE TABLE audit_people (
                scope TEXT NOT NULL, person TEXT NOT NULL, number BIGINT NOT NULL, PRIMARY KEY (scope, person, number))
            """,
            "CREATE TABLE audit_heads (scope TEXT NOT NULL PRIMARY KEY, number BIGINT NOT NULL, hash TEXT NOT NULL)",
        ], finish: AuditChain.takeOver(on:))

    private static let sixth = Migration(
        version: 6, name: "product codes: batches, registrations, cases, calls to send",
        statements: [
            """
            CREATE TABLE product_batches (
                workspace TEXT NOT NULL REFERENCES workspaces (id), id TEXT NOT NULL, number BIGINT NOT NULL, name TEXT NOT NULL,
                product TEXT NOT NULL, reseller_type TEXT, reseller TEXT, order_id TEXT, warranty_months BIGINT,
                codes BIGINT NOT NULL, registered BIGINT NOT NULL, created_at BIGINT NOT NULL, PRIMARY KEY (workspace, id))
            """,
            "CREATE UNIQUE INDEX product_batches_by_number ON product_batches (workspace, number)",
            """
            CREATE TABLE product_registrations (
                workspace TEXT NOT NULL REFERENCES workspaces (id), batch BIGINT NOT NULL, serial BIGINT NOT NULL, who_type TEXT,
                who TEXT, times BIGINT NOT NULL, registered_at BIGINT NOT NULL, warranty_until TEXT,
                PRIMARY KEY (workspace, batch, serial))
            """,
            "CREATE INDEX product_registrations_by_who ON product_registrations (workspace, who, who_type, batch)",
            """
            CREATE TABLE product_cases (
                workspace TEXT NOT NULL REFERENCES workspaces (id), id TEXT NOT NULL, batch BIGINT NOT NULL, serial BIGINT NOT NULL,
                holder_type TEXT NOT NULL, holder TEXT NOT NULL, opened_at BIGINT NOT NULL, resolution TEXT, moved_to_type TEXT,
                moved_to TEXT, resolved_by TEXT, resolved_at BIGINT, reason TEXT, PRIMARY KEY (workspace, id))
            """,
            "CREATE INDEX product_cases_by_time ON product_cases (workspace, opened_at, id)",
            "CREATE INDEX product_cases_by_code ON product_cases (workspace, batch, serial)",
            """
            CREATE UNIQUE INDEX open_product_cases ON product_cases (workspace, batch, serial) WHERE resolution IS NULL
            """,
            """
            CREATE TABLE product_claims (
                workspace TEXT NOT NULL, product_case TEXT NOT NULL, who_type TEXT NOT NULL, who TEXT NOT NULL,
                claimed_at BIGINT NOT NULL, times BIGINT NOT NULL, PRIMARY KEY (workspace, product_case, who_type, who),
                FOREIGN KEY (workspace, product_case) REFERENCES product_cases (workspace, id))
            """,
            """
            CREATE TABLE product_calls (
                workspace TEXT NOT NULL REFERENCES workspaces (id), id TEXT NOT NULL, source TEXT NOT NULL, lines TEXT NOT NULL,
                created_at BIGINT NOT NULL, PRIMARY KEY (workspace, id))
            """,
        ])

    private static let seventh = Migration(
        version: 7, name: "stages and identity settings of workspaces",
        statements: [
            "ALTER TABLE workspaces ADD COLUMN stages TEXT", "ALTER TABLE workspaces ADD COLUMN identity_settings TEXT",
        ])

    private static let eighth = Migration(
        version: 8, name: "computed traits, forms",
        statements: [
            """
            CREATE TABLE computed_traits (
                workspace TEXT NOT NULL REFERENCES workspaces (id), key TEXT NOT NULL, rule TEXT NOT NULL,
                created_at BIGINT NOT NULL, PRIMARY KEY (workspace, key))
            """,
            """
            CREATE TABLE forms (
                workspace TEXT NOT NULL REFERENCES workspaces (id), id TEXT NOT NULL, name TEXT NOT NULL, created_at BIGINT NOT NULL,
                PRIMARY KEY (workspace, id))
            """,
            "CREATE UNIQUE INDEX forms_by_name ON forms (workspace, name)",
            """
            CREATE TABLE form_steps (
                workspace TEXT NOT NULL, form TEXT NOT NULL, position BIGINT NOT NULL, name TEXT NOT NULL, traits TEXT NOT NULL,
                PRIMARY KEY (workspace, form, position), FOREIGN KEY (workspace, form) REFERENCES forms (workspace, id))
            """,
        ])

    private static let ninth = Migration(
        version: 9, name: "erasures under way, reasons of the audit that can be erased",
        statements: [
            """
            CREATE TABLE erasures (
                workspace TEXT NOT NULL REFERENCES workspaces (id), id TEXT NOT NULL, person TEXT, actor TEXT NOT NULL,
                suppresses SMALLINT NOT NULL, reason TEXT NOT NULL, started_at BIGINT NOT NULL, done SMALLINT NOT NULL,
                PRIMARY KEY (workspace, id))
            """,
            """
            CREATE TABLE erasure_traces (
                workspace TEXT NOT NULL, erasure TEXT NOT NULL, kind TEXT NOT NULL, type TEXT NOT NULL, value TEXT NOT NULL,
                PRIMARY KEY (workspace, erasure, kind, type, value),
                FOREIGN KEY (workspace, erasure) REFERENCES erasures (workspace, id))
            """,
            """
            CREATE TABLE audit_reasons (
                scope TEXT NOT NULL, number BIGINT NOT NULL, salt TEXT, digest TEXT NOT NULL, PRIMARY KEY (scope, number))
            """,
        ])

    private static let tenth = Migration(
        version: 10, name: "the program: members, commands, points",
        statements: [
            """
            CREATE TABLE loyalty_programs (
                workspace TEXT NOT NULL REFERENCES workspaces (id), version BIGINT NOT NULL, settings TEXT NOT NULL,
                actor TEXT NOT NULL, created_at BIGINT NOT NULL, PRIMARY KEY (workspace, version))
            """,
            """
            CREATE TABLE loyalty_members (
                workspace TEXT NOT NULL REFERENCES workspaces (id), member BIGINT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL,
                merged_into BIGINT, enrolled_at BIGINT NOT NULL, PRIMARY KEY (workspace, member))
            """,
            """
            CREATE TABLE loyalty_identities (
                workspace TEXT NOT NULL, type TEXT NOT NULL, value TEXT NOT NULL, member BIGINT NOT NULL,
                PRIMARY KEY (workspace, type, value), FOREIGN KEY (workspace, member) REFERENCES loyalty_members (workspace, member))
            """,
            "CREATE INDEX loyalty_identities_by_member ON loyalty_identities (workspace, member)",
            """
            CREATE TABLE loyalty_commands (
                workspace TEXT NOT NULL, id TEXT NOT NULL, actor TEXT NOT NULL, content TEXT NOT NULL, recorded_at BIGINT NOT NULL,
                refused SMALLINT NOT NULL, answer TEXT NOT NULL, PRIMARY KEY (workspace, id))
            """,
            """
            CREATE TABLE point_books (
                workspace TEXT NOT NULL, member BIGINT NOT NULL, currency TEXT NOT NULL, available BIGINT NOT NULL,
                pending BIGINT NOT NULL, held BIGINT NOT NULL, debt BIGINT NOT NULL, received BIGINT NOT NULL,
                last_number BIGINT NOT NULL, entries BIGINT NOT NULL, hash TEXT NOT NULL, recorded_at BIGINT NOT NULL,
                due_at BIGINT, PRIMARY KEY (workspace, member, currency))
            """,
            "CREATE INDEX point_books_by_due ON point_books (workspace, due_at) WHERE due_at IS NOT NULL",
            """
            CREATE TABLE point_lots (
                workspace TEXT NOT NULL, member BIGINT NOT NULL, currency TEXT NOT NULL, number BIGINT NOT NULL,
                parent_member BIGINT, parent_number BIGINT, hop BIGINT NOT NULL, source TEXT NOT NULL, line TEXT NOT NULL,
                rule TEXT NOT NULL, original BIGINT NOT NULL, earned_at BIGINT NOT NULL, vintage BIGINT NOT NULL,
                activation TEXT NOT NULL, activates_at BIGINT, expires_at BIGINT, funded_by TEXT, value_minor BIGINT NOT NULL,
                value_points BIGINT NOT NULL, transferable SMALLINT NOT NULL, colours TEXT NOT NULL, frozen SMALLINT NOT NULL,
                remaining BIGINT NOT NULL, held BIGINT NOT NULL, spent BIGINT NOT NULL, expired BIGINT NOT NULL,
                revoked BIGINT NOT NULL, moved BIGINT NOT NULL, donated BIGINT NOT NULL, repaid BIGINT NOT NULL,
                reinstated BIGINT NOT NULL, closed SMALLINT NOT NULL, PRIMARY KEY (workspace, member, currency, number))
            """,
            "CREATE INDEX point_lots_open ON point_lots (workspace, member, currency) WHERE closed = 0",
            """
            CREATE TABLE point_holds (
                workspace TEXT NOT NULL, member BIGINT NOT NULL, currency TEXT NOT NULL, number BIGINT NOT NULL, parts TEXT NOT NULL,
                until BIGINT NOT NULL, ending TEXT, captured BIGINT NOT NULL, PRIMARY KEY (workspace, member, currency, number))
            """,
            "CREATE INDEX point_holds_open ON point_holds (workspace, member, currency) WHERE ending IS NULL",
            """
            CREATE TABLE point_spendings (
                workspace TEXT NOT NULL, member BIGINT NOT NULL, currency TEXT NOT NULL, number BIGINT NOT NULL, parts TEXT NOT NULL,
                returned BIGINT NOT NULL, PRIMARY KEY (workspace, member, currency, number))
            """,
            """
            CREATE TABLE point_earnings (
                workspace TEXT NOT NULL, currency TEXT NOT NULL, source TEXT NOT NULL, line TEXT NOT NULL, rule TEXT NOT NULL,
                member BIGINT NOT NULL, number BIGINT NOT NULL, amount BIGINT NOT NULL, units BIGINT NOT NULL,
                returned_units BIGINT NOT NULL, disputed BIGINT NOT NULL, PRIMARY KEY (workspace, currency, source, line, rule))
            """,
            """
            CREATE TABLE point_entries (
                workspace TEXT NOT NULL, member BIGINT NOT NULL, currency TEXT NOT NULL, position BIGINT NOT NULL,
                command TEXT NOT NULL, kind TEXT NOT NULL, effective_at BIGINT NOT NULL, recorded_at BIGINT NOT NULL, lot BIGINT,
                vintage BIGINT NOT NULL, funded_by TEXT, source_account TEXT NOT NULL, target_account TEXT NOT NULL,
                amount BIGINT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (workspace, member, currency, position))
            """,
            "CREATE INDEX point_entries_by_time ON point_entries (workspace, currency, effective_at)",
        ])

    private static let fourteenth = Migration(
        version: 14, name: "points: adjustments and closed months",
        statements: [
            """
            CREATE TABLE point_adjustments (
                workspace TEXT NOT NULL, id TEXT NOT NULL, member BIGINT NOT NULL, currency TEXT NOT NULL, amount BIGINT NOT NULL,
                reason TEXT NOT NULL, note TEXT NOT NULL, corrects TEXT, asked_by TEXT NOT NULL, asked_at BIGINT NOT NULL,
                decided_by TEXT, decided_at BIGINT, approved SMALLINT, PRIMARY KEY (workspace, id))
            """,
            "CREATE INDEX point_adjustments_open ON point_adjustments (workspace, asked_at) WHERE decided_at IS NULL",
            """
            CREATE TABLE point_periods (
                workspace TEXT NOT NULL, currency TEXT NOT NULL, month TEXT NOT NULL, start_at BIGINT NOT NULL, end_at BIGINT NOT NULL,
                report TEXT NOT NULL, digest TEXT NOT NULL, actor TEXT NOT NULL, closed_at BIGINT NOT NULL,
                PRIMARY KEY (workspace, currency, month))
            """,
        ])
}

extension Schema {
    /// Brings the records to ``newestVersion``, one transaction a step.
    ///
    /// - Throws: ``Problem`` with code `newer_data` when a later program has written them.
    static func migrate(_ engine: some SQLEngine, at now: Instant, migrations: [Migration] = migrations) async throws(Problem) {
        // Another program may take steps meanwhile: each looks anew which one is next.
        while try await engine.writeForm({ connection throws(Problem) in
            try takeNextStep(of: migrations, at: now, on: connection)
        }) {}
    }

    /// Takes one step; false when there is none to take.
    private static func takeNextStep(
        of migrations: [Migration], at now: Instant, on connection: any SQLConnection
    ) throws(Problem) -> Bool {
        let current = try version(on: connection)
        let newest = migrations.last?.version ?? 0
        guard current <= newest else {
            throw Problem(
                .newerData,
                "The records were written by a newer Teahouse (version \(current) of their form; this program knows \(newest)). Start that program, or restore an older backup.",
                status: 500)
        }
        guard let migration = migrations.first(where: { $0.version > current }) else { return false }
        for statement in migration.statements { try connection.execute(statement, []) }
        try migration.finish?(connection)
        try connection.execute(
            "INSERT INTO schema_steps (version, name, applied_at) VALUES (?, ?, ?)",
            [.integer(migration.version), .text(migration.name), .instant(now)])
        return migration.version < newest
    }

    private static func version(on connection: any SQLConnection) throws(Problem) -> Int64 {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS schema_steps (
                version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)
            """, [])
        guard let row = try connection.row("SELECT COALESCE(MAX(version), 0) FROM schema_steps") else { return 0 }
        var reader = RowReader(row)
        return try reader.integer()
    }
}

extension Problem.Code {
    /// The data folder was written by a later program.
    public static let newerData = Problem.Code("newer_data")
    /// Something of that name or address is there already.
    public static let exists = Problem.Code("exists")
    /// The change would leave a workspace without an owner.
    public static let lastOwner = Problem.Code("last_owner")
    /// The first owner has been made already.
    public static let ownerExists = Problem.Code("owner_exists")
    /// The workspace has a board of that name.
    public static let boardExists = Problem.Code("board_exists")
    /// The workspace's starter board has been made already; it may have been deleted since.
    public static let starterExists = Problem.Code("starter_exists")
    /// Another member signs in with this e-mail.
    public static let emailTaken = Problem.Code("email_taken")
    /// The connection to the records' server broke while a change was being committed: it may have been, or not.
    ///
    /// Who asks for something that may be carried out twice asks again.
    public static let connectionLost = Problem.Code("connection_lost")
    /// The records' server cannot be reached.
    public static let unavailable = Problem.Code("unavailable")
}
