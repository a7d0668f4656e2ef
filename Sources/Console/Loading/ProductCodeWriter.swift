import Model
import People
import Records
import Workspaces

/// Puts product codes, their batches and cases into words.
struct ProductCodeWriter {
    /// A new batch has a name, a product and a number of codes; what follows it may have.
    private static let batchFieldsNeeded = 3

    let words: Words
    let formats: Formats
    let calendar: ZoneCalendar
    /// Who is known of those to name, by identity.
    let people: [Identity: PersonID]
    /// Names of the members who decided.
    let members: [MemberID: String]

    private var events: EventWords { EventWords(words: words) }

    func person(_ identity: Identity, _ detail: String? = nil) -> ProductCodesPage.Person {
        ProductCodesPage.Person(
            kind: events.kind(identity.type), value: identity.value, url: people[identity].map { SiteURL.person($0.text) },
            detail: detail)
    }

    /// - Parameter refused: What was typed as the reason of a block and not taken, and what is wrong with it.
    func found(
        _ inquiry: ProductInquiry, mayBlock: Bool, refused: (typed: String, text: String)? = nil
    ) -> ProductCodesPage.Found {
        let facts: [PortraitPage.Fact] = [
            .init(key: words(\.products.product), value: inquiry.batch.product),
            .init(key: words(\.products.batch), value: inquiry.batch.name),
            .init(key: words(\.products.serial), value: formats.number(inquiry.serial)),
        ]
        var more: [PortraitPage.Fact] = []
        if let registration = inquiry.registration {
            let when = formats.dateTime(registration.registeredAt, calendar)
            more.append(.init(key: words(\.products.registeredOn), value: when))
            if let day = registration.warrantyUntil {
                more.append(.init(key: words(\.products.warrantyUntil), value: formats.date(day)))
            }
        }
        if !inquiry.cases.isEmpty {
            let open = inquiry.cases.filter { $0.decision == nil }.count
            let text = words(\.products.caseCount, ["open": formats.number(open)], count: inquiry.cases.count)
            more.append(.init(key: words(\.products.cases), value: text))
        }
        if let block = inquiry.block {
            let text = words(
                \.products.decidedBy,
                ["when": formats.dateTime(block.at, calendar), "who": name(block.by), "why": block.reason])
            more.append(.init(key: words(\.products.blocked), value: text))
        }
        var why = FormField(
            "why", id: "block-why", words(\.products.why), value: refused?.typed ?? "", hint: words(\.products.whyHint),
            autocomplete: "off")
        why.error = refused?.text
        return ProductCodesPage.Found(
            code: inquiry.code.text, facts: facts, holder: inquiry.registration?.who.map { person($0) }, more: more,
            action: mayBlock ? SiteURL.productBlock : nil, isBlocked: inquiry.block != nil,
            isOpen: refused != nil, why: why)
    }

    func one(
        _ dispute: ProductDispute, mayDecide: Bool, form: [String: String], error: (field: String, text: String)?
    )
        -> ProductCodesPage.Case
    {
        let found = dispute.dispute
        var page = ProductCodesPage.Case(
            code: dispute.code.text, codeURL: SiteURL.productCodes(code: dispute.code.text),
            product: "\(dispute.batch.product) · \(dispute.batch.name)", opened: formats.dateTime(found.openedAt, calendar),
            holder: person(found.holder),
            claims: found.claims.map { claim in
                let when = formats.dateTime(claim.claimedAt, calendar)
                return person(claim.who, claim.count == 1 ? when : "\(when) · \(words(\.products.tried, count: claim.count))")
            })
        if let decision = found.decision {
            page.outcome = outcome(decision)
            page.decided = words(
                \.products.decidedBy,
                ["when": formats.dateTime(decision.at, calendar), "who": name(decision.by), "why": decision.reason])
        } else if mayDecide {
            page.action = SiteURL.productCase(found.id)
            page.fields = fields(found, form, error)
        }
        return page
    }

    /// - Parameters:
    ///   - fields: Of the form of a new batch; none for who may not make one.
    ///   - isOpen: Whether it is to be seen without being asked for.
    func batchForm(_ fields: [FormField], isOpen: Bool) -> ProductCodesPage.BatchForm? {
        guard !fields.isEmpty else { return nil }
        let more = Array(fields.dropFirst(ProductCodeWriter.batchFieldsNeeded))
        return ProductCodesPage.BatchForm(
            fields: Array(fields.prefix(ProductCodeWriter.batchFieldsNeeded)), more: more, isOpen: isOpen,
            isMoreOpen: more.contains { !$0.value.isEmpty || $0.error != nil })
    }

    func batch(_ batch: ProductBatch, mayDownload: Bool) -> ProductCodesPage.Batch {
        ProductCodesPage.Batch(
            name: batch.name, product: batch.product, made: formats.dateTime(batch.createdAt, calendar),
            count: formats.number(batch.count), registered: formats.number(batch.registeredCount),
            share: formats.percent(batch.registeredCount, of: batch.count),
            warranty: batch.warrantyMonths.map { words(\.products.months, count: $0) } ?? words(\.common.nothing),
            downloadURL: mayDownload ? SiteURL.productCodesFile(batch.id) : nil)
    }

    private func fields(_ found: ProductCase, _ form: [String: String], _ error: (field: String, text: String)?) -> [FormField] {
        let chosen = form["outcome"] ?? "keep"
        let moves = found.claims.map { claim in
            FormField.Option(
                value: "move:\(claim.who.text)", label: words(\.products.move, ["who": claim.who.value]),
                selected: chosen == "move:\(claim.who.text)")
        }
        let options =
            [
                FormField.Option(
                    value: "keep", label: words(\.products.keep, ["who": found.holder.value]), selected: chosen == "keep")
            ] + moves + [.init(value: "neither", label: words(\.products.neither), selected: chosen == "neither")]
        var fields = [
            FormField("outcome", id: "outcome-\(found.id.text)", words(\.products.outcome), options: options),
            FormField(
                "why", id: "why-\(found.id.text)", words(\.products.why), value: form["why"] ?? "", hint: words(\.products.whyHint),
                autocomplete: "off"),
        ]
        if let error, let index = fields.firstIndex(where: { $0.name == error.field }) { fields[index].error = error.text }
        return fields
    }

    private func outcome(_ decision: ProductDecision) -> String {
        switch decision.resolution {
        case .keep: words(\.products.kept)
        case .move: words(\.products.moved, ["who": decision.movedTo?.value ?? ""])
        case .neither: words(\.products.freed)
        }
    }

    private func name(_ actor: Actor) -> String {
        if case .member(let id) = actor, let name = members[id] { return name }
        return actor.text
    }
}
