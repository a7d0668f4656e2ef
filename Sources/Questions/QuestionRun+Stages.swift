import EventStore
import Model

extension QuestionRun {
    /// A row for each interval with the people of each stage, and one for each move that anybody made in it, by breakdown value.
    mutating func stages(_ stages: StagesQuestion) throws(Problem) -> JSONValue {
        let anyEvent = [Selector(names: nil)]
        let bounds = settledBounds(anyEvent, of: anyEvent, stages.interval)
        // Nobody's stage is known beyond now: an interval that is going on is judged as far as it has come.
        let now = (asOf?.advanced(byMicroseconds: -1) ?? executor.now).microseconds
        let end = min(bounds.upperBound, max(now, bounds.lowerBound - 1) + 1)
        let buckets = try TrendBuckets(bounds.lowerBound ..< max(bounds.lowerBound, end), stages.interval, executor.calendar)
        let scheme = stages.scheme ?? executor.stages
        let names = scheme.names
        let groups = try StageGroups(self, seenBy: Instant(microseconds: (buckets.ends.last ?? end) - 1))
        try checkSize(groups: groups.keys.count, numbersPerGroup: buckets.count * (names.count + 1) * (names.count + 1))
        var tally = StagesTally(stageCount: names.count, groups: groups)
        try executor.watch?.hold(tally.byteCount)
        var rows = AnswerRows(executor.watch)
        var moves = AnswerRows(executor.watch)
        var counted: [(counts: [Int], moves: [Int])] = []
        let instants = ([buckets.starts.first ?? 0] + buckets.ends).map { Instant(microseconds: $0 - 1) }
        scanned += try ExpressionJudge.forEachStageMembers(
            of: scheme, at: instants, executor, asOf: asOf, among: who
        ) { members in
            tally.enter(members)
            counted.append((tally.counts, tally.moves))
        }
        for (group, key) in groups.keys.enumerated() {
            for (bucket, label) in buckets.labels.enumerated() {
                let label = JSONValue.string(executor.calendar.rfc3339(Instant(microseconds: label)))
                var out = row(of: key)
                out.put("bucket", label)
                for (stage, name) in names.enumerated() {
                    out.put(name, .int(Int64(counted[bucket + 1].counts[tally.place(group, stage)])))
                }
                try rows.append(out.json)
                try tally.forEachMove(counted[bucket + 1].moves, group) { from, to, count throws(Problem) in
                    var out = row(of: key)
                    out.put("bucket", label)
                    out.put("from", from < names.count ? .string(names[from]) : .null)
                    out.put("to", to < names.count ? .string(names[to]) : .null)
                    out.put("count", .int(Int64(count)))
                    try moves.append(out.json)
                }
            }
        }
        return ["rows": rows.json, "moves": moves.json]
    }
}

/// The people who count, each with the group of their breakdown value.
struct StageGroups {
    /// Ascending.
    let people: [UInt32]
    /// By place in ``people``.
    private(set) var groups: [Int32] = []
    /// The kept values in order, then the rest; one without a breakdown.
    private(set) var keys: [[JSONValue]?] = [[]]

    init(_ run: QuestionRun, seenBy instant: Instant) throws(Problem) {
        people = (run.who ?? PersonSet(run.executor.population.persons)).ordinals
        guard !run.question.breakdown.isEmpty else { return }
        var table = run.table(nil)
        let seen = run.executor.population.seen(by: instant)
        var counts: [Int] = []
        var noted = 0
        for (place, person) in people.enumerated() {
            if place % 1_024 == 0, run.executor.watch?.goesOn(holding: table.byteCount + groups.byteCount, noted: &noted) == false {
                try run.executor.watch?.check()
            }
            table.enter(person)
            let group = table.groupWithoutEvent()
            while counts.count <= group { counts.append(0) }
            if seen.contains(person) { counts[group] += 1 }
            groups.append(Int32(group))
        }
        let numbers = counts.indices.filter { counts[$0] > 0 }.map {
            (key: table.keys[$0] ?? [], number: Double?(Double(counts[$0])))
        }
        let kept = BreakdownRows.kept(numbers, limit: run.question.limit)
        let places = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($0.element, $0.offset) })
        let placeOfGroup = table.keys.map { Int32(places[$0 ?? []] ?? kept.count) }
        groups = groups.map { placeOfGroup[Int($0)] }
        keys = kept.map { Optional($0) } + (numbers.count > kept.count ? [nil] : [])
    }

    func group(at place: Int) -> Int { groups.isEmpty ? 0 : Int(groups[place]) }
}

/// Counts the people of each stage at one instant after another, and the moves between two.
struct StagesTally {
    private let stageCount: Int
    private let groups: StageGroups
    /// By place in the groups' people; `stageCount` for none.
    private var stageOf: [UInt8]
    /// Group-major, then stage; the last stage is none.
    private(set) var counts: [Int] = []
    /// Group-major, then the stage before, then the one after.
    private(set) var moves: [Int] = []

    init(stageCount: Int, groups: StageGroups) {
        self.stageCount = stageCount
        self.groups = groups
        stageOf = [UInt8](repeating: UInt8(stageCount), count: groups.people.count)
    }

    var byteCount: Int { stageOf.byteCount + groups.people.byteCount + groups.groups.byteCount }

    func place(_ group: Int, _ stage: Int) -> Int { group * (stageCount + 1) + stage }

    /// Takes the people of each stage at the next instant.
    mutating func enter(_ members: [PersonSet]) {
        let width = stageCount + 1
        // Values of people who are not seen in time have no group among the kept ones, and may have none at all.
        counts = [Int](repeating: 0, count: (groups.keys.count + 1) * width)
        moves = [Int](repeating: 0, count: (groups.keys.count + 1) * width * width)
        for (index, person) in groups.people.enumerated() {
            let stage = members.firstIndex { $0.contains(person) } ?? stageCount
            let place = place(groups.group(at: index), stage)
            counts[place] += 1
            let before = Int(stageOf[index])
            if before != stage { moves[(place - stage + before) * width + stage] += 1 }
            stageOf[index] = UInt8(stage)
        }
    }

    /// Visits the moves that somebody made; a stage of `stageCount` is none.
    func forEachMove(
        _ moves: [Int], _ group: Int, _ body: (_ from: Int, _ to: Int, _ count: Int) throws(Problem) -> Void
    ) throws(Problem) {
        for from in [stageCount] + (0 ..< stageCount) {
            for to in 0 ... stageCount {
                let count = moves[place(group, from) * (stageCount + 1) + to]
                if count > 0 { try body(from, to, count) }
            }
        }
    }
}
