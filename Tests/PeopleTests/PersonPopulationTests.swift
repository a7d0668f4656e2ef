import EventStore
import Model
import Questions
import TestSupport
import Testing

@testable import People

@Suite("One person as a population") struct PersonPopulationTests {
    /// A simulated person's life: visits, orders of their own and by others, returns, traits.
    private func bench(_ seed: UInt64) -> PeopleBench {
        var random = SplitMix64(seed: seed)
        var bench = PeopleBench(zone: "Asia/Shanghai", rowsPerPart: 9)
        let start = instant("2026-01-01T00:00:00Z")
        for index in 0 ..< 60 {
            let at = start.advanced(byMicroseconds: Int64.random(in: 0 ..< 150 * 24, using: &random) * .microsecondsPerHour).rfc3339
            let user = ["ann", "bob", "cai"].randomElement(using: &random)
            let order = "o\(Int.random(in: 0 ..< 8, using: &random))"
            switch Int.random(in: 0 ..< 9, using: &random) {
            case 0:
                bench.track(
                    "Order Completed", user: user, at: at,
                    [
                        "order_id": .string(order), "total": 5, "currency": "CNY",
                        "payer": Bool.random(using: &random) ? "ann" : "bob",
                    ])
            case 1: bench.track("Order Refunded", user: user, at: at, ["order_id": .string(order)])
            case 2:
                bench.identify(user: user, anonymous: "d\(index % 4)", at: at, ["subscribed": .bool(Bool.random(using: &random))])
            case 3: bench.track("Referral Qualified", user: user, at: at)
            default: bench.track("Viewed", user: user, anonymous: index % 3 == 0 ? "d\(index % 4)" : nil, at: at)
            }
        }
        return bench
    }

    @Test("Alone a person has the same moves as among all", arguments: UInt64(0) ..< 24)
    func sameAsAmongAll(seed: UInt64) throws {
        let bench = bench(seed)
        let view = bench.view(now: "2026-09-01T00:00:00Z")
        for ordinal in view.population.persons {
            let own = try #require(view.population(of: PersonID(ordinal: ordinal)))
            func executor(_ population: any Population) -> Executor {
                Executor(snapshot: view.snapshot, population: population, calendar: bench.settings.calendar, now: view.instant)
            }
            let alone = try executor(own).stageHistory(of: 0, causes: own.causes)
            #expect(alone == (try executor(view.population).stageHistory(of: ordinal, causes: own.causes)), "seed \(seed)")
            #expect(!alone.moves.isEmpty)
        }
    }

    @Test("The standard stages of one person: what moved them, and what only time did")
    func standard() throws {
        var bench = PeopleBench(zone: "UTC")
        bench.track("Viewed", user: "ann", at: "2026-01-05T10:00:00Z")
        bench.track("Viewed", user: "ann", at: "2026-01-06T10:00:00Z")
        bench.track("Order Completed", user: "ann", at: "2026-01-20T12:00:00Z", ["order_id": "o", "total": 5, "currency": "CNY"])
        bench.track("Order Completed", user: "bob", at: "2026-01-08T12:00:00Z", ["total": 5, "currency": "CNY", "payer": "cai"])
        bench.identify(user: "cai", at: "2026-01-09T00:00:00Z")
        let view = bench.view(now: "2026-09-01T00:00:00Z")
        func moves(_ user: String) throws -> [String] {
            let own = try #require(view.person(user: user).flatMap { view.population(of: $0) })
            let executor = Executor(snapshot: view.snapshot, population: own, calendar: bench.settings.calendar, now: view.instant)
            return try executor.stageHistory(of: 0, causes: own.causes).moves.map { move in
                "\(move.from ?? "-") \(move.to ?? "-") \(move.at.rfc3339) \(move.arrivals)"
            }
        }
        #expect(
            try moves("ann") == [
                "- attention 2026-01-05T10:00:00Z [1]", "attention use 2026-01-06T10:00:00Z [2]",
                "use pay 2026-01-20T12:00:00Z [3]", "pay lapsed 2026-04-20T12:00:00Z []",
            ])
        // Somebody else ordered what cai pays for: a customer who uses nothing and has ordered nothing.
        #expect(try moves("cai") == ["- lapsed 2026-01-08T12:00:00Z [4]"])
    }
}
