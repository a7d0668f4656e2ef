/// Every text that the console shows, grouped by page, in both languages.
///
/// Swift names a text by key path, a template by `{{t.group.name}}`; both are checked by tests. Text that users see stands nowhere else.
///
/// Groups are classes, each with an initializer of its own: as values, all texts would be set by one, over which the compiler sat for minutes.
package struct Catalogue: Sendable {
    let common = CommonTexts()
    let home = HomeTexts()
    let people = PeopleTexts()
    let portrait = PortraitTexts()
    let traits = TraitTexts()
    let registration = RegistrationTexts()
    let identity = IdentityTexts()
    let rights = RightsTexts()
    let products = ProductCodeTexts()
    let program = ProgramTexts()
    let earning = EarningTexts()
    let points = PointTexts()
    let openings = OpeningTexts()
    let books = BookTexts()
    let partners = PartnerTexts()
    let openPoints = OpenPointTexts()
    let coupons = CouponTexts()
    let benefits = BenefitTexts()
    let benefitCare = BenefitCareTexts()
    let plans = PlanTexts()
    let grants = ProductGrantTexts()
    let disputes = DisputeTexts()
    let memberCard = MemberCardTexts()
    let live = LiveTexts()
    let refusals = RefusalTexts()
    let ask = AskTexts()
    let questions = QuestionTexts()
    let stages = StageTexts()
    let roles = RoleTexts()
    let accounts = AccountTexts()
    let way = WayTexts()
    let options = OptionTexts()
    let choices = ChoiceTexts()
    let columns = ColumnTexts()
    let boards = BoardTexts()
    let setup = SetupTexts()
    let settings = SettingsTexts()
    let retention = RetentionTexts()
    let consent = ConsentTexts()
    let audit = AuditTexts()
    let errors = ErrorTexts()

    static let shared = Catalogue()

    /// Every text by group and name, found by reflection so that no list has to be kept.
    static let entries: [String: [String: Text]] = {
        var groups: [String: [String: Text]] = [:]
        for group in Mirror(reflecting: shared).children {
            guard let name = group.label else { continue }
            for entry in Mirror(reflecting: group.value).children {
                if let key = entry.label, let text = entry.value as? Text { groups[name, default: [:]][key] = text }
            }
        }
        return groups
    }()

    private static let english = table(.english)
    private static let chinese = table(.chinese)

    /// What templates read as `t`.
    static func templateTable(_ language: Language) -> [String: [String: String]] {
        switch language {
        case .english: english
        case .chinese: chinese
        }
    }

    private static func table(_ language: Language) -> [String: [String: String]] {
        entries.mapValues { $0.mapValues { $0.text(in: language) } }
    }
}
