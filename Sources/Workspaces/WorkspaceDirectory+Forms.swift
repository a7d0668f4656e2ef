public import Model
public import Records

/// Forms of progressive registration.
extension WorkspaceDirectory {
    /// The most forms of one workspace.
    public static let formsMax = 50
    /// The most steps of one form.
    public static let formStepsMax = 20
    /// The most traits of one step.
    public static let stepTraitsMax = 10

    /// The forms of a workspace, oldest first.
    public func forms(of workspace: WorkspaceID) async throws(Problem) -> [RegistrationForm] {
        try await records.forms(of: workspace)
    }

    /// One form.
    ///
    /// - Throws: ``Problem`` with code `not_found`.
    public func form(_ id: FormID, of workspace: WorkspaceID) async throws(Problem) -> RegistrationForm {
        guard let form = try await forms(of: workspace).first(where: { $0.id == id }) else {
            throw WorkspaceDirectory.unknownForm(id)
        }
        return form
    }

    /// Makes a form.
    ///
    /// - Throws: ``Problem`` with code `bad_name`, `bad_form`, `form_exists` or `too_many_forms`.
    @discardableResult
    public func createForm(
        _ wish: FormWish, in workspace: WorkspaceID, by actor: Actor
    ) async throws(Problem) -> RegistrationForm {
        try await changeForms(workspace, by: actor) { planner throws(Problem) in try planner.new(wish) }
    }

    /// Gives a form another name and other steps.
    ///
    /// - Throws: ``Problem`` with code `not_found`, or as ``createForm(_:in:by:)``.
    @discardableResult
    public func changeForm(
        _ id: FormID, _ wish: FormWish, in workspace: WorkspaceID, by actor: Actor
    ) async throws(Problem) -> RegistrationForm {
        try await changeForms(workspace, by: actor) { planner throws(Problem) in try planner.changed(id, wish) }
    }

    /// Deletes a form; what people have told stays.
    ///
    /// - Throws: ``Problem`` with code `not_found`.
    @discardableResult
    public func deleteForm(_ id: FormID, in workspace: WorkspaceID, by actor: Actor) async throws(Problem) -> RegistrationForm {
        try await changeForms(workspace, by: actor) { planner throws(Problem) in try planner.deleted(id) }
    }

    static func unknownForm(_ id: FormID) -> Problem { Problem(.notFound, "There is no form \(id).", status: 404) }

    private func changeForms(
        _ workspace: WorkspaceID, by actor: Actor, _ plan: (FormPlanner) throws(Problem) -> Plan<RegistrationForm>
    ) async throws(Problem) -> RegistrationForm {
        try await lane.run { () async throws(Problem) in
            let planner = Planner(catalog: snapshot(), now: clock.now, actor: actor)
            let plan = try plan(
                FormPlanner(forms: try await records.forms(of: workspace), workspace: workspace, planner: planner))
            try await commit(plan.changes)
            return plan.value
        }
    }
}

/// What a form shall be, as someone typed it.
public struct FormWish: Hashable, Sendable {
    public var name: String
    public var steps: [RegistrationForm.Step]

    public init(name: String, steps: [RegistrationForm.Step]) {
        self.name = name
        self.steps = steps
    }
}

extension Problem.Code {
    /// What is wrong with the steps of a form.
    public static let badForm = Problem.Code("bad_form")
    /// The workspace has ``WorkspaceDirectory/formsMax`` forms.
    public static let tooManyForms = Problem.Code("too_many_forms")
}
