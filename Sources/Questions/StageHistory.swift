public import Model

/// When one person came into which stage of the life cycle, and with which of their calls.
///
/// Looked at are the ends of the local days and, on days at whose ends the stage differs, every call; what time alone has changed in
/// between is dated to the microsecond. So a stage that is entered and left on one day is seen when the day ends in another.
public struct StageHistory: Hashable, Sendable {
    /// From one stage to the next; nil is none.
    public struct Move: Hashable, Sendable {
        public var from: String?
        public var to: String?
        public var at: Instant
        /// The calls of that instant, by number of arrival; empty when it was time passing.
        public var arrivals: [UInt64]
    }

    /// How long somebody stood in a stage, all stays together.
    public struct Stay: Hashable, Sendable {
        public var stage: String
        public var microseconds: Int64
    }

    /// Oldest first.
    public fileprivate(set) var moves: [Move] = []
    /// By every stage of the scheme, in its order, until the instant of the question.
    public fileprivate(set) var stays: [Stay] = []

    /// Where the person stands, and since when; nil for none.
    public var current: (stage: String, since: Instant)? { moves.last.flatMap { move in move.to.map { ($0, move.at) } } }
}

extension StageScheme {
    /// Whether somebody's stage can be told from what they themselves did and are, without their number.
    public var asksOnePersonOnly: Bool {
        !stages.contains { ConjunctionOrder.asksOthers($0.rule) || $0.rule.asksSample }
    }
}

extension Expression {
    fileprivate var asksSample: Bool {
        switch self {
        case .sample: true
        case .all(let parts), .any(let parts): parts.contains(where: \.asksSample)
        case .not(let inner), .account(_, let inner), .related(_, let inner): inner.asksSample
        default: false
        }
    }
}

/// A call that may have moved somebody.
public struct StageCause: Hashable, Sendable, Comparable {
    public var at: Instant
    public var arrival: UInt64

    public init(at: Instant, arrival: UInt64) {
        self.at = at
        self.arrival = arrival
    }

    public static func < (left: StageCause, right: StageCause) -> Bool {
        (left.at, left.arrival) < (right.at, right.arrival)
    }
}

extension Executor {
    /// The moves of one person up to now.
    ///
    /// - Parameters:
    ///   - person: Of the population.
    ///   - causes: Everything that may have moved them, oldest first; nobody stands in a stage before the first.
    /// - Throws: ``Problem`` as ``answer(_:)``.
    public func stageHistory(of person: UInt32, causes: [StageCause]) throws(Problem) -> StageHistory {
        var executor = self
        // What others do is asked of them.
        if !stages.stages.contains(where: { ConjunctionOrder.asksOthers($0.rule) }) { executor.only = [person] }
        return try StageWalk(executor: executor, person: person, causes: causes.filter { $0.at <= now }).history()
    }
}

/// Finds the instants at which somebody's stage changed.
private struct StageWalk {
    let executor: Executor
    let person: UInt32
    let causes: [StageCause]

    /// The place of a stage in the scheme at one instant, in microseconds; nil for none.
    private typealias Point = (at: Int64, stage: Int?)

    /// Instants that are judged at once while a change is sought between two.
    private static let fan: Int64 = 63

    func history() throws(Problem) -> StageHistory {
        var history = StageHistory()
        let names = executor.stages.names
        guard let first = causes.first?.at.microseconds else { return history }
        var before: Point = (first - 1, nil)
        for point in try points(at: dayEnds(from: first)) {
            if point.stage != before.stage {
                for move in try moves(from: before, to: point) {
                    history.moves.append(
                        StageHistory.Move(
                            from: before.stage.map { names[$0] }, to: move.stage.map { names[$0] },
                            at: Instant(microseconds: move.at), arrivals: arrivals(at: move.at)))
                    before = move
                }
            }
            before = point
        }
        let ends = history.moves.dropFirst().map(\.at) + [executor.now]
        for name in names {
            let time = zip(history.moves, ends).filter { $0.0.to == name }.reduce(0) { $0 + $1.1.microseconds(since: $1.0.at) }
            history.stays.append(StageHistory.Stay(stage: name, microseconds: time))
        }
        return history
    }

    /// The last microsecond of each local day until now, and now.
    private func dayEnds(from first: Int64) -> [Int64] {
        var ends: [Int64] = []
        var date = executor.calendar.date(at: Instant(microseconds: first))
        while true {
            date = date.advanced(byDays: 1)
            let end = executor.calendar.start(of: date).microseconds - 1
            guard end < executor.now.microseconds else { return ends + [executor.now.microseconds] }
            ends.append(end)
        }
    }

    /// The points at which the stage changes between two instants, the later one included.
    private func moves(from start: Point, to end: Point) throws(Problem) -> [Point] {
        let times = Set(causes.map(\.at.microseconds).filter { $0 > start.at && $0 <= end.at }.flatMap { [$0 - 1, $0] })
        var found: [Point] = []
        var before = start
        for point in try points(at: times.subtracting([start.at, end.at]).sorted()) + [end] {
            while before.stage != point.stage {
                before = try change(after: before, upTo: point)
                found.append(before)
            }
            before = point
        }
        return found
    }

    /// The first instant found at which the stage is another than at `start`.
    private func change(after start: Point, upTo end: Point) throws(Problem) -> Point {
        var (low, high) = (start.at, end)
        while high.at - low > 1 {
            let step = max(1, (high.at - low) / (StageWalk.fan + 1))
            let between = Array(stride(from: low + step, to: high.at, by: Int(step)).prefix(Int(StageWalk.fan)))
            for point in try points(at: between) {
                if point.stage != start.stage {
                    high = point
                    break
                }
                low = point.at
            }
        }
        return high
    }

    private func points(at times: [Int64]) throws(Problem) -> [Point] {
        var stages: [Int?] = []
        _ = try ExpressionJudge.forEachStageMembers(
            of: executor.stages, at: times.map { Instant(microseconds: $0) }, executor, asOf: nil,
            among: PersonSet(CollectionOfOne(person))
        ) { members in stages.append(members.firstIndex { $0.contains(person) }) }
        return zip(times, stages).map { ($0, $1) }
    }

    private func arrivals(at time: Int64) -> [UInt64] { causes.filter { $0.at.microseconds == time }.map(\.arrival) }
}
