/// What happened to one thing, in the order of time.
struct DisputesPage: PageModel {
    static let template = Template.disputes

    /// A command with its answer, or something that was booked.
    struct Line: Sendable {
        let when: String
        let timestamp: String
        let what: String
        /// What was sent: amounts, ids, words.
        let facts: String?
        let by: String?
        let outcome: TagItem
        /// Why it was refused.
        let reasons: Said?
        let members: [PageLink]
    }

    let tabs: [ProgramTab]
    let typed: String
    let noneTitle: String?
    let lines: [Line]
    let hasLines: Bool
    let cut: String?
}
