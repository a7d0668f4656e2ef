public import Model

extension RecordStore {
    /// The forms of one workspace, oldest first.
    public func forms(of workspace: WorkspaceID) async throws(Problem) -> [RegistrationForm] {
        let steps = try await list(
            "SELECT form, name, traits FROM form_steps WHERE workspace = ? ORDER BY form, position", [.text(workspace.text)]
        ) { reader throws(Problem) -> (form: FormID, step: RegistrationForm.Step) in
            let (form, name) = (try reader.id(FormID.self), try reader.text())
            // A key holds no line ends.
            let traits = try reader.text().split(separator: "\n").map(String.init)
            return (form, RegistrationForm.Step(name: name, traits: traits))
        }
        let stepsOf = Dictionary(grouping: steps) { $0.form }
        return try await list(
            "SELECT id, name, created_at FROM forms WHERE workspace = ? ORDER BY created_at, id", [.text(workspace.text)]
        ) { reader throws(Problem) in
            let id = try reader.id(FormID.self)
            return RegistrationForm(
                id: id, workspace: workspace, name: try reader.text(), steps: (stepsOf[id] ?? []).map(\.step),
                createdAt: try reader.instant())
        }
    }

    static func applyToForms(_ change: Change, on connection: any SQLConnection) throws(Problem) {
        switch change {
        case .setForm(let form):
            do {
                try connection.execute(
                    """
                    INSERT INTO forms (workspace, id, name, created_at) VALUES (?, ?, ?, ?)
                    ON CONFLICT (workspace, id) DO UPDATE SET name = excluded.name
                    """, [.text(form.workspace.text), .text(form.id.text), .text(form.name), .instant(form.createdAt)])
            } catch  where error.code == .exists {
                throw Problem(
                    .formExists, "There is a form of that name already. Choose another name.", place: "/name", status: 409)
            }
            try deleteSteps(of: form.id, in: form.workspace, on: connection)
            for (position, step) in form.steps.enumerated() {
                try connection.execute(
                    "INSERT INTO form_steps (workspace, form, position, name, traits) VALUES (?, ?, ?, ?, ?)",
                    [
                        .text(form.workspace.text), .text(form.id.text), .count(position), .text(step.name),
                        .text(step.traits.joined(separator: "\n")),
                    ])
            }
        case .deleteForm(let workspace, let form):
            try deleteSteps(of: form, in: workspace, on: connection)
            try found(
                "form", form,
                connection.execute(
                    "DELETE FROM forms WHERE workspace = ? AND id = ?", [.text(workspace.text), .text(form.text)]))
        default: break
        }
    }

    private static func deleteSteps(
        of form: FormID, in workspace: WorkspaceID, on connection: any SQLConnection
    ) throws(Problem) {
        try connection.execute(
            "DELETE FROM form_steps WHERE workspace = ? AND form = ?", [.text(workspace.text), .text(form.text)])
    }
}

extension Problem.Code {
    /// The workspace has a form of that name.
    public static let formExists = Problem.Code("form_exists")
}
