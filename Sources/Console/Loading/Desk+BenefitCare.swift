import HTTPTypes
import Loyalty
import Model
import Records
import Workspaces

/// Payers, caps, pools and gifts of one benefit: how they stand, and the forms that change them.
extension Desk {
    private static let linesMax = 100

    /// Why a form is no command.
    private enum Miss: Error {
        case field(String, Said)
        case failed(Problem)
    }

    func benefitCare(_ visitor: Visitor) async throws(Problem) -> Reply { try await careReply(visitor, nil) }

    private func careReply(_ visitor: Visitor, _ refused: DeedForms.Refused?) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let reader = directory.programReader(of: workspace.id)
        let key = visitor.form["benefit"] ?? visitor.query["key"] ?? ""
        guard let found = try await reader.holders(of: key, after: nil, limit: Desk.linesMax, at: now) else { throw Desk.notFound }
        let benefits = benefitWriter(visitor, workspace)
        let writer = BenefitCareWriter(benefits, of: key, mayChange: visitor.isOwner, refused: refused)
        var (stock, gifts): (GiftStock?, [GiftFulfilment]) = (nil, [])
        if case .physicalGift(let name) = found.benefit.kind {
            stock = try await reader.giftStocks().first { $0.key == name } ?? GiftStock(key: name)
            gifts = try await reader.openGifts(outOf: name, limit: Desk.linesMax)
        }
        let capped = try await reader.caps(of: key, limit: Desk.linesMax).map { MemberWish(.id($0.member)) }
        try await directory.endFormerCaps(on: capped, in: workspace.id)
        let page = BenefitCarePage(
            tabs: programTabs(visitor, .benefits), name: benefits.name(found.benefit), key: key, url: SiteURL.benefit(key),
            problem: writer.forms.problem,
            sections: [
                writer.payers(found.holders), writer.caps(try await reader.caps(of: key, limit: Desk.linesMax)),
                writer.pools(try await reader.pools(of: key, limit: Desk.linesMax, at: now)), writer.gifts(stock, gifts),
            ], mayChange: visitor.isOwner)
        var frame = visitor.frame(visitor.words(\.benefitCare.title), .program)
        if visitor.query["done"] != nil { frame.notice = .init(kind: "", text: visitor.words(\.benefitCare.done)) }
        return .page(page, frame, status: refused == nil ? .ok : .unprocessableContent)
    }

    // MARK: - Deeds

    func changeBenefitCare(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        func refuse(_ field: String?, _ said: Said) async throws(Problem) -> Reply {
            let form = visitor.form
            return try await careReply(
                visitor,
                .init(deed: form["deed"] ?? "", subject: form["subject"] ?? "", field: field, said: said, typed: form))
        }
        let command: any ProgramCommand
        do throws(Miss) { command = try await careCommand(visitor, workspace) } catch {
            switch error {
            case .failed(let problem): throw problem
            case .field(let name, let said): return try await refuse(name, said)
            }
        }
        let answer = try await directory.perform(command, id: commandID(visitor), in: workspace.id, by: actor(visitor))
        if let refusal = refusal(answer, visitor, workspace.calendar, scale: 0) { return try await refuse(nil, refusal) }
        return .redirect(SiteURL.benefitCare(visitor.form["benefit"] ?? "", done: true))
    }

    private func careCommand(_ visitor: Visitor, _ workspace: OpenWorkspace) async throws(Miss) -> any ProgramCommand {
        let (form, benefit) = (visitor.form, visitor.form["benefit"] ?? "")
        let subject = form["subject"] ?? ""
        switch form["deed"] {
        case "payer":
            let payer: BenefitPayer =
                form["payer"] == "program" ? .program : .member(try await wish("payer", visitor, workspace))
            return ChangeBenefitPayer(of: BenefitID(form["grant"] ?? ""), to: payer)
        case "cap":
            let (member, guardian) = (try await wish("member", visitor, workspace), try await wish("by", visitor, workspace))
            var command = CapBenefit(benefit, of: member, at: try number("max", visitor), by: guardian)
            do throws(Problem) {
                command.isGuardian = try await directory.isGuardian(guardian, of: member, in: workspace.id)
            } catch { throw .failed(error) }
            return command
        case "stock": return StockGifts(try count(visitor), into: try await stock(of: benefit, workspace))
        case "step":
            guard let step = GiftFulfilment.Step(rawValue: form["step"] ?? "") else { throw .failed(Desk.notFound) }
            return MoveGift(.step(step), of: BenefitID(subject))
        case "consent": return MoveGift(.addressConsent(true), of: BenefitID(subject))
        case "use":
            var command = UseBenefit(.consume(.hard), of: benefit, by: try await named(subject, "user", workspace, visitor))
            command.user = try await wish("user", visitor, workspace)
            command.amount = try number("amount", visitor) ?? 1
            return command
        default: return try await poolCommand(visitor, workspace)
        }
    }

    private func poolCommand(_ visitor: Visitor, _ workspace: OpenWorkspace) async throws(Miss) -> ChangePool {
        let form = visitor.form
        let deed: ChangePool.Deed
        var account = form["subject"] ?? ""
        switch form["deed"] {
        case "open":
            account = form["account"] ?? ""
            deed = .open(approvalFrom: try number("approval_from", visitor))
        case "roles":
            let roles = BenefitPool.Role.allCases.filter { form["role_\($0.rawValue)"] != nil }
            deed = .setRoles(Set(roles), of: try await wish("member", visitor, workspace))
        case "pool_cap":
            deed = .cap(try await wish("member", visitor, workspace), at: try number("max", visitor))
        case "buy":
            guard let kind = BenefitSource.Kind(rawValue: form["source_kind"] ?? "") else { throw .failed(Desk.notFound) }
            let source = form["source"] ?? ""
            guard !source.allSatisfy(\.isWhitespace), source.utf8.count <= 200 else {
                throw .field("source", Said(text: visitor.words(\.benefits.missing)))
            }
            deed = .buy(BenefitSource(kind, id: source), amount: try number("amount", visitor), until: nil)
        case "approve":
            account = form["account"] ?? ""
            deed = .approve(BenefitID(form["subject"] ?? ""))
        case "close": deed = .close
        default: throw .failed(Desk.notFound)
        }
        return ChangePool(
            deed, of: form["benefit"] ?? "", ownedBy: try await named(account, "account", workspace, visitor),
            by: try await wish("by", visitor, workspace))
    }

    // MARK: - Fields

    /// The member who was typed into a field.
    private func wish(_ field: String, _ visitor: Visitor, _ workspace: OpenWorkspace) async throws(Miss) -> MemberWish {
        try await named(visitor.form[field] ?? "", field, workspace, visitor)
    }

    private func named(
        _ text: String, _ field: String, _ workspace: OpenWorkspace, _ visitor: Visitor
    ) async throws(Miss) -> MemberWish {
        do throws(Problem) {
            return try await directory.memberWish(text, in: workspace.id, place: "/\(field)")
        } catch {
            guard error.status < 500 else { throw .failed(error) }
            throw .field(field, visitor.words(error.wording))
        }
    }

    /// What was typed as a whole number; nil when nothing was.
    private func number(_ field: String, _ visitor: Visitor) throws(Miss) -> Int64? {
        guard let typed = visitor.form[field], !typed.allSatisfy(\.isWhitespace) else { return nil }
        guard let number = Formats.units(typed, digits: 0) else {
            throw .field(field, Said(text: visitor.words(\.benefits.badAmount)))
        }
        return number
    }

    /// How many things come or, with a minus, go.
    private func count(_ visitor: Visitor) throws(Miss) -> Int64 {
        let typed = (visitor.form["count"] ?? "").filter { !$0.isWhitespace }
        let isLess = typed.hasPrefix("-") || typed.hasPrefix("\u{2212}")
        guard let number = Formats.units(isLess ? String(typed.dropFirst()) : typed, digits: 0) else {
            throw .field("count", Said(text: visitor.words(\.benefitCare.badCount)))
        }
        return isLess ? -number : number
    }

    /// The store room out of which a benefit's gifts come.
    private func stock(of benefit: String, _ workspace: OpenWorkspace) async throws(Miss) -> String {
        let known: (version: Int64, benefit: Benefit)?
        do throws(Problem) { known = try await directory.programReader(of: workspace.id).benefit(benefit) } catch {
            throw .failed(error)
        }
        guard case .physicalGift(let stock)? = known?.benefit.kind else { throw .failed(Desk.notFound) }
        return stock
    }
}
