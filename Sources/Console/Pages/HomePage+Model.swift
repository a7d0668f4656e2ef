/// The home page's values: five questions about the people, each with its answer or with what is missing.
struct HomePage: PageModel {
    static let template = Template.home

    struct Cell: Sendable {
        let styleClass: String
        let name: String
        let hint: String
        let count: String
        let share: String
        let url: String
    }

    /// The users and customers diagram and its four cells.
    struct Heart: Sendable {
        let figure: Figure
        let cells: [Cell]
        let everybody: String
    }

    struct Missing: Sendable {
        let text: String
        /// What to send, ready to copy.
        let code: String
    }

    struct Quote: Sendable {
        let text: String
        let rating: String?
        let name: String
        let url: String
        let when: String
    }

    /// Says that the days shown are long after the last event, and leads to that day.
    struct Quiet: Sendable {
        let text: String
        let url: String
    }

    struct Question: Sendable {
        let order: Int
        let title: String
        var answer: String?
        var heart: Heart?
        var stats: [Stat] = []
        var figures: [Figure] = []
        var quotes: [Quote] = []
        var missing: Missing?
        var links: [PageLink] = []
        let hasStats: Bool
        let hasFigures: Bool
        let hasQuotes: Bool
        let hasLinks: Bool

        init(
            order: Int, title: String, answer: String? = nil, heart: Heart? = nil, stats: [Stat] = [], figures: [Figure] = [],
            quotes: [Quote] = [], missing: Missing? = nil, links: [PageLink] = []
        ) {
            self.order = order
            self.title = title
            self.answer = answer
            self.heart = heart
            self.stats = stats
            self.figures = figures
            self.quotes = quotes
            self.missing = missing
            self.links = links
            hasStats = !stats.isEmpty
            hasFigures = !figures.isEmpty
            hasQuotes = !quotes.isEmpty
            hasLinks = !links.isEmpty
        }
    }

    let intro: String
    let isEmpty: Bool
    let isToday: Bool
    /// Dates as `2026-01-31` for the date field.
    let date: String
    let earliest: String
    let today: String
    let quiet: Quiet?
    let questions: [Question]

    /// Every figure of the page, to be downloaded by its id.
    var figures: [Figure] { questions.flatMap { ($0.heart.map { [$0.figure] } ?? []) + $0.figures } }
}

/// One number with its name and perhaps a remark.
struct Stat: Sendable {
    let label: String
    let value: String
    var note: String?
}

struct PageLink: Sendable {
    let url: String
    let label: String
}

/// A small word on a coloured ground; `kind` is its class.
struct TagItem: Sendable {
    let kind: String
    let label: String
}
