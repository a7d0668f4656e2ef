import HTTPTypes
import Loyalty
import Model
import Records
import Workspaces

/// Plans: offering, buying and giving them.
extension Desk {
    private static let plansMax = 50

    /// Why a form is no command.
    private enum Miss: Error {
        case field(String, Said)
        case failed(Problem)
    }

    func plans(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let reader = directory.programReader(of: workspace.id)
        guard try await reader.program().settings != nil else {
            return noProgram(visitor, .benefits, visitor.words(\.plans.title))
        }
        let key = visitor.query["of"] ?? ""
        guard !key.isEmpty else {
            return try await plansReply(visitor, try await planForm(visitor, workspace, sent: nil), of: "", isOpen: false)
        }
        guard let known = try await reader.planOffers().first(where: { $0.offer.key == key }) else { throw Desk.notFound }
        let form = PlanForm(
            known.offer, benefits: try await benefitNames(visitor, workspace), currency: workspace.settings.currency,
            words: visitor.words)
        return try await plansReply(visitor, form, of: key, isOpen: true)
    }

    private func planForm(
        _ visitor: Visitor, _ workspace: OpenWorkspace, sent: [String: String]?, zone: TimeZoneTable? = nil
    ) async throws(Problem) -> PlanForm {
        PlanForm(
            sent: sent, benefits: try await benefitNames(visitor, workspace), currency: workspace.settings.currency,
            zone: zone ?? workspace.calendar.zone, words: visitor.words)
    }

    func benefitNames(_ visitor: Visitor, _ workspace: OpenWorkspace) async throws(Problem) -> [(key: String, name: String)] {
        let writer = benefitWriter(visitor, workspace)
        return try await directory.programReader(of: workspace.id).benefits().map {
            (key: $0.benefit.key, name: writer.name($0.benefit))
        }
    }

    func planWriter(
        _ visitor: Visitor, _ workspace: OpenWorkspace, action: String, _ names: [(key: String, name: String)],
        _ refused: DeedForms.Refused?
    ) -> PlanWriter {
        let benefits = benefitWriter(visitor, workspace)
        return PlanWriter(
            benefits: benefits, currency: workspace.settings.currency,
            names: Dictionary(names.map { ($0.key, $0.name) }) { one, _ in one },
            forms: DeedForms(
                words: visitor.words, action: action, page: benefits.page, mayChange: visitor.isOwner, refused: refused))
    }

    private func plansReply(
        _ visitor: Visitor, _ form: PlanForm, of key: String, isOpen: Bool, problem: Said? = nil,
        refused: DeedForms.Refused? = nil
    ) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let (words, reader, now) = (visitor.words, directory.programReader(of: workspace.id), now)
        let writer = planWriter(visitor, workspace, action: "/benefits/plans", form.benefits, refused)
        let offers = try await reader.planOffers()
        let typed = visitor.isPost ? "" : (visitor.query["member"] ?? "").filter { !$0.isWhitespace }
        let member = try await typed.isEmpty ? nil : memberNamed(typed, workspace)
        var (bought, gifts) = ([PlanStatement](), [PlanGiftStatement]())
        if let member {
            bought = try await reader.plans(of: member, at: now)
            gifts = try await reader.planGifts(of: member, at: now)
        } else if typed.isEmpty {
            bought = try await reader.plans(limit: Desk.plansMax, at: now)
            gifts = try await reader.planGifts(limit: Desk.plansMax, at: now)
        }
        let missing = offers.isEmpty && form.benefits.isEmpty ? words(\.plans.noBenefits) : nil
        let title = key.isEmpty ? words(\.plans.define) : words(\.plans.newVersion, ["plan": key])
        let page = PlansPage(
            tabs: programTabs(visitor, .benefits), problem: problem ?? form.problem ?? writer.forms.problem,
            offers: offers.map { writer.offer($0.offer, version: $0.version) }, hasOffers: !offers.isEmpty,
            missing: missing,
            form: visitor.isOwner && missing == nil
                ? .init(
                    title: title, command: writer.forms.page, of: key, fields: form.fields, more: form.more, parts: form.parts,
                    isOpen: isOpen, isMoreOpen: form.isMoreOpen)
                : nil,
            deeds: writer.sales(offers), typed: typed, isFiltered: !typed.isEmpty,
            boughtNote: words(\.plans.boughtNote, count: Desk.plansMax), bought: bought.map(writer.bought),
            hasBought: !bought.isEmpty,
            noneBought: typed.isEmpty ? words(\.plans.noneBought) : words(\.plans.noneOfMember, ["member": typed]),
            gifts: gifts.map { writer.gift($0, offers) }, hasGifts: !gifts.isEmpty, mayChange: visitor.isOwner)
        var frame = visitor.frame(words(\.plans.title), .program)
        let done: KeyPath<Catalogue, Text>? =
            switch visitor.query["done"] {
            case "defined": \.plans.doneDefined
            case "given": \.plans.doneGiven
            case "answered": \.plans.doneAnswered
            default: nil
            }
        if let done { frame.notice = .init(kind: "", text: words(done)) }
        let isRefused = page.problem != nil || refused != nil || !form.errors.isEmpty
        return .page(page, frame, status: isRefused ? .unprocessableContent : .ok)
    }

    /// The member whom a text names; nil for nobody.
    private func memberNamed(_ text: String, _ workspace: OpenWorkspace) async throws(Problem) -> ProgramMemberID? {
        do throws(Problem) {
            let wish = try await directory.memberWish(text, in: workspace.id, place: "?member")
            return try await directory.programReader(of: workspace.id).member(wish)?.member.id
        } catch {
            // What names nobody has no plans.
            guard error.status < 500 else { throw error }
            return nil
        }
    }

    // MARK: - Deeds

    func changePlans(_ visitor: Visitor) async throws(Problem) -> Reply {
        if visitor.form["deed"] == "define" { return try await definePlan(visitor) }
        let workspace = try await workspace(visitor)
        func refuse(_ field: String?, _ said: Said) async throws(Problem) -> Reply {
            let form = visitor.form
            let refused = DeedForms.Refused(
                deed: form["deed"] ?? "", subject: form["subject"] ?? "", field: field, said: said, typed: form)
            return try await plansReply(
                visitor, try await planForm(visitor, workspace, sent: nil), of: "", isOpen: false, refused: refused)
        }
        let command: any ProgramCommand
        do throws(Miss) { command = try await planCommand(visitor, workspace) } catch {
            switch error {
            case .failed(let problem): throw problem
            case .field(let name, let said): return try await refuse(name, said)
            }
        }
        let answer = try await directory.perform(command, id: commandID(visitor), in: workspace.id, by: actor(visitor))
        if let refusal = refusal(answer, visitor, workspace.calendar, scale: 0) { return try await refuse(nil, refusal) }
        switch command {
        case is BuyPlan: return .redirect(SiteURL.plan(answer.body["id"]?.stringValue ?? "", done: "bought"))
        case is GivePlan: return .redirect(SiteURL.plans(done: "given"))
        default: return .redirect(SiteURL.plans(done: "answered"))
        }
    }

    private func definePlan(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let of = visitor.form["of"] ?? ""
        let offers = try await directory.programReader(of: workspace.id).planOffers()
        // The next version counts by the days of the one before.
        let known = offers.first { $0.offer.key == of }
        guard of.isEmpty || known != nil else { throw Desk.notFound }
        var form = try await planForm(visitor, workspace, sent: visitor.form, zone: known?.offer.terms.zone)
        guard let offer = form.offer() else { return try await plansReply(visitor, form, of: of, isOpen: true) }
        if offer.key != of, offers.contains(where: { $0.offer.key == offer.key }) {
            form.refuse("key", visitor.words(\.plans.keyTaken))
            return try await plansReply(visitor, form, of: of, isOpen: true)
        }
        let answer = try await directory.perform(
            DefinePlan(offer), id: commandID(visitor), in: workspace.id, by: actor(visitor))
        if let refusal = refusal(answer, visitor, workspace.calendar, scale: 0) {
            return try await plansReply(visitor, form, of: of, isOpen: true, problem: refusal)
        }
        return .redirect(SiteURL.plans(done: "defined"))
    }

    private func planCommand(_ visitor: Visitor, _ workspace: OpenWorkspace) async throws(Miss) -> any ProgramCommand {
        let form = visitor.form
        if let deed = AnswerPlanGift.Deed(rawValue: form["deed"] ?? "") {
            return AnswerPlanGift(
                deed, of: BenefitID(form["subject"] ?? ""), by: try await wish("by", visitor, workspace))
        }
        let halves = (form["plan"] ?? "").split(separator: " ", maxSplits: 1).map(String.init)
        guard halves.count == 2, let version = Int64(halves[1]) else { throw .failed(Desk.notFound) }
        let payer = try await wish("payer", visitor, workspace)
        switch form["deed"] {
        case "buy":
            var command = BuyPlan(halves[0], for: try await wish("beneficiary", visitor, workspace), paidBy: payer)
            command.version = version
            return command
        case "give":
            var command = GivePlan(halves[0], paidBy: payer)
            if form["recipient"]?.contains(where: { !$0.isWhitespace }) == true {
                command.recipient = try await wish("recipient", visitor, workspace)
            }
            guard let days = Formats.units(form["days"] ?? "", digits: 0), (1 ... 366).contains(days) else {
                throw .field("days", Said(text: visitor.words(\.plans.badDays)))
            }
            (command.version, command.days) = (version, Int(days))
            return command
        default: throw .failed(Desk.notFound)
        }
    }

    /// The member who was typed into a field.
    private func wish(_ field: String, _ visitor: Visitor, _ workspace: OpenWorkspace) async throws(Miss) -> MemberWish {
        do throws(Problem) {
            return try await directory.memberWish(visitor.form[field] ?? "", in: workspace.id, place: "/\(field)")
        } catch {
            guard error.status < 500 else { throw .failed(error) }
            throw .field(field, visitor.words(error.wording))
        }
    }

    // MARK: - One plan

    func plan(_ visitor: Visitor) async throws(Problem) -> Reply { try await planReply(visitor, nil) }

    private func planReply(_ visitor: Visitor, _ refused: DeedForms.Refused?) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let (words, reader) = (visitor.words, directory.programReader(of: workspace.id))
        let id = visitor.form["subject"] ?? visitor.query["id"] ?? ""
        guard let statement = try await reader.plan(BenefitID(id), at: now) else { throw Desk.notFound }
        let writer = planWriter(
            visitor, workspace, action: "/benefits/plans/plan", try await benefitNames(visitor, workspace), refused)
        let plan = statement.plan
        let page = PlanPage(
            name: writer.name(statement.offer), note: words(\.plans.version, ["number": writer.benefits.number(statement.version)]),
            problem: writer.forms.problem, tag: writer.tag(plan.state), bought: writer.bought(statement),
            facts: writer.facts(statement), events: writer.events(statement.facts), deeds: writer.cancelling(plan),
            refundURL: visitor.isOwner && writer.isOpen(plan) ? SiteURL.planRefund(id) : nil, mayChange: visitor.isOwner)
        var frame = visitor.frame(page.name, .program)
        switch visitor.query["done"] {
        case "bought": frame.notice = .init(kind: "", text: words(\.plans.doneBought))
        case "cancelled": frame.notice = .init(kind: "", text: words(\.plans.doneCancelled))
        case "refunded":
            let amount = statement.facts.last { $0.kind == .refunded }?.amount ?? 0
            frame.notice = .init(kind: "", text: words(\.plans.doneRefunded, ["amount": writer.money(amount)]))
        default: break
        }
        return .page(page, frame, status: refused == nil ? .ok : .unprocessableContent)
    }

    func cancelPlan(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let id = visitor.form["subject"] ?? ""
        let answer = try await directory.perform(
            ChangePlan(.cancel, of: BenefitID(id)), id: commandID(visitor), in: workspace.id, by: actor(visitor))
        if let refusal = refusal(answer, visitor, workspace.calendar, scale: 0) {
            return try await planReply(visitor, .init(deed: "cancel", subject: id, said: refusal, typed: [:]))
        }
        return .redirect(SiteURL.plan(id, done: "cancelled"))
    }

    func planRefund(_ visitor: Visitor) async throws(Problem) -> Reply { try await planRefundReply(visitor, problem: nil) }

    private func planRefundReply(_ visitor: Visitor, problem: Said?) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let (words, reader) = (visitor.words, directory.programReader(of: workspace.id))
        let id = visitor.form["plan"] ?? visitor.query["id"] ?? ""
        guard let statement = try await reader.plan(BenefitID(id), at: now) else { throw Desk.notFound }
        guard let amount = try await reader.refund(ofPlan: BenefitID(id), at: now) else { return .redirect(SiteURL.plan(id)) }
        let writer = planWriter(visitor, workspace, action: "/benefits/plans/plan", [], nil)
        let title = words(\.plans.refundTitle, ["plan": writer.name(statement.offer)])
        let page = PlanRefundPage(
            title: title, problem: problem,
            stats: [
                Stat(label: words(\.plans.refundAmount), value: writer.money(amount), note: words(\.plans.refundNote)),
                Stat(label: words(\.plans.refundFee), value: writer.money(statement.plan.terms.fee)),
                Stat(label: words(\.plans.payer), value: statement.plan.payer.text),
            ], plan: id, command: Team.anonymousToken(), backURL: SiteURL.plan(id))
        return .page(page, visitor.frame(title, .program), status: problem == nil ? .ok : .unprocessableContent)
    }

    func refundPlan(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let id = visitor.form["plan"] ?? ""
        let answer = try await directory.perform(
            ChangePlan(.refund, of: BenefitID(id)), id: commandID(visitor), in: workspace.id, by: actor(visitor))
        if let refusal = refusal(answer, visitor, workspace.calendar, scale: 0) {
            return try await planRefundReply(visitor, problem: refusal)
        }
        return .redirect(SiteURL.plan(id, done: "refunded"))
    }
}
