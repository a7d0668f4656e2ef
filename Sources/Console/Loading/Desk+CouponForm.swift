import HTTPTypes
import Loyalty
import Model
import Records
import Workspaces

/// The form of a template of coupons: looked at with its text and a trial before it is made.
extension Desk {
    func couponForm(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        guard try await directory.programReader(of: workspace.id).program().settings != nil else {
            return noProgram(visitor, .coupons, visitor.words(\.coupons.title))
        }
        var form = newForm(visitor, workspace)
        if let name = visitor.query["of"] {
            let kept = try await directory.programReader(of: workspace.id).couponTemplate(name)
            guard let filled = kept.flatMap({ CouponForm($0, words: visitor.words) }) else { throw Desk.notFound }
            form = filled
        }
        return try formReply(form, visitor, isPreview: false)
    }

    /// Shows what the form says, or makes it, as the button says; for a page that asks while somebody types, what it says alone.
    func makeCouponTemplate(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let reader = directory.programReader(of: workspace.id)
        var (currency, zone) = (workspace.settings.currency, workspace.calendar.zone.identifier)
        // The next version counts in the currency and by the days of the one before.
        let of = visitor.form["of"] ?? ""
        let former = of.isEmpty ? nil : try await reader.couponTemplate(of)
        if let former {
            (currency, zone) = (former.currency, former.zone)
        } else if !of.isEmpty {
            throw Desk.notFound
        }
        var form = CouponForm(sent: visitor.form, currency: currency, zone: zone, words: visitor.words, former: former)
        if visitor.form["deed"] == "draft" {
            var trial = CouponTrial(visitor.form, currency: currency, words: visitor.words, formats: visitor.formats)
            return .fragment(try CouponDraft(&form, &trial, at: now), visitor.frame("", alone: true))
        }
        guard visitor.form["deed"] == "make", let template = form.template() else {
            return try formReply(form, visitor, isPreview: true)
        }
        // Whoever takes a name that there is would make the next version of something else unseen.
        if template.key.name != of, try await reader.couponTemplate(template.key.name) != nil {
            let taken = FormMistakes(errors: ["name": visitor.words(\.coupons.nameTaken)])
            return try formReply(form, visitor, taken, isPreview: true)
        }
        let answer = try await directory.perform(
            SetCouponTemplate(template), id: commandID(visitor), in: workspace.id, by: actor(visitor))
        if let refused = mistakes(answer, visitor, workspace.calendar, scale: 0, at: form.field) {
            return try formReply(form, visitor, refused, isPreview: true)
        }
        return .redirect(SiteURL.couponTemplate(template.key.name, done: "made"))
    }

    private func newForm(_ visitor: Visitor, _ workspace: OpenWorkspace) -> CouponForm {
        CouponForm(
            currency: workspace.settings.currency, zone: workspace.calendar.zone.identifier, words: visitor.words)
    }

    private func formReply(
        _ form: CouponForm, _ visitor: Visitor, _ mistakes: FormMistakes = FormMistakes(), isPreview: Bool
    ) throws(Problem) -> Reply {
        let model = try CouponFormPage(
            form, cart: visitor.form, of: visitor.form["of"] ?? visitor.query["of"] ?? "", command: Team.anonymousToken(),
            mistakes: mistakes, isPreview: isPreview, at: now, visitor.words, visitor.formats)
        let isRefused = isPreview && (!mistakes.isEmpty || !model.draft.hasTexts)
        return .page(model, visitor.frame(model.title, .program), status: isRefused ? .unprocessableContent : .ok)
    }
}

extension CouponFormPage {
    /// The form, with the text of what it says and what that does for the cart when it is a preview.
    ///
    /// - Parameter mistakes: Why it is not taken all the same.
    init(
        _ sent: CouponForm, cart typed: [String: String], of name: String, command: String,
        mistakes: FormMistakes = FormMistakes(), isPreview: Bool, at now: Instant, _ words: Words, _ formats: Formats
    ) throws(Problem) {
        var form = sent
        var trial = CouponTrial(typed, currency: form.currency, words: words, formats: formats)
        draft = try isPreview ? CouponDraft(&form, &trial, at: now) : CouponDraft(words)
        title = words(name.isEmpty ? \.coupons.newTemplate : \.coupons.newVersion)
        backURL = name.isEmpty ? SiteURL.coupons() : SiteURL.couponTemplate(name)
        for (field, error) in mistakes.errors { form.refuse(field, error) }
        problem = mistakes.problem ?? form.problem
        self.command = command
        of = name
        (head, groups, cart) = (form.head, form.groups, trial.fields)
    }
}

extension CouponDraft {
    /// Of a form in which nothing is typed yet.
    init(_ words: Words) {
        (texts, hasTexts, trial) = ([], false, nil)
        note = Said(text: words(\.coupons.draftHint))
    }

    /// What a form says; what is wrong with it, or else with the cart, then stands at its field, too.
    init(_ form: inout CouponForm, _ trial: inout CouponTrial, at now: Instant) throws(Problem) {
        let template = form.template()
        var result: CouponFormPage.Trial?
        if let template {
            let terms = try CouponTerms(template)
            if let cart = trial.cart(at: now) { result = trial.result(terms, cart) }
        }
        texts = template.map { CouponWords.all($0) } ?? []
        hasTexts = template != nil
        self.trial = result
        note = form.problem ?? CouponDraft.mistake(form.head + form.groups.flatMap(\.fields) + trial.fields, form.words)
    }

    /// The first thing that is wrong with fields, after the label of its own.
    private static func mistake(_ fields: [FormField], _ words: Words) -> Said? {
        guard let field = fields.first(where: { $0.error != nil }), let error = field.error else { return nil }
        return Said(text: words(\.coupons.mistake, ["field": field.label, "problem": error]))
    }
}
