import HTTPAPI
public import Model
import Records
import Workspaces

/// What concerns a whole server or data folder: its workspaces, and whether its files are whole.
public struct Administration: Sendable {
    private let server: ServerClient?
    private let path: String

    /// - Throws: ``Problem`` when a server is meant and there is no admin token for it.
    public init(url: String?, data: String?, environment: Environment) throws(Problem) {
        path = data ?? environment["TEAHOUSE_DATA"] ?? "data"
        guard let url = url ?? (data == nil ? environment["TEAHOUSE_URL"] : nil) else {
            server = nil
            return
        }
        guard let token = environment["TEAHOUSE_ADMIN_TOKEN"] else {
            throw Problem(.unauthorized, "This needs the server's admin token. Set TEAHOUSE_ADMIN_TOKEN.")
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

    /// The workspaces: `{"id", "name", "timezone", "currency"}` each.
    public func list() async throws -> [JSONValue] {
        if let server { return try await workspaces(at: server, "/api/v1/workspaces") }
        return try await WorkspaceDirectory.using(path) { directory in
            directory.workspaces().map { workspace in
                [
                    "id": .string(workspace.id.text), "name": .string(workspace.name), "timezone": .string(workspace.timezone),
                    "currency": .string(workspace.currency.code),
                ]
            }
        }
    }

    /// What every workspace's events are: `{"workspace", "whole", "calls", "identities", "parts"}`, or where they are damaged
    /// `{"workspace", "whole", "code", "message", "place"}`.
    public func check() async throws -> [JSONValue] {
        if let server { return try await workspaces(at: server, "/api/v1/check") }
        return try await WorkspaceDirectory.using(path) { try await $0.check() }
    }

    /// Whether somebody who was erased is gone: `{"workspace", "gone", "places"}` for each workspace.
    ///
    /// - Parameter text: an identity as `type:value`.
    public func check(erased text: String) async throws -> [JSONValue] {
        guard let server else { return try await WorkspaceDirectory.using(path) { try await $0.check(erased: text) } }
        guard let workspaces = try await server.post("/api/v1/check/erased", ["identity": .string(text)])["workspaces"]?.arrayValue
        else { throw Problem.noTeahouse(server.base) }
        return workspaces
    }

    private func workspaces(at server: ServerClient, _ path: String) async throws(Problem) -> [JSONValue] {
        guard let workspaces = try await server.get(path)["workspaces"]?.arrayValue else { throw .noTeahouse(server.base) }
        return workspaces
    }
}
