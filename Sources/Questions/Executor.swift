public import EventStore
public import Model

/// Answers questions over one snapshot of events and the people they belong to.
///
/// The population must be that of the question's `asOf` (see ``Question/asOf(in:)``); the snapshot may hold later events, which are
/// then left out. Answers do not depend on parts, merges or threads.
public struct Executor: Sendable {
    let snapshot: StoreSnapshot
    private(set) var population: any Population
    let calendar: ZoneCalendar
    let now: Instant
    let threads: Int
    /// The stages of the life cycle.
    public var stages = StageScheme.standard
    /// The purposes that may be asked for; nil means any, of which nobody has granted those that do not exist.
    public var purposes: [String]?
    /// The traits that are computed; of one key with a trait that is sent the computed one counts.
    public var computedTraits: [ComputedTrait] = []
    /// Those that breakdowns ask for, at the instant of the question that is being answered.
    var computedColumns: [String: ComputedTraitColumn] = [:]
    /// What breakdowns ask of people, at the instant of the question that is being answered.
    var standings: [Question.Breakdown: Standing] = [:]
    /// How work is split; tests make it small.
    package var split = ScanSplit()
    /// The only people who count, ascending; nil means all.
    ///
    /// For few: each is looked up. Whatever adds up over people does so over any division of them into such groups.
    package var only: [UInt32]?
    /// What may stop the question; nil lets it run to its end.
    public var watch: QuestionWatch?

    /// - Parameter now: taken before the snapshot, so that everything acknowledged before it is in.
    /// - Parameter threads: workers that large scans are split over.
    public init(snapshot: StoreSnapshot, population: any Population, calendar: ZoneCalendar, now: Instant, threads: Int = 2) {
        self.snapshot = snapshot
        self.population = population
        self.calendar = calendar
        self.now = now
        self.threads = threads
    }

    /// Answers the question.
    ///
    /// - Throws: ``Problem``: `bad_question` for a range that runs backwards or needs too many buckets, and for an unknown purpose, `not_found` for a person that
    ///   is not known, `not_built` for a role that is not, `time_limit`, `memory_limit`, `overloaded` and `question_cancelled` when
    ///   ``watch`` stops it.
    public func answer(_ question: Question) throws(Problem) -> Answer {
        let started = ContinuousClock.now
        defer { watch?.giveBack(to: 0) }
        let normalised = question.normalised
        if let purposes { try PurposesAsked(normalised).check(among: purposes) }
        var run = try QuestionRun(question, executor: self)
        let body: JSONValue
        switch question.kind {
        case .count(let count): body = try run.count(count)
        case .trend(let trend): body = try run.trend(trend)
        case .funnel(let funnel): body = try run.funnel(funnel)
        case .retention(let retention): body = try run.retention(retention)
        case .lifecycle(let lifecycle): body = try run.lifecycle(lifecycle)
        case .stages(let stages): body = try run.stages(stages)
        case .stickiness(let stickiness): body = try run.stickiness(stickiness)
        case .timeToConvert(let timeToConvert): body = try run.timeToConvert(timeToConvert)
        case .paths(let paths): body = try run.paths(paths)
        case .rfm(let rfm): body = try run.rfm(rfm)
        case .attribution(let attribution): body = try run.attribution(attribution)
        case .distribution(let distribution): body = try run.distribution(distribution)
        case .drivers(let drivers): body = try run.drivers(drivers)
        case .timeline(let timeline): body = try run.timeline(timeline)
        }
        try watch?.check()
        let hints = KnownNames(parts: snapshot.parts, computedTraits: computedTraits.map(\.key)).hints(on: NamesAsked(normalised))
        return Answer(
            question: normalised, body: body, watermark: max(snapshot.watermark, now), asOf: run.asOf, eventsScanned: run.scanned,
            elapsed: ContinuousClock.now - started, hints: hints)
    }

    /// This executor where nobody else is there than those who have granted a purpose; nil leaves everyone.
    func consenting(to purpose: String?) -> Executor {
        guard let purpose else { return self }
        var executor = self
        executor.population = ConsentingPeople(population, to: purpose)
        return executor
    }

    /// Bytes that the question is counted to hold.
    var heldBytes: Int { watch?.heldBytes ?? 0 }

    /// A pass over the histories of people for some selectors.
    func scan(
        _ selectors: [Selector], at present: Present, asOf: Instant?, among: PersonSet? = nil, includesNobody: Bool = false
    ) -> HistoryScan {
        HistoryScan(
            snapshot: snapshot, personOfIdentity: population.personOfIdentity, selectors: selectors, present: present, asOf: asOf,
            among: among, includesNobody: includesNobody, threads: threads, split: split,
            few: only.map { people in people.map { ($0, population.identities(of: $0)) } }, watch: watch)
    }
}

/// One question being answered: its range, instant of evaluation and people.
struct QuestionRun {
    let question: Question
    let executor: Executor
    let asOf: Instant?
    let range: Range<Instant>
    let present: Present
    /// The people who count; nil means everyone.
    var who: PersonSet?
    /// Of questions by payer or beneficiary: for whom the events of each person count.
    private var ties: UnitTable?
    var scanned = 0

    init(_ question: Question, executor: Executor) throws(Problem) {
        self.question = question
        asOf = question.asOf(in: executor.calendar)
        let current = asOf?.advanced(byMicroseconds: -1) ?? executor.now
        range = try question.range.resolved(in: executor.calendar, present: current, place: "/range")
        // N1: the last microsecond of the range, else the last before asOf, else now.
        let instant = range.upperBound == .distantFuture ? current : range.upperBound.advanced(byMicroseconds: -1)
        present = Present(instant: instant, calendar: executor.calendar)
        var executor = executor.consenting(to: question.purpose)
        for part in question.breakdown {
            executor.standings[part] = try Standing(part, of: executor, at: present, asOf: asOf, scanned: &scanned)
            guard case .trait(let key) = part else { continue }
            executor.computedColumns[key] = try executor.computedTrait(key, at: present, asOf: asOf, scanned: &scanned)
        }
        self.executor = executor
        if let who = question.who {
            var judge = ExpressionJudge(executor, at: present, asOf: asOf)
            self.who = try judge.members(of: who)
            scanned += judge.scanned
        }
        if question.purpose != nil, who == nil {
            // So that the events of nobody, who has granted nothing, do not count.
            who = PersonSet(executor.population.persons)
        }
        if question.unit == .payer || question.unit == .beneficiary {
            let table = try UnitTable(of: executor, at: present.instant, isByPayer: question.unit == .payer)
            var people = table.people
            if let members = who { people.formIntersection(members) }
            (who, ties) = (people, table)
        }
        if let only = executor.only {
            var few = PersonSet(only)
            if let members = who { few.formIntersection(members) }
            who = few
        }
    }

    /// The range as microseconds.
    var bounds: Range<Int64> { range.lowerBound.microseconds ..< range.upperBound.microseconds }

    /// A pass over the people who count, or over what the question counts beside people.
    mutating func scan<T: Tally>(_ selectors: [Selector], includesNobody: Bool = false, _ make: () -> T) -> T {
        switch question.unit {
        case nil: return scanPeople(selectors, includesNobody: includesNobody, make)
        case .session: return scanSessions(selectors, includesNobody: includesNobody, make)
        case .account, .payer, .beneficiary: return scanUnits(ties ?? UnitTable(accountsOf: executor), selectors, make())
        }
    }

    mutating func scanPeople<T: Tally>(_ selectors: [Selector], includesNobody: Bool, _ make: () -> T) -> T {
        let scan = executor.scan(selectors, at: present, asOf: asOf, among: who, includesNobody: includesNobody && who == nil)
        let (tally, rows) = scan.run(make)
        scanned += rows
        return tally
    }

    // MARK: - Count

    func count(_ count: CountQuestion) throws(Problem) -> JSONValue {
        var people = who ?? PersonSet(executor.population.persons)
        var out = ObjectWriter()
        if question.unit == .account {
            out.put("count", .int(Int64(try accounts(of: people).count)))
            return out.json
        }
        if let ties { people = ties.units(of: people) }
        out.put("count", .int(Int64(people.count)))
        guard count.isList else { return out.json }
        try executor.watch?.hold(people.count * MemoryLayout<UInt32>.stride)
        let after = count.cursor.map { Int64($0.ordinal) } ?? -1
        let rest = people.ordinals.drop { Int64($0) <= after }
        let page = rest.prefix(count.limit)
        var rows = AnswerRows(executor.watch)
        for ordinal in page { try rows.append(person(ordinal)) }
        out.put("people", rows.json)
        out.put("next", page.count < rest.count ? page.last.map { .string(PersonID(ordinal: $0).text) } : .null)
        return out.json
    }

    /// The accounts that any of the people has joined.
    private func accounts(of people: PersonSet) throws(Problem) -> Set<String> {
        var out: Set<String> = []
        var textBytes = 0
        var noted = 0
        people.forEach { person in
            guard executor.watch?.goesOn(holding: out.byteCount + textBytes, noted: &noted) ?? true else { return }
            for account in executor.population.accounts(of: person) where out.insert(account).inserted {
                textBytes += account.outerBytes
            }
        }
        try executor.watch?.check()
        return out
    }

    private func person(_ ordinal: UInt32) -> JSONValue {
        var identities = ObjectWriter()
        var values: [String: [JSONValue]] = [:]
        for identity in executor.population.knownIdentities(of: ordinal) {
            values[identity.type.text, default: []].append(.string(identity.value))
            identities.put(identity.type.text, .array(values[identity.type.text] ?? []))
        }
        return ["id": .string(PersonID(ordinal: ordinal).text), "identities": identities.json]
    }
}
