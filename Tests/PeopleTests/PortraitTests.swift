import Model
import OrderedCollections
import Testing

@testable import People

@Suite("Portrait") struct PortraitTests {
    @Test("Tags are what the trait of that name held at an instant")
    func tags() throws {
        var bench = PeopleBench()
        bench.identify(user: "u", at: "2026-03-01T10:00:00Z", ["tags": "tea"])
        bench.identify(user: "u", at: "2026-03-03T10:00:00Z", ["tags": ["cup", "hangzhou", 1]])
        bench.identify(user: "u", at: "2026-03-05T10:00:00Z", changes: ["$union": ["tags": ["tea"]]])
        let view = bench.view(now: "2026-03-08T00:00:00Z")
        let person = try #require(view.person(user: "u"))
        let days = [28: [], 2: ["tea"], 4: ["cup", "hangzhou"], 6: ["cup", "hangzhou", "tea"]] as [Int: [String]]
        for (day, tags) in days {
            let at = instant(day == 28 ? "2026-02-28T00:00:00Z" : "2026-03-0\(day)T00:00:00Z")
            #expect(view.tags(of: person, at: at).sorted() == tags)
        }
    }

    @Test("The newest value of a trait wins, null removes, and created_at is the earliest")
    func traits() throws {
        var bench = PeopleBench()
        bench.identify(
            user: "u", at: "2026-03-05T10:00:00Z",
            [
                "plan": "pro", "age": 30, "city": "Wuhan", "created_at": "2026-03-05T00:00:00Z",
                "address": ["city": "A", "street": "S"],
            ])
        // Older, but arrives later.
        bench.identify(user: "u", at: "2026-03-01T10:00:00Z", ["plan": "free", "created_at": "2026-03-01T00:00:00Z", "nick": "x"])
        bench.identify(user: "u", at: "2026-03-06T10:00:00Z", ["city": nil, "created_at": "2026-03-06", "address": ["city": "B"]])
        // Equal times: the later arrival.
        bench.identify(user: "u", at: "2026-03-05T10:00:00Z", ["age": 31])
        let view = bench.view(now: "2026-03-08T00:00:00Z")
        let profile = try #require(view.profile(user: "u"))
        #expect(
            profile.traitsObject == [
                "address": ["city": "B"], "age": 31, "created_at": "2026-03-01T00:00:00Z", "nick": "x", "plan": "pro",
            ])
        let population = view.population
        let person = try #require(view.person(user: "u")).ordinal
        #expect(population.trait("plan", of: person) == "pro")
        #expect(population.trait("age", of: person) == 31)
        #expect(population.trait("city", of: person) == nil)
        #expect(population.trait("created_at", of: person) == "2026-03-01T00:00:00Z")
        #expect(population.trait("address.city", of: person) == "B")
        #expect(population.trait("address.street", of: person) == nil)
        #expect(population.trait("address", of: person) == ["city": "B"])
    }

    @Test("Traits said once yield to any other, and the first of them counts")
    func traitsOnce() throws {
        var bench = PeopleBench()
        let once: JSONValue = ["traitsOnce": true]
        bench.identify(user: "u", at: "2026-03-05T12:00:00Z", ["plan": "late", "first": "b", "gone": 1], context: once)
        bench.identify(user: "u", at: "2026-03-05T11:00:00Z", ["plan": "early", "first": "a"], context: once)
        bench.identify(user: "u", at: "2026-03-05T10:00:00Z", ["plan": "set", "gone": .null])
        bench.identify(user: "u", at: "2026-03-05T13:00:00Z", ["plan": "last", "first": "c"], context: once)
        let profile = try #require(bench.view(now: "2026-03-06T00:00:00Z").profile(user: "u"))
        #expect(profile.traitsObject == ["first": "a", "plan": "set"])
    }

    @Test("Calls add to numbers and lists, in the order of time whatever that of arrival, and what fits no value changes nothing")
    func operations() throws {
        var bench = PeopleBench(rowsPerPart: 2)
        func at(_ minute: Int) -> String { "2026-03-05T10:\(minute + 10):00Z" }
        bench.identify(user: "u", at: at(3), changes: ["$add": ["visits": 2, "plan": 1, "weight": 0.5]])
        bench.identify(user: "u", at: at(1), ["visits": 10, "plan": "pro", "weight": 60, "films": ["a"]])
        // Older than what sets the value, which therefore covers it.
        bench.identify(user: "u", at: at(0), changes: ["$add": ["visits": 500], "$append": ["films": "lost"]])
        bench.identify(
            user: "u", at: at(2),
            changes: [
                "$append": ["films": ["b", "b"], "visits": "x"], "$union": ["films": ["b", "c"]], "$remove": ["films": "a"],
            ])
        bench.identify(user: "u", at: at(4), ["gone": 1, "back": 7], changes: ["$add": ["gone": 1]])
        bench.identify(user: "u", at: at(5), ["gone": .null, "back": .null])
        bench.identify(user: "u", at: at(6), changes: ["$add": ["back": -1], "$append": ["none": []], "$remove": ["none": 1]])
        bench.identify(
            user: "u", at: at(7), changes: ["$append": ["orders": ["id": 1]], "$add": ["created_at": 1]],
            context: ["traitsOnce": true])
        let view = bench.view(now: "2026-03-08T00:00:00Z")
        let expected: JSONValue = [
            "back": -1, "films": ["b", "b", "c"], "orders": [["id": 1]], "plan": "pro", "visits": 12, "weight": 60.5,
        ]
        let profile = try #require(view.profile(user: "u"))
        #expect(profile.traitsObject == expected)
        #expect(profile.traits.first { $0.key == "visits" }?.at == instant(at(3)))
        #expect(profile.traits.first { $0.key == "plan" }?.at == instant(at(1)))
        for (key, value) in expected.objectValue ?? [:] {
            #expect(view.population.trait(key, of: profile.person.ordinal) == value, "\(key)")
        }
        #expect(view.population.trait("gone", of: profile.person.ordinal) == nil)
    }

    @Test("What was added to two people is added up while they are one, and of what was received by then")
    func operationsOfOnePerson() throws {
        var bench = PeopleBench()
        bench.identify(anonymous: "a", at: "2026-03-01T10:00:00Z", changes: ["$add": ["visits": 1]])
        bench.identify(user: "u", at: "2026-03-01T11:00:00Z", changes: ["$add": ["visits": 2]])
        bench.identify(
            user: "u", at: "2026-03-01T09:00:00Z", receivedAt: "2026-03-04T00:00:00Z", ["visits": 100])
        bench.identify(user: "u", anonymous: "a", at: "2026-03-05T10:00:00Z")
        func visits(_ asOf: String?) throws -> JSONValue? {
            let view = bench.view(now: "2026-03-08T00:00:00Z", asOf: asOf.map(instant))
            let person = try #require(view.person(user: "u"))
            #expect(view.profile(person)?.traitsObject["visits"] == view.population.trait("visits", of: person.ordinal))
            return view.population.trait("visits", of: person.ordinal)
        }
        #expect(try visits(nil) == 103)
        #expect(try visits("2026-03-05T00:00:00Z") == 102)
        #expect(try visits("2026-03-03T00:00:00Z") == 2)
        let apart = instant("2026-03-06T00:00:00Z")
        bench.add(
            Call(
                type: .unmerge, messageID: "apart", timestamp: apart, receivedAt: apart,
                context: ["externalIds": [["type": "user_id", "id": "u"], ["type": "anonymous_id", "id": "a"]]],
                source: PeopleBench.source))
        #expect(try visits(nil) == 102)
    }

    @Test("A list takes no more than its 4 KB")
    func longList() throws {
        var bench = PeopleBench()
        for index in 0 ..< 600 {
            bench.identify(user: "u", at: "2026-03-01T10:00:00Z", changes: ["$append": ["seen": .string("page-\(index)")]])
        }
        let view = bench.view(now: "2026-03-08T00:00:00Z")
        let person = try #require(view.person(user: "u"))
        let list = try #require(view.population.trait("seen", of: person.ordinal))
        #expect((4_080 ... 4_096).contains(list.utf8.count))
        #expect(view.profile(person)?.traitsObject["seen"] == list)
        #expect(list.arrayValue?.first == "page-0")
    }

    @Test("Trait columns say what portraits say", arguments: UInt64(0) ..< 24)
    func columnsAgainstPortraits(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var bench = PeopleBench(rowsPerPart: [1, 3, 1_000].randomElement(using: &random) ?? 3)
        let keys = ["a", "b", "created_at", "c", "n"]
        func changes(_ random: inout SplitMix64) -> JSONValue {
            let operands: [JSONValue] = [1, -2.5, "x", ["x", 1, 1.0], [["d": 1]], nil, ["d": 1]]
            var out: JSONValue = [:]
            for operation in TraitOperation.allCases where Bool.random(using: &random) {
                for key in keys where key != "b" && Bool.random(using: &random) {
                    out = out.setting([operation.rawValue, key], to: operands.randomElement(using: &random) ?? 1)
                }
            }
            return out
        }
        let values: [JSONValue] = [1, "x", nil, true, ["d": 1], ["d": ["e": "y"]], "2026-01-01", "2025-01-01", [1, 2]]
        for _ in 0 ..< 60 {
            let hour = String(Int.random(in: 10 ..< 15, using: &random))
            var traits: JSONValue = [:]
            for key in keys where Bool.random(using: &random) {
                traits = traits.setting([key], to: values.randomElement(using: &random) ?? nil)
            }
            let user = "u\(Int.random(in: 0 ..< 5, using: &random))"
            let anonymous = Int.random(in: 0 ..< 3, using: &random) == 0 ? "a" + user : nil
            bench.identify(
                user: anonymous == nil || Bool.random(using: &random) ? user : nil, anonymous: anonymous,
                at: "2026-03-05T\(hour):00:00Z", traits,
                changes: Bool.random(using: &random) ? changes(&random) : [:],
                context: Int.random(in: 0 ..< 4, using: &random) == 0 ? ["traitsOnce": true] : [:])
        }
        let view = bench.view(now: "2026-03-08T00:00:00Z")
        for person in view.population.persons {
            let traits = view.profile(PersonID(ordinal: person))?.traitsObject
            for key in keys {
                #expect(view.population.trait(key, of: person) == traits?[key], "\(key) of \(person)")
                if case .object? = traits?[key] {
                    #expect(view.population.trait(key + ".d", of: person) == traits?[key]?["d"])
                }
            }
        }
    }

    @Test("The portrait tells how each identity is known, and who was kept apart")
    func evidence() throws {
        var bench = PeopleBench()
        bench.track("View", anonymous: "phone-browser", at: "2026-03-01T10:00:00Z")
        bench.track("View", user: "u", at: "2026-03-02T10:00:00Z")
        bench.identify(
            user: "u", anonymous: "phone-browser", at: "2026-03-03T10:00:00Z", ["email": "U@example.com", "name": "Li Lei"])
        bench.track("View", user: "other", anonymous: "phone-browser", at: "2026-03-04T10:00:00Z")
        let view = bench.view(now: "2026-03-05T00:00:00Z")
        let profile = try #require(view.profile(user: "u"))
        #expect(profile.name == "Li Lei")
        #expect(profile.identities.map(\.identity.value) == ["phone-browser", "u", "u@example.com"])
        #expect(profile.identities.map { $0.how?.outcome } == [.newPerson, .merged, .attached])
        #expect(profile.identities.map { $0.how?.reason } == [.firstSeen, .identify, .identify])
        #expect(profile.identities[1].how?.receivedAt == instant("2026-03-03T10:00:00Z"))
        #expect(profile.refusals.map(\.reason) == [.userSwitch])
        #expect(profile.refusals.first?.identity.value == "other" || profile.refusals.first?.other?.value == "other")
        #expect(view.person("p_1") == profile.person)
        #expect(view.everybody == 2)
        #expect(profile.json["identities"]?.arrayValue?.count == 3)
    }

    @Test(
        "Names: full, in two parts, Chinese, else what identifies",
        arguments: [
            (["name": "  Amy "], "Amy"), (["first_name": "Amy", "lastName": "Li"], "Amy Li"),
            (["firstName": "小明", "lastName": "王"], "王小明"),
            (["username": "amy"], "amy"), (["email": "amy@example.com"], "amy@example.com"), (["name": "", "age": 3], "u"),
        ] as [(JSONValue, String)])
    func names(traits: JSONValue, name: String) {
        var bench = PeopleBench()
        bench.identify(user: "u", anonymous: "a", at: "2026-03-05T10:00:00Z", traits)
        #expect(bench.view(now: "2026-03-08T00:00:00Z").profile(user: "u")?.name == name)
    }

    @Test("Accounts and context are told")
    func accounts() throws {
        var bench = PeopleBench()
        bench.group(user: "u", account: "acme", at: "2026-03-05T10:00:00Z")
        bench.group(user: "u", account: "acme", at: "2026-03-04T10:00:00Z")
        bench.group(user: "v", account: "acme", at: "2026-03-04T10:00:00Z")
        bench.track("View", user: "u", at: "2026-03-06T10:00:00Z", context: ["locale": "zh-CN", "device": ["model": "P60"]])
        bench.track("View", user: "u", at: "2026-03-07T10:00:00Z", context: ["locale": "en-US"])
        let view = bench.view(now: "2026-03-08T00:00:00Z")
        let profile = try #require(view.profile(user: "u"))
        #expect(profile.accounts == [AccountMembership(account: "acme", since: instant("2026-03-04T10:00:00Z"))])
        #expect(profile.context.map(\.value) == ["en-US", "zh-CN", "P60"])
        #expect(view.population.members(ofAccount: "acme").count == 2)
        #expect(view.population.accounts(of: profile.person.ordinal) == ["acme"])
    }

    @Test("A timeline is cut into visits and pages, in both orders", arguments: [1, 2, 3, 100])
    func timeline(limit: Int) throws {
        var bench = PeopleBench(rowsPerPart: 2)
        bench.track("A", anonymous: "x", at: "2026-03-01T10:00:00Z")
        bench.track("B", anonymous: "x", at: "2026-03-01T10:30:00Z")
        bench.identify(user: "u", anonymous: "x", at: "2026-03-01T10:40:00Z")
        bench.track("C", user: "u", at: "2026-03-01T11:01:00Z")
        bench.identify(user: "u", at: "2026-03-02T10:00:00Z")
        let view = bench.view(now: "2026-03-08T00:00:00Z")
        let person = try #require(view.person(user: "u"))
        let whole = try #require(try view.timeline(person, order: .oldest))
        #expect(
            whole.sessions.map { $0.entries.map { $0.call.event ?? $0.call.type.text } } == [
                ["A", "B", "identify"], ["C"], ["identify"],
            ])
        #expect(whole.sessions.map(\.isVisit) == [true, true, false])
        #expect(whole.sessions[0].entries.map(\.identity.value) == ["x", "x", "u"])
        for order in TimelineOrder.allCases {
            var messages: [String] = []
            var cursor: String?
            repeat {
                let page = try #require(try view.timeline(person, order: order, cursor: cursor, limit: limit))
                messages += page.sessions.flatMap { $0.entries.map(\.call.messageID) }
                #expect(page.sessions.allSatisfy { $0.callCount >= $0.entries.count && !$0.entries.isEmpty })
                cursor = page.next
            } while cursor != nil
            #expect(messages == (order == .oldest ? ["m0", "m1", "m2", "m3", "m4"] : ["m4", "m3", "m2", "m1", "m0"]))
        }
        #expect(throws: Problem.self) { try view.timeline(person, cursor: "x") }
    }
}
