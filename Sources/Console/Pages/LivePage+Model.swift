/// What arrives now; the part that refreshes itself is ``LiveRows``.
struct LivePageModel: PageModel {
    static let template = Template.live

    struct Filter: Sendable {
        let url: String
        let label: String
        let current: Bool
    }

    let selfURL: String
    let fragmentURL: String
    let filters: [Filter]
    let hasFilters: Bool
    /// Finished HTML of ``LiveRows``.
    let fragment: String
}

/// The part of the live page that is fetched again and again.
struct LiveRows: PageModel {
    static let template = Template.liveRows

    struct Row: Sendable {
        let refused: Bool
        let timestamp: String
        let time: String
        let kind: String
        let title: String
        let note: String?
        let who: String
        let personURL: String?
        let source: String
    }

    struct RefusedRow: Sendable {
        let code: String
        /// The code in the reader's language.
        let words: String
        /// The sentence that the sender was told.
        let reason: Said
        let place: String?
        let payload: String?
        let source: String
        let last: String
        let count: String
    }

    let stats: [Stat]
    let rows: [Row]
    let rejections: [RefusedRow]
    let hasRejections: Bool
}
