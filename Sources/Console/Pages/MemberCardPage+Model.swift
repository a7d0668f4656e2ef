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
        let lines: [PointsPage.Line]
        let hasLines: Bool
    }

    let title: String
    let member: String
    let currencies: [Currency]
    let languages: [Frame.Choice]
    /// Of an address that leads nowhere: what to do.
    let problem: Said?
}
