/// The forms of a workspace, how far people come in each, and a form for a new one.
struct RegistrationPage: PageModel {
    static let template = Template.registration

    struct Item: Sendable {
        let figure: Figure
        /// The address at which programs ask for a person's next step.
        let nextPath: String
        /// nil for whom may not delete it.
        let deleteURL: String?
    }

    let forms: [Item]
    let hasForms: Bool
    let mayChange: Bool
    let action: String
    let fields: [FormField]
    /// What was typed as steps.
    let steps: String
    let stepsHint: String
    var stepsError: String?
    var problem: String?
}
