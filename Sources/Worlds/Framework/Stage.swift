import Model
import OrderedCollections

/// Where a story happens: whatever a human does is told to the truth at once, and written as a call.
///
/// A class because stories act on it from everywhere; it is used by one task at a time.
final class Stage<Kind: RawRepresentable<String> & Sendable & Equatable> {
    let shape: WorldShape
    let clock: WorldClock
    var humans: [StageHuman<Kind>] = []
    private(set) var keeper: TruthKeeper
    /// What was done, by the name of the event.
    private(set) var deeds: OrderedDictionary<String, StageDeeds> = [:]
    /// What orders brought in each week, in whole units of the currency, by their shelf.
    private(set) var incomeByWeek: [String: [Int]] = [:]
    private(set) var ties: OrderedSet<StageTie> = []
    /// Those of payers to whomever they have bought something for: with a second order they are gift givers.
    private var firstGifts: OrderedSet<StageTie> = []
    private(set) var callCounts = [Int](repeating: 0, count: CallType.allCases.count)

    private let name: String
    private let currency: Currency
    private let writesCalls: Bool
    private let hours = HourCurve([1, 0, 0, 0, 0, 0, 6, 20, 40, 60, 70, 60, 50, 50, 60, 70, 60, 50, 50, 70, 90, 80, 40, 0])
    /// Visits leave at least this many milliseconds between them, well over the 30 minutes that end one.
    private let pause: Int64 = 45 * 60_000
    private var writer = CallWriter()
    private var calls: [(time: Int64, range: Range<Int>)] = []
    private var orderCount = 0

    init(name: String, shape: WorldShape, zone: TimeZoneTable, currency: Currency, writesCalls: Bool) {
        self.name = name
        self.shape = shape
        self.currency = currency
        self.writesCalls = writesCalls
        clock = WorldClock(zone: zone, lastDate: shape.end, dayCount: shape.days)
        keeper = TruthKeeper(clock: clock)
    }

    /// Ends a day and gives its calls.
    func closeDay(_ day: Int) -> StageLines {
        keeper.closeDay(day)
        defer { calls.removeAll(keepingCapacity: true) }
        return StageLines(bytes: writer.take(reserving: 0), calls: calls)
    }

    // MARK: - Who lives here

    /// Adds humans of a kind, as long as the shape has room for them.
    ///
    /// - Parameters:
    ///   - visits: how likely a visit is on a day, in thousandths.
    ///   - joins: the first day, drawn for each of them; held within the world.
    func settle(
        _ kind: Kind, _ count: Int, visits: ClosedRange<Int> = 0 ... 0, joins: Range<Int>, hasDevice: Bool = true
    ) {
        for index in humans.count ..< min(humans.count + count, shape.people) {
            var random = SplitMix64.derived(seed: shape.seed, stream: 2, index: index)
            let isChinese = random.chance(perMille: 680)
            let first = random.below(isChinese ? HumanNames.givenNames.count : HumanNames.firstNames.count)
            let last = random.below(isChinese ? HumanNames.surnames.count : HumanNames.lastNames.count)
            let joinDay = min(joins.lowerBound + random.below(max(1, joins.count)), shape.days - 1)
            let visitsPerMille = random.within(visits)
            humans.append(
                StageHuman(
                    kind: kind, random: random, name: HumanNames.full(isChinese: isChinese, first: first, last: last),
                    visitsPerMille: visitsPerMille, days: joinDay ..< shape.days, hasDevice: hasDevice))
        }
    }

    func indices(of kind: Kind) -> [Int] { humans.indices.filter { humans[$0].kind == kind } }

    /// Whether the user id was told on an earlier day.
    func isKnown(_ human: Int, before day: Int) -> Bool { humans[human].isKnown && humans[human].knownDay < day }

    func chance(_ human: Int, perMille: Int) -> Bool { humans[human].random.chance(perMille: perMille) }
    func draw(_ human: Int, _ range: ClosedRange<Int>) -> Int { humans[human].random.within(range) }

    // MARK: - What they do

    /// The visit of a human on a day, when the day, chance and the pause since the last one have it so.
    func visit(_ human: Int, on day: Int) -> StageVisit? {
        guard humans[human].days.contains(day), chance(human, perMille: humans[human].visitsPerMille) else { return nil }
        return begin(human, on: day)
    }

    /// Something at most once a week, on a weekday of the human's own: what is told so seldom is no use.
    func oncePerWeek(_ human: Int, on day: Int, perMille: Int) -> StageVisit? {
        guard humans[human].days.contains(day), clock.weekday(ofDay: day) == human % 5, chance(human, perMille: perMille) else {
            return nil
        }
        return begin(human, on: day)
    }

    /// A visit that does not depend on chance; nil when another one was less than the pause before.
    func begin(_ human: Int, on day: Int) -> StageVisit? {
        let time = clock.dayStarts[day] + hours.draw(using: &humans[human].random)
        guard time - humans[human].lastCall > pause else { return nil }
        var visit = StageVisit(human: human, day: day, time: time)
        if !humans[human].hasDevice, !humans[human].isKnown { signUp(in: &visit) }
        return visit
    }

    /// The human's user id and name become known.
    func signUp(in visit: inout StageVisit) {
        guard !humans[visit.human].isKnown else { return }
        humans[visit.human].knownDay = visit.day
        meet(visit)
        keeper.attach(Identity(type: .userID, value: WorldIDs.user(visit.human)), to: humans[visit.human].person)
        write(.identify, ["traits": ["name": .string(humans[visit.human].name)]], &visit)
    }

    /// The human joins an account; later events carry it.
    func join(_ account: String, named title: String, in visit: inout StageVisit) {
        humans[visit.human].account = account
        write(.group, ["groupId": .string(account), "traits": ["name": .string(title)]], &visit)
    }

    /// The server is told what the human is to another human or an account, from now on.
    func declare(_ role: RelationshipRole, to party: StageTie.Party, in visit: inout StageVisit) {
        guard ties.append(StageTie(holder: visit.human, role: role, to: party, isDeclared: true)).inserted else { return }
        let to: JSONValue =
            switch party {
            case .human(let human): identity(human)
            case .account(let account): ["account": .string(account)]
            }
        write(.declare, ["event": "relationship", "properties": ["as": .string(role.rawValue), "to": to]], &visit)
    }

    func tell(_ event: String, _ properties: JSONValue = [:], in visit: inout StageVisit) {
        meet(visit)
        let (person, week) = (humans[visit.human].person, clock.week(ofDay: visit.day))
        if !visit.hasBegun { keeper.visit(person, at: visit.time, week: week) }
        visit.hasBegun = true
        keeper.event(person)
        deeds[event, default: StageDeeds(weekCount: clock.weekCount)].add(visit.human, at: visit.time, week: week)
        write(.track, ["event": .string(event), "properties": properties], &visit)
    }

    /// An order that its human pays; whom it is for is known by then.
    func order(_ order: StageOrder, more: JSONValue = [:], in visit: inout StageVisit) {
        meet(visit)
        let payer = visit.human
        let total = order.price * order.quantity
        _ = keeper.order(payer: humans[payer].person, at: visit.time, total: Int64(total) * 100)
        incomeByWeek[order.category, default: Array(repeating: 0, count: clock.weekCount)][clock.week(ofDay: visit.day)] += total
        orderCount += 1
        var properties: OrderedDictionary<String, JSONValue> = [
            "order_id": .string("\(name)-\(100_000 + orderCount)"), "total": .int(Int64(total)), "currency": .string(currency.code),
            "category": .string(order.category),
            "products": [
                [
                    "product_id": .string(order.category), "name": .string(order.product), "price": .int(Int64(order.price)),
                    "quantity": .int(Int64(order.quantity)),
                ]
            ],
        ]
        if let party = order.party, party.human != payer {
            properties[party.role.rawValue] = identity(party.human)
            keeper.gift(from: humans[payer].person)
            ties.append(StageTie(holder: payer, role: .payer, to: .human(party.human), isDeclared: false))
            ties.append(StageTie(holder: party.human, role: .recipient, to: .human(payer), isDeclared: false))
            ties.append(StageTie(holder: party.human, role: .beneficiary, to: .human(payer), isDeclared: false))
            let gift = StageTie(holder: payer, role: .giftGiver, to: .human(party.human), isDeclared: false)
            if !firstGifts.append(gift).inserted { ties.append(gift) }
        }
        properties.merge(more.objectValue ?? [:]) { $1 }
        tell("Order Completed", .object(properties), in: &visit)
    }

    // MARK: - Writing

    private func identity(_ human: Int) -> JSONValue { ["type": "user_id", "id": .string(WorldIDs.user(human))] }

    /// Somebody is seen for the first time.
    private func meet(_ visit: StageVisit) {
        guard humans[visit.human].person < 0 else { return }
        humans[visit.human].person = keeper.person(human: visit.human, at: visit.time)
        guard humans[visit.human].hasDevice else { return }
        let anonymous = Identity(type: .anonymousID, value: WorldIDs.anonymous(visit.human, seed: shape.seed))
        keeper.attach(anonymous, to: humans[visit.human].person)
    }

    private func write(_ type: CallType, _ content: OrderedDictionary<String, JSONValue>, _ visit: inout StageVisit) {
        let human = humans[visit.human]
        callCounts[Int(type.rawValue)] += 1
        humans[visit.human].lastCall = visit.time
        if writesCalls {
            let start = writer.bytes.count
            writer.rawText("{\"type\":\"\(type.text)\",\"messageId\":\"\(name)\(shape.seed)-")
            writer.base36(callCounts.reduce(0, +), width: 5)
            writer.raw("\",\"timestamp\":")
            writer.instant(milliseconds: visit.time)
            // It arrives a quarter of a second after it happened, so that the past can be asked "as of".
            writer.raw(",\"receivedAt\":")
            writer.instant(milliseconds: visit.time + 250)
            if human.isKnown { writer.rawText(",\"userId\":\"\(WorldIDs.user(visit.human))\"") }
            if human.hasDevice {
                writer.raw(",\"anonymousId\":\"")
                writer.anonymousID(visit.human, seed: shape.seed)
                writer.raw("\"")
            }
            for (key, value) in content { writer.rawText(",\"\(key)\":\(value.text)") }
            if type == .track, let account = human.account { writer.rawText(",\"context\":{\"groupId\":\"\(account)\"}") }
            writer.raw("}\n")
            calls.append((visit.time, start ..< writer.bytes.count))
        }
        visit.time += 1_000 * Int64(humans[visit.human].random.within(3 ... 60))
    }
}
