/// The partners that have bought points, with what is left.
struct PartnersPage: PageModel {
    static let template = Template.partners

    struct Partner: Sendable {
        let name: String
        let url: String
        /// Bought, issued, left.
        let cells: [String]
        let tag: TagItem?
    }

    let tabs: [ProgramTab]
    let currencies: [PeopleListPage.Filter]
    let hasCurrencies: Bool
    let problem: Said?
    let partners: [Partner]
    let hasPartners: Bool
    let noneText: String
    let deeds: [DeedForm]
    let mayChange: Bool
}

/// A month of one partner's block.
struct PartnerPage: PageModel {
    static let template = Template.partner

    struct Purchase: Sendable {
        let text: String
        let reference: String?
        let by: String
    }

    let title: String
    let backURL: String
    let currency: String
    let partner: String
    let monthOptions: [FormField.Option]
    let terms: [BooksPage.Term]
    let stats: [Stat]
    let purchases: [Purchase]
    let hasPurchases: Bool
}

/// What waits for somebody else: offers, and points that are dormant.
struct OpenPointsPage: PageModel {
    static let template = Template.openPoints

    struct Offer: Sendable {
        let giver: String
        let giverURL: String
        let receiver: String
        /// nil for somebody who is no member.
        let receiverURL: String?
        let amount: String
        let made: String
        let until: String
    }

    struct Dormancy: Sendable {
        let member: String
        let memberURL: String
        let active: String
        let ends: String
        let tag: TagItem?
        let notices: [String]
    }

    let tabs: [ProgramTab]
    let currencies: [PeopleListPage.Filter]
    let hasCurrencies: Bool
    let offers: [Offer]
    let hasOffers: Bool
    let dormant: [Dormancy]
    let hasDormant: Bool
    let noDormant: String
    let ended: [Dormancy]
    let hasEnded: Bool
    let endedNote: String
}
