/// What there is to give beside points.
struct BenefitsPage: PageModel {
    static let template = Template.benefits

    struct Item: Sendable {
        let name: String
        let key: String
        let url: String
        let kind: String
        let quota: String
        let period: String
        let holders: String
    }

    /// The form of a benefit, a new one or the next version of one.
    struct Form: Sendable {
        let title: String
        let command: String
        /// The key of the benefit that changes; empty for a new one.
        let of: String
        let fields: [FormField]
        let more: [FormField]
        let isOpen: Bool
        let isMoreOpen: Bool
    }

    let tabs: [ProgramTab]
    let problem: Said?
    let items: [Item]
    let hasItems: Bool
    /// nil for whoever may not define.
    let form: Form?
    let mayChange: Bool
}

/// One benefit: what it is, who holds it, and who uses what of it.
struct BenefitPage: PageModel {
    static let template = Template.benefit

    struct Grant: Sendable {
        let source: String
        let payer: String
        let time: String
        let amount: String?
        /// nil once it has ended, and for whoever may not take it back.
        let revoke: Revoke?
    }

    struct Revoke: Sendable {
        let id: String
        let command: String
        let reason: FormField
        let isOpen: Bool
    }

    struct Use: Sendable {
        let when: String
        let amount: String
        let state: TagItem
        let detail: String?
    }

    struct Holder: Sendable {
        let member: String
        let memberURL: String
        let left: String
        let resets: String?
        let tag: TagItem
        let grants: [Grant]
        let uses: [Use]
        let hasUses: Bool
    }

    struct Form: Sendable {
        let command: String
        let fields: [FormField]
        let isOpen: Bool
    }

    let name: String
    let key: String
    let note: String
    let problem: Said?
    let facts: [PortraitPage.Fact]
    let versionURL: String?
    /// Payers, caps, pools and gifts.
    let careURL: String
    let holders: [Holder]
    let hasHolders: Bool
    let moreURL: String?
    /// nil for whoever may not grant.
    let form: Form?
    let mayChange: Bool
}
