import HTTPTypes
import Loyalty
import Model
import Records
import Workspaces

/// The catalogue of benefits, and defining one.
extension Desk {
    func benefits(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let reader = directory.programReader(of: workspace.id)
        guard try await reader.program().settings != nil else {
            return noProgram(visitor, .benefits, visitor.words(\.benefits.title))
        }
        let key = visitor.query["of"] ?? ""
        guard !key.isEmpty else {
            return try await benefitsReply(
                visitor, benefitForm(visitor, workspace, sent: [:]), of: "", problem: nil, isRefused: false)
        }
        guard let known = try await reader.benefit(key) else { throw Desk.notFound }
        let form = BenefitForm(
            known.benefit, currency: workspace.settings.currency, zone: workspace.calendar.zone.identifier, words: visitor.words)
        return try await benefitsReply(visitor, form, of: key, problem: nil, isRefused: false)
    }

    private func benefitForm(
        _ visitor: Visitor, _ workspace: OpenWorkspace, sent: [String: String], zone: String? = nil
    ) -> BenefitForm {
        BenefitForm(
            sent: sent, currency: workspace.settings.currency, zone: zone ?? workspace.calendar.zone.identifier,
            words: visitor.words)
    }

    private func benefitsReply(
        _ visitor: Visitor, _ form: BenefitForm, of key: String, problem: Said?, isRefused: Bool
    ) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let (words, reader) = (visitor.words, directory.programReader(of: workspace.id))
        let writer = benefitWriter(visitor, workspace)
        let holders = try await reader.benefitHolders(at: now)
        let items = try await reader.benefits().map { writer.item($0.benefit, holders: holders[$0.benefit.key] ?? 0) }
        let page = BenefitsPage(
            tabs: programTabs(visitor, .benefits), problem: problem ?? form.problem, items: items, hasItems: !items.isEmpty,
            form: visitor.isOwner
                ? .init(
                    title: words(key.isEmpty ? \.benefits.define : \.benefits.newVersion), command: writer.page, of: key,
                    fields: form.fields, more: form.more, isOpen: isRefused || !key.isEmpty, isMoreOpen: form.isMoreOpen) : nil,
            mayChange: visitor.isOwner)
        return .page(page, visitor.frame(words(\.benefits.title), .program), status: isRefused ? .unprocessableContent : .ok)
    }

    func defineBenefit(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let reader = directory.programReader(of: workspace.id)
        let of = visitor.form["of"] ?? ""
        var zone: String?
        // The next version counts by the days of the one before.
        if !of.isEmpty {
            guard let known = try await reader.benefit(of) else { throw Desk.notFound }
            zone = known.benefit.period?.zone.identifier
        }
        var form = benefitForm(visitor, workspace, sent: visitor.form, zone: zone)
        guard let benefit = form.benefit() else {
            return try await benefitsReply(visitor, form, of: of, problem: nil, isRefused: true)
        }
        // Whoever takes a key that there is would make the next version of something else unseen.
        if benefit.key != of, try await reader.benefit(benefit.key) != nil {
            form.refuse("key", visitor.words(\.benefits.keyTaken))
            return try await benefitsReply(visitor, form, of: of, problem: nil, isRefused: true)
        }
        let answer = try await directory.perform(
            DefineBenefit(benefit), id: commandID(visitor), in: workspace.id, by: actor(visitor))
        if let refusal = refusal(answer, visitor, workspace.calendar, scale: 0) {
            return try await benefitsReply(visitor, form, of: of, problem: refusal, isRefused: true)
        }
        return .redirect(SiteURL.benefit(benefit.key, done: "defined"))
    }

    func benefitWriter(_ visitor: Visitor, _ workspace: OpenWorkspace) -> BenefitWriter {
        BenefitWriter(
            words: visitor.words, formats: visitor.formats, calendar: workspace.calendar, now: now, page: Team.anonymousToken())
    }
}
