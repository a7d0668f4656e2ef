import EventStore
import Model

/// Draws the portrait of one person from their own rows, the orders and the decisions.
struct ProfileBuilder {
    static let weekCount = 26

    private let facts: PeopleFacts
    private let person: UInt32
    private let at: Instant
    private let identities: [UInt32]
    private let places: [CallPlace]
    /// Times of the events up to the instant, ascending.
    private let times: [Int64]
    private let rule: UserRule

    init(facts: PeopleFacts, person: UInt32, at: Instant) {
        self.facts = facts
        self.person = person
        self.at = at
        identities = facts.graph.identities(of: person)
        places = facts.places(of: person)
        times = places.lazy.filter { $0.isEvent && $0.timestamp <= at.microseconds }.map(\.timestamp)
        rule = UserRule(rules: facts.settings.roles, calendar: facts.settings.calendar, through: at)
    }

    func build() -> Profile {
        let table = facts.snapshot.identities
        let traits = facts.traits(in: places)
        let known = identities.map { table.identity($0) }
        let roles = userRoles() + customerRoles()
        let isUser = roles.contains { $0.role == .user }
        let isCustomer = roles.contains { $0.role == .customer }
        return Profile(
            person: PersonID(ordinal: person),
            name: DisplayName.name(traits: traits, identities: known, person: PersonID(ordinal: person)),
            identities: knownIdentities(), refusals: refusals(), roles: roles,
            cell: isUser ? (isCustomer ? .both : .userOnly) : (isCustomer ? .customerOnly : .neither), traits: traits,
            value: value(),
            firstSeen: places.first { !$0.isSaid }.map { Instant(microseconds: $0.timestamp) },
            lastSeen: places.last { !$0.isSaid }.map { Instant(microseconds: $0.timestamp) }, eventCount: times.count,
            visitCount: visitStarts.count,
            weeks: weeks(), accounts: accounts(), context: context())
    }

    private var visitStarts: [Int64] { times.withUnsafeBufferPointer { rule.visitStarts(of: $0) } }

    // MARK: - Identities

    private func knownIdentities() -> [KnownIdentity] {
        var counts: [UInt32: Int] = [:]
        for place in places where !place.isSaid { counts[place.owner, default: 0] += 1 }
        return identities.map { ordinal in
            KnownIdentity(
                identity: facts.snapshot.identities.identity(ordinal), ordinal: ordinal,
                firstReceivedAt: firstReceivedAt(ordinal), how: how(ordinal),
                callCount: counts[ordinal] ?? 0)
        }
    }

    /// When the first call with the identity was received, of those that count.
    private func firstReceivedAt(_ ordinal: UInt32) -> Instant {
        let first = facts.snapshot.identities.firstReceivedAt(of: ordinal)
        guard let asOf = facts.asOf, first >= asOf else { return first }
        return facts.graph.decisionIndex(of: ordinal).flatMap { facts.decision(at: $0) }?.receivedAt ?? first
    }

    /// The decision that made the identity this person's: the merge of the person it first was, else its own.
    private func how(_ ordinal: UInt32) -> KnownIdentity.How? {
        if ordinal != person, let merge = facts.graph.mergeDecisionIndex(of: ordinal) {
            return how(decision: merge, about: ordinal)
        }
        return facts.graph.decisionIndex(of: ordinal).flatMap { how(decision: $0, about: ordinal) }
    }

    private func how(decision index: Int, about ordinal: UInt32) -> KnownIdentity.How? {
        facts.decision(at: index).map { how($0, about: ordinal) }
    }

    private func how(_ resolution: Resolution, about ordinal: UInt32) -> KnownIdentity.How {
        let table = facts.snapshot.identities
        let other = resolution.subject == ordinal ? resolution.other : resolution.subject
        return KnownIdentity.How(
            outcome: resolution.outcome, reason: resolution.reason, identity: table.identity(ordinal),
            other: other == ordinal ? nil : table.identity(other), receivedAt: resolution.receivedAt, arrival: resolution.arrival)
    }

    private func refusals() -> [KnownIdentity.How] {
        facts.refusals(of: identities).map { how($0, about: $0.outcome == .ignored ? $0.subject : $0.other) }
    }

    // MARK: - Roles

    private func userRoles() -> [RoleEvidence] {
        var spells: [UserSpell] = []
        times.withUnsafeBufferPointer { rule.appendSpells(of: $0, to: &spells) }
        guard let spell = spells.last else { return [] }
        let week = rule.weeks.start(spell.lastWeek)
        let weekEnd = rule.weeks.start(spell.lastWeek + 1)
        let visits = visitStarts.filter { $0 >= week && $0 < weekEnd }
        let isCurrent = at.microseconds < spell.until
        return [
            RoleEvidence(
                role: isCurrent ? .user : .formerUser, since: Instant(microseconds: isCurrent ? spell.from : spell.until),
                until: Instant(microseconds: spell.until),
                week: facts.settings.calendar.date(at: Instant(microseconds: week)),
                visits: visits.prefix(20).map { Instant(microseconds: $0) })
        ]
    }

    private func customerRoles() -> [RoleEvidence] {
        let current = facts.orders.purchases(of: person).filter { $0.isCurrent(at: at) }
        guard let first = current.map(\.paidAt).min() else { return [] }
        return [RoleEvidence(role: .customer, since: first, orders: Array(current.prefix(20)))]
    }

    // MARK: - Figures

    private func value() -> PersonValue {
        let currency = facts.settings.currency
        let purchases = facts.orders.purchases(of: person).filter { $0.paidAt <= at }
        let received = facts.orders.received(by: person).filter { $0.paidAt <= at }
        var revenue = MoneySums(first: currency)
        var refunds = MoneySums(first: currency)
        var receivedAmount = MoneySums(first: currency)
        var ownCurrency: (units: Int64, count: Int64) = (0, 0)
        for purchase in purchases {
            revenue.add(purchase.amount)
            if purchase.amount.currency == currency {
                ownCurrency = (ownCurrency.units.addingClamped(purchase.amount.minorUnits), ownCurrency.count + 1)
            }
            for refund in purchase.refunds where refund.at <= at {
                refunds.add(Money(minorUnits: refund.minorUnits, currency: purchase.amount.currency))
            }
        }
        for purchase in received { receivedAmount.add(purchase.amount) }
        let average = ownCurrency.count == 0 ? nil : ownCurrency.units.dividedRoundingHalfUp(by: ownCurrency.count)
        return PersonValue(
            orders: purchases.count, returnedOrders: purchases.count { purchase in purchase.returnedAt.map { $0 <= at } ?? false },
            revenue: revenue.sums, refunds: refunds.sums, average: average.map { Money(minorUnits: $0, currency: currency) },
            firstOrderAt: purchases.map(\.paidAt).min(), lastOrderAt: purchases.map(\.paidAt).max(),
            paidForOthers: purchases.count { $0.actor != nil && $0.actor != person }, received: received.count,
            receivedAmount: receivedAmount.sums)
    }

    private func weeks() -> [WeekActivity] {
        let calendar = facts.settings.calendar
        let last = rule.weeks.index(at.microseconds)
        let first = max(last - ProfileBuilder.weekCount + 1, 0)
        var out = (first ... last).map { week in
            WeekActivity(monday: calendar.date(at: Instant(microseconds: rule.weeks.start(week))), events: 0, visits: 0)
        }
        for time in times where time >= rule.weeks.start(first) { out[rule.weeks.index(time) - first].events += 1 }
        for time in visitStarts where time >= rule.weeks.start(first) { out[rule.weeks.index(time) - first].visits += 1 }
        return out
    }

    /// From the person's own calls: a table of everybody's would have to be made after each new event.
    private func accounts() -> [AccountMembership] {
        let parts = facts.partRows
        var since: [String: Int64] = [:]
        for place in places where !place.isEvent && parts[place.part].part.callType(at: place.row) == .group {
            guard case .string(let account)? = parts[place.part].part.field(.groupID)?.jsonValue(at: place.row) else { continue }
            // Oldest first, so the first one tells since when.
            if since[account] == nil { since[account] = place.timestamp }
        }
        return since.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { AccountMembership(account: $0.key, since: Instant(microseconds: $0.value)) }
    }

    // MARK: - Context

    private static let contextKeys = [
        "locale", "timezone", "device.type", "device.model", "device.name", "os.name", "app.name", "library.name", "userAgent",
        "location.country", "location.city", "campaign.source",
    ]

    /// The distinct values of the latest 200 events, newest first, at most 5 a key.
    private func context() -> [ContextFact] {
        let parts = facts.partRows
        var out: [ContextFact] = []
        for key in ProfileBuilder.contextKeys {
            let columns = parts.map { $0.part.column(.context, key) }
            guard columns.contains(where: { $0 != nil }) else { continue }
            var values: [String] = []
            for place in places.suffix(200).reversed() {
                guard case .string(let text)? = columns[place.part]?.jsonValue(at: place.row), !text.isEmpty, !values.contains(text)
                else { continue }
                values.append(text)
                out.append(ContextFact(key: key, value: text, lastSeen: Instant(microseconds: place.timestamp)))
                if values.count == 5 { break }
            }
        }
        return out
    }
}

extension Int64 {
    /// The quotient rounded to the nearest, halves away from zero.
    ///
    /// `divisor` must be positive.
    func dividedRoundingHalfUp(by divisor: Int64) -> Int64 {
        let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
        return rest.magnitude * 2 >= divisor.magnitude ? quotient + signum() : quotient
    }
}
