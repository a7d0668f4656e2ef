import Model
import Testing

@testable import Loyalty

/// A simulation says what the program would have given.
struct EarningSimulationTests {
    @Test("Totals by rule, percentiles of members, and when a budget is spent")
    func totals() throws {
        var program = OrderTests.program
        program.rules[0].caps.budget = 250
        program.rules[0].caps.member = [.init(100, per: .day)]
        program.rules[0].condition.channels = ["app"]
        var simulation = EarningSimulation(program, in: EarningWorld.frame)
        for (hour, (member, yuan)) in [("a", 60), ("b", 120), ("a", 60), ("c", 80), ("d", 10), ("d", 10)].enumerated() {
            var event = EarningEvent(
                .event("Order Completed"), source: "o\(hour)",
                at: EarningWorld.start.advanced(byMicroseconds: Int64(hour) * .microsecondsPerHour))
            event.channel = hour == 5 ? "shop" : "app"
            event.currency = .cny
            event.lines = [EarningLine(product: "p", units: 1, listAmount: Int64(yuan) * 100)]
            try simulation.add(event, of: EarningMember(id: member))
        }
        let rule = try #require(simulation.rules.first)
        #expect(rule.points == 250 && rule.events == 5 && rule.declined == ["CHANNEL": 1])
        #expect(rule.trimmed == ["earn/club/rule/spend/member/day": 40, "earn/club/rule/spend/budget": 40])
        #expect(simulation.memberCount == 4)
        #expect([0, 25, 50, 75, 100].map { simulation.points(atPercentile: $0) } == [0, 0, 50, 100, 100])
        let budget = try #require(simulation.budgets.first)
        #expect(budget.name == "earn/club/rule/spend/budget" && budget.max == 250 && budget.used == 250)
        #expect(budget.exhaustedAt == EarningWorld.start.advanced(byMicroseconds: 3 * .microsecondsPerHour))
        #expect(EarningSimulation(program, in: EarningWorld.frame).points(atPercentile: 50) == nil)
    }

    @Test("What is simulated is what is given later on the same events", arguments: Seeds.slices(100))
    func sameAsReal(seeds: Seeds) throws {
        for seed in seeds {
            var world = EarningWorld(seed: seed)
            let program = world.program()
            var simulation = EarningSimulation(program, in: EarningWorld.frame)
            var (limits, given) = (EarningLimits(), [String: Int64]())
            for number in 0 ..< 12 {
                let (event, member) = (world.event(number), world.member())
                let plan = try program.plan(for: event, of: member, limits: limits, in: EarningWorld.frame)
                try limits.take(plan)
                #expect(try simulation.add(event, of: member) == plan, "seed \(seed)")
                for award in plan.awards { given[award.rule, default: 0] += award.points }
            }
            let rules = simulation.rules
            #expect(rules.allSatisfy { $0.points == given[$0.rule, default: 0] }, "seed \(seed)")
            let budgets = simulation.budgets.allSatisfy {
                $0.used <= $0.max && $0.used == limits.limits[.init(name: $0.name)]?.used ?? 0
            }
            #expect(budgets, "seed \(seed)")
        }
    }
}
