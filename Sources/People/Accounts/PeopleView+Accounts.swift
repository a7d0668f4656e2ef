import Columns
import EventStore
public import Model
import Questions

extension PeopleView {
    /// A page of accounts, those that pay and nobody uses at the head.
    ///
    /// - Parameters:
    ///   - text: Occurs in the account's id or name, ASCII case ignored; empty for all.
    ///   - cursor: The id of the last account of the page before; nil for the first.
    ///   - limit: Accounts on the page, 1…500.
    /// - Throws: ``Problem`` with code `bad_cursor`.
    public func accounts(
        text: String = "", onlySilent: Bool = false, cursor: String? = nil, limit: Int = 50
    ) throws(Problem) -> AccountPage {
        let book = accountBook
        let names = facts.accounts
        let pattern = BytePattern(text.trimmingWhitespace())
        let found = book.entries.filter { entry in
            (!onlySilent || entry.isSilent)
                && (pattern.occurs(in: entry.id) || names.name(of: entry.id).map(pattern.occurs) == true)
        }
        var start = 0
        if let cursor {
            guard let place = found.firstIndex(where: { $0.id == cursor }) else {
                throw Problem(
                    Problem.Code("bad_cursor"), "There is no account \"\(cursor.prefix(80))\" in this list. Begin it anew.",
                    place: "cursor")
            }
            start = place + 1
        }
        let shown = found[start...].prefix(min(max(limit, 1), 500))
        let counter = AccountCounter(view: self)
        return AccountPage(
            rows: shown.map(counter.row), next: shown.endIndex < found.endIndex ? shown.last?.id : nil, total: found.count,
            silent: book.silentCount)
    }

    /// Made once a minute for one state of the store.
    private var accountBook: AccountBook {
        facts.accountBooks.value(instant.microseconds / .microsecondsPerMinute) { AccountBook(facts: facts, at: instant) }
    }

    /// One account; nil when nobody has joined it.
    public func account(_ id: String) -> AccountPortrait? {
        accountBook.entries.first { $0.id == id }.map { AccountCounter(view: self).portrait($0) }
    }
}

/// Counts what a page shows of an account.
private struct AccountCounter {
    static let membersMax = 200
    static let weekCount = 26

    private let view: PeopleView
    private let facts: PeopleFacts
    private let at: Instant
    private let moment: RoleMoment
    private let payers: [String: [UInt32]]

    init(view: PeopleView) {
        self.view = view
        facts = view.facts
        at = view.instant
        moment = view.moment(at)
        payers = AccountBook.payers(facts, at)
    }

    func row(_ entry: AccountBook.Entry) -> AccountRow {
        let members = facts.accounts.members[entry.id] ?? []
        let paid = purchases(of: entry.id, members)
        var revenue = MoneySums(first: facts.settings.currency)
        for purchase in paid { revenue.add(purchase.amount) }
        func instant(_ time: Int64) -> Instant? { time == .min ? nil : Instant(microseconds: time) }
        return AccountRow(
            id: entry.id, name: facts.accounts.name(of: entry.id), people: members.count,
            users: members.count { moment.users.contains($0) }, customers: members.count { moment.customers.contains($0) },
            payers: Set(payers[entry.id] ?? []).count, orders: paid.count, revenue: paid.isEmpty ? [] : revenue.sums,
            lastUse: instant(entry.lastUse), lastPayment: instant(entry.lastPayment),
            contractUntil: facts.accounts.contractUntil(of: entry.id, in: facts.settings.calendar), isSilent: entry.isSilent)
    }

    private func purchases(of account: String, _ members: [UInt32]) -> [Purchase] {
        Set(members + (payers[account] ?? [])).flatMap { facts.orders.purchases(of: $0) }.filter { $0.paidAt <= at }
    }

    func portrait(_ entry: AccountBook.Entry) -> AccountPortrait {
        let joined = facts.accounts.members[entry.id] ?? []
        var roles: [UInt32: [RelationshipRole]] = [:]
        for role in RelationshipRole.allCases {
            for relationship in facts.relationships.holding(role, at: at) where relationship.to == .account(entry.id) {
                if roles[relationship.holder.ordinal]?.last != role { roles[relationship.holder.ordinal, default: []].append(role) }
            }
        }
        let concerned = Set(joined).union(roles.keys).sorted()
        var column = facts.activity.lastEvent
        let lastEvent = Dictionary(uniqueKeysWithValues: concerned.map { ($0, column[$0]) })
        let people = concerned.sorted { left, right in
            let (first, second) = (roles[left] != nil, roles[right] != nil)
            if first != second { return first }
            let times = (lastEvent[left] ?? .min, lastEvent[right] ?? .min)
            return times.0 == times.1 ? left < right : times.0 > times.1
        }
        let members = people.prefix(AccountCounter.membersMax).map { person in
            let since = facts.accounts.memberships[person]?.first { $0.account == entry.id }?.since
            let last = lastEvent[person] ?? .min
            return AccountPortrait.Member(
                person: PersonID(ordinal: person),
                name: view.displayName(of: PersonID(ordinal: person)) ?? PersonID(ordinal: person).text,
                cell: moment.cell(of: person), isFormerUser: moment.formerUsers.contains(person),
                since: since.map { Instant(microseconds: $0) }, lastSeen: last == .min ? nil : Instant(microseconds: last),
                roles: roles[person] ?? [])
        }
        return AccountPortrait(
            row: row(entry), members: members, memberCount: people.count,
            traits: facts.accounts.traits(of: entry.id, in: facts.partRows), weeks: weeks(entry.id, joined))
    }

    private func weeks(_ account: String, _ members: [UInt32]) -> [AccountPortrait.Week] {
        let calendar = facts.settings.calendar
        let monday = calendar.date(at: at).monday
        var weeks = (0 ..< AccountCounter.weekCount).map { week in
            AccountPortrait.Week(
                monday: monday.advanced(byDays: 7 * (week - AccountCounter.weekCount + 1)), active: 0, events: 0,
                paid: Money(minorUnits: 0, currency: facts.settings.currency))
        }
        let starts = weeks.map { calendar.start(of: $0.monday).microseconds }
        func week(of time: Int64) -> Int? { time <= at.microseconds ? starts.lastIndex { $0 <= time } : nil }
        let use = AccountUse(facts: facts, at: at)
        for person in members {
            var last: Int?
            for place in facts.places(of: person) where use.isUse(place) {
                guard let week = week(of: place.timestamp) else { continue }
                weeks[week].events += 1
                if last != week { weeks[week].active += 1 }
                last = week
            }
        }
        for purchase in purchases(of: account, members) where purchase.amount.currency == facts.settings.currency {
            if let week = week(of: purchase.paidAt.microseconds) {
                weeks[week].paid.minorUnits = weeks[week].paid.minorUnits.addingClamped(purchase.amount.minorUnits)
            }
        }
        return weeks
    }
}
