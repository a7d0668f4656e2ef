public import EventStore
public import Intake
import Logging
public import Model
public import People
public import Questions
public import Records
import Synchronization

/// One workspace in use: its events, its people, its way in and its answers.
public final class OpenWorkspace: Sendable {
    private struct Current {
        var settings: Workspace
        var calendar: ZoneCalendar
        var stages: StageScheme
        var intake: Intake
        /// The names of its purposes.
        var purposes: [String]
    }

    public let id: WorkspaceID
    public let store: WorkspaceStore
    public let people: PeopleStore
    /// What arrives now, for the Live page.
    public let live: LiveFeed
    /// What goes between the events and the program: nothing does while somebody is being erased, or it would bring them back.
    let carrying = SerialLane()
    private let rejections: RejectionLog
    private let current: Mutex<Current>
    let clock: any WallClock
    private let logger: Logger
    private let workbench: Workbench
    private let memory: QuestionMemory
    private let traits: @Sendable () throws(Problem) -> [ComputedTrait]

    /// Opens the events of `settings` under `directory`; blocks while the newest of them are read.
    ///
    /// - Parameter traits: gives the rules of the computed traits as they are at the moment.
    init(
        settings: Workspace, purposes: [Purpose], directory: String, options: StoreOptions, rejections: RejectionLog,
        clock: any WallClock, workbench: Workbench, memory: QuestionMemory,
        traits: @escaping @Sendable () throws(Problem) -> [ComputedTrait], logger: Logger
    ) throws(Problem) {
        var logger = logger
        logger[metadataKey: "workspace"] = "\(settings.id)"
        let calendar = ZoneCalendar(zone: try SettingsRules.timezone(settings.timezone))
        let rules = try OpenWorkspace.identitySettings(of: settings).rules(region: settings.region)
        people = PeopleStore(settings: PeopleSettings(calendar: calendar, currency: settings.currency, identities: rules))
        store = try WorkspaceStore.open(directory: directory, options: options, observer: people, logger: logger)
        live = LiveFeed()
        id = settings.id
        self.rejections = rejections
        self.clock = clock
        self.logger = logger
        self.workbench = workbench
        self.memory = memory
        self.traits = traits
        let intake = Intake(
            store: store, identities: rules,
            rejections: WorkspaceRejections(workspace: settings.id, log: rejections), live: live, clock: clock, logger: logger)
        current = Mutex(
            Current(
                settings: settings, calendar: calendar, stages: try OpenWorkspace.stages(of: settings), intake: intake,
                purposes: purposes.map(\.name)))
    }

    /// Name, zone, currency, language, region as they are now.
    public var settings: Workspace { current.withLock { $0.settings } }
    /// The calendar of the workspace's zone.
    public var calendar: ZoneCalendar { current.withLock { $0.calendar } }
    /// The stages of the life cycle by which questions are answered.
    public var stages: StageScheme { current.withLock { $0.stages } }
    /// The rules of the computed traits as they are now.
    public var computedTraits: [ComputedTrait] { get throws(Problem) { try traits() } }
    /// The way in for calls.
    public var intake: Intake { current.withLock { $0.intake } }

    /// Takes over changed settings; answers given from now on follow them.
    func update(_ settings: Workspace) throws(Problem) {
        let calendar = ZoneCalendar(zone: try SettingsRules.timezone(settings.timezone))
        let stages = try OpenWorkspace.stages(of: settings)
        let rules = try OpenWorkspace.identitySettings(of: settings).rules(region: settings.region)
        people.update(settings: PeopleSettings(calendar: calendar, currency: settings.currency, identities: rules))
        let old = self.settings
        let intake =
            old.region == settings.region && old.identitySettings == settings.identitySettings
            ? self.intake
            : Intake(
                store: store, identities: rules,
                rejections: WorkspaceRejections(workspace: id, log: rejections), live: live, clock: clock, logger: logger)
        current.withLock { current in
            (current.settings, current.calendar, current.stages, current.intake) = (settings, calendar, stages, intake)
        }
    }

    /// Takes over the purposes that may be asked for.
    func update(purposes: [Purpose]) { current.withLock { $0.purposes = purposes.map(\.name) } }

    /// Runs `body` over a consistent view of the people, on a thread that may compute for long.
    ///
    /// - Parameter asOf: Only what had been received before; nil for everything.
    public func look<Answer: Sendable>(
        asOf: Instant? = nil, now: Instant? = nil, _ body: @escaping @Sendable (PeopleView) throws(Problem) -> Answer
    ) async throws(Problem) -> Answer {
        let now = now ?? clock.now
        return try await workbench.run { () throws(Problem) in
            try body(self.people.view(of: self.store, asOf: asOf, now: now))
        }
    }

    /// Compares every checksum of the events on disk, while they are in use.
    ///
    /// - Throws: ``Problem`` with code `damaged` that names the file and the offset of the first damage.
    public func verify() async throws(Problem) -> StoreStatistics {
        try await workbench.run { () throws(Problem) in try self.store.verify() }
    }

    /// Answers one question.
    ///
    /// - Parameter now: What the question means by now; nil is the clock's.
    /// - Throws: ``Problem`` whose place is the JSON pointer of what cannot be understood, `not_built` naming the kind, `time_limit` after
    ///   a minute, `memory_limit` or `overloaded` for what it needs of the memory of all questions, or `question_cancelled` soon after
    ///   the task is.
    public func ask(_ question: JSONValue, now: Instant? = nil) async throws(Problem) -> JSONValue {
        let now = now ?? clock.now
        let watch = watch()
        let result = await withTaskCancellationHandler {
            await answer(question, now: now, watch)
        } onCancel: {
            watch.cancel()
        }
        return try result.get()
    }

    /// How long one question may take, its wait for a thread included.
    static let questionTime = Duration.seconds(60)

    private func answer(_ question: JSONValue, now: Instant, _ watch: QuestionWatch) async -> Result<JSONValue, Problem> {
        do throws(Problem) {
            let answer = try await workbench.run { () throws(Problem) in
                let understood = try Question(json: question)
                let view = self.people.view(of: self.store, asOf: understood.asOf(in: self.calendar), now: now)
                return try self.executor(view, view.population, now: now, watch).answer(understood).json
            }
            return .success(answer)
        } catch {
            return .failure(error)
        }
    }

    /// A purpose for which people are listed or exported, once it is known that the workspace names it.
    ///
    /// - Parameter place: Where it stands, for the refusal.
    /// - Throws: ``Problem`` `bad_question`: without it a name with a typing error would find nobody in silence.
    public func purpose(_ name: String?, at place: String) throws(Problem) -> String? {
        guard let name else { return nil }
        let known = current.withLock { $0.purposes }
        guard known.contains(name) else { throw .unknownPurpose(name, among: known, place: place) }
        return name
    }

    /// What answers questions about people of a view by the settings of now.
    func executor(
        _ view: PeopleView, _ population: any Population, now: Instant, _ watch: QuestionWatch
    ) throws(Problem) -> Executor {
        let (calendar, stages, purposes) = current.withLock { ($0.calendar, $0.stages, $0.purposes) }
        var executor = Executor(snapshot: view.snapshot, population: population, calendar: calendar, now: now, threads: 2)
        executor.stages = stages
        executor.purposes = purposes
        executor.computedTraits = try computedTraits
        executor.watch = watch
        return executor
    }

    func watch(limit: Duration = questionTime) -> QuestionWatch { QuestionWatch(limit: limit, memory: memory) }

    /// What answers over a view of the people.
    func executor(_ view: PeopleView) throws(Problem) -> Executor {
        try executor(view, view.population, now: view.instant, watch())
    }

    /// Closes the events; nothing may be asked afterwards.
    func close() async { await store.close() }
}
