import Columns
public import Model
public import People
public import Questions
public import Records

extension OpenWorkspace {
    /// The stages that settings ask for; the standard ones where they say nothing.
    ///
    /// - Throws: ``Problem`` with code `bad_question` for what another program has written.
    static func stages(of settings: Workspace) throws(Problem) -> StageScheme {
        guard let text = settings.stages else { return .standard }
        return try StageScheme(json: try JSONParser.parse(text.utf8))
    }

    /// What other stages would change now; nothing is changed.
    ///
    /// - Parameter place: The JSON pointer of the list of stages, for refusals.
    /// - Throws: ``Problem`` of a rule that cannot be judged, or as ``ask(_:now:)``.
    public func preview(_ scheme: StageScheme, place: String = "/stages") async throws(Problem) -> StagePreview {
        let (now, watch) = (clock.now, watch())
        return try await look(now: now) { view throws(Problem) in
            try self.executor(view, view.population, now: now, watch).preview(scheme, place: place)
        }
    }

    /// When a person of a view came into which stage; nil for nobody known.
    ///
    /// Costs what the person has done, unless a rule asks for other people. Blocks.
    ///
    /// - Parameter limit: How long it may take.
    /// - Throws: ``Problem`` as ``ask(_:now:)``.
    public func stageHistory(
        of person: PersonID, in view: PeopleView, limit: Duration = .seconds(60)
    ) throws(Problem) -> StageHistory? {
        guard let own = view.population(of: person), let known = view.person(person.text) else { return nil }
        let isAlone = stages.asksOnePersonOnly
        let executor = try executor(view, isAlone ? own : view.population, now: view.instant, watch(limit: limit))
        return try executor.stageHistory(of: isAlone ? 0 : known.ordinal, causes: own.causes)
    }
}

extension WorkspaceDirectory {
    /// Puts other stages in force, for every answer from now on; nil restores the standard ones.
    ///
    /// - Returns: What changed by it for the people of now.
    /// - Throws: ``Problem`` as ``OpenWorkspace/preview(_:place:)``; then nothing has changed.
    @discardableResult
    public func changeStages(
        of workspace: WorkspaceID, to stages: StageScheme?, by actor: Actor
    ) async throws(Problem) -> StagePreview {
        let preview = try await self.workspace(workspace).preview(stages ?? .standard)
        _ = try await change(by: actor) { planner throws(Problem) in try planner.changedStages(workspace, stages) }
        return preview
    }
}
