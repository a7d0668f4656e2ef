public import Model
import OrderedCollections

/// The money that was taken for points, as it stood at the end of a month: what was deferred, and what has become revenue.
///
/// `opening + allocated − recognized = deferred`, in each row and in all.
public struct PointRevenueReport: Hashable, Sendable {
    /// In minor units of money.
    public struct Figures: Hashable, Sendable {
        /// Deferred when the month began.
        public var opening: Int64 = 0
        /// What points of the month were worth, less what was taken back.
        public var allocated: Int64 = 0
        /// Revenue of the month; below 0 when more was given back than spent.
        public var recognized: Int64 = 0
        /// The part of it that another estimate than last month's makes.
        public var catchUp: Int64 = 0
        public var deferred: Int64 = 0

        public init() {}
    }

    public struct Row: Hashable, Sendable {
        /// `year × 100 + month` in which the points were earned.
        public let vintage: Int64
        /// nil for the brand.
        public let fundedBy: String?
        /// At the end of the month.
        public let cohort: PointCohort
        /// Of ``PointCohort/shareMax``.
        public let share: Int64
        public let figures: Figures

        /// How many points will have been spent in the end.
        public var expected: Int64 { cohort.expected(share) }
        /// All of its money that is revenue by now.
        public var recognizedInAll: Int64 { cohort.allocation - figures.deferred }
    }

    public let currency: String
    public let month: PointMonth
    /// nil for none, which expects that all is spent.
    public let estimate: PointEstimate?
    /// The oldest vintage first; those of which all is over and nothing happened are left out.
    public let rows: [Row]

    public var total: Figures { rows.reduce(into: Figures()) { $0 += $1.figures } }
    /// Whether every row closes.
    public var isClosed: Bool {
        (rows.map(\.figures) + [total]).allSatisfy { $0.opening + $0.allocated - $0.recognized == $0.deferred }
    }

    /// The same bytes whenever it is made of the same entries and estimates.
    public var json: JSONValue {
        [
            "currency": .string(currency), "month": .string(month.text), "estimate": estimate.map { .int($0.version) } ?? .null,
            "rows": .array(rows.map(\.json)),
            "total": .object(
                OrderedDictionary(uniqueKeysWithValues: Figures.fields.map { ($0.name, .int(total[keyPath: $0.place])) })),
        ]
    }
}

extension PointRevenueReport {
    /// Of all that was booked before the month, and before its end.
    init(currency: String, month: PointMonth, before: PointSums, end: PointSums, estimates: [PointEstimate]) throws(Problem) {
        let (old, new) = (estimates.effective(in: month.previous), estimates.effective(in: month))
        let (cohorts, known) = (try end.cohorts(), try before.cohorts())
        // No figure is more than all that was ever allocated, at both ends.
        let all = (cohorts.values.map(\.allocation) + known.values.map(\.allocation)).reduce(Int128(0)) { $0 + Int128($1) }
        guard all <= Int128(Int64.max) else { throw PointSums.overflow }
        var rows: [Row] = []
        for key in Set(cohorts.keys).union(known.keys).sorted() {
            let (last, now) = (known[key] ?? PointCohort(), cohorts[key] ?? PointCohort())
            let share = new?.share(of: key.vintage) ?? PointCohort.shareMax
            let lastShare = old?.share(of: key.vintage) ?? PointCohort.shareMax
            let figures = Figures(from: last, lastShare, to: now, share)
            guard figures != Figures() || now.outstanding != 0 else { continue }
            rows.append(Row(vintage: key.vintage, fundedBy: key.fundedBy, cohort: now, share: share, figures: figures))
        }
        self.init(currency: currency, month: month, estimate: new, rows: rows)
    }
}

extension PointRevenueReport.Figures {
    /// What became of a cohort within a month, and of its estimate.
    init(from last: PointCohort, _ lastShare: Int64, to now: PointCohort, _ share: Int64) {
        let (before, after) = (last.recognized(lastShare), now.recognized(share))
        opening = last.allocation - before
        allocated = now.allocation - last.allocation
        recognized = after - before
        catchUp = last.recognized(share) - before
        deferred = now.allocation - after
    }

    static var fields: [(name: String, place: WritableKeyPath<Self, Int64>)] {
        [
            ("opening", \.opening), ("allocated", \.allocated), ("recognized", \.recognized), ("catch_up", \.catchUp),
            ("deferred", \.deferred),
        ]
    }

    static func += (left: inout Self, right: Self) {
        for field in fields { left[keyPath: field.place] += right[keyPath: field.place] }
    }
}

extension PointRevenueReport.Row {
    package var json: JSONValue {
        var members: OrderedDictionary<String, JSONValue> = [
            "vintage": .int(vintage), "funded_by": .optional(fundedBy), "outstanding": .int(cohort.outstanding),
            "fulfilled": .int(cohort.fulfilled), "lapsed": .int(cohort.lapsed), "share": .int(share), "expected": .int(expected),
            "allocation": .int(cohort.allocation),
        ]
        for field in PointRevenueReport.Figures.fields { members[field.name] = .int(figures[keyPath: field.place]) }
        return .object(members)
    }
}

extension PointMonth {
    public var previous: PointMonth { PointMonth(holding: firstDate.advanced(byMonths: -1)) }
}
