public import Model
import Records

/// What was spent for a campaign in one month.
public struct PointCampaign: Hashable, Sendable {
    public let campaign: String
    public var redeemed: Int64 = 0
    /// What came back of it, or of what was spent for it before.
    public var returned: Int64 = 0
}

extension ProgramReader {
    /// What was spent for each campaign in a month, by name.
    ///
    /// - Throws: ``Problem`` for more than can be counted.
    public func campaigns(_ month: PointMonth, of currency: String) async throws(Problem) -> [PointCampaign] {
        let bounds = month.bounds(in: try await program().calendar)
        return try await read { tables throws(Problem) in
            var found: [String: PointCampaign] = [:]
            for flow in try tables.flows(of: currency, from: bounds.lowerBound, until: bounds.upperBound) {
                if case .campaign(let name) = flow.route.to {
                    var known = found[name] ?? PointCampaign(campaign: name)
                    known.redeemed = try PointSums.sum(known.redeemed, flow.amount)
                    found[name] = known
                }
                if case .campaign(let name) = flow.route.from {
                    var known = found[name] ?? PointCampaign(campaign: name)
                    known.returned = try PointSums.sum(known.returned, flow.amount)
                    found[name] = known
                }
            }
            return found.values.sorted { $0.campaign < $1.campaign }
        }
    }
}
