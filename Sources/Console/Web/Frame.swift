/// What stands around every page: menu, switches, who is signed in.
struct Frame: Sendable {
    struct MenuItem: Sendable {
        let url: String
        let label: String
        let current: Bool
    }

    struct Choice: Sendable {
        let url: String
        let value: String
        let label: String
        let lang: String
        let current: Bool
    }

    struct Notice: Sendable {
        /// A class: empty, `bad` or `warn`.
        let kind: String
        let text: String
    }

    let language: Language
    let lang: String
    /// `light` or `dark`; nil follows the system.
    let theme: String?
    var title: String
    let workspaceName: String
    let menu: [MenuItem]
    let languages: [Choice]
    let themes: [Choice]
    /// The signed-in member's name; nil when signed out.
    let member: String?
    /// Without menu: sign-in, first run, errors.
    let alone: Bool
    var roomy = false
    /// The form token.
    let token: String
    var notice: Notice?
    let styleURL = Asset.styles.url
    let scriptURL = Asset.script.url
    let iconURL = Asset.icon.url
    /// Finished HTML of the page.
    var content = ""

    /// - Parameters:
    ///   - area: the menu item that is current, if any.
    ///   - here: path and query of this page, to come back to after a switch.
    init(
        title: String, language: Language, theme: Theme, area: MenuArea? = nil, here: String, workspaceName: String = "",
        member: String? = nil, alone: Bool = false, token: String = ""
    ) {
        let words = Words(language)
        self.title = title
        self.language = language
        self.theme = theme == .auto ? nil : theme.rawValue
        self.workspaceName = workspaceName
        self.member = member
        self.alone = alone
        self.token = token
        lang = language.tag
        menu = MenuArea.allCases.map { MenuItem(url: $0.path, label: words($0.title), current: $0 == area) }
        languages = Language.allCases.map {
            Choice(
                url: SiteURL.preference(language: $0, back: here), value: $0.rawValue, label: $0.ownName, lang: $0.tag,
                current: $0 == language)
        }
        themes = Theme.allCases.map {
            Choice(
                url: SiteURL.preference(theme: $0, back: here), value: $0.rawValue, label: words($0.title), lang: language.tag,
                current: $0 == theme)
        }
    }
}

/// Light, dark, or as the system is.
enum Theme: String, Sendable, CaseIterable {
    case auto, light, dark

    var title: KeyPath<Catalogue, Text> {
        switch self {
        case .auto: \.common.themeAuto
        case .light: \.common.themeLight
        case .dark: \.common.themeDark
        }
    }
}

/// The areas of the console, in the order of the menu.
///
/// Only what works is here.
enum MenuArea: String, Sendable, CaseIterable {
    case home, roles, people, accounts, program, questions, boards, live, ask, settings

    var path: String {
        switch self {
        case .home: "/"
        case .roles: QuestionKind.roles.path
        case .people: "/people"
        case .accounts: "/accounts"
        case .program: "/program"
        case .questions: "/questions/trends"
        case .boards: "/boards"
        case .live: "/live"
        case .ask: "/ask"
        case .settings: "/settings"
        }
    }

    var title: KeyPath<Catalogue, Text> {
        switch self {
        case .home: \.common.home
        case .roles: \.roles.title
        case .people: \.people.title
        case .accounts: \.accounts.title
        case .program: \.program.title
        case .questions: \.questions.title
        case .boards: \.boards.title
        case .live: \.live.title
        case .ask: \.ask.title
        case .settings: \.settings.title
        }
    }
}
