import Model
import Mustache

/// A page's values, ready to be shown, and the template that shows them.
protocol PageModel: Sendable {
    static var template: Template { get }
}

/// The templates by name; each is a file of `Assets`.
enum Template: String, CaseIterable, Sendable {
    case layout, mark, choices, token, field, figure
    case home, roles, accounts, account, people, registration, identity, identityChange = "identity-change", portrait, erase, event,
        live,
        productCodes = "product-codes", personLink = "person-link", liveRows = "live-rows",
        ask,
        question,
        audience, values
    case boards, board, card, pin, boardDelete = "board-delete", pinRefused = "pin-refused"
    case form, sourceReady = "source-ready", waiting, settings, stageSettings = "stage-settings", traitSettings = "trait-settings",
        error
    case consent, audit
    case program, noProgram = "no-program", points, memberPoints = "member-points", opening, openingClose = "opening-close", books,
        bookClosing = "book-closing", approvals, partners, partner, openPoints = "open-points"
    case memberCard = "member-card", earning
    case benefits, benefit, plans, plan, planRefund = "plan-refund", productGrants = "product-grants", disputes, benefitCare =
        "benefit-care", deedForm = "deed-form", formPart = "form-part"
    case coupons, couponTemplate = "coupon-template", couponForm = "coupon-form", couponDraft = "coupon-draft",
        couponRow = "coupon-row", limitBar = "limit-bar"

    var bytes: [UInt8] {
        switch self {
        case .layout: PackageResources.layout_mustache
        case .mark: PackageResources.mark_mustache
        case .choices: PackageResources.choices_mustache
        case .token: PackageResources.token_mustache
        case .field: PackageResources.field_mustache
        case .figure: PackageResources.figure_mustache
        case .home: PackageResources.home_mustache
        case .roles: PackageResources.roles_mustache
        case .accounts: PackageResources.accounts_mustache
        case .account: PackageResources.account_mustache
        case .people: PackageResources.people_mustache
        case .registration: PackageResources.registration_mustache
        case .identity: PackageResources.identity_mustache
        case .identityChange: PackageResources.identity_change_mustache
        case .erase: PackageResources.erase_mustache
        case .productCodes: PackageResources.product_codes_mustache
        case .personLink: PackageResources.person_link_mustache
        case .portrait: PackageResources.portrait_mustache
        case .event: PackageResources.event_mustache
        case .live: PackageResources.live_mustache
        case .liveRows: PackageResources.live_rows_mustache
        case .ask: PackageResources.ask_mustache
        case .question: PackageResources.question_mustache
        case .audience: PackageResources.audience_mustache
        case .values: PackageResources.values_mustache
        case .boards: PackageResources.boards_mustache
        case .board: PackageResources.board_mustache
        case .card: PackageResources.card_mustache
        case .pin: PackageResources.pin_mustache
        case .boardDelete: PackageResources.board_delete_mustache
        case .pinRefused: PackageResources.pin_refused_mustache
        case .form: PackageResources.form_mustache
        case .sourceReady: PackageResources.source_ready_mustache
        case .waiting: PackageResources.waiting_mustache
        case .settings: PackageResources.settings_mustache
        case .stageSettings: PackageResources.stage_settings_mustache
        case .traitSettings: PackageResources.trait_settings_mustache
        case .error: PackageResources.error_mustache
        case .consent: PackageResources.consent_mustache
        case .audit: PackageResources.audit_mustache
        case .program: PackageResources.program_mustache
        case .noProgram: PackageResources.no_program_mustache
        case .points: PackageResources.points_mustache
        case .memberPoints: PackageResources.member_points_mustache
        case .opening: PackageResources.opening_mustache
        case .openingClose: PackageResources.opening_close_mustache
        case .partners: PackageResources.partners_mustache
        case .partner: PackageResources.partner_mustache
        case .openPoints: PackageResources.open_points_mustache
        case .books: PackageResources.books_mustache
        case .bookClosing: PackageResources.book_closing_mustache
        case .approvals: PackageResources.approvals_mustache
        case .memberCard: PackageResources.member_card_mustache
        case .benefits: PackageResources.benefits_mustache
        case .plans: PackageResources.plans_mustache
        case .earning: PackageResources.earning_mustache
        case .plan: PackageResources.plan_mustache
        case .planRefund: PackageResources.plan_refund_mustache
        case .productGrants: PackageResources.product_grants_mustache
        case .disputes: PackageResources.disputes_mustache
        case .benefit: PackageResources.benefit_mustache
        case .benefitCare: PackageResources.benefit_care_mustache
        case .deedForm: PackageResources.deed_form_mustache
        case .formPart: PackageResources.form_part_mustache
        case .coupons: PackageResources.coupons_mustache
        case .couponTemplate: PackageResources.coupon_template_mustache
        case .couponForm: PackageResources.coupon_form_mustache
        case .couponDraft: PackageResources.coupon_draft_mustache
        case .couponRow: PackageResources.coupon_row_mustache
        case .limitBar: PackageResources.limit_bar_mustache
        }
    }
}

/// Renders pages: the page's own template, then the frame around it, then a pass that makes steering characters visible.
struct Templates: Sendable {
    private let library: MustacheLibrary

    /// - Throws: ``Problem`` with code `bad_template` naming the file; a test parses every one.
    init() throws(Problem) {
        var library = MustacheLibrary()
        for template in Template.allCases {
            do {
                try library.register(String(decoding: template.bytes, as: UTF8.self), named: template.rawValue)
            } catch {
                throw Problem(
                    .init("bad_template"), "The template \(template.rawValue) cannot be read: \(String(describing: error))",
                    status: 500)
            }
        }
        self.library = library
    }

    /// A whole page.
    func page(_ model: some PageModel, in frame: Frame) -> String {
        var frame = frame
        frame.content = fill(type(of: model).template, model, frame)
        return VisibleText.page(fill(.layout, model, frame))
    }

    /// A piece of a page, for pages that keep themselves fresh.
    func fragment(_ model: some PageModel, in frame: Frame) -> String {
        VisibleText.page(piece(model, in: frame))
    }

    /// A piece that another page will hold.
    func piece(_ model: some PageModel, in frame: Frame) -> String {
        let context: [String: Any] = ["t": Catalogue.templateTable(frame.language), "frame": frame]
        guard let template = library.getTemplate(named: type(of: model).template.rawValue) else { return "" }
        return template.render(Layered(top: model, below: context), library: library)
    }

    private func fill(_ template: Template, _ model: some PageModel, _ frame: Frame) -> String {
        let context: [String: Any] = ["t": Catalogue.templateTable(frame.language), "frame": frame, "page": model]
        return library.render(context, withTemplate: template.rawValue) ?? ""
    }
}

/// A fragment's values first, then what every template may name.
private struct Layered: MustacheParent {
    let top: Any
    let below: [String: Any]

    func child(named name: String) -> Any? {
        if let found = below[name] { return found }
        return Mirror(reflecting: top).children.first { $0.label == name }.flatMap { child in
            let mirror = Mirror(reflecting: child.value)
            return mirror.displayStyle == .optional ? mirror.children.first?.value : child.value
        }
    }
}
