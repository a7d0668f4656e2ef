public import Model

/// Where everybody stands by the stages that hold, and where they would by others.
public struct StagePreview: Hashable, Sendable {
    /// How many people stand in `from` now and would stand in `to`; nil is none.
    public struct Cell: Hashable, Sendable {
        public var from: String?
        public var to: String?
        public var count: Int

        public init(from: String?, to: String?, count: Int) {
            self.from = from
            self.to = to
            self.count = count
        }
    }

    /// Those with anybody in them, in the order of the stages; those who would stay among them.
    public var cells: [Cell]

    public init(cells: [Cell]) { self.cells = cells }

    /// People who would stand in a stage of another name.
    public var movedCount: Int { cells.reduce(0) { $0 + ($1.from == $1.to ? 0 : $1.count) } }
    /// People who stand in a stage, or would.
    public var peopleCount: Int { cells.reduce(0) { $0 + $1.count } }
}

extension Executor {
    /// What other stages would change now, before they hold.
    ///
    /// - Parameter place: The JSON pointer of the list of stages, for refusals.
    /// - Throws: ``Problem`` as ``answer(_:)``; that of a rule which cannot be judged points to it.
    public func preview(_ scheme: StageScheme, place: String = "") throws(Problem) -> StagePreview {
        var other = self
        other.stages = scheme
        for (index, stage) in scheme.stages.enumerated() {
            var judge = ExpressionJudge(other, at: Present(instant: now, calendar: calendar), asOf: nil)
            do {
                _ = try judge.members(of: stage.rule)
            } catch {
                var problem = error
                if error.code == .notBuilt { problem.place = "\(place)/\(index)/rule" }
                throw problem
            }
        }
        let (before, after) = (try stageSets(), try other.stageSets())
        var cells: [StagePreview.Cell] = []
        for (from, left) in before {
            for (to, right) in after {
                var both = left
                both.formIntersection(right)
                if from == nil, to == nil { continue }
                if both.count > 0 { cells.append(StagePreview.Cell(from: from, to: to, count: both.count)) }
            }
        }
        return StagePreview(cells: cells)
    }

    /// The people of each stage now, in the order of the scheme, then those in none.
    private func stageSets() throws(Problem) -> [(stage: String?, people: PersonSet)] {
        var judge = ExpressionJudge(self, at: Present(instant: now, calendar: calendar), asOf: nil)
        let sets = try judge.stageMembers()
        var none = PersonSet(population.persons)
        for set in sets { none.subtract(set) }
        return zip(stages.names, sets).map { ($0, $1) } + [(nil, none)]
    }
}
