import Model
import People
import Records
import Workspaces

extension Desk {
    func accounts(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let search = String((visitor.query["search"] ?? "").prefix(200))
        let onlySilent = visitor.query["silent"] == "yes"
        let cursor = visitor.query["cursor"]
        let (now, writer) = (now, accountWriter(visitor, workspace))
        let page = try await workspace.look(now: now) { view throws(Problem) -> AccountsPage? in
            let all = try view.accounts(limit: 1).total
            do throws(Problem) {
                let found = try view.accounts(text: search, onlySilent: onlySilent, cursor: cursor, limit: 50)
                return writer.list(found, search: search, onlySilent: onlySilent, cursor: cursor, all: all)
            } catch {
                // The account at which the page before ended is not in the list any more.
                if error.place == "cursor" { return nil }
                throw error
            }
        }
        guard let page else {
            return .redirect(SiteURL.accounts(search: search.isEmpty ? nil : search, onlySilent: onlySilent))
        }
        return .page(page, visitor.frame(visitor.words(\.accounts.title), .accounts))
    }

    func account(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let id = visitor.parameters["account"] ?? ""
        let (now, writer) = (now, accountWriter(visitor, workspace))
        let page = try await workspace.look(now: now) { view throws(Problem) in view.account(id).map(writer.page) }
        guard let page else { throw Desk.notFound }
        if let id = visitor.query["csv"] {
            guard let figure = page.figures.first(where: { $0.id == id }) else { throw Desk.notFound }
            return .csv(id, figure.table.csv)
        }
        return .page(page, visitor.frame(page.name, .accounts))
    }

    private func accountWriter(_ visitor: Visitor, _ workspace: OpenWorkspace) -> AccountWriter {
        AccountWriter(
            now: now, calendar: workspace.calendar, currency: workspace.settings.currency, words: visitor.words,
            formats: visitor.formats)
    }
}

extension SiteURL {
    static func accounts(search: String? = nil, onlySilent: Bool = false, cursor: String? = nil) -> String {
        path("/accounts", [("search", search), ("silent", onlySilent ? "yes" : nil), ("cursor", cursor)])
    }

    static func account(_ id: String, csv: String? = nil) -> String { path("/accounts/" + encoded(id), [("csv", csv)]) }
}
