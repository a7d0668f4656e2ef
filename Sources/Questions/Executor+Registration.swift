public import Model

extension Executor {
    /// How many people have all traits of the first step, of the first two, and so on.
    ///
    /// - Parameter steps: the keys of the traits of each step.
    /// - Returns: One number a step, of which none is greater than the one before.
    public func peopleThrough(_ steps: [[String]], at instant: Instant, asOf: Instant?) throws(Problem) -> [Int] {
        var judge = ExpressionJudge(self, at: Present(instant: instant, calendar: calendar), asOf: asOf)
        var set = PersonSet(population.persons)
        var counts: [Int] = []
        for traits in steps {
            for trait in traits { set.formIntersection(try judge.members(of: .trait(trait, ValueTest(.exists, .exists)))) }
            counts.append(set.count)
        }
        return counts
    }
}
