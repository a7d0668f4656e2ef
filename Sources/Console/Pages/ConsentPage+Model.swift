/// What people are asked to consent to, and how many have.
struct ConsentPage: PageModel {
    static let template = Template.consent

    struct Version: Sendable {
        let title: String
        let since: String
        let text: String
    }

    struct Purpose: Sendable {
        let name: String
        let basis: String
        let stats: [Stat]
        let coverage: String
        let now: Version
        let earlier: [Version]
        /// How many versions there were before; nil without any.
        let earlierTitle: String?
        /// What changes it; nil for whoever may not.
        let form: Form?
    }

    /// What makes a purpose or changes one.
    struct Form: Sendable {
        /// Told apart from other forms of the page.
        let id: String
        let action: String
        /// Empty in a form that changes a purpose.
        var nameFields: [FormField] = []
        let basisField: FormField
        let text: String
        /// What is wrong with the text.
        var textError: String?
        let button: String
        let buttonKind: String
    }

    let tabs: [SettingsPage.Tab]
    let problem: String?
    let purposes: [Purpose]
    let hasPurposes: Bool
    /// Purposes that calls name and the workspace does not.
    let unnamed: [String]
    let hasUnnamed: Bool
    /// nil for whoever may not make one.
    let form: Form?
}
