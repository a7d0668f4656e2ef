internal import EventStore
package import Model
internal import OrderedCollections
internal import People
internal import Records
package import Workspaces

extension WorkspaceDirectory {
    /// Compares every checksum of every workspace's events on disk: `{"workspace", "whole", "calls", "identities", "parts"}` for each
    /// that is whole, `{"workspace", "whole", "code", "message", "place"}` for each that is damaged; and the chain of its audit.
    ///
    /// What belongs to no workspace, such as passwords that were changed, is looked at with the first.
    ///
    /// - Throws: ``Problem`` when a workspace cannot be looked at now, such as overloaded.
    package func check() async throws(Problem) -> [JSONValue] {
        var checks: [JSONValue] = []
        for settings in workspaces() {
            var check: OrderedDictionary<String, JSONValue> = ["workspace": .string(settings.id.text)]
            do throws(Problem) {
                let statistics = try await workspace(settings.id).verify()
                try await checkChain(settings.id)
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

    /// Whether somebody who was erased is gone from every workspace and every file: `{"workspace", "gone", "places"}` for each.
    ///
    /// Costs the unpacking of every text, and the reading of every file.
    /// - Parameter text: an identity as `type:value`.
    /// - Throws: ``Problem`` with code `bad_request` for what is no identity.
    package func check(erased text: String) async throws(Problem) -> [JSONValue] {
        guard let colon = text.firstIndex(of: ":"), text.index(after: colon) < text.endIndex else {
            throw Problem(
                .badRequest, "Give an identity such as email:ann@example.com: a person's id is gone with the person.",
                place: "erased")
        }
        var checks: [JSONValue] = []
        for settings in workspaces() {
            let open = try await workspace(settings.id)
            var traces = try await open.look { view throws(Problem) in try view.traces(named: text) }
            // As it was typed, too: a number with blanks.
            traces.texts.insert(String(text[text.index(after: colon)...]))
            var places = try await self.places(of: traces, in: settings.id)
            if let person = traces.person { places.append("person \(person.text)") }
            places += try WorkspaceStore.files(
                holding: traces.texts.subtracting(traces.identities.madeUpValues), under: folder.path)
            checks.append([
                "workspace": .string(settings.id.text), "gone": .bool(places.isEmpty), "places": .array(places.map { .string($0) }),
            ])
        }
        return checks
    }

    /// - Throws: `damaged` that names the first broken entry.
    private func checkChain(_ workspace: WorkspaceID) async throws(Problem) {
        for scope in workspaces().first?.id == workspace ? [nil, workspace] : [workspace] {
            let audit = try await checkAudit(of: scope)
            guard let broken = audit.firstBroken else { continue }
            throw Problem(
                .damaged,
                "The audit is broken at entry \(Int(broken)) of \(Int(audit.entryCount)): it is not what was written. Compare with a backup.",
                place: scope == nil ? "audit without a workspace" : "audit", status: 500)
        }
    }
}
