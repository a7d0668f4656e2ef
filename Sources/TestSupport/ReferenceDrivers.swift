import Glibc
import Model
import OrderedCollections
import Questions

extension ReferenceQuestion {
    /// An event, alone or with a value of a property.
    private struct Behaviour: Hashable {
        var event: String
        /// The place of the property among those asked for; -1 for the event alone.
        var property = -1
        var value = JSONValue.null

        func precedes(_ other: Behaviour) -> Bool {
            if event != other.event { return event < other.event }
            return property < other.property
        }
    }

    /// The counts of one behaviour.
    private struct Driver {
        var behaviour: Behaviour
        var a = 0
        var b = 0
        var c = 0
        var d = 0
        var p = 1.0
        var q = 1.0

        var lift: Double? { a + b == 0 || c == 0 ? nil : Double(a) / Double(a + b) / (Double(c) / Double(c + d)) }
    }

    func drivers(_ asked: DriversQuestion) throws(Problem) -> JSONValue {
        let end = min(range.upperBound, instant.microseconds + 1)
        var histories: [(done: Set<Behaviour>, isConverted: Bool)] = []
        for person in try people() {
            let mine = events(of: person)
            let inside = mine.filter { range.contains($0.timestamp) && $0.timestamp < end }
            if inside.isEmpty { continue }
            let target = inside.first { matches(asked.target, $0) }
            let earlier = mine.filter { event in
                if let target {
                    return Event.precedes(event, target) && target.timestamp - event.timestamp <= asked.lookback.microseconds
                }
                return event.timestamp < end && end - event.timestamp <= asked.lookback.microseconds
            }
            histories.append((Set(earlier.flatMap { behaviours($0, asked) }), target != nil))
        }
        var drivers: [Driver] = []
        for behaviour in Set(histories.flatMap { $0.done }) where !(asked.target.names ?? []).contains(behaviour.event) {
            var driver = Driver(behaviour: behaviour)
            for history in histories {
                switch (history.done.contains(behaviour), history.isConverted) {
                case (true, true): driver.a += 1
                case (true, false): driver.b += 1
                case (false, true): driver.c += 1
                case (false, false): driver.d += 1
                }
            }
            driver.p = ReferenceQuestion.tenDigits(ReferenceQuestion.fisher(driver.a, driver.b, driver.c, driver.d))
            if driver.a + driver.b >= asked.minSupport { drivers.append(driver) }
        }
        drivers = chosen(drivers, asked)
        for index in drivers.indices {
            // The least p × m ÷ rank over all that are not more likely than this one allows.
            let rates = drivers.filter { $0.p >= drivers[index].p }.map { other in
                other.p * Double(drivers.count) / Double(drivers.count { $0.p <= other.p })
            }
            drivers[index].q = ReferenceQuestion.tenDigits(min(1, rates.min() ?? 1))
        }
        let order = drivers.indices.sorted { left, right in
            if drivers[left].q != drivers[right].q { return drivers[left].q < drivers[right].q }
            let (one, two) = (drivers[left].lift ?? -1, drivers[right].lift ?? -1)
            return one != two ? one > two : left < right
        }
        let converted = histories.count { $0.isConverted }
        return [
            "converted": .int(Int64(converted)), "notConverted": .int(Int64(histories.count - converted)),
            "note": "These events go along with the target; that does not show that they cause it.",
            "rows": .array(order.map { row(drivers[$0], asked) }),
        ]
    }

    /// What an event counts for: itself, and each property asked for that it has.
    private func behaviours(_ event: Event, _ asked: DriversQuestion) -> [Behaviour] {
        var out = [Behaviour(event: event.name)]
        for (index, property) in asked.properties.enumerated() {
            let value = ReferenceQuestion.grouped(value(property, event))
            if value != .null { out.append(Behaviour(event: event.name, property: index, value: value)) }
        }
        return out
    }

    /// The values that most people had, of each event and property, in the order in which equal rows are shown.
    private func chosen(_ drivers: [Driver], _ asked: DriversQuestion) -> [Driver] {
        var out: [Driver] = []
        let groups = Dictionary(grouping: drivers) { Behaviour(event: $0.behaviour.event, property: $0.behaviour.property) }
        for (_, members) in groups.sorted(by: { $0.key.precedes($1.key) }) {
            let order = inOrder(members.map { ([$0.behaviour.value], Double($0.a + $0.b)) }, members.count)
            for key in order.prefix(members[0].behaviour.property < 0 ? 1 : asked.valuesMax) {
                out += members.filter { $0.behaviour.value == key[0] }
            }
        }
        return out
    }

    private func row(_ driver: Driver, _ asked: DriversQuestion) -> JSONValue {
        let (a, b, c, d) = (Double(driver.a), Double(driver.b), Double(driver.c), Double(driver.d))
        func number(_ value: Double) -> JSONValue { ReferenceQuestion.number(value) }
        let margin = 1.959_963_984_540_054 * ((1 / a - 1 / (a + b)) + (1 / c - 1 / (c + d))).squareRoot()
        let lift = driver.a > 0 ? driver.lift : nil
        var out: OrderedDictionary<String, JSONValue> = ["event": .string(driver.behaviour.event)]
        if driver.behaviour.property >= 0 {
            out["property"] = .string(asked.properties[driver.behaviour.property])
            out["value"] = driver.behaviour.value
        }
        let counts: OrderedDictionary<String, JSONValue> = [
            "didConverted": number(a), "didNotConvert": number(b), "absentConverted": number(c),
            "absentNotConvert": number(d), "conversionWith": number(a / (a + b)), "conversionWithout": number(c / (c + d)),
            "lift": ReferenceQuestion.number(driver.lift), "low": ReferenceQuestion.number(lift.map { $0 * exp(-margin) }),
            "high": ReferenceQuestion.number(lift.map { $0 * exp(margin) }), "test": "fisher", "p": number(driver.p),
            "q": number(driver.q),
        ]
        for (key, value) in counts { out[key] = value }
        return .object(out)
    }

    /// Fisher's exact test by counting: of all ways to deal the columns, those that are not more frequent than what happened.
    private static func fisher(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> Double {
        func choose(_ n: Int, _ k: Int) -> Int { k < 0 || k > n ? 0 : (0 ..< k).reduce(1) { $0 * (n - $1) / ($1 + 1) } }
        func ways(_ x: Int) -> Int { choose(a + b, x) * choose(c + d, a + c - x) }
        let all = (0 ... a + c).map(ways)
        return Double(all.filter { $0 <= ways(a) }.reduce(0, +)) / Double(all.reduce(0, +))
    }

    private static func tenDigits(_ value: Double) -> Double {
        guard value > 0 else { return 0 }
        var scale = 1.0
        while value * scale < 1e9 { scale *= 10 }
        return (value * scale).rounded() / scale
    }
}
