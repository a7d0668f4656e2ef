public import EventStore
import Intake
public import Logging
import Loyalty
public import Model
public import Questions
public import Records
import Synchronization

/// All workspaces of one data folder: which there are, who may send and ask, and the open ones.
///
/// Keys and sources are looked up in memory; every change goes to the records first and is in force when the call returns.
public final class WorkspaceDirectory: Sendable {
    /// How the stores of events are opened, and who tells the time.
    public struct Options: Sendable {
        public var store = StoreOptions()
        /// Questions and portraits that are computed at once.
        public var threadCount = 2
        /// What questions may hold, one and all together.
        public var questionMemory = QuestionMemory()
        /// Weak passwords' hashes, for tests alone.
        package var hashesWeakly = false

        public init() {}
    }

    enum Opening {
        case opening([CheckedContinuation<Result<OpenWorkspace, Problem>, Never>])
        case open(OpenWorkspace)
    }

    /// The members and their sign-ins.
    public let team: Team
    public let folder: DataFolder
    public let clock: any WallClock
    let records: RecordStore
    let rejections: RejectionLog
    let readings: ReadingLog
    let logger: Logger
    let options: Options
    let workbench: Workbench
    let openingBench = Workbench(label: "opening", threadCount: 2, waitingMax: 10_000)
    let catalog: Mutex<Catalog>
    let touched = Mutex<[KeyID: Change]>([:])
    let openings = Mutex<[WorkspaceID: Opening]>([:])
    /// Whose calls are turned away, and who was erased.
    let suppressionLists: Mutex<SuppressionLists>
    let registrars = Mutex<[WorkspaceID: ProductRegistrar]>([:])
    let desks = Mutex<[WorkspaceID: ProgramDesk]>([:])
    let followers = Mutex<[FollowerKey: EarningFollower]>([:])
    let followingTroubles = FollowingTroubles()
    let isClosed = Atomic(false)
    /// Settings change one after the other, so that memory and records never differ in order.
    let lane = SerialLane()
    let erasures = SerialLane()
    /// Workspaces in which an erasure may not be complete.
    let unfinished: Mutex<Set<WorkspaceID>>

    private init(
        folder: DataFolder, records: RecordStore, team: Team, catalog: Catalog, suppressions: SuppressionLists,
        unfinished: Set<WorkspaceID>, clock: any WallClock, options: Options, logger: Logger
    ) {
        suppressionLists = Mutex(suppressions)
        self.unfinished = Mutex(unfinished)
        self.folder = folder
        self.records = records
        self.team = team
        self.clock = clock
        self.logger = logger
        self.options = options
        self.catalog = Mutex(catalog)
        rejections = RejectionLog(records: records, logger: logger)
        readings = ReadingLog(records: records, logger: logger)
        workbench = Workbench(label: "questions", threadCount: options.threadCount)
        records.listenToRows { problem in
            guard let problem else { return logger.notice("what was written ahead comes into the tables of the records again") }
            logger.error("the tables of the records cannot be written", metadata: ["reason": "\(problem)"])
        }
    }

    /// Reads the workspaces, sources and keys; events are opened when first wanted.
    public static func open(
        folder: DataFolder, records: RecordStore, clock: any WallClock, options: Options = Options(), logger: Logger
    ) async throws(Problem) -> WorkspaceDirectory {
        let cost: PasswordHash.Cost = options.hashesWeakly ? .weak : PasswordHash.Cost()
        let team = try await Team(records: records, clock: clock, passwordCost: cost)
        let catalog = Catalog(
            workspaces: try await records.workspaces(), sources: try await records.sources(), keys: try await records.keys(),
            purposes: try await records.purposes(), computedTraits: try await records.computedTraits())
        let suppressions = SuppressionLists(
            key: try await records.secret("suppression", fresh: Secret.bytes()), entries: try await records.suppressions())
        return WorkspaceDirectory(
            folder: folder, records: records, team: team, catalog: catalog, suppressions: suppressions,
            unfinished: Set(try await records.erasures().map(\.workspace)), clock: clock, options: options, logger: logger)
    }

    // MARK: - Looking

    /// Every workspace, oldest first.
    public func workspaces() -> [Workspace] { catalog.withLock { $0.allWorkspaces } }

    /// The settings of one workspace.
    public func settings(of workspace: WorkspaceID) throws(Problem) -> Workspace { try snapshot().workspace(workspace) }

    /// The sources of one workspace, oldest first.
    public func sources(of workspace: WorkspaceID) -> [Source] { catalog.withLock { $0.sources(of: workspace) } }

    /// One source.
    public func source(_ id: SourceID, of workspace: WorkspaceID) throws(Problem) -> Source {
        try snapshot().source(id, of: workspace)
    }

    /// The most bytes of a body that any source takes which is not suppressed; 0 without one.
    ///
    /// - Complexity: O(sources).
    public var largestBodyBytes: Int { catalog.withLock { $0.largestBodyBytes } }

    /// The write keys of `source`, or the workspace's api keys when it is nil; revoked ones too, oldest first.
    public func keys(of source: SourceID?, in workspace: WorkspaceID) -> [Key] {
        catalog.withLock { $0.keys(of: source, in: workspace) }
    }

    /// The newest entries of a workspace's audit.
    public func audit(of workspace: WorkspaceID, limit: Int = 100) async throws(Problem) -> [AuditEntry] {
        try await audit(of: workspace, AuditQuery(), limit: limit).map(\.entry)
    }

    /// The refusals of one source (nil: of all), newest first, up to the last half second.
    public func rejections(
        of source: SourceID?, in workspace: WorkspaceID, after cursor: RejectionCursor? = nil, limit: Int = 50
    ) async throws(Problem) -> [Rejection] {
        await rejections.flush()
        return try await records.rejections(workspace: workspace, source: source, after: cursor, limit: limit)
    }

    /// Throws unless the records can be written, also what was written ahead of their tables, and the folder is still held.
    public func ready() async throws(Problem) {
        if isClosed.load(ordering: .relaxed) {
            throw Problem(.stopping, "Teahouse is stopping.", status: 503, retryAfterSeconds: 5)
        }
        if var trouble = records.rowsTrouble {
            // Anybody may ask.
            trouble.place = nil
            throw trouble
        }
        try await records.probe()
    }

    /// Whether what was written ahead of the records' tables does not come into them; the log says why.
    public var areRecordsStuck: Bool { records.rowsTrouble != nil }

    func snapshot() -> Catalog { catalog.withLock { $0 } }
}
