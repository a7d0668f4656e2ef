public import EventStore
import Intake
public import Model
import People
public import Records
import Synchronization

/// What became of the wish to erase somebody.
public struct ErasureReport: Hashable, Sendable {
    /// nil when nobody was known by that identity, or nobody was left.
    public var person: PersonID?
    public var events: ErasureSummary
    public var records: RecordStore.Scrubbed
    /// Whether calls of these identities are turned away from now on.
    public var isSuppressed: Bool
}

extension WorkspaceDirectory {
    /// Takes everything of a person out of a workspace: calls, identities, traits, their names in the calls of others, refusals and boards.
    ///
    /// Answers given from then on are as if they had never been there. Names of events and of members, and messageIds of others, that hold an
    /// identity stay; ``places(of:in:)`` finds them. Costs a pass over what is stored, twice its room meanwhile; one erasure at a time.
    /// - Parameters:
    ///   - text: a person's id, `type:value`, or a bare value; a `type:value` that nobody has is looked for all the same.
    ///   - suppresses: whether calls of these identities are turned away from now on. Else who comes back is somebody new.
    ///   - reason: kept with the digests of the identities; without names.
    /// - Throws: ``Problem`` with code `not_found`, `bad_request` for a reason that names the person, or what the disk says. After a failure
    ///   behind the events the id is gone: ask again by each `type:value`.
    public func erase(
        _ text: String, in workspace: WorkspaceID, suppresses: Bool, reason: String, by actor: Actor
    ) async throws(Problem) -> ErasureReport {
        try await erasures.run { () async throws(Problem) in
            try await eraseNow(text, in: workspace, suppresses: suppresses, reason: reason, by: actor)
        }
    }

    /// One at a time: each needs a pass over what is stored.
    private func eraseNow(
        _ text: String, in workspace: WorkspaceID, suppresses: Bool, reason: String, by actor: Actor
    ) async throws(Problem) -> ErasureReport {
        let open = try await self.workspace(workspace)
        let traces = try await open.look { view throws(Problem) in try view.traces(named: text) }
        try ErasureReport.check(reason, traces)
        // First the door, so that nothing comes in behind the erasure's back, and the records, which nothing would name afterwards.
        try await suppress(traces.identities, in: workspace, as: suppresses ? .erasedAndSuppressed : .erased, reason: reason)
        var records = try await scrub(traces, of: open)
        let people = open.people
        let summary = try await open.store.erase { _ in
            // Somebody whom only others name has no identities here.
            ErasedPeople(
                identities: traces.person.map { people.identities(of: $0) } ?? [], texts: traces.freeTexts, madeUp: traces.madeUp)
        }
        let later = try await scrub(traces, of: open)
        records.rejectionCount += later.rejectionCount
        records.cardCount += later.cardCount
        records.registrationCount += later.registrationCount
        try await change(by: actor) { planner in
            planner.noted(
                workspace, "person.erased", target: traces.person?.text ?? "",
                "\(summary.callCount) calls, \(summary.identityCount) identities\(suppresses ? ", suppressed" : "")",
                people: [traces.person].compactMap(\.self))
        }
        return ErasureReport(person: traces.person, events: summary, records: records, isSuppressed: suppresses)
    }

    private func scrub(_ traces: PersonTraces, of open: OpenWorkspace) async throws(Problem) -> RecordStore.Scrubbed {
        open.live.forget(traces.texts)
        await rejections.flush()
        return try await records.scrub(traces.texts, identities: traces.identities, of: open.id)
    }

    /// Turns calls of an identity away from now on; what is there already stays.
    ///
    /// - Throws: ``Problem`` with code `bad_request` for what is no `type:value` that can identify somebody.
    public func suppress(
        _ text: String, in workspace: WorkspaceID, reason: String, by actor: Actor
    ) async throws(Problem) {
        let identity = try await identity(text, in: workspace)
        try ErasureReport.check(reason, PersonTraces(of: identity))
        try await suppress([identity], in: workspace, as: .suppressed, reason: reason)
        try await change(by: actor) { planner in
            planner.noted(workspace, "identity.suppressed", target: "", "one identity of type \(identity.type.text)")
        }
    }

    /// Takes calls of an identity again.
    ///
    /// - Throws: ``Problem`` with code `not_found` when they are not turned away.
    public func unsuppress(_ text: String, in workspace: WorkspaceID, by actor: Actor) async throws(Problem) {
        let identity = try await identity(text, in: workspace)
        let digest = suppressionLists.withLock { $0.list(of: workspace).digest(identity) }
        try await change(by: actor) { planner in
            var plan = planner.noted(workspace, "identity.unsuppressed", target: "", "one identity of type \(identity.type.text)")
            plan.changes.insert(.unsuppress(workspace, digest: digest), at: 0)
            return plan
        }
        enforce(workspace) { $0.takeAgain(digest) }
    }

    /// How an identity stands: nil when it was neither erased nor is turned away.
    public func suppression(of text: String, in workspace: WorkspaceID) async throws(Problem) -> Suppression? {
        let identity = try await identity(text, in: workspace)
        return suppressionLists.withLock { $0.list(of: workspace).entry(for: identity) }
    }

    /// All identities of a workspace that were erased or are turned away, oldest first; by digests, for nobody keeps their names.
    public func suppressions(of workspace: WorkspaceID) -> [Suppression] {
        suppressionLists.withLock { $0.list(of: workspace).all }
    }

    /// Erases again whom an archive from before has brought back into a workspace that it was loaded into whole.
    public func replayErasures(in workspace: WorkspaceID) async throws(Problem) {
        let list = suppressionLists.withLock { $0.list(of: workspace) }
        guard list.all.contains(where: { $0.kind.isErased }) else { return }
        let found = try await self.workspace(workspace).look { view throws(Problem) in
            let table = view.snapshot.identities
            return (0 ..< UInt32(table.count)).compactMap { ordinal -> (name: String, turnsAway: Bool)? in
                let identity = table.identity(ordinal)
                guard let kind = list.entry(for: identity)?.kind, kind.isErased else { return nil }
                return ("\(identity.type.text):\(identity.value)", kind.turnsAway)
            }
        }
        for (name, turnsAway) in found {
            _ = try await erase(
                name, in: workspace, suppresses: turnsAway, reason: "brought back by an archive", by: .commandLine)
        }
    }

    /// Where something of an identity is still found, in files and records; empty when it is gone.
    ///
    /// - Parameter texts: as ``PersonTraces/texts``.
    public func places(of texts: Set<String>, in workspace: WorkspaceID) async throws(Problem) -> [String] {
        let open = try await self.workspace(workspace)
        await rejections.flush()
        let events = try await open.look { _ throws(Problem) in try open.store.places(of: Array(texts)) }
        return try await events + records.places(of: texts, in: workspace)
    }

    // MARK: - The list

    private func suppress(
        _ identities: [Identity], in workspace: WorkspaceID, as kind: Suppression.Kind, reason: String
    ) async throws(Problem) {
        let list = suppressionLists.withLock { $0.list(of: workspace) }
        // Whoever gets the goods next registers the same code.
        let entries = identities.filter { $0.type != .productCode }.map {
            list.makeEntry($0, in: workspace, kind, at: clock.now, reason: reason)
        }
        try await records.commit(entries.map { .suppress($0) })
        enforce(workspace) { list in for entry in entries { list.insert(entry) } }
    }

    private func enforce(_ workspace: WorkspaceID, _ change: (inout SuppressionList) -> Void) {
        suppressionLists.withLock { lists in
            var list = lists.list(of: workspace)
            change(&list)
            lists.byWorkspace[workspace] = list
            openWorkspace(workspace)?.store.setGate(list.isTurningAway ? list : nil)
        }
    }

    private func identity(_ text: String, in workspace: WorkspaceID) async throws(Problem) -> Identity {
        let open = try await self.workspace(workspace)
        return try await open.look { view throws(Problem) in try view.identity(said: text) }
    }
}

/// The lists of all workspaces, under one key.
struct SuppressionLists: Sendable {
    let key: [UInt8]
    var byWorkspace: [WorkspaceID: SuppressionList] = [:]

    init(key: [UInt8], entries: [Suppression]) {
        self.key = key
        for (workspace, entries) in Dictionary(grouping: entries, by: \.workspace) {
            byWorkspace[workspace] = SuppressionList(key: key, entries: entries)
        }
    }

    func list(of workspace: WorkspaceID) -> SuppressionList { byWorkspace[workspace] ?? SuppressionList(key: key) }
}

extension ErasureReport {
    /// The longest reason.
    private static let reasonBytes = 500

    /// - Throws: ``Problem`` with code `bad_request` for a reason that is too long or names whom it is about.
    fileprivate static func check(_ reason: String, _ traces: PersonTraces) throws(Problem) {
        guard reason.utf8.count <= reasonBytes else {
            throw Problem(.badRequest, "A reason has at most \(reasonBytes) bytes.", place: "/reason")
        }
        let folded = reason.lowercased()
        if traces.texts.contains(where: { $0.count >= 4 && folded.contains($0.lowercased()) }) {
            throw Problem(
                .badRequest, "The reason is kept, so it must not name the person. Leave the identity out.", place: "/reason")
        }
    }
}

extension ErasureReport {
    /// What an erasure leaves, and why.
    public static let kept: [(what: String, why: String)] = [
        ("instants of receipt and hashes of message ids", "a repeat of an erased call must not count as a new one"),
        ("decisions about identities, by numbers", "others keep their history"),
        ("keyed digests of the identities", "an archive from before must not bring the person back"),
        ("the audit log, by the person's number", "who did what stays accountable"),
    ]
}
