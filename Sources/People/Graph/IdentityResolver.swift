public import Model

/// Decides, call by call in the order of arrival, to which person each identity belongs.
///
/// A plain state machine: the same calls give the same decisions. ``PeopleStore`` feeds it from the event store.
public struct IdentityResolver: Sendable {
    /// Who is who after the calls so far.
    public private(set) var graph = IdentityGraph()
    /// Pairs (owner, other) whose refusal has been written; each pair is written once, with its first event.
    private var refused: Set<UInt64> = []
    /// Owners of whom it has been written that an ignored value came with their events.
    private var ignored: Set<UInt32> = []

    public init() {}

    /// Takes back a decision of an earlier run; all of them, in their order.
    public mutating func restore(_ decision: Resolution) {
        if decision.outcome == .refused { refused.insert(IdentityResolver.pair(decision.other, decision.subject)) }
        if decision.outcome == .ignored { ignored.insert(decision.subject) }
        graph.apply(decision, index: graph.decisionCount)
    }

    /// Notes that a value of a call was ignored because it identifies nobody; written once for each owner, with the first event.
    ///
    /// Every such event carries `CallFlags.blockedIdentity` besides.
    public mutating func noteBlocked(owner: UInt32, arrival: UInt64, receivedAt: Instant, decide: (Resolution) -> Void) {
        guard ignored.insert(owner).inserted else { return }
        let decision = Resolution(
            outcome: .ignored, reason: .blockedValue, subject: owner, other: owner, subjectIsUserID: false, otherIsUserID: false,
            arrival: arrival, receivedAt: receivedAt)
        graph.apply(decision, index: graph.decisionCount)
        decide(decision)
    }

    /// Resolves one call and reports each decision, which has then been carried out.
    ///
    /// Costs a few reads when nothing is new. A call that carries identities of two people joins them unless both have a user id.
    ///
    /// - Parameters:
    ///   - identities: Ordinals of the call's identities, the owner first. Empty for nobody's event.
    ///   - isUserID: Whether an identity is a user id; asked for new ones only.
    public mutating func resolve(
        _ type: CallType, identities: [UInt32], arrival: UInt64, receivedAt: Instant, isUserID: (UInt32) -> Bool,
        decide: (Resolution) -> Void
    ) {
        guard let owner = identities.first else { return }
        if identities.count == 1 {
            if !graph.isKnown(owner) { makeKnown(owner, among: [], type, arrival, receivedAt, isUserID, decide) }
            return
        }
        if !graph.isKnown(owner) { makeKnown(owner, among: identities.dropFirst(), type, arrival, receivedAt, isUserID, decide) }
        for other in identities.dropFirst() where !graph.isSamePerson(owner, other) {
            let isKnown = graph.isKnown(other)
            let otherIsUser = isKnown ? graph.userID(of: other) != nil : isUserID(other)
            var decision = Resolution(
                outcome: isKnown ? .merged : .attached, reason: IdentityResolver.reason(type), subject: other, other: owner,
                subjectIsUserID: isUserID(other), otherIsUserID: isUserID(owner), arrival: arrival, receivedAt: receivedAt)
            if otherIsUser, graph.userID(of: owner) != nil {
                guard refused.insert(IdentityResolver.pair(owner, other)).inserted else { continue }
                decision.outcome = .refused
                decision.reason = type == .identify || type == .alias ? .alreadyIdentified : .userSwitch
            }
            graph.apply(decision, index: graph.decisionCount)
            decide(decision)
        }
    }

    /// Gives a new owner its person: that of the first known identity of the call with which it may be joined, else a new one.
    private mutating func makeKnown(
        _ owner: UInt32, among others: ArraySlice<UInt32>, _ type: CallType, _ arrival: UInt64, _ receivedAt: Instant,
        _ isUserID: (UInt32) -> Bool, _ decide: (Resolution) -> Void
    ) {
        let ownerIsUser = isUserID(owner)
        var decision = Resolution(
            outcome: .newPerson, reason: .firstSeen, subject: owner, other: owner, subjectIsUserID: ownerIsUser,
            otherIsUserID: ownerIsUser, arrival: arrival, receivedAt: receivedAt)
        // A new user id among the others comes before the people after it in the order of priority.
        let first = others.first { graph.isKnown($0) || isUserID($0) }
        if let host = first, graph.isKnown(host), !(ownerIsUser && graph.userID(of: host) != nil) {
            decision.outcome = .attached
            decision.reason = IdentityResolver.reason(type)
            decision.other = host
            decision.otherIsUserID = isUserID(host)
        }
        graph.apply(decision, index: graph.decisionCount)
        decide(decision)
    }

    private static func reason(_ type: CallType) -> Resolution.Reason {
        switch type {
        case .identify: .identify
        case .alias: .alias
        case .track, .page, .screen, .group: .sameCall
        }
    }

    private static func pair(_ owner: UInt32, _ other: UInt32) -> UInt64 { UInt64(owner) << 32 | UInt64(other) }
}
