import Columns
import Model
import Records

/// A card's question with the range of its board, and where it leads.
struct PinnedQuestion: Sendable {
    let card: Card
    /// nil when the records hold no JSON here.
    let question: JSONValue?
    /// The form that makes the question; nil when none does.
    let form: QuestionForm?
    /// The page that it was pinned from, with the board's range.
    let url: String
    let csvURL: String

    init(_ card: Card, _ range: SharedRange) {
        self.card = card
        question = (try? JSONParser.parse(card.question.utf8)).map(range.applied)
        let text = question?.text ?? card.question
        if card.page == PinnedQuestion.peoplePage, let who = question?["who"] {
            form = nil
            var audience: JSONValue = ["who": who]
            for member in ["range", "purpose"] {
                if let value = question?[member] { audience = audience.setting([member], to: value) }
            }
            url = SiteURL.audience(audience, back: SiteURL.board(card.board))
            csvURL = SiteURL.ask(text, csv: true)
            return
        }
        form = question.flatMap { QuestionForm(reading: $0) }
        if let form, card.page != PinnedQuestion.askPage {
            url = SiteURL.question(form)
            csvURL = SiteURL.question(form, csv: true)
        } else {
            url = SiteURL.ask(text)
            csvURL = SiteURL.ask(text, csv: true)
        }
    }

    /// The name of the page of the people behind a part of an answer.
    static let peoplePage = "people"

    /// The name of the page of questions as data.
    static let askPage = "ask"

    /// Whether its figure wants the whole width of a board.
    var isWide: Bool {
        question?["breakdown"] == nil && (question?["kind"] == "retention" || question?["kind"] == "paths")
    }
}
