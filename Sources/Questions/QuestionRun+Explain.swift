import EventStore
import Model

extension QuestionRun {
    /// One person's way through a funnel: the events that were taken, and what kept them from the first step not reached.
    ///
    /// - Throws: `not_found` for a person that is not known.
    mutating func explain(_ person: PersonID, _ funnel: FunnelQuestion, _ selectors: [Selector]) throws(Problem) -> JSONValue {
        let map = executor.population.personOfIdentity
        let given = Int(person.ordinal)
        guard given < map.count, map[given] != UInt32.max else {
            throw Problem(.notFound, "There is no person \(person.text).", place: "/explain", status: 404)
        }
        var scan = executor.scan(selectors, at: present, asOf: asOf)
        scan.few = [(map[given], executor.population.identities(of: map[given]))]
        let (tally, rows) = scan.run { HistoryTally() }
        scanned += rows
        try executor.watch?.check()
        var way = FunnelWay(funnel, selectors: selectors, starts: bounds, history: tally.history, executor: executor)
        var out = ObjectWriter()
        out.put("person", .string(PersonID(ordinal: map[given]).text))
        out.put("counted", .bool(who?.contains(map[given]) ?? true))
        try way.write(to: &out)
        return out.json
    }
}

/// Keeps the rows of the one person that it is given.
private struct HistoryTally: Tally {
    private(set) var history = History()

    mutating func add(_ unit: CountedUnit, _ history: borrowing History) { self.history = copy history }
    var byteCount: Int { history.byteCount }
    mutating func merge(_ other: HistoryTally) { if history.count == 0 { history = other.history } }
}

/// One person's history against a funnel and against what it would be without one of its conditions.
private struct FunnelWay {
    private let funnel: FunnelQuestion
    private let selectors: [Selector]
    private let starts: Range<Int64>
    private let history: History
    private let executor: Executor
    private var held: HeldClasses

    init(_ funnel: FunnelQuestion, selectors: [Selector], starts: Range<Int64>, history: History, executor: Executor) {
        self.funnel = funnel
        self.selectors = selectors
        self.starts = starts
        self.history = history
        self.executor = executor
        held = HeldClasses(funnel.holdConstant, executor: executor)
    }

    mutating func write(to out: inout ObjectWriter) throws(Problem) {
        let chains = chains(funnel, starts)
        let level = chains.map(\.level).max() ?? 0
        out.put("level", .int(Int64(level)))
        var rows = AnswerRows(executor.watch)
        for chain in chains { try rows.append(["level": .int(Int64(chain.level)), "events": .array(taken(chain))]) }
        out.put("chains", rows.json)
        out.put("notReached", next(after: level).map { obstacle(at: $0) } ?? .null)
    }

    private mutating func chains(_ funnel: FunnelQuestion, _ starts: Range<Int64>) -> [Chain] {
        let finder = FunnelFinder(funnel, selectors: selectors)
        let classes = funnel.holdConstant.isEmpty ? nil : held.classes(history, nil)
        return finder.chains(finder.events(history, 0 ..< history.count, classes: classes), starts: starts)
    }

    /// The first step not reached that has to be, else that may be; as an index, nil at the end.
    private func next(after level: Int) -> Int? {
        let rest = level ..< funnel.steps.count
        return rest.first { !funnel.optional.contains($0) } ?? rest.first
    }

    // MARK: - What kept the person from a step

    private mutating func obstacle(at step: Int) -> JSONValue {
        var out = ObjectWriter()
        out.put("step", .int(Int64(step + 1)))
        out.put("label", .string(funnel.steps[step].title))
        guard chain(without: .several, reaching: step) != nil else {
            let bit = QuestionRun.bit(of: funnel.steps[step], in: selectors)
            let isThere = funnel.order != .unordered && history.marks.contains { $0 & bit != 0 }
            out.put("reason", isThere ? "notAfter" : "noSuchEvent")
            return out.json
        }
        for lifting in FunnelLifting.allCases {
            guard let chain = chain(without: lifting, reaching: step) else { continue }
            out.put("reason", .string(lifting.rawValue))
            if chain.events[step] >= 0 { out.put("event", event(chain.events[step])) }
            if lifting == .excluded { out.put("excludedBy", exclusion(of: chain)) }
            if lifting == .differs { writeDifference(of: chain, to: &out) }
            break
        }
        return out.json
    }

    /// The furthest chain of the funnel without a condition, if it reaches the step; of several the first.
    private mutating func chain(without lifting: FunnelLifting, reaching step: Int) -> Chain? {
        let found = chains(lifting.lifted(funnel), lifting.lifted(starts))
        guard let level = found.map(\.level).max(), level > step else { return nil }
        return found.first { $0.level == level }
    }

    /// The first event that lies between the two steps of an exclusion that it matches.
    private func exclusion(of chain: Chain) -> JSONValue {
        for index in 0 ..< history.count {
            for exclusion in funnel.exclusions {
                let isUnordered = funnel.order == .unordered
                let (first, last) =
                    isUnordered ? (chain.start, chain.end) : (chain.events[exclusion.from], chain.events[exclusion.to])
                let bit = QuestionRun.bit(of: exclusion.selector, in: selectors)
                if first >= 0, last >= 0, history.marks[index] & bit != 0, lies(index, between: first, and: last) {
                    return event(index)
                }
            }
        }
        return .null
    }

    private func lies(_ index: Int, between first: Int, and last: Int) -> Bool {
        if funnel.sameTime == .arrival { return first < index && index < last }
        let time = history.timestamps[index]
        return history.timestamps[first] < time && time < history.timestamps[last]
    }

    /// The first event whose value held constant is another one than the chain's first event's.
    private func writeDifference(of chain: Chain, to out: inout ObjectWriter) {
        var finder = GroupFinder(funnel.holdConstant.map { .property($0) }, executor: executor)
        func values(_ index: Int) -> [JSONValue] {
            // First the numbers: finding them may teach the finder new values.
            let numbers = finder.numbers(part: history.parts[index], row: history.rows[index])
            return finder.values(numbers)
        }
        let first = values(chain.start)
        for index in chain.path {
            let other = values(index)
            guard let place = funnel.holdConstant.indices.first(where: { first[$0] != other[$0] }) else { continue }
            out.put("property", .string(funnel.holdConstant[place]))
            out.put("values", .array([first[place], other[place]]))
            return
        }
    }

    // MARK: - Events

    private func taken(_ chain: Chain) -> [JSONValue] {
        chain.events.enumerated().filter { $0.element >= 0 }.map { step, index in
            var out = ObjectWriter()
            out.put("step", .int(Int64(step + 1)))
            write(index, to: &out)
            return out.json
        }
    }

    private func event(_ index: Int) -> JSONValue {
        var out = ObjectWriter()
        write(index, to: &out)
        return out.json
    }

    private func write(_ index: Int, to out: inout ObjectWriter) {
        let call = executor.snapshot.parts[Int(history.parts[index])].call(at: Int(history.rows[index]))
        out.put("event", call.event.map { .string($0) })
        out.put("timestamp", .string(call.timestamp.rfc3339))
        out.put("arrival", .int(Int64(clamping: history.arrivals[index])))
        out.put("messageId", .string(call.messageID))
    }
}
