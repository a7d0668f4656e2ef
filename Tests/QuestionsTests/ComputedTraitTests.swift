import Columns
import EventStore
import Model
import TestSupport
import Testing

@testable import Questions

@Suite("Computed traits") struct ComputedTraitTests {
    private let calendar: ZoneCalendar

    init() throws { calendar = ZoneCalendar(zone: try TimeZoneTable(identifier: "UTC")) }

    private func call(
        _ person: String, _ date: String, _ properties: JSONValue, received: String? = nil
    ) throws -> (call: Call, identities: [Identity]) {
        func instant(_ date: String) throws -> Instant { calendar.start(of: try #require(LocalDate(text: date))) }
        var call = Call(
            type: .track, messageID: "\(person) \(date) \(properties.text)", timestamp: try instant(date),
            receivedAt: try instant(received ?? date), source: SourceID(text: "src_test"))
        call.event = "order"
        call.userID = person
        call.properties = properties
        return (call, [Identity(type: .userID, value: person)])
    }

    private func executor(
        _ calls: [(call: Call, identities: [Identity])], _ rule: JSONValue, now: String = "2026-02-01", asOf: String? = nil
    ) throws -> Executor {
        let snapshot = StoreSnapshot(calls: calls, rowsPerPart: 2)
        let asOf = try asOf.map { calendar.start(of: try #require(LocalDate(text: $0))) }
        let people = ReferencePeople(calls, table: snapshot.identities, asOf: asOf)
        let now = calendar.start(of: try #require(LocalDate(text: now)))
        var executor = Executor(snapshot: snapshot, population: people, calendar: calendar, now: now)
        executor.computedTraits = [try ComputedTrait(key: "t", rule: rule)]
        return executor
    }

    private func values(_ executor: Executor, asOf: String? = nil) throws -> [JSONValue] {
        let asOf = try asOf.map { calendar.start(of: try #require(LocalDate(text: $0))) }
        let at = asOf?.advanced(byMicroseconds: -1) ?? executor.now
        return executor.population.persons.map { executor.computedTraits(of: $0, at: at, asOf: asOf).first?.value ?? .null }
    }

    @Test(
        "Each measure is what its name says; nobody's nothing is 0 where it adds up and missing elsewhere",
        arguments: [
            ("count", [4, 1]), ("sum", [0.4, 0]), ("avg", [0.2, .null]), ("min", [0.1, .null]), ("max", [0.3, .null]),
            ("first", [0.1, .null]), ("last", ["b", .null]), ("mostFrequent", [0.1, .null]),
            ("uniqueList", [[0.1, 0.3, "b"], .null]),
            ("uniqueCount", [3, 0]),
        ] as [(String, [JSONValue])])
    func measures(measure: String, wanted: [JSONValue]) throws {
        let calls = [
            try call("ann", "2026-01-01", ["v": 0.1]), try call("ann", "2026-01-02", ["v": 0.3]),
            try call("ann", "2026-01-03", ["v": "b"]), try call("ann", "2026-01-04", ["v": ["b"]]),
            try call("bob", "2026-01-05", ["w": 1]),
        ]
        var rule: JSONValue = ["selector": ["event": "order"], "measure": .string(measure)]
        if measure != "count" { rule = rule.setting(["property"], to: "v") }
        #expect(try values(executor(calls, rule)) == wanted)
    }

    @Test("Of equally frequent values the least by bytes counts, and a sum of decimals is exact")
    func tiesAndSums() throws {
        var calls: [(call: Call, identities: [Identity])] = []
        let numbers: [JSONValue] = [1e20, 0.1, -1e20, 0.5, 0.25, 0.25]
        for (day, text) in ["b", "a", "Z", "b", "a", "Z"].enumerated() {
            calls.append(try call("ann", "2026-01-0\(day + 1)", ["v": .string(text), "n": numbers[day]]))
        }
        let frequent: JSONValue = ["selector": ["any": true], "measure": "mostFrequent", "property": "v"]
        #expect(try values(executor(calls, frequent)) == ["Z"])
        let sum: JSONValue = ["selector": ["any": true], "measure": "sum", "property": "n"]
        #expect(try values(executor(calls, sum)) == [1.1], "added one after the other the tenth would be lost")
    }

    @Test("A list holds at most 100 values, the least ones")
    func longList() throws {
        let calls = try (0 ..< 130).map { number in
            try call("ann", "2026-01-01", ["v": .int(Int64((number * 37) % 130))])
        }
        let list = try values(executor(calls, ["selector": ["any": true], "measure": "uniqueList", "property": "v"]))
        #expect(list == [.array((0 ..< 100).map { .int($0) })])
    }

    @Test("A window ends at the instant of evaluation, and as of an instant only what had been received counts")
    func windows() throws {
        let calls = [
            try call("ann", "2026-01-02", ["v": 1]), try call("ann", "2026-01-03", ["v": 2]),
            try call("ann", "2026-01-30", ["v": 4], received: "2026-02-10"), try call("ann", "2026-02-20", ["v": 8]),
        ]
        func sum(_ window: String?, now: String, asOf: String? = nil) throws -> [JSONValue] {
            var rule: JSONValue = ["selector": ["event": "order"], "measure": "sum", "property": "v"]
            if let window { rule = rule.setting(["window"], to: .string(window)) }
            return try values(executor(calls, rule, now: now, asOf: asOf), asOf: asOf)
        }
        #expect(try sum(nil, now: "2026-02-01") == [7], "nothing after the instant")
        #expect(try sum("30d", now: "2026-02-01") == [6], "the window is open at its far end: 2 January is out")
        #expect(try sum("31d", now: "2026-02-01") == [7])
        #expect(try sum("2d", now: "2026-02-20") == [8])
        #expect(try sum(nil, now: "2026-03-01", asOf: "2026-02-05") == [3], "received later")
    }

    @Test("It behaves as a trait in expressions, breakdowns and distributions, before one that is sent, and gives no hint")
    func asTrait() throws {
        var sent = try call("bob", "2026-01-01", [:])
        sent.call.type = .identify
        sent.call.event = nil
        sent.call.traits = ["t": "sent"]
        let calls = [sent, try call("ann", "2026-01-02", [:]), try call("ann", "2026-01-03", [:])]
        let executor = try executor(calls, ["selector": ["event": "order"], "measure": "count"])
        func answer(_ json: JSONValue) throws -> Answer { try executor.answer(Question(json: json)) }
        let count = try answer(["kind": "count", "who": ["trait": "t", "op": ">=", "value": 2]])
        #expect(count.body["count"] == 1 && count.hints.isEmpty)
        #expect(try answer(["kind": "count", "who": ["trait": "t", "op": "=", "value": 0]]).body["count"] == 1)
        #expect(try answer(["kind": "count", "who": ["trait": "t", "op": "=", "value": "sent"]]).body["count"] == 0)
        let trend = try answer([
            "kind": "trend", "series": [["selector": ["event": "order"], "measure": "total"]], "breakdown": [["trait": "t"]],
            "range": ["from": "2026-01-01", "to": "2026-02-01"], "interval": "year",
        ])
        #expect(trend.body["rows"]?.arrayValue?.map { $0["value"] } == [[2]])
        let spread = try answer(["kind": "distribution", "of": [["trait": "t"]]])
        #expect(spread.body["rows"]?.arrayValue?.map { $0["value"] } == [0, 2])
    }

    @Test("A rule is read back as it was written")
    func roundTrip() throws {
        let rule: JSONValue = [
            "selector": ["events": ["a", "b"], "where": ["property": "v", "op": ">", "value": 1]], "measure": "uniqueList",
            "property": "v", "window": "90d",
        ]
        let trait = try ComputedTrait(key: "k", rule: rule)
        #expect(trait.rule.canonical == rule.canonical)
        #expect(try ComputedTrait(key: "k", rule: trait.rule) == trait)
    }

    @Test(
        "What is wrong with a rule is refused with its place",
        arguments: [
            (#"{"measure":"count"}"#, "/selector"), (#"{"selector":{"any":true}}"#, "/measure"),
            (#"{"selector":{"any":true},"measure":"median"}"#, "/measure"), (#"{"selector":{"any":true},"measure":7}"#, "/measure"),
            (#"{"selector":{"any":true},"measure":"sum"}"#, "/property"),
            (#"{"selector":{"any":true},"measure":"sum","property":""}"#, "/property"),
            (#"{"selector":{"any":true},"measure":"count","property":"v"}"#, "/property"),
            (#"{"selector":{"any":true},"measure":"count","window":"0d"}"#, "/window"),
            (#"{"selector":{"any":true},"measure":"count","window":"36500d"}"#, "/window"),
            (#"{"selector":{"any":true},"measure":"count","window":"1mo"}"#, "/window"),
            (#"{"selector":{"any":true},"measure":"count","window":30}"#, "/window"),
            (#"{"selector":{"event":""},"measure":"count"}"#, "/selector/event"),
            (#"{"selector":{"any":true,"where":{"property":"v","op":"~"}},"measure":"count"}"#, "/selector/where/op"),
            (#"{"selector":{"any":true},"measure":"count","key":"t"}"#, "/key"), (#"[]"#, ""),
        ])
    func refused(rule: String, place: String) throws {
        let rule = try JSONParser.parse(Array(rule.utf8))
        let problem = try #require(throws: Problem.self) { try ComputedTrait(key: "t", rule: rule) }
        #expect(problem.code == .badQuestion && problem.place == place, "\(problem)")
    }

    @Test("A key is short, plain and without dots", arguments: ["", "a.b", "a\nb", String(repeating: "k", count: 201)])
    func keys(key: String) throws {
        let problem = try #require(throws: Problem.self) {
            try ComputedTrait(key: key, rule: ["selector": ["any": true], "measure": "count"])
        }
        #expect(problem.place == "/key")
    }

    @Test("A pass that was stopped is refused and its column not kept")
    func stopped() throws {
        let calls = try (0 ..< 50).map { try call("p\($0)", "2026-01-01", ["v": 1]) }
        var executor = try executor(calls, ["selector": ["any": true], "measure": "sum", "property": "v"])
        let watch = QuestionWatch(limit: .seconds(60), memory: QuestionMemory())
        watch.cancel()
        executor.watch = watch
        #expect(throws: Problem.self) {
            try executor.answer(Question(json: ["kind": "count", "who": ["trait": "t", "op": ">", "value": 0]]))
        }
    }
}
