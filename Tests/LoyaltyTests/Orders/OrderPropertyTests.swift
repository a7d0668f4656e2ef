import Model
import OrderedCollections
import Testing

@testable import Loyalty

/// Orders mean the same in whatever order their events come; a failure names its seed.
struct OrderPropertyTests {
    /// What was told and what it comes to.
    private struct Told {
        var record = OrderRecord(id: "o")
        var limits = EarningLimits()
        var intents: [OrderIntent] = []

        init(_ facts: [OrderFact], _ program: EarningProgram, settlesEach: Bool = true) throws {
            for (index, fact) in facts.enumerated() {
                _ = try record.add(fact)
                guard settlesEach || index == facts.count - 1 else { continue }
                intents += try record.settle(
                    by: program, of: EarningMember(id: "m", tiers: ["gold"]), limits: &limits, in: EarningWorld.frame)
            }
        }

        /// By product and rule.
        var net: [OrderRecord.OrderedLine: Int64] { record.lines.mapValues(\.net).filter { $0.value != 0 } }
        var used: [Limit.Key: Int64] { limits.limits.mapValues(\.used).filter { $0.value != 0 } }

        /// Each once, and of reversals of one source the last.
        var last: Set<OrderIntent> {
            var most: [PointSource: EarningReturn] = [:]
            for case .reverse(let source, let units, let points) in intents {
                most[source] = most[source, default: .nothing].union(EarningReturn(units: units, points: points))
            }
            return Set(
                intents.filter { intent in
                    guard case .reverse(let source, let units, let points) = intent else { return true }
                    return most[source] == EarningReturn(units: units, points: points)
                })
        }
    }

    @Test("Any order of the events, each as often as one likes, tells the same", arguments: Seeds.slices(400))
    func sameIntents(seeds: Seeds) throws {
        for seed in seeds {
            var story = try OrderStory(seed: seed, isChanged: false)
            let told = try Told(story.facts, story.program)
            for _ in 0 ..< 4 {
                let other = try Told(story.shuffled(), story.program)
                #expect(other.last == told.last && other.net == told.net && other.used == told.used, "seed \(seed)")
                #expect(Set(other.intents).count == other.intents.count, "seed \(seed): told once")
            }
        }
    }

    @Test("A changed order comes to the same points in any order of its events", arguments: Seeds.slices(400))
    func sameNet(seeds: Seeds) throws {
        for seed in seeds {
            var story = try OrderStory(seed: seed, isChanged: true)
            let atOnce = try Told(story.facts, story.program, settlesEach: false)
            for _ in 0 ..< 4 {
                let facts = try story.shuffled()
                let other = try Told(facts, story.program)
                #expect(other.net == atOnce.net && other.used == atOnce.used, "seed \(seed): \(facts.map(\.messageID))")
                #expect(Set(other.intents).count == other.intents.count, "seed \(seed): told once")
            }
        }
    }

    @Test("Points and limits come to what the ledger of the member books", arguments: Seeds.slices(300))
    func ledger(seeds: Seeds) throws {
        for seed in seeds {
            var story = try OrderStory(seed: seed, isChanged: true)
            let told = try Told(story.shuffled(), story.program)
            var book = PointBook(owner: ProgramMemberID(number: 1))
            let now = EarningWorld.start.advanced(byMicroseconds: .microsecondsPerDay * 30)
            // Told twice, as after a crash.
            for intent in told.intents + told.intents { try apply(intent, to: &book, now) }
            let accounts = book.accounts
            let net = -accounts[.issuer, default: 0] - accounts[.revoked, default: 0]
            #expect(net == told.record.netPoints, "seed \(seed)")
            let budget = told.limits.limits[.init(name: "earn/club/budget")]
            if story.program.caps.budget != nil, net > 0 { #expect(budget?.used == net, "seed \(seed)") }
            for limit in told.limits.limits.values { #expect(limit.used >= 0 && limit.used <= limit.max, "seed \(seed)") }
        }
    }

    private func apply(_ intent: OrderIntent, to book: inout PointBook, _ now: Instant) throws {
        switch intent {
        case .earn(let points):
            guard book.earnings[points.source] == nil else { return }
            _ = try book.earn(points, at: now)
        case .reverse(let source, let units, let points):
            _ = try book.reverseEarn(source, unitsInAll: units, pointsInAll: points, now: now)
        }
    }

    @Test("L10: any partition of a return takes back the same", arguments: Seeds.slices(300))
    func partitions(seeds: Seeds) throws {
        for seed in seeds {
            var world = EarningWorld(seed: seed)
            let program = world.program()
            // In tenths of a unit, of which half of the stories return whole units alone.
            let step: Int64 = world.chance(2) ? 10 : 1
            let counts = (0 ..< 3).map { _ in world.number(1 ... 40 / step) * step }
            func products(_ counts: [Int64]) -> JSONValue {
                .array(
                    counts.enumerated().map {
                        let quantity = "\($0.element / 10).\($0.element % 10)"
                        return [
                            "product_id": .string("p\($0.offset)"), "quantity": .string(quantity), "price": "12.34",
                            "category": "tea",
                        ]
                    })
            }
            let order = try OrderTests.fact(.completed, "m", ["products": products(counts)])
            let returned = counts.map { world.number(0 ... $0 / step) * step }
            let whole = try OrderTests.fact(.refunded, "r", hour: 1, ["products": products(returned)])
            var (left, parts) = (returned, [OrderFact]())
            while left.contains(where: { $0 > 0 }) {
                let part = left.map { world.number(0 ... $0 / step) * step }
                for place in left.indices { left[place] -= part[place] }
                let number = parts.count
                parts.append(
                    try OrderTests.fact(.refunded, "r\(number)", hour: Int64(number) + 1, ["products": products(part)]))
            }
            let one = try Told([order, whole], program)
            let other = try Told([order] + parts, program)
            #expect(one.net == other.net && one.used == other.used, "seed \(seed)")
        }
    }

    @Test("G5, L14: what was spent of a returned order is a debt, which the next order repays")
    func debt() throws {
        var (book, told) = (PointBook(owner: ProgramMemberID(number: 1)), try Told([], OrderTests.program))
        let products: JSONValue = [["product_id": "p", "price": 50, "quantity": 3]]
        let completed = try OrderTests.fact(.completed, "m", ["products": products])
        for intent in try OrderTests.settle(&told.record, completed, limits: &told.limits) {
            try apply(intent, to: &book, EarningWorld.start)
        }
        _ = try book.burn(100, now: EarningWorld.start)
        for intent in try OrderTests.settle(&told.record, OrderTests.fact(.refunded, "r", hour: 1), limits: &told.limits) {
            try apply(intent, to: &book, EarningWorld.start)
        }
        #expect(book.balance(at: EarningWorld.start).debt == 100 && told.record.netPoints == 0)
    }
}
