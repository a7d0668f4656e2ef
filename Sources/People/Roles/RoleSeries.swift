public import Model
import Questions

/// How many people stood in each cell at one of several instants.
public struct RolePoint: Hashable, Sendable {
    public var at: Instant
    /// People seen by then; the sum of the cells.
    public var everybody: Int
    public var userOnly: Int
    public var customerOnly: Int
    public var both: Int
    public var neither: Int
    public var formerUsers: Int
}

/// People who went from one cell to another between two instants.
public struct RoleMove: Hashable, Sendable {
    /// nil for people first seen in between.
    public var from: RoleCell?
    public var to: RoleCell
    public var count: Int
}

extension PeopleView {
    /// The four cells at each of some instants, judged by the events up to each; a few milliseconds an instant for a million people.
    public func roleSeries(at instants: [Instant]) -> [RolePoint] {
        let activity = facts.activity
        let orders = facts.orders
        let capacity = facts.people.count
        return instants.map { at in
            let moment = RoleMoment(at: at, activity: activity, orders: orders, capacity: capacity)
            var counts: [RoleCell: Int] = [:]
            forEachSeen(by: at, moment) { counts[$0, default: 0] += 1 }
            return RolePoint(
                at: at, everybody: counts.values.reduce(0, +), userOnly: counts[.userOnly] ?? 0,
                customerOnly: counts[.customerOnly] ?? 0, both: counts[.both] ?? 0, neither: counts[.neither] ?? 0,
                formerUsers: moment.formerUsers.count)
        }
    }

    /// The ends of the last ISO weeks, oldest first: the last microsecond of each, the latest being this view's instant.
    public func weekEnds(_ count: Int) -> [Instant] {
        let calendar = facts.settings.calendar
        let monday = calendar.date(at: instant).monday
        return (0 ..< max(count, 1)).reversed().map { back in
            if back == 0 { return instant }
            return calendar.start(of: monday.advanced(byDays: -7 * (back - 1))).advanced(byMicroseconds: -1)
        }
    }

    /// Moves between the cells from one instant to a later one, those who stayed included; ordered by cell.
    public func roleMoves(from start: Instant, to end: Instant) -> [RoleMove] {
        let before = moment(start)
        let after = moment(end)
        var counts: [RoleMove: Int] = [:]
        var firstSeen = facts.activity.firstSeen
        for person in facts.everyone {
            let first = firstSeen[person]
            guard first <= end.microseconds || after.cell(of: person) == .customerOnly else { continue }
            let wasSeen = first <= start.microseconds || before.cell(of: person) == .customerOnly
            counts[RoleMove(from: wasSeen ? before.cell(of: person) : nil, to: after.cell(of: person), count: 0), default: 0] += 1
        }
        let order: [RoleCell?] = [nil] + RoleCell.allCases
        return order.flatMap { from in
            RoleCell.allCases.compactMap { to in
                counts[RoleMove(from: from, to: to, count: 0)].map { RoleMove(from: from, to: to, count: $0) }
            }
        }
    }

    private func forEachSeen(by at: Instant, _ moment: RoleMoment, _ body: (RoleCell) -> Void) {
        var firstSeen = facts.activity.firstSeen
        for person in facts.everyone {
            let cell = moment.cell(of: person)
            if firstSeen[person] <= at.microseconds || cell == .customerOnly { body(cell) }
        }
    }
}
