import Model

/// How many points may be given at most.
public struct EarningCaps: Hashable, Sendable {
    /// How many a member may get in each period.
    public struct Member: Hashable, Sendable {
        public enum Period: String, Sendable, CaseIterable {
            case day, week, month, quarter, year, ever
        }

        public var max: Int64
        public var period: Period

        public init(_ max: Int64, per period: Period) {
            self.max = max
            self.period = period
        }
    }

    /// For one event.
    public var event: Int64?
    /// No period twice; the shorter ones first.
    public var member: [Member] = []
    /// For all members together, for ever.
    public var budget: Int64?

    public init() {}

    /// The limits on members that these caps set at an instant, shorter periods first.
    func memberLimits(_ name: String, of member: String, at instant: Instant, _ calendar: ZoneCalendar) -> [Limit] {
        self.member.map { cap in
            let period = CalendarInterval(rawValue: cap.period.rawValue)
            let first = period.map { calendar.firstDate(of: $0, holding: calendar.date(at: instant)).text } ?? ""
            return Limit(key: .init(name: "\(name)/member/\(cap.period.rawValue)", subject: member, period: first), max: cap.max)
        }
    }

    /// The limit on all members together, if there is one.
    func budgetLimit(_ name: String) -> Limit? { budget.map { Limit(key: .init(name: "\(name)/budget"), max: $0) } }
}

// MARK: - JSON

extension EarningCaps {
    private static let max: ClosedRange<Int64> = 0 ... 1_000_000_000_000_000

    /// Reads `{"event": n, "member": [{"max": n, "per": "day"}], "budget": n}`.
    init(_ reader: EarningReader) throws(Problem) {
        try reader.allow(["event", "member", "budget"], of: "\"caps\"")
        func cap(_ key: String) throws(Problem) -> Int64? {
            try reader.read(key, default: nil) { place throws(Problem) in try place.integer(EarningCaps.max, "A number of points") }
        }
        event = try cap("event")
        budget = try cap("budget")
        let caps = try reader.list("member") { place throws(Problem) in
            try place.allow(["max", "per"], of: "a cap")
            return Member(
                try place.required("max", "A number of points").integer(EarningCaps.max, "A number of points"),
                per: try place.required("per", "A period").choice(Member.Period.self))
        }
        member = Member.Period.allCases.compactMap { period in caps.first { $0.period == period } }
        guard member.count == caps.count else { throw reader.child("member", .null).refused("A period has one cap, not several.") }
    }

    var json: JSONValue {
        var out = EarningWriter()
        out.put("event", event.map { .int($0) })
        out.put("member", member.map { ["max": .int($0.max), "per": .string($0.period.rawValue)] })
        out.put("budget", budget.map { .int($0) })
        return out.json
    }
}
