public import Model

/// Codes printed on goods: so many of one product, made at once.
public struct ProductBatch: Hashable, Sendable {
    public let id: ProductBatchID
    public let workspace: WorkspaceID
    /// Stands in each of its codes: 1, 2, … within the workspace; 0 until it is inserted.
    public let number: Int
    public let name: String
    /// Its name or SKU.
    public let product: String
    /// Who sells the goods to those who register them.
    public let reseller: Identity?
    /// The order with which the goods were bought.
    public let orderID: String?
    public let warrantyMonths: Int?
    /// Its codes have the serials 0 ..< `count`.
    public let count: Int
    /// How many of them somebody has.
    public let registeredCount: Int
    public let createdAt: Instant

    public init(
        id: ProductBatchID, workspace: WorkspaceID, number: Int = 0, name: String, product: String, reseller: Identity?,
        orderID: String?, warrantyMonths: Int?, count: Int, registeredCount: Int = 0, createdAt: Instant
    ) {
        self.id = id
        self.workspace = workspace
        self.number = number
        self.name = name
        self.product = product
        self.reseller = reseller
        self.orderID = orderID
        self.warrantyMonths = warrantyMonths
        self.count = count
        self.registeredCount = registeredCount
        self.createdAt = createdAt
    }
}

/// What a product code says: a batch by its number, and a serial in it.
public struct ProductPlace: Hashable, Sendable {
    public var batch: Int
    public var serial: Int

    public init(batch: Int, serial: Int) {
        self.batch = batch
        self.serial = serial
    }
}

/// Who has registered a product code.
public struct ProductRegistration: Hashable, Sendable {
    public let workspace: WorkspaceID
    public let place: ProductPlace
    /// nil when the registration was taken back: the code is free.
    public var who: Identity?
    /// How often somebody was given the code.
    public var times: Int
    public var registeredAt: Instant
    /// The last day of the warranty.
    public var warrantyUntil: LocalDate?

    public init(
        workspace: WorkspaceID, place: ProductPlace, who: Identity?, times: Int, registeredAt: Instant, warrantyUntil: LocalDate?
    ) {
        self.workspace = workspace
        self.place = place
        self.who = who
        self.times = times
        self.registeredAt = registeredAt
        self.warrantyUntil = warrantyUntil
    }
}

/// Several people have registered one code: somebody has to decide.
public struct ProductCase: Hashable, Sendable {
    public let id: ProductCaseID
    public let workspace: WorkspaceID
    public let place: ProductPlace
    /// Who had the code when the case was opened.
    public let holder: Identity
    public let openedAt: Instant
    /// The others, by time.
    public var claims: [ProductClaim]
    /// nil while it is open.
    public var decision: ProductDecision?

    public init(
        id: ProductCaseID, workspace: WorkspaceID, place: ProductPlace, holder: Identity, openedAt: Instant,
        claims: [ProductClaim], decision: ProductDecision? = nil
    ) {
        self.id = id
        self.workspace = workspace
        self.place = place
        self.holder = holder
        self.openedAt = openedAt
        self.claims = claims
        self.decision = decision
    }
}

/// Somebody registered a code that another person has.
public struct ProductClaim: Hashable, Sendable {
    public let who: Identity
    public let claimedAt: Instant
    /// How often they tried.
    public var count: Int

    public init(who: Identity, claimedAt: Instant, count: Int = 1) {
        self.who = who
        self.claimedAt = claimedAt
        self.count = count
    }
}

/// Who gets the code of a case.
public enum ProductResolution: String, Sendable, CaseIterable, Hashable {
    /// The first person keeps it.
    case keep
    /// One of the others gets it.
    case move
    /// Nobody: the code is free again.
    case neither
}

/// How a case was decided, by whom and why.
public struct ProductDecision: Hashable, Sendable {
    public let resolution: ProductResolution
    /// Who has the code from now on, when it moves.
    public let movedTo: Identity?
    public let by: Actor
    public let at: Instant
    public let reason: String

    public init(_ resolution: ProductResolution, movedTo: Identity?, by actor: Actor, at instant: Instant, reason: String) {
        self.resolution = resolution
        self.movedTo = movedTo
        by = actor
        at = instant
        self.reason = reason
    }
}

/// That nobody may register a code, such as one that was copied; whoever had it has lost it.
public struct ProductBlock: Hashable, Sendable {
    public let workspace: WorkspaceID
    public let place: ProductPlace
    public let at: Instant
    public let by: Actor
    public let reason: String

    public init(workspace: WorkspaceID, place: ProductPlace, at instant: Instant, by actor: Actor, reason: String) {
        self.workspace = workspace
        self.place = place
        at = instant
        by = actor
        self.reason = reason
    }
}

/// Calls that say what became of product codes, kept until the event store has them.
public struct ProductCalls: Hashable, Sendable {
    public let id: String
    public let workspace: WorkspaceID
    public let source: SourceID
    /// One call a line.
    public let lines: String
    public let createdAt: Instant

    public init(id: String, workspace: WorkspaceID, source: SourceID, lines: String, createdAt: Instant) {
        self.id = id
        self.workspace = workspace
        self.source = source
        self.lines = lines
        self.createdAt = createdAt
    }
}

/// What has to be known to judge attempts to register codes, at one moment.
public struct ProductState: Sendable {
    public var registrations: [ProductPlace: ProductRegistration] = [:]
    public var openCases: [ProductPlace: ProductCase] = [:]
    public var blocks: [ProductPlace: ProductBlock] = [:]
    /// How many codes of each batch somebody has.
    public var holdings: [Identity: [Int: Int]] = [:]
    public var throttles: [String: ThrottleState] = [:]

    public init() {}
}

/// Which cases to list.
public enum ProductCaseState: String, Sendable, CaseIterable, Hashable { case open, closed }

/// Where a page of cases ended.
public struct ProductCaseCursor: Hashable, Sendable {
    public var openedAt: Instant
    public var id: ProductCaseID

    public init(openedAt: Instant, id: ProductCaseID) {
        self.openedAt = openedAt
        self.id = id
    }
}

extension Problem.Code {
    /// The workspace has as many batches as codes can tell apart.
    public static let tooManyBatches = Problem.Code("too_many_batches")
    /// The case was decided before.
    public static let caseClosed = Problem.Code("case_closed")
}
