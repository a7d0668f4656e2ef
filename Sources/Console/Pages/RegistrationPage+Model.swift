/// The forms of a workspace, how far people come in each, and a form for a new one.
struct RegistrationPage: PageModel {
    static let template = Template.registration

    struct Item: Sendable {
        let figure: Figure
        /// The address at which programs ask for a person's next step.
        let nextPath: String
        /// nil for whom may not change it, and where it cannot be typed.
        let changeURL: String?
        /// nil for whom may not delete it.
        let deleteURL: String?
    }

    let forms: [Item]
    let hasForms: Bool
    let mayChange: Bool
    let action: String
    let fields: [FormField]
    let title: String
    let button: String
    /// The form that is changed; nil for a new one.
    let changed: String?
    /// What was typed as steps.
    let steps: String
    let stepsHint: String
    var stepsError: String?
    var problem: String?
}
