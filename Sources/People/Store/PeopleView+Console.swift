import EventStore
public import Model
import Questions

/// One week of a series.
public struct WeekCount: Hashable, Sendable {
    public var monday: LocalDate
    public var count: Int
}

/// What one week brought in, in minor units of one currency, by whether those who paid are users.
public struct WeekRevenue: Hashable, Sendable {
    public var monday: LocalDate
    public var fromUsers: Int64
    public var fromOthers: Int64
}

extension PeopleView {
    /// People first seen in each of the last ISO weeks, oldest first, the last one being that of `moment`.
    ///
    /// O(people).
    public func newPeople(weeks: Int, through moment: Instant) -> [WeekCount] {
        let mondays = lastMondays(weeks, through: moment)
        let starts = mondays.map { facts.settings.calendar.start(of: $0).microseconds }
        var counts = [Int](repeating: 0, count: weeks)
        var firstSeen = facts.activity.firstSeen
        for person in facts.everyone {
            let first = firstSeen[person]
            guard first >= starts[0], first <= moment.microseconds else { continue }
            counts[(starts.lastIndex { $0 <= first } ?? 0)] += 1
        }
        return zip(mondays, counts).map { WeekCount(monday: $0, count: $1) }
    }

    /// Paid orders of each of the last ISO weeks before returns, oldest first.
    ///
    /// Who is a user is judged at `moment`. O(orders).
    public func weeklyRevenue(weeks: Int, through moment: Instant, currency: Currency) -> [WeekRevenue] {
        let mondays = lastMondays(weeks, through: moment)
        let starts = mondays.map { facts.settings.calendar.start(of: $0).microseconds }
        var sums = mondays.map { WeekRevenue(monday: $0, fromUsers: 0, fromOthers: 0) }
        let roles = self.moment(moment)
        for purchase in facts.orders.purchases where purchase.amount.currency == currency {
            let at = purchase.paidAt.microseconds
            guard at >= starts[0], at <= moment.microseconds, let week = starts.lastIndex(where: { $0 <= at }) else { continue }
            if let customer = purchase.customer, roles.users.contains(customer) {
                sums[week].fromUsers &+= purchase.amount.minorUnits
            } else {
                sums[week].fromOthers &+= purchase.amount.minorUnits
            }
        }
        return sums
    }

    /// What to call a person: a name, else an e-mail address, else an id; nil for nobody known.
    ///
    /// Reads their traits.
    public func displayName(of person: PersonID) -> String? {
        guard let person = graph.person(of: person.ordinal) else { return nil }
        return DisplayName.name(
            traits: facts.traits(in: facts.places(of: person)),
            identities: graph.identities(of: person).map { snapshot.identities.identity($0) }, person: PersonID(ordinal: person))
    }

    /// One call of a person by its arrival number; nil when it is not theirs.
    ///
    /// O(their rows in one part).
    public func call(arrival: UInt64, of person: PersonID) -> Call? {
        guard let person = graph.person(of: person.ordinal) else { return nil }
        for part in snapshot.parts where part.firstArrival <= arrival && arrival < part.endArrival {
            for ordinal in graph.identities(of: person) {
                for row in part.rows(ofIdentity: ordinal) where part.arrival(at: row) == arrival {
                    return asOf.map { part.receivedAt(at: row) < $0.microseconds } ?? true ? part.call(at: row) : nil
                }
            }
        }
        return nil
    }

    private func lastMondays(_ count: Int, through moment: Instant) -> [LocalDate] {
        let last = facts.settings.calendar.date(at: moment).monday
        return (0 ..< count).map { last.advanced(byDays: 7 * ($0 - count + 1)) }
    }
}
