public import EventStore
public import Model
import OrderedCollections
public import Questions

/// Answers questions by the plain reading of their specification: slow, obvious, without any code of the executor it judges.
public struct ReferenceExecutor {
    /// One event with what the language can see of it.
    struct Event {
        var person: UInt32?
        var timestamp: Int64
        var arrival: Int
        var call: Call
        var name: String { call.event ?? "" }

        static func precedes(_ left: Event, _ right: Event) -> Bool {
            (left.timestamp, left.arrival) < (right.timestamp, right.arrival)
        }
    }

    private(set) var population: any Population
    let calendar: ZoneCalendar
    let now: Instant
    let calls: [(call: Call, identities: [Identity])]
    let table: IdentityTable
    /// The stages of the life cycle.
    public var stages = StageScheme.standard
    /// The rules of computed traits.
    public var computedTraits: [ComputedTrait] = []

    public init(
        _ calls: [(call: Call, identities: [Identity])], table: IdentityTable, population: any Population, calendar: ZoneCalendar,
        now: Instant
    ) {
        self.calls = calls
        self.table = table
        self.population = population
        self.calendar = calendar
        self.now = now
    }

    /// The members of the answer that are the kind's own.
    public func answer(_ question: Question) throws(Problem) -> JSONValue {
        if let purpose = question.purpose {
            // The others are taken out of the world, and their events and those of nobody with them.
            var rest = self
            rest.population = ReferenceConsenting(whole: population, purpose: purpose)
            var open = question
            open.purpose = nil
            open.who = question.who ?? .everyone
            return try rest.answer(open)
        }
        let current = now(of: question)
        let range = bounds(question.range, current)
        let instant = range.upperBound == Int64.max ? current : Instant(microseconds: range.upperBound - 1)
        var asking = ReferenceQuestion(
            reference: self, question: question, events: events(of: question), range: range, instant: instant)
        if case .count(let count) = question.kind {
            // A count of accounts, payers or beneficiaries asks people and then looks at whose they are.
            return try asking.count(count)
        }
        if question.breakdown.contains(.role) || question.breakdown.contains(.stage) {
            for person in population.persons {
                asking.standing[person] = (try asking.cell(of: person), try asking.stage(of: person))
            }
        }
        if let unit = question.unit { asking = try asking.by(unit) }
        switch question.kind {
        case .count(let count): return try asking.count(count)
        case .trend(let trend): return try asking.trend(trend)
        case .funnel(let funnel): return try asking.funnel(funnel)
        case .retention(let retention): return try asking.retention(retention)
        case .lifecycle(let lifecycle): return try asking.lifecycle(lifecycle)
        case .stages(let stages): return try asking.stages(stages)
        case .stickiness(let stickiness): return try asking.stickiness(stickiness)
        case .timeToConvert(let timeToConvert): return try asking.timeToConvert(timeToConvert)
        case .paths(let paths): return try asking.paths(paths)
        case .rfm(let rfm): return try asking.rfm(rfm)
        case .attribution(let attribution): return try asking.attribution(attribution)
        case .distribution(let distribution): return try asking.distribution(distribution)
        case .drivers(let drivers): return try asking.drivers(drivers)
        case .timeline(let timeline): return asking.timeline(timeline)
        }
    }

    /// Everybody's events that the question may know, in order of time, then arrival.
    func events(of question: Question) -> [Event] {
        let asOf = question.asOf(in: calendar)
        var events: [Event] = []
        for (index, entry) in calls.enumerated() where entry.call.type.isEvent {
            if let asOf, entry.call.receivedAt >= asOf { continue }
            let owner = entry.identities.first.flatMap { table.ordinal(of: $0) }
            let person = owner.map { population.personOfIdentity[Int($0)] }
            if person == .max { continue }
            events.append(Event(person: person, timestamp: entry.call.timestamp.microseconds, arrival: index + 1, call: entry.call))
        }
        return events.sorted(by: Event.precedes)
    }

    /// The instant before `asOf`, else now.
    func now(of question: Question) -> Instant {
        question.asOf(in: calendar).map { Instant(microseconds: $0.microseconds - 1) } ?? now
    }

    func microseconds(_ moment: Moment) -> Int64 {
        switch moment {
        case .instant(let instant): instant.microseconds
        case .date(let date): calendar.start(of: date).microseconds
        }
    }

    private func bounds(_ range: TimeRange, _ current: Instant) -> Range<Int64> {
        switch range {
        case .everything: return Int64.min ..< Int64.max
        case .between(let from, let to): return (from.map(microseconds) ?? Int64.min) ..< (to.map(microseconds) ?? Int64.max)
        case .last(let count, let unit):
            let today = calendar.date(at: current)
            switch unit {
            case .day:
                return calendar.start(of: today.advanced(byDays: 1 - count)).microseconds
                    ..< calendar.start(of: today.advanced(byDays: 1)).microseconds
            case .week:
                return calendar.start(of: today.monday.advanced(byDays: 7 - 7 * count)).microseconds
                    ..< calendar.start(of: today.monday.advanced(byDays: 7)).microseconds
            case .month:
                let first = today.advanced(byDays: 1 - Int(today.components.day))
                return calendar.start(of: first.advanced(byMonths: 1 - count)).microseconds
                    ..< calendar.start(of: first.advanced(byMonths: 1)).microseconds
            }
        }
    }
}

/// One question over its events.
struct ReferenceQuestion {
    let reference: ReferenceExecutor
    let question: Question
    /// In order of time, then arrival.
    let events: [ReferenceExecutor.Event]
    let range: Range<Int64>
    let instant: Instant
    /// What is counted beside people, in place of them; events belong to these then.
    var units: [UInt32]?
    /// The person of each session.
    var personOfUnit: [UInt32: UInt32] = [:]
    /// What people are at ``instant``, where a breakdown asks for it.
    var standing: [UInt32: (cell: String, stage: String?)] = [:]

    typealias Event = ReferenceExecutor.Event

    func events(of person: UInt32) -> [Event] { events.filter { $0.person == person } }

    func counts(_ person: UInt32) throws(Problem) -> Bool {
        guard let who = question.who else { return true }
        return try holds(who, person)
    }

    // MARK: - Count and timeline

    func count(_ count: CountQuestion) throws(Problem) -> JSONValue {
        var people: [UInt32] = []
        for person in reference.population.persons where try counts(person) { people.append(person) }
        if question.unit == .account {
            return ["count": .int(Int64(Set(people.flatMap { reference.population.accounts(of: $0) }).count))]
        }
        if let unit = question.unit {
            var takers: Set<UInt32> = []
            for person in people { takers.formUnion(try self.takers(of: person, unit)) }
            people = takers.sorted()
        }
        var out: OrderedDictionary<String, JSONValue> = ["count": .int(Int64(people.count))]
        guard count.isList else { return .object(out) }
        let rest = people.filter { person in count.cursor.map { person > $0.ordinal } ?? true }
        let page = rest.prefix(count.limit)
        out["people"] = .array(
            page.map { person in
                var identities: OrderedDictionary<String, JSONValue> = [:]
                for identity in reference.population.knownIdentities(of: person) {
                    identities[identity.type.text] = .array(
                        (identities[identity.type.text]?.arrayValue ?? []) + [.string(identity.value)])
                }
                return ["id": .string(PersonID(ordinal: person).text), "identities": .object(identities)]
            })
        out["next"] = page.count < rest.count ? page.last.map { .string(PersonID(ordinal: $0).text) } : .null
        return .object(out)
    }

    func timeline(_ timeline: TimelineQuestion) -> JSONValue {
        let person = reference.population.personOfIdentity[Int(timeline.person.ordinal)]
        var mine = events(of: person).filter { range.contains($0.timestamp) }
        if let selector = timeline.selector { mine = mine.filter { matches(selector, $0) } }
        if timeline.order == .newest { mine.reverse() }
        if let cursor = timeline.cursor,
            let place = mine.firstIndex(where: { $0.timestamp == cursor.timestamp && $0.arrival == Int(cursor.arrival) })
        {
            mine = Array(mine[(place + 1)...])
        }
        let page = mine.prefix(timeline.limit)
        return [
            "person": .string(PersonID(ordinal: person).text), "arrivals": .array(page.map { .int(Int64($0.arrival)) }),
            "hasNext": .bool(page.count < mine.count),
        ]
    }

    // MARK: - Selectors and conditions

    func matches(_ selector: Selector, _ event: Event) -> Bool {
        guard selector.names?.contains(event.name) ?? !ToldEvents.names.contains(event.name) else { return false }
        return selector.condition.map { holds($0, event) } ?? true
    }

    func holds(_ condition: Condition, _ event: Event) -> Bool {
        switch condition {
        case .property(let path, let test): holds(test, value(path, event))
        case .all(let parts): parts.allSatisfy { holds($0, event) }
        case .any(let parts): parts.contains { holds($0, event) }
        case .not(let inner): !holds(inner, event)
        }
    }

    /// The value at a dotted path; nil when missing or null.
    func value(_ path: String, _ event: Event) -> JSONValue? {
        if path == "name", let name = event.call.name { return .string(name) }
        if path == "category", let category = event.call.category { return .string(category) }
        var found = ReferenceQuestion.walk(path, event.call.properties)
        if found == nil, path.hasPrefix("context.") {
            found = ReferenceQuestion.walk(String(path.dropFirst(8)), event.call.context)
        }
        return found
    }

    private static func walk(_ path: String, _ object: JSONValue) -> JSONValue? {
        var current = object
        for key in path.split(separator: ".", omittingEmptySubsequences: false) {
            guard let next = current[String(key)] else { return nil }
            current = next
        }
        if current.isNull { return Optional<JSONValue>.none }
        return current
    }

    func holds(_ test: ValueTest, _ value: JSONValue?) -> Bool {
        let positive = value.map { holdsPositively(test, $0) } ?? false
        return test.isNegated ? !positive : positive
    }

    private func holdsPositively(_ test: ValueTest, _ value: JSONValue) -> Bool {
        func folded(_ text: String) -> String { test.isCaseInsensitive ? text.lowercased() : text }
        let text = value.stringValue.map(folded)
        switch test.form {
        case .exists: return true
        case .oneOf(let wanted):
            let elements = value.arrayValue ?? [value]
            return elements.contains { element in wanted.contains { ReferenceQuestion.same(element, $0) } }
        case .compares(let op, let bound):
            guard let order = ReferenceQuestion.order(value, bound) else { return false }
            switch op {
            case .greater: return order > 0
            case .greaterOrEqual: return order >= 0
            case .less: return order < 0
            default: return order <= 0
            }
        case .between(let low, let high):
            guard let above = ReferenceQuestion.order(value, low), let below = ReferenceQuestion.order(value, high) else {
                return false
            }
            return above >= 0 && below <= 0
        case .contains(let part):
            let wanted = part.stringValue.map(folded)
            if let elements = value.arrayValue {
                return elements.contains { element in
                    if ReferenceQuestion.same(element, part) { return true }
                    guard let inner = element.stringValue, let wanted else { return false }
                    return wanted.isEmpty || folded(inner).contains(wanted)
                }
            }
            guard let text, let wanted else { return false }
            return wanted.isEmpty || text.contains(wanted)
        case .startsWith(let part): return text.map { $0.hasPrefix(folded(part)) } ?? false
        case .endsWith(let part): return text.map { $0.hasSuffix(folded(part)) } ?? false
        case .matches(let pattern):
            guard let text = value.stringValue, var regex = try? Regex(pattern.source) else { return false }
            if test.isCaseInsensitive { regex = regex.ignoresCase() }
            return text.firstMatch(of: regex.matchingSemantics(.unicodeScalar)) != nil
        case .before(let moment): return time(value).map { $0 < reference.microseconds(moment) } ?? false
        case .after(let moment): return time(value).map { $0 > reference.microseconds(moment) } ?? false
        case .withinLast(let span):
            return time(value).map { $0 <= instant.microseconds && $0 > instant.microseconds - span.microseconds } ?? false
        }
    }

    private func time(_ value: JSONValue) -> Int64? {
        guard let text = value.stringValue else { return nil }
        if let date = LocalDate(text: text) { return reference.calendar.start(of: date).microseconds }
        return Instant(rfc3339: text)?.microseconds
    }

    /// Random worlds hold numbers that doubles hold exactly, so comparing doubles is exact.
    static func order(_ left: JSONValue, _ right: JSONValue) -> Int? {
        if let first = left.doubleValue, let second = right.doubleValue { return first < second ? -1 : first > second ? 1 : 0 }
        guard let first = left.stringValue, let second = right.stringValue else { return nil }
        let (one, two) = (Array(first.utf8), Array(second.utf8))
        return one == two ? 0 : one.lexicographicallyPrecedes(two) ? -1 : 1
    }

    static func same(_ left: JSONValue, _ right: JSONValue) -> Bool {
        if let first = left.boolValue, let second = right.boolValue { return first == second }
        return order(left, right) == 0
    }

    // MARK: - Expressions

    func holds(_ expression: Expression, _ person: UInt32) throws(Problem) -> Bool {
        let seen = events(of: person).filter { $0.timestamp <= instant.microseconds }
        switch expression {
        case .everyone: return true
        case .all(let parts):
            for part in parts where try !holds(part, person) { return false }
            return true
        case .any(let parts):
            for part in parts where try holds(part, person) { return true }
            return false
        case .not(let inner): return try !holds(inner, person)
        case .trait(let key, let test): return holds(test, trait(key, of: person))
        case .role(let role): return try reference.population.members(ofRole: role, at: instant)?.contains(person) ?? false
        case .stage(let name): return try stage(of: person) == name
        case .did(let selector, let times, let within):
            let count = seen.count { matches(selector, $0) && isWithin(within, $0.timestamp) }
            return compares(.int(Int64(count)), times)
        case .measured(let selector, let aggregate, let property, let comparison, let within):
            let numbers = seen.filter { matches(selector, $0) && isWithin(within, $0.timestamp) }
                .compactMap { value(property, $0)?.doubleValue }
            return compares(measure(aggregate, numbers), comparison)
        case .first(let selector, let condition):
            return seen.first { matches(selector, $0) }.map { holds(condition, $0) } ?? false
        case .last(let selector, let condition):
            return seen.last { matches(selector, $0) }.map { holds(condition, $0) } ?? false
        case .absentFor(let selector, let span):
            let times = seen.filter { matches(selector, $0) }.map(\.timestamp)
            return !times.isEmpty && !times.contains { $0 > instant.microseconds - span.microseconds }
        case .sequence(let steps, let window, let order, let within):
            var funnel = FunnelQuestion(steps: steps, window: window)
            funnel.order = order
            let finder = ReferenceFunnel(funnel, self, seen) { isWithin(within, $0.timestamp) }
            return finder.best()?.level == steps.count
        case .account(let match, let inner): return try account(match, inner, person)
        case .related(let role, let inner):
            let ties = reference.population.ties(ofRole: role, at: instant)
            for tie in ties where tie.holder == person { if try holds(inner, tie.other) { return true } }
            return false
        case .consent(let purpose): return reference.population.consenting(to: purpose).contains(person)
        case .sample(let percent, let salt):
            return ReferenceSample.place(salt: salt, person: PersonID(ordinal: person).text) < percent / 100
        }
    }

    private func account(_ match: Expression.AccountMatch, _ inner: Expression, _ person: UInt32) throws(Problem) -> Bool {
        var others: Set<UInt32> = []
        for account in reference.population.accounts(of: person) {
            others.formUnion(reference.population.members(ofAccount: account))
        }
        others.remove(person)
        var holding = 0
        for other in others where try holds(inner, other) { holding += 1 }
        switch match {
        case .any: return holding > 0
        case .all: return !others.isEmpty && holding == others.count
        case .none: return holding == 0
        }
    }

    private func isWithin(_ within: Expression.Within, _ time: Int64) -> Bool {
        let end = instant.microseconds
        guard time <= end else { return false }
        switch within {
        case .ever: return true
        case .last(let span): return time > end - span.microseconds
        case .between(let near, let far): return time > end - far.microseconds && time <= end - near.microseconds
        case .range(let from, let to):
            return from.map { time >= reference.microseconds($0) } ?? true && to.map { time < reference.microseconds($0) } ?? true
        }
    }

    private func compares(_ number: JSONValue?, _ comparison: Expression.Comparison) -> Bool {
        guard let number, let order = ReferenceQuestion.order(number, comparison.value) else { return comparison.op == .notEqual }
        switch comparison.op {
        case .equal: return order == 0
        case .notEqual: return order != 0
        case .greater: return order > 0
        case .greaterOrEqual: return order >= 0
        case .less: return order < 0
        case .lessOrEqual: return order <= 0
        }
    }

    private func measure(_ aggregate: Expression.Aggregate, _ numbers: [Double]) -> JSONValue? {
        switch aggregate {
        case .sum: return .double(ReferenceSum.exact(numbers))
        case .distinct: return .int(Int64(Set(numbers).count))
        case .min: return numbers.min().map { .double($0) }
        case .max: return numbers.max().map { .double($0) }
        case .avg: return numbers.isEmpty ? nil : .double(ReferenceSum.exact(numbers) / Double(numbers.count))
        }
    }

    // MARK: - Breakdown

    /// 1 and 1.0 are one value; null, lists and objects are missing.
    static func grouped(_ value: JSONValue?) -> JSONValue {
        switch value {
        case .none, .null, .array, .object: .null
        case .double(let number): Int64(exactly: number).map { .int($0) } ?? .double(number)
        case .some(let other): other
        }
    }

    /// - Parameter unit: the person, or what is counted in their place.
    func key(_ event: Event?, _ unit: UInt32?) -> [JSONValue] {
        let person = unit.flatMap { units == nil ? $0 : personOfUnit[$0] }
        return question.breakdown.map { part in
            switch part {
            case .property(let path): ReferenceQuestion.grouped(event.flatMap { value(path, $0) })
            case .trait(let name): ReferenceQuestion.grouped(person.flatMap { trait(name, of: $0) })
            case .role: person.flatMap { standing[$0]?.cell }.map { .string($0) } ?? .null
            case .stage: person.flatMap { standing[$0]?.stage }.map { .string($0) } ?? .null
            }
        }
    }

    /// The keys with rows of their own: by number, greatest first, then by value.
    func kept(_ numbers: [(key: [JSONValue], number: Double?)], _ limit: Int? = nil) -> [[JSONValue]] {
        func rank(_ value: JSONValue) -> Int {
            switch value {
            case .null: 0
            case .bool: 1
            case .string: 3
            default: 2
            }
        }
        func precedes(_ left: JSONValue, _ right: JSONValue) -> Bool {
            if rank(left) != rank(right) { return rank(left) < rank(right) }
            if let first = left.boolValue, let second = right.boolValue { return !first && second }
            return ReferenceQuestion.order(left, right) ?? 0 < 0
        }
        let sorted = numbers.sorted { left, right in
            let (first, second) = (left.number ?? -Double.infinity, right.number ?? -Double.infinity)
            if first != second { return first > second }
            for (one, two) in zip(left.key, right.key) where one != two { return precedes(one, two) }
            return false
        }
        return sorted.prefix(limit ?? question.limit).map(\.key)
    }
}

/// Sums of doubles rounded once, by Shewchuk's non-overlapping partial sums.
enum ReferenceSum {
    static func exact(_ numbers: [Double]) -> Double {
        var partials: [Double] = []
        for number in numbers {
            var x = number
            var kept: [Double] = []
            for partial in partials {
                var y = partial
                if abs(x) < abs(y) { swap(&x, &y) }
                let high = x + y
                let low = y - (high - x)
                if low != 0 { kept.append(low) }
                x = high
            }
            partials = kept + [x]
        }
        guard var high = partials.popLast() else { return 0 }
        while let next = partials.popLast() {
            let x = high
            high = x + next
            let low = next - (high - x)
            if low == 0 { continue }
            // Half-way cases are decided by the sign of what is left.
            if let rest = partials.last, (low < 0) == (rest < 0) {
                let doubled = low * 2
                let sum = high + doubled
                if doubled == sum - high { high = sum }
            }
            break
        }
        return high
    }
}
