/// The books of one currency: what is owed, how a month went, which months are closed.
struct BooksPage: PageModel {
    static let template = Template.books

    /// One term of the equation of a month.
    struct Term: Sendable {
        /// `+`, `−`, `=` or empty.
        let sign: String
        let label: String
        let amount: String
        /// Whether a line is drawn above it.
        let isSum: Bool
    }

    struct Row: Sendable {
        let title: String
        let payer: String
        let cells: [String]
        let tag: TagItem?
    }

    struct Closed: Sendable {
        let url: String
        let month: String
        let when: String
        let who: String
        let digest: String
    }

    struct Partner: Sendable {
        let name: String
        /// Bought, issued, left.
        let cells: [String]
        let tag: TagItem?
    }

    /// A version of what members are expected to spend.
    struct Estimate: Sendable {
        let text: String
        let who: String
        let note: String
    }

    struct EstimateForm: Sendable {
        let fields: [FormField]
        let currency: String
        let command: String
    }

    let tabs: [ProgramTab]
    let currencies: [PeopleListPage.Filter]
    let hasCurrencies: Bool
    let problem: Said?
    let isEmpty: Bool
    let stats: [Stat]
    let figures: [Figure]
    let currency: String
    /// As a form's field has it, `2026-03`.
    let month: String
    let monthOptions: [FormField.Option]
    let rollTitle: String
    let state: String
    /// Whether what the month was closed with is not what its entries say.
    let isStateBad: Bool
    let terms: [Term]
    let check: TagItem
    let heads: [String]
    let rows: [Row]
    let hasRows: Bool
    let closings: [Closed]
    let hasClosings: Bool
    /// What closes the next month; nil for whoever may not, and before it is over.
    let close: PageLink?
    let closesLater: String?
    let checkURL: String
    /// What a check of everything has found; empty until it is asked for.
    let findings: [Frame.Notice]
    let exportURL: String?
    /// The newest first.
    var estimates: [Estimate] = []
    var hasEstimates = false
    /// What is left of what partners have bought.
    var partners: [Partner] = []
    var hasPartners = false
    var partnersURL = SiteURL.partners()
    /// nil for whoever may not sign.
    var estimateForm: EstimateForm?
}

/// Asks once more before a month is closed.
struct BookClosingPage: PageModel {
    static let template = Template.bookClosing

    let title: String
    let problem: Said?
    let terms: [BooksPage.Term]
    let check: TagItem
    let currency: String
    let month: String
    let command: String
    let backURL: String
}

/// Adjustments that wait for a second person.
struct ApprovalsPage: PageModel {
    static let template = Template.approvals

    struct Item: Sendable {
        let amount: String
        let currency: String
        let member: String
        let memberURL: String
        let reason: String
        let asked: String
        /// nil for whoever may not decide.
        let id: String?
        let command: String
        /// Why the reader may not decide.
        let why: String?
        let tag: TagItem?
        let decision: String?
    }

    let tabs: [ProgramTab]
    let problem: Said?
    let mayChange: Bool
    let waiting: [Item]
    let hasWaiting: Bool
    let decided: [Item]
    let hasDecided: Bool
}
