public import Model

/// An erasure that is under way: written down before anything is touched, so that whatever stops it, it is completed.
///
/// While it is under way the records hold by what the person is known; with its end that goes, too.
public struct PendingErasure: Hashable, Sendable {
    /// Ordinals in the event store, among them those of identities that are erased already.
    public typealias Ordinals = Set<UInt32>

    public let workspace: WorkspaceID
    public let id: String
    /// nil for somebody whom only others name.
    public let person: PersonID?
    public let actor: Actor
    /// Whether calls of these identities are turned away from then on.
    public let suppresses: Bool
    /// Kept with the digests of the identities; without names.
    public let reason: String
    public let startedAt: Instant
    public var ordinals: Ordinals
    public var identities: Set<Identity>
    /// Identities as they are compared and as they came.
    public var texts: Set<String>
    /// Whether all is done but that old pages of the records' files may hold something of it.
    public let isDone: Bool

    public init(
        workspace: WorkspaceID, id: String, person: PersonID?, actor: Actor, suppresses: Bool, reason: String, startedAt: Instant,
        ordinals: Ordinals, identities: Set<Identity>, texts: Set<String>, isDone: Bool = false
    ) {
        self.workspace = workspace
        self.id = id
        self.person = person
        self.actor = actor
        self.suppresses = suppresses
        self.reason = reason
        self.startedAt = startedAt
        self.ordinals = ordinals
        self.identities = identities
        self.texts = texts
        self.isDone = isDone
    }
}

extension RecordStore {
    /// The erasures that are under way, oldest first.
    public func erasures() async throws(Problem) -> [PendingErasure] {
        try await engine.read { connection throws(Problem) in
            var erasures: [PendingErasure] = []
            for row in try connection.rows(
                "SELECT workspace, id, person, actor, suppresses, reason, started_at, done FROM erasures ORDER BY started_at, id",
                [])
            {
                var reader = RowReader(row)
                let (workspace, id): (WorkspaceID, String) = (try reader.id(), try reader.text())
                let traces = try connection.rows(
                    "SELECT kind, type, value FROM erasure_traces WHERE workspace = ? AND erasure = ?",
                    [.text(workspace.text), .text(id)])
                var erasure = PendingErasure(
                    workspace: workspace, id: id, person: try reader.optionalText().flatMap { PersonID(text: $0) },
                    actor: try reader.word { Actor(text: $0) }, suppresses: try reader.flag(), reason: try reader.text(),
                    startedAt: try reader.instant(), ordinals: [], identities: [], texts: [], isDone: try reader.flag())
                for trace in traces { try erasure.read(trace) }
                erasures.append(erasure)
            }
            return erasures
        }
    }

    static func note(_ erasure: PendingErasure, on connection: any SQLConnection) throws(Problem) {
        let place: [SQLValue] = [.text(erasure.workspace.text), .text(erasure.id)]
        try connection.execute(
            """
            INSERT INTO erasures (workspace, id, person, actor, suppresses, reason, started_at, done) VALUES (?, ?, ?, ?, ?, ?, ?, 0)
            ON CONFLICT (workspace, id) DO NOTHING
            """,
            place + [
                .optional(erasure.person?.text), .text(erasure.actor.text), .flag(erasure.suppresses), .text(erasure.reason),
                .instant(erasure.startedAt),
            ])
        try connection.execute("DELETE FROM erasure_traces WHERE workspace = ? AND erasure = ?", place)
        for (kind, type, value) in erasure.traces {
            try connection.execute(
                "INSERT INTO erasure_traces (workspace, erasure, kind, type, value) VALUES (?, ?, ?, ?, ?)",
                place + [.text(kind), .text(type), .text(value)])
        }
    }

    /// Deletes what names somebody for the last time, with the note of it, and writes the audit's entry: all of it or nothing.
    ///
    /// No server carries out commands of the workspace's program meanwhile, so that none writes down again what was taken out.
    ///
    /// - Parameter beside: What else is done in the same transaction.
    public func complete(
        _ erasure: PendingErasure, _ entry: AuditEntry, beside: Scrubbing? = nil
    ) async throws(Problem) -> Scrubbed {
        let scrubbed = try await engine.writeAlone(in: erasure.workspace) { connection throws(Problem) in
            let place: [SQLValue] = [.text(erasure.workspace.text), .text(erasure.id)]
            let scrubbed = try RecordStore.scrub(erasure, on: connection) + (beside?(erasure, connection) ?? Scrubbed())
            try AuditChain.append(entry, on: connection)
            try connection.execute("DELETE FROM erasure_traces WHERE workspace = ? AND erasure = ?", place)
            try connection.execute("UPDATE erasures SET done = 1 WHERE workspace = ? AND id = ?", place)
            return scrubbed
        }
        try await forget(erasure)
        return scrubbed
    }

    /// Clears old pages of the records' files of what was deleted, and forgets the erasure.
    public func forget(_ erasure: PendingErasure) async throws(Problem) {
        try await engine.forgetDeleted()
        _ = try await engine.write { connection throws(Problem) in
            try connection.execute(
                "DELETE FROM erasures WHERE workspace = ? AND id = ? AND done = 1",
                [.text(erasure.workspace.text), .text(erasure.id)])
        }
    }
}

extension PendingErasure {
    fileprivate var traces: [(kind: String, type: String, value: String)] {
        ordinals.map { ("ordinal", "", String($0)) } + identities.map { ("identity", $0.type.text, $0.value) }
            + texts.map { ("text", "", $0) }
    }

    fileprivate mutating func read(_ row: SQLRow) throws(Problem) {
        var reader = RowReader(row)
        let (kind, type, value) = (try reader.text(), try reader.text(), try reader.text())
        switch kind {
        case "ordinal": if let ordinal = UInt32(value) { ordinals.insert(ordinal) }
        case "identity": identities.insert(Identity(type: IdentityType(type), value: value))
        default: texts.insert(value)
        }
    }
}
