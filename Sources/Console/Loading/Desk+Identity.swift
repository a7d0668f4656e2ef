import HTTPTypes
import Model
import People
import Records
import Workspaces

/// Decisions about who is who, and the commands that change them.
extension Desk {
    private static let decisionsPerPage = 50

    func identity(_ visitor: Visitor) async throws(Problem) -> Reply { try await identityReply(visitor) }

    /// - Parameter problem: Why a command that was asked for is not possible.
    private func identityReply(
        _ visitor: Visitor, left: String = "", right: String = "", problem: Problem? = nil
    ) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let kind = visitor.query["kind"].flatMap { DecisionKind(rawValue: $0) } ?? .all
        let (named, cursor) = (visitor.query["person"], problem == nil ? visitor.query["cursor"] : nil)
        let (words, calendar) = (visitor.words, workspace.calendar)
        let writer = IdentityWriter(words: words, formats: visitor.formats, calendar: calendar)
        let said = problem.map { words($0.wording) }
        let (page, listed) = try await workspace.look(now: now) { view throws(Problem) -> (IdentityPage, [PersonID]) in
            let person = named.flatMap { view.person($0) }
            let found = try view.decisions(kind, of: person, cursor: cursor, limit: Desk.decisionsPerPage)
            let name = person.map { view.displayName(of: $0) ?? words(\.people.unnamed) }
            let page = writer.page(
                found, kind: kind, person: person.map { ($0.text, name ?? "") }, cursor: cursor, form: (left, right), problem: said)
            let listed = Set(found.decisions.flatMap { [$0.person, $0.otherPerson] }.compactMap(\.self)).sorted()
            return (page, person.map { [$0] } ?? listed)
        }
        if !listed.isEmpty, problem == nil { await note(Reading(.decisions, of: listed), visitor) }
        var frame = visitor.frame(words(\.identity.title), .people)
        switch visitor.query["done"] {
        case "merge": frame.notice = .init(kind: "", text: words(\.identity.doneMerge))
        case "unmerge": frame.notice = .init(kind: "", text: words(\.identity.doneUnmerge))
        default: break
        }
        return .page(page, frame, status: problem == nil ? .ok : .unprocessableContent)
    }

    func identityChange(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        guard let action = visitor.query["action"].flatMap({ IdentityCommand.Action(rawValue: $0) }) else { throw Desk.notFound }
        let (left, right) = (visitor.query["left"] ?? "", visitor.query["right"] ?? "")
        do throws(Problem) {
            let preview = try await workspace.preview(action, left, right)
            await note(Reading(.profile, of: Set((preview.before + preview.after).map(\.person)).sorted()), visitor)
            let writer = IdentityWriter(words: visitor.words, formats: visitor.formats, calendar: workspace.calendar)
            let page = writer.change(preview, mayChange: visitor.isOwner)
            return .page(page, visitor.frame(page.title, .people))
        } catch {
            guard error.status < 500 else { throw error }
            return try await identityReply(visitor, left: left, right: right, problem: error)
        }
    }

    func changeIdentity(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let membership = visitor.membership else { return .redirect("/") }
        guard let action = visitor.form["action"].flatMap({ IdentityCommand.Action(rawValue: $0) }) else { throw Desk.notFound }
        let (left, right) = (visitor.form["left"] ?? "", visitor.form["right"] ?? "")
        do throws(Problem) {
            _ = try await directory.carryOut(
                action, left, right, in: membership.workspace, by: .member(membership.member))
            return .redirect(SiteURL.identity(kind: .command, done: action.rawValue))
        } catch {
            guard error.status < 500 else { throw error }
            return try await identityReply(visitor, left: left, right: right, problem: error)
        }
    }
}
