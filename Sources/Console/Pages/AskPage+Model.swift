/// A question as data, and its answer as chart and table.
struct AskPage: PageModel {
    static let template = Template.ask

    struct QuestionProblem: Sendable {
        /// What is wrong in the reader's language, in general.
        let lead: String
        let place: String?
        /// What is wrong exactly.
        let said: Said
    }

    struct Answer: Sendable {
        let note: String
        /// A line for each name of the question that nothing carries.
        var hints: [String] = []
        let figure: Figure?
        /// The table, when there is no chart that has it beneath.
        let plain: FigureTable?
        let csvURL: String
        /// The page whose form makes the question; nil when none does.
        var formURL: String?
        let json: String
        let curl: String
        /// Finished HTML of the form that pins the question.
        var pin = ""
    }

    let examples: [PageLink]
    let question: String
    let rows: Int
    let problem: QuestionProblem?
    let answer: Answer?
}
