/// The list of accounts: those that pay while nobody uses them first.
struct AccountsPage: PageModel {
    static let template = Template.accounts

    struct Filter: Sendable {
        let url: String
        let label: String
        let count: String
        let current: Bool
    }

    struct Row: Sendable {
        let url: String
        let name: String
        /// nil where the account has no other name.
        let id: String?
        let isSilent: Bool
        let people: String
        let users: String
        let whoPays: String
        let revenue: String
        let lastUse: String
        let lastPayment: String
    }

    let search: String
    let onlySilent: Bool
    let filters: [Filter]
    let rule: String
    let problem: String?
    let found: String
    let rows: [Row]
    let hasRows: Bool
    let firstURL: String?
    let nextURL: String?
    let emptyTitle: String
    let emptyText: String
    /// What to send, where there is no account at all.
    let code: String?
}

/// One account: its people, its traits, and use against payment.
struct AccountPortraitPage: PageModel {
    static let template = Template.account

    struct Member: Sendable {
        let url: String
        let name: String
        let roles: [TagItem]
        let here: String
        let since: String
        let lastSeen: String
    }

    let name: String
    let id: String
    let isSilent: Bool
    let rule: String
    let stats: [Stat]
    let figures: [Figure]
    let missing: HomePage.Missing?
    let members: [Member]
    let membersShown: String?
    let traits: [PortraitPage.Fact]
    let hasTraits: Bool
}
