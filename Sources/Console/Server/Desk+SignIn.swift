import HTTPTypes
import Hummingbird
import Model
import Records
import Workspaces

extension Desk {
    func signInForm(_ visitor: Visitor) async throws(Problem) -> Reply {
        if try await directory.team.isEmpty() { return .redirect("/setup") }
        if visitor.session != nil { return .redirect(SiteURL.local(visitor.query["back"])) }
        return signInReply(visitor, email: "", problem: nil)
    }

    func signIn(_ visitor: Visitor) async throws(Problem) -> Reply {
        let email = visitor.form["email"] ?? ""
        do {
            let (_, token) = try await directory.team.signIn(
                email: email, password: visitor.form["password"] ?? "", address: visitor.address)
            return .redirect(SiteURL.local(visitor.form["back"]), cookies: [visitor.sessionCookie(token)])
        } catch {
            guard error.status < 500 else { throw error }
            var reply = signInReply(visitor, email: email, problem: formText(error, visitor.words))
            reply.status = .init(code: error.status)
            reply.retryAfterSeconds = error.retryAfterSeconds
            return reply
        }
    }

    func signOut(_ visitor: Visitor) async throws(Problem) -> Reply {
        if let token = visitor.sessionToken { try await directory.team.signOut(token: token) }
        return .redirect("/sign-in", cookies: [visitor.cookie(Visitor.sessionCookie, "", seconds: 0)])
    }

    private func signInReply(_ visitor: Visitor, email: String, problem: String?) -> Reply {
        let words = visitor.words
        var page = FormPage(
            title: words(\.setup.signInTitle), intro: words(\.setup.signInIntro), action: "/sign-in", button: words(\.setup.signIn),
            fields: [
                FormField("email", words(\.common.email), type: "email", value: email, autocomplete: "username"),
                FormField("password", words(\.common.password), type: "password", autocomplete: "current-password"),
                FormField("back", "", type: "hidden", value: SiteURL.local(visitor.query["back"] ?? visitor.form["back"])),
            ])
        page.problem = problem
        return .page(page, visitor.frame(page.title, alone: true))
    }

    /// Remembers a language or a theme in a cookie and goes back.
    func preferences(_ visitor: Visitor) -> Reply {
        let year = 365 * 86_400
        var cookies: [Cookie] = []
        if let language = visitor.query["language"].flatMap({ Language(rawValue: $0) }) {
            cookies.append(visitor.cookie(Visitor.languageCookie, language.rawValue, seconds: year))
        }
        if let theme = visitor.query["theme"].flatMap(Theme.init) {
            cookies.append(visitor.cookie(Visitor.themeCookie, theme.rawValue, seconds: year))
        }
        return .redirect(SiteURL.local(visitor.query["back"]), cookies: cookies)
    }
}
