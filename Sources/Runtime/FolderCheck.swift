import EventStore
import Logging
import Model
import Records
import Workspaces

/// Verifies the events of every workspace of a data folder.
public struct FolderCheck: Sendable {
    private let path: String

    public init(path: String) { self.path = path }

    /// A line for each workspace.
    ///
    /// - Throws: ``Problem`` with code `damaged` that names the file and the offset of the first damage.
    public func run() async throws -> String {
        try await WorkspaceDirectory.using(path) { directory in
            var lines = ""
            for settings in directory.workspaces() {
                // Opening checks every checksum of the parts and every frame of the log.
                let statistics = try await directory.workspace(settings.id).store.statistics
                lines += "\(settings.id.text.padded(to: 22))whole: \(grouped(statistics.callCount)) calls, "
                lines += "\(grouped(statistics.identityCount)) identities, \(statistics.partCount) parts\n"
            }
            return lines
        }
    }
}
