public import EventStore
public import Model

extension PeopleStore {
    /// What a command would change, without changing anything.
    ///
    /// Costs what the command itself costs, and the figures of the people concerned.
    ///
    /// - Throws: ``Problem`` with code `not_found` for an identity that nobody has, `same_person` when there is nothing to join,
    ///   `already_apart` when there is nothing to take apart, `kept_apart` and `merge_cap` for what a merge must not join.
    public func preview(
        _ command: IdentityCommand, of store: WorkspaceStore, now: Instant
    ) throws(Problem) -> IdentityPreview {
        let view = view(of: store, now: now)
        let left = try ordinal(command.left, view)
        let right = try ordinal(command.right, view)
        try check(command, left, right, view.graph)
        let (snapshot, state) = trial(of: store)
        var resolver = state.resolver
        var history = DecisionHistory(snapshot.decisions, places: state.places)
        let table = snapshot.identities
        let look = IdentityResolver.Look(type: { table.type(of: $0) }, firstSeen: { table.firstReceivedAt(of: $0) })
        var made: [Resolution] = []
        func carryOut() {
            switch command.action {
            case .merge: resolver.merge(left, right, arrival: snapshot.nextArrival, receivedAt: now, look: look) { made.append($0) }
            case .unmerge:
                resolver.separate(left, right, arrival: snapshot.nextArrival, receivedAt: now, look: look) { made.append($0) }
            }
        }
        carryOut()
        if let refused = made.first(where: { $0.outcome == .refused }) { throw Problem.refusedMerge(refused.reason) }
        for decision in made { history.append(decision.decision) }
        resolver.correct(in: snapshot, rules: state.settings.identities, history: &history)
        // The call of a merge is not among those that were resolved anew.
        if command.action == .merge { carryOut() }
        let facts = PeopleFacts(
            snapshot: snapshot, graph: resolver.graph, decisions: history, asOf: nil, settings: state.settings,
            settingsVersion: state.settingsVersion, memory: PeopleMemory(parts: view.facts.memory.parts))
        let after = PeopleView(facts: facts, now: now)
        // What somebody loses may be another's gain.
        func people(_ graph: IdentityGraph, holding identities: [UInt32]) -> Set<UInt32> {
            Set(identities.compactMap { graph.person(of: $0) })
        }
        func identities(_ people: Set<UInt32>, _ graph: IdentityGraph) -> [UInt32] { people.flatMap { graph.identities(of: $0) } }
        let parted = people(after.graph, holding: identities(people(view.graph, holding: [left, right]), view.graph))
        let concerned = people(view.graph, holding: identities(parted, after.graph))
        func profiles(_ people: Set<UInt32>, _ view: PeopleView) -> [Profile] {
            people.sorted().compactMap { view.profile(PersonID(ordinal: $0)) }
        }
        return IdentityPreview(command: command, before: profiles(concerned, view), after: profiles(parted, after))
    }

    private func ordinal(_ identity: Identity, _ view: PeopleView) throws(Problem) -> UInt32 {
        guard let ordinal = view.snapshot.identities.ordinal(of: identity), view.graph.isKnown(ordinal) else {
            throw Problem.nobodyHas(identity)
        }
        return ordinal
    }

    private func check(
        _ command: IdentityCommand, _ left: UInt32, _ right: UInt32, _ graph: IdentityGraph
    ) throws(Problem) {
        let isOne = graph.person(of: left) == graph.person(of: right)
        switch command.action {
        case .merge:
            if isOne { throw Problem(.samePerson, "Both identities belong to one person already.", status: 409) }
        case .unmerge:
            if left == right { throw Problem(.samePerson, "An identity cannot be taken apart from itself.", status: 409) }
            if !isOne {
                throw Problem(.alreadyApart, "These identities belong to different people already.", status: 409)
            }
        }
    }
}

extension Problem {
    static func nobodyHas(_ identity: Identity) -> Problem {
        Problem(
            .notFound, "Nobody is known by the identity \"\(identity.type.text):\(identity.value.prefix(80))\".", status: 404)
    }

    static func refusedMerge(_ reason: Resolution.Reason) -> Problem {
        reason == .keptApart
            ? Problem(
                Problem.Code("kept_apart"),
                "Other identities of these two people were taken apart before. Join those first.", status: 409)
            : Problem(
                Problem.Code("merge_cap"), "Together they would be more merges or identities than one person may be.", status: 409)
    }
}

extension Problem.Code {
    /// Both identities of a command belong to one person already.
    public static let samePerson = Problem.Code("same_person")
    /// There is nothing to take apart.
    public static let alreadyApart = Problem.Code("already_apart")
}
