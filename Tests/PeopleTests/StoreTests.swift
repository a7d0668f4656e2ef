import EventStore
import Logging
import Model
import Questions
import TestSupport
import Testing

@testable import People

@Suite("People over a store") struct StoreTests {
    private func open(_ folder: TestFolder, _ people: PeopleStore) throws(Problem) -> WorkspaceStore {
        try WorkspaceStore.open(directory: folder.path, observer: people, logger: Logger(label: "test"))
    }

    private func batch(_ calls: [(call: Call, identities: [Identity])]) -> CallBatch {
        var encoder = CallEncoder()
        for (call, identities) in calls { encoder.append(call, identities: identities, payloadHash: 1) }
        return encoder.finish()
    }

    @Test("I5: after reopening, who is who and every answer are the same", arguments: Seeds.slices(200))
    func reopening(seeds: Seeds) async throws {
        for seed in seeds { try await reopening(seed: seed) }
    }

    private func reopening(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let bench = PeopleBench.random(using: &random)
        let folder = try TestFolder()
        let now = instant("2026-04-20T12:00:00Z")
        let people = PeopleStore(settings: bench.settings)
        let store = try open(folder, people)
        let half = bench.calls.count / 2
        _ = try await store.append(batch(Array(bench.calls[..<half])))
        if seed % 2 == 0 { try await store.flush() }
        _ = try await store.append(batch(Array(bench.calls[half...])))
        let before = people.view(of: store, now: now)
        #expect(before.overview() == bench.view(now: now.rfc3339).overview(), "seed \(seed)")
        await store.close()

        let again = PeopleStore(settings: bench.settings)
        let reopened = try open(folder, again)
        let after = again.view(of: reopened, now: now)
        #expect(
            after.graph.personOfIdentity().filter { $0 != .max } == before.graph.personOfIdentity().filter { $0 != .max },
            "seed \(seed)")
        #expect(after.overview() == before.overview(), "seed \(seed)")
        for person in before.population.persons {
            #expect(after.profile(PersonID(ordinal: person)) == before.profile(PersonID(ordinal: person)), "seed \(seed)")
        }
        let asOf = instant("2026-03-10T00:00:00Z")
        #expect(
            again.view(of: reopened, asOf: asOf, now: now).overview()
                == people.view(snapshot: before.snapshot, asOf: asOf, now: now).overview(), "seed \(seed)")
        await reopened.close()
    }

    @Test("A view does not change with what arrives after it")
    func isolation() async throws {
        var bench = PeopleBench()
        bench.track("A", anonymous: "a", at: "2026-03-01T10:00:00Z")
        bench.track("B", user: "u", at: "2026-03-02T10:00:00Z")
        bench.identify(user: "u", anonymous: "a", at: "2026-03-03T10:00:00Z")
        let people = PeopleStore(settings: bench.settings)
        let folder = try TestFolder()
        let store = try open(folder, people)
        _ = try await store.append(batch(Array(bench.calls[..<2])))
        let before = people.view(of: store, now: instant("2026-03-04T00:00:00Z"))
        _ = try await store.append(batch(Array(bench.calls[2...])))
        #expect(before.everybody == 2)
        #expect(before.overview().everybody == 2)
        #expect(people.view(of: store, now: instant("2026-03-04T00:00:00Z")).everybody == 1)
        await store.close()
    }

    @Test("alias joins an anonymous id, a known user never, and a new previous id is anonymous (N3)")
    func alias() throws {
        var bench = PeopleBench()
        func alias(_ user: String, _ previous: String) -> Call {
            Call(
                type: .alias, messageID: "m\(bench.calls.count)", timestamp: instant("2026-03-02T10:00:00Z"),
                receivedAt: instant("2026-03-02T10:00:00Z"), userID: user, previousID: previous, source: PeopleBench.source)
        }
        bench.track("A", user: "u1", at: "2026-03-01T10:00:00Z")
        bench.track("A", user: "u2", at: "2026-03-01T10:00:00Z")
        bench.track("A", anonymous: "x", at: "2026-03-01T10:00:00Z")
        bench.add(alias("u1", "x"))
        bench.add(alias("u1", "u2"))
        bench.add(alias("u2", "new"))
        let view = bench.view(now: "2026-03-08T00:00:00Z")
        #expect(view.everybody == 2)
        #expect(view.profile(user: "u1")?.identities.map(\.identity.value) == ["u1", "x"])
        #expect(view.profile(user: "u2")?.identities.map(\.identity.value) == ["u2", "new"])
        #expect(view.profile(user: "u1")?.refusals.map(\.reason) == [.alreadyIdentified])
        // Later somebody is anonymous under that very value: a person of its own.
        bench.track("A", anonymous: "u2", at: "2026-03-03T10:00:00Z")
        #expect(bench.view(now: "2026-03-08T00:00:00Z").everybody == 3)
    }

    @Test("Blocked values belong to nobody and are noted")
    func blocked() throws {
        var bench = PeopleBench()
        bench.track("A", user: "u1", anonymous: "anonymous", at: "2026-03-01T10:00:00Z")
        bench.calls[0].call.flags = .blockedIdentity
        bench.track("A", user: "u2", anonymous: "anonymous", at: "2026-03-01T10:00:00Z")
        bench.track("B", anonymous: "guest", at: "2026-03-01T10:00:00Z")
        let view = bench.view(now: "2026-03-08T00:00:00Z")
        #expect(view.everybody == 2)
        #expect(view.overview().activeLast30Days == 2)
        #expect(view.profile(user: "u1")?.refusals.map(\.reason) == [.blockedValue])
        #expect(view.profile(user: "u2")?.refusals == [])
    }

    @Test("Questions see roles, persons and identities of the same people")
    func population() throws {
        var bench = PeopleBench()
        bench.track("Order Completed", user: "c", anonymous: "x", at: "2026-03-02T10:00:00Z", ["total": 1])
        bench.track("View", user: "u", at: "2026-03-02T10:00:00Z")
        bench.track("View", user: "u", at: "2026-03-03T10:00:00Z")
        let view = bench.view(now: "2026-03-08T00:00:00Z")
        let population = view.population
        let customer = try #require(view.person(user: "c")).ordinal
        let user = try #require(view.person(user: "u")).ordinal
        #expect(population.persons == [customer, user])
        #expect(population.identities(of: customer) == [0, 1])
        #expect(population.knownIdentities(of: customer).map(\.value) == ["x", "c"])
        #expect(try population.members(ofRole: "customer", at: view.instant)?.ordinals == [customer])
        #expect(try population.members(ofRole: "user", at: view.instant)?.ordinals == [user])
        #expect(try population.members(ofRole: "user", at: instant("2026-03-03T09:00:00Z"))?.ordinals == [])
        #expect(try population.members(ofRole: "king", at: view.instant) == nil)
    }
}
