import HTTPTypes
import Model
import Questions
import Records
import Workspaces

/// The computed traits of a workspace: looked at, tried on, saved and taken away.
extension Desk {
    func traitSettings(_ visitor: Visitor) async throws(Problem) -> Reply {
        let wanted = visitor.query["change"]
        let traits = try await workspace(visitor).computedTraits
        return try await traitReply(visitor, traits.first { $0.key == wanted }.map(TraitDraft.init) ?? TraitDraft())
    }

    func changeTrait(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        guard let membership = visitor.membership else { return .redirect("/") }
        let draft = TraitDraft(form: visitor.form)
        do throws(Problem) {
            let trait = try draft.trait()
            guard visitor.form["do"] == "save" else {
                return try await traitReply(visitor, draft, preview: try await workspace.preview(trait))
            }
            _ = try await directory.change(by: .member(membership.member)) { planner throws(Problem) in
                try planner.definedTrait(trait, in: membership.workspace)
            }
            return .redirect("/settings/traits?done=saved")
        } catch {
            guard error.status < 500 else { throw error }
            return try await traitReply(visitor, draft, problem: error)
        }
    }

    func removeTrait(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let membership = visitor.membership else { return .redirect("/") }
        let key = visitor.form["key"] ?? ""
        _ = try await directory.change(by: .member(membership.member)) { planner throws(Problem) in
            try planner.removedTrait(key, in: membership.workspace)
        }
        return .redirect("/settings/traits?done=saved")
    }

    private func traitReply(
        _ visitor: Visitor, _ draft: TraitDraft, preview: ComputedTraitPreview? = nil, problem: Problem? = nil
    ) async throws(Problem) -> Reply {
        let writer = TraitSettingsWriter(words: visitor.words, formats: visitor.formats, mayChange: visitor.isOwner)
        let page = writer.page(
            try await workspace(visitor).computedTraits, draft, tabs: tabs(visitor, .traits), preview: preview, problem: problem)
        return .page(
            page, visitor.frame(visitor.words(\.traits.computed), .settings), status: problem == nil ? .ok : .unprocessableContent)
    }
}
