/// Who read or changed what, newest first, and whether the chain is whole.
struct AuditPage: PageModel {
    static let template = Template.audit

    struct Row: Sendable {
        let number: String
        let when: String
        let actor: String
        let what: String
        let detail: String
        let people: [PageLink]
        /// How many more; nil when all are shown.
        let more: String?
        let why: String?
        let hash: String
    }

    struct Chain: Sendable {
        /// A class: empty or `bad`.
        let kind: String
        let text: String
        /// Where it is checked; nil when it has been.
        let checkURL: String?
    }

    let tabs: [SettingsPage.Tab]
    let chain: Chain
    let filters: [PeopleListPage.Filter]
    /// The value of `kind`, which the form keeps; nil for all.
    let kind: String?
    let actorField: FormField
    let person: String
    let problem: String?
    let rows: [Row]
    let hasRows: Bool
    let csvURL: String
    let nextURL: String?
    let firstURL: String?
}
