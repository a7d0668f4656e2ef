public import Model
import OrderedCollections

/// What the points of a rule are like once they are earned.
public struct EarningTerms: Hashable, Sendable {
    /// When they can be spent.
    public enum Pending: Hashable, Sendable {
        case none
        /// After so many times 24 hours.
        case days(Int64)
        /// After a command; without one they are taken back after so many times 24 hours.
        case awaited(days: Int64)
    }

    /// Until when they can be spent, in the program's zone.
    public enum Expiry: Hashable, Sendable {
        case never
        /// So many months after they were earned, at the end of that day or of its month.
        case rolling(months: Int64, isRoundedToMonthEnd: Bool)
        /// That day is the last one.
        case lastDay(LocalDate)
    }

    public var pending = Pending.none
    /// nil for what the currency of the points says.
    public var expiry: Expiry?
    /// Who bears the cost.
    public var fundedBy: String?
    /// Where they may be spent; empty for anywhere.
    public var colours: Set<String> = []

    public init() {}

    func activation(earnedAt: Instant) -> PointLot.Activation {
        switch pending {
        case .none: .active
        case .days(let days): .at(earnedAt.advanced(byMicroseconds: days * .microsecondsPerDay))
        case .awaited(let days): .awaited(until: earnedAt.advanced(byMicroseconds: days * .microsecondsPerDay))
        }
    }

    /// The first instant at which they can no longer be spent; nil for never.
    func expiresAt(earnedAt: Instant, _ frame: EarningFrame) -> Instant? {
        let calendar = frame.calendar
        switch expiry {
        case nil: return frame.points.expiry(of: earnedAt, in: calendar)
        case .never: return nil
        case .lastDay(let date): return calendar.start(of: date.advanced(byDays: 1))
        case .rolling(let months, let isRounded):
            let date = calendar.date(at: earnedAt).advanced(byMonths: Int(months))
            guard isRounded else { return calendar.start(of: date.advanced(byDays: 1)) }
            return calendar.start(of: calendar.firstDate(of: .month, holding: date).advanced(byMonths: 1))
        }
    }

    /// Why nothing can be earned by these terms at an instant: it would be over before it could be spent.
    func reasons(earnedAt: Instant, _ frame: EarningFrame) -> [Refusal.Reason] {
        guard let end = expiresAt(earnedAt: earnedAt, frame) else { return [] }
        let start = if case .at(let instant) = activation(earnedAt: earnedAt) { instant } else { earnedAt }
        return start < end ? [] : [Refusal.Reason("EXPIRES_BEFORE_USE", ["expires_at": .string(end.rfc3339)])]
    }
}

// MARK: - JSON

extension EarningTerms {
    static let keys = ["pending", "expiry", "funded_by", "colours"]
    private static let daysMax: Int64 = 3_650
    private static let monthsMax: Int64 = 1_200
    private enum Rounding: String, CaseIterable {
        case monthEnd = "month_end"
        case none
    }

    /// Reads the keys of a rule that say what its points are like.
    init(_ reader: EarningReader) throws(Problem) {
        pending = try reader.read("pending", default: pending) { place throws(Problem) in try EarningTerms.pending(place) }
        expiry = try reader.read("expiry", default: nil) { place throws(Problem) in try EarningTerms.expiry(place) }
        fundedBy = try reader.read("funded_by", default: nil) { place throws(Problem) in try place.line() }
        colours = Set(try reader.list("colours") { element throws(Problem) in try element.line() })
    }

    private static func pending(_ reader: EarningReader) throws(Problem) -> Pending {
        try reader.allow(["days", "await_days"], of: "\"pending\"")
        let range = 1 ... daysMax
        switch (reader.optional("days"), reader.optional("await_days")) {
        case (let days?, nil): return .days(try days.integer(range, "A number of days"))
        case (nil, let days?): return .awaited(days: try days.integer(range, "A number of days"))
        default: throw reader.refused("\"pending\" has either \"days\", or \"await_days\" after which it is given up.")
        }
    }

    private static func expiry(_ reader: EarningReader) throws(Problem) -> Expiry {
        if reader.value == "never" { return .never }
        try reader.allow(["months", "rounded", "last_day"], of: "\"expiry\"")
        let months = reader.optional("months")
        if let last = reader.optional("last_day") {
            guard months == nil, reader.optional("rounded") == nil else {
                throw reader.refused("\"expiry\" has either \"last_day\" or \"months\", not both.")
            }
            guard let date = LocalDate(text: try last.text()) else { throw last.expected("A date such as \"2027-12-31\"") }
            return .lastDay(date)
        }
        guard let months else { throw reader.refused("\"expiry\" is \"never\", or has \"months\" or \"last_day\".") }
        let rounding = try reader.read("rounded", default: Rounding.monthEnd) { word throws(Problem) in
            try word.choice(Rounding.self)
        }
        return .rolling(
            months: try months.integer(1 ... monthsMax, "A number of months"), isRoundedToMonthEnd: rounding == .monthEnd)
    }

    func write(to out: inout EarningWriter) {
        switch pending {
        case .none: break
        case .days(let days): out.put("pending", ["days": .int(days)])
        case .awaited(let days): out.put("pending", ["await_days": .int(days)])
        }
        switch expiry {
        case nil: break
        case .never: out.put("expiry", "never")
        case .lastDay(let date): out.put("expiry", ["last_day": .string(date.text)])
        case .rolling(let months, let isRounded):
            let rounding: Rounding = isRounded ? .monthEnd : .none
            out.put("expiry", ["months": .int(months), "rounded": .string(rounding.rawValue)])
        }
        out.put("funded_by", fundedBy.map { .string($0) })
        out.put("colours", colours)
    }
}
