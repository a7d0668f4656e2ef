import HTTPTypes
import Hummingbird
import Model
import Records
import Workspaces

/// How long events are kept: the rules, what they have deleted, and a form that sets one of them.
extension Desk {
    func retentionSettings(_ visitor: Visitor) async throws(Problem) -> Reply { try await retentionReply(visitor, problem: nil) }

    func saveRetention(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let membership = visitor.membership else { return .redirect("/") }
        do throws(Problem) {
            var rules = try await directory.retention(of: membership.workspace).rules
            let (event, purpose) = (visitor.form["event"] ?? "", visitor.form["purpose"] ?? "")
            rules.removeAll { $0.event == event && $0.purpose == purpose }
            if let days = visitor.form["days"], !days.isEmpty {
                rules.append(RetentionRule(event: event, purpose: purpose, days: Int(days) ?? 0))
            }
            try await directory.setRetention(rules, in: membership.workspace, by: .member(membership.member))
            return .redirect("/settings/retention?done=saved")
        } catch {
            guard error.status < 500 else { throw error }
            return try await retentionReply(visitor, problem: error)
        }
    }

    private func retentionReply(_ visitor: Visitor, problem: Problem?) async throws(Problem) -> Reply {
        guard let membership = visitor.membership else { return .redirect("/") }
        let (words, formats) = (visitor.words, visitor.formats)
        let (rules, counts) = try await directory.retention(of: membership.workspace)
        let calendar = try await workspace(visitor).calendar
        let facts = rules.map { rule in
            PortraitPage.Fact(
                key: rule.event == RetentionRule.allOthers ? words(\.retention.allOthers) : rule.event,
                value: rule.purpose.isEmpty
                    ? words(\.retention.days, count: rule.days)
                    : words(\.retention.daysFor, ["purpose": rule.purpose, "days": words(\.retention.days, count: rule.days)]))
        }
        var sections = [
            SettingsPage.Section(
                title: words(\.retention.title), intro: words(rules.isEmpty ? \.retention.none : \.retention.intro),
                facts: facts.isEmpty ? nil : .init(items: facts))
        ]
        if !counts.isEmpty {
            let deleted = counts.map {
                PortraitPage.Fact(
                    key: $0.event,
                    value: words(
                        \.retention.deletedLast, ["date": formats.date(calendar.date(at: $0.lastAt))], count: $0.count))
            }
            sections.append(.init(title: words(\.retention.deleted), facts: .init(items: deleted)))
        }
        var unplaced: String?
        if visitor.isOwner {
            var fields = [
                FormField(
                    "event", words(\.retention.event), value: visitor.form["event"] ?? "", hint: words(\.retention.eventHint),
                    autocomplete: "off"),
                FormField(
                    "purpose", words(\.retention.purpose), value: visitor.form["purpose"] ?? "",
                    hint: words(\.retention.purposeHint),
                    autocomplete: "off"),
                FormField(
                    "days", words(\.retention.daysField), type: "number", value: visitor.form["days"] ?? "",
                    hint: words(\.retention.daysHint), autocomplete: "off"),
            ]
            for index in 1 ... 2 { fields[index].required = false }
            if let problem {
                let field = problem.place?.split(separator: "/").last.flatMap { name in fields.firstIndex { $0.name == name } }
                if let field { fields[field].error = formText(problem, words) } else { unplaced = formText(problem, words) }
            }
            sections.append(
                .init(
                    title: words(\.retention.change),
                    form: .init(action: "/settings/retention", button: words(\.settings.save), fields: fields)))
        }
        return reply(visitor, .retention, sections, problem: unplaced)
    }
}
