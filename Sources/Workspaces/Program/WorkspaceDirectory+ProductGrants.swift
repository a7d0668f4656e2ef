import Logging
import Loyalty
import Model
import Records

/// Benefits that follow the registration of product codes.
///
/// A registration says in its own transaction that benefits may follow: what a crash leaves undone is done later.
extension WorkspaceDirectory {
    private static let codesPerRound = 100

    /// In all workspaces where something is due.
    func followProductCodes() async {
        do throws(Problem) {
            for workspace in try await ProgramReader.workspacesWithDueCodes(records) where !Task.isCancelled {
                await followProductCodes(of: workspace)
            }
        } catch {
            logger.warning("benefits of product codes wait", metadata: ["reason": "\(error.code)"])
        }
    }

    /// Gives and takes back what the codes of a workspace grant, as they are registered now; what fails is tried again later.
    func followProductCodes(of workspace: WorkspaceID) async {
        do throws(Problem) {
            let reader = programReader(of: workspace)
            var seen: Set<ProductPlace> = []
            while !Task.isCancelled {
                let due = try await reader.productCodesDue(limit: WorkspaceDirectory.codesPerRound).filter { !seen.contains($0) }
                guard !due.isEmpty else { return }
                let cipher = try await registrar(of: workspace).cipher
                for place in due {
                    _ = try await perform(
                        FollowProductCode(place, code: cipher.code(place).text), id: nil, in: workspace, by: .server)
                }
                seen.formUnion(due)
            }
        } catch {
            logger.warning("benefits of product codes wait", metadata: ["workspace": "\(workspace)", "reason": "\(error.code)"])
        }
    }
}
