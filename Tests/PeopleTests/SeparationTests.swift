import EventStore
import Logging
import Model
import Questions
import TestSupport
import Testing

@testable import People

/// Calls in which people are joined and taken apart, and what must come of them.
struct CommandBench {
    var people = PeopleBench()

    static func identity(_ name: String) -> Identity { Identity(type: GraphBench.type(name), value: name) }

    /// A call of a minute of its own that carries `names`; for commands two.
    mutating func call(_ type: CallType, _ names: [String]) {
        let at = instant("2026-03-01T00:00:00Z").advanced(byMicroseconds: Int64(people.calls.count) * .microsecondsPerMinute)
        let external: [JSONValue] = names.map {
            ["type": .string(GraphBench.type($0).text), "id": .string($0)]
        }
        people.add(
            Call(
                type: type, messageID: "m\(people.calls.count)", timestamp: at, receivedAt: at,
                event: type == .track ? "view" : nil, context: ["externalIds": .array(external)], source: PeopleBench.source))
    }

    /// The partition by sets: what is apart in the end has been so from the beginning.
    func expected(before count: Int? = nil) -> [[String]] {
        let calls = people.calls.prefix(count ?? people.calls.count)
        var apart: Set<Set<Identity>> = []
        for (call, identities) in calls where identities.count == 2 {
            if call.type == .unmerge { apart.insert(Set(identities)) }
            if call.type == .merge { apart.remove(Set(identities)) }
        }
        var groups: [Set<Identity>] = []
        func place(_ identity: Identity) -> Int {
            if let place = groups.firstIndex(where: { $0.contains(identity) }) { return place }
            groups.append([identity])
            return groups.count - 1
        }
        var known: Set<Identity> = []
        for (call, identities) in calls {
            guard let owner = identities.first, !call.type.isCommand || identities.count == 2 else { continue }
            func isUser(_ group: Set<Identity>) -> Bool { group.contains { $0.type == .userID } }
            func mayJoin(_ other: Identity) -> Bool {
                let (host, guest) = (groups[place(owner)], groups[place(other)])
                let isRefused = apart.contains { $0.isSubset(of: host.union(guest)) }
                return !isRefused && (call.type == .merge || !isUser(host) || !isUser(guest))
            }
            var others = identities.dropFirst()[...]
            if call.type.isCommand {
                known.formUnion(identities)
                for identity in identities { _ = place(identity) }
                if call.type == .unmerge { continue }
            }
            // A new identity finds its person before it is joined to what is new, too.
            let host = others.first { (known.contains($0) || $0.type == .userID) && mayJoin($0) }
            if !known.contains(owner), let host, known.contains(host) { others = [host] + others }
            known.insert(owner)
            _ = place(owner)
            for other in others where place(owner) != place(other) && mayJoin(other) {
                known.insert(other)
                let union = groups[place(owner)].union(groups[place(other)])
                groups.removeAll { $0.isSubset(of: union) }
                groups.append(union)
            }
        }
        // What was only ever refused is nobody yet.
        groups.removeAll { $0.isDisjoint(with: known) }
        return groups.map { $0.map(\.value).sorted() }.sorted { $0.lexicographicallyPrecedes($1) }
    }
}

@Suite("Joined and taken apart by command") struct SeparationTests {
    private func partition(_ view: PeopleView) -> [[String]] {
        let people = view.graph.personOfIdentity()
        var groups: [UInt32: [String]] = [:]
        for ordinal in 0 ..< view.snapshot.identities.count where ordinal < people.count && people[ordinal] != IdentityGraph.none {
            groups[people[ordinal], default: []].append(view.snapshot.identities.identity(UInt32(ordinal)).value)
        }
        return groups.values.map { $0.sorted() }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private func view(_ bench: CommandBench) -> PeopleView { bench.people.view(now: "2026-04-01T00:00:00Z") }

    @Test("Taken apart, two browsers are two people from the beginning, and calls that carry both do not join them again")
    func apart() throws {
        var bench = CommandBench()
        bench.call(.track, ["a1"])
        bench.call(.track, ["u1", "a1"])
        bench.call(.track, ["u1", "a2"])
        bench.call(.unmerge, ["u1", "a1"])
        bench.call(.track, ["u1", "a1"])
        let view = view(bench)
        #expect(partition(view) == [["a1"], ["a2", "u1"]])
        let user = try #require(view.profile(user: "u1"))
        #expect(user.eventCount == 3)
        #expect(Set(user.refusals.map(\.reason)) == [.keptApart, .command])
        #expect(view.graph.personCount == 2 && view.graph.identityCount == 3)
    }

    @Test("Two known users become one by command, and two again when it is taken back")
    func users() {
        var bench = CommandBench()
        for name in ["u1", "u2"] { bench.call(.track, [name]) }
        bench.call(.identify, ["u1", "u2"])
        #expect(partition(view(bench)) == [["u1"], ["u2"]])
        bench.call(.merge, ["u1", "u2"])
        #expect(partition(view(bench)) == [["u1", "u2"]])
        bench.call(.unmerge, ["u1", "u2"])
        #expect(partition(view(bench)) == [["u1"], ["u2"]])
        bench.call(.merge, ["u2", "u1"])
        #expect(partition(view(bench)) == [["u1", "u2"]])
    }

    @Test("A command about one identity or none says nothing")
    func nobody() {
        var bench = CommandBench()
        bench.call(.track, ["u1"])
        for names in [["u1", "u1"], ["u1"], []] {
            bench.call(.merge, names)
            bench.call(.unmerge, names)
        }
        #expect(partition(view(bench)) == [["u1"]])
    }

    @Test("An event of nobody, whose ignored value names no identity, stands in nobody's way")
    func nobodysEvent() throws {
        var bench = CommandBench()
        bench.call(.track, ["u1", "a1"])
        bench.people.add(
            Call(
                type: .track, messageID: "nobody", timestamp: instant("2026-03-01T01:00:00Z"),
                receivedAt: instant("2026-03-01T01:00:00Z"), userID: "null", event: "view", flags: .blockedIdentity,
                source: PeopleBench.source))
        bench.call(.unmerge, ["u1", "a1"])
        let view = view(bench)
        #expect(partition(view) == [["a1"], ["u1"]])
        #expect(try view.decisions().decisions.map(\.outcome) == [.separated, .refused])
    }

    @Test("What an alias may mean is looked at anew with it, as it was known then")
    func aliases() {
        func alias(_ user: String, _ previous: String, _ bench: inout CommandBench) {
            let at = instant("2026-03-01T00:00:00Z").advanced(
                byMicroseconds: Int64(bench.people.calls.count) * .microsecondsPerMinute)
            bench.people.add(
                Call(
                    type: .alias, messageID: "m\(bench.people.calls.count)", timestamp: at, receivedAt: at, userID: user,
                    previousID: previous, source: PeopleBench.source))
        }
        func track(_ user: String?, _ anonymous: String?, _ bench: inout CommandBench) {
            bench.people.track("view", user: user, anonymous: anonymous, at: "2026-03-01T02:00:00Z")
        }
        // A refused alias of a user, whose name somebody anonymous bears later.
        var later = CommandBench()
        track("u1", "x", &later)
        track("u2", nil, &later)
        alias("u1", "u2", &later)
        track(nil, "u2", &later)
        later.call(.unmerge, ["u1", "x"])
        #expect(partition(view(later)) == [["u1"], ["u2"], ["u2"], ["x"]])
        // An alias that made a new anonymous id, whose name a user bears later.
        var earlier = CommandBench()
        alias("u1", "v", &earlier)
        track("u1", "y", &earlier)
        track("v", nil, &earlier)
        earlier.call(.unmerge, ["u1", "y"])
        #expect(partition(view(earlier)) == [["u1", "v"], ["v"], ["y"]])
    }

    @Test("A merge that takes an unmerge back holds after every restart and as of every instant")
    func takenBack() async throws {
        var bench = CommandBench()
        bench.call(.track, ["u1", "a1"])
        bench.call(.unmerge, ["u1", "a1"])
        bench.call(.merge, ["u1", "a1"])
        let now = instant("2026-04-01T00:00:00Z")
        let folder = try TestFolder()
        for round in 0 ..< 4 {
            let people = PeopleStore(settings: bench.people.settings)
            let store = try WorkspaceStore.open(directory: folder.path, observer: people, logger: Logger(label: "test"))
            if round == 0 {
                var encoder = CallEncoder()
                for call in bench.people.calls { encoder.append(call.call, identities: call.identities, payloadHash: 1) }
                _ = try await store.append(encoder.finish())
            }
            if round == 1 { try await store.flush() }
            if round > 1 { #expect(partition(people.view(of: store, now: now)) == [["a1", "u1"]], "round \(round)") }
            if round == 3 { #expect(partition(people.view(of: store, asOf: now, now: now)) == [["a1", "u1"]]) }
            await store.close()
        }
        #expect(partition(bench.people.view(now: "2026-04-01T00:00:00Z", asOf: now)) == [["a1", "u1"]])
    }

    private func random(_ seed: UInt64) -> CommandBench {
        var random = SplitMix64(seed: seed)
        var bench = CommandBench()
        let width = Int.random(in: 3 ... 9, using: &random)
        for _ in 0 ..< Int.random(in: 5 ... 60, using: &random) {
            var names: [String] = []
            let type: CallType = [.track, .track, .identify, .alias, .merge, .unmerge].randomElement(using: &random) ?? .track
            while names.count < (type.isCommand ? 2 : Int.random(in: 1 ... 3, using: &random)) {
                let number = Int.random(in: 0 ..< width, using: &random)
                let name = ["u\(number)", "a\(number)", "e\(number % 5)@x.org"].randomElement(using: &random) ?? "a0"
                if !names.contains(name) { names.append(name) }
            }
            bench.call(type, names)
        }
        return bench
    }

    @Test("Random commands among random calls, against sets", arguments: Seeds.slices(5_000))
    func againstSets(seeds: Seeds) {
        for seed in seeds { againstSets(seed: seed) }
    }

    private func againstSets(seed: UInt64) {
        let bench = random(seed)
        #expect(partition(view(bench)) == bench.expected(), "seed \(seed)")
    }

    @Test("Whenever it is looked at, settled, closed and opened again, the people are the same", arguments: UInt64(0) ..< 60)
    func settledAnyTime(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed &+ 77)
        let bench = self.random(seed)
        let now = instant("2026-04-01T00:00:00Z")
        let folder = try TestFolder()
        var people = PeopleStore(settings: bench.people.settings)
        var store = try WorkspaceStore.open(directory: folder.path, observer: people, logger: Logger(label: "test"))
        for (place, call) in bench.people.calls.enumerated() {
            var encoder = CallEncoder()
            encoder.append(call.call, identities: call.identities, payloadHash: 1)
            _ = try await store.append(encoder.finish())
            if Int.random(in: 0 ..< 4, using: &random) == 0 {
                let view = people.view(of: store, now: now)
                #expect(partition(view) == bench.expected(before: place + 1), "seed \(seed), call \(place)")
                let count = view.graph.personOfIdentity().enumerated().count { $0.element == UInt32($0.offset) }
                #expect(view.graph.personCount == count)
            }
            if Int.random(in: 0 ..< 10, using: &random) == 0 { try await store.flush() }
            if Int.random(in: 0 ..< 12, using: &random) == 0 {
                await store.close()
                people = PeopleStore(settings: bench.people.settings)
                store = try WorkspaceStore.open(directory: folder.path, observer: people, logger: Logger(label: "test"))
            }
        }
        // As of any instant exactly the commands received before it hold.
        for count in [bench.people.calls.count / 2, bench.people.calls.count] {
            let asOf = instant("2026-03-01T00:00:00Z").advanced(byMicroseconds: Int64(count) * .microsecondsPerMinute)
            let view = people.view(of: store, asOf: asOf, now: now)
            #expect(partition(view) == bench.expected(before: count), "seed \(seed), as of call \(count)")
        }
        await store.close()
    }

    @Test("Looked at all the while by others, the people are the same in the end", arguments: UInt64(0) ..< 60)
    func settledBesideCalls(seed: UInt64) async throws {
        let bench = random(seed)
        let now = instant("2026-04-01T00:00:00Z")
        let folder = try TestFolder()
        let people = PeopleStore(settings: bench.people.settings)
        let store = try WorkspaceStore.open(directory: folder.path, observer: people, logger: Logger(label: "test"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for call in bench.people.calls {
                    var encoder = CallEncoder()
                    encoder.append(call.call, identities: call.identities, payloadHash: 1)
                    _ = try await store.append(encoder.finish())
                }
            }
            for _ in 0 ..< 2 {
                group.addTask {
                    for _ in 0 ..< 40 {
                        _ = people.view(of: store, now: now).graph.personCount
                        await Task.yield()
                    }
                }
            }
            try await group.waitForAll()
        }
        let view = people.view(of: store, now: now)
        #expect(partition(view) == bench.expected(), "seed \(seed)")
        // Newest first, each decision on one page, whatever was decided anew.
        var arrivals: [UInt64] = []
        var cursor: String?
        repeat {
            let page = try view.decisions(cursor: cursor, limit: 3)
            arrivals += page.decisions.map(\.arrival)
            cursor = page.next
        } while cursor != nil
        #expect(arrivals == arrivals.sorted(by: >))
        #expect(arrivals.count == (try view.decisions(limit: 500)).decisions.count)
        await store.close()
    }

    @Test("I3: joined and taken apart again, every answer is byte for byte what it was", arguments: Seeds.slices(500))
    func mergeUnmerge(seeds: Seeds) throws {
        for seed in seeds { try mergeUnmerge(seed: seed) }
    }

    private func mergeUnmerge(seed: UInt64) throws {
        var random = SplitMix64(seed: seed &+ 5)
        var bench = PeopleBench.random(using: &random)
        let before = bench.view(now: "2026-04-20T12:00:00Z")
        // Two people nothing has tied together, not even a refusal.
        let persons = before.population.persons
        let (left, right) = (persons[Int.random(in: 0 ..< persons.count, using: &random)], persons[persons.count - 1])
        guard left != right else { return }
        for type in [CallType.merge, .unmerge] {
            let external: [JSONValue] = [left, right].map { ordinal in
                let identity = before.snapshot.identities.identity(ordinal)
                return ["type": .string(identity.type.text), "id": .string(identity.value)]
            }
            bench.add(
                Call(
                    type: type, messageID: "c\(type.text)", timestamp: instant("2026-04-20T11:00:00Z"),
                    receivedAt: instant("2026-04-20T11:00:00Z"), context: ["externalIds": .array(external)],
                    source: PeopleBench.source))
        }
        let after = bench.view(now: "2026-04-20T12:00:00Z")
        #expect(partition(after) == partition(before), "seed \(seed)")
        #expect(after.overview() == before.overview(), "seed \(seed)")
        for question in QuestionExamples.all where question["kind"] != "timeline" {
            func answer(_ view: PeopleView) throws -> JSONValue {
                let executor = Executor(
                    snapshot: view.snapshot, population: view.population, calendar: bench.settings.calendar,
                    now: instant("2026-04-20T12:00:00Z"))
                return try executor.answer(Question(json: question)).body
            }
            #expect(try answer(after) == answer(before), "seed \(seed): \(question.text)")
        }
    }
}
