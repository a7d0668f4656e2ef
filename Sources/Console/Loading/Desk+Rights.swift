import HTTPTypes
import Intake
import Model
import People
import Records
import Workspaces

/// What a person may ask for: all that is known of them, and to be forgotten.
extension Desk {
    func exportPerson(_ visitor: Visitor) async throws(Problem) -> Reply {
        let wanted = visitor.parameters["person"] ?? ""
        guard let membership = visitor.membership else { return .redirect("/") }
        let shown = try await workspace(visitor).look { view in view.person(wanted) }
        guard let shown, let export = try await directory.export(shown, in: membership.workspace) else { throw Desk.notFound }
        await note(Reading(.personExported, of: [shown]), visitor)
        return .download(wanted + ".json", type: "application/json") {
            var export = export
            return { export.next() }
        }
    }

    func erasure(_ visitor: Visitor) async throws(Problem) -> Reply { try await erasureReply(visitor, problem: nil) }

    private func erasureReply(_ visitor: Visitor, problem: Problem?) async throws(Problem) -> Reply {
        let wanted = visitor.parameters["person"] ?? ""
        let words = visitor.words
        let (said, mayErase) = (problem.map { words($0.wording) }, visitor.isOwner)
        let page = try await workspace(visitor).look(now: now) { view throws(Problem) -> ErasePage? in
            guard let person = view.person(wanted), let profile = view.profile(person) else { return nil }
            return ErasePage(
                person: person.text, name: view.displayName(of: person) ?? words(\.people.unnamed),
                callCount: view.calls(of: person).count, identityCount: profile.identities.count, problem: said,
                mayErase: mayErase, words: words)
        }
        guard let page else { throw Desk.notFound }
        return .page(page, visitor.frame(words(\.rights.eraseTitle), .people), status: problem == nil ? .ok : .unprocessableContent)
    }

    func erase(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let membership = visitor.membership else { return .redirect("/") }
        do throws(Problem) {
            _ = try await directory.erase(
                visitor.parameters["person"] ?? "", in: membership.workspace, suppresses: visitor.form["suppress"] == "yes",
                reason: visitor.form["reason"] ?? "", by: .member(membership.member))
            return .redirect(SiteURL.people(done: "erase"))
        } catch {
            guard error.status < 500, error.status != 404 else { throw error }
            return try await erasureReply(visitor, problem: error)
        }
    }
}
