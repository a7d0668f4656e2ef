/// Product codes: a code looked up, cases to decide, batches and the form for a new one.
struct ProductCodesPage: PageModel {
    static let template = Template.productCodes

    /// An identity of somebody, with their page when they are known.
    struct Person: Sendable {
        let kind: String
        let value: String
        let url: String?
        /// When, and how often.
        var detail: String?
    }

    struct Found: Sendable {
        let code: String
        let facts: [PortraitPage.Fact]
        /// nil while nobody has it.
        let holder: Person?
        let more: [PortraitPage.Fact]
        /// Where it is blocked, or let be registered again; nil for who may not.
        let action: String?
        let isBlocked: Bool
        /// Whether its reason was refused.
        let isOpen: Bool
        /// Why it is blocked.
        let why: FormField
    }

    struct Case: Sendable {
        let code: String
        let codeURL: String
        let product: String
        let opened: String
        let holder: Person
        let claims: [Person]
        /// How it was decided; nil while it is open.
        var outcome: String?
        var decided: String?
        /// Where it is decided; nil for who may not.
        var action: String?
        var fields: [FormField] = []
    }

    struct Batch: Sendable {
        let name: String
        let product: String
        let made: String
        let count: String
        let registered: String
        let share: String
        let warranty: String
        let downloadURL: String?
    }

    /// The form of a new batch, open while there is none yet or something in it was refused.
    struct BatchForm: Sendable {
        let fields: [FormField]
        /// What most batches do without.
        let more: [FormField]
        let isOpen: Bool
        let isMoreOpen: Bool
    }

    let typed: String
    let isUnknown: Bool
    let found: Found?
    let problem: Said?
    let filters: [PeopleListPage.Filter]
    let cases: [Case]
    let hasCases: Bool
    let nextURL: String?
    let firstURL: String?
    let noCaseTitle: String
    let noCaseText: String
    let batches: [Batch]
    let hasBatches: Bool
    let mayChange: Bool
    /// nil for who may not make one.
    let batchForm: BatchForm?
}
