import Model
import OrderedCollections

/// What is taken of the limits that an award may draw on.
///
/// Keep those that ``EarningProgram/limits(for:of:calendar:)`` names; one that is not here is untouched.
public struct EarningLimits: Hashable, Sendable {
    public private(set) var limits: [Limit.Key: Limit] = [:]

    public init(_ limits: some Sequence<Limit> = []) {
        for limit in limits { self.limits[limit.key] = limit }
    }

    /// A limit with what is taken of it and the maximum that the program sets now.
    func current(_ limit: Limit) -> Limit {
        guard var known = limits[limit.key] else { return limit }
        known.change(max: limit.max)
        return known
    }

    /// Takes what an award draws on, all of it or nothing.
    ///
    /// - Throws: `LIMIT_TAKEN` when others have taken so much meanwhile that the award has to be planned anew.
    public mutating func take(_ plan: EarningPlan) throws(Refusal) { try take(plan.awards) }

    mutating func take(_ awards: [EarningPlan.Award]) throws(Refusal) {
        var after = self
        var reasons: [Refusal.Reason] = []
        for award in awards where award.points > 0 {
            for limit in award.limits {
                var known = after.current(limit)
                if known.reserve(award.points) {
                    known.use(award.points, ofReserved: award.points)
                    after.limits[limit.key] = known
                } else {
                    reasons.append(
                        .init(
                            "LIMIT_TAKEN",
                            ["limit": .string(limit.key.name), "need": .int(award.points), "left": .int(known.left)],
                            isRetryable: true))
                }
            }
        }
        guard reasons.isEmpty else { throw Refusal(reasons) }
        self = after
    }

    /// Gives cancelled points back to the limits that they were taken from; never more than is used.
    public mutating func giveBack(_ points: Int64, to keys: [Limit.Key]) {
        for key in keys {
            let used = limits[key]?.used ?? 0
            limits[key]?.giveBack(min(points, used))
        }
    }
}
