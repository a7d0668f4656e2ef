import Foundation
import Model
import OrderedCollections
import Testing
import Worlds

/// One generated call, read again the slow way.
struct SimpleCall {
    let type: String, messageID: String, time: Instant
    let userID: String?, anonymousID: String?, event: String?
    let properties: [String: Any]

    static func all(of world: some World) throws -> [SimpleCall] {
        var calls: [SimpleCall] = []
        for batch in world.batches(of: 1_000) {
            for line in batch.lines.split(separator: UInt8(ascii: "\n")) {
                guard let object = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any],
                    let type = object["type"] as? String, let messageID = object["messageId"] as? String,
                    let text = object["timestamp"] as? String, let time = Instant(rfc3339: text)
                else { throw Problem(.malformedJSON, "A generated line is no call.") }
                var userID = object["userId"] as? String
                if userID == "undefined" { userID = nil }
                calls.append(
                    SimpleCall(
                        type: type, messageID: messageID, time: time, userID: userID, anonymousID: object["anonymousId"] as? String,
                        event: type == "page" || type == "screen" ? type : type == "track" ? object["event"] as? String : nil,
                        properties: object["properties"] as? [String: Any] ?? [:]))
            }
        }
        return calls
    }

    var identities: [Identity] {
        (userID.map { [Identity(type: .userID, value: $0)] } ?? [])
            + (anonymousID.map { [Identity(type: .anonymousID, value: $0)] } ?? [])
    }
}

/// People, visits, orders and funnel counted from the calls in the plainest way.
struct Recount {
    struct Order {
        let paidAt: Instant
        let total: Int64
        var refunds: [(at: Instant, amount: Int64, all: Bool)] = []
    }

    struct Person {
        var identities: Set<Identity> = []
        var firstSeen = Instant.distantFuture
        var events: [(time: Instant, name: String)] = []
        var orders: [Order] = []

        var eventCount: Int { events.count }
        var revenue: Int64 { orders.reduce(0) { $0 + $1.total } }
        var refunded: Int64 { orders.flatMap(\.refunds).reduce(0) { $0 + $1.amount } }
        /// The first event of each session.
        var visits: [Instant] {
            events.indices.filter { $0 == 0 || events[$0].time.microseconds - events[$0 - 1].time.microseconds > 1_800_000_000 }
                .map { events[$0].time }
        }

        func isCustomer(at instant: Instant) -> Bool {
            orders.contains { $0.paidAt < instant && !$0.refunds.contains { $0.all && $0.at < instant } }
        }
    }

    private(set) var people: [Person] = []
    private(set) var eventsByName: OrderedDictionary<String, JSONValue> = [:]
    private(set) var giftCount = 0
    private let calendar: ZoneCalendar
    private let firstDate: LocalDate
    private let lastDate: LocalDate

    init(calls: [SimpleCall], zone: TimeZoneTable) {
        calendar = ZoneCalendar(zone: zone)
        firstDate = calls.first.map { [calendar] in calendar.date(at: $0.time) } ?? LocalDate(daysSinceEpoch: 0)
        lastDate = calls.last.map { [calendar] in calendar.date(at: $0.time) } ?? LocalDate(daysSinceEpoch: 0)
        let personOf = Recount.resolve(calls)
        var indexes: [Int: Int] = [:]
        for (identity, group) in personOf.sorted(by: { $0.key < $1.key }) {
            let index = indexes[group] ?? people.count
            if index == people.count { people.append(Person()) }
            indexes[group] = index
            people[index].identities.insert(identity)
        }
        func index(_ identity: Identity?) -> Int? { identity.flatMap { personOf[$0] }.flatMap { indexes[$0] } }
        var orders: [String: (person: Int, order: Int)] = [:]
        for call in calls {
            guard let person = index(call.identities.first) else { continue }
            people[person].firstSeen = min(people[person].firstSeen, call.time)
            guard let event = call.event else { continue }
            people[person].events.append((call.time, event))
            eventsByName[event] = .int((eventsByName[event]?.intValue ?? 0) + 1)
            let total = (call.properties["total"] as? Double).map { Int64(($0 * 100).rounded()) } ?? 0
            let orderID = call.properties["order_id"] as? String ?? ""
            if event == "Order Completed" {
                let payer = index(Recount.party(call, "payer")) ?? person
                people[payer].orders.append(Order(paidAt: call.time, total: total))
                orders[orderID] = (payer, people[payer].orders.count - 1)
                let recipient = index(Recount.party(call, "recipient") ?? Recount.party(call, "beneficiary"))
                if let recipient, recipient != payer { giftCount += 1 }
            } else if event == "Order Refunded", let place = orders[orderID] {
                people[place.person].orders[place.order].refunds.append((call.time, total, call.properties["products"] == nil))
            }
        }
    }

    private static func party(_ call: SimpleCall, _ role: String) -> Identity? {
        guard let party = call.properties[role] as? [String: Any], let id = party["id"] as? String else { return nil }
        return Identity(type: IdentityType(party["type"] as? String ?? ""), value: id)
    }

    /// Groups of identities: calls join what they carry, unless that would join two user ids.
    private static func resolve(_ calls: [SimpleCall]) -> [Identity: Int] {
        var group: [Identity: Int] = [:]
        for call in calls {
            for identity in call.identities where group[identity] == nil { group[identity] = group.count }
            let groups = Set(call.identities.compactMap { group[$0] })
            guard groups.count > 1 else { continue }
            let members = group.filter { groups.contains($0.value) }.map(\.key)
            if members.count(where: { $0.type == .userID }) > 1 { continue }
            let target = groups.min() ?? 0
            for member in members { group[member] = target }
        }
        return group
    }

    // MARK: - Figures

    private func week(_ instant: Instant) -> Int {
        Int(calendar.date(at: instant).monday.daysSinceEpoch - firstDate.monday.daysSinceEpoch) / 7
    }

    func use(of person: Person, at instant: Instant) -> String {
        let weeks = Dictionary(grouping: person.visits.filter { $0 < instant }, by: week).filter { $0.value.count >= 2 }.keys
        guard let last = weeks.max() else { return "never" }
        return week(Instant(microseconds: instant.microseconds - 1)) - last <= 4 ? "user" : "former_user"
    }

    func cells(at instant: Instant) -> JSONValue {
        var counts = [0, 0, 0, 0]
        for person in people where person.firstSeen < instant {
            counts[(use(of: person, at: instant) == "user" ? 1 : 0) + (person.isCustomer(at: instant) ? 2 : 0)] += 1
        }
        return [
            "everybody": .int(Int64(counts.reduce(0, +))), "user_only": .int(Int64(counts[1])),
            "customer_only": .int(Int64(counts[2])),
            "both": .int(Int64(counts[3])), "neither": .int(Int64(counts[0])),
        ]
    }

    var weeklyActives: [Int] {
        let last = Int(lastDate.monday.daysSinceEpoch - firstDate.monday.daysSinceEpoch) / 7
        return (0 ... last).map { number in people.count { $0.events.contains { week($0.time) == number } } }
    }

    /// Holds a world's truth to this recount.
    ///
    /// - Parameter end: of the world's last day.
    func expect(_ truth: WorldTruth, end: Instant) throws {
        for (name, count) in truth.totals["eventsByName"]?.objectValue ?? [:] {
            #expect(count == eventsByName[name] ?? 0, "\(name)")
        }
        #expect(truth.totals["events"] == .int(eventsByName.values.reduce(0) { $0 + ($1.intValue ?? 0) }))
        #expect(truth.people.count == people.count)
        #expect(truth.totals["overview"]?["atEnd"] == cells(at: end))
        #expect(truth.totals["weeklyActives"]?.arrayValue?.map { $0["persons"] } == weeklyActives.map { .int(Int64($0)) })
        #expect(truth.totals["orders"]?["revenue"] == .int(people.reduce(0) { $0 + $1.revenue }))
        #expect(truth.totals["orders"]?["refunded"] == .int(people.reduce(0) { $0 + $1.refunded }))
        #expect(truth.totals["orders"]?["gifts"] == .int(Int64(giftCount)))

        let told = Dictionary(uniqueKeysWithValues: people.map { ($0.identities, $0) })
        for person in truth.people {
            let seen = try #require(told[Set(person.identities)], "nobody has just these identities: \(person.identities)")
            #expect(person.visitCount == seen.visits.count)
            #expect(person.eventCount == seen.eventCount)
            #expect(person.firstVisit == seen.visits.first)
            #expect(person.firstOrder == seen.orders.map(\.paidAt).min())
            #expect(person.orderCount == seen.orders.count)
            #expect(person.revenue == seen.revenue)
            #expect(person.refunded == seen.refunded)
            #expect(person.use == use(of: seen, at: end))
            #expect(person.isCustomer == seen.isCustomer(at: end))
        }
    }

    /// From each first step the earliest next ones; the furthest counts.
    var funnel: [Int] {
        let steps = ["Product Viewed", "Product Added", "Checkout Started", "Order Completed"]
        var counts = [0, 0, 0, 0]
        for person in people {
            var level = 0
            let relevant = person.events.filter { steps.contains($0.name) }
            for (index, start) in relevant.enumerated() where start.name == steps[0] {
                var reached = 1
                for event in relevant[(index + 1)...] {
                    if event.time.microseconds - start.time.microseconds > 14 * 86_400_000_000 || reached == 4 { break }
                    if event.name == steps[reached] { reached += 1 }
                }
                level = max(level, reached)
            }
            for step in 0 ..< level { counts[step] += 1 }
        }
        return counts
    }
}
