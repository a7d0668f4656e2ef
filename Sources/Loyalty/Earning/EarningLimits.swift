import Model
import OrderedCollections

/// What is taken of the limits that an award may draw on.
///
/// Keep those that ``EarningProgram/limits(for:of:in:)`` names; one that is not here is untouched.
public struct EarningLimits: Hashable, Sendable {
    public private(set) var limits: [Limit.Key: Limit] = [:]

    public init(_ limits: some Sequence<Limit> = []) {
        for limit in limits { self.limits[limit.key] = limit }
    }

    /// A limit with what is taken of it and the maximum that the program sets now; a partner's block has what was bought.
    func current(_ limit: Limit) -> Limit {
        guard var known = limits[limit.key] else { return limit }
        if limit.key.partner == nil { known.change(max: limit.max) }
        return known
    }

    /// Takes what an award draws on, all of it or nothing.
    ///
    /// - Throws: `LIMIT_TAKEN` when others have taken so much meanwhile that the award has to be planned anew.
    public mutating func take(_ plan: EarningPlan) throws(Refusal) { try take(plan.awards) }

    mutating func take(_ awards: [EarningPlan.Award]) throws(Refusal) {
        var needed: OrderedDictionary<Limit.Key, (limit: Limit, points: Int64)> = [:]
        for award in awards where award.points > 0 {
            for limit in award.limits {
                let points = try EarningArithmetic.sum(award.points, needed[limit.key]?.points ?? 0)
                needed[limit.key] = (current(limit), points)
            }
        }
        let reasons = needed.values.filter { $0.points > $0.limit.left }.map { limit, points in
            Refusal.Reason(
                "LIMIT_TAKEN", ["limit": .string(limit.key.name), "need": .int(points), "left": .int(limit.left)],
                isRetryable: true)
        }
        guard reasons.isEmpty else { throw Refusal(reasons) }
        for (limit, points) in needed.values {
            var limit = limit
            if limit.reserve(points) { limit.use(points, ofReserved: points) }
            limits[limit.key] = limit
        }
    }

    /// Only what is taken of some limits.
    func of(_ wanted: [Limit]) -> EarningLimits { EarningLimits(wanted.compactMap { limits[$0.key] }) }

    /// Counts points as taken once more that were given back and are not cancelled after all.
    mutating func keep(_ points: Int64, of keys: [Limit.Key]) {
        for key in keys { limits[key]?.use(points, ofReserved: 0) }
    }

    /// Gives cancelled points back to the limits that they were taken from; never more than is used.
    public mutating func giveBack(_ points: Int64, to keys: [Limit.Key]) {
        for key in keys {
            let used = limits[key]?.used ?? 0
            limits[key]?.giveBack(min(points, used))
        }
    }
}
