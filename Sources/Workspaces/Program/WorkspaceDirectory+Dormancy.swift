import Logging
import Loyalty
import Model
import Records

extension WorkspaceDirectory {
    /// Takes the steps that are due for dormant points, in all workspaces whose programs have such rules.
    func walkDormancy() async {
        let workspaces: [WorkspaceID]
        do throws(Problem) { workspaces = try await ProgramReader.workspacesWithProgram(records) } catch {
            return logger.warning("dormant points were not looked for", metadata: ["reason": "\(error.code)"])
        }
        for workspace in workspaces where !Task.isCancelled {
            do throws(Problem) {
                let currencies = try await programReader(of: workspace).program().settings?.currencies ?? []
                for currency in currencies where currency.dormancy != nil {
                    _ = try await desk(of: workspace).walkDormancy(of: currency.key)
                }
            } catch {
                logger.warning(
                    "dormant points were not looked for", metadata: ["workspace": "\(workspace)", "reason": "\(error.code)"])
            }
        }
    }
}
