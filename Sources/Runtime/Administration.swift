public import Model
import Records
import Workspaces

/// Making and listing workspaces, at a running server with the admin token or in a data folder.
public struct Administration: Sendable {
    private let server: ServerClient?
    private let path: String

    public init(url: String?, data: String?, environment: Environment) throws(Problem) {
        path = data ?? environment["TEAHOUSE_DATA"] ?? "data"
        guard let url = url ?? (data == nil ? environment["TEAHOUSE_URL"] : nil) else {
            server = nil
            return
        }
        guard let token = environment["TEAHOUSE_ADMIN_TOKEN"] else {
            throw Problem(.unauthorized, "Making a workspace on a server needs its admin token. Set TEAHOUSE_ADMIN_TOKEN.")
        }
        server = try ServerClient(base: url, credential: .bearer(token))
    }

    /// Makes a workspace: `{"workspace", "writeKey", "apiKey"}`.
    public func create(name: String, timezone: String, currency: String) async throws -> JSONValue {
        if let server {
            return try await server.post(
                "/api/v1/workspaces", ["name": .string(name), "timezone": .string(timezone), "currency": .string(currency)])
        }
        return try await WorkspaceDirectory.using(path, createIfMissing: true) { directory in
            let created = try await directory.create(name: name, timezone: timezone, currency: currency, by: .commandLine)
            return [
                "workspace": .string(created.workspace.id.text), "writeKey": .string(created.writeKey),
                "apiKey": .string(created.apiKey),
            ]
        }
    }

    /// The workspaces of the data folder: `{"id", "name", "timezone", "currency"}` each.
    public func list() async throws -> [JSONValue] {
        try await WorkspaceDirectory.using(path) { directory in
            directory.workspaces().map { workspace in
                [
                    "id": .string(workspace.id.text), "name": .string(workspace.name), "timezone": .string(workspace.timezone),
                    "currency": .string(workspace.currency.code),
                ]
            }
        }
    }
}
