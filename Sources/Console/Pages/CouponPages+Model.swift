/// How far a limit is used, as a bar that burns down.
struct LimitBar: Sendable {
    let label: String
    /// What is used of it, in words.
    let text: String
    /// Of 1,000 parts, for the bar; nil where every member or card has a count of its own.
    let parts: String?
}

/// How a budget burns down, day by day.
struct BudgetBurn: Sendable {
    let name: String
    /// nil while nothing was used.
    let figure: Figure?
    /// What comes of it at the present rate, or that nothing was used yet.
    let forecast: String
}

/// The coupons of a program: templates with what is left of them, and a code, coupon or member looked up.
struct CouponsPage: PageModel {
    static let template = Template.coupons

    struct Item: Sendable {
        let name: String
        let url: String
        /// What it promises, in the first sentence of its text.
        let promise: String
        let note: String
        let limits: [LimitBar]
        let hasLimits: Bool
    }

    /// One coupon that was found.
    struct Coupon: Sendable {
        let id: String
        let template: String
        let templateURL: String
        let state: TagItem
        let member: String?
        let memberURL: String?
        let facts: [PortraitPage.Fact]
        /// Where it is taken away; nil for who may not, or when it has ended.
        let action: String?
        let command: String
        let look: String
        let reason: FormField
    }

    /// What was looked up.
    struct Found: Sendable {
        let title: String
        let facts: [PortraitPage.Fact]
        let coupons: [Coupon]
        /// What is said when there is no coupon.
        let none: String?
    }

    let tabs: [ProgramTab]
    let typed: String
    let problem: Said?
    let found: Found?
    let items: [Item]
    let hasItems: Bool
    /// Where a new template is made; nil for who may not.
    let newURL: String?
    let mayChange: Bool
}

/// The conditions of a coupon in one language.
struct CouponWords: Sendable {
    let lang: String
    let language: String
    let lines: [String]
    let hash: String
}

/// One template: what it promises, what is left, its codes.
struct CouponTemplatePage: PageModel {
    static let template = Template.couponTemplate

    struct Batch: Sendable {
        let title: String
        let made: String
        let count: String
        let state: TagItem
        let exported: String
        /// Where its codes are taken out; nil for who may not, or when it has ended.
        let downloadURL: String?
        let closeURL: String?
        let command: String
    }

    struct Form: Sendable {
        let action: String
        let command: String
        let fields: [FormField]
    }

    let name: String
    let note: String
    let problem: Said?
    let texts: [CouponWords]
    let limits: [LimitBar]
    let hasLimits: Bool
    let budgets: [BudgetBurn]
    let hasBudgets: Bool
    /// Where the next version is made; nil for who may not, or when the form does not show all of the template.
    let versionURL: String?
    let isNotInForm: Bool
    let batches: [Batch]
    let hasBatches: Bool
    let codes: Form?
    let giving: Form?
    let mayChange: Bool
}

/// What the form of a template says: its text in both languages, and what it does for the cart.
struct CouponDraft: PageModel {
    static let template = Template.couponDraft

    let texts: [CouponWords]
    let hasTexts: Bool
    let trial: CouponFormPage.Trial?
    /// The first thing that is wrong, or what will stand here when nothing is typed yet.
    let note: Said?
}

/// The form of a template, with its text and a trial.
struct CouponFormPage: PageModel {
    static let template = Template.couponForm

    struct Group: Sendable {
        let title: String
        let fields: [FormField]
        let isOpen: Bool
    }

    /// One line of the cart after the coupon.
    struct Line: Sendable {
        let sku: String
        let units: String
        let price: String
        let off: String
        let paid: String
    }

    struct Trial: Sendable {
        /// What comes of it in one sentence.
        let sentence: String
        let isGood: Bool
        let reasons: [Said]
        /// How much more would be enough.
        let near: String?
        let lines: [Line]
        let hasLines: Bool
    }

    let title: String
    let backURL: String
    let problem: Said?
    let command: String
    /// The template whose next version it is; empty for a new one.
    let of: String
    let head: [FormField]
    let groups: [Group]
    let cart: [FormField]
    let draft: CouponDraft
}
