public import Model
import OrderedCollections

/// The way of one member's dormant points: notices before the end, the end moved once, and the end, for which a delivered notice is proof.
///
/// Nothing goes by time alone: each step is a decision at an instant, and without proof there is no end.
public struct DormantLadder: Hashable, Sendable {
    /// That a member was told, and how it went.
    public struct Proof: Hashable, Sendable {
        public let channel: String
        public let template: String
        public let sentAt: Instant
        public let isDelivered: Bool

        public init(channel: String, template: String, sentAt: Instant, isDelivered: Bool) {
            self.channel = channel
            self.template = template
            self.sentAt = sentAt
            self.isDelivered = isDelivered
        }
    }

    public struct Notice: Hashable, Sendable {
        /// So many before the end.
        public let days: Int64
        /// When it was asked for; nil while it is not due.
        public internal(set) var toldAt: Instant?
        public internal(set) var proofs: [Proof] = []
    }

    /// What is due.
    public enum Step: Hashable, Sendable {
        case tell(days: Int64)
        case extend, expire
    }

    /// When the member did something last.
    public let activeAt: Instant
    public internal(set) var endsAt: Instant
    public internal(set) var notices: [Notice]
    public internal(set) var isExtended = false

    /// - Parameter now: When the ladder begins: the end is never sooner than the first notice allows.
    init(activeAt: Instant, _ rules: PointDormancyRules, in calendar: ZoneCalendar, now: Instant) {
        self.activeAt = activeAt
        endsAt = max(
            DormantLadder.end(activeAt, rules, calendar), now.advanced(byMicroseconds: rules.longestLead))
        notices = rules.noticeDays.map { Notice(days: $0) }
    }

    init(activeAt: Instant, endsAt: Instant, notices: [Notice], isExtended: Bool) {
        (self.activeAt, self.endsAt, self.notices, self.isExtended) = (activeAt, endsAt, notices, isExtended)
    }

    /// When the points of somebody who does nothing more end at the earliest.
    private static func end(_ activeAt: Instant, _ rules: PointDormancyRules, _ calendar: ZoneCalendar) -> Instant {
        let first = calendar.firstDate(of: .month, holding: calendar.date(at: activeAt))
        return calendar.start(of: first.advanced(byMonths: rules.inactiveMonths + 1))
    }

    /// When the ladder of somebody who does nothing more begins: with the first notice.
    static func start(activeAt: Instant, _ rules: PointDormancyRules, in calendar: ZoneCalendar) -> Instant {
        end(activeAt, rules, calendar).advanced(byMicroseconds: -rules.longestLead)
    }

    /// Whether the member was reached as long before the end as the shortest notice asks.
    func isProven(_ rules: PointDormancyRules) -> Bool {
        let latest = endsAt.advanced(byMicroseconds: -rules.shortestLead)
        return notices.contains { $0.proofs.contains { $0.isDelivered && $0.sentAt <= latest } }
    }

    /// What is due at an instant; nil for nothing.
    func step(at now: Instant, _ rules: PointDormancyRules) -> Step? {
        if let notice = dueNotice(at: now) { return .tell(days: notice.days) }
        guard endsAt <= now, isProven(rules) else { return nil }
        return isExtended ? .expire : .extend
    }

    /// When something is due by itself; nil while it waits for proof.
    func dueAt(_ rules: PointDormancyRules) -> Instant? {
        if let next = notices.first(where: { $0.toldAt == nil }) { return start(of: next) }
        return isProven(rules) ? endsAt : nil
    }

    private func start(of notice: Notice) -> Instant {
        endsAt.advanced(byMicroseconds: -notice.days * .microsecondsPerDay)
    }

    /// The nearest to the end of those that are due: whoever hears of seven days need not hear of thirty.
    private func dueNotice(at now: Instant) -> Notice? {
        notices.last { $0.toldAt == nil && start(of: $0) <= now }
    }

    /// Notes that a notice was asked for; those that should have been before it are left out, and an end that is too near moves away.
    mutating func tell(days: Int64, _ rules: PointDormancyRules, at now: Instant) {
        notices.removeAll { $0.toldAt == nil && $0.days > days }
        guard let index = notices.lastIndex(where: { $0.days == days && $0.toldAt == nil }) else { return }
        notices[index].toldAt = now
        endsAt = max(endsAt, now.advanced(byMicroseconds: min(rules.shortestLead, days * .microsecondsPerDay)))
    }

    /// Moves the end, once, and asks for one more notice before it.
    mutating func extend(_ rules: PointDormancyRules, at now: Instant) {
        isExtended = true
        let longer = endsAt.advanced(byMicroseconds: rules.extensionDays * .microsecondsPerDay)
        // However late somebody comes to it: never sooner than the last notice allows.
        endsAt = max(longer, now.advanced(byMicroseconds: rules.shortestLead))
        notices.append(Notice(days: min(rules.noticeDays.last ?? 0, rules.extensionDays)))
    }

    /// Notes how a notice went; an end that is too near for it moves away.
    mutating func note(_ proof: Proof, days: Int64, _ rules: PointDormancyRules, at now: Instant) throws(Refusal) {
        guard let index = notices.lastIndex(where: { $0.days == days && $0.toldAt != nil }), let toldAt = notices[index].toldAt
        else { throw Refusal("DORMANCY_NOTICE_UNKNOWN", ["days": .int(days)]) }
        guard proof.sentAt <= now else {
            throw Refusal("EFFECTIVE_IN_FUTURE", ["at": .string(proof.sentAt.rfc3339)], isRetryable: true)
        }
        guard proof.sentAt >= toldAt else {
            throw Refusal("DORMANCY_NOTICE_EARLY", ["told_at": .string(toldAt.rfc3339)])
        }
        notices[index].proofs.append(proof)
        guard proof.isDelivered, !isProven(rules) else { return }
        endsAt = proof.sentAt.advanced(byMicroseconds: rules.shortestLead)
    }
}

extension PointBook {
    /// Ends what can be spent of a member who did nothing and was told; what is frozen or pending stays.
    ///
    /// - Returns: How many points; they can be reinstated.
    mutating func disposeDormant(at now: Instant) throws(PointRefusal) -> Int64 {
        try perform(at: now) { book throws(PointRefusal) in
            if let hold = book.openHolds.last { throw .holdsOpen(until: hold.until) }
            var total: Int64 = 0
            for lot in book.dormant {
                book.lots[lot.id]?.expiresAt = now
                let count = book.take(lot.id, \.remaining, to: \.expired)
                book.book(.expired, at: now, lot: book.lots[lot.id], from: .available, to: [(.expired, count)])
                total += count
            }
            return total
        }
    }

    /// What could be spent: an owner who cannot get at frozen points is not idle for leaving them.
    var dormant: [PointLot] { openLots.filter { $0.isActive && !$0.isFrozen && $0.quantities.remaining > 0 } }
}
