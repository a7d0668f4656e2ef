internal import Hummingbird
internal import Model
internal import OrderedCollections
internal import Questions
internal import Records
internal import Workspaces

extension APIOperation {
    static let traitOperations = [listComputedTraits, readComputedTrait, defineComputedTrait, deleteComputedTrait]

    private static let path = "/api/v1/traits/computed/{key}"

    private static let listComputedTraits = APIOperation(
        method: .get, path: "/api/v1/traits/computed", id: "listComputedTraits", tag: "Traits",
        summary: "The traits that follow from what people did, by rules of the workspace.", access: .key(.read),
        answer: APISchema.object(["traits": APISchema.list("ComputedTrait")])
    ) { call throws(Problem) in
        .json(["traits": .array(try call.directory.computedTraits(of: try call.workspace).map(\.json))])
    }

    private static let readComputedTrait = APIOperation(
        method: .get, path: path, id: "readComputedTrait", tag: "Traits", summary: "One computed trait.", access: .key(.read),
        answer: APISchema.reference("ComputedTrait"), problems: [404]
    ) { call throws(Problem) in
        .json(try call.directory.computedTrait(call.path["key"] ?? "", of: try call.workspace).json)
    }

    private static let defineComputedTrait = APIOperation(
        method: .put, path: path, id: "defineComputedTrait", tag: "Traits",
        summary: "Make a computed trait, or give the one of this key another rule; it counts before a trait that is sent.",
        access: .key(.manage), body: APISchema.reference("ComputedTraitRule"), answer: APISchema.reference("ComputedTrait"),
        problems: [409, 422], isCommand: true
    ) { call throws(Problem) in
        let trait = try ComputedTrait(key: call.path["key"] ?? "", rule: try call.json())
        let workspace = try call.workspace
        return try await call.command(
            status: 200, { planner throws(Problem) in try planner.definedTrait(trait, in: workspace) }, { $0.json })
    }

    private static let deleteComputedTrait = APIOperation(
        method: .delete, path: path, id: "deleteComputedTrait", tag: "Traits",
        summary: "Take a computed trait away; a trait that is sent under its key counts again.", access: .key(.manage),
        answer: APISchema.reference("ComputedTrait"), problems: [404, 422], isCommand: true
    ) { call throws(Problem) in
        let (key, workspace) = (call.path["key"] ?? "", try call.workspace)
        return try await call.command(
            status: 200, { planner throws(Problem) in try planner.removedTrait(key, in: workspace) }, { $0.json })
    }
}

extension ComputedTrait {
    fileprivate var json: JSONValue {
        var out = JSONMembers()
        out.put("key", key)
        for (member, value) in rule.objectValue ?? [:] { out.put(member, value) }
        return out.json
    }
}
