import Dispatch
import EventStore
import Model
import Synchronization
import TestSupport
import Testing

@testable import Questions

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite("The memory of questions") struct QuestionMemoryTests {
    /// Many people, each with values, a trait and an account of their own.
    private static let wide = WideWorld(people: 20_000)
    private static let narrow = WideWorld(people: 4)
    private static let mebibyte = 1 << 20

    /// What holds more and more as people and values come: each kind, each kind of breakdown, each unit.
    private static let hungry: [JSONValue] = [
        ["kind": "count", "by": "account"], ["kind": "count", "list": true],
        ["kind": "count", "who": ["account": ["match": "any", "of": ["everyone": true]]]], trend,
        ["kind": "trend", "series": [["selector": ["any": true], "measure": ["median": "amount"]]]],
        ["kind": "trend", "series": [["selector": ["any": true], "measure": ["avg": "amount"]]]],
        [
            "kind": "trend", "series": [["selector": ["any": true], "measure": ["sum": "amount"]]],
            "breakdown": [["trait": "plan"], ["property": "value"]],
        ],
        [
            "kind": "trend", "series": [["selector": ["any": true]]], "interval": "day", "by": "session",
            "breakdown": [["property": "value"]],
        ],
        ["kind": "trend", "series": [["selector": ["any": true]]], "interval": "day", "by": "account"],
        ["kind": "funnel", "steps": [["event": "A"], ["event": "B"]], "window": "1d"],
        ["kind": "funnel", "steps": [["event": "A"], ["event": "B"]], "window": "1d", "breakdown": [["property": "value"]]],
        [
            "kind": "funnel", "steps": [["event": "A"], ["event": "B"]], "window": "1d", "breakdown": [["property": "value"]],
            "attribution": "allSteps",
        ], ["kind": "funnel", "steps": [["event": "A"], ["event": "B"]], "window": "1d", "holdConstant": ["value"]],
        [
            "kind": "retention", "start": ["event": "A"], "return": ["any": true], "interval": "day", "periods": 3,
            "breakdown": [["property": "value"]],
        ], ["kind": "lifecycle", "selector": ["any": true], "breakdown": [["property": "value"]]],
        ["kind": "stages", "interval": "month", "breakdown": [["trait": "plan"]]],
        ["kind": "stickiness", "selector": ["any": true], "breakdown": [["trait": "plan"]]],
        ["kind": "timeToConvert", "steps": [["event": "A"], ["event": "B"]], "window": "1d"], ["kind": "paths"],
        ["kind": "rfm", "selector": ["any": true], "value": "amount"],
        ["kind": "rfm", "selector": ["any": true], "value": "amount", "list": true, "method": "kmeans"],
        [
            "kind": "attribution", "conversion": ["event": "B"], "touch": ["property": "value"], "lookback": "1d",
            "model": "linear",
        ], ["kind": "distribution", "of": [["trait": "plan"]]], ["kind": "distribution", "of": [["property": "value"]]],
        ["kind": "drivers", "target": ["event": "B"], "lookback": "1d", "properties": ["value"]],
        ["kind": "timeline", "person": "p_0"],
    ]

    private static let trend: JSONValue = [
        "kind": "trend", "series": [["selector": ["any": true]]], "interval": "day", "breakdown": [["property": "value"]],
    ]

    private func answer(
        _ json: JSONValue, in world: WideWorld = wide, _ watch: QuestionWatch?, workers: Int = 1
    ) throws -> Result<String, Problem> {
        var executor = try world.executor(workers: workers)
        executor.watch = watch
        let question = try Question(json: json)
        return Result { () throws(Problem) in try executor.answer(question).body.text }
    }

    /// A pool of which nothing is free.
    private func pool(question: Int = 1 << 40, total: Int = 1 << 40) -> QuestionMemory {
        QuestionMemory(questionBytes: question, totalBytes: total, freeBytes: 0)
    }

    @Test("Every kind of question is among those that are tried")
    func kinds() {
        #expect(Set(QuestionMemoryTests.hungry.compactMap { $0["kind"]?.stringValue }) == Set(Question.Kind.names))
    }

    @Test(
        "A question that needs more than it may is refused, gives all back, and is answered where there is room", arguments: hungry)
    func limit(json: JSONValue) throws {
        for workers in [1, 2] {
            let small = pool(question: 1 << 16)
            #expect {
                try answer(json, QuestionWatch(memory: small), workers: workers).get()
            } throws: { error in
                let problem = error as? Problem
                return problem?.code == .memoryLimit && problem?.status == 422 && problem?.place == nil
            }
            #expect(small.takenBytes == 0)
            // Over few people and values the same question needs less.
            #expect(throws: Never.self) {
                try answer(json, in: QuestionMemoryTests.narrow, QuestionWatch(memory: small), workers: workers).get()
            }
            let large = pool()
            #expect(try answer(json, QuestionWatch(memory: large), workers: workers) == answer(json, nil))
            #expect(small.takenBytes == 0 && large.takenBytes == 0)
        }
    }

    @Test("The refusal says how much it may be and what to do")
    func message() throws {
        let watch = QuestionWatch(memory: QuestionMemory(questionBytes: 2 << 20))
        guard case .failure(let problem) = try answer(QuestionMemoryTests.trend, watch) else {
            Issue.record("answered")
            return
        }
        #expect(
            problem.message
                == "The question needs more than 2 MiB of memory, which is the limit. "
                + "Ask about a shorter range or fewer people, or leave out a breakdown.")
    }

    @Test("What is stopped for another reason gives all back, too", arguments: hungry)
    func stopped(json: JSONValue) throws {
        let memory = pool()
        let cancelled = QuestionWatch(memory: memory)
        cancelled.cancel()
        for watch in [
            cancelled, QuestionWatch(limit: .zero, memory: memory), QuestionWatch(limit: .milliseconds(5), memory: memory),
        ] {
            if case .failure(let problem) = try answer(json, watch) {
                #expect(problem.code == .questionCancelled || problem.code == .timeLimit)
            }
            #expect(memory.takenBytes == 0)
        }
    }

    @Test(
        "A limit that is not reached changes no answer, and one that is leaves nothing behind",
        arguments: 0 ..< 200 as Range<UInt64>)
    func randomWorlds(seed: UInt64) throws {
        let world = try RandomWorld(seed: seed)
        var random = SplitMix64(seed: seed)
        let snapshot = StoreSnapshot(calls: world.calls, rowsPerPart: 50)
        let json = world.question(using: &random)
        let question = try Question(json: json)
        let people = ReferencePeople(world.calls, table: snapshot.identities, asOf: question.asOf(in: world.calendar))
        var executor = Executor(snapshot: snapshot, population: people, calendar: world.calendar, now: world.now)
        executor.split.peoplePerRange = 2
        executor.split.eventsWorthAThread = 0
        let wanted = Result { () throws(Problem) in try executor.answer(question).body.text }
        for bytes in [1 << 8, 1 << 14, 1 << 16, 1 << 40] {
            let memory = pool(question: bytes)
            executor.watch = QuestionWatch(memory: memory)
            let got = Result { () throws(Problem) in try executor.answer(question).body.text }
            if case .failure(let problem) = got, problem.code == .memoryLimit {
                #expect(bytes < 1 << 40, "\(json.text)")
            } else {
                #expect(got == wanted, "\(json.text)")
            }
            #expect(memory.takenBytes == 0)
        }
    }

    // MARK: - Several at once

    @Test("Of two questions that each need nearly all, one is answered; small ones are all along, and all is given back")
    func twoAtOnce() throws {
        let json = QuestionMemoryTests.trend
        // The least power of two that holds the question holds no two of them.
        var bytes = QuestionMemoryTests.mebibyte
        while case .failure = try answer(json, QuestionWatch(memory: pool(question: bytes)), workers: 2) { bytes *= 2 }
        let wanted = try answer(json, nil)
        let small: JSONValue = ["kind": "count", "who": ["did": ["event": "B"]]]
        let smallWanted = try answer(small, nil)
        for _ in 0 ..< 5 {
            let memory = QuestionMemory(questionBytes: bytes, totalBytes: bytes, freeBytes: QuestionMemoryTests.mebibyte)
            let outcomes = Mutex<[Result<String, Problem>]>([])
            let ask: @Sendable () throws -> Void = {
                let outcome = try answer(json, QuestionWatch(memory: memory), workers: 2)
                outcomes.withLock { $0.append(outcome) }
            }
            let askSmall: @Sendable () throws -> Void = {
                while outcomes.withLock({ $0.count }) < 2 {
                    let outcome = try answer(small, QuestionWatch(memory: memory))
                    #expect(outcome == smallWanted)
                }
            }
            try together([ask, ask, askSmall])
            let answered = outcomes.withLock { $0.filter { $0 == wanted }.count }
            #expect(answered >= 1)
            for case .failure(let problem) in outcomes.withLock({ $0 }) {
                #expect(problem.code == .overloaded && problem.status == 503 && problem.retryAfterSeconds == 2)
            }
            #expect(memory.takenBytes == 0)
        }
    }

    /// Runs each on a thread of its own, and waits for all.
    private func together(_ works: [@Sendable () throws -> Void]) throws {
        let problems = Mutex<[any Error]>([])
        let group = DispatchGroup()
        for (number, work) in works.enumerated() {
            DispatchQueue(label: "together \(number)").async(group: group) {
                do { try work() } catch { problems.withLock { $0.append(error) } }
            }
        }
        group.wait()
        if let first = problems.withLock({ $0.first }) { throw first }
    }

    @Test("A question that finds the memory used up is told to come again, and harms nobody")
    func usedUp() throws {
        let memory = pool(total: 4 << 20)
        let other = QuestionWatch(memory: memory)
        try other.hold(4 << 20)
        #expect {
            try answer(QuestionMemoryTests.trend, in: QuestionMemoryTests.narrow, QuestionWatch(memory: memory)).get()
        } throws: { error in
            let problem = error as? Problem
            return problem?.code == .overloaded && problem?.status == 503 && problem?.retryAfterSeconds == 2
        }
        #expect(memory.takenBytes == 4 << 20 && !other.isOver)
        other.giveBack(to: 0)
        #expect(throws: Never.self) {
            try answer(QuestionMemoryTests.trend, in: QuestionMemoryTests.narrow, QuestionWatch(memory: memory)).get()
        }
        #expect(memory.takenBytes == 0)
    }

    @Test("A question waits for the room that a refused one leaves, unless it is over itself")
    func waits() throws {
        let memory = pool(total: 4 << 20)
        let (refused, waiting, given) = (
            QuestionWatch(memory: memory), QuestionWatch(memory: memory), QuestionWatch(memory: memory)
        )
        try refused.hold(2 << 20)
        try waiting.hold(1 << 20)
        try given.hold(1 << 20)
        #expect(throws: Problem.self) { try refused.hold(1 << 20) }
        let isThere = Mutex(false)
        try together([
            {
                try waiting.hold(2 << 20)
                isThere.withLock { $0 = true }
            },
            {
                #expect { try given.hold(2 << 20) } throws: { ($0 as? Problem)?.code == .questionCancelled }
            },
            {
                usleep(20_000)
                #expect(!isThere.withLock { $0 })
                given.cancel()
                usleep(20_000)
                #expect(!isThere.withLock { $0 })
                refused.giveBack(to: 0)
            },
        ])
        #expect(isThere.withLock { $0 } && memory.takenBytes == 4 << 20)
        waiting.giveBack(to: 0)
        given.giveBack(to: 0)
        #expect(memory.takenBytes == 0)
    }
}

/// People with two events each, one with many, and events of nobody; each with a value of its own.
private struct WideWorld: Sendable {
    private let snapshot: StoreSnapshot
    private let population: OneAccountEach
    private static let now = Instant(microseconds: RandomWorld.start + 2 * .microsecondsPerDay)

    init(people count: Int) {
        var calls: [(call: Call, identities: [Identity])] = []
        func add(_ person: Int?, _ event: String, _ number: Int, of many: Int = 1) {
            let at = Instant(microseconds: RandomWorld.start + Int64(number) * .microsecondsPerSecond / Int64(many))
            var call = Call(
                type: .track, messageID: "m\(calls.count)", timestamp: at, receivedAt: at, source: SourceID(text: "src_test"))
            call.userID = person.map { "u\($0)" }
            call.event = event
            call.properties = ["value": .string("a value of its own, \(calls.count)"), "amount": .double(Double(number) + 0.25)]
            call.context = ["groupId": .string("an account of its own, \(person ?? -1)")]
            calls.append((call, person.map { [Identity(type: .userID, value: "u\($0)")] } ?? []))
        }
        for person in 0 ..< count { add(person, "A", person) }
        // Names of events of their own, for the paths between them.
        for person in 0 ..< count { add(person, person % 10 == 9 ? "B of \(person)" : "B", person + 60) }
        for number in 0 ..< count / 2 { add(0, "C", count + number, of: 10) }
        for number in 0 ..< count / 2 { add(nil, "D", number) }
        snapshot = StoreSnapshot(calls: calls, rowsPerPart: count)
        population = OneAccountEach(persons: (0 ..< UInt32(count)).map { $0 })
    }

    func executor(workers: Int) throws -> Executor {
        let calendar = ZoneCalendar(zone: try TimeZoneTable(identifier: "UTC"))
        var executor = Executor(
            snapshot: snapshot, population: population, calendar: calendar, now: WideWorld.now, threads: workers)
        executor.split.eventsWorthAThread = 0
        return executor
    }
}

/// Every identity is a person with a trait and an account of its own.
private struct OneAccountEach: Population {
    let persons: [UInt32]
    var personOfIdentity: [UInt32] { persons }
    func ties(ofRole role: RelationshipRole, at instant: Instant) -> [Tie] { [] }
    func identities(of person: UInt32) -> [UInt32] { [person] }
    func knownIdentities(of person: UInt32) -> [Identity] { [] }
    func trait(_ key: String, of person: UInt32) -> JSONValue? { .string("a plan of their own, \(person)") }
    func members(ofRole role: String, at instant: Instant) throws(Problem) -> PersonSet? { PersonSet() }
    func consenting(to purpose: String) -> PersonSet { PersonSet() }
    func seen(by instant: Instant) -> PersonSet { PersonSet(persons) }
    func accounts(of person: UInt32) -> [String] { ["an account of its own, \(person)"] }
    func members(ofAccount account: String) -> [UInt32] { [] }
}
