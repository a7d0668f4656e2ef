/// The list of people: a search, role filters, rows and the way to the next page.
struct PeopleListPage: PageModel {
    static let template = Template.people

    struct Filter: Sendable {
        let url: String
        let label: String
        let styleClass: String?
        let count: String?
        let current: Bool
    }

    struct Row: Sendable {
        let url: String
        let name: String
        let identities: String
        let roles: [TagItem]
        let lastSeen: String
        let events: String
        let spent: String
    }

    struct Purpose: Sendable {
        let name: String
        let selected: Bool
    }

    let search: String
    let cell: String?
    /// What the list may be for.
    let purposes: [Purpose]
    let hasPurposes: Bool
    let filters: [Filter]
    let problem: String?
    let found: String
    let rows: [Row]
    let hasRows: Bool
    let firstURL: String?
    let nextURL: String?
    let csvURL: String
    let emptyTitle: String
    let emptyText: String
}
