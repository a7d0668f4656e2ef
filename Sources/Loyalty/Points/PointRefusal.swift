public import Model

/// Why a command about points is not carried out; nothing has changed then.
public enum PointRefusal: Error, Hashable, Sendable {
    /// What has a number in a member's book.
    public enum Thing: String, Hashable, Sendable {
        case hold, spending, lot
    }

    /// Has less than that to spend there.
    case insufficient(available: Int64, held: Int64, pendingUntil: Instant?)
    /// Would have enough without what is frozen.
    case frozen(amount: Int64)
    /// Would have enough at another place.
    case colourMismatch(elsewhere: Int64)
    /// There is no such thing.
    case unknown(Thing, PointID)
    case unknownSource(PointSource)
    case holdEnded(at: Instant)
    case alreadyCaptured
    /// More than there was, and how much is left of it.
    case exceedsOriginal(left: Int64)
    /// Earned for this already.
    case alreadyEarned(lot: PointID, PointSource)
    /// An amount is at least 1.
    case badAmount(Int64)
    /// Beyond the most that there can be, or that can be counted: nil.
    case overflow(max: Int64?)
    /// A duration or instant that cannot be.
    case badTime
    /// Nothing here can be given away any more.
    case transferLimit(transferable: Int64)
    case toOneself
    /// Something is held still.
    case holdsOpen(until: Instant)

    /// The word for programs.
    public var code: String {
        switch self {
        case .insufficient: "INSUFFICIENT_POINTS"
        case .frozen: "LOT_FROZEN"
        case .colourMismatch: "COLOUR_MISMATCH"
        case .unknown, .unknownSource: "NOT_FOUND"
        case .holdEnded: "HOLD_EXPIRED"
        case .alreadyCaptured: "HOLD_ALREADY_CAPTURED"
        case .exceedsOriginal: "EXCEEDS_ORIGINAL"
        case .alreadyEarned: "ALREADY_EARNED"
        case .badAmount: "ZERO_VALUE"
        case .overflow: "OVERFLOW"
        case .badTime: "BAD_TIME"
        case .transferLimit: "TRANSFER_LIMIT"
        case .toOneself: "SELF_TRANSFER"
        case .holdsOpen: "HOLDS_OPEN"
        }
    }
}
