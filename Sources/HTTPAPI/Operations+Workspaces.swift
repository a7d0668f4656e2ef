internal import Hummingbird
internal import Model
internal import OrderedCollections
internal import Records
internal import Workspaces

extension APIOperation {
    static let workspaceOperations = [listWorkspaces, createWorkspace, readWorkspace, changeWorkspace]

    private static let listWorkspaces = APIOperation(
        method: .get, path: "/api/v1/workspaces", id: "listWorkspaces", tag: "Workspaces",
        summary: "The server's workspaces.", access: .admin,
        answer: [
            "type": "object", "required": ["workspaces"],
            "properties": ["workspaces": ["type": "array", "items": APISchema.reference("Workspace")]],
        ], problems: [404]
    ) { call throws(Problem) in .json(["workspaces": .array(call.directory.workspaces().map(\.json))]) }

    private static let createWorkspace = APIOperation(
        method: .post, path: "/api/v1/workspaces", id: "createWorkspace", tag: "Workspaces",
        summary: "Make a workspace with its first source and one key of each kind; the keys are shown this once.", access: .admin,
        body: APISchema.newWorkspace, status: 201, answer: APISchema.reference("CreatedWorkspace"), problems: [404, 422],
        isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["name", "timezone", "currency", "language", "region"])
        let wish = NewWorkspace(
            name: try body.requiredText("name"), timezone: try body.text("timezone") ?? "UTC",
            currency: try body.text("currency") ?? "USD", language: try body.text("language") ?? "en",
            region: try body.text("region"))
        return try await call.command(
            scope: "admin", by: .admin, status: 201, { planner throws(Problem) in try planner.newWorkspace(wish) }, { $0.json })
    }

    private static let readWorkspace = APIOperation(
        method: .get, path: "/api/v1/workspace", id: "readWorkspace", tag: "Workspaces",
        summary: "The settings of the key's workspace.",
        access: .key(.read), answer: APISchema.reference("Workspace")
    ) { call throws(Problem) in .json(try call.directory.settings(of: try call.workspace).json) }

    private static let changeWorkspace = APIOperation(
        method: .patch, path: "/api/v1/workspace", id: "changeWorkspace", tag: "Workspaces",
        summary: "Change the settings that the body names; answers given from then on follow them.", access: .key(.manage),
        body: APISchema.workspaceWish, answer: APISchema.reference("Workspace"), problems: [422], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["name", "timezone", "currency", "language", "region"])
        let wish = WorkspaceWish(
            name: try body.text("name"), timezone: try body.text("timezone"), currency: try body.text("currency"),
            language: try body.text("language"), region: try body.text("region"))
        let workspace = try call.workspace
        return try await call.command(
            status: 200, { planner throws(Problem) in try planner.changedWorkspace(workspace, wish) }, { $0.json })
    }
}
