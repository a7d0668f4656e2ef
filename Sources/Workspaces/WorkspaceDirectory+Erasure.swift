public import EventStore
import Intake
import Logging
import Loyalty
public import Model
public import People
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
    /// Takes everything of a person out of a workspace: calls, identities, traits, their membership of the program, and their names in the
    /// calls of others, refusals and boards.
    ///
    /// Answers given from then on are as if they had never been there. It is noted before anything is touched, so that it is completed
    /// whatever happens: when the workspace is opened again, within an hour, or before the next erasure. Costs a pass over what is stored,
    /// twice its room meanwhile; one erasure at a time.
    /// - Parameters:
    ///   - text: a person's id, `type:value`, or a bare value; a `type:value` that nobody has is looked for all the same.
    ///   - suppresses: whether calls of these identities are turned away from now on. Else who comes back is somebody new.
    ///   - reason: kept with the digests of the identities; without names.
    /// - Throws: ``Problem`` with code `not_found`, `bad_request` for a reason that names the person, or what the disk says.
    public func erase(
        _ text: String, in workspace: WorkspaceID, suppresses: Bool, reason: String, by actor: Actor
    ) async throws(Problem) -> ErasureReport {
        try await erasures.run { () async throws(Problem) in
            let open = try await self.workspace(workspace)
            try await completeErasures(in: open)
            let traces = try await open.look { view throws(Problem) in try view.traces(named: text) }
            try ErasureReport.check(reason, traces)
            let erasure = PendingErasure(
                workspace: workspace, id: Secret.key(prefix: "erasure"), person: traces.person, actor: actor,
                suppresses: suppresses,
                reason: reason, startedAt: clock.now, ordinals: traces.ordinals, identities: traces.identities, texts: traces.texts)
            return try await carryOut(erasure, in: open)
        }
    }

    /// One at a time: each needs a pass over what is stored.
    ///
    /// What was on its way between the events and the program has arrived when it begins, and the rest waits until it ends.
    private func carryOut(_ erasure: PendingErasure, in open: OpenWorkspace) async throws(Problem) -> ErasureReport {
        try await open.carrying.run { () async throws(Problem) in try await carryOutAlone(erasure, in: open) }
    }

    private func carryOutAlone(_ erasure: PendingErasure, in open: OpenWorkspace) async throws(Problem) -> ErasureReport {
        var erasure = erasure
        var scrubbed = RecordStore.Scrubbed()
        var summary = ErasureSummary()
        if !areEventsErased(erasure, of: open) {
            var rounds = 0
            defer { if rounds > 1 { enforce(in: open) { $0.release() } } }
            let known = erasure.traces
            let (people, store, now) = (open.people, open.store, clock.now)
            summary = try await store.erase { _ in
                people.view(of: store, now: now).traces(grownFrom: known).erased
            } announcing: { wanted throws(Problem) in
                erasure.add(wanted, named: store.snapshot().identities)
                rounds += 1
                // They were given another identity meanwhile: from now on no call gives them one.
                if rounds > 1 { enforce(in: open) { $0.hold(erasure.identities) } }
                // First the note and the door, so that nothing comes in behind the erasure's back.
                try await note(erasure, in: open)
                await forget(erasure, in: open)
                scrubbed = scrubbed + (try await scrub(erasure))
            }
        }
        await forget(erasure, in: open)
        let entry = AuditEntry(
            workspace: open.id, at: clock.now, actor: erasure.actor, action: "person.erased", target: erasure.person?.text ?? "",
            detail: "\(summary.callCount) calls, \(summary.identityCount) identities\(erasure.suppresses ? ", suppressed" : "")",
            people: [erasure.person].compactMap(\.self))
        let completed = erasure
        let gone = try await desk(of: open.id).alone { () async throws(Problem) in
            try await records.complete(completed, entry, beside: ProgramErasure.carryOut)
        }
        scrubbed = scrubbed + gone
        return ErasureReport(person: erasure.person, events: summary, records: scrubbed, isSuppressed: erasure.suppresses)
    }

    /// While no command of the program is carried out, so that none writes down again what was taken out.
    private func scrub(_ erasure: PendingErasure) async throws(Problem) -> RecordStore.Scrubbed {
        try await desk(of: erasure.workspace).alone { () async throws(Problem) in
            try await records.scrub(erasure, beside: ProgramErasure.carryOut)
        }
    }

    /// Whether something stopped it behind the events: who has come since is somebody new, and stays.
    private func areEventsErased(_ erasure: PendingErasure, of open: OpenWorkspace) -> Bool {
        !erasure.ordinals.isEmpty && erasure.ordinals.isSubset(of: open.store.snapshot().identities.erased)
    }

    /// Keeps who is being erased, and digests of their identities.
    private func note(_ erasure: PendingErasure, in open: OpenWorkspace) async throws(Problem) {
        let entries = suppressions(
            of: erasure.identities, in: erasure.workspace, as: erasure.suppresses ? .erasedAndSuppressed : .erased,
            reason: erasure.reason)
        try await records.commit([.noteErasure(erasure)] + entries.map { .suppress($0) })
        unfinished.withLock { _ = $0.insert(erasure.workspace) }
        enforce(in: open) { list in for entry in entries { list.insert(entry) } }
    }

    /// What of them is in memory is gone, or on its way to the records no more.
    private func forget(_ erasure: PendingErasure, in open: OpenWorkspace) async {
        open.live.forget(IdentityFinder(of: erasure.identities, texts: erasure.texts))
        registrars.withLock { $0[open.id] }?.forgetPeople()
        await rejections.flush()
        await readings.flush()
    }

    // MARK: - Completing

    /// Completes the erasures of a workspace that something stopped, oldest first.
    func completeErasures(in open: OpenWorkspace) async throws(Problem) {
        guard unfinished.withLock({ $0.contains(open.id) }) else { return }
        for erasure in try await records.erasures() where erasure.workspace == open.id {
            if erasure.isDone {
                try await records.forget(erasure)
            } else {
                _ = try await carryOut(erasure, in: open)
            }
        }
        unfinished.withLock { _ = $0.remove(open.id) }
    }

    /// Completes the erasures of all workspaces that something stopped; what fails is tried again the next time.
    func completeErasures() async {
        for workspace in unfinished.withLock({ $0 }) {
            do throws(Problem) {
                try await erasures.run { () async throws(Problem) in
                    try await completeErasures(in: try await self.workspace(workspace))
                }
            } catch {
                // Stopped in the middle of it: it is completed after the next start.
                if error.code == .stopping { return }
                logger.error("an erasure is not complete", metadata: ["reason": "\(error.code)"])
            }
        }
    }

    /// Turns calls of an identity away from now on; what is there already stays.
    ///
    /// - Throws: ``Problem`` with code `bad_request` for what is no `type:value` that can identify somebody.
    public func suppress(
        _ text: String, in workspace: WorkspaceID, reason: String, by actor: Actor
    ) async throws(Problem) {
        let open = try await self.workspace(workspace)
        let identity = try await identity(text, in: workspace)
        try ErasureReport.check(reason, PersonTraces(of: identity))
        let entries = suppressions(of: [identity], in: workspace, as: .suppressed, reason: reason)
        try await records.commit(entries.map { .suppress($0) })
        enforce(in: open) { list in for entry in entries { list.insert(entry) } }
        try await change(by: actor) { planner in
            planner.noted(workspace, "identity.suppressed", target: "", "one identity of type \(identity.type.text)")
        }
    }

    /// Takes calls of an identity again.
    ///
    /// - Throws: ``Problem`` with code `not_found` when they are not turned away.
    public func unsuppress(_ text: String, in workspace: WorkspaceID, by actor: Actor) async throws(Problem) {
        let open = try await self.workspace(workspace)
        let identity = try await identity(text, in: workspace)
        let digest = suppressionLists.withLock { $0.list(of: workspace).digest(identity) }
        try await change(by: actor) { planner in
            var plan = planner.noted(workspace, "identity.unsuppressed", target: "", "one identity of type \(identity.type.text)")
            plan.changes.insert(.unsuppress(workspace, digest: digest), at: 0)
            return plan
        }
        enforce(in: open) { $0.takeAgain(digest) }
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

    /// Where something of some people is still found, in files and records; empty when it is gone.
    public func places(of traces: PersonTraces, in workspace: WorkspaceID) async throws(Problem) -> [String] {
        let open = try await self.workspace(workspace)
        await rejections.flush()
        await readings.flush()
        let people = traces.erased
        let events = try await open.look { _ throws(Problem) in
            try open.store.places(of: people.texts, madeUp: people.madeUp)
        }
        return try await events + records.places(of: traces.identities, texts: traces.texts, in: workspace)
    }

    // MARK: - The list

    private func suppressions(
        of identities: Set<Identity>, in workspace: WorkspaceID, as kind: Suppression.Kind, reason: String
    ) -> [Suppression] {
        let list = suppressionLists.withLock { $0.list(of: workspace) }
        // Whoever gets the goods next registers the same code.
        return identities.filter { $0.type != .productCode }.map {
            list.makeEntry($0, in: workspace, kind, at: clock.now, reason: reason)
        }
    }

    private func enforce(in open: OpenWorkspace, _ change: (inout SuppressionList) -> Void) {
        suppressionLists.withLock { lists in
            var list = lists.list(of: open.id)
            change(&list)
            lists.byWorkspace[open.id] = list
            open.store.setGate(list.isTurningAway ? list : nil)
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
        (
            "what was booked in the program, under a number without a name",
            "points are owed until they expire, and the books must add up"
        ),
        ("ids of commands of the program", "a repeat must not be carried out again"),
        ("the audit log, by the person's number", "who did what stays accountable"),
    ]
}

extension PendingErasure {
    /// Takes over who is meant now.
    fileprivate mutating func add(_ people: ErasedPeople, named table: IdentityTable) {
        ordinals = people.identities
        identities.formUnion(ordinals.subtracting(table.erased).map { table.identity($0) })
        texts = people.texts.union(people.madeUp)
    }

    fileprivate var traces: PersonTraces {
        PersonTraces(person: person, ordinals: ordinals, identities: identities, texts: texts)
    }
}
