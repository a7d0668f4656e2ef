import Loyalty
import Model
import Workspaces

/// Whom a member lets see what they use of benefits: shown on their page, and taken back when they say so.
extension Desk {
    /// - Parameter page: What the ids of the page's commands begin with.
    func viewers(
        of member: ProgramMemberID, _ page: String, _ workspace: OpenWorkspace, _ visitor: Visitor
    ) async throws(Problem) -> [MemberPointsPage.Viewer] {
        let (words, formats) = (visitor.words, visitor.formats)
        let action = visitor.isOwner ? SiteURL.pointMember(member.text) + "/viewers" : nil
        return try await directory.programReader(of: workspace.id).benefitViewers(of: member).given.map { consent in
            let since = formats.date(workspace.calendar.date(at: consent.givenAt))
            return MemberPointsPage.Viewer(
                number: consent.viewer.text, url: SiteURL.pointMember(consent.viewer.text),
                since: words(\.memberCard.viewerSince, ["date": since]), action: action,
                command: "\(page)-viewer-\(consent.viewer.text)")
        }
    }

    func takeBackViewing(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        guard let member = ProgramMemberID(text: visitor.parameters["member"] ?? ""),
            let viewer = ProgramMemberID(text: visitor.form["viewer"] ?? "")
        else { throw Desk.notFound }
        let command = AllowBenefitView(false, to: MemberWish(.id(viewer)), by: MemberWish(.id(member)))
        let answer = try await directory.perform(command, id: commandID(visitor), in: workspace.id, by: actor(visitor))
        // Only who was never a member is refused.
        if answer.isRefused { throw Desk.notFound }
        return .redirect(SiteURL.pointMember(member.text, done: "unseen"))
    }
}
