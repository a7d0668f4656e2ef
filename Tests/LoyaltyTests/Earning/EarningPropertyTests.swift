import Model
import Testing

@testable import Loyalty

/// What holds for any program and any events; a failure names its seed.
struct EarningPropertyTests {

    @Test(
        "N1, N3, N5: preview is award; line points add up; what nobody pays for earns nothing", arguments: Seeds.slices(300))
    func planIsAward(seeds: Seeds) throws {
        for seed in seeds {
            var world = EarningWorld(seed: seed)
            let (program, member) = (world.program(), world.member())
            var limits = EarningLimits()
            for number in 0 ..< 4 {
                let event = world.event(number)
                let preview = try program.plan(for: event, of: member, limits: limits, in: EarningWorld.frame)
                // The award is planned by what a store keeps: the program as JSON, and the limits that the program names.
                let kept = program.limits(for: event, of: member, in: EarningWorld.frame).map { limits.current($0) }
                let stored = try EarningProgram(json: program.json)
                let award = try stored.plan(for: event, of: member, limits: EarningLimits(kept), in: EarningWorld.frame)
                #expect(preview == award, "seed \(seed)")
                try limits.take(award)
                for award in award.awards {
                    #expect(award.lines.reduce(0) { $0 + $1.points } == award.points, "seed \(seed)")
                    #expect(award.lines.allSatisfy { $0.points >= 0 && $0.units > 0 }, "seed \(seed)")
                    for line in award.lines {
                        #expect(event.lines?.first { $0.product == line.product }?.isPaid == true, "seed \(seed)")
                    }
                }
                #expect(award.newPoints.reduce(0) { $0 + $1.amount } == award.points, "seed \(seed)")
            }
        }
    }

    @Test("N2: the order of rules and of lines decides nothing", arguments: Seeds.slices(300))
    func order(seeds: Seeds) throws {
        for seed in seeds {
            var world = EarningWorld(seed: seed)
            let (program, member, event) = (world.program(), world.member(), world.event())
            var (other, turned) = (program, event)
            other.rules.shuffle(using: &world.random)
            turned.lines?.shuffle(using: &world.random)
            let one = try program.plan(for: event, of: member, in: EarningWorld.frame)
            #expect(try other.plan(for: turned, of: member, in: EarningWorld.frame) == one, "seed \(seed)")
        }
    }

    @Test("N4: no cap is passed, and what is trimmed and given is what it would have been", arguments: Seeds.slices(300))
    func caps(seeds: Seeds) throws {
        for seed in seeds {
            var world = EarningWorld(seed: seed)
            let program = world.program()
            var bare = program
            bare.caps = EarningCaps()
            for place in bare.rules.indices { bare.rules[place].caps = EarningCaps() }
            var limits = EarningLimits()
            for number in 0 ..< 8 {
                let (event, member) = (world.event(number), world.member())
                let plan = try program.plan(for: event, of: member, limits: limits, in: EarningWorld.frame)
                let uncapped = try bare.plan(for: event, of: member, in: EarningWorld.frame)
                #expect(plan.awards.map(\.uncapped) == uncapped.awards.map(\.points), "seed \(seed)")
                for award in plan.awards {
                    #expect(award.trims.reduce(award.points) { $0 + $1.points } == award.uncapped, "seed \(seed)")
                    #expect(award.trims.allSatisfy { $0.points > 0 } && award.points >= 0, "seed \(seed)")
                    let cap = program.rules.first { $0.id == award.rule }?.caps.event ?? .max
                    #expect(award.points <= cap, "seed \(seed)")
                }
                #expect(plan.points <= program.caps.event ?? .max, "seed \(seed)")
                try limits.take(plan)
                #expect(limits.limits.values.allSatisfy { $0.used <= $0.max }, "seed \(seed)")
            }
        }
    }

    @Test("N6: an order split in two earns no more than the whole", arguments: Seeds.slices(300))
    func split(seeds: Seeds) throws {
        for seed in seeds {
            var world = EarningWorld(seed: seed)
            let (program, member) = (world.program(isPlain: true), world.member())
            var event = world.event()
            event.currency = .cny
            var (first, second) = (event, event)
            (first.lines, second.lines) = ([], [])
            for line in event.lines ?? [] {
                var (left, right) = (line, line)
                func cut(_ amount: Int64) -> Int64 { world.number(0 ... amount) }
                if world.chance(2) {
                    // Whole units with all that belongs to them.
                    if world.chance(2) { first.lines?.append(line) } else { second.lines?.append(line) }
                    continue
                }
                (left.discount, left.pointsPaid, left.tax) = (0, 0, 0)
                (right.discount, right.pointsPaid, right.tax) = (0, 0, 0)
                if line.units < 2 || line.discount + line.pointsPaid + line.tax > 0 {
                    first.lines?.append(line)
                    continue
                }
                left.units = 1 + cut(line.units - 2)
                left.listAmount = cut(line.listAmount)
                right.units = line.units - left.units
                right.listAmount = line.listAmount - left.listAmount
                first.lines?.append(left)
                second.lines?.append(right)
            }
            let whole = try program.plan(for: event, of: member, in: EarningWorld.frame).uncapped
            let parts = try [first, second].map { try program.plan(for: $0, of: member, in: EarningWorld.frame).uncapped }
            #expect(parts[0] + parts[1] <= whole, "seed \(seed)")
        }
    }

    @Test("N6: what is given for an order as a whole comes once for each that is told, up to the caps of the member")
    func splitFixedAmounts() throws {
        var program = OrderTests.program
        program.rules[0].base = EarningAmount(50, by: .event)
        var large = EarningGuard()
        large.conditions = [.property("total", EventTest(op: .greaterOrEqual, operand: 100, isCaseInsensitive: false))]
        program.rules[0].bonuses = [
            EarningBonus("ten", EarningAmount(10, by: .event)), EarningBonus("large", EarningAmount(40, by: .event), when: large),
        ]
        func order(_ source: String, _ lines: [EarningLine], total: Int64) -> EarningEvent {
            var event = EarningEvent(
                .event("Order Completed"), source: source, at: EarningWorld.start, properties: ["total": .int(total)])
            (event.currency, event.lines) = (.cny, lines)
            return event
        }
        let lines = [
            EarningLine(product: "a", units: 1, listAmount: 6_000), EarningLine(product: "b", units: 1, listAmount: 6_000),
        ]
        let member = EarningMember(id: "m")
        let whole = try program.plan(for: order("o", lines, total: 120), of: member, in: EarningWorld.frame)
        #expect(whole.points == 100)
        let halves = [order("o1", [lines[0]], total: 60), order("o2", [lines[1]], total: 60)]
        func earned() throws -> [Int64] {
            var limits = EarningLimits()
            return try halves.map { half in
                let plan = try program.plan(for: half, of: member, limits: limits, in: EarningWorld.frame)
                try limits.take(plan)
                return plan.points
            }
        }
        #expect(try earned() == [60, 60])
        program.rules[0].caps.member = [.init(100, per: .day)]
        #expect(try earned() == [60, 40])
        // Two lines of one order are no two orders, whatever they are called.
        let same = [lines[0], EarningLine(product: "a", sku: "x", units: 1, listAmount: 6_000)]
        #expect(try program.plan(for: order("o", same, total: 120), of: member, in: EarningWorld.frame).points == 100)
    }

    @Test("N7: of planners at once none passes a budget, and what is cancelled comes back", arguments: Seeds.slices(200))
    func budgets(seeds: Seeds) throws {
        for seed in seeds {
            var world = EarningWorld(seed: seed)
            var program = world.program()
            program.caps.budget = world.number(1 ... 1_500)
            var limits = EarningLimits()
            var (issued, cancelled) = (Int64(0), Int64(0))
            var planned: [(event: EarningEvent, member: EarningMember, plan: EarningPlan)] = []
            var given: [EarningPlan.Award] = []
            for step in 0 ..< 30 {
                switch world.random.below(4) {
                case 0, 1:
                    let (event, member) = (world.event(step), world.member())
                    let plan = try program.plan(for: event, of: member, limits: limits, in: EarningWorld.frame)
                    planned.append((event, member, plan))
                case 2:
                    guard !planned.isEmpty else { continue }
                    var next = planned.remove(at: world.random.below(planned.count))
                    let before = limits
                    do throws(Refusal) {
                        try limits.take(next.plan)
                    } catch {
                        #expect(limits == before && error.reasons.allSatisfy(\.isRetryable), "seed \(seed)")
                        next.plan = try program.plan(for: next.event, of: next.member, limits: limits, in: EarningWorld.frame)
                        try limits.take(next.plan)
                    }
                    issued += next.plan.points
                    given += next.plan.awards
                default:
                    guard !given.isEmpty else { continue }
                    let award = given.remove(at: world.random.below(given.count))
                    limits.giveBack(award.points, to: award.limits.map(\.key))
                    cancelled += award.points
                }
                #expect(issued - cancelled <= program.caps.budget ?? 0, "seed \(seed)")
                #expect(limits.limits[.init(name: "earn/club/budget")]?.used ?? 0 == issued - cancelled, "seed \(seed)")
                #expect(limits.limits.values.allSatisfy { $0.used <= $0.max && $0.used >= 0 }, "seed \(seed)")
            }
        }
    }
}
