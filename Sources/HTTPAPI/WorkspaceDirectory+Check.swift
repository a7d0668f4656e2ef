internal import EventStore
package import Model
internal import OrderedCollections
internal import Records
package import Workspaces

extension WorkspaceDirectory {
    /// Compares every checksum of every workspace's events on disk: `{"workspace", "whole", "calls", "identities", "parts"}` for each
    /// that is whole, `{"workspace", "whole", "code", "message", "place"}` for each that is damaged.
    ///
    /// - Throws: ``Problem`` when a workspace cannot be looked at now, such as overloaded.
    package func check() async throws(Problem) -> [JSONValue] {
        var checks: [JSONValue] = []
        for settings in workspaces() {
            var check: OrderedDictionary<String, JSONValue> = ["workspace": .string(settings.id.text)]
            do throws(Problem) {
                let statistics = try await workspace(settings.id).verify()
                check["whole"] = true
                check["calls"] = .int(Int64(statistics.callCount))
                check["identities"] = .int(Int64(statistics.identityCount))
                check["parts"] = .int(Int64(statistics.partCount))
            } catch {
                // 503 is what another moment would answer otherwise.
                if error.status == 503 { throw error }
                check["whole"] = false
                check["code"] = .string(error.code.text)
                check["message"] = .string(error.message)
                check["place"] = error.place.map { .string($0) } ?? .null
            }
            checks.append(.object(check))
        }
        return checks
    }
}
