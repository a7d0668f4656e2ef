import Model
import Testing

@testable import People

@Suite("Portrait") struct PortraitTests {
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

    @Test("Trait columns say what portraits say", arguments: UInt64(0) ..< 24)
    func columnsAgainstPortraits(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var bench = PeopleBench(rowsPerPart: [1, 3, 1_000].randomElement(using: &random) ?? 3)
        let keys = ["a", "b", "created_at", "c"]
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
