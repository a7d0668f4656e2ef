import HTTPTypes
import Loyalty
import Model
import Records
import Workspaces

/// One template of coupons: its text, its codes, and giving one to a member.
extension Desk {
    /// Of a form that was not taken: its field, if it belongs to one, and what is wrong.
    private struct Refused {
        var field: String?
        let said: Said
    }

    func couponTemplate(_ visitor: Visitor) async throws(Problem) -> Reply { try await templateReply(visitor, nil) }

    private func templateReply(_ visitor: Visitor, _ refused: Refused?) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let (words, reader) = (visitor.words, directory.programReader(of: workspace.id))
        let name = visitor.form["template"] ?? visitor.query["name"] ?? ""
        guard let kept = try await reader.couponVersions(name).first else { throw Desk.notFound }
        let template = kept.template
        let writer = try await couponWriter(visitor, workspace)
        let limits = try await reader.couponLimits(of: template, at: now)
        let budgets = try await reader.couponBudgets(of: template, at: now)
        let batches = try await reader.couponBatches(of: name)
        let isInForm = CouponForm(template, words: words) != nil
        let made = words(
            \.coupons.made,
            ["when": visitor.formats.dateTime(kept.createdAt, workspace.calendar), "who": writer.actor(kept.actor)])
        let version = words(\.coupons.version, ["number": visitor.formats.number(template.key.version)])
        func form(_ action: String, _ word: String, _ field: FormField) -> CouponTemplatePage.Form? {
            guard visitor.isOwner else { return nil }
            var field = field
            if refused?.field == field.name { (field.error, field.value) = (refused?.said.text, visitor.form[field.name] ?? "") }
            return CouponTemplatePage.Form(
                action: action, command: "\(writer.page)-\(word)",
                fields: [FormField("template", id: "template-\(word)", "", type: "hidden", value: name), field])
        }
        let page = CouponTemplatePage(
            name: name, note: "\(version) · \(made)", problem: refused?.field == nil ? refused?.said : nil,
            texts: CouponWords.all(template), limits: limits.map { writer.limit($0, template.currency) },
            hasLimits: !limits.isEmpty,
            budgets: budgets.enumerated().map { writer.burn($1, at: $0, template.currency) }, hasBudgets: !budgets.isEmpty,
            versionURL: visitor.isOwner && isInForm ? SiteURL.couponForm(of: name) : nil, isNotInForm: visitor.isOwner && !isInForm,
            batches: batches.map { writer.batch($0, mayChange: visitor.isOwner) }, hasBatches: !batches.isEmpty,
            codes: form("/coupons/batches", "codes", FormField("count", words(\.coupons.count), autocomplete: "off")),
            giving: form(
                "/coupons/give", "give",
                FormField("member", words(\.coupons.member), hint: words(\.coupons.giveHint), autocomplete: "off")),
            mayChange: visitor.isOwner)
        var frame = visitor.frame(name, .program)
        let done: KeyPath<Catalogue, Text>? =
            switch visitor.query["done"] {
            case "made": \.coupons.doneTemplate
            case "batch": \.coupons.doneBatch
            case "closed": \.coupons.doneClosed
            default: nil
            }
        if let done { frame.notice = .init(kind: "", text: words(done)) }
        return .page(page, frame, status: refused == nil ? .ok : .unprocessableContent)
    }

    func makeCouponBatch(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let name = visitor.form["template"] ?? ""
        guard let count = Formats.units(visitor.form["count"] ?? "", digits: 0) else {
            return try await templateReply(visitor, Refused(field: "count", said: Said(text: visitor.words(\.products.badCount))))
        }
        let answer = try await directory.perform(
            MakeCouponBatch(count, of: name), id: commandID(visitor), in: workspace.id, by: actor(visitor))
        if let refusal = refusal(answer, visitor, workspace.calendar, scale: 0) {
            return try await templateReply(visitor, Refused(field: "count", said: refusal))
        }
        return .redirect(SiteURL.couponTemplate(name, done: "batch"))
    }

    func downloadCouponCodes(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        guard let number = Int64(visitor.parameters["batch"] ?? "") else { throw Desk.notFound }
        let codes = try await directory.couponCodes(of: number, in: workspace.id, by: actor(visitor))
        return .download("coupons-\(number).csv", type: "text/csv; charset=utf-8") {
            var codes = codes
            return { codes.piece() }
        }
    }

    func closeCouponBatch(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        guard let number = Int64(visitor.parameters["batch"] ?? "") else { throw Desk.notFound }
        let answer = try await directory.perform(
            ChangeCouponBatch(number, to: .closed), id: commandID(visitor), in: workspace.id, by: actor(visitor))
        if let refusal = refusal(answer, visitor, workspace.calendar, scale: 0) {
            return try await templateReply(visitor, Refused(said: refusal))
        }
        return .redirect(SiteURL.couponTemplate(answer.body["template"]?.stringValue ?? "", done: "closed"))
    }

    func giveCoupon(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let (name, typed) = (visitor.form["template"] ?? "", visitor.form["member"] ?? "")
        let wish: MemberWish
        do throws(Problem) { wish = try await directory.memberWish(typed, in: workspace.id, place: "/member") } catch {
            guard error.status < 500 else { throw error }
            return try await templateReply(visitor, Refused(field: "member", said: visitor.words(error.wording)))
        }
        let answer = try await directory.perform(
            GrantCoupon(.template(name), to: wish), id: commandID(visitor), in: workspace.id, by: actor(visitor))
        if let refusal = refusal(answer, visitor, workspace.calendar, scale: 0) {
            return try await templateReply(visitor, Refused(field: "member", said: refusal))
        }
        return .redirect(SiteURL.coupons(look: answer.body["coupon"]?.stringValue, done: "given"))
    }
}
