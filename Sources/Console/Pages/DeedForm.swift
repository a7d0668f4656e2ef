/// The form of one deed, folded away until somebody wants it.
struct DeedForm: Sendable {
    struct Check: Sendable {
        let name: String
        let label: String
        let isOn: Bool
    }

    /// Where it is sent.
    let action: String
    let deed: String
    /// What it is about: an account, a gift, a purchase; empty for what the page is about.
    let subject: String
    let command: String
    let summary: String
    /// A name that no page has: a template looks for what is missing in whatever stands around.
    let remark: String?
    let fields: [FormField]
    let checks: [Check]
    let isOpen: Bool
}
