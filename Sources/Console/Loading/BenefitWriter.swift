import Loyalty
import Model

/// Puts benefits, their grants and uses into words.
struct BenefitWriter {
    let words: Words
    let formats: Formats
    let calendar: ZoneCalendar
    let now: Instant
    /// Begins the ids of the page's commands.
    let page: String

    func number(_ number: Int64) -> String { formats.number(Int(clamping: number)) }
    func when(_ instant: Instant) -> String { formats.dateTime(instant, calendar) }

    // MARK: - What it is

    func name(_ benefit: Benefit) -> String { words.language == .chinese ? benefit.name.chinese : benefit.name.english }

    func kind(_ benefit: Benefit) -> String {
        words(BenefitForm.kinds.first { $0.value == benefit.kind.word }?.label ?? \.benefits.kind)
    }

    func quota(_ benefit: Benefit) -> String {
        guard benefit.kind.isCounted else { return words(\.benefits.uncounted) }
        return benefit.quota.map(number) ?? words(\.benefits.unlimited)
    }

    func period(_ benefit: Benefit) -> String {
        let word = benefit.period?.interval.rawValue ?? ""
        return words(BenefitForm.periods.first { $0.value == word }?.label ?? \.benefits.periodNone)
    }

    func item(_ benefit: Benefit, holders: Int) -> BenefitsPage.Item {
        BenefitsPage.Item(
            name: name(benefit), key: benefit.key, url: SiteURL.benefit(benefit.key), kind: kind(benefit), quota: quota(benefit),
            period: period(benefit), holders: formats.number(holders))
    }

    func facts(_ benefit: Benefit) -> [PortraitPage.Fact] {
        var facts = [
            PortraitPage.Fact(key: words(\.benefits.kind), value: kind(benefit)),
            PortraitPage.Fact(key: words(\.benefits.quota), value: "\(quota(benefit)), \(period(benefit))"),
        ]
        func add(_ label: KeyPath<Catalogue, Text>, _ value: String) { facts.append(.init(key: words(label), value: value)) }
        switch benefit.kind {
        case .issueCoupon(let template): add(\.benefits.detailTemplate, template)
        case .physicalGift(let stock): add(\.benefits.detailStock, stock)
        case .priority(let weight): add(\.benefits.detailWeight, number(weight))
        case .onOff, .metered, .once, .status: break
        }
        if let zone = benefit.period?.zone { add(\.benefits.zone, zone.identifier) }
        if benefit.carryOverMax > 0 { add(\.benefits.carryOver, number(benefit.carryOverMax)) }
        if let combine = BenefitForm.combinations.first(where: { $0.value == benefit.combination.rawValue }) {
            add(\.benefits.combine, words(combine.label))
        }
        if !benefit.places.isEmpty { add(\.benefits.places, benefit.places.sorted().joined(separator: ", ")) }
        return facts
    }

    // MARK: - Who has it

    func source(_ kind: BenefitSource.Kind) -> String {
        switch kind {
        case .tier: words(\.benefits.sourceTier)
        case .plan: words(\.benefits.sourcePlan)
        case .orderLine: words(\.benefits.sourceOrderLine)
        case .productCode: words(\.benefits.sourceProductCode)
        case .gift: words(\.benefits.sourceGift)
        case .compensation: words(\.benefits.sourceCompensation)
        case .campaign: words(\.benefits.sourceCampaign)
        }
    }

    /// - Parameter revoking: The form that was not taken: of which grant, what was typed, and what is wrong with it.
    func holder(
        _ member: ProgramMemberID, _ statement: BenefitStatement, mayChange: Bool,
        revoking: (grant: String, typed: String, error: String)?
    ) -> BenefitPage.Holder {
        let (benefit, answer) = (statement.benefit, statement.answer)
        let isHeld = statement.grants.contains { $0.isActive(at: now) }
        let left =
            benefit.kind.isCounted
            ? answer.remaining.map(number) ?? words(\.benefits.unlimited)
            : answer.weight.map(number) ?? (isHeld ? words(\.benefits.has) : "–")
        let isFree = benefit.kind.isUsable ? answer.isAllowed : isHeld
        return BenefitPage.Holder(
            member: member.text, memberURL: SiteURL.pointMember(member.text), left: isHeld ? left : "–",
            resets: answer.resetsAt.map { words(\.benefits.resets, ["when": when($0)]) },
            tag: isFree
                ? TagItem(kind: "user", label: words(\.benefits.allowed)) : TagItem(kind: "", label: words(\.benefits.notAllowed)),
            grants: statement.grants.map { grant($0, mayChange: mayChange, revoking: revoking) },
            uses: statement.uses.map(use), hasUses: !statement.uses.isEmpty)
    }

    private func grant(
        _ grant: BenefitGrant, mayChange: Bool, revoking: (grant: String, typed: String, error: String)?
    ) -> BenefitPage.Grant {
        let isOpen = grant.end > now
        var time: String
        if !isOpen {
            time = words(\.benefits.endedAt, ["when": when(grant.end)])
        } else if grant.end == .distantFuture {
            time = words(\.benefits.from, ["from": when(grant.from)])
        } else {
            time = words(\.benefits.fromUntil, ["from": when(grant.from), "until": when(grant.end)])
        }
        if let reason = grant.ending?.reason { time += ": \(reason)" }
        let payer = grant.payer.text == "program" ? words(\.benefits.program) : grant.payer.text
        let mine = revoking?.grant == grant.id.text ? revoking : nil
        var field = FormField(
            "reason", id: "reason-\(grant.id.text)", words(\.benefits.reason), value: mine?.typed ?? "",
            hint: words(\.benefits.reasonHint),
            autocomplete: "off")
        field.error = mine?.error
        return BenefitPage.Grant(
            source: "\(source(grant.source.kind)) \(grant.source.id)", payer: words(\.benefits.paidBy, ["who": payer]), time: time,
            amount: grant.amount.map(number),
            revoke: mayChange && isOpen
                ? .init(id: grant.id.text, command: "\(page)-\(grant.id.text.suffix(80))", reason: field, isOpen: mine != nil) : nil
        )
    }

    private func use(_ use: BenefitUse) -> BenefitPage.Use {
        let tag: TagItem =
            switch use.state {
            case .reserved: TagItem(kind: "customer", label: words(\.benefits.stateReserved))
            case .consumed: TagItem(kind: "", label: words(\.benefits.stateConsumed))
            case .cancelled: TagItem(kind: "", label: words(\.benefits.stateCancelled))
            }
        var notes: [String] = []
        if let user = use.user { notes.append(words(\.benefits.usedBy, ["who": user.text])) }
        if use.over > 0 { notes.append(words(\.benefits.over, ["amount": number(use.over)])) }
        if use.refunded > 0 { notes.append(words(\.benefits.refunded, ["amount": number(use.refunded)])) }
        return BenefitPage.Use(
            when: when(use.at), amount: number(use.amount), state: tag, detail: notes.isEmpty ? nil : notes.joined(separator: " · ")
        )
    }
}
