import Loyalty
import Model

/// Puts plans, who has them and what happened to them into words.
struct PlanWriter {
    let benefits: BenefitWriter
    let currency: Currency
    /// Names of the benefits, by key.
    let names: [String: String]
    let forms: DeedForms

    private var words: Words { benefits.words }

    func name(_ offer: PlanOffer) -> String { words.language == .chinese ? offer.name.chinese : offer.name.english }

    func money(_ minor: Int64) -> String { benefits.formats.money(Money(minorUnits: minor, currency: currency)) }

    // MARK: - For sale

    func fee(_ terms: PaidPlanTerms) -> String {
        let period = BenefitForm.periods.first { $0.value == terms.interval.rawValue }?.label ?? \.benefits.periodMonth
        return words(\.plans.feeEach, ["fee": money(terms.fee), "period": words(period)])
    }

    func offer(_ offer: PlanOffer, version: Int64) -> PlansPage.Offer {
        let terms = offer.terms
        var lines: [String] = []
        if terms.trialDays > 0 { lines.append(words(\.plans.trial, count: terms.trialDays)) }
        lines.append(words(\.plans.grace, count: terms.graceDays))
        lines.append(words(\.plans.notice, count: terms.noticeDays))
        if terms.promisesSavings { lines.append(words(\.plans.savings)) }
        return PlansPage.Offer(
            name: name(offer), key: offer.key, version: words(\.plans.version, ["number": benefits.number(version)]),
            fee: fee(terms), terms: lines, parts: offer.parts.map(part),
            changeURL: forms.mayChange ? SiteURL.plans(of: offer.key) : nil)
    }

    private func part(_ part: PlanOffer.Part) -> String {
        let name = names[part.benefit] ?? part.benefit
        let amount = part.amount.map(benefits.number) ?? words(\.benefits.unlimited)
        guard let price = part.listPrice else { return words(\.plans.part, ["benefit": name, "amount": amount]) }
        return words(\.plans.partPrice, ["benefit": name, "amount": amount, "price": money(price)])
    }

    /// A plan as it is sold: what was shown is sent with it.
    private func options(_ offers: [(offer: PlanOffer, version: Int64)]) -> [(value: String, label: String)] {
        offers.map { offer, version in
            let label = words(
                \.plans.option, ["plan": name(offer), "version": benefits.number(version), "fee": fee(offer.terms)])
            return (value: "\(offer.key) \(version)", label: label)
        }
    }

    /// Buying and giving; none while nothing is for sale.
    func sales(_ offers: [(offer: PlanOffer, version: Int64)]) -> [DeedForm] {
        guard !offers.isEmpty else { return [] }
        let options = options(offers)
        let buy = [
            forms.select("buy", "", "plan", \.plans.plan, options),
            forms.field("buy", "", "beneficiary", \.plans.beneficiary, \.plans.wishHint),
            forms.field("buy", "", "payer", \.plans.payer, \.plans.wishHint),
        ]
        let give = [
            forms.select("give", "", "plan", \.plans.plan, options),
            forms.field("give", "", "payer", \.plans.payer, \.plans.wishHint),
            forms.field("give", "", "recipient", \.plans.recipient, \.plans.recipientHint, isRequired: false),
            forms.field("give", "", "days", \.plans.days, nil, standard: "14"),
        ]
        return forms.form("buy", \.plans.buy, buy, note: words(\.plans.buyNote))
            + forms.form("give", \.plans.give, give, note: words(\.plans.giveNote))
    }

    // MARK: - Bought

    func tag(_ state: PaidPlan.State) -> TagItem {
        switch state {
        case .trial: TagItem(kind: "customer", label: words(\.plans.stateTrial))
        case .active: TagItem(kind: "user", label: words(\.plans.stateActive))
        case .pastDue: TagItem(kind: "bad", label: words(\.plans.statePastDue))
        case .cancelled: TagItem(kind: "", label: words(\.plans.stateCancelled))
        case .expired: TagItem(kind: "", label: words(\.plans.stateExpired))
        case .refunded: TagItem(kind: "", label: words(\.plans.stateRefunded))
        }
    }

    func bought(_ statement: PlanStatement) -> PlansPage.Bought {
        let plan = statement.plan
        let note: KeyPath<Catalogue, Text>? =
            plan.isCancelled ? \.plans.ends : plan.isPaidAhead ? \.plans.paidAhead : nil
        return PlansPage.Bought(
            name: name(statement.offer), url: SiteURL.plan(plan.id.text), beneficiary: plan.beneficiary.text,
            beneficiaryURL: SiteURL.pointMember(plan.beneficiary.text), payer: plan.payer.text,
            payerURL: SiteURL.pointMember(plan.payer.text), tag: tag(plan.state), until: benefits.when(plan.until),
            note: isOpen(plan) ? note.map { words($0) } : nil)
    }

    /// Whether it has not ended.
    func isOpen(_ plan: PaidPlan) -> Bool { [.trial, .active, .pastDue].contains(plan.state) }

    func facts(_ statement: PlanStatement) -> [PortraitPage.Fact] {
        let plan = statement.plan
        return [
            .init(key: words(\.plans.price), value: fee(plan.terms)),
            .init(key: words(\.plans.since), value: benefits.when(plan.from)),
            .init(key: words(\.plans.until), value: benefits.when(plan.until)),
            .init(key: words(\.plans.period), value: benefits.formats.number(plan.period)),
            .init(key: words(\.plans.gives), value: statement.offer.parts.map(part).joined(separator: "; ")),
        ]
    }

    /// The last first.
    func events(_ facts: [PaidPlan.Fact]) -> [PlanPage.Event] {
        facts.reversed().map { fact in
            PlanPage.Event(
                when: benefits.when(fact.at), timestamp: fact.at.rfc3339, what: words(PlanWriter.label(of: fact.kind)),
                amount: fact.amount.map(money))
        }
    }

    func cancelling(_ plan: PaidPlan) -> [DeedForm] {
        guard isOpen(plan), !plan.isCancelled else { return [] }
        return forms.form("cancel", \.plans.cancel, [], subject: plan.id.text, note: words(\.plans.cancelNote))
    }

    // MARK: - Gifts

    /// - Parameter offers: The newest versions, for the plans' names.
    func gift(_ statement: PlanGiftStatement, _ offers: [(offer: PlanOffer, version: Int64)]) -> PlansPage.Gift {
        let (gift, now) = (statement.gift, benefits.now)
        let key = statement.json["plan"]?.stringValue ?? ""
        let line = words(
            \.plans.giftLine,
            [
                "payer": gift.payer.text, "recipient": gift.recipient?.text ?? words(\.plans.anybody), "fee": money(gift.fee),
            ])
        var detail = [line]
        let tag: TagItem
        switch gift.state(at: now) {
        case .offered:
            tag = TagItem(kind: "customer", label: words(\.plans.giftOffered))
            detail.append(words(\.plans.openUntil, ["when": benefits.when(gift.until)]))
        case .accepted(let party, _):
            tag = TagItem(kind: "user", label: words(\.plans.giftAccepted))
            detail.append(words(\.plans.acceptedBy, ["who": party.text]))
        case .refunded:
            let ending: KeyPath<Catalogue, Text> =
                switch gift.ending(at: now) {
                case .declined?: \.plans.giftDeclined
                case .withdrawn?: \.plans.giftWithdrawn
                case .expired?, nil: \.plans.giftExpired
                }
            tag = TagItem(kind: "", label: words(ending))
            detail.append(words(\.plans.wentBack, ["fee": money(gift.fee)]))
        }
        return PlansPage.Gift(
            name: offers.first { $0.offer.key == key }.map { name($0.offer) } ?? key, detail: detail, tag: tag,
            forms: gift.state(at: now) == .offered ? answers(gift) : [])
    }

    private func answers(_ gift: GiftedPlan) -> [DeedForm] {
        let subject = gift.id.text
        let by = forms.field("accept", subject, "by", \.plans.by, \.plans.wishHint, standard: gift.recipient?.text ?? "")
        let accept = forms.form("accept", \.plans.accept, [by], subject: subject)
        // Only for somebody in particular there is somebody who can decline.
        let decline = gift.recipient.map { party in
            forms.form(
                "decline", \.plans.decline, [forms.hidden("decline", subject, "by", party.text)], subject: subject,
                note: words(\.plans.declineNote))
        }
        let withdraw = forms.form(
            "withdraw", \.plans.withdraw, [forms.hidden("withdraw", subject, "by", gift.payer.text)], subject: subject,
            note: words(\.plans.declineNote))
        return accept + (decline ?? []) + withdraw
    }

    private static func label(of kind: PaidPlan.Fact.Kind) -> KeyPath<Catalogue, Text> {
        switch kind {
        case .trialStarted: \.plans.factTrialStarted
        case .paid: \.plans.factPaid
        case .periodStarted: \.plans.factPeriodStarted
        case .renewalNoticed: \.plans.factNoticed
        case .paymentDue: \.plans.factDue
        case .cancellationAsked: \.plans.factCancellationAsked
        case .cancelled: \.plans.factCancelled
        case .expired: \.plans.factExpired
        case .refunded: \.plans.factRefunded
        case .savingsCredited: \.plans.factSavings
        }
    }
}
