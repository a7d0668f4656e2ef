import HTTPTypes
import Model
import Records
import Workspaces

/// Forms of progressive registration; owners make and delete them.
extension Desk {
    func registration(_ visitor: Visitor) async throws(Problem) -> Reply {
        if let id = visitor.query["csv"] {
            let items = try await registrationItems(visitor)
            guard let item = items.first(where: { $0.figure.id == id }) else { throw Desk.notFound }
            return .csv(id, item.figure.table.csv)
        }
        return try await registrationReply(visitor)
    }

    /// Makes a form, or changes the one that the posted form names.
    func saveForm(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let membership = visitor.membership else { return .redirect("/") }
        let steps: [RegistrationForm.Step]
        switch TypedSteps.read(visitor.form["steps"] ?? "") {
        case .success(let read): steps = read
        case .failure(let line):
            return try await registrationReply(
                visitor, stepsError: visitor.words(\.registration.badLine, ["line": String(line.number)]))
        }
        do throws(Problem) {
            let wish = FormWish(name: visitor.form["name"] ?? "", steps: steps)
            guard let given = visitor.form["form"] else {
                try await directory.createForm(wish, in: membership.workspace, by: .member(membership.member))
                return .redirect(SiteURL.registration(done: "created"))
            }
            guard let id = FormID(validating: given) else { throw Desk.notFound }
            try await directory.changeForm(id, wish, in: membership.workspace, by: .member(membership.member))
            return .redirect(SiteURL.registration(done: "saved"))
        } catch {
            guard error.status < 500 else { throw error }
            guard error.place?.hasPrefix("/steps") == true else { return try await registrationReply(visitor, problem: error) }
            return try await registrationReply(visitor, stepsError: visitor.words(error.wording).text)
        }
    }

    func deleteForm(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let membership = visitor.membership, let id = FormID(validating: visitor.parameters["form"] ?? "") else {
            throw Desk.notFound
        }
        try await directory.deleteForm(id, in: membership.workspace, by: .member(membership.member))
        return .redirect(SiteURL.registration(done: "deleted"))
    }

    private func registrationItems(_ visitor: Visitor) async throws(Problem) -> [RegistrationPage.Item] {
        let workspace = try await workspace(visitor)
        let writer = RegistrationWriter(words: visitor.words, formats: visitor.formats)
        var items: [RegistrationPage.Item] = []
        for form in try await directory.forms(of: workspace.id) {
            items.append(writer.item(form, try await workspace.progress(of: form), mayChange: visitor.isOwner))
        }
        return items
    }

    private func registrationReply(
        _ visitor: Visitor, problem: Problem? = nil, stepsError: String? = nil
    ) async throws(Problem) -> Reply {
        let words = visitor.words
        let items = try await registrationItems(visitor)
        let wanted = visitor.form["form"] ?? visitor.query["change"]
        let changed = try await directory.forms(of: try await workspace(visitor).id).first { $0.id.text == wanted }
        let name = visitor.form["name"] ?? changed?.name ?? ""
        var fields = [FormField("name", words(\.registration.name), value: name, autocomplete: "off")]
        let unplaced = place(problem, in: &fields, words, ["bad_name": "name", "form_exists": "name"])
        let page = RegistrationPage(
            forms: items, hasForms: !items.isEmpty, mayChange: visitor.isOwner, action: SiteURL.registration(), fields: fields,
            title: changed.map { words(\.registration.changeForm, ["name": $0.name]) } ?? words(\.registration.newForm),
            button: words(changed == nil ? \.registration.create : \.settings.save), changed: changed?.id.text,
            steps: visitor.form["steps"] ?? changed.map { TypedSteps.text($0.steps) } ?? "",
            stepsHint: words(\.registration.stepsHint, ["count": String(WorkspaceDirectory.formStepsMax)]), stepsError: stepsError,
            problem: unplaced)
        var frame = visitor.frame(words(\.registration.title), .people)
        switch visitor.query["done"] {
        case "created": frame.notice = .init(kind: "", text: words(\.registration.created))
        case "deleted": frame.notice = .init(kind: "", text: words(\.registration.deleted))
        default: break
        }
        return .page(page, frame, status: problem == nil && stepsError == nil ? .ok : .unprocessableContent)
    }
}
