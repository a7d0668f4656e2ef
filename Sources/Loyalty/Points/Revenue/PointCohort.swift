import Model

/// The points of one vintage and payer, and the money that was taken for them: it is deferred, and revenue as points are spent.
///
/// `revenue = money × spent / expected to be spent in all`, rounded down. Points that are expected to lapse make the others count more.
public struct PointCohort: Hashable, Sendable {
    /// The whole of a share.
    public static let shareMax: Int64 = 10_000

    /// What members have still.
    public var outstanding: Int64 = 0
    /// Spent or donated, but for what came back.
    public var fulfilled: Int64 = 0
    /// Expired, but for what was given once more.
    public var lapsed: Int64 = 0
    /// The worth of all of these when they were given, in minor units.
    public var allocation: Int64 = 0

    public init() {}

    /// - Precondition: None is below 0, and all points together can be counted.
    public init(outstanding: Int64, fulfilled: Int64, lapsed: Int64, allocation: Int64) {
        self.outstanding = outstanding
        self.fulfilled = fulfilled
        self.lapsed = lapsed
        self.allocation = allocation
    }

    /// What was given, but for what was taken back.
    public var points: Int64 { outstanding + fulfilled + lapsed }

    /// How many points will have been spent in the end: by an estimate, rounded up; at least those that were, at most those and what
    /// is left.
    ///
    /// - Parameter share: Of ``shareMax``.
    public func expected(_ share: Int64) -> Int64 {
        let product = Int128(points) * Int128(share) + Int128(PointCohort.shareMax - 1)
        let estimate = Int64(clamping: product / Int128(PointCohort.shareMax))
        return min(max(estimate, fulfilled), fulfilled + outstanding)
    }

    /// The money that is revenue by now; all of it once nothing is left to spend.
    public func recognized(_ share: Int64) -> Int64 {
        PointCohort.recognized(of: allocation, spent: fulfilled, expected: expected(share))
    }

    /// The share of money that so many spent points of so many expected ones make revenue, rounded down.
    ///
    /// - Parameter expected: 0 when nothing was spent and nothing is left.
    public static func recognized(of allocation: Int64, spent: Int64, expected: Int64) -> Int64 {
        guard spent < expected else { return allocation }
        return Int64(clamping: Int128(allocation) * Int128(spent) / Int128(expected))
    }
}

extension PointSums {
    struct CohortKey: Hashable, Comparable {
        let vintage: Int64
        let fundedBy: String?

        static func < (left: CohortKey, right: CohortKey) -> Bool {
            (left.vintage, left.fundedBy ?? "") < (right.vintage, right.fundedBy ?? "")
        }
    }

    /// Every vintage by payer; debts are none, and points that repaid one count as never given: the first ones counted.
    func cohorts() throws(Problem) -> [CohortKey: PointCohort] {
        var cohorts: [CohortKey: PointCohort] = [:]
        for (key, routes) in amounts where key.vintage != 0 {
            var own = PointCohort()
            for account in [PointAccount.pending, .available, .held] {
                own.outstanding = try PointSums.sum(own.outstanding, balance(account, key))
            }
            for account in Set(routes.keys.flatMap { [$0.from, $0.to] }) where account.isFulfilment {
                own.fulfilled = try PointSums.sum(own.fulfilled, balance(account, key))
            }
            own.lapsed = try balance(.expired, key)
            own.allocation = try key.value.worth(of: PointSums.sum(PointSums.sum(own.outstanding, own.fulfilled), own.lapsed))
            let name = CohortKey(vintage: key.vintage, fundedBy: key.fundedBy)
            cohorts[name] = try (cohorts[name] ?? PointCohort()).adding(own)
        }
        return cohorts
    }
}

extension PointAccount {
    /// Whether points that came here were what they were promised for.
    fileprivate var isFulfilment: Bool {
        switch self {
        case .redeemed, .campaign, .donated: true
        case .issuer, .opening, .pending, .available, .held, .debt, .expired, .revoked, .transfer: false
        }
    }
}

extension PointCohort {
    func adding(_ other: PointCohort) throws(Problem) -> PointCohort {
        let sum = PointCohort(
            outstanding: try PointSums.sum(outstanding, other.outstanding),
            fulfilled: try PointSums.sum(fulfilled, other.fulfilled), lapsed: try PointSums.sum(lapsed, other.lapsed),
            allocation: try PointSums.sum(allocation, other.allocation))
        _ = try PointSums.sum(PointSums.sum(sum.outstanding, sum.fulfilled), sum.lapsed)
        return sum
    }
}
