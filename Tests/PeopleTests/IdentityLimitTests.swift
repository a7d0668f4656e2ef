import Model
import Testing

@testable import People

@Suite("Limits of identities") struct IdentityLimitTests {
    private func bench(_ change: (inout IdentityLimits) -> Void = { _ in }) -> GraphBench {
        var bench = GraphBench()
        change(&bench.resolver.limits)
        return bench
    }

    private func refusals(_ bench: GraphBench) -> [String] {
        bench.decisions.filter { $0.outcome == .refused }.map {
            "\(bench.names[Int($0.subject)]) \($0.reason.text) \($0.reason.rule)"
        }
    }

    @Test("What is too much is set aside with all of lower priority, lowest first, and the event stays the owner's")
    func setAside() {
        var bench = bench { $0.ofType[.email] = .some(.init(2)) }
        for number in 1 ... 2 { bench.call(.identify, "u1", "e\(number)") }
        bench.call(.identify, "u1", "e3", "a3")
        #expect(bench.partition == [["e1", "e2", "u1"]])
        #expect(refusals(bench) == ["e3 limit_exceeded 3", "a3 limit_exceeded 3"])
        // Written once; what was set aside is a person of its own from its first own call on.
        bench.call(.identify, "u1", "e3", "a3")
        bench.call(.track, "a3")
        #expect(bench.partition == [["a3"], ["e1", "e2", "u1"]] && refusals(bench).count == 2)
        // What is not new is no more than there was.
        bench.call(.identify, "u1", "e2", "a9")
        #expect(bench.partition == [["a3"], ["a9", "e1", "e2", "u1"]])
    }

    @Test("By the standard limits five e-mail addresses are one person's, a thousand identities in all")
    func standard() {
        var bench = bench()
        for number in 1 ... 6 { bench.call(.identify, "u1", "e\(number)") }
        #expect(bench.partition == [["e1", "e2", "e3", "e4", "e5", "u1"]] && refusals(bench) == ["e6 limit_exceeded 3"])
        for number in 1 ... 10_000 { bench.call(.track, "u1", "a\(number)") }
        #expect(bench.resolver.graph.identityCount(of: 0) == 1_000)
        #expect(refusals(bench).filter { $0.hasSuffix("merge_cap 3") }.count == 10_000 - 994)
    }

    @Test("A period counts what was seen first within it")
    func period() {
        var bench = bench { $0.ofType[.email] = .some(.init(1, per: .week)) }
        bench.call(.identify, "u1", "e1")
        bench.now = .epoch.advanced(byMicroseconds: 6 * .microsecondsPerDay)
        bench.call(.identify, "u1", "e2")
        #expect(bench.partition == [["e1", "u1"]])
        bench.now = .epoch.advanced(byMicroseconds: 8 * .microsecondsPerDay)
        bench.call(.identify, "u1", "e3")
        #expect(bench.partition == [["e1", "e3", "u1"]])
    }

    @Test("People whose merge would hold too much stay apart, as do those made of too many merges")
    func merges() {
        var bench = bench { limits in
            limits.ofType[.email] = .some(.init(3))
            limits.merges = 2
        }
        for number in 1 ... 4 { bench.call(.track, "a\(number / 3)", "e\(number)") }
        bench.call(.track, "a0", "a1")
        #expect(bench.partition.count == 2 && refusals(bench) == ["a1 limit_exceeded 3"])
        for number in 10 ... 13 { bench.call(.track, "a\(number)") }
        for number in 11 ... 13 { bench.call(.track, "a10", "a\(number)") }
        #expect(bench.partition.contains(["a10", "a11", "a12"]) && refusals(bench).last == "a13 merge_cap 3")
    }

    @Test("A unique type finds its person and never joins two")
    func unique() {
        var bench = bench { $0.unique = [.productCode] }
        bench.call(.track, "a1", "p1")
        bench.call(.track, "p1", "a2")
        #expect(bench.partition == [["a1", "a2", "p1"]])
        bench.call(.track, "a3")
        bench.call(.track, "a3", "p1")
        bench.call(.track, "p1", "a3")
        #expect(bench.partition == [["a1", "a2", "p1"], ["a3"]])
        #expect(refusals(bench) == ["p1 unique_conflict 3", "a3 unique_conflict 3"])
    }

    @Test("Narrower limits take nothing from anybody")
    func narrowed() {
        var bench = bench()
        for number in 1 ... 4 { bench.call(.identify, "u1", "e\(number)") }
        bench.resolver.limits.ofType[.email] = .some(.init(2))
        bench.call(.identify, "u1", "e1", "a1")
        bench.call(.identify, "u1", "e5")
        #expect(bench.partition == [["a1", "e1", "e2", "e3", "e4", "u1"]])
    }

    private static func randomCalls(_ random: inout SplitMix64) -> [(CallType, [String])] {
        (0 ..< 250).map { _ in
            var names: [String] = []
            for _ in 0 ... Int.random(in: 0 ..< 3, using: &random) {
                let name =
                    "\(["u", "a", "e", "e", "p"].randomElement(using: &random) ?? "a")\(Int.random(in: 0 ..< 18, using: &random))"
                if !names.contains(name) { names.append(name) }
            }
            // As calls give them.
            names.sort { IdentityRules.priority(of: GraphBench.type($0)) < IdentityRules.priority(of: GraphBench.type($1)) }
            return ([.track, .identify, .alias].randomElement(using: &random) ?? .track, names)
        }
    }

    private static func randomLimits(_ random: inout SplitMix64) -> IdentityLimits {
        var limits = IdentityLimits()
        limits.ofType = [
            .email: .init(Int.random(in: 1 ... 4, using: &random)), .anonymousID: .init(Int.random(in: 1 ... 6, using: &random)),
        ]
        limits.ofOthers = Bool.random(using: &random) ? nil : .init(2)
        limits.unique = Bool.random(using: &random) ? [.productCode] : []
        limits.merges = Int.random(in: 0 ... 3, using: &random)
        limits.identities = Int.random(in: 3 ... 9, using: &random)
        return limits
    }

    @Test("Random calls under random limits, against sets", arguments: UInt64(0) ..< 200)
    func againstTheModel(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var bench = GraphBench()
        bench.resolver.limits = Self.randomLimits(&random)
        var model = LimitedPeople(limits: bench.resolver.limits)
        for (type, names) in Self.randomCalls(&random) {
            bench.call(type, names)
            model.resolve(names)
        }
        let wanted = model.people.map { $0.members.sorted() }.sorted { $0.lexicographicallyPrecedes($1) }
        #expect(bench.partition == wanted, "seed \(seed): \(bench.resolver.limits)")
        // I6: whatever stayed apart has its reason, once.
        let refused = bench.decisions.filter { $0.outcome == .refused }
        #expect(Set(refused.map { UInt64($0.other) << 32 | UInt64($0.subject) }).count == refused.count)
    }

    @Test("A resolver put together again from its decisions decides the rest alike", arguments: UInt64(0) ..< 40)
    func restored(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var bench = GraphBench()
        bench.resolver.limits = Self.randomLimits(&random)
        let calls = Self.randomCalls(&random)
        for (type, names) in calls[..<120] { bench.call(type, names) }
        var again = bench
        again.resolver = IdentityResolver(limits: bench.resolver.limits)
        for decision in bench.decisions { again.resolver.restore(decision) }
        for (type, names) in calls[120...] {
            bench.call(type, names)
            again.call(type, names)
        }
        #expect(again.decisions == bench.decisions && again.partition == bench.partition)
    }
}

/// The plain meaning of limits: sets of names, and how many merges made each.
private struct LimitedPeople {
    struct Person: Equatable {
        var members: Set<String>
        var merges = 0
        var isKnown = true

        var isUser: Bool { members.contains { $0.hasPrefix("u") } }
        func count(_ type: IdentityType) -> Int { members.count { GraphBench.type($0) == type } }
    }

    let limits: IdentityLimits
    private(set) var people: [Person] = []

    init(limits: IdentityLimits) { self.limits = limits }

    mutating func resolve(_ given: [String]) {
        var kept = given
        while kept.count > 1, isTooMuch(joined(kept)) { kept.removeLast() }
        let parts = joined(kept)
        people.removeAll { parts.contains($0) }
        let known = parts.filter(\.isKnown)
        people.append(
            Person(
                members: parts.reduce(into: []) { $0.formUnion($1.members) },
                merges: known.reduce(0) { $0 + $1.merges } + max(known.count - 1, 0)))
    }

    /// The people and new identities that a call makes one person of, the owner's first.
    private func joined(_ names: [String]) -> [Person] {
        var parts: [Person] = []
        for name in names {
            let part = people.first { $0.members.contains(name) } ?? Person(members: [name], isKnown: false)
            if parts.contains(part) || (part.isUser && parts.contains(where: \.isUser)) { continue }
            let isUnique = [names[0], name].contains { limits.unique.contains(GraphBench.type($0)) }
            if isUnique, part.isKnown, parts.contains(where: \.isKnown) { continue }
            parts.append(part)
        }
        return parts
    }

    private func isTooMuch(_ parts: [Person]) -> Bool {
        let whole = Person(members: parts.reduce(into: []) { $0.formUnion($1.members) })
        let known = parts.filter(\.isKnown)
        for type in [IdentityType.userID, .email, .anonymousID, .productCode] {
            guard let limit = limits.limit(of: type) else { continue }
            if whole.count(type) > max(limit.count, parts.map { $0.count(type) }.max() ?? 0) { return true }
        }
        if let most = limits.identities, whole.members.count > max(most, parts.map(\.members.count).max() ?? 0) { return true }
        guard let most = limits.merges, known.count > 1 else { return false }
        return known.reduce(0) { $0 + $1.merges } + known.count - 1 > most
    }
}
