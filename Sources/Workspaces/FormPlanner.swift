import Model
import Records

/// Turns wishes about forms into changes.
struct FormPlanner {
    /// As they are now.
    let forms: [RegistrationForm]
    let workspace: WorkspaceID
    let planner: Planner

    func new(_ wish: FormWish) throws(Problem) -> Plan<RegistrationForm> {
        guard forms.count < WorkspaceDirectory.formsMax else {
            throw Problem(
                .tooManyForms, "A workspace has at most \(WorkspaceDirectory.formsMax) forms. Delete one that nobody fills.",
                status: 409)
        }
        let form = RegistrationForm(
            id: planner.id(), workspace: workspace, name: try SettingsRules.name(wish.name), steps: try steps(wish.steps),
            createdAt: planner.now)
        return Plan(changes: [.setForm(form), planner.audit(workspace, "form.created", form.id, form.name)], value: form)
    }

    func changed(_ id: FormID, _ wish: FormWish) throws(Problem) -> Plan<RegistrationForm> {
        var form = try known(id)
        form.name = try SettingsRules.name(wish.name)
        form.steps = try steps(wish.steps)
        return Plan(changes: [.setForm(form), planner.audit(workspace, "form.changed", id, form.name)], value: form)
    }

    func deleted(_ id: FormID) throws(Problem) -> Plan<RegistrationForm> {
        let form = try known(id)
        return Plan(
            changes: [.deleteForm(workspace, id), planner.audit(workspace, "form.deleted", id, form.name)], value: form)
    }

    private func known(_ id: FormID) throws(Problem) -> RegistrationForm {
        guard let form = forms.first(where: { $0.id == id }) else { throw WorkspaceDirectory.unknownForm(id) }
        return form
    }

    /// The steps with their names trimmed; what is wrong is refused with its pointer.
    private func steps(_ wishes: [RegistrationForm.Step]) throws(Problem) -> [RegistrationForm.Step] {
        guard (1 ... WorkspaceDirectory.formStepsMax).contains(wishes.count) else {
            throw Problem(
                .badForm, "A form has 1 to \(WorkspaceDirectory.formStepsMax) steps, not \(wishes.count).", place: "/steps")
        }
        var seen: Set<String> = []
        var steps: [RegistrationForm.Step] = []
        for (index, wish) in wishes.enumerated() {
            let name = try SettingsRules.name(wish.name, place: "/steps/\(index)/name")
            let place = "/steps/\(index)/traits"
            guard (1 ... WorkspaceDirectory.stepTraitsMax).contains(wish.traits.count) else {
                throw Problem(
                    .badForm,
                    "The step \"\(name)\" asks for \(wish.traits.count) traits. A step asks for 1 to \(WorkspaceDirectory.stepTraitsMax).",
                    place: place)
            }
            for (trait, key) in wish.traits.enumerated() {
                guard FormPlanner.isKey(key) else {
                    throw Problem(
                        .badForm, "The key of a trait has 1 to 200 bytes and no control characters.", place: "\(place)/\(trait)")
                }
                guard seen.insert(key).inserted else {
                    throw Problem(
                        .badForm, "The trait \"\(key)\" is asked for twice. Ask for each once.", place: "\(place)/\(trait)")
                }
            }
            steps.append(RegistrationForm.Step(name: name, traits: wish.traits))
        }
        return steps
    }

    private static func isKey(_ key: String) -> Bool {
        (1 ... 200).contains(key.utf8.count) && key.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    }
}
