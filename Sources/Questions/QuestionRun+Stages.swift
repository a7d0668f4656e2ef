import EventStore
import Model

extension QuestionRun {
    /// A row for each interval with the people of each stage, one for each move that anybody made in it, and one for each stage with
    /// the time that people stood in it, by breakdown value.
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
        var judged = instants.makeIterator()
        scanned += try ExpressionJudge.forEachStageMembers(
            of: scheme, at: instants, executor, asOf: asOf, among: who
        ) { members in
            tally.enter(members, at: judged.next()?.microseconds ?? 0)
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
        return ["rows": rows.json, "moves": moves.json, "times": buckets.count == 0 ? [] : try times(tally, groups, names)]
    }

    /// For each stage how long people stood in it before they left, and how long those who are there have.
    private func times(_ tally: StagesTally, _ groups: StageGroups, _ names: [String]) throws(Problem) -> JSONValue {
        var rows = AnswerRows(executor.watch)
        // Without an instant there is nothing to be in.
        guard let open = tally.openStays else { return rows.json }
        for (group, key) in groups.keys.enumerated() {
            for (stage, name) in names.enumerated() {
                let place = tally.place(group, stage)
                var out = row(of: key)
                out.put("stage", .string(name))
                out.put("ended", .int(Int64(tally.endedStays[place].count)))
                out.put("medianSeconds", tally.endedStays[place].median)
                out.put("open", .int(Int64(open[place].count)))
                out.put("openMedianSeconds", open[place].median)
                try rows.append(out.json)
            }
        }
        return rows.json
    }
}

/// How long people stood in a stage, as counts by length in microseconds.
struct StayLengths {
    private var counts: [Int64: Int] = [:]
    private(set) var count = 0

    mutating func add(_ microseconds: Int64) {
        counts[microseconds, default: 0] += 1
        count += 1
    }

    /// The lower median in seconds; null of none.
    var median: JSONValue {
        var left = (count + 1) / 2
        for (length, count) in counts.sorted(by: { $0.key < $1.key }) {
            left -= count
            if left <= 0 { return Numbers.json(Double(length) / 1e6) }
        }
        return .null
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

/// Counts the people of each stage at one instant after another, the moves between two, and how long people stay.
struct StagesTally {
    private let stageCount: Int
    private let groups: StageGroups
    /// By place in the groups' people; `stageCount` for none.
    private var stageOf: [UInt8]
    /// Group-major, then stage; the last stage is none.
    private(set) var counts: [Int] = []
    /// Group-major, then the stage before, then the one after.
    private(set) var moves: [Int] = []
    /// Stays that began and ended between the instants, by place as ``counts``.
    private(set) var endedStays: [StayLengths]
    /// By place in the groups' people, when they came to their stage; `Int64.min` where that was before the first instant.
    private var since: [Int64]
    private var last: Int64?

    init(stageCount: Int, groups: StageGroups) {
        self.stageCount = stageCount
        self.groups = groups
        stageOf = [UInt8](repeating: UInt8(stageCount), count: groups.people.count)
        since = [Int64](repeating: .min, count: groups.people.count)
        endedStays = [StayLengths](repeating: StayLengths(), count: (groups.keys.count + 1) * (stageCount + 1))
    }

    var byteCount: Int { stageOf.byteCount + since.byteCount + groups.people.byteCount + groups.groups.byteCount }

    func place(_ group: Int, _ stage: Int) -> Int { group * (stageCount + 1) + stage }

    /// Takes the people of each stage at the next instant.
    mutating func enter(_ members: [PersonSet], at instant: Int64) {
        let width = stageCount + 1
        // Values of people who are not seen in time have no group among the kept ones, and may have none at all.
        counts = [Int](repeating: 0, count: (groups.keys.count + 1) * width)
        moves = [Int](repeating: 0, count: (groups.keys.count + 1) * width * width)
        for (index, person) in groups.people.enumerated() {
            let stage = members.firstIndex { $0.contains(person) } ?? stageCount
            let place = place(groups.group(at: index), stage)
            counts[place] += 1
            let before = Int(stageOf[index])
            guard before != stage else { continue }
            moves[(place - stage + before) * width + stage] += 1
            if since[index] != .min { endedStays[place - stage + before].add(instant - since[index]) }
            stageOf[index] = UInt8(stage)
            since[index] = last == nil ? .min : instant
        }
        last = instant
    }

    /// Stays that began after the first instant and go on at the last, by place; nil before the first.
    var openStays: [StayLengths]? {
        guard let last else { return nil }
        var open = [StayLengths](repeating: StayLengths(), count: endedStays.count)
        for index in groups.people.indices where since[index] != .min {
            open[place(groups.group(at: index), Int(stageOf[index]))].add(last - since[index])
        }
        return open
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
