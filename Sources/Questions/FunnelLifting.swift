/// A condition of a funnel that may keep somebody from a step, and what the funnel is without it.
///
/// In the order in which they are tried: the first whose lifting lets the person reach the step is the reason.
enum FunnelLifting: String, CaseIterable {
    case excluded
    case differs
    case tooLate
    case interrupted
    case sameTime
    case notFirst
    case outsideRange
    /// No single one is, but all together are.
    case several

    /// Longer than any history, and short enough to be added to an instant.
    private static let endless = TimeSpan(microseconds: 1 << 61)

    /// The funnel without this condition.
    func lifted(_ funnel: FunnelQuestion) -> FunnelQuestion {
        var out = funnel
        let isAll = self == .several
        if isAll || self == .excluded { out.exclusions = [] }
        if isAll || self == .differs { out.holdConstant = [] }
        if isAll || self == .tooLate { out.window = FunnelLifting.endless }
        if isAll || self == .interrupted, funnel.order == .strict { out.order = .ordered }
        if isAll || self == .sameTime { out.sameTime = .permute }
        if isAll || self == .notFirst { out.reentry = .latest }
        return out
    }

    /// When a chain may start without this condition.
    func lifted(_ starts: Range<Int64>) -> Range<Int64> {
        self == .several || self == .outsideRange ? Int64.min ..< Int64.max : starts
    }
}
