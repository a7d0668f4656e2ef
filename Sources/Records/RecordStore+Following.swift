public import Model

/// Which state of which earning program there is.
public struct EarningMark: Hashable, Sendable {
    public let workspace: WorkspaceID
    public let program: String
    public let revision: Int64
    public let changedAt: Instant
}

/// Something that the ledger has booked and the events are to hear of.
public struct ProgramFactRecord: Hashable, Sendable {
    /// Its message id among the events.
    public let id: String
    public let member: Int64
    /// As JSON.
    public let fact: String

    public init(id: String, member: Int64, fact: String) {
        self.id = id
        self.member = member
        self.fact = fact
    }
}

extension RecordStore {
    /// The earning programs of all workspaces.
    public func earningMarks() async throws(Problem) -> [EarningMark] {
        try await list(
            "SELECT workspace, program, revision, changed_at FROM earning_programs ORDER BY workspace, program", []
        ) { reader throws(Problem) in
            EarningMark(
                workspace: try reader.id(), program: try reader.text(), revision: try reader.integer(),
                changedAt: try reader.instant())
        }
    }

    /// When the first coupon template of each workspace was made.
    public func couponStarts() async throws(Problem) -> [WorkspaceID: Instant] {
        let starts = try await list(
            "SELECT workspace, MIN(created_at) FROM coupon_templates GROUP BY workspace ORDER BY workspace", []
        ) { reader throws(Problem) in (try reader.id() as WorkspaceID, try reader.instant()) }
        return Dictionary(starts) { first, _ in first }
    }

    /// The last call that an earning program has followed, or with an empty name the coupons of orders; 0 when there is none.
    public func earningCursor(of program: String, in workspace: WorkspaceID) async throws(Problem) -> UInt64 {
        try await list(
            "SELECT arrival FROM earning_cursors WHERE workspace = ? AND program = ?", [.text(workspace.text), .text(program)]
        ) { reader throws(Problem) in UInt64(clamping: try reader.integer()) }.first ?? 0
    }

    public func setEarningCursor(_ arrival: UInt64, of program: String, in workspace: WorkspaceID) async throws(Problem) {
        _ = try await engine.write { connection throws(Problem) in
            try connection.execute(
                """
                INSERT INTO earning_cursors (workspace, program, arrival) VALUES (?, ?, ?)
                ON CONFLICT (workspace, program) DO UPDATE SET arrival = excluded.arrival
                """, [.text(workspace.text), .text(program), .integer(Int64(clamping: arrival))])
        }
    }

    /// The workspaces with facts that wait.
    public func workspacesWithFacts() async throws(Problem) -> [WorkspaceID] {
        try await engine.settle()
        return try await list("SELECT DISTINCT workspace FROM program_facts", []) { reader throws(Problem) in try reader.id() }
    }

    /// Facts that wait, the oldest first.
    public func facts(of workspace: WorkspaceID, limit: Int) async throws(Problem) -> [ProgramFactRecord] {
        try await engine.settle()
        return try await list(
            "SELECT id, member, fact FROM program_facts WHERE workspace = ? ORDER BY recorded_at, id LIMIT ?",
            [.text(workspace.text), .count(limit)]
        ) { reader throws(Problem) in
            ProgramFactRecord(
                id: try reader.text(), member: try reader.integer(), fact: try reader.text())
        }
    }

    /// Forgets facts that the events have.
    public func deleteFacts(_ ids: [String], of workspace: WorkspaceID) async throws(Problem) {
        _ = try await engine.write { connection throws(Problem) in
            try connection.execute(
                "DELETE FROM program_facts WHERE workspace = ? AND id = ?", each: ids.map { [.text(workspace.text), .text($0)] })
        }
    }
}
