import Columns
import EventStore
import FoundationEssentials
import Model
import OrderedCollections
import Questions
import TestSupport
import Testing

enum ConformanceCases {
    /// Without the shared folder the suite is left out, but not in continuous integration.
    static let shouldRun = SharedFiles.areHere || ProcessInfo.processInfo.environment["CI"] != nil
}

/// The shared conformance cases, in process, where they do not rest on identity rules (those run over HTTP).
@Suite("Conformance cases in process", .enabled(if: ConformanceCases.shouldRun, "the shared cases are not beside this clone"))
struct ConformanceTests {
    /// The areas whose cases must all pass.
    private static let areas = [
        "funnel", "exclusion", "breakdown", "trend", "expression", "operators", "refusal", "time", "asof", "accounts",
        "retention",
        "lifecycle",
        "stickiness",
        "timeToConvert",
        "drivers",
        "distribution",
        "attribution",
        "rfm",
        "paths",
    ]
    private static let builtKinds = [
        "count", "trend", "funnel", "timeline",
        "retention",
        "lifecycle",
        "stickiness",
        "timeToConvert",
        "drivers",
        "distribution",
        "attribution",
        "rfm",
        "paths",
    ]

    @Test("Cases of what is built agree", arguments: areas)
    func casesAgree(area: String) throws {
        let cases = try JSONParser.parse(SharedFiles.bytes("conformance/cases/\(area).json")).arrayValue ?? []
        var asked = 0
        for entry in cases {
            for ask in entry["asks"]?.arrayValue ?? [] {
                guard let json = ConformanceTests.question(ask, entry) else { continue }
                let kind = json["kind"]?.stringValue ?? ""
                guard ConformanceTests.builtKinds.contains(kind), entry["clock"] == nil else { continue }
                asked += 1
                let differences = try ConformanceTests.differences(entry, ask, json)
                #expect(differences.isEmpty, "\(entry["id"]?.text ?? ""): \(json.text)\n\(differences.joined(separator: "\n"))")
            }
        }
        #expect(asked > 0)
    }

    /// The question of an ask; expressions are asked as counts at an instant.
    private static func question(_ ask: JSONValue, _ entry: JSONValue) -> JSONValue? {
        guard let expression = ask["expression"] else { return ask["question"] }
        if let asOf = ask["asOf"] { return ["kind": "count", "who": expression, "list": true, "limit": 1000, "asOf": asOf] }
        let to = ask["at"] ?? entry["now"] ?? .null
        return [
            "kind": "count", "who": expression, "list": true, "limit": 1000, "range": ["from": "1971-01-01T00:00:00Z", "to": to],
        ]
    }

    private static func differences(_ entry: JSONValue, _ ask: JSONValue, _ json: JSONValue) throws -> [String] {
        let zone = try TimeZoneTable(identifier: entry["timezone"]?.stringValue ?? "UTC")
        let calendar = ZoneCalendar(zone: zone)
        let calls = try ConformanceHistory.calls(entry)
        let snapshot = StoreSnapshot(calls: calls, rowsPerPart: 5)
        let now = Instant(rfc3339: entry["now"]?.stringValue ?? "") ?? .epoch
        let expect = ask["expect"] ?? .null
        let outcome = Result { () throws(Problem) in try answer(json, calls, snapshot, calendar, now) }
        guard case .success(let answer) = outcome else {
            guard case .failure(let problem) = outcome else { return [] }
            let wanted = expect["refused"]?.stringValue
            return problem.place == wanted
                ? [] : ["refused at \(problem.place ?? "?"): \(problem.message); expected \(wanted ?? "an answer")"]
        }
        if let wanted = expect["refused"] { return ["an answer came, a refusal at \(wanted.text) was expected"] }
        return ConformanceComparison(calendar: calendar).differences(expect, answer)
    }
}

extension ConformanceTests {
    private static func answer(
        _ json: JSONValue, _ calls: [(call: Call, identities: [Identity])], _ snapshot: StoreSnapshot, _ calendar: ZoneCalendar,
        _ now: Instant
    ) throws(Problem) -> JSONValue {
        let question = try Question(json: json)
        let people = ReferencePeople(calls, table: snapshot.identities, asOf: question.asOf(in: calendar))
        return try Executor(snapshot: snapshot, population: people, calendar: calendar, now: now).answer(question).json
    }
}

/// The calls of a case, as intake would stamp them.
enum ConformanceHistory {
    static func calls(_ entry: JSONValue) throws -> [(call: Call, identities: [Identity])] {
        var messages: Set<String> = []
        return try (entry["timeline"]?.arrayValue ?? []).enumerated().compactMap { index, item in
            if item["rejected"] != nil { return nil }
            if let message = item["messageId"]?.stringValue, !messages.insert(message).inserted { return nil }
            let at = try #require(Instant(rfc3339: item["at"]?.stringValue ?? ""))
            let received = item["receivedAt"]?.stringValue.flatMap { Instant(rfc3339: $0) } ?? at
            let type = try #require(CallType(text: item["do"]?.stringValue ?? ""))
            var call = Call(
                type: type, messageID: "m\(index)", timestamp: at, receivedAt: received, source: SourceID(text: "src_test"))
            call.userID = item["userId"]?.stringValue
            call.anonymousID = item["anonymousId"]?.stringValue
            call.groupID = item["groupId"]?.stringValue
            call.event = type == .track ? item["event"]?.stringValue : type.isEvent ? type.text : nil
            call.name = item["name"]?.stringValue
            call.category = item["category"]?.stringValue
            call.properties = item["properties"] ?? [:]
            call.traits = item["traits"] ?? item["context"]?["traits"] ?? [:]
            call.context = item["context"] ?? [:]
            var identities: [Identity] = []
            if let id = call.userID { identities.append(Identity(type: .userID, value: id)) }
            if let id = call.anonymousID { identities.append(Identity(type: .anonymousID, value: id)) }
            return (call, identities)
        }
    }
}

/// The comparison of the kit: `expect` names only what matters.
struct ConformanceComparison {
    let calendar: ZoneCalendar
    private static let rowKeys = [
        "value", "trait", "property", "bucket", "cohort", "intervals", "touch", "unattributed", "event", "depth", "from", "to", "r",
        "f", "m",
    ]

    func differences(_ want: JSONValue, _ got: JSONValue?, at place: String = "") -> [String] {
        switch want {
        case .object(let members):
            guard let got, got.objectValue != nil else { return ["\(place): an object was expected"] }
            return members.flatMap { key, value -> [String] in
                switch key {
                case "only", "ordered": []
                case "people": people(value.arrayValue ?? [], got["people"]?.arrayValue ?? [])
                case "rows", "breakdown":
                    rows(value.arrayValue ?? [], got[key]?.arrayValue ?? [], want, "\(place)/\(key)")
                default: differences(value, got[key], at: "\(place)/\(key)")
                }
            }
        case .array(let elements):
            guard let others = got?.arrayValue, others.count == elements.count else {
                return ["\(place): \(want.text) was expected, not \(got?.text ?? "nothing")"]
            }
            return zip(elements, others).enumerated().flatMap {
                differences($0.element.0, $0.element.1, at: "\(place)/\($0.offset)")
            }
        default:
            if let one = want.doubleValue, let two = got?.doubleValue, abs(one - two) <= 1e-9 * max(1, abs(one)) { return [] }
            return want == got ?? .null ? [] : ["\(place): \(want.text) was expected, not \(got?.text ?? "nothing")"]
        }
    }

    private func people(_ want: [JSONValue], _ got: [JSONValue]) -> [String] {
        var left = got.map { person in person["identities"]?.objectValue?.values.flatMap { $0.arrayValue ?? [] } ?? [] }
        var out: [String] = []
        for name in want {
            if let hit = left.firstIndex(where: { $0.contains(name) }) {
                left.remove(at: hit)
            } else {
                out.append("\(name.text) was expected")
            }
        }
        return out + left.map { "\($0.map(\.text)) was not expected" }
    }

    /// - Parameter options: the object that may say `only` and `ordered`.
    private func rows(_ want: [JSONValue], _ got: [JSONValue], _ options: JSONValue, _ place: String) -> [String] {
        var used: Set<Int> = []
        var places: [Int] = []
        var out: [String] = []
        for row in want {
            let keys = ConformanceComparison.rowKeys.filter { row[$0] != nil }
            let hit = got.indices.first { index in
                !used.contains(index) && keys.allSatisfy { differs(row[$0] ?? .null, got[index][$0], $0) == false }
            }
            guard let hit else {
                if !isZero(row) { out.append("\(place): no row \(row.text)") }
                continue
            }
            used.insert(hit)
            places.append(hit)
            if case .object(let members) = row {
                for (key, value) in members where !keys.contains(key) {
                    out += differences(value, got[hit][key], at: "\(place)/\(hit)/\(key)")
                }
            }
        }
        if options["ordered"] != nil, places != places.sorted() { out.append("\(place): wrong order") }
        if options["only"] != nil {
            out += got.indices.filter { !used.contains($0) && !isZero(got[$0]) }.map {
                "\(place): \(got[$0].text) was not expected"
            }
        }
        return out
    }

    private func differs(_ want: JSONValue, _ got: JSONValue?, _ key: String) -> Bool {
        if key == "bucket" || key == "cohort", let one = want.stringValue, let two = got?.stringValue {
            return Moment(text: one)?.resolved(in: calendar) != Moment(text: two)?.resolved(in: calendar)
        }
        return !differences(want, got).isEmpty
    }

    private func isZero(_ value: JSONValue) -> Bool {
        switch value {
        case .object(let members):
            members.allSatisfy { (ConformanceComparison.rowKeys + ["label"]).contains($0.key) || isZero($0.value) }
        case .array(let elements): elements.allSatisfy(isZero)
        default: value.doubleValue == nil || value.doubleValue == 0
        }
    }
}
