import Dispatch
import EventStore
import Model
import TestSupport
import Testing

@testable import Questions

@Suite("Stopping a question") struct QuestionWatchTests {
    /// Many people with one event each.
    private func executor(people count: Int) throws -> Executor {
        let at = Instant(microseconds: RandomWorld.start)
        let calls = (0 ..< count).map { index in
            var call = Call(type: .track, messageID: "m\(index)", timestamp: at, receivedAt: at, source: SourceID(text: "src_test"))
            call.userID = "u\(index)"
            call.event = "A"
            return (call: call, identities: [Identity(type: .userID, value: "u\(index)")])
        }
        let snapshot = StoreSnapshot(calls: calls)
        let people = OnePersonEach(persons: (0 ..< UInt32(count)).map { $0 })
        let calendar = ZoneCalendar(zone: try TimeZoneTable(identifier: "UTC"))
        return Executor(snapshot: snapshot, population: people, calendar: calendar, now: at)
    }

    private static let questions: [JSONValue] = [
        ["kind": "trend", "series": [["selector": ["event": "A"]]]],
        ["kind": "funnel", "steps": [["event": "A"], ["any": true]], "window": "1d"],
        ["kind": "count", "who": ["did": ["event": "A"]]],
        ["kind": "trend", "series": [["selector": ["event": "A"]]], "by": "account"],
        ["kind": "trend", "series": [["selector": ["event": "A"]]], "by": "session"],
        ["kind": "retention", "start": ["any": true], "return": ["any": true]],
        ["kind": "paths"], ["kind": "drivers", "target": ["event": "A"], "lookback": "1d"],
    ]

    private func problem(_ json: JSONValue, _ watch: QuestionWatch) throws -> Problem? {
        var executor = try executor(people: 2_000)
        executor.watch = watch
        let question = try Question(json: json)
        let outcome = Result { () throws(Problem) in try executor.answer(question) }
        guard case .failure(let problem) = outcome else { return nil }
        return problem
    }

    @Test("A question that nobody waits for is given up", arguments: questions)
    func cancelled(json: JSONValue) throws {
        let watch = QuestionWatch()
        watch.cancel()
        let problem = try problem(json, watch)
        #expect(problem?.code == .questionCancelled && problem?.status == 408)
    }

    @Test("A question that takes longer than it may is refused and says what to do", arguments: questions)
    func late(json: JSONValue) throws {
        let problem = try problem(json, QuestionWatch(limit: .zero))
        #expect(problem?.code == .timeLimit && problem?.status == 422)
        #expect(problem?.message.contains("shorter range") == true)
    }

    @Test("A watch with time left changes no answer", arguments: questions)
    func early(json: JSONValue) throws {
        #expect(try problem(json, QuestionWatch(limit: .seconds(600))) == nil)
    }

    @Test("A pass reads no further after it is stopped")
    func readsNoFurther() throws {
        let watch = QuestionWatch()
        var executor = try executor(people: 5_000)
        executor.watch = watch
        let present = Present(instant: executor.now, calendar: executor.calendar)
        let scan = executor.scan([Selector(names: ["A"])], at: present, asOf: nil)
        let (stopped, _) = scan.run { CancellingTally(watch: watch, after: 300) }
        // 300 people, and no more than are read between two looks.
        #expect((300 ... 300 + 256).contains(stopped.count))
    }
}

/// Cancels after a number of people.
private struct CancellingTally: Tally {
    let watch: QuestionWatch
    let after: Int
    var count = 0

    init(watch: QuestionWatch, after: Int) {
        self.watch = watch
        self.after = after
    }

    mutating func add(_ unit: CountedUnit, _ history: borrowing History) {
        count += 1
        if count == after { watch.cancel() }
    }

    var byteCount: Int { 0 }

    mutating func merge(_ other: CancellingTally) { count += other.count }
}

/// Every identity is a person.
private struct OnePersonEach: Population {
    let persons: [UInt32]
    var personOfIdentity: [UInt32] { persons }
    func ties(ofRole role: RelationshipRole, at instant: Instant) -> [Tie] { [] }
    func identities(of person: UInt32) -> [UInt32] { [person] }
    func knownIdentities(of person: UInt32) -> [Identity] { [] }
    func trait(_ key: String, of person: UInt32) -> JSONValue? { nil }
    func members(ofRole role: String, at instant: Instant) throws(Problem) -> PersonSet? { nil }
    func consenting(to purpose: String) -> PersonSet { PersonSet() }
    func seen(by instant: Instant) -> PersonSet { PersonSet(persons) }
    func accounts(of person: UInt32) -> [String] { [] }
    func members(ofAccount account: String) -> [UInt32] { [] }
}
