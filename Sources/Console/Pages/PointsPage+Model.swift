/// The way to a member's points, and what happened last.
struct PointsPage: PageModel {
    static let template = Template.points

    /// Something that can be done about a line.
    struct LineAction: Sendable {
        let action: String
        let deed: String
        /// What it is about: a spending, a donation, or a source.
        let hidden: [FormField]
        /// nil when it is done whole.
        var amount: FormField?
        let button: String
        let command: String
        /// Whether it was sent and not taken.
        var isOpen = false
    }

    /// One thing that happened, as a bank tells it.
    struct Line: Sendable {
        let when: String
        let timestamp: String
        let what: String
        let source: String?
        let by: String?
        let into: String?
        let out: String?
        let balance: String
        let member: String
        let memberURL: String
        let actions: [LineAction]
    }

    struct Lot: Sendable {
        let number: String
        let source: String
        let left: String
        let held: String?
        let ends: String
        let state: String?
        let tag: TagItem?
        /// Where its form goes; nil for whoever may not freeze.
        let action: String?
        let freezes: String
        let button: String
        let command: String
    }

    /// Somebody whom a search found.
    struct Found: Sendable {
        let name: String
        let detail: String?
        let personURL: String?
        /// nil for who is no member yet.
        let memberURL: String?
        let balance: String?
        /// What enrols them; nil for members, and for whoever may not.
        let identity: String?
        let command: String
    }

    let tabs: [ProgramTab]
    let currencies: [PeopleListPage.Filter]
    let hasCurrencies: Bool
    let stats: [Stat]
    let typed: String
    let problem: Said?
    let found: [Found]
    let hasFound: Bool
    let nobodyTitle: String?
    let lines: [Line]
    let hasLines: Bool
    let importURL: String
    let openURL: String
}

/// One member: what they have, and how they came to it.
struct MemberPointsPage: PageModel {
    static let template = Template.memberPoints

    struct Hold: Sendable {
        let amount: String
        let until: String
        let action: String?
        let number: String
        let command: String
    }

    struct Form: Sendable {
        let title: String
        let intro: String
        let action: String
        let deed: String
        let command: String
        let fields: [FormField]
        let button: String
        let isOpen: Bool
    }

    struct Card: Sendable {
        let url: String
        let action: String?
    }

    /// Somebody whom the member lets see what they use of benefits.
    struct Viewer: Sendable {
        let number: String
        let url: String
        let since: String
        /// Where the consent is taken back; nil for whoever may not.
        let action: String?
        let command: String
    }

    /// A coupon, a benefit or a plan.
    struct Right: Sendable {
        let head: String
        let url: String
        let tag: TagItem?
        let detail: String
    }

    /// What the member has beside points.
    struct Rights: Sendable {
        let coupons: [Right]
        let hasCoupons: Bool
        let allCoupons: PageLink?
        let benefits: [Right]
        let hasBenefits: Bool
        let plans: [Right]
        let hasPlans: Bool
    }

    let tabs: [ProgramTab]
    let number: String
    let name: String?
    let personURL: String?
    let note: String
    /// Unless the membership is open.
    let standing: TagItem?
    let identities: [PortraitPage.Fact]
    let currency: String
    let currencies: [PeopleListPage.Filter]
    let hasCurrencies: Bool
    let stats: [Stat]
    let problem: Said?
    let lines: [PointsPage.Line]
    let hasLines: Bool
    let newerURL: String?
    let olderURL: String?
    let lots: [PointsPage.Lot]
    let hasLots: Bool
    let holds: [Hold]
    let hasHolds: Bool
    let forms: [Form]
    /// The months that the statement can be of.
    let monthOptions: [FormField.Option]
    /// Of a month: what there was before and after.
    let sums: [Stat]
    let hasSums: Bool
    /// That not all lines are shown.
    let cut: String?
    let csvURL: String
    let rights: Rights
    let card: Card?
    let viewers: [Viewer]
    let hasViewers: Bool
    let mayChange: Bool
}
