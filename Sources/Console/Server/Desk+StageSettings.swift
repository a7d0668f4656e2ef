import Columns
import HTTPTypes
import Model
import OrderedCollections
import Questions
import Records
import Workspaces

/// The stages of the life cycle: looked at, tried on, saved.
extension Desk {
    func stageSettings(_ visitor: Visitor) async throws(Problem) -> Reply {
        let scheme = try await workspace(visitor).stages
        return stageReply(visitor, StageDraft.drafts(of: scheme), isStandard: scheme == .standard)
    }

    func changeStages(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        guard let membership = visitor.membership else { return .redirect("/") }
        var drafts = StageDraft.drafts(of: visitor.form)
        let present = workspace.stages
        let wish = (visitor.form["do"] ?? "").split(separator: "-").map(String.init)
        let index = wish.count == 2 ? Int(wish[1]).flatMap { drafts.indices.contains($0) ? $0 : nil } : nil
        switch (wish.first, index) {
        case ("up", let index?) where index > 0: drafts.swapAt(index, index - 1)
        case ("down", let index?) where index + 1 < drafts.count: drafts.swapAt(index, index + 1)
        case ("remove", let index?): drafts.remove(at: index)
        case ("add", nil): drafts.append(StageDraft(name: "", rule: ""))
        case ("standard", nil): drafts = StageDraft.drafts(of: .standard)
        case ("preview", nil), ("save", nil):
            do throws(Problem) {
                let scheme = try Desk.scheme(drafts)
                if wish[0] == "save" {
                    _ = try await directory.changeStages(
                        of: membership.workspace, to: scheme == .standard ? nil : scheme, by: .member(membership.member))
                    return .redirect("/settings/stages?done=saved")
                }
                return stageReply(
                    visitor, drafts, isStandard: scheme == .standard, preview: try await workspace.preview(scheme),
                    names: present.names)
            } catch {
                guard error.status < 500 else { throw error }
                return stageReply(visitor, drafts, isStandard: false, problem: error)
            }
        default: break
        }
        return stageReply(visitor, drafts, isStandard: drafts == StageDraft.drafts(of: .standard))
    }

    /// - Throws: ``Problem`` whose place points into `/stages`, or into the text of a rule that is no JSON.
    private static func scheme(_ drafts: [StageDraft]) throws(Problem) -> StageScheme {
        var stages: [JSONValue] = []
        for (index, draft) in drafts.enumerated() {
            do {
                stages.append(["name": .string(draft.name), "rule": try JSONParser.parse(draft.rule.utf8)])
            } catch {
                throw Problem(error.code, error.wording, place: "/stages/\(index)/rule")
            }
        }
        return try StageScheme(json: .array(stages), place: "/stages")
    }

    private func stageReply(
        _ visitor: Visitor, _ drafts: [StageDraft], isStandard: Bool, preview: StagePreview? = nil, names: [String] = [],
        problem: Problem? = nil
    ) -> Reply {
        let writer = StageSettingsWriter(words: visitor.words, formats: visitor.formats, mayChange: visitor.isOwner)
        let page = writer.page(
            drafts, isStandard: isStandard, tabs: tabs(visitor, .stages), preview: preview, names: names,
            problem: problem)
        return .page(
            page, visitor.frame(visitor.words(\.stages.settings), .settings), status: problem == nil ? .ok : .unprocessableContent)
    }
}
