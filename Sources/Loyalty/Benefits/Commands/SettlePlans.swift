public import Model
import OrderedCollections
import Records

/// Books what time has done with plans by itself: whether somebody can use something does not depend on it.
///
/// Facts count from the instant at which each was due.
public struct SettlePlans: ProgramCommand {
    /// The most plans of one command: others come between.
    public let countMax: Int

    public init(countMax: Int = 100) { self.countMax = countMax }

    public var content: JSONValue { ["command": "settle_plans", "count_max": .int(Int64(countMax))] }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let (now, countMax) = (draft.now, countMax)
        let ids = try draft.reading { tables throws(Problem) in try tables.duePlans(at: now, countMax: countMax) }
        for id in ids { try settle(id, in: &draft) }
        let gifts = try draft.reading { tables throws(Problem) in try tables.duePlanGifts(at: now, countMax: countMax) }
        for id in gifts {
            let kept = try draft.planGift(id)
            draft.save(kept)
        }
        return ["settled": .int(Int64(ids.count + gifts.count))]
    }

    private func settle(_ id: BenefitID, in draft: inout ProgramDraft) throws(ProgramFailure) {
        var kept = try draft.plan(id)
        let books = try draft.books(of: kept.offer, for: kept.plan.beneficiary)
        kept.plan.settle(until: draft.now)
        for period in kept.plan.unsettledPeriods {
            let uses = try draft.uses(of: kept, in: books, ofPeriod: period)
            do throws(Refusal) {
                _ = try kept.plan.settleSavings(ofPeriod: period, uses: uses, now: draft.now)
            } catch { throw .refused(error) }
        }
        try draft.save(kept, books, reason: nil)
    }
}

extension ProgramDesk {
    /// Books all that plans are due for by now, a slice at a time: other commands come between.
    ///
    /// - Returns: How many plans were settled.
    @discardableResult
    public func settlePlans() async throws(Problem) -> Int64 {
        let start = clock.now.microseconds
        var (total, slice) = (Int64(0), 0)
        while true {
            let request = ProgramRequest(id: "settle-plans-\(start)-\(slice)", actor: .server, command: SettlePlans())
            let answer = try await perform(request)
            guard !answer.isRefused, let count = answer.body["settled"]?.intValue, count > 0 else { return total }
            // A clock that stands gives the same ids again.
            if !answer.isReplayed { total += count }
            slice += 1
        }
    }
}
