import Loyalty
import Model
import People
import Testing

@testable import Workspaces

/// What the program tells of people is no activity of theirs.
@Suite("Events that the program tells") struct ToldEventsTests {
    private static let day: Int64 = 86_400

    /// Ann looks around on two days of six weeks, Cat on one.
    ///
    /// - Parameter told: Of whom the program tells something every other day besides.
    private static func club(told: [String]) async throws -> Club {
        let club = try await Club(try await DirectoryFixtures())
        for (number, days) in [Int64(-40), -39].enumerated() {
            try await club.collect(club.line("Product Viewed", "ann-\(number)", "{}", seconds: days * day))
        }
        try await club.collect(club.line("Product Viewed", "cat", "{}", seconds: -3_600, who: "cat"))
        for number in 0 ..< 20 {
            let name = ["Points Expired", "Coupon Redeemed", "Points Earned"][number % 3]
            let lines = told.map { who in
                club.line(name, "told-\(who)-\(number)", "{}", seconds: Int64(2 * number - 41) * day, who: who)
            }
            if lines.isEmpty {
                club.fixtures.clock.advance(seconds: 10)
            } else {
                try await club.collect(lines.joined(separator: "\n"))
            }
        }
        return club
    }

    private static let questions: [JSONValue] = [
        [
            "kind": "trend", "series": [["selector": ["any": true], "measure": "persons"]], "interval": "week",
            "range": ["last": "8w"],
        ],
        ["kind": "trend", "series": [["selector": ["any": true], "measure": "wau"]], "interval": "day", "range": ["last": "60d"]],
        [
            "kind": "trend", "series": [["selector": ["any": true], "measure": "sessions"]], "interval": "week",
            "range": ["last": "8w"],
        ],
        ["kind": "stickiness", "selector": ["any": true], "interval": "day", "range": ["last": "60d"]],
        ["kind": "lifecycle", "selector": ["any": true], "interval": "week", "range": ["last": "8w"]],
        [
            "kind": "retention", "start": ["any": true], "return": ["any": true], "interval": "week", "periods": 6,
            "range": ["last": "8w"],
        ],
        ["kind": "stages", "interval": "week", "range": ["last": "8w"]],
        ["kind": "count", "who": ["role": "user"]],
        ["kind": "count", "who": ["absentFor": ["any": true], "duration": "14d"]],
        ["kind": "paths", "from": ["event": "Product Viewed"], "depth": 4, "range": ["last": "60d"]],
        ["kind": "distribution", "of": [["property": "size"]], "range": ["last": "60d"]],
    ]

    @Test("Every fact of the program is among the events that nobody did")
    func names() { #expect(ProgramFact.names == ToldEvents.names) }

    @Test("Questions of activity, stages, roles and paths answer as if the program had told nothing")
    func questions() async throws {
        let (silent, telling) = (try await Self.club(told: []), try await Self.club(told: ["ann", "cat"]))
        for question in Self.questions {
            let (expected, answer) = (try await silent.open.ask(question), try await telling.open.ask(question))
            let isSame = ["rows", "totals", "count"].allSatisfy { answer[$0] == expected[$0] }
            #expect(isSame, "\(question.text): \(answer.text)")
        }
        // By their names they are there.
        let expired: JSONValue = [
            "kind": "trend", "series": [["selector": ["event": "Points Expired"], "measure": "total"]], "interval": "week",
            "range": ["last": "8w"],
        ]
        let (none, some) = (try await silent.open.ask(expired), try await telling.open.ask(expired))
        #expect(none["rows"] != some["rows"])
        await silent.directory.close()
        await telling.directory.close()
    }

    @Test("Nobody is seen by what is told of them, and a timeline shows it")
    func profiles() async throws {
        let club = try await Self.club(told: ["ann", "bob"])
        let open = try await club.open
        let now = club.fixtures.clock.now
        let (ann, bob) = try await open.look { view throws(Problem) in
            (view.person(named: "ann").flatMap { view.profile($0) }, view.person(named: "bob").flatMap { view.profile($0) })
        }
        let seen = try #require(ann?.lastSeen)
        #expect(ann?.eventCount == 2 && ann?.visitCount == 2 && ann?.weeks.isEmpty == false)
        #expect(seen < now.advanced(byMicroseconds: -38 * .microsecondsPerDay))
        #expect(bob != nil && bob?.eventCount == 0 && bob?.lastSeen == nil && bob?.roles.isEmpty == true)
        let person = try #require(ann?.person)
        let timeline = try await open.ask(["kind": "timeline", "person": .string(person.text), "limit": 100])
        #expect(timeline["rows"]?.arrayValue?.count == 22)
        await club.directory.close()
    }
}
