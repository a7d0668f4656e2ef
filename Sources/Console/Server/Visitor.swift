import HTTPTypes
import Hummingbird
import Model
import Records
import Workspaces

/// One request as the pages see it: who asks, in which language, for what.
struct Visitor: Sendable {
    static let sessionCookie = "teahouse_session"
    static let formCookie = "teahouse_form"
    static let languageCookie = "teahouse_language"
    static let themeCookie = "teahouse_theme"
    static let workspaceCookie = "teahouse_workspace"

    let path: String
    /// Path and query.
    let here: String
    let query: [String: String]
    let parameters: [String: String]
    let isPost: Bool
    let isSecure: Bool
    let address: String
    /// Scheme and host as the visitor reached us.
    let origin: String
    let theme: Theme
    let sessionToken: String?
    let wantedWorkspace: String?
    let ifNoneMatch: String?
    /// Whether the browser says that a form came from this site, or says nothing.
    let isSameSite: Bool
    /// Set when the browser has no seed for its forms yet.
    let newFormSeed: String?
    private let seed: String
    private let cookieLanguage: Language?
    private let acceptedLanguage: Language?

    var language = Language.english
    var session: Session?
    var memberships: [Membership] = []
    var membership: Membership?
    var workspace: Workspace?
    var form: [String: String] = [:]
    /// What was chosen as files, by the name of the field.
    var files: [String: [UInt8]] = [:]
    var formToken = ""

    init(_ request: Request, parameters: Parameters, address: String, trustsProxy: Bool) {
        path = request.uri.path
        here = request.head.path.map { SiteURL.local($0) } ?? "/"
        query = FormBody.fields(Array((request.uri.query ?? "").utf8))
        var found: [String: String] = [:]
        for (name, value) in parameters { found[String(name)] = FormBody.decoded(Array(value.utf8)) }
        self.parameters = found
        isPost = request.method == .post
        self.address = address
        let cookies = request.cookies
        func cookie(_ name: String) -> String? { cookies[name].map { String($0.value) }.flatMap { $0.isEmpty ? nil : $0 } }
        let forwarded = trustsProxy ? HTTPField.Name("x-forwarded-proto").flatMap { request.headers[$0] } : nil
        isSecure = (forwarded ?? request.head.scheme) == "https"
        let host = request.head.authority ?? "127.0.0.1"
        origin = (isSecure ? "https://" : "http://") + host
        theme = cookie(Visitor.themeCookie).flatMap(Theme.init) ?? .auto
        cookieLanguage = cookie(Visitor.languageCookie).flatMap(Language.init)
        acceptedLanguage = request.headers[.acceptLanguage].flatMap { Language.negotiated(acceptLanguage: $0) }
        sessionToken = cookie(Visitor.sessionCookie)
        wantedWorkspace = cookie(Visitor.workspaceCookie)
        ifNoneMatch = request.headers[.ifNoneMatch]
        let site = HTTPField.Name("sec-fetch-site").flatMap { request.headers[$0] }
        let postOrigin = HTTPField.Name("origin").flatMap { request.headers[$0] }
        isSameSite = site.map { $0 == "same-origin" || $0 == "none" } ?? postOrigin.map { $0.hasSuffix("//" + host) } ?? true
        if let known = cookie(Visitor.formCookie), known.utf8.count == 52 {
            seed = known
            newFormSeed = nil
        } else {
            seed = Team.anonymousToken()
            newFormSeed = seed
        }
    }

    /// What the form token is made from: the session, or before there is one a random cookie.
    var formSeed: String { session == nil ? seed : sessionToken ?? seed }

    var words: Words { Words(language) }
    var formats: Formats { Formats(language) }
    var isOwner: Bool { membership?.role == .owner }

    /// Cookie, then the browser's wish, then the workspace's language.
    mutating func settleLanguage() {
        let fallback: Language? = workspace.map { $0.language == .zhHans ? .chinese : .english }
        language = cookieLanguage ?? acceptedLanguage ?? fallback ?? .english
    }

    /// The frame of a page titled `title`.
    func frame(_ title: String, _ area: MenuArea? = nil, alone: Bool = false, roomy: Bool = false) -> Frame {
        var frame = Frame(
            title: title, language: language, theme: theme, area: area, here: isPost ? "/" : here,
            workspaceName: workspace?.name ?? "",
            member: session?.member.name, alone: alone, token: formToken)
        frame.roomy = roomy
        if query["done"] == "saved" { frame.notice = .init(kind: "", text: words(\.common.savedNotice)) }
        return frame
    }

    /// A cookie for this site only, out of scripts' reach.
    func cookie(_ name: String, _ value: String, seconds: Int?) -> Cookie {
        if let seconds {
            return Cookie(name: name, value: value, maxAge: seconds, path: "/", secure: isSecure, httpOnly: true, sameSite: .lax)
        }
        return Cookie(name: name, value: value, path: "/", secure: isSecure, httpOnly: true, sameSite: .lax)
    }

    func sessionCookie(_ token: String) -> Cookie {
        cookie(Visitor.sessionCookie, token, seconds: Team.sessionDays * 86_400)
    }
}
