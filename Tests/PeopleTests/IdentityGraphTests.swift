import Model
import Testing

@testable import People

/// Feeds calls written as identities such as `u1` (a user id), `a1` (anonymous) and `e1` (e-mail) to a resolver.
struct GraphBench {
    var resolver = IdentityResolver()
    var ordinals: [String: UInt32] = [:]
    var names: [String] = []
    var decisions: [Resolution] = []
    /// When each was seen first, as ``now`` was then.
    var firstSeen: [Instant] = []
    var now = Instant.epoch
    var arrival: UInt64 = 0

    static func type(_ name: String) -> IdentityType {
        switch name.first {
        case "u": .userID
        case "e": .email
        case "p": .productCode
        default: .anonymousID
        }
    }

    mutating func call(_ type: CallType = .track, _ identities: String...) { call(type, identities) }

    mutating func call(_ type: CallType, _ identities: [String]) {
        var numbers: [UInt32] = []
        for name in identities {
            if ordinals[name] == nil {
                ordinals[name] = UInt32(names.count)
                names.append(name)
                firstSeen.append(now)
            }
            numbers.append(ordinals[name] ?? 0)
        }
        let (known, seen) = (names, firstSeen)
        resolver.resolve(
            type, identities: numbers, arrival: arrival, receivedAt: now,
            look: .init(type: { GraphBench.type(known[Int($0)]) }, firstSeen: { seen[Int($0)] }), decide: { decisions.append($0) })
        arrival += 1
    }

    /// The people as sorted lists of names.
    var partition: [[String]] { partition(of: resolver.graph) }

    func partition(of graph: IdentityGraph) -> [[String]] {
        let people = graph.personOfIdentity()
        var groups: [UInt32: [String]] = [:]
        for (ordinal, name) in names.enumerated() where ordinal < people.count && people[ordinal] != IdentityGraph.none {
            groups[people[ordinal], default: []].append(name)
        }
        return groups.values.map { $0.sorted() }.sorted { $0.lexicographicallyPrecedes($1) }
    }
}

@Suite("Identity graph") struct IdentityGraphTests {
    @Test("An anonymous person becomes known by a call that carries both ids, and the first seen survives")
    func anonymousToKnown() {
        var bench = GraphBench()
        bench.call(.track, "a1")
        bench.call(.track, "u1")
        bench.call(.identify, "u1", "a1")
        #expect(bench.partition == [["a1", "u1"]])
        #expect(bench.resolver.graph.person(of: 1) == 0)
        #expect(bench.decisions.map(\.outcome) == [.newPerson, .newPerson, .merged])
        #expect(bench.decisions.last?.reason == .identify)
        #expect(bench.resolver.graph.mergeDecisionIndex(of: 1) == 2)
    }

    @Test("A known user on another's browser is a user switch, written once")
    func userSwitch() {
        var bench = GraphBench()
        bench.call(.track, "u1", "x")
        bench.call(.track, "u2", "x")
        bench.call(.track, "u2", "x")
        #expect(bench.partition == [["u1", "x"], ["u2"]])
        #expect(bench.decisions.filter { $0.outcome == .refused }.map(\.reason) == [.userSwitch])
        #expect(bench.decisions.last?.reason.rule == 5)
    }

    @Test("identify and alias never join two known people", arguments: [CallType.identify, .alias])
    func alreadyIdentified(type: CallType) {
        var bench = GraphBench()
        bench.call(.track, "u1", "a1")
        bench.call(.track, "u2")
        bench.call(type, "u2", "a1")
        #expect(bench.partition == [["a1", "u1"], ["u2"]])
        #expect(bench.decisions.last?.reason == .alreadyIdentified)
    }

    @Test("A second user id in one call belongs to nobody until it is seen by itself")
    func secondUserID() {
        var bench = GraphBench()
        bench.call(.track, "u1", "u2")
        #expect(bench.partition == [["u1"]])
        bench.call(.track, "u2")
        #expect(bench.partition == [["u1"], ["u2"]])
    }

    @Test("I2: the partition does not depend on the order of calls without conflicts", arguments: Seeds.slices(5_000))
    func orderDoesNotMatter(seeds: Seeds) {
        for seed in seeds { orderDoesNotMatter(seed: seed) }
    }

    private func orderDoesNotMatter(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let calls = GraphBench.peacefulCalls(count: 5, people: 3, using: &random)
        var expected: [[String]]?
        for order in permutations(Array(calls.indices)) {
            var bench = GraphBench()
            for index in order { bench.call(calls[index].0, calls[index].1) }
            if let expected { #expect(bench.partition == expected, "seed \(seed)") } else { expected = bench.partition }
            #expect(!bench.decisions.contains { $0.outcome == .refused }, "seed \(seed)")
        }
    }

    @Test("I1, I4, I6 and two users never one person, against plain union-find", arguments: Seeds.slices(5_000))
    func againstTheModel(seeds: Seeds) {
        for seed in seeds { againstTheModel(seed: seed) }
    }

    private func againstTheModel(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var bench = GraphBench()
        bench.resolver.limits = .off
        var model: [Set<String>] = []
        for _ in 0 ..< 300 {
            let type = [CallType.track, .identify, .alias, .page].randomElement(using: &random) ?? .track
            var names: [String] = []
            for _ in 0 ... Int.random(in: 0 ..< 3, using: &random) {
                let name = "\(["u", "a", "e"].randomElement(using: &random) ?? "a")\(Int.random(in: 0 ..< 25, using: &random))"
                if !names.contains(name) { names.append(name) }
            }
            bench.call(type, names)
            GraphBench.resolve(names, in: &model)
        }
        #expect(bench.partition == model.map { $0.sorted() }.sorted { $0.lexicographicallyPrecedes($1) }, "seed \(seed)")
        for group in bench.partition {
            #expect(group.count { $0.hasPrefix("u") } <= 1, "seed \(seed)")
            let ordinals = group.compactMap { bench.ordinals[$0] }.sorted()
            for ordinal in ordinals {
                #expect(bench.resolver.graph.identities(of: ordinal) == ordinals, "seed \(seed)")
                #expect(bench.resolver.graph.person(of: ordinal) == ordinals.first, "seed \(seed)")
                #expect(bench.resolver.graph.decisionIndex(of: ordinal) != nil, "seed \(seed)")
            }
        }
        #expect(bench.resolver.graph.personCount == bench.partition.count, "seed \(seed)")
    }

    @Test("I5: replaying the decisions gives the same graph", arguments: Seeds.slices(5_000))
    func replay(seeds: Seeds) {
        for seed in seeds { replay(seed: seed) }
    }

    private func replay(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var bench = GraphBench()
        for _ in 0 ..< 200 {
            var names: [String] = []
            for _ in 0 ... Int.random(in: 0 ..< 2, using: &random) {
                let name = "\(["u", "a"].randomElement(using: &random) ?? "a")\(Int.random(in: 0 ..< 20, using: &random))"
                if !names.contains(name) { names.append(name) }
            }
            bench.call(.track, names)
        }
        var again = IdentityResolver()
        for decision in bench.decisions { again.restore(decision) }
        #expect(bench.partition(of: again.graph) == bench.partition, "seed \(seed)")
        #expect(again.graph.personCount == bench.resolver.graph.personCount, "seed \(seed)")
        for ordinal in UInt32(0) ..< UInt32(bench.names.count) {
            #expect(again.graph.person(of: ordinal) == bench.resolver.graph.person(of: ordinal), "seed \(seed)")
            #expect(again.graph.decisionIndex(of: ordinal) == bench.resolver.graph.decisionIndex(of: ordinal), "seed \(seed)")
        }
    }

    @Test("A copy of the graph does not change with later calls")
    func copies() {
        var bench = GraphBench()
        bench.call(.track, "a1")
        bench.call(.track, "a2")
        let before = bench.resolver.graph
        bench.call(.track, "u1", "a1", "a2")
        #expect(before.personCount == 2)
        #expect(before.identities(of: 0) == [0])
        #expect(bench.resolver.graph.personCount == 1)
    }
}

extension GraphBench {
    /// Calls among a few people such that no call carries identities of two of them.
    static func peacefulCalls(count: Int, people: Int, using random: inout SplitMix64) -> [(CallType, [String])] {
        (0 ..< count).map { _ in
            let person = Int.random(in: 0 ..< people, using: &random)
            let pool = ["u\(person)", "a\(person)1", "a\(person)2", "e\(person)"].shuffled(using: &random)
            let type = [CallType.track, .identify, .page].randomElement(using: &random) ?? .track
            return (type, Array(pool.prefix(Int.random(in: 1 ... 3, using: &random))))
        }
    }

    /// The plain meaning: each further identity joins the owner's person unless both have a user id.
    static func resolve(_ names: [String], in people: inout [Set<String>]) {
        func isUser(_ group: Set<String>) -> Bool { group.contains { $0.hasPrefix("u") } }
        guard let owner = names.first else { return }
        if !people.contains(where: { $0.contains(owner) }) { people.append([owner]) }
        for other in names.dropFirst() {
            let host = people.firstIndex { $0.contains(owner) } ?? 0
            if people[host].contains(other) { continue }
            let guest = people.first { $0.contains(other) } ?? [other]
            if isUser(people[host]), isUser(guest) { continue }
            people[host].formUnion(guest)
            people.removeAll { $0 == guest }
        }
    }
}

/// All orders of a small list.
func permutations<Element>(_ elements: [Element]) -> [[Element]] {
    guard let first = elements.first else { return [[]] }
    return permutations(Array(elements.dropFirst())).flatMap { rest in
        (0 ... rest.count).map { place in rest[..<place] + [first] + rest[place...] }
    }
}
