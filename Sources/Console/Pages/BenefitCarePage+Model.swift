/// What is looked after of one benefit: who pays, caps, pools, and gifts with their stock.
struct BenefitCarePage: PageModel {
    static let template = Template.benefitCare

    struct Line: Sendable {
        let head: String
        let headURL: String?
        let detail: [String]
        let forms: [DeedForm]
    }

    struct Section: Sendable {
        let heading: String
        let about: String?
        let none: String?
        let lines: [Line]
        let hasLines: Bool
        let forms: [DeedForm]

        init(_ heading: String, about: String?, none: String, lines: [Line], forms: [DeedForm]) {
            self.heading = heading
            self.about = about
            self.none = lines.isEmpty ? none : nil
            self.lines = lines
            hasLines = !lines.isEmpty
            self.forms = forms
        }
    }

    let tabs: [ProgramTab]
    let name: String
    let key: String
    let url: String
    let problem: Said?
    let sections: [Section]
    let mayChange: Bool
}
