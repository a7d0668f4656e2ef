import Model

/// Points of orders that an account and a person share.
///
/// Each has a lot of their own, whose units are its points: what comes back of the whole, unit by unit of the order, is spread anew over
/// both each time, so that together they have at every moment what one of them would have.
extension ProgramDraft {
    /// Gives what a line has earned to whom it belongs.
    mutating func earn(
        _ points: NewPoints, _ split: EarningSplit?, inPlaceOf earlier: [PointSource], _ person: ProgramMember,
        _ currency: PointCurrency
    ) throws(ProgramFailure) {
        guard let split, split.part(of: points.amount) > 0 else {
            return try earn(points, inPlaceOf: earlier, person, currency)
        }
        let part = split.part(of: points.amount)
        var shared = points.part(part)
        shared.source = points.source.ofAccount
        try earn(shared, inPlaceOf: earlier.map(\.ofAccount), split.account, currency)
        if part < points.amount { try earn(points.part(points.amount - part), inPlaceOf: earlier, person, currency) }
    }

    /// Takes back, from the account its part and from the person the rest, until so much is back in all.
    ///
    /// - Parameter points: Of so many units, of both together; nil for all of them.
    mutating func takeBack(
        _ source: PointSource, unitsInAll units: Int64, pointsInAll points: Int64?, _ currency: PointCurrency
    ) throws(ProgramFailure) {
        guard let part = try earned(for: source.ofAccount, currency) else {
            return try takeBack(source, unitsInAll: units, currency)
        }
        let whole = part + (try earned(for: source, currency) ?? 0)
        let points = points ?? whole
        let back = PointValue(minor: part, points: whole).of(points)
        try takeBack(source.ofAccount, unitsInAll: back, currency)
        try takeBack(source, unitsInAll: points - back, currency)
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
