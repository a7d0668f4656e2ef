import Model
import Records

@testable import Console
@testable import Workspaces

extension Fixtures {
    private static let form = RegistrationForm(
        id: FormID(text: "frm_one"), workspace: WorkspaceID(text: "ws_one"), name: "<script>alert(1)</script> Join",
        steps: [
            .init(name: "Contact", traits: ["email", "phone"]), .init(name: "<img src=x onerror=alert(1)>", traits: ["company"]),
            .init(name: "\u{202E}Address", traits: ["address.city", "address.street"]),
        ], createdAt: Fixtures.now)

    var registration: RegistrationPage {
        let progress = RegistrationProgress(Fixtures.form, everybody: 4_210, finished: [1_804, 911, 377])
        let item = RegistrationWriter(words: words, formats: formats).item(Fixtures.form, progress, mayChange: true)
        return page(
            [item], stepsError: words(\.registration.badLine, ["line": "2"]), steps: "A: a\n</textarea><script>alert(1)</script>")
    }

    var noRegistration: RegistrationPage { page([], stepsError: nil, steps: "") }

    private func page(_ items: [RegistrationPage.Item], stepsError: String?, steps: String) -> RegistrationPage {
        RegistrationPage(
            forms: items, hasForms: !items.isEmpty, mayChange: true, action: "/people/registration",
            fields: [FormField("name", words(\.registration.name))], title: words(\.registration.newForm),
            button: words(\.registration.create), changed: nil, steps: steps,
            stepsHint: words(\.registration.stepsHint, ["count": "20"]), stepsError: stepsError)
    }
}
