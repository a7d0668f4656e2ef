import Loyalty
import Model
import OrderedCollections

/// Puts what is looked after of a benefit into lines and forms.
struct BenefitCareWriter {
    let benefits: BenefitWriter
    let forms: DeedForms
    /// The key of the benefit.
    let benefit: String

    private var words: Words { benefits.words }

    /// - Parameter mayChange: Whether the reader may change anything.
    init(_ benefits: BenefitWriter, of benefit: String, mayChange: Bool, refused: DeedForms.Refused?) {
        (self.benefits, self.benefit) = (benefits, benefit)
        forms = DeedForms(
            words: benefits.words, action: "/benefits/care", page: benefits.page, mayChange: mayChange, refused: refused)
    }

    // MARK: - Sections

    /// - Parameter holders: With the grants whose payer can change.
    func payers(_ holders: [(member: ProgramMemberID, statement: BenefitStatement)]) -> BenefitCarePage.Section {
        let open = holders.flatMap { holder in
            holder.statement.grants.filter { $0.end > benefits.now }.map { (member: holder.member, grant: $0) }
        }
        let options = open.map { member, grant in
            FormField.Option(
                value: grant.id.text,
                label: words(
                    \.benefitCare.grantOption,
                    ["member": member.text, "source": source(grant.source), "payer": payer(grant.payer)]),
                selected: grant.id.text == typed("payer", "", "grant"))
        }
        let lines = open.map { member, grant in
            BenefitCarePage.Line(
                head: member.text, headURL: SiteURL.pointMember(member.text),
                detail: [source(grant.source), words(\.benefits.paidBy, ["who": payer(grant.payer)])], forms: [])
        }
        let fields = [
            FormField("grant", id: "payer-grant", words(\.benefitCare.grant), options: options),
            field("payer", "", "payer", \.benefits.payer, \.benefits.payerHint, standard: "program"),
        ]
        return BenefitCarePage.Section(
            words(\.benefitCare.payers), about: words(\.benefitCare.payersIntro), none: words(\.benefitCare.noGrants), lines: lines,
            forms: lines.isEmpty ? [] : form("payer", \.benefitCare.changePayer, fields))
    }

    func caps(_ caps: [(member: ProgramMemberID, cap: BenefitCap)]) -> BenefitCarePage.Section {
        let lines = caps.map { member, cap in
            BenefitCarePage.Line(
                head: member.text, headURL: SiteURL.pointMember(member.text),
                detail: [words(\.benefitCare.capLine, ["max": benefits.number(cap.max), "by": cap.by.text])], forms: [])
        }
        let fields = [
            field("cap", "", "member", \.benefitCare.capOf, \.benefitCare.wishHint),
            field("cap", "", "by", \.benefitCare.capBy, \.benefitCare.wishHint),
            field("cap", "", "max", \.benefitCare.most, \.benefitCare.mostHint, isRequired: false),
        ]
        return BenefitCarePage.Section(
            words(\.benefitCare.caps), about: words(\.benefitCare.capsIntro), none: words(\.benefitCare.noCaps), lines: lines,
            forms: form("cap", \.benefitCare.setCap, fields))
    }

    func pools(_ pools: [BenefitPool]) -> BenefitCarePage.Section {
        let fields = [
            field("open", "", "account", \.benefitCare.account, \.benefitCare.wishHint),
            field("open", "", "by", \.benefitCare.admin, \.benefitCare.wishHint),
            field("open", "", "approval_from", \.benefitCare.approvalFrom, \.benefitCare.approvalHint, isRequired: false),
        ]
        return BenefitCarePage.Section(
            words(\.benefitCare.pools), about: words(\.benefitCare.poolsIntro), none: words(\.benefitCare.noPools),
            lines: pools.flatMap(lines), forms: form("open", \.benefitCare.makePool, fields))
    }

    /// - Parameter stock: nil for a benefit that sends nothing.
    func gifts(_ stock: GiftStock?, _ gifts: [GiftFulfilment]) -> BenefitCarePage.Section {
        guard let stock else {
            return BenefitCarePage.Section(
                words(\.benefitCare.gifts), about: nil, none: words(\.benefitCare.giftsNone), lines: [], forms: [])
        }
        let line = words(
            \.benefitCare.stockLine,
            [
                "free": benefits.number(stock.free), "reserved": benefits.number(stock.reserved),
                "hand": benefits.number(stock.onHand),
            ])
        let fields = [field("stock", "", "count", \.benefitCare.count, \.benefitCare.countHint)]
        return BenefitCarePage.Section(
            words(\.benefitCare.gifts), about: "\(stock.key): \(line)", none: words(\.benefitCare.noGifts),
            lines: gifts.map(self.line), forms: form("stock", \.benefitCare.putIn, fields))
    }

    // MARK: - Lines

    private func payer(_ party: BenefitParty) -> String { party.text == "program" ? words(\.benefits.program) : party.text }

    private func source(_ source: BenefitSource) -> String { "\(benefits.source(source.kind)) \(source.id)" }

    /// The pool itself with its forms, its people, and what waits.
    private func lines(_ pool: BenefitPool) -> [BenefitCarePage.Line] {
        let account = pool.book.beneficiary.text
        let left = pool.book.check(at: benefits.now).remaining.map(benefits.number) ?? words(\.benefits.unlimited)
        let head = BenefitCarePage.Line(
            head: account, headURL: SiteURL.pointMember(account), detail: [words(\.benefitCare.poolLeft, ["left": left])],
            forms: poolForms(account))
        let people = pool.roles.sorted { $0.key < $1.key }.map { party, roles in
            let names = BenefitPool.Role.allCases.filter(roles.contains).map { words(BenefitCareWriter.label(of: $0)) }
                .joined(separator: ", ")
            let cap = pool.book.caps.first { $0.user == party && $0.by == pool.book.beneficiary }?.max
            let detail = cap.map { words(\.benefitCare.person, ["roles": names, "cap": benefits.number($0)]) }
            return BenefitCarePage.Line(
                head: party.text, headURL: SiteURL.pointMember(party.text), detail: [detail ?? names], forms: [])
        }
        return [head] + people + pool.waiting.map { waiting($0, account) }
    }

    private func waiting(_ purchase: BenefitPool.Purchase, _ account: String) -> BenefitCarePage.Line {
        let amount = purchase.grant.amount.map(benefits.number) ?? words(\.benefitCare.anyAmount)
        let subject = purchase.grant.id.text
        let fields = [
            field("approve", subject, "by", \.benefitCare.by, \.benefitCare.wishHint),
            FormField("account", id: "approve-account-\(subject)", "", type: "hidden", value: account),
        ]
        return BenefitCarePage.Line(
            head: source(purchase.grant.source), headURL: nil,
            detail: [words(\.benefitCare.waits, ["amount": amount, "buyer": purchase.buyer.text])],
            forms: form("approve", \.benefitCare.approve, fields, subject: subject))
    }

    private func poolForms(_ account: String) -> [DeedForm] {
        func by(_ deed: String) -> FormField { field(deed, account, "by", \.benefitCare.by, \.benefitCare.wishHint) }
        let checks = BenefitPool.Role.allCases.map { role in
            let name = "role_\(role.rawValue)"
            return DeedForm.Check(
                name: name, label: words(BenefitCareWriter.label(of: role)), isOn: !typed("roles", account, name).isEmpty)
        }
        let kinds = BenefitSource.Kind.allCases.map {
            FormField.Option(
                value: $0.rawValue, label: benefits.source($0), selected: $0.rawValue == typed("buy", account, "source_kind"))
        }
        let roles = [by("roles"), field("roles", account, "member", \.benefitCare.rolesOf, \.benefitCare.wishHint)]
        let cap = [
            by("pool_cap"), field("pool_cap", account, "member", \.benefitCare.capOf, \.benefitCare.wishHint),
            field("pool_cap", account, "max", \.benefitCare.most, \.benefitCare.mostHint, isRequired: false),
        ]
        let buy = [
            by("buy"), FormField("source_kind", id: "buy-source_kind-\(account)", words(\.benefits.sourceKind), options: kinds),
            field("buy", account, "source", \.benefits.sourceID, \.benefits.sourceHint),
            field("buy", account, "amount", \.benefits.amount, \.benefits.amountHint, isRequired: false),
        ]
        let use = [
            field("use", account, "user", \.benefitCare.user, \.benefitCare.wishHint),
            field("use", account, "amount", \.benefits.amount, nil, standard: "1"),
        ]
        return form("roles", \.benefitCare.giveRoles, roles, subject: account, note: \.benefitCare.noRole, checks)
            + form("pool_cap", \.benefitCare.poolCap, cap, subject: account)
            + form("buy", \.benefitCare.buy, buy, subject: account)
            + form("use", \.benefitCare.use, use, subject: account)
            + form("close", \.benefitCare.closePool, [by("close")], subject: account, note: \.benefitCare.closeNote)
    }

    private func line(_ gift: GiftFulfilment) -> BenefitCarePage.Line {
        let subject = gift.id.text
        let state = words(BenefitCareWriter.label(of: gift.state))
        var detail = [words(\.benefitCare.giftLine, ["amount": benefits.number(gift.amount), "state": state])]
        if gift.addressConsentAt != nil { detail.append(words(\.benefitCare.consented)) }
        let options = gift.steps.map {
            FormField.Option(
                value: $0.rawValue, label: words(BenefitCareWriter.label(of: $0)),
                selected: $0.rawValue == typed("step", subject, "step"))
        }
        let steps = [FormField("step", id: "step-step-\(subject)", words(\.benefitCare.step), options: options)]
        let consent = gift.addressConsentAt == nil ? form("consent", \.benefitCare.consent, [], subject: subject) : []
        return BenefitCarePage.Line(
            head: subject, headURL: nil, detail: detail,
            forms: form("step", \.benefitCare.takeStep, steps, subject: subject) + consent)
    }

    // MARK: - Forms

    /// One form, or none for whoever may not change anything.
    private func form(
        _ deed: String, _ summary: KeyPath<Catalogue, Text>, _ fields: [FormField], subject: String = "",
        note: KeyPath<Catalogue, Text>? = nil, _ checks: [DeedForm.Check] = []
    ) -> [DeedForm] {
        let fields = [forms.hidden(deed, subject, "benefit", benefit)] + fields
        return forms.form(deed, summary, fields, subject: subject, note: note.map { words($0) }, checks)
    }

    private func field(
        _ deed: String, _ subject: String, _ name: String, _ label: KeyPath<Catalogue, Text>, _ hint: KeyPath<Catalogue, Text>?,
        standard: String = "", isRequired: Bool = true
    ) -> FormField {
        forms.field(deed, subject, name, label, hint, standard: standard, isRequired: isRequired)
    }

    private func typed(_ deed: String, _ subject: String, _ name: String) -> String { forms.typed(deed, subject, name) }

    // MARK: - Words

    private static func label(of role: BenefitPool.Role) -> KeyPath<Catalogue, Text> {
        switch role {
        case .buyer: \.benefitCare.roleBuyer
        case .approver: \.benefitCare.roleApprover
        case .user: \.benefitCare.roleUser
        case .admin: \.benefitCare.roleAdmin
        }
    }

    private static func label(of step: GiftFulfilment.Step) -> KeyPath<Catalogue, Text> {
        switch step {
        case .reserve: \.benefitCare.stepReserve
        case .pack: \.benefitCare.stepPack
        case .ship: \.benefitCare.stepShip
        case .deliver: \.benefitCare.stepDeliver
        case .fail: \.benefitCare.stepFail
        case .takeBack: \.benefitCare.stepReturn
        case .cancel: \.benefitCare.stepCancel
        }
    }

    private static func label(of state: GiftFulfilment.State) -> KeyPath<Catalogue, Text> {
        switch state {
        case .requested: \.benefitCare.stateRequested
        case .reserved: \.benefitCare.stateReserved
        case .packed: \.benefitCare.statePacked
        case .shipped: \.benefitCare.stateShipped
        case .failed: \.benefitCare.stateFailed
        case .delivered, .returned, .cancelled: \.benefitCare.stateOver
        }
    }
}
