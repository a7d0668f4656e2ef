import Model

/// The state of one human of a story.
struct StageHuman<Kind: Sendable>: Sendable {
    let kind: Kind
    var random: SplitMix64
    let name: String
    /// Chance of a visit on a day, in thousandths.
    var visitsPerMille: Int
    /// The days on which visits are possible.
    var days: Range<Int>
    /// Whether the human comes with a browser or app of their own; others are known by what the server tells.
    let hasDevice: Bool
    /// The day on which the user id was first told; -1 before.
    var knownDay = -1
    /// The account that the human joined.
    var account: String?
    /// The truth's person; -1 before the first call.
    var person: Int32 = -1
    /// Milliseconds UTC of the last call.
    var lastCall = Int64.min / 2

    var isKnown: Bool { knownDay >= 0 }
}

/// One visit of a human, or something the server tells of them.
struct StageVisit {
    let human: Int
    let day: Int
    /// Milliseconds UTC of what is told next.
    var time: Int64
    /// Whether an event was told in it.
    var hasBegun = false
}

/// A paid order of one line.
struct StageOrder {
    var product: String
    /// The shelf, in one word for questions.
    var category: String
    /// In whole units of the currency.
    var price: Int
    var quantity = 1
    /// For whom it is, when it is for somebody else: `beneficiary` or `recipient`.
    var party: (role: RelationshipRole, human: Int)?
}

/// What one human is to another or to an account.
struct StageTie: Hashable {
    enum Party: Hashable {
        case human(Int)
        case account(String)
    }

    var holder: Int
    var role: RelationshipRole
    var to: Party
    /// Said by a call of its own; else it shows from orders.
    var isDeclared: Bool
}

/// Who did one event, how often and when.
struct StageDeeds {
    private(set) var count = 0
    private(set) var timesByHuman: [Int: Int] = [:]
    /// Milliseconds UTC.
    private(set) var firstByHuman: [Int: Int64] = [:]
    private(set) var lastByHuman: [Int: Int64] = [:]
    private(set) var countByWeek: [Int]
    private(set) var peopleByWeek: [Set<Int>]

    init(weekCount: Int) {
        countByWeek = Array(repeating: 0, count: weekCount)
        peopleByWeek = Array(repeating: [], count: weekCount)
    }

    mutating func add(_ human: Int, at time: Int64, week: Int) {
        count += 1
        timesByHuman[human, default: 0] += 1
        if firstByHuman[human] == nil { firstByHuman[human] = time }
        lastByHuman[human] = time
        countByWeek[week] += 1
        peopleByWeek[week].insert(human)
    }

    var humans: Set<Int> { Set(timesByHuman.keys) }
}

/// The calls of a day in the order of time, one JSON object and line feed each.
struct StageLines {
    private let bytes: [UInt8]
    private let places: [(time: Int64, range: Range<Int>)]

    /// - Parameter calls: those of equal times stay in their order.
    init(bytes: [UInt8] = [], calls: [(time: Int64, range: Range<Int>)] = []) {
        self.bytes = bytes
        places = calls.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    }

    var count: Int { places.count }
    subscript(index: Int) -> ArraySlice<UInt8> { bytes[places[index].range] }
}
