/// The settings of the loyalty program; without one, the form that starts it.
struct ProgramPage: PageModel {
    static let template = Template.program

    /// One kind of points.
    struct CurrencyFields: Sendable {
        let title: String
        /// What of it never changes; nil for a new one.
        let fixed: String?
        let fields: [FormField]
        let more: [FormField]
        /// Whether what is folded away says what is wrong.
        let isMoreOpen: Bool
        /// The same for whoever may only read it.
        let facts: [PortraitPage.Fact]
    }

    let tabs: [ProgramTab]
    let stats: [Stat]
    let hasProgram: Bool
    let problem: Said?
    let mayChange: Bool
    /// Of the program as the form shows it.
    let version: String
    let fields: [FormField]
    let currencies: [CurrencyFields]
    /// Folded away until it is wanted; nil while there is no program.
    let another: CurrencyFields?
    let isAnotherOpen: Bool
    let button: String
}

/// A page of the program beside others.
struct ProgramTab: Sendable {
    let url: String
    let label: String
    let current: Bool
}

/// What all pages of the program say while there is none.
struct NoProgramPage: PageModel {
    static let template = Template.noProgram

    let title: String
    let tabs: [ProgramTab]
    let mayStart: Bool
}
