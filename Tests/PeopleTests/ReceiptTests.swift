import EventStore
import Logging
import Model
import TestSupport
import Testing

@testable import People

@Suite("As of, when instants of receipt run backwards") struct ReceiptTests {
    private static let start = instant("2026-02-20T00:00:00Z").microseconds

    /// Gives the calls other instants of receipt: any at all, or history behind live events, or a few out of order.
    private func scramble(_ bench: inout PeopleBench, _ random: inout SplitMix64) {
        let mode = Int.random(in: 0 ..< 3, using: &random)
        let half = bench.calls.count / 2
        for index in bench.calls.indices {
            var hours = Int64(index) * 6
            if mode == 0 || mode == 1 && index >= half || mode == 2 && Int.random(in: 0 ..< 12, using: &random) == 0 {
                hours = Int64.random(in: 0 ..< Int64(bench.calls.count), using: &random) * 6
            }
            bench.calls[index].call.receivedAt = Instant(microseconds: ReceiptTests.start + hours * .microsecondsPerHour)
        }
        bench.rowsPerPart = [1, 3, 10, 1_000].randomElement(using: &random) ?? 10
    }

    private func instants(_ bench: PeopleBench, _ random: inout SplitMix64) -> [Instant] {
        (0 ..< 4).map { _ in
            let hours = Int64.random(in: 0 ... Int64(bench.calls.count), using: &random) * 6
            return Instant(microseconds: ReceiptTests.start + hours * .microsecondsPerHour)
        }
    }

    private func identities(_ view: PeopleView) -> Set<Set<Identity>> {
        Set(view.population.persons.map { Set(view.population.knownIdentities(of: $0)) })
    }

    @Test("The people and the overview are those of the plain replay of the calls received before", arguments: UInt64(0) ..< 64)
    func againstTheModel(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var bench = PeopleBench.random(using: &random)
        scramble(&bench, &random)
        for asOf in instants(bench, &random) {
            let view = bench.view(now: "2026-04-20T12:00:00Z", asOf: asOf)
            let model = SlowPeople(bench, asOf: asOf)
            #expect(identities(view) == Set(model.people), "as of \(asOf.rfc3339)")
            var overview = view.overview()
            overview.conversion = Conversion()
            #expect(overview == model.overview(at: asOf.advanced(byMicroseconds: -1), countsEverybody: true))
        }
    }

    /// What a portrait says, without ordinals and arrival numbers, which depend on what else there is.
    private func portraits(_ view: PeopleView) -> [Set<Identity>: [String]] {
        var out: [Set<Identity>: [String]] = [:]
        for person in view.population.persons {
            guard let profile = view.profile(PersonID(ordinal: person)) else { continue }
            out[Set(profile.identities.map(\.identity))] = [
                "\(profile.cell) \(profile.eventCount) \(profile.visitCount) \(profile.weeks) \(profile.value)",
                "\(profile.traits.map { "\($0.key) \($0.value.text) \($0.at)" }.sorted())",
                "\(profile.roles.map { "\($0.role) \($0.since) \(String(describing: $0.until)) \($0.visits)" })",
                "\(profile.refusals.map { "\($0.reason) \($0.identity) \(String(describing: $0.other)) \($0.receivedAt)" }.sorted())",
                "\(profile.identities.map { "\($0.identity) \($0.callCount) \($0.firstReceivedAt)" }.sorted())",
                "\(profile.firstSeen.map(\.rfc3339) ?? "") \(profile.lastSeen.map(\.rfc3339) ?? "") \(profile.accounts)",
            ]
        }
        return out
    }

    @Test("Every portrait is that of a store which never saw the other calls", arguments: UInt64(0) ..< 48)
    func againstAShorterHistory(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var bench = PeopleBench.busyShop(using: &random)
        bench.add(
            Call(
                type: .alias, messageID: "alias", timestamp: instant("2026-03-02T00:00:00Z"), receivedAt: .epoch, userID: "u3",
                previousID: seed % 2 == 0 ? "a2" : "u2", source: PeopleBench.source))
        bench.calls[0].call.flags.insert(.blockedIdentity)
        scramble(&bench, &random)
        bench.calls.shuffle(using: &random)
        for asOf in instants(bench, &random) {
            let view = bench.view(now: "2026-04-20T12:00:00Z", asOf: asOf)
            var shorter = bench
            shorter.calls.removeAll { $0.call.receivedAt >= asOf }
            let other = shorter.view(now: asOf.advanced(byMicroseconds: -1).rfc3339)
            #expect(portraits(view) == portraits(other), "as of \(asOf.rfc3339)")
            #expect(view.overview() == other.overview())
            for index in bench.calls.indices where bench.calls[index].call.receivedAt >= asOf {
                for person in view.population.persons {
                    #expect(view.call(arrival: UInt64(index) + 1, of: PersonID(ordinal: person)) == nil)
                }
            }
        }
    }

    @Test("An earlier instant asked for again follows what has arrived for it since", arguments: UInt64(0) ..< 16)
    func goingOn(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        var bench = PeopleBench.busyShop(using: &random)
        scramble(&bench, &random)
        let folder = try TestFolder()
        var options = StoreOptions()
        (options.flushCalls, options.sealCalls, options.mergeFanIn) = (40, 6, 2)
        let people = PeopleStore(settings: bench.settings)
        let store = try WorkspaceStore.open(
            directory: folder.path, options: options, observer: people, logger: Logger(label: "test"))
        let now = instant("2026-04-20T12:00:00Z")
        let asOf = instants(bench, &random)[0]
        var sent = 0
        while sent < bench.calls.count {
            let next = min(sent + Int.random(in: 1 ..< 30, using: &random), bench.calls.count)
            var encoder = CallEncoder()
            for (call, identities) in bench.calls[sent ..< next] { encoder.append(call, identities: identities, payloadHash: 1) }
            _ = try await store.append(encoder.finish())
            sent = next
            var earlier = bench
            earlier.calls = Array(bench.calls[..<sent])
            let (view, whole) = (people.view(of: store, asOf: asOf, now: now), earlier.view(now: now.rfc3339, asOf: asOf))
            #expect(identities(view) == identities(whole))
            #expect(view.overview() == whole.overview())
            #expect(portraits(view) == portraits(whole))
        }
        await store.close()
    }

    @Test(
        "Deleting calls leaves identities as they are, now and as of an instant, and shows in the next view",
        arguments: UInt64(0) ..< 16)
    func deleting(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        var bench = PeopleBench.busyShop(using: &random)
        let isForward = seed % 2 == 0
        if !isForward { scramble(&bench, &random) }
        let folder = try TestFolder()
        var options = StoreOptions()
        (options.flushCalls, options.sealCalls, options.mergeFanIn) = (40, 6, 2)
        let people = PeopleStore(settings: bench.settings)
        let store = try WorkspaceStore.open(
            directory: folder.path("store"), options: options, observer: people, logger: Logger(label: "test"))
        var encoder = CallEncoder()
        for (call, identities) in bench.calls { encoder.append(call, identities: identities, payloadHash: 1) }
        _ = try await store.append(encoder.finish())
        let now = instant("2026-04-20T12:00:00Z")
        let asOf = bench.calls[bench.calls.count / 2].call.receivedAt
        let before = people.view(of: store, now: now)
        let earlier = identities(people.view(of: store, asOf: asOf, now: now))
        let deleted = try #require(bench.calls.compactMap(\.call.event).randomElement(using: &random))
        let summary = try await store.drop(events: [deleted], before: now)
        let after = people.view(of: store, now: now)
        #expect(summary.callCount == bench.calls.count { $0.call.event == deleted && $0.call.timestamp < now })
        #expect(after.snapshot.eventCount == before.snapshot.eventCount - summary.callCount)
        #expect(identities(after) == identities(before))
        // What is kept from the view before must not show in the one after.
        let fresh = PeopleStore(settings: bench.settings)
        fresh.restore(identities: after.snapshot.identities, decisions: after.snapshot.decisions)
        let anew = fresh.view(snapshot: after.snapshot, now: now)
        #expect(portraits(after) == portraits(anew) && after.overview() == anew.overview())
        let replayed = identities(fresh.view(snapshot: after.snapshot, asOf: asOf, now: now))
        if isForward { #expect(replayed == earlier) }
        // Nobody is taken for somebody else: what a deleted call alone had tied can only be missing.
        #expect(replayed.allSatisfy { person in earlier.contains { person.isSubset(of: $0) } })
        await store.close()
    }

    @Test("While receipt runs forwards the decisions are taken over as they are")
    func forwards() {
        var random = SplitMix64(seed: 5)
        let bench = PeopleBench.random(using: &random)
        let people = PeopleStore(settings: bench.settings)
        let snapshot = StoreSnapshot(calls: bench.calls, rowsPerPart: 7, observer: people)
        let asOf = bench.calls[bench.calls.count / 2].call.receivedAt
        var replay = ReceiptReplay(before: asOf)
        replay.advance(to: snapshot, rules: bench.settings.identities)
        let expected = snapshot.decisions.filter { $0.receivedAt < asOf }
        #expect((0 ..< replay.places.count).map { replay.places.decision(at: $0) { snapshot.decisions[$0] } } == expected)
        #expect(replay.places.count > 0 && replay.places.count < snapshot.decisions.count)
    }
}
