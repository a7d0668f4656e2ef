public import Model
import OrderedCollections

/// When something of a program counts: for whom, where, at what time, and under which conditions on the event.
public struct EarningGuard: Hashable, Sendable {
    /// Of one of these; empty for any.
    public var tiers: Set<String> = []
    /// Of one of these, as the trait `tags` of the person held them when it happened; empty for any.
    public var tags: Set<String> = []
    /// Of none of these.
    public var barredTags: Set<String> = []
    public var channels: Set<String> = []
    /// The first instant at which it counts, and the first at which it no longer does.
    public var from: Moment?
    public var to: Moment?
    /// 1 for Monday to 7 for Sunday, in the program's zone; empty for any.
    public var weekdays: Set<Int64> = []
    /// All of them hold.
    public var conditions: [EventCondition] = []

    public init() {}

    /// Whether it needs to know the tags of the person.
    var asksForTags: Bool { !tags.isEmpty || !barredTags.isEmpty }

    /// All reasons for which it does not count; none when it does.
    func reasons(_ event: EarningEvent, _ member: EarningMember, _ calendar: ZoneCalendar) -> [Refusal.Reason] {
        var reasons: [Refusal.Reason] = []
        if !tiers.isEmpty, tiers.isDisjoint(with: member.tiers) {
            reasons.append(.init("TIER", ["need": .names(tiers), "have": .names(member.tiers)]))
        }
        if !tags.isEmpty, tags.isDisjoint(with: member.tags) { reasons.append(.init("TAG", ["need": .names(tags)])) }
        let barred = barredTags.intersection(member.tags)
        if !barred.isEmpty { reasons.append(.init("TAG_BARRED", ["have": .names(barred)])) }
        if !channels.isEmpty, !(event.channel.map(channels.contains) ?? false) {
            reasons.append(.init("CHANNEL", ["need": .names(channels), "have": event.channel.map { .string($0) } ?? .null]))
        }
        if let from, event.at < from.resolved(in: calendar) {
            reasons.append(.init("NOT_STARTED", ["from": .string(from.text)], isRetryable: true))
        }
        if let to, event.at >= to.resolved(in: calendar) { reasons.append(.init("EXPIRED", ["until": .string(to.text)])) }
        let date = calendar.date(at: event.at)
        let weekday = Int64(date.daysSinceEpoch - date.monday.daysSinceEpoch) + 1
        if !weekdays.isEmpty, !weekdays.contains(weekday) {
            reasons.append(.init("WEEKDAY", ["need": .array(weekdays.sorted().map { .int($0) }), "have": .int(weekday)]))
        }
        return reasons + conditions.flatMap { $0.reasons(event, calendar) }
    }
}

// MARK: - JSON

extension EarningGuard {
    private static let keys = ["tiers", "tags", "not_tags", "channels", "from", "to", "weekdays", "conditions"]

    init(_ reader: EarningReader) throws(Problem) {
        try reader.allow(EarningGuard.keys, of: "\"when\"")
        tiers = try reader.names("tiers")
        tags = try reader.names("tags")
        barredTags = try reader.names("not_tags")
        channels = try reader.names("channels")
        from = try reader.read("from", default: nil) { place throws(Problem) in try Moment(place) }
        to = try reader.read("to", default: nil) { place throws(Problem) in try Moment(place) }
        weekdays = Set(
            try reader.list("weekdays") { day throws(Problem) in try day.integer(1 ... 7, "A day from Monday to Sunday,") })
        conditions = try reader.list("conditions") { condition throws(Problem) in try EventCondition(condition) }
    }

    var json: JSONValue {
        var out = EarningWriter()
        out.put("tiers", tiers)
        out.put("tags", tags)
        out.put("not_tags", barredTags)
        out.put("channels", channels)
        out.put("from", from.map { .string($0.text) })
        out.put("to", to.map { .string($0.text) })
        out.put("weekdays", weekdays.sorted().map { .int($0) })
        out.put("conditions", conditions.map(\.json))
        return out.json
    }
}
