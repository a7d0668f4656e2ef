import HTTPTypes
import Loyalty
import Model
import Records
import Workspaces

/// What ever happened to one order, source or coupon.
extension Desk {
    func disputes(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let (words, reader) = (visitor.words, directory.programReader(of: workspace.id))
        guard let settings = try await reader.program().settings else {
            return noProgram(visitor, .disputes, words(\.disputes.title))
        }
        let typed = String((visitor.query["look"] ?? "").prefix(200))
        let key = typed.trimmed
        var (lines, cut): ([DisputesPage.Line], String?) = ([], nil)
        if !key.isEmpty {
            let file = try await reader.dispute(about: key, in: settings.currencies.map(\.key))
            let writer = DisputeWriter(
                points: try await pointWriter(visitor, workspace, PointCurrency(key: "")), currencies: settings.currencies)
            lines = writer.lines(file) { self.refusal($0, visitor, workspace.calendar, scale: 0) }
            if file.isCut { cut = words(\.disputes.cut, count: file.commands.count) }
        }
        let page = DisputesPage(
            tabs: programTabs(visitor, .disputes), typed: typed,
            noneTitle: !key.isEmpty && lines.isEmpty ? words(\.disputes.noneTitle, ["text": key]) : nil, lines: lines,
            hasLines: !lines.isEmpty, cut: cut)
        return .page(page, visitor.frame(words(\.disputes.title), .program))
    }
}
