/// What is looked after of one benefit: who pays, caps, pools, and gifts with their stock.
struct BenefitCarePage: PageModel {
    static let template = Template.benefitCare

    struct Check: Sendable {
        let name: String
        let label: String
        let isOn: Bool
    }

    /// One deed, folded away until somebody wants it.
    struct Form: Sendable {
        let deed: String
        /// What it is about: an account, a gift, a purchase; empty for the benefit.
        let subject: String
        let command: String
        let summary: String
        let note: String?
        let fields: [FormField]
        let checks: [Check]
        let isOpen: Bool
    }

    struct Line: Sendable {
        let head: String
        let headURL: String?
        let detail: [String]
        let forms: [Form]
    }

    struct Section: Sendable {
        let heading: String
        let about: String?
        let none: String?
        let lines: [Line]
        let hasLines: Bool
        let forms: [Form]

        init(_ heading: String, about: String?, none: String, lines: [Line], forms: [Form]) {
            self.heading = heading
            self.about = about
            self.none = lines.isEmpty ? none : nil
            self.lines = lines
            hasLines = !lines.isEmpty
            self.forms = forms
        }
    }

    let name: String
    let key: String
    let url: String
    let problem: Said?
    let sections: [Section]
    let mayChange: Bool
}
