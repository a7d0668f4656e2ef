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
        return try formReply(form, visitor, problem: nil, isPreview: false)
    }

    /// Shows what the form says, or makes it, as the button says.
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
        guard visitor.form["deed"] == "make", let template = form.template() else {
            return try formReply(form, visitor, problem: nil, isPreview: true)
        }
        // Whoever takes a name that there is would make the next version of something else unseen.
        if template.key.name != of, try await reader.couponTemplate(template.key.name) != nil {
            return try formReply(form, visitor, problem: Said(text: visitor.words(\.coupons.nameTaken)), isPreview: true)
        }
        let answer = try await directory.perform(
            SetCouponTemplate(template), id: commandID(visitor), in: workspace.id, by: actor(visitor))
        if let refusal = refusal(answer, visitor, workspace.calendar, scale: 0) {
            return try formReply(form, visitor, problem: refusal, isPreview: true)
        }
        return .redirect(SiteURL.couponTemplate(template.key.name, done: "made"))
    }

    private func newForm(_ visitor: Visitor, _ workspace: OpenWorkspace) -> CouponForm {
        CouponForm(
            currency: workspace.settings.currency, zone: workspace.calendar.zone.identifier, words: visitor.words)
    }

    private func formReply(
        _ form: CouponForm, _ visitor: Visitor, problem: Said?, isPreview: Bool
    ) throws(Problem) -> Reply {
        let model = try CouponFormPage(
            form, cart: visitor.form, of: visitor.form["of"] ?? visitor.query["of"] ?? "", command: Team.anonymousToken(),
            problem: problem, isPreview: isPreview, at: now, visitor.words, visitor.formats)
        let isRefused = isPreview && (problem != nil || !model.hasTexts)
        return .page(model, visitor.frame(model.title, .program), status: isRefused ? .unprocessableContent : .ok)
    }
}

extension CouponFormPage {
    /// The form, with the text of what it says and what that does for the cart when it is a preview.
    init(
        _ sent: CouponForm, cart typed: [String: String], of name: String, command: String, problem: Said?, isPreview: Bool,
        at now: Instant, _ words: Words, _ formats: Formats
    ) throws(Problem) {
        var form = sent
        var trial = CouponTrial(typed, currency: form.currency, words: words, formats: formats)
        var (texts, result): ([CouponWords], CouponFormPage.Trial?) = ([], nil)
        if isPreview, let template = form.template() {
            let terms = try CouponTerms(template)
            texts = CouponWords.all(template)
            if let cart = trial.cart(at: now) { result = trial.result(terms, cart) }
        }
        title = words(name.isEmpty ? \.coupons.newTemplate : \.coupons.newVersion)
        backURL = name.isEmpty ? SiteURL.coupons() : SiteURL.couponTemplate(name)
        self.problem = problem ?? form.problem
        self.command = command
        of = name
        (head, groups, cart) = (form.head, form.groups, trial.fields)
        self.texts = texts
        hasTexts = !texts.isEmpty
        self.trial = result
    }
}
