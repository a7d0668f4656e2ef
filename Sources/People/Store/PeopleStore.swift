public import EventStore
public import Model
import Synchronization

/// Who is who in one workspace: follows the event store's arrivals and gives consistent views of its people.
///
/// Made before the store is opened and handed to it as its observer.
public final class PeopleStore: ArrivalObserver {
    struct State {
        var resolver: IdentityResolver
        /// The decisions by which the resolver's graph counts, once they are not those of the store any more.
        var places: DecisionPlaces?
        var settings: PeopleSettings
        /// Increases with each change of settings.
        var settingsVersion = 0
    }
    /// What a view takes over of the state.
    private struct Known {
        var graph: IdentityGraph
        var places: DecisionPlaces?
        var settings: PeopleSettings
        var version: Int

        init(_ state: State) {
            graph = state.resolver.graph
            places = state.places
            settings = state.settings
            version = state.settingsVersion
        }
    }
    /// A state of the store by which facts are kept.
    private struct Key: Hashable {
        var version: UInt64
        var asOf: Instant?
        var settingsVersion: Int
    }

    private let state: Mutex<State>
    /// Held by whoever carries out commands.
    private let settling = Mutex(())
    private let memory = PeopleMemory()
    /// The newest state, and the one before it, because a page that began a little earlier may still be at work.
    private let recent = Recent<Key, PeopleFacts>(limit: 2)
    /// States before earlier instants.
    private let earlier = Recent<Key, PeopleFacts>(limit: 2)
    private let history = ReceiptHistory()

    public init(settings: PeopleSettings) {
        state = Mutex(State(resolver: IdentityResolver(limits: settings.identities.limits), settings: settings))
    }

    /// Who is who now.
    var graph: IdentityGraph { state.withLock { $0.resolver.graph } }

    /// Takes over changed settings; later views follow them.
    public func update(settings: PeopleSettings) {
        state.withLock {
            $0.settings = settings
            $0.resolver.limits = settings.identities.limits
            $0.settingsVersion += 1
        }
    }

    /// The people as known after everything acknowledged so far, or as known before an earlier instant.
    ///
    /// - Parameters:
    ///   - asOf: Only what was received before this instant counts, identities, traits and events alike.
    ///   - now: The instant at which roles are judged when none is asked for and there is no `asOf`.
    public func view(of store: WorkspaceStore, asOf: Instant? = nil, now: Instant) -> PeopleView {
        settle(store)
        let (snapshot, known) = store.snapshot(capturing: { state.withLock { Known($0) } })
        return view(snapshot: snapshot, known, asOf: asOf, now: now)
    }

    /// As ``view(of:asOf:now:)`` over a snapshot taken elsewhere that holds just what this store has observed; for tests.
    package func view(snapshot: StoreSnapshot, asOf: Instant? = nil, now: Instant) -> PeopleView {
        settle(in: snapshot)
        return view(snapshot: snapshot, state.withLock { Known($0) }, asOf: asOf, now: now)
    }

    private func view(snapshot: StoreSnapshot, _ known: Known, asOf: Instant?, now: Instant) -> PeopleView {
        let key = Key(version: snapshot.version, asOf: asOf, settingsVersion: known.version)
        let facts = (asOf == nil ? recent : earlier).value(key) {
            let replay = asOf.map {
                history.replay(before: $0, of: snapshot, rules: known.settings.identities, version: known.version)
            }
            if asOf == nil { memory.parts.keep(only: snapshot.parts) }
            return PeopleFacts(
                snapshot: snapshot, graph: replay?.graph ?? known.graph,
                decisions: DecisionHistory(snapshot.decisions, places: replay?.places ?? known.places), asOf: asOf,
                settings: known.settings, settingsVersion: known.version, memory: memory)
        }
        return PeopleView(facts: facts, now: now)
    }

    /// The state and what it was made from, to try on.
    func trial(of store: WorkspaceStore) -> (StoreSnapshot, State) {
        store.snapshot(capturing: { state.withLock { $0 } })
    }

    // MARK: - Carrying out commands

    /// Tries beside the store's work before it is done while nothing is taken.
    private static let triesMax = 3

    private var isUnsettled: Bool { state.withLock { !$0.resolver.unsettled.isEmpty } }

    /// Carries out what commands have asked for since the last time; everything is counted anew then.
    ///
    /// A correction may take seconds where thousands are tied together: it is made on a copy while calls are taken, and what has come
    /// meanwhile is resolved once more at the end.
    private func settle(_ store: WorkspaceStore) {
        guard isUnsettled else { return }
        settling.withLock { _ in
            for _ in 0 ..< PeopleStore.triesMax where isUnsettled { settleAside(store) }
            if isUnsettled { store.exclusively { settle(in: $0) } }
        }
    }

    private func settleAside(_ store: WorkspaceStore) {
        let (snapshot, trial) = trial(of: store)
        var corrected = trial
        corrected.settle(in: snapshot)
        store.exclusively { now in
            state.withLock { state in
                // Other settings or erased people meanwhile: what was made does not hold.
                guard state.settingsVersion == trial.settingsVersion, state.resolver.erased == trial.resolver.erased else { return }
                corrected.take(callsFrom: snapshot.nextArrival, of: now)
                state = corrected
            }
        }
    }

    private func settle(in snapshot: StoreSnapshot) { state.withLock { $0.settle(in: snapshot) } }

    // MARK: - ArrivalObserver

    public func restore(identities: IdentityTable, decisions: DecisionLog) {
        memory.forget()
        history.forget()
        state.withLock { state in
            state.resolver = IdentityResolver(limits: state.settings.identities.limits)
            state.places = nil
            for decision in decisions {
                if let resolution = Resolution(decision) { state.resolver.restore(resolution) }
            }
            state.resolver.erase(identities.erased)
        }
    }

    public func forget(identities: Set<UInt32>) {
        state.withLock { $0.resolver.erase(identities) }
        memory.forget()
        history.forget()
        recent.forget()
        earlier.forget()
    }

    public func observe(_ arrival: ArrivedCall) -> [Decision] {
        state.withLock { state in
            var decisions: [Decision] = []
            state.resolver.take(
                arrival.type, identities: arrival.identities, flags: arrival.flags, arrival: arrival.arrival,
                receivedAt: arrival.receivedAt, table: arrival.table, decide: { decisions.append($0.decision) })
            for _ in decisions { state.places?.keep() }
            return decisions
        }
    }
}

extension Resolution {
    /// Reads a kept decision; nil for a kind that this version does not know.
    init?(_ decision: Decision) {
        guard let outcome = Outcome(rawValue: decision.kind), let reason = Reason(rawValue: decision.reason) else { return nil }
        self.init(
            outcome: outcome, reason: reason, subject: decision.a, other: decision.b, subjectIsUserID: decision.c & 1 != 0,
            otherIsUserID: decision.c & 2 != 0, arrival: decision.arrival, receivedAt: decision.receivedAt)
    }

    /// The record that the event store keeps: kind = outcome, a = subject, b = other, bits 0 and 1 of c = which are user ids.
    var decision: Decision {
        Decision(
            arrival: arrival, receivedAt: receivedAt, kind: outcome.rawValue, rule: reason.rule, reason: reason.rawValue,
            a: subject,
            b: other, c: (subjectIsUserID ? 1 : 0) | (otherIsUserID ? 2 : 0))
    }
}

extension PeopleStore.State {
    fileprivate mutating func settle(in snapshot: StoreSnapshot) {
        guard !resolver.unsettled.isEmpty else { return }
        var history = DecisionHistory(snapshot.decisions, places: places)
        resolver.correct(in: snapshot, rules: settings.identities, history: &history)
        places = history.places
        settingsVersion += 1
    }

    /// Resolves the calls from an arrival number on as if they came now.
    fileprivate mutating func take(callsFrom arrival: UInt64, of snapshot: StoreSnapshot) {
        for part in snapshot.parts where part.endArrival > arrival {
            let identities = CallIdentities(part, table: snapshot.identities, rules: settings.identities)
            for window in part.arrivalWindows(from: arrival) {
                let (rows, owners) = part.rows(arrivedIn: window)
                for (row, owner) in zip(rows, owners) {
                    let row = Int(row)
                    let (type, flags) = (part.callType(at: row), part.flags(at: row))
                    var made: [Decision] = []
                    resolver.take(
                        type, identities: identities.ordinals(at: row, owner: owner, type: type, flags: flags), flags: flags,
                        arrival: part.arrival(at: row), receivedAt: Instant(microseconds: part.receivedAt(at: row)),
                        table: snapshot.identities, decide: { made.append($0.decision) })
                    for decision in made { places?.append(decision) }
                }
            }
        }
        // What the store keeps of these calls was decided before the correction.
        places?.keptCount = snapshot.decisions.count
    }
}
