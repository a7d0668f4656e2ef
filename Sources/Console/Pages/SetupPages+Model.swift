import Model

/// One step on a way of several.
struct StepItem: Sendable {
    let label: String
    let done: Bool
    let current: Bool
}

/// A page that is one form: sign-in and the steps of the first run.
struct FormPage: PageModel {
    static let template = Template.form

    let title: String
    let intro: String
    let action: String
    let button: String
    var fields: [FormField]
    var problem: String?
    let steps: [StepItem]
    let hasSteps: Bool
    let zones: [String]
    let hasZones: Bool

    init(
        title: String, intro: String, action: String, button: String, fields: [FormField], steps: [StepItem] = [],
        zones: [String] = []
    ) {
        self.title = title
        self.intro = intro
        self.action = action
        self.button = button
        self.fields = fields
        self.steps = steps
        self.zones = zones
        hasSteps = !steps.isEmpty
        hasZones = !zones.isEmpty
    }
}

/// A piece of code to copy.
struct Snippet: Sendable {
    let id: String
    let label: String
    var note: String?
    let code: String
    var open = false
}

/// The first source is there: its key, its snippets, and the wait for the first event.
struct SourceReadyPage: PageModel {
    static let template = Template.sourceReady

    let title: String
    let intro: String
    let steps: [StepItem]
    /// Shown once; nil when the page is opened again.
    let key: String?
    let snippets: [Snippet]
    /// Where ``fragment`` is fetched anew.
    let fragmentURL: String
    /// Finished HTML of ``WaitingPiece``.
    let fragment: String
    let hasSteps: Bool

    init(
        title: String, intro: String, steps: [StepItem], key: String?, snippets: [Snippet], source: SourceID, fragment: String
    ) {
        fragmentURL = SiteURL.waiting(for: source)
        self.title = title
        self.intro = intro
        self.steps = steps
        self.key = key
        self.snippets = snippets
        self.fragment = fragment
        hasSteps = !steps.isEmpty
    }
}

/// Waiting for the first event, or its arrival.
struct WaitingPiece: PageModel {
    static let template = Template.waiting

    let arrived: Bool
    let title: String
    let text: String
}

/// Something went wrong.
struct ErrorPage: PageModel {
    static let template = Template.error

    let code: Int
    let title: String
    let said: Said
}
