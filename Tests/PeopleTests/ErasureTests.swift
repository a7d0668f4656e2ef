import EventStore
import Logging
import Model
import Questions
import TestSupport
import Testing

@testable import People

@Suite("Erased people") struct ErasureTests {
    private let now = instant("2026-04-20T12:00:00Z")

    private func open(_ folder: TestFolder, _ people: PeopleStore) throws(Problem) -> WorkspaceStore {
        try WorkspaceStore.open(directory: folder.path, observer: people, logger: Logger(label: "test"))
    }

    private func batch(_ calls: some Sequence<(call: Call, identities: [Identity])>) -> CallBatch {
        var encoder = CallEncoder()
        for (call, identities) in calls { encoder.append(call, identities: identities, payloadHash: 1) }
        return encoder.finish()
    }

    private func partition(_ view: PeopleView) -> [[Identity]] {
        var groups: [UInt32: [Identity]] = [:]
        for (ordinal, person) in view.graph.personOfIdentity().enumerated() where person != IdentityGraph.none {
            groups[person, default: []].append(view.snapshot.identities.identity(UInt32(ordinal)))
        }
        return groups.values.map { $0.sorted() }.sorted { ($0.first ?? $0[0]) < ($1.first ?? $1[0]) }
    }

    /// Calls without the erased: those that others sent do not name them any more.
    private func without(
        _ erased: Set<Identity>, _ calls: [(call: Call, identities: [Identity])]
    ) -> [(call: Call, identities: [Identity])] {
        calls.compactMap { call, identities in
            guard let owner = identities.first, !erased.contains(owner) else {
                return identities.isEmpty ? (call, identities) : nil
            }
            return (call, identities.filter { !erased.contains($0) })
        }
    }

    @Test(
        "Who is erased is nobody, and everybody else as if they had never been there, before and after reopening",
        arguments: UInt64(0) ..< 60)
    func erased(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed &+ 900)
        let bench = PeopleBench.random(using: &random)
        let folder = try TestFolder()
        var people = PeopleStore(settings: bench.settings)
        var store = try open(folder, people)
        let half = bench.calls.count / 2
        _ = try await store.append(batch(bench.calls[..<half]))
        if seed % 2 == 0 { try await store.flush() }
        _ = try await store.append(batch(bench.calls[half...]))
        let before = people.view(of: store, now: now)
        let persons = before.population.persons
        let person = PersonID(ordinal: persons[Int.random(in: 0 ..< persons.count, using: &random)])
        let identities = before.graph.identities(of: person.ordinal).map { before.snapshot.identities.identity($0) }
        let traces = try before.traces(named: person.text)
        #expect(Set(traces.identities) == Set(identities))
        _ = try await store.erase { _ in traces.erased }
        var model = PeopleBench()
        model.settings = bench.settings
        for (call, identities) in without(Set(identities), bench.calls) { model.calls.append((call, identities)) }
        let expected = model.view(now: now.rfc3339)
        for round in 0 ..< 3 {
            let view = people.view(of: store, now: now)
            #expect(partition(view) == partition(expected), "seed \(seed), round \(round)")
            #expect(view.everybody == expected.everybody)
            #expect(view.overview().everybody == expected.overview().everybody)
            #expect(view.profile(person) == nil || round >= 0 && view.graph.person(of: person.ordinal) == nil)
            #expect(try view.people(PeopleQuery(), limit: 500).rows.count == expected.everybody)
            // As of earlier, too, they had never been there.
            let asOf = instant("2026-03-10T00:00:00Z")
            #expect(
                people.view(of: store, asOf: asOf, now: now).everybody == model.view(now: now.rfc3339, asOf: asOf).everybody)
            if round == 1 { try await store.mergeAll() }
            await store.close()
            people = PeopleStore(settings: bench.settings)
            store = try open(folder, people)
        }
        // Whoever comes back under one of these identities is somebody new.
        let returning = Call(
            type: .track, messageID: "back", timestamp: now, receivedAt: now, event: "A", source: PeopleBench.source)
        _ = try await store.append(batch([(returning, [identities[0]])]))
        let view = people.view(of: store, now: now)
        #expect(view.everybody == expected.everybody + 1)
        #expect(try view.identity(named: "\(identities[0].type.text):\(identities[0].value)") == identities[0])
        await store.close()
    }
}
