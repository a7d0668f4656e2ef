/// Points that come from another system: what came so far, a trial of a file, and the same rows carried out.
struct OpeningPage: PageModel {
    static let template = Template.opening

    struct End: Sendable {
        let month: String
        let points: String
    }

    struct Row: Sendable {
        let key: String
        let amount: String
        let why: Said
    }

    /// The button that carries out what was tried.
    struct Carry: Sendable {
        let button: String
        let command: String
        let fields: [FormField]
    }

    /// What a file would bring, or brought.
    struct Report: Sendable {
        let heading: String
        /// nil once it is carried out.
        let about: String?
        let stats: [Stat]
        let ends: [End]
        let hasEnds: Bool
        let refused: [Row]
        let hasRefused: Bool
        let carry: Carry?
    }

    struct Form: Sendable {
        let currency: String
        let fileError: String?
        let fields: [FormField]
    }

    let tabs: [ProgramTab]
    let currencies: [PeopleListPage.Filter]
    let hasCurrencies: Bool
    let problem: Said?
    let stats: [Stat]
    let hasStats: Bool
    /// What stands there while nothing came.
    let none: String?
    let closed: String?
    let report: Report?
    /// nil for whoever may not change anything, and once nothing more can come.
    let form: Form?
    let closeURL: String?
    let mayChange: Bool
}

/// Asks once more, with the sum, before nothing more can come.
struct OpeningClosePage: PageModel {
    static let template = Template.openingClose

    let title: String
    let problem: Said?
    let stats: [Stat]
    let currency: String
    let command: String
    let field: FormField
    let backURL: String
}
