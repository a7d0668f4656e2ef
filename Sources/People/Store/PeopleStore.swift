public import EventStore
public import Model
import Synchronization

/// Who is who in one workspace: follows the event store's arrivals and gives consistent views of its people.
///
/// Made before the store is opened and handed to it as its observer.
public final class PeopleStore: ArrivalObserver {
    private struct State {
        var resolver: IdentityResolver
        var settings: PeopleSettings
        /// Increases with each change of settings.
        var settingsVersion = 0
    }
    /// A state of the store by which facts are kept.
    private struct Key: Hashable {
        var version: UInt64
        var asOf: Instant?
        var settingsVersion: Int
    }

    private let state: Mutex<State>
    private let memory = PeopleMemory()
    private let recent = Recent<Key, PeopleFacts>(limit: 4)
    private let history = ReceiptHistory()

    public init(settings: PeopleSettings) {
        state = Mutex(State(resolver: IdentityResolver(limits: settings.identities.limits), settings: settings))
    }

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
        let (snapshot, (graph, settings, version)) = store.snapshot(capturing: {
            state.withLock { ($0.resolver.graph, $0.settings, $0.settingsVersion) }
        })
        return view(snapshot: snapshot, graph: graph, settings: settings, version: version, asOf: asOf, now: now)
    }

    /// As ``view(of:asOf:now:)`` over a snapshot taken elsewhere that holds just what this store has observed; for tests.
    package func view(snapshot: StoreSnapshot, asOf: Instant? = nil, now: Instant) -> PeopleView {
        let (graph, settings, version) = state.withLock { ($0.resolver.graph, $0.settings, $0.settingsVersion) }
        return view(snapshot: snapshot, graph: graph, settings: settings, version: version, asOf: asOf, now: now)
    }

    private func view(
        snapshot: StoreSnapshot, graph: IdentityGraph, settings: PeopleSettings, version: Int, asOf: Instant?, now: Instant
    ) -> PeopleView {
        let key = Key(version: snapshot.version, asOf: asOf, settingsVersion: version)
        let facts = recent.value(key) {
            let replay = asOf.map { history.replay(before: $0, of: snapshot, rules: settings.identities, version: version) }
            if asOf == nil { memory.parts.keep(only: snapshot.parts) }
            return PeopleFacts(
                snapshot: snapshot, graph: replay?.graph ?? graph, decisions: replay?.decisions ?? snapshot.decisions, asOf: asOf,
                settings: settings, settingsVersion: version, memory: memory)
        }
        return PeopleView(facts: facts, now: now)
    }

    // MARK: - ArrivalObserver

    public func restore(identities: IdentityTable, decisions: DecisionLog) {
        memory.forget()
        history.forget()
        state.withLock { state in
            state.resolver = IdentityResolver(limits: state.settings.identities.limits)
            for decision in decisions {
                if let resolution = Resolution(decision) { state.resolver.restore(resolution) }
            }
        }
    }

    public func observe(_ arrival: ArrivedCall) -> [Decision] {
        state.withLock { state in
            var decisions: [Decision] = []
            state.resolver.take(
                arrival.type, identities: arrival.identities, flags: arrival.flags, arrival: arrival.arrival,
                receivedAt: arrival.receivedAt, table: arrival.table, decide: { decisions.append($0.decision) })
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
