/// The card of one member, as the member sees it: a document of its own.
struct MemberCardPage: PageModel {
    static let template = Template.memberCard

    struct Lot: Sendable {
        let amount: String
        let ends: String
    }

    /// The points of one currency.
    struct Currency: Sendable {
        let name: String
        let available: String
        let soon: String?
        /// Pending, held, owed.
        let notes: [String]
        let lots: [Lot]
        let hasLots: Bool
    }

    /// A coupon that can be used, or will be.
    struct Coupon: Sendable {
        /// What it takes off.
        let promise: String
        let ends: String
        /// When it begins, what keeps it, what is left of it.
        let notes: [String]
        /// One sentence each.
        let conditions: [String]
        /// What the till is shown: the printed code, or the number of a coupon that has none; orders take both.
        let code: String
        let codeLabel: String
    }

    struct Benefit: Sendable {
        let name: String
        let left: String
        /// When it starts anew, until when it is theirs, where.
        let notes: [String]
    }

    struct Viewer: Sendable {
        let who: String
        let since: String
    }

    /// One thing that happened.
    struct Event: Sendable {
        let what: String
        let detail: String?
        let when: String
        let timestamp: String
        let into: String?
        let out: String?
    }

    /// What the member has beside points, and what happened to all of it.
    struct Rights: Sendable {
        /// What the member may call themselves: it stands at the head of the card.
        let statuses: [String]
        let hasStatuses: Bool
        let coupons: [Coupon]
        let hasCoupons: Bool
        /// How many there are beside those that are shown.
        let moreCoupons: String?
        let benefits: [Benefit]
        let hasBenefits: Bool
        /// Who sees by the member's consent what they use of benefits.
        let viewers: [Viewer]
        let hasViewers: Bool
        let history: [Event]
        let hasHistory: Bool
    }

    let title: String
    let member: String
    let currencies: [Currency]
    let rights: Rights?
    let languages: [Frame.Choice]
    /// Of an address that leads nowhere: what to do.
    let problem: Said?
}
