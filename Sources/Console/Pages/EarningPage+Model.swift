/// How points are earned: the versions of the rules, what one of them says and would give, and the form of the next.
struct EarningPage: PageModel {
    static let template = Template.earning

    struct Version: Sendable {
        let url: String
        let label: String
        let tag: TagItem
        let note: String
        let isShown: Bool
        let forms: [DeedForm]
    }

    /// A rule in words.
    struct Rule: Sendable {
        let name: String
        let lines: [String]
    }

    /// What an order would earn.
    struct Trial: Sendable {
        let sentence: String
        let isGood: Bool
        let lines: [Said]
    }

    /// What one rule would have given.
    struct Row: Sendable {
        let rule: String
        let cells: [String]
    }

    /// What a version would have given for what has happened.
    struct Rehearsal: Sendable {
        let sentences: [String]
        let rows: [Row]
        let hasRows: Bool
    }

    /// The version that is looked at.
    struct Shown: Sendable {
        let title: String
        /// Of its program, and its number: what the forms below send.
        let program: String
        let number: String
        let shared: [String]
        let rules: [Rule]
        let hasRules: Bool
        let budgets: [LimitBar]
        let hasBudgets: Bool
        let change: PageLink?
        let isNotInForm: Bool
        /// As the API has it.
        let json: String
        let trial: [FormField]
        let outcome: Trial?
        let days: FormField
        let rehearsal: Rehearsal?
    }

    /// All rules of the form, or all multipliers.
    struct Group: Sendable {
        let title: String
        let parts: [FormPart]
    }

    struct Form: Sendable {
        let title: String
        let command: String
        /// The program; empty for a new one, which is named in a field.
        let of: String
        /// The version that is changed; empty for a new one.
        let number: String
        let fields: [FormField]
        let groups: [Group]
        let isOpen: Bool
    }

    let tabs: [ProgramTab]
    let problem: Said?
    let mayChange: Bool
    /// The programs, when there are several.
    let programs: [PeopleListPage.Filter]
    let hasPrograms: Bool
    let versions: [Version]
    let hasVersions: Bool
    let shown: Shown?
    let form: Form?
}
