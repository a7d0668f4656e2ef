import Columns
import EventStore
import Model
import OrderedCollections
import Questions
import TestSupport
import Testing

@testable import People

extension PeopleBench {
    mutating func declare(
        _ user: String, _ role: String, to: JSONValue, at: String, receivedAt: String? = nil, from: String? = nil,
        until: String? = nil, deleted: Bool? = nil
    ) {
        var properties: JSONValue = ["as": .string(role), "to": to]
        if let from { properties = properties.setting(["from"], to: .string(from)) }
        if let until { properties = properties.setting(["until"], to: .string(until)) }
        if let deleted { properties = properties.setting(["deleted"], to: .bool(deleted)) }
        add(
            Call(
                type: .declare, messageID: "m\(calls.count)", timestamp: instant(at), receivedAt: instant(receivedAt ?? at),
                userID: user, event: "relationship", properties: properties, source: Self.source))
    }
}

@Suite("Relationships between people") struct RelationshipTests {
    private static let now = "2026-03-20T12:00:00Z"
    private static func user(_ id: String) -> JSONValue { ["type": "user_id", "id": .string(id)] }

    private static func ask(_ json: JSONValue, _ view: PeopleView) throws -> JSONValue {
        let executor = Executor(
            snapshot: view.snapshot, population: view.population, calendar: ZoneCalendar(zone: .utc), now: instant(now))
        return try executor.answer(Question(json: json)).body
    }

    private func people(_ bench: PeopleBench, _ who: JSONValue, at: String = now) throws -> [String] {
        let view = bench.view(now: RelationshipTests.now)
        let json: JSONValue = ["kind": "count", "who": who, "list": true, "range": ["from": "2026-01-01", "to": .string(at)]]
        return try (RelationshipTests.ask(json, view)["people"]?.arrayValue ?? []).compactMap {
            $0["identities"]?["user_id"]?.arrayValue?.first?.stringValue
        }
    }

    /// Three who are seen on the first of March.
    private func family() -> PeopleBench {
        var bench = PeopleBench(rowsPerPart: 2)
        for name in ["dad", "mum", "kid"] { bench.track("View", user: name, at: "2026-03-01T10:00:00Z") }
        return bench
    }

    @Test("A declared relationship holds from its start until its end, and to somebody known")
    func declared() throws {
        var bench = family()
        bench.declare("dad", "payer", to: Self.user("kid"), at: "2026-03-05T00:00:00Z", until: "2026-03-10T00:00:00Z")
        bench.declare("mum", "guardian", to: Self.user("kid"), at: "2026-03-05T00:00:00Z", from: "2026-01-01")
        bench.declare("mum", "payer", to: Self.user("nobody"), at: "2026-03-05T00:00:00Z")
        let payers: JSONValue = ["role": "payer"]
        #expect(try people(bench, payers, at: "2026-03-05T00:00:00Z").isEmpty)
        #expect(try people(bench, payers, at: "2026-03-05T00:00:00.000001Z") == ["dad"])
        #expect(try people(bench, payers, at: "2026-03-10T00:00:00Z") == ["dad"])
        #expect(try people(bench, payers, at: "2026-03-10T00:00:00.000001Z").isEmpty)
        #expect(try people(bench, ["role": "guardian"], at: "2026-02-01T00:00:00Z") == ["mum"])
        // Whoever was not known then is, once somebody has that id.
        bench.track("View", user: "nobody", at: "2026-03-11T10:00:00Z")
        #expect(try people(bench, payers) == ["mum"])
    }

    @Test("The newest declaration by arrival holds, and deleted takes it away; of a person joined since it is still one")
    func newest() throws {
        var bench = family()
        bench.declare("dad", "payer", to: Self.user("kid"), at: "2026-03-09T00:00:00Z")
        bench.declare("dad", "payer", to: ["type": "email", "id": "Kid@example.com"], at: "2026-03-02T00:00:00Z")
        bench.identify(user: "kid", at: "2026-03-10T00:00:00Z", ["email": "kid@example.com"])
        let view = bench.view(now: Self.now)
        let dad = try #require(view.person(user: "dad"))
        #expect(view.relationships(of: dad).map(\.since) == [instant("2026-03-02T00:00:00Z")])
        #expect(view.relationships(of: dad).first?.evidence.map(\.arrival) == [5])
        #expect(view.relationships(of: try #require(view.person(user: "kid"))) == view.relationships(of: dad))
        bench.declare("dad", "payer", to: Self.user("kid"), at: "2026-03-01T00:00:00Z", deleted: true)
        #expect(bench.view(now: Self.now).relationships(of: dad).isEmpty)
    }

    @Test("Whoever is somebody else's own self has no relationship to them")
    func themselves() throws {
        var bench = family()
        bench.identify(user: "dad", anonymous: "tablet", at: "2026-03-01T11:00:00Z")
        bench.declare("dad", "payer", to: ["type": "anonymous_id", "id": "tablet"], at: "2026-03-02T00:00:00Z")
        #expect(try people(bench, ["role": "payer"]).isEmpty)
    }

    @Test("An order that somebody else receives makes payer, recipient and beneficiary, since the first and with evidence")
    func derived() throws {
        var bench = family()
        for (id, day) in [("3", "07"), ("1", "03"), ("2", "05")] {
            bench.track(
                "Order Completed", user: "dad", at: "2026-03-\(day)T10:00:00Z",
                ["order_id": .string(id), "total": 5, "recipient": "kid"])
        }
        bench.track(
            "Order Completed", user: "kid", at: "2026-03-08T10:00:00Z",
            ["order_id": "4", "total": 5, "payer": "mum", "beneficiary": Self.user("kid")])
        bench.track("Order Completed", user: "mum", at: "2026-03-08T10:00:00Z", ["order_id": "5", "total": 5, "recipient": "mum"])
        let view = bench.view(now: Self.now)
        let (dad, kid) = (try #require(view.person(user: "dad")), try #require(view.person(user: "kid")))
        let ofDad = view.relationships(of: dad)
        #expect(ofDad.map(\.role) == [.payer, .beneficiary, .recipient, .giftGiver])
        #expect(ofDad.map(\.holder) == [dad, kid, kid, dad])
        #expect(ofDad.last?.since == instant("2026-03-05T10:00:00Z"))
        #expect(
            ofDad.dropLast().allSatisfy { $0.since == instant("2026-03-03T10:00:00Z") && $0.origin == .derived && $0.until == nil })
        #expect(ofDad[0].evidence.map(\.arrival) == [5, 6, 4])
        #expect(try people(bench, ["related": ["as": "payer", "to": ["role": "recipient"]]]) == ["dad", "mum"])
        #expect(try people(bench, ["related": ["as": "payer", "to": ["everyone": true]]], at: "2026-03-08T00:00:00Z") == ["dad"])
    }

    @Test("What is held to an account is held to everybody else who joined it")
    func accounts() throws {
        var bench = family()
        for name in ["dad", "kid"] { bench.group(user: name, account: "home", at: "2026-03-02T00:00:00Z") }
        bench.declare("dad", "decider", to: ["account": "home"], at: "2026-03-03T00:00:00Z")
        bench.declare("mum", "user", to: ["account": "empty"], at: "2026-03-03T00:00:00Z")
        let ties = bench.view(now: Self.now).population.ties(ofRole: .decider, at: instant(Self.now))
        #expect(ties == [Tie(holder: 0, other: 2)])
        #expect(try people(bench, ["role": "decider"]) == ["dad"])
        #expect(try people(bench, ["related": ["as": "user", "to": ["everyone": true]]]).isEmpty)
        // The word keeps its meaning of people: by activity.
        #expect(try people(bench, ["role": "user"]).isEmpty)
    }

    /// A firm whose boss orders for the firm, and a cook who orders at home; ann and bob work, ann before the firm has paid.
    private func firm() -> PeopleBench {
        var bench = PeopleBench(rowsPerPart: 2)
        for name in ["boss", "ann", "bob", "cook", "new"] {
            bench.group(user: name, account: name == "cook" ? "home" : "firm", at: "2026-03-01T00:00:00Z")
        }
        bench.group(user: "ann", account: "home", at: "2026-03-01T00:00:00Z")
        bench.track("View", user: "ann", at: "2026-02-28T00:00:00Z")
        bench.track("View", user: "ann", at: "2026-03-02T00:00:00Z", context: ["groupId": "home"])
        bench.track("View", user: "ann", at: "2026-03-03T00:00:00Z", context: ["groupId": "firm"])
        bench.track("Order Completed", user: "boss", at: "2026-03-04T00:00:00Z", ["order_id": "1", "total": 5])
        bench.track("Order Completed", user: "boss", at: "2026-03-05T00:00:00Z", ["order_id": "2", "total": 5])
        bench.track("View", user: "bob", at: "2026-03-06T00:00:00Z")
        bench.track(
            "Order Completed", user: "ann", at: "2026-03-07T00:00:00Z", ["order_id": "3", "total": 5, "payer": "cook"],
            context: ["groupId": "home"])
        bench.track("Order Refunded", user: "boss", at: "2026-03-08T00:00:00Z", ["order_id": "1"])
        return bench
    }

    @Test("A seat that somebody else pays for makes user and payer, since both use and payment, with both as evidence")
    func seats() throws {
        let view = firm().view(now: Self.now)
        func person(_ user: String) throws -> PersonID { try #require(view.person(user: user)) }
        let (boss, ann, bob, cook) = (try person("boss"), try person("ann"), try person("bob"), try person("cook"))
        let ofAnn = view.relationships(of: ann)
        #expect(ofAnn.map(\.role) == [.payer, .payer, .user, .user])
        #expect(ofAnn.map(\.holder) == [cook, boss, ann, ann])
        #expect(ofAnn.map(\.account) == ["home", "firm", "home", "firm"])
        #expect(ofAnn.map(\.since) == ["07", "04", "07", "04"].map { instant("2026-03-\($0)T00:00:00Z") })
        #expect(ofAnn.map { $0.evidence.map(\.arrival) } == [[8, 13], [9, 10], [8, 13], [9, 10]])
        #expect(ofAnn.allSatisfy { $0.origin == .derived && $0.until == nil })
        #expect(view.relationships(of: bob).map(\.since) == [instant("2026-03-06T00:00:00Z"), instant("2026-03-06T00:00:00Z")])
        // Whoever joined and never used has no seat; whoever pays themselves has none either.
        #expect(view.relationships(of: try person("new")).isEmpty)
        #expect(view.relationships(of: boss).filter { $0.role == .user }.map(\.holder) == [ann, bob])
    }

    @Test("A declared payer of an account has its seats until the end; where everybody pays nobody has a seat")
    func declaredSeats() throws {
        var bench = firm()
        bench.declare("cook", "payer", to: ["account": "firm"], at: "2026-03-09T00:00:00Z", until: "2026-03-12T00:00:00Z")
        let seat: JSONValue = [
            "related": ["as": "user", "to": ["did": ["event": "Order Refunded"], "times": ["op": "=", "value": 0]]]
        ]
        #expect(try people(bench, seat, at: "2026-03-09T00:00:00.000001Z") == ["ann", "bob"])
        #expect(try people(bench, seat, at: "2026-03-12T00:00:00.000001Z") == ["ann"])
        for index in 0 ... SeatFinder.payersMax {
            bench.group(user: "p\(index)", account: "firm", at: "2026-03-01T00:00:00Z")
            bench.track("Order Completed", user: "p\(index)", at: "2026-03-13T00:00:00Z", ["total": 5])
        }
        #expect(try people(bench, ["role": "payer"]) == ["cook"])
    }

    /// Questions about the firm, and whom they find.
    private static let firmCases: [(JSONValue, String, [String])] = [
        (["role": "payer"], "2026-03-04T00:00:00Z", []), (["role": "payer"], "2026-03-04T00:00:00.000001Z", ["boss"]),
        (["related": ["as": "payer", "to": ["everyone": true]]], now, ["boss", "cook"]),
        (["related": ["as": "user", "to": ["everyone": true]]], now, ["ann", "bob"]),
        // Payers whose users went silent.
        (["related": ["as": "payer", "to": ["absentFor": ["event": "View"], "duration": "15d"]]], now, ["boss", "cook"]),
        (["related": ["as": "payer", "to": ["absentFor": ["event": "View"], "duration": "14d"]]], now, ["boss", "cook"]),
        (["related": ["as": "payer", "to": ["not": ["absentFor": ["event": "View"], "duration": "15d"]]]], now, ["boss"]),
        (["related": ["as": "gift_giver", "to": ["everyone": true]]], now, []),
    ]

    @Test("Both executors find the same seats", arguments: firmCases)
    func executors(who: JSONValue, at: String, names: [String]) throws {
        let bench = firm()
        #expect(try people(bench, who, at: at) == names, "\(who.text)")
        let view = bench.view(now: Self.now)
        let reference = ReferenceExecutor(
            bench.calls, table: view.snapshot.identities, population: view.population, calendar: bench.settings.calendar,
            now: instant(Self.now))
        for question in [
            ["kind": "count", "who": who, "range": ["from": "2026-01-01", "to": .string(at)]],
            ["kind": "count", "who": who, "by": "payer", "range": ["from": "2026-01-01", "to": .string(at)]],
            [
                "kind": "trend", "interval": "day", "by": "payer", "who": who, "range": ["from": "2026-03-01", "to": .string(at)],
                "series": [["selector": ["any": true], "measure": "persons"]],
            ],
        ] as [JSONValue] {
            let body = try Self.ask(question, view)
            for (key, value) in try reference.answer(Question(json: question)).objectValue ?? [:] {
                #expect(body[key] == value, "\(question.text): \(key)")
            }
        }
    }

    /// A shop at random with declarations and accounts among its calls.
    private func shop(_ random: inout SplitMix64) -> PeopleBench {
        var bench = PeopleBench.busyShop(using: &random)
        for index in stride(from: 3, to: bench.calls.count, by: 7) {
            var call = bench.calls[index].call
            let account = ["firm", "home"].randomElement(using: &random) ?? "firm"
            if call.type == .track, Bool.random(using: &random) {
                call.context = ["groupId": .string(account)]
            } else {
                (call.type, call.event, call.groupID) = (.group, nil, account)
            }
            bench.calls[index] = bench.taken(call)
        }
        for index in stride(from: 5, to: bench.calls.count, by: 9) {
            var call = bench.calls[index].call
            (call.type, call.event, call.groupID) = (.declare, "relationship", nil)
            (call.userID, call.anonymousID) = ("u\(Int.random(in: 1 ..< 8, using: &random))", nil)
            let roles = RelationshipRole.allCases.map(\.rawValue)
            call.properties = [
                "as": .string(roles[Int.random(in: 0 ..< 3, using: &random)]),
                "to": Int.random(in: 0 ..< 4, using: &random) == 0
                    ? ["account": "firm"] : Self.user("u\(Int.random(in: 1 ..< 8, using: &random))"),
            ]
            bench.calls[index] = bench.taken(call)
        }
        return bench
    }

    private static let resting: [JSONValue] = [
        ["kind": "count", "who": ["role": "payer"], "list": true], ["kind": "count", "by": "payer", "list": true],
        ["kind": "count", "who": ["related": ["as": "decider", "to": ["everyone": true]]]],
        ["kind": "trend", "interval": "week", "series": [["selector": ["any": true], "measure": "persons"]], "by": "beneficiary"],
    ]
    private static let others: [JSONValue] = [
        ["kind": "count", "who": ["role": "customer"], "list": true],
        ["kind": "trend", "interval": "day", "series": [["selector": ["any": true], "measure": "total"]]],
        ["kind": "stages", "interval": "week"], ["kind": "lifecycle", "selector": ["any": true], "interval": "week"],
    ]

    @Test("P1: the four cells of users and customers sum to everybody", arguments: Seeds.slices(1_000))
    func cells(seeds: Seeds) throws {
        for seed in seeds { try cells(seed: seed) }
    }

    private func cells(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let overview = shop(&random).view(now: "2026-04-20T12:00:00Z").overview()
        #expect(
            overview.userOnly + overview.customerOnly + overview.both + overview.neither == overview.everybody, "seed \(seed)")
    }

    @Test("P2: as of an instant relationships rest on what was received before it alone", arguments: Seeds.slices(500))
    func asOf(seeds: Seeds) throws {
        for seed in seeds { try asOf(seed: seed) }
    }

    private func asOf(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let whole = shop(&random)
        var first = whole
        let cut = whole.calls[whole.calls.count / 2].call.receivedAt
        first.calls = whole.calls.filter { $0.call.receivedAt < cut }
        let (then, later) = (first.view(now: Self.now), whole.view(now: Self.now, asOf: cut))
        let at = cut.advanced(byMicroseconds: -1)
        for role in RelationshipRole.allCases {
            // People are compared by their identities: their numbers are those of the whole history.
            let names = { (view: PeopleView) in
                Set(
                    view.population.ties(ofRole: role, at: at).map {
                        [$0.holder, $0.other].map { view.population.knownIdentities(of: $0) }
                    })
            }
            #expect(names(then) == names(later), "seed \(seed), \(role)")
        }
    }

    @Test("P3: a relationship taken away changes only figures that rest on it", arguments: Seeds.slices(200))
    func takenAway(seeds: Seeds) throws {
        for seed in seeds { try takenAway(seed: seed) }
    }

    private func takenAway(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let bench = shop(&random)
        var without = bench
        // Whoever declares is seen by that; so that nothing else differs the same call says nothing.
        for index in without.calls.indices where without.calls[index].call.type == .declare {
            without.calls[index].call.properties = [:]
        }
        var deleted = bench
        for (call, _) in bench.calls where call.type == .declare {
            var call = call
            call.properties = call.properties.setting(["deleted"], to: true)
            call.messageID += "x"
            deleted.add(call)
        }
        let views = [bench, without, deleted].map { $0.view(now: "2026-04-20T12:00:00Z") }
        for question in Self.others {
            let answers = try views.map { try Self.ask(question, $0).text }
            #expect(answers[1] == answers[0] && answers[2] == answers[0], "seed \(seed): \(question.text)")
        }
        for question in Self.resting {
            #expect(try Self.ask(question, views[2]).text == Self.ask(question, views[1]).text, "seed \(seed): \(question.text)")
        }
    }
}
