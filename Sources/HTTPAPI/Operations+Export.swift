internal import EventStore
internal import Hummingbird
internal import Intake
internal import Model
internal import People
internal import Questions
internal import Records
internal import Workspaces

extension APIOperation {
    static let exportOperations = [exportEvents, exportPeople]

    private static let format = APIParameter.word("format", "ndjson when it is left out.", ExportFormat.allCases.map(\.rawValue))

    /// How events are exported.
    private enum EventsFormat: String, CaseIterable, Sendable { case ndjson, csv, teahouse }

    private static let exportEvents = APIOperation(
        method: .get, path: "/api/v1/export/events", id: "exportEvents", tag: "Export",
        summary: "Every call in the order of arrival; importing them into an empty workspace makes the same workspace.",
        access: .key(.read),
        parameters: [
            .word(
                "format", "ndjson when it is left out; teahouse is the archive that `teahouse import` loads.",
                EventsFormat.allCases.map(\.rawValue)), .why,
        ],
        answerType: "application/x-ndjson", otherAnswerTypes: ["text/csv", "application/octet-stream"]
    ) { call throws(Problem) in
        let word = try call.word("format", EventsFormat.self) ?? .ndjson
        let store = try await call.open().store
        try await call.note(Reading(.events, of: [], word.rawValue))
        guard let format = ExportFormat(rawValue: word.rawValue) else {
            let archive = store.archive()
            let pieces = APIPieces(type: "application/octet-stream", count: archive.callCount) {
                var archive = archive
                return { archive.next() }
            }
            return APIAnswer(body: .pieces(pieces))
        }
        let snapshot = store.snapshot()
        return .pieces(format, count: snapshot.eventCount) {
            var export = EventExport(snapshot, format: format)
            return { export.next() }
        }
    }

    private static let exportPeople = APIOperation(
        method: .get, path: "/api/v1/export/people", id: "exportPeople", tag: "Export",
        summary: "Everybody, or who consents to a purpose, with identities, roles, traits and what they brought.",
        access: .key(.read), parameters: [format, .purpose, .why],
        answerType: "application/x-ndjson", otherAnswerTypes: ["text/csv"]
    ) { call throws(Problem) in
        let format = try call.word("format", ExportFormat.self) ?? .ndjson
        let workspace = try await call.open()
        let purpose = try workspace.purpose(call.query["purpose"], at: "?purpose")
        let (export, count) = try await workspace.look { view throws(Problem) in
            let count = purpose.map { view.population.consenting(to: $0).count } ?? view.everybody
            return (PeopleExport(view, PeopleQuery(purpose: purpose), format: format), count)
        }
        let detail = purpose.map { ", purpose = \($0)" } ?? ""
        try await call.note(Reading(.peopleExported, of: [], "\(count) people, \(format.rawValue)\(detail)"))
        return .pieces(format, count: count) {
            var export = export
            return { try export.next() }
        }
    }
}

extension APIAnswer {
    fileprivate static func pieces(
        _ format: ExportFormat, count: Int, _ start: @escaping @Sendable () -> () throws -> [UInt8]?
    ) -> APIAnswer {
        let type = format == .csv ? "text/csv; charset=utf-8" : "application/x-ndjson"
        return APIAnswer(body: .pieces(APIPieces(type: type, count: count, start: start)))
    }
}
