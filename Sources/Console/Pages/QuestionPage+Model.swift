/// The form of one kind of question, and its answer.
struct QuestionPage: PageModel {
    static let template = Template.question

    /// Further options under a heading.
    struct Group: Sendable {
        let title: String
        let fields: [FormField]
        /// Whether one of them differs from what the empty form holds, or is at fault.
        let isOpen: Bool
    }

    struct Tab: Sendable {
        let url: String
        let label: String
        let current: Bool
    }

    /// One person's way through a funnel.
    struct Way: Sendable {
        struct Event: Sendable {
            let step: String
            let name: String
            let time: String
            let url: String?
        }

        struct Attempt: Sendable {
            /// Its number in words; nil where there is but one.
            let attempt: String?
            let events: [Event]
        }

        let title: String
        let url: String
        let reached: String
        /// Said of somebody who is not among those asked about.
        let notCounted: String?
        let attempts: [Attempt]
        /// What kept them from the next step; nil at the end.
        let notReached: String?
    }

    struct Meaning: Sendable {
        let name: String
        let text: String
    }

    struct Answer: Sendable {
        let note: String
        /// Names in the question that nothing carries, with the nearest that something does.
        let hints: [String]
        let figure: Figure?
        /// The table, when there is no chart that has it beneath.
        let plain: FigureTable?
        let isEmpty: Bool
        /// Of stages, the moves between them as a finished table; nil where nobody moved.
        let moves: String?
        /// Of stages, how long people stand in each; nil where nobody came to one.
        let times: FigureTable?
        /// Of stages, what puts people in each; empty for other questions.
        let meanings: [Meaning]
        let isAboutStages: Bool
        let hasMeanings: Bool
        let way: Way?
        /// Said above the chart: that its parts lead to people.
        let hint: String?
        /// What to mind in reading the figure.
        let cautions: [String]
        let csvURL: String
        /// Figures in words, such as a median.
        let facts: [String]
        let hasFacts: Bool
        let question: String
        let askURL: String
        let json: String
        let curl: String
    }

    let title: String
    let intro: String
    let tabs: [Tab]
    let action: String
    let fields: [FormField]
    let further: [Group]
    let events: [String]
    let properties: [String]
    let traits: [String]
    /// Said when there are more names than are proposed.
    let manyNames: String?
    let hasData: Bool
    let problem: AskPage.QuestionProblem?
    let answer: Answer?
    /// Finished HTML of the form that pins the question; nil without an answer.
    let pin: String?
}

/// The people behind a bar or a cell.
struct AudiencePage: PageModel {
    static let template = Template.audience

    struct Row: Sendable {
        let url: String
        let name: String
        let identities: String
        /// The way of this person through the funnel that led here, and what the link says to those who do not see the row.
        let whyURL: String?
        let whyName: String?
    }

    let backURL: String
    let expression: String
    let found: String
    let rows: [Row]
    let hasRows: Bool
    let nextURL: String?
    /// Whether the rows lead to why somebody is here.
    let hasWhy: Bool
    /// Finished HTML of the form that pins these people to a board.
    let pin: String
}
