/// The decisions about who is who, newest first, and the form that joins two people.
struct IdentityPage: PageModel {
    static let template = Template.identity

    struct Row: Sendable {
        let when: String
        let kind: String
        let value: String
        let personURL: String?
        let what: String
        /// Where it can be changed, and the word for that; nil where it cannot.
        let actionURL: String?
        let action: String
    }

    let filters: [PeopleListPage.Filter]
    let person: String?
    let allURL: String
    let problem: Said?
    let left: String
    let right: String
    let rows: [Row]
    let hasRows: Bool
    let nextURL: String?
    let firstURL: String?
    let emptyTitle: String
    let emptyText: String
}

/// What a command would change, before somebody confirms it.
struct IdentityChangePage: PageModel {
    static let template = Template.identityChange

    struct Person: Sendable {
        let name: String
        let identities: String
        let roles: [TagItem]
        let visits: String
        let events: String
        let orders: String
        let spent: String
    }

    struct Side: Sendable {
        let title: String
        let people: [Person]
    }

    let title: String
    let text: String
    let sides: [Side]
    let action: String
    let left: String
    let right: String
    let button: String
    let mayChange: Bool
    let backURL: String
}
