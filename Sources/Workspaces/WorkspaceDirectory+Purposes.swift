public import Model
public import Records

/// Purposes: what people are asked to consent to.
extension WorkspaceDirectory {
    /// The purposes of a workspace, by name.
    public func purposes(of workspace: WorkspaceID) -> [Purpose] { snapshot().purposes(of: workspace) }

    /// One purpose.
    ///
    /// - Throws: ``Problem`` with code `not_found`.
    public func purpose(_ name: String, of workspace: WorkspaceID) throws(Problem) -> Purpose {
        try snapshot().purpose(name, of: workspace)
    }

    /// Names a purpose, with the first version of its text.
    ///
    /// - Throws: ``Problem`` with code `bad_name`, `bad_text` or `purpose_exists`.
    @discardableResult
    public func createPurpose(_ wish: NewPurpose, in workspace: WorkspaceID, by actor: Actor) async throws(Problem) -> Purpose {
        try await change(by: actor) { planner throws(Problem) in try planner.newPurpose(in: workspace, wish) }
    }

    /// Changes a purpose; another text becomes its next version.
    ///
    /// - Throws: ``Problem`` with code `not_found` or `bad_text`.
    @discardableResult
    public func updatePurpose(
        _ name: String, in workspace: WorkspaceID, _ wish: PurposeWish, by actor: Actor
    ) async throws(Problem) -> Purpose {
        try await change(by: actor) { planner throws(Problem) in try planner.changedPurpose(name, in: workspace, wish) }
    }
}
