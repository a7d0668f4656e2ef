/// The boards of a workspace, and the form for a new one.
struct BoardsPage: PageModel {
    static let template = Template.boards

    struct Row: Sendable {
        let url: String
        let name: String
        let count: String
        let made: String
    }

    let rows: [Row]
    let hasRows: Bool
    /// Said when there are none.
    let noneHow: String
    let action: String
    let fields: [FormField]
    var problem: String?
}

/// One board: its cards in a range that may be shared by all.
struct BoardPage: PageModel {
    static let template = Template.board

    struct Choice: Sendable {
        let url: String
        let label: String
        let current: Bool
    }

    struct Item: Sendable {
        let id: String
        let title: String
        let url: String
        let isWide: Bool
        let menuLabel: String
        /// nil for the first card.
        let upURL: String?
        /// nil for the last card.
        let downURL: String?
        let retitleURL: String
        let removeURL: String
        let fragmentURL: String
        let refreshSeconds: Int
        /// Finished HTML of a ``CardBody``.
        let body: String
    }

    let name: String
    let selfURL: String
    let choices: [Choice]
    let datesAction: String
    let since: String
    let until: String
    let hasDates: Bool
    var problem: String?
    let cards: [Item]
    let isEmpty: Bool
    let action: String
    let fields: [FormField]
    /// Whether the form for the name is open, because it was not taken.
    let isRenaming: Bool
    let deleteURL: String
}

/// What a card shows: an answer as figure, number or table, or why there is none.
struct CardBody: PageModel {
    static let template = Template.card

    /// What is wrong, in the reader's language and then exactly.
    struct Fault: Sendable {
        let lead: String
        var detail: Said?
    }

    /// One number that is the whole answer.
    struct Single: Sendable {
        let value: String
        let label: String
    }

    /// Where the question's own page is.
    let questionURL: String
    /// The board with all its answers, for browsers without scripts.
    let waitURL: String
    var isLoading = false
    var fault: Fault?
    var isEmpty = false
    /// Names of the question that nothing carries.
    var hints: [String] = []
    var single: Single?
    var facts: [String] = []
    var hasFacts = false
    var figure: Figure?
    var plain: FigureTable?
    var caution: String?
    /// Whether the answer holds more than the card shows.
    var isCut = false
}

/// Asks before a board is deleted.
struct BoardDeletePage: PageModel {
    static let template = Template.boardDelete
    let title: String
    let text: String
    let action: String
    let backURL: String
}

/// The form that pins a question, as a piece of the page that shows its answer.
struct PinForm: PageModel {
    static let template = Template.pin
    /// Whether it is open: where it is all that the page holds.
    let isOpen: Bool
    let question: String
    let origin: String
    let fields: [FormField]
}

/// The form again, with what was wrong in it.
struct PinRefusedPage: PageModel {
    static let template = Template.pinRefused
    var problem: String?
    /// Finished HTML of ``PinForm``.
    let form: String
    let backURL: String
}
