public import Model

/// What happened to a member's points, as a bank tells it: each thing that happened once, and what there was after it.
public struct PointStatement: Hashable, Sendable {
    /// The newest at the head.
    public var lines: [PointStatementLine]
    /// Only lines before this position come next; nil at the end.
    public var next: Int64?
}

/// One thing that happened: the entries of one command at one instant that belong together.
public struct PointStatementLine: Hashable, Sendable {
    public let member: ProgramMemberID
    public let kind: PointEntry.Kind
    /// Of the entry that was booked last; nil for what was due and is not booked yet.
    public let position: Int64?
    public let command: String
    public let effectiveAt: Instant
    /// What was added to the points that can be spent, debts taken off; below 0 what was taken.
    public var change: Int64
    /// How many points it was about.
    public var amount: Int64
    /// Whether they were pending, before or after it.
    public var isPending: Bool
    /// The points that could be spent after it, debts taken off.
    public var balance: Int64 = 0
    /// The first lot that it was about.
    public var lot: PointID?
    /// What that lot was earned for.
    public var source: PointSource?
    /// Who sent the command; nil for what time did.
    public var actor: String?
    /// What was spent, and how much of it has come back.
    public var spending: PointSpending?
    public var adjustment: PointAdjustment?
    public var donation: Donation?

    /// To whom points were given, and the number by which that can be taken back.
    public struct Donation: Hashable, Sendable {
        public let charity: String
        public let receipt: String
        /// Whether nobody has taken it back, and its month is open.
        public let isReversible: Bool
    }

    /// Position of the entry that was booked first.
    var firstPosition: Int64?

    init(_ entry: PointEntry, of member: ProgramMemberID, position: Int64?, command: String) {
        self.member = member
        self.command = command
        (kind, effectiveAt, lot) = (entry.kind, entry.effectiveAt, entry.lot)
        (self.position, firstPosition) = (position, position)
        (change, amount) = (entry.change, entry.amount)
        isPending = entry.from == .pending || entry.to == .pending
    }

    /// Takes in the entry that was booked before those of the line; false when it is another thing that happened.
    mutating func take(_ entry: PointEntry, of member: ProgramMemberID, position: Int64?, command: String) -> Bool {
        guard member == self.member, command == self.command, entry.effectiveAt == effectiveAt else { return false }
        let isStep = PointStatementLine.stepsOfSpending.contains(kind) && PointStatementLine.stepsOfSpending.contains(entry.kind)
        guard entry.kind == kind || isStep else { return false }
        firstPosition = position
        change += entry.change
        if entry.kind == kind { amount += entry.amount }
        isPending = isPending || entry.from == .pending || entry.to == .pending
        lot = entry.lot ?? lot
        return true
    }

    /// Points that are spent are held first; they are one thing that happened.
    private static let stepsOfSpending: Set<PointEntry.Kind> = [.held, .captured]

    /// The lines of entries, the newest of which come first.
    static func lines(
        _ entries: some Sequence<(member: ProgramMemberID, entry: ChainedPointEntry)>
    ) -> [PointStatementLine] {
        var lines: [PointStatementLine] = []
        for (member, booked) in entries {
            let (entry, position, command) = (booked.entry, booked.position, booked.command)
            if let last = lines.indices.last, lines[last].take(entry, of: member, position: position, command: command) { continue }
            lines.append(PointStatementLine(entry, of: member, position: position, command: command))
        }
        return lines
    }
}

extension PointEntry {
    /// What it adds to the points that can be spent, debts taken off.
    fileprivate var change: Int64 { (to.isSpendable ? amount : 0) - (from.isSpendable ? amount : 0) }
}

extension PointAccount {
    fileprivate var isSpendable: Bool { self == .available || self == .debt }
}
