internal import Columns
internal import Hummingbird
internal import Model
internal import OrderedCollections
internal import People
internal import Questions
internal import Records
internal import Workspaces

extension APIOperation {
    static let stageOperations = [readStages, changeStages, previewStages, restoreStages, readPersonStages]

    private static let wish: JSONValue = [
        "type": "object", "required": ["stages"], "additionalProperties": false, "properties": ["stages": APISchema.stageList],
    ]

    private static let readStages = APIOperation(
        method: .get, path: "/api/v1/stages", id: "readStages", tag: "Stages",
        summary: "The stages of the life cycle by which questions are answered, first to last, each with its rule.",
        access: .key(.read), answer: APISchema.reference("Stages")
    ) { call throws(Problem) in .json(try call.directory.settings(of: try call.workspace).stagesJSON) }

    private static let changeStages = APIOperation(
        method: .put, path: "/api/v1/stages", id: "changeStages", tag: "Stages",
        summary: "Put other stages in force, for every answer from then on.", access: .key(.manage), body: wish,
        answer: APISchema.reference("Stages"), problems: [422], isCommand: true
    ) { call throws(Problem) in
        let (scheme, workspace) = (try stages(call), try call.workspace)
        // A rule that cannot be judged is refused before it holds.
        _ = try await call.open().preview(scheme)
        return try await call.command(
            status: 200, { planner throws(Problem) in try planner.changedStages(workspace, scheme) }, { $0.stagesAnswer })
    }

    private static let previewStages = APIOperation(
        method: .post, path: "/api/v1/stages/preview", id: "previewStages", tag: "Stages",
        summary: "Where everybody stands now and would stand by other stages; nothing is changed.", access: .key(.read),
        body: wish, answer: APISchema.reference("StagePreview"), problems: [422]
    ) { call throws(Problem) in .json(try await call.open().preview(try stages(call)).json) }

    private static let restoreStages = APIOperation(
        method: .delete, path: "/api/v1/stages", id: "restoreStages", tag: "Stages",
        summary: "Put the standard stages in force again.", access: .key(.manage), answer: APISchema.reference("Stages"),
        isCommand: true
    ) { call throws(Problem) in
        let workspace = try call.workspace
        return try await call.command(
            status: 200, { planner throws(Problem) in try planner.changedStages(workspace, nil) }, { $0.stagesAnswer })
    }

    private static let readPersonStages = APIOperation(
        method: .get, path: "/api/v1/people/{id}/stages", id: "readPersonStages", tag: "Stages",
        summary: "One person's moves between the stages, each with its instant and its calls, and the time spent in each.",
        access: .key(.read), answer: APISchema.reference("StageHistory"), problems: [404, 422]
    ) { call throws(Problem) in
        let id = call.path["id"] ?? ""
        let workspace = try await call.open()
        return .json(
            try await workspace.look { view throws(Problem) in
                let person = try person(id, view)
                guard let history = try workspace.stageHistory(of: person, in: view) else { throw unknownPerson(id) }
                return history.json(of: person, in: view)
            })
    }

    private static func stages(_ call: APICall) throws(Problem) -> StageScheme {
        let json = try call.json()
        _ = try ObjectReader(json, known: ["stages"])
        guard let stages = json["stages"] else {
            throw Problem(Problem.Code("missing_member"), "\"stages\" is missing: a list of stages.", place: "/stages")
        }
        return try StageScheme(json: stages, place: "/stages")
    }
}

extension Workspace {
    fileprivate var stagesJSON: JSONValue {
        get throws(Problem) {
            let own = try stages.map { text throws(Problem) in try JSONParser.parse(text.utf8) }
            return ["standard": .bool(own == nil), "stages": own ?? StageScheme.standard.json]
        }
    }

    /// As ``stagesJSON``, of what was just written.
    fileprivate var stagesAnswer: JSONValue { (try? stagesJSON) ?? .null }
}

extension StagePreview {
    fileprivate var json: JSONValue {
        [
            "people": .int(Int64(peopleCount)), "moved": .int(Int64(movedCount)),
            "cells": .array(
                cells.map { cell in
                    [
                        "now": cell.from.map { .string($0) } ?? .null, "then": cell.to.map { .string($0) } ?? .null,
                        "count": .int(Int64(cell.count)),
                    ]
                }),
        ]
    }
}

extension StageHistory {
    fileprivate func json(of person: PersonID, in view: PeopleView) -> JSONValue {
        [
            "person": .string(person.text), "stage": current.map { .string($0.stage) } ?? .null,
            "since": current.map { .string($0.since.rfc3339) } ?? .null,
            "moves": .array(
                moves.map { move in
                    [
                        "from": move.from.map { .string($0) } ?? .null, "to": move.to.map { .string($0) } ?? .null,
                        "at": .string(move.at.rfc3339), "cause": .string(move.arrivals.isEmpty ? "time" : "call"),
                        "calls": .array(
                            move.arrivals.map { arrival in
                                let call = view.call(arrival: arrival, of: person)
                                return [
                                    "arrival": .int(Int64(clamping: arrival)), "type": call.map { .string($0.type.text) } ?? .null,
                                    "event": call?.event.map { .string($0) } ?? .null,
                                ]
                            }),
                    ]
                }),
            "stays": .array(
                stays.map { stay in
                    [
                        "stage": .string(stay.stage),
                        "days": .double(Double(stay.microseconds) / Double(Int64.microsecondsPerDay)),
                    ]
                }),
        ]
    }
}
