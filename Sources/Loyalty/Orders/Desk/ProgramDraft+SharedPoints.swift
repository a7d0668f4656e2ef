import Model

/// Points of orders that an account and a person share.
///
/// Each has a lot of their own, whose units are its points: what comes back of the whole, unit by unit of the order, is spread anew over
/// both each time, so that together they have at every moment what one of them would have.
extension ProgramDraft {
    /// Gives what a line has earned to whom it belongs.
    ///
    /// - Parameter earlier: Under which sources the line had earned before its order was changed, the last one first: what was disputed of
    ///   them stays disputed, whosever it is now.
    mutating func earn(
        _ points: NewPoints, _ split: EarningSplit?, inPlaceOf earlier: [PointSource], _ person: ProgramMember,
        _ currency: PointCurrency
    ) throws(ProgramFailure) {
        let part = split?.part(of: points.amount) ?? 0
        let rest = points.amount - part
        let disputed = try disputed(of: earlier, currency).spread(over: part, rest)
        guard let split, part > 0 else { return try earn(points, disputed: disputed.person, person, currency) }
        var shared = points.part(part)
        shared.source = points.source.ofAccount
        try earn(shared, disputed: disputed.account, split.account, currency)
        if rest > 0 { try earn(points.part(rest), disputed: disputed.person, person, currency) }
    }

    /// Of the first of those sources that have earned.
    private mutating func disputed(
        of sources: [PointSource], _ currency: PointCurrency
    ) throws(ProgramFailure) -> DisputedParts {
        for source in sources {
            let (part, rest) = (try earning(for: source.ofAccount, currency), try earning(for: source, currency))
            guard part != nil || rest != nil else { continue }
            return DisputedParts(account: part?.disputed ?? 0, person: rest?.disputed ?? 0)
        }
        return DisputedParts(account: 0, person: 0)
    }

    /// Takes back, from the account its part and from the person the rest, until so much is back in all.
    ///
    /// - Parameter points: Of both together.
    /// - Returns: How many points are written off by it.
    mutating func takeBackShared(
        _ source: PointSource, unitsInAll units: Int64, pointsInAll points: Int64, _ currency: PointCurrency
    ) throws(ProgramFailure) -> Int64 {
        guard let part = try earning(for: source.ofAccount, currency)?.amount else {
            return try takeBack(source, unitsInAll: units, pointsInAll: points, currency)
        }
        let whole = part + (try earning(for: source, currency)?.amount ?? 0)
        let back = PointValue(minor: part, points: whole).of(points)
        let rest = points - back
        return try takeBack(source.ofAccount, unitsInAll: back, pointsInAll: back, currency)
            + takeBack(source, unitsInAll: rest, pointsInAll: rest, currency)
    }
}

/// What was disputed of what an account and a person had earned.
private struct DisputedParts {
    var account: Int64
    var person: Int64

    /// The same in all for what they have now: what is more than one of them has is the other's as far as there is room.
    func spread(over part: Int64, _ rest: Int64) -> DisputedParts {
        if part == 0 { return DisputedParts(account: 0, person: account + person) }
        if rest == 0 { return DisputedParts(account: account + person, person: 0) }
        let toAccount = min(max(0, person - rest), max(0, part - account))
        let toPerson = min(max(0, account - part), max(0, rest - person))
        return DisputedParts(account: account + toAccount - toPerson, person: person + toPerson - toAccount)
    }
}

extension NewPoints {
    /// So many of them, each of which can be taken back alone.
    fileprivate func part(_ amount: Int64) -> NewPoints {
        var part = self
        (part.amount, part.units) = (amount, amount)
        return part
    }
}
