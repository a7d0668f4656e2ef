/// Plans: what is for sale, who has which, and plans that were given.
struct PlansPage: PageModel {
    static let template = Template.plans

    struct Offer: Sendable {
        let name: String
        let key: String
        let version: String
        let fee: String
        let terms: [String]
        let parts: [String]
        /// nil for whoever may not change it.
        let changeURL: String?
    }

    /// The form of a plan, a new one or the next version of one.
    struct Form: Sendable {
        let title: String
        let command: String
        /// The key of the plan that changes; empty for a new one.
        let of: String
        let fields: [FormField]
        let more: [FormField]
        let parts: [FormPart]
        let isOpen: Bool
        let isMoreOpen: Bool
    }

    struct Bought: Sendable {
        let name: String
        let url: String
        let beneficiary: String
        let beneficiaryURL: String
        let payer: String
        let payerURL: String
        let tag: TagItem
        let until: String
        let note: String?
    }

    struct Gift: Sendable {
        let name: String
        let detail: [String]
        let tag: TagItem
        let forms: [DeedForm]
    }

    let tabs: [ProgramTab]
    let problem: Said?
    let offers: [Offer]
    let hasOffers: Bool
    /// Why no plan can be offered yet.
    let missing: String?
    /// nil for whoever may not define.
    let form: Form?
    let deeds: [DeedForm]
    let typed: String
    let isFiltered: Bool
    let boughtNote: String
    let bought: [Bought]
    let hasBought: Bool
    let noneBought: String
    let gifts: [Gift]
    let hasGifts: Bool
    let mayChange: Bool
}

/// One plan that was bought, with its history.
struct PlanPage: PageModel {
    static let template = Template.plan

    struct Event: Sendable {
        let when: String
        let timestamp: String
        let what: String
        let amount: String?
    }

    let name: String
    let note: String
    let problem: Said?
    let tag: TagItem
    let bought: PlansPage.Bought
    let facts: [PortraitPage.Fact]
    let events: [Event]
    let deeds: [DeedForm]
    let refundURL: String?
    let mayChange: Bool
}

/// Says what would go back before a plan is paid back.
struct PlanRefundPage: PageModel {
    static let template = Template.planRefund

    let title: String
    let problem: Said?
    let stats: [Stat]
    let plan: String
    let command: String
    let backURL: String
}
