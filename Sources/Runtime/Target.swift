import Logging
public import Model
package import Records
package import Workspaces

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The environment of this process, read once so that commands can be tested with another.
public struct Environment: Sendable {
    private let values: [String: String]?

    /// That of the running process.
    public static let process = Environment(values: nil)

    public init(values: [String: String]?) { self.values = values }

    /// The variable `name`; nil when unset or empty.
    public subscript(name: String) -> String? {
        let value = if let values { values[name] } else { getenv(name).map { String(cString: $0) } }
        return value.flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// Where a command finds its workspace: at a running server, or in a data folder that it opens itself.
public enum Target: Sendable {
    case server(ServerClient, writer: ServerClient)
    case folder(path: String, workspace: String?)

    public init(url: String?, key: String?, data: String?, workspace: String?, environment: Environment) throws(Problem) {
        if let url = url ?? (data == nil ? environment["TEAHOUSE_URL"] : nil) {
            guard let key = key ?? environment["TEAHOUSE_KEY"] else {
                throw Problem(.unauthorized, "A server needs a key. Give --key or set TEAHOUSE_KEY.", place: "--key")
            }
            self = .server(
                try ServerClient(base: url, credential: .bearer(key)),
                writer: try ServerClient(base: url, credential: .writeKey(key)))
        } else {
            self = .folder(path: data ?? environment["TEAHOUSE_DATA"] ?? "data", workspace: workspace)
        }
    }
}

extension WorkspaceDirectory {
    /// The workspace of this name or id; without one, the only workspace there is.
    ///
    /// - Throws: ``Problem`` with code `not_found` that lists what there is.
    package func choose(_ wanted: String?) async throws(Problem) -> OpenWorkspace { try await workspace(chosen(wanted).id) }

    /// As ``choose(_:)``, without opening its events.
    package func chosen(_ wanted: String?) throws(Problem) -> Workspace {
        let all = workspaces()
        let names = all.map { "\($0.name) (\($0.id))" }.joined(separator: ", ")
        if let wanted {
            guard let found = all.first(where: { $0.id.text == wanted || $0.name == wanted }) else {
                throw Problem(.notFound, "There is no workspace \"\(wanted)\". There are: \(names).", place: "--workspace")
            }
            return found
        }
        guard let only = all.first else {
            throw Problem(.notFound, "The data folder has no workspace yet. Make one: teahouse workspace create NAME")
        }
        guard all.count == 1 else {
            throw Problem(.notFound, "There are several workspaces: \(names). Choose one with --workspace.", place: "--workspace")
        }
        return only
    }

    /// Opens the folder at `path`, runs `work`, and closes it again whatever happens.
    package static func using<Result>(
        _ path: String, createIfMissing: Bool = false, work: (WorkspaceDirectory) async throws -> Result
    ) async throws -> Result {
        if !createIfMissing, access(path, F_OK) != 0 {
            throw Problem(
                .notFound, "There is no data folder \"\(path)\". Give --data, or --url of a running server.", place: "--data")
        }
        var logger = Logger(label: "teahouse")
        logger.logLevel = .warning
        let directory = try await Server.openDirectory(path, records: .ofEnvironment(), logger: logger)
        do {
            let result = try await work(directory)
            await directory.close()
            return result
        } catch {
            await directory.close()
            throw error
        }
    }
}
