import EventStore
import Logging
public import Model
import Records
import Workspaces

/// A workspace whose events are whole.
public struct WholeWorkspace: Sendable {
    let id: WorkspaceID
    let statistics: StoreStatistics

    /// For people.
    public var line: String {
        "\(id.text.padded(to: 22))whole: \(grouped(statistics.callCount)) calls, \(grouped(statistics.identityCount)) identities, "
            + "\(statistics.partCount) parts"
    }

    /// `{"workspace", "whole", "calls", "identities", "parts"}`.
    public var json: JSONValue {
        [
            "workspace": .string(id.text), "whole": true, "calls": .int(Int64(statistics.callCount)),
            "identities": .int(Int64(statistics.identityCount)), "parts": .int(Int64(statistics.partCount)),
        ]
    }
}

/// Verifies the events of every workspace of a data folder.
public struct FolderCheck: Sendable {
    private let path: String

    public init(path: String) { self.path = path }

    /// All workspaces of the folder, each of them whole.
    ///
    /// - Throws: ``Problem`` with code `damaged` that names the file and the offset of the first damage.
    public func run() async throws -> [WholeWorkspace] {
        try await WorkspaceDirectory.using(path) { directory in
            var wholes: [WholeWorkspace] = []
            for settings in directory.workspaces() {
                // Opening checks every checksum of the parts and every frame of the log.
                let statistics = try await directory.workspace(settings.id).store.statistics
                wholes.append(WholeWorkspace(id: settings.id, statistics: statistics))
            }
            return wholes
        }
    }
}
