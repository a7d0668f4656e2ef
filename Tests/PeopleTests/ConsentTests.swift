import EventStore
import Model
import Questions
import Testing

@testable import People

@Suite("Consents of people") struct ConsentTests {
    private static let now = "2026-03-20T12:00:00Z"
    private static let mail = "marketing.email"

    private func names(_ view: PeopleView, _ purpose: String = mail) -> [String] {
        view.population.consenting(to: purpose).ordinals.compactMap { person in
            view.population.knownIdentities(of: person).first { $0.type == .userID }?.value
        }
    }

    private static func said(_ purposes: JSONValue) -> JSONValue { ["consent": ["categoryPreferences": purposes]] }

    @Test("Missing means no: of whom nothing is known has granted nothing")
    func missing() {
        var bench = PeopleBench(rowsPerPart: 2)
        bench.track("View", user: "ada", at: "2026-03-01T10:00:00Z")
        bench.consent("bob", true, at: "2026-03-02T10:00:00Z")
        bench.consent("cyd", true, at: "2026-03-02T10:00:00Z")
        bench.consent("cyd", false, at: "2026-03-03T10:00:00Z")
        let view = bench.view(now: Self.now)
        #expect(names(view) == ["bob"])
        #expect(names(view, "analytics").isEmpty)
        #expect(view.consentCount(of: Self.mail) == ConsentCount(granted: 1, withdrawn: 1, neverAsked: 1))
    }

    @Test("The newest by time holds, of one time what arrived last; a date in the future is that of the receipt")
    func newest() {
        for rowsPerPart in [1, 2, 100] {
            var bench = PeopleBench(rowsPerPart: rowsPerPart)
            bench.consent("ada", false, at: "2026-03-05T10:00:00Z")
            bench.consent("ada", true, at: "2026-03-04T10:00:00Z", receivedAt: "2026-03-06T10:00:00Z")
            bench.consent("bob", true, at: "2026-03-04T10:00:00Z")
            bench.consent("bob", false, at: "2026-03-04T10:00:00Z")
            bench.consent("cyd", true, at: "2027-01-01T00:00:00Z", receivedAt: "2026-03-07T10:00:00Z")
            bench.consent("dan", true, at: "2027-01-01T00:00:00Z", receivedAt: "2026-03-07T10:00:00Z")
            bench.consent("dan", false, at: "2026-03-07T10:00:01Z")
            #expect(names(bench.view(now: Self.now)) == ["cyd"])
        }
    }

    @Test("The preferences of a person's own call are theirs; what is neither true nor false says nothing")
    func preferences() throws {
        for rowsPerPart in [1, 100] {
            var bench = PeopleBench(rowsPerPart: rowsPerPart)
            bench.track(
                "Segment Consent Preference Updated", user: "ada", at: "2026-03-01T10:00:00Z", context: Self.said([Self.mail: true])
            )
            for minute in 1 ... 3 {
                bench.track(
                    "View", user: "ada", at: "2026-03-01T10:0\(minute):00Z",
                    context: Self.said([Self.mail: true, "analytics": false]))
            }
            bench.identify(user: "bob", at: "2026-03-01T10:00:00Z", context: Self.said([Self.mail: true]))
            bench.track("View", user: "bob", at: "2026-03-01T11:00:00Z", context: Self.said([Self.mail: false]))
            bench.track("View", user: "cyd", at: "2026-03-01T11:00:00Z", context: Self.said([Self.mail: "true"]))
            bench.track("View", user: "dan", at: "2026-03-01T11:00:00Z", context: ["consent": "yes"])
            bench.track("View", at: "2026-03-01T11:00:00Z", context: Self.said([Self.mail: true]))
            let view = bench.view(now: Self.now)
            #expect(names(view) == ["ada"])
            let ada = view.consents(of: try #require(view.person(user: "ada")))
            #expect(ada.map(\.purpose) == ["analytics", Self.mail], "only what changes something")
            #expect(ada.map(\.isGranted) == [false, true])
            #expect(ada.map(\.messageID) == ["m1", "m0"] && ada.allSatisfy { $0.origin == .said })
            #expect(view.purposesSaid == ["analytics", Self.mail])
        }
    }

    @Test("Of people who are joined the consents of all identities count together, and apart again after they are taken apart")
    func merges() throws {
        var bench = PeopleBench(rowsPerPart: 2)
        bench.track("View", anonymous: "phone", at: "2026-03-01T10:00:00Z", context: Self.said([Self.mail: true]))
        bench.consent("ada", false, at: "2026-02-01T10:00:00Z")
        #expect(bench.view(now: Self.now).consentCount(of: Self.mail) == ConsentCount(granted: 1, withdrawn: 1, neverAsked: 0))
        bench.identify(user: "ada", anonymous: "phone", at: "2026-03-02T10:00:00Z")
        let view = bench.view(now: Self.now)
        #expect(view.consentCount(of: Self.mail) == ConsentCount(granted: 1, withdrawn: 0, neverAsked: 0))
        let ada = try #require(view.person(user: "ada"))
        #expect(view.consents(of: ada).map(\.identity.value) == ["phone", "ada"])
        bench.consent("ada", false, at: "2026-03-03T10:00:00Z")
        #expect(names(bench.view(now: Self.now)).isEmpty)
    }

    @Test("P2: as of an instant only what was received before it counts, whatever its date")
    func asOf() throws {
        for rowsPerPart in [1, 3, 100] {
            var bench = PeopleBench(rowsPerPart: rowsPerPart)
            bench.consent("ada", true, at: "2026-03-01T10:00:00Z")
            bench.track("View", user: "ada", at: "2026-03-02T10:00:00Z", context: Self.said([Self.mail: false]))
            bench.consent("ada", true, at: "2026-03-01T12:00:00Z", receivedAt: "2026-03-09T10:00:00Z")
            bench.consent("ada", true, at: "2026-03-04T10:00:00Z", receivedAt: "2026-03-10T10:00:00Z")
            let cases = [
                ("2026-03-01T10:00:00Z", [String](), 0), ("2026-03-01T10:00:00.000001Z", ["ada"], 1),
                ("2026-03-03T10:00:00Z", [], 2), ("2026-03-09T11:00:00Z", [], 3), ("2026-03-11T10:00:00Z", ["ada"], 4),
            ]
            for (asOf, expected, count) in cases {
                let view = bench.view(now: Self.now, asOf: instant(asOf))
                #expect(names(view) == expected, "\(asOf)")
                // The later grant of the first of March changes nothing then known, but it was declared.
                #expect((view.person(user: "ada").map { view.consents(of: $0).count } ?? 0) == count, "\(asOf)")
                let some = bench.calls.filter { $0.call.receivedAt < instant(asOf) }
                var earlier = bench
                earlier.calls = some
                #expect(names(earlier.view(now: asOf)) == expected, "as if the rest had never been sent")
            }
        }
    }

    @Test("What was declared carries version, evidence and source")
    func declared() throws {
        var bench = PeopleBench()
        bench.consent("ada", true, at: "2026-03-01T10:00:00Z", ["version": 3, "evidence": "paper form 17"])
        let view = bench.view(now: Self.now)
        let ada = try #require(view.person(user: "ada"))
        let record = try #require(view.consents(of: ada).first)
        #expect(record.textVersion == 3 && record.evidence == "paper form 17" && record.origin == .declared)
        #expect(record.source == PeopleBench.source && record.arrival == 1)
    }

    @Test("A question for a purpose counts and lists only who has granted it, for real people, too")
    func questions() throws {
        var bench = PeopleBench(rowsPerPart: 3)
        for name in ["ada", "bob", "cyd"] { bench.track("View", user: name, at: "2026-03-01T10:00:00Z") }
        bench.track("View", at: "2026-03-01T10:00:00Z")
        bench.consent("bob", true, at: "2026-03-02T10:00:00Z")
        let view = bench.view(now: Self.now)
        let executor = Executor(
            snapshot: view.snapshot, population: view.population, calendar: ZoneCalendar(zone: .utc), now: instant(Self.now))
        func ask(_ json: JSONValue) throws -> JSONValue { try executor.answer(Question(json: json)).body }
        let list = try ask(["kind": "count", "list": true, "purpose": .string(Self.mail)])
        #expect(list["count"] == 1 && list["people"]?.arrayValue?.first?["identities"] == ["user_id": ["bob"]])
        let trend: JSONValue = ["kind": "trend", "series": [["selector": ["event": "View"]]], "interval": "year"]
        #expect(try ask(trend)["rows"]?.arrayValue?.first?["values"] == [4])
        #expect(
            try ask(trend.setting(["purpose"], to: .string(Self.mail)))["rows"]?.arrayValue?.first?["values"] == [1],
            "nobody's event does not count")
    }
}

extension PeopleBench {
    mutating func consent(
        _ user: String, _ isGranted: Bool, at: String, receivedAt: String? = nil, _ more: JSONValue = [:]
    ) {
        let properties = more.setting(["purpose"], to: "marketing.email")
            .setting(["status"], to: isGranted ? "granted" : "withdrawn")
        add(
            Call(
                type: .declare, messageID: "m\(calls.count)", timestamp: instant(at), receivedAt: instant(receivedAt ?? at),
                userID: user, event: "consent", properties: properties, source: Self.source))
    }
}
