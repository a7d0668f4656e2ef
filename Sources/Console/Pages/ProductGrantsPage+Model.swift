/// Which product's codes grant which benefits, for how long, and who pays.
struct ProductGrantsPage: PageModel {
    static let template = Template.productGrants

    struct Product: Sendable {
        let name: String
        let lines: [String]
        /// nil for whoever may not change it.
        let changeURL: String?
    }

    struct Form: Sendable {
        let title: String
        let command: String
        /// The product that changes; empty for any.
        let of: String
        let fields: [FormField]
        let parts: [FormPart]
        let isOpen: Bool
    }

    let tabs: [ProgramTab]
    let problem: Said?
    let products: [Product]
    let hasProducts: Bool
    /// What has to be there first, and where; nil when all is.
    let missing: PageLink?
    let form: Form?
    let mayChange: Bool
}
