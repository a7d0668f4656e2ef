public import Model

extension RecordStore {
    /// The most batches of one workspace: their numbers have 15 bits in a code.
    public static let productBatchesMax = 32_767

    /// The batches of one workspace, newest first.
    public func productBatches(of workspace: WorkspaceID) async throws(Problem) -> [ProductBatch] {
        try await list(
            """
            SELECT id, number, name, product, reseller_type, reseller, order_id, warranty_months, codes, registered, created_at
            FROM product_batches WHERE workspace = ? ORDER BY number DESC
            """, [.text(workspace.text)]
        ) { reader throws(Problem) in
            ProductBatch(
                id: try reader.id(), workspace: workspace, number: try reader.count(), name: try reader.text(),
                product: try reader.text(), reseller: try reader.optionalIdentity(), orderID: try reader.optionalText(),
                warrantyMonths: try reader.optionalCount(), count: try reader.count(), registeredCount: try reader.count(),
                createdAt: try reader.instant())
        }
    }

    /// What is known of some codes, people and throttled subjects, in one look.
    public func productState(
        of workspace: WorkspaceID, places: Set<ProductPlace>, people: Set<Identity> = [], subjects: Set<String> = []
    ) async throws(Problem) -> ProductState {
        try await engine.read { connection throws(Problem) in
            var state = ProductState()
            for place in places {
                state.registrations[place] = try RecordStore.registration(of: place, workspace, on: connection)
                let open = try RecordStore.cases(
                    where: "batch = ? AND serial = ? AND resolution IS NULL", [.count(place.batch), .count(place.serial)],
                    workspace, on: connection)
                state.openCases[place] = open.first
                state.blocks[place] = try RecordStore.block(of: place, workspace, on: connection)
            }
            for who in people { state.holdings[who] = try RecordStore.holdings(of: who, workspace, on: connection) }
            for subject in subjects { state.throttles[subject] = try RecordStore.throttle(subject, on: connection) }
            return state
        }
    }

    /// The cases of one code, newest first.
    public func productCases(of place: ProductPlace, in workspace: WorkspaceID) async throws(Problem) -> [ProductCase] {
        try await engine.read { connection throws(Problem) in
            try RecordStore.cases(
                where: "batch = ? AND serial = ?", [.count(place.batch), .count(place.serial)], workspace, on: connection)
        }
    }

    /// One case.
    public func productCase(_ id: ProductCaseID, in workspace: WorkspaceID) async throws(Problem) -> ProductCase? {
        try await engine.read { connection throws(Problem) in
            try RecordStore.cases(where: "id = ?", [.text(id.text)], workspace, on: connection).first
        }
    }

    /// Cases, those opened last at the head; the open ones, the closed ones, or all.
    public func productCases(
        of workspace: WorkspaceID, _ state: ProductCaseState?, after cursor: ProductCaseCursor? = nil, limit: Int
    ) async throws(Problem) -> [ProductCase] {
        var condition =
            switch state {
            case .open: "resolution IS NULL"
            case .closed: "resolution IS NOT NULL"
            case nil: "1 = 1"
            }
        var values: [SQLValue] = []
        if let cursor {
            condition += " AND (opened_at < ? OR (opened_at = ? AND id < ?))"
            values = [.instant(cursor.openedAt), .instant(cursor.openedAt), .text(cursor.id.text)]
        }
        let (wanted, given) = (condition, values)
        return try await engine.read { connection throws(Problem) in
            try RecordStore.cases(where: wanted, given, workspace, limit: limit, on: connection)
        }
    }

    /// How many cases of a workspace are open.
    public func openProductCaseCount(of workspace: WorkspaceID) async throws(Problem) -> Int {
        try await list(
            "SELECT COUNT(*) FROM product_cases WHERE workspace = ? AND resolution IS NULL", [.text(workspace.text)]
        ) { reader throws(Problem) in try reader.count() }.first ?? 0
    }

    /// The calls that wait for the event store, of all workspaces or of one, oldest first.
    public func productCalls(of workspace: WorkspaceID? = nil) async throws(Problem) -> [ProductCalls] {
        try await list(
            "SELECT id, workspace, source, lines, created_at FROM product_calls\(workspace == nil ? "" : " WHERE workspace = ?") ORDER BY created_at, id",
            workspace.map { [.text($0.text)] } ?? []
        ) { reader throws(Problem) in
            ProductCalls(
                id: try reader.text(), workspace: try reader.id(), source: SourceID(text: try reader.text()),
                lines: try reader.text(), createdAt: try reader.instant())
        }
    }

    // MARK: - Reading within a transaction

    private static func registration(
        of place: ProductPlace, _ workspace: WorkspaceID, on connection: any SQLConnection
    ) throws(Problem) -> ProductRegistration? {
        let row = try connection.row(
            """
            SELECT who_type, who, times, registered_at, warranty_until FROM product_registrations
            WHERE workspace = ? AND batch = ? AND serial = ?
            """, [.text(workspace.text), .count(place.batch), .count(place.serial)])
        guard let row else { return nil }
        var reader = RowReader(row)
        return ProductRegistration(
            workspace: workspace, place: place, who: try reader.optionalIdentity(), times: try reader.count(),
            registeredAt: try reader.instant(), warrantyUntil: try reader.optionalText().flatMap { LocalDate(text: $0) })
    }

    private static func block(
        of place: ProductPlace, _ workspace: WorkspaceID, on connection: any SQLConnection
    ) throws(Problem) -> ProductBlock? {
        let row = try connection.row(
            "SELECT blocked_at, blocked_by, reason FROM product_code_blocks WHERE workspace = ? AND batch = ? AND serial = ?",
            [.text(workspace.text), .count(place.batch), .count(place.serial)])
        guard let row else { return nil }
        var reader = RowReader(row)
        return ProductBlock(
            workspace: workspace, place: place, at: try reader.instant(), by: try reader.word { Actor(text: $0) },
            reason: try reader.text())
    }

    private static func holdings(
        of who: Identity, _ workspace: WorkspaceID, on connection: any SQLConnection
    ) throws(Problem) -> [Int: Int] {
        let rows = try connection.rows(
            """
            SELECT batch, COUNT(*) FROM product_registrations WHERE workspace = ? AND who = ? AND who_type = ? GROUP BY batch
            """, [.text(workspace.text), .text(who.value), .text(who.type.text)])
        var counts: [Int: Int] = [:]
        for row in rows {
            var reader = RowReader(row)
            counts[try reader.count()] = try reader.count()
        }
        return counts
    }

    private static func cases(
        where condition: String, _ values: [SQLValue], _ workspace: WorkspaceID, limit: Int = 1_000,
        on connection: any SQLConnection
    ) throws(Problem) -> [ProductCase] {
        let rows = try connection.rows(
            """
            SELECT id, batch, serial, holder_type, holder, opened_at, resolution, moved_to_type, moved_to, resolved_by, resolved_at,
                reason
            FROM product_cases WHERE workspace = ? AND \(condition) ORDER BY opened_at DESC, id DESC LIMIT ?
            """, [.text(workspace.text)] + values + [.count(limit)])
        var cases: [ProductCase] = []
        for row in rows {
            var reader = RowReader(row)
            let id: ProductCaseID = try reader.id()
            cases.append(
                ProductCase(
                    id: id, workspace: workspace, place: ProductPlace(batch: try reader.count(), serial: try reader.count()),
                    holder: try reader.identity(), openedAt: try reader.instant(),
                    claims: try claims(of: id, workspace, on: connection), decision: try reader.decision()))
        }
        return cases
    }

    private static func claims(
        of id: ProductCaseID, _ workspace: WorkspaceID, on connection: any SQLConnection
    ) throws(Problem) -> [ProductClaim] {
        let rows = try connection.rows(
            """
            SELECT who_type, who, claimed_at, times FROM product_claims WHERE workspace = ? AND product_case = ?
            ORDER BY claimed_at, who_type, who LIMIT \(ProductCase.claimsMax)
            """, [.text(workspace.text), .text(id.text)])
        var claims: [ProductClaim] = []
        for row in rows {
            var reader = RowReader(row)
            claims.append(
                ProductClaim(who: try reader.identity(), claimedAt: try reader.instant(), count: try reader.count()))
        }
        return claims
    }
}

extension ProductCase {
    /// The most claims of a case that are told one by one.
    static let claimsMax = 1_000
}

// MARK: - Writing

extension RecordStore {
    static func applyToProductCodes(_ change: Change, on connection: any SQLConnection) throws(Problem) {
        switch change {
        case .insertProductBatch(let batch): try insert(batch, on: connection)
        case .setProductRegistration(let registration):
            try set(registration, on: connection)
            try noteDue(registration, on: connection)
        case .countProductRegistrations(let workspace, let batch, let count):
            try connection.execute(
                "UPDATE product_batches SET registered = registered + ? WHERE workspace = ? AND number = ?",
                [.count(count), .text(workspace.text), .count(batch)])
        case .openProductCase(let opened):
            try connection.execute(
                """
                INSERT INTO product_cases (workspace, id, batch, serial, holder_type, holder, opened_at) VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .text(opened.workspace.text), .text(opened.id.text), .count(opened.place.batch), .count(opened.place.serial),
                    .text(opened.holder.type.text), .text(opened.holder.value), .instant(opened.openedAt),
                ])
            for claim in opened.claims { try add(claim, to: opened.id, opened.workspace, on: connection) }
        case .addProductClaim(let workspace, let id, let claim): try add(claim, to: id, workspace, on: connection)
        case .closeProductCase(let workspace, let id, let decision): try close(id, workspace, decision, on: connection)
        case .blockProductCode(let block):
            try connection.execute(
                """
                INSERT INTO product_code_blocks (workspace, batch, serial, blocked_at, blocked_by, reason) VALUES (?, ?, ?, ?, ?, ?)
                """,
                [
                    .text(block.workspace.text), .count(block.place.batch), .count(block.place.serial), .instant(block.at),
                    .text(block.by.text), .text(block.reason),
                ])
        case .unblockProductCode(let workspace, let place):
            try connection.execute(
                "DELETE FROM product_code_blocks WHERE workspace = ? AND batch = ? AND serial = ?",
                [.text(workspace.text), .count(place.batch), .count(place.serial)])
        case .queueProductCalls(let calls):
            try connection.execute(
                "INSERT INTO product_calls (workspace, id, source, lines, created_at) VALUES (?, ?, ?, ?, ?)",
                [
                    .text(calls.workspace.text), .text(calls.id), .text(calls.source.text), .text(calls.lines),
                    .instant(calls.createdAt),
                ])
        case .deleteProductCalls(let workspace, let ids):
            for id in ids {
                try connection.execute(
                    "DELETE FROM product_calls WHERE workspace = ? AND id = ?", [.text(workspace.text), .text(id)])
            }
        default: break
        }
    }

    private static func insert(_ batch: ProductBatch, on connection: any SQLConnection) throws(Problem) {
        let inserted = try connection.execute(
            """
            INSERT INTO product_batches (workspace, id, number, name, product, reseller_type, reseller, order_id, warranty_months, codes,
                registered, created_at)
            SELECT ?, ?, COALESCE(MAX(number), 0) + 1, ?, ?, ?, ?, ?, ?, ?, 0, ? FROM product_batches WHERE workspace = ?
            HAVING COALESCE(MAX(number), 0) < ?
            """,
            [
                .text(batch.workspace.text), .text(batch.id.text), .text(batch.name), .text(batch.product),
                .optional(batch.reseller?.type.text), .optional(batch.reseller?.value), .optional(batch.orderID),
                batch.warrantyMonths.map { .count($0) } ?? .null, .count(batch.count), .instant(batch.createdAt),
                .text(batch.workspace.text), .count(productBatchesMax),
            ])
        if inserted == 0 {
            throw Problem(
                .tooManyBatches, "A workspace has at most \(productBatchesMax) batches of product codes.", status: 409)
        }
    }

    private static func set(_ registration: ProductRegistration, on connection: any SQLConnection) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO product_registrations (workspace, batch, serial, who_type, who, times, registered_at, warranty_until)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (workspace, batch, serial) DO UPDATE SET who_type = excluded.who_type, who = excluded.who,
                times = excluded.times, registered_at = excluded.registered_at, warranty_until = excluded.warranty_until
            """,
            [
                .text(registration.workspace.text), .count(registration.place.batch), .count(registration.place.serial),
                .optional(registration.who?.type.text), .optional(registration.who?.value), .count(registration.times),
                .instant(registration.registeredAt), .optional(registration.warrantyUntil?.text),
            ])
    }

    /// Says that benefits may follow the registration, in a workspace where products grant some.
    private static func noteDue(_ registration: ProductRegistration, on connection: any SQLConnection) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO product_codes_due (workspace, batch, serial)
            SELECT workspace, batch, serial FROM product_registrations WHERE workspace = ? AND batch = ? AND serial = ?
                AND EXISTS (SELECT 1 FROM product_grant_rules WHERE workspace = product_registrations.workspace)
            ON CONFLICT (workspace, batch, serial) DO UPDATE SET batch = excluded.batch
            """,
            [.text(registration.workspace.text), .count(registration.place.batch), .count(registration.place.serial)])
    }

    private static func add(
        _ claim: ProductClaim, to id: ProductCaseID, _ workspace: WorkspaceID, on connection: any SQLConnection
    ) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO product_claims (workspace, product_case, who_type, who, claimed_at, times) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (workspace, product_case, who_type, who) DO UPDATE SET times = product_claims.times + excluded.times
            """,
            [
                .text(workspace.text), .text(id.text), .text(claim.who.type.text), .text(claim.who.value),
                .instant(claim.claimedAt), .count(claim.count),
            ])
    }

    private static func close(
        _ id: ProductCaseID, _ workspace: WorkspaceID, _ decision: ProductDecision, on connection: any SQLConnection
    ) throws(Problem) {
        let closed = try connection.execute(
            """
            UPDATE product_cases SET resolution = ?, moved_to_type = ?, moved_to = ?, resolved_by = ?, resolved_at = ?, reason = ?
            WHERE workspace = ? AND id = ? AND resolution IS NULL
            """,
            [
                .text(decision.resolution.rawValue), .optional(decision.movedTo?.type.text), .optional(decision.movedTo?.value),
                .text(decision.by.text), .instant(decision.at), .text(decision.reason), .text(workspace.text), .text(id.text),
            ])
        if closed == 0 {
            throw Problem(.caseClosed, "This case is closed already. Look at how it was decided.", status: 409)
        }
    }
}

extension RowReader {
    package mutating func identity() throws(Problem) -> Identity {
        Identity(type: IdentityType(try text()), value: try text())
    }

    package mutating func optionalIdentity() throws(Problem) -> Identity? {
        let (type, value) = (try optionalText(), try optionalText())
        guard let type, let value else { return nil }
        return Identity(type: IdentityType(type), value: value)
    }

    /// The columns from `resolution` on; nil while a case is open.
    fileprivate mutating func decision() throws(Problem) -> ProductDecision? {
        guard let resolution = try optionalText().flatMap({ ProductResolution(rawValue: $0) }) else { return nil }
        let movedTo = try optionalIdentity()
        let by = try word { Actor(text: $0) }
        return ProductDecision(resolution, movedTo: movedTo, by: by, at: try instant(), reason: try text())
    }
}
