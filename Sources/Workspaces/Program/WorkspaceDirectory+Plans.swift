import Logging
import Loyalty
import Model
import Records

/// Plans of the program whose time has come.
extension WorkspaceDirectory {
    /// Books what was due of plans, in all workspaces where something is: the events are told soon after.
    func settlePlans() async {
        let workspaces: [WorkspaceID]
        do throws(Problem) { workspaces = try await ProgramReader.workspacesWithDuePlans(records, at: clock.now) } catch {
            return logger.warning("plans were not settled", metadata: ["reason": "\(error.code)"])
        }
        for workspace in workspaces where !Task.isCancelled {
            do throws(Problem) { try await desk(of: workspace).settlePlans() } catch {
                logger.warning("plans were not settled", metadata: ["workspace": "\(workspace)", "reason": "\(error.code)"])
            }
        }
    }
}
