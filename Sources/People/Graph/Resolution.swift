public import Model

/// One outcome of resolving a call's identities to a person: what was done, why, by which rule, for which event.
public struct Resolution: Hashable, Sendable {
    /// What was done with the subject.
    public enum Outcome: UInt8, Sendable, Hashable, CaseIterable {
        /// The subject was seen for the first time and is a person of its own.
        case newPerson = 1
        /// The subject was seen for the first time and belongs to the person of `other`.
        case attached
        /// The people of the subject and of `other` are one; the one seen first survives.
        case merged
        /// The subject was not joined to the person of `other`.
        case refused
        /// A value that came with events of the subject was ignored.
        case ignored
        /// The subject and `other` were taken apart for good, as if nothing had ever joined them.
        case separated
    }

    /// Why.
    public enum Reason: UInt8, Sendable, Hashable, CaseIterable {
        /// Nothing in the call was known before.
        case firstSeen = 1
        /// One track, page, screen or group call carried both.
        case sameCall
        /// An identify call named both.
        case identify
        /// An alias call named both.
        case alias
        /// Both belong to a known user, and identify or alias never joins two of them.
        case alreadyIdentified
        /// A known user on a browser or device that already belongs to another.
        case userSwitch
        /// The value identifies nobody.
        case blockedValue
        /// The person would have more identities of a type than one may have.
        case limitExceeded
        /// An identity of that type never joins two people.
        case uniqueConflict
        /// The person would be made up of more merges or more identities than one may be.
        case mergeCap
        /// Somebody with the right said so.
        case command
        /// They were taken apart by command.
        case keptApart

        /// The word for answers and pages, such as `user_switch`.
        public var text: String {
            switch self {
            case .firstSeen: "first_seen"
            case .sameCall: "same_call"
            case .identify: "identify"
            case .alias: "alias"
            case .alreadyIdentified: "already_identified"
            case .userSwitch: "user_switch"
            case .blockedValue: "blocked_value"
            case .limitExceeded: "limit_exceeded"
            case .uniqueConflict: "unique_conflict"
            case .mergeCap: "merge_cap"
            case .command: "command"
            case .keptApart: "kept_apart"
            }
        }

        /// The numbered step of resolution in the specification that decides so: 1 blocked values, 2 look up, 3 limits, 4 known people,
        /// 5 user switch.
        public var rule: UInt8 {
            switch self {
            case .blockedValue: 1
            case .firstSeen, .sameCall, .identify: 2
            case .limitExceeded, .uniqueConflict, .mergeCap: 3
            case .alias, .alreadyIdentified, .command, .keptApart: 4
            case .userSwitch: 5
            }
        }
    }

    public var outcome: Outcome
    public var reason: Reason
    /// The identity that this is about.
    public var subject: UInt32
    /// The identity that it was, or was not, joined to; the subject itself for a new person.
    public var other: UInt32
    public var subjectIsUserID: Bool
    public var otherIsUserID: Bool
    /// The event that caused it.
    public var arrival: UInt64
    public var receivedAt: Instant
}
