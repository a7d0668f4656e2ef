import EventStore
import Model

@testable import People

/// The plain reading of identities, roles and the overview: sets, loops and a calendar, nothing kept between questions.
struct SlowPeople {
    let calendar: ZoneCalendar
    /// Those received in time, in arrival order.
    let calls: [(call: Call, identities: [Identity])]
    private(set) var people: [Set<Identity>] = []

    init(_ bench: PeopleBench, asOf: Instant? = nil) {
        calendar = bench.settings.calendar
        calls = bench.calls.filter { entry in asOf.map { entry.call.receivedAt < $0 } ?? true }
        for (call, identities) in calls { resolve(call, identities) }
    }

    private mutating func resolve(_ call: Call, _ identities: [Identity]) {
        guard let owner = identities.first else { return }
        func isUser(_ person: Set<Identity>) -> Bool { person.contains { $0.type == .userID } }
        if person(of: owner) == nil { people.append([owner]) }
        for other in identities.dropFirst() {
            guard let host = person(of: owner), !people[host].contains(other) else { continue }
            let guest = person(of: other).map { people[$0] } ?? [other]
            if isUser(people[host]), isUser(guest) { continue }
            people[host].formUnion(guest)
            people.removeAll { $0 == guest }
        }
    }

    func person(of identity: Identity) -> Int? { people.firstIndex { $0.contains(identity) } }

    /// The calls of a person, oldest first.
    private func calls(of person: Set<Identity>) -> [Call] {
        calls.filter { entry in entry.identities.first.map { person.contains($0) } ?? false }.map(\.call)
            .sorted { $0.timestamp < $1.timestamp }
    }

    private func events(of person: Set<Identity>, through at: Instant) -> [Instant] {
        calls(of: person).filter { $0.type.isEvent && $0.timestamp <= at }.map(\.timestamp)
    }

    /// For each week with two visits or more: its Monday and the second visit.
    private func fulfilledWeeks(of person: Set<Identity>, through at: Instant) -> [(monday: LocalDate, second: Instant)] {
        var visits: [LocalDate: [Instant]] = [:]
        var last: Instant?
        for time in events(of: person, through: at) {
            if last.map({ time.microseconds(since: $0) > 30 * .microsecondsPerMinute }) ?? true {
                visits[calendar.date(at: time).monday, default: []].append(time)
            }
            last = time
        }
        return visits.filter { $0.value.count >= 2 }.map { ($0.key, $0.value[1]) }
    }

    private func isUser(_ person: Set<Identity>, at: Instant) -> Bool {
        fulfilledWeeks(of: person, through: at).contains { at < calendar.start(of: $0.monday.advanced(byDays: 35)) }
    }

    /// Paid orders by then: customer, amount, when, and whether all of it came back.
    private func orders(through at: Instant) -> [(customer: Int?, units: Int64, at: Instant, isBack: Bool, refunded: Int64)] {
        calls.compactMap { entry in
            let call = entry.call
            guard call.event == "Order Completed", call.timestamp <= at, let total = call.properties["total"],
                let units = Money(total, currency: .cny)?.minorUnits, units > 0
            else { return nil }
            let payer = call.properties["payer"]?.stringValue.map { Identity(type: .userID, value: $0) }
            let customer = (payer ?? entry.identities.first).flatMap { person(of: $0) }
            var refunded: Int64 = 0
            for refund in calls.map(\.call).sorted(by: { $0.timestamp < $1.timestamp })
            where refund.event == "Order Refunded" && refund.timestamp <= at
                && refund.properties["order_id"] == call.properties["order_id"]
            {
                let given = refund.properties["total"].flatMap { Money($0, currency: .cny)?.minorUnits }
                refunded += min(given ?? units, units - refunded)
            }
            return (customer, units, call.timestamp, refunded >= units, refunded)
        }
    }

    /// Money sent back for orders that nobody has heard of.
    private func strayRefunds(through at: Instant) -> Int64 {
        let known = Set(calls.filter { $0.call.event == "Order Completed" }.compactMap { $0.call.properties["order_id"] })
        return calls.map(\.call).reduce(0) { sum, call in
            guard call.event == "Order Refunded", call.timestamp <= at, let id = call.properties["order_id"], !known.contains(id)
            else { return sum }
            return sum + (call.properties["total"].flatMap { Money($0, currency: .cny)?.minorUnits } ?? 0)
        }
    }

    func overview(at: Instant, countsEverybody: Bool) -> Overview {
        var out = Overview(at: at)
        let orders = orders(through: at)
        let today = calendar.date(at: at)
        for (index, person) in people.enumerated() {
            let isUser = isUser(person, at: at)
            let isCustomer = orders.contains { $0.customer == index && !$0.isBack }
            let firstSeen = calls(of: person).first?.timestamp
            guard countsEverybody || isCustomer || firstSeen.map({ $0 <= at }) ?? false else { continue }
            out.everybody += 1
            switch (isUser, isCustomer) {
            case (true, true): out.both += 1
            case (true, false): out.userOnly += 1
            case (false, true): out.customerOnly += 1
            case (false, false): out.neither += 1
            }
            if !isUser, !fulfilledWeeks(of: person, through: at).isEmpty { out.formerUsers += 1 }
            if let firstSeen, firstSeen <= at, calendar.date(at: firstSeen) >= today.monday { out.newThisWeek += 1 }
            if let last = events(of: person, through: at).last {
                let day = calendar.date(at: last)
                if day >= today { out.activeToday += 1 }
                if day >= today.advanced(byDays: -6) { out.activeLast7Days += 1 }
                if day >= today.advanced(byDays: -29) { out.activeLast30Days += 1 }
            }
        }
        out.orders = orders.count
        out.ordersOfUnknownPayers = orders.count { $0.customer == nil }
        out.revenue = [Money(minorUnits: orders.reduce(0) { $0 + $1.units }, currency: .cny)]
        out.refunds = [Money(minorUnits: orders.reduce(0) { $0 + $1.refunded } + strayRefunds(through: at), currency: .cny)]
        return out
    }
}

extension PeopleBench {
    /// A small shop at random: visits, logins, orders with payers, refunds, over nine weeks.
    static func random(using random: inout SplitMix64, isLate: Bool = true) -> PeopleBench {
        let zone = ["UTC", "Asia/Shanghai", "America/New_York"].randomElement(using: &random) ?? "UTC"
        var bench = PeopleBench(zone: zone, rowsPerPart: [1, 2, 3, 7, 50, 1_000].randomElement(using: &random) ?? 7)
        let start = instant("2026-02-20T00:00:00Z").microseconds
        var orders: [String] = []
        for number in 0 ..< Int.random(in: 20 ..< 220, using: &random) {
            let received = start + Int64(number) * 6 * .microsecondsPerHour
            let day = Int64.random(in: 0 ..< (isLate ? 14 : 1), using: &random)
            let minute = Int64.random(in: 0 ..< 1_440, using: &random)
            let at = Instant(microseconds: received - day * .microsecondsPerDay - minute * .microsecondsPerMinute)
            let user = Bool.random(using: &random) ? "u\(Int.random(in: 1 ..< 6, using: &random))" : nil
            let anonymous = user == nil || Bool.random(using: &random) ? "a\(Int.random(in: 1 ..< 9, using: &random))" : nil
            var call = Call(
                type: .track, messageID: "m\(number)", timestamp: at, receivedAt: Instant(microseconds: received), userID: user,
                anonymousID: anonymous, event: "View", source: source)
            switch Int.random(in: 0 ..< 10, using: &random) {
            case 0: (call.type, call.event) = (.identify, nil)
            case 1: (call.type, call.event) = (.page, "page")
            case 2:
                call.event = "Order Completed"
                orders.append("o\(number)")
                var properties: JSONValue = [
                    "order_id": .string("o\(number)"), "total": .double(Double(Int.random(in: 0 ..< 500, using: &random)) / 100),
                ]
                if Int.random(in: 0 ..< 3, using: &random) == 0 {
                    properties = properties.setting(["payer"], to: .string("u\(Int.random(in: 1 ..< 8, using: &random))"))
                }
                call.properties = properties
            case 3:
                call.event = "Order Refunded"
                let id = orders.randomElement(using: &random) ?? "o?"
                call.properties =
                    Bool.random(using: &random)
                    ? ["order_id": .string(id)]
                    : ["order_id": .string(id), "total": .int(Int64.random(in: 0 ..< 3, using: &random))]
            default: break
            }
            bench.add(call)
        }
        return bench
    }
}
