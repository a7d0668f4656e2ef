import HTTPTypes
import Loyalty
import Model
import Records
import Workspaces

/// One benefit: its holders and their uses, granting it and taking it back.
extension Desk {
    private static let holdersPerPage = 20

    /// Of a form that was not taken: its field, if it belongs to one, and what is wrong.
    private struct Refused {
        var field: String?
        let said: Said
    }

    func benefit(_ visitor: Visitor) async throws(Problem) -> Reply { try await benefitReply(visitor, nil) }

    private func benefitReply(_ visitor: Visitor, _ refused: Refused?) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let (words, reader) = (visitor.words, directory.programReader(of: workspace.id))
        let key = visitor.form["benefit"] ?? visitor.query["key"] ?? ""
        let cursor = visitor.isPost ? nil : visitor.query["cursor"].flatMap { ProgramMemberID(text: $0) }
        guard let found = try await reader.holders(of: key, after: cursor, limit: Desk.holdersPerPage, at: now) else {
            throw Desk.notFound
        }
        let writer = benefitWriter(visitor, workspace)
        let isRevoking = visitor.form["deed"] == "revoke"
        let revoking =
            isRevoking && refused?.field == "reason"
            ? (grant: visitor.form["grant"] ?? "", typed: visitor.form["reason"] ?? "", error: refused?.said.text ?? "") : nil
        let isMore = found.holders.count == Desk.holdersPerPage
        let page = BenefitPage(
            name: writer.name(found.benefit), key: key, note: words(\.benefits.version, ["number": writer.number(found.version)]),
            problem: refused?.field == nil ? refused?.said : nil, facts: writer.facts(found.benefit),
            versionURL: visitor.isOwner ? SiteURL.benefits(of: key) : nil, careURL: SiteURL.benefitCare(key),
            holders: found.holders.map {
                writer.holder($0.member, $0.statement, mayChange: visitor.isOwner, revoking: revoking)
            }, hasHolders: !found.holders.isEmpty,
            moreURL: isMore ? found.holders.last.map { SiteURL.benefit(key, cursor: $0.member.text) } : nil,
            form: visitor.isOwner
                ? .init(
                    command: writer.page, fields: grantFields(visitor, writer, isRevoking ? nil : refused),
                    isOpen: refused != nil && !isRevoking) : nil,
            mayChange: visitor.isOwner)
        var frame = visitor.frame(page.name, .program)
        let done: KeyPath<Catalogue, Text>? =
            switch visitor.query["done"] {
            case "defined": \.benefits.doneDefined
            case "granted": \.benefits.doneGranted
            case "revoked": \.benefits.doneRevoked
            default: nil
            }
        if let done { frame.notice = .init(kind: "", text: words(done)) }
        return .page(page, frame, status: refused == nil ? .ok : .unprocessableContent)
    }

    private func grantFields(_ visitor: Visitor, _ writer: BenefitWriter, _ refused: Refused?) -> [FormField] {
        let (words, typed) = (visitor.words, refused == nil ? [:] : visitor.form)
        func field(
            _ name: String, _ label: KeyPath<Catalogue, Text>, _ hint: KeyPath<Catalogue, Text>, type: String = "text",
            isRequired: Bool = true
        ) -> FormField {
            var field = FormField(name, words(label), type: type, value: typed[name] ?? "", hint: words(hint), autocomplete: "off")
            field.required = isRequired
            if refused?.field == name { field.error = refused?.said.text }
            return field
        }
        var payer = field("payer", \.benefits.payer, \.benefits.payerHint)
        if refused == nil { payer.value = "program" }
        let kinds = BenefitSource.Kind.allCases.map {
            FormField.Option(
                value: $0.rawValue, label: writer.source($0), selected: $0.rawValue == typed["source_kind"] ?? "compensation")
        }
        return [
            field("beneficiary", \.benefits.beneficiary, \.benefits.beneficiaryHint), payer,
            FormField("source_kind", words(\.benefits.sourceKind), options: kinds),
            field("source", \.benefits.sourceID, \.benefits.sourceHint),
            field("amount", \.benefits.amount, \.benefits.amountHint, isRequired: false),
            field("until", \.benefits.until, \.benefits.untilHint, type: "date", isRequired: false),
        ]
    }

    // MARK: - Deeds

    func changeBenefit(_ visitor: Visitor) async throws(Problem) -> Reply {
        switch visitor.form["deed"] {
        case "grant": try await grantBenefit(visitor)
        case "revoke": try await revokeBenefit(visitor)
        default: throw Desk.notFound
        }
    }

    private func grantBenefit(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let (form, words) = (visitor.form, visitor.words)
        guard let kind = BenefitSource.Kind(rawValue: form["source_kind"] ?? "") else { throw Desk.notFound }
        let source = form["source"] ?? ""
        guard !source.allSatisfy(\.isWhitespace), source.utf8.count <= 200 else {
            return try await benefitReply(visitor, Refused(field: "source", said: Said(text: words(\.benefits.missing))))
        }
        var (beneficiary, payer): (MemberWish?, BenefitPayer) = (nil, .program)
        for name in ["beneficiary", "payer"] where !(name == "payer" && form[name] == "program") {
            do throws(Problem) {
                let wish = try await directory.memberWish(form[name] ?? "", in: workspace.id, place: "/\(name)")
                if name == "payer" { payer = .member(wish) } else { beneficiary = wish }
            } catch {
                guard error.status < 500 else { throw error }
                return try await benefitReply(visitor, Refused(field: name, said: words(error.wording)))
            }
        }
        guard let beneficiary else { throw Desk.notFound }
        var command = GrantBenefit(form["benefit"] ?? "", to: beneficiary, for: BenefitSource(kind, id: source))
        command.payer = payer
        if let typed = form["amount"], !typed.isEmpty {
            command.amount = Formats.units(typed, digits: 0)
            guard command.amount != nil else {
                return try await benefitReply(visitor, Refused(field: "amount", said: Said(text: words(\.benefits.badAmount))))
            }
        }
        if let typed = form["until"], !typed.isEmpty {
            guard let day = LocalDate(text: typed) else {
                return try await benefitReply(visitor, Refused(field: "until", said: Said(text: words(\.benefits.badDate))))
            }
            command.until = workspace.calendar.start(of: day.advanced(byDays: 1))
        }
        return try await carryOut(command, visitor, workspace, field: nil, done: "granted")
    }

    private func revokeBenefit(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let reason = visitor.form["reason"] ?? ""
        guard reason.utf8.count <= 500, !reason.allSatisfy(\.isWhitespace) else {
            return try await benefitReply(visitor, Refused(field: "reason", said: Said(text: visitor.words(\.benefits.badReason))))
        }
        let grant = BenefitID(visitor.form["grant"] ?? "")
        return try await carryOut(EndBenefit(.revoke(grant, reason: reason)), visitor, workspace, field: "reason", done: "revoked")
    }

    private func carryOut(
        _ command: any ProgramCommand, _ visitor: Visitor, _ workspace: OpenWorkspace, field: String?, done: String
    ) async throws(Problem) -> Reply {
        let answer = try await directory.perform(command, id: commandID(visitor), in: workspace.id, by: actor(visitor))
        if let refusal = refusal(answer, visitor, workspace.calendar, scale: 0) {
            return try await benefitReply(visitor, Refused(field: field, said: refusal))
        }
        return .redirect(SiteURL.benefit(visitor.form["benefit"] ?? "", done: done))
    }
}
